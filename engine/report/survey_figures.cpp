// What requesters answered: satisfaction, recommendation, and how many answered at all.
#include <cstdio>
#include <string>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

constexpr uint64_t answers_min = 10;  // below it single people could be told
constexpr int8_t satisfied_min = 4;
constexpr int8_t promoter_min = 9;
constexpr int8_t detractor_max = 6;

constexpr const char* csat_formula =
    "answers of 4 and 5 / answers, of surveys sent for resolutions in the period; published from "
    "10 answers on";
constexpr const char* nps_formula =
    "% of 9 and 10 − % of 0 to 6, of surveys sent for resolutions in the period; published from 10 "
    "answers on";
constexpr const char* response_formula = "surveys answered / surveys sent, in the period";

/// What it takes where none was sent.
std::string needs_surveys(const Question& question, const std::string& which) {
  return question.book->has_surveys() ? "surveys" + which + " sent for resolutions in the period"
                                      : "surveys: [desk.NAME.survey] in the configuration";
}

struct Sent {
  std::vector<const SurveyOf*> surveys;
  Cohort left;  // for what was left out
};

/// Those that ask for it, of resolutions in the period.
Sent sent(const Question& question, uint8_t asks) {
  Sent found;
  for (const SurveyOf& each : question.surveys) {
    if ((each.survey->questions & asks) == 0) continue;
    if (!question.period.holds(each.survey->sent_at_us)) continue;
    if (each.ticket->exclusion != Exclusion::none) {
      found.left.leave_out(exclusion_names[static_cast<size_t>(each.ticket->exclusion)]);
    } else {
      found.surveys.push_back(&each);
    }
  }
  return found;
}

std::string percent_of(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %%", share * 100.0);
  return text;
}

std::string rate_text(uint64_t answers, uint64_t asked) {
  return "response rate " + percent_of(static_cast<double>(answers) / static_cast<double>(asked)) +
         " (" + std::to_string(answers) + " of " + std::to_string(asked) + ")";
}

/// Without what would tell single answers.
void suppress(Figure& figure, uint64_t answers, uint64_t asked) {
  figure.suppressed = true;
  figure.numerator = 0;
  figure.value.reset();
  figure.note = "suppressed: " + std::to_string(answers) + (answers == 1 ? " answer" : " answers") +
                ", and fewer than " + std::to_string(answers_min) + " are not published; " +
                rate_text(answers, asked);
}

/// What csat and nps say alike. False: too few answered to say more.
bool publish(Figure& figure, const Sent& asked, uint64_t answers) {
  figure.version = 2;
  figure.excluded = asked.left.excluded;
  figure.parts = {{"sent", static_cast<int64_t>(asked.surveys.size())},
                  {"answers", static_cast<int64_t>(answers)}};
  if (answers >= answers_min) return true;
  suppress(figure, answers, asked.surveys.size());
  return false;
}

Figure csat(const Question& question) {
  const Sent asked = sent(question, desk::question_csat);
  if (asked.surveys.empty())
    return not_measured("csat", "Customer satisfaction", csat_formula,
                        needs_surveys(question, " that ask for it"));
  uint64_t answers = 0;
  uint64_t satisfied = 0;
  int64_t low = 0;
  int64_t recovered = 0;
  for (const SurveyOf* each : asked.surveys) {
    const SurveyCase& survey = *each->survey;
    if (survey.score < 0) continue;
    ++answers;
    satisfied += survey.score >= satisfied_min ? 1 : 0;
    if (!survey.low) continue;
    ++low;
    recovered += question.book->satisfied_later(*each->ticket, survey) ? 1 : 0;
  }
  Figure figure = share_figure("csat", "Customer satisfaction", csat_formula, satisfied, answers);
  if (!publish(figure, asked, answers)) return figure;
  figure.parts.emplace_back("low", low);
  figure.parts.emplace_back("dissatisfied_recovered", recovered);
  const Interval interval = wilson(satisfied, answers);
  figure.note = "95 % interval " + percent_of(interval.low) + " to " + percent_of(interval.high) +
                "; " + rate_text(answers, asked.surveys.size()) + "; " + std::to_string(low) +
                " low, " + std::to_string(recovered) + " of them satisfied later";
  return figure;
}

Figure nps(const Question& question) {
  const Sent asked = sent(question, desk::question_nps);
  if (asked.surveys.empty())
    return not_measured("nps", "Net promoter score", nps_formula,
                        needs_surveys(question, " that ask for it"));
  uint64_t answers = 0;
  int64_t promoters = 0;
  int64_t detractors = 0;
  for (const SurveyOf* each : asked.surveys) {
    const int8_t recommend = each->survey->recommend;
    if (recommend < 0) continue;
    ++answers;
    promoters += recommend >= promoter_min ? 1 : 0;
    detractors += recommend <= detractor_max ? 1 : 0;
  }
  std::optional<double> value;
  if (answers != 0)
    value = 100.0 * static_cast<double>(promoters - detractors) / static_cast<double>(answers);
  Figure figure = number_figure("nps", "Net promoter score", nps_formula, value);
  figure.numerator = promoters - detractors;
  figure.factor = 100;
  figure.denominator = static_cast<int64_t>(answers);
  if (!publish(figure, asked, answers)) return figure;
  figure.parts.emplace_back("promoters", promoters);
  figure.parts.emplace_back("passives", static_cast<int64_t>(answers) - promoters - detractors);
  figure.parts.emplace_back("detractors", detractors);
  figure.note = rate_text(answers, asked.surveys.size());
  return figure;
}

Figure response(const Question& question) {
  const Sent asked = sent(question, desk::all_questions);
  if (asked.surveys.empty())
    return not_measured("survey_response", "Survey response rate", response_formula,
                        needs_surveys(question, ""));
  uint64_t answers = 0;
  for (const SurveyOf* each : asked.surveys) answers += each->survey->answered_at_us != 0 ? 1 : 0;
  Figure figure = share_figure("survey_response", "Survey response rate", response_formula, answers,
                               asked.surveys.size());
  figure.excluded = asked.left.excluded;
  return figure;
}

}  // namespace

std::vector<Figure> survey_figures(const Question& question) {
  return {csat(question), nps(question), response(question)};
}

}  // namespace paceline::report
