// A ticket's way through its queue: its line, the steps by which its need relaxes, who it is held
// for, when it overflows, and what it stands for among the waiting.
#include <algorithm>

#include "engine/desk/explain.h"
#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

namespace {

/// Keeps strict classes ahead of every instant there is.
constexpr int64_t strict_ahead_us = int64_t{1} << 60;
/// More than the microseconds of a calendar's horizon.
constexpr int64_t priority_step_us = int64_t{1} << 53;
constexpr int64_t no_agent_look_us = 5 * sched::minute.us;
constexpr uint32_t overflows_in_a_row_max = 16;

uint64_t sticky_key(std::string_view requester, std::string_view config_item) {
  return sched::hash_text(config_item, sched::hash_text(requester) | 1);
}

}  // namespace

sched::Standing Floor::standing(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const Queue& queue = rules_.queue(ticket.queue);
  const QueueDefinition& definition = queue.definition;
  const HeadStart& head_start = definition.head_start;
  const auto priority = static_cast<size_t>(ticket.priority);
  const auto due_us = [&] {
    const int64_t of_clocks_us = clockwork_.due_at_us(slot);
    return of_clocks_us == sched::never.us ? ticket.enqueued_at_us + definition.default_horizon_us
                                           : of_clocks_us;
  };
  int64_t press_us = 0;
  switch (definition.discipline) {
    case Discipline::fifo:
      return {ticket.enqueued_at_us, ticket.order};
    case Discipline::strict_priority:
      // Before every instant there is, in steps of priority.
      return {ticket.enqueued_at_us -
                  (sched::priority_count - static_cast<int64_t>(priority)) * priority_step_us,
              ticket.order};
    case Discipline::edf:
      press_us = due_us();
      break;
    case Discipline::priority_minutes:
      press_us = ticket.enqueued_at_us - head_start.priority_us[priority];
      break;
    case Discipline::pressing_time:
      press_us = due_us() - head_start.priority_us[priority];
      if (ticket.vip) press_us -= head_start.vip_us;
      if (ticket.reopened) press_us -= head_start.reopened_us;
      if (ticket.sentiment == Sentiment::negative) press_us -= head_start.negative_us;
      break;
  }
  if (queue.strict[priority] || ticket.major) press_us -= strict_ahead_us;
  return {press_us, ticket.order};
}

/// The routing step the ticket has come to by then; none goes back.
uint8_t Floor::step_at(uint32_t slot, int64_t at_us) const {
  const Ticket& ticket = store_.hot(slot);
  const std::vector<RoutingStep>& steps = rules_.queue(ticket.queue).definition.steps;
  if (steps.empty()) return 0;
  uint8_t step = static_cast<uint8_t>(std::min<size_t>(ticket.step, steps.size() - 1));
  const int64_t due_us = clockwork_.due_at_us(slot);
  for (; step + 1U < steps.size(); ++step) {
    const RoutingStep& now = steps[step];
    const bool waited = now.wait_us != 0 && ticket.enqueued_at_us + now.wait_us <= at_us;
    const bool pressed =
        now.slack_us != 0 && due_us != sched::never.us && due_us - now.slack_us <= at_us;
    if (!waited && !pressed) break;
  }
  return step;
}

void Floor::enqueue(uint32_t slot) {
  Ticket& ticket = store_.hot(slot);
  ticket.step = step_at(slot, now_.us);
  const uint32_t line =
      lines_.line_for(lines_.key_of(ticket, store_.attributes(slot), ticket.step));
  const TicketSide* side = store_.find_side(slot);
  if (side != nullptr && side->held_for != none) {
    dispatcher_.enqueue_for(AgentId{side->held_for}, line, slot, standing(slot));
  } else {
    dispatcher_.enqueue(line, slot, standing(slot));
  }
  if (ticket.aged) dispatcher_.age(slot);
  if (rules_.agent_count() != 0) {
    // Nobody works on a ticket of their own.
    const uint32_t self = self_of(slot);
    if (self != none && dispatcher_.may_serve(AgentId{self}, line)) {
      dispatcher_.exclude(AgentId{self}, slot);
    }
    check_routable(slot, line);
  }
  ready_.push_back(slot);
  matching_changed_ = true;
}

void Floor::leave_line(uint32_t slot) {
  if (!dispatcher_.waiting(slot)) return;
  const uint32_t line = dispatcher_.line_of(slot);
  dispatcher_.remove(slot);
  if (const sched::ReadyQueue& left = dispatcher_.line(line); !left.empty()) {
    next_award_ = left.top();
    store_.expect(next_award_);
    wheel_.expect(next_award_);
    dispatcher_.expect_ticket(next_award_);
  }
  matching_changed_ = true;
  include_self(slot, self_of(slot));
}

