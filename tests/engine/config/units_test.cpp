#include "engine/config/units.h"

#include <gtest/gtest.h>

#include <random>

namespace paceline::config {
namespace {

using sched::BusinessDuration;
using sched::Duration;
using sched::Instant;

TEST(Duration, IsReadWithItsUnits) {
  EXPECT_EQ(*parse_duration("4h30m"), sched::hour * 4 + sched::minute * 30);
  EXPECT_EQ(*parse_duration("15m"), sched::minute * 15);
  EXPECT_EQ(*parse_duration("2d"), sched::hour * 48);
  EXPECT_EQ(*parse_duration("1s250ms7us"), Duration{1'250'007});
  EXPECT_EQ(*parse_duration("0s"), Duration{0});
}

TEST(Duration, WithoutUnitIsRefused) {
  EXPECT_EQ(parse_duration("15").error(), "\"15\" has no unit: write 15s, 15m or 15h");
}

TEST(Duration, BusinessTimeHasNoDays) {
  EXPECT_EQ(*parse_business_duration("16h"), BusinessDuration{16 * sched::hour.us});
  EXPECT_NE(parse_business_duration("2d").error().find("write hours"), std::string::npos);
  EXPECT_NE(parse_business_duration("2bd").error().find("a duration is meant"), std::string::npos);
  EXPECT_EQ(parse_duration("2bd").error(),
            "\"2bd\" counts business days, whose length varies: a duration is meant here, so write "
            "hours, as in 8h");
}

TEST(BusinessDays, AreCountedUpToAYear) {
  EXPECT_EQ(*parse_business_days("1bd"), 1);
  EXPECT_EQ(*parse_business_days("366bd"), 366);
  for (const char* text : {"", "bd", "0bd", "367bd", "99999999999bd", "1.5bd", "-1bd", "5d", "5"})
    EXPECT_FALSE(parse_business_days(text).has_value()) << text;
  EXPECT_TRUE(is_business_days("0bd"));
  EXPECT_FALSE(is_business_days("4h2bd"));
}

TEST(TimeOfDay, IsHoursAndMinutes) {
  EXPECT_EQ(*parse_time_of_day("00:00"), 0U);
  EXPECT_EQ(*parse_time_of_day("14:30"), 52'200U);
  for (const char* text : {"", "24:00", "14:60", "2pm", "14", "14:3", "14:30:00"})
    EXPECT_FALSE(parse_time_of_day(text).has_value()) << text;
}

TEST(Duration, MalformedTextIsRefused) {
  for (const char* text : {"", "h", "4 h", "4x", "30m4h", "4h4h", "-4h", "+4h", "4h30", "1.5h",
                           "99999999999999999999h", "9223372036854775807us", "36526d", "4h "})
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
}

TEST(Duration, IsPrintedAsItWouldBeWritten) {
  EXPECT_EQ(print(sched::hour * 4 + sched::minute * 30), "4h30m");
  EXPECT_EQ(print(Duration{0}), "0s");
  EXPECT_EQ(print(sched::hour * 48), "2d");
  EXPECT_EQ(print(BusinessDuration{sched::hour.us * 48}), "48h");
  EXPECT_EQ(print(sched::minute * -5), "-5m");
}

TEST(Duration, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 2'000; ++i) {
    const Duration d{static_cast<int64_t>(random() >> (13 + random() % 40))};
    ASSERT_EQ(*parse_duration(print(d)), d) << print(d);
    ASSERT_EQ(*parse_business_duration(print(BusinessDuration{d.us})), BusinessDuration{d.us});
  }
}

TEST(InstantText, IsRfc3339) {
  EXPECT_EQ(*parse_instant("1970-01-01T00:00:00Z"), Instant{0});
  EXPECT_EQ(*parse_instant("2026-03-27T16:00:00Z"), Instant{1'774'627'200'000'000});
  EXPECT_EQ(*parse_instant("2026-03-27T17:30:00.25+01:30"), Instant{1'774'627'200'250'000});
  EXPECT_EQ(*parse_instant("2026-03-27 16:00:00z"), Instant{1'774'627'200'000'000});
  EXPECT_EQ(*parse_instant("1969-12-31T23:59:59.999999Z"), Instant{-1});
}

TEST(InstantText, WithoutZoneOrDateIsRefused) {
  for (const char* text :
       {"", "2026-03-27", "2026-03-27T16:00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.1234567Z", "2026-01-01T00:00:00Zx",
        "0000-01-01T00:00:00Z", "2026-01-01T00:00:00+1", "2026-01-01T00:00:00+24:00"})
    EXPECT_FALSE(parse_instant(text).has_value()) << text;
}

TEST(InstantText, PrintsInUtcWithTheDecimalsNeeded) {
  EXPECT_EQ(print(Instant{0}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(print(Instant{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(print(Instant{1'774'627'200'250'000}), "2026-03-27T16:00:00.25Z");
  EXPECT_EQ(print(sched::never), "never");
}

TEST(InstantText, WhatIsPrintedReadsBack) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 5'000; ++i) {
    const auto span = static_cast<uint64_t>(sched::day.us) * 365 * 1'900;
    const Instant t{static_cast<int64_t>(random() % (2 * span)) - static_cast<int64_t>(span)};
    ASSERT_EQ(*parse_instant(print(t)), t) << print(t);
  }
}

}  // namespace
}  // namespace paceline::config
