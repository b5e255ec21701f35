#include "sched/calendar.h"

#include <gtest/gtest.h>

#include <random>

#include "sched/local_time.h"
#include "tests/models/calendar_model.h"
#include "tests/support/pinned_zones.h"
#include "tests/support/random_calendar.h"

namespace paceline::sched {
namespace {

using tests::CalendarModel;
using tests::pinned_zone;
using tests::pinned_zones;
using tests::RandomCalendar;

constexpr Instant utc(int64_t year, unsigned month, unsigned date, int64_t hours = 0,
                      int64_t minutes = 0) {
  return {days_from_civil(year, month, date) * day.us + hours * hour.us + minutes * minute.us};
}

constexpr BusinessDuration hours(int64_t n) { return {n * hour.us}; }
constexpr uint32_t clock(uint32_t h, uint32_t m = 0) { return h * 3'600 + m * 60; }
constexpr uint8_t sunday = 6;

CalendarSpec on_days(const std::string& zone, uint8_t first, uint8_t last, uint32_t open_s,
                     uint32_t close_s) {
  CalendarSpec spec;
  spec.name = "test";
  if (zone != "UTC") spec.zone = pinned_zone(zone);
  for (uint8_t weekday = first; weekday <= last; ++weekday)
    spec.week.push_back({weekday, open_s, close_s});
  return spec;
}
CalendarSpec weekdays_9_to_17(const std::string& zone) {
  return on_days(zone, 0, 4, clock(9), clock(17));
}
CalendarSpec daily(const std::string& zone, uint32_t open_s, uint32_t close_s) {
  return on_days(zone, 0, 6, open_s, close_s);
}

Calendar compiled(const CalendarSpec& spec) {
  auto calendar = Calendar::compile(spec);
  CHECK(calendar.has_value());
  return *std::move(calendar);
}

CalendarError refusal(const CalendarSpec& spec) { return Calendar::compile(spec).error(); }

// Golden vectors, computed with Python's zoneinfo.

TEST(Calendar, FourHoursOverTheSpringWeekend) {
  const Calendar calendar = compiled(weekdays_9_to_17("Europe/London"));
  EXPECT_EQ(calendar.add(utc(2026, 3, 27, 16), hours(4)), utc(2026, 3, 30, 11));
}

TEST(Calendar, FourHoursOverTheAutumnWeekend) {
  const Calendar calendar = compiled(weekdays_9_to_17("Europe/London"));
  EXPECT_EQ(calendar.add(utc(2026, 10, 23, 15), hours(4)), utc(2026, 10, 26, 12));
}

TEST(Calendar, RoundTheClockInSpringIsElapsedTime) {
  const Calendar calendar = compiled(daily("Europe/London", 0, clock(24)));
  EXPECT_EQ(calendar.add(utc(2026, 3, 28, 12), hours(24)), utc(2026, 3, 29, 12));
}

TEST(Calendar, RoundTheClockInAutumnIsElapsedTime) {
  const Calendar calendar = compiled(daily("Europe/London", 0, clock(24)));
  EXPECT_EQ(calendar.add(utc(2026, 10, 24, 11), hours(24)), utc(2026, 10, 25, 11));
}

TEST(Calendar, SpringNightShiftIsFiveHoursLong) {
  const Calendar calendar = compiled(daily("America/New_York", 0, clock(6)));
  EXPECT_EQ(calendar.add(utc(2026, 3, 8, 5), hours(6)), utc(2026, 3, 9, 5));
}

TEST(Calendar, AutumnNightShiftIsSevenHoursLong) {
  const Calendar calendar = compiled(daily("America/New_York", 0, clock(6)));
  EXPECT_EQ(calendar.add(utc(2026, 11, 1, 4), hours(7)), utc(2026, 11, 1, 11));
}

TEST(Calendar, OpeningInsideTheGapOpensAtTheTransition) {
  const Calendar calendar =
      compiled(on_days("America/New_York", sunday, sunday, clock(2, 30), clock(6)));
  EXPECT_EQ(calendar.next_open(utc(2026, 3, 8, 5)), utc(2026, 3, 8, 7));
  EXPECT_EQ(calendar.add(utc(2026, 3, 8, 5), hours(1)), utc(2026, 3, 8, 8));
}

TEST(Calendar, HalfHourOfDaylightSaving) {
  const Calendar calendar = compiled(daily("Australia/Lord_Howe", 0, clock(6)));
  EXPECT_EQ(calendar.add(utc(2026, 4, 4, 12), hours(6)), utc(2026, 4, 4, 19));
}

TEST(Calendar, HalfHourZone) {
  const Calendar calendar = compiled(weekdays_9_to_17("Asia/Kolkata"));
  EXPECT_EQ(calendar.add(utc(2026, 11, 20, 11), hours(8)), utc(2026, 11, 23, 11));
}

TEST(Calendar, ClosingWhereTheRepeatBeginsTakesTheFirstOccurrence) {
  const Calendar calendar = compiled(on_days("Europe/London", sunday, sunday, 0, clock(1)));
  EXPECT_EQ(calendar.add(utc(2026, 10, 24, 23), hours(2)), utc(2026, 11, 1, 1));
}

TEST(Calendar, ClosedDatesAreSkipped) {
  CalendarSpec spec = weekdays_9_to_17("Europe/London");
  spec.closed = {{2026, 12, 28}, {2026, 12, 25}};
  EXPECT_EQ(compiled(spec).add(utc(2026, 12, 24, 15, 30), hours(2)), utc(2026, 12, 29, 9, 30));
}

// Rules of conversion.

TEST(Calendar, ClosingInsideTheRepeatedHourTakesTheSecondOccurrence) {
  const Calendar calendar = compiled(on_days("Europe/London", sunday, sunday, 0, clock(1, 30)));
  // 00:00 BST to the second 01:30, in GMT.
  EXPECT_EQ(calendar.between(utc(2026, 10, 24), utc(2026, 10, 26)).us, 150 * minute.us);
}

TEST(Calendar, OpeningInsideTheRepeatedHourTakesTheFirstOccurrence) {
  const Calendar calendar =
      compiled(on_days("Europe/London", sunday, sunday, clock(1, 30), clock(4)));
  EXPECT_EQ(calendar.next_open(utc(2026, 10, 24)), utc(2026, 10, 25, 0, 30));
}

TEST(Calendar, ClosingWhereTheRepeatEndsIsOrdinary) {
  const Calendar calendar = compiled(on_days("Europe/London", sunday, sunday, 0, clock(2)));
  EXPECT_EQ(calendar.between(utc(2026, 10, 24), utc(2026, 10, 26)), hours(3));
}

TEST(Calendar, BreakInsideTheRepeatedHourDisappears) {
  CalendarSpec spec = on_days("Europe/London", sunday, sunday, 0, clock(1, 15));
  spec.week.push_back({sunday, clock(1, 30), clock(6)});
  EXPECT_EQ(compiled(spec).between(utc(2026, 10, 24), utc(2026, 10, 26)), hours(7));
}

TEST(Calendar, IntervalSwallowedByTheGapHasNoLength) {
  const Calendar calendar =
      compiled(on_days("America/New_York", sunday, sunday, clock(2), clock(3)));
  EXPECT_EQ(calendar.between(utc(2026, 3, 8), utc(2026, 3, 9)).us, 0);
  EXPECT_EQ(calendar.between(utc(2026, 3, 15), utc(2026, 3, 16)), hours(1));
}

TEST(Calendar, DaySkippedByTheDateLineHasNoOpenTime) {
  // Apia had no 30 December 2011: its clocks went from the end of Thursday to Saturday.
  const Calendar calendar = compiled(weekdays_9_to_17("Pacific/Apia"));
  EXPECT_EQ(calendar.add(utc(2011, 12, 30, 2), hours(2)), utc(2012, 1, 1, 20));
}

TEST(Calendar, RoundTheClockIsContinuousInEveryZone) {
  for (const Zone& zone : pinned_zones()) {
    CalendarSpec spec = daily("UTC", 0, clock(24));
    spec.zone = zone;
    const Calendar calendar = compiled(spec);
    EXPECT_EQ(calendar.between(Calendar::first_instant, Calendar::horizon).us,
              (Calendar::horizon - Calendar::first_instant).us)
        << zone.name;
  }
}

// SEMANTICS 18.1.
TEST(CalendarRegression, RoundTheClockWrittenTo2359LacksAMinuteAndTo2400LacksNone) {
  const Calendar calendar = compiled(daily("Europe/London", 0, clock(23, 59)));
  EXPECT_EQ(calendar.between(utc(2026, 6, 1), utc(2026, 6, 8)).us, (7 * 1'440 - 7) * minute.us);
  EXPECT_FALSE(calendar.open_at(utc(2026, 6, 1, 22, 59)));  // 23:59 in London
  const Calendar whole = compiled(daily("Europe/London", 0, clock(24)));
  EXPECT_EQ(whole.between(utc(2026, 6, 1), utc(2026, 6, 8)), hours(7 * 24));
  EXPECT_EQ(whole.add(utc(2026, 6, 1, 22, 30), hours(1)), utc(2026, 6, 1, 23, 30));
}

TEST(Calendar, NightShiftBelongsToItsOpeningDay) {
  CalendarSpec spec = daily("UTC", clock(22), clock(30));
  spec.closed = {{2026, 6, 2}};
  const Calendar calendar = compiled(spec);
  EXPECT_TRUE(calendar.open_at(utc(2026, 6, 2, 3)));    // of Monday's shift
  EXPECT_FALSE(calendar.open_at(utc(2026, 6, 2, 23)));  // Tuesday is closed …
  EXPECT_FALSE(calendar.open_at(utc(2026, 6, 3, 3)));   // … to its end
  EXPECT_TRUE(calendar.open_at(utc(2026, 6, 3, 22)));
}

TEST(Calendar, OverlappingIntervalsCountOnceAndTouchingOnesJoin) {
  CalendarSpec spec = on_days("UTC", 0, 0, clock(9), clock(12));
  spec.week.push_back({0, clock(11), clock(14)});
  spec.week.push_back({0, clock(14), clock(15)});
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(calendar.between(utc(2026, 6, 1), utc(2026, 6, 2)), hours(6));
  EXPECT_EQ(calendar.add(utc(2026, 6, 1, 9), hours(6)), utc(2026, 6, 1, 15));
}

TEST(Calendar, UnionWithItselfIsItself) {
  CalendarSpec spec = weekdays_9_to_17("Europe/London");
  const Calendar once = compiled(spec);
  spec.week.insert(spec.week.end(), spec.week.begin(), spec.week.end());
  const Calendar twice = compiled(spec);
  for (int64_t d = 0; d < 400; ++d) {
    const Instant t = utc(2026, 1, 1) + day * d + hour * (d % 24);
    EXPECT_EQ(once.add(t, hours(d + 1)), twice.add(t, hours(d + 1)));
  }
}

// Edges of what add() and between() are asked.

TEST(Calendar, TargetThatEndsAtClosingTimeIsDueAtClosingTime) {
  const Calendar calendar = compiled(weekdays_9_to_17("UTC"));
  EXPECT_EQ(calendar.add(utc(2026, 6, 5, 13), hours(4)), utc(2026, 6, 5, 17));
  EXPECT_EQ(calendar.add(utc(2026, 6, 5, 13), {hours(4).us + 1}).us, utc(2026, 6, 8, 9).us + 1);
}

TEST(Calendar, AddingNothingStaysWhereItIs) {
  const Calendar calendar = compiled(weekdays_9_to_17("UTC"));
  EXPECT_EQ(calendar.add(utc(2026, 6, 6), {0}), utc(2026, 6, 6));
}

TEST(Calendar, WhatDoesNotFitBeforeTheHorizonIsNever) {
  const Calendar calendar = compiled(weekdays_9_to_17("UTC"));
  const BusinessDuration all = calendar.between(Calendar::first_instant, Calendar::horizon);
  EXPECT_LT(calendar.add(Calendar::first_instant, all), Calendar::horizon);
  EXPECT_EQ(calendar.add(Calendar::first_instant, {all.us + 1}), never);
  EXPECT_EQ(calendar.add(utc(2026, 6, 1), {never.us}), never);
  EXPECT_EQ(calendar.add(utc(2150, 1, 1), hours(1)), never);
  EXPECT_EQ(calendar.next_open(utc(2150, 1, 1)), never);
}

TEST(Calendar, TimeBeforeTheFirstInstantIsClosed) {
  const Calendar calendar = compiled(weekdays_9_to_17("UTC"));
  EXPECT_EQ(calendar.between(utc(1960, 1, 1), Calendar::first_instant).us, 0);
  EXPECT_EQ(calendar.next_open(utc(1960, 1, 1)), utc(1989, 12, 1, 9));  // a Friday
  EXPECT_EQ(calendar.add(utc(1960, 1, 1), hours(1)), utc(1989, 12, 1, 10));
}

TEST(Calendar, AlwaysOpenIsElapsedTime) {
  const Calendar calendar;
  EXPECT_TRUE(calendar.always_open());
  EXPECT_EQ(calendar.between(utc(2026, 1, 1), utc(2026, 1, 2)), hours(24));
  EXPECT_EQ(calendar.add(utc(2026, 1, 1), hours(24)), utc(2026, 1, 2));
  EXPECT_EQ(calendar.add(utc(2026, 1, 1), {never.us}), never);
  EXPECT_EQ(calendar.next_open(utc(2026, 1, 1)), utc(2026, 1, 1));
}

TEST(Calendar, PauseAndResumeAtOneInstantMoveNothing) {
  const Calendar calendar = compiled(weekdays_9_to_17("Europe/London"));
  std::mt19937_64 random(5);
  for (int i = 0; i < 2'000; ++i) {
    const Instant start =
        utc(2026, 1, 1) + microsecond * static_cast<int64_t>(random() % (400 * day.us));
    const BusinessDuration target{static_cast<int64_t>(random() % (100 * hour.us)) + 1};
    const Instant due = calendar.add(start, target);
    const Instant paused = start + microsecond * static_cast<int64_t>(random() % (30 * day.us));
    const BusinessDuration consumed = calendar.between(start, paused);
    if (consumed < target) {
      EXPECT_EQ(calendar.add(paused, target - consumed), due);
    }
  }
}

// Refusals.

// SEMANTICS 18.2; a calendar that opens no more is refused by the loader.
TEST(CalendarRefuses, CalendarWithoutOpenTime) {
  EXPECT_EQ(refusal(CalendarSpec{}), CalendarError::no_open_time);
}

TEST(CalendarRefuses, InvertedIntervals) {
  EXPECT_EQ(refusal(daily("UTC", clock(17), clock(9))), CalendarError::interval_inverted);
  EXPECT_EQ(refusal(daily("UTC", clock(9), clock(9))), CalendarError::interval_inverted);
  EXPECT_EQ(refusal(daily("UTC", clock(9), clock(33, 1))), CalendarError::interval_inverted);
  EXPECT_EQ(refusal(daily("UTC", clock(24), clock(25))), CalendarError::interval_inverted);
}

TEST(CalendarRefuses, WeekdaysAndDatesThatDoNotExist) {
  EXPECT_EQ(refusal(on_days("UTC", 7, 7, 0, 60)), CalendarError::weekday_unknown);
  CalendarSpec spec = weekdays_9_to_17("UTC");
  spec.closed = {{2026, 2, 29}};
  EXPECT_EQ(refusal(spec), CalendarError::date_invalid);
  spec.closed = {{2028, 2, 29}};
  EXPECT_TRUE(Calendar::compile(spec).has_value());
}

TEST(CalendarRefuses, ZonesNobodyCouldLiveIn) {
  CalendarSpec spec = weekdays_9_to_17("UTC");
  spec.zone.transitions = {{{200}, 0}, {{100}, 3'600}};
  EXPECT_EQ(refusal(spec), CalendarError::transitions_unsorted);
  spec.zone.transitions = {{{100}, 27 * 3'600}};
  EXPECT_EQ(refusal(spec), CalendarError::offset_invalid);
}

TEST(CalendarRefuses, MoreIntervalsThanAWeekCanUse) {
  CalendarSpec spec;
  spec.week.assign(week_intervals_max + 1, {0, 0, 60});
  EXPECT_EQ(refusal(spec), CalendarError::too_many_intervals);
}

// Random calendars in every pinned zone, against the model that walks the minutes. More zones and
// years, and the algebra, are met in tests/engine/config/calendar_zones_test.cpp.

class RandomCalendars : public testing::TestWithParam<uint64_t> {};

TEST_P(RandomCalendars, AgreeWithTheWalkFromMinuteToMinute) {
  std::mt19937_64 random(GetParam());
  for (const Zone& zone : pinned_zones()) {
    const Instant from = zone.name == "Pacific/Apia" ? utc(2011, 1, 1) : utc(2026, 1, 1);
    const Instant to = from + day * 400;
    SCOPED_TRACE(zone.name + ", seed " + std::to_string(GetParam()));
    const auto year = static_cast<int16_t>(civil_from_days(from.us / day.us).year);
    const CalendarSpec spec = RandomCalendar(random).days(zone, year);
    const auto result = Calendar::compile(spec);
    if (!result) continue;  // valid on no day that opens
    const Calendar calendar = *result;
    const CalendarModel model(spec, from, to);

    for (int64_t m = from.us / minute.us; m < to.us / minute.us; ++m) {
      if (calendar.open_at({m * minute.us}) != model.open_at_minute(m)) FAIL() << "minute " << m;
    }

    const auto some_instant = [&] {
      const auto offset = static_cast<int64_t>(random() % static_cast<uint64_t>((to - from).us));
      return Instant{from.us + offset - (random() % 2 == 0 ? offset % minute.us : 0)};
    };
    for (int i = 0; i < 40; ++i) {
      Instant a = some_instant();
      Instant b = some_instant();
      if (b < a) std::swap(a, b);
      const Instant c = b + hour;
      ASSERT_EQ(calendar.between(a, b).us, model.between_us(a.us, b.us)) << a.us << ' ' << b.us;
      ASSERT_EQ(calendar.between(a, c), calendar.between(a, b) + calendar.between(b, c));
      ASSERT_LE(calendar.between(a, b).us, (b - a).us);

      const BusinessDuration d{static_cast<int64_t>(random() % (80 * hour.us)) + 1};
      const Instant due = calendar.add(a, d);
      const int64_t expected_us = model.add_us(a.us, d.us);
      if (expected_us >= 0) {
        ASSERT_EQ(due.us, expected_us) << a.us << " + " << d.us;
      }
      if (due != never) {
        ASSERT_EQ(calendar.between(a, due), d);
      }
      ASSERT_LE(due, calendar.add(a, d + BusinessDuration{1}));
      ASSERT_LE(due, calendar.add(a + microsecond, d));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomCalendars, testing::Range<uint64_t>(1, 7));

}  // namespace
}  // namespace paceline::sched
