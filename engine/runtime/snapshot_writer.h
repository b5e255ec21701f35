// Writes a snapshot file: what it is of, then each desk's state, then finish().
//
// The file is synced every few MiB, so that the log's own syncs never wait behind a heap of ours.
//
// Owner: one thread.  Errors: sentences; after one nothing goes on.  Allocates: two pieces.
#pragma once

#include <zstd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/runtime/snapshot_format.h"
#include "engine/runtime/snapshot_info.h"
#include "sched/base/archive.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

class Disk;

class SnapshotWriter {
 public:
  /// 1 M tickets: 76 of 481 bytes each, written in 0.73 s. Level 3 saves 3 bytes more and takes an
  /// eighth longer, -1 adds 10 and is no faster; all load alike on two threads, in 0.21 s
  /// (PACELINE_BENCH_FULL=1 bench/snapshot_bench).
  static constexpr int compression_level = 1;
  static constexpr uint64_t sync_every = 16 * 1'048'576;

  /// Called after every piece with the bytes written down so far, before compression; a sentence
  /// stops the writing.
  using Progress = std::function<std::string(uint64_t raw_bytes)>;

  /// `level`: zstd's, for measuring.
  SnapshotWriter(std::string path, Disk& disk, Progress progress = {},
                 int level = compression_level);
  ~SnapshotWriter();
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  /// Creates the file. Errors of this and the following are told by finish().
  void begin(const SnapshotInfo& info);
  /// The state of one of the desks of begin(), in the same order.
  void write(sched::DeskNumber desk, const std::function<void(sched::Archive&)>& persist);
  /// Everything is in the file and durable; its name is not. The file's size.
  sched::Expected<uint64_t, std::string> finish();

  uint64_t raw_bytes() const { return raw_bytes_; }

 private:
  class Saving;

  void piece(ChunkHeader header, std::span<const std::byte> raw);
  void put(std::span<const std::byte> bytes);
  void sync();
  void fail(const std::string& what, int error);

  // Fixed at construction.
  std::string path_;
  Disk& disk_;
  Progress progress_;
  int level_;
  std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)> compressor_;

  int file_ = -1;
  uint64_t id_ = 0;
  uint64_t chunks_ = 0;
  uint64_t end_ = 0;
  uint64_t synced_to_ = 0;
  uint64_t raw_bytes_ = 0;
  std::vector<std::byte> out_;  // a chunk under way
  std::string failure_;
};

}  // namespace paceline::runtime
