#include "tools/json_views.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/instants.h"
#include "tools/words.h"

namespace paceline::tools {

using nlohmann::ordered_json;

ordered_json ticket_json(const desk::TicketView& ticket) {
  ordered_json json{
      {"id", ticket.id},
      {"external_id", text_json(ticket.external_id)},
      {"version", ticket.version},
      {"kind", word(kind_words, ticket.kind)},
      {"state", desk::name(ticket.state)},
      {"reason", text_json(ticket.reason)},
      {"priority", priority_word(ticket.priority)},
      {"impact", word(level_words, ticket.impact)},
      {"urgency", word(level_words, ticket.urgency)},
      {"vip", ticket.vip != 0},
      {"sentiment", word(sentiment_words, ticket.sentiment)},
      {"queue", text_json(ticket.queue)},
      {"agent", text_json(ticket.agent)},
      {"category", text_json(ticket.category)},
      {"subcategory", text_json(ticket.subcategory)},
      {"service", text_json(ticket.service)},
      {"config_item", text_json(ticket.config_item)},
      {"channel", text_json(ticket.channel)},
      {"requester", text_json(ticket.requester)},
      {"requester_type", text_json(ticket.requester_type)},
      {"organisation", text_json(ticket.organisation)},
      {"contract", text_json(ticket.contract)},
      {"stage", text_json(ticket.stage)},
      {"workaround", ticket.workaround != 0},
      {"major", ticket.major != 0},
      {"body", text_json(ticket.body)},
      {"recorded_at", instant_json(ticket.recorded_at_us)},
      {"follows", ticket.follows == 0 ? ordered_json(nullptr) : ordered_json(ticket.follows)},
      {"merged_into",
       ticket.merged_into == 0 ? ordered_json(nullptr) : ordered_json(ticket.merged_into)},
      {"occurred_at", instant_json(ticket.occurred_at_us)},
      {"promised_at", instant_json(ticket.promised_at_us)},
      {"first_response_at", instant_json(ticket.first_response_at_us)},
      {"resolved_at", instant_json(ticket.resolved_at_us)},
      {"closed_at", instant_json(ticket.closed_at_us)},
      {"touched_at", instant_json(ticket.touched_at_us)},
      {"enqueued_at", instant_json(ticket.enqueued_at_us)},
      {"press_at", instant_json(ticket.press_at_us)},
      {"resume_at", instant_json(ticket.resume_at_us)},
      {"reminders_sent", ticket.reminders_sent},
      {"archived", ticket.archived},
      {"clocks", ordered_json::array()}};
  for (const desk::ClockView& clock : ticket.clocks) json["clocks"].push_back(clock_json(clock));
  return json;
}

ordered_json queue_json(const desk::QueueView& queue) {
  return {{"name", queue.name},
          {"group", queue.group},
          {"tier", queue.tier},
          {"mode", word(mode_words, queue.mode)},
          {"discipline", word(discipline_words, queue.discipline)},
          {"need", text_json(queue.need)},
          {"waiting", queue.waiting},
          {"in_hand", queue.in_hand},
          {"pending", queue.pending},
          {"oldest_enqueued_at", instant_json(queue.oldest_enqueued_at_us)}};
}

ordered_json agent_json(const desk::AgentView& agent) {
  return {{"name", agent.name},
          {"groups", agent.groups},
          {"skills", text_json(agent.skills)},
          {"logged_in", agent.logged_in},
          {"capacity_milli", agent.capacity_milli},
          {"used_milli", agent.used_milli},
          {"tickets", agent.tickets},
          {"idle_since", instant_json(agent.idle_since_us)}};
}

namespace {

/// What value_us, fields, reason and flags say, under names of their own.
void add_meaning(ordered_json& json, const desk::Event& event, const desk::Names& names) {
  using desk::EventKind;
  const auto rungs = [&] {
    auto list = ordered_json::array();
    for (uint32_t rung = 1; rung <= 32; ++rung)
      if ((event.fields >> (rung - 1) & 1) != 0) list.push_back(rung);
    return list;
  };
  const auto verdict = [&] {
    json["verdict"] = (event.flags & desk::clock_missed) != 0 ? "breached" : "met";
    json["consumed_us"] = event.value_us;
  };
  switch (event.kind) {
    case EventKind::ticket_linked:
      json["linked_to"] = static_cast<uint64_t>(event.value_us);
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
      break;
    case EventKind::clock_retargeted:
      json["due_at"] = instant_json(event.value_us);
      json["skipped_rungs"] = rungs();
      if (event.reason != desk::Event::none)  // the policy before, not a reason
        json["policy_before"] = name_at(names.policies, event.reason);
      json["reason"] = nullptr;
      break;
    case EventKind::clock_completed:
    case EventKind::clock_repaired:
      verdict();
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
    case EventKind::policy_migrated:
    case EventKind::calendar_changed:
      json["clocks"] = event.value_us;
      break;
    default:
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

ordered_json status_json(const desk::Status& status) {
  ordered_json json{{"desk", status.desk},
                    {"now", instant_json(status.now_us)},
                    {"tickets", status.tickets},
                    {"waiting", status.waiting},
                    {"archived", status.archived},
                    {"events", status.events},
                    {"first_event", status.first_event},
                    {"commands", status.commands},
                    {"rejected", status.rejected},
                    {"timers", status.timers},
                    {"timer_lag_us_max", status.timer_lag_us_max},
                    {"event_hash", fmt::format("{:016x}", status.event_hash)},
                    {"configuration_version", status.configuration_version},
                    {"text_bytes", status.text_bytes},
                    {"invariant_violations", ordered_json::object()}};
  if (status.digest != 0) json["digest"] = fmt::format("{:016x}", status.digest);
  for (const auto& [name, count] : status.invariant_violations) {
    json["invariant_violations"][name] = count;
  }
  return json;
}

ordered_json status_json(const wire::ServerStatus& status) {
  ordered_json json{
      {"server_version", status.server_version}, {"draining", status.draining},
      {"clock", wire::name(status.clock_mode)},  {"durability", wire::name(status.durability)},
      {"desks", ordered_json::array()},          {"figures", ordered_json::object()}};
  for (const wire::DeskSummary& one : status.desks) {
    json["desks"].push_back({{"number", one.desk.value},
                             {"name", one.name},
                             {"now", instant_json(one.now_us)},
                             {"last_event", one.last_event}});
  }
  for (const auto& [name, value] : status.figures) json["figures"][name] = value;
  return json;
}

}  // namespace paceline::tools
