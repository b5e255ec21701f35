#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "engine/config/load.h"

namespace paceline::config {
namespace {

using ::testing::HasSubstr;

LoadResult load(const std::string& text) { return load_text(text, "desk.toml", {}, ""); }

TEST(SurveySection, StatesWhomADeskAsks) {
  const auto loaded = load(
      "[desk.a.survey]\nquestion = 'both'\nsampling = '12.5%'\nquiet_period = '30d'\n"
      "valid_for = '3d'\nchange_within = '0s'\nfollow_up = 'leads'\n"
      "[desk.b.survey]\n[desk.c]\n[[queue]]\nname = 'leads'\nmode = 'manual'\n");
  ASSERT_TRUE(loaded);
  const desk::SurveySettings& a = loaded->desks[0].second.settings.survey;
  const desk::SurveySettings wanted{desk::all_questions, 125, 30 * sched::day.us,
                                    3 * sched::day.us,   0,   "leads"};
  EXPECT_EQ(a, wanted);
  desk::SurveySettings defaults;
  defaults.questions = desk::question_csat;
  EXPECT_EQ(loaded->desks[1].second.settings.survey, defaults);
  EXPECT_EQ(loaded->desks[2].second.settings.survey, desk::SurveySettings{});
}

TEST(SurveySection, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> wrong[] = {
      {"question = 'ces'", "question"},
      {"sampling = '101%'", "sampling"},
      {"sampling = 50", "sampling"},
      {"quiet_period = 14", "quiet_period"},
      {"valid_for = '0s'", "valid_for"},
      {"valid_for = '367d'", "more than 366 days"},
      {"change_within = 'soon'", "change_within"},
      {"follow_up = 'lead'", "no queue \"lead\": did you mean \"leads\"?"},
      {"follow_up = ''", "follow_up"},
      {"quiet = '14d'", "quiet"},
  };
  for (const auto& [text, said] : wrong) {
    const auto loaded = load(
        std::string("[[queue]]\nname = 'leads'\nmode = 'manual'\n[desk.a]\n[desk.a.survey]\n") +
        text + "\n");
    ASSERT_FALSE(loaded) << text;
    EXPECT_THAT(shown(loaded.error().front()), HasSubstr(said)) << text;
    EXPECT_THAT(shown(loaded.error().front()), HasSubstr("survey")) << text;
  }
  EXPECT_FALSE(load("[desk.a]\nsurvey = true\n"));
}

TEST(SurveySection, WarnsOfWhatHasNoEffect) {
  const auto nobody = load("[desk.a.survey]\nsampling = 0.0\n");
  ASSERT_TRUE(nobody);
  ASSERT_EQ(nobody->warnings.size(), 1U);
  EXPECT_THAT(nobody->warnings[0], HasSubstr("nobody is asked"));
  const auto nps = load(
      "[desk.a.survey]\nquestion = 'nps'\nfollow_up = 'leads'\n[[queue]]\nname = 'leads'\nmode = "
      "'manual'\n");
  ASSERT_TRUE(nps);
  ASSERT_FALSE(nps->warnings.empty());
  EXPECT_THAT(nps->warnings[0], HasSubstr("follow_up has no effect"));
}

}  // namespace
}  // namespace paceline::config
