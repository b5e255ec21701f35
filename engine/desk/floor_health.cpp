// What can be seen of the floor: facts, views, digest, and the invariants.
#include <algorithm>
#include <string>

#include "engine/desk/floor.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;
using sched::ClockState;
using sched::SlaClock;

namespace {

bool violations_are_fatal = false;  // set before the first desk, by tests

}  // namespace

void Floor::set_fatal(bool fatal) { violations_are_fatal = fatal; }

void Floor::violated(const char* invariant) {
  if (violations_are_fatal) sched::check_failed(invariant, "invariant", 0);
  ++violations_[invariant];
}

void Floor::check_batch() {
  if (matching_changed_ && dispatcher_.idle_beside_waiting() != 0) violated("work_conservation");
  if (clockwork_.not_attached() != not_attached_seen_) {
    not_attached_seen_ = clockwork_.not_attached();
    violated("clock_attached");
  }
}

std::vector<std::string> Floor::check_everything() const {
  std::vector<std::string> found;
  const auto violation = [&](const char* invariant, uint64_t subject) {
    found.push_back(std::string(invariant) + " " + std::to_string(subject));
  };
  std::vector<uint64_t> load_milli(rules_.agent_count(), 0);
  uint32_t tickets = 0;
  uint32_t live_offers = 0;
  for (uint32_t slot = 0; slot < store_.high_water(); ++slot) {
    const Ticket& ticket = store_.hot(slot);
    if (ticket.id == 0) {
      if (wheel_.armed(slot)) violation("timer_without_ticket", slot);
      if (dispatcher_.waiting(slot)) violation("waiting_without_ticket", slot);
      continue;
    }
    ++tickets;
    if (store_.find(ticket.id) != slot) violation("index_by_id", ticket.id);
    const bool under_offer = ticket.offers != 0;
    const bool waits = dispatcher_.waiting(slot);
    if (waits != (ticket.state == State::queued && !under_offer)) {
      violation("queued_means_waiting", ticket.id);
    }
    if (waits && lines_.key(dispatcher_.line_of(slot)).queue != ticket.queue) {
      violation("waits_in_its_queue", ticket.id);
    }
    if (waits &&
        dispatcher_.line_of(slot) !=
            lines_.find_line(lines_.key_of(ticket, store_.attributes(slot), ticket.step)) &&
        !rolling_out()) {
      violation("waits_in_its_line", ticket.id);
    }
    uint32_t offers = 0;
    for (uint32_t at = store_.known_side(slot).first_offer; at != none;
         at = offers_[at].next_of_ticket) {
      if (offers_[at].slot != slot) violation("offer_of_ticket", ticket.id);
      load_milli[offers_[at].agent] += offers_[at].load.weight_milli;
      ++offers;
    }
    if (offers != ticket.offers) violation("offers_counted", ticket.id);
    live_offers += offers;
    if (ticket.state == State::queued && ticket.agent != none) violation("single_award", ticket.id);
    if (ticket.agent != none) load_milli[ticket.agent] += load_of(slot).weight_milli;
    const int64_t due_us =
        std::min({life_due(slot).at_us, clockwork_.next_due(slot).at_us, route_due(slot).at_us});
    for (uint32_t clock = ticket.first_clock; clock != none; clock = store_.clock(clock).next) {
      const SlaClock& record = store_.clock(clock);
      const bool terminal = ticket.state == State::closed || ticket.state == State::cancelled;
      if (record.live() && terminal) violation("clock_in_ended_ticket", ticket.id);
      if ((record.breached != 0) != (store_.clocks().breached_at_us(clock) != 0)) {
        violation("breach_has_instant", ticket.id);
      }
      if (clocks_disagree(clock)) violation("segments_add_up", ticket.id);
    }
    const int64_t armed_us = wheel_.armed(slot) ? wheel_.due(slot).us : sched::never.us;
    if (due_us != armed_us && !rolling_out()) violation("armed_timer_is_earliest", ticket.id);
  }
  if (tickets != store_.count()) violation("ticket_count", tickets);
  for (uint32_t agent = 0; agent < rules_.agent_count(); ++agent) {
    if (load_milli[agent] != dispatcher_.used_milli(AgentId{agent})) violation("load", agent);
    const uint32_t node = agent_node(agent);
    const int64_t armed_us = wheel_.armed(node) ? wheel_.due(node).us : sched::never.us;
    if (armed_us != agent_due(agent)) violation("armed_timer_of_agent", agent);
    const AgentRecord& record = roster_[agent];
    if (dispatcher_.routable(AgentId{agent}) != record.routable()) violation("routable", agent);
    if (!record.logged_in() && record.offers != 0) violation("offer_to_nobody", agent);
    uint32_t held = 0;
    for (uint32_t slot = record.first_ticket; slot != none;
         slot = store_.detail(slot).next_in_list) {
      if (store_.hot(slot).agent != agent) violation("ticket_of_agent", agent);
      ++held;
    }
    if (held != roster_[agent].tickets) violation("tickets_of_agent", agent);
  }
  if (live_offers != offers_.live()) violation("live_offers", live_offers);
  if (dispatcher_.idle_beside_waiting() != 0) violation("work_conservation", 0);
  for (const auto& [invariant, count] : violations_) violation(invariant.c_str(), count);
  return found;
}

