// The needs of a desk's queues: they parse, somebody could meet them, each step accepts whom the
// one before did, and their skills are those of the agents.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/config/desk_checks.h"
#include "engine/config/team.h"
#include "engine/desk/need.h"
#include "engine/desk/suggestion.h"

namespace paceline::config {
namespace {

using QueueEntry = Entry<desk::QueueDefinition>;

std::string subject_of(const QueueEntry& entry) { return "queue " + in_quotes(entry.value.name); }

/// "network 6, vpn 4 and no contractor"
std::string shown(const std::vector<desk::NamedLevel>& levels) {
  std::string text;
  for (size_t i = 0; i < levels.size(); ++i) {
    if (i != 0) text += i + 1 == levels.size() ? " and " : ", ";
    text += levels[i].level == 0 ? "no " + levels[i].skill
                                 : fmt::format("{} {}", levels[i].skill, levels[i].level);
  }
  return text;
}

class NeedChecks {
 public:
  NeedChecks(const Sections& sections, DeskChecks& checks, const desk::Configuration& configuration)
      : sections_(sections), checks_(checks), configuration_(configuration) {}

  void check() {
    for (const QueueEntry& entry : sections_.queues) {
      if (!checks_.belongs(entry)) continue;
      check_steps(entry, read(entry));
    }
    check_skills();
  }

 private:
  using Step = std::pair<std::string, std::optional<desk::NamedNeed>>;  // "step 1"

  std::optional<desk::NamedNeed> parsed(const QueueEntry& entry, const std::string& text,
                                        const std::string& key) {
    auto need = desk::parse_need(text);
    const std::string subject = fmt::format("{}: {}", subject_of(entry), key);
    if (!need) {
      checks_.error(code::wrong_need, entry.line_of(key),
                    fmt::format("{}, at character {}: {}", subject, need.error().at + 1,
                                need.error().message));
      return std::nullopt;
    }
    if (desk::can_be_met(*need) == false)
      checks_.error(code::wrong_need, entry.line_of(key),
                    fmt::format("{}: nobody can meet {}, whatever their skills: its comparisons "
                                "exclude each other",
                                subject, in_quotes(text)));
    for (const std::string& skill : need->names) named_[skill].emplace(&entry, key);
    return *std::move(need);
  }

  std::vector<Step> read(const QueueEntry& entry) {
    const desk::QueueDefinition& queue = entry.value;
    std::vector<Step> steps;
    for (size_t i = 0; i < queue.step_count(); ++i) {
      const std::string key = queue.steps.empty() ? "need" : fmt::format("step {}", i + 1);
      steps.emplace_back(key, parsed(entry, queue.step_need(i), key));
    }
    for (size_t i = 0; i < queue.preferred.size(); ++i) {
      const std::string key = fmt::format("preferred {}", i + 1);
      const auto need = parsed(entry, queue.preferred[i].need, key);
      if (need && need->need.asks_nothing() && !queue.preferred[i].need.empty())
        checks_.error(
            code::wrong_need, entry.line_of(key),
            fmt::format("{}: {}: it asks for nothing: name a skill", subject_of(entry), key));
    }
    return steps;
  }

  /// A ticket's choice of agents only ever grows while it waits.
  void check_steps(const QueueEntry& entry, const std::vector<Step>& steps) {
    for (size_t i = 1; i < steps.size(); ++i) {
      const auto& [before_key, before] = steps[i - 1];
      const auto& [key, need] = steps[i];
      if (!before || !need) continue;
      const auto somebody = desk::counterexample(*need, *before);
      if (!somebody.empty())
        checks_.error(
            code::wrong_steps, entry.line_of(key),
            fmt::format("{}: {} accepts less than {}: somebody with {} is accepted by {} "
                        "and not by {}: let each step accept whom the one before did",
                        subject_of(entry), key, before_key, shown(somebody), before_key, key));
    }
  }

  /// A skill that only one queue knows and no agent has is most likely a slip where one with nearly
  /// the same name is there. Agents may also be defined while the server runs, so without a near
  /// name, or without agents, nothing is wrong.
  void check_skills() {
    if (configuration_.agents.empty()) return;
    Names known;
    for (const desk::AgentDefinition& agent : configuration_.agents)
      for (const auto& [skill, level] : agent.skills) known.insert(skill);
    for (const auto& [skill, places] : named_)
      if (queues_of(places) > 1) known.insert(skill);
    if (known.size() > names_compared_max) return;
    const std::vector<std::string_view> names(known.begin(), known.end());
    for (const auto& [skill, places] : named_) {
      if (known.count(skill) != 0) continue;
      const std::string_view near = desk::nearest(skill, names);
      if (near.empty()) continue;
      for (const auto& [entry, key] : places)
        checks_.error(code::unknown_skill, entry->line_of(key),
                      fmt::format("{}: {}: no agent has skill {}, and no other queue needs it: did "
                                  "you mean {}? Else give it to an agent",
                                  subject_of(*entry), key, in_quotes(skill), in_quotes(near)));
    }
  }

  using Places = std::set<std::pair<const QueueEntry*, std::string>>;
  static size_t queues_of(const Places& places) {
    std::set<const QueueEntry*> queues;
    for (const auto& [entry, key] : places) queues.insert(entry);
    return queues.size();
  }

  static constexpr size_t names_compared_max = 2'000;

  const Sections& sections_;
  DeskChecks& checks_;
  const desk::Configuration& configuration_;
  std::map<std::string, Places, std::less<>> named_;  // skills, and where needs name them
};

}  // namespace

void check_needs(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration) {
  NeedChecks(sections, checks, configuration).check();
}

}  // namespace paceline::config
