// Matching, and why not: the part of the dispatcher that only looks.
#include <algorithm>
#include <bit>
#include <limits>

#include "sched/base/check.h"
#include "sched/dispatch.h"

namespace paceline::sched {

Asking Dispatcher::asking(uint32_t agent, bool pull) const {
  return {agent, crews_.lines_of(agent), free_.kinds(agent), exclusions_.slots(agent), pull};
}

bool Dispatcher::could_take(uint32_t agent, uint32_t line) const {
  return (free_.kinds(agent) >> lines_.work(line) & 1) != 0 &&
         has_bit(crews_.lines_of(agent), line);
}

// --- A ticket asks ---

uint32_t Dispatcher::best_agent(uint32_t slot, std::span<const uint32_t> passed_over,
                                std::span<const ExternalScore> scores) const {
  CHECK(scores.size() <= 8);
  const uint32_t line = lines_.line_of(slot);
  if (!lines_.pushes(line)) return none;
  const auto is_free = [&](uint32_t agent) {
    return could_take(agent, line) && !exclusions_.has(agent, slot) &&
           std::find(passed_over.begin(), passed_over.end(), agent) == passed_over.end();
  };
  if (const uint32_t only = lines_.waits_for(slot); only != none) {
    return is_free(only) ? only : none;
  }

  out_.assign(passed_over.begin(), passed_over.end());
  exclusions_.for_each_agent(slot, [this](uint32_t agent) { out_.push_back(agent); });
  const RankedAgents& agents = lines_.agents(line);
  const AgentOrder order = lines_.order(line);
  FreeAgents::Best best;
  for (const ExternalScore& score : scores) {
    if (std::find(out_.begin(), out_.end(), score.agent) != out_.end()) continue;
    out_.push_back(score.agent);
    if (score.agent >= agents_.size() || !could_take(score.agent, line)) continue;
    const int32_t rank = static_cast<int32_t>(agents.rank(score.agent)) - score.points;
    best.improve({score.agent,
                  static_cast<uint32_t>(std::clamp(rank, 0, static_cast<int32_t>(rank_max))),
                  free_.key(order, score.agent)});
  }
  std::sort(out_.begin(), out_.end());
  best.improve(free_.best(agents, lines_.work(line), order, out_));
  return best.agent;
}

// --- An agent asks ---

uint32_t Dispatcher::ticket_for(AgentId agent, bool pull) const {
  CHECK(agent.value < agents_.size());
  if (free_.kinds(agent.value) == 0) return none;
  const Asking asks = asking(agent.value, pull);
  if (aged_share_ != 0 && crews_.crew_of(agent.value).credit >= full_credit) {
    const Lines::Choice aged = lines_.best_aged(asks);
    if (aged.found()) return aged.slot;
  }
  const Lines::Choice best = lines_.best(asks);
  if (best_suited_first_ && best.found() && best.standing.press_us >= strict_below_us)
    return lines_.slot_of(best_suited(asks));
  if (!best.found() || !shares_.in_use() || best.standing.press_us < strict_below_us) {
    return best.slot;
  }
  const Lines::Choice by_turn = by_weight(asks);
  return by_turn.found() ? lines_.slot_of(by_turn) : best.slot;
}

/// The most pressing of the lines of least rank. Requires that there is a ticket.
Lines::Choice Dispatcher::best_suited(const Asking& asks) const {
  Lines::Choice best;
  uint32_t best_rank = rank_max + 1;
  lines_.for_each_line(asks, [&](const Lines::Choice& choice) {
    const uint32_t rank = lines_.agents(choice.line).rank(asks.agent);
    if (rank > best_rank || (rank == best_rank && !best.beaten_by(choice.standing))) return;
    best = choice;
    best_rank = rank;
  });
  return best;
}

/// The best ticket of each queue.
void Dispatcher::sort_by_queue(const Asking& asks) const {
  best_of_queue_.assign(shares_.count(), {});
  has_work_.assign(shares_.count(), 0);
  lines_.for_each_line(asks, [this](const Lines::Choice& choice) {
    const uint32_t index = share_of_line_[choice.line];
    Lines::Choice& best = best_of_queue_[index];
    if (best.beaten_by(choice.standing)) best = choice;
    has_work_[index] = 1;
  });
}

Lines::Choice Dispatcher::by_weight(const Asking& asks) const {
  sort_by_queue(asks);
  const auto pick = shares_.pick(crews_.crew_of(asks.agent).shares, has_work_);
  return pick.index == QueueShares::none ? Lines::Choice{} : best_of_queue_[pick.index];
}

void Dispatcher::note_award(AgentId agent, uint32_t slot) {
  CHECK(agent.value < agents_.size());
  Crew& crew = crews_.crew_of(agent.value);
  const bool strict = lines_.strict(slot);
  if (aged_share_ != 0 && crew.credit >= full_credit && lines_.aged(slot) && !strict) {
    crew.credit -= full_credit;
  } else if (shares_.in_use() && !strict) {
    charge(agent.value, slot);
  }
  if (aged_share_ == 0 || crew.credit >= full_credit) return;
  const bool pull = terms(lines_.line_of(slot)).mode == LineMode::pull;
  if (!lines_.best_aged(asking(agent.value, pull), slot).found()) return;
  crew.credit = std::min(crew.credit + aged_share_, full_credit);
}

/// To the ticket's queue, in turn if it is the one that would have been picked: with the lines that
/// push or, failing that, with those that are pulled, too.
void Dispatcher::charge(uint32_t agent, uint32_t slot) {
  const uint32_t served = share_of_line_[lines_.line_of(slot)];
  QueueShares::State& state = crews_.crew_of(agent).shares;
  QueueShares::Pick pick;
  for (const bool pull : {false, true}) {
    sort_by_queue(asking(agent, pull));
    pick = shares_.pick(state, has_work_);
    if (pick.index == served) break;
  }
  shares_.charge(state, has_work_, pick, served);
}

uint32_t Dispatcher::credit(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return crews_.crew_of(agent.value).credit;
}

void Dispatcher::add_free_with_own_view(std::vector<uint32_t>& agents) const {
  const std::span<const uint64_t> free = free_.any();
  const auto word_of = [](std::span<const uint64_t> bits, size_t word) {
    return word < bits.size() ? bits[word] : 0;
  };
  for (size_t word = 0; word < free.size(); ++word) {
    const uint64_t own =
        word_of(lines_.with_personal(), word) | word_of(exclusions_.agents(), word);
    for_each_bit(free[word] & own, word, [&](uint32_t agent) { agents.push_back(agent); });
  }
}

uint32_t Dispatcher::idle_beside_waiting() const {
  uint64_t pairs = 0;
  const HeadBoard& heads = lines_.pushing();
  const auto has_ticket = [&](uint32_t line, uint32_t agent) {
    return lines_.has_common(line, exclusions_.slots(agent));
  };
  // From the side of the fewer.
  if (heads.count() <= free_.any_count()) {
    for_each(heads.filled(), [&](uint32_t line) {
      const Bits& free = free_.free_for(lines_.work(line));
      const Bits& excluding = exclusions_.agents();
      const RankedAgents& agents = lines_.agents(line);
      for (size_t block = 0; block < agents.block_count(); ++block) {
        const uint32_t word = agents.word(block);
        const uint64_t some = agents.agents(block) & free[word];
        pairs += static_cast<uint64_t>(std::popcount(some));
        if (word >= excluding.size()) continue;
        for_each_bit(some & excluding[word], word, [&](uint32_t agent) {
          if (!has_ticket(line, agent)) --pairs;
        });
      }
    });
  } else {
    for_each(free_.any(), [&](uint32_t agent) {
      for_each_common(crews_.lines_of(agent), heads.filled(), [&](uint32_t line) {
        if (could_take(agent, line) && has_ticket(line, agent)) ++pairs;
      });
    });
  }
  for_each_common(lines_.with_personal(), free_.any(), [&](uint32_t agent) {
    const auto excluded = exclusions_.slots(agent);
    lines_.for_each_personal(agent, [&](uint32_t line) {
      if (!lines_.pushes(line) || !could_take(agent, line) || has_ticket(line, agent)) return;
      if (lines_.has_personal(agent, line, excluded)) ++pairs;
    });
  });
  return static_cast<uint32_t>(std::min<uint64_t>(pairs, std::numeric_limits<uint32_t>::max()));
}

// --- Why ---

Hindrance Dispatcher::hindrance(AgentId agent, uint32_t slot) const {
  const Agent& asked = known(agent);
  const LineTerms& wanted = lines_.terms(lines_.line_of(slot));
  const Crew& crew = crews_.crew_of(agent.value);
  if (!asked.routable) return Hindrance::not_routable;
  if (!crew.in_group(wanted.group)) return Hindrance::group;
  if (!wanted.need.holds(crew.skills)) return Hindrance::need;
  if (!crew.has(wanted.required)) return Hindrance::required;
  if ((asked.barred >> wanted.work & 1) != 0) return Hindrance::barred;
  const Hindrance room = workloads_.hindrance(agent.value, wanted.work);
  if (room != Hindrance::none) return room;
  if (exclusions_.has(agent.value, slot)) return Hindrance::excluded;
  if (exclusions_.count(agent.value) > exclusions_max) return Hindrance::exclusions;
  return Hindrance::none;
}

Dispatcher::Rank Dispatcher::rank(AgentId agent, uint32_t line) const {
  CHECK(may_serve(agent, line));
  return crews_.crew_of(agent.value).rank(lines_.terms(line));
}
int64_t Dispatcher::turn(AgentId agent, uint32_t line) const {
  return key(lines_.order(line), agent.value);
}

}  // namespace paceline::sched
