#include "tools/event_text.h"

#include <fmt/format.h>

#include <array>

#include "tools/instants.h"
#include "tools/survey_words.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using desk::Event;
using desk::EventKind;

/// By bit of Event::fields.
constexpr std::array<std::string_view, 26> field_words = {
    "external_id",    "category",     "subcategory", "service",  "config_item", "channel",
    "requester_type", "organisation", "contract",    "stage",    "language",    "confidentiality",
    "requester",      "body",         "queue",       "",         "kind",        "impact",
    "urgency",        "vip",          "sentiment",   "priority", "workaround",  "major",
    "promised_at",    "confidence"};

bool covers(const std::vector<std::string>& names, uint32_t position) {
  return position == Event::none || position < names.size();
}

/// "75 %", or the rung's number where its share is not known: it is given as time left.
std::string rung_text(const Event& event) {
  if (event.threshold_bp != 0) return percent(event.threshold_bp);
  return fmt::format("rung {}", event.fields);
}

std::string rung_list(uint32_t bits) {
  std::string text;
  for (unsigned rung = 1; rung <= 32; ++rung)
    if ((bits >> (rung - 1) & 1) != 0) text += fmt::format(" {}", rung);
  return text;
}

std::string clock_value(const Event& event) {
  switch (event.kind) {
    case EventKind::clock_started:
    case EventKind::clock_resumed:
      return event.value_us == 0 ? ", paused" : ", due " + format_instant({event.value_us});
    case EventKind::clock_paused:
      return ", used " + format_duration(event.value_us);
    case EventKind::clock_completed:
      return fmt::format(", {}, used {}",
                         (event.flags & desk::clock_missed) != 0 ? "breached" : "met",
                         format_duration(event.value_us));
    case EventKind::clock_cancelled:
      return fmt::format(", used {}{}", format_duration(event.value_us),
                         (event.flags & desk::clock_duplicate) != 0 ? ", duplicate" : "");
    case EventKind::clock_threshold:
      return ", " + rung_text(event);
    case EventKind::clock_escalated:
      return fmt::format(", {}{}", rung_text(event),
                         event.value_us > 1 ? fmt::format(", {} times", event.value_us) : "");
    case EventKind::clock_acknowledged:
      return fmt::format(", up to rung {}", event.fields);
    case EventKind::clock_retargeted:
      return (event.value_us == 0 ? ", paused" : ", due " + format_instant({event.value_us})) +
             (event.fields == 0 ? "" : ", skipped rungs" + rung_list(event.fields));
    case EventKind::clock_caught_up:
      return (event.fields == 0 ? "" : ", rungs" + rung_list(event.fields)) +
             (event.value_us == 0 ? "" : ", breached " + format_instant({event.value_us}));
    case EventKind::clock_repaired:
      return ", used " + format_duration(event.value_us);
    default:
      return {};
  }
}

std::string agent_state(uint32_t state) {
  return std::string(state < std::size(desk::agent_state_names) ? desk::agent_state_names[state]
                                                                : std::string_view("?"));
}

