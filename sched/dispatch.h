// Which agent gets which ticket.
//
// Tickets that wait for the same thing form a line (lines.h); agents with the same abilities form a
// crew (crews.h). Which crews may serve which lines, and how well they suit, is worked out when
// either is born, as bitsets, not per match. A ticket that became ready asks who of its line's
// agents is free and comes first; an agent who became free asks the crew's non-empty lines for the
// most pressing head. The caller assigns; the dispatcher only keeps order.
//
//     ticket ─▶ line ──agents of the line, by rank──▶ those free for its kind of work ─▶ agent
//     agent ─▶ crew ──lines of the crew──▶ heads of those whose kind of work fits ─▶ most pressing
//
// What an agent still has room for is a bit per kind of work (`fit`): capacity, channel maxima,
// blocking work (workloads.h) and what the caller forbids (set_barred) decide it whenever one of
// them changes. The free agents of each kind of work are a bitset (free_agents.h), so that no
// search looks through a crowd of agents who have room for something else only.
//
// Choice. Agents are compared by (rank, order, agent number), smaller first. The rank is the crew's
// on the line: surplus skill (where the line counts it) plus the preferred points it does not earn,
// at most rank_max. The order is the agent's: idle longest, least loaded or lowest occupancy band,
// ties by idleness.
//
// A line may keep agents free for others (reserves.h): while no more than so many are free for its
// work nothing of it is matched. It opens by somebody becoming free, who asks; but somebody else
// may be the one who can have its head, so that the caller asks for opened lines, too.
//
// Owner: shard thread.  Time: always an argument.  Allocates: when lines, crews, agents and kinds
// of work are defined, and when a heap or the list of exclusions outgrows its largest size so far.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sched/base/ids.h"
#include "sched/base/time.h"
#include "sched/crews.h"
#include "sched/exclusions.h"
#include "sched/free_agents.h"
#include "sched/lines.h"
#include "sched/queue_shares.h"
#include "sched/ready_queue.h"
#include "sched/reserves.h"
#include "sched/terms.h"
#include "sched/workloads.h"

namespace paceline::sched {

class Dispatcher {
 public:
  static constexpr uint32_t none = 0xffff'ffff;
  static constexpr uint32_t rank_max = RankedAgents::rank_max;
  static constexpr uint32_t work_kinds_max = Workloads::kinds_max;
  static constexpr uint32_t exclusions_max = 32;  ///< Of one agent; above it nothing is routed.
  static constexpr uint32_t full_credit = 1'000;

  /// Slots of tickets are 0 … tickets_max − 1.
  explicit Dispatcher(uint32_t tickets_max);
  ~Dispatcher();

  // Definitions.

  /// Kinds of work are numbered by the caller from 0 without gaps, below work_kinds_max. Defining
  /// one again changes what it takes of room, not what is booked: the weights stay, and count from
  /// now on by channel, blocking and interruptible as they now are.
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
  /// assignments by deficit round robin, by weight, per crew; strict tickets come before that, and
  /// queues of weight 0 after it. Changing a weight begins the round anew.
  void set_queue_weight(uint32_t queue, uint32_t weight);
  /// How much of an assignment's credit an aged ticket earns per assignment made while it waits, in
  /// thousandths; 0: none.
  void set_aged_share(uint32_t thousandths);
  /// Whether an agent is given the most pressing ticket of the lines it suits best (least rank)
  /// before those of others. Then weights of queues count for nothing.
  void set_best_suited_first(bool on);

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
  uint64_t used_milli(AgentId agent) const;     ///< Wide: by hand an agent may be given anything.
  uint64_t primary_milli(AgentId agent) const;  ///< Of it not interruptible.
  uint32_t in_hand(AgentId agent, uint32_t channel) const;
  uint32_t capacity_milli(AgentId agent) const;
  /// Work that is not interruptible weighs more than the capacity, or work that is does. Routing
  /// alone leads to neither, and such an agent is given nothing until both are within it.
  bool over_capacity(AgentId agent) const;
  /// Bits of the kinds of work the agent has room for and may be given, routable or not.
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
  void include_all(uint32_t slot, std::vector<uint32_t>* included = nullptr);

  // Tickets.

  void enqueue(uint32_t line, uint32_t slot, Standing standing);
  /// Waits in `line` for this agent only, who must suit the line like anybody else.
  void enqueue_for(AgentId agent, uint32_t line, uint32_t slot, Standing standing);
  void remove(uint32_t slot);  ///< Requires waiting(slot).
  bool waiting(uint32_t slot) const;
  uint32_t line_of(uint32_t slot) const;    ///< Requires waiting(slot).
  uint32_t waits_for(uint32_t slot) const;  ///< The agent of enqueue_for; `none` else.
  Standing standing(uint32_t slot) const;   ///< Requires waiting(slot).
  /// The waiting ticket has waited long behind strict ones. Until it leaves its line.
  void age(uint32_t slot);
  bool aged(uint32_t slot) const;
  /// The tickets of a line that wait for anybody.
  const ReadyQueue& line(uint32_t line) const;
  /// Tickets that wait for this agent only.
  uint32_t waiting_for(AgentId agent) const;

  // Matching.

