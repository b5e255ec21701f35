// What rebuilds a clock: another policy, a migration, a merge, a repair.
#include <algorithm>

#include "engine/desk/clockwork.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::ClockState;
using sched::Instant;
using sched::SlaClock;

void Clockwork::retarget(uint32_t slot, uint32_t clock, uint32_t position, Retarget mode,
                         const FieldValues& values, int64_t now_us) {
  if (mode == Retarget::carry) return carry(slot, clock, position, now_us);
  const Under under = retroactively(slot, position);
  take_over(slot, clock, rebuild(slot, clock, under, values, now_us), now_us);
}

Clockwork::Under Clockwork::retroactively(uint32_t slot, uint32_t position) const {
  const int64_t backdated_us = origin_us(slot, rules_.policy(position));
  const int64_t recorded_us = store_.detail(slot).recorded_at_us;
  return {.rule = Under::Rule::policy,
          .policy = position,
          .origin_us = std::min(backdated_us, recorded_us)};
}

/// What is consumed stays consumed; the target is another one from now on.
void Clockwork::carry(uint32_t slot, uint32_t clock, uint32_t position, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const uint32_t before = record.policy;
  const Policy& policy = rules_.policy(position);
  const auto target = target_of(slot, clock, policy);
  cut(clock, now_us);
  breach_if_over(slot, clock, now_us);                  // the target it leaves was used up before
  if (position != before) clocks_.remove_steps(clock);  // rungs of the former ladder
  record.policy = static_cast<uint16_t>(position);
  record.fired = announced(record.fired, rules_.policy(before), policy);
  const uint32_t fired_before = record.fired;
  const int64_t target_before_us = record.target_us;
  record.retarget(policy.terms(), target.any ? target.us : record.target_us);
  ClockPast& past = clocks_.make_past(clock);
  past.tightest_target_us = std::min(past.tightest_target_us, record.target_us);
  past.keep_deadline(record.consumed_us >= record.target_us, record.since_us);
  Event event = about(slot, clock, EventKind::clock_retargeted, now_us);
  event.reason = before;
  event.fields = record.fired & ~fired_before;
  event.flags = record.breached != 0 ? clock_had_breached : 0;
  event.value_us = record.state == ClockState::running ? deadline_us(clock) : 0;
  write(slot, event);
  // Carried over the new target: that is a breach as of now, at no earlier instant. A target that
  // stayed, under another calendar say, is used up by the last of its microseconds as before.
  const bool another = record.target_us != target_before_us;
  if (another && record.consumed_us >= record.target_us && record.may_breach()) {
    breach(slot, clock, now_us);
  }
  // Segments name policies: what was promised before is nowhere.
  if (rules_.policy(before).definition.target.kind == TargetKind::promised) {
    past.breach_stands = true;
  }
}

uint32_t Clockwork::announced(uint32_t fired, const Policy& before, const Policy& policy) const {
  uint32_t share_bp = 0;
  for (uint32_t which = 0; which < before.thresholds.size(); ++which) {
    if ((fired >> which & 1U) != 0) {
      share_bp = std::max(share_bp, before.thresholds[which].share_bp);
    }
  }
  uint32_t bits = 0;
  for (uint32_t which = 0; which < policy.thresholds.size(); ++which) {
    const sched::Threshold& threshold = policy.thresholds[which];
    bool known = threshold.share_bp != 0 && threshold.share_bp <= share_bp;
    for (uint32_t other = 0; other < before.thresholds.size() && threshold.share_bp == 0; ++other) {
      known = known || ((fired >> other & 1U) != 0 && before.thresholds[other].share_bp == 0 &&
                        before.thresholds[other].before_us == threshold.before_us);
    }
    if (known) bits |= 1U << which;
  }
  return bits;
}

void Clockwork::promise_changed(uint32_t slot, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    const Policy& policy = rules_.policy(record.policy);
    if (record.live() && policy.definition.target.kind == TargetKind::promised) {
      carry(slot, clock, record.policy, now_us);
    }
  }
}

