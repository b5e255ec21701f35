// `calendar diff --connect` says what the desk then does.
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class CalendarClocks : public ProgramTest {
 protected:
  static std::string configuration(const std::string& calendar) {
    return "[desk.main]\ncalendar = \"uk\"\n[calendar.uk]\n" + calendar +
           "[[queue]]\nname = \"l1\"\ngroup = \"desk\"\n[[route]]\nqueue = \"l1\"\n" +
           policy("hours", "resolution", "12h", "") +
           policy("days", "stage", "2bd",
                  "label = \"days\"\nstart = \"state == queued\"\nstop = \"state == resolved\"\n") +
           policy("keeps", "stage", "9h",
                  "label = \"keeps\"\nstart = \"state == queued\"\nstop = \"state == resolved\"\n"
                  "on_calendar_change = \"never\"\n") +
           policy("waits", "stage", "10h",
                  "label = \"waits\"\nstart = \"state == queued\"\nstop = \"state == resolved\"\n"
                  "on_calendar_change = \"next_arm\"\n") +
           policy("promise", "stage", "promised_at",
                  "label = \"promise\"\nstart = \"state == queued\"\nstop = \"state == resolved\"\n"
                  "pause_moves_fixed = true\n");
  }
  static std::string policy(const std::string& name, const std::string& clock,
                            const std::string& target, const std::string& more) {
    return "[[policy]]\nname = \"" + name + "\"\nclock = \"" + clock + "\"\ntarget = \"" + target +
           "\"\ncalendar = \"uk\"\n" + more;
  }

  /// Tickets opened over four days, some pending, some long past their deadlines.
  void open_tickets() {
    for (int day = 1; day <= 4; ++day) {
      for (const char* time : {"07:30", "10:20", "16:59", "19:00"}) {
        const std::string date = "2026-12-0" + std::to_string(day);
        told("ctl advance " + date + "T" + time + "Z");
        const std::string name = "T" + std::to_string(day) + std::string(time).substr(0, 2);
        told("ticket create " + name + (day % 2 == 0 ? " --promised-at 2026-12-09T12:00Z" : ""));
        if (std::string(time) == "10:20") told("ticket pend " + name + " awaiting_requester");
      }
    }
    told("ctl advance 2026-12-07T11:15Z");
  }

  std::map<std::pair<uint64_t, std::string>, json> clocks() {
    std::map<std::pair<uint64_t, std::string>, json> found;
    std::istringstream lines(told("clock list --json --limit 1000"));
    for (std::string line; std::getline(lines, line);) {
      json clock = json::parse(line);
      found[{clock["ticket"], clock["policy"]}] = clock;
    }
    return found;
  }

  void check(const std::string& before, const std::string& after) {
    write("old.toml", configuration(before));
    write("new.toml", configuration(after));
    serve();
    ASSERT_EQ(run("config put old.toml --create --connect " + address()).exit, 0);
    open_tickets();
    const auto before_put = clocks();
    const json said =
        json::parse(told("calendar diff old.toml new.toml --calendar uk --json"))["open_clocks"];
    EXPECT_EQ(said["under_another_version"], 0);
    ASSERT_EQ(run("config put new.toml --connect " + address()).exit, 0);
    const auto after_put = clocks();
    std::map<std::pair<uint64_t, std::string>, json> expected;
    for (const json& clock : said["clocks"]) expected[{clock["ticket"], clock["policy"]}] = clock;
    size_t moved = 0;
    for (const auto& [key, clock] : before_put) {
      const json& now = after_put.at(key);
      const auto found = expected.find(key);
      if (clock["state"] == "running" && found != expected.end()) {
        EXPECT_EQ(found->second["old_due"], clock["due_at"]) << clock;
        EXPECT_EQ(found->second["new_due"], now["due_at"]) << now;
        EXPECT_EQ(found->second["breaches_at_once"],
                  clock["breached_at"].is_null() && !now["breached_at"].is_null())
            << now;
        ++moved;
      } else {
        EXPECT_EQ(clock["due_at"], now["due_at"]) << now;
      }
    }
    EXPECT_EQ(moved, said["running_moved"]);
    EXPECT_GT(moved, 0U);
    // What is paused is due as said where it goes on at once.
    for (int day = 1; day <= 4; ++day) told("ticket resume T" + std::to_string(day) + "10");
    const auto resumed = clocks();
    size_t went_on = 0;
    for (const auto& [key, clock] : expected) {
      if (clock["state"] != "paused") continue;
      EXPECT_EQ(clock["new_due"], resumed.at(key)["due_at"]) << clock;
      ++went_on;
    }
    EXPECT_EQ(went_on, said["paused_moved"]);
    // Said again, there is nothing left to move at once.
    const json again =
        json::parse(told("calendar diff new.toml new.toml --calendar uk --json"))["open_clocks"];
    EXPECT_EQ(again["running_moved"], 0);
  }
};

constexpr const char* weekdays =
    "zone = \"Europe/London\"\nweek = { mon-fri = [\"09:00-17:00\"] }\n";

TEST_F(CalendarClocks, AHolidayMovesWhatTheServerThenMoves) {
  check(weekdays, std::string(weekdays) + "closed = [\"2026-12-08\"]\n");
}

