// Exceptions, yearly rules, validity, algebra, business days, differences.
#include <gtest/gtest.h>

#include "sched/calendar.h"
#include "sched/calendar_days.h"
#include "sched/local_time.h"
#include "tests/models/calendar_model.h"
#include "tests/support/pinned_zones.h"

namespace paceline::sched {
namespace {

using tests::pinned_zone;

constexpr Instant utc(int64_t year, unsigned month, unsigned date, int64_t hours = 0,
                      int64_t minutes = 0) {
  return {days_from_civil(year, month, date) * day.us + hours * hour.us + minutes * minute.us};
}
constexpr BusinessDuration hours(int64_t n) { return {n * hour.us}; }
constexpr uint32_t clock(uint32_t h, uint32_t m = 0) { return h * 3'600 + m * 60; }
constexpr uint32_t two_pm = clock(14);

CalendarSpec weekdays(uint32_t open_s, uint32_t close_s, const std::string& zone = "UTC") {
  CalendarSpec spec;
  spec.name = "test";
  if (zone != "UTC") spec.zone = pinned_zone(zone);
  for (uint8_t weekday = 0; weekday < 5; ++weekday) spec.week.push_back({weekday, open_s, close_s});
  return spec;
}
CalendarSpec nine_to_five(const std::string& zone = "UTC") {
  return weekdays(clock(9), clock(17), zone);
}
CalendarSpec algebra(Algebra operation, std::vector<CalendarSpec> operands) {
  CalendarSpec spec;
  spec.name = "algebra";
  spec.algebra = operation;
  spec.operands = std::move(operands);
  spec.zone = spec.operands[0].zone;
  return spec;
}
Calendar compiled(const CalendarSpec& spec) {
  auto calendar = Calendar::compile(spec);
  CHECK(calendar.has_value());
  return *std::move(calendar);
}
CalendarError refusal(const CalendarSpec& spec) { return Calendar::compile(spec).error(); }

YearlyDay nth_weekday(uint8_t nth, uint8_t weekday, uint8_t month) {
  YearlyDay on;
  on.kind = YearlyDay::Kind::weekday_of_month;
  on.nth = nth;
  on.weekday = weekday;
  on.month = month;
  return on;
}
YearlyDay month_day(uint8_t month, uint8_t date) {
  YearlyDay on;
  on.month = month;
  on.day = date;
  return on;
}
YearlyDay easter(int16_t offset_days) {
  YearlyDay on;
  on.kind = YearlyDay::Kind::easter;
  on.offset_days = offset_days;
  return on;
}

BusinessDuration open_on(const Calendar& calendar, Instant date) {
  return calendar.between(date, date + day);
}

// Dates.

TEST(CalendarRules, DateWithItsOwnHoursReplacesTheWeek) {
  CalendarSpec spec = nine_to_five();
  spec.open = {{{2026, 12, 24}, clock(9), clock(12)},
               {{2026, 12, 24}, clock(13), clock(14)},
               {{2026, 12, 26}, clock(10), clock(11)}};  // a Saturday
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(open_on(calendar, utc(2026, 12, 23)), hours(8));
  EXPECT_EQ(open_on(calendar, utc(2026, 12, 24)), hours(4));
  EXPECT_EQ(open_on(calendar, utc(2026, 12, 26)), hours(1));
}

TEST(CalendarRules, ClosedDateWinsOverItsOwnHours) {
  CalendarSpec spec = nine_to_five();
  spec.open = {{{2026, 12, 24}, clock(9), clock(12)}};
  spec.closed = {{2026, 12, 24}};
  EXPECT_EQ(open_on(compiled(spec), utc(2026, 12, 24)), hours(0));
}

TEST(CalendarRules, YearlyDayIsClosedEveryYear) {
  CalendarSpec spec = nine_to_five();
  spec.yearly = {{month_day(12, 25), 0, 0}, {month_day(12, 24), clock(9), clock(12)}};
  const Calendar calendar = compiled(spec);
  for (int64_t year = 1990; year < 2100; ++year) {
    EXPECT_EQ(open_on(calendar, utc(year, 12, 25)), hours(0)) << year;
    EXPECT_EQ(open_on(calendar, utc(year, 12, 24)), hours(3)) << year;  // on Sundays too
  }
}

TEST(CalendarRules, LeapDayComesInLeapYearsOnly) {
  CalendarSpec spec = nine_to_five();
  spec.yearly = {{month_day(2, 29), 0, 0}};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(open_on(calendar, utc(2028, 2, 29)), hours(0));  // a Tuesday
  EXPECT_EQ(open_on(calendar, utc(2027, 3, 1)), hours(8));
}

TEST(CalendarRules, NthAndLastWeekdayOfAMonth) {
  CalendarSpec spec = nine_to_five();
  spec.yearly = {{nth_weekday(0, 0, 5), 0, 0},   // last Monday in May
                 {nth_weekday(1, 0, 5), 0, 0},   // first Monday in May
                 {nth_weekday(4, 3, 11), 0, 0},  // fourth Thursday in November
                 {nth_weekday(5, 0, 6), 0, 0}};  // fifth Monday in June, where there is one
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(open_on(calendar, utc(2026, 5, 4)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 5, 18)), hours(8));
  EXPECT_EQ(open_on(calendar, utc(2026, 5, 25)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2027, 5, 31)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 11, 26)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 6, 29)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2027, 6, 28)), hours(8));  // the fourth, and last
}

