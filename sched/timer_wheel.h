// Due instants of all running clocks, one armed timer per node; cancelling is the common case.
//
// Owner: shard thread.  Time: always an argument.  Allocates: when constructed.
#pragma once

#include <cstdint>

#include "sched/base/time.h"

namespace paceline::sched {

class TimerWheel {
 public:
  /// Nodes are 0 … capacity − 1 and belong to the caller (a ticket's slot is its node).
  explicit TimerWheel(uint32_t capacity);
  ~TimerWheel();

  /// Arms `node`, or moves it if it is armed, earlier or later. `due` may lie in the past.
  void schedule(uint32_t node, Instant due);
  /// Disarms `node`; nothing if it is not armed.
  void cancel(uint32_t node);

  bool armed(uint32_t node) const;
  /// Requires armed(node).
  Instant due(uint32_t node) const;
  uint32_t armed_count() const;

  /// The earliest due instant of any armed node; `never` if none. Exact.
  Instant next_due() const;

  /// Disarms and returns the earliest node due at or before `until`; `none` if there is none.
  /// Equal instants come in ascending order of `rank(node)`, which must not change while armed.
  static constexpr uint32_t none = 0xffff'ffff;
  template <class Rank>
  uint32_t pop(Instant until, Rank&& rank);
};

}  // namespace paceline::sched