/// The hot record says what its segments say.
bool Floor::clocks_disagree(uint32_t clock) const {
  const SlaClock& record = store_.clock(clock);
  const ClockPast* past = store_.clocks().past(clock);
  if (past == nullptr || store_.clocks().segments_merged() != 0) return false;
  std::vector<ClockSegment> segments;
  store_.clocks().segments_in_force(clock, segments);
  int64_t consumed_us = past->carried_us;
  for (const ClockSegment& segment : segments) consumed_us += segment.consumed_us;
  return consumed_us != (record.ended() ? past->folded_us : record.consumed_us);
}

TicketFacts Floor::facts(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  TicketFacts facts;
  facts.ticket = ticket.id;
  facts.recorded_at_us = detail.recorded_at_us;
  const TicketSide& side = store_.known_side(slot);
  facts.origin_at_us = side.occurred_at_us != 0 ? side.occurred_at_us : detail.recorded_at_us;
  facts.first_response_at_us = detail.first_response_at_us;
  facts.resolved_at_us = detail.resolved_at_us;
  facts.closed_at_us = detail.closed_at_us;
  facts.touched_at_us = detail.touched_at_us;
  facts.queue = ticket.queue;
  facts.agent = ticket.agent;
  facts.moves = detail.moves;
  facts.pingpongs = side.pingpongs;
  facts.reopens = side.reopens;
  facts.closed_reopens = side.closed_reopens;
  facts.kind = static_cast<uint8_t>(ticket.kind);
  facts.priority = static_cast<uint8_t>(ticket.priority);
  facts.state = ticket.state;
  return facts;
}

uint8_t Floor::marks(uint32_t slot) const {
  const TicketDetail& detail = store_.detail(slot);
  return static_cast<uint8_t>((detail.followed_up ? mark_followed_up : 0) |
                              (detail.escalated_up ? mark_escalated_up : 0));
}

TicketView Floor::case_view(uint32_t slot) const {
  TicketView view = this->view(slot);
  view.body.clear();
  store_.intervals(slot, view.intervals);
  store_.queues_left(slot, view.queues_left);
  return view;
}

TicketView Floor::view(uint32_t slot) const {
  TicketView view;
  fill(slot, view);
  for (uint32_t clock = store_.hot(slot).first_clock; clock != none;
       clock = store_.clock(clock).next) {
    view.clocks.push_back(clock_view(slot, clock, false));
  }
  return view;
}