uint32_t Floor::self_of(uint32_t slot) const {
  if (!store_.detail(slot).has_requester || rules_.agent_count() == 0) return none;
  return rules_.find_agent(store_.requester(slot));
}

void Floor::include_self(uint32_t slot, uint32_t agent) {
  if (agent == none) return;
  const std::vector<CoolOff>& cool_offs = roster_[agent].cool_offs;
  const bool cools = std::any_of(cool_offs.begin(), cool_offs.end(), [&](const CoolOff& cool_off) {
    return cool_off.ticket == store_.hot(slot).id;
  });
  if (cools) return;
  // Who had too many exclusions to be given anything may have none too many now.
  if (dispatcher_.exclusions(AgentId{agent}) > sched::Dispatcher::exclusions_max) {
    freed_.push_back(agent);
  }
  dispatcher_.include(AgentId{agent}, slot);
}

/// Whatever its place depends on has changed.
void Floor::stand_anew(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  if (ticket.state != State::queued) return;
  if (dispatcher_.waiting(slot)) {
    leave_line(slot);
    enqueue(slot);
    return;
  }
  // Under offer: it stays so while those who have one could have it as it is now.
  const uint32_t line =
      lines_.line_for(lines_.key_of(ticket, store_.attributes(slot), step_at(slot, now_.us)));
  const uint32_t self = self_of(slot);
  for (uint32_t index = store_.known_side(slot).first_offer; index != none;
       index = offers_[index].next_of_ticket) {
    const Offer& offer = offers_[index];
    const bool holds =
        offer.hand_over || (dispatcher_.may_serve(AgentId{offer.agent}, line) &&
                            offer.load.work == dispatcher_.terms(line).work && offer.agent != self);
    if (holds) continue;
    end_offers(slot, reason_changed);
    wait_again(slot);
    return;
  }
}

/// The ticket has come to its queue.
void Floor::arrive(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  const uint32_t queue = ticket.queue;
  const QueueDefinition& definition = rules_.queue(queue).definition;
  begin_hold(slot);
  open_window(queue);
  enqueue(slot);
  if (escalate_unroutable(slot)) return;
  for (const Overflow& rule : definition.overflows) {
    if (rule.no_agent) {
      if (dispatcher_.anyone_routable(dispatcher_.line_of(slot))) {
        store_.side(slot).overflow_check_us =
            now_.us + (rule.wait_us == 0 ? no_agent_look_us : rule.wait_us);
        continue;
      }
      if (overflow(slot, rule, own_reason(reason_overflow_no_agent), now_.us)) return;
    } else if (rule.size != 0 && rules_.queue(queue).waiting > rule.size) {
      if (overflow(slot, rule, own_reason(reason_overflow_size), now_.us)) return;
    }
  }
}

bool Floor::overflow(uint32_t slot, const Overflow& rule, uint32_t reason, int64_t at_us) {
  const uint32_t target = rules_.find_queue(rule.queue);
  const Ticket& ticket = store_.hot(slot);
  if (target == none || target == ticket.queue || hops_in_change_ == overflows_in_a_row_max) {
    return false;
  }
  ++hops_in_change_;
  Event overflowed = about(ticket, EventKind::queue_overflow);
  overflowed.queue = target;
  overflowed.reason = reason;
  overflowed.at_us = at_us;
  overflowed.version = ticket.version;
  write(slot, overflowed);
  change(slot, decide_move(ticket, EventKind::ticket_requeued, target, reason).value());
  --hops_in_change_;
  return true;
}

// --- Held for the last resolver ---

