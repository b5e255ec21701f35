// What figures should be: a preset of common aims, labelled as such, and one's own.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/figure.h"

namespace paceline::report {

/// Shares as 0 … 1.
struct Target {
  std::string figure;
  std::optional<double> low, high;  ///< The band it should lie in.
  std::optional<double> warn_above;
  std::string warning;
  bool preset = true;
};

/// Common aims of service desks; nobody's contract.
std::vector<Target> preset_targets();

/// "fcr_net=72%..80%", "sla_compliance=95%..", "backlog_days=..5". None: not to be read.
std::optional<Target> read_target(std::string_view text);
/// Puts it in place of another for the same figure.
void set_target(std::vector<Target>& targets, Target target);

enum class Standing : uint8_t { none, met, below, above, warn };
inline constexpr const char* standing_names[] = {"", "met", "below", "above", "warn"};
Standing standing(const Figure& figure, const Target& target);
const Target* target_of(const std::vector<Target>& targets, const std::string& figure);

}  // namespace paceline::report
