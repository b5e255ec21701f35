// Tickets on their way between groups: escalation, bounces, tasks, bulk moves, the end of a
// region's day; and what queues do by themselves.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::Instant;

namespace {

constexpr uint8_t bounces_max = 2;  // between one pair, then coordinators decide

uint64_t pair_of(uint32_t a, uint32_t b) { return uint64_t{std::min(a, b)} << 32 | std::max(a, b); }

}  // namespace

void Floor::move(uint32_t slot, EventKind kind, uint32_t queue, std::string_view reason) {
  const auto event = decide_move(store_.hot(slot), kind, queue, own_reason(reason));
  if (event) change(slot, *event);
}

Reject Floor::escalate(uint32_t slot, uint32_t queue, uint32_t reason, uint8_t done, uint8_t of) {
  const Ticket& ticket = store_.hot(slot);
  auto event = decide_move(ticket, EventKind::ticket_escalated, queue, reason);
  if (!event) return event.error();
  if (queue == none || queue == ticket.queue) return Reject::escalation_nowhere;
  event->value_us = done;
  event->fields = of;
  TicketSide& side = store_.side(slot);
  if (side.escalations < 0xffff) ++side.escalations;
  side.checklist_done = done;
  side.checklist_of = of;
  change(slot, *event);
  return Reject::none;
}

Reject Floor::bounce(uint32_t slot, uint32_t reason) {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  const int64_t window_us = rules_.queue(ticket.queue).definition.bounce_window_us;
  const uint32_t back_to = store_.known_side(slot).queue_before;
  auto event = decide_move(ticket, EventKind::ticket_bounced, back_to, reason);
  if (!event) return event.error();
  if (back_to == none || back_to == ticket.queue) return Reject::ticket_not_moved;
  if (window_us != 0 && now_.us > ticket.enqueued_at_us + window_us) {
    return Reject::bounce_window_over;
  }
  TicketSide& side = store_.side(slot);
  const uint64_t pair = pair_of(back_to, ticket.queue);
  side.bounces_in_pair =
      static_cast<uint8_t>(side.bounce_pair == pair ? std::min(side.bounces_in_pair + 1, 255) : 1);
  side.bounce_pair = pair;
  if (side.bounces < 0xffff) ++side.bounces;
  if (side.bounces_in_pair >= bounces_max) {
    event->queue = rules_.coordinator();
    event->reason = own_reason(reason_bounced_twice);
  }
  event->value_us = side.bounces_in_pair;
  event->fields = detail.routed_by + 1;  // none wraps to 0
  if (detail.routed_by != none) ++misroutes_[detail.routed_by];
  change(slot, *event);
  return Reject::none;
}

// --- Tasks ---

void Floor::add_task(uint32_t parent, uint32_t task) {
  const uint64_t parent_id = store_.hot(parent).id;
  store_.side(task).parent = parent_id;
  store_.add_task(parent, store_.hot(task).id);
  ++store_.side(parent).tasks_open;
}

uint32_t Floor::tasks_open(uint32_t slot) const { return store_.known_side(slot).tasks_open; }

/// A parent counts its open tasks, and does not end without ending them.
void Floor::follow_tasks(uint32_t slot, State state_before) {
  if (!store_.hot(slot).has_side) return;
  const bool was_open = is_open(state_before);
  const bool open = store_.hot(slot).open();
  if (was_open == open) return;
  if (const uint64_t parent_id = store_.side(slot).parent; parent_id != 0) {
    const uint32_t parent = store_.find(parent_id);
    if (parent != none) store_.side(parent).tasks_open += open ? 1U : 0U - 1U;
  }
  if (open) return;
  const std::span<const uint64_t> known = store_.tasks(slot);
  const std::vector<uint64_t> tasks(known.begin(), known.end());
  for (const uint64_t id : tasks) {
    const uint32_t task = store_.find(id);
    if (task == none || !store_.hot(task).open()) continue;
    change(task, decide_cancel(store_.hot(task), own_reason(reason_parent_ended)).value());
  }
}

// --- Queues ---

void Floor::hold_queue(uint32_t queue, bool held) {
  Queue& changed = rules_.queue(queue);
  if (changed.held == held) return;
  changed.held = held;
  Event event;
  event.kind = EventKind::queue_held;
  event.queue = queue;
  event.fields = held ? 1 : 0;
  write_agent(event);
  if (changed.window_open) return;  // its end looks again
  const std::vector<uint32_t> lines = lines_.lines_of(queue);
  for (const uint32_t line : lines) dispatcher_.hold_line(line, held);
  matching_changed_ = true;
  if (!held) match_released(lines);
}

