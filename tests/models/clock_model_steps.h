// The steps of the clock model; see clock_model.h.
#pragma once

#include "tests/models/clock_model.h"

namespace paceline::tests {

inline std::optional<int64_t> TicketModel::target(const ModelPolicy& policy, int64_t origin_us,
                                                  int64_t carried_us) const {
  const desk::Target& wanted = policy.definition().target;
  int64_t deadline_us = wanted.us;
  if (wanted.kind == desk::TargetKind::duration) return wanted.us;
  if (wanted.kind == desk::TargetKind::end_of_business_day) {
    deadline_us =
        policy.hours->end_of_business_day_us(origin_us, wanted.business_days, wanted.cut_off_s);
  } else if (wanted.kind == desk::TargetKind::promised) {
    if (promised_at_us == 0) return std::nullopt;
    deadline_us = promised_at_us;
  }
  if (deadline_us >= origin_us)
    return carried_us + policy.hours->between_us(origin_us, deadline_us);
  return std::max<int64_t>(0, carried_us - policy.hours->between_us(deadline_us, origin_us));
}

/// Where a clock attached now begins; `never`: now.
inline int64_t TicketModel::origin(const ModelPolicy& policy) const {
  const bool occurred = policy.definition().origin == desk::ClockOrigin::occurred &&
                        occurred_at_us != 0 && occurred_at_us < recorded_at_us &&
                        recorded_at_us - occurred_at_us <= rules_.settings().max_backdate_us;
  if (occurred) return occurred_at_us;
  const bool retroactive =
      policy.definition().on_priority_change == desk::OnPriorityChange::retroactive;
  return retroactive && !policy.cyclic ? recorded_at_us : sched::never.us;
}

// The state machine.

inline void TicketModel::react(uint32_t changed, bool reopened, int64_t now_us) {
  ModelFields settled = fields;
  settled.message.clear();
  settled.moved = false;
  const size_t known = clocks.size();
  if (reopened) {
    for (size_t at = 0; at < known; ++at) {
      const ModelPolicy* policy = &clocks[at].policy();
      if (clocks[at].live() || policy->definition().clock != desk::ClockKind::resolution) continue;
      if (starts(*policy, settled)) {
        begin(at, policy, settled, now_us, policy->definition().on_reopen);
      }
    }
  }
  for (size_t at = 0; at < known; ++at) {
    if (!clocks[at].live()) continue;
    const uint32_t reads = clocks[at].policy().reads | rules_.tracks()[clocks[at].track].reads();
    if ((reads & changed) != 0) step(at, settled, changed, now_us);
  }
  if (settled.terminal()) return;
  for (size_t track = 0; track < rules_.tracks().size(); ++track) {
    if ((rules_.tracks()[track].reads() & changed) == 0) continue;
    size_t at = 0;
    while (at < clocks.size() && clocks[at].track != track) ++at;
    const bool known_clock = at < clocks.size();
    if (known_clock && clocks[at].live()) continue;
    const ModelPolicy* wanted = rules_.policy_for(track, settled);
    if (wanted == nullptr || (known_clock && !wanted->cyclic)) continue;
    if (!starts(*wanted, settled)) continue;
    if (known_clock) {
      begin(at, wanted, settled, now_us, desk::OnReopen::restart);
    } else {
      start(track, wanted, settled, now_us);
    }
  }
}

inline void TicketModel::updated(uint32_t changed, int priority_before, int64_t now_us) {
  if (fields.priority > priority_before) {
    for (ModelClock& clock : clocks) {
      if (clock.live()) signal(clock, "downgrade", 80, now_us);
    }
  }
  may_signal_swap_ = fields.priority == priority_before;
  react(changed, false, now_us);
  may_signal_swap_ = false;
}

inline void TicketModel::signal(ModelClock& clock, const char* what, int64_t percent,
                                int64_t now_us) {
  const int64_t consumed_us = clock.figures(now_us).consumed_us;
  if (consumed_us * 100 < clock.last().target_us * percent) return;
  if (!clock.signals.insert(what).second) return;
  say(clock, Kind::gaming_signal, now_us, consumed_us).threshold_bp =
      static_cast<uint32_t>(percent * 100);
}

/// stop > cancel > reset > another policy > pause > resume
inline void TicketModel::step(size_t at, const ModelFields& settled, uint32_t changed,
                              int64_t now_us) {
  ModelClock& clock = clocks[at];
  const ModelPolicy* policy = &clock.policy();
  if (policy->stated.stop(fields)) return end(clock, ClockState::completed, now_us);
  if (settled.terminal() || cancels(*policy, fields) ||
      (policy->cancel_when_start_false && !policy->stated.start(settled))) {
    return end(clock, ClockState::cancelled, now_us);
  }
  const ModelPolicy* wanted = rules_.policy_for(clock.track, settled);
  if (policy->stated.reset && policy->stated.reset(fields)) {
    end(clock, ClockState::completed, now_us);
    if (wanted == nullptr) wanted = policy;
    if (starts(*wanted, settled)) {
      begin(at, wanted, settled, now_us, desk::OnReopen::restart);
    }
    return;
  }
  const bool may_switch = (rules_.tracks()[clock.track].chosen_by() & changed) != 0;
  if (may_switch && wanted != nullptr && wanted->definition().name != policy->definition().name) {
    const bool kept = policy->definition().on_priority_change == desk::OnPriorityChange::keep;
    if (may_signal_swap_ && !kept) signal(clock, "swap", 80, now_us);
    switch (policy->definition().on_priority_change) {
      case desk::OnPriorityChange::carry:
        retarget(clock, wanted, false, now_us);
        break;
      case desk::OnPriorityChange::retroactive:
        retarget(clock, wanted, true, now_us);
        break;
      case desk::OnPriorityChange::restart:
        end(clock, ClockState::cancelled, now_us, desk::clock_superseded);
        return begin(at, wanted, settled, now_us, desk::OnReopen::restart);
      case desk::OnPriorityChange::keep:
        break;
    }
  }
  pause_or_resume(clock, fields, now_us);
}

inline void TicketModel::pause_or_resume(ModelClock& clock, const ModelFields& t, int64_t now_us) {
  ModelSpan span = clock.last();
  const bool paused = pauses(*span.policy, t);
  span.from_us = std::max(now_us, span.from_us);
  span.reason = t.reason;
  span.retargeted = false;
  if (clock.state == ClockState::running && paused) {
    span.state = clock.state = ClockState::paused;
    clock.spans.push_back(span);
    breach_if_over(clock, now_us);
    say(clock, Kind::clock_paused, now_us, clock.figures(now_us).consumed_us);
    signal(clock, "pause", 90, now_us);
  } else if (clock.state == ClockState::paused && !paused && span.policy->stated.resume_when(t)) {
    if (span.policy->definition().on_calendar_change == desk::OnCalendarChange::next_arm) {
      span.policy = rules_.newest(span.policy);
      if (span.policy != &clock.policy()) {
        if (const auto us = target(*span.policy, clock.spans.front().from_us, clock.carried_us))
          span.target_us = *us;
        clock.tightest_us = std::min(clock.tightest_us, span.target_us);
      }
    }
    span.retargeted = span.target_us != clock.last().target_us;
    span.state = clock.state = ClockState::running;
    clock.spans.push_back(span);
    clock.over_at_start = clock.over_at_start && clock.figures(now_us).consumed_us > span.target_us;
    for (ModelStep& step : clock.steps) {
      if (step.due_us >= now_us) continue;
      const int64_t repeat_us = clock.policy().definition().rungs[step.rung].repeat_us;
      const OpeningHours& hours = rung_hours(clock, step.rung);
      step.due_us = step.done == 0 || repeat_us == 0 ? hours.next_open_us(now_us)
                                                     : hours.add_us(now_us, repeat_us);
    }
    say(clock, Kind::clock_resumed, now_us, clock.due_us(now_us));
    const bool used_up = clock.figures(now_us).consumed_us >= span.target_us;
    if (span.retargeted && used_up && clock.may_breach()) breach(clock, now_us);
  } else if (span.reason != clock.last().reason) {
    clock.spans.push_back(span);
  }
}

/// A clock that was not there.
inline void TicketModel::start(size_t track, const ModelPolicy* policy, const ModelFields& settled,
                               int64_t now_us) {
  const int64_t from_us = std::min(origin(*policy), now_us);
  const auto wanted_us = target(*policy, from_us, 0);
  if (!wanted_us) return;
  ModelClock& clock = clocks.emplace_back();
  clock.track = track;
  clock.initial_us = clock.tightest_us = *wanted_us;
  clock.spans = {{now_us, ClockState::running, settled.reason, policy, *wanted_us}};
  if (from_us == now_us) {
    say(clock, Kind::clock_started, now_us, pauses(*policy, settled) ? 0 : clock.due_us(now_us));
    if (pauses(*policy, settled)) pause_or_resume(clock, settled, now_us);
    return;
  }
  rebuild(clock, policy, from_us);
  clock.initial_us = clock.tightest_us = clock.last().target_us;
  const ModelClock::Figures f = clock.figures(now_us);
  const uint32_t skipped = clock.passed(f.consumed_us);
  clock.fired |= skipped;
  say(clock, Kind::clock_started, now_us, clock.due_us(now_us), skipped);
  if (f.breach_us != 0) return breach(clock, f.breach_us, desk::clock_late);
  std::optional<uint32_t> highest;
  for (uint32_t rung = 0; rung < policy->definition().rungs.size(); ++rung) {
    if ((skipped >> rung & 1U) == 0) continue;
    if (!highest || clock.amount_us(rung) >= clock.amount_us(*highest)) highest = rung;
  }
  if (!highest) return;
  say(clock, Kind::clock_threshold, now_us, 0, *highest + 1, desk::clock_late).threshold_bp =
      policy->definition().rungs[*highest].share_bp;
  climb(clock, *highest, now_us);
}

/// Another cycle of a clock that has ended.
inline void TicketModel::begin(size_t at, const ModelPolicy* policy, const ModelFields& settled,
                               int64_t now_us, desk::OnReopen carry) {
  ModelClock& clock = clocks[at];
  if (!target(*policy, now_us, 0)) return;
  const int64_t used_us = clock.figures(now_us).consumed_us;
  const int64_t since_us = clock.policy().hours->between_us(clock.ended_at_us, now_us);
  clock.carried_us = carry == desk::OnReopen::restart   ? 0
                     : carry == desk::OnReopen::proceed ? used_us + since_us
                                                        : used_us;
  const auto wanted_us = target(*policy, now_us, clock.carried_us);
  clock.cycle = std::min(255, clock.cycle + 1);
  clock.state = ClockState::running;
  clock.spans = {{now_us, ClockState::running, settled.reason, policy, *wanted_us}};
  clock.initial_us = clock.tightest_us = *wanted_us;
  clock.over_at_start = clock.carried_us > *wanted_us;
  clock.breached_at_us = 0;
  clock.witnessed = true;
  clock.signals.clear();
  clock.fired = 0;
  if (clock.carried_us > 0) clock.fired = clock.passed(clock.carried_us);
  const bool paused = pauses(*policy, settled);
  say(clock, Kind::clock_started, now_us, paused ? 0 : clock.due_us(now_us), clock.fired);
  if (paused) pause_or_resume(clock, settled, now_us);
}

inline void TicketModel::end(ModelClock& clock, ClockState state, int64_t now_us, int flags) {
  clock.state = state;
  clock.ended_at_us = now_us;
  clock.steps.clear();
  breach_if_over(clock, now_us);
  const int64_t consumed_us = clock.figures(now_us).consumed_us;
  say(clock, state == ClockState::completed ? Kind::clock_completed : Kind::clock_cancelled, now_us,
      consumed_us, 0, clock.verdict(consumed_us) | flags);
}

inline void TicketModel::breach(ModelClock& clock, int64_t at_us, int flags) {
  clock.breached_at_us = at_us;
  say(clock, Kind::clock_breached, at_us, 0, 0, flags);
}

inline void TicketModel::breach_if_over(ModelClock& clock, int64_t now_us) {
  if (clock.figures(now_us).consumed_us > clock.last().target_us && clock.may_breach()) {
    breach(clock, now_us);
  }
}

inline void TicketModel::merged(int64_t now_us) {
  for (ModelClock& clock : clocks) {
    if (clock.live()) end(clock, ClockState::cancelled, now_us, desk::clock_duplicate);
  }
}

// Another policy.

inline void TicketModel::retarget(ModelClock& clock, const ModelPolicy* policy, bool retroactive,
                                  int64_t now_us) {
  if (!retroactive) return carry(clock, policy, now_us);
  const ModelPolicy& before = clock.policy();
  const bool had_breached = clock.breached_at_us != 0;
  rebuild(clock, policy, std::min(origin(*policy), recorded_at_us));
  clock.witnessed = clock.witnessed && !had_breached;
  clock.steps.clear();
  clock.fired = announced(clock, before, *policy);
  const ModelClock::Figures f = clock.figures(now_us);
  const uint32_t skipped = clock.passed(f.consumed_us);
  clock.fired |= skipped;
  clock.tightest_us = std::min(clock.tightest_us, clock.last().target_us);
  clock.over_at_start = clock.carried_us > clock.last().target_us;
  say(clock, Kind::clock_retargeted, now_us, clock.due_us(now_us), skipped,
      had_breached ? desk::clock_had_breached : 0);
  if (f.breach_us != 0 && clock.may_breach()) breach(clock, f.breach_us, desk::clock_late);
}

inline void TicketModel::carry(ModelClock& clock, const ModelPolicy* policy, int64_t now_us) {
  breach_if_over(clock, now_us);
  const ModelPolicy& before = clock.policy();
  ModelSpan span = clock.last();
  const auto wanted_us = target(*policy, clock.spans.front().from_us, clock.carried_us);
  if (wanted_us) span.target_us = *wanted_us;
  span.policy = policy;
  span.retargeted = span.target_us != clock.last().target_us;
  span.from_us = std::max(now_us, span.from_us);
  if (policy != &before) clock.steps.clear();
  const uint32_t known = announced(clock, before, *policy);
  clock.spans.push_back(span);
  clock.fired = known;
  const int64_t consumed_us = clock.figures(now_us).consumed_us;
  clock.fired |= clock.passed(consumed_us);
  clock.over_at_start = clock.over_at_start && consumed_us > span.target_us;
  clock.tightest_us = std::min(clock.tightest_us, span.target_us);
  say(clock, Kind::clock_retargeted, now_us, clock.due_us(now_us), clock.fired & ~known,
      clock.breached_at_us != 0 ? desk::clock_had_breached : 0);
  if (span.retargeted && consumed_us >= span.target_us && clock.may_breach()) {
    breach(clock, now_us);
  }
}

/// Every span of the cycle under one policy and its pause matrix, from the origin on.
inline void TicketModel::rebuild(ModelClock& clock, const ModelPolicy* policy, int64_t origin_us) {
  if (clock.cycle == 1) prepend_life(clock, origin_us, policy);
  const auto wanted_us = target(*policy, clock.spans.front().from_us, clock.carried_us);
  const int64_t target_us = wanted_us ? *wanted_us : clock.last().target_us;
  for (ModelSpan& span : clock.spans) {
    const bool by_condition = policy->stated.pause_when && span.state == ClockState::paused;
    const bool fixed = policy->fixed() && !policy->definition().pause_moves_fixed;
    const bool paused =
        !fixed &&
        (by_condition || (!span.reason.empty() && matrix_pauses(*policy, span.reason, fields)));
    span.policy = policy;
    span.target_us = target_us;
    span.retargeted = false;
    span.state = paused ? ClockState::paused : ClockState::running;
  }
  clock.state = clock.last().state;
}

/// The ticket's own states, for the time before the clock was there.
inline void TicketModel::prepend_life(ModelClock& clock, int64_t origin_us,
                                      const ModelPolicy* policy) const {
  const ModelSpan first = clock.spans.front();
  if (origin_us >= first.from_us) return;
  std::vector<ModelSpan> earlier = {{origin_us, ClockState::running, "", policy, first.target_us}};
  for (const Life& stretch : life) {
    if (stretch.from_us >= first.from_us) break;
    ModelSpan span = earlier.front();
    span.from_us = std::max(origin_us, stretch.from_us);
    span.reason = stretch.state == desk::State::pending ? stretch.reason : "";
    earlier.push_back(span);
  }
  clock.spans.insert(clock.spans.begin(), earlier.begin(), earlier.end());
}

inline uint32_t TicketModel::announced(const ModelClock& clock, const ModelPolicy& before,
                                       const ModelPolicy& after) const {
  uint32_t bits = 0;
  const auto& rungs = after.definition().rungs;
  for (uint32_t rung = 0; rung < rungs.size(); ++rung) {
    for (uint32_t other = 0; other < before.definition().rungs.size(); ++other) {
      if ((clock.fired >> other & 1U) == 0) continue;
      const desk::Rung& known = before.definition().rungs[other];
      const bool share = rungs[rung].share_bp != 0 && rungs[rung].share_bp <= known.share_bp;
      const bool left = rungs[rung].share_bp == 0 && known.share_bp == 0 &&
                        rungs[rung].before_us == known.before_us;
      if (share || left) bits |= 1U << rung;
    }
  }
  return bits;
}

inline void TicketModel::promise_changed(int64_t now_us) {
  for (ModelClock& clock : clocks) {
    if (clock.live() && clock.policy().definition().target.kind == desk::TargetKind::promised) {
      carry(clock, &clock.policy(), now_us);
    }
  }
}

inline void TicketModel::take_origin(int64_t origin_us, int64_t now_us) {
  for (ModelClock& clock : clocks) {
    const desk::PolicyDefinition& definition = clock.policy().definition();
    if (!clock.live() || definition.merge_origin != desk::MergeOrigin::earliest) continue;
    if (clock.cycle != 1 || clock.spans.front().from_us <= origin_us) continue;
    const ModelPolicy& before = clock.policy();
    const bool had_breached = clock.breached_at_us != 0;
    clock.witnessed = clock.witnessed && !had_breached;
    prepend_life(clock, origin_us, clock.spans.front().policy);
    for (ModelSpan& span : clock.spans) {  // a deadline counted from the start is another one
      if (const auto t = target(*span.policy, origin_us, 0)) span.target_us = *t;
    }
    clock.steps.clear();
    clock.fired = announced(clock, before, clock.policy());
    const ModelClock::Figures f = clock.figures(now_us);
    const uint32_t skipped = clock.passed(f.consumed_us);
    clock.fired |= skipped;
    clock.tightest_us = std::min(clock.tightest_us, clock.last().target_us);
    say(clock, Kind::clock_retargeted, now_us, clock.due_us(now_us), skipped,
        had_breached ? desk::clock_had_breached : 0);
    if (f.breach_us != 0 && clock.may_breach()) breach(clock, f.breach_us, desk::clock_late);
  }
}

inline void TicketModel::follow_calendars(int64_t now_us) {
  for (ModelClock& clock : clocks) {
    if (!clock.live()) continue;
    const ModelPolicy* newest = rules_.newest(&clock.policy());
    const bool follows =
        clock.policy().definition().on_calendar_change == desk::OnCalendarChange::immediate;
    if (newest != &clock.policy() && follows) carry(clock, newest, now_us);
  }
}

inline bool TicketModel::migrate(bool retroactive, int64_t now_us) {
  bool any = false;
  for (ModelClock& clock : clocks) {
    if (!clock.live() || clock.policy().in_force) continue;
    const ModelPolicy* wanted = rules_.policy_for(clock.track, fields);
    if (wanted == nullptr) continue;
    retarget(clock, wanted, retroactive, now_us);
    any = true;
  }
  if (any) react(0xffff'ffff, false, now_us);
  return any;
}

// Effects.

inline bool TicketModel::advance_once(int64_t until_us, bool inclusive, int64_t now_us) {
  int64_t at_us = sched::never.us;
  int rank = 0;  // threshold, breach, rung
  size_t whose = 0;
  uint32_t which = 0;
  const auto consider = [&](int64_t due_us, int kind, size_t clock, uint32_t what) {
    if (std::pair(due_us, kind) < std::pair(at_us, rank)) {
      at_us = due_us, rank = kind, whose = clock, which = what;
    }
  };
  for (size_t at = 0; at < clocks.size(); ++at) {
    if (clocks[at].state != ClockState::running) continue;
    if (const auto effect = clocks[at].next_effect(now_us)) {
      consider(effect->at_us, effect->which == ModelClock::breach ? 1 : 0, at, effect->which);
    }
    std::sort(clocks[at].steps.begin(), clocks[at].steps.end(),
              [](const ModelStep& a, const ModelStep& b) {
                return std::pair(a.due_us, a.rung) < std::pair(b.due_us, b.rung);
              });
    if (!clocks[at].steps.empty()) consider(clocks[at].steps.front().due_us, 2, at, 0);
  }
  if (at_us > until_us || (at_us == until_us && !inclusive)) return false;
  ModelClock& clock = clocks[whose];
  if (at_us < stale_before_us_) {
    catch_up(clock, std::min(stale_before_us_, until_us + (inclusive ? 1 : 0)), now_us);
  } else if (rank == 0) {
    fire_threshold(clock, which, at_us);
  } else if (rank == 1) {
    breach(clock, at_us);
  } else {
    const ModelStep step = clock.steps.front();
    clock.steps.erase(clock.steps.begin());
    if (rules_.name_in_force(&clock.policy())) act(clock, step.rung, at_us, step.done + 1);
  }
  return true;
}

inline void TicketModel::fire_threshold(ModelClock& clock, uint32_t rung, int64_t at_us) {
  clock.fired |= 1U << rung;
  say(clock, Kind::clock_threshold, at_us, 0, rung + 1).threshold_bp =
      clock.policy().definition().rungs[rung].share_bp;
  climb(clock, rung, at_us);
}

inline void TicketModel::climb(ModelClock& clock, uint32_t rung, int64_t at_us) {
  if (!clock.policy().definition().rungs[rung].acts()) return;
  if (!rules_.name_in_force(&clock.policy())) return;
  const int64_t open_us = rung_hours(clock, rung).next_open_us(at_us);
  if (open_us == at_us) return act(clock, rung, at_us, 1);
  clock.steps.push_back({open_us, rung, 0});
}

inline void TicketModel::act(ModelClock& clock, uint32_t rung, int64_t at_us, int times) {
  const desk::Rung& definition = clock.policy().definition().rungs[rung];
  say(clock, Kind::clock_escalated, at_us, times, rung + 1).threshold_bp = definition.share_bp;
  if (definition.repeat_us == 0) return;
  if (definition.repeat_max != 0 && times > definition.repeat_max) return;
  clock.steps.push_back({rung_hours(clock, rung).add_us(at_us, definition.repeat_us), rung, times});
}

inline void TicketModel::catch_up(ModelClock& clock, int64_t before_us, int64_t now_us) {
  std::optional<uint32_t> highest;
  uint32_t passed = 0, threshold_bp = 0;
  int64_t breached_us = 0;
  for (auto effect = clock.next_effect(now_us); effect && effect->at_us < before_us;
       effect = clock.next_effect(now_us)) {
    if (effect->which == ModelClock::breach) {
      clock.breached_at_us = breached_us = effect->at_us;
      continue;
    }
    const desk::Rung& rung = clock.policy().definition().rungs[effect->which];
    clock.fired |= 1U << effect->which;
    passed |= 1U << effect->which;
    threshold_bp = rung.share_bp;
    if (rung.acts()) highest = effect->which;
  }
  for (const ModelStep& step : clock.steps) {
    if (step.due_us < before_us && (!highest || step.rung > *highest)) highest = step.rung;
  }
  std::erase_if(clock.steps, [&](const ModelStep& step) { return step.due_us < before_us; });
  say(clock, Kind::clock_caught_up, now_us, breached_us, passed,
      clock.breached_at_us != 0 ? desk::clock_had_breached : 0)
      .threshold_bp = threshold_bp;
  if (highest) climb(clock, *highest, now_us);
}

inline bool TicketModel::acknowledge(uint32_t rung, int64_t now_us) {
  bool any = false;
  for (ModelClock& clock : clocks) {
    if (!clock.live()) continue;
    uint32_t reached = 0;
    for (uint32_t which = 0; which < clock.policy().definition().rungs.size(); ++which) {
      if ((clock.fired >> which & 1U) != 0) reached = which + 1;
    }
    if (reached == 0 || rung > reached) continue;
    const uint32_t up_to = rung == 0 ? reached : rung;
    std::erase_if(clock.steps, [&](const ModelStep& step) { return step.rung < up_to; });
    say(clock, Kind::clock_acknowledged, now_us, 0, up_to);
    any = true;
  }
  return any;
}

}  // namespace paceline::tests
