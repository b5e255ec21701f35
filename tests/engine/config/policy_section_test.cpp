// [[policy]]: every key, and what is said of every mistake.
#include "engine/config/target.h"
#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view uk = R"(
[calendar.uk]
zone = "Europe/London"
week = { mon-fri = ["09:00-17:00"] }
)";

std::string policy_text(std::string_view keys) {
  return "[[policy]]\nname = 'a'\nclock = 'resolution'\n" + std::string(keys) + std::string(uk);
}
desk::PolicyDefinition policy(std::string_view keys) {
  return only_desk(policy_text(keys)).policies.at(0);
}
/// With a target of four hours.
desk::PolicyDefinition with(std::string_view keys) {
  return policy("target = '4h'\n" + std::string(keys));
}
std::vector<std::string> errors_with(std::string_view keys) {
  return errors(policy_text("target = '4h'\n" + std::string(keys)));
}
std::vector<std::string> warnings_with(std::string_view keys) {
  return loaded(policy_text("target = '4h'\n" + std::string(keys))).warnings;
}

TEST(PolicySection, NamesItsClockTargetAndCondition) {
  const auto policy = only_desk(R"([[policy]]
name = "P1 resolution"
when = "priority == P1"
clock = "resolution"
target = "4h"
)")
                          .policies.at(0);
  EXPECT_EQ(policy.name, "P1 resolution");
  EXPECT_EQ(policy.when, "priority == P1");
  EXPECT_EQ(policy.clock, desk::ClockKind::resolution);
  EXPECT_EQ(policy.target, (desk::Target{.us = 4 * sched::hour.us}));
  EXPECT_EQ(policy.calendar, "24x7");
  desk::PolicyDefinition defaults;
  defaults.name = policy.name;
  defaults.when = policy.when;
  defaults.target = policy.target;
  EXPECT_EQ(policy, defaults);
}

TEST(PolicySection, KnowsElevenKindsOfClock) {
  const std::string_view kinds[] = {"response", "resolution", "triage", "own",
                                    "update",   "ola",        "uc",     "approval",
                                    "stage",    "mi_update",  "review"};
  for (size_t i = 0; i < std::size(kinds); ++i) {
    const auto text = "[[policy]]\nname = 'a'\nclock = '" + std::string(kinds[i]) +
                      "'\ntarget = '1h'\nstart = 'major'\nstop = '!major'";
    EXPECT_EQ(only_desk(text).policies.at(0).clock, static_cast<desk::ClockKind>(i)) << kinds[i];
  }
  EXPECT_EQ(with("label = 'vendor'").label, "vendor");
}

