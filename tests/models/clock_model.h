// The clocks of one ticket as SEMANTICS.md tells them, slow and obvious.
//
// A clock keeps only its spans: from when on it was in which state, for which pending reason, under
// which policy and target. What it consumed, when its target was used up, when it breaches and what
// is due next is computed from the spans alone, by walking opening hours, whenever one asks. The
// ticket's own events say what happened to it; what its clocks must say to that is `expected`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/desk/event.h"
#include "sched/sla_clock.h"
#include "tests/models/clock_rules.h"

namespace paceline::tests {

using sched::ClockState;

/// What is compared of a clock.* event.
struct ClockSaying {
  desk::EventKind kind;
  int64_t at_us = 0;
  std::string policy;
  int cycle = 1;
  int64_t value_us = 0;
  uint32_t fields = 0, threshold_bp = 0;
  int flags = 0;
  bool operator==(const ClockSaying&) const = default;
};

struct ModelSpan {
  int64_t from_us = 0;
  ClockState state = ClockState::running;
  std::string reason;
  const ModelPolicy* policy = nullptr;
  int64_t target_us = 0;
  bool retargeted = false;  // begins with another target
};

struct ModelStep {
  int64_t due_us = 0;
  uint32_t rung = 0;
  int done = 0;
};

struct ModelClock {
  size_t track = 0;
  std::vector<ModelSpan> spans;  // of the newest cycle
  ClockState state = ClockState::running;
  int64_t ended_at_us = 0;
  int cycle = 1;
  int64_t carried_us = 0, initial_us = 0, tightest_us = 0;
  int64_t breached_at_us = 0;  // 0: it has not
  bool over_at_start = false;
  bool witnessed = true;  // the spans tell of its breach: they were not written anew after it
  uint32_t fired = 0;
  std::set<std::string> signals;  // raised in this cycle
  std::vector<ModelStep> steps;

  bool live() const { return state == ClockState::running || state == ClockState::paused; }
  const ModelSpan& last() const { return spans.back(); }
  const ModelPolicy& policy() const { return *last().policy; }
  bool may_breach() const { return breached_at_us == 0 && !over_at_start; }

