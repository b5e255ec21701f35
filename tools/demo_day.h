// A day at a desk, played through the socket: requesters who open tickets, agents who work, and a
// mail system that fails in the afternoon.
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
#include <set>
#include <string>
#include <string_view>
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
  uint64_t escalated = 0;
  uint64_t bounced = 0;
  uint64_t offered = 0;
  uint64_t declined = 0;  ///< Or left until the offer ran out.
  uint64_t commands = 0;
  uint64_t refused = 0;
  uint64_t events = 0;
};

class DemoDay {
 public:
  /// The desk is open in `client` and configured; `client` outlives the day. `tickets`: expected in
  /// the day, the outage included.
  DemoDay(wire::Client& client, const wire::DeskOpened& desk,
          const desk::Configuration& configuration, uint64_t seed, double tickets);

  /// Plays from midnight to midnight; `each_step` is told how far it is and may stop it with false.
  Done play(const std::function<Got<bool>(sched::Instant)>& each_step);

  /// What a supervisor does when the mail queue is lost: its waiting tickets go to the service
  /// desk, and so do new ones; agents whose shift has not begun are called in. How many those are.
  size_t call_for_help(sched::Instant now);

  const DemoCounts& counts() const { return counts_; }

 private:
  enum class Act : uint8_t {
    start,
    answer,
    finish,
    resume,
    reopen,
    close,
    accept,
    decline,
    log_in,
    log_out,
    route_back,
    rate
  };

  struct Planned {
    int64_t at_us;
    uint64_t order;    // ties: first planned, first done
    uint64_t subject;  // ticket, offer, survey, or position of the agent
    uint32_t turn;     // of the ticket: an act planned before it changed hands is void
    Act act;
    bool operator>(const Planned& other) const {
      return at_us != other.at_us ? at_us > other.at_us : order > other.order;
    }
  };
  struct Ticket {
    uint32_t turn = 0;
    uint32_t queue = 0;  // position
    uint16_t reopens = 0;
    uint8_t escalations = 0;
    bool bounced = false;
    bool waited = false;
  };
  struct Agent {
    std::string name;
    int64_t begins_us = 0, ends_us = 0;  // of the shift that matters today
    bool called = false;                 // is there already, or was called in
  };
  /// Somebody has a problem.
  struct Opening {
    sim::Arrival arrival;
    const sim::DemandProfile* profile;
  };

  void plan(int64_t at_us, Act act, uint64_t subject, uint32_t turn = 0);
  void plan_shifts(const desk::Configuration& configuration);
  void append_arrivals(int64_t until_us);
  void append_acts(int64_t until_us);
  void append(const Planned& planned);
  void append_of_ticket(const Planned& planned);
  void finish(const Planned& planned, Ticket& ticket);
  void rate(uint64_t survey);
  void hear(const desk::Event& event);
  void hear_of_offer(const desk::Event& event);
  Done advance(sched::Instant now);
  Done send();
  Done listen();
  sim::Stream stream(uint64_t ticket, sim::Purpose purpose, uint32_t occurrence) const;
  int64_t minutes_us(sim::Stream& stream, double mean) const;
  uint8_t tier_of(const Ticket& ticket) const;

  wire::Client& client_;
  sched::DeskNumber desk_;
  std::string desk_name_;
  uint64_t seed_;
  sim::DemandProfile everyday_, outage_;
  std::vector<Opening> openings_;
  size_t next_opening_ = 0;
  std::vector<Agent> agents_;
  std::map<std::string, uint8_t> tiers_;  // by queue
  std::vector<std::string> queues_;       // by position in events
  std::vector<std::string> second_tier_;  // where tier 1 escalates to
  std::priority_queue<Planned, std::vector<Planned>, std::greater<>> acts_;
  std::map<uint64_t, Ticket> tickets_;
  std::set<uint64_t> offers_;  // live ones
  wire::CommandWriter writer_;
  std::string body_;
  DemoCounts counts_;
  uint64_t planned_ = 0;
  uint64_t heard_ = 0;  // sequence of the newest event
};

/// Midnight of the day the demo plays, a Monday.
sched::Instant demo_midnight();

/// Where tickets about mail wait.
inline constexpr std::string_view demo_mail_queue = "messaging";

/// When the mail system fails, and when it works again.
sched::Instant outage_begins();
sched::Instant outage_ends();

}  // namespace paceline::tools
