#include "engine/desk/configuration_archive.h"

// Members are bound by position, all of them: a member more or less does not compile until it is
// named here (and the version of the rulebook's part has gone up).

namespace paceline::desk {

using sched::Archive;
using sched::Priority;

static void persist(Archive& archive, Period& period) {
  auto& [us, business_days] = period;
  archive.fields(us, business_days);
}

static void persist(Archive& archive, Target& target) {
  auto& [kind, us, business_days, cut_off_s] = target;
  archive.choice(kind, TargetKind::promised);
  archive.fields(us, business_days, cut_off_s);
}

static void persist(Archive& archive, Rung& rung) {
  auto& [share_bp, before_us, notify, action, queue, calendar, repeat_us, repeat_max, retarget] =
      rung;
  archive.choice(action, RungAction::open_bridge);
  archive.fields(share_bp, before_us, notify, queue, calendar, repeat_us, repeat_max, retarget);
}

void persist(Archive& archive, PolicyDefinition& policy) {
  auto& [name, when, clock, label, target, calendar, start, stop, cancel, reset, pause_when,
         resume_when, cancel_when_start_false, pause_stated, pause, pause_moves_fixed, bot_counts,
         automatic_counts, rungs, on_priority_change, on_calendar_change, on_reopen, verdict,
         origin, merge_origin] = policy;
  archive.fields(name, when, label);
  archive.choice(clock, ClockKind::review);
  persist(archive, target);
  archive.fields(calendar, start, stop, cancel, reset, pause_when, resume_when,
                 cancel_when_start_false, pause_stated, pause, pause_moves_fixed, bot_counts,
                 automatic_counts);
  archive.each(rungs, [&](Rung& rung) { persist(archive, rung); });
  archive.choice(on_priority_change, OnPriorityChange::keep);
  archive.choice(on_calendar_change, OnCalendarChange::never);
  archive.choice(on_reopen, OnReopen::proceed);
  archive.choice(verdict, VerdictRule::initial);
  archive.choice(origin, ClockOrigin::occurred);
  archive.choice(merge_origin, MergeOrigin::earliest);
}

void persist(Archive& archive, PauseRule& rule) {
  auto& [reason, clocks, when] = rule;
  archive.fields(reason, clocks, when);
}

void persist(Archive& archive, PendingRule& rule) {
  auto& [reason, max_pause, remind_every, reminders] = rule;
  archive.fields(reason, reminders);
  persist(archive, max_pause);
  persist(archive, remind_every);
}

static void persist(Archive& archive, HeadStart& head_start) {
  auto& [priority_us, vip_us, reopened_us, negative_us] = head_start;
  archive.fields(priority_us, vip_us, reopened_us, negative_us);
}

static void persist(Archive& archive, Overflow& overflow) {
  auto& [wait_us, size, no_agent, queue] = overflow;
  archive.fields(wait_us, size, no_agent, queue);
}

static void persist(Archive& archive, Sticky& sticky) {
  auto& [by, ttl_us, wait_us, min_slack_us] = sticky;
  archive.choice(by, StickyBy::requester_and_config_item);
  archive.fields(ttl_us, wait_us, min_slack_us);
}

static void persist(Archive& archive, FollowTheSun& sun) {
  auto& [calendar, queue, mode] = sun;
  archive.fields(calendar, queue);
  archive.choice(mode, SunMode::transfer);
}

void persist(Archive& archive, QueueDefinition& queue) {
  auto& [name, group, need, tier, mode, discipline, weight_milli, default_horizon_us, head_start,
         steps, preferred, best_fit, choice, share, overflows, sticky, window_us, min_fit_us,
         keep_free, auto_accept, offer_timeout_us, fan_out, declines_max, cool_off_us, grace_us,
         keep_lost, wrap_up_min_us, wrap_up_max_us, escalate_to, checklist, checklist_required,
         no_touch_us, escalate_unroutable, bounce_window_us, sun] = queue;
  archive.fields(name, group, need, tier, weight_milli, default_horizon_us);
  archive.choice(mode, QueueMode::pull);
  archive.choice(discipline, Discipline::priority_minutes);
  persist(archive, head_start);
  archive.each(steps, [&](RoutingStep& step) {
    auto& [step_need, wait_us, slack_us] = step;
    archive.fields(step_need, wait_us, slack_us);
  });
  archive.each(preferred, [&](PreferredTerm& term) {
    auto& [term_need, points] = term;
    archive.fields(term_need, points);
  });
  archive.choice(choice, ChoiceOrder::occupancy);
  archive.fields(best_fit, share);
  archive.each(overflows, [&](Overflow& overflow) { persist(archive, overflow); });
  persist(archive, sticky);
  archive.fields(window_us, min_fit_us, keep_free, auto_accept, offer_timeout_us, fan_out,
                 declines_max, cool_off_us, grace_us, keep_lost, wrap_up_min_us, wrap_up_max_us,
                 escalate_to, checklist, checklist_required, no_touch_us, escalate_unroutable,
                 bounce_window_us);
  persist(archive, sun);
}

void persist(Archive& archive, AgentDefinition& agent) {
  auto& [name, groups, skills, capacity_milli, languages, clearances, channels, shift] = agent;
  archive.fields(name, groups, skills, capacity_milli, languages, clearances, channels, shift);
}

static void persist(Archive& archive, WorkRule& rule) {
  auto& [channel, kind, priority, weight_milli, channel_max, blocking, interruptible] = rule;
  archive.fields(channel, kind, priority, weight_milli, channel_max, blocking, interruptible);
}

static void persist(Archive& archive, AwayCode& code) {
  auto& [name, planned, routable] = code;
  archive.fields(name, planned, routable);
}

void persist(Archive& archive, ReferencedObject& object) {
  auto& [kind, name, attributes] = object;
  archive.choice(kind, ObjectKind::requester);
  archive.fields(name, attributes);
}

static void persist(Archive& archive, SurveySettings& survey) {
  auto& [questions, sampling_milli, quiet_us, valid_us, change_within_us, follow_up] = survey;
  archive.fields(questions, sampling_milli, quiet_us, valid_us, change_within_us, follow_up);
}

void persist(Archive& archive, DeskSettings& settings) {
  auto& [matrix, calendar, auto_close, reopen_window, stale_after_us, max_backdate_us, triage_queue,
         strict, pauses, pending, coordinator_queue, aged_share_milli, max_wait_us, language, work,
         away_codes, pending_share_milli, no_response_after, drain_lead_us, ramp_items, ramp_us,
         occupancy_low_milli, occupancy_high_milli, best_suited_first, survey, targets] = settings;
  for (auto& row : matrix.cell) {
    for (Priority& priority : row) archive.choice(priority, Priority::p5);
  }
  archive.fields(calendar);
  persist(archive, auto_close);
  persist(archive, reopen_window);
  archive.fields(stale_after_us, max_backdate_us, triage_queue);
  archive.each(strict, [&](Priority& priority) { archive.choice(priority, Priority::p5); });
  archive.each(pauses, [&](PauseRule& rule) { persist(archive, rule); });
  archive.each(pending, [&](PendingRule& rule) { persist(archive, rule); });
  archive.fields(coordinator_queue, aged_share_milli, max_wait_us);
  archive.choice(language, LanguageRule::ignored);
  archive.each(work, [&](WorkRule& rule) { persist(archive, rule); });
  archive.each(away_codes, [&](AwayCode& code) { persist(archive, code); });
  archive.fields(pending_share_milli, no_response_after, drain_lead_us, ramp_items, ramp_us,
                 occupancy_low_milli, occupancy_high_milli, best_suited_first);
  persist(archive, survey);
  archive.each(targets, [&](FigureTarget& target) {
    auto& [figure, band] = target;
    archive.fields(figure, band);
  });
}

}  // namespace paceline::desk
