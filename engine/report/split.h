// A question taken apart: by queue, by priority, by agent …
//
// Owner: any thread; pure.  Allocates: the parts.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/question.h"

namespace paceline::report {

enum class Dimension : uint8_t {
  desk,
  queue,  ///< The one it is in, or ended in; so with group, tier and agent.
  group,
  tier,
  priority,
  kind,
  category,
  channel,
  service,
  agent,
};
inline constexpr const char* dimension_names[] = {"desk",     "queue", "group",    "tier",
                                                  "priority", "kind",  "category", "channel",
                                                  "service",  "agent"};
inline constexpr size_t dimension_count = 10;
inline constexpr const char* kind_names[] = {"incident", "service_request", "task"};

std::optional<Dimension> dimension(std::string_view name);
/// Where a ticket is, and may have been elsewhere before.
constexpr bool is_place(Dimension by) {
  return by == Dimension::queue || by == Dimension::group || by == Dimension::tier;
}

struct Part {
  std::string name;  ///< Empty: the attribute is not stated.
  Question question;
};
/// In the order of their names; by agent, agents without tickets too.
std::vector<Part> split(const Question& question, Dimension by);

/// Only what counts under one of these names; an empty one: not stated.
Question only(const Question& question, Dimension by, const std::set<std::string>& names);

/// What a ticket counts under.
std::string name_in(const Book& book, const Case& ticket, Dimension by);
/// The same of where it came first; for what is no queue, group or tier the same.
std::string first_name_in(const Book& book, const Case& ticket, Dimension by);
/// Under what an agent's time counts, of those that agents have: groups, their queues and tiers.
std::set<std::string> names_in(const Book& book, const desk::AgentView& agent, Dimension by);
/// What an answer counts under: by group there may be several.
std::vector<std::string> names_in(const Book& book, const SurveyOf& survey, Dimension by);

}  // namespace paceline::report
