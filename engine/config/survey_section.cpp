// [desk.NAME.survey]
#include <fmt/format.h>

#include "engine/config/desk_checks.h"
#include "engine/config/routing_words.h"

namespace paceline::config {

void read_survey(TableReader& desk, Diagnostics& diagnostics, desk::SurveySettings& settings) {
  const Node::Member* member = desk.find("survey");
  if (member == nullptr) return;
  TableReader survey(member->value, member->line, desk.subject() + ": survey", diagnostics);
  const auto question = survey.one_of("question", survey_question_names);
  settings.questions = static_cast<uint8_t>(question.value_or(0) + 1);
  if (const auto share = survey.share("sampling")) settings.sampling_milli = *share;
  if (const auto quiet = survey.duration("quiet_period")) settings.quiet_us = quiet->us;
  if (const auto valid_us = survey.positive_us("valid_for")) {
    settings.valid_us = *valid_us;
    if (*valid_us > desk::survey_valid_us_max)
      survey.error(code::wrong_duration, survey.find("valid_for")->line,
                   "valid_for is more than 366 days: write less, such as \"7d\"");
  }
  if (const auto within = survey.duration("change_within")) settings.change_within_us = within->us;
  if (survey.find("follow_up") != nullptr)
    settings.follow_up = survey.required_text("follow_up", "leads");
  survey.finish();
}

void check_survey(DeskChecks& checks, const desk::Configuration& configuration) {
  const desk::SurveySettings& survey = configuration.settings.survey;
  const auto stated = checks.desk().lines.find("survey");
  if (survey.questions == 0 || stated == checks.desk().lines.end()) return;
  const std::string subject = checks.subject() + ": survey";
  if (!survey.follow_up.empty())
    checks.queue(survey.follow_up, stated->second, subject + ": follow_up");
  if (!survey.follow_up.empty() && (survey.questions & desk::question_csat) == 0)
    checks.warn(code::no_effect, stated->second,
                fmt::format("{}: follow_up has no effect: question \"nps\" asks for no score from "
                            "1 to 5; write \"csat\" or \"both\"",
                            subject));
  if (survey.sampling_milli == 0)
    checks.warn(code::no_effect, stated->second,
                fmt::format("{}: sampling is 0, so nobody is asked: write a share such as "
                            "\"25%\", or leave the table out",
                            subject));
}

}  // namespace paceline::config
