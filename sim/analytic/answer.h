// What a queueing question gives: a value, or the named reason there is none.
//
// A steady state that does not exist, an input that makes no sense and a target that no staffing
// reaches are ordinary events for a planner, so they are answers and not aborts. The text says what
// is wrong, with its value, and how to mend it; where a target is out of reach it says what the
// best is.
//
// Owner: any thread; plain values.  Allocates: the text of an error.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "sched/base/expected.h"

namespace paceline::sim {

enum class Impossible : uint8_t {
  not_positive,   ///< A rate, mean or count that must be above 0 is not, or is no number.
  negative,       ///< Something that may be 0 is below it, or is no number.
  out_of_range,   ///< A share outside 0 … 1, a count that is no whole number, lists that differ.
  unstable,       ///< More work comes in than can be done and nobody gives up: no steady state.
  out_of_reach,   ///< No staffing within the bound reaches the target.
  too_large,      ///< Beyond what this computation is made for.
  not_converged,  ///< The numbers did not settle; should not happen, never passed over.
};

struct PlanError {
  Impossible kind = Impossible::out_of_range;
  std::string text;
};

std::string_view name(Impossible kind);  ///< "unstable"

template <class T>
using Answer = sched::Expected<T, PlanError>;

sched::Unexpected<PlanError> impossible(Impossible kind, std::string text);

/// A number for a message: up to six digits, "0.85", "1e-09".
std::string figure(double value);

/// A named input and its value.
struct Input {
  std::string_view name;
  double value;
};
/// The first that is not a finite number above 0.
std::optional<PlanError> not_positive(std::initializer_list<Input> inputs);
/// The first that is not a finite number, 0 or more.
std::optional<PlanError> negative(std::initializer_list<Input> inputs);
/// The first that is not within 0 … 1.
std::optional<PlanError> not_a_share(std::initializer_list<Input> inputs);
/// The first that is not a whole number within 1 … servers_max.
std::optional<PlanError> not_a_count(std::initializer_list<Input> inputs);

/// Whether the load is as much as the servers can do or more. 200 calls an hour of 3 minutes are 10
/// erlangs, whatever the last places of the product say.
inline bool overloaded(double load, double servers) { return load >= servers * (1 - 1e-13); }
/// "unstable: 50 erlangs for 50 servers, REASON: take at least 51 serversADVICE"
PlanError unstable(double load, double servers, std::string_view reason,
                   std::string_view advice = "");

/// Bound on servers, lines and the like: what a recursion over them does in a tenth of a second.
inline constexpr double servers_max = 10'000'000;

}  // namespace paceline::sim
