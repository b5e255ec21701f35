// What is simulated: who asks for what and when, who works, and under which rules.
//
// The rules are a production configuration, unchanged. Requesters and agents are behaviours beside
// it: what they do, and how long it takes them, is all a scenario adds. Plain values; names are
// resolved, and what leads nowhere is refused, when a Model is made of it (sim/world/model.h).
//
// Times are microseconds; offsets count from the start of the scenario, those of rates and of
// anything else that comes round from the start of its cycle. Shares are parts per million.
//
// Owner: whoever holds it.  Allocates: lists and names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/desk/configuration.h"
#include "sched/base/time.h"
#include "sim/random/law.h"

namespace paceline::sim {

/// A law that may be another one later in its cycle. Without parts it is never: nobody loses
/// patience, nothing takes place.
struct LawByTime {
  struct Part {
    int64_t from_us = 0;  ///< Of the cycle, ascending, the first at 0.
    Law law;
  };
  std::vector<Part> parts;
  int64_t cycle_us = 0;  ///< Its own; 0: it does not come round.

  LawByTime() = default;
  LawByTime(Law law) { parts.push_back({0, std::move(law)}); }  // NOLINT: a law is one for all day
  bool none() const { return parts.empty(); }
  /// Requires parts. `since_start_us`: 0 or more.
  const Law& at(int64_t since_start_us) const {
    const int64_t offset_us = cycle_us > 0 ? since_start_us % cycle_us : since_start_us;
    size_t i = parts.size() - 1;
    while (i > 0 && parts[i].from_us > offset_us) --i;
    return parts[i].law;
  }
};

/// A stretch of the cycle in which the rate goes from one value to another; 0 outside all of them.
struct RatePiece {
  int64_t from_us = 0;
  int64_t until_us = 0;
  double from_per_hour = 0.0;
  double until_per_hour = 0.0;
};

/// A value and how often it comes relative to its siblings. No choices: not stated.
struct Option {
  std::string value;
  uint32_t weight = 1;
};
using Options = std::vector<Option>;

/// A contact of a recorded day: it comes at this instant, looks so, and takes so long.
struct RecordedContact {
  int64_t at_us = 0;
  std::string category, channel, service, config_item, requester, queue;
  uint8_t kind = 0, impact = 0, urgency = 0;
  bool vip = false;
  int64_t handling_us = -1;  ///< Of the first spell of work; −1: as a work rule says.
};

/// Who was turned away or gave up may try again.
struct Retry {
  uint32_t share_ppm = 0;
  Law delay = Law();
  uint32_t times_max = 1'000;
  bool after_blocked = true;
  bool after_abandoned = true;
};

/// Who finds more than so many waiting may not even wait.
struct Balking {
  uint32_t share_ppm = 0;
  uint32_t waiting_over = 0;
};

/// Contacts of one kind: when they come, what they look like, how patient they are.
struct Demand {
  std::string name;
  std::vector<RatePiece> rate;            ///< Ascending, not overlapping.
  int64_t cycle_us = sched::day.us;       ///< After which the rate comes round; 0: it does not.
  std::string busyness;                   ///< Whose factor its cycles share; empty: none.
  std::vector<RecordedContact> recorded;  ///< In order of time; in place of a rate.

  Options category, subcategory, service, config_item, channel, language;
  uint32_t kind_weights[2] = {1, 0};           ///< incident, service_request
  uint32_t impact_weights[4] = {1, 0, 0, 0};   ///< none, high, medium, low
  uint32_t urgency_weights[4] = {1, 0, 0, 0};  ///< none, high, medium, low
  uint32_t vip_ppm = 0;
  uint32_t requester_count = 0;  ///< 0: nobody in particular.
  std::string queue;             ///< Instead of the routing rules.

