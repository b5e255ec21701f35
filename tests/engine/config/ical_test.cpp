#include "engine/config/ical.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/calendar_words.h"
#include "engine/config/calendars.h"
#include "engine/config/ical_import.h"

namespace paceline::config {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string file_of(const std::string& events) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-TIMEZONE:Europe/London\r\n" + events +
         "END:VCALENDAR\r\n";
}
std::string event(const std::string& lines) {
  return "BEGIN:VEVENT\r\nSUMMARY:Holiday\r\n" + lines + "\r\nEND:VEVENT\r\n";
}

IcalImport imported(const std::string& events, std::string_view zone = "") {
  auto result = import_ical(file_of(events), "h.ics", zone, "uk");
  if (result) return *std::move(result);
  for (const ConfigError& error : result.error()) ADD_FAILURE() << shown(error);
  return {};
}

std::string refusal(const std::string& text) {
  const auto result = import_ical(text, "h.ics", "", "uk");
  return result ? "accepted" : shown(result.error().at(0));
}

/// What the imported text closes and closes every year; it must load.
struct Closed {
  std::vector<std::string> dates, yearly;
};
Closed closed_by(const std::string& events, std::string_view zone = "") {
  const IcalImport import = imported(events, zone);
  const auto calendars = calendars_in_text(import.toml, "imported.toml");
  if (!calendars) {
    ADD_FAILURE() << shown(calendars.error().at(0)) << '\n' << import.toml;
    return {};
  }
  Closed closed;
  for (const auto date : calendars->at(0).closed) closed.dates.push_back(print(date));
  for (const auto& each : calendars->at(0).yearly) closed.yearly.push_back(print(each.on));
  return closed;
}

TEST(Ical, WholeDaysAreClosedAndTheLastOneIsNotWithin) {
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226")).dates,
              ElementsAre("2026-12-25"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270103")).dates,
              ElementsAre("2026-12-31", "2027-01-01", "2027-01-02"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20261225")).dates, ElementsAre("2026-12-25"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20261225\r\nDURATION:P2D")).dates,
              ElementsAre("2026-12-25", "2026-12-26"));
  EXPECT_THAT(
      closed_by(event("DTSTART;VALUE=DATE:20261225\r\nRDATE;VALUE=DATE:20271227,20281225")).dates,
      ElementsAre("2026-12-25", "2027-12-27", "2028-12-25"));
}

TEST(Ical, MidnightToMidnightIsAWholeDayInTheCalendarsZone) {
  EXPECT_THAT(closed_by(event("DTSTART;TZID=Europe/London:20260706T000000\r\n"
                              "DTEND;TZID=Europe/London:20260707T000000"))
                  .dates,
              ElementsAre("2026-07-06"));
  EXPECT_THAT(
      closed_by(event("DTSTART:20260705T220000Z\r\nDTEND:20260706T220000Z"), "Europe/Berlin").dates,
      ElementsAre("2026-07-06"));
  EXPECT_THAT(closed_by(event("DTSTART;TZID=America/New_York:20260705T180000\r\n"
                              "DTEND;TZID=America/New_York:20260706T180000"),
                        "Europe/Berlin")
                  .dates,
              ElementsAre("2026-07-06"));
}

TEST(Ical, PartsOfDaysAreListedForReviewAndWarnedOf) {
  const IcalImport import = imported(event(
      "DTSTART;TZID=Europe/London:20261224T120000\r\nDTEND;TZID=Europe/London:20261224T173000"));
  EXPECT_THAT(import.toml, HasSubstr("#   2026-12-24 12:00 to 17:30: Holiday\n"));
  EXPECT_THAT(import.toml, Not(HasSubstr("closed")));
  EXPECT_THAT(import.warnings,
              ElementsAre("h.ics:4: W2905 \"Holiday\" takes a part of 2026-12-24: write the hours "
                          "that remain under open or yearly"));
}

TEST(Ical, YearlyRulesBecomeYearlyDays) {
  const std::string christmas = "DTSTART;VALUE=DATE:20201225\r\nRRULE:FREQ=YEARLY";
  EXPECT_THAT(closed_by(event(christmas)).yearly, ElementsAre("12-25"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20260525\r\n"
                              "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO"))
                  .yearly,
              ElementsAre("last mon may"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20261126\r\n"
                              "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=TH;BYSETPOS=4;WKST=SU"))
                  .yearly,
              ElementsAre("4th thu nov"));
  EXPECT_THAT(closed_by(event("DTSTART;VALUE=DATE:20201224\r\nDTEND;VALUE=DATE:20201227\r\n"
                              "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24"))
                  .yearly,
              ElementsAre("12-24", "12-25", "12-26"));
}

TEST(Ical, CountUntilAndExceptionsAreWrittenOut) {
  const std::string start = "DTSTART;VALUE=DATE:20241225\r\n";
  EXPECT_THAT(closed_by(event(start + "RRULE:FREQ=YEARLY;COUNT=3")).dates,
              ElementsAre("2024-12-25", "2025-12-25", "2026-12-25"));
  EXPECT_THAT(
      closed_by(event(start + "RRULE:FREQ=YEARLY;COUNT=3\r\nEXDATE;VALUE=DATE:20251225")).dates,
      ElementsAre("2024-12-25", "2026-12-25"));
  EXPECT_THAT(closed_by(event(start + "RRULE:FREQ=YEARLY;UNTIL=20261225;INTERVAL=2")).dates,
              ElementsAre("2024-12-25", "2026-12-25"));
  const Closed for_ever =
      closed_by(event(start + "RRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20251225"));
  EXPECT_EQ(for_ever.dates.size(), 75U);  // to 2099, without one
  EXPECT_THAT(for_ever.yearly, IsEmpty());
}