/// What an event of routing, offers, agents and tiers adds.
std::string routing_value(const Event& event) {
  const auto until = [](int64_t us) { return us == 0 ? "" : "  until " + format_instant({us}); };
  switch (event.kind) {
    case EventKind::ticket_relaxed:
      return fmt::format("  step {}", event.fields);
    case EventKind::ticket_held:
    case EventKind::agent_session_lost:
      return until(event.value_us);
    case EventKind::ticket_offered:
      return fmt::format(
          "  offer {}{}", event.value_us,
          event.fields == 0 ? "" : until(event.at_us + int64_t{event.fields} * sched::second.us));
    case EventKind::ticket_accepted:
    case EventKind::ticket_declined:
    case EventKind::ticket_offer_expired:
    case EventKind::ticket_rescinded:
      return fmt::format("  offer {}", event.value_us);
    case EventKind::ticket_escalated:
      return event.fields == 0 ? "" : fmt::format("  {} of {} done", event.value_us, event.fields);
    case EventKind::ticket_bounced:
      return event.value_us > 1 ? fmt::format("  time {}", event.value_us) : "";
    case EventKind::queue_held:
      return event.fields != 0 ? "  held" : "  goes on";
    case EventKind::route_switched:
      return event.fields != 0 ? "  on" : "  off";
    case EventKind::agent_state_changed:
      return fmt::format("  {} → {}", agent_state(event.threshold_bp), agent_state(event.fields));
    case EventKind::agent_reconciled:
      return fmt::format("  {} requeued, {} elsewhere", event.value_us, event.fields);
    case EventKind::tickets_reassigned:
      return fmt::format("  {} tickets", event.value_us);
    case EventKind::csat_sent:
      return fmt::format("  survey {}{}", survey_token(event.value_us),
                         until(event.at_us + int64_t{event.fields} * sched::second.us));
    case EventKind::csat_answered:
    case EventKind::csat_low:
      return fmt::format(
          "  survey {}{}{}{}", survey_token(event.value_us),
          event.fields == 0 ? "" : fmt::format("  score {}", event.fields),
          event.threshold_bp == 0 ? "" : fmt::format("  recommend {}", event.threshold_bp - 1),
          event.kind == EventKind::csat_answered && event.flags != 0 ? ", changed" : "");
    default:
      return {};
  }
}

/// What an event that is not a clock's adds.
std::string ticket_value(const Event& event) {
  switch (event.kind) {
    case EventKind::ticket_linked:
      return fmt::format("  with {}", static_cast<uint64_t>(event.value_us));
    case EventKind::ticket_merged:
      return fmt::format("  into {}", static_cast<uint64_t>(event.value_us));
    case EventKind::ticket_reminded:
      return fmt::format("  reminder {}", event.value_us);
    case EventKind::ticket_imported:
      return "  recorded " + format_instant({event.value_us});
    case EventKind::engine_clock_jump:
      return "  by " + format_duration(event.value_us) + (event.flags != 0 ? ", waits" : "");
    case EventKind::policy_migrated:
    case EventKind::calendar_changed:
      return fmt::format("  {} clocks", event.value_us);
    default:
      return routing_value(event);
  }
}

}  // namespace

std::vector<std::string_view> changed_fields(const Event& event) {
  std::vector<std::string_view> changed;
  if (event.kind != EventKind::ticket_updated) return changed;
  for (size_t i = 0; i < field_words.size(); ++i)
    if ((event.fields >> i & 1) != 0) changed.push_back(field_words[i]);
  return changed;
}

bool names_cover(const desk::Names& names, const Event& event) {
  return covers(names.queues, event.queue) && covers(names.agents, event.agent) &&
         covers(names.policies, event.policy) &&
         covers(event.kind == EventKind::clock_retargeted || event.kind == EventKind::clock_repaired
                    ? names.policies
                    : names.reasons,
                event.reason);
}

std::string event_details(const Event& event, const desk::Names& names) {
  if (event.policy != Event::none)
    return name_at(names.policies, event.policy) + clock_value(event);
  std::string text;
  if (event.ticket != 0) text += "  " + priority_word(event.priority);
  if (event.state != event.previous_state) text += fmt::format("  {}", desk::name(event.state));
  if (event.queue != Event::none) text += "  " + name_at(names.queues, event.queue);
  if (event.agent != Event::none) text += "  " + name_at(names.agents, event.agent);
  if (event.reason != Event::none) text += "  (" + name_at(names.reasons, event.reason) + ")";
  text += ticket_value(event);
  return text.substr(std::min<size_t>(text.size(), 2));
}

std::string event_text(const Event& event, const desk::Names& names) {
  std::string text = fmt::format("{:>8}  {}  {:<18}", event.sequence, format_instant({event.at_us}),
                                 desk::name(event.kind));
  if (event.ticket != 0) text += fmt::format("  {}", event.ticket);
  if (const std::string details = event_details(event, names); !details.empty())
    text += "  " + details;
  return text;
}

}  // namespace paceline::tools