TEST(CalendarRules, EasterMovesGoodFridayAndItsMonday) {
  CalendarSpec spec = nine_to_five();
  spec.yearly = {{easter(-2), 0, 0}, {easter(1), 0, 0}, {easter(39), 0, 0}};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(open_on(calendar, utc(2026, 4, 3)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 4, 6)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 5, 14)), hours(0));  // Ascension Day
  EXPECT_EQ(open_on(calendar, utc(2027, 3, 26)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2027, 3, 29)), hours(0));
  EXPECT_EQ(open_on(calendar, utc(2026, 4, 7)), hours(8));
}

TEST(CalendarRules, EasterAgreesWithGauss) {
  for (int year = 1970; year < 2100; ++year) {
    const auto [month, date] = tests::easter_by_gauss(year);
    EXPECT_EQ(easter_sunday(year),
              days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(date)))
        << year;
  }
}

TEST(CalendarRules, DateBeatsYearlyDayAndClosedBeatsHoursAmongYearlyDays) {
  CalendarSpec spec = nine_to_five();
  spec.yearly = {{month_day(12, 25), 0, 0},
                 {nth_weekday(0, 4, 12), clock(9), clock(10)},  // last Friday in December
                 {month_day(7, 1), clock(9), clock(10)},
                 {nth_weekday(1, 2, 7), clock(11), clock(12)}};  // first Wednesday in July
  spec.open = {{{2027, 12, 25}, clock(8), clock(10)}};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(open_on(calendar, utc(2026, 12, 25)), hours(0));  // a last Friday
  EXPECT_EQ(open_on(calendar, utc(2027, 12, 25)), hours(2));
  EXPECT_EQ(open_on(calendar, utc(2026, 7, 1)), hours(2));  // a first Wednesday: both
}

TEST(CalendarRules, ValidityIsInLocalDatesAndItsEndIsNotWithin) {
  CalendarSpec spec = weekdays(clock(20), clock(28), "America/New_York");
  spec.valid_from = LocalDate{2026, 6, 2};  // a Tuesday
  spec.valid_to = LocalDate{2026, 6, 4};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(calendar.next_open(utc(1990, 1, 1)), utc(2026, 6, 3, 0));
  // Wednesday's shift ends on Thursday, which opens nothing itself.
  EXPECT_EQ(calendar.between(utc(2026, 1, 1), utc(2027, 1, 1)), hours(16));
  EXPECT_EQ(calendar.next_close(utc(2026, 6, 4, 1)), utc(2026, 6, 4, 8));
  EXPECT_EQ(calendar.next_open(utc(2026, 6, 4, 8)), never);
  EXPECT_EQ(calendar.next_close(utc(2026, 6, 4, 8)), never);
}

// Algebra.

TEST(CalendarAlgebra, UnionIntersectionAndDifferenceOfTwoZones) {
  const CalendarSpec london = nine_to_five("Europe/London");
  const CalendarSpec new_york = nine_to_five("America/New_York");
  const Instant monday = utc(2026, 6, 1);  // London 08–16 UTC, New York 13–21 UTC
  EXPECT_EQ(open_on(compiled(algebra(Algebra::union_of, {london, new_york})), monday), hours(13));
  EXPECT_EQ(open_on(compiled(algebra(Algebra::intersect, {london, new_york})), monday), hours(3));
  EXPECT_EQ(open_on(compiled(algebra(Algebra::minus, {london, new_york})), monday), hours(5));
  const Calendar off_hours =
      compiled(algebra(Algebra::minus, {round_the_clock(), london, new_york}));
  EXPECT_EQ(open_on(off_hours, monday), hours(11));
  EXPECT_FALSE(off_hours.always_open());
}

