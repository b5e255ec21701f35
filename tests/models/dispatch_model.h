// What Dispatcher must do, by looking at every ticket and every agent each time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "sched/dispatch.h"

namespace paceline::models {

class DispatchModel {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  void define_line(uint32_t line, const sched::LineTerms& terms) {
    lines_.resize(std::max<size_t>(lines_.size(), line + 1));
    lines_[line] = terms;
  }
  void define_agent(uint32_t agent, const sched::Abilities& abilities, uint32_t capacity_milli) {
    agents_.resize(std::max<size_t>(agents_.size(), agent + 1));
    agents_[agent].abilities = abilities;
    agents_[agent].capacity_milli = capacity_milli;
  }
  void log_in(uint32_t agent, int64_t now_us) {
    agents_[agent].logged_in = true;
    agents_[agent].idle_since_us = now_us;
  }
  void log_out(uint32_t agent) { agents_[agent].logged_in = false; }
  void load(uint32_t agent, int64_t delta_milli) { agents_[agent].used_milli += delta_milli; }
  void touch(uint32_t agent, int64_t now_us) { agents_[agent].idle_since_us = now_us; }

  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    waiting_[slot] = {line, standing};
  }
  void remove(uint32_t slot) { waiting_.erase(slot); }
  bool waiting(uint32_t slot) const { return waiting_.contains(slot); }
  uint32_t line_of(uint32_t slot) const { return waiting_.at(slot).line; }

  bool may_serve(uint32_t agent, uint32_t line) const {
    const auto& can = agents_[agent].abilities;
    if (std::count(can.groups.begin(), can.groups.end(), lines_[line].group) == 0) return false;
    for (const auto& need : lines_[line].need) {
      if (need.level == 0) continue;
      bool held = false;
      for (const auto& skill : can.skills) {
        held = held || (skill.skill == need.skill && skill.level >= need.level);
      }
      if (!held) return false;
    }
    return true;
  }
  bool can_take(uint32_t agent, uint32_t line) const {
    return lines_[line].push && agents_[agent].logged_in && may_serve(agent, line) &&
           agents_[agent].used_milli + lines_[line].weight_milli <= agents_[agent].capacity_milli;
  }

  std::optional<uint32_t> agent_for(uint32_t line) const {
    std::optional<uint32_t> best;
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
      if (!can_take(agent, line)) continue;
      if (!best || agents_[agent].idle_since_us < agents_[*best].idle_since_us) best = agent;
    }
    return best;
  }

  /// Requires that no two waiting tickets have the same standing.
  uint32_t ticket_for(uint32_t agent) const {
    uint32_t best = none;
    for (const auto& [slot, ticket] : waiting_) {
      if (!can_take(agent, ticket.line)) continue;
      if (best == none || ahead(ticket.standing, waiting_.at(best).standing)) best = slot;
    }
    return best;
  }

  uint32_t idle_beside_waiting() const {
    uint32_t pairs = 0;
    for (uint32_t line = 0; line < lines_.size(); ++line) {
      if (in_line(line).empty()) continue;
      for (uint32_t agent = 0; agent < agents_.size(); ++agent) pairs += can_take(agent, line);
    }
    return pairs;
  }

  std::vector<uint32_t> in_line(uint32_t line) const {
    std::vector<uint32_t> slots;
    for (const auto& [slot, ticket] : waiting_) {
      if (ticket.line == line) slots.push_back(slot);
    }
    std::sort(slots.begin(), slots.end(), [this](uint32_t a, uint32_t b) {
      return ahead(waiting_.at(a).standing, waiting_.at(b).standing);
    });
    return slots;
  }

  struct Agent {
    sched::Abilities abilities;
    int64_t capacity_milli = 0;
    int64_t used_milli = 0;
    int64_t idle_since_us = 0;
    bool logged_in = false;
  };
  const Agent& agent(uint32_t agent) const { return agents_[agent]; }

 private:
  struct Ticket {
    uint32_t line;
    sched::Standing standing;
  };
  std::vector<sched::LineTerms> lines_;
  std::vector<Agent> agents_;
  std::map<uint32_t, Ticket> waiting_;
};

}  // namespace paceline::models