  std::string lines;   ///< Telephone lines it needs until the first spell of work is over.
  LawByTime patience;  ///< By the time of arrival. Of the wait until the first answer.
  Retry retry;
  Balking balking;
};

/// A bound on contacts that are there at once, waiting and answered; the next are turned away.
struct Lines {
  std::string name;
  uint32_t count = 0;
};

/// A factor on the rates of a whole cycle: Gamma with mean 1. Real days have shapes of 10 to 50.
struct Busyness {
  std::string name;
  double shape = 0.0;
};

/// Which tickets a rule is about; what is empty or negative is about all.
struct Match {
  std::string queue, demand, category, channel;
  int tier = -1;
  int kind = -1;      ///< desk::TicketKind
  int priority = -1;  ///< sched::Priority
};

/// How long work takes. The first rule that matches counts.
struct WorkRule {
  Match match;
  LawByTime handling;  ///< Required; by the time of arrival of the ticket.
  LawByTime wrap_up;   ///< After the ticket left the agent's hand; the queue's bounds hold.
  LawByTime answer;    ///< From assignment to the first public message.
  LawByTime accept;    ///< From offer to acceptance; none: at once.
  uint32_t decline_ppm = 0;
  bool starts = false;  ///< Says so when work begins.
};

/// What comes of a spell of work. All shares of a rule are at most a million together; what is
/// left is resolved.
struct Outcome {
  enum class Kind : uint8_t { escalate, requeue, bounce, pend };
  Kind kind = Kind::escalate;
  uint32_t share_ppm = 0;
  std::string queue;           ///< Of escalate (empty: where the queue escalates to) and requeue.
  std::string reason;          ///< Of pend, required; of the others a default.
  Law duration = Law();        ///< Of pend.
  uint32_t times_max = 1'000;  ///< Of one ticket.
};
struct OutcomeRule {
  Match match;
  std::vector<Outcome> outcomes;
  uint32_t reopen_ppm = 0;  ///< Of what is resolved.
  Law reopen_delay = Law();
  Law close_delay = Law();      ///< Until the requester closes it; never: the desk does.
  bool closes_at_once = false;  ///< Instead.
};

/// Speed of work on a queue, in thousandths: 1250 does in 4 minutes what others do in 5.
struct Speed {
  std::string queue;  ///< Empty: everywhere.
  uint32_t milli = 1'000;
};

struct Break {
  int64_t after_us = 0;   ///< From the beginning of the shift.
  int64_t spread_us = 0;  ///< Begins up to so much later, evenly.
  int64_t length_us = 0;
  std::string code;                ///< As the desk knows it.
  uint32_t share_ppm = 1'000'000;  ///< Of the shifts that have it: a training, a meeting.
};

/// Agents at work at some time of the cycle.
struct Headcount {
  int64_t from_us = 0;
  uint32_t agents = 0;
};

/// Agents of the configuration that behave alike. Who is in no team is not there.
struct Team {
  std::string name;
  std::vector<std::string> agents;  ///< Empty: all of `group`.
  std::string group;

  std::string shift;  ///< A calendar: there while it is open. Empty: each one's own, or always.
  std::vector<Headcount> headcounts;  ///< Instead: as many of them as this says, in their order.
  int64_t cycle_us = sched::day.us;   ///< Of headcounts; 0: once.
  bool leaves_work = false;  ///< At the end: with work in hand, for the next shift; else when done.

  Law late = Law();  ///< After the beginning of a shift; none: in time.
  uint32_t absence_ppm = 0;
  std::vector<Break> breaks;
  std::vector<Speed> speeds;
  /// Speed at 1, 2, … tickets in hand, each in thousandths; beyond the last as the last.
  std::vector<uint32_t> concurrency_milli = {1'000};
  double cost_per_hour = 0.0;  ///< Of paid time: shifts, breaks and overtime included.
};

struct Scenario {
  std::string name;
  desk::Configuration rules;
  sched::Instant start{1'767'571'200'000'000};  ///< 2026-01-05T00:00Z, a Monday.
  int64_t length_us = sched::day.us;            ///< Then nobody comes any more, …
  int64_t drain_us =
      0;  ///< … and this much longer whoever is there is served. Not counted as time.
  bool steady = false;                    ///< One long run is looked at for its steady state.
  int64_t interval_us = 0;                ///< Figures by interval of arrival; 0: none.
  int64_t answer_within_us = 20'000'000;  ///< The service level's threshold.

  std::vector<Demand> demands;
  std::vector<Busyness> busyness;
  std::vector<Lines> lines;
  std::vector<WorkRule> work;
  std::vector<OutcomeRule> outcomes;
  std::vector<Team> teams;
  uint32_t tickets_max = 200'000;  ///< On the desk at once.
};

}  // namespace paceline::sim
