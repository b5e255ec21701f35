#include "tools/policy_words.h"

#include "engine/desk/policy_defaults.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

template <size_t n, class Enum>
std::string enum_word(const std::string_view (&words)[n], Enum value) {
  const auto position = static_cast<size_t>(value);
  return std::string(position < n ? words[position] : "?");
}

}  // namespace

std::vector<PolicyCondition> conditions_of(const desk::PolicyDefinition& policy) {
  const desk::KindDefaults& defaults = desk::defaults_of(policy.clock);
  const std::string stop = desk::stop_condition(policy);
  struct Known {
    std::string_view key;
    const std::string& stated;
    std::string_view otherwise;
  };
  const Known known[] = {{"start", policy.start, defaults.start},
                         {"stop", policy.stop, stop},
                         {"cancel", policy.cancel, {}},
                         {"reset", policy.reset, defaults.reset},
                         {"pause_when", policy.pause_when, defaults.pause_when},
                         {"resume_when", policy.resume_when, {}}};
  std::vector<PolicyCondition> conditions;
  for (const Known& each : known) {
    if (!each.stated.empty())
      conditions.push_back({each.key, each.stated, true});
    else if (!each.otherwise.empty())
      conditions.push_back({each.key, std::string(each.otherwise), false});
    else if (each.key == "start")
      conditions.push_back({each.key, "at once", false});
  }
  return conditions;
}

std::string pauses_text(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings) {
  std::string text;
  const auto add = [&](const std::string& reason, const std::string& when) {
    text += (text.empty() ? "" : ", ") + reason;
    if (!when.empty()) text += " where " + when;
  };
  if (policy.pause_stated) {
    for (const std::string& reason : policy.pause) add(reason, {});
  } else {
    for (const desk::PauseRule& rule : settings.pauses)
      if ((rule.clocks >> static_cast<unsigned>(policy.clock) & 1) != 0)
        add(rule.reason, rule.when);
  }
  return text.empty() ? "nothing" : text;
}

std::string counts_text(const desk::PolicyDefinition& policy) {
  std::string text = "public messages of people";
  if (policy.bot_counts) text += ", of bots";
  if (policy.automatic_counts) text += ", automatic ones";
  return text;
}

std::vector<std::pair<std::string, std::string>> rules_of(const desk::PolicyDefinition& policy) {
  constexpr std::string_view changes[] = {"carry", "retroactive", "restart", "keep"};
  constexpr std::string_view calendars[] = {"immediate", "next_arm", "never"};
  constexpr std::string_view reopens[] = {"resume", "restart", "continue"};
  constexpr std::string_view verdicts[] = {"final_target", "worst", "initial"};
  constexpr std::string_view origins[] = {"recorded", "occurred"};
  constexpr std::string_view merges[] = {"own", "earliest"};
  const bool cancels = policy.cancel_when_start_false < 0
                           ? desk::defaults_of(policy.clock).cancel_when_start_false
                           : policy.cancel_when_start_false != 0;
  return {{"cancel_when_start_false", cancels ? "true" : "false"},
          {"pause_moves_fixed", policy.pause_moves_fixed ? "true" : "false"},
          {"on_priority_change", enum_word(changes, policy.on_priority_change)},
          {"on_calendar_change", enum_word(calendars, policy.on_calendar_change)},
          {"on_reopen", enum_word(reopens, policy.on_reopen)},
          {"verdict", enum_word(verdicts, policy.verdict)},
          {"origin", enum_word(origins, policy.origin)},
          {"merge_origin", enum_word(merges, policy.merge_origin)}};
}

}  // namespace paceline::tools
