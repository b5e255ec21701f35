// A desk in this process, spoken to in the same frames as a server's: for conversations and tests.
//
// Owner: one thread.  Time: an argument.  Allocates: a desk.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/base/expected.h"
#include "wire/command_writer.h"

namespace paceline::tools {

class LocalDesk {
 public:
  static constexpr desk::SessionId session{1};

  explicit LocalDesk(uint32_t tickets_max = 10'000);

  /// Called with the desk after each of its batches; may put another in its place that is the same.
  using AfterBatch = std::function<void(desk::Desk&)>;
  void set_after_batch(AfterBatch after_batch) { after_batch_ = std::move(after_batch); }

  /// The writer's commands, if any, as one batch at `ts`; clears the writer. `outcome` is added to.
  /// The error is what makes the frame unfit to travel.
  sched::Expected<void, std::string> apply(sched::Instant ts, wire::CommandWriter& writer,
                                           desk::Outcome& outcome);
  /// Batches without commands, each when something is due, as a server makes them; up to `until`,
  /// exclusive.
  void let_time_pass(sched::Instant until, desk::Outcome& outcome);
  /// Was down from then until `ts`, and hears of it before its first batch.
  void recover(sched::Instant down_from, sched::Instant ts, desk::Outcome& outcome);
  /// Empty when it was taken in.
  std::string configure(sched::Instant ts, const desk::Configuration& configuration,
                        desk::Outcome& outcome);

  desk::Desk& desk() { return desk_; }
  const desk::Desk& desk() const { return desk_; }
  /// Over tickets in memory and those that left it.
  desk::Kpi kpi(sched::Instant at) const;

 private:
  void apply(const desk::Batch& batch, desk::Outcome& outcome);

  desk::Desk desk_;
  AfterBatch after_batch_;
  uint64_t next_number_ = 1;
  struct Archived {
    desk::TicketFacts facts;
    std::vector<desk::StateInterval> intervals;
  };
  std::vector<Archived> archived_;
};

}  // namespace paceline::tools
