// The requester's answer to a survey, and the task that follows a bad one.
#include <string>

#include "engine/desk/floor.h"
#include "engine/desk/verbs_shared.h"

namespace paceline::desk {

namespace {

constexpr uint32_t none = Floor::none;

bool on_scale(int8_t given, int8_t least, int8_t most) {
  return given == Rate::not_stated || (given >= least && given <= most);
}

}  // namespace

Reply Verbs::rate(const CommandFrame& frame, const Rate& rate) {
  TextCursor texts(frame.text, rate.text_at);
  const std::string_view external_id = texts.next(rate.external_id_size);
  const std::string_view comment = texts.next(rate.comment_size);
  const bool states_none = rate.score == Rate::not_stated && rate.recommend == Rate::not_stated;
  if (comment.size() > SurveyBook::comment_size_max) {
    return refuse(Reject::field_invalid, rate.ticket);
  }
  if (states_none) return refuse(Reject::field_required, rate.ticket);
  if (!on_scale(rate.score, 1, 5) || !on_scale(rate.recommend, 0, 10)) {
    return refuse(Reject::score_out_of_scale, rate.ticket);
  }
  const Result<uint64_t> number = find_survey(rate, external_id);
  if (!number) return refuse(number.error(), rate.ticket);
  const SurveyBook& surveys = floor_.surveys();
  const SurveySettings& settings = floor_.rules().settings().survey;
  const Survey* survey = surveys.find(*number);
  const uint64_t ticket = survey == nullptr ? rate.ticket : survey->ticket;
  const Reject no = surveys.refused(*number, rate, floor_.now_us(), settings);
  if (no != Reject::none) return refuse(no, ticket);
  if (floor_.rate(*number, rate, comment) && !settings.follow_up.empty()) follow_up(*number);
  Reply reply;
  reply.ticket = ticket;
  const uint32_t slot = floor_.store().find(ticket);
  if (slot != none) reply.version = floor_.store().hot(slot).version;
  return reply;
}

/// By token, else the newest of the ticket, which need not be in memory any more where its id is
/// stated.
Result<uint64_t> Verbs::find_survey(const Rate& rate, std::string_view external_id) {
  const SurveyBook& surveys = floor_.surveys();
  uint64_t ticket = rate.ticket;
  if (!external_id.empty() || floor_.store().find(ticket) != none) {
    const auto slot = find(ticket, external_id, rate.expected_version);
    const bool just_left = !slot && slot.error() == Reject::ticket_unknown && ticket != 0;
    if (!slot && !just_left) return sched::Unexpected{slot.error()};
    if (slot) ticket = floor_.store().hot(*slot).id;
  } else if (ticket != 0 && !floor_.ever_issued(ticket)) {
    return sched::Unexpected{Reject::ticket_unknown};
  } else if (ticket == 0 && rate.survey == 0) {
    return sched::Unexpected{Reject::field_required};
  }
  const uint64_t number =
      rate.survey != 0 ? surveys.number_of(rate.survey) : surveys.newest_of(ticket);
  const Survey* survey = surveys.find(number);
  const bool of_another = survey != nullptr && ticket != 0 && survey->ticket != ticket;
  if (number == 0 || of_another) return sched::Unexpected{Reject::survey_unknown};
  return number;
}

/// A task of its own, with clocks by the policies that match it: the ticket has ended, or may be in
/// the history, so it is followed rather than a part of it. Where there is no room for a task, the
/// event says what is to be done.
void Verbs::follow_up(uint64_t number) {
  TicketStore& store = floor_.store();
  const Survey& survey = *floor_.surveys().find(number);
  const uint32_t rated = store.find(survey.ticket);
  const std::string_view external_id =
      rated == none ? std::string_view() : store.external_id(rated);
  const std::string_view comment = floor_.surveys().comment(number);
  const std::string requester(rated == none ? std::string_view() : store.requester(rated));
  std::string body = "Satisfaction " + std::to_string(survey.score) + " of 5 with ticket ";
  body += external_id.empty() ? std::to_string(survey.ticket) : std::string(external_id);
  if (!comment.empty()) body += ": " + std::string(comment);
  Texts texts;
  texts[static_cast<size_t>(TextField::requester)] = requester;
  texts[static_cast<size_t>(TextField::body)] = body;
  Open task;
  task.kind = static_cast<uint8_t>(TicketKind::task);
  const uint64_t follows = survey.ticket;
  const auto slot = create(task, texts);
  if (!slot) return;
  store.side(*slot).follows = follows;
  floor_.admit(*slot, floor_.rules().find_queue(floor_.rules().settings().survey.follow_up));
}

}  // namespace paceline::desk
