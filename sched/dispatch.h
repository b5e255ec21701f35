// Which agent gets which ticket.
//
// Tickets that wait for the same thing form a line (ready_queue.h); agents with the same abilities
// form a crew, ordered by how long they have been idle. Which crews may serve which lines is worked
// out when either is born, as bitsets, not per match. A ticket that became ready asks its line's
// crews for the longest-idle agent with room; an agent who became free asks the crew's non-empty
// lines for the most pressing head. The caller assigns; the dispatcher only keeps order.
//
// Room decides as much as idleness: a crew's agents are kept in one heap per size of room, the
// sizes being the weights of the lines, so that a heavy ticket never looks through a crowd of
// agents with room for a light one only. Should there be more weights than sizes, the heap whose
// agents may or may not have the room is searched in order of idleness.
//
//     ticket ─▶ line ──crews of the line──▶ heads of their heaps with room ─▶ longest idle
//     agent ─▶ crew ──lines of the crew──▶ heads of the lines that fit ─▶ most pressing
//
// Owner: shard thread.  Time: always an argument.  Allocates: when lines, crews and agents are
// defined, and when a heap outgrows its largest size so far.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "sched/base/fixed_array.h"
#include "sched/base/ids.h"
#include "sched/base/time.h"
#include "sched/head_board.h"
#include "sched/ready_queue.h"

namespace paceline::sched {

/// Skills and groups are numbers given by the caller. A skill not held counts as level 0; of a
/// skill named twice the higher level holds.
struct SkillLevel {
  uint32_t skill = 0;
  uint8_t level = 1;
  friend constexpr auto operator<=>(const SkillLevel&, const SkillLevel&) = default;
};

/// What the tickets of one line wait for.
struct LineTerms {
  uint32_t group = 0;             ///< An agent must be a member.
  std::vector<SkillLevel> need;   ///< All of these, at least at this level.
  uint32_t weight_milli = 1'000;  ///< Capacity one ticket takes.
  bool push = true;               ///< false: never matched, only kept in order.
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
  void log_in(AgentId agent, Instant now);  ///< idle_since = now.
  void log_out(AgentId agent);
  bool logged_in(AgentId agent) const;

  /// Work in hand. Taking or finishing work sets idle_since = now, so that of two agents with room
  /// the one who was given something longest ago comes first.
  void occupy(AgentId agent, uint32_t weight_milli, Instant now);
  void release(AgentId agent, uint32_t weight_milli, Instant now);
  /// Changes the load without touching idle_since (pending tickets weigh less).
  void adjust(AgentId agent, int64_t delta_milli);
  uint64_t used_milli(AgentId agent) const;  ///< Wide: by hand an agent may be given anything.
  uint32_t capacity_milli(AgentId agent) const;
  Instant idle_since(AgentId agent) const;

  void enqueue(uint32_t line, uint32_t slot, Standing standing);
  void remove(uint32_t slot);  ///< Requires waiting(slot).
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

 private:
  // Agents are sorted by room into classes; class c has room_least_[c] ≤ room < room_least_[c + 1].
  static constexpr uint32_t classes_max = 8;
  static constexpr uint32_t no_class = classes_max;  // logged out, or over capacity

  struct Line {
    LineTerms terms;  // `need` ascending by skill, without repetition
    ReadyQueue queue;
    Bits crews;  // that may serve it
  };
  struct Crew {
    std::vector<uint32_t> groups;    // ascending
    std::vector<SkillLevel> skills;  // ascending by skill
    uint32_t agents = 0;             // logged in or not; 0: the crew is free for other abilities
    Bits lines;                      // that it may serve
    std::array<StandingHeap, classes_max> idle;
  };
  struct Agent {
    Instant idle_since{0};
    uint64_t used_milli = 0;
    uint32_t capacity_milli = 0;
    uint32_t crew = none;
    uint32_t room_class = no_class;  // of the heap the agent is in
    bool logged_in = false;
  };
  using CrewKey = std::pair<std::vector<uint32_t>, std::vector<SkillLevel>>;

  static bool may_serve(const Crew& crew, const LineTerms& terms);
  uint32_t room_milli(uint32_t agent) const;
  uint32_t class_of(const Agent& agent) const;
  uint32_t class_end(uint32_t room_class) const;
  bool all_have_room(uint32_t room_class, uint32_t weight_milli) const;
  bool some_may_have_room(uint32_t room_class, uint32_t weight_milli) const;
  void add_class(uint32_t weight_milli);

  uint32_t join_crew(const Abilities& abilities);
  void leave_crew(uint32_t crew);
  void place(uint32_t agent);
  void displace(uint32_t agent);
  void load(uint32_t agent, int64_t delta_milli);
  void show_line(uint32_t line);
  Agent& known(AgentId agent);
  const Agent& known(AgentId agent) const;
  const Line& known_line(uint32_t line) const;

  void search_heap(const StandingHeap& heap, uint32_t index, uint32_t weight_milli,
                   HeadBoard::Best& best) const;
  uint64_t agents_with_room(const StandingHeap& heap, uint32_t room_class,
                            uint32_t weight_milli) const;

  // Tickets.
  FixedArray<uint32_t> positions_;  // in the line's heap
  FixedArray<uint32_t> line_of_;    // and the line, plus one
  std::vector<Line> lines_;
  std::vector<uint32_t> weight_milli_;  // of each line, once more, side by side
  HeadBoard line_heads_;                // of the lines that push

  // Agents.
  std::vector<Agent> agents_;
  std::vector<uint32_t> agent_positions_;
  std::vector<Crew> crews_;
  std::vector<uint32_t> free_crews_;
  std::map<CrewKey, uint32_t> crew_by_abilities_;
  uint32_t class_count_ = 1;
  std::array<uint32_t, classes_max> room_least_{};
  std::array<HeadBoard, classes_max> idle_heads_;  // of the crews, by class
  uint32_t weight_least_ = none;                   // of any line so far
};

}  // namespace paceline::sched