TEST(CalendarAlgebra, WithItselfAndWithEverything) {
  const CalendarSpec uk = nine_to_five("Europe/London");
  const Calendar once = compiled(uk);
  for (const CalendarSpec& spec :
       {algebra(Algebra::union_of, {uk, uk}), algebra(Algebra::intersect, {uk, uk}),
        algebra(Algebra::intersect, {uk, round_the_clock()}), algebra(Algebra::union_of, {uk}),
        algebra(Algebra::minus,
                {round_the_clock(), algebra(Algebra::minus, {round_the_clock(), uk})})}) {
    EXPECT_TRUE(
        compiled(spec).differences(once, Calendar::first_instant, Calendar::horizon, 10).empty());
  }
  EXPECT_EQ(refusal(algebra(Algebra::minus, {uk, uk})), CalendarError::no_open_time);
}

TEST(CalendarAlgebra, IsBoundedInDepthAndOperands) {
  CalendarSpec deep = nine_to_five();
  for (size_t i = 0; i < algebra_depth_max; ++i) deep = algebra(Algebra::union_of, {deep});
  EXPECT_TRUE(Calendar::compile(deep).has_value());
  EXPECT_EQ(refusal(algebra(Algebra::union_of, {deep})), CalendarError::operands_invalid);
  const std::vector<CalendarSpec> many(algebra_operands_max + 1, round_the_clock());
  EXPECT_EQ(refusal(algebra(Algebra::union_of, many)), CalendarError::operands_invalid);
  CalendarSpec full;  // every half hour of the week
  for (uint8_t weekday = 0; weekday < 7; ++weekday)
    for (uint32_t i = 0; i < 48; ++i) full.week.push_back({weekday, i * 1'800, i * 1'800 + 600});
  EXPECT_FALSE(problem_in(algebra(Algebra::union_of, {full, full, full, full})));
  EXPECT_EQ(problem_in(algebra(Algebra::union_of, {full, full, full, full, full})),
            CalendarError::operands_invalid);
  CalendarSpec none = nine_to_five();
  none.algebra = Algebra::minus;
  EXPECT_EQ(refusal(none), CalendarError::operands_invalid);
  none = nine_to_five();
  none.operands = {nine_to_five()};
  EXPECT_EQ(refusal(none), CalendarError::operands_invalid);
}

TEST(CalendarAlgebra, ProblemOfAnOperandIsItsOwn) {
  CalendarSpec broken = nine_to_five();
  broken.closed = {{2026, 2, 30}};
  EXPECT_EQ(refusal(algebra(Algebra::union_of, {nine_to_five(), broken})),
            CalendarError::date_invalid);
}

// Business days.

TEST(BusinessDays, StartAfterCutOffCountsFromTheNextDay) {
  const Calendar calendar = compiled(nine_to_five("Europe/London"));
  const Instant friday = utc(2026, 6, 5);
  // The cut-off, 14:00 in London, is 13:00 UTC; 17:00 is 16:00 UTC.
  EXPECT_EQ(calendar.end_of_business_day(friday + hour * 13, 1, two_pm), friday + hour * 16);
  EXPECT_EQ(calendar.end_of_business_day(friday + hour * 13 + microsecond, 1, two_pm),
            utc(2026, 6, 8, 16));
  EXPECT_EQ(calendar.end_of_business_day(friday, 1, two_pm), friday + hour * 16);
  EXPECT_EQ(calendar.end_of_business_day(friday, 2, two_pm), utc(2026, 6, 8, 16));
  EXPECT_EQ(calendar.end_of_business_day(friday + hour * 20, 5, two_pm), utc(2026, 6, 12, 16));
}

