#include "tools/script_events.h"

#include <fmt/format.h>

#include <array>

#include "engine/config/units.h"
#include "engine/desk/command.h"
#include "engine/desk/limits.h"
#include "tools/instants.h"
#include "tools/policy_words.h"
#include "tools/script_time.h"
#include "tools/survey_words.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using desk::Event;
using desk::EventKind;

constexpr std::array<std::string_view, desk::text_field_count> text_field_words = {
    "external_id", "category",        "subcategory",  "service",  "config_item",
    "channel",     "requester_type",  "organisation", "contract", "stage",
    "language",    "confidentiality", "requester",    "body",     "queue"};
constexpr std::array<std::string_view, 10> field_words = {
    "kind",     "impact",     "urgency", "vip",         "sentiment",
    "priority", "workaround", "major",   "promised_at", "confidence"};

std::string field_list(uint32_t fields) {
  std::string text;
  for (size_t i = 0; i < text_field_words.size(); ++i) {
    if ((fields & (1U << i)) != 0) text += fmt::format(" {}", text_field_words[i]);
  }
  constexpr size_t first = static_cast<size_t>(desk::FieldBit::kind);
  for (size_t i = 0; i < field_words.size(); ++i) {
    if ((fields & (1U << (first + i))) != 0) text += fmt::format(" {}", field_words[i]);
  }
  return text;
}

class Phrases {
 public:
  Phrases(const desk::Names& names, const TicketNames& tickets, const Ladders& ladders)
      : names_(names), tickets_(tickets), ladders_(ladders) {}

  std::string of(const Event& event) const {
    switch (event.kind) {
      case EventKind::ticket_recorded:
        return "recorded " + ticket(event);
      case EventKind::ticket_queued:
        return fmt::format("opened {} {} {}", ticket(event), priority_word(event.priority),
                           queue(event));
      case EventKind::ticket_updated:
        if (event.fields == 0) return "touched " + ticket(event);
        return fmt::format("updated {}{}{}", ticket(event), field_list(event.fields),
                           (event.fields & desk::bit(desk::FieldBit::priority)) != 0
                               ? " " + priority_word(event.priority)
                               : "");
      case EventKind::ticket_messaged:
        return "messaged " + ticket(event);
      case EventKind::ticket_assigned:
        return named("assigned", event, agent(event));
      case EventKind::ticket_started:
        return "started " + ticket(event);
      case EventKind::ticket_requeued:
        return named("requeued", event, queue(event));
      case EventKind::ticket_pended:
        return named("pended", event, reason(event)) +
               (event.value_us == 0 ? "" : " until " + script_time({event.value_us}));
      case EventKind::ticket_resumed:
        return named("resumed", event, std::string(desk::name(event.state)));
      case EventKind::ticket_resolved:
        return named(event.previous_state == desk::State::resolved ? "restated" : "resolved", event,
                     reason(event)) +
               (event.fields == 0 ? "" : " citing " + name_at(names_.reasons, event.fields - 1));
      case EventKind::ticket_reopened:
        return named("reopened", event, queue(event));
      case EventKind::ticket_closed:
        return named("closed", event, reason(event));
      case EventKind::ticket_cancelled:
        return named("cancelled", event, reason(event));
      case EventKind::ticket_linked:
        return fmt::format("linked {} to number {}", ticket(event),
                           sched::TicketId{static_cast<uint64_t>(event.value_us)}.number());
      case EventKind::ticket_archived:
        return "archived " + ticket(event);
      case EventKind::ticket_merged:
        return fmt::format("merged {} into {}", ticket(event), other_ticket(event));
      case EventKind::ticket_reminded:
        return fmt::format("reminded {} {}", ticket(event), event.value_us);
      case EventKind::ticket_imported:
        return named("imported", event, std::string(desk::name(event.state))) + " recorded " +
               script_time({event.value_us});
      case EventKind::clock_started:
      case EventKind::clock_resumed:
        return clock(event) + due(event);
      case EventKind::clock_paused:
        return clock(event) + " paused, used " + used(event);
      case EventKind::clock_threshold:
        return fmt::format("threshold {} {}{}", clock(event), place(event), late(event));
      case EventKind::clock_breached:
        return "breached " + clock(event) + late(event);
      case EventKind::clock_retargeted:
        return fmt::format("{} to {}{}{}", clock(event), name_at(names_.policies, event.policy),
                           due(event), rungs(" skipped", event.fields));
      case EventKind::clock_completed:
        return fmt::format("{} {}, used {}", clock(event),
                           (event.flags & desk::clock_missed) != 0 ? "missed" : "met", used(event));
      case EventKind::clock_cancelled:
        return fmt::format("{} cancelled{}{}, used {}", clock(event),
                           (event.flags & desk::clock_duplicate) != 0 ? " duplicate" : "",
                           (event.flags & desk::clock_superseded) != 0 ? " superseded" : "",
                           used(event));
      case EventKind::clock_caught_up:
        return fmt::format("caught_up {}{}{}", clock(event), rungs(" rungs", event.fields),
                           event.value_us == 0 ? "" : " breached " + script_time({event.value_us}));
      case EventKind::clock_escalated:
        return fmt::format("escalated {} {}{}{}", clock(event), place(event), recipients(event),
                           event.value_us > 1 ? fmt::format(" time {}", event.value_us) : "");
      case EventKind::clock_acknowledged:
        return fmt::format("acknowledged {} rung {}", clock(event), event.fields);
      case EventKind::clock_repaired:
        return fmt::format("repaired {} {}, used {}", clock(event),
                           (event.flags & desk::clock_missed) != 0 ? "missed" : "met", used(event));
      case EventKind::agent_defined:
        return "defined agent " + agent(event);
      case EventKind::agent_logged_in:
        return "logged in " + agent(event);
      case EventKind::agent_logged_out:
        return "logged out " + agent(event);
      case EventKind::agent_over_capacity:
        return "over capacity " + agent(event);
      case EventKind::queue_defined:
        return "defined queue " + queue(event);
      case EventKind::policy_loaded:
        return "configured";
      case EventKind::policy_migrated:
        return fmt::format("migrated {}", event.value_us);
      case EventKind::calendar_changed:
        return fmt::format("calendar changed {}", event.value_us);
      case EventKind::engine_clock_jump:
        return fmt::format("clock jump {}s", event.value_us / 1'000'000);
      case EventKind::gaming_signal:
        return fmt::format("signal {} {}, used {}", clock(event), reason(event), used(event));
      default:
        return of_routing(event);
    }
  }

