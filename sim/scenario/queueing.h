// Queues of the textbook as scenarios: classes of customers, pools of servers, who may serve whom.
//
// What a formula calls a class is a demand with a queue of its own on a real desk, a pool is a team
// of agents with the skills of its classes; order and choice are the desk's disciplines and
// preferred terms. So an M/M/n of a book runs through the production dispatcher.
//
// Times are in the unit of the book; a unit is `unit_us` microseconds, so that what is lost to
// whole microseconds is some 1e-8 of a service time.
//
// Owner: whoever makes it.  Allocates: freely.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace paceline::sim {

class QueueingScenario {
 public:
  static constexpr double unit_us = 6e7;

  /// Pools of one position are liked alike: of them whoever has been idle longest.
  struct Level {
    uint32_t pool = 0;
    uint32_t position = 0;  ///< 0 is liked best; at most 15.
  };
  struct Service {
    Law service;                     ///< In microseconds; see exponential().
    uint32_t priority = 0;           ///< 1 to 5, smaller first; 0 on all: first come, first served.
    std::vector<uint32_t> pools;     ///< That may serve it, best liked first, …
    std::vector<Level> levels = {};  ///< … or by position, where some are liked alike.
    uint32_t keep_free = 0;          ///< Begun only while more agents than this are free.
  };

  QueueingScenario();

  /// Agents 1 … servers.
  uint32_t add_pool(uint32_t servers);
  /// A queue and how it is served. Its number.
  uint32_t add_queue(const Service& service);
  /// Customers for a queue: `rate` per unit. Returned to be added to: patience, lines, retry.
  Demand& add_demand(uint32_t queue, double rate);
  /// Ended service goes on to another queue with this share; left over, it is over.
  void route(uint32_t from, uint32_t to, double share);
  Outcome::Kind via = Outcome::Kind::requeue;

  /// A bound on customers there at once, for all demands.
  void bound(uint32_t lines);
  /// Agents who become free serve the queue they like best first, instead of the longest waiting.
  void best_suited_first() { scenario.rules.settings.best_suited_first = true; }

  uint32_t servers() const;  ///< In all pools.
  /// Work that comes in beside what all pools can do, where everybody is let in and stays; 0 where
  /// somebody is not or does not.
  double load() const;

  /// With every queue and pool put in.
  Scenario take(double length_units);

  static Law exponential(double mean_units);
  static int64_t us(double units);

  Scenario scenario;  ///< What has no word here is set directly.

 private:
  std::vector<Service> services_;
  std::vector<uint32_t> pools_;
};

}  // namespace paceline::sim
