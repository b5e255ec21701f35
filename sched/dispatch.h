// Which agent gets which ticket.
//
// Tickets that wait for the same thing form a line (ready_queue.h); agents with the same abilities
// form a crew. Which crews may serve which lines, and how well they fit, is worked out when either
// is born, as bitsets, not per match. A ticket that became ready asks its line's crews for the best
// agent with room; an agent who became free asks the crew's non-empty lines for the most pressing
// head. The caller assigns; the dispatcher only keeps order.
//
//     ticket ─▶ line ──crews of the line, best fit first──▶ heads of their heaps that fit ─▶ agent
//     agent ─▶ crew ──lines of the crew──▶ heads of the lines that fit ─▶ most pressing
//
// What an agent still has room for is a bit per kind of work (`fit`): capacity, channel maxima,
// blocking work, and what the caller forbids (set_barred) decide it whenever one of them changes.
// Agents of a crew with the same fit lie in one heap, so that no search looks through a crowd of
// agents who have room for something else only.
//
// Choice. Agents are compared by (rank, order, agent number), smaller first. The rank is the crew's
// on the line: surplus skill (where the line counts it) plus the preferred points it does not earn,
// at most rank_max. The order is the agent's: idle longest, least loaded or lowest occupancy band,
// ties by idleness.
//
// Owner: shard thread.  Time: always an argument.  Allocates: when lines, crews, agents and kinds of
// work are defined, and when a heap outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sched/base/ids.h"
#include "sched/base/time.h"
#include "sched/need.h"
#include "sched/ready_queue.h"

namespace paceline::sched {

/// A kind of work as capacity sees it. At most 64 distinct ones.
struct WorkKind {
  uint32_t weight_milli = 1'000;  ///< Capacity one such ticket takes in hand.
  uint32_t channel = 0;           ///< Number given by the caller.
  uint32_t channel_max = 0;       ///< Of this channel in hand with one agent; 0: any number.
  bool blocking = false;          ///< No other work beside it, but for interruptible work in hand.
  bool interruptible = false;     ///< Does not stand in the way of work that is not.
  friend constexpr auto operator<=>(const WorkKind&, const WorkKind&) = default;
};

/// How a ticket counts against its agent.
struct Load {
  uint32_t work = 0;          ///< Index of a WorkKind.
  uint32_t weight_milli = 0;  ///< In its present state; 0 counts for nothing.
  bool in_hand = false;       ///< Counts towards channel_max and blocks; offered counts likewise.
  friend constexpr bool operator==(const Load&, const Load&) = default;
};

enum class LineMode : uint8_t { push, pull, manual };
enum class AgentOrder : uint8_t { idle, load, occupancy };

/// Points for a crew whose skills meet `need`; never excludes anybody.
struct Preference {
  Need need;
  uint8_t points = 1;  ///< 1 … 15
  friend bool operator==(const Preference&, const Preference&) = default;
};

/// What the tickets of one line wait for, and who of those is best.
struct LineTerms {
  uint32_t group = 0;                ///< An agent must be a member.
  Need need;                         ///< Over skills.
  std::vector<SkillLevel> required;  ///< And all of these: language, clearance.
  uint32_t work = 0;                 ///< Index of a WorkKind.
  uint32_t queue = 0;                ///< For weights across queues.
  LineMode mode = LineMode::push;    ///< pull: given to who asks; manual: kept in order only.
  bool count_surplus = true;         ///< Least over-qualified first.
  std::vector<Preference> preferred;
  AgentOrder order = AgentOrder::idle;
  friend bool operator==(const LineTerms&, const LineTerms&) = default;
};

/// What an agent can do.
struct Abilities {
  std::vector<uint32_t> groups;
  std::vector<SkillLevel> skills;
};

/// An opinion from outside about an agent for one ticket: points off (positive) or on the rank.
struct ExternalScore {
  uint32_t agent = 0;
  int8_t points = 0;  ///< −15 … 15
};

/// Why an agent does not get a ticket: the first filter that fails, in this order.
enum class Hindrance : uint8_t {
  none,
  not_routable,  ///< Logged out, away, draining …: the caller knows which.
  group,
  need,
  required,  ///< Language or clearance.
  barred,    ///< set_barred: shift fit, channel, log-in ramp: the caller knows which.
  blocked,   ///< Holds blocking work, or the ticket's is and the agent holds other work.
  channel_max,
  capacity,
  excluded,    ///< exclude(agent, ticket).
  exclusions,  ///< Holds more than exclusions_max exclusions.
};

class Dispatcher {
 public:
  static constexpr uint32_t none = 0xffff'ffff;
  static constexpr uint32_t rank_max = 31;
  static constexpr uint32_t work_kinds_max = 64;
  static constexpr uint32_t exclusions_max = 32;  ///< Of one agent; above it nothing is routed.
  static constexpr uint32_t full_credit = 1'000;

  /// Slots of tickets are 0 … tickets_max − 1.
  explicit Dispatcher(uint32_t tickets_max);
  ~Dispatcher();

  // Definitions.

