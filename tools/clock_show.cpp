#include "tools/clock_show.h"

#include <fmt/format.h>

#include "engine/config/target.h"
#include "tools/instants.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string instant_text(int64_t us) { return us == 0 ? "" : format_instant({us}); }

std::string signed_duration(int64_t us) {
  return us < 0 ? "-" + format_duration(-us) : format_duration(us);
}

std::string state_text(const desk::ClockView& clock) {
  return clock.verdict.empty() ? clock.state : clock.state + ", " + clock.verdict;
}

std::string versioned(const std::string& name, uint32_t version) {
  return fmt::format("{} #{}", name, version);
}

std::string next_text(const desk::ClockView& clock) {
  if (clock.next_effect_at_us == 0) return "";
  return fmt::format("{} at {}", clock.next_effect, format_instant({clock.next_effect_at_us}));
}

/// "was → is", or one of them where nothing changes.
std::string change(const std::string& before, const std::string& after) {
  if (before == after) return before;
  return fmt::format("{} → {}", before.empty() ? "–" : before, after.empty() ? "–" : after);
}

std::string segments_table(const desk::ClockView& clock) {
  Table table({"cycle", "from", "to", "state", "why", "policy", "calendar", ">used", ""});
  for (const desk::SegmentView& segment : clock.segments) {
    table.row({std::to_string(segment.cycle), format_instant({segment.from_us}),
               segment.to_us == 0 ? "now" : format_instant({segment.to_us}), segment.state,
               segment.reason, versioned(segment.policy, segment.version),
               versioned(segment.calendar, segment.calendar_version),
               format_duration(segment.consumed_us), segment.repaired ? "repaired" : ""});
  }
  return table.text();
}

std::string rungs_table(const desk::ClockView& clock) {
  Table table({">rung", "at", "action", "notifies", "state", "next action", ">repeated"});
  size_t number = 0;
  for (const desk::RungView& rung : clock.rungs) {
    const std::string state = rung.passed           ? "reached"
                              : rung.due_at_us != 0 ? "due " + format_instant({rung.due_at_us})
                                                    : "not yet due";
    const bool plain = rung.notify.empty() && rung.action == "notify";
    table.row(
        {std::to_string(++number),
         rung.share_bp != 0 ? percent(rung.share_bp) : format_duration(rung.before_us) + " before",
         plain ? "" : rung.action, rung.notify, state, instant_text(rung.next_action_at_us),
         rung.repetitions == 0 ? "" : std::to_string(rung.repetitions)});
  }
  return table.text();
}

}  // namespace

std::string clock_name(desk::ClockKind kind, const std::string& label) {
  const std::string_view name = word(clock_words, static_cast<uint8_t>(kind));
  return label.empty() ? std::string(name) : fmt::format("{} ({})", name, label);
}

std::string clocks_table(std::span<const desk::ClockView> clocks) {
  Table table({"ticket", "external id", "clock", "policy", "state", ">used", ">of", ">left", "due",
               "next"});
  for (const desk::ClockView& clock : clocks) {
    table.row({std::to_string(clock.ticket), clock.external_id, clock_name(clock.kind, clock.label),
               clock.policy, state_text(clock), format_duration(clock.consumed_us),
               format_duration(clock.target_us), signed_duration(clock.remaining_us),
               instant_text(clock.due_at_us), next_text(clock)});
  }
  return table.text();
}

std::string policies_table(std::span<const desk::PolicyView> policies) {
  Table table({"policy", ">version", "", "clock", "target", "calendar", ">running", ">paused",
               ">completed", ">cancelled", "when"});
  for (const desk::PolicyView& policy : policies) {
    table.row({policy.name, std::to_string(policy.version), policy.in_force ? "in force" : "former",
               clock_name(policy.kind, policy.label), config::print(policy.target),
               versioned(policy.calendar, policy.calendar_version), std::to_string(policy.running),
               std::to_string(policy.paused), std::to_string(policy.completed),
               std::to_string(policy.cancelled), policy.when});
  }
  return table.text();
}

std::string changes_table(std::span<const desk::ClockChange> changes) {
  Table table(
      {"ticket", "external id", "clock", "policy", "version", "target", "used", "due", "breached"});
  for (const desk::ClockChange& each : changes) {
    table.row(
        {std::to_string(each.ticket), each.external_id, clock_name(each.kind, each.label),
         each.policy,
         change(std::to_string(each.version_before), std::to_string(each.version_after)),
         change(format_duration(each.target_before_us), format_duration(each.target_after_us)),
         change(format_duration(each.consumed_before_us), format_duration(each.consumed_after_us)),
         change(instant_text(each.due_before_us), instant_text(each.due_after_us)),
         change(instant_text(each.breached_before_us), instant_text(each.breached_after_us))});
  }
  return table.text();
}

std::string why_clock_text(const desk::ClockView& clock) {
  std::string text =
      fmt::format("{} under {} in {}: {}\n", clock_name(clock.kind, clock.label),
                  versioned(clock.policy, clock.version),
                  versioned(clock.calendar, clock.calendar_version), state_text(clock));
  Table table({"", ""});
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) table.row({label, value});
  };
  add("cycle", std::to_string(clock.cycle));
  add("started at", instant_text(clock.started_at_us));
  std::string target = format_duration(clock.target_us);
  if (clock.initial_target_us != clock.target_us)
    target += ", at first " + format_duration(clock.initial_target_us);
  add("target", target);
  add("used", format_duration(clock.consumed_us));
  add("left", signed_duration(clock.remaining_us));
  add("elapsed", format_duration(clock.elapsed_us));
  add("due at", instant_text(clock.due_at_us));
  add("breached at", instant_text(clock.breached_at_us));
  add("next", next_text(clock));
  if (clock.state == "running" && !clock.in_hours) add("calendar", "closed now");
  if (!clock.verdict.empty())
    add("verdicts", fmt::format("final target {}, worst {}, initial {}", clock.verdict_final,
                                clock.verdict_worst, clock.verdict_initial));
  text += table.text();
  if (!clock.segments.empty()) text += "\n" + segments_table(clock);
  if (!clock.rungs.empty()) text += "\n" + rungs_table(clock);
  return text;
}

}  // namespace paceline::tools
