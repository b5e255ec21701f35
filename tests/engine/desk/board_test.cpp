// What a board shows: who waits longest, what is at risk, what has breached, and in which order.
#include "engine/desk/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/support/random_desk.h"

namespace paceline::desk::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int64_t half_an_hour_us = 30 * sched::minute.us;

PolicyDefinition resolution(const std::string& name, const std::string& when, int64_t target_us) {
  PolicyDefinition policy;
  policy.name = name;
  policy.when = when;
  policy.clock = ClockKind::resolution;
  policy.target.us = target_us;
  policy.calendar = "weekdays";
  policy.pause_stated = true;
  policy.pause = {"awaiting_requester"};
  return policy;
}

class Board : public ::testing::Test {
 protected:
  Board() {
    Configuration configuration;
    configuration.calendars = {weekdays_nine_to_five()};
    configuration.policies = {resolution("P1", "priority == P1", sched::hour.us),
                              resolution("others", "", 4 * sched::hour.us)};
    for (const char* name : {"network", "desk"}) {
      QueueDefinition queue;
      queue.name = name;
      queue.group = name;
      configuration.queues.push_back(queue);
    }
    desk_.at("08:00").configure(configuration);
  }

  void open(const std::string& ticket, const std::string& queue, uint8_t level = 3) {
    desk_.open({.external_id = ticket, .impact = level, .urgency = level, .queue = queue});
  }
  Answer board(const std::string& queue = "", uint8_t mode = 0) {
    Query query;
    query.kind = QueryKind::board;
    query.text = queue;
    query.at_us = half_an_hour_us;
    query.mode = mode;
    return desk_.desk().answer(query);
  }
  QueueView queue(const std::string& name) {
    for (const QueueView& view : board().queues) {
      if (view.name == name) return view;
    }
    ADD_FAILURE() << "no queue " << name;
    return {};
  }
  std::vector<std::string> listed(const std::string& queue = "", uint8_t mode = 0) {
    std::vector<std::string> ids;
    for (const TicketView& ticket : board(queue, mode).tickets) ids.push_back(ticket.external_id);
    return ids;
  }

  DeskDriver desk_;
};

TEST_F(Board, TheOldestTicketSaysHowLongAQueueWaits) {
  desk_.at("09:00");
  open("A", "network");
  desk_.at("09:10");
  open("B", "network");
  EXPECT_EQ(queue("network").waiting, 2U);
  EXPECT_EQ(queue("network").oldest_enqueued_at_us, DeskDriver::instant_us("09:00"));
  EXPECT_EQ(queue("desk").oldest_enqueued_at_us, 0);
}

TEST_F(Board, ATicketIsAtRiskWhenItsClockBreachesWithinTheWindow) {
  desk_.at("09:00");
  open("A", "network", 1);  // due at 10:00
  desk_.at("09:29:59").tick();
  EXPECT_EQ(queue("network").at_risk, 0U);
  EXPECT_EQ(queue("network").next_due_at_us, DeskDriver::instant_us("10:00"));
  desk_.at("09:30").tick();
  EXPECT_EQ(queue("network").at_risk, 1U);
  desk_.at("10:00").tick();
  EXPECT_EQ(queue("network").at_risk, 1U);
  EXPECT_EQ(queue("network").breached, 0U);
  desk_.at("10:00:00.000001").tick();
  EXPECT_EQ(queue("network").at_risk, 0U);
  EXPECT_EQ(queue("network").breached, 1U);
  EXPECT_EQ(queue("network").next_due_at_us, 0);
}

