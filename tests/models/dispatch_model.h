// What Dispatcher must do, by looking at every ticket and every agent each time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "sched/dispatch.h"
#include "tests/models/need_model.h"

namespace paceline::models {

class DispatchModel {
 public:
  static constexpr uint32_t none = sched::Dispatcher::none;

  struct Agent {
    std::set<uint32_t> groups;
    std::map<uint32_t, uint8_t> skills;
    uint64_t capacity_milli = 0;
    bool routable = false;
    uint64_t barred = 0;
    uint8_t band = 0;
    int64_t idle_since_us = 0;
    std::vector<sched::Load> loads;  // of weight
  };
  struct Ticket {
    uint32_t line = 0;
    sched::Standing standing;
    uint32_t only = none;  // the agent it waits for
    bool aged = false;
    bool strict() const { return standing.press_us < sched::Dispatcher::strict_below_us; }
  };

  // --- Definitions ---

  void define_work(uint32_t work, const sched::WorkKind& kind) {
    kinds_.resize(std::max<size_t>(kinds_.size(), work + 1));
    kinds_[work] = kind;
  }
  void define_line(uint32_t line, const sched::LineTerms& terms) {
    lines_.resize(std::max<size_t>(lines_.size(), line + 1));
    held_.resize(lines_.size());
    lines_[line] = terms;
    mention(terms.queue);
  }
  void hold_line(uint32_t line, bool held) { held_[line] = held; }
  void define_agent(uint32_t agent, const sched::Abilities& abilities, uint32_t capacity_milli) {
    agents_.resize(std::max<size_t>(agents_.size(), agent + 1));
    Agent& defined = agents_[agent];
    defined.capacity_milli = capacity_milli;
    defined.groups = {abilities.groups.begin(), abilities.groups.end()};
    defined.skills.clear();
    for (const auto& [skill, level] : abilities.skills) {
      if (level != 0) defined.skills[skill] = std::max(defined.skills[skill], level);
    }
    // What a crew has saved up is forgotten with its last agent.
    std::erase_if(crews_, [&](const auto& crew) {
      return std::none_of(agents_.begin(), agents_.end(),
                          [&](const Agent& a) { return crew_key(a) == crew.first; });
    });
  }
  void set_queue_weight(uint32_t queue, uint32_t weight) {
    mention(queue);
    weights_[queue] = weight;
    for (auto& [key, crew] : crews_) crew = {crew.credit, {}, none};
  }
  void set_aged_share(uint32_t thousandths) { aged_share_ = thousandths; }

  // --- Agents ---

  Agent& agent(uint32_t agent) { return agents_[agent]; }
  const Agent& agent(uint32_t agent) const { return agents_[agent]; }
  uint32_t agent_count() const { return static_cast<uint32_t>(agents_.size()); }

  uint64_t used_milli(uint32_t agent) const {
    return sum(agent, [](const sched::WorkKind&) { return true; });
  }
  uint64_t primary_milli(uint32_t agent) const {
    return sum(agent, [](const sched::WorkKind& kind) { return !kind.interruptible; });
  }
  uint32_t in_hand(uint32_t agent, uint32_t channel) const {
    return count(agent, [&](const sched::WorkKind& kind) { return kind.channel == channel; });
  }
  bool over_capacity(uint32_t agent) const {
    const uint64_t primary = primary_milli(agent);
    return primary > agents_[agent].capacity_milli ||
           used_milli(agent) - primary > agents_[agent].capacity_milli;
  }
  sched::Hindrance room(uint32_t agent, uint32_t work) const {
    const sched::WorkKind& kind = kinds_[work];
    const auto blocking = [](const sched::WorkKind& other) { return other.blocking; };
    const auto primary = [](const sched::WorkKind& other) { return !other.interruptible; };
    if (count(agent, blocking) != 0 || (kind.blocking && count(agent, primary) != 0)) {
      return sched::Hindrance::blocked;
    }
    if (kind.channel_max != 0 && in_hand(agent, kind.channel) >= kind.channel_max) {
      return sched::Hindrance::channel_max;
    }
    const uint64_t beside = kind.interruptible ? used_milli(agent) : primary_milli(agent);
    if (over_capacity(agent) || beside + kind.weight_milli > agents_[agent].capacity_milli) {
      return sched::Hindrance::capacity;
    }
    return sched::Hindrance::none;
  }
  uint64_t fit(uint32_t agent) const {
    uint64_t fit = 0;
    for (uint32_t work = 0; work < kinds_.size(); ++work) {
      const bool fits = room(agent, work) == sched::Hindrance::none &&
                        (agents_[agent].barred >> work & 1) == 0 &&
                        exclusions(agent) <= sched::Dispatcher::exclusions_max;
      fit |= uint64_t{fits} << work;
    }
    return fit;
  }

