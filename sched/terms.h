// What a dispatcher is told: kinds of work, what lines ask, what agents can do.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/need.h"

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

inline void persist(Archive& archive, WorkKind& kind) {
  archive.fields(kind.weight_milli, kind.channel, kind.channel_max, kind.blocking,
                 kind.interruptible);
}

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
  uint32_t keep_free = 0;  ///< Matched only while more agents than this are free for it.
  friend bool operator==(const LineTerms&, const LineTerms&) = default;
};

inline void persist(Archive& archive, Preference& preference) {
  archive.fields(preference.need, preference.points);
}
inline void persist(Archive& archive, LineTerms& terms) {
  archive.fields(terms.group, terms.need, terms.required, terms.work, terms.queue,
                 terms.count_surplus, terms.preferred, terms.keep_free);
  archive.choice(terms.mode, LineMode::manual);
  archive.choice(terms.order, AgentOrder::occupancy);
}

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

/// How well a crew suits a line: smaller first.
struct CrewRank {
  uint32_t total = 0;         ///< Surplus and the preferred points not earned, at most rank_max.
  uint32_t surplus = 0;       ///< 0 where the line does not count it.
  uint32_t preferred = 0;     ///< Points earned …
  uint32_t preferred_of = 0;  ///< … of all there are.
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

}  // namespace paceline::sched
