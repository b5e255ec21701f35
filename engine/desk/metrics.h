// What is counted, folded from events and from nothing else, so that the server, the report and
// the simulator cannot disagree.
//
// Facts of one ticket are kept in its record (TicketDetail), totals here.
//
// Owner: shard thread.  Allocates: when a policy is met for the first time.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "engine/desk/ticket.h"
#include "sched/base/archive.h"
#include "sched/base/digest.h"

namespace paceline::desk {

class Metrics {
 public:
  /// `detail` is the record of the ticket the event is about, null for other events. Moves to and
  /// from `triage` are routing, not moves between teams.
  void fold(const Event& event, TicketDetail* detail, uint32_t triage);

  const std::deque<PolicyVerdicts>& verdicts() const { return verdicts_; }  ///< By policy.
  uint64_t count(EventKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  int64_t timer_lag_us_max() const { return timer_lag_us_max_; }

  void add_to(sched::Digest& digest) const;
  void persist(sched::Archive& archive);

 private:
  PolicyVerdicts& verdicts_of(uint32_t policy);
  void fold_clock(const Event& event);
  void fold_repair(const Event& event);

  std::array<uint64_t, event_kind_count> counts_{};
  std::deque<PolicyVerdicts> verdicts_;  // references stay valid as it grows
  int64_t timer_lag_us_max_ = 0;
};

}  // namespace paceline::desk
