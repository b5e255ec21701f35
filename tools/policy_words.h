// What a policy says, in words, its defaults included.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/desk/configuration.h"

namespace paceline::tools {

inline constexpr std::array<std::string_view, 5> rung_action_words = {
    "notify", "raise_priority", "reassign", "add_watcher", "open_bridge"};

struct PolicyCondition {
  std::string_view key;  ///< "start"
  std::string text;
  bool stated = false;  ///< Else it is the clock kind's own.
};

/// start, stop, cancel, reset, pause_when and resume_when, without those that are neither stated
/// nor have a default.
std::vector<PolicyCondition> conditions_of(const desk::PolicyDefinition& policy);

/// The pending reasons that pause the clock, by the policy or by the desk's rules.
std::string pauses_text(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings);

/// Whose public messages are answers.
std::string counts_text(const desk::PolicyDefinition& policy);

/// on_priority_change, on_reopen and the like, as the configuration writes them.
std::vector<std::pair<std::string, std::string>> rules_of(const desk::PolicyDefinition& policy);

}  // namespace paceline::tools