TEST_F(Board, APausedClockIsNotAtRiskAndAResolvedTicketIsGone) {
  desk_.at("09:00");
  open("A", "network", 1);
  open("B", "network", 1);
  desk_.at("09:45").run([](FrameBuilder& f) { f.pend("A", "awaiting_requester"); });
  EXPECT_EQ(queue("network").at_risk, 1U);
  EXPECT_THAT(listed(), ElementsAre("B"));
  desk_.run([](FrameBuilder& f) { f.cancel("B"); });
  EXPECT_EQ(queue("network").at_risk, 0U);
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(Board, TicketsAreListedByTimeToBreachAndByQueue) {
  desk_.at("09:00");
  open("slow", "network");
  open("fast", "desk", 1);
  desk_.at("09:20");
  open("next", "network", 1);
  EXPECT_THAT(listed(), ElementsAre("fast", "next", "slow"));
  EXPECT_THAT(listed("network"), ElementsAre("next", "slow"));
  desk_.at("10:30").tick();
  EXPECT_THAT(listed(), ElementsAre("slow"));
  EXPECT_THAT(listed("", 1), ElementsAre("fast", "next"));
  EXPECT_EQ(board("nowhere").code, static_cast<uint16_t>(Reject::queue_unknown));
}

TEST_F(Board, StatusCountsWhatCameAndWent) {
  desk_.at("09:00");
  open("A", "network", 1);
  open("B", "network");
  desk_.at("10:30").run([](FrameBuilder& f) { f.resolve("A"); });
  desk_.run([](FrameBuilder& f) { f.reopen("A"); });
  const Status status = desk_.desk().answer({}).status;
  EXPECT_EQ(status.opened, 2U);
  EXPECT_EQ(status.resolved, 1U);
  EXPECT_EQ(status.reopened, 1U);
  EXPECT_EQ(status.breaches, 1U);
}

TEST_F(Board, SlicesAddUpToTheWhole) {
  Limits limits = small_limits();
  limits.tickets_max = board_slice + 4'096;
  limits.text_mib_max = 64;
  DeskDriver desk(limits);
  desk.at("08:00").run([](FrameBuilder& f) { f.define_queue("network", "net"); });
  uint32_t opened = 0;
  while (opened < board_slice + 100) {
    FrameBuilder many;
    for (int i = 0; i < 1'000 && opened < board_slice + 100; ++i, ++opened)
      many.open({.external_id = "T" + std::to_string(opened), .queue = "network"});
    desk.at_us(monday_us + 9 * sched::hour.us + opened).apply(many);
    many = {};
  }
  Query query;
  query.kind = QueryKind::board;
  const Answer first = desk.desk().answer(query);
  ASSERT_TRUE(first.more);
  query.after = first.next_after;
  const Answer second = desk.desk().answer(query);
  EXPECT_FALSE(second.more);
  EXPECT_EQ(first.queues.back().waiting, board_slice + 100);
  EXPECT_NE(first.queues.back().oldest_enqueued_at_us, 0);
  EXPECT_GT(second.queues.back().oldest_enqueued_at_us, first.queues.back().oldest_enqueued_at_us);
}

// ------------------------------------------------------------------ against a slow, obvious count

struct Counted {
  uint32_t at_risk = 0, breached = 0, offered = 0;
  int64_t oldest_us = 0, next_due_us = 0;
  bool operator==(const Counted&) const = default;
};

void take_earlier(int64_t& earliest_us, int64_t at_us) {
  if (earliest_us == 0 || at_us < earliest_us) earliest_us = at_us;
}

void expect_what_the_tickets_say(const Desk& desk, uint64_t seed) {
  Query query;
  query.kind = QueryKind::tickets;
  query.limit = 1'000;
  const Answer all = desk.answer(query);
  ASSERT_FALSE(all.more);
  query.kind = QueryKind::status;
  const int64_t now_us = desk.answer(query).status.now_us;
  std::map<std::string, Counted> wanted;
  std::vector<std::pair<int64_t, uint64_t>> by_due;
  for (const TicketView& ticket : all.tickets) {
    if (!is_open(ticket.state)) continue;
    Counted& queue = wanted[ticket.queue];
    if (ticket.state == State::queued) take_earlier(queue.oldest_us, ticket.enqueued_at_us);
    bool breached = false;
    int64_t due_us = 0;
    for (const ClockView& clock : ticket.clocks) {
      if (clock.state != "running" && clock.state != "paused") continue;
      const bool over = clock.breached_at_us != 0 || clock.remaining_us < 0;
      breached = breached || over;
      if (!over && clock.due_at_us != 0) take_earlier(due_us, clock.due_at_us);
    }
    queue.breached += breached ? 1 : 0;
    if (due_us == 0) continue;
    queue.at_risk += due_us <= now_us + half_an_hour_us ? 1 : 0;
    take_earlier(queue.next_due_us, due_us);
    by_due.emplace_back(due_us, ticket.id);
  }
  std::sort(by_due.begin(), by_due.end());

  query.kind = QueryKind::board;
  query.at_us = half_an_hour_us;
  query.limit = 5;
  const Answer board = desk.answer(query);
  for (const QueueView& queue : board.queues) {
    Counted want = wanted[queue.name];
    want.offered = queue.offered;
    EXPECT_EQ(Counted({queue.at_risk, queue.breached, queue.offered, queue.oldest_enqueued_at_us,
                       queue.next_due_at_us}),
              want)
        << "seed " << seed << " queue " << queue.name;
  }
  ASSERT_EQ(board.tickets.size(), std::min<size_t>(5, by_due.size()));
  for (size_t i = 0; i < board.tickets.size(); ++i)
    EXPECT_EQ(board.tickets[i].id, by_due[i].second) << "seed " << seed << " place " << i;
}

TEST(BoardProperty, CountsWhatTheTicketsSay) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Dice dice(seed);
    DeskDriver desk;
    std::vector<StatedPolicy> policies;
    int64_t now_us = monday_us + 9 * sched::hour.us;
    desk.at_us(now_us).configure(busy_desk(dice, policies, now_us));
    int opened = 0;
    for (int batch = 0; batch < 300; ++batch) {
      FrameBuilder builder;
      for (uint64_t c = dice.roll(6); c > 0; --c) build_command(dice, builder, now_us, opened);
      desk.at_us(now_us).apply(builder);
      if (!desk.outcome().more_timers_due) expect_what_the_tickets_say(desk.desk(), seed);
      if (HasFailure()) return;
      now_us += static_cast<int64_t>(dice.roll(dice.chance(5) ? 90'000'000'000 : 600'000'000));
    }
    EXPECT_GT(opened, 50);
  }
}

}  // namespace
}  // namespace paceline::desk::test
