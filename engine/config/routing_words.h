// The words of routing as a configuration file spells them, and the conditions of steps and
// overflow: `wait >= 5m || slack <= 30m`, `size > 100`, `no_agent`.
//
// Owner: anyone.  Allocates: for texts.  Errors: what is wrong and how to mend it.
#pragma once

#include <string>
#include <string_view>

#include "engine/desk/configuration.h"
#include "sched/base/expected.h"

namespace paceline::config {

// In the order of the enumerators.
inline constexpr std::string_view kind_names[] = {"incident", "service_request", "task"};
inline constexpr std::string_view mode_names[] = {"push", "manual", "pull"};
inline constexpr std::string_view discipline_names[] = {"pressing_time", "fifo", "strict_priority",
                                                        "edf", "priority_minutes"};
inline constexpr std::string_view choice_names[] = {"longest_idle", "least_loaded", "occupancy"};
inline constexpr std::string_view sticky_names[] = {"nobody", "requester",
                                                    "requester_and_config_item"};
inline constexpr std::string_view sun_mode_names[] = {"hold", "requeue", "transfer"};
inline constexpr std::string_view takes_names[] = {"most_pressing", "best_suited"};
inline constexpr std::string_view language_rule_names[] = {"preferred", "required", "ignored"};

/// Bits of desk::SurveyQuestion, less one.
inline constexpr std::string_view survey_question_names[] = {"csat", "nps", "both"};

template <size_t n, class Enum>
std::string name_of(const std::string_view (&names)[n], Enum value) {
  return std::string(names[static_cast<size_t>(value)]);
}

/// When a routing step ends. At least one of the two is stated.
struct StepEnd {
  int64_t wait_us = 0;
  int64_t slack_us = 0;
};
/// `wait >= 5m || slack <= 30m`, either or both.
sched::Expected<StepEnd, std::string> parse_step_end(std::string_view text);
/// `wait >= 5m`, `size > 100` or `no_agent`; without queue.
sched::Expected<desk::Overflow, std::string> parse_overflow(std::string_view text);

/// What parses to the same: `wait >= 5m || slack <= 30m`; empty for a permanent step.
std::string end_text(const desk::RoutingStep& step);
std::string when_text(const desk::Overflow& overflow);
/// Which tickets a rule of work is about: `chat incident P1`, `all` for every one.
std::string selector_text(const desk::WorkRule& rule);
/// `weight 0.33, at most 3, blocking, interruptible`
std::string terms_text(const desk::WorkRule& rule);

/// 1500 is `1.5`.
std::string milli_text(uint32_t thousandths);
/// 105 is `10.5%`.
std::string percent_text(uint32_t thousandths);

}  // namespace paceline::config