TEST(BusinessDays, HolidayIsNoneAndClosesAtTheEndOfItsLastInterval) {
  CalendarSpec spec = nine_to_five();
  spec.week.push_back({3, clock(19), clock(20)});
  spec.closed = {{2026, 12, 25}, {2026, 12, 28}};
  spec.open = {{{2026, 12, 29}, clock(9), clock(12)}};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 12, 24, 8), 1, two_pm), utc(2026, 12, 24, 20));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 12, 24, 8), 2, two_pm), utc(2026, 12, 29, 12));
}

TEST(BusinessDays, DayThatHasClosedBeforeItsCutOffIsOver) {
  CalendarSpec spec = nine_to_five();
  spec.open = {{{2026, 12, 24}, clock(9), clock(12)}};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 12, 24, 11, 59), 1, two_pm),
            utc(2026, 12, 24, 12));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 12, 24, 12), 1, two_pm), utc(2026, 12, 25, 17));
}

TEST(BusinessDays, NightShiftClosesOnTheDayAfterItsOpening) {
  const Calendar calendar = compiled(weekdays(clock(22), clock(30)));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 5, 10), 1, two_pm), utc(2026, 6, 6, 6));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 6, 5), 1, two_pm), utc(2026, 6, 9, 6));
}

TEST(BusinessDays, ClosingTimeIsThatOfTheDayEvenWhereTheNextDayJoins) {
  CalendarSpec spec;
  for (uint8_t weekday = 0; weekday < 7; ++weekday) spec.week.push_back({weekday, 0, clock(24)});
  spec.zone = pinned_zone("Europe/London");
  const Calendar calendar = compiled(spec);
  EXPECT_TRUE(calendar.has_business_days());
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 1, 10), 1, two_pm), utc(2026, 6, 1, 23));
}

TEST(BusinessDays, CutOffFollowsTheZonesRules) {
  CalendarSpec spec;
  spec.zone = pinned_zone("Europe/London");
  spec.week = {{6, clock(0), clock(9)}};
  const Calendar calendar = compiled(spec);
  // 01:30 comes twice on 25 October 2026: the second one, 01:30 UTC, is the cut-off.
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 10, 25, 1, 30), 1, clock(1, 30)),
            utc(2026, 10, 25, 9));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 10, 25, 1, 31), 1, clock(1, 30)),
            utc(2026, 11, 1, 9));
}

TEST(BusinessDays, DayTheDateLineSkippedIsNone) {
  const Calendar calendar = compiled(nine_to_five("Pacific/Apia"));
  // Thursday 29 December 2011, then Monday 2 January 2012; there was no Friday.
  EXPECT_EQ(calendar.end_of_business_day(utc(2011, 12, 29, 20), 2, two_pm), utc(2012, 1, 2, 3));
}

