// One desk's share of a file, checked as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/desk_checks.h"
#include "engine/desk/limits.h"
#include "engine/desk/predicate.h"

namespace paceline::config {
namespace {

class DeskShare {
 public:
  DeskShare(const DeskSection& desk, const Sections& sections, Diagnostics& diagnostics)
      : desk_(desk), sections_(sections), diagnostics_(diagnostics) {}

  desk::Configuration make() {
    out_.settings = desk_.settings;
    out_.settings.matrix = sections_.matrix;
    out_.criticalities = sections_.criticalities;
    out_.objects = sections_.objects;
    const desk::Limits limits;
    take(sections_.calendars, out_.calendars, "calendar", limits.calendars_max - 1);  // 24x7
    take(sections_.queues, out_.queues, "queue", limits.queues_max - 1);              // triage
    take(sections_.agents, out_.agents, "agent", limits.agents_max);
    take(sections_.policies, out_.policies, "policy", limits.policies_max);
    take(sections_.routes, out_.routes, "route", limits.policies_max);

    DeskChecks checks(desk_, out_, diagnostics_);
    finish_periods(sections_, checks, out_.settings);
    check_routes(checks);
    finish_policies(sections_, checks, out_);
    check_staff();
    return std::move(out_);
  }

 private:
  template <class T>
  bool belongs(const Entry<T>& entry) const {
    return entry.desk.empty() || entry.desk == desk_.name;
  }

  template <class T>
  void take(const std::vector<Entry<T>>& entries, std::vector<T>& to, std::string_view kind,
            size_t max) {
    std::map<std::string_view, uint32_t> line_of;
    for (const Entry<T>& entry : entries) {
      if (!belongs(entry)) continue;
      const auto [known, is_new] = line_of.emplace(entry.value.name, entry.line);
      if (!is_new && !entry.value.name.empty())
        diagnostics_.error(code::duplicate, entry.line,
                           fmt::format("{} {} is already defined at line {}: rename one", kind,
                                       in_quotes(entry.value.name), known->second));
      else
        to.push_back(entry.value);
      if (to.size() > max) {
        diagnostics_.error(code::wrong_value, entry.line,
                           fmt::format("a desk holds at most {} of {}: split the desk", max, kind));
        return;
      }
    }
  }

  void check_routes(DeskChecks& checks) {
    for (const auto& entry : sections_.routes) {
      if (!belongs(entry)) continue;
      const bool is_named = !entry.value.name.starts_with("route ");
      const std::string subject =
          is_named ? "route " + in_quotes(entry.value.name) : entry.value.name;
      checks.condition(entry.value.when, "when", entry.line, subject);
      if (!entry.value.queue.empty()) checks.queue(entry.value.queue, entry.line, subject);
    }
  }

  /// Agents may also be defined while the server runs, so what is missing here is a warning, and
  /// none is given where the file defines no agent at all.
  void check_staff() {
    std::map<std::string_view, std::vector<const desk::AgentDefinition*>> members;
    Names skills;
    for (const auto& agent : out_.agents) {
      for (const std::string& group : agent.groups) members[group].push_back(&agent);
      for (const auto& [skill, level] : agent.skills) skills.insert(skill);
    }
    Names groups;
    for (const auto& entry : sections_.queues) {
      if (!belongs(entry)) continue;
      groups.insert(entry.value.group);
      check_need(entry, members, skills);
    }
    for (const auto& entry : sections_.agents) {
      if (!belongs(entry) || out_.queues.empty()) continue;
      for (const std::string& group : entry.value.groups) {
        if (groups.count(group) == 0)
          warn(code::nobody_can, entry.line,
               fmt::format("agent {}: no queue belongs to group {}{}", in_quotes(entry.value.name),
                           in_quotes(group), suggestion_from(group, groups)));
      }
    }
  }

  void check_need(
      const Entry<desk::QueueDefinition>& entry,
      const std::map<std::string_view, std::vector<const desk::AgentDefinition*>>& members,
      const Names& skills) {
    const desk::QueueDefinition& queue = entry.value;
    const std::string subject = "queue " + in_quotes(queue.name);
    const auto need = desk::parse_need(queue.need);
    if (!need) {
      diagnostics_.error(code::wrong_need, entry.line,
                         fmt::format("{}: need, at character {}: {}", subject, need.error().at + 1,
                                     need.error().message));
      return;
    }
    if (out_.agents.empty() || queue.mode == desk::QueueMode::manual) return;
    const auto team = members.find(queue.group);
    if (team == members.end()) {
      warn(code::nobody_can, entry.line,
           fmt::format("{}: no agent is in group {}: its tickets will wait", subject,
                       in_quotes(queue.group)));
      return;
    }
    for (const desk::SkillRequirement& required : *need) {
      if (skills.count(required.skill) == 0) {
        warn(code::nobody_can, entry.line,
             fmt::format("{}: no agent has skill {}{}", subject, in_quotes(required.skill),
                         suggestion_from(required.skill, skills)));
        return;
      }
    }
    const auto can = [&](const desk::AgentDefinition* agent) {
      return agent->capacity_milli >= queue.weight_milli &&
             std::all_of(need->begin(), need->end(), [&](const desk::SkillRequirement& required) {
               return std::any_of(agent->skills.begin(), agent->skills.end(), [&](const auto& has) {
                 return has.first == required.skill && has.second >= required.level;
               });
             });
    };
    if (std::none_of(team->second.begin(), team->second.end(), can))
      warn(code::nobody_can, entry.line,
           fmt::format("{}: no agent of group {} has the skills and the capacity for its tickets: "
                       "they will wait",
                       subject, in_quotes(queue.group)));
  }

  void warn(std::string_view warning, uint32_t line, std::string message) {
    diagnostics_.warn(warning, line, std::move(message));
  }

  const DeskSection& desk_;
  const Sections& sections_;
  Diagnostics& diagnostics_;
  desk::Configuration out_;
};

}  // namespace

desk::Configuration configuration_of(const DeskSection& desk, const Sections& sections,
                                     Diagnostics& diagnostics) {
  return DeskShare(desk, sections, diagnostics).make();
}

}  // namespace paceline::config
