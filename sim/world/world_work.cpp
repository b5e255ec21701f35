// Work as agents do it: a spell, and what comes of it.
#include <algorithm>

#include "sched/base/check.h"
#include "sim/world/world.h"

namespace paceline::sim {

/// The first public message, or the end of the spell.
void World::work_on(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  if (contact.answers_us <= stage_.now_us) {
    contact.answers_us = sched::never.us;
    desk_->message(contact.ticket, desk::AuthorKind::agent);
    return workforce_.plan_work(slot);
  }
  finish(slot);
}

void World::finish(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  const Model::OutcomeModel* outcomes = model_->outcome(contact.traits);
  const uint32_t agent = contact.agent;
  workforce_.put_down(slot);
  const auto count = [&](Cell& cell) {
    ++cell[Sum::spells];
    cell[Sum::handled_us] += contact.spell_us;
  };
  stage_.each_cell(contact, count);
  count(stage_.ledger.by_team[model_->agents()[agent].team]);
  release_line(contact);  // what else comes of it, the caller has hung up
  workforce_.before_done(agent);
  if (outcomes != nullptr && outcomes->any_ppm > 0) {
    uint32_t at = stage_.stream(contact.key, Purpose::outcome, contact.spells).below(1'000'000);
    for (const Outcome& outcome : outcomes->rules->outcomes) {
      if (at < outcome.share_ppm) {
        if (contact.outcomes[static_cast<size_t>(outcome.kind)] >= outcome.times_max) break;
        return carry_out(slot, outcome);
      }
      at -= outcome.share_ppm;
    }
  }
  resolve(slot, outcomes);
}

void World::carry_out(uint32_t slot, const Outcome& outcome) {
  Contact& contact = stage_.contacts[slot];
  ++contact.outcomes[static_cast<size_t>(outcome.kind)];
  const auto reason = [&](std::string_view usual) {
    return outcome.reason.empty() ? usual : std::string_view(outcome.reason);
  };
  ask(Ask::outcome, slot);
  switch (outcome.kind) {
    case Outcome::Kind::escalate:
      return desk_->escalate(contact.ticket, outcome.queue, reason("needs more skill"),
                             checklists_[contact.traits.queue]);
    case Outcome::Kind::requeue:
      return desk_->requeue(contact.ticket, outcome.queue, reason("belongs elsewhere"));
    case Outcome::Kind::bounce:
      return desk_->bounce(contact.ticket, reason("not ours"));
    case Outcome::Kind::pend: {
      const int64_t length_us = stage_.draw(outcome.duration, contact.key, Purpose::pending,
                                            contact.outcomes[static_cast<size_t>(outcome.kind)]);
      contact.resumes_us = Stage::after(stage_.now_us, length_us);
      return desk_->pend(contact.ticket, outcome.reason);
    }
  }
}

/// What the requester will do about it is settled at once, so that who closes it on the spot does
/// so in the same batch.
void World::resolve(uint32_t slot, const Model::OutcomeModel* outcomes) {
  Contact& contact = stage_.contacts[slot];
  desk_->resolve(contact.ticket, "solved");
  contact.returns_us = sched::never.us;
  contact.reopens_next = false;
  if (outcomes == nullptr) return;
  const OutcomeRule& rules = *outcomes->rules;
  if (rules.reopen_ppm > 0) {
    Stream stream = stage_.stream(contact.key, Purpose::reopen, contact.reopens);
    if (stream.chance(rules.reopen_ppm)) {
      contact.reopens_next = true;
      contact.returns_us =
          Stage::after(stage_.now_us, Stage::whole_us(rules.reopen_delay.draw(stream)));
      return;
    }
  }
  const int64_t delay_us =
      rules.closes_at_once
          ? 0
          : stage_.draw(rules.close_delay, contact.key, Purpose::message, 0x8000 | contact.reopens);
  contact.returns_us = Stage::after(stage_.now_us, delay_us);
  if (contact.returns_us == stage_.now_us) desk_->close(contact.ticket);
}

void World::answer_offer(uint32_t index) {
  const Offer& offer = offers_[index];
  if (offer.declines) {
    desk_->decline(offer.number, "busy with something else");
  } else {
    desk_->accept(offer.number);
  }
}

}  // namespace paceline::sim
