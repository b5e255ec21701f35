#include "tools/json_views.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/instants.h"
#include "tools/survey_words.h"
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
      {"language", text_json(ticket.language)},
      {"confidentiality", text_json(ticket.confidentiality)},
      {"confidence",
       ticket.confidence == 0 ? ordered_json(nullptr) : ordered_json(ticket.confidence)},
      {"tier", ticket.tier},
      {"step", ticket.step == 0 ? ordered_json(nullptr) : ordered_json(ticket.step)},
      {"routed_by", text_json(ticket.routed_by)},
      {"parent", ticket.parent == 0 ? ordered_json(nullptr) : ordered_json(ticket.parent)},
      {"tasks_open", ticket.tasks_open},
      {"hops", ticket.hops},
      {"escalations", ticket.escalations},
      {"bounces", ticket.bounces},
      {"declines", ticket.declines},
      {"checklist_done", ticket.checklist_done},
      {"checklist_of", ticket.checklist_of},
      {"archived", ticket.archived},
      {"clocks", ordered_json::array()}};
  for (const desk::ClockView& clock : ticket.clocks) json["clocks"].push_back(clock_json(clock));
  return json;
}

ordered_json survey_json(std::span<const desk::SurveyView> surveys) {
  if (surveys.empty()) return nullptr;
  const desk::SurveyView& survey = surveys.back();
  const auto answer = [](int8_t given) { return given < 0 ? ordered_json() : ordered_json(given); };
  return {{"question", survey_question(survey.questions)},
          {"queue", text_json(survey.queue)},
          {"agent", text_json(survey.agent)},
          {"sent_at", instant_json(survey.sent_at_us)},
          {"expires_at", instant_json(survey.expires_at_us)},
          {"answered_at", instant_json(survey.answered_at_us)},
          {"changed_at", instant_json(survey.changed_at_us)},
          {"score", answer(survey.score)},
          {"recommend", answer(survey.recommend)},
          {"low", survey.low},
          {"comment", text_json(survey.comment)}};
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
          {"oldest_enqueued_at", instant_json(queue.oldest_enqueued_at_us)},
          {"offered", queue.offered},
          {"unroutable", queue.unroutable},
          {"held", queue.held}};
}

ordered_json agent_json(const desk::AgentView& agent) {
  return {{"name", agent.name},
          {"groups", agent.groups},
          {"skills", text_json(agent.skills)},
          {"logged_in", agent.logged_in},
          {"capacity_milli", agent.capacity_milli},
          {"used_milli", agent.used_milli},
          {"tickets", agent.tickets},
          {"idle_since", instant_json(agent.idle_since_us)},
          {"state", agent.state},
          {"code", text_json(agent.code)},
          {"since", instant_json(agent.since_us)},
          {"state_ends_at", instant_json(agent.state_ends_at_us)},
          {"lost", agent.lost},
          {"shift", text_json(agent.shift)},
          {"shift_ends_at", instant_json(agent.shift_ends_at_us)},
          {"languages", text_json(agent.languages)},
          {"clearances", text_json(agent.clearances)},
          {"channels", text_json(agent.channels)},
          {"offers", agent.offers},
          {"exclusions", agent.exclusions},
          {"logged_in_us", agent.logged_in_us},
          {"available_us", agent.available_us},
          {"busy_us", agent.busy_us},
          {"wrap_up_us", agent.wrap_up_us},
          {"away_us", agent.away_us}};
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
                    {"opened", status.opened},
                    {"resolved", status.resolved},
                    {"reopened", status.reopened},
                    {"breaches", status.breaches},
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
