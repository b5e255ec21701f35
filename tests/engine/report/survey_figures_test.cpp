// Satisfaction and recommendation of a desk whose answers are known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/report/gaming.h"
#include "engine/report/scorecard.h"
#include "engine/report/split.h"
#include "tests/engine/report/report_desk.h"

namespace paceline::report::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

/// The desk of two levels, asking everybody both questions, as often as they like.
desk::Configuration asking() {
  desk::Configuration configuration = two_levels();
  configuration.settings.survey.questions = desk::all_questions;
  configuration.settings.survey.quiet_us = 0;
  return configuration;
}

class SurveyFigures : public ::testing::Test {
 protected:
  explicit SurveyFigures(uint32_t closed_max = 1'000) : desk_(closed_max) {
    desk_.at("08:30").configure(asking());
    desk_.at("09:00");
  }
  /// Opened, resolved and, where a score is stated, answered.
  void asked(const std::string& id, const std::string& requester, int8_t score = -1,
             int8_t recommend = -1, const std::string& queue = "l1") {
    desk_.open(id, queue, requester);
    desk_.resolve(id);
    if (score >= 0 || recommend >= 0) rate(id, score, recommend);
  }
  void rate(const std::string& id, int8_t score, int8_t recommend = -1) {
    desk_.does([&](FrameBuilder& f) { f.rate(id, score, recommend); });
  }
  Figure figure(const std::string& id, Period period = the_day()) {
    book_ = desk_.book();
    const std::vector<Figure> all = figures(ask(*book_, period, {}));
    const Figure* found = find(all, id);
    EXPECT_NE(found, nullptr) << id;
    return found == nullptr ? Figure{} : *found;
  }
  std::vector<Part> parts(Dimension by) {
    book_ = desk_.book();
    return split(ask(*book_, the_day(), {}), by);
  }

  ReportDesk desk_;
  std::unique_ptr<Book> book_;
};

TEST_F(SurveyFigures, AreSharesOfTheAnswersWithTheirInterval) {
  for (int i = 0; i < 20; ++i) {
    const int8_t score = i < 16 ? (i % 2 == 0 ? 5 : 4) : (i < 18 ? 3 : 2);
    asked("A" + std::to_string(i), "r" + std::to_string(i), score, static_cast<int8_t>(i % 11));
  }
  for (int i = 0; i < 5; ++i) asked("S" + std::to_string(i), "s");
  const Figure csat = figure("csat");
  EXPECT_EQ(csat.numerator, 16);
  EXPECT_EQ(csat.denominator, 20);
  EXPECT_DOUBLE_EQ(*csat.value, 0.8);
  EXPECT_THAT(csat.parts, ElementsAre(Pair("sent", 25), Pair("answers", 20), Pair("low", 2),
                                      Pair("dissatisfied_recovered", 0)));
  // Wilson's interval of 16 of 20, as in Newcombe's tables: 0.5840 to 0.9193.
  EXPECT_THAT(csat.note, HasSubstr("95 % interval 58.4 % to 91.9 %"));
  EXPECT_THAT(csat.note, HasSubstr("response rate 80.0 % (20 of 25)"));
  const Figure response = figure("survey_response");
  EXPECT_EQ(response.numerator, 20);
  EXPECT_EQ(response.denominator, 25);
  // 0 to 10 once each and 0 to 8 again: 2 promoters, 14 detractors.
  const Figure nps = figure("nps");
  EXPECT_DOUBLE_EQ(*nps.value, -60.0);
  EXPECT_EQ(nps.numerator, -12);
  EXPECT_EQ(nps.denominator, 20);
  EXPECT_THAT(nps.parts, ElementsAre(Pair("sent", 25), Pair("answers", 20), Pair("promoters", 2),
                                     Pair("passives", 4), Pair("detractors", 14)));
}

