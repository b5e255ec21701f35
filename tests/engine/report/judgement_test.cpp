// Scorecard, trend and the signs of figures that look too good.
#include <gmock/gmock.h>

#include <cmath>

#include "engine/report/gaming.h"
#include "engine/report/scorecard.h"
#include "engine/report/trend.h"
#include "tests/engine/report/report_desk.h"

namespace paceline::report::test {
namespace {

using ::testing::ElementsAre;

Figure share(const char* id, uint64_t numerator, uint64_t denominator) {
  return share_figure(id, "", "", numerator, denominator);
}

TEST(Scorecard, AWeaknessCannotBeBoughtByAnotherStrength) {
  const std::vector<Scale> scales{{"sla_compliance", "quality", 0.5, 1.0, {}},
                                  {"reopen_rate", "quality", 0.2, 0.0, {}},
                                  {"csat", "satisfaction", 0.5, 1.0, {}}};
  // 0.75 → 0.5; 0.1 → 0.5; their mean 0.5.
  Scorecard card =
      scorecard({share("sla_compliance", 75, 100), share("reopen_rate", 10, 100)}, scales);
  EXPECT_DOUBLE_EQ(*card.composite, 0.5);
  EXPECT_FALSE(card.parts[0].second);  // efficiency has no component
  EXPECT_FALSE(card.components[2].value);
  // At its worst one component takes the whole down: √(1 · 0.01).
  card = scorecard({share("sla_compliance", 100, 100), share("reopen_rate", 90, 100)}, scales);
  EXPECT_NEAR(*card.composite, std::sqrt(0.01), 1e-12);
}

TEST(Scorecard, FirstContactAboveItsBandIsNoStrength) {
  const std::vector<Scale> scales{{"fcr_net", "quality", 0.40, 0.70, 0.85}};
  const auto score = [&](uint64_t of_hundred) {
    return *scorecard({share("fcr_net", of_hundred, 100)}, scales).composite;
  };
  EXPECT_NEAR(score(55), 0.5, 1e-12);
  EXPECT_NEAR(score(80), 1.0, 1e-12);
  EXPECT_LT(score(97), 0.25);
}

TEST(Scorecard, OnesOwnScales) {
  std::vector<Scale> scales = default_scales();
  EXPECT_TRUE(set_scale(scales, "mttr_wall=48..4"));
  EXPECT_EQ(scales[0].worst, 48.0);
  EXPECT_TRUE(set_scale(scales, "reopen_rate=20%..5%"));
  for (const char* text : {"hops=1..2", "mttr_wall", "mttr_wall=1", "mttr_wall=..1", "csat=a..b"})
    EXPECT_FALSE(set_scale(scales, text)) << text;
}

TEST(Trend, RisesFromWeekToWeek) {
  // Weeks of 1, 2, 4, 5, 6 tickets: slope 1.25 … the median of all pairs, p 0.0275.
  ReportDesk desk;
  int number = 0;
  int week = 0;
  for (const int count : {1, 2, 4, 5, 6}) {
    desk.at("+" + std::to_string(7 * week++) + " 10:00");
    for (int i = 0; i < count; ++i) desk.open("T" + std::to_string(number++), "l1");
  }
  desk.at("+35 00:00");
  const auto book = desk.book();
  const Trend trend = volume_trend(ask(*book, {0, desk.desk().now_us()}, {}));
  ASSERT_EQ(trend.weeks.size(), 5U);
  EXPECT_EQ(trend.weeks[2].recorded, 4U);
  // Slopes: 1 1.5 4/3 1.25 2 1.5 4/3 1 1 1 → sorted, the fifth and sixth are 1.25 and 4/3.
  EXPECT_NEAR(trend.slope, (1.25 + 4.0 / 3.0) / 2.0, 1e-12);
  EXPECT_EQ(trend.direction, Direction::rising);
  const Trend short_one =
      volume_trend(ask(*book, {DeskDriver::instant_us("+14 00:00"), desk.desk().now_us()}, {}));
  EXPECT_EQ(short_one.weeks.size(), 3U);
  EXPECT_FALSE(trend_figure(short_one).measured());
}

/// `first` resolves five tickets by the book, `experts` five of which three come back in an hour.
class Gaming : public ::testing::Test {
 protected:
  Gaming() {
    for (int i = 0; i < 5; ++i) {
      desk_.at("09:00");
      const std::string good = "G" + std::to_string(i);
      const std::string bad = "B" + std::to_string(i);
      desk_.open(good, "l1", "kim" + good);
      desk_.open(bad, "l2", "lee");
      desk_.take(good, "ana");
      desk_.take(bad, "eva");
    }
    desk_.at("09:30");
    for (int i = 0; i < 5; ++i) {
      const std::string good = "G" + std::to_string(i);
      desk_.does([&](FrameBuilder& f) { f.message(good, desk::AuthorKind::agent, true); });
      desk_.resolve(good);
      desk_.resolve("B" + std::to_string(i));
    }
    desk_.at("10:00");
    for (int i = 0; i < 3; ++i)
      desk_.does([&](FrameBuilder& f) { f.reopen("B" + std::to_string(i)); });
    book_ = desk_.book();
  }
  const SignalRow* row(const std::string& signal, const std::string& who) {
    rows_ = gaming_rows(ask(*book_, {0, desk_.desk().now_us() + 1}, {}), Dimension::group);
    for (const SignalRow& each : rows_) {
      if (each.signal->id == signal && each.who == who) return &each;
    }
    return nullptr;
  }

