// `paceline calendar …` as a user runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace paceline::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Ran {
  int exit = -1;
  std::string out, err;
};

class CalendarProgram : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  /// `arguments` as in a shell; `environment` before the program, as "TZ=UTC".
  Ran run(const std::string& arguments, const std::string& input = "",
          const std::string& environment = "") {
    write("in", input);
    Process process({"/bin/sh", "-c",
                     environment + " '" + paceline_program() + "' calendar " + arguments + " < '" +
                         path("in") + "'"},
                    path("out"), path("err"));
    Ran ran;
    ran.exit = process.wait();
    ran.out = read_file(path("out"));
    ran.err = read_file(path("err"));
    return ran;
  }

  std::string uk(const std::string& more = "") const {
    return write(
        "uk.toml",
        "[calendar.uk]\nzone = \"Europe/London\"\nweek = { mon-fri = [\"09:00-17:00\"] }\n" + more);
  }

  testing::TemporaryFolder folder_;
};

TEST_F(CalendarProgram, AddAnswersLineByLine) {
  const Ran ran = run("add --calendar uk --config " + uk(),
                      "2026-03-27T16:00:00Z 4h\n"
                      "2026-10-23T15:00:00Z 14400s\r\n"
                      "\n"
                      "  2026-03-27T16:00:00.25Z\t90m  \n"
                      "2026-03-27T16:00:00+00:00 0s\n"
                      "2099-12-31T16:00:00Z 400h");
  EXPECT_EQ(ran.out,
            "2026-03-30T11:00:00Z\n2026-10-26T12:00:00Z\n2026-03-30T08:30:00.250000Z\n"
            "2026-03-27T16:00:00Z\nnever\n");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
}

TEST_F(CalendarProgram, BetweenAnswersInSeconds) {
  const Ran ran = run("between --calendar uk --config " + uk(),
                      "2026-03-27T16:00:00Z 2026-03-30T11:00:00Z\n"
                      "2026-03-27T16:00:00Z 2026-03-27T16:00:00.25Z\n"
                      "2026-03-28T16:00:00Z 2026-03-28T16:00:00Z\n");
  EXPECT_EQ(ran.out, "14400\n0.25\n0\n");
  EXPECT_EQ(ran.exit, 0) << ran.err;
}