TEST_F(SurveyFigures, AreSuppressedBelowTenAnswers) {
  for (int i = 0; i < 9; ++i) asked("A" + std::to_string(i), "r", 5, 10);
  for (const char* id : {"csat", "nps"}) {
    const Figure few = figure(id);
    EXPECT_TRUE(few.suppressed) << id;
    EXPECT_FALSE(few.value.has_value()) << id;
    EXPECT_EQ(few.numerator, 0) << id;
    EXPECT_EQ(few.denominator, 9) << id;
    EXPECT_THAT(few.parts, ElementsAre(Pair("sent", 9), Pair("answers", 9))) << id;
    EXPECT_THAT(few.note, HasSubstr("suppressed: 9 answers")) << id;
  }
  asked("A9", "r", 1, 0);
  EXPECT_FALSE(figure("csat").suppressed);
  EXPECT_DOUBLE_EQ(*figure("csat").value, 0.9);
  EXPECT_DOUBLE_EQ(*figure("nps").value, 80.0);
}

TEST_F(SurveyFigures, AreNotMeasuredWhereNobodyWasAsked) {
  for (const char* id : {"csat", "nps", "survey_response"}) {
    EXPECT_THAT(figure(id).needs, HasSubstr("[desk.NAME.survey]")) << id;
  }
  asked("A", "kim", 5);
  EXPECT_TRUE(figure("csat").measured());
  const Period before{0, DeskDriver::instant_us("09:00")};
  EXPECT_EQ(figure("csat", before).needs,
            "surveys that ask for it sent for resolutions in the period");
}

TEST_F(SurveyFigures, CountWhoWasDissatisfiedAndIsSatisfiedLater) {
  for (int i = 0; i < 8; ++i) asked("A" + std::to_string(i), "r" + std::to_string(i), 4);
  asked("changed", "kim", 1);
  rate("changed", 5);
  asked("low", "lee", 2);
  asked("never", "max", 1);
  desk_.at("10:00");
  asked("again", "lee", 4);  // another ticket of the same requester
  const Figure csat = figure("csat");
  EXPECT_EQ(csat.denominator, 12);
  EXPECT_EQ(csat.numerator, 10);
  EXPECT_THAT(csat.parts, ElementsAre(Pair("sent", 12), Pair("answers", 12), Pair("low", 3),
                                      Pair("dissatisfied_recovered", 2)));
}

TEST_F(SurveyFigures, LeaveOutWhatOtherFiguresDo) {
  EXPECT_EQ(desk_.desk().open(
                {.external_id = "spam", .category = "spam", .requester = "x", .queue = "l1"}),
            Reject::none);
  desk_.resolve("spam");
  asked("A", "kim", 5);
  const Figure csat = figure("csat");
  EXPECT_EQ(csat.denominator, 1);
  EXPECT_THAT(csat.excluded, ElementsAre(Pair("spam", 1)));
}

TEST_F(SurveyFigures, BelongToTheResolvingGroupAndToWhoHadTheTicketAFifthOfItsTime) {
  // Ten hours: l1 has "short" for 19 % of its time and "long" for a fifth.
  desk_.open("short", "l1", "kim");
  desk_.open("long", "l1", "lee");
  desk_.at("10:54");
  desk_.does([](FrameBuilder& f) { f.requeue("short", "l2"); });
  desk_.at("11:00");
  desk_.does([](FrameBuilder& f) { f.requeue("long", "l2"); });
  desk_.at("19:00");
  desk_.resolve("short");
  desk_.resolve("long");
  rate("short", 5);
  rate("long", 5);
  book_ = desk_.book();
  const Period period{0, DeskDriver::instant_us("20:00")};
  const Question whole = ask(*book_, period, {});
  std::map<std::string, size_t> by_group;
  for (const Part& part : split(whole, Dimension::group)) {
    by_group[part.name] = part.question.surveys.size();
  }
  EXPECT_EQ(by_group["first"], 1U);
  EXPECT_EQ(by_group["experts"], 2U);
  for (const Part& part : split(whole, Dimension::queue)) {
    EXPECT_EQ(part.question.surveys.size(), part.name == "l2" ? 2U : 0U) << part.name;
  }
  EXPECT_EQ(whole.surveys.size(), 2U);
}