  struct Figures {
    int64_t consumed_us = 0;
    int64_t before_last_us = 0;  // consumed when the newest span began
    int64_t used_up_us = 0;      // since when the target is used up; 0: it is not
    int64_t breach_us = 0;       // the first microsecond beyond a target in force then; 0: never
  };
  Figures figures(int64_t now_us) const {
    Figures f;
    f.consumed_us = carried_us;
    bool exempt = carried_us > spans.front().target_us;
    for (size_t i = 0; i < spans.size(); ++i) {
      const ModelSpan& span = spans[i];
      const bool last = i + 1 == spans.size();
      const int64_t to_us = !last ? spans[i + 1].from_us : live() ? now_us : ended_at_us;
      f.before_last_us = f.consumed_us;
      const int64_t left_us = span.target_us - f.consumed_us;
      if (left_us > 0) {
        f.used_up_us = 0;
      } else if (f.used_up_us == 0) {
        f.used_up_us = span.from_us;
      }
      exempt = exempt && left_us < 0;
      if (span.retargeted && left_us <= 0 && f.breach_us == 0 && !exempt)
        f.breach_us = span.from_us;
      if (span.state != ClockState::running || to_us <= span.from_us) continue;
      const OpeningHours& hours = *span.policy->hours;
      const int64_t used_us = hours.between_us(span.from_us, to_us);
      if (f.used_up_us == 0 && used_us >= left_us) {
        f.used_up_us = hours.add_us(span.from_us, left_us);
      }
      if (f.breach_us == 0 && !exempt && used_us > left_us) {
        f.breach_us = hours.add_us(span.from_us, std::max<int64_t>(0, left_us + 1));
      }
      f.consumed_us += used_us;
    }
    return f;
  }
  /// 0: paused, ended or never.
  int64_t due_us(int64_t now_us) const {
    if (state != ClockState::running) return 0;
    const Figures f = figures(now_us);
    if (f.before_last_us >= last().target_us) return f.used_up_us;
    const int64_t due_us =
        policy().hours->add_us(last().from_us, last().target_us - f.before_last_us);
    return due_us == sched::never.us ? 0 : due_us;
  }
  int64_t amount_us(uint32_t rung) const {
    const desk::Rung& definition = policy().definition().rungs[rung];
    __extension__ using Wide = __int128;  // a thousand percent of a century
    const auto target = static_cast<Wide>(last().target_us);
    if (definition.share_bp != 0) {
      return static_cast<int64_t>((target * definition.share_bp + 9'999) / 10'000);
    }
    return std::max<int64_t>(0, last().target_us - definition.before_us);
  }
  /// Rungs whose amount has been used and that are not marked.
  uint32_t passed(int64_t consumed_us) const {
    uint32_t bits = 0;
    for (uint32_t rung = 0; rung < policy().definition().rungs.size(); ++rung) {
      if ((fired >> rung & 1U) == 0 && amount_us(rung) <= consumed_us) bits |= 1U << rung;
    }
    return bits;
  }
  int verdict(int64_t consumed_us) const {
    const bool final_target = consumed_us > last().target_us;
    const bool initial = consumed_us > initial_us;
    const bool worst = final_target || initial || breached_at_us != 0 || consumed_us > tightest_us;
    const desk::VerdictRule rule = policy().definition().verdict;
    const bool missed = rule == desk::VerdictRule::worst     ? worst
                        : rule == desk::VerdictRule::initial ? initial
                                                             : final_target;
    return (missed ? desk::clock_missed : 0) |
           (breached_at_us != 0 ? desk::clock_had_breached : 0) |
           (final_target ? desk::clock_missed_final : 0) |
           (initial ? desk::clock_missed_initial : 0) | (worst ? desk::clock_missed_worst : 0);
  }

  /// What is due first: smaller amount, threshold before breach, lower rung.
  static constexpr uint32_t breach = 1'000;
  struct Effect {
    uint32_t which = breach;
    int64_t at_us = sched::never.us;
  };
  std::optional<Effect> next_effect(int64_t now_us) const {
    if (state != ClockState::running) return std::nullopt;
    std::optional<std::pair<int64_t, uint32_t>> first;
    for (uint32_t rung = 0; rung < policy().definition().rungs.size(); ++rung) {
      if ((fired >> rung & 1U) != 0) continue;
      if (!first || amount_us(rung) < first->first) first = std::pair{amount_us(rung), rung};
    }
    if (may_breach() && (!first || first->first > last().target_us + 1)) {
      first = std::pair{last().target_us + 1, breach};
    }
    if (!first) return std::nullopt;
    const int64_t ahead_us = std::max<int64_t>(0, first->first - figures(now_us).before_last_us);
    return Effect{first->second, policy().hours->add_us(last().from_us, ahead_us)};
  }
};

class TicketModel {
 public:
  TicketModel(ClockRules& rules, int64_t recorded_us)
      : recorded_at_us(recorded_us), rules_(rules) {}

  // The ticket, kept by the test.
  ModelFields fields;
  int64_t recorded_at_us = 0, occurred_at_us = 0, promised_at_us = 0;
  struct Life {
    int64_t from_us;
    desk::State state;
    std::string reason;
  };
  std::vector<Life> life;

  std::vector<ModelClock> clocks;
  std::vector<ClockSaying> expected;