TEST_F(CalendarProgram, FirstWrongLineEndsTheRunAfterTheAnswersBeforeIt) {
  const std::pair<const char*, const char*> lines[] = {
      {"2026-03-27T16:00:00Z 1bd", "business days"},
      {"2026-03-27T16:00:00Z 15", "has no unit"},
      {"2026-03-27T16:00:00Z", "write `START DURATION`, two words"},
      {"2026-03-27T16:00:00Z 4h x", "two words"},
      {"2026-03-27T16:00:00 4h", "is not an instant"},
      {"2026-02-30T16:00:00Z 4h", "is not an instant"},
      {"1970-03-27T16:00:00Z 4h", "outside what calendars know"},
  };
  for (const auto& [line, says] : lines) {
    const Ran ran =
        run("add --calendar uk --config " + uk(),
            "2026-03-27T16:00:00Z 4h\n" + std::string(line) + "\n2026-03-27T16:00:00Z 4h\n");
    EXPECT_EQ(ran.exit, 7) << line;
    EXPECT_EQ(ran.out, "2026-03-30T11:00:00Z\n") << line;
    EXPECT_THAT(ran.err, HasSubstr("E1004 line 2: ")) << line;
    EXPECT_THAT(ran.err, HasSubstr(says)) << line;
  }
  const Ran backwards =
      run("between --calendar uk --config " + uk(), "2026-03-27T16:00:00Z 2026-03-27T15:00:00Z\n");
  EXPECT_EQ(backwards.exit, 7);
  EXPECT_THAT(backwards.err, HasSubstr("write the earlier instant first"));
  EXPECT_EQ(run("add --calendar uk --config " + uk(), std::string(100'000, 'x')).exit, 7);
}

TEST_F(CalendarProgram, AroundTheClockNeedsNoFile) {
  EXPECT_EQ(run("add --calendar 24x7", "1970-01-01T00:00:00Z 24h\n").out, "1970-01-02T00:00:00Z\n");
  EXPECT_EQ(run("add --calendar uk").exit, 2);
  EXPECT_EQ(run("add --calendar usa --config " + uk()).exit, 3);
  EXPECT_THAT(run("add --calendar ukk --config " + uk()).err, HasSubstr("did you mean \"uk\"?"));
  EXPECT_EQ(run("add --calendar uk --config /nowhere.toml").exit, 7);
}

TEST_F(CalendarProgram, PastCalendarsAndWholeConfigurationsAnswer) {
  const Ran ran = run("add --calendar uk --config " + uk("valid_to = \"2001-01-01\"\n"
                                                         "[[policy]]\nnonsense = true\n"),
                      "2000-12-29T16:00:00Z 30m\n2000-12-29T16:00:00Z 1h1m\n");
  EXPECT_EQ(ran.out, "2000-12-29T16:30:00Z\nnever\n");
}

TEST_F(CalendarProgram, TenThousandQuestionsAreOneQuickRun) {
  std::string questions;
  for (int i = 0; i < 10'000; ++i)
    questions += "20" + std::to_string(10 + i % 30) + "-06-0" + std::to_string(1 + i % 9) +
                 "T12:00:00Z " + std::to_string(1 + i) + "m\n";
  const Ran ran = run("add --calendar uk --config " + uk(), questions);
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 10'000);
}

// SEMANTICS 18.27: where the client's clock stands has no part in it.
TEST_F(CalendarProgram, CalendarEditedByAClientInAnotherZoneIsTheSameCalendar) {
  std::string first;
  for (const char* zone :
       {"TZ=UTC", "TZ=Asia/Tokyo", "TZ=America/Los_Angeles", "TZ=Nowhere/AtAll"}) {
    const Ran ran = run("add --calendar uk --config " + uk("closed = [2026-03-30]\n"),
                        "2026-03-27T16:00:00Z 4h\n", zone);
    EXPECT_EQ(ran.out, "2026-03-31T11:00:00Z\n") << zone;
    const Ran shown =
        run("show --calendar uk --from 2026-03-27 --days 6 --config " + uk(), "", zone);
    if (first.empty()) first = shown.out;
    EXPECT_EQ(shown.out, first) << zone;
  }
}

// SEMANTICS 18.28.
TEST_F(CalendarProgram, DiffShowsWhatAnUpdateOfTzdataMoves) {
  const std::string zones = "/usr/share/zoneinfo/";
  for (const auto& [release, like] : {std::pair("2026a", "Etc/GMT-2"), {"2026b", "Etc/GMT-3"}}) {
    std::filesystem::create_directories(path(release) + "/Test");
    std::filesystem::copy_file(zones + like, path(release) + "/Test/Zone");
    std::ofstream(path(release) + "/tzdata.zi") << "# version " << release << "\n";
  }
  const std::string file = write(
      "test.toml", "[calendar.t]\nzone = \"Test/Zone\"\nweek = { mon = [\"09:00-17:00\"] }\n");
  const std::string ask =
      "diff " + file + " " + file + " --calendar t --from 2026-06-01 --to 2026-06-08";
  const Ran ran =
      run(ask + " --json --old-tzdata " + path("2026a") + " --new-tzdata " + path("2026b"));
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["old"]["tzdata"], "2026a");
  EXPECT_EQ(json["new"]["tzdata"], "2026b");
  ASSERT_EQ(json["spans"].size(), 2U);
  EXPECT_EQ(json["spans"][0]["from"], "2026-06-01T06:00:00Z");  // opens an hour earlier
  EXPECT_EQ(json["spans"][0]["change"], "gained");
  EXPECT_EQ(json["spans"][1]["to"], "2026-06-01T15:00:00Z");  // and closes an hour earlier
  EXPECT_EQ(json["spans"][1]["change"], "lost");
  const Ran same =
      run(ask + " --json --old-tzdata " + path("2026a") + " --new-tzdata " + path("2026a"));
  EXPECT_THAT(nlohmann::json::parse(same.out)["spans"], IsEmpty());
}

TEST_F(CalendarProgram, DiffOfAnEditSumsWhatIsGainedAndLost) {
  const std::string before = uk();
  const std::string after =
      write("new.toml",
            "[calendar.uk]\nzone = \"Europe/London\"\n"
            "week = { mon-thu = [\"09:00-17:00\"], fri = [\"08:00-12:00\"] }\n");
  const Ran ran =
      run("diff " + before + " " + after + " --calendar uk --from 2026-06-01 --to 2026-06-08");
  EXPECT_THAT(ran.out, HasSubstr("2026-06-05T07:00:00Z  2026-06-05T08:00:00Z"));
  EXPECT_THAT(ran.out, HasSubstr("1h gained, 5h lost in 2 spans"));
  EXPECT_EQ(
      run("diff " + before + " " + after + " --calendar uk --from 2026-06-02 --to 2026-06-01").exit,
      2);
}

TEST_F(CalendarProgram, ShowHasADayARowWithItsExceptionAndTheClocksChange) {
  const std::string file = uk("closed = [2026-03-27]\nopen = { 2026-03-28 = [\"22:00-03:30\"] }\n");
  const Ran ran = run("show --json --calendar uk --from 2026-03-27 --days 4 --config " + file);
  const auto days = nlohmann::json::parse(ran.out)["days"];
  ASSERT_EQ(days.size(), 4U);
  EXPECT_EQ(days[0]["exception"], "closed date");
  EXPECT_THAT(days[0]["open"], IsEmpty());
  EXPECT_EQ(days[1]["exception"], "date with its own hours");
  EXPECT_EQ(days[1]["open"][0]["to"], "2026-03-29T00:00:00Z");
  EXPECT_EQ(days[2]["open"][0]["local_to"], "03:30");  // 02:30 UTC: the night lost an hour
  EXPECT_EQ(days[2]["open_us"], 9'000'000'000);
  EXPECT_EQ(days[2]["clock_changes"][0]["at"], "2026-03-29T01:00:00Z");
  EXPECT_EQ(days[3]["open"][0]["from"], "2026-03-30T08:00:00Z");
  EXPECT_THAT(run("show --calendar uk --from 2026-03-27 --days 4 --config " + file).out,
              HasSubstr("clocks forward 1h at 2026-03-29T01:00:00Z"));
  EXPECT_EQ(run("show --calendar uk --from 2026-02-30 --config " + file).exit, 2);
}

TEST_F(CalendarProgram, NextSaysOpenOrClosedAndUntilWhen) {
  const Ran ran = run("next --json --calendar uk --at 2026-03-27T18:00Z --config " + uk());
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_EQ(json["open"], false);
  EXPECT_EQ(json["next_open"], "2026-03-30T08:00:00Z");
  EXPECT_EQ(json["next_close"], "2026-03-30T16:00:00Z");
  EXPECT_EQ(json["end_of_business_day"], "2026-03-30T16:00:00Z");
  const auto always = nlohmann::json::parse(run("next --json --calendar 24x7").out);
  EXPECT_EQ(always["open"], true);
  EXPECT_TRUE(always["next_close"].is_null());
  EXPECT_EQ(run("next --calendar uk --cut-off 25:00 --config " + uk()).exit, 2);
}

TEST_F(CalendarProgram, ImportPrintsATableThatLoads) {
  const std::string ics = write("h.ics",
                                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Christmas\r\n"
                                "DTSTART;VALUE=DATE:20261225\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
  const Ran ran = run("import-ics --zone Europe/London --name xmas " + ics);
  EXPECT_EQ(ran.exit, 0);
  EXPECT_THAT(ran.out, HasSubstr("\"2026-12-25\",  # Christmas"));
  const std::string file = write("imported.toml", ran.out);
  EXPECT_EQ(run("add --calendar xmas --config " + file, "2026-12-24T16:00:00Z 2h\n").out,
            "2026-12-28T10:00:00Z\n");
  const Ran cut = run("import-ics " + write("cut.ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"));
  EXPECT_EQ(cut.exit, 7);
  EXPECT_THAT(cut.err, HasSubstr("cut.ics:2: BEGIN:VEVENT has no END"));
  EXPECT_THAT(cut.out, IsEmpty());
}

}  // namespace
}  // namespace paceline::tools