  // --- Who suits which line ---

  bool may_serve(uint32_t agent, uint32_t line) const {
    return lacks(agent, line) == sched::Hindrance::none;
  }
  sched::CrewRank rank(uint32_t agent, uint32_t line) const {
    const sched::LineTerms& terms = lines_[line];
    sched::CrewRank rank;
    if (terms.count_surplus) rank.surplus = evaluate(terms.need, agents_[agent].skills).surplus;
    for (const sched::Preference& preference : terms.preferred) {
      rank.preferred_of += preference.points;
      if (evaluate(preference.need, agents_[agent].skills).holds) {
        rank.preferred += preference.points;
      }
    }
    rank.total = std::min(rank.surplus + rank.preferred_of - rank.preferred, 31U);
    return rank;
  }
  sched::Hindrance hindrance(uint32_t agent, uint32_t slot) const {
    const sched::LineTerms& terms = lines_[waiting_.at(slot).line];
    if (!agents_[agent].routable) return sched::Hindrance::not_routable;
    const sched::Hindrance lacking = lacks(agent, waiting_.at(slot).line);
    if (lacking != sched::Hindrance::none) return lacking;
    if ((agents_[agent].barred >> terms.work & 1) != 0) return sched::Hindrance::barred;
    const sched::Hindrance full = room(agent, terms.work);
    if (full != sched::Hindrance::none) return full;
    if (excluded(agent, slot)) return sched::Hindrance::excluded;
    if (exclusions(agent) > sched::Dispatcher::exclusions_max) return sched::Hindrance::exclusions;
    return sched::Hindrance::none;
  }

  /// How many more of the line's tickets may be given out.
  uint32_t spare(uint32_t line) const {
    const sched::LineTerms& terms = lines_[line];
    if (terms.keep_free == 0) return sched::Reserves::no_limit;
    uint32_t free = 0;
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
      free +=
          agents_[agent].routable && may_serve(agent, line) && (fit(agent) >> terms.work & 1) != 0;
    }
    return free - std::min(free, terms.keep_free);
  }

  // --- Pairs ---

  void exclude(uint32_t agent, uint32_t slot) { excluded_[agent].insert(slot); }
  void include(uint32_t agent, uint32_t slot) { excluded_[agent].erase(slot); }
  bool excluded(uint32_t agent, uint32_t slot) const {
    return excluded_.contains(agent) && excluded_.at(agent).contains(slot);
  }
  uint32_t exclusions(uint32_t agent) const {
    return excluded_.contains(agent) ? static_cast<uint32_t>(excluded_.at(agent).size()) : 0;
  }
  void include_all(uint32_t slot) {
    for (auto& [agent, slots] : excluded_) slots.erase(slot);
  }

