// What an agent did, added up over any period; against a list that forgets nothing.
#include "engine/desk/agent_diary.h"

#include <gtest/gtest.h>

#include "tests/support/dice.h"

namespace paceline::desk::test {
namespace {

using Kind = Activity::Kind;
constexpr int64_t hour_us = sched::hour.us;
constexpr int64_t day_us = sched::day.us;
constexpr int64_t monday_us = 20'458 * day_us;  // 2026-01-05

/// 24×7 as the only calendar: what is scheduled is all time under the shift.
const sched::Calendar& round_the_clock(uint32_t) {
  static const sched::Calendar calendar;
  return calendar;
}

TEST(AgentDiary, NothingBeforeTheAgentWasDefined) {
  AgentDiary diary;
  EXPECT_EQ(diary.sum(0, monday_us, {}, 0, round_the_clock).time, AgentTime{});
  diary.begin(monday_us);
  diary.follow_shift(monday_us, 0);
  const auto sum = diary.sum(0, monday_us + hour_us, {}, 0, round_the_clock);
  EXPECT_EQ(sum.time.scheduled_us, hour_us);  // absent, and scheduled from then on
  EXPECT_EQ(sum.time.adherent_us, 0);
  EXPECT_EQ(sum.from_us, 0);
}

TEST(AgentDiary, APresentActivityGoesOn) {
  AgentDiary diary;
  diary.begin(monday_us);
  diary.note(0, {});  // logged out since it was defined
  const auto sum = diary.sum(monday_us, monday_us + 3 * hour_us, {Kind::busy, true},
                             monday_us + hour_us, round_the_clock);
  EXPECT_EQ(sum.time.busy_us, 2 * hour_us);
  EXPECT_EQ(sum.time.logged_in_us, 2 * hour_us);
  EXPECT_EQ(sum.time.scheduled_us, 0);  // no shift
}

/// Every change, and the shift's hours, for ever.
struct Model {
  struct Change {
    int64_t from_us;
    Activity activity;
  };
  std::vector<Change> changes;
  std::vector<std::pair<int64_t, bool>> shifts;  // since when there is one, or none

  AgentTime sum(int64_t from_us, int64_t to_us) const {
    AgentTime time;
    for (size_t i = 0; i < changes.size(); ++i) {
      const int64_t end_us = i + 1 == changes.size() ? to_us : changes[i + 1].from_us;
      const int64_t begin_us = std::max(from_us, changes[i].from_us);
      if (begin_us >= std::min(to_us, end_us)) continue;
      time.add(changes[i].activity, std::min(to_us, end_us) - begin_us);
      for (size_t s = 0; s < shifts.size(); ++s) {
        const int64_t shift_end_us = s + 1 == shifts.size() ? to_us : shifts[s + 1].first;
        const int64_t a = std::max(begin_us, shifts[s].first);
        const int64_t b = std::min({to_us, end_us, shift_end_us});
        if (!shifts[s].second || a >= b) continue;
        time.scheduled_us += b - a;
        time.adherent_us += changes[i].activity.adherent ? b - a : 0;
      }
    }
    return time;
  }
};

TEST(AgentDiary, SaysWhatAListThatForgetsNothingSays) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    AgentDiary diary;
    Model model;
    diary.begin(monday_us);
    int64_t now_us = monday_us;
    for (int i = 0; i < 15'000; ++i) {
      const Activity activity{static_cast<Kind>(dice.roll(6)), dice.roll(2) == 0};
      if (dice.roll(400) == 0) {
        const bool has = dice.roll(2) == 0;
        diary.follow_shift(now_us, has ? 0 : AgentDiary::no_shift);
        model.shifts.emplace_back(now_us, has);
      }
      diary.note(now_us, activity);
      model.changes.push_back({now_us, activity});
      if (diary.full()) diary.fold(round_the_clock);
      now_us += 1 + static_cast<int64_t>(dice.roll(3'600'000)) * 1'000 +
                static_cast<int64_t>(dice.roll(1'000));
    }
    const Activity last = model.changes.back().activity;
    for (int i = 0; i < 200; ++i) {
      const auto pick = [&] {
        const auto seconds = static_cast<uint64_t>((now_us - monday_us) / sched::second.us);
        return monday_us + static_cast<int64_t>(dice.roll(seconds)) * sched::second.us;
      };
      int64_t from_us = pick(), to_us = pick();
      if (from_us > to_us) std::swap(from_us, to_us);
      const auto sum =
          diary.sum(from_us, to_us, last, model.changes.back().from_us, round_the_clock);
      // It says what it is of, which is never less, and exact at midnight.
      EXPECT_LE(sum.from_us, from_us);
      EXPECT_GE(sum.to_us, to_us);
      EXPECT_LT(from_us - sum.from_us, day_us);
      EXPECT_LT(sum.to_us - to_us, day_us);
      EXPECT_EQ(sum.time, model.sum(sum.from_us, sum.to_us)) << from_us << " " << to_us;
      const int64_t midnight_us = from_us - from_us % day_us;
      EXPECT_EQ(
          diary.sum(midnight_us, now_us, last, model.changes.back().from_us, round_the_clock).time,
          model.sum(midnight_us, now_us));
    }
    EXPECT_EQ(diary.sum(0, now_us, last, model.changes.back().from_us, round_the_clock).time,
              model.sum(0, now_us));
  }
}

}  // namespace
}  // namespace paceline::desk::test
