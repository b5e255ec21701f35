#include "engine/desk/policy_defaults.h"

namespace paceline::desk {
namespace {

constexpr std::string_view ended = "state in [resolved, closed]";
constexpr std::string_view major_and_open =
    "major && state in [queued, assigned, in_progress, pending]";

constexpr std::array<KindDefaults, clock_kind_count> kinds = {{
    /* response */ {"", "responded || state in [resolved, closed]", "", ""},
    /* resolution */ {"", ended, "", ""},
    /* triage */
    {"", "category != '' && !in_triage || state in [resolved, closed]", "", ""},
    /* own */
    {"state == queued", "assigned || state in [resolved, closed]", "", ""},
    /* update */
    {"responded && ball == desk", "ball == requester || state in [resolved, closed]", "", "", true},
    /* ola */
    {"!in_triage && state in [queued, assigned, in_progress, pending]",
     "moved || state in [resolved, closed]", "", "state == pending && reason != 'awaiting_group'",
     true, true},
    /* uc */
    {"state == pending && reason == 'awaiting_vendor'",
     "!(state == pending && reason == 'awaiting_vendor')", "", "", true},
    /* approval */
    {"state == pending && reason == 'awaiting_approval'",
     "!(state == pending && reason == 'awaiting_approval')", "", "", true},
    /* stage */ {"", "", "", "", true},
    /* mi_update */
    {major_and_open, "!major || state in [resolved, closed]", "message == agent", "", true},
    /* review */ {"", "", "", ""},
}};

}  // namespace

const KindDefaults& defaults_of(ClockKind kind) { return kinds[static_cast<size_t>(kind)]; }

std::array<StatedCondition, 7> conditions_of(const PolicyDefinition& policy) {
  return {{{"when", &policy.when},
           {"start", &policy.start},
           {"stop", &policy.stop},
           {"cancel", &policy.cancel},
           {"reset", &policy.reset},
           {"pause_when", &policy.pause_when},
           {"resume_when", &policy.resume_when}}};
}

std::string stop_condition(const PolicyDefinition& policy) {
  if (!policy.stop.empty()) return policy.stop;
  std::string stop(defaults_of(policy.clock).stop);
  if (policy.clock == ClockKind::response) {
    if (policy.bot_counts) stop += " || message == bot";
    if (policy.automatic_counts) stop += " || message == automatic";
  }
  return stop;
}

std::vector<PauseRule> default_pause_rules() {
  return {
      {"awaiting_requester", bit(ClockKind::resolution) | bit(ClockKind::stage), ""},
      {"requester_unreachable", bit(ClockKind::response) | bit(ClockKind::resolution), ""},
      {"awaiting_change", bit(ClockKind::resolution), "!major"},
      {"awaiting_approval", bit(ClockKind::stage), ""},
      {"awaiting_approval", bit(ClockKind::resolution), "kind == service_request"},
      {"awaiting_problem_fix", bit(ClockKind::resolution), "workaround"},
      {"scheduled_for", all_clock_kinds, ""},
  };
}

}  // namespace paceline::desk
