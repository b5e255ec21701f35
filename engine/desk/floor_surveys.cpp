// Surveys on the floor: who is asked after a resolution, what an answer sets off, and how what has
// ended leaves with the next ticket that does.
#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"

namespace paceline::desk {

/// Once per resolution, not for restating one. Parts of other tickets have no requester to ask, nor
/// have tickets nobody is known to have asked for.
void Floor::follow_survey(uint32_t slot, const Event& event, State state_before) {
  const SurveySettings& settings = rules_.settings().survey;
  if (settings.questions == 0 || event.kind != EventKind::ticket_resolved) return;
  const Ticket& ticket = store_.hot(slot);
  const std::string_view requester = store_.requester(slot);
  if (!is_open(state_before) || ticket.kind == TicketKind::task || requester.empty()) return;
  const TicketSide& side = store_.known_side(slot);
  const uint64_t cycle = uint64_t{side.reopens} + side.closed_reopens;
  if (!SurveyBook::drawn(ticket.id, cycle, settings.sampling_milli)) return;
  surveys_.forget(now_.us, settings);
  Survey survey;
  survey.ticket = ticket.id;
  survey.requester = sched::hash_text(requester);
  survey.sent_at_us = event.at_us;
  survey.expires_at_us = event.at_us + settings.valid_us;
  survey.queue = ticket.queue;
  survey.agent = ticket.agent;
  survey.questions = settings.questions;
  if (surveys_.quiet(survey.requester, event.at_us, settings.quiet_us) || surveys_.full()) return;
  const uint64_t number = surveys_.send(survey);
  Event sent = about_survey(number, EventKind::csat_sent);
  sent.at_us = event.at_us;
  sent.version = ticket.version;
  sent.fields = static_cast<uint32_t>(settings.valid_us / sched::second.us);
  sent.threshold_bp = settings.questions;
  chronicle_.write(sent);
}

/// The ticket may have left memory: what is known of it is told where it has not.
Event Floor::about_survey(uint64_t number, EventKind kind) const {
  const Survey& survey = *surveys_.find(number);
  const uint32_t slot = store_.find(survey.ticket);
  Event event;
  if (slot != none) {
    event = about(store_.hot(slot), kind);
    event.version = store_.hot(slot).version;
  }
  event.kind = kind;
  event.ticket = survey.ticket;
  event.queue = survey.queue;
  event.agent = survey.agent;
  event.reason = none;
  event.value_us = static_cast<int64_t>(surveys_.token(number));
  return event;
}

/// Whether it is the first low answer to the survey.
bool Floor::rate(uint64_t number, const Rate& rate, std::string_view comment) {
  const SurveyBook::Answered answered = surveys_.answer(number, rate, comment, now_.us);
  const Survey& survey = *surveys_.find(number);
  Event event = about_survey(number, EventKind::csat_answered);
  event.fields = survey.score > 0 ? static_cast<uint32_t>(survey.score) : 0;
  event.threshold_bp = static_cast<uint32_t>(survey.recommend + 1);
  event.flags = answered.replaces ? 1 : 0;
  chronicle_.write(event);
  if (!answered.first_low) return false;
  event.kind = EventKind::csat_low;
  event.flags = 0;
  chronicle_.write(event);
  return true;
}

void Floor::gather_surveys() {
  leaving_.surveys.clear();
  leaving_comments_.clear();
  leaving_.comments = {};
  if (surveys_.empty()) return;
  const SurveySettings& settings = rules_.settings().survey;
  for (size_t told = 0; told < surveys_per_record_max; ++told) {
    const uint64_t number = surveys_.first_untold();
    if (number > surveys_.last() || !surveys_.ended(number, now_.us, settings)) break;
    if (outcome_->keeps_history) {
      const Survey& survey = *surveys_.find(number);
      ArchivedSurvey& kept = leaving_.surveys.emplace_back();
      copy_survey(survey, kept);
      kept.number = number;
      kept.queue = survey.queue;
      kept.agent = survey.agent;
      const std::string_view comment = surveys_.comment(number);
      kept.comment_size = static_cast<uint16_t>(comment.size());
      leaving_comments_ += comment;
    }
    surveys_.tell();
  }
  leaving_.comments = leaving_comments_;
  surveys_.forget(now_.us, settings);
}

SurveyView Floor::survey_view(uint64_t number) const {
  const Survey& survey = *surveys_.find(number);
  SurveyView view;
  copy_survey(survey, view);
  view.number = number;
  view.queue = rules_.queue(survey.queue).definition.name;
  if (survey.agent != none) view.agent = rules_.agent(survey.agent).definition.name;
  view.comment = surveys_.comment(number);
  return view;
}

}  // namespace paceline::desk