TEST_F(SurveyFigures, ByAgentAreThoseOfWhoResolvedIt) {
  for (int i = 0; i < 10; ++i) {
    const std::string id = "A" + std::to_string(i);
    desk_.open(id, "l1", "kim");
    desk_.take(id, "ana");
    desk_.resolve(id);
    rate(id, i < 5 ? 5 : 3);
  }
  for (const Part& part : parts(Dimension::agent)) {
    const std::vector<Figure> all = figures(part.question);
    const Figure* csat = find(all, "csat");
    if (part.name == "ana") {
      EXPECT_DOUBLE_EQ(*csat->value, 0.5);
    } else {
      EXPECT_FALSE(csat->measured()) << part.name;
    }
  }
}

TEST_F(SurveyFigures, AreTheSatisfactionOfTheScorecard) {
  for (int i = 0; i < 9; ++i) asked("A" + std::to_string(i), "r", 5);
  const auto component = [&] {
    book_ = desk_.book();
    const Scorecard card = scorecard(figures(ask(*book_, the_day(), {})), default_scales());
    for (const Component& each : card.components) {
      if (each.scale.figure == "csat") return each;
    }
    return Component{};
  };
  EXPECT_EQ(component().needs, "10 answers in the period");
  asked("A9", "r", 3);
  EXPECT_DOUBLE_EQ(*component().value, 0.9);
  EXPECT_DOUBLE_EQ(component().score, 1.0);  // its target is 85 %
}

TEST_F(SurveyFigures, ShowWhereNobodyCouldBeAsked) {
  const auto suppressing = [&] {
    book_ = desk_.book();
    std::map<std::string, uint64_t> found;
    for (const SignalRow& row : gaming_rows(ask(*book_, the_day(), {}), Dimension::queue)) {
      if (row.signal->id == "survey_suppression") found[row.who] = row.count;
    }
    return found;
  };
  for (int i = 0; i < 3; ++i) asked("N" + std::to_string(i), "");
  EXPECT_TRUE(suppressing().empty());  // nobody is asked anything yet
  asked("A", "kim", 5, -1, "l2");
  desk_.open("C", "l1", "lee");
  desk_.does([](FrameBuilder& f) { f.close("C"); });
  EXPECT_EQ(suppressing(), (std::map<std::string, uint64_t>{{"l1", 4}}));
}

/// Tickets leave memory as they close, and their surveys after them.
class ArchivedSurveyFigures : public SurveyFigures {
 protected:
  ArchivedSurveyFigures() : SurveyFigures(0) {}
};

TEST_F(ArchivedSurveyFigures, AreTheSameForTicketsInTheHistory) {
  for (int i = 0; i < 12; ++i) {
    const std::string id = "A" + std::to_string(i);
    asked(id, "r" + std::to_string(i), i < 9 ? 5 : 1);
    desk_.does([&](FrameBuilder& f) { f.close(id); });
    if (i == 5) desk_.at("11:00");  // the first six have ended by now, and leave
  }
  const Figure csat = figure("csat");
  EXPECT_EQ(csat.numerator, 9);
  EXPECT_EQ(csat.denominator, 12);
  EXPECT_EQ(book_->cases().size(), 12U);
  desk_.at("15:00");
  for (int i = 0; i < 2; ++i) {
    desk_.open("B" + std::to_string(i), "l1");
    desk_.does([&](FrameBuilder& f) { f.cancel("B" + std::to_string(i)); });
  }
  EXPECT_EQ(figure("csat").denominator, 12);
}

}  // namespace
}  // namespace paceline::report::test
