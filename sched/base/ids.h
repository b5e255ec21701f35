// Identities. A number from here means the same thing in every replay; slab handles do not, and
// never leave the shard (slot_pool.h).
#pragma once

#include <compare>
#include <cstdint>

namespace paceline::sched {

/// A desk of this server. 0 is no desk.
struct DeskNumber {
  uint16_t value = 0;
  friend constexpr auto operator<=>(DeskNumber, DeskNumber) = default;
};

/// 16 bits desk, 48 bits number within it; never reused. 0 is no ticket.
struct TicketId {
  uint64_t value = 0;
  friend constexpr auto operator<=>(TicketId, TicketId) = default;
  static constexpr TicketId make(DeskNumber desk, uint64_t number) {
    return {(uint64_t{desk.value} << 48) | number};
  }
  constexpr DeskNumber desk() const { return {static_cast<uint16_t>(value >> 48)}; }
  constexpr uint64_t number() const { return value & ((uint64_t{1} << 48) - 1); }
  explicit constexpr operator bool() const { return value != 0; }
};

/// Position in the desk's table of queues, agents, policies or calendars, in order of definition.
/// `none` where there is none.
template <class Tag>
struct TableId {
  static constexpr uint32_t none_value = 0xffff'ffff;
  uint32_t value = none_value;
  friend constexpr auto operator<=>(TableId, TableId) = default;
  explicit constexpr operator bool() const { return value != none_value; }
};
using QueueId = TableId<struct QueueTag>;
using AgentId = TableId<struct AgentTag>;
using PolicyId = TableId<struct PolicyTag>;
using CalendarId = TableId<struct CalendarTag>;

}  // namespace paceline::sched