  // --- Tickets ---

  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing, uint32_t only = none) {
    waiting_[slot] = {line, standing, only};
  }
  void remove(uint32_t slot) { waiting_.erase(slot); }
  void age(uint32_t slot) { waiting_.at(slot).aged = true; }
  bool waiting(uint32_t slot) const { return waiting_.contains(slot); }
  const Ticket& ticket(uint32_t slot) const { return waiting_.at(slot); }
  std::vector<uint32_t> in_line(uint32_t line) const {
    std::vector<uint32_t> slots;
    for (const auto& [slot, ticket] : waiting_) {
      if (ticket.line == line && ticket.only == none) slots.push_back(slot);
    }
    std::sort(slots.begin(), slots.end(), [this](uint32_t a, uint32_t b) {
      return ahead(waiting_.at(a).standing, waiting_.at(b).standing);
    });
    return slots;
  }
  uint32_t waiting_for(uint32_t agent) const {
    return static_cast<uint32_t>(std::count_if(
        waiting_.begin(), waiting_.end(), [&](const auto& w) { return w.second.only == agent; }));
  }

  // --- Matching ---

  std::optional<uint32_t> agent_for(uint32_t slot, std::span<const uint32_t> passed_over = {},
                                    std::span<const sched::ExternalScore> scores = {}) const {
    const uint32_t line = waiting_.at(slot).line;
    std::optional<uint32_t> best;
    std::pair<int, std::pair<int64_t, int64_t>> best_key;
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
      if (std::count(passed_over.begin(), passed_over.end(), agent) != 0) continue;
      if (!could_take(agent, slot, false)) continue;
      int ranked = static_cast<int>(rank(agent, line).total);
      const auto score = std::find_if(scores.begin(), scores.end(),
                                      [&](const auto& s) { return s.agent == agent; });
      if (score != scores.end()) ranked = std::clamp(ranked - score->points, 0, 31);
      const std::pair key{ranked, order_of(agent, lines_[line].order)};
      if (best && !(key < best_key)) continue;
      best = agent;
      best_key = key;
    }
    return best;
  }

  uint32_t ticket_for(uint32_t agent, bool pull = false) const {
    if (aged_share_ != 0 && credit(agent) >= sched::Dispatcher::full_credit) {
      const uint32_t aged = best(agent, pull, [](uint32_t, const Ticket& ticket) {
        return ticket.aged && !ticket.strict();
      });
      if (aged != none) return aged;
    }
    const uint32_t first = best(agent, pull, [](uint32_t, const Ticket&) { return true; });
    if (first == none || !weighted() || waiting_.at(first).strict()) return first;
    const uint32_t turn = pick(agent, pull).queue;
    if (turn == none) return first;
    return best(agent, pull,
                [&](uint32_t, const Ticket& ticket) { return lines_[ticket.line].queue == turn; });
  }

  void note_award(uint32_t agent, uint32_t slot) {
    const Ticket& ticket = waiting_.at(slot);
    Crew& crew = crews_[crew_key(agents_[agent])];
    if (aged_share_ != 0 && crew.credit >= sched::Dispatcher::full_credit && ticket.aged &&
        !ticket.strict()) {
      crew.credit = 0;
    } else if (weighted() && !ticket.strict()) {
      charge(crew, agent, lines_[ticket.line].queue);
    }
    const bool pull = lines_[ticket.line].mode == sched::LineMode::pull;
    const uint32_t aged = best(agent, pull, [&](uint32_t other, const Ticket& waits) {
      return other != slot && waits.aged && !waits.strict();
    });
    if (aged == none) return;
    crew.credit = std::min(crew.credit + aged_share_, sched::Dispatcher::full_credit);
  }
  uint32_t credit(uint32_t agent) const { return crew(agent).credit; }

  uint32_t idle_beside_waiting() const {
    std::set<std::pair<uint32_t, uint32_t>> pairs;
    for (const auto& [slot, ticket] : waiting_) {
      for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
        if (could_take(agent, slot, false)) pairs.insert({ticket.line, agent});
      }
    }
    return static_cast<uint32_t>(pairs.size());
  }

 private:
  using CrewKey = std::pair<std::set<uint32_t>, std::map<uint32_t, uint8_t>>;
  struct Crew {
    uint32_t credit = 0;
    std::map<uint32_t, int64_t> saved;  // by queue
    uint32_t last = none;               // queue served last
  };
  struct Pick {
    uint32_t queue = none;
    std::map<uint32_t, int64_t> saved;  // after the rounds
  };

  static CrewKey crew_key(const Agent& agent) { return {agent.groups, agent.skills}; }
  Crew crew(uint32_t agent) const {
    const auto found = crews_.find(crew_key(agents_[agent]));
    return found == crews_.end() ? Crew{} : found->second;
  }

  template <class Which>
  uint64_t sum(uint32_t agent, Which&& which) const {
    uint64_t milli = 0;
    for (const auto& load : agents_[agent].loads) {
      if (which(kinds_[load.work])) milli += load.weight_milli;
    }
    return milli;
  }
  template <class Which>
  uint32_t count(uint32_t agent, Which&& which) const {
    uint32_t loads = 0;
    for (const auto& load : agents_[agent].loads) loads += load.in_hand && which(kinds_[load.work]);
    return loads;
  }

  sched::Hindrance lacks(uint32_t agent, uint32_t line) const {
    const Agent& can = agents_[agent];
    const sched::LineTerms& terms = lines_[line];
    if (!can.groups.contains(terms.group)) return sched::Hindrance::group;
    if (!evaluate(terms.need, can.skills).holds) return sched::Hindrance::need;
    for (const auto& wanted : terms.required) {
      if (held_level(can.skills, wanted.skill) < wanted.level) return sched::Hindrance::required;
    }
    return sched::Hindrance::none;
  }
  std::pair<int64_t, int64_t> order_of(uint32_t agent, sched::AgentOrder order) const {
    const Agent& a = agents_[agent];
    const auto capacity = std::max<uint64_t>(a.capacity_milli, 1);
    switch (order) {
      case sched::AgentOrder::idle:
        return {0, a.idle_since_us};
      case sched::AgentOrder::load:
        return {static_cast<int64_t>(used_milli(agent) * 1'000 / capacity), a.idle_since_us};
      case sched::AgentOrder::occupancy:
        return {a.band, a.idle_since_us};
    }
    return {};
  }
  bool could_take(uint32_t agent, uint32_t slot, bool pull) const {
    const Ticket& ticket = waiting_.at(slot);
    if (ticket.only != none && ticket.only != agent) return false;
    const sched::LineMode mode = lines_[ticket.line].mode;
    if (held_[ticket.line] || mode == sched::LineMode::manual) return false;
    if (mode == sched::LineMode::pull && !pull) return false;
    if (spare(ticket.line) == 0) return false;
    return hindrance(agent, slot) == sched::Hindrance::none;
  }
  template <class Which>
  uint32_t best(uint32_t agent, bool pull, Which&& which) const {
    uint32_t best = none;
    for (const auto& [slot, ticket] : waiting_) {
      if (!which(slot, ticket) || !could_take(agent, slot, pull)) continue;
      if (best == none || ahead(ticket.standing, waiting_.at(best).standing)) best = slot;
    }
    return best;
  }

  // --- Queues share a crew's assignments ---

  void mention(uint32_t queue) {
    if (std::find(queues_.begin(), queues_.end(), queue) == queues_.end()) queues_.push_back(queue);
  }
  uint32_t weight(uint32_t queue) const {
    return weights_.contains(queue) ? weights_.at(queue) : 0;
  }
  uint32_t greatest_weight() const {
    uint32_t greatest = 0;
    for (const auto& [queue, weight] : weights_) greatest = std::max(greatest, weight);
    return greatest;
  }
  bool weighted() const { return greatest_weight() != 0; }

  /// Rounds are played until a queue that has work can afford an assignment; then the first of
  /// those after the one served last.
  Pick pick(uint32_t agent, bool pull) const {
    std::set<uint32_t> with_work;
    for (const auto& [slot, ticket] : waiting_) {
      if (could_take(agent, slot, pull)) with_work.insert(lines_[ticket.line].queue);
    }
    std::erase_if(with_work, [this](uint32_t queue) { return weight(queue) == 0; });
    Pick pick{none, crew(agent).saved};
    if (with_work.empty()) return pick;
    const auto affords = [&](uint32_t queue) {
      return with_work.contains(queue) && pick.saved[queue] >= greatest_weight();
    };
    while (std::none_of(queues_.begin(), queues_.end(), affords)) {
      for (const uint32_t queue : with_work) pick.saved[queue] += weight(queue);
    }
    std::vector<uint32_t> in_turn = queues_;
    const auto last = std::find(in_turn.begin(), in_turn.end(), crew(agent).last);
    if (last != in_turn.end()) std::rotate(in_turn.begin(), last + 1, in_turn.end());
    pick.queue = *std::find_if(in_turn.begin(), in_turn.end(), affords);
    return pick;
  }
  void charge(Crew& crew, uint32_t agent, uint32_t served) {
    if (weight(served) == 0) return;
    for (const bool pull : {false, true}) {
      const Pick picked = pick(agent, pull);
      if (picked.queue != served) continue;
      crew.saved = picked.saved;
      crew.saved[served] -= greatest_weight();
      crew.last = served;
      return;
    }
    crew.saved[served] =
        std::max<int64_t>(crew.saved[served] - greatest_weight(), -int64_t{greatest_weight()});
  }

  std::vector<sched::WorkKind> kinds_;
  std::vector<sched::LineTerms> lines_;
  std::vector<bool> held_;
  std::vector<Agent> agents_;
  std::map<uint32_t, Ticket> waiting_;
  std::map<uint32_t, std::set<uint32_t>> excluded_;  // by agent
  std::vector<uint32_t> queues_;                     // in order of first mention
  std::map<uint32_t, uint32_t> weights_;
  std::map<CrewKey, Crew> crews_;
  uint32_t aged_share_ = 0;
};

}  // namespace paceline::models