void Clockwork::take_origin(uint32_t slot, int64_t origin_us, const FieldValues& values,
                            int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    const PolicyDefinition& definition = rules_.policy(record.policy).definition;
    if (!record.live() || definition.merge_origin != MergeOrigin::earliest) continue;
    if (record.cycle != 1 || clocks_.started_at_us(clock) <= origin_us) continue;
    take_over(slot, clock, rebuild(slot, clock, {.origin_us = origin_us}, values, now_us), now_us);
  }
}

// Rebuilding.

/// The ticket's own states as segments, for a clock that was not there yet.
std::vector<ClockSegment> Clockwork::life(uint32_t slot, int64_t from_us, int64_t to_us) const {
  std::vector<StateInterval> intervals;
  store_.intervals(slot, intervals);
  std::vector<ClockSegment> spans;
  ClockSegment before;  // what happened before it was recorded
  before.from_us = from_us;
  before.state = ClockState::running;
  spans.push_back(before);
  for (const StateInterval& interval : intervals) {
    if (interval.from_us >= to_us) break;
    ClockSegment span = before;
    span.from_us = std::max(from_us, interval.from_us);
    span.reason = interval.state == State::pending ? interval.reason : none;
    if (span.from_us == spans.back().from_us) spans.pop_back();
    spans.push_back(span);
  }
  return spans;
}

Clockwork::Rebuilt Clockwork::rebuild(uint32_t slot, uint32_t clock, const Under& under,
                                      const FieldValues& values, int64_t now_us) const {
  const SlaClock& record = clocks_.clock(clock);
  const ClockPast* past = clocks_.past(clock);
  Rebuilt rebuilt;
  std::vector<ClockSegment>& spans = rebuilt.segments;
  clocks_.segments_in_force(clock, spans);
  ClockSegment last;
  last.from_us = record.since_us;
  last.reason = clocks_.reason(clock);
  last.policy = record.policy;
  last.state = !record.ended()   ? record.state
               : past != nullptr ? past->state_at_end
                                 : ClockState::running;
  spans.push_back(last);
  if (record.cycle == 1 && under.origin_us != 0 && under.origin_us < spans.front().from_us) {
    std::vector<ClockSegment> earlier = life(slot, under.origin_us, spans.front().from_us);
    for (ClockSegment& span : earlier) span.policy = spans.front().policy;
    const ClockSegment& own = spans.front();
    if (own.reason == earlier.back().reason && own.state == earlier.back().state) {
      spans.erase(spans.begin());  // it goes on from there
    }
    spans.insert(spans.begin(), earlier.begin(), earlier.end());
  }

  const int64_t started_us = spans.front().from_us;
  const int64_t end_us = record.ended() ? record.ended_at_us() : now_us;
  const int64_t carried_us = past != nullptr ? past->carried_us : 0;
  int64_t consumed_us = carried_us;
  bool& over_at_start = rebuilt.over_at_start;
  for (size_t i = 0; i < spans.size(); ++i) {
    ClockSegment& span = spans[i];
    const int64_t target_before_us = rebuilt.target_us;
    if (under.rule == Under::Rule::policy) {
      span.policy = static_cast<uint16_t>(under.policy);
    } else if (under.rule == Under::Rule::newest_calendar) {
      span.policy = static_cast<uint16_t>(rules_.newest(span.policy));
    }
    const Policy& policy = rules_.policy(span.policy);
    const auto target =
        policy.target_from(Instant{started_us}, store_.known_side(slot).promised_at_us, carried_us);
    rebuilt.target_us = target.any ? target.us : record.target_us;
    // What is promised now is no news to a clock that had ended, or to the policy it is not under.
    const bool promised = policy.definition.target.kind == TargetKind::promised;
    if (promised && under.rule == Under::Rule::recorded && record.ended()) {
      rebuilt.target_us = record.target_us;
    }
    if (under.rule == Under::Rule::policy) {
      const bool paused =
          !policy.never_pauses() && (policy.pauses_on(span.reason, values) ||
                                     (policy.has_pause_when && span.state == ClockState::paused));
      span.state = paused ? ClockState::paused : ClockState::running;
    }
    span.cycle = record.cycle;
    span.set_begins = 0;
    over_at_start = (i == 0 || over_at_start) && consumed_us > rebuilt.target_us;
    const bool used_up = consumed_us >= rebuilt.target_us;
    if (!used_up) {
      rebuilt.deadline_us = 0;
    } else if (rebuilt.deadline_us == 0) {
      rebuilt.deadline_us = span.from_us;
    }
    // A target taken over when it was already used up breached there and then.
    const bool another = i > 0 && rebuilt.target_us != target_before_us;
    if (another && used_up && rebuilt.breached_at_us == 0 && !over_at_start) {
      rebuilt.breached_at_us = span.from_us;
    }
    const int64_t to_us =
        std::max(span.from_us, i + 1 < spans.size() ? spans[i + 1].from_us : end_us);
    span.consumed_us = span.state == ClockState::paused
                           ? 0
                           : policy.calendar->between(Instant{span.from_us}, Instant{to_us}).us;
    const int64_t left_us = std::max<int64_t>(0, rebuilt.target_us - consumed_us);
    if (rebuilt.deadline_us == 0 && span.consumed_us >= left_us &&
        span.state == ClockState::running) {
      rebuilt.deadline_us = policy.calendar->add(Instant{span.from_us}, {left_us}).us;
    }
    if (rebuilt.breached_at_us == 0 && !over_at_start && span.consumed_us > left_us) {
      rebuilt.breached_at_us = policy.calendar->add(Instant{span.from_us}, {left_us + 1}).us;
    }
    consumed_us += span.consumed_us;
  }
  rebuilt.consumed_us = consumed_us;
  if (under.rule != Under::Rule::policy && past != nullptr && past->breach_stands) {
    rebuilt.breached_at_us = past->breached_at_us;
    rebuilt.over_at_start = record.over_at_start != 0;
  }
  return rebuilt;
}

