// A segment: one file of the command log.
//
//   segment = header block (4,096 bytes) { record } … zero word, then whatever was there before
//
// Segments have numbers without gaps; the number is the name. A segment is made before it is
// needed, from zeros or from one that is no longer needed, so its header knows nothing of its
// records: where they begin the first of them says, and that it continues the segment before.
// What a file held in an earlier life is told apart by the identity, which is random.
//
// Owner: any thread.  Errors: LogError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runtime/command_log.h"
#include "engine/runtime/log_record.h"

namespace paceline::runtime {

/// Of the header, and of what is written at once: what disks and page caches move.
inline constexpr uint64_t log_block = 4'096;
constexpr uint64_t whole_blocks(uint64_t size) {
  return (size + log_block - 1) / log_block * log_block;
}

struct SegmentHeader {
  static constexpr uint64_t magic_value = 0x3147'4f4c'4543'4150;  // "PACELOG1"

  uint64_t magic = magic_value;
  uint32_t format = RecordHeader::format_value;
  ClockMode clock_mode = ClockMode::wall;
  uint8_t reserved[3] = {};
  uint64_t id = 0;
  uint64_t number = 0;
  uint64_t reserved_too[3] = {};
  uint64_t hash = 0;

  uint64_t hash_now() const;
};
static_assert(sizeof(SegmentHeader) == 64);

/// A header with a new identity, its hash filled in.
SegmentHeader new_segment_header(ClockMode mode, uint64_t number);

struct SegmentFile {
  std::string path;
  uint64_t number = 0;
  uint64_t size = 0;
};

std::string segment_path(const std::string& folder, uint64_t number);
/// In order; files that are being made or wait to be used again are left out. A folder that is not
/// there holds none.
Logged<std::vector<SegmentFile>> list_segments(const std::string& folder);

/// What lies at the front of a segment. Without `first` it has no record, or not a whole one.
struct SegmentFront {
  SegmentHeader header;
  std::optional<RecordHeader> first;
};
/// `clock_mode`: what the segment must have been written with; none: whichever.
Logged<SegmentFront> read_front(const SegmentFile& segment, std::optional<ClockMode> clock_mode);

/// A whole segment in memory, on an 8-byte boundary so that records are used in place.
class SegmentBytes {
 public:
  Logged<void> read(const std::string& path);
  std::span<const std::byte> bytes() const {
    return {reinterpret_cast<const std::byte*>(words_.get()), size_};
  }

 private:
  std::unique_ptr<uint64_t[]> words_;  // kept from one read to the next
  size_t room_ = 0;
  size_t size_ = 0;
};

LogError log_io_error(const std::string& what, int error);
std::string_view name(ClockMode mode);

}  // namespace paceline::runtime
