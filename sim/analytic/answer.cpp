#include "sim/analytic/answer.h"

#include <cmath>
#include <cstdio>

namespace paceline::sim {

std::string_view name(Impossible kind) {
  switch (kind) {
    case Impossible::not_positive:
      return "not_positive";
    case Impossible::negative:
      return "negative";
    case Impossible::out_of_range:
      return "out_of_range";
    case Impossible::unstable:
      return "unstable";
    case Impossible::out_of_reach:
      return "out_of_reach";
    case Impossible::too_large:
      return "too_large";
    case Impossible::not_converged:
      return "not_converged";
  }
  return "";
}

sched::Unexpected<PlanError> impossible(Impossible kind, std::string text) {
  return sched::Unexpected{PlanError{kind, std::move(text)}};
}

PlanError unstable(double load, double servers, std::string_view reason, std::string_view advice) {
  const double enough = std::floor(load * (1 + 1e-13)) + 1;
  return {Impossible::unstable, "unstable: " + figure(load) + " erlangs for " + figure(servers) +
                                    " servers, " + std::string(reason) + ": take at least " +
                                    figure(enough) + " servers" + std::string(advice)};
}

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

namespace {

template <class Wrong>
std::optional<PlanError> first_wrong(std::initializer_list<Input> inputs, Impossible kind,
                                     const char* wanted, Wrong wrong) {
  for (const Input& input : inputs) {
    if (wrong(input.value))
      return PlanError{
          kind, std::string(input.name) + " is " + figure(input.value) + ": it must be " + wanted};
  }
  return std::nullopt;
}

}  // namespace

std::optional<PlanError> not_positive(std::initializer_list<Input> inputs) {
  return first_wrong(inputs, Impossible::not_positive, "a number above 0",
                     [](double value) { return !(value > 0) || !std::isfinite(value); });
}

std::optional<PlanError> negative(std::initializer_list<Input> inputs) {
  return first_wrong(inputs, Impossible::negative, "a number, 0 or more",
                     [](double value) { return !(value >= 0) || !std::isfinite(value); });
}

std::optional<PlanError> not_a_share(std::initializer_list<Input> inputs) {
  return first_wrong(inputs, Impossible::out_of_range, "within 0 and 1",
                     [](double value) { return !(value >= 0 && value <= 1); });
}

std::optional<PlanError> not_a_count(std::initializer_list<Input> inputs) {
  return first_wrong(inputs, Impossible::out_of_range, "a whole number within 1 and 10,000,000",
                     [](double value) {
                       return !(value >= 1 && value <= servers_max) || std::floor(value) != value;
                     });
}

}  // namespace paceline::sim
