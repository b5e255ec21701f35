#include "engine/report/question.h"

#include <algorithm>
#include <utility>

namespace paceline::report {

using desk::State;

namespace {

bool among(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

template <class Wanted>
Cohort chosen(const std::vector<const Case*>& cases, Exclusion keep, Wanted&& wanted) {
  Cohort cohort;
  for (const Case* ticket : cases) {
    if (!wanted(*ticket)) continue;
    if (ticket->exclusion != Exclusion::none && ticket->exclusion != keep) {
      cohort.leave_out(exclusion_names[static_cast<size_t>(ticket->exclusion)]);
    } else {
      cohort.in.push_back(ticket);
    }
  }
  return cohort;
}

}  // namespace

Question ask(const Book& book, Period period, Inputs inputs) {
  Question question;
  question.book = &book;
  question.period = period;
  question.inputs = std::move(inputs);
  for (const Case& ticket : book.cases()) {
    question.cases.push_back(&ticket);
    for (const SurveyCase& survey : ticket.surveys) question.surveys.push_back({&ticket, &survey});
  }
  for (const desk::AgentView& agent : book.agents()) question.agents.push_back(&agent);
  return question;
}

Question Question::of_first() const {
  Question question = *this;
  if (question.came_first) question.cases = *std::exchange(question.came_first, std::nullopt);
  return question;
}

bool Question::is_live(const Case& ticket) const {
  return among(inputs.live_channels, book->text(ticket.channel));
}

bool Question::is_alert(const Case& ticket) const {
  return among(inputs.alert_channels, book->text(ticket.channel));
}

Cohort Question::ended() const {
  return chosen(cases, Exclusion::none, [&](const Case& ticket) {
    return !ticket.open() && period.holds(ticket.ended_at_us);
  });
}

Cohort Question::resolved() const {
  Cohort cohort = ended();
  const auto unresolved = std::stable_partition(
      cohort.in.begin(), cohort.in.end(), [](const Case* ticket) { return ticket->resolved(); });
  for (auto each = unresolved; each != cohort.in.end(); ++each)
    cohort.leave_out("closed_unresolved");
  cohort.in.erase(unresolved, cohort.in.end());
  return cohort;
}

Cohort Question::recorded(Exclusion keep) const {
  return chosen(cases, keep,
                [&](const Case& ticket) { return period.holds(ticket.recorded_at_us); });
}

int64_t time_to_resolve_us(const Case& ticket) {
  const ClockCase* clock = ticket.clock(desk::ClockKind::resolution);
  if (clock != nullptr && clock->state == ClockState::completed) return clock->consumed_us;
  return ticket.resolved_at_us - ticket.recorded_at_us;
}

FirstContact first_contact(const Question& question, const Case& ticket) {
  if (ticket.escalations != 0) return FirstContact::escalated;
  if (question.book->changed_group(ticket)) return FirstContact::reassigned;
  if ((ticket.marks & desk::mark_followed_up) != 0) return FirstContact::followed_up;
  if (ticket.reopens != 0) return FirstContact::reopened;
  if (question.is_live(ticket)) {
    bool taken = false;
    for (const desk::StateInterval& spell : ticket.spells) {
      if (spell.state == State::pending || (taken && spell.state == State::queued))
        return FirstContact::not_at_once;
      taken = taken || spell.state == State::assigned || spell.state == State::in_progress;
    }
  } else if (time_to_resolve_us(ticket) > question.inputs.first_contact_us) {
    return FirstContact::not_at_once;
  }
  const int64_t until_us =
      question.book->working_days_after(ticket.resolved_at_us, question.inputs.repeat_days);
  if (question.book->came_again(ticket, ticket.resolved_at_us, until_us))
    return FirstContact::came_again;
  return FirstContact::yes;
}

const Figure* find(const std::vector<Figure>& figures, const std::string& id) {
  const auto found = std::find_if(figures.begin(), figures.end(),
                                  [&](const Figure& figure) { return figure.id == id; });
  return found == figures.end() ? nullptr : &*found;
}

std::vector<Figure> figures(const Question& question) {
  std::vector<Figure> all;
  for (auto* part : {&quality_figures, &time_figures, &clock_figures, &load_figures,
                     &people_figures, &survey_figures, &article_figures}) {
    for (Figure& figure : part(question)) all.push_back(std::move(figure));
  }
  return all;
}

}  // namespace paceline::report
