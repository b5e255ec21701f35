// What is wrong in a file is refused when it is loaded, with where, what and how to mend it; a
// server goes on with what it has.
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const std::string start =
    "[[queue]]\nname = \"l1\"\ngroup = \"desk\"\n"
    "[calendar.uk]\nzone = \"Europe/London\"\nweek = { mon-fri = [\"09:00-17:00\"] }\n";

std::string policy(const std::string& target, const std::string& more = "") {
  return "[[policy]]\nname = \"p\"\nclock = \"resolution\"\ncalendar = \"uk\"\ntarget = \"" +
         target + "\"\n" + more;
}

struct Case {
  const char* name;
  std::string text;
  int line;
  const char* code;
  const char* says;  ///< What is wrong …
  const char* mend;  ///< … and how to mend it.
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"a calendar without hours", start + "[calendar.c]\nzone = \"UTC\"\nweek = {}\n", 7, "E2103",
       "calendar \"c\": it has no open time at all", ""},
      {"an interval that ends where it begins",
       start + "[calendar.c]\nzone = \"UTC\"\nweek = { mon = [\"09:00-09:00\"] }\n", 9, "E2102",
       "09:00-09:00", ""},
      {"a validity that ends before it begins",
       start + "[calendar.c]\nzone = \"UTC\"\nweek = { mon = [\"09:00-17:00\"] }\n"
               "valid_from = 2027-02-01\nvalid_to = 2027-01-01\n",
       11, "E2102", "valid_to", ""},
      {"a calendar that has ended",
       start + "[calendar.c]\nzone = \"UTC\"\nweek = { mon = [\"09:00-17:00\"] }\n"
               "valid_to = 2020-01-01\n",
       7, "E2104", "calendar \"c\"", "valid_to"},
      {"a calendar that opens in years",
       start + "[calendar.c]\nzone = \"UTC\"\nweek = { mon = [\"09:00-17:00\"] }\n"
               "valid_from = 2090-01-01\n",
       7, "E2104", "calendar \"c\"", ""},
      {"a zone that is none",
       start + "[calendar.c]\nzone = \"Europe/Lodnon\"\nweek = { mon = [\"09:00-17:00\"] }\n", 8,
       "E2101", "Europe/Lodnon", "did you mean \"Europe/London\""},
      {"two policies of one name", start + policy("4h") + policy("8h"), 12, "E2008",
       "policy \"p\" is already defined at line 7", "rename one"},
      {"thresholds out of order", start + policy("4h", "thresholds = [75, 50]\n"), 12, "E2005",
       "thresholds are out of order: 50 % follows 75 %", "the lowest first"},
      {"a threshold twice", start + policy("4h", "thresholds = [50, 50]\n"), 12, "E2005",
       "thresholds are out of order", "list each once"},
      {"a step before the start",
       start + policy("4h", "escalate = [{ before = \"5h\", notify = [\"lead\"] }]\n"), 12, "E2006",
       "before = \"5h\" is more than the target of 4h", ""},
      {"a duration without a unit", start + policy("15"), 11, "E2006", "\"15\" has no unit", "15m"},
      {"a number for a duration",
       start + "[[policy]]\nname = \"p\"\nclock = \"resolution\"\ntarget = 15\n", 10, "E2006",
       "target", "15m"},
      {"days for business time", start + policy("1d"), 11, "E2006", "target", "write hours"},
      {"business days where a duration is meant", start + "[desk.main]\nstale_after = \"1bd\"\n", 8,
       "E2006", "stale_after", "business days"},
      {"a repetition in business days",
       start + policy("4h", "escalate = [{ at = 100, notify = [\"lead\"], repeat = \"1bd\" }]\n"),
       12, "E2006", "repeat", "business days"},
      {"business days without a calendar", start + "[desk.main]\nauto_close = \"2bd\"\n", 8,
       "E2203", "auto_close = \"2bd\"", "add calendar"},
      {"a target of more than a year", start + policy("9000h"), 11, "E2006", "target", ""},
      {"more business days than a year has", start + policy("400bd"), 11, "E2006", "target", ""},
      {"an instant beyond what calendars know", start + policy("2150-01-01T00:00:00Z"), 11, "E2006",
       "target", ""},
      {"a calendar nobody defined",
       start + "[[policy]]\nname = \"p\"\nclock = \"resolution\"\ntarget = \"4h\"\n"
               "calendar = \"ukk\"\n",
       11, "E2009", "no calendar \"ukk\"", "did you mean \"uk\""},
      {"a condition that does not parse", start + policy("4h", "when = \"prority == P1\"\n"), 12,
       "E2201", "unknown field \"prority\"", "did you mean \"priority\""},
  };
  return all;
}

