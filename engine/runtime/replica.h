// Desks built from the command log: every record done again, in order.
//
// A desk's records need their order among themselves only, so with workers the desks are spread
// over them, whatever number of shards wrote the log: the caller's thread reads, checks and
// decodes, a worker applies. Records that are no batch concern several desks, or make one: before
// such a one everything in hand is done first.
//
// Desks' numbers need not come in order, nor without gaps (desk_directory.h).
//
// Owner: one thread; its workers are its own.  Errors: sentences.  Allocates: freely.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/event_ring.h"
#include "engine/runtime/frame_decoder.h"
#include "engine/runtime/log_record.h"

namespace paceline::runtime {

struct ReplicaOptions {
  FrameDecoder decode_frame = nullptr;
  desk::ConfigurationDecoder decode_configuration = nullptr;
  uint32_t events_kept = 65'536;  ///< Of each desk.
  uint32_t workers = 0;           ///< 0: the caller's thread does all, nothing is copied.
  /// Told of every desk, before anything is archived for it. Answers empty, or why it cannot be.
  std::function<std::string(sched::DeskNumber desk)> begin_archive = {};
  /// Told of tickets that left a desk's memory; on a worker's thread.
  std::function<std::string(sched::DeskNumber desk, const desk::ArchivedBatch& batch)> archive = {};
};

/// A desk, and what a server knows of it besides.
struct ReplicaDesk {
  ReplicaDesk(std::unique_ptr<desk::Desk> the_desk, uint32_t events_kept)
      : desk(std::move(the_desk)), events(events_kept) {}

  std::unique_ptr<desk::Desk> desk;
  EventRing events;
  uint64_t archived = 0;  ///< Tickets that left its memory, ever.
};

class Replica {
 public:
  explicit Replica(ReplicaOptions options);
  ~Replica();

  /// Does a record again, or hands it to a worker. Answers empty, or why not. Whatever went wrong
  /// at a worker is told here or by settle().
  std::string replay(const LogRecord& record);
  /// Returns when everything handed in is done. Before anything below is looked at.
  std::string settle();

  /// From a snapshot, in place of its creation record.
  ReplicaDesk& add(std::unique_ptr<desk::Desk> desk);
  void recovered(const Recovered& recovery);

  /// By number; only those there are.
  std::map<uint16_t, ReplicaDesk>& desks() { return desks_; }
  const ReplicaOptions& options() const { return options_; }

  uint64_t records() const { return records_; }
  sched::Instant last_ts() const { return last_ts_; }  ///< Of any record.
  bool closed() const {
    return closed_;
  }  ///< The last record says that the server ended by itself.
  void begin_after(sched::Instant last_ts, bool closed) {
    last_ts_ = last_ts;
    closed_ = closed;
  }

 private:
  struct Chunk;
  struct Worker;

  std::string replay_system(const LogRecord& record);
  std::string create(const LogRecord& record);
  std::string replay_batch(const LogRecord& record);
  std::string hand_over(ReplicaDesk& desk, const LogRecord& record);
  std::string decode(const LogRecord& record, std::span<const std::byte> payload,
                     const LoggedFrame& logged, std::vector<desk::CommandFrame>& frames) const;
  std::string apply(ReplicaDesk& desk, sched::Instant ts,
                    std::span<const desk::CommandFrame> frames, desk::Outcome& outcome) const;
  Worker& worker_of(sched::DeskNumber desk);

  ReplicaOptions options_;
  std::map<uint16_t, ReplicaDesk> desks_;
  std::map<uint16_t, sched::Instant> handed_to_;  // ts of the newest batch handed to each desk
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<desk::CommandFrame> frames_;  // of the batch under way, without workers
  desk::Outcome outcome_;
  uint64_t records_ = 0;
  sched::Instant last_ts_;
  bool closed_ = false;
};

}  // namespace paceline::runtime
