// Clocks, policies and changes to clocks as JSON.
#include <nlohmann/json.hpp>

#include "engine/config/target.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

ordered_json segment_json(const desk::SegmentView& segment) {
  return {{"cycle", segment.cycle},
          {"from", instant_json(segment.from_us)},
          {"to", instant_json(segment.to_us)},
          {"state", segment.state},
          {"reason", text_json(segment.reason)},
          {"policy", segment.policy},
          {"policy_version", segment.version},
          {"calendar", segment.calendar},
          {"calendar_version", segment.calendar_version},
          {"consumed_us", segment.consumed_us},
          {"repaired", segment.repaired}};
}

ordered_json rung_json(const desk::RungView& rung) {
  return {{"share_bp", rung.share_bp == 0 ? ordered_json(nullptr) : ordered_json(rung.share_bp)},
          {"before_us", rung.share_bp == 0 ? ordered_json(rung.before_us) : ordered_json(nullptr)},
          {"action", rung.action},
          {"notify", text_json(rung.notify)},
          {"passed", rung.passed},
          {"due_at", instant_json(rung.due_at_us)},
          {"next_action_at", instant_json(rung.next_action_at_us)},
          {"repetitions", rung.repetitions}};
}

}  // namespace

ordered_json instant_json(int64_t us) {
  return us == 0 ? ordered_json(nullptr) : ordered_json(format_instant({us}));
}

ordered_json text_json(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

ordered_json clock_json(const desk::ClockView& clock) {
  ordered_json json{{"ticket", clock.ticket},
                    {"external_id", text_json(clock.external_id)},
                    {"clock", word(clock_words, static_cast<uint8_t>(clock.kind))},
                    {"label", text_json(clock.label)},
                    {"policy", clock.policy},
                    {"policy_version", clock.version},
                    {"calendar", clock.calendar},
                    {"calendar_version", clock.calendar_version},
                    {"state", clock.state},
                    {"in_hours", clock.in_hours},
                    {"verdict", text_json(clock.verdict)},
                    {"verdict_final", text_json(clock.verdict_final)},
                    {"verdict_worst", text_json(clock.verdict_worst)},
                    {"verdict_initial", text_json(clock.verdict_initial)},
                    {"cycle", clock.cycle},
                    {"target_us", clock.target_us},
                    {"initial_target_us", clock.initial_target_us},
                    {"consumed_us", clock.consumed_us},
                    {"elapsed_us", clock.elapsed_us},
                    {"remaining_us", clock.remaining_us},
                    {"started_at", instant_json(clock.started_at_us)},
                    {"since", instant_json(clock.since_us)},
                    {"folded_us", clock.folded_us},
                    {"due_at", instant_json(clock.due_at_us)},
                    {"breached_at", instant_json(clock.breached_at_us)},
                    {"next_effect", text_json(clock.next_effect)},
                    {"next_effect_at", instant_json(clock.next_effect_at_us)}};
  for (const desk::SegmentView& segment : clock.segments)
    json["segments"].push_back(segment_json(segment));
  for (const desk::RungView& rung : clock.rungs) json["rungs"].push_back(rung_json(rung));
  return json;
}

ordered_json policy_json(const desk::PolicyView& policy) {
  return {{"name", policy.name},
          {"version", policy.version},
          {"in_force", policy.in_force},
          {"clock", word(clock_words, static_cast<uint8_t>(policy.kind))},
          {"label", text_json(policy.label)},
          {"when", text_json(policy.when)},
          {"target", config::print(policy.target)},
          {"calendar", policy.calendar},
          {"calendar_version", policy.calendar_version},
          {"running", policy.running},
          {"paused", policy.paused},
          {"completed", policy.completed},
          {"cancelled", policy.cancelled}};
}

ordered_json change_json(const desk::ClockChange& change) {
  return {{"ticket", change.ticket},
          {"external_id", text_json(change.external_id)},
          {"clock", word(clock_words, static_cast<uint8_t>(change.kind))},
          {"label", text_json(change.label)},
          {"policy", change.policy},
          {"version_before", change.version_before},
          {"version_after", change.version_after},
          {"target_before_us", change.target_before_us},
          {"target_after_us", change.target_after_us},
          {"consumed_before_us", change.consumed_before_us},
          {"consumed_after_us", change.consumed_after_us},
          {"due_before", instant_json(change.due_before_us)},
          {"due_after", instant_json(change.due_after_us)},
          {"breached_before", instant_json(change.breached_before_us)},
          {"breached_after", instant_json(change.breached_after_us)}};
}

}  // namespace paceline::tools