TEST_F(CalendarClocks, LongerHoursBringDeadlinesForward) {
  check(weekdays, "zone = \"Europe/London\"\nweek = { mon-sat = [\"07:00-20:00\"] }\n");
}

TEST_F(CalendarClocks, AnotherZoneMovesEveryDeadline) {
  check(weekdays, "zone = \"Asia/Tokyo\"\nweek = { mon-fri = [\"09:00-17:00\"] }\n");
}

TEST_F(CalendarClocks, TextSaysTotalsAndWhoDoesNotFollow) {
  write("old.toml", configuration(weekdays));
  write("new.toml", configuration(std::string(weekdays) + "closed = [\"2026-12-08\"]\n"));
  serve();
  ASSERT_EQ(run("config put old.toml --create --connect " + address()).exit, 0);
  told("ctl advance 2026-12-07T11:15Z");
  told("ticket create A");
  const std::string text = told("calendar diff old.toml new.toml --calendar uk");
  EXPECT_THAT(text, HasSubstr("2026-12-08T15:15:00Z  2026-12-09T15:15:00Z       +1d"));
  EXPECT_THAT(text, HasSubstr("2 running clocks would be due at another instant (2 later, 0 "
                              "earlier), 0 stay"));
  EXPECT_THAT(text, HasSubstr("1 follow after their next pause"));
  EXPECT_THAT(text, HasSubstr("1 keep the calendar they have"));
  EXPECT_EQ(run("calendar diff old.toml new.toml --calendar uk --connect " + address()).exit, 2);
  EXPECT_EQ(run("calendar diff old.toml new.toml --calendar uk").exit, 0);
}

// A deadline that has passed stays where it passed, said before and done.
TEST_F(CalendarClocks, AMigrationIsSaidAsItIsDone) {
  const std::string before = configuration(weekdays);
  std::string after = before;
  after.replace(after.find("\"12h\""), 5, "\"7h\"");
  write("old.toml", before);
  write("new.toml", after);
  serve();
  ASSERT_EQ(run("config put old.toml --create --connect " + address()).exit, 0);
  open_tickets();
  ASSERT_EQ(run("config put new.toml --connect " + address()).exit, 0);
  std::istringstream changes(told("policy migrate --mode carry --dry-run --json"));
  told("policy migrate --mode carry --yes");
  told("ctl advance 2026-12-07T11:15Z");
  const auto done = clocks();
  size_t changed = 0;
  for (std::string line; std::getline(changes, line); ++changed) {
    const json change = json::parse(line);
    const json& clock = done.at({change["ticket"], change["policy"]});
    EXPECT_EQ(change["due_after"], clock["due_at"]) << change;
    EXPECT_EQ(change["breached_after"], clock["breached_at"]) << change;
    EXPECT_EQ(change["target_after_us"], clock["target_us"]) << change;
  }
  EXPECT_EQ(changed, 16U);
}

class ClockList : public CalendarClocks {};

TEST_F(ClockList, MostUrgentFirstAndOnlyWhatIsAskedFor) {
  write("desk.toml", configuration(weekdays));
  serve();
  ASSERT_EQ(run("config put desk.toml --create --connect " + address()).exit, 0);
  open_tickets();
  std::string due;
  bool ended = false;  // those without a deadline come last
  std::istringstream all(told("clock list --json --limit 1000"));
  for (std::string line; std::getline(all, line);) {
    const json clock = json::parse(line);
    ended = ended || clock["due_at"].is_null();
    EXPECT_EQ(clock["due_at"].is_null(), ended);
    if (ended) continue;
    EXPECT_LE(due, clock["due_at"].get<std::string>());
    due = clock["due_at"];
  }
  const auto asked = [&](const std::string& options) {
    std::vector<json> found;
    std::istringstream lines(told("clock list --json " + options));
    for (std::string line; std::getline(lines, line);) found.push_back(json::parse(line));
    return found;
  };
  for (const json& clock : asked("--policy hours")) EXPECT_EQ(clock["policy"], "hours");
  EXPECT_FALSE(asked("--state paused").empty());
  for (const json& clock : asked("--state paused")) EXPECT_EQ(clock["state"], "paused");
  for (const json& clock : asked("--kind stage")) EXPECT_EQ(clock["clock"], "stage");
  const auto at_risk = asked("--at-risk 8h");
  EXPECT_FALSE(at_risk.empty());
  for (const json& clock : at_risk) {
    EXPECT_GE(clock["due_at"].get<std::string>(), "2026-12-07T11:15:00Z");
    EXPECT_LE(clock["due_at"].get<std::string>(), "2026-12-07T19:15:00Z");
  }
  EXPECT_EQ(asked("--limit 3").size(), 3U);
  EXPECT_EQ(asked("--limit 3").front(), asked("").front());
  EXPECT_EQ(on_desk("clock list --at-risk 15").exit, 2);
  EXPECT_EQ(on_desk("clock list --at-risk 15m --state paused").exit, 2);
  EXPECT_EQ(on_desk("clock list --kind sundial").exit, 2);
}

}  // namespace
}  // namespace paceline::tools
