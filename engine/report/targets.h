// What figures should be: a preset of common aims, labelled as such, and one's own.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/figure_target.h"
#include "engine/report/figure.h"

namespace paceline::report {

/// Shares as 0 … 1.
struct Target {
  std::string figure;
  std::optional<double> low, high;  ///< The band it should lie in.
  std::optional<double> warn_above;
  std::string warning;
  enum class From : uint8_t { preset, configuration, given };
  From from = From::preset;
};
inline constexpr const char* target_origin_names[] = {"preset", "configuration", "given"};

/// Common aims of service desks; nobody's contract.
std::vector<Target> preset_targets();

/// "fcr_net=72%..80%", "sla_compliance=95%..", "backlog_days=..5". None: not to be read.
std::optional<Target> read_target(std::string_view text);
/// As the desk's configuration says it.
Target configured_target(const desk::FigureTarget& target);
/// Puts it in place of another for the same figure.
void set_target(std::vector<Target>& targets, Target target);

enum class Standing : uint8_t { none, met, below, above, warn };
inline constexpr const char* standing_names[] = {"", "met", "below", "above", "warn"};
Standing standing(const Figure& figure, const Target& target);
const Target* target_of(const std::vector<Target>& targets, const std::string& figure);

}  // namespace paceline::report