void Floor::begin_hold(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  const Sticky& sticky = rules_.queue(ticket.queue).definition.sticky;
  if (ticket.has_side) {
    store_.side(slot).held_for = none;
    store_.side(slot).overflow_check_us = 0;
  }
  const std::string_view requester = store_.requester(slot);
  if (sticky.by == StickyBy::nobody || requester.empty()) return;
  const bool with_item = sticky.by == StickyBy::requester_and_config_item;
  const std::string_view item =
      with_item ? store_.interned(slot, TextField::config_item) : std::string_view{};
  const uint32_t agent = sticky_.find(sticky_key(requester, item), now_.us - sticky.ttl_us);
  if (agent == none || agent >= roster_.size()) return;
  const AgentState state = roster_[agent].state;
  const bool there = state == AgentState::available || state == AgentState::wrap_up;
  const uint32_t line =
      lines_.line_for(lines_.key_of(ticket, store_.attributes(slot), step_at(slot, now_.us)));
  if (!there || roster_[agent].lost_at_us != 0 || !dispatcher_.may_serve(AgentId{agent}, line) ||
      dispatcher_.excluded(AgentId{agent}, slot) || self_of(slot) == agent) {
    return;
  }
  int64_t until_us = now_.us + sticky.wait_us;
  if (const int64_t due_us = clockwork_.due_at_us(slot); due_us != sched::never.us) {
    until_us = std::min(until_us, due_us - sticky.min_slack_us);
  }
  const bool free = dispatcher_.routable(AgentId{agent}) &&
                    (dispatcher_.fit(AgentId{agent}) >> dispatcher_.terms(line).work & 1) != 0;
  if (!free && until_us <= now_.us) return;
  TicketSide& side = store_.side(slot);
  side.held_for = agent;
  side.hold_until_us = std::max(until_us, now_.us);
  roster_[agent].held.push_back(slot);
  if (free) return;  // it is given at once
  Event held = about(ticket, EventKind::ticket_held);
  held.agent = agent;
  held.value_us = side.hold_until_us;
  held.version = ticket.version;
  write(slot, held);
}

/// It waits for anybody from now on.
void Floor::release_hold(uint32_t slot) {
  TicketSide& side = store_.side(slot);
  if (side.held_for == none) return;
  std::erase(roster_[side.held_for].held, slot);
  side.held_for = none;
  side.hold_until_us = 0;
  if (dispatcher_.waiting(slot)) {
    leave_line(slot);
    enqueue(slot);
  }
  rearm(slot);
}

void Floor::follow_resolver(uint32_t slot, const Event& event, uint32_t agent_before) {
  if (event.kind != EventKind::ticket_resolved || !remembers_resolvers_) return;
  const std::string_view requester = store_.requester(slot);
  if (requester.empty() || agent_before == none) return;
  sticky_.remember(sticky_key(requester, {}), agent_before, event.at_us);
  if (const std::string_view item = store_.interned(slot, TextField::config_item); !item.empty()) {
    sticky_.remember(sticky_key(requester, item), agent_before, event.at_us);
  }
}

// --- Whether anybody could ---

/// Nobody, logged in or not, now or at a later step: that is said at once.
void Floor::check_routable(uint32_t slot, uint32_t line) {
  Ticket& ticket = store_.hot(slot);
  const Queue& queue = rules_.queue(ticket.queue);
  if (queue.definition.mode == QueueMode::manual || dispatcher_.anyone_may_serve(line)) {
    ticket.unroutable = 0;
    return;
  }
  LineBook::Key key = lines_.key(line);
  for (size_t step = ticket.step + 1U; step < queue.definition.step_count(); ++step) {
    key.step = static_cast<uint8_t>(step);
    if (!dispatcher_.anyone_may_serve(lines_.line_for(key))) continue;
    ticket.unroutable = 0;
    return;
  }
  if (ticket.unroutable) return;
  ticket.unroutable = 1;
  Event event = about(ticket, EventKind::ticket_unroutable);
  // Looked for once for all tickets of the line, until agents change.
  const auto [known, fresh] = missing_by_line_.try_emplace(line, none);
  if (fresh) known->second = rules_.reasons().intern(missing_for(*this, line));
  event.reason = known->second;
  event.version = ticket.version;
  write(slot, event);
}

/// What nobody here can do goes to those who can do more, where the queue says so.
bool Floor::escalate_unroutable(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  const QueueDefinition& definition = rules_.queue(ticket.queue).definition;
  if (!ticket.unroutable || !definition.escalate_unroutable) return false;
  const uint32_t target = rules_.find_queue(definition.escalate_to);
  if (target == none || hops_in_change_ == overflows_in_a_row_max) return false;
  ++hops_in_change_;
  const auto of = static_cast<uint8_t>(definition.checklist.size());
  const Reject no = escalate(slot, target, own_reason(reason_unroutable), 0, of);
  --hops_in_change_;
  return no == Reject::none;
}

// --- Timers ---

