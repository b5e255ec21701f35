// What travels between the I/O thread and the shard, and back.
//
//   I/O thread ──Request──▶ intake ──▶ shard ──Applied──▶ log thread ──Applied──▶ I/O thread
//        ▲                               ▲                                            │
//        └────── keeps its Requests ─────┴──────────────── Applied, emptied ──────────┘
//
// Both are owned elsewhere and only lent along the way, so that nothing is copied or allocated per
// command: the I/O thread owns its Requests (and the payloads their spans point into), the pipeline
// a fixed number of Applied. Whoever holds one may write it; nobody else looks.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/desk.h"
#include "engine/desk/limits.h"
#include "engine/desk/query.h"
#include "engine/runtime/log_record.h"
#include "engine/runtime/snapshot_report.h"
#include "sched/base/ids.h"
#include "sched/base/time.h"

namespace paceline::runtime {

enum class Lane : uint8_t { interactive, bulk };
inline constexpr size_t lane_count = 2;

/// The last two concern no shard: the pipeline answers them.
enum class RequestKind : uint8_t { commands, advance, open_desk, query, snapshot, hold_log };

/// Why the runtime, rather than a desk, said no.
enum class Refusal : uint8_t {
  none,
  permission_denied,
  desk_unknown,
  desk_name_invalid,
  desk_limits_invalid,
  desks_full,
  clock_not_commands,
  snapshot_failed,
};

struct OpenDeskWork {
  std::string name;
  bool create = false;
  desk::Limits limits;
  uint32_t roles = 0;
  desk::SessionId session;

  /// It is new: the shard is to create it. Set before it is passed on, with the desk's number.
  bool created = false;

  // Answered.
  uint64_t last_number = 0;
  uint32_t reply_window = 0;
  int64_t now_us = 0;
};

/// Facts of the tickets in memory, as they were; the archivist adds those of the history file.
struct KpiFacts {
  std::vector<desk::TicketFacts> facts;
  std::vector<uint32_t> interval_counts;  ///< Of each of the facts.
  std::vector<desk::StateInterval> intervals;
  std::vector<desk::PolicyVerdicts> policies;
  desk::Names names;
  sched::Instant at;
};

struct QueryWork {
  desk::Query query;

  // Answered.
  desk::Answer answer;
  std::unique_ptr<KpiFacts> kpi;  ///< Of a kpi query, until the archivist has made the answer.
};

/// The log stays as it is from the answer on, and so do the snapshots, until the connection ends or
/// lets go: for whoever copies the folder.
struct HoldWork {
  // Answered.
  uint64_t sequence = 0;  ///< Durable; what comes later may be copied or not.
  std::vector<MarkedDesk> desks;
};

struct Request {
  RequestKind kind = RequestKind::commands;
  Lane lane = Lane::interactive;
  sched::DeskNumber desk;   ///< open_desk: found by the directory. advance: 0 is every desk.
  uint64_t connection = 0;  ///< For the I/O thread alone.
  uint64_t tag = 0;

  // Of commands. `frame` points into `payload`, which outlives the request's journey.
  desk::CommandFrame frame;
  std::span<const std::byte> payload;

  int64_t at_us = 0;  ///< Of advance; answered: the desk's instant after it.
  std::unique_ptr<OpenDeskWork> open_desk;
  std::unique_ptr<QueryWork> query;
  std::unique_ptr<SnapshotReport> snapshot;  ///< Answered.
  std::unique_ptr<HoldWork> hold;

  // Answered; set before it is passed on, it is answered so in its turn.
  Refusal refusal = Refusal::none;
  std::string refusal_text;

  Request* part_of = nullptr;  ///< The pipeline's: of one that concerns several shards.

  size_t commands() const { return kind == RequestKind::commands ? frame.order.size() : 0; }
};

/// One record of the log and what it brought about, or answers that wait for the records before.
struct Applied {
  bool logged = false;  ///< There is a record.
  RecordKind kind = RecordKind::batch;
  sched::DeskNumber desk;
  sched::Instant ts;
  std::vector<Request*> requests;  ///< Those of commands, in order, are the record's frames.
  std::vector<desk::CommandFrame> frames;
  std::vector<std::byte> system;  ///< Payload of a record that is no batch.
  std::string desk_name;          ///< Of desk_created.
  desk::Outcome outcome;          ///< Replies: those of all requests of commands, in order.
  uint64_t event_hash = 0;        ///< Of the desk, after a batch.
  uint32_t shard = 0;             ///< Whose pool it belongs to.

  void clear() {
    logged = false;
    kind = RecordKind::batch;
    desk = {};
    ts = {};
    requests.clear();
    frames.clear();
    system.clear();
    desk_name.clear();
    outcome.clear();
    event_hash = 0;
  }
};

}  // namespace paceline::runtime
