// [calendar.NAME] beyond the plain week: exceptions, yearly days, validity, algebra.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/calendar_words.h"
#include "engine/config/calendars.h"
#include "engine/config/load.h"
#include "engine/config/units.h"
#include "sched/calendar.h"

namespace paceline::config {
namespace {

using sched::Calendar;
using sched::CalendarSpec;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const sched::Instant now = parse_instant("2026-11-24T12:00:00Z").value();

std::vector<std::string> errors(std::string_view text) {
  const auto result = load_text(text, "desk.toml", now);
  std::vector<std::string> lines;
  if (!result)
    for (const ConfigError& error : result.error()) lines.push_back(shown(error));
  return lines;
}

std::vector<CalendarSpec> calendars(std::string_view text) {
  auto result = load_text(text, "desk.toml", now);
  if (!result) {
    for (const ConfigError& error : result.error()) ADD_FAILURE() << shown(error);
    return {{}};
  }
  return result->desks.at(0).second.calendars;
}

sched::Instant at(std::string_view text) { return parse_instant(text).value(); }

constexpr std::string_view uk = R"([calendar.uk]
zone = "Europe/London"
week = { mon-fri = ["09:00-12:30", "13:30-17:30"] }
closed = ["2026-12-28"]
open = { "2026-12-23" = ["09:00-12:00", "13:00-14:00"], 2026-12-22 = [] }
yearly = { "12-25" = [], "12-24" = ["09:00-12:00"], "last mon may" = [], "1st mon may" = [], "easter+1" = [], "easter-2" = [] }
valid_from = "2026-01-01"
valid_to = 2027-06-01
)";

TEST(CalendarSection, EveryKeyArrives) {
  const CalendarSpec spec = calendars(uk).at(0);
  EXPECT_EQ(spec.week.size(), 10U);
  EXPECT_THAT(spec.closed,
              ElementsAre(sched::LocalDate{2026, 12, 28}, sched::LocalDate{2026, 12, 22}));
  EXPECT_THAT(spec.open, ElementsAre(sched::DateInterval{{2026, 12, 23}, 9 * 3'600, 12 * 3'600},
                                     sched::DateInterval{{2026, 12, 23}, 13 * 3'600, 14 * 3'600}));
  ASSERT_EQ(spec.yearly.size(), 6U);
  EXPECT_EQ(spec.valid_from, (sched::LocalDate{2026, 1, 1}));
  EXPECT_EQ(spec.valid_to, (sched::LocalDate{2027, 6, 1}));
  const Calendar calendar = Calendar::compile(spec).value();
  EXPECT_EQ(calendar.next_open(at("2026-04-02T17:00:00Z")), at("2026-04-07T08:00:00Z"));
  EXPECT_EQ(calendar.next_open(at("2026-12-24T12:00:00Z")), at("2026-12-29T09:00:00Z"));
  EXPECT_EQ(calendar.next_open(at("2027-06-01T00:00:00Z")), sched::never);
}

TEST(CalendarSection, YearlyDaysReadAsTheyPrint) {
  for (const char* text : {"12-25", "02-29", "1st mon may", "2nd tue jan", "last sun dec",
                           "5th fri feb", "easter", "easter+39", "easter-2"}) {
    const auto on = parse_yearly_day(text);
    ASSERT_TRUE(on) << text;
    EXPECT_EQ(print(*on), text);
  }
  EXPECT_EQ(print(parse_yearly_day("easter+0").value()), "easter");
  for (const char* text : {"", "13-01", "02-30", "1-1", "6th mon may", "1st mon", "1st  mon may",
                           "first mon may", "easter+", "easter+-1", "easter+367", "easter 1",
                           "easter+99999999999", "last may mon", "12-2x"})
    EXPECT_FALSE(parse_yearly_day(text)) << text;
}

TEST(CalendarSection, AlgebraHoldsItsOperandsWhole) {
  const auto list = calendars(R"([calendar.off]
minus = ["24x7", "both"]
[calendar.both]
union = ["london", "york"]
zone = "America/New_York"
[calendar.london]
zone = "Europe/London"
week = { mon-fri = ["09:00-17:00"] }
[calendar.york]
zone = "America/New_York"
week = { mon-fri = ["09:00-17:00"] }
[calendar.shared]
intersect = ["london", "york"]
)");
  ASSERT_EQ(list.size(), 5U);
  EXPECT_EQ(list[0].operands.at(1), list[1]);
  EXPECT_EQ(list[1].operands.at(0), list[2]);
  EXPECT_EQ(list[1].zone.name, "America/New_York");
  EXPECT_EQ(list[4].zone.name, "Europe/London");     // of its first operand
  EXPECT_EQ(list[0].zone.name, "America/New_York");  // 24x7 has none
  const Calendar off = Calendar::compile(list[0]).value();
  const Calendar both = Calendar::compile(list[1]).value();
  const auto a = at("2026-01-01T00:00:00Z");
  const auto b = at("2027-01-01T00:00:00Z");
  EXPECT_EQ(off.between(a, b).us + both.between(a, b).us, (b - a).us);
}

// SEMANTICS 18.2: empty, inverted and future-empty calendars are refused.
TEST(CalendarRegression, EmptyInvertedAndFutureEmptyCalendarsAreRefused) {
  EXPECT_THAT(errors("[calendar.a]\nzone = 'UTC'\nweek = {}"), Contains(HasSubstr("E2103")));
  EXPECT_THAT(errors("[calendar.a]\nzone = 'UTC'\nweek = { mon = ['09:00-09:00'] }"),
              Contains(HasSubstr("E2102")));
  EXPECT_THAT(errors("[calendar.uk]\nzone = 'UTC'\nweek = { mon-fri = ['09:00-10:00'] }\n"
                     "valid_to = '2026-11-21'"),
              ElementsAre("desk.toml:1: E2104 calendar \"uk\" has no open time after 2026-11-20: "
                          "add a validity range or remove valid_to"));
}

TEST(CalendarErrors, OfValidity) {
  const std::string week = "[calendar.uk]\nzone = 'UTC'\nweek = { mon-fri = ['09:00-10:00'] }\n";
  EXPECT_THAT(errors(week + "valid_from = '2028-06-01'"),
              ElementsAre(HasSubstr("E2104 calendar \"uk\" has no open time before 2028-06-01, "
                                    "more than 400 days from now: set an earlier valid_from")));
  EXPECT_THAT(errors(week + "valid_from = '2026-06-01'\nvalid_to = '2026-06-01'"),
              ElementsAre("desk.toml:5: E2102 calendar \"uk\": valid_to 2026-06-01 is not after "
                          "valid_from 2026-06-01: it is the first date that is no longer valid"));
  EXPECT_THAT(errors(week + "valid_to = '2026-02-29'"),
              ElementsAre(HasSubstr("valid_to: \"2026-02-29\" is not a date")));
  EXPECT_THAT(errors("[calendar.uk]\nzone = 'UTC'\nweek = {}\nopen = { '2026-11-01' = "
                     "['09:00-10:00'] }"),
              ElementsAre(HasSubstr("E2104 calendar \"uk\" has no open time after 2026-11-01: add "
                                    "hours to week or dates to open")));
}

TEST(CalendarErrors, OfExceptionsAndYearlyDays) {
  const std::string week = "[calendar.a]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\n";
  const std::pair<const char*, const char*> list[] = {
      {"open = { '2026-02-30' = ['09:00-10:00'] }",
       "E2102 calendar \"a\": open: \"2026-02-30\" is not a date"},
      {"open = { '2026-03-30' = ['1bd'] }", "write opening hours as 09:00-17:30"},
      {"open = { '2026-03-30' = '09:00-10:00' }", "E2003"},
      {"open = ['2026-03-30']", "E2003"},
      {"open = { '2026-03-30' = ['09:00-10:00'] }\nclosed = ['2026-03-30']",
       "E2008 calendar \"a\": open: 2026-03-30 is under closed already: remove one"},
      {"closed = ['2026-03-30', 2026-03-30]", "closed: 2026-03-30 is listed twice"},
      {"yearly = { '02-30' = [] }", "\"02-30\" is no day of any year"},
      {"yearly = { 'first mon may' = [] }", "is not a yearly day"},
      {"yearly = { 'easter' = [], 'easter+0' = [] }", "yearly: easter is listed twice"},
      {"yearly = { '12-24' = ['12:00-12:00'] }", "it has no length"},
      {"yearly = ['12-24']", "E2003"},
      {"valid_form = '2026-01-01'", "did you mean \"valid_from\"?"},
  };
  for (const auto& [text, says] : list)
    EXPECT_THAT(errors(week + text), Contains(HasSubstr(says))) << text;
}

TEST(CalendarErrors, OfAlgebra) {
  const std::string base =
      "[calendar.uk]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\n[calendar.a]\n";
  const std::pair<const char*, const char*> list[] = {
      {"union = ['uk', 'ukk']",
       "desk.toml:5: E2009 calendar \"a\": no calendar \"ukk\": did you mean \"uk\"?"},
      {"union = []", "union names no calendar"},
      {"minus = ['uk']", "minus needs two calendars"},
      {"union = 'uk'", "E2003"},
      {"union = [1]", "E2003"},
      {"union = ['uk']\nminus = ['uk', 'uk']", "E2008"},
      {"union = ['uk']\nweek = {}", "week in a calendar made of others"},
      {"union = ['uk']\nzone = 'Nowhere'", "E2101"},
      {"union = ['a']",
       "E2105 calendar \"a\" is made of itself (\"a\" → \"a\"): take one of them out"},
      {"minus = ['uk', '24x7']", "E2103 calendar \"a\": what it is made of leaves no open time"},
      {"union = ['uk', 'b']\n[calendar.b]\nintersect = ['c']\n[calendar.c]\nunion = ['a']",
       "E2105 calendar \"c\" is made of itself (\"a\" → \"b\" → \"c\" → \"a\")"},
  };
  for (const auto& [text, says] : list)
    EXPECT_THAT(errors(base + text), Contains(HasSubstr(says))) << text;
}

TEST(CalendarErrors, OneBrokenCalendarIsReportedOnce) {
  EXPECT_THAT(errors("[calendar.a]\nzone = 'UTC'\nweek = { mon = ['9-17'] }\n"
                     "[calendar.b]\nunion = ['a']\n[calendar.c]\nunion = ['b']"),
              ElementsAre(HasSubstr("desk.toml:3")));
}

TEST(CalendarErrors, AlgebraIsBounded) {
  std::string text = "[calendar.c0]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\n";
  for (int i = 1; i <= 9; ++i)
    text += "[calendar.c" + std::to_string(i) + "]\nunion = ['c" + std::to_string(i - 1) + "']\n";
  EXPECT_THAT(errors(text), ElementsAre(HasSubstr("calendar \"c9\": it is made of more than")));

  // Each level twice the one before: refused before it has grown.
  text = "[calendar.c0]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\n";
  for (int i = 1; i <= 1'000; ++i) {
    const std::string below = "'c" + std::to_string(i - 1) + "'";
    text += "[calendar.c" + std::to_string(i) + "]\nunion = [" + below + ", " + below + "]\n";
  }
  EXPECT_THAT(errors(text), ElementsAre(HasSubstr("calendar \"c6\": it is made of more than")));
}

TEST(CalendarErrors, WhatWouldNotFitIntoMemoryIsRefused) {
  std::string hours;
  for (int i = 0; i < 48; ++i) {
    char text[32];
    std::snprintf(text, sizeof text, "'%02d:%02d-%02d:%02d',", i / 2, i % 2 * 30, i / 2,
                  i % 2 * 30 + 10);
    hours += text;
  }
  std::string file;
  for (int i = 0; i < 40; ++i)
    file += "[calendar.c" + std::to_string(i) + "]\nzone = 'UTC'\nweek = { mon-sun = [" + hours +
            "] }\n";
  EXPECT_THAT(errors(file), Contains(HasSubstr("too many for one file")));
}

// Calendars by themselves.

TEST(Calendars, PastOnesAnswerAndTheRestOfTheFileIsNotLookedAt) {
  const auto list = calendars_in_text(
      "[[policy]]\nnonsense = 1\n[calendar.old]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\n"
      "valid_to = '2001-01-01'\n",
      "old.toml");
  ASSERT_TRUE(list) << shown(list.error().at(0));
  EXPECT_EQ(list->at(0).name, "old");
  const auto none = calendars_in_text("", "empty.toml");
  ASSERT_TRUE(none);
  EXPECT_THAT(*none, IsEmpty());
  EXPECT_FALSE(calendars_in_text("[calendar.a]\nzone = 'UTC'\nweek = {}", "a.toml"));
  EXPECT_FALSE(calendars_in_text("[calendar", "a.toml"));
  EXPECT_FALSE(calendars_in_file("/nowhere/at/all.toml"));
}

}  // namespace
}  // namespace paceline::config
