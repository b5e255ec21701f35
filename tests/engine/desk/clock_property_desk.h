// The desk of the clock property test: every kind of clock, calendars with holidays, every mode of
// a policy, each condition stated twice: as the desk's text and as a function.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/models/clock_rules.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {

using tests::ModelFields;
using tests::StatedPolicy;

inline Rung rung(uint32_t share_bp, std::vector<std::string> notify = {"lead"}) {
  Rung rung;
  rung.share_bp = share_bp;
  rung.notify = std::move(notify);
  return rung;
}
inline Rung rung_before(sched::Duration before) {
  Rung rung;
  rung.before_us = before.us;
  return rung;
}

inline std::vector<Rung> some_ladder(Dice& dice) {
  std::vector<Rung> rungs;
  uint32_t share_bp = 0;
  for (uint64_t i = dice.roll(4); i > 0; --i) {
    share_bp += 2'500 + static_cast<uint32_t>(dice.roll(3)) * 1'234;
    rungs.push_back(rung(
        share_bp, dice.chance(50) ? std::vector<std::string>{"lead"} : std::vector<std::string>{}));
    Rung& made = rungs.back();
    if (dice.chance(40)) made.calendar = "weekdays";
    if (dice.chance(30))
      made.repeat_us = (sched::hour * (1 + static_cast<int64_t>(dice.roll(5)))).us;
    if (dice.chance(50)) made.repeat_max = 3;
    if (dice.chance(10)) made.action = RungAction::raise_priority;
    if (dice.chance(10)) {
      made.action = RungAction::reassign;
      made.queue = dice.chance(50) ? "q2" : "q0";
    }
    if (dice.chance(20))
      rungs.push_back(rung_before(sched::minute * (1 + static_cast<int64_t>(dice.roll(90)))));
  }
  return rungs;
}

