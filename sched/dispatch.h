// Which agent gets which ticket.
//
// Tickets that wait for the same thing form a line (ready_queue.h); agents with the same abilities
// form a crew, ordered by how long they have been idle. Which crews may serve which lines is worked
// out when either is born, as bitsets, not per match. A ticket that became ready asks its line's
// crews for the longest-idle agent with room; an agent who became free asks the crew's non-empty
// lines for the most pressing head. The caller assigns; the dispatcher only keeps order.
//
// Owner: shard thread.  Time: always an argument.  Allocates: when lines, crews and agents are
// defined, and when a heap outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sched/base/ids.h"
#include "sched/base/time.h"
#include "sched/ready_queue.h"

namespace paceline::sched {

/// Skills and groups are numbers given by the caller.
struct SkillLevel {
  uint32_t skill = 0;
  uint8_t level = 1;
  friend constexpr auto operator<=>(const SkillLevel&, const SkillLevel&) = default;
};

/// What the tickets of one line wait for.
struct LineTerms {
  uint32_t group = 0;                ///< An agent must be a member.
  std::vector<SkillLevel> need;      ///< All of these, at least at this level.
  uint32_t weight_milli = 1'000;     ///< Capacity one ticket takes.
  bool push = true;                  ///< false: never matched, only kept in order.
};

/// What an agent can do.
struct Abilities {
  std::vector<uint32_t> groups;
  std::vector<SkillLevel> skills;
};

class Dispatcher {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  /// Slots of tickets are 0 … tickets_max − 1.
  explicit Dispatcher(uint32_t tickets_max);
  ~Dispatcher();

  /// Lines are numbered by the caller from 0 without gaps. Defining one again changes its terms;
  /// tickets waiting there stay.
  void define_line(uint32_t line, const LineTerms& terms);

  /// Likewise agents. A new agent is logged out; an agent defined again keeps log-in and load.
  void define_agent(AgentId agent, const Abilities& abilities, uint32_t capacity_milli);
  void log_in(AgentId agent, Instant now);   ///< idle_since = now.
  void log_out(AgentId agent);
  bool logged_in(AgentId agent) const;

  /// Work in hand. Taking or finishing work sets idle_since = now, so that of two agents with room
  /// the one who was given something longest ago comes first.
  void occupy(AgentId agent, uint32_t weight_milli, Instant now);
  void release(AgentId agent, uint32_t weight_milli, Instant now);
  /// Changes the load without touching idle_since (pending tickets weigh less).
  void adjust(AgentId agent, int64_t delta_milli);
  uint32_t used_milli(AgentId agent) const;
  uint32_t capacity_milli(AgentId agent) const;
  Instant idle_since(AgentId agent) const;

  void enqueue(uint32_t line, uint32_t slot, Standing standing);
  void remove(uint32_t slot);             ///< Requires waiting(slot).
  bool waiting(uint32_t slot) const;
  uint32_t line_of(uint32_t slot) const;  ///< Requires waiting(slot).
  const ReadyQueue& line(uint32_t line) const;

  /// The longest-idle (ties: smaller id) logged-in agent who may serve `line` and has room for one
  /// of its tickets. Nothing for a line that does not push.
  std::optional<AgentId> agent_for(uint32_t line) const;

  /// The most pressing ticket among all lines that push, that the agent may serve and has room
  /// for; `none` if there is none or the agent is logged out.
  uint32_t ticket_for(AgentId agent) const;

  bool may_serve(AgentId agent, uint32_t line) const;

  /// Pairs (line, agent) with a waiting ticket beside a free eligible agent. Must be 0 after every
  /// batch. Costs O(crews × lines) in the worst case, through the bitsets.
  uint32_t idle_beside_waiting() const;
};

}  // namespace paceline::sched
