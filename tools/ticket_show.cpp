#include "tools/ticket_show.h"

#include <fmt/format.h>

#include "tools/clock_show.h"
#include "tools/instants.h"
#include "tools/survey_words.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string state_text(const desk::TicketView& ticket) {
  std::string text(desk::name(ticket.state));
  if (!ticket.reason.empty()) text += " (" + ticket.reason + ")";
  return text;
}

std::string instant_text(int64_t us) { return us == 0 ? "" : format_instant({us}); }

/// "2 changes of group, 1 escalation (3 of 4 done), 1 bounce"
std::string moves_text(const desk::TicketView& ticket) {
  std::string text;
  const auto add = [&](uint32_t count, std::string_view one, std::string_view many) {
    if (count != 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add(ticket.hops, "change of group", "changes of group");
  add(ticket.escalations, "escalation", "escalations");
  if (ticket.checklist_of != 0)
    text += fmt::format(" ({} of {} done)", ticket.checklist_done, ticket.checklist_of);
  add(ticket.bounces, "bounce", "bounces");
  add(ticket.declines, "decline", "declines");
  return text;
}

/// "both, asked 2026-03-02T09:00Z, answered 2026-03-02T10:00Z: satisfaction 4, recommendation 9"
std::string survey_text(const desk::SurveyView& survey) {
  std::string text = fmt::format("{}, asked {}, ", survey_question(survey.questions),
                                 instant_text(survey.sent_at_us));
  if (survey.answered_at_us == 0)
    return text + fmt::format("no answer, takes one until {}", instant_text(survey.expires_at_us));
  text += fmt::format("answered {}:", instant_text(survey.changed_at_us));
  if (survey.score >= 0) text += fmt::format(" satisfaction {}", survey.score);
  if (survey.recommend >= 0)
    text += fmt::format("{} recommendation {}", survey.score >= 0 ? "," : "", survey.recommend);
  return text + (survey.low ? ", was low" : "");
}

/// The earliest instant a running clock is due.
std::string next_due(const desk::TicketView& ticket) {
  int64_t earliest = 0;
  for (const desk::ClockView& clock : ticket.clocks) {
    if (clock.due_at_us != 0 && (earliest == 0 || clock.due_at_us < earliest)) {
      earliest = clock.due_at_us;
    }
  }
  return instant_text(earliest);
}

}  // namespace

std::string tickets_table(std::span<const desk::TicketView> tickets) {
  Table table({"ticket", "external id", "priority", "state", "queue", "agent", "recorded", "due"});
  for (const desk::TicketView& ticket : tickets) {
    table.row({std::to_string(ticket.id), ticket.external_id, priority_word(ticket.priority),
               state_text(ticket), ticket.queue, ticket.agent, instant_text(ticket.recorded_at_us),
               next_due(ticket)});
  }
  return table.text();
}

std::string ticket_text(const desk::TicketView& ticket, std::span<const desk::SurveyView> surveys) {
  Table table({"", ""});
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) table.row({label, value});
  };
  add("ticket", std::to_string(ticket.id));
  add("external id", ticket.external_id);
  add("version", std::to_string(ticket.version));
  add("kind", std::string(word(kind_words, ticket.kind)));
  add("priority", priority_word(ticket.priority));
  add("impact", std::string(word(level_words, ticket.impact)));
  add("urgency", std::string(word(level_words, ticket.urgency)));
  if (ticket.vip != 0) add("vip", "yes");
  if (ticket.major != 0) add("major incident", "yes");
  if (ticket.workaround != 0) add("workaround", "accepted");
  if (ticket.sentiment != 0) add("sentiment", std::string(word(sentiment_words, ticket.sentiment)));
  add("state", state_text(ticket));
  add("queue", ticket.queue);
  add("agent", ticket.agent);
  add("category", ticket.category);
  add("subcategory", ticket.subcategory);
  add("service", ticket.service);
  add("config item", ticket.config_item);
  add("channel", ticket.channel);
  add("requester", ticket.requester);
  add("requester type", ticket.requester_type);
  add("organisation", ticket.organisation);
  add("contract", ticket.contract);
  add("stage", ticket.stage);
  add("language", ticket.language);
  add("confidentiality", ticket.confidentiality);
  if (ticket.confidence != 0) add("confidence", fmt::format("{} %", ticket.confidence));
  if (ticket.parent != 0) add("task of", fmt::format("{}", ticket.parent));
  if (ticket.tasks_open != 0) add("open tasks", fmt::format("{}", ticket.tasks_open));
  add("routed by", ticket.routed_by);
  if (ticket.tier > 1) add("tier", fmt::format("{}", ticket.tier));
  if (ticket.step > 1) add("routing step", fmt::format("{}", ticket.step));
  add("moves", moves_text(ticket));
  if (ticket.follows != 0) add("follows", fmt::format("{}", ticket.follows));
  if (ticket.merged_into != 0) add("merged into", fmt::format("{}", ticket.merged_into));
  add("recorded at", instant_text(ticket.recorded_at_us));
  add("occurred at", instant_text(ticket.occurred_at_us));
  add("promised at", instant_text(ticket.promised_at_us));
  add("first response at", instant_text(ticket.first_response_at_us));
  add("resolved at", instant_text(ticket.resolved_at_us));
  add("closed at", instant_text(ticket.closed_at_us));
  add("touched at", instant_text(ticket.touched_at_us));
  add("enqueued at", instant_text(ticket.enqueued_at_us));
  add("press at", instant_text(ticket.press_at_us));
  add("resume at", instant_text(ticket.resume_at_us));
  if (ticket.reminders_sent != 0) add("reminders", fmt::format("{}", ticket.reminders_sent));
  for (const desk::SurveyView& survey : surveys) add("survey", survey_text(survey));
  if (ticket.archived) add("from", "the history file");
  std::string text = table.text();
  if (!ticket.clocks.empty()) {
    Table clocks({"clock", "policy", "state", ">used", ">of", "due", "breached"});
    for (const desk::ClockView& clock : ticket.clocks) {
      clocks.row({clock_name(clock.kind, clock.label), clock.policy,
                  clock.verdict.empty() ? clock.state : clock.state + ", " + clock.verdict,
                  format_duration(clock.consumed_us), format_duration(clock.target_us),
                  instant_text(clock.due_at_us), instant_text(clock.breached_at_us)});
    }
    text += "\n" + clocks.text();
  }
  if (!ticket.body.empty()) text += "\n" + ticket.body + "\n";
  for (const desk::SurveyView& survey : surveys) {
    if (!survey.comment.empty()) text += "\nwith the answer: " + survey.comment + "\n";
  }
  return text;
}

}  // namespace paceline::tools
