// A snapshot file to be read: checked, and its desks' states filled in, on all processors.
//
// Opening checks the header, the trailer and every chunk's header; load() and verify() every
// payload they touch. Nothing read is used before its checksum was compared.
//
// Owner: one thread; load() of different desks may be called from several.  Errors: sentences that
// name the file and what to do.  Allocates: the list of chunks; a piece for each thread at work.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/runtime/snapshot_format.h"
#include "engine/runtime/snapshot_info.h"
#include "sched/base/archive.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

/// How the large parts of a state are filled in.
enum class Loading : uint8_t {
  parallel,  ///< By oneTBB's threads.
  alone,     ///< By the caller's thread, for those who may not take processors from others.
};

class SnapshotFile {
 public:
  /// Bytes read so far and in all, before compression.
  using Progress = std::function<void(uint64_t done, uint64_t total)>;

  static sched::Expected<SnapshotFile, std::string> open(const std::string& path);
  SnapshotFile(SnapshotFile&& other) noexcept;
  SnapshotFile& operator=(SnapshotFile&& other) noexcept;
  ~SnapshotFile();

  /// Whether an error of this class says that the file is not what was written, rather than that it
  /// cannot be read, or is another version's.
  static bool says_damaged(const std::string& error);

  const std::string& path() const { return path_; }
  const SnapshotInfo& info() const { return info_; }
  uint64_t size() const { return size_; }
  uint64_t raw_size() const { return raw_size_; }

  /// Fills a desk in: `persist` is called with an archive that loads it, and must read all of it.
  sched::Expected<void, std::string> load(
      sched::DeskNumber desk, Loading loading,
      const std::function<void(sched::Archive&)>& persist) const;
  /// Reads and compares everything.
  sched::Expected<void, std::string> verify(const Progress& progress = {}) const;

 private:
  class Filling;
  struct Chunk {
    ChunkHeader header;
    uint64_t at = 0;  ///< Of the payload in the file.
  };
  /// The chunks of a desk: its stream in order, then regions by number.
  struct State {
    std::vector<Chunk> stream;
    std::vector<std::vector<Chunk>> regions;
    uint64_t raw_size = 0;
  };

  SnapshotFile(std::string path, int file) : path_(std::move(path)), file_(file) {}
  sched::Expected<void, std::string> read_frame();
  sched::Expected<void, std::string> list_chunks(const SnapshotHeader& header, uint64_t at,
                                                 const SnapshotTrailer& trailer);
  bool add(const Chunk& chunk);
  std::string read_piece(const Chunk& chunk, std::byte* to) const;
  std::string read_at(void* to, size_t size, uint64_t at) const;
  std::string damaged(const std::string& what, uint64_t at) const;

  std::string path_;
  int file_ = -1;
  uint64_t size_ = 0;
  uint64_t raw_size_ = 0;
  SnapshotInfo info_;
  std::map<uint16_t, State> states_;  // by desk
};

}  // namespace paceline::runtime
