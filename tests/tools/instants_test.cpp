// Instants and durations as people write them.
#include "tools/instants.h"

#include <gtest/gtest.h>

namespace paceline::tools {
namespace {

sched::Zone london_2026() {
  sched::Zone zone;
  zone.name = "Europe/London";
  zone.transitions = {{*parse_instant("2026-03-29T01:00Z"), 3'600},
                      {*parse_instant("2026-10-25T01:00Z"), 0}};
  return zone;
}
WallTime wall(std::string_view text) { return {parse_instant(text)->us}; }

TEST(Instants, ADateWithoutZoneIsUtc) {
  EXPECT_EQ(parse_instant("2016-03-08T00:00"), parse_instant("2016-03-08T00:00:00Z"));
  EXPECT_EQ(parse_instant("2016-03-08"), parse_instant("2016-03-08 00:00"));
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00.000001Z")->us, 1);
}

TEST(Instants, AnOffsetIsSubtracted) {
  EXPECT_EQ(parse_instant("2026-07-01T12:00+02:00"), parse_instant("2026-07-01T10:00Z"));
  EXPECT_EQ(parse_instant("2026-07-01T12:00-05:30"), parse_instant("2026-07-01T17:30Z"));
}

TEST(Instants, WhatIsNoInstantIsRefused) {
  for (const char* text : {"", "yesterday", "2026-02-30", "2026-13-01", "2026-01-01T24:00",
                           "2026-01-01T10:60", "2026-01-01T10:00X", "2026-01-01T10:00+99:00"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Instants, WrittenAndReadBack) {
  for (const char* text : {"2026-03-08T00:00:00Z", "2000-02-29T23:59:59Z", "1969-12-31T23:59:59Z",
                           "2026-01-05T09:00:00.000001Z"}) {
    EXPECT_EQ(format_instant(*parse_instant(text)), text);
  }
}

TEST(Instants, LocalTimeBecomesUtcOnce) {
  const sched::Zone zone = london_2026();
  EXPECT_EQ(to_instant(wall("2026-01-05T09:00"), zone), parse_instant("2026-01-05T09:00Z"));
  EXPECT_EQ(to_instant(wall("2026-07-01T09:00"), zone), parse_instant("2026-07-01T08:00Z"));
}

TEST(Instants, TheHourThatDoesNotExistIsTheChangeItself) {
  EXPECT_EQ(to_instant(wall("2026-03-29T01:30"), london_2026()),
            parse_instant("2026-03-29T01:00Z"));
}

TEST(Instants, TheHourThatComesTwiceIsTakenTheFirstTime) {
  EXPECT_EQ(to_instant(wall("2026-10-25T01:30"), london_2026()),
            parse_instant("2026-10-25T00:30Z"));
  EXPECT_EQ(to_instant(wall("2026-10-25T02:00"), london_2026()),
            parse_instant("2026-10-25T02:00Z"));
}

TEST(Instants, HoursRoundHalfUp) {
  EXPECT_EQ(hours(759 * sched::hour.us + 49 * sched::minute.us, 2), 759.82);
  EXPECT_EQ(hours(3 * sched::minute.us, 1), 0.1);  // 0.05 h
  EXPECT_EQ(hours(-90 * sched::minute.us, 1), -1.5);
}

TEST(Instants, DurationsNameTheirUnits) {
  EXPECT_EQ(format_duration(90 * sched::minute.us), "1h 30m");
  EXPECT_EQ(format_duration(sched::day.us * 2 + 5 * sched::second.us), "2d");
  EXPECT_EQ(format_exact(sched::hour.us + 1), "1h 0.000001s");
  EXPECT_EQ(format_exact(0), "0s");
}

}  // namespace
}  // namespace paceline::tools
