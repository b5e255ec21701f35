// Drives a desk in a test: one call per verb, each a batch of one command at the instant given.
//
//   DeskDriver desk;
//   desk.at("09:00").open({.external_id = "INC1", .impact = 1, .urgency = 1});
//   desk.at("10:00").pend("INC1", "awaiting_requester");
//   EXPECT_EQ(desk.ticket("INC1").state, State::pending);
//
// Times are hh:mm[:ss[.ffffff]] of 2026-01-05, a Monday, or "+N hh:mm" N days later. Every
// invariant is examined after every batch.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "tests/support/frame_builder.h"

namespace paceline::desk::test {

inline constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z

/// Small, so that a test's desk costs little and full is easily reached.
inline Limits small_limits() {
  Limits limits;
  limits.tickets_max = 4'096;
  limits.text_mib_max = 16;
  limits.closed_max = 1'000;
  return limits;
}

class DeskDriver {
 public:
  explicit DeskDriver(const Limits& limits = small_limits());

  /// The instant of what follows.
  DeskDriver& at(const std::string& time);
  DeskDriver& at_us(int64_t now_us) {
    now_us_ = now_us;
    return *this;
  }
  int64_t now_us() const { return now_us_; }
  static int64_t instant_us(const std::string& time);

  /// Applies what has been built as one batch; the replies.
  std::vector<Reply> apply(FrameBuilder& builder);
  std::vector<Event> tick();  ///< An empty batch; its events.
  void configure(const Configuration& configuration);

  /// One command, one batch: `run([](FrameBuilder& f) { f.resolve("INC1"); })`.
  template <class Build>
  Reject run(Build&& build) {
    FrameBuilder builder;
    build(builder);
    return static_cast<Reject>(apply(builder).back().code);
  }
  Reject open(const OpenFields& fields) {
    return run([&](FrameBuilder& f) { f.open(fields); });
  }

  TicketView ticket(const std::string& external_id) const;
  std::vector<ClockView> why_clock(const std::string& external_id) const;
  std::vector<std::string> queue(const std::string& name) const;  ///< External ids in order.
  QueueView queue_view(const std::string& name) const;
  AgentView agent(const std::string& name) const;
  std::vector<OfferView> offers(const std::string& queue = "", const std::string& agent = "") const;
  /// The number of the ticket's live offer, to this agent if stated; 0: none.
  uint64_t offer(const std::string& external_id, const std::string& agent = "") const;
  Why why_ticket(const std::string& external_id) const {
    return why(QueryKind::why_ticket, external_id);
  }
  Why why_agent(const std::string& name) const { return why(QueryKind::why_agent, name); }
  Why why_queue(const std::string& name) const { return why(QueryKind::why_queue, name); }
  Kpi kpi() const;
  /// Of the last batch.
  const std::vector<Event>& events() const { return outcome_.events; }
  const Outcome& outcome() const { return outcome_; }
  /// A ticket as the history file gives it back.
  struct Archived {
    TicketView view;
    TicketFacts facts;
    std::vector<StateInterval> intervals;
  };
  const std::vector<Archived>& archived() const { return archived_; }  ///< In the last batch.
  /// Every ticket as reports read it: those in memory, then those that left it.
  std::vector<TicketView> cases() const;
  /// Every survey, likewise.
  std::vector<SurveyView> surveys() const;
  size_t count(EventKind kind) const;
  Desk& desk() { return desk_; }

 private:
  Why why(QueryKind kind, const std::string& subject) const;
  void note_archived();

  Desk desk_;
  Outcome outcome_;
  ArchivedNames archived_names_;
  std::vector<Archived> archived_;
  std::vector<TicketView> archived_cases_;  // of all batches
  std::vector<SurveyView> archived_surveys_;
  int64_t now_us_ = monday_us;
  uint64_t next_number_ = 1;
};

/// The configuration documents of a test: a decoder that looks them up by their text.
std::string register_configuration(const Configuration& configuration);
sched::Expected<Configuration, std::string> registered_configuration(
    std::span<const std::byte> document);

/// Thresholds of which nobody is told.
inline std::vector<Rung> plain_rungs(std::initializer_list<uint32_t> shares_bp) {
  std::vector<Rung> rungs;
  for (const uint32_t share_bp : shares_bp) rungs.emplace_back().share_bp = share_bp;
  return rungs;
}

/// Monday to Friday, 09:00 to 17:00 UTC.
sched::CalendarSpec weekdays_nine_to_five();

}  // namespace paceline::desk::test