TEST(Ical, FoldedLinesEscapesAndCommentsAreReadable) {
  const std::string text = file_of(
      "BEGIN:VEVENT\nSUMMARY;LANGUAGE=en:Boxing Day\\, or\\nSt \n Stephen's \"Day\" # x\n"
      "DTSTART;VALUE=\n DATE:20261226\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM\nEND:VEVENT\n");
  const auto import = import_ical("\xef\xbb\xbf" + text, "h.ics", "", "uk").value();
  EXPECT_THAT(import.toml,
              HasSubstr("\"2026-12-26\",  # Boxing Day, or St Stephen's \"Day\" # x\n"));
  EXPECT_TRUE(calendars_in_text(import.toml, "x").has_value());
  EXPECT_TRUE(
      calendars_in_text(
          imported(
              "BEGIN:VEVENT\r\nSUMMARY:\xff\x01 \xed\xa0\x80\r\nDTSTART:20261226\r\nEND:VEVENT\r\n")
              .toml,
          "x")
          .has_value());
}

TEST(Ical, CancelledEventsAreLeftOut) {
  const IcalImport import = imported(event("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED"));
  EXPECT_THAT(import.toml, Not(HasSubstr("2026-12-25")));
  EXPECT_THAT(import.warnings, Contains(HasSubstr("is cancelled: left out")));
}

TEST(Ical, WhatIsNotUnderstoodIsRefusedWithLineAndRemedy) {
  const std::string day = "DTSTART;VALUE=DATE:20261225\r\n";
  const std::pair<std::string, const char*> list[] = {
      {"", "h.ics: E2301 it is empty"},
      {"hello", "h.ics:1: E2301 it is not `NAME:value`"},
      {"A:B\n", "h.ics:1: E2301 it is not iCalendar: the first line must be BEGIN:VCALENDAR"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "h.ics:2: E2301 BEGIN:VEVENT has no END"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VEVENT\n",
       "h.ics:3: E2301 BEGIN:VEVENT inside VEVENT"},
      {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "END:VCALENDAR where VEVENT of line 2"},
      {file_of(event("X:Y")), "h.ics:7: E2301 the event of line 4 has no DTSTART"},
      {file_of(event("DTSTART:20260230")), "h.ics:6: E2301 \"20260230\" is not a date or time"},
      {file_of(event("DTSTART:2026-12-25")), "is not a date or time"},
      {file_of(event(day + "DTEND;VALUE=DATE:20261224")), "ends before it begins"},
      {file_of(event(day + "DTEND:20261226T000000")), "begins with a date and ends with a time"},
      {file_of(event(day + "DTEND;VALUE=DATE:20291226")), "longer than 366 days"},
      {file_of(event(day + "DURATION:1D")), "is not a duration such as P1D"},
      {file_of(event(day + day + "X:Y")), "a second DTSTART"},
      {file_of(event(day + "RRULE:FREQ=WEEKLY")),
       "h.ics:7: E2301 RRULE: FREQ=WEEKLY is not supported"},
      {file_of(event(day + "RRULE:FREQ=YEARLY;BYYEARDAY=1")), "BYYEARDAY is not supported"},
      {file_of(event(day + "RRULE:FREQ=YEARLY;BYDAY=MO,TU;BYMONTH=12")), "only a day of a month"},
      {file_of(event(day + "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=26")), "DTSTART is not one of"},
      {file_of(event(day + "RRULE:FREQ=YEARLY;COUNT=0")), "COUNT=0 cannot be read"},
      {file_of(event(day + "RECURRENCE-ID:20261225")), "RECURRENCE-ID is not supported"},
  };
  for (const auto& [text, says] : list) EXPECT_THAT(refusal(text), HasSubstr(says)) << text;
  const auto zone = import_ical(file_of(""), "h.ics", "Europe/Londn", "uk");
  ASSERT_FALSE(zone);
  EXPECT_THAT(shown(zone.error().at(0)), HasSubstr("did you mean \"Europe/London\"?"));
}

TEST(Ical, HostileSizesAreBounded) {
  std::string many;
  for (size_t i = 0; i <= ical_events_max; ++i)
    many += "BEGIN:VEVENT\nDTSTART:20261225\nEND:VEVENT\n";
  EXPECT_THAT(refusal(file_of(many)), HasSubstr("more than 10000 events"));
  std::string dates;
  for (int i = 0; i < 400; ++i)
    dates += event("DTSTART;VALUE=DATE:" + std::to_string(1'990 + i % 100) +
                   "0101\r\nDTEND;VALUE=DATE:" + std::to_string(1'990 + i % 100) + "1231");
  EXPECT_THAT(refusal(file_of(dates)), HasSubstr("more than 10000 closed dates"));
}

}  // namespace
}  // namespace paceline::config
