// The floor written down and filled in again.
//
// Not written: what only lasts as long as a batch. The order is that of dependence: a part may ask
// the parts before it when it is loaded.
#include "engine/desk/floor.h"

namespace paceline::desk {

using sched::Archive;

void Floor::persist(Archive& archive) {
  rules_.persist(archive);
  store_.persist(archive);
  dispatcher_.persist(archive);
  lines_.persist(archive);
  offers_.persist(archive);
  roster_.persist(archive);
  sticky_.persist(archive);
  surveys_.persist(archive);
  archive.require(
      dispatcher_.agent_count() == rules_.agent_count() && roster_.size() == rules_.agent_count(),
      "agents are not those of the rules");
  for (uint32_t agent = 0; !archive.failed() && agent < roster_.size(); ++agent) {
    archive.require(roster_.diary(agent).shifts_below(rules_.calendar_count()),
                    "an agent's shift is of no calendar");
  }
  if (archive.failed()) return;
  wheel_.persist(archive, nodes_in_use());

  archive.part("floor", 3);
  chronicle_.persist(archive);
  clockwork_.persist(archive);
  archive.fields(now_.us, ready_, freed_, given_, matching_changed_, jump_.by_us, jump_.waited);
  persist_rollouts(archive);
  archive.fields(sun_due_us_, window_end_us_, missing_by_line_, misroutes_, any_strict_,
                 uses_occupancy_, remembers_resolvers_, hops_in_change_);
  archive.fields(last_ticket_, last_order_, archived_, closed_first_, closed_last_, closed_count_,
                 violations_, not_attached_seen_, names_told_);
}

void Floor::persist_rollouts(Archive& archive) {
  archive.fields(rules_since_us_, following_);
  migration_.persist(archive);
  archive.fields(migration_.select, migration_.select_text, migration_.policy);
  archive.choice(migration_.mode, Clockwork::Retarget::retroactive);
  reassignment_.persist(archive);
  archive.fields(reassignment_.where, reassignment_.where_text, reassignment_.queue,
                 reassignment_.agent, reassignment_.reason);
  archive.each(sunsets_, [&](Sunset& sunset) {
    sunset.persist(archive);
    archive.fields(sunset.queue, sunset.at_us);
  });
}

void Floor::rebuild(Archive& archive) {
  store_.rebuild(archive, {rules_.queue_count(), rules_.agent_count(), rules_.policy_count(),
                           rules_.reasons().size()});
  if (archive.failed()) return;
  surveys_.check(archive, rules_.queue_count(), rules_.agent_count());
  dispatcher_.rebuild(archive);
  rebuild_offers(archive);
  wheel_.rebuild(archive, nodes_in_use());
}

void Floor::rebuild_offers(Archive& archive) {
  SlotClaims of_tickets = offers_.claims();
  SlotClaims of_agents = offers_.claims();
  for (uint32_t slot = 0; slot < store_.high_water(); ++slot) {
    if (store_.hot(slot).id == 0) continue;
    if (store_.hot(slot).offers != 0) of_tickets.claim(store_.known_side(slot).first_offer);
  }
  for (uint32_t agent = 0; agent < roster_.size(); ++agent) {
    of_agents.claim(roster_[agent].first_offer);
  }
  offers_.rebuild(archive, of_tickets, of_agents);
}

/// Of the wheel: tickets, then agents, then queues.
std::vector<sched::TimerWheel::Range> Floor::nodes_in_use() const {
  return {{0, store_.high_water()},
          {agent_node(0), agent_node(rules_.agent_count())},
          {queue_node(0), queue_node(rules_.queue_count())}};
}

}  // namespace paceline::desk
