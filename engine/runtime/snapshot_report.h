// What is told of a snapshot, and of desks at the record it is taken at.
//
// Owner: plain values.
#pragma once

#include <cstdint>
#include <string>

#include "sched/base/ids.h"

namespace paceline::runtime {

struct SnapshotReport {
  std::string path;
  uint64_t sequence = 0;
  uint64_t bytes = 0;      ///< Of the file.
  uint64_t raw_bytes = 0;  ///< Before compression.
  int64_t replay_us = 0;
  int64_t write_us = 0;
  int64_t verify_us = 0;

  int64_t took_us() const { return replay_us + write_us + verify_us; }
};

/// What a desk had come to when a record became durable.
struct MarkedDesk {
  sched::DeskNumber number;
  uint64_t event_hash = 0;
  uint64_t last_event = 0;
  uint64_t archived = 0;  ///< Tickets that left its memory, ever.
};

}  // namespace paceline::runtime
