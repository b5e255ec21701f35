#include "tools/calendar_moves.h"

#include <algorithm>

namespace paceline::tools {

namespace {

using sched::Calendar;
using sched::Instant;

int64_t or_zero(Instant at) { return at == sched::never ? 0 : at.us; }

Instant due(const Calendar& calendar, Instant from, int64_t left_us) {
  return calendar.add(from, {std::max<int64_t>(0, left_us)});
}

/// What the policy's target comes to in `after`; what it is where that has no answer.
int64_t target_in(const Calendar& after, const desk::Target& target, Instant started,
                  int64_t promised_at_us, int64_t otherwise_us) {
  Instant deadline = sched::never;
  switch (target.kind) {
    case desk::TargetKind::duration:
      return target.us;
    case desk::TargetKind::end_of_business_day:
      deadline = after.end_of_business_day(started, target.business_days, target.cut_off_s);
      break;
    case desk::TargetKind::instant:
      deadline = {target.us};
      break;
    case desk::TargetKind::promised:
      if (promised_at_us != 0) deadline = {promised_at_us};
      break;
  }
  if (deadline == sched::never) return otherwise_us;
  return deadline <= started ? 0 : after.between(started, deadline).us;
}

CalendarMove running(const desk::ClockView& clock, int64_t target_us, const Calendar& before,
                     const Calendar& after, Instant now) {
  CalendarMove move;
  move.old_due_us = clock.due_at_us;
  const bool used_up = clock.consumed_us >= clock.target_us;
  const Instant by_old = due(before, {clock.since_us}, clock.target_us - clock.folded_us);
  move.other_version = clock.folded_us < clock.target_us && or_zero(by_old) != clock.due_at_us;
  // A deadline that has passed stays where it passed.
  if (used_up && clock.consumed_us >= target_us)
    move.new_due_us = clock.due_at_us;
  else
    move.new_due_us =
        or_zero(due(after, {std::max(clock.since_us, now.us)}, target_us - clock.consumed_us));
  move.breaches = clock.breached_at_us == 0 && !used_up && clock.consumed_us >= target_us;
  if (move.new_due_us != move.old_due_us) move.kind = MoveKind::moves;
  return move;
}

}  // namespace

CalendarMove calendar_move(const desk::ClockView& clock, const desk::PolicyView& policy,
                           int64_t promised_at_us, const Calendar& before, const Calendar& after,
                           Instant now) {
  const Instant started{clock.started_at_us};
  if (clock.elapsed_us > 0) now = started + sched::Duration{clock.elapsed_us};
  CalendarMove move;
  move.old_due_us = move.new_due_us = clock.due_at_us;
  const bool is_running = clock.state == "running";
  if (policy.on_calendar_change == desk::OnCalendarChange::never) {
    move.kind = MoveKind::never;
    return move;
  }
  const bool at_once = policy.on_calendar_change == desk::OnCalendarChange::immediate;
  if (is_running && !at_once) {
    move.kind = MoveKind::next_pause;
    return move;
  }
  // Going on after a pause takes the newer calendar, not another target.
  const int64_t target_us =
      at_once ? target_in(after, policy.target, started, promised_at_us, clock.target_us)
              : clock.target_us;
  if (is_running) return running(clock, target_us, before, after, now);
  move.old_due_us = or_zero(due(before, now, clock.target_us - clock.folded_us));
  move.new_due_us = or_zero(due(after, now, target_us - clock.folded_us));
  move.breaches = clock.breached_at_us == 0 && clock.folded_us < clock.target_us &&
                  clock.folded_us >= target_us;
  if (move.new_due_us != move.old_due_us) move.kind = MoveKind::on_resume;
  return move;
}

}  // namespace paceline::tools
