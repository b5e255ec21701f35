#include "sched/sla_clock.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::sched {

void SlaClock::start(const ClockTerms& terms, Instant origin) {
  CHECK(state == ClockState::none);
  target_us = terms.target.us;
  state = ClockState::running;
  run_since_us = origin.us;
  arm(terms);
}

void SlaClock::pause(const ClockTerms& terms, Instant now) {
  CHECK(state == ClockState::running);
  consumed_us = consumed(terms, now).us;
  state = ClockState::paused;
  next_due_us = never.us;
}

void SlaClock::resume(const ClockTerms& terms, Instant now) {
  CHECK(state == ClockState::paused);
  state = ClockState::running;
  run_since_us = now.us;
  arm(terms);
}

void SlaClock::stop(const ClockTerms& terms, Instant now) {
  CHECK(live());
  consumed_us = consumed(terms, now).us;
  state = ClockState::completed;
  next_due_us = never.us;
}

void SlaClock::cancel(const ClockTerms& terms, Instant now) {
  CHECK(live());
  consumed_us = consumed(terms, now).us;
  state = ClockState::cancelled;
  next_due_us = never.us;
}

void SlaClock::reopen(const ClockTerms& terms, Instant now) {
  CHECK(state == ClockState::completed || state == ClockState::cancelled);
  if (cycle < 255) ++cycle;
  state = ClockState::running;
  run_since_us = now.us;
  breached = false;
  over_at_start = consumed_us > target_us;
  thresholds_fired = 0;
  skip_passed_thresholds(terms);
  arm(terms);
}

void SlaClock::retarget(const ClockTerms& before, const ClockTerms& after, uint16_t policy_after,
                        Instant now) {
  CHECK(live());
  consumed_us = consumed(before, now).us;
  if (state == ClockState::running) run_since_us = now.us;
  target_us = after.target.us;
  policy = policy_after;
  over_at_start = over_at_start && consumed_us > target_us;
  // A share announced in this cycle is not announced again, though it now means another amount.
  const uint32_t announced_bp =
      thresholds_fired == 0 ? 0 : before.thresholds_bp[thresholds_fired - 1U];
  thresholds_fired = 0;
  while (thresholds_fired < after.thresholds_bp.size() &&
         after.thresholds_bp[thresholds_fired] <= announced_bp) {
    ++thresholds_fired;
  }
  skip_passed_thresholds(after);
  if (state == ClockState::running) arm(after);
}

BusinessDuration SlaClock::consumed(const ClockTerms& terms, Instant now) const {
  if (state != ClockState::running) return {consumed_us};
  // A clock's origin may lie ahead of the desk's time; nothing is consumed before it.
  if (now.us <= run_since_us) return {consumed_us};
  return BusinessDuration{consumed_us} + terms.calendar->between({run_since_us}, now);
}

Instant SlaClock::deadline(const ClockTerms& terms) const {
  CHECK(state == ClockState::running);
  const int64_t remaining_us = std::max<int64_t>(0, target_us - consumed_us);
  return terms.calendar->add({run_since_us}, {remaining_us});
}

SlaClock::Effect SlaClock::next_effect(const ClockTerms& terms) const {
  const bool breach_ahead = !breached && !over_at_start;
  if (thresholds_fired >= terms.thresholds_bp.size()) return Effect::breach;
  if (!breach_ahead) return Effect::threshold;
  const int64_t amount_us = threshold_amount_us(target_us, terms.thresholds_bp[thresholds_fired]);
  return amount_us <= target_us + 1 ? Effect::threshold : Effect::breach;
}

void SlaClock::fire(const ClockTerms& terms) {
  CHECK(next_due_us != never.us);
  if (next_effect(terms) == Effect::threshold) {
    ++thresholds_fired;
  } else {
    breached = true;
  }
  arm(terms);
}

void SlaClock::mark_breached(const ClockTerms& terms) {
  breached = true;
  if (state == ClockState::running) arm(terms);
}

void SlaClock::arm(const ClockTerms& terms) {
  const bool threshold_ahead = thresholds_fired < terms.thresholds_bp.size();
  const bool breach_ahead = !breached && !over_at_start;
  if (!threshold_ahead && !breach_ahead) {
    next_due_us = never.us;
    return;
  }
  const int64_t amount_us =
      next_effect(terms) == Effect::threshold
          ? threshold_amount_us(target_us, terms.thresholds_bp[thresholds_fired])
          : target_us + 1;
  const int64_t ahead_us = std::max<int64_t>(0, amount_us - consumed_us);
  next_due_us = terms.calendar->add({run_since_us}, {ahead_us}).us;
}

void SlaClock::skip_passed_thresholds(const ClockTerms& terms) {
  while (thresholds_fired < terms.thresholds_bp.size() &&
         threshold_amount_us(target_us, terms.thresholds_bp[thresholds_fired]) <= consumed_us) {
    ++thresholds_fired;
  }
}

}  // namespace paceline::sched