  ReportDesk desk_;
  std::unique_ptr<Book> book_;
  std::vector<SignalRow> rows_;
};

TEST_F(Gaming, ComparesWithPeersAndShowsExamples) {
  const SignalRow* reopened = row("quick_reopen", "experts");
  ASSERT_NE(reopened, nullptr);
  EXPECT_EQ(reopened->count, 3U);
  EXPECT_EQ(reopened->of, 5U);
  EXPECT_DOUBLE_EQ(*reopened->baseline, 0.0);
  EXPECT_TRUE(reopened->stands_out);
  EXPECT_THAT(reopened->examples, ElementsAre("B0", "B1", "B2"));
  EXPECT_EQ(row("quick_reopen", "first"), nullptr);
}

TEST_F(Gaming, SilentResolutionsAndSplitTickets) {
  const SignalRow* silent = row("silent_resolve", "experts");
  ASSERT_NE(silent, nullptr);
  EXPECT_EQ(silent->count, 2U);  // the others are open again
  EXPECT_EQ(silent->of, 2U);
  EXPECT_FALSE(silent->stands_out);  // two are no pattern
  const SignalRow* split = row("split_tickets", "experts");
  ASSERT_NE(split, nullptr);
  EXPECT_EQ(split->count, 5U);  // all of lee's
  EXPECT_EQ(row("split_tickets", "first"), nullptr);
}

TEST_F(Gaming, WhoIsItsOwnCustomer) {
  desk_.open("S", "l1", "ana");
  desk_.open("T", "l1", "eva");
  for (const char* id : {"S", "T"}) {
    desk_.take(id, "ana");
    desk_.resolve(id);
  }
  book_ = desk_.book();
  const SignalRow* own = row("self_made", "first");
  ASSERT_NE(own, nullptr);
  EXPECT_EQ(own->count, 1U);
  EXPECT_EQ(own->of, 7U);
  EXPECT_THAT(own->examples, ElementsAre("S"));
}

// In both queues a P1 waits since 09:00; E1 to E3 come to l1 at 09:10, O to l2.
TEST(GamingOfQueues, EasyWorkTakenBeforeWhatIsPressing) {
  ReportDesk desk;
  desk.at("09:00");
  for (const char* queue : {"l1", "l2"})
    EXPECT_EQ(desk.desk().open({.external_id = std::string("P1 of ") + queue,
                                .impact = 1,
                                .urgency = 1,
                                .queue = queue}),
              Reject::none);
  desk.at("09:10");
  for (const char* id : {"E1", "E2", "E3"}) desk.open(id, "l1");
  desk.open("O", "l2");
  desk.at("09:20");
  for (const char* id : {"E1", "E2", "E3"}) desk.take(id, "ana");
  desk.at("09:25");
  desk.take("P1 of l1", "ana");
  for (const char* id : {"P1 of l2", "O"}) desk.take(id, "eva");
  desk.at("09:30");
  desk.open("E4", "l1");
  desk.at("09:31");
  desk.take("E4", "ana");  // nothing else waits
  const auto book = desk.book();
  const Question question = ask(*book, {0, desk.desk().now_us() + 1}, {});
  const auto rows = gaming_rows(question, Dimension::group);
  const auto found = std::find_if(rows.begin(), rows.end(), [](const SignalRow& each) {
    return each.signal->id == "easy_picking";
  });
  ASSERT_NE(found, rows.end());
  EXPECT_EQ(found->who, "first");
  EXPECT_EQ(found->of, 5U);
  EXPECT_THAT(found->examples, ElementsAre("E1", "E2", "E3"));
  EXPECT_TRUE(found->stands_out);
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(),
                          [](const SignalRow& each) { return each.signal->id == "easy_picking"; }),
            1);
}

TEST(GamingOfClocks, APauseJustBeforeTheTargetLeavesItsSign) {
  ReportDesk desk;
  desk.at("09:00");
  desk.open("A", "l1");
  desk.take("A", "ana");
  desk.at("16:30");  // 7 h 30 m of 8
  desk.does([](FrameBuilder& f) { f.pend("A", "awaiting_requester"); });
  desk.at("+1 09:00");
  desk.does([](FrameBuilder& f) { f.resume("A"); });
  desk.at("+1 09:10");
  desk.resolve("A");
  const auto book = desk.book();
  const auto rows = gaming_rows(ask(*book, {0, desk.desk().now_us() + 1}, {}), Dimension::group);
  const auto found = std::find_if(rows.begin(), rows.end(), [](const SignalRow& each) {
    return each.signal->id == "late_pause";
  });
  ASSERT_NE(found, rows.end());
  EXPECT_THAT(found->examples, ElementsAre("A"));
}

}  // namespace
}  // namespace paceline::report::test