  /// The best agent for the waiting ticket, none of `passed_over` among them; nothing for a line
  /// that does not push or is held. At most 8 scores; of two for one agent the first counts.
  std::optional<AgentId> agent_for(uint32_t slot, std::span<const uint32_t> passed_over = {},
                                   std::span<const ExternalScore> scores = {}) const {
    const uint32_t agent = best_agent(slot, passed_over, scores);
    if (agent == none) return std::nullopt;
    return AgentId{agent};
  }

  /// The ticket the agent should have next among the lines that push (and pull, if asked for), or
  /// `none`: an aged one at full credit, the most pressing strict one (press below
  /// strict_below_us), else by weights or in one order. Of equals the earlier in order.
  uint32_t ticket_for(AgentId agent, bool pull = false) const;
  static constexpr int64_t strict_below_us = Lines::strict_below_us;

  /// An assignment or offer that came of ticket_for or agent_for, before the ticket is removed and
  /// its load is booked: keeps credit and deficits. At full credit an aged ticket uses it up; then
  /// the crew earns its share if another aged ticket waits that the agent could have taken.
  void note_award(AgentId agent, uint32_t slot);
  uint32_t credit(AgentId agent) const;  ///< Of the agent's crew, in thousandths.

  /// Lines that keep agents free and have more of them since this was last asked, ascending: there
  /// may be somebody now for what waits in them.
  void take_opened(std::vector<uint32_t>& lines) { reserves_.take_opened(lines); }
  bool any_opened() const { return reserves_.any_opened(); }
  /// How many more tickets of the line may be given out before it has to keep who is free;
  /// Reserves::no_limit where it keeps nobody.
  uint32_t spare(uint32_t line) const { return reserves_.spare(line); }
  /// Adds the free agents for whom only some tickets wait, or who must not have some, ascending.
  void add_free_with_own_view(std::vector<uint32_t>& agents) const;

  /// Pairs (line, agent) with a waiting ticket beside a free eligible agent, of lines that push,
  /// are not held and need not keep who is free. Must be 0 after every batch. Costs O(crews ×
  /// lines) in the worst case.
  uint32_t idle_beside_waiting() const;

  // Explanation.

  /// Requires waiting(slot). Neither the line's mode nor whom else the ticket waits for is asked.
  Hindrance hindrance(AgentId agent, uint32_t slot) const;
  /// Of the agent's crew on the line, with its terms. Requires may_serve().
  using Rank = CrewRank;
  Rank rank(AgentId agent, uint32_t line) const;
  /// Of agents of one rank, whose turn it is in the line's order: the smaller first.
  int64_t turn(AgentId agent, uint32_t line) const;
  uint32_t crew_of(AgentId agent) const;
  uint32_t crew_count() const;

  /// The ticket is about to come or go. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect_ticket(uint32_t slot) const { lines_.expect(slot); }
  /// The agent's load is about to change. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect(AgentId agent) const {
    __builtin_prefetch(&agents_[agent.value], 1);
    workloads_.expect(agent.value);
    exclusions_.expect(agent.value);
  }

  // Writing down. What follows from the rest is worked out again: who may serve which line and how
  // well, who has room for what, where each ticket stands.

  void persist(Archive& archive);
  /// After settle(), loading.
  void rebuild(Archive& archive);
  uint32_t agent_count() const { return static_cast<uint32_t>(agents_.size()); }
  uint32_t work_kind_count() const { return workloads_.kind_count(); }

 private:
  struct Agent {
    Instant idle_since{0};
    uint64_t room = 0;    // kinds of work it has room for
    uint64_t barred = 0;  // and must not be given
    uint8_t band = 0;
    bool routable = false;
    void persist(Archive& archive) {
      archive.fields(idle_since.us, barred, routable);
      archive.choice(band, uint8_t{2});
    }
  };

  Agent& known(AgentId agent) {
    CHECK(agent.value < agents_.size());
    return agents_[agent.value];
  }
  const Agent& known(AgentId agent) const {
    CHECK(agent.value < agents_.size());
    return agents_[agent.value];
  }
  int64_t key(AgentOrder order, uint32_t agent) const;
  void set_keys(uint32_t agent);
  void set_free(uint32_t agent);
  void use(AgentOrder order);
  void find_agents(uint32_t line);
  void join_lines(uint32_t agent);
  void set_free(uint32_t agent, uint64_t kinds);
  void count_free(uint32_t line);

  Asking asking(uint32_t agent, bool pull) const;
  uint32_t best_agent(uint32_t slot, std::span<const uint32_t> passed_over,
                      std::span<const ExternalScore> scores) const;
  bool could_take(uint32_t agent, uint32_t line) const;
  Lines::Choice by_weight(const Asking& asking) const;
  Lines::Choice best_suited(const Asking& asking) const;
  void sort_by_queue(const Asking& asking) const;
  void charge(uint32_t agent, uint32_t slot);

  Lines lines_;
  Exclusions exclusions_;
  Workloads workloads_;
  Crews crews_;
  FreeAgents free_;
  Reserves reserves_;
  QueueShares shares_;
  std::vector<Agent> agents_;
  Bits routable_;
  std::vector<uint32_t> share_of_line_;  // index of the line's queue
  uint32_t aged_share_ = 0;
  bool best_suited_first_ = false;

  // Of one search; here so that none allocates.
  mutable std::vector<uint32_t> out_;                 // agents that are not to be found
  mutable std::vector<Lines::Choice> best_of_queue_;  // by index of queue
  mutable std::vector<uint8_t> has_work_;
};

}  // namespace paceline::sched