void Floor::switch_route(std::string_view rule, bool on) {
  if (!rules_.switch_route(rule, on)) return;
  Event event;
  event.kind = EventKind::route_switched;
  event.reason = rules_.find_route(rule);
  event.fields = on ? 1 : 0;
  write_agent(event);
}

int64_t Floor::queue_due(uint32_t queue) const {
  int64_t due_us = sched::never.us;
  if (queue < window_end_us_.size() && window_end_us_[queue] != 0) due_us = window_end_us_[queue];
  if (queue < sun_due_us_.size() && sun_due_us_[queue] != 0) {
    due_us = std::min(due_us, sun_due_us_[queue]);
  }
  return due_us;
}

void Floor::rearm_queue(uint32_t queue) {
  const int64_t due_us = queue_due(queue);
  const uint32_t node = queue_node(queue);
  if (due_us == sched::never.us) {
    wheel_.cancel(node);
  } else {
    wheel_.schedule(node, Instant{due_us});
  }
}

void Floor::fire_queue(uint32_t queue, int64_t due_us) {
  if (queue < window_end_us_.size() && window_end_us_[queue] != 0 &&
      window_end_us_[queue] <= due_us) {
    close_window(queue);
  } else if (queue < sun_due_us_.size() && sun_due_us_[queue] != 0 &&
             sun_due_us_[queue] <= due_us) {
    Sunset sunset;
    sunset.active = true;
    sunset.last_number = last_ticket_;
    sunset.queue = queue;
    sunset.at_us = due_us;
    sunsets_.push_back(sunset);
    find_sunset(queue, due_us);
  }
  rearm_queue(queue);
}

/// The end of the region's working day after `after_us`.
void Floor::find_sunset(uint32_t queue, int64_t after_us) {
  const FollowTheSun& sun = rules_.queue(queue).definition.sun;
  const sched::Calendar* region = rules_.calendar_named(sun.calendar);
  int64_t due_us = 0;
  if (region != nullptr && !sun.queue.empty()) {
    // A lunch break does not end the day.
    constexpr uint32_t no_cut_off_s = 86'400;
    const Instant end = region->has_business_days()
                            ? region->end_of_business_day(Instant{after_us}, 1, no_cut_off_s)
                            : sched::never;
    if (end != sched::never) due_us = end.us;
  }
  if (sun_due_us_.size() <= queue) sun_due_us_.resize(queue + 1, 0);
  sun_due_us_[queue] = due_us;
}

/// What the end of the region's day means for one ticket.
void Floor::set_sun(uint32_t slot, const Sunset& sunset) {
  const Ticket& ticket = store_.hot(slot);
  if (ticket.queue != sunset.queue || (ticket.state != State::queued && !ticket.in_hand())) return;
  const FollowTheSun& sun = rules_.queue(ticket.queue).definition.sun;
  const uint32_t target = rules_.find_queue(sun.queue);
  const sched::Calendar* region = rules_.calendar_named(sun.calendar);
  if (target == none || target == ticket.queue || region == nullptr) return;
  const bool urgent = ticket.major || ticket.priority == sched::Priority::p1;
  if (ticket.in_hand() && sun.mode != SunMode::transfer && !urgent) return;
  if (sun.mode == SunMode::hold && !urgent) {
    const Instant opening = region->next_open(Instant{sunset.at_us + 1});
    const int64_t due_us = clockwork_.due_at_us(slot);
    if (due_us == sched::never.us || due_us > opening.us) return;
  }
  move(slot, EventKind::ticket_handed_off, target, reason_end_of_day);
}

// --- Bulk moves ---

bool Floor::begin_reassign(Predicate where, std::string_view text, uint32_t queue, uint32_t agent,
                           uint32_t reason) {
  if (reassignment_.active) return false;
  reassignment_ = {};
  reassignment_.active = true;
  reassignment_.last_number = last_ticket_;
  reassignment_.where = std::move(where);
  reassignment_.where_text = text;
  reassignment_.queue = queue;
  reassignment_.agent = agent;
  reassignment_.reason = reason;
  return true;
}

void Floor::reassign(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  if (!ticket.open() || !reassignment_.where.holds(field_values(slot))) return;
  if (reassignment_.agent != none) {
    if (ticket.agent == reassignment_.agent) return;
    change(slot, decide_assign(ticket, reassignment_.agent).value());
  } else {
    if (ticket.queue == reassignment_.queue && ticket.state == State::queued) return;
    const auto event =
        decide_move(ticket, EventKind::ticket_requeued, reassignment_.queue, reassignment_.reason);
    if (!event) return;
    change(slot, *event);
  }
  ++reassignment_.moved;
}

}  // namespace paceline::desk
