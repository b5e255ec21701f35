#include "sim/world/world.h"

#include <algorithm>
#include <limits>

#include "sched/base/check.h"
#include "sched/base/ids.h"

namespace paceline::sim {

namespace {

Ledger::Sizes sizes_of(const Model& model) {
  const Scenario& scenario = model.scenario();
  const int64_t intervals =
      scenario.interval_us == 0
          ? 0
          : (scenario.length_us + scenario.interval_us - 1) / scenario.interval_us;
  return {model.queues().size(),   model.demands().size(), model.texts().size(),
          model.policies().size(), model.teams().size(),   static_cast<size_t>(intervals)};
}

}  // namespace

World::World(std::shared_ptr<const Model> model, uint64_t seed, uint32_t replication)
    : model_(std::move(model)),
      desk_(model_->desk()),
      stage_{*model_,
             *desk_,
             {},
             Ledger(sizes_of(*model_), model_->scenario().start.us, model_->scenario().interval_us),
             {},
             seed,
             replication,
             model_->scenario().start.us,
             model_->scenario().start.us},
      workforce_(stage_),
      sources_(model_->demands().size()),
      lines_used_(model_->scenario().lines.size()),
      usual_queue_(model_->demands().size(), Contact::none),
      waiting_in_(model_->queues().size()),
      checklists_(model_->queues().size()),
      end_us_(stage_.start_us + model_->scenario().length_us) {
  begin();
}

World::~World() = default;

void World::begin() {
  for (const desk::QueueDefinition& queue : model_->scenario().rules.queues) {
    const auto found = std::find(model_->queues().begin(), model_->queues().end(), queue.name);
    std::string& all = checklists_[static_cast<size_t>(found - model_->queues().begin())];
    for (const std::string& item : queue.checklist) all += (all.empty() ? "" : ",") + item;
  }
  for (uint32_t demand = 0; demand < sources_.size(); ++demand) {
    sources_[demand].usual = usual_contact(demand);
    usual_queue_[demand] = model_->demands()[demand].queue;
    plan_source(demand);
  }
  if (model_->scenario().interval_us > 0)
    stage_.agenda.plan(clockwork_slot(0), stage_.start_us + model_->scenario().interval_us);
  workforce_.begin();
  apply();
}

/// Beside the demands and teams: what the world itself has to do.
uint32_t World::clockwork_slot(uint32_t after_teams) const {
  const size_t index = model_->demands().size() + model_->teams().size() + after_teams;
  return agenda_slot(Actor::clockwork, static_cast<uint32_t>(index));
}

void World::run_until(int64_t since_start_us) {
  const int64_t until_us = stage_.start_us + std::min(since_start_us, model_->scenario().length_us);
  for (;;) {
    const int64_t next_us = std::min(stage_.agenda.next_us(), desk_->next_due().us);
    if (next_us > until_us) break;
    act_all(std::max(next_us, stage_.now_us));
  }
  stage_.now_us = std::max(stage_.now_us, until_us);
}

void World::drain() {
  ledger();
  if (stage_.now_us >= end_us_) closed_ = true;
  const int64_t until_us = end_us_ + model_->scenario().drain_us;
  for (;;) {
    // What the desk does by itself after the last contact is over, to close tickets for one, is
    // nobody's wait.
    const int64_t next_us = std::min(stage_.agenda.next_us(), desk_->next_due().us);
    if (next_us > until_us || stage_.contacts.count() == 0) break;
    act_all(std::max(next_us, stage_.now_us));
  }
}

const Ledger& World::ledger() {
  stage_.ledger.gather();
  if (closed_) return stage_.ledger;
  stage_.ledger.settle(stage_.now_us);
  int64_t cost_micro = 0;
  for (size_t team = 0; team < model_->teams().size(); ++team) {
    Cell& cell = stage_.ledger.by_team[team];
    // Per hour × µs / 3.6e9 µs an hour × a million: in steps that neither round much nor overflow.
    const double per_hour = model_->teams()[team].rules->cost_per_hour;
    cell[Sum::cost_micro] =
        static_cast<int64_t>(static_cast<double>(cell[Sum::paid_us]) / 3'600.0 * per_hour);
    cost_micro += cell[Sum::cost_micro];
  }
  stage_.ledger.all[Sum::cost_micro] = cost_micro;
  return stage_.ledger;
}

/// Everything planned for this instant, then whatever the desk and people do about it, until the
/// instant is over.
void World::act_all(int64_t at_us) {
  stage_.now_us = at_us;
  while (stage_.agenda.next_us() <= at_us) act(stage_.agenda.take());
  apply();
}

void World::act(uint32_t slot) {
  const uint32_t index = slot >> 2;
  switch (static_cast<Actor>(slot & 3)) {
    case Actor::agent:
      return workforce_.act(index);
    case Actor::offer:
      return answer_offer(index);
    case Actor::clockwork: {
      const auto demands = static_cast<uint32_t>(sources_.size());
      if (index < demands) return arrive(index);
      if (index < demands + model_->teams().size())
        return workforce_.change_headcount(index - demands);
      return end_interval();
    }
    case Actor::contact:
      break;
  }
  const Contact& contact = stage_.contacts[index];
  switch (contact.phase) {
    case Contact::Phase::orbiting:
      stage_.ledger.orbiting.add(-1, stage_.now_us);
      return attempt(index);
    case Contact::Phase::waiting:
      return give_up(index);
    case Contact::Phase::working:
      return work_on(index);
    case Contact::Phase::pending:
      return desk_->resume(contact.ticket);
    case Contact::Phase::resolved:
      return come_back(index);
    case Contact::Phase::none:
    case Contact::Phase::ended:
      break;
  }
  CHECK(false && "nobody is planned for");
}

void World::ask(Ask what, uint32_t contact) {
  // Commands before the first that matters are not in the list.
  asks_.resize(desk_->pending_commands(), {Ask::other, Contact::none});
  asks_.emplace_back(what, contact);
}

void World::apply() {
  do {
    const desk::Outcome& outcome = desk_->apply(sched::Instant{stage_.now_us});
    refused_.clear();
    for (size_t i = 0; i < asks_.size(); ++i) {
      const auto [what, slot] = asks_[i];
      if (what == Ask::other) continue;
      const desk::Reply& reply = outcome.replies[i];
      if (reply.code != 0) {
        refused_.push_back(asks_[i]);
      } else if (what == Ask::open) {
        stage_.contacts[slot].ticket = reply.ticket;
        book_.set(sched::TicketId{reply.ticket}.number(), slot);
      }
    }
    for (const desk::Reply& reply : outcome.replies) counts_.refused += reply.code != 0 ? 1 : 0;
    counts_.commands += outcome.replies.size();
    counts_.events += outcome.events.size();
    asks_.clear();
    for (const desk::Event& event : outcome.events) hear(event);
    for (const auto& [what, slot] : refused_) hear_refused(what, slot);
    workforce_.settle();
    settle_ended();
  } while (!desk_->silent() || desk_->next_due().us <= stage_.now_us);
}

void World::settle_ended() {
  for (const uint32_t slot : ended_) {
    Contact& contact = stage_.contacts[slot];
    if (contact.ticket != 0) book_.erase(sched::TicketId{contact.ticket}.number());
    stage_.contacts.remove(slot);
  }
  ended_.clear();
}

void World::end_interval() {
  const Backlog backlog{
      stage_.ledger.open.value(), stage_.ledger.waiting.value(),
      stage_.ledger.open.value() * (stage_.now_us - stage_.start_us) - opened_sum_us_};
  stage_.ledger.end_interval(intervals_ended_++, stage_.now_us, backlog);
  if (intervals_ended_ < stage_.ledger.by_interval.size())
    stage_.agenda.plan(clockwork_slot(0),
                       std::min(end_us_, stage_.now_us + model_->scenario().interval_us));
}

}  // namespace paceline::sim
