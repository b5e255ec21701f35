// Offers: a ticket is an agent's to take or to decline, and room for it is kept meanwhile.
//
//     OFFERED ─accept──▶ the ticket is assigned
//        ├────decline──▶ the ticket keeps its place, the pair cools off
//        ├────time-out─▶ likewise; the agent becomes NO_RESPONSE after a few in a row
//        └────rescind──▶ ticket or agent changed, or another took it
//
// Owner: shard thread.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

namespace {

constexpr int64_t talk_timeout_us = 20 * sched::second.us;
constexpr int64_t p1_timeout_us = sched::minute.us;
constexpr int64_t ticket_timeout_us = 5 * sched::minute.us;
constexpr uint8_t declines_counted_max = 255;

}  // namespace

/// Somebody waits on the line or at the keyboard.
bool Floor::is_live_talk(uint32_t slot) const {
  const std::string_view channel = store_.interned(slot, TextField::channel);
  return channel == "voice" || channel == "phone" || channel == "call" || channel == "chat";
}

int64_t Floor::offer_timeout_us(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const int64_t stated_us = rules_.queue(ticket.queue).definition.offer_timeout_us;
  if (stated_us != 0) return stated_us;
  if (is_live_talk(slot)) return talk_timeout_us;
  return ticket.priority == sched::Priority::p1 ? p1_timeout_us : ticket_timeout_us;
}

/// Room for it is kept from now on.
void Floor::make_offer(uint32_t slot, uint32_t agent, uint32_t note, bool hand_over) {
  Ticket& ticket = store_.hot(slot);
  AgentRecord& record = roster_[agent];
  Offer offer;
  offer.slot = slot;
  offer.agent = agent;
  offer.offered_at_us = now_.us;
  offer.expires_at_us = now_.us + offer_timeout_us(slot);
  offer.hand_over = hand_over;
  offer.note = note;
  const uint32_t work = lines_.work_of(ticket, store_.attributes(slot));
  offer.load = {work, lines_.work(work).kind.weight_milli, true};
  const uint32_t index = offers_.add(offer, store_.side(slot).first_offer, record.first_offer);
  ++ticket.offers;
  ++record.offers;
  matching_changed_ = true;
  dispatcher_.change_load(AgentId{agent}, {}, offer.load);
  Event event = about(ticket, EventKind::ticket_offered);
  event.agent = agent;
  event.value_us = static_cast<int64_t>(offers_[index].number);
  event.fields = static_cast<uint32_t>((offer.expires_at_us - now_.us) / sched::second.us);
  event.reason = note;
  event.version = ticket.version;
  write(slot, event);
  note_over_capacity(agent);
}

/// However it ends, its room is given back once.
void Floor::end_offer(uint32_t index, Event event) {
  const Offer offer = offers_[index];
  Ticket& ticket = store_.hot(offer.slot);
  AgentRecord& record = roster_[offer.agent];
  offers_.remove(index, store_.side(offer.slot).first_offer, record.first_offer);
  --ticket.offers;
  --record.offers;
  dispatcher_.change_load(AgentId{offer.agent}, offer.load, {});
  freed_.push_back(offer.agent);
  matching_changed_ = true;
  event.agent = offer.agent;
  event.value_us = static_cast<int64_t>(offer.number);
  event.version = ticket.version;
  write(offer.slot, event);
}

void Floor::end_offers(uint32_t slot, std::string_view reason) {
  while (store_.hot(slot).offers != 0) {
    Event event = about(store_.hot(slot), EventKind::ticket_rescinded);
    event.reason = own_reason(reason);
    end_offer(store_.side(slot).first_offer, event);
  }
}

void Floor::end_offers_of_agent(uint32_t agent, std::string_view reason) {
  while (roster_[agent].first_offer != none) {
    const uint32_t index = roster_[agent].first_offer;
    const uint32_t slot = offers_[index].slot;
    Event event = about(store_.hot(slot), EventKind::ticket_rescinded);
    event.reason = own_reason(reason);
    end_offer(index, event);
    wait_again(slot);
  }
}