int64_t Clockwork::deadline_us(uint32_t clock, const Rebuilt& rebuilt) const {
  const ClockSegment& last = rebuilt.segments.back();
  if (clocks_.clock(clock).ended() || last.state != ClockState::running) return 0;
  if (rebuilt.deadline_us != 0) return rebuilt.deadline_us;
  const int64_t before_us = rebuilt.consumed_us - last.consumed_us;
  const Instant due = rules_.policy(last.policy)
                          .calendar->add(Instant{last.from_us},
                                         {std::max<int64_t>(0, rebuilt.target_us - before_us)});
  return due == sched::never ? 0 : due.us;
}

bool Clockwork::differs(uint32_t clock, const Rebuilt& rebuilt, int64_t now_us) const {
  const SlaClock& record = clocks_.clock(clock);
  const int64_t consumed_us =
      record.consumed(rules_.policy(record.policy).terms(), Instant{now_us}).us;
  return rebuilt.target_us != record.target_us || rebuilt.consumed_us != consumed_us ||
         rebuilt.breached_at_us != clocks_.breached_at_us(clock) ||
         rebuilt.segments.back().policy != record.policy;
}

void Clockwork::adopt(uint32_t clock, const Rebuilt& rebuilt, int64_t now_us, bool fresh) {
  SlaClock& record = clocks_.clock(clock);
  ClockPast& past = clocks_.make_past(clock);
  const sched::ClockTerms before = rules_.policy(record.policy).terms();
  // What was thought until now stays written down; a clock just made has thought nothing yet.
  if (!fresh) {
    const int64_t folded_us = record.ended() ? past.folded_us : record.consumed_us;
    const ClockState state = record.state;
    const int64_t used_us = record.consumed(before, Instant{now_us}).us - folded_us;
    if (record.ended()) record.state = past.state_at_end;
    clocks_.end_segment(clock, used_us);
    record.state = state;
    ClockSegment ended;  // state none: only says where that one ended
    ended.from_us = record.ended() ? record.ended_at_us() : now_us;
    ended.cycle = record.cycle;
    clocks_.append_segment(clock, ended);
  }
  const std::vector<ClockSegment>& spans = rebuilt.segments;
  for (size_t i = 0; i + 1 < spans.size(); ++i) {
    ClockSegment span = spans[i];
    span.set_begins = !fresh && i == 0 ? 1 : 0;
    clocks_.append_segment(clock, span);
  }
  const ClockSegment& last = spans.back();
  past.set_begins = !fresh && spans.size() == 1;
  past.reason = last.reason;
  past.started_at_us = spans.front().from_us;
  const int64_t before_last_us = rebuilt.consumed_us - last.consumed_us;
  past.deadline_kept_us = before_last_us >= rebuilt.target_us ? rebuilt.deadline_us : 0;
  if (fresh) past.initial_target_us = past.tightest_target_us = rebuilt.target_us;
  past.tightest_target_us = std::min(past.tightest_target_us, rebuilt.target_us);
  record.policy = last.policy;
  record.target_us = rebuilt.target_us;
  record.since_us = last.from_us;
  record.over_at_start = rebuilt.over_at_start ? 1 : 0;
  if (record.ended()) {
    past.folded_us = before_last_us;
    past.state_at_end = last.state;
    record.consumed_us = rebuilt.consumed_us;
    return;
  }
  record.consumed_us = before_last_us;
  record.state = last.state;
  if (record.state == ClockState::running) {
    record.arm(rules_.policy(record.policy).terms());
  } else {
    record.edge_us = sched::never.us;
  }
}

