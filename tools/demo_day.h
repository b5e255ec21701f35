// A day at a desk, played through the socket: requesters who open tickets, agents who work.
//
// The desk decides who gets what; this side only hears of it, through the desk's events, and acts
// as people would, some minutes later. Time is the desk's, moved in steps. The same seed is the
// same day.
//
// Owner: one thread.  Time: simulated.  Errors: Failure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

#include "engine/desk/configuration.h"
#include "sim/arrivals.h"
#include "sim/rng.h"
#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::tools {

struct DemoCounts {
  uint64_t opened = 0;
  uint64_t resolved = 0;
  uint64_t commands = 0;
  uint64_t refused = 0;
  uint64_t events = 0;
};

class DemoDay {
 public:
  /// The desk is open in `client` and configured; `client` outlives the day.
  DemoDay(wire::Client& client, const wire::DeskOpened& desk,
          const desk::Configuration& configuration, uint64_t seed, double tickets);

  /// Plays from midnight to midnight; `each_step` is told how far it is and may stop it with false.
  Done play(const std::function<bool(const DemoCounts&, sched::Instant)>& each_step);

  const DemoCounts& counts() const { return counts_; }
  size_t arrivals() const { return arrivals_.size(); }

 private:
  enum class Act : uint8_t { start, answer, finish, resume, reopen, close, log_in, log_out };

  struct Planned {
    int64_t at_us;
    uint64_t order;   // ties: first planned, first done
    uint64_t ticket;  // or position of the agent
    uint32_t turn;    // of the ticket: an act planned before it changed hands is void
    Act act;
    bool operator>(const Planned& other) const {
      return at_us != other.at_us ? at_us > other.at_us : order > other.order;
    }
  };
  struct Ticket {
    uint32_t turn = 0;
    uint16_t reopens = 0;
    bool moved = false;
    bool waited = false;
  };

  void plan(int64_t at_us, Act act, uint64_t ticket, uint32_t turn = 0);
  void plan_shifts();
  void append_arrivals(int64_t until_us);
  void append_acts(int64_t until_us);
  void append(const Planned& planned);
  void finish(const Planned& planned, Ticket& ticket);
  void hear(const desk::Event& event);
  Done advance(sched::Instant now);
  Done send();
  Done listen();
  sim::Stream stream(uint64_t ticket, sim::Purpose purpose, uint32_t occurrence) const;
  int64_t minutes_us(sim::Stream& stream, double mean) const;

  wire::Client& client_;
  sched::DeskNumber desk_;
  std::string desk_name_;
  uint64_t seed_;
  sim::DemandProfile profile_;
  std::vector<sim::Arrival> arrivals_;
  size_t next_arrival_ = 0;
  std::vector<std::string> agents_;
  std::vector<std::string> second_tier_;  // queues a ticket may be passed on to
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> acts_;
  std::map<uint64_t, Ticket> tickets_;
  wire::CommandWriter writer_;
  std::string body_;
  DemoCounts counts_;
  uint64_t planned_ = 0;
  uint64_t heard_ = 0;  // sequence of the newest event
};

/// Midnight of the day the demo plays, a Monday.
sched::Instant demo_midnight();

}  // namespace paceline::tools
