// A question taken apart: by queue, by priority, by agent …
//
// Owner: any thread; pure.  Allocates: the parts.
#pragma once

#include <optional>
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

struct Part {
  std::string name;  ///< Empty: the attribute is not stated.
  Question question;
};
/// In the order of their names; by agent, agents without tickets too.
std::vector<Part> split(const Question& question, Dimension by);

/// What a ticket counts under.
std::string name_in(const Book& book, const Case& ticket, Dimension by);
/// What an answer counts under: by group there may be several.
std::vector<std::string> names_in(const Book& book, const SurveyOf& survey, Dimension by);

}  // namespace paceline::report
