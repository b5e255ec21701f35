// What a run of the world adds up to: counts and times of contacts, and how full queues and agents
// were. Figures are ratios of these sums (figures.h); nothing here divides.
//
// Sums are integers, so that they do not depend on the order in which anything is added, and their
// number does not grow with the length of a run. A cell is everything, or one queue, demand,
// priority, channel, interval of arrival, or queue in an interval. A contact is part of five of
// them: it counts in the tally of its like, once, and gather() brings tallies into the cells.
//
// Owner: one thread.  Time: microseconds, never backwards.  Allocates: when made, and sketches.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sched/base/time.h"
#include "sim/statistics/quantile_sketch.h"

namespace paceline::sim {

/// Times are in microseconds. A contact is a requester's attempt as a whole, a visit one wait of
/// its ticket in one queue.
enum class Sum : uint8_t {
  offered,            ///< Contacts that came, tries again not counted.
  tries,              ///< Attempts, tries again counted.
  blocked,            ///< Attempts turned away: no line free.
  blocked_first,      ///< Of them first ones.
  balked,             ///< Contacts that found too many waiting and left.
  abandoned,          ///< Gave up waiting, before any answer.
  abandoned_in_time,  ///< Of them within the service level's threshold.
  abandoned_wait_us,
  answered,          ///< First assigned to an agent.
  answered_in_time,  ///< Of them within the threshold; exactly the threshold is in time.
  answered_wait_us,  ///< Until then.
  waited,            ///< Of those answered or abandoned: not at once.
  resolved,          ///< The last time, if reopened.
  resolve_us,        ///< From opening to it.
  worked,            ///< Tickets with a resolution clock that completed, and …
  worked_us,         ///< … the business time on it.
  responded,         ///< First public answer by an agent.
  respond_us,        ///< Until then.
  hops,              ///< Changes of queue.
  escalations,
  bounces,
  pends,
  reopens,
  declines,  ///< Offers declined or run out.
  visits,    ///< Waits begun in the queue.
  visits_answered,
  visits_waited,  ///< Of them not at once.
  visit_wait_us,  ///< Of those answered.
  spells,         ///< Of work, ended.
  handled_us,     ///< Their length.
  sla_met,        ///< Clocks completed in time, …
  sla_missed,     ///< … and not.
  waiting_us,     ///< ∫ tickets waiting dt
  orbiting_us,    ///< ∫ contacts that will try again dt
  open_us,        ///< ∫ tickets open dt, pending ones included
  busy_us,        ///< ∫ agents handling or wrapping up dt
  staffed_us,     ///< ∫ agents at work dt, away or not
  available_us,   ///< ∫ agents at work and not away dt
  paid_us,        ///< ∫ agents paid dt: at work, or absent in a shift
  cost_micro,     ///< Cost of paid time, in millionths.
  elapsed_us,
};
inline constexpr size_t sum_count = static_cast<size_t>(Sum::elapsed_us) + 1;

struct Cell {
  std::array<int64_t, sum_count> sums{};
  int64_t& operator[](Sum sum) { return sums[static_cast<size_t>(sum)]; }
  int64_t operator[](Sum sum) const { return sums[static_cast<size_t>(sum)]; }
};

/// A number that changes now and then, and its integral.
class Level {
 public:
  void add(int64_t by, int64_t now_us) {
    settle(now_us);
    value_ += by;
  }
  void settle(int64_t now_us) {
    integral_ += value_ * (now_us - since_us_);
    since_us_ = now_us;
  }
  void begin(int64_t now_us) { since_us_ = now_us; }
  int64_t value() const { return value_; }
  int64_t integral() const { return integral_; }

 private:
  int64_t value_ = 0;
  int64_t integral_ = 0;
  int64_t since_us_ = 0;
};

/// What contacts of one demand, channel, priority and first queue add up to, not yet in the cells.
struct Tally {
  static constexpr uint32_t none = 0xffff'ffff;
  struct Of {
    uint16_t demand, channel;
    uint32_t queue;  ///< None: they have not reached one.
    uint8_t priority;
    bool operator==(const Of&) const = default;
  };
  Of of;
  uint32_t next;  ///< Of the same demand.
  Cell sums;
};

struct QueueLevels {
  Level waiting;
};
struct TeamLevels {
  Level busy, staffed, available, paid;
};

/// The state at the end of an interval.
struct Backlog {
  int64_t open = 0;
  int64_t waiting = 0;
  int64_t age_us = 0;  ///< Of the open ones together.
};

struct Ledger {
  struct Sizes {
    size_t queues = 0, demands = 0, channels = 0, policies = 0, teams = 0, intervals = 0;
  };
  Ledger(const Sizes& sizes, int64_t start_us, int64_t interval_us);

  Cell all;
  std::vector<Cell> by_queue, by_demand, by_channel, by_team, by_interval;
  std::array<Cell, 6> by_priority;      ///< By sched::Priority.
  std::vector<Cell> by_queue_interval;  ///< Interval by interval.
  std::vector<Cell> by_policy;          ///< Met and missed only.
  std::vector<Backlog> backlog;         ///< By interval, at its end.

  std::vector<QuantileSketch> queue_wait_us;  ///< Of visits answered.
  /// Of answered and of resolved contacts.
  std::array<QuantileSketch, 6> priority_wait_us, priority_resolve_us;
  QuantileSketch wait_us, resolve_us;  ///< Of all of them, since gather().

  std::vector<QueueLevels> queue_levels;
  std::vector<TeamLevels> team_levels;
  Level waiting, open, orbiting;

  /// The interval of an instant, or −1.
  int64_t interval_of(int64_t at_us) const {
    if (interval_us_ == 0) return -1;
    const int64_t interval = (at_us - start_us_) / interval_us_;
    return interval < static_cast<int64_t>(by_interval.size()) ? interval : -1;
  }
  Cell* interval_cell(int64_t interval) {
    return interval < 0 ? nullptr : &by_interval[static_cast<size_t>(interval)];
  }
  Cell* queue_interval_cell(uint32_t queue, int64_t interval) {
    return interval < 0
               ? nullptr
               : &by_queue_interval[static_cast<size_t>(interval) * by_queue.size() + queue];
  }

  /// The number of the tally of such contacts.
  uint32_t tally_of(const Tally::Of& contacts);
  Cell& tally(uint32_t number) { return tallies_[number].sums; }
  /// Brings what contacts counted into the cells and sketches of which it is a part.
  void gather();

  /// Sketches begin anew.
  void begin_sample();
  /// Brings the integrals up to `now_us` into the cells.
  void settle(int64_t now_us);
  /// Likewise, and credits what they grew since the last one to the interval that ends.
  void end_interval(size_t interval, int64_t now_us, const Backlog& at_end);

 private:
  int64_t start_us_;
  int64_t interval_us_;
  std::vector<Tally> tallies_;
  std::vector<uint32_t> first_tally_;  // by demand
  Cell before_;                        // integrals at the begin of the interval
  std::vector<int64_t> queue_before_us_;
};

}  // namespace paceline::sim
