// A board as one JSON object. Names are a contract: tools/docs/BOARD.md.
#include <cmath>
#include <nlohmann/json.hpp>

#include "tools/board_view.h"
#include "tools/json_views.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

template <class T>
ordered_json or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

/// Two decimals say all there is to say.
ordered_json rounded(const std::optional<double>& value) {
  return value ? ordered_json(std::round(*value * 100) / 100) : ordered_json(nullptr);
}

ordered_json share(const std::optional<uint32_t>& share_bp) {
  return share_bp ? ordered_json(static_cast<double>(*share_bp) / 10'000) : ordered_json(nullptr);
}

void add_counts(ordered_json& json, const BoardQueue& queue) {
  json["waiting"] = queue.waiting;
  json["oldest_us"] = or_null(queue.oldest_us);
  json["slack_us"] = or_null(queue.slack_us);
  json["at_risk"] = queue.at_risk;
  json["breached"] = queue.breached;
  json["unroutable"] = queue.unroutable;
  json["offered"] = queue.offered;
  json["in_hand"] = queue.in_hand;
  json["pending"] = queue.pending;
  json["agents"] = queue.agents;
  json["agents_on"] = queue.agents_on;
  json["agents_free"] = queue.agents_free;
  json["occupancy"] = share(queue.occupancy_bp);
}

ordered_json queue_line(const BoardQueue& queue) {
  ordered_json json{{"queue", queue.name}, {"group", queue.group},
                    {"tier", queue.tier},  {"mode", word(mode_words, queue.mode)},
                    {"held", queue.held},  {"need", text_json(queue.need)}};
  add_counts(json, queue);
  return json;
}

ordered_json agent_line(const BoardAgent& agent) {
  return {{"agent", agent.name},
          {"groups", agent.groups},
          {"state", agent.state},
          {"code", text_json(agent.code)},
          {"lost", agent.lost},
          {"in_state_us", or_null(agent.in_state_us)},
          {"tickets", agent.tickets},
          {"offers", agent.offers},
          {"used_milli", agent.used_milli},
          {"capacity_milli", agent.capacity_milli},
          {"occupancy", share(agent.occupancy_bp)}};
}

ordered_json ticket_line(const BoardTicket& ticket) {
  return {{"id", ticket.id},
          {"ticket", ticket.name},
          {"priority", ticket.priority == 0 ? ordered_json(nullptr)
                                            : ordered_json("P" + std::to_string(ticket.priority))},
          {"state", ticket.state},
          {"queue", ticket.queue},
          {"agent", text_json(ticket.agent)},
          {"clock", text_json(ticket.clock)},
          {"policy", text_json(ticket.policy)},
          {"at", instant_json(ticket.at_us)},
          {"slack_us", or_null(ticket.slack_us)},
          {"waits_us", or_null(ticket.waits_us)}};
}

}  // namespace

ordered_json board_json(const BoardView& view) {
  ordered_json json{{"desk", view.desk},
                    {"at", instant_json(view.at_us)},
                    {"window_us", view.window_us},
                    {"total", ordered_json::object()}};
  add_counts(json["total"], view.total);
  json["per_minute"] = {{"opened", rounded(view.opened_per_minute)},
                        {"resolved", rounded(view.resolved_per_minute)},
                        {"breaches", rounded(view.breaches_per_minute)}};
  const BoardAgentStates& states = view.states;
  json["agents_by_state"] = {
      {"logged_out", states.logged_out}, {"idle", states.idle}, {"busy", states.busy},
      {"wrap_up", states.wrap_up},       {"away", states.away}, {"no_response", states.no_response},
      {"draining", states.draining},     {"lost", states.lost}};
  json["capacity"] = {{"used_milli", view.used_milli}, {"of_milli", view.capacity_milli}};
  json["health"] = {{"timer_lag_us_max", view.timer_lag_us_max},
                    {"log_sync_us", or_null(view.log_sync_us)},
                    {"log_sync_us_max", view.log_sync_us_max},
                    {"log_records_not_durable", view.log_records_not_durable},
                    {"invariant_violations", view.invariant_violations},
                    {"draining", view.draining},
                    {"clock_waits", view.clock_waits}};
  const auto list = [&](const char* name, const auto& lines, auto line) {
    json[name] = ordered_json::array();
    for (const auto& each : lines) json[name].push_back(line(each));
  };
  list("queues", view.queues, queue_line);
  list("agents", view.agents, agent_line);
  list("by_time_to_breach", view.at_risk, ticket_line);
  list("in_breach", view.breached, ticket_line);
  return json;
}

}  // namespace paceline::tools
