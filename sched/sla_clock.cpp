#include "sched/sla_clock.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::sched {

void SlaClock::start(const ClockTerms& terms, int64_t target, Instant origin, int64_t consumed) {
  CHECK(!live());
  target_us = target;
  consumed_us = consumed;
  since_us = origin.us;
  state = ClockState::running;
  breached = 0;
  over_at_start = consumed_us > target_us ? 1 : 0;
  fired = 0;
  if (consumed_us > 0) skip(terms, consumed_us);
  arm(terms);
}

void SlaClock::pause(const ClockTerms& terms, Instant now) { pause(now, consumed(terms, now).us); }

void SlaClock::pause(Instant now, int64_t consumed) {
  CHECK(state == ClockState::running);
  consumed_us = consumed;
  since_us = std::max(since_us, now.us);  // see cut()
  state = ClockState::paused;
  edge_us = never.us;
}

void SlaClock::resume(const ClockTerms& terms, Instant now) {
  CHECK(state == ClockState::paused);
  state = ClockState::running;
  since_us = now.us;
  arm(terms);
}

void SlaClock::stop(const ClockTerms& terms, Instant now) {
  CHECK(live());
  consumed_us = consumed(terms, now).us;
  state = ClockState::completed;
  edge_us = now.us;
}

void SlaClock::cancel(const ClockTerms& terms, Instant now) {
  stop(terms, now);
  state = ClockState::cancelled;
}

void SlaClock::cut(const ClockTerms& terms, Instant now) {
  CHECK(live());
  consumed_us = consumed(terms, now).us;
  // A clock's origin may lie ahead of the desk's time: it still begins there.
  since_us = state == ClockState::running ? std::max(since_us, now.us) : now.us;
}

void SlaClock::retarget(const ClockTerms& after, int64_t target) {
  CHECK(live());
  target_us = target;
  over_at_start = over_at_start != 0 && consumed_us > target_us ? 1 : 0;
  skip(after, consumed_us);
  if (state == ClockState::running) arm(after);
}

BusinessDuration SlaClock::consumed(const ClockTerms& terms, Instant now) const {
  if (state != ClockState::running || now.us <= since_us) return {consumed_us};
  return BusinessDuration{consumed_us} + terms.calendar->between({since_us}, now);
}

Instant SlaClock::deadline(const ClockTerms& terms) const {
  CHECK(state == ClockState::running);
  const int64_t remaining_us = std::max<int64_t>(0, target_us - consumed_us);
  return terms.calendar->add({since_us}, {remaining_us});
}

SlaClock::Effect SlaClock::next_effect(const ClockTerms& terms) const {
  Effect first;
  for (uint32_t which = 0; which < terms.thresholds.size(); ++which) {
    if ((fired >> which & 1U) != 0) continue;
    const int64_t amount = sched::amount_us(terms.thresholds[which], target_us);
    if (!first.any || amount < first.amount_us) first = {which, amount, true};
  }
  if (may_breach() && (!first.any || first.amount_us > target_us + 1)) {
    first = {Effect::breach, target_us + 1, true};
  }
  return first;
}

void SlaClock::fire(const ClockTerms& terms, uint32_t which) {
  if (which == Effect::breach) {
    breached = 1;
  } else {
    fired |= 1U << which;
  }
  if (state == ClockState::running) arm(terms);
}

uint32_t SlaClock::skip(const ClockTerms& terms, int64_t amount) {
  uint32_t skipped = 0;
  for (uint32_t which = 0; which < terms.thresholds.size(); ++which) {
    if ((fired >> which & 1U) != 0) continue;
    if (sched::amount_us(terms.thresholds[which], target_us) <= amount) skipped |= 1U << which;
  }
  fired |= skipped;
  return skipped;
}

void SlaClock::arm(const ClockTerms& terms) {
  const Effect effect = next_effect(terms);
  if (!effect.any) {
    edge_us = never.us;
    return;
  }
  edge_us =
      terms.calendar->add({since_us}, {std::max<int64_t>(0, effect.amount_us - consumed_us)}).us;
}

}  // namespace paceline::sched