/// Nobody has it under offer any more: it stands where it stood.
void Floor::wait_again(uint32_t slot) {
  const Ticket& ticket = store_.hot(slot);
  const bool waits = ticket.state == State::queued && ticket.offers == 0;
  if (waits && !dispatcher_.waiting(slot)) enqueue(slot);
  rearm(slot);
}

void Floor::follow_offers(uint32_t slot, const Event& event, State state_before,
                          uint32_t queue_before, uint32_t agent_before) {
  const Ticket& ticket = store_.hot(slot);
  if (ticket.offers == 0) return;
  if (ticket.state == state_before && ticket.queue == queue_before &&
      ticket.agent == agent_before && !puts_in_queue(event)) {
    return;
  }
  end_offers(slot, reason_changed);
}

uint32_t Floor::find_offer(uint64_t number) {
  const uint32_t index = offers_.find(number);
  if (index == none) return none;
  const uint32_t agent = offers_[index].agent;
  fire_due_of(offers_[index].slot);
  if (offers_.find(number) != none) fire_due_of_agent(agent);
  return offers_.find(number);
}

void Floor::accept(uint32_t index) {
  const Offer offer = offers_[index];
  const uint32_t slot = offer.slot;
  const Ticket& ticket = store_.hot(slot);
  end_offer(index, about(ticket, EventKind::ticket_accepted));
  end_offers(slot, reason_accepted);
  roster_[offer.agent].expired_in_row = 0;
  change(slot, offer.hand_over ? decide_hand_off(ticket, offer.agent, offer.note).value()
                               : decide_assign(ticket, offer.agent).value());
}

void Floor::decline(uint32_t index, uint32_t reason) {
  const Offer offer = offers_[index];
  const uint32_t slot = offer.slot;
  Ticket& ticket = store_.hot(slot);
  const QueueDefinition& queue = rules_.queue(ticket.queue).definition;
  Event event = about(ticket, EventKind::ticket_declined);
  event.reason = reason;
  end_offer(index, event);
  roster_[offer.agent].expired_in_row = 0;
  cool_off(offer.agent, slot, now_.us + queue.cool_off_us);
  if (ticket.declines < declines_counted_max) ++ticket.declines;
  const bool nobodys = ticket.state == State::queued && queue.declines_max != 0 &&
                       ticket.declines >= queue.declines_max &&
                       ticket.queue != rules_.coordinator();
  if (nobodys) {
    move(slot, EventKind::ticket_requeued, rules_.coordinator(), reason_declined);
  } else {
    wait_again(slot);
  }
}

void Floor::expire(uint32_t index, int64_t at_us) {
  const Offer offer = offers_[index];
  const uint32_t slot = offer.slot;
  const QueueDefinition& queue = rules_.queue(store_.hot(slot).queue).definition;
  Event event = about(store_.hot(slot), EventKind::ticket_offer_expired);
  event.at_us = at_us;
  end_offer(index, event);
  cool_off(offer.agent, slot, at_us + queue.cool_off_us);
  AgentRecord& record = roster_[offer.agent];
  if (record.expired_in_row < 255) ++record.expired_in_row;
  const uint8_t most = rules_.settings().no_response_after;
  if (most != 0 && record.expired_in_row >= most && record.state == AgentState::available) {
    end_offers_of_agent(offer.agent, reason_no_response);
    release_holds(offer.agent);
    set_state(offer.agent, AgentState::no_response, none, at_us);
  }
  wait_again(slot);
}

void Floor::withdraw(uint32_t slot) {
  end_offers(slot, reason_withdrawn);
  wait_again(slot);
}

Reject Floor::hand_over(uint32_t slot, uint32_t agent, uint32_t note) {
  const Ticket& ticket = store_.hot(slot);
  if (const auto allowed = decide_hand_off(ticket, agent, note); !allowed) return allowed.error();
  if (!roster_[agent].logged_in()) return Reject::agent_not_logged_in;
  if (ticket.agent == agent) return Reject::field_invalid;
  if (offers_.full()) return Reject::offers_full;
  end_offers(slot, reason_changed);
  leave_line(slot);
  make_offer(slot, agent, note, true);
  rearm(slot);
  return Reject::none;
}

}  // namespace paceline::desk