 private:
  std::string of_routing(const Event& event) const {
    switch (event.kind) {
      case EventKind::ticket_unroutable:
        return named("unroutable", event, reason(event));
      case EventKind::ticket_relaxed:
        return fmt::format("relaxed {} step {}", ticket(event), event.fields);
      case EventKind::ticket_aged:
        return "aged " + ticket(event);
      case EventKind::ticket_held:
        return named("held", event, "for " + agent(event)) + until(event.value_us);
      case EventKind::ticket_offered:
        return named("offered", event, agent(event)) +
               until(event.fields == 0 ? 0
                                       : event.at_us + int64_t{event.fields} * sched::second.us) +
               blank(reason(event));
      case EventKind::ticket_accepted:
        return named("accepted", event, agent(event));
      case EventKind::ticket_declined:
        return named("declined", event, agent(event)) + blank(reason(event));
      case EventKind::ticket_offer_expired:
        return named("expired", event, agent(event));
      case EventKind::ticket_rescinded:
        return named("rescinded", event, agent(event)) + blank(reason(event));
      case EventKind::ticket_escalated:
        return named("escalated", event, "to " + queue(event)) + blank(reason(event)) +
               (event.fields == 0 ? ""
                                  : fmt::format(", {} of {} done", event.value_us, event.fields));
      case EventKind::ticket_bounced:
        return named("bounced", event, "to " + queue(event)) + blank(reason(event)) +
               (event.value_us > 1 ? fmt::format(" time {}", event.value_us) : "");
      case EventKind::ticket_handed_off:
        return named("handed off", event,
                     "to " + (event.agent == Event::none ? queue(event) : agent(event))) +
               blank(reason(event));
      case EventKind::queue_overflow:
        return named("overflow", event, "to " + queue(event)) + blank(overflow(event));
      case EventKind::queue_held:
        return (event.fields != 0 ? "held queue " : "released queue ") + queue(event);
      case EventKind::route_switched:
        return fmt::format("route {} {}", reason(event), event.fields != 0 ? "on" : "off");
      case EventKind::agent_state_changed:
        return agent(event) + " " + state(event.fields) + blank(reason(event));
      case EventKind::agent_session_lost:
        return "lost " + agent(event) + until(event.value_us);
      case EventKind::agent_reconciled:
        return fmt::format("reconciled {}{}{}", agent(event),
                           event.value_us == 0 ? "" : fmt::format(", {} requeued", event.value_us),
                           event.fields == 0 ? "" : fmt::format(", {} elsewhere", event.fields));
      case EventKind::tickets_reassigned:
        return fmt::format("reassigned {}", event.value_us);
      case EventKind::csat_sent:
        return named("asked", event, survey_question(static_cast<uint8_t>(event.threshold_bp))) +
               until(event.at_us + int64_t{event.fields} * sched::second.us);
      case EventKind::csat_answered:
        return named(event.flags != 0 ? "answered again" : "answered", event, answer(event));
      case EventKind::csat_low:
        return "low " + ticket(event);
      default:
        return std::string(desk::name(event.kind));
    }
  }

