// Reports by policy, queue, agent and interval, of the same morning; and what is at risk.
#include "engine/report/tables.h"

#include <gmock/gmock.h>

#include "tests/engine/report/report_desk.h"

namespace paceline::report::test {
namespace {

class Tables : public ::testing::Test {
 protected:
  Tables() {
    morning(desk_);
    book_ = desk_.book();
    question_ = ask(*book_, the_day(), {});
  }
  ReportDesk desk_;
  std::unique_ptr<Book> book_;
  Question question_;
};

TEST_F(Tables, PoliciesWithTheirSum) {
  const auto rows = policy_rows(question_);
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].policy, "resolution");
  EXPECT_EQ(rows[0].met, 4U);
  EXPECT_EQ(rows[0].running, 1U);  // G
  EXPECT_EQ(rows[0].paused, 1U);   // F
  EXPECT_EQ(rows[0].cancelled, 2U);
  EXPECT_EQ(rows[1].policy, "response");
  EXPECT_EQ(rows[1].met, 2U);
  EXPECT_EQ(rows[1].breached, 2U);
  EXPECT_EQ(rows[1].open_late, 2U);
  EXPECT_EQ(rows[1].overrun.max_us, 2 * hour.us);  // B
  EXPECT_EQ(rows[2].policy, "all");
  EXPECT_EQ(rows[2].completed(), 8U);
  EXPECT_EQ(rows[2].open(), 4U);
}

TEST_F(Tables, QueuesAndHowLongTicketsStayed) {
  const auto rows = queue_rows(question_);
  ASSERT_EQ(rows.size(), 3U);  // triage first
  const QueueRow& l1 = rows[1];
  EXPECT_EQ(l1.queue, "l1");
  EXPECT_EQ(l1.group, "first");
  EXPECT_EQ(l1.came, 5U);  // A B C F G
  EXPECT_EQ(l1.left, 1U);  // B
  EXPECT_EQ(l1.resolved, 2U);
  EXPECT_EQ(l1.waiting, 1U);
  EXPECT_EQ(l1.pending, 1U);
  EXPECT_EQ(l1.oldest_us, 3 * hour.us);  // G
  // A 40 m, B 1 h, C 2 h 30 m.
  EXPECT_EQ(l1.stay.n, 3U);
  EXPECT_EQ(l1.stay.median_us, hour.us);
  const QueueRow& l2 = rows[2];
  EXPECT_EQ(l2.came, 2U);
  EXPECT_EQ(l2.stay.total_us, (120 + 150) * minute.us);
}

TEST_F(Tables, AgentsAndWhatTheyResolved) {
  const auto rows = agent_rows(question_);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].agent, "ana");
  EXPECT_EQ(rows[0].resolved, 2U);  // A C
  EXPECT_EQ(rows[0].reopened, 1U);
  EXPECT_EQ(rows[0].open, 1U);  // F
  EXPECT_EQ(rows[0].handling.total_us, (30 + 85) * minute.us);
  EXPECT_EQ(rows[1].resolved, 2U);  // B H
}

TEST_F(Tables, EveryHourOfTheDay) {
  const auto rows = interval_rows(question_, hour.us);
  ASSERT_EQ(rows.size(), 7U);
  const auto column = [&](auto field) {
    std::vector<uint64_t> values;
    for (const IntervalRow& row : rows) values.push_back(row.*field);
    return values;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(column(&IntervalRow::recorded), ElementsAre(2, 3, 0, 0, 3, 0, 0));
  EXPECT_THAT(column(&IntervalRow::taken), ElementsAre(2, 1, 0, 0, 2, 0, 0));
  EXPECT_THAT(column(&IntervalRow::resolved), ElementsAre(1, 1, 0, 2, 0, 0, 1));
  EXPECT_THAT(column(&IntervalRow::reopened), ElementsAre(0, 0, 1, 0, 0, 0, 0));
  EXPECT_THAT(column(&IntervalRow::abandoned), ElementsAre(0, 1, 0, 0, 0, 0, 0));
  EXPECT_THAT(column(&IntervalRow::backlog), ElementsAre(1, 1, 2, 0, 3, 3, 2));
  EXPECT_EQ(rows[0].wait.total_us, 40 * minute.us);  // A 10 m, B 30 m
}

TEST_F(Tables, AtRiskIsWhatIsDueFirstThenWhatIsPaused) {
  const auto rows = risk_rows(question_);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].left_us, -2 * hour.us);  // responses of F and G, due 14:00
  EXPECT_EQ(rows[1].left_us, -2 * hour.us);
  EXPECT_EQ(rows[0].used_bp, 30'000U);
  // G has used three hours of eight: five left, one of them today.
  EXPECT_EQ(rows[2].ticket->external_id, "G");
  EXPECT_EQ(rows[2].left_us, (24 - 16 + 9 + 4) * hour.us);
  EXPECT_EQ(rows[3].ticket->external_id, "F");
  EXPECT_EQ(rows[3].clock->state, ClockState::paused);
  EXPECT_EQ(rows[3].left_us, 7 * hour.us);  // business time
}

}  // namespace
}  // namespace paceline::report::test
