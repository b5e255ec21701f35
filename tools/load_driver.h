// One connection of the load benchmark: an open loop. Frames have intended instants, which nothing
// the server does can move; a latency counts from there, so waiting behind a slow answer is part of
// it. Where the connection has no room, frames wait here, and are turned away after a while: that
// is what callers meet who come faster than the server works.
//
// A frame opens some tickets, resolves and closes them, all by external ids chosen here.
//
// Owner: one thread at a time.  Time: the monotonic clock.  Errors: Failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "tools/bench_desk.h"
#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::tools {

enum class Arrivals : uint8_t { poisson, constant };

struct LoadPlan {
  std::string address;
  std::string desk;
  uint32_t connections = 4;
  uint32_t tickets_per_frame = 8;
  Arrivals arrivals = Arrivals::poisson;
  double seconds = 5.0;
  double give_up_after_s = 1.0;
  uint64_t seed = 1;
};

/// What one connection saw in one stretch.
struct LoadSeen {
  uint64_t intended = 0;  ///< Frames.
  uint64_t done = 0;
  uint64_t turned_away = 0;
  std::vector<double> latencies_us;  ///< Of those done.

  void add(const LoadSeen& other);
};

class LoadDriver {
 public:
  /// `plan` outlives the driver.
  LoadDriver(const LoadPlan& plan, uint32_t connection);

  Done connect();
  /// As many frames as there is room for, for plan.seconds: what the server can do.
  Got<LoadSeen> saturate();
  /// So many frames a second for plan.seconds, and until what was sent is answered.
  Got<LoadSeen> run(double frames_per_s);

  uint64_t tickets_opened() const { return opened_; }

 private:
  using Clock = std::chrono::steady_clock;

  Clock::duration next_gap(double frames_per_s);
  bool has_room() const;
  Done send(Clock::time_point intended);
  Done take(wire::Timeout timeout, LoadSeen& seen);

  const LoadPlan& plan_;
  uint32_t connection_;
  std::mt19937_64 random_;
  std::string body_;
  BenchConnection on_;
  wire::CommandWriter writer_;
  std::deque<Clock::time_point> under_way_;  // intended instants, in order of sending
  uint64_t opened_ = 0;
};

}  // namespace paceline::tools