void Floor::fill(uint32_t slot, TicketView& view) const {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  view.id = ticket.id;
  view.version = ticket.version;
  view.kind = static_cast<uint8_t>(ticket.kind);
  view.impact = static_cast<uint8_t>(ticket.impact);
  view.urgency = static_cast<uint8_t>(ticket.urgency);
  view.priority = static_cast<uint8_t>(ticket.priority);
  view.vip = ticket.vip;
  view.sentiment = static_cast<uint8_t>(ticket.sentiment);
  view.state = ticket.state;
  view.reason = rules_.reasons().text(ticket.reason);
  view.queue = rules_.queue(ticket.queue).definition.name;
  if (ticket.agent != none) view.agent = rules_.agent(ticket.agent).definition.name;
  view.external_id = store_.external_id(slot);
  view.requester = store_.requester(slot);
  view.body = store_.body(slot);
  view.category = store_.interned(slot, TextField::category);
  view.subcategory = store_.interned(slot, TextField::subcategory);
  view.service = store_.interned(slot, TextField::service);
  view.config_item = store_.interned(slot, TextField::config_item);
  view.channel = store_.interned(slot, TextField::channel);
  view.requester_type = store_.interned(slot, TextField::requester_type);
  view.organisation = store_.interned(slot, TextField::organisation);
  view.contract = store_.interned(slot, TextField::contract);
  view.stage = store_.interned(slot, TextField::stage);
  view.language = store_.interned(slot, TextField::language);
  view.confidentiality = store_.interned(slot, TextField::confidentiality);
  view.confidence = ticket.confidence;
  view.routed_by = rules_.reasons().text(detail.routed_by);
  view.hops = detail.moves;
  view.declines = ticket.declines;
  view.tier = rules_.queue(ticket.queue).definition.tier;
  if (ticket.state == State::queued) view.step = static_cast<uint8_t>(ticket.step + 1);
  const TicketSide& side = store_.known_side(slot);
  view.parent = side.parent;
  view.tasks_open = side.tasks_open;
  view.escalations = side.escalations;
  view.bounces = side.bounces;
  view.marks = marks(slot);
  view.checklist_done = side.checklist_done;
  view.checklist_of = side.checklist_of;
  view.follows = side.follows;
  view.merged_into = side.merged_into;
  view.promised_at_us = side.promised_at_us;
  view.workaround = ticket.workaround;
  view.major = ticket.major;
  view.reminders_sent = side.reminders_sent;
  view.recorded_at_us = detail.recorded_at_us;
  view.occurred_at_us = side.occurred_at_us;
  view.first_response_at_us = detail.first_response_at_us;
  view.resolved_at_us = detail.resolved_at_us;
  view.closed_at_us = detail.closed_at_us;
  view.touched_at_us = detail.touched_at_us;
  view.enqueued_at_us = ticket.enqueued_at_us;
  view.resume_at_us = resume_shown_us(side);
  if (ticket.state == State::queued) {
    const int64_t press_us = standing(slot).press_us;
    constexpr int64_t strict_below_us = -(int64_t{1} << 59);  // no instant is as early as this
    view.press_at_us = press_us < strict_below_us ? press_us + (int64_t{1} << 60) : press_us;
  }
}

