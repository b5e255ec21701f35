// One connection of the cycle benchmark: its queue, its agents, its frames.
//
// Owner: one thread at a time.  Time: the monotonic clock, for latencies.  Errors: Failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "tools/bench_desk.h"
#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::tools {

inline constexpr uint32_t bench_body_size = 200;

struct BenchPlan {
  std::string address;
  std::string desk;
  uint32_t connections = 4;
  uint32_t in_flight = 100;  ///< Cycles, on each connection: one per agent.
  uint32_t backlog = 100'000;
  double seconds = 10.0;
};

std::string category_of(uint32_t connection);
std::string agent_of(uint32_t connection, uint32_t agent);

class BenchDriver {
 public:
  /// `plan` outlives the driver.
  BenchDriver(const BenchPlan& plan, uint32_t connection);

  Done load();    ///< Its share of the backlog.
  Done log_in();  ///< Its agents; each is given a ticket.
  Done cycle();   ///< For plan.seconds.

  uint64_t cycles() const { return cycles_; }
  const std::vector<double>& latencies_us() const { return latencies_us_; }

 private:
  using Clock = std::chrono::steady_clock;

  /// Some of the agents, whose commands travel in one frame, and the ticket each has in hand.
  struct Crew {
    std::vector<uint64_t> tickets;
    Clock::time_point sent{};
  };

  Done connect();
  void append_open();
  Done submit(Crew& crew);
  Done take(Crew& crew);
  Done receive(wire::Received& received);

  const BenchPlan& plan_;
  uint32_t connection_;
  std::string category_;
  std::string body_;
  BenchConnection on_;
  wire::CommandWriter writer_;
  std::vector<Crew> crews_;
  uint64_t opened_ = 0;
  uint64_t cycles_ = 0;
  std::vector<double> latencies_us_;
};

}  // namespace paceline::tools
