// Other ways to dispatch, behind the calls of the bench: take, finish, agent_for, ticket_for.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "bench/sched_bench.h"
#include "sched/dispatch.h"

namespace paceline::bench {

/// Agents and lines of one bench.
struct Terms {
  std::vector<sched::WorkKind> kinds;
  std::vector<sched::LineTerms> lines;
  std::vector<sched::Abilities> abilities;
  uint32_t tickets_max = 0;
};

namespace peers {

constexpr uint32_t none = 0xffff'ffff;

/// Who may serve what, and how well, worked out beforehand: what a table with an index would have.
class Suits {
 public:
  explicit Suits(const Terms& terms) : lines_(terms.lines.size()) {
    std::vector<std::vector<sched::SkillLevel>> held;
    for (const auto& abilities : terms.abilities) {
      std::map<uint32_t, uint8_t> levels;
      for (const auto& [skill, level] : abilities.skills) {
        levels[skill] = std::max(levels[skill], level);
      }
      auto& skills = held.emplace_back();
      for (const auto& [skill, level] : levels) skills.push_back({skill, level});
    }
    ranks_.resize(held.size() * lines_, none);
    for (size_t agent = 0; agent < held.size(); ++agent) {
      const auto& groups = terms.abilities[agent].groups;
      for (size_t line = 0; line < lines_; ++line) {
        const sched::LineTerms& wanted = terms.lines[line];
        if (std::find(groups.begin(), groups.end(), wanted.group) == groups.end()) continue;
        if (!wanted.need.holds(held[agent])) continue;
        ranks_[agent * lines_ + line] = std::min(wanted.need.surplus(held[agent]), 31U);
      }
    }
  }
  uint32_t rank(uint32_t agent, uint32_t line) const { return ranks_[agent * lines_ + line]; }

 private:
  size_t lines_;
  std::vector<uint32_t> ranks_;
};

/// Looks at every agent for a ticket and at every ticket for an agent: a query over a table.
class Scan {
 public:
  explicit Scan(const Terms& terms)
      : suits_(terms), place_(terms.tickets_max, none), agents_(terms.abilities.size()) {
    for (const auto& line : terms.lines) {
      weight_of_line_.push_back(terms.kinds[line.work].weight_milli);
    }
  }
  void log_in(uint32_t agent, int64_t now_us) { agents_[agent] = {1'000, now_us}; }
  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    place_[slot] = static_cast<uint32_t>(waiting_.size());
    waiting_.push_back({slot, line, standing});
  }
  void remove(uint32_t slot) {
    waiting_[place_[slot]] = waiting_.back();
    place_[waiting_.back().slot] = place_[slot];
    waiting_.pop_back();
  }
  uint32_t agent_for(uint32_t slot) const {
    const uint32_t line = waiting_[place_[slot]].line;
    std::tuple<uint32_t, int64_t, uint32_t> best{none, 0, none};
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
      if (agents_[agent].room_milli < weight_of_line_[line]) continue;
      const uint32_t rank = suits_.rank(agent, line);
      if (rank == none) continue;
      best = std::min(best, std::tuple{rank, agents_[agent].idle_since_us, agent});
    }
    return std::get<2>(best);
  }
  uint32_t ticket_for(uint32_t agent) const {
    const Waiting* best = nullptr;
    for (const Waiting& ticket : waiting_) {
      if (agents_[agent].room_milli < weight_of_line_[ticket.line]) continue;
      if (suits_.rank(agent, ticket.line) == none) continue;
      if (best == nullptr || ahead(ticket.standing, best->standing)) best = &ticket;
    }
    return best == nullptr ? none : best->slot;
  }
  void take(uint32_t agent, uint32_t line, uint32_t, int64_t now_us) {
    agents_[agent] = {agents_[agent].room_milli - weight_of_line_[line], now_us};
  }
  void finish(uint32_t agent, uint32_t line, int64_t now_us) {
    agents_[agent] = {agents_[agent].room_milli + weight_of_line_[line], now_us};
  }

