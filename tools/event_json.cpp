// An event as JSON: what its numbers say under names of their own.
#include <nlohmann/json.hpp>

#include "tools/event_text.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/survey_words.h"
#include "tools/words.h"

namespace paceline::tools {

using nlohmann::ordered_json;

namespace {

void add_agent_state(ordered_json& json, const desk::Event& event) {
  const auto state = [](uint32_t value) {
    return value < std::size(desk::agent_state_names) ? ordered_json(desk::agent_state_names[value])
                                                      : ordered_json(value);
  };
  json["agent_state"] = state(event.fields);
  json["previous_agent_state"] = state(event.threshold_bp);
  json["since"] = instant_json(event.value_us);
}

/// Who wrote, where it is stated.
ordered_json author(uint8_t flags) {
  if ((flags & desk::message_by_agent) != 0) return "agent";
  if ((flags & desk::message_by_requester) != 0) return "requester";
  if ((flags & desk::message_by_bot) != 0) return "bot";
  return nullptr;
}

/// The same of events of routing, offers, agents and tiers.
void add_routing(ordered_json& json, const desk::Event& event, const desk::Names& names) {
  using desk::EventKind;
  switch (event.kind) {
    case EventKind::ticket_unroutable:
      json["missing"] = json["reason"];
      break;
    case EventKind::ticket_relaxed:
      json["step"] = event.fields;
      break;
    case EventKind::ticket_held:
      json["until"] = instant_json(event.value_us);
      break;
    case EventKind::ticket_offered:
      json["offer"] = event.value_us;
      json["expires_at"] =
          event.fields == 0 ? ordered_json(nullptr)
                            : instant_json(event.at_us + int64_t{event.fields} * sched::second.us);
      break;
    case EventKind::ticket_accepted:
    case EventKind::ticket_declined:
    case EventKind::ticket_offer_expired:
    case EventKind::ticket_rescinded:
      json["offer"] = event.value_us;
      break;
    case EventKind::ticket_escalated:
      json["checklist_done"] = event.value_us;
      json["checklist_of"] = event.fields;
      break;
    case EventKind::ticket_bounced:
      json["time"] = event.value_us;
      json["misrouted_by"] = event.fields == 0
                                 ? ordered_json(nullptr)
                                 : ordered_json(name_at(names.reasons, event.fields - 1));
      break;
    case EventKind::queue_held:
      json["held"] = event.fields != 0;
      break;
    case EventKind::route_switched:
      json["route"] = json["reason"];
      json["reason"] = nullptr;
      json["on"] = event.fields != 0;
      break;
    case EventKind::agent_state_changed:
      add_agent_state(json, event);
      break;
    case EventKind::agent_over_capacity:
      json["used_milli"] = event.value_us;
      break;
    case EventKind::agent_session_lost:
      json["kept_until"] = instant_json(event.value_us);
      break;
    case EventKind::agent_reconciled:
      json["requeued"] = event.value_us;
      json["elsewhere"] = event.fields;
      break;
    case EventKind::tickets_reassigned:
      json["tickets"] = event.value_us;
      break;
    case EventKind::csat_sent:
      json["survey"] = survey_token(event.value_us);
      json["expires_at"] = instant_json(event.at_us + int64_t{event.fields} * sched::second.us);
      json["question"] = survey_question(static_cast<uint8_t>(event.threshold_bp));
      break;
    case EventKind::csat_answered:
    case EventKind::csat_low:
      json["survey"] = survey_token(event.value_us);
      json["score"] = event.fields == 0 ? ordered_json(nullptr) : ordered_json(event.fields);
      json["recommend"] =
          event.threshold_bp == 0 ? ordered_json(nullptr) : ordered_json(event.threshold_bp - 1);
      if (event.kind == EventKind::csat_answered) json["replaces"] = event.flags != 0;
      break;
    default:
      break;
  }
}

/// What value_us, fields, reason and flags say, under names of their own.
void add_meaning(ordered_json& json, const desk::Event& event, const desk::Names& names) {
  using desk::EventKind;
  const auto rungs = [&] {
    auto list = ordered_json::array();
    for (uint32_t rung = 1; rung <= 32; ++rung)
      if ((event.fields >> (rung - 1) & 1) != 0) list.push_back(rung);
    return list;
  };
  const auto verdict = [](uint32_t flags) {
    return (flags & desk::clock_missed) != 0 ? "breached" : "met";
  };
  const auto add_policy_before = [&] {  // which stands where others have a reason
    if (event.reason != desk::Event::none)
      json["policy_before"] = name_at(names.policies, event.reason);
    json["reason"] = nullptr;
  };
  switch (event.kind) {
    case EventKind::ticket_updated:
      json["changed"] = changed_fields(event);
      break;
    case EventKind::ticket_messaged:
      json["by"] = author(event.flags);
      json["public"] = (event.flags & desk::message_public) != 0;
      json["automatic"] = (event.flags & desk::message_automatic) != 0;
      break;
    case EventKind::ticket_pended:
      json["resume_at"] = instant_json(event.value_us);
      break;
    case EventKind::ticket_linked:
      json["linked_to"] = static_cast<uint64_t>(event.value_us);
      break;
    case EventKind::ticket_resolved:
      if (event.fields != 0) json["article"] = name_at(names.reasons, event.fields - 1);
      break;
    case EventKind::ticket_merged:
      json["merged_into"] = static_cast<uint64_t>(event.value_us);
      break;
    case EventKind::ticket_reminded:
      json["reminder"] = event.value_us;
      break;
    case EventKind::ticket_imported:
      json["recorded_at"] = instant_json(event.value_us);
      break;
    case EventKind::clock_started:
    case EventKind::clock_resumed:
      json["due_at"] = instant_json(event.value_us);
      break;
    case EventKind::clock_threshold:
      json["rung"] = event.fields;
      json["late"] = (event.flags & desk::clock_late) != 0;
      break;
    case EventKind::clock_retargeted:
      json["due_at"] = instant_json(event.value_us);
      json["skipped_rungs"] = rungs();
      add_policy_before();
      break;
    case EventKind::clock_completed:
      json["verdict"] = verdict(event.flags);
      json["consumed_us"] = event.value_us;
      break;
    case EventKind::clock_paused:
    case EventKind::clock_cancelled:
      json["consumed_us"] = event.value_us;
      break;
    case EventKind::clock_repaired:
      json["verdict"] = verdict(event.flags);
      json["verdict_before"] = verdict(event.fields);
      json["consumed_us"] = event.value_us;
      add_policy_before();
      break;
    case EventKind::clock_caught_up:
      json["rungs"] = rungs();
      json["breached_at"] = instant_json(event.value_us);
      break;
    case EventKind::clock_escalated:
      json["rung"] = event.fields;
      json["time"] = event.value_us;
      break;
    case EventKind::clock_acknowledged:
      json["rung"] = event.fields;
      break;
    case EventKind::engine_clock_jump:
      json["by_us"] = event.value_us;
      json["waits"] = event.flags != 0;
      break;
    case EventKind::gaming_signal:
      json["consumed_us"] = event.value_us;
      break;
    case EventKind::policy_loaded:
      json["configuration_version"] = event.value_us;
      break;
    case EventKind::policy_migrated:
    case EventKind::calendar_changed:
      json["clocks"] = event.value_us;
      break;
    default:
      add_routing(json, event, names);
      break;
  }
}

}  // namespace

ordered_json event_json(const desk::Event& event, const desk::Names& names) {
  const auto named = [](const std::vector<std::string>& list, uint32_t position) {
    return position == desk::Event::none ? ordered_json(nullptr)
                                         : ordered_json(name_at(list, position));
  };
  ordered_json json{{"sequence", event.sequence},
                    {"event", desk::name(event.kind)},
                    {"at", format_instant({event.at_us})},
                    {"noted_at", format_instant({event.noted_us})},
                    {"cause", desk::name(event.cause)}};
  if (event.ticket != 0) {
    json["ticket"] = event.ticket;
    json["version"] = event.version;
    json["state"] = desk::name(event.state);
    json["previous_state"] = desk::name(event.previous_state);
    json["priority"] = priority_word(event.priority);
  }
  json["queue"] = named(names.queues, event.queue);
  json["agent"] = named(names.agents, event.agent);
  json["reason"] = named(names.reasons, event.reason);
  if (event.policy != desk::Event::none) {
    json["policy"] = name_at(names.policies, event.policy);
    json["clock"] = desk::name(event.clock);
    json["cycle"] = event.cycle;
    json["threshold_bp"] = event.threshold_bp;
  }
  add_meaning(json, event, names);
  json["value_us"] = event.value_us;
  json["fields"] = event.fields;
  json["principal"] = event.principal;
  json["flags"] = event.flags;
  return json;
}

}  // namespace paceline::tools
