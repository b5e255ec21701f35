// [pending.REASON], and the periods of a desk that depend on its calendar.
#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using desk::Period;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* uk = R"(
[calendar.uk]
zone = "Europe/London"
week = { mon-fri = ["09:00-17:00"] }
[desk.emea]
calendar = "uk"
)";

desk::DeskSettings in_uk(std::string_view text) {
  return only_desk(uk + std::string(text)).settings;
}
desk::DeskSettings without_calendar(std::string_view text) { return only_desk(text).settings; }

uint32_t bits(std::initializer_list<desk::ClockKind> kinds) {
  uint32_t bits = 0;
  for (const desk::ClockKind kind : kinds) bits |= 1U << static_cast<unsigned>(kind);
  return bits;
}

std::vector<desk::PauseRule> rules_of(const desk::DeskSettings& settings, std::string_view reason) {
  std::vector<desk::PauseRule> rules;
  for (const auto& rule : settings.pauses)
    if (rule.reason == reason) rules.push_back(rule);
  return rules;
}

TEST(DeskPeriods, DependOnWhetherTheDeskHasACalendar) {
  const auto plain = without_calendar("[desk.emea]");
  EXPECT_EQ(plain.reopen_window, (Period{7 * sched::day.us, 0}));
  EXPECT_EQ(plain.auto_close, (Period{3 * sched::day.us, 0}));
  EXPECT_THAT(plain.pending, IsEmpty());
  const auto working = in_uk("");
  EXPECT_EQ(working.calendar, "uk");
  EXPECT_EQ(working.reopen_window, (Period{0, 5}));
  EXPECT_EQ(working.auto_close, (Period{3 * sched::day.us, 0}));
  EXPECT_THAT(working.pending, ElementsAre(desk::PendingRule{"", {0, 10}, {}, 0}));
  const auto always = without_calendar("[desk.emea]\ncalendar = '24x7'");
  EXPECT_EQ(always.reopen_window, (Period{7 * sched::day.us, 0}));
  EXPECT_THAT(always.pending, IsEmpty());
}

TEST(DeskPeriods, MayBeWorkingDays) {
  const auto settings = in_uk("auto_close = '3bd'\nreopen_window = '24h'");
  EXPECT_EQ(settings.auto_close, (Period{0, 3}));
  EXPECT_EQ(settings.reopen_window, (Period{sched::day.us, 0}));
}

TEST(PendingSection, LimitsAndRemindsByReason) {
  const auto settings = in_uk(R"([pending.awaiting_requester]
max_pause = "14d"
remind_every = "2bd"
reminders = 4
[pending.awaiting_vendor]
max_pause = "none"
)");
  EXPECT_THAT(
      settings.pending,
      ElementsAre(desk::PendingRule{"awaiting_requester", {14 * sched::day.us, 0}, {0, 2}, 4},
                  desk::PendingRule{"awaiting_vendor", {}, {}, 0},
                  desk::PendingRule{"", {0, 10}, {}, 0}));
}

TEST(PendingSection, ThreeRemindersUnlessStated) {
  EXPECT_THAT(without_calendar("[pending.a]\nremind_every = '24h'").pending,
              ElementsAre(desk::PendingRule{"a", {}, {sched::day.us, 0}, 3}));
}

TEST(PendingSection, DefaultIsForAllOtherReasonsAndForWhatAReasonLeavesOut) {
  const auto settings = in_uk(R"([pending.default]
max_pause = "5bd"
remind_every = "1bd"
[pending.awaiting_vendor]
max_pause = "20bd"
)");
  EXPECT_THAT(settings.pending,
              ElementsAre(desk::PendingRule{"awaiting_vendor", {0, 20}, {0, 1}, 3},
                          desk::PendingRule{"", {0, 5}, {0, 1}, 3}));
}

TEST(PendingSection, PausesReplaceTheBuiltInOnesOfThatReasonOnly) {
  const desk::DeskSettings defaults;
  const auto settings = without_calendar(R"([pending.awaiting_requester]
pauses = ["resolution", "ola"]
when = "priority != P1"
[pending.on_the_shelf]
pauses = "all"
)");
  EXPECT_THAT(rules_of(settings, "awaiting_requester"),
              ElementsAre(desk::PauseRule{"awaiting_requester",
                                          bits({desk::ClockKind::resolution, desk::ClockKind::ola}),
                                          "priority != P1"}));
  EXPECT_THAT(rules_of(settings, "on_the_shelf"),
              ElementsAre(desk::PauseRule{"on_the_shelf", (1U << desk::clock_kind_count) - 1, ""}));
  for (const auto& rule : defaults.pauses) {
    if (rule.reason != "awaiting_requester") {
      EXPECT_EQ(rules_of(settings, rule.reason), rules_of(defaults, rule.reason));
    }
  }
  EXPECT_THAT(
      rules_of(without_calendar("[pending.awaiting_requester]\npauses = []"), "awaiting_requester"),
      IsEmpty());
}

TEST(PendingErrors, SayWhatToWrite) {
  const Wrong list[] = {
      {"[desk.a]\nauto_close = '3bd'",
       "desk.toml:2: E2203 desk \"a\": auto_close = \"3bd\" counts business days, and desk \"a\" "
       "has "
       "no calendar: add calendar = \"NAME\" to it, or write hours or days (d)"},
      {"[desk.a]\ncalendar = '24x7'\nreopen_window = '5bd'",
       "the calendar of desk \"a\", 24x7, has no business days: name a calendar with a week"},
      {"[desk.a]\ncalendar = 'uk'", "desk.toml:2: E2009 desk \"a\": no calendar \"uk\""},
      {"[desk.a]\nauto_close = '400bd'", "write 1bd to 366bd"},
      {"[desk.a]\nauto_close = 3", "auto_close needs a unit"},
      {"[desk.a]\nstale_after = '1bd'", "a duration is meant here"},
      {"[desk.a]\n[pending.x]\nmax_pause = '10bd'",
       "desk.toml:3: E2203 pending \"x\": max_pause = \"10bd\" counts business days, and desk "
       "\"a\" "
       "has no calendar"},
      {"[desk.a]\n[pending.default]\nremind_every = '2bd'", "pending \"default\": remind_every"},
      {"[pending.x]\nmax_pause = '0d'", "must be more than nothing: write \"none\" for no limit"},
      {"[pending.x]\nmax_pause = 10", "max_pause needs a unit"},
      {"[pending.x]\nremind_every = 'none'", "is not a duration"},
      {"[pending.x]\nreminders = 3", "reminders needs to know how far apart they are"},
      {"[pending.x]\nremind_every = '1h'\nreminders = 0", "reminders is 0: use 1 to 100"},
      {"[pending.x]\npauses = ['resolutions']",
       "pauses has no value \"resolutions\": did you mean \"resolution\"?"},
      {"[pending.x]\npauses = 'resolution'", "write a list such as [\"resolution\"], or \"all\""},
      {"[pending.default]\npauses = 'all'", "pauses are stated reason by reason"},
      {"[pending.x]\nwhen = 'vip'", "when limits pauses"},
      {"[pending.x]\npauses = 'all'\nwhen = 'vpi'", "E2201 pending \"x\": when, at character 1"},
      {"[pending.x]\nmax_pauses = '1d'", "unknown key \"max_pauses\": did you mean"},
      {"[[pending]]\nreason = 'x'", "a table: write [pending.REASON]"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

}  // namespace
}  // namespace paceline::config