Floor::RouteDue Floor::route_due(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  RouteDue due;
  // What it came back to late is due as of then; asked for once there is something.
  std::optional<int64_t> since_us;
  const auto consider = [&](int64_t at_us, RouteStep step) {
    if (!since_us) since_us = store_.newest_interval_us(slot);
    at_us = std::max(at_us, *since_us);
    if (at_us < due.at_us || (at_us == due.at_us && step < due.step)) due = {at_us, step};
  };
  if (ticket.offers != 0) {
    for (uint32_t at = store_.known_side(slot).first_offer; at != none;
         at = offers_[at].next_of_ticket) {
      consider(offers_[at].expires_at_us, RouteStep::expire);
    }
  }
  if (ticket.state != State::queued && !ticket.in_hand()) return due;
  const Queue& queue = rules_.queue(ticket.queue);
  const QueueDefinition& definition = queue.definition;
  if (definition.no_touch_us != 0 && !definition.escalate_to.empty()) {
    consider(store_.detail(slot).touched_at_us + definition.no_touch_us, RouteStep::no_touch);
  }
  if (ticket.state != State::queued || definition.mode == QueueMode::manual) return due;
  const auto priority = static_cast<size_t>(ticket.priority);
  if (!ticket.aged && !queue.strict[priority] && !ticket.major && any_strict_ &&
      rules_.settings().max_wait_us != 0) {
    consider(ticket.enqueued_at_us + rules_.settings().max_wait_us, RouteStep::age);
  }
  if (!queue.routes_by_timer && !ticket.has_side) return due;
  const TicketSide* side = store_.find_side(slot);
  if (side != nullptr && side->held_for != none) {
    consider(side->hold_until_us, RouteStep::release_hold);
  }
  if (ticket.step + 1U < definition.steps.size()) {
    const RoutingStep& step = definition.steps[ticket.step];
    if (step.wait_us != 0) consider(ticket.enqueued_at_us + step.wait_us, RouteStep::relax);
    const int64_t due_us = step.slack_us == 0 ? sched::never.us : clockwork_.due_at_us(slot);
    if (due_us != sched::never.us) consider(due_us - step.slack_us, RouteStep::relax);
  }
  for (const Overflow& rule : definition.overflows) {
    if (rule.no_agent) {
      if (side != nullptr && side->overflow_check_us != 0) {
        consider(side->overflow_check_us, RouteStep::overflow);
      }
    } else if (rule.size == 0 && rule.wait_us != 0) {
      consider(ticket.enqueued_at_us + rule.wait_us, RouteStep::overflow);
    }
  }
  return due;
}

void Floor::route_on(uint32_t slot, const RouteDue& due) {
  Ticket& ticket = store_.hot(slot);
  const QueueDefinition& definition = rules_.queue(ticket.queue).definition;
  switch (due.step) {
    case RouteStep::relax: {
      ++ticket.step;
      ticket.step = step_at(slot, now_.us);  // however late it is looked at
      Event relaxed = about(ticket, EventKind::ticket_relaxed);
      relaxed.at_us = due.at_us;
      relaxed.fields = ticket.step + 1U;
      relaxed.version = ticket.version;
      write(slot, relaxed);
      stand_anew(slot);
      break;
    }
    case RouteStep::expire:
      for (uint32_t at = store_.known_side(slot).first_offer; at != none;
           at = offers_[at].next_of_ticket) {
        if (offers_[at].expires_at_us > due.at_us) continue;
        expire(at, due.at_us);
        break;
      }
      break;
    case RouteStep::release_hold:
      release_hold(slot);
      break;
    case RouteStep::age: {
      ticket.aged = 1;
      Event aged = about(ticket, EventKind::ticket_aged);
      aged.at_us = due.at_us;
      aged.version = ticket.version;
      write(slot, aged);
      if (dispatcher_.waiting(slot)) dispatcher_.age(slot);
      break;
    }
    case RouteStep::overflow: {
      bool looked = false;
      for (const Overflow& rule : definition.overflows) {
        if (rule.size != 0) continue;
        if (!rule.no_agent) {
          if (ticket.enqueued_at_us + rule.wait_us > due.at_us) continue;
          if (overflow(slot, rule, own_reason(reason_overflow_wait), due.at_us)) return;
          continue;
        }
        if (store_.side(slot).overflow_check_us > due.at_us || looked) continue;
        looked = true;
        const bool there =
            !dispatcher_.waiting(slot) || dispatcher_.anyone_routable(dispatcher_.line_of(slot));
        const uint32_t reason = own_reason(reason_overflow_no_agent);
        if (!there && overflow(slot, rule, reason, due.at_us)) return;
        store_.side(slot).overflow_check_us =
            due.at_us + (rule.wait_us == 0 ? no_agent_look_us : rule.wait_us);
      }
      break;
    }
    case RouteStep::no_touch: {
      const uint32_t target = rules_.find_queue(definition.escalate_to);
      escalate(slot, target, own_reason(reason_no_touch), 0,
               static_cast<uint8_t>(definition.checklist.size()));
      break;
    }
    case RouteStep::none:
      break;
  }
  rearm(slot);
}

}  // namespace paceline::desk