  /// Kinds of work are numbered by the caller from 0 without gaps, below work_kinds_max. Defining
  /// one again changes what it takes of room, not what is booked.
  void define_work(uint32_t work, const WorkKind& kind);
  /// Likewise lines, without an upper bound. Tickets waiting there stay.
  void define_line(uint32_t line, const LineTerms& terms);
  uint32_t line_count() const;
  const LineTerms& terms(uint32_t line) const;
  /// While held nothing of the line is matched, and nobody beside it counts as idle beside waiting
  /// work (a batch window, a paused queue).
  void hold_line(uint32_t line, bool held);
  /// Likewise agents. A new agent is not routable; one defined again keeps state and load.
  void define_agent(AgentId agent, const Abilities& abilities, uint32_t capacity_milli);
  /// 0 (as at first) for every queue: one order over all lines. Else queues share an agent's
  /// assignments by deficit round robin, by weight, per crew; strict tickets come before that.
  void set_queue_weight(uint32_t queue, uint32_t weight);
  /// How much of an assignment's credit an aged ticket earns per assignment made while it waits, in
  /// thousandths; 0: none.
  void set_aged_share(uint32_t thousandths);

  // Agents.

  void set_routable(AgentId agent, bool routable);
  bool routable(AgentId agent) const;
  /// Bits of kinds of work that must not be given, whatever the room.
  void set_barred(AgentId agent, uint64_t work_bits);
  /// 0 below the occupancy band, 1 in it, 2 above.
  void set_band(AgentId agent, uint8_t band);
  void set_idle_since(AgentId agent, Instant since);
  Instant idle_since(AgentId agent) const;
  /// A ticket of the agent counts otherwise than before; nothing is a Load of weight 0.
  void change_load(AgentId agent, const Load& before, const Load& after);
  uint64_t used_milli(AgentId agent) const;   ///< Wide: by hand an agent may be given anything.
  uint64_t primary_milli(AgentId agent) const;  ///< Of it not interruptible.
  uint32_t in_hand(AgentId agent, uint32_t channel) const;
  uint32_t capacity_milli(AgentId agent) const;
  bool over_capacity(AgentId agent) const;
  /// Bits of the kinds of work the agent has room for and may be given.
  uint64_t fit(AgentId agent) const;
  /// A line the agent's crew may serve.
  bool may_serve(AgentId agent, uint32_t line) const;
  /// Whether any agent at all, routable or not, may serve the line.
  bool anyone_may_serve(uint32_t line) const;
  /// Likewise among the routable ones.
  bool anyone_routable(uint32_t line) const;

  // Pairs that must not meet for a time.

  void exclude(AgentId agent, uint32_t slot);
  void include(AgentId agent, uint32_t slot);  ///< Nothing if it is not excluded.
  bool excluded(AgentId agent, uint32_t slot) const;
  uint32_t exclusions(AgentId agent) const;
  /// Forgets every exclusion of the slot.
  void include_all(uint32_t slot);

  // Tickets.

  void enqueue(uint32_t line, uint32_t slot, Standing standing);
  /// Waits in `line` for this agent only.
  void enqueue_for(AgentId agent, uint32_t line, uint32_t slot, Standing standing);
  void remove(uint32_t slot);  ///< Requires waiting(slot).
  bool waiting(uint32_t slot) const;
  uint32_t line_of(uint32_t slot) const;      ///< Requires waiting(slot).
  uint32_t waits_for(uint32_t slot) const;    ///< The agent of enqueue_for; `none` else.
  Standing standing(uint32_t slot) const;     ///< Requires waiting(slot).
  /// The waiting ticket has waited long behind strict ones. Until it leaves its line.
  void age(uint32_t slot);
  bool aged(uint32_t slot) const;
  /// The tickets of a line that wait for anybody.
  const ReadyQueue& line(uint32_t line) const;
  /// Tickets that wait for this agent only.
  uint32_t waiting_for(AgentId agent) const;

  // Matching.

  /// The best agent for the waiting ticket, none of `passed_over` among them; nothing for a line
  /// that does not push or is held. At most 8 scores.
  std::optional<AgentId> agent_for(uint32_t slot, std::span<const uint32_t> passed_over = {},
                                   std::span<const ExternalScore> scores = {}) const;

  /// The ticket the agent should have next among the lines that push (and pull, if asked for), or
  /// `none`: the most pressing strict one (press below strict_below_us), an aged one at full
  /// credit, else by weights or in one order. Of equals the earlier in order.
  uint32_t ticket_for(AgentId agent, bool pull = false) const;
  static constexpr int64_t strict_below_us = -(int64_t{1} << 59);

  /// An assignment or offer that came of ticket_for or agent_for, before the ticket is removed:
  /// keeps credit and deficits.
  void note_award(AgentId agent, uint32_t slot);
  uint32_t credit(AgentId agent) const;  ///< Of the agent's crew, in thousandths.

  /// Pairs (line, agent) with a waiting ticket beside a free eligible agent, of lines that push and
  /// are not held. Must be 0 after every batch. Costs O(crews × lines) in the worst case.
  uint32_t idle_beside_waiting() const;

  // Explanation.

  Hindrance hindrance(AgentId agent, uint32_t slot) const;
  /// Of the agent's crew on the line, with its terms. Requires may_serve().
  struct Rank {
    uint32_t total = 0;
    uint32_t surplus = 0;    ///< 0 where the line does not count it.
    uint32_t preferred = 0;  ///< Points earned …
    uint32_t preferred_of = 0;  ///< … of all there are.
  };
  Rank rank(AgentId agent, uint32_t line) const;
  uint32_t crew_of(AgentId agent) const;
  uint32_t crew_count() const;

 private:
  struct Lines;
  struct Crews;
  // … the owner of sched/dispatch.cpp decides.
};

}  // namespace paceline::sched
