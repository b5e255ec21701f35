// What the desk says, and what it means for requesters, agents and the sums.
#include <algorithm>

#include "sched/base/ids.h"
#include "sim/world/world.h"

namespace paceline::sim {

using desk::EventKind;
using desk::State;
using Phase = Contact::Phase;

void World::hear(const desk::Event& event) {
  if (event.ticket == 0) return hear_agent(event);
  const uint32_t slot = book_.find(sched::TicketId{event.ticket}.number());
  if (event.kind == EventKind::clock_completed) return hear_clock(slot, event);
  if (slot == Contact::none) return;
  Contact& contact = stage_.contacts[slot];
  const auto count = [&](Sum sum) { stage_.each_cell(contact, [&](Cell& cell) { ++cell[sum]; }); };
  switch (event.kind) {
    case EventKind::ticket_recorded:
    case EventKind::ticket_updated:
      contact.traits.priority = event.priority;
      contact.tally = Contact::none;
      break;
    case EventKind::ticket_queued:
      if (contact.entry_queue == Contact::none) {
        contact.entry_queue = event.queue;
        contact.tally = Contact::none;
      }
      usual_queue_[contact.traits.demand] = event.queue;
      stage_.each_cell(contact, [first = contact.tries == 1](Cell& cell) {
        cell[Sum::offered] += first ? 1 : 0;
        ++cell[Sum::tries];
      });
      contact.opened_us = stage_.now_us;
      stage_.ledger.open.add(1, stage_.now_us);
      opened_sum_us_ += contact.opened_us - stage_.start_us;
      hear_waiting(slot, event);
      break;
    case EventKind::ticket_escalated:
      count(Sum::escalations);
      hear_waiting(slot, event);
      break;
    case EventKind::ticket_bounced:
      count(Sum::bounces);
      hear_waiting(slot, event);
      break;
    case EventKind::ticket_reopened:
      ++contact.reopens;
      stage_.each_cell(contact, [&](Cell& cell) {
        ++cell[Sum::reopens];
        --cell[Sum::resolved];
        cell[Sum::resolve_us] -= contact.resolved_us - contact.opened_us;
      });
      stage_.ledger.open.add(1, stage_.now_us);
      opened_sum_us_ += contact.opened_us - stage_.start_us;
      hear_waiting(slot, event);
      break;
    case EventKind::ticket_requeued:
    case EventKind::queue_overflow:
    case EventKind::ticket_handed_off:
      if (event.state == State::queued) hear_waiting(slot, event);
      break;
    case EventKind::ticket_assigned:
      hear_assigned(slot, event);
      break;
    case EventKind::ticket_offered:
      hear_offered(slot, event);
      break;
    case EventKind::ticket_declined:
    case EventKind::ticket_offer_expired:
      count(Sum::declines);
      end_offer(static_cast<uint64_t>(event.value_us));
      break;
    case EventKind::ticket_accepted:
    case EventKind::ticket_rescinded:
      end_offer(static_cast<uint64_t>(event.value_us));
      break;
    case EventKind::ticket_messaged:
      if ((event.flags & desk::message_by_agent) == 0 || contact.responded) break;
      contact.responded = true;
      stage_.each_cell(contact, [&](Cell& cell) {
        ++cell[Sum::responded];
        cell[Sum::respond_us] += stage_.now_us - contact.opened_us;
      });
      break;
    case EventKind::ticket_pended:
      count(Sum::pends);
      contact.phase = Phase::pending;
      if (contact.resumes_us != sched::never.us)
        stage_.agenda.plan(agenda_slot(Actor::contact, slot), contact.resumes_us);
      break;
    case EventKind::ticket_resumed:
      if (event.state == State::queued) {
        hear_waiting(slot, event);
      } else {
        hear_assigned(slot, event);
      }
      break;
    case EventKind::ticket_resolved:
      hear_resolved(slot, event);
      break;
    case EventKind::ticket_cancelled:
      hear_cancelled(slot);
      break;
    case EventKind::ticket_closed:
    case EventKind::ticket_archived:
      end(slot);
      break;
    default:
      break;
  }
}

void World::hear_agent(const desk::Event& event) {
  switch (event.kind) {
    case EventKind::agent_logged_in:
      return workforce_.state_changed(event.agent, desk::AgentState::available);
    case EventKind::agent_logged_out:
      return workforce_.state_changed(event.agent, desk::AgentState::logged_out);
    case EventKind::agent_state_changed:
      return workforce_.state_changed(event.agent, static_cast<desk::AgentState>(event.fields));
    default:
      return;
  }
}

// --- Waiting ---

void World::hear_waiting(uint32_t slot, const desk::Event& event) {
  Contact& contact = stage_.contacts[slot];
  const bool waited_before = contact.phase == Phase::waiting;
  workforce_.put_down(slot);
  if (waited_before) stop_waiting(slot, false);
  if (contact.waits > 0 && event.queue != contact.traits.queue)
    stage_.each_cell(contact, [](Cell& cell) { ++cell[Sum::hops]; });
  ++contact.waits;
  contact.traits.queue = event.queue;
  contact.waits_since_us = stage_.now_us;
  contact.phase = Phase::waiting;
  ++waiting_in_[event.queue];
  ++stage_.ledger.by_queue[event.queue][Sum::visits];
  ++stage_.ledger.all[Sum::visits];
  stage_.ledger.queue_levels[event.queue].waiting.add(1, stage_.now_us);
  stage_.ledger.waiting.add(1, stage_.now_us);
  const LawByTime& patience = model_->demands()[contact.traits.demand].rules->patience;
  // Whoever waits for the first answer has one patience, wherever the ticket goes meanwhile; after
  // it the ticket is with the desk, and nobody holds the line.
  if (waited_before || contact.answered || patience.none()) return;
  const int64_t lasts_us = stage_.draw(patience, contact, Purpose::patience, contact.waits);
  if (lasts_us != sched::never.us)
    stage_.agenda.plan(agenda_slot(Actor::contact, slot), stage_.now_us + lasts_us);
}

void World::stop_waiting(uint32_t slot, bool answered) {
  const Contact& contact = stage_.contacts[slot];
  const uint32_t queue = contact.traits.queue;
  --waiting_in_[queue];
  stage_.ledger.queue_levels[queue].waiting.add(-1, stage_.now_us);
  stage_.ledger.waiting.add(-1, stage_.now_us);
  if (!answered) return;
  const int64_t wait_us = stage_.now_us - contact.waits_since_us;
  for (Cell* cell : {&stage_.ledger.by_queue[queue], &stage_.ledger.all}) {
    ++(*cell)[Sum::visits_answered];
    (*cell)[Sum::visits_waited] += wait_us > 0 ? 1 : 0;
    (*cell)[Sum::visit_wait_us] += wait_us;
  }
  stage_.ledger.queue_wait_us[queue].add(wait_us);
}

void World::hear_assigned(uint32_t slot, const desk::Event& event) {
  Contact& contact = stage_.contacts[slot];
  if (contact.phase == Phase::waiting) stop_waiting(slot, true);
  workforce_.put_down(slot);
  stage_.agenda.drop(agenda_slot(Actor::contact, slot));
  contact.traits.queue = event.queue;
  if (!contact.answered) {
    contact.answered = true;
    const int64_t wait_us = stage_.now_us - contact.opened_us;
    const bool in_time = wait_us <= model_->scenario().answer_within_us;
    stage_.each_cell(contact, [&](Cell& cell) {
      ++cell[Sum::answered];
      cell[Sum::answered_in_time] += in_time ? 1 : 0;
      cell[Sum::answered_wait_us] += wait_us;
      cell[Sum::waited] += wait_us > 0 ? 1 : 0;
    });
    stage_.ledger.priority_wait_us[contact.traits.priority].add(wait_us);
  }
  assignments_.hear(event);
  contact.phase = Phase::working;
  contact.work = model_->work(contact.traits);
  ++contact.spells;
  contact.answers_us = sched::never.us;
  if (contact.work == nullptr) {
    ++counts_.without_rule;
    contact.left_us = 0;
  } else {
    const WorkRule& work = *contact.work;
    contact.left_us = contact.handling_us >= 0 && contact.spells == 1
                          ? contact.handling_us
                          : stage_.draw(work.handling, contact, Purpose::handling, contact.spells);
    if (!work.answer.none() && !contact.responded) {
      const int64_t delay_us = stage_.draw(work.answer, contact, Purpose::message, contact.spells);
      contact.answers_us = Stage::after(stage_.now_us, delay_us);
    }
    if (work.starts && event.state == State::assigned) desk_->start(contact.ticket);
  }
  workforce_.take(event.agent, slot);
}

// --- Offers ---

void World::hear_offered(uint32_t slot, const desk::Event& event) {
  Contact& contact = stage_.contacts[slot];
  Model::Traits traits = contact.traits;
  traits.queue = event.queue;
  const WorkRule* work = model_->work(traits);
  uint32_t index = static_cast<uint32_t>(offers_.size());
  if (free_offers_.empty()) {
    offers_.emplace_back();
  } else {
    index = free_offers_.back();
    free_offers_.pop_back();
  }
  Offer& offer = offers_[index];
  offer = {static_cast<uint64_t>(event.value_us), slot, false};
  offer_slots_[offer.number] = index;
  ++contact.offers;
  int64_t delay_us = 0;
  if (work != nullptr) {
    Stream stream = stage_.stream(contact.key, Purpose::accept, contact.offers);
    offer.declines = work->decline_ppm > 0 && stream.chance(work->decline_ppm);
    if (!work->accept.none()) {
      delay_us = Stage::whole_us(work->accept.at(contact.came_us - stage_.start_us).draw(stream));
    }
  }
  if (delay_us == sched::never.us) return;  // it runs out
  stage_.agenda.plan(agenda_slot(Actor::offer, index), stage_.now_us + delay_us);
}

void World::end_offer(uint64_t number) {
  const auto found = offer_slots_.find(number);
  if (found == offer_slots_.end()) return;
  stage_.agenda.drop(agenda_slot(Actor::offer, found->second));
  free_offers_.push_back(found->second);
  offer_slots_.erase(found);
}

// --- Ends ---

/// No longer open.
void World::leave_desk(Contact& contact) {
  stage_.ledger.open.add(-1, stage_.now_us);
  opened_sum_us_ -= contact.opened_us - stage_.start_us;
  release_line(contact);
}

void World::hear_resolved(uint32_t slot, const desk::Event& event) {
  Contact& contact = stage_.contacts[slot];
  if (event.previous_state == State::resolved) return;  // stated anew
  if (contact.phase == Phase::waiting) stop_waiting(slot, false);
  if (contact.phase == Phase::waiting || contact.phase == Phase::pending) {
    contact.returns_us = sched::never.us;  // the desk's own doing: nobody said what comes of it
    contact.reopens_next = false;
  }
  workforce_.put_down(slot);
  stage_.agenda.drop(agenda_slot(Actor::contact, slot));
  contact.phase = Phase::resolved;
  contact.resolved_us = stage_.now_us;
  const int64_t took_us = stage_.now_us - contact.opened_us;
  stage_.each_cell(contact, [&](Cell& cell) {
    ++cell[Sum::resolved];
    cell[Sum::resolve_us] += took_us;
  });
  stage_.ledger.priority_resolve_us[contact.traits.priority].add(took_us);
  leave_desk(contact);
  if (contact.returns_us == sched::never.us) return end(slot);
  if (contact.returns_us > stage_.now_us || contact.reopens_next)
    stage_.agenda.plan(agenda_slot(Actor::contact, slot), contact.returns_us);
}

/// Patience is for the first answer only, so whoever gives up has had none.
void World::hear_cancelled(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  stop_waiting(slot, false);
  const int64_t wait_us = stage_.now_us - contact.opened_us;
  const bool in_time = wait_us <= model_->scenario().answer_within_us;
  stage_.each_cell(contact, [&](Cell& cell) {
    ++cell[Sum::abandoned];
    cell[Sum::abandoned_in_time] += in_time ? 1 : 0;
    cell[Sum::abandoned_wait_us] += wait_us;
    cell[Sum::waited] += wait_us > 0 ? 1 : 0;
  });
  leave_desk(contact);
  book_.erase(sched::TicketId{contact.ticket}.number());
  contact.ticket = 0;
  if (!comes_back(slot, false)) end(slot);
}

void World::hear_clock(uint32_t slot, const desk::Event& event) {
  const bool missed = (event.flags & desk::clock_missed) != 0;
  const auto count = [&](Cell& cell) { ++cell[missed ? Sum::sla_missed : Sum::sla_met]; };
  if (event.policy < stage_.ledger.by_policy.size()) count(stage_.ledger.by_policy[event.policy]);
  const bool resolution = event.clock == desk::ClockKind::resolution;
  const auto count_all = [&](Cell& cell) {
    count(cell);
    if (!resolution) return;
    ++cell[Sum::worked];
    cell[Sum::worked_us] += event.value_us;
  };
  if (slot == Contact::none) return count_all(stage_.ledger.all);
  stage_.each_cell(stage_.contacts[slot], count_all);
}

/// The desk said no: to a ticket it has no room for, or to what an agent wanted to do with one.
void World::hear_refused(Ask what, uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  if (what == Ask::open) {
    ++counts_.turned_away;
    stage_.each_cell(contact, [&](Cell& cell) {
      if (contact.tries == 1) ++cell[Sum::offered];
      ++cell[Sum::tries];
      ++cell[Sum::blocked];
    });
    return end(slot);
  }
  if (contact.phase == Phase::resolved) return end(slot);  // too late to reopen
  if (contact.phase == Phase::working)                     // nowhere to send it: solved here
    resolve(slot, model_->outcome(contact.traits));
}

}  // namespace paceline::sim