TEST(PolicySection, TargetsMayBeWorkingDays) {
  const auto by_unit = policy("target = '2bd'\ncalendar = 'uk'");
  EXPECT_EQ(by_unit.target,
            (desk::Target{desk::TargetKind::end_of_business_day, 0, 2, 14 * 3'600}));
  EXPECT_EQ(policy("target = 'end_of_business_day(2)'\ncalendar = 'uk'").target, by_unit.target);
  EXPECT_EQ(policy("target = '2bd'\ncalendar = 'uk'\ncut_off = '12:30'").target.cut_off_s, 45'000U);
}

TEST(PolicySection, WorkingDaysAreTheDesksWhereThePolicyNamesNoCalendar) {
  const auto desk = only_desk("[desk.emea]\ncalendar = 'uk'\n" + policy_text("target = '2bd'"));
  EXPECT_EQ(desk.policies.at(0).calendar, "uk");
  const auto hours = only_desk("[desk.emea]\ncalendar = 'uk'\n" + policy_text("target = '2h'"));
  EXPECT_EQ(hours.policies.at(0).calendar, "24x7");
}

TEST(PolicySection, TargetsMayBeInstants) {
  const auto fixed = policy("target = '2026-12-24T16:00:00Z'\npause_moves_fixed = true");
  EXPECT_EQ(fixed.target.kind, desk::TargetKind::instant);
  EXPECT_EQ(fixed.target.us, parse_instant("2026-12-24T16:00:00Z")->us);
  EXPECT_TRUE(fixed.pause_moves_fixed);
  EXPECT_EQ(policy("target = 'promised_at'").target.kind, desk::TargetKind::promised);
}

TEST(PolicySection, WhatIsPrintedOfATargetReadsBack) {
  for (const char* text : {"4h30m", "2bd", "2026-12-24T16:00:00Z", "promised_at"})
    EXPECT_EQ(print(*parse_target(text)), text);
  EXPECT_EQ(print(*parse_target("end_of_business_day(3)")), "3bd");
}

TEST(PolicySection, StatesConditions) {
  const auto policy = with(R"(start = "assigned"
stop = "state == resolved"
cancel = "state == cancelled"
reset = "moved"
pause_when = "ball == requester"
resume_when = "ball == desk"
cancel_when_start_false = true
)");
  EXPECT_EQ(policy.start, "assigned");
  EXPECT_EQ(policy.stop, "state == resolved");
  EXPECT_EQ(policy.cancel, "state == cancelled");
  EXPECT_EQ(policy.reset, "moved");
  EXPECT_EQ(policy.pause_when, "ball == requester");
  EXPECT_EQ(policy.resume_when, "ball == desk");
  EXPECT_EQ(policy.cancel_when_start_false, 1);
  EXPECT_EQ(with("cancel_when_start_false = false").cancel_when_start_false, 0);
  EXPECT_EQ(with("").cancel_when_start_false, -1);
}

TEST(PolicySection, StatesPauses) {
  const auto policy = with("pause = ['awaiting_requester', 'awaiting_vendor']");
  EXPECT_TRUE(policy.pause_stated);
  EXPECT_THAT(policy.pause, ElementsAre("awaiting_requester", "awaiting_vendor"));
  EXPECT_TRUE(with("pause = []").pause_stated);
  EXPECT_FALSE(with("").pause_stated);
}

TEST(PolicySection, StatesWhatCountsAsAnAnswer) {
  const auto policy = with("counts = ['bot', 'automatic']");
  EXPECT_TRUE(policy.bot_counts);
  EXPECT_TRUE(policy.automatic_counts);
  EXPECT_FALSE(with("counts = ['bot']").automatic_counts);
}

TEST(PolicySection, StatesWhatChangesDo) {
  const auto policy = with(R"(on_priority_change = "retroactive"
on_calendar_change = "next_arm"
on_reopen = "continue"
verdict = "worst"
origin = "occurred"
merge_origin = "earliest"
)");
  EXPECT_EQ(policy.on_priority_change, desk::OnPriorityChange::retroactive);
  EXPECT_EQ(policy.on_calendar_change, desk::OnCalendarChange::next_arm);
  EXPECT_EQ(policy.on_reopen, desk::OnReopen::proceed);
  EXPECT_EQ(policy.verdict, desk::VerdictRule::worst);
  EXPECT_EQ(policy.origin, desk::ClockOrigin::occurred);
  EXPECT_EQ(policy.merge_origin, desk::MergeOrigin::earliest);
  EXPECT_EQ(with("on_priority_change = 'restart'").on_priority_change,
            desk::OnPriorityChange::restart);
  EXPECT_EQ(with("on_priority_change = 'keep'").on_priority_change, desk::OnPriorityChange::keep);
  EXPECT_EQ(with("on_calendar_change = 'never'").on_calendar_change, desk::OnCalendarChange::never);
  EXPECT_EQ(with("on_reopen = 'restart'").on_reopen, desk::OnReopen::restart);
  EXPECT_EQ(with("verdict = 'initial'").verdict, desk::VerdictRule::initial);
}

TEST(PolicySection, ThresholdsAndStepsAreOneLadder) {
  const auto all = loaded(policy_text(R"(target = "4h"
thresholds = [12.5, 75]
escalate = [
  { at = 120, notify = ["head"], repeat = "2h", max = 5, calendar = "uk" },
  { at = 75, notify = ["lead", "owner"], action = "raise_priority", retarget = true },
  { before = "30m", notify = ["lead"] },
  { before = "1h", action = "reassign", queue = "triage" },
]
)"));
  EXPECT_THAT(all.warnings, IsEmpty());
  const auto& rungs = all.desks.at(0).second.policies.at(0).rungs;
  ASSERT_THAT(rungs, SizeIs(5));
  EXPECT_EQ(rungs[0].share_bp, 1'250U);
  EXPECT_FALSE(rungs[0].acts());
  EXPECT_EQ(rungs[1].share_bp, 7'500U);
  EXPECT_THAT(rungs[1].notify, ElementsAre("lead", "owner"));
  EXPECT_EQ(rungs[1].action, desk::RungAction::raise_priority);
  EXPECT_TRUE(rungs[1].retarget);
  EXPECT_FALSE(rungs[2].retarget);
  EXPECT_EQ(rungs[2].share_bp, 12'000U);
  EXPECT_EQ(rungs[2].repeat_us, 2 * sched::hour.us);
  EXPECT_EQ(rungs[2].repeat_max, 5);
  EXPECT_EQ(rungs[2].calendar, "uk");
  EXPECT_EQ(rungs[3].share_bp, 0U);
  EXPECT_EQ(rungs[3].before_us, sched::hour.us);
  EXPECT_EQ(rungs[3].action, desk::RungAction::reassign);
  EXPECT_EQ(rungs[3].queue, "triage");
  EXPECT_EQ(rungs[4].before_us, 30 * sched::minute.us);
}

TEST(PolicySection, EveryActionHasItsWord) {
  const std::string_view actions[] = {"notify", "raise_priority", "reassign", "add_watcher",
                                      "open_bridge"};
  for (size_t i = 0; i < std::size(actions); ++i) {
    const bool moves = actions[i] == "reassign";
    const auto policy =
        with("escalate = [{ at = 50, notify = ['lead'], action = '" + std::string(actions[i]) +
             (moves ? "', queue = 'triage'" : "'") + " }]");
    EXPECT_EQ(policy.rungs.at(0).action, static_cast<desk::RungAction>(i));
  }
}

TEST(PolicySection, PoliciesThatNeverMatchAreWarnedOf) {
  const auto two = [](std::string_view first, std::string_view second) {
    return loaded("[[policy]]\nname = 'a'\nclock = 'own'\ntarget = '1h'\n" + std::string(first) +
                  "\n[[policy]]\nname = 'b'\nclock = 'own'\ntarget = '1h'\n" + std::string(second))
        .warnings;
  };
  EXPECT_THAT(two("", "when = 'vip'"),
              ElementsAre("desk.toml:6: W2904 policy \"b\": no ticket can come under it: policy "
                          "\"a\" comes first and has no condition"));
  EXPECT_THAT(two("when = 'vip'", "when = 'vip'"), ElementsAre(HasSubstr("the same condition")));
  EXPECT_THAT(two("when = 'vip'", ""), IsEmpty());
  EXPECT_THAT(two("", "label = 'x'"), IsEmpty());
}

TEST(PolicySection, KeysWithoutEffectAreWarnedOf) {
  EXPECT_THAT(
      warnings_with("cut_off = '14:00'"),
      ElementsAre(HasSubstr("W2903 policy \"a\": cut_off is for a target in business days")));
  EXPECT_THAT(warnings_with("pause_moves_fixed = true"),
              ElementsAre(HasSubstr("pause_moves_fixed is for a target that is an instant")));
}

TEST(PolicyErrors, OfTheBasics) {
  const Wrong list[] = {
      {"[[policy]]\nname = 'a'\nclock = 'resolution'", "target is missing"},
      {"[[policy]]\nname = 'a'\ntarget = '1h'", "clock is missing"},
      {"[[policy]]\nname = 'a'\nclock = 'resolutoin'\ntarget = '1h'",
       "clock has no value \"resolutoin\": did you mean \"resolution\"?"},
      {"[[policy]]\nname = 'a'\nclock = 'response'\ntarget = '1h'\ncalendar = 'uk'",
       "desk.toml:5: E2009 policy \"a\": no calendar \"uk\": use 24x7"},
      {"[[policy]]\nname = 'a'\nclock = 'response'\ntarget = '1h'\nlabel = ''", "label is empty"},
      {"[[policy]]\nname = 'a'\nclock = 'response'\ntarget = '1h'\n[[policy]]\nname = 'a'\nclock = "
       "'response'\ntarget = '1h'",
       "E2008 policy \"a\" is already defined at line 1: rename one"},
      {policy_text("target = '4h'\non_prioritiy_change = 'carry'"),
       "unknown key \"on_prioritiy_change\": did you mean \"on_priority_change\"?"},
      {policy_text("target = '4h'\non_reopen = 'proceed'"), "on_reopen has no value \"proceed\""},
      {policy_text("target = '4h'\ncounts = ['bots']"),
       "counts has no value \"bots\": did you mean \"bot\"?"},
      {policy_text("target = '4h'\npause_moves_fixed = 'yes'"),
       "pause_moves_fixed must be true or false, not a text"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(PolicyErrors, OfTargets) {
  const Wrong list[] = {
      {policy_text("target = 15"), "target needs a unit"},
      {policy_text("target = '15'"), "\"15\" has no unit"},
      {policy_text("target = '2d'"), "a day of business time"},
      {policy_text("target = '0h'"), "more than nothing"},
      {policy_text("target = '9000h'"), "at most a year"},
      {policy_text("target = '367bd'"), "write 1bd to 366bd"},
      {policy_text("target = 'end_of_business_day(0)'"), "names no business day"},
      {policy_text("target = '2bd'"),
       "desk.toml:4: E2203 policy \"a\": target = \"2bd\" counts business days, and 24x7 has "
       "none: name a calendar with a week"},
      {"[desk.a]\ncalendar = '24x7'\n" + policy_text("target = '2bd'"),
       "24x7 has none: name a calendar"},
      {policy_text("target = '2026-12-24T16:00:00'"), "is not an instant"},
      {policy_text("target = '2100-01-01T00:00:00Z'"), "the years that calendars know"},
      {policy_text("target = '2bd'\ncalendar = 'uk'\ncut_off = '2pm'"),
       "cut_off: \"2pm\" is no time of day"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(PolicyErrors, OfConditions) {
  for (const std::string key :
       {"when", "start", "stop", "cancel", "reset", "pause_when", "resume_when"})
    EXPECT_THAT(errors_with(key + " = 'vip && prioritiy == P1'"),
                ElementsAre(HasSubstr("desk.toml:5: E2201 policy \"a\": " + key +
                                      ", at character 8: unknown field \"prioritiy\": did you "
                                      "mean \"priority\"?")));
  EXPECT_THAT(errors_with("start = ''"), ElementsAre(HasSubstr("start is empty")));
  EXPECT_THAT(errors_with("start = 'queue == nowhere'"),
              ElementsAre(HasSubstr("start: no queue \"nowhere\"")));
  const std::string stage = "[[policy]]\nname = 'a'\nclock = 'stage'\ntarget = '1h'\n";
  EXPECT_THAT(errors(stage), ElementsAre(HasSubstr("begins and ends where its policy says")));
  EXPECT_THAT(errors(stage + "start = 'vip'"), SizeIs(1));
  EXPECT_THAT(errors("[[policy]]\nname = 'a'\nclock = 'review'\ntarget = '1h'\n"),
              ElementsAre(HasSubstr("a review clock begins and ends where its policy says")));
}

TEST(PolicyErrors, OfLadders) {
  const std::pair<const char*, const char*> list[] = {
      {"thresholds = [0]", "percentage of the target"},
      {"thresholds = [1001]", "percentage of the target"},
      {"thresholds = [75, 50]", "thresholds are out of order: 50 % follows 75 %"},
      {"thresholds = [50, 50]", "out of order"},
      {"escalate = [{ at = 50 }]", "notify is missing"},
      {"escalate = [{ at = 50, notify = [] }]", "it notifies nobody"},
      {"escalate = [{ notify = ['a'] }]", "at is missing"},
      {"escalate = [{ at = 50, before = '1h', notify = ['a'] }]", "at and before both say when"},
      {"escalate = [{ before = '0s', notify = ['a'] }]", "before must be more than nothing"},
      {"escalate = [{ before = '5h', notify = ['a'] }]", "is more than the target of 4h"},
      {"escalate = [{ before = '1bd', notify = ['a'] }]", "a duration is meant here"},
      {"escalate = [{ at = 50, notify = ['a'], repeat = '1bd' }]", "a duration is meant here"},
      {"escalate = [{ at = 50, notify = ['a'], repeat = 2 }]", "repeat needs a unit"},
      {"escalate = [{ at = 50, notify = ['a'], repeat = '30s' }]", "repeat must be at least 1m"},
      {"escalate = [{ at = 50, notify = ['a'], repeat = '1d', calendar = 'uk' }]",
       "a day of business time"},
      {"escalate = [{ at = 50, notify = ['a'], max = 2 }]", "max limits repeat"},
      {"escalate = [{ at = 50, notify = ['a'], action = 'page' }]", "action has no value \"page\""},
      {"escalate = [{ at = 50, action = 'reassign' }]", "queue is missing"},
      {"escalate = [{ at = 50, action = 'reassign', queue = 'nowhere' }]",
       "escalate: no queue \"nowhere\""},
      {"escalate = [{ at = 50, notify = ['a'], queue = 'triage' }]",
       "queue is for action = \"reassign\" only"},
      {"escalate = [{ at = 50, notify = ['a'], calendar = 'us' }]", "escalate: no calendar \"us\""},
      {"escalate = [{ at = 50, notify = ['a'] }, { at = 50, notify = ['b'] }]",
       "there is a step at 50 % already"},
      {"escalate = [{ before = '1h', notify = ['a'] }, { before = '60m', notify = ['b'] }]",
       "there is a step before 1h already"},
      {"escalate = [{ at = 50, notify = ['a'], every = '1h' }]", "unknown key \"every\""},
  };
  for (const auto& [keys, says] : list)
    EXPECT_THAT(errors_with(keys), testing::Contains(HasSubstr(says))) << keys;
  std::string many = "thresholds = [";
  for (int i = 1; i <= 33; ++i) many += std::to_string(i) + ",";
  EXPECT_THAT(errors_with(many + "]"), ElementsAre(HasSubstr("33 thresholds and steps")));
}

TEST(PolicyErrors, ATicketHasSixteenClocks) {
  std::string text;
  for (int i = 0; i < 17; ++i)
    text += "[[policy]]\nname = 'p" + std::to_string(i) +
            "'\nclock = 'uc'\ntarget = '1h'\nlabel = '" + std::to_string(i) + "'\n";
  EXPECT_THAT(errors(text), ElementsAre(HasSubstr("E2204 policy \"p16\": it is the clock and label "
                                                  "number 17 of desk \"main\"")));
}

}  // namespace
}  // namespace paceline::config
