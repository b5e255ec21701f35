// Timers of the floor: one armed node per ticket, the earliest of its clocks' effects, of its way
// through its queue and of its life (resume, auto-close, retention); one per agent and per queue.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::Instant;

uint32_t Floor::fire_due(Instant until, uint32_t budget) {
  const CauseScope scope(chronicle_, Cause::timer);
  uint32_t fired = 0;
  const uint64_t given_before = given_;
  // What they lead to being given to somebody is work, too.
  while (fired + (given_ - given_before) < budget && wheel_.next_due() <= until) {
    const Instant due = wheel_.next_due();
    const uint32_t node = wheel_.pop(until, [&](uint32_t armed) { return rank_of(armed); });
    CHECK(node != sched::TimerWheel::none);
    if (node < limits_.tickets_max) {
      fire(node, due.us);
    } else if (node < queue_node(0)) {
      fire_agent(node - agent_node(0), due.us);
    } else {
      fire_queue(node - queue_node(0), due.us);
    }
    settle();
    trim_closed();
    ++fired;
  }
  return std::min(budget, fired + static_cast<uint32_t>(given_ - given_before));
}

/// Equal instants fire tickets first, then agents, then queues, each in order of number.
uint64_t Floor::rank_of(uint32_t node) const {
  constexpr uint64_t kind = uint64_t{1} << 60;
  if (node < limits_.tickets_max) return sched::TicketId{store_.hot(node).id}.number();
  if (node < queue_node(0)) return kind + (node - agent_node(0));
  return 2 * kind + (node - queue_node(0));
}

void Floor::fire_due_of(uint32_t slot) {
  const uint64_t id = store_.hot(slot).id;
  while (store_.hot(slot).id == id && wheel_.armed(slot) && wheel_.due(slot) < now_) {
    const CauseScope scope(chronicle_, Cause::timer);
    const int64_t due_us = wheel_.due(slot).us;
    wheel_.cancel(slot);
    fire(slot, due_us);
    settle();
  }
}

/// A shorter setting may have made it due before the ticket's newest event, or before the setting
/// was made: its clocks have lived on until then.
Floor::LifeDue Floor::life_due(uint32_t slot) const {
  LifeDue due = settled_due(slot);
  if (due.at_us == sched::never.us) return due;
  due.at_us = std::max({due.at_us, store_.detail(slot).touched_at_us, rules_since_us_});
  return due;
}

/// As settings and the ticket say.
Floor::LifeDue Floor::settled_due(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  const DeskSettings& settings = rules_.settings();
  switch (ticket.state) {
    case State::pending: {
      LifeDue due;
      const TicketSide& side = store_.known_side(slot);
      for (const int64_t resume_us : {side.resume_at_us, side.pause_until_us}) {
        if (resume_us != 0 && resume_us < due.at_us) due = {resume_us, LifeStep::resume};
      }
      if (side.reminders_max == 0) return due;
      const auto times = static_cast<uint16_t>(side.reminders_sent + 1);
      const Period& every = rules_.pending_rule(ticket.reason).remind_every;
      const Instant remind =
          rules_.period_end(Instant{store_.newest_interval_us(slot)}, every, times);
      if (remind.us >= due.at_us) return due;
      return {remind.us, times > side.reminders_max ? LifeStep::give_up : LifeStep::remind};
    }
    case State::resolved:
      return {rules_.period_end(Instant{detail.resolved_at_us}, settings.auto_close).us,
              LifeStep::close};
    case State::closed:
    case State::cancelled: {
      const Instant from{detail.closed_at_us};
      return {settings.reopen_window.none() ? from.us
                                            : rules_.period_end(from, settings.reopen_window).us,
              LifeStep::archive};
    }
    default:
      return {};
  }
}

void Floor::rearm(uint32_t slot) {
  if (store_.hot(slot).id == 0) return;  // one of its own timers archived it
  const int64_t due_us =
      std::min({clockwork_.next_due_us(slot), life_due(slot).at_us, route_due(slot).at_us});
  if (due_us == sched::never.us) {
    wheel_.cancel(slot);
  } else if (!wheel_.armed(slot) || wheel_.due(slot).us != due_us) {
    wheel_.schedule(slot, Instant{due_us});
  }
}

/// One effect of the ticket, due at `due_us`: resume and reminder before its way through the queue,
/// this before threshold, breach and rung, these before auto-close and retention, should several
/// fall on one instant.
void Floor::fire(uint32_t slot, int64_t due_us) {
  const LifeDue life = life_due(slot);
  const Clockwork::Due clock = clockwork_.next_due(slot);
  const RouteDue route = route_due(slot);
  const bool life_first =
      life.at_us < std::min(clock.at_us, route.at_us) ||
      (life.at_us == std::min(clock.at_us, route.at_us) && life.step < LifeStep::close);
  if (life.at_us <= due_us && life_first) {
    live_on(slot, life);
  } else if (route.at_us <= due_us && route.at_us <= clock.at_us) {
    route_on(slot, route);
  } else if (clock.at_us <= due_us) {
    // A step of the ticket's life on the way, its end say, comes before what is due after it.
    const int64_t change_us =
        life.at_us < sched::never.us && life.step >= LifeStep::close ? life.at_us + 1 : life.at_us;
    clockwork_.fire(slot, clock, now_.us, change_us);
    carry_out_consequences(slot);
    rearm(slot);
  } else {
    rearm(slot);  // settings changed since it was armed
  }
}

void Floor::live_on(uint32_t slot, const LifeDue& due) {
  const Ticket& ticket = store_.hot(slot);
  Event event;
  switch (due.step) {
    case LifeStep::resume:
      event = decide_resume(ticket).value();
      break;
    case LifeStep::remind:
      event = decide_remind(ticket, ++store_.side(slot).reminders_sent);
      break;
    case LifeStep::give_up:
      event = decide_resolve(ticket, rules_.reasons().find(reason_no_reply), false).value();
      break;
    case LifeStep::close:
      event = decide_close(ticket, Event::none).value();
      break;
    default:
      return archive(slot);
  }
  event.at_us = due.at_us;
  change(slot, event);
}

}  // namespace paceline::desk