  /// What is due before `until_us`, or at it too, at the batch of `now_us`.
  void advance(int64_t until_us, bool inclusive, int64_t now_us) {
    while (advance_once(until_us, inclusive, now_us)) {
    }
  }
  /// The same for what has been said already: a rung acts at once, others may be due at its
  /// instant.
  void advance_to(size_t said, int64_t now_us) {
    while (expected.size() < said && advance_once(now_us, true, now_us)) {
    }
  }
  /// The ticket changed to `fields`; `changed`: which of them, as bits.
  void react(uint32_t changed, bool reopened, int64_t now_us);
  /// Somebody changed its attributes.
  void updated(uint32_t changed, int priority_before, int64_t now_us);
  void promise_changed(int64_t now_us);
  void merged(int64_t now_us);
  void take_origin(int64_t origin_us, int64_t now_us);
  void follow_calendars(int64_t now_us);
  bool migrate(bool retroactive, int64_t now_us);
  bool acknowledge(uint32_t rung, int64_t now_us);
  void recovered(int64_t stale_before_us) { stale_before_us_ = stale_before_us; }

 private:
  using Kind = desk::EventKind;
  ClockSaying& say(ModelClock& clock, Kind kind, int64_t at_us, int64_t value_us = 0,
                   uint32_t said_fields = 0, int flags = 0) {
    return expected.emplace_back(ClockSaying{kind, at_us, clock.policy().definition().name,
                                             clock.cycle, value_us, said_fields, 0, flags});
  }
  bool pauses(const ModelPolicy& policy, const ModelFields& t) const {
    if (policy.fixed() && !policy.definition().pause_moves_fixed) return false;
    return (t.is(desk::State::pending) && matrix_pauses(policy, t.reason, t)) ||
           (policy.stated.pause_when && policy.stated.pause_when(t));
  }
  bool cancels(const ModelPolicy& policy, const ModelFields& t) const {
    return policy.stated.cancel && policy.stated.cancel(t);
  }
  bool starts(const ModelPolicy& policy, const ModelFields& t) const {
    return policy.stated.start(t) && !policy.stated.stop(t) && !cancels(policy, t);
  }
  std::optional<int64_t> target(const ModelPolicy& policy, int64_t origin_us,
                                int64_t carried_us) const;
  int64_t origin(const ModelPolicy& policy) const;
  void begin(size_t at, const ModelPolicy* policy, const ModelFields& settled, int64_t now_us,
             desk::OnReopen carry);
  void start(size_t track, const ModelPolicy* policy, const ModelFields& settled, int64_t now_us);
  void step(size_t at, const ModelFields& settled, uint32_t changed, int64_t now_us);
  void pause_or_resume(ModelClock& clock, const ModelFields& t, int64_t now_us);
  void end(ModelClock& clock, ClockState state, int64_t now_us, int flags = 0);
  void signal(ModelClock& clock, const char* what, int64_t percent, int64_t now_us);
  void breach(ModelClock& clock, int64_t at_us, int flags = 0);
  void breach_if_over(ModelClock& clock, int64_t now_us);
  void retarget(ModelClock& clock, const ModelPolicy* policy, bool retroactive, int64_t now_us);
  void carry(ModelClock& clock, const ModelPolicy* policy, int64_t now_us);
  void rebuild(ModelClock& clock, const ModelPolicy* policy, int64_t origin_us);
  void prepend_life(ModelClock& clock, int64_t origin_us, const ModelPolicy* policy) const;
  uint32_t announced(const ModelClock& clock, const ModelPolicy& before,
                     const ModelPolicy& after) const;
  void fire_threshold(ModelClock& clock, uint32_t rung, int64_t at_us);
  void climb(ModelClock& clock, uint32_t rung, int64_t at_us);
  void act(ModelClock& clock, uint32_t rung, int64_t at_us, int times);
  void catch_up(ModelClock& clock, int64_t before_us, int64_t now_us);
  bool advance_once(int64_t until_us, bool inclusive, int64_t now_us);
  const OpeningHours& rung_hours(const ModelClock& clock, uint32_t rung) const {
    const std::string& calendar = clock.policy().definition().rungs[rung].calendar;
    return rules_.hours(calendar.empty() ? "24x7" : calendar);
  }

  ClockRules& rules_;
  int64_t stale_before_us_ = 0;
  bool may_signal_swap_ = false;  // during an update that leaves the priority as it is
};

}  // namespace paceline::tests

#include "tests/models/clock_model_steps.h"