 private:
  struct Waiting {
    uint32_t slot;
    uint32_t line;
    sched::Standing standing;
  };
  struct Agent {
    uint32_t room_milli = 0;
    int64_t idle_since_us = 0;
  };
  Suits suits_;
  std::vector<uint32_t> weight_of_line_;
  std::vector<uint32_t> place_;
  std::vector<Waiting> waiting_;
  std::vector<Agent> agents_;
};

/// A heap of tickets for each line and one heap of all idle agents, searched in order of idleness
/// for the best who may serve the line and has the room: a waiting room with a ticket printer.
class Heaps {
 public:
  explicit Heaps(const Terms& terms)
      : suits_(terms),
        positions_(terms.tickets_max),
        line_of_(terms.tickets_max),
        room_milli_(terms.abilities.size()),
        agent_positions_(terms.abilities.size()),
        in_heap_(terms.abilities.size()) {
    for (const auto& line : terms.lines) {
      weight_of_line_.push_back(terms.kinds[line.work].weight_milli);
      lines_.emplace_back(positions_);
    }
    lines_of_.resize(terms.abilities.size());
    for (uint32_t agent = 0; agent < lines_of_.size(); ++agent) {
      for (uint32_t line = 0; line < lines_.size(); ++line) {
        if (suits_.rank(agent, line) != none) lines_of_[agent].push_back(line);
      }
    }
  }
  void log_in(uint32_t agent, int64_t now_us) {
    room_milli_[agent] = 1'000;
    place(agent, now_us);
  }
  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    lines_[line].push(slot, standing);
    line_of_[slot] = line;
  }
  void remove(uint32_t slot) { lines_[line_of_[slot]].erase(slot); }
  uint32_t agent_for(uint32_t slot) const {
    const uint32_t line = line_of_[slot];
    std::tuple<uint32_t, int64_t, uint32_t> best{none, 0, none};
    for (uint32_t index = 0; index < idle_.size(); ++index) {
      const auto& entry = idle_.at(index);
      if (room_milli_[entry.slot] < weight_of_line_[line]) continue;
      const uint32_t rank = suits_.rank(entry.slot, line);
      if (rank == none) continue;
      best = std::min(best, std::tuple{rank, entry.press_us, entry.slot});
    }
    return std::get<2>(best);
  }
  uint32_t ticket_for(uint32_t agent) const {
    uint32_t best = none;
    for (const uint32_t line : lines_of_[agent]) {
      if (lines_[line].empty() || room_milli_[agent] < weight_of_line_[line]) continue;
      if (best == none || ahead(lines_[line].top_standing(), lines_[best].top_standing())) {
        best = line;
      }
    }
    return best == none ? none : lines_[best].top();
  }
  void take(uint32_t agent, uint32_t line, uint32_t, int64_t now_us) {
    room_milli_[agent] -= weight_of_line_[line];
    place(agent, now_us);
  }
  void finish(uint32_t agent, uint32_t line, int64_t now_us) {
    room_milli_[agent] += weight_of_line_[line];
    place(agent, now_us);
  }

 private:
  void place(uint32_t agent, int64_t now_us) {
    if (in_heap_[agent] != 0) idle_.erase(agent, agent_positions_);
    in_heap_[agent] = room_milli_[agent] != 0 ? 1 : 0;
    if (in_heap_[agent] != 0) idle_.push(agent, {now_us, agent}, agent_positions_);
  }

  Suits suits_;
  std::vector<uint32_t> positions_;
  std::vector<uint32_t> line_of_;
  std::vector<sched::ReadyQueue> lines_;
  std::vector<uint32_t> weight_of_line_;
  std::vector<std::vector<uint32_t>> lines_of_;  // by agent
  std::vector<uint32_t> room_milli_;
  std::vector<uint32_t> agent_positions_;
  std::vector<uint8_t> in_heap_;
  sched::StandingHeap idle_;
};

}  // namespace peers
}  // namespace paceline::bench
