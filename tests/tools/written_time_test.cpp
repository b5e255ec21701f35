// Times as exports write them: what each text means, and what is no time at all.
#include "tools/written_time.h"

#include <gtest/gtest.h>

#include "tools/instants.h"

namespace paceline::tools {
namespace {

/// "2016-01-13T09:00:00Z", with " zoned" where the text says its offset.
std::string shown(const std::optional<WrittenTime>& time) {
  if (!time) return "none";
  return format_instant({time->us}) + (time->zoned ? " zoned" : "");
}
std::string read(std::string_view text, DateOrder order = DateOrder::day_first) {
  TimeStyle style;
  style.order = order;
  return shown(parse_written_time(text, style));
}
std::string by_pattern(std::string_view text, const char* pattern) {
  EXPECT_EQ(pattern_problem(pattern), "") << pattern;
  TimeStyle style;
  style.form = TimeStyle::Form::pattern;
  style.pattern = pattern;
  return shown(parse_written_time(text, style));
}

TEST(WrittenTime, AsJiraWritesIt) {
  EXPECT_EQ(read("13/Jan/16 9:00 AM"), "2016-01-13T09:00:00Z");
  EXPECT_EQ(read("13/Jan/16 12:05 AM"), "2016-01-13T00:05:00Z");
  EXPECT_EQ(read("13/Jan/16 12:05 PM"), "2016-01-13T12:05:00Z");
  EXPECT_EQ(read("13/Jan/2016 21:00"), "2016-01-13T21:00:00Z");
  EXPECT_EQ(read("Jan 13, 2016, 9:00:07 PM"), "2016-01-13T21:00:07Z");
  EXPECT_EQ(read("2016-01-13T09:00:00.000+0100"), "2016-01-13T08:00:00Z zoned");
  EXPECT_EQ(read("Wed, 13 Jan 2016 09:00"), "2016-01-13T09:00:00Z");
}

TEST(WrittenTime, YearFirstIsPlainWhateverTheOrder) {
  for (const DateOrder order : {DateOrder::day_first, DateOrder::month_first}) {
    EXPECT_EQ(read("2016-03-04 09:05", order), "2016-03-04T09:05:00Z");
    EXPECT_EQ(read("2016/3/4 9:05:06", order), "2016-03-04T09:05:06Z");
    EXPECT_EQ(read("2016-03-04T09:05:06.25Z", order), "2016-03-04T09:05:06.250000Z zoned");
    EXPECT_EQ(read("2016-03-04T09:05-08:00", order), "2016-03-04T17:05:00Z zoned");
    EXPECT_EQ(read("2016-03-04 09:05:00 UTC", order), "2016-03-04T09:05:00Z zoned");
    EXPECT_EQ(read("2016-03-04", order), "2016-03-04T00:00:00Z");
  }
}

TEST(WrittenTime, NumbersAloneNeedAnOrder) {
  EXPECT_EQ(read("3/4/2016 09:00"), "2016-04-03T09:00:00Z");
  EXPECT_EQ(read("3/4/2016 09:00", DateOrder::month_first), "2016-03-04T09:00:00Z");
  EXPECT_EQ(read("13.1.16 9:00"), "2016-01-13T09:00:00Z");
  EXPECT_EQ(read("1/13/2016 9:00 pm", DateOrder::month_first), "2016-01-13T21:00:00Z");
  EXPECT_EQ(read("1/13/2016 9:00"), "none");
}

TEST(WrittenTime, BlanksOfEveryKindAreBlanks) {
  EXPECT_EQ(read("  13/Jan/16   9:00\xE2\x80\xAF"
                 "AM "),
            "2016-01-13T09:00:00Z");
  EXPECT_EQ(read("13/Jan/16\xC2\xA0"
                 "9:00 a.m."),
            "2016-01-13T09:00:00Z");
}

TEST(WrittenTime, WhatIsNoTime) {
  for (const char* text : {"",
                           " ",
                           "soon",
                           "13/Jan/16 9:60",
                           "13/Jan/16 24:00",
                           "13/Jan/16 13:00 PM",
                           "30/Feb/16",
                           "0/1/2016",
                           "13/13/2016",
                           "13/Jan/016",
                           "13/Jan/16 9:00 AM CET",
                           "13/Jan/16 9",
                           "9:00",
                           "Jan Jan 2016",
                           "13/Janx/16",
                           "20160113",
                           "2016-01-13T",
                           "2016-01-13 09:00 +99:00",
                           "13/Jan/16 9:00 AMx",
                           "99999/1/1",
                           "13/Jan/16 -9:00",
                           "\xFF\xFE"})
    EXPECT_EQ(read(text), "none") << text;
}

TEST(WrittenTime, TwoDigitsOfAYearAreOfOurTime) {
  EXPECT_EQ(read("1/Jan/89"), "2089-01-01T00:00:00Z");
  EXPECT_EQ(read("1/Jan/90"), "1990-01-01T00:00:00Z");
}

TEST(WrittenTime, MonthsMayHaveOtherNames) {
  TimeStyle style;
  style.months = {"Jan", "Feb", "Mär", "Apr", "Mai", "Jun",
                  "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"};
  EXPECT_EQ(shown(parse_written_time("13/Mär/16 9:00", style)), "2016-03-13T09:00:00Z");
  EXPECT_EQ(shown(parse_written_time("1. Okt. 2016 9:00", style)), "2016-10-01T09:00:00Z");
  EXPECT_EQ(shown(parse_written_time("13/Oct/16 9:00", style)), "none");
}

TEST(WrittenTime, APatternReadsWhatNothingElseDoes) {
  EXPECT_EQ(by_pattern("20160113 0905", "%Y%m%d %H%M"), "2016-01-13T09:05:00Z");
  EXPECT_EQ(by_pattern("2016年01月13日 09:05", "%Y年%m月%d日 %H:%M"), "2016-01-13T09:05:00Z");
  EXPECT_EQ(by_pattern("01-13-16 9:05:06.5 PM", "%m-%d-%y %I:%M:%S.%f %p"),
            "2016-01-13T21:05:06.500000Z");
  EXPECT_EQ(by_pattern("2016-01-13 09:05 +0100", "%Y-%m-%d %H:%M %z"),
            "2016-01-13T08:05:00Z zoned");
  EXPECT_EQ(by_pattern("2016-01-13 09:05", "%Y%m%d"), "none");
  EXPECT_EQ(by_pattern("20160113 x", "%Y%m%d"), "none");
}

TEST(WrittenTime, APatternThatCannotWorkSaysWhy) {
  EXPECT_EQ(pattern_problem("%Y-%m"), "needs a year (%Y), a month (%m) and a day (%d)");
  EXPECT_EQ(pattern_problem("%Y-%m-%d %"), "ends with a %");
  EXPECT_EQ(pattern_problem("%Y-%m-%d %I:%M"), "needs %I and %p together: hours of half a day");
  EXPECT_EQ(pattern_problem("%Y-%m-%d %Q"),
            "has an unknown %Q: use %Y %y %m %d %b %H %I %M %S %f %p %z");
}

TEST(WrittenTime, SecondsOfTheEpoch) {
  TimeStyle style;
  style.form = TimeStyle::Form::epoch_seconds;
  EXPECT_EQ(shown(parse_written_time("1452675600", style)), "2016-01-13T09:00:00Z zoned");
  EXPECT_EQ(shown(parse_written_time("1452675600.5", style)), "none");
  EXPECT_EQ(shown(parse_written_time("99999999999999", style)), "none");
  style.form = TimeStyle::Form::epoch_milliseconds;
  EXPECT_EQ(shown(parse_written_time("1452675600000", style)), "2016-01-13T09:00:00Z zoned");
}

}  // namespace
}  // namespace paceline::tools