inline sched::CalendarSpec shifts() {
  sched::CalendarSpec spec;
  spec.name = "shifts";
  for (uint8_t weekday = 0; weekday < 6; ++weekday) {
    spec.week.push_back({weekday, 6 * 3'600, 11 * 3'600 + 1'800});
    spec.week.push_back({weekday, 18 * 3'600, 26 * 3'600});
  }
  return spec;
}

/// Before a seed has had its say.
inline std::vector<StatedPolicy> all_kinds_of_policies() {
  std::vector<StatedPolicy> all;
  const auto add = [&](const char* name, const char* when, ClockKind clock, sched::Duration target,
                       const char* calendar,
                       tests::ModelCondition means = nullptr) -> StatedPolicy& {
    StatedPolicy& stated = all.emplace_back();
    stated.definition.name = name;
    stated.definition.when = when;
    stated.definition.clock = clock;
    stated.definition.target.us = target.us;
    stated.definition.calendar = calendar;
    stated.when = std::move(means);
    return stated;
  };
  using F = ModelFields;
  using sched::hour;
  using sched::minute;
  const auto category = [](const char* wanted) {
    return [wanted](const F& t) { return t.category == wanted; };
  };
  const auto p1 = [](const F& t) { return t.priority == 1; };
  add("P1 resolution", "priority == P1", ClockKind::resolution, hour * 4, "24x7", p1)
      .definition.verdict = VerdictRule::worst;
  StatedPolicy& vip = add("vip resolution", "vip", ClockKind::resolution, hour * 3, "weekdays",
                          [](const F& t) { return t.vip; });
  vip.definition.on_priority_change = OnPriorityChange::retroactive;
  vip.definition.on_reopen = OnReopen::restart;
  vip.definition.verdict = VerdictRule::initial;
  vip.definition.pause_stated = true;
  vip.definition.pause = {"awaiting_requester", "awaiting_vendor"};
  StatedPolicy& c1 = add("c1 resolution", "category == c1", ClockKind::resolution, hour, "weekdays",
                         category("c1"));
  c1.definition.target = {TargetKind::end_of_business_day, 0, 2};
  c1.definition.on_priority_change = OnPriorityChange::keep;
  c1.definition.on_reopen = OnReopen::proceed;
  c1.definition.merge_origin = MergeOrigin::earliest;
  StatedPolicy& c2 = add("c2 resolution", "category == c2", ClockKind::resolution, hour * 6,
                         "shifts", category("c2"));
  c2.definition.on_priority_change = OnPriorityChange::restart;
  c2.definition.origin = ClockOrigin::occurred;
  StatedPolicy& rest = add("resolution", "", ClockKind::resolution, hour * 8, "weekdays");
  rest.definition.on_calendar_change = OnCalendarChange::next_arm;
  rest.definition.merge_origin = MergeOrigin::earliest;
  add("P1 response", "priority == P1", ClockKind::response, minute * 30, "24x7", p1);
  add("response", "", ClockKind::response, hour * 2, "weekdays").definition.bot_counts = true;
  all.back().definition.automatic_counts = true;
  all.back().definition.origin = ClockOrigin::occurred;
  add("triage", "", ClockKind::triage, hour, "24x7");
  add("own", "", ClockKind::own, hour, "shifts").definition.on_calendar_change =
      OnCalendarChange::never;
  add("update", "", ClockKind::update, hour * 4, "weekdays");
  add("ola g0", "group == g0", ClockKind::ola, hour * 2, "weekdays", [](const F& t) {
    return t.group == "g0";
  }).definition.on_priority_change = OnPriorityChange::restart;
  add("ola", "", ClockKind::ola, hour * 5, "shifts");
  add("uc", "", ClockKind::uc, hour * 9, "weekdays");
  add("approval", "", ClockKind::approval, hour * 12, "24x7");
  StatedPolicy& stage = add("fulfil", "", ClockKind::stage, hour * 7, "weekdays");
  stage.definition.label = "fulfil";
  stage.definition.start = "stage == fulfil";
  stage.definition.stop = "stage != fulfil || state in [resolved, closed]";
  stage.definition.cancel = "workaround";
  stage.start = [](const F& t) { return t.stage == "fulfil"; };
  stage.stop = [](const F& t) { return t.stage != "fulfil" || t.done(); };
  stage.cancel = [](const F& t) { return t.workaround; };
  StatedPolicy& by_condition = add("hold", "", ClockKind::stage, hour * 5, "shifts");
  by_condition.definition.label = "hold";
  by_condition.definition.start = "state in [queued, assigned, in_progress, pending]";
  by_condition.definition.stop = "state in [resolved, closed]";
  by_condition.definition.pause_when = "stage == hold || state == pending && reason == odd";
  by_condition.definition.resume_when = "stage != verify";
  by_condition.definition.on_priority_change = OnPriorityChange::retroactive;
  by_condition.start = [](const F& t) { return t.unresolved(); };
  by_condition.stop = [](const F& t) { return t.done(); };
  by_condition.pause_when = [](const F& t) { return t.stage == "hold" || t.pending_for("odd"); };
  by_condition.resume_when = [](const F& t) { return t.stage != "verify"; };
  add("mi update", "", ClockKind::mi_update, minute * 30, "24x7");
  StatedPolicy& review = add("review", "", ClockKind::review, hour * 10, "weekdays");
  review.definition.start = "state == resolved && major";
  review.definition.stop = "stage == reviewed";
  review.definition.cancel = "vip";
  review.definition.cancel_when_start_false = 1;
  review.start = [](const F& t) { return t.is(State::resolved) && t.major; };
  review.stop = [](const F& t) { return t.stage == "reviewed"; };
  review.cancel = [](const F& t) { return t.vip; };
  StatedPolicy& promise = add("promise", "", ClockKind::resolution, hour, "24x7");
  promise.definition.label = "promise";
  promise.definition.target = {TargetKind::promised};
  promise.definition.verdict = VerdictRule::worst;
  StatedPolicy& fixed =
      add("fixed", "category in [c1, c3]", ClockKind::resolution, hour, "weekdays",
          [](const F& t) { return t.category == "c1" || t.category == "c3"; });
  fixed.definition.label = "fixed";
  fixed.definition.target = {TargetKind::instant, monday_us + (sched::day * 9 + hour * 11).us};
  fixed.definition.pause_moves_fixed = true;
  return all;
}

/// The next edition: targets and ladders that are others, policies left out, days closed.
struct Edition {
  Configuration configuration;
  std::vector<StatedPolicy> in_force;
};
inline Edition next_edition(Dice& dice, std::vector<StatedPolicy>& policies, int64_t now_us) {
  const bool first = policies.empty();
  if (first) policies = all_kinds_of_policies();
  for (StatedPolicy& stated : policies) {
    if (first || dice.chance(20)) {
      if (!first) stated.definition.target.us += static_cast<int64_t>(dice.roll(7'200)) * 1'000'003;
      stated.definition.rungs = some_ladder(dice);
      stated.definition.on_calendar_change = static_cast<OnCalendarChange>(dice.roll(3));
    }
  }
  Edition edition;
  Configuration& configuration = edition.configuration;
  configuration.calendars = {weekdays_nine_to_five(), shifts()};
  const auto today = now_us / sched::day.us;
  for (int i = 0; i < 3; ++i) {
    const auto date = sched::civil_from_days(today - 20 + static_cast<int64_t>(dice.roll(40)));
    configuration.calendars[dice.roll(2)].closed.push_back({static_cast<int16_t>(date.year),
                                                            static_cast<uint8_t>(date.month),
                                                            static_cast<uint8_t>(date.day)});
  }
  for (const char* name : {"q0", "q1", "q2"}) {
    QueueDefinition& queue = configuration.queues.emplace_back();
    queue.name = name;
    queue.group = name == std::string("q2") ? "g1" : "g0";
    queue.mode = QueueMode::manual;
  }
  configuration.routes = {{"c1", "category == c1", "q1"}, {"c2", "category == c2", "q2"}};
  for (const char* name : {"a0", "a1"}) {
    AgentDefinition& agent = configuration.agents.emplace_back();
    agent.name = name;
    agent.groups = {"g0", "g1"};
  }
  configuration.settings.calendar = "weekdays";
  configuration.settings.auto_close = {0, 2};
  configuration.settings.reopen_window = {sched::day.us * 5, 0};
  configuration.settings.pending = {
      {"", {0, 4}, {}, 0},
      {"awaiting_requester", {sched::day.us * 3, 0}, {(sched::hour * 7).us, 0}, 2}};
  for (const StatedPolicy& stated : policies) {
    if (!first && dice.chance(8)) continue;  // out of force
    configuration.policies.push_back(stated.definition);
    edition.in_force.push_back(stated);
  }
  return edition;
}

}  // namespace paceline::desk::test
