// The envelope: what the log keeps of a batch, byte for byte.
//
//   record  = header (96 bytes) payload
//   payload of a batch = { frame header (40 bytes), verbatim payload of the frame, 0…7 zeros } …
//
// Every record lies on an 8-byte boundary, so that a frame is used in place when it is replayed.
// The header has a checksum of its own: a wrong length is caught before it is used. The segment's
// identity is in each record, so that blocks used before do not come back to life. `durable` is the
// newest sequence that was known to be on the disk when this record was written: an invalid record
// up to it has been damaged since; one above it is a torn write, which nobody was told of where
// answers wait for the disk.
// Each record holds the header hash of the one before: a chain nobody can leave a link out of.
//
// Owner: any thread.  Allocates: read_frames for `frames`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/command.h"
#include "sched/base/ids.h"
#include "sched/base/time.h"

namespace paceline::runtime {

enum class RecordKind : uint16_t {
  batch = 1,         ///< Commands of one desk, stamped with one instant; may be none.
  desk_created = 2,  ///< payload: DeskCreated
  recovered = 3,     ///< payload: Recovered. The first record after a start that found a log.
  closed = 4,        ///< The server ended by itself: everything before is durable.
  clock_jump = 5,    ///< payload: ClockJump. The desk tells of it with its next batch.
};

/// Payload of RecordKind::recovered: from the last batch's instant to the start. Under commands
/// time is the log's own and nothing was missed: both are the last batch's.
struct Recovered {
  int64_t down_from_us = 0;
  int64_t down_to_us = 0;
  uint8_t closed_cleanly = 0;
  uint8_t reserved[7] = {};
};

/// Payload of RecordKind::clock_jump.
struct ClockJump {
  int64_t by_us = 0;   ///< By how much the wall clock left the monotonic one.
  uint8_t waited = 0;  ///< Time goes on as the monotonic clock says.
  uint8_t reserved[7] = {};
};

/// A command frame as it is logged. `payload` is not copied.
struct LoggedFrame {
  desk::SessionId session = {};
  uint32_t principal = 0;
  uint32_t roles = 0;
  uint64_t first_number = 0;
  std::span<const std::byte> payload = {};
};

/// What is appended, and what a replay hands out.
struct LogRecord {
  RecordKind kind = RecordKind::batch;
  sched::DeskNumber desk = {};
  sched::Instant ts = {};
  uint32_t rules_version = 0;
  std::span<const LoggedFrame> frames = {};  ///< Of a batch.
  std::span<const std::byte> system = {};    ///< Payload of any other kind.
};

struct RecordHeader {
  static constexpr uint32_t magic_value = 0x3152'4c50;  // "PLR1"
  static constexpr uint16_t format_value = 2;

  uint32_t magic = magic_value;
  uint16_t format = format_value;
  RecordKind kind = RecordKind::batch;
  uint64_t segment = 0;
  uint64_t epoch = 0;     ///< Raised with every start of a server.
  uint64_t sequence = 0;  ///< Dense over the whole log, from 1.
  int64_t ts_us = 0;
  uint64_t durable = 0;
  uint32_t payload_size = 0;
  uint32_t frame_count = 0;
  uint32_t rules_version = 0;
  uint16_t desk = 0;
  uint16_t reserved = 0;
  uint64_t reserved_too = 0;
  uint64_t chain = 0;  ///< header_hash of the record before.
  uint64_t payload_hash = 0;
  uint64_t header_hash = 0;  ///< XXH3 of everything above.
};
static_assert(sizeof(RecordHeader) == 96);

struct LoggedFrameHeader {
  uint64_t session = 0;
  uint64_t first_number = 0;
  uint32_t principal = 0;
  uint32_t roles = 0;
  uint32_t payload_size = 0;
  uint16_t desk = 0;
  uint16_t reserved = 0;
  uint64_t reserved_too = 0;
};
static_assert(sizeof(LoggedFrameHeader) == 40);

/// Room a record takes, padding included.
uint64_t record_size(const LogRecord& record);

/// Writes the record to `out`, which is record_size() long. The caller sets segment, epoch,
/// sequence, durable and chain of `header`; the rest, hashes included, is filled in here. Answers
/// the header's hash.
uint64_t write_record(std::span<std::byte> out, const LogRecord& record, RecordHeader header);

/// The header at the front of `bytes`, if one of `segment` lies there whole and undamaged.
std::optional<RecordHeader> read_header(std::span<const std::byte> bytes, uint64_t segment);

/// The payload behind the header at the front of `bytes`, if it is whole and undamaged.
std::optional<std::span<const std::byte>> read_payload(std::span<const std::byte> bytes,
                                                       const RecordHeader& header);

/// Takes a batch's payload apart. False: the frames do not add up (a bug, or a forged checksum).
bool read_frames(const RecordHeader& header, std::span<const std::byte> payload,
                 std::vector<LoggedFrame>& frames);

/// The whole record; its spans point into `payload` and `frames`. None: as read_frames.
std::optional<LogRecord> read_record(const RecordHeader& header, std::span<const std::byte> payload,
                                     std::vector<LoggedFrame>& frames);

}  // namespace paceline::runtime