/// Another policy as if it had been in force from the start: one event, and the breach where it
/// would have been.
void Clockwork::take_over(uint32_t slot, uint32_t clock, const Rebuilt& rebuilt, int64_t now_us) {
  SlaClock& record = clocks_.clock(clock);
  const uint32_t before = record.policy;
  const uint32_t fired_before = record.fired;
  const bool had_breached = record.breached != 0;
  adopt(clock, rebuilt, now_us);
  if (had_breached) clocks_.past(clock)->breach_stands = true;
  clocks_.remove_steps(clock);
  const Policy& policy = rules_.policy(record.policy);
  record.fired = announced(fired_before, rules_.policy(before), policy);
  const uint32_t skipped = record.skip(policy.terms(), rebuilt.consumed_us);
  if (record.state == ClockState::running) record.arm(policy.terms());
  Event event = about(slot, clock, EventKind::clock_retargeted, now_us);
  event.reason = before;
  event.fields = skipped;
  event.flags = had_breached ? clock_had_breached : 0;
  event.value_us = record.state == ClockState::running ? deadline_us(clock) : 0;
  write(slot, event);
  // A recorded breach is not erased by a laxer target.
  if (rebuilt.breached_at_us != 0 && record.may_breach()) {
    breach(slot, clock, rebuilt.breached_at_us, clock_late);
  }
}

bool Clockwork::repair(uint32_t slot, uint32_t clock, const Under& under, const FieldValues& values,
                       int64_t now_us) {
  const Rebuilt rebuilt = rebuild(slot, clock, under, values, now_us);
  if (!differs(clock, rebuilt, now_us)) return false;
  SlaClock& record = clocks_.clock(clock);
  const int64_t consumed_before_us =
      record.consumed(rules_.policy(record.policy).terms(), Instant{now_us}).us;
  const uint8_t flags_before = verdict_flags(clock, consumed_before_us);
  const uint32_t policy_before = record.policy;
  adopt(clock, rebuilt, now_us);
  record.breached = rebuilt.breached_at_us != 0 ? 1 : 0;
  clocks_.past(clock)->breached_at_us = rebuilt.breached_at_us;
  if (rebuilt.breached_at_us == 0) clocks_.past(clock)->breach_stands = false;
  const sched::ClockTerms terms = rules_.policy(record.policy).terms();
  record.skip(terms, rebuilt.consumed_us);
  if (record.state == ClockState::running) record.arm(terms);
  Event event = about(slot, clock, EventKind::clock_repaired, now_us);
  event.value_us = rebuilt.consumed_us;
  event.flags = verdict_flags(clock, rebuilt.consumed_us);
  event.fields = flags_before;
  event.reason = policy_before;
  event.threshold_bp = static_cast<uint32_t>(record.state);
  write(slot, event);
  return true;
}

void Clockwork::announce(uint32_t slot, int64_t now_us) {
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = clocks_.clock(clock).next) {
    const SlaClock& record = clocks_.clock(clock);
    if (!record.live()) continue;
    Event event = about(slot, clock, EventKind::clock_started, now_us);
    event.fields = record.fired;
    event.flags = record.breached != 0 ? clock_had_breached : 0;
    event.value_us = record.state == ClockState::running ? deadline_us(clock) : 0;
    write(slot, event);
  }
}

}  // namespace paceline::desk
