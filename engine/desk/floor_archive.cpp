// How ended tickets leave: the list of those still in memory, oldest first, and the way into the
// history file.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/policy_defaults.h"

namespace paceline::desk {

using sched::ClockState;
using sched::SlaClock;

namespace {
/// An answer with sixteen clocks fits a frame, and a history record stays small.
constexpr size_t segments_kept_max = 256;
}  // namespace

void Floor::follow_closing(uint32_t slot, const Event& event) {
  const bool ends = event.kind == EventKind::ticket_closed ||
                    event.kind == EventKind::ticket_merged ||
                    event.kind == EventKind::ticket_cancelled;
  if (ends) link_closed(slot);
  const bool ended_before =
      event.previous_state == State::closed || event.previous_state == State::cancelled;
  if (event.kind == EventKind::ticket_reopened && ended_before) unlink_closed(slot);
}

void Floor::link_closed(uint32_t slot) {
  TicketDetail& detail = store_.detail(slot);
  detail.previous_in_list = closed_last_;
  detail.next_in_list = none;
  (closed_last_ == none ? closed_first_ : store_.detail(closed_last_).next_in_list) = slot;
  closed_last_ = slot;
  ++closed_count_;
}

void Floor::unlink_closed(uint32_t slot) {
  const TicketDetail& detail = store_.detail(slot);
  (detail.previous_in_list == none ? closed_first_
                                   : store_.detail(detail.previous_in_list).next_in_list) =
      detail.next_in_list;
  (detail.next_in_list == none ? closed_last_
                               : store_.detail(detail.next_in_list).previous_in_list) =
      detail.previous_in_list;
  --closed_count_;
}

void Floor::trim_closed() {
  if (closed_count_ <= limits_.closed_max) return;
  do {
    archive(closed_first_);
  } while (closed_count_ > limits_.closed_max);
  expect_archiving();
}

/// Whoever leaves next has been cold for long; the one after the next even its neighbours. A stage
/// nearer with every ticket that leaves.
void Floor::expect_archiving() const {
  const uint32_t next = closed_first_;
  if (next == none) return;
  store_.expect_leaving(next);
  const uint32_t second = store_.detail(next).next_in_list;
  if (second == none) return;
  store_.expect_parts(second);
  wheel_.expect(second);
  dispatcher_.expect_ticket(second);  // whoever is opened next takes its slot
  const uint32_t third = store_.detail(second).next_in_list;
  if (third != none) store_.expect(third);
}

void Floor::archive(uint32_t slot) {
  wheel_.cancel(slot);
  gather_surveys();
  if (outcome_->keeps_history) {
    tell_names();
    gather_archived(slot);
    outcome_->archived.add_ticket(leaving_);
  }
  const Ticket& ticket = store_.hot(slot);
  Event event;
  event.kind = EventKind::ticket_archived;
  event.ticket = ticket.id;
  event.queue = ticket.queue;
  event.agent = ticket.agent;
  event.state = ticket.state;
  event.previous_state = ticket.state;
  event.priority = static_cast<uint8_t>(ticket.priority);
  event.version = ticket.version;
  write(slot, event);
  unlink_closed(slot);
  dispatcher_.include_all(slot, &freed_);  // who had too many exclusions may have room for others
  store_.remove(slot);
  ++archived_;
}

/// Names that came up since a ticket last left.
void Floor::tell_names() {
  const auto tell = [&](size_t table, uint32_t count, const auto& text_of) {
    for (uint32_t& told = names_told_[table]; told < count; ++told) {
      NamedText name;
      name.entry.table = static_cast<uint8_t>(table);
      name.entry.position = told;
      text_of(told, name);
      outcome_->archived.add_name(name);
    }
  };
  tell(table_of(NameTable::reason), rules_.reasons().size(),
       [&](uint32_t at, NamedText& name) { name.name = rules_.reasons().text(at); });
  tell(table_of(NameTable::queue), rules_.queue_count(),
       [&](uint32_t at, NamedText& name) { name.name = rules_.queue(at).definition.name; });
  tell(table_of(NameTable::agent), rules_.agent_count(),
       [&](uint32_t at, NamedText& name) { name.name = rules_.agent(at).definition.name; });
  tell(table_of(NameTable::policy), rules_.policy_count(), [&](uint32_t at, NamedText& name) {
    const Policy& policy = rules_.policy(at);
    name.name = policy.definition.name;
    name.calendar = policy.definition.calendar;
    name.label = policy.definition.label;
    name.entry.calendar_version = policy.calendar_version;
    name.entry.clock = policy.kind();
  });
  for (size_t i = 0; i < interned_count; ++i) {
    const Dictionary& values = store_.dictionary(static_cast<TextField>(i + 1));
    tell(table_of(i), values.size(),
         [&](uint32_t at, NamedText& name) { name.name = values.text(at); });
  }
}

void Floor::gather_archived(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  const TicketSide& side = store_.known_side(slot);
  ArchivedRecord& record = leaving_.record;
  record = {};
  record.id = ticket.id;
  record.follows = side.follows;
  record.merged_into = side.merged_into;
  record.recorded_at_us = detail.recorded_at_us;
  record.occurred_at_us = side.occurred_at_us;
  record.first_response_at_us = detail.first_response_at_us;
  record.resolved_at_us = detail.resolved_at_us;
  record.closed_at_us = detail.closed_at_us;
  record.touched_at_us = detail.touched_at_us;
  record.enqueued_at_us = ticket.enqueued_at_us;
  record.resume_at_us = resume_shown_us(side);
  record.promised_at_us = side.promised_at_us;
  record.version = ticket.version;
  record.queue = ticket.queue;
  record.agent = ticket.agent;
  record.reason = ticket.reason;
  record.routed_by = detail.routed_by;
  record.interned = store_.attributes(slot);
  record.moves = detail.moves;
  record.pingpongs = side.pingpongs;
  record.reopens = side.reopens;
  record.closed_reopens = side.closed_reopens;
  record.kind = static_cast<uint8_t>(ticket.kind);
  record.impact = static_cast<uint8_t>(ticket.impact);
  record.urgency = static_cast<uint8_t>(ticket.urgency);
  record.priority = static_cast<uint8_t>(ticket.priority);
  record.vip = ticket.vip;
  record.sentiment = static_cast<uint8_t>(ticket.sentiment);
  record.state = ticket.state;
  record.workaround = ticket.workaround;
  record.major = ticket.major;
  record.reminders_sent = side.reminders_sent;
  record.confidence = ticket.confidence;
  record.tier = rules_.queue(ticket.queue).definition.tier;
  record.declines = ticket.declines;
  record.parent = side.parent;
  record.tasks_open = side.tasks_open;
  record.escalations = side.escalations;
  record.bounces = side.bounces;
  record.checklist_done = side.checklist_done;
  record.checklist_of = side.checklist_of;
  record.marks = marks(slot);
  store_.intervals(slot, leaving_.intervals);
  store_.queues_left(slot, leaving_.queues_left);
  leaving_.external_id = store_.external_id(slot);
  leaving_.requester = store_.requester(slot);
  leaving_.body = store_.body(slot);
  leaving_.clocks.clear();
  leaving_.segments.clear();
  for (uint32_t clock = ticket.first_clock; clock != none; clock = store_.clock(clock).next) {
    gather_archived_clock(clock);
  }
}

void Floor::gather_archived_clock(uint32_t clock) {
  const ClockStore& clocks = store_.clocks();
  const SlaClock& record = clocks.clock(clock);
  ArchivedClock& kept = leaving_.clocks.emplace_back();
  kept.target_us = record.target_us;
  kept.initial_target_us = clocks.initial_target_us(clock);
  kept.consumed_us = record.consumed_us;
  kept.started_at_us = clocks.started_at_us(clock);
  kept.since_us = record.since_us;
  kept.ended_at_us = record.ended() ? record.ended_at_us() : now_.us;
  kept.breached_at_us = clocks.breached_at_us(clock);
  kept.policy = record.policy;
  kept.state = record.state;
  kept.cycle = record.cycle;
  if (record.state == ClockState::completed) {
    kept.verdict = clockwork_.verdict_flags(clock, record.consumed_us);
  }
  const ClockPast* past = clocks.past(clock);
  if (past == nullptr) return;  // its one segment is itself
  kept.signals = past->signals;

  std::vector<ClockSegment>& all = segments_seen_;
  clocks.segments(clock, all);
  ClockSegment& last = all.emplace_back();
  last.from_us = record.since_us;
  last.consumed_us = record.consumed_us - past->folded_us;
  last.reason = past->reason;
  last.policy = record.policy;
  last.state = past->state_at_end;
  last.set_begins = past->set_begins ? 1 : 0;
  last.cycle = record.cycle;
  for (size_t i = all.size() > segments_kept_max ? all.size() - segments_kept_max : 0;
       i < all.size(); ++i) {
    ArchivedSegment& segment = leaving_.segments.emplace_back();
    segment.from_us = all[i].from_us;
    segment.to_us = i + 1 < all.size() ? all[i + 1].from_us : kept.ended_at_us;
    segment.consumed_us = all[i].consumed_us;
    segment.reason = all[i].reason;
    segment.policy = all[i].policy;
    segment.state = all[i].state;
    segment.cycle = all[i].cycle & 0x7f;
    segment.repaired = all[i].set_begins & 1;
    ++kept.segments;
  }
}

}  // namespace paceline::desk