class BadInput : public ProgramTest {};

TEST_F(BadInput, IsRefusedWithFileLineWhatAndHow) {
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.name);
    write("bad.toml", each.text);
    const Ran ran = run("config check bad.toml");
    EXPECT_EQ(ran.exit, 7);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("bad.toml:" + std::to_string(each.line) + ": "));
    EXPECT_THAT(ran.err, HasSubstr(each.code));
    EXPECT_THAT(ran.err, HasSubstr(each.says));
    EXPECT_THAT(ran.err, HasSubstr(each.mend));
  }
}

// Overlapping conditions are how priorities among policies are written; one that is covered whole
// is what nobody means. It loads, since removing a policy above it may be the next edit.
TEST_F(BadInput, APolicyThatAnEarlierOneCoversIsAWarningAndAFinding) {
  write("covered.toml", start + policy("4h") +
                            "[[policy]]\nname = \"q\"\nclock = \"resolution\"\ntarget = \"1h\"\n"
                            "when = \"vip\"\n");
  const Ran check = run("config check covered.toml");
  EXPECT_EQ(check.exit, 0);
  EXPECT_THAT(check.err, HasSubstr("covered.toml:12: W2904 policy \"q\""));
  EXPECT_EQ(run("lint covered.toml").exit, 7);
}

TEST_F(BadInput, LeavesTheRunningConfigurationInForce) {
  write("good.toml", start + policy("4h"));
  serve();
  ASSERT_EQ(run("config put good.toml --create --connect " + address()).exit, 0);
  told("ctl advance 2026-12-07T11:00Z");
  told("ticket create A");
  const std::string policies = told("policy list --json");
  const std::string clocks = told("clock list --json");
  const json before = json::parse(told("ctl status --digest --json"));
  for (const Case& each : cases()) {
    SCOPED_TRACE(each.name);
    write("bad.toml", each.text);
    const Ran ran = run("config put bad.toml --connect " + address());
    EXPECT_EQ(ran.exit, 7);
    EXPECT_THAT(ran.err, HasSubstr(each.code));
  }
  EXPECT_EQ(told("policy list --json"), policies);
  EXPECT_EQ(told("clock list --json"), clocks);
  const json after = json::parse(told("ctl status --digest --json"));
  EXPECT_EQ(after["digest"], before["digest"]);
  EXPECT_EQ(after["configuration_version"], 1);
  told("ticket create B");  // and it goes on as configured
  EXPECT_EQ(json::parse(told("clock list --json --limit 1"))["target_us"], 14'400'000'000);
}

// The file may be right and the desk refuse: what it would do does not fit what is there.
TEST_F(BadInput, WhatTheDeskRefusesLeavesItsConfigurationToo) {
  write("good.toml", start + policy("4h"));
  std::string labels = start;
  for (int i = 0; i < 16; ++i) {
    labels += "[[policy]]\nname = \"l" + std::to_string(i) +
              "\"\nclock = \"resolution\"\ntarget = \"1h\"\nlabel = \"l" + std::to_string(i) +
              "\"\n";
  }
  write("labels.toml", labels);  // sixteen clocks, and the one there already
  serve();
  ASSERT_EQ(run("config put good.toml --create --connect " + address()).exit, 0);
  const std::string policies = told("policy list --json");
  ASSERT_EQ(run("config check labels.toml").exit, 0);
  const Ran ran = run("config put labels.toml --connect " + address());
  EXPECT_NE(ran.exit, 0);
  EXPECT_NE(ran.err, "");
  EXPECT_EQ(told("policy list --json"), policies);
}

TEST_F(BadInput, ICalendarFilesWithRecurrencesNobodyUnderstands) {
  for (const auto& [rule, says] : {std::pair("RRULE:FREQ=WEEKLY;BYDAY=MO", "FREQ"),
                                   {"RRULE:FREQ=MONTHLY;BYMONTHDAY=1", "FREQ"},
                                   {"RECURRENCE-ID:20261225", "RECURRENCE-ID"}}) {
    write("h.ics", std::string("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n"
                               "DTSTART;VALUE=DATE:20261225\r\n") +
                       rule + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    const Ran ran = run("calendar import-ics h.ics --zone Europe/London");
    EXPECT_EQ(ran.exit, 7) << rule;
    EXPECT_EQ(ran.out, "") << rule;
    EXPECT_THAT(ran.err, HasSubstr("E2301 h.ics:5: "));
    EXPECT_THAT(ran.err, HasSubstr(says));
  }
}

}  // namespace
}  // namespace paceline::tools
