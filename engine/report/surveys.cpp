// The surveys of a book: put beside their tickets, and to whom an answer belongs.
#include <algorithm>
#include <map>

#include "engine/report/book.h"
#include "engine/report/question.h"
#include "engine/report/split.h"

namespace paceline::report {

namespace {
constexpr int8_t satisfied_min = 4;
constexpr int64_t held_part = 5;  // a group has held a ticket that it had for a fifth of its time
}  // namespace

void Book::add(const desk::SurveyView& view) {
  SurveyCase survey;
  survey.number = view.number;
  survey.queue = words_.find(view.queue);
  survey.agent = words_.find(view.agent);
  survey.sent_at_us = view.sent_at_us;
  survey.answered_at_us = view.answered_at_us;
  survey.changed_at_us = view.changed_at_us;
  survey.questions = view.questions;
  survey.score = view.score;
  survey.recommend = view.recommend;
  survey.low = view.low;
  survey.comment = view.comment;
  loose_surveys_[{view.ticket, view.number}] = std::move(survey);
}

/// A survey without its ticket is one whose ticket ended before the cases begin.
void Book::attach_surveys() {
  has_surveys_ = has_surveys_ || !loose_surveys_.empty();
  for (auto& [place, survey] : loose_surveys_) {
    const auto known = by_id_.find(place.first);
    if (known == by_id_.end()) continue;
    Case& ticket = cases_[known->second];
    if (ticket.requester != Words::nothing && survey.score > 0)
      scores_[ticket.requester].emplace_back(survey.changed_at_us, survey.score);
    ticket.surveys.push_back(std::move(survey));
  }
  loose_surveys_.clear();
  for (auto& [requester, scores] : scores_) std::sort(scores.begin(), scores.end());
}

bool Book::satisfied_later(const Case& ticket, const SurveyCase& survey) const {
  if (survey.score >= satisfied_min) return true;  // the answer was changed
  const auto known = scores_.find(ticket.requester);
  return known != scores_.end() &&
         std::any_of(known->second.begin(), known->second.end(), [&](const auto& scored) {
           return scored.first > survey.changed_at_us && scored.second >= satisfied_min;
         });
}

/// Of the time from its recording to the survey, triage is nobody's.
std::vector<Word> Book::groups_of(const Case& ticket, const SurveyCase& survey) const {
  std::vector<Word> groups{group_of(survey.queue)};
  std::map<Word, int64_t> held_us;
  for (const Visit& visit : ticket.visits) {
    if (is_triage(visit.queue)) continue;
    const int64_t until_us = std::min(visit.to_us, survey.sent_at_us);
    if (until_us > visit.from_us) held_us[group_of(visit.queue)] += until_us - visit.from_us;
  }
  const int64_t whole_us = survey.sent_at_us - ticket.recorded_at_us;
  for (const auto& [group, us] : held_us) {
    if (us * held_part >= whole_us && group != groups.front()) groups.push_back(group);
  }
  return groups;
}

std::vector<std::string> names_in(const Book& book, const SurveyOf& of, Dimension by) {
  switch (by) {
    case Dimension::queue:
      return {book.text(of.survey->queue)};
    case Dimension::agent:
      return {book.text(of.survey->agent)};
    case Dimension::group: {
      std::vector<std::string> names;
      for (const Word group : book.groups_of(*of.ticket, *of.survey))
        names.push_back(book.text(group));
      return names;
    }
    default:
      return {name_in(book, *of.ticket, by)};
  }
}

}  // namespace paceline::report