TEST(BusinessDays, NeverAfterTheLastAndNoneRoundTheClock) {
  CalendarSpec spec = nine_to_five();
  spec.valid_to = LocalDate{2026, 6, 3};
  const Calendar calendar = compiled(spec);
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 1, 8), 2, two_pm), utc(2026, 6, 2, 17));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 1, 8), 3, two_pm), never);
  EXPECT_EQ(calendar.end_of_business_day(never, 1, two_pm), never);
  EXPECT_EQ(calendar.end_of_business_day({-never.us}, 1, two_pm), utc(1989, 12, 1, 17));
  EXPECT_EQ(calendar.end_of_business_day(utc(2026, 6, 1), 4'000'000'000, two_pm), never);
  EXPECT_FALSE(Calendar().has_business_days());
  EXPECT_EQ(Calendar().end_of_business_day(utc(2026, 6, 1), 1, two_pm), never);
}

TEST(BusinessDays, OfAnAlgebraBeginInItsZoneAndLongSpellsAreCutAtMidnight) {
  const CalendarSpec london = nine_to_five("Europe/London");
  const CalendarSpec new_york = nine_to_five("America/New_York");
  const Calendar both = compiled(algebra(Algebra::union_of, {london, new_york}));
  EXPECT_EQ(both.end_of_business_day(utc(2026, 6, 1, 8), 1, two_pm), utc(2026, 6, 1, 21));

  CalendarSpec weekend = nine_to_five();
  weekend = algebra(Algebra::minus, {round_the_clock(), weekdays(0, clock(24))});
  const Calendar saturdays = compiled(weekend);  // one spell of 48 hours
  EXPECT_EQ(saturdays.end_of_business_day(utc(2026, 6, 1), 1, two_pm), utc(2026, 6, 7));
  EXPECT_EQ(saturdays.end_of_business_day(utc(2026, 6, 1), 2, two_pm), utc(2026, 6, 8));
}

// Openings, closings, differences.

TEST(CalendarRules, NextCloseIsTheEndOfThisOrTheNextInterval) {
  const Calendar calendar = compiled(nine_to_five());
  EXPECT_EQ(calendar.next_close(utc(2026, 6, 5, 10)), utc(2026, 6, 5, 17));
  EXPECT_EQ(calendar.next_close(utc(2026, 6, 5, 17)), utc(2026, 6, 8, 17));
  EXPECT_EQ(calendar.next_close(utc(1960, 1, 1)), utc(1989, 12, 1, 17));
  EXPECT_EQ(Calendar().next_close(utc(2026, 6, 5)), never);
}

TEST(CalendarRules, DifferencesAreWhereExactlyOneIsOpen) {
  const Calendar before = compiled(nine_to_five());
  CalendarSpec changed = weekdays(clock(8), clock(16));
  changed.closed = {{2026, 6, 2}};
  const Calendar after = compiled(changed);
  const auto spans = before.differences(after, utc(2026, 6, 1), utc(2026, 6, 3), 100);
  EXPECT_EQ(spans, (std::vector<Span>{{utc(2026, 6, 1, 8), utc(2026, 6, 1, 9)},
                                      {utc(2026, 6, 1, 16), utc(2026, 6, 1, 17)},
                                      {utc(2026, 6, 2, 9), utc(2026, 6, 2, 17)}}));
  EXPECT_EQ(after.differences(before, utc(2026, 6, 1), utc(2026, 6, 3), 100), spans);
  EXPECT_EQ(before.differences(after, utc(2026, 6, 1), utc(2026, 6, 3), 2).size(), 2U);
  EXPECT_EQ(before.differences(after, utc(2026, 6, 1, 8, 30), utc(2026, 6, 1, 8, 40), 9),
            (std::vector<Span>{{utc(2026, 6, 1, 8, 30), utc(2026, 6, 1, 8, 40)}}));
  EXPECT_EQ(before.differences(Calendar(), utc(2026, 6, 6), utc(2026, 6, 7), 9),
            (std::vector<Span>{{utc(2026, 6, 6), utc(2026, 6, 7)}}));
  EXPECT_TRUE(before.differences(before, utc(1980, 1, 1), utc(2150, 1, 1), 9).empty());
}

// Refusals.

TEST(CalendarRefuses, ExceptionsThatCannotBe) {
  CalendarSpec spec = nine_to_five();
  spec.open = {{{2026, 4, 31}, 0, 60}};
  EXPECT_EQ(refusal(spec), CalendarError::date_invalid);
  spec.open = {{{2026, 4, 30}, 60, 60}};
  EXPECT_EQ(refusal(spec), CalendarError::interval_inverted);
  spec.open.assign(exceptions_max + 1, {{2026, 4, 30}, 0, 60});
  EXPECT_EQ(refusal(spec), CalendarError::too_many_exceptions);

  spec = nine_to_five();
  for (const YearlyDay& on :
       {month_day(2, 30), month_day(0, 1), month_day(13, 1), nth_weekday(6, 0, 1),
        nth_weekday(1, 7, 1), nth_weekday(1, 0, 0), easter(367), easter(-367)}) {
    spec.yearly = {{on, 0, 0}};
    EXPECT_EQ(refusal(spec), CalendarError::date_invalid);
  }
  spec.yearly = {{month_day(1, 1), 60, 30}};
  EXPECT_EQ(refusal(spec), CalendarError::interval_inverted);
  spec.yearly.assign(yearly_max + 1, {month_day(1, 1), 0, 0});
  EXPECT_EQ(refusal(spec), CalendarError::too_many_exceptions);
}

TEST(CalendarRefuses, ValidityThatEndsBeforeItBegins) {
  CalendarSpec spec = nine_to_five();
  spec.valid_from = LocalDate{2026, 6, 2};
  spec.valid_to = LocalDate{2026, 6, 2};
  EXPECT_EQ(refusal(spec), CalendarError::validity_inverted);
  spec.valid_to = LocalDate{2026, 6, 31};
  EXPECT_EQ(refusal(spec), CalendarError::date_invalid);
}

}  // namespace
}  // namespace paceline::sched
