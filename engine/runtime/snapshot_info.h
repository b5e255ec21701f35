// What a snapshot says of itself, and of the desks in it.
//
// Owner: plain values.  Allocates: texts and lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/limits.h"
#include "engine/runtime/command_log.h"
#include "sched/base/ids.h"
#include "sched/base/time.h"

namespace paceline::runtime {

/// A desk at the snapshot's position.
struct SnapshotDesk {
  sched::DeskNumber number;
  std::string name;
  desk::Limits limits;
  int64_t now_us = 0;
  uint64_t event_hash = 0;
  uint64_t last_event = 0;
  uint64_t archived = 0;  ///< Tickets that left its memory, ever: the history file holds them.
  uint64_t digest = 0;

  bool operator==(const SnapshotDesk&) const = default;
};

struct SnapshotInfo {
  LogPosition position;
  uint64_t epoch = 0;
  uint32_t rules_version = 0;
  ClockMode clock_mode = ClockMode::wall;
  bool closed = false;  ///< The last record says that the server ended by itself.
  sched::Instant last_ts;
  int64_t taken_at_us = 0;
  std::vector<SnapshotDesk> desks;

  bool operator==(const SnapshotInfo&) const = default;
};

std::vector<std::byte> encode_desk_table(const std::vector<SnapshotDesk>& desks);
bool decode_desk_table(std::span<const std::byte> bytes, uint32_t count,
                       std::vector<SnapshotDesk>& desks);

}  // namespace paceline::runtime
