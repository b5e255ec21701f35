// Takes a desk's day out of a data folder's log, for the simulator.
//
// The log is replayed through a desk of its own, as a recovery would; what each command followed
// and what came of it is seen there. Nothing is written. A server may be running on the folder:
// then the record ends with what was written so far.
//
// Owner: one thread.  Errors: Failure; commands that cannot be recorded are named with their
// record.  Allocates: the desk and the day.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/log_record.h"
#include "sim/recorded/day_tally.h"
#include "sim/recorded/recorded_day.h"
#include "sim/world/assignment_digest.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

struct DayToRecord {
  std::string data;
  std::string desk;
  int64_t from_us = std::numeric_limits<int64_t>::min();  ///< Counts from here.
  int64_t to_us = std::numeric_limits<int64_t>::max();    ///< Ends before it.
};

Got<sim::RecordedDay> record_day(const Terminal& terminal, const DayToRecord& wanted);

/// One desk's part of a log, record by record.
class DayRecorder {
 public:
  explicit DayRecorder(const DayToRecord& wanted);
  /// Empty, or why the record cannot be part of a recorded day.
  std::string hear(const runtime::LogRecord& record);
  bool found() const { return desk_ != nullptr; }
  sim::RecordedDay finish();

 private:
  static constexpr uint32_t none = sim::RecordedAct::none;
  struct Ticket {
    uint32_t number = 0;
    uint32_t batch = 0;  ///< Opened in.
    sim::Anchor anchor = sim::Anchor::opened;
    uint32_t nth = 0;
    int64_t since_us = 0;
  };
  struct Offer {
    uint32_t ticket = 0;
    uint32_t nth = 0;
    int64_t since_us = 0;
  };

  std::string create(const runtime::LogRecord& record);
  std::string hear_system(const runtime::LogRecord& record);
  std::string hear_batch(const runtime::LogRecord& record);
  std::string hear_frame(const desk::CommandFrame& frame, size_t& reply);
  std::string hear_command(sim::RecordedAct act, const desk::Reply& reply);
  std::string follow(sim::RecordedAct& act, const desk::Reply& reply);
  void follow_ticket(sim::RecordedAct& act, const Ticket& ticket) const;
  void hear_event(const desk::Event& event);
  void hear_follow_up(const desk::Event& event);
  uint32_t batch() const { return static_cast<uint32_t>(day_.batches.size()); }

  const DayToRecord& wanted_;
  sim::RecordedDay day_;
  std::unique_ptr<desk::Desk> desk_;
  desk::Outcome outcome_;
  sched::DeskNumber number_{};
  int64_t now_us_ = 0;
  bool begun_ = false;
  std::unordered_map<uint64_t, Ticket> tickets_;
  std::unordered_map<std::string, uint64_t> external_ids_;
  std::unordered_map<uint64_t, Offer> offers_;
  std::unordered_map<uint64_t, uint64_t> last_numbers_;  // by session
  uint64_t low_ = 0;                                     // ticket of the newest low answer
  std::vector<uint32_t> agents_;                         // of assignments
  sim::AssignmentDigest digest_;
};

}  // namespace paceline::tools