  /// "4", "4 and 9", "nps 9"
  static std::string answer(const Event& event) {
    const std::string score = event.fields == 0 ? "" : std::to_string(event.fields);
    if (event.threshold_bp == 0) return score;
    return fmt::format("{}{}", score.empty() ? "nps " : score + " and ", event.threshold_bp - 1);
  }
  /// "wait", "size", "no_agent"
  std::string overflow(const Event& event) const {
    constexpr std::string_view prefix = "overflow_";
    std::string text = reason(event);
    if (text.starts_with(prefix)) text.erase(0, prefix.size());
    return text;
  }
  static std::string until(int64_t us) { return us == 0 ? "" : " until " + script_time({us}); }
  static std::string blank(const std::string& text) { return text.empty() ? "" : " " + text; }
  static std::string state(uint32_t value) {
    return std::string(value < std::size(desk::agent_state_names) ? desk::agent_state_names[value]
                                                                  : std::string_view("?"));
  }
  std::string ticket(const Event& event) const {
    const auto found = tickets_.find(event.ticket);
    return found == tickets_.end() ? fmt::format("#{}", event.ticket & 0xffff'ffff'ffffULL)
                                   : found->second;
  }
  std::string named(std::string_view verb, const Event& event, const std::string& more) const {
    return fmt::format("{} {}{}{}", verb, ticket(event), more.empty() ? "" : " ", more);
  }
  std::string clock(const Event& event) const {
    return fmt::format("{} {}", ticket(event), desk::name(event.clock));
  }
  std::string queue(const Event& event) const { return name_at(names_.queues, event.queue); }
  std::string agent(const Event& event) const { return name_at(names_.agents, event.agent); }
  std::string reason(const Event& event) const {
    return event.reason == Event::none ? "" : name_at(names_.reasons, event.reason);
  }
  static std::string due(const Event& event) {
    return event.value_us == 0 ? " paused" : " due " + script_time({event.value_us});
  }
  std::string other_ticket(const Event& event) const {
    Event other;
    other.ticket = static_cast<uint64_t>(event.value_us);
    return ticket(other);
  }
  const desk::Rung* rung(const Event& event) const {
    const std::string policy = name_at(names_.policies, event.policy);
    const auto found = ladders_.find(policy);
    if (found == ladders_.end() || event.fields == 0 || event.fields > found->second.size())
      return nullptr;
    return &found->second[event.fields - 1];
  }
  /// "75 %", "1h before", or the rung's number where the ladder is not known.
  std::string place(const Event& event) const {
    if (event.threshold_bp != 0) return percent(event.threshold_bp);
    const desk::Rung* found = rung(event);
    if (found == nullptr || found->before_us == 0) return fmt::format("rung {}", event.fields);
    return config::print(sched::BusinessDuration{found->before_us}) + " before";
  }
  std::string recipients(const Event& event) const {
    const desk::Rung* found = rung(event);
    if (found == nullptr) return "";
    std::string text;
    if (found->action != desk::RungAction::notify)
      text += fmt::format(" {}", word(rung_action_words, static_cast<uint8_t>(found->action)));
    for (const std::string& who : found->notify) text += " " + who;
    return text;
  }
  static std::string late(const Event& event) {
    return (event.flags & desk::clock_late) != 0 ? " late" : "";
  }
  static std::string rungs(std::string_view label, uint32_t bits) {
    if (bits == 0) return "";
    std::string text(label);
    for (unsigned number = 1; number <= desk::rungs_max; ++number)
      if ((bits >> (number - 1) & 1) != 0) text += fmt::format(" {}", number);
    return text;
  }
  static std::string used(const Event& event) { return format_exact(event.value_us); }

  const desk::Names& names_;
  const TicketNames& tickets_;
  const Ladders& ladders_;
};

}  // namespace

std::string script_events(std::span<const Event> events, sched::Instant at,
                          const desk::Names& names, const TicketNames& tickets,
                          const Ladders& ladders) {
  const Phrases phrases(names, tickets, ladders);
  std::string text;
  for (const Event& event : events) {
    if (event.kind == EventKind::ticket_recorded) continue;  // what follows it says more
    if (!text.empty()) text += "; ";
    text += phrases.of(event);
    if (event.at_us != at.us) text += " at " + script_time({event.at_us});
  }
  return text;
}

}  // namespace paceline::tools
