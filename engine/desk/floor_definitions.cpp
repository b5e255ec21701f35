// Queues, agents and configurations: what is defined, and what follows for those who wait.
#include "engine/desk/floor.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;

std::function<uint32_t(std::string_view)> Floor::channel_number() {
  return [this](std::string_view channel) { return number(Field::channel, channel); };
}

/// Kinds of work as queues, work rules and channels make them. Where that makes another kind of
/// what is in hand or waits, loads are booked and tickets stand anew.
void Floor::define_work() {
  bool changed = false;
  lines_.define_work(rules_.work_sources(channel_number()), [&](bool booked) {
    book(booked);
    changed = true;
  });
  if (!changed) return;
  for (uint32_t queue = 0; queue < rules_.queue_count(); ++queue) {
    lines_.define_lines(queue);
    restand(queue);
  }
  restand_aside();
}

/// Takes everything in agents' hands and under offer out of the dispatcher's books, or in again.
void Floor::book(bool booked) {
  const auto change = [&](uint32_t agent, const sched::Load& load) {
    if (load.weight_milli == 0) return;
    booked ? dispatcher_.change_load(AgentId{agent}, {}, load)
           : dispatcher_.change_load(AgentId{agent}, load, {});
  };
  for (uint32_t slot = 0; slot < store_.high_water(); ++slot) {
    const Ticket& ticket = store_.hot(slot);
    if (ticket.id == 0) continue;
    if (booked) {
      store_.detail(slot).booked_work =
          static_cast<uint8_t>(lines_.work_of(ticket, store_.attributes(slot)));
    }
    if (ticket.agent != none) change(ticket.agent, load_of(slot));
  }
  offers_.for_each([&](Offer& offer) {
    if (booked) {
      const Ticket& ticket = store_.hot(offer.slot);
      const uint32_t work = lines_.work_of(ticket, store_.attributes(offer.slot));
      offer.load = {work, lines_.work(work).kind.weight_milli, true};
    }
    change(offer.agent, offer.load);
  });
}

bool Floor::has_work_for(const QueueDefinition& definition) {
  WorkSources sources = rules_.work_sources(channel_number());
  const uint32_t known = rules_.find_queue(definition.name);
  if (known == none) {
    sources.queues.push_back(&definition);
  } else {
    sources.queues[known] = &definition;
  }
  constexpr size_t max = sched::Dispatcher::work_kinds_max;
  return kinds_of_work(sources, max).size() <= max;
}

Result<uint32_t> Floor::define_queue(const QueueDefinition& definition) {
  const uint32_t known = rules_.find_queue(definition.name);
  const auto position = rules_.define_queue(definition);
  if (!position) return position;
  define_work();
  follow_queue(*position);
  if (known != none) {
    restand(*position);
    restand_aside();
  }
  Event event;
  event.kind = EventKind::queue_defined;
  event.queue = *position;
  write_agent(event);
  return position;
}

/// What else there is of a queue follows its definition.
void Floor::follow_queue(uint32_t queue) {
  const QueueDefinition& definition = rules_.queue(queue).definition;
  lines_.define_lines(queue);
  missing_by_line_.clear();
  dispatcher_.set_queue_weight(queue, definition.share);
  uses_occupancy_ = uses_occupancy_ || definition.choice == ChoiceOrder::occupancy;
  remembers_resolvers_ = remembers_resolvers_ || definition.sticky.by != StickyBy::nobody;
  find_sunset(queue, now_.us);
  rearm_queue(queue);
  matching_changed_ = true;
}

/// Those who stand beside the lines: held for one agent, or under offer.
void Floor::restand_aside() {
  for (uint32_t agent = 0; agent < roster_.size(); ++agent) {
    const std::vector<uint32_t> held = roster_[agent].held;
    for (const uint32_t slot : held) stand_anew(slot);
  }
  std::vector<uint32_t> offered;
  offers_.for_each([&](const Offer& offer) { offered.push_back(offer.slot); });
  for (const uint32_t slot : offered) {
    stand_anew(slot);
    rearm(slot);
  }
}

/// Another discipline, need or head start gives those who wait another standing and line.
void Floor::restand(uint32_t queue) {
  const std::vector<uint32_t> lines = lines_.lines_of(queue);
  for (const uint32_t line : lines) {
    for (const uint32_t slot : dispatcher_.line(line).peek(dispatcher_.line(line).size())) {
      stand_anew(slot);
      rearm(slot);
    }
  }
}

bool Floor::configure(const Configuration& configuration) {
  if (!rules_.problem_with(configuration).empty()) return false;
  const CauseScope scope(chronicle_, Cause::configuration);
  std::vector<uint32_t> defined;
  const uint32_t pending_share = rules_.settings().pending_share_milli;
  if (configuration.settings.pending_share_milli != pending_share) book(false);
  for (const QueueDefinition& queue : configuration.queues) {
    const auto position = rules_.define_queue(queue);
    CHECK(position.has_value());
    defined.push_back(*position);
  }
  rules_.apply(configuration, *this, following_.active);
  for (const AgentDefinition& agent : configuration.agents) {
    CHECK(rules_.define_agent(agent).has_value());
  }
  if (configuration.settings.pending_share_milli != pending_share) book(true);
  for (uint32_t agent = 0; agent < roster_.size(); ++agent) follow_shift(agent);
  rules_since_us_ = now_.us;
  any_strict_ = !rules_.settings().strict.empty();
  dispatcher_.set_aged_share(rules_.settings().aged_share_milli);
  dispatcher_.set_best_suited_first(rules_.settings().best_suited_first);
  define_work();
  for (uint32_t queue = 0; queue < rules_.queue_count(); ++queue) follow_queue(queue);
  for (uint32_t agent = 0; uses_occupancy_ && agent < rules_.agent_count(); ++agent) {
    refresh_band(agent, now_.us);
    rearm_agent(agent);
  }
  for (const uint32_t queue : defined) {
    Event event;
    event.kind = EventKind::queue_defined;
    event.queue = queue;
    write_agent(event);
  }
  for (const AgentDefinition& agent : configuration.agents) {
    CHECK(define_agent(agent).has_value());
  }
  Event event;
  event.kind = EventKind::policy_loaded;
  event.value_us = static_cast<int64_t>(rules_.version());
  write_agent(event);
  // Open clocks, standings and timers of those that wait follow, some in each batch; a small desk's
  // at once.
  following_ = {.active = store_.count() != 0, .last_number = last_ticket_};
  advance_rollouts();
  match_all();
  return true;
}

Result<uint32_t> Floor::define_agent(const AgentDefinition& definition) {
  const auto position = rules_.define_agent(definition);
  if (!position) return position;
  const uint32_t agent = *position;
  dispatcher_.define_agent(AgentId{agent}, rules_.abilities(agent), definition.capacity_milli);
  missing_by_line_.clear();
  AgentRecord& record = roster_[agent];
  follow_shift(agent);
  if (record.logged_in()) find_shift(agent, now_.us);
  refresh_agent(agent, now_.us);
  Event event;
  event.kind = EventKind::agent_defined;
  event.agent = agent;
  write_agent(event);
  // What was offered or kept for somebody who can do it no more goes back.
  for (uint32_t index = record.first_offer; index != none;) {
    const uint32_t slot = offers_[index].slot;
    index = offers_[index].next_of_agent;
    stand_anew(slot);
  }
  release_holds(agent);
  return position;
}

}  // namespace paceline::desk