void Floor::add_to(sched::Digest& digest) const {
  std::vector<std::pair<uint64_t, uint32_t>> by_id;
  by_id.reserve(store_.count());
  for (uint32_t slot = 0; slot < store_.high_water(); ++slot) {
    if (store_.hot(slot).id != 0) by_id.emplace_back(store_.hot(slot).id, slot);
  }
  std::sort(by_id.begin(), by_id.end());

  digest.add(now_.us);
  digest.add(last_ticket_);
  digest.add(archived_);
  digest.add(chronicle_.sequence());
  digest.add(chronicle_.hash());
  rules_.add_to(digest);
  for (size_t field = 0; field < interned_count; ++field) {
    store_.dictionary(static_cast<TextField>(field + 1)).add_to(digest);
  }
  std::vector<StateInterval> intervals;
  for (const auto& [id, slot] : by_id) {
    const Ticket& ticket = store_.hot(slot);
    const TicketDetail& detail = store_.detail(slot);
    digest.add(id);
    digest.add(uint64_t{ticket.version} << 32 | ticket.order);
    digest.add(uint64_t{ticket.queue} << 32 | ticket.agent);
    digest.add(uint64_t{ticket.reason} << 32 | uint64_t{static_cast<uint8_t>(ticket.state)} << 24 |
               uint64_t{static_cast<uint8_t>(ticket.before_pending)} << 16 |
               uint64_t{static_cast<uint8_t>(ticket.kind)} << 8 |
               static_cast<uint8_t>(ticket.priority));
    digest.add(uint64_t{static_cast<uint8_t>(ticket.impact)} << 32 |
               uint64_t{static_cast<uint8_t>(ticket.urgency)} << 24 |
               uint64_t{static_cast<uint8_t>(ticket.sentiment)} << 16 | uint64_t{ticket.vip} << 8 |
               ticket.reopened);
    digest.add(ticket.enqueued_at_us);
    digest.add(facts(slot));
    const TicketSide& side = store_.known_side(slot);
    digest.add(side.resume_at_us);
    digest.add(side.pause_until_us);
    digest.add(side.promised_at_us);
    digest.add(side.follows);
    digest.add(side.merged_into);
    digest.add(uint64_t{side.reminders_sent} << 48 | uint64_t{side.reminders_max} << 40 |
               uint64_t{ticket.raised_for_policies} << 36 | uint64_t{ticket.raised} << 32 |
               uint64_t{static_cast<uint8_t>(ticket.own_priority)} << 24 |
               uint64_t{ticket.workaround} << 16 | uint64_t{ticket.major} << 8 |
               ticket.ball_at_requester);
    digest.add(uint64_t{detail.last_queue} << 32 | side.queue_before);
    digest.add(uint64_t{detail.routed_by} << 32 | uint64_t{ticket.step} << 24 |
               uint64_t{ticket.declines} << 16 | uint64_t{ticket.confidence} << 8 |
               uint64_t{ticket.aged} << 1 | ticket.unroutable);
    for (uint32_t at = side.first_offer; at != none; at = offers_[at].next_of_ticket) {
      digest.add(offers_[at].number);
      digest.add(offers_[at].expires_at_us);
      digest.add(uint64_t{offers_[at].agent} << 32 | offers_[at].load.weight_milli);
    }
    digest.add(side.parent);
    for (const uint64_t task : store_.tasks(slot)) digest.add(task);
    digest.add(uint64_t{side.tasks_open} << 32 | side.held_for);
    digest.add(side.hold_until_us);
    digest.add(side.overflow_check_us);
    digest.add(side.bounce_pair);
    digest.add(side.enqueued_before_us);
    digest.add(uint64_t{side.order_before});
    digest.add(uint64_t{side.bounces_in_pair} << 48 | uint64_t{side.bounces} << 32 |
               uint64_t{side.escalations} << 16 | uint64_t{side.checklist_done} << 8 |
               side.checklist_of);
    for (const sched::ExternalScore& score : store_.scores(slot)) {
      digest.add(uint64_t{score.agent} << 8 | static_cast<uint8_t>(score.points));
    }
    for (const uint32_t position : store_.attributes(slot)) digest.add(position);
    digest.add_text(store_.external_id(slot));
    digest.add_text(store_.requester(slot));
    digest.add_text(store_.body(slot));
    for (uint32_t clock = ticket.first_clock; clock != none; clock = store_.clock(clock).next) {
      store_.clocks().add_to(digest, clock);
    }
    store_.intervals(slot, intervals);
    for (const StateInterval& interval : intervals) {
      digest.add(interval.from_us);
      digest.add(uint64_t{interval.reason} << 8 | static_cast<uint8_t>(interval.state));
    }
  }
  for (uint32_t agent = 0; agent < rules_.agent_count(); ++agent) {
    const AgentId id{agent};
    digest.add(dispatcher_.used_milli(id));
    digest.add(dispatcher_.capacity_milli(id));
    digest.add(dispatcher_.idle_since(id).us);
    digest.add(uint64_t{dispatcher_.credit(id)});
    roster_.add_to(digest, agent);
  }
  sticky_.add_to(digest);
  surveys_.add_to(digest);
  digest.add(offers_.last_number());
  for (const auto& [rule, count] : misroutes_) digest.add(uint64_t{rule} << 40 | count);
  for (const int64_t due_us : sun_due_us_) digest.add(due_us);
  for (const int64_t end_us : window_end_us_) digest.add(end_us);
  for (const Sunset& sunset : sunsets_) {
    digest.add(uint64_t{sunset.queue});
    digest.add(sunset.at_us);
    digest.add(sunset.next_number);
    digest.add(sunset.last_number);
  }
  digest.add_text(reassignment_.where_text);
  digest.add(uint64_t{reassignment_.queue} << 32 | reassignment_.agent);
  for (const Rollout* rollout : {&following_, static_cast<const Rollout*>(&migration_),
                                 static_cast<const Rollout*>(&reassignment_)}) {
    digest.add(uint64_t{rollout->active});
    digest.add(rollout->next_number);
    digest.add(rollout->last_number);
    digest.add(rollout->moved);
  }
  digest.add_text(migration_.select_text);
  digest.add_text(migration_.policy);
  digest.add(static_cast<uint64_t>(migration_.mode));
  digest.add(clockwork_.stale_before_us());
  digest.add(rules_since_us_);
  chronicle_.metrics().add_to(digest);
}

}  // namespace paceline::desk
