#include "engine/runtime/log_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/runtime/log_segment.h"

namespace paceline::runtime {

namespace {

constexpr uint64_t progress_step = 4 * 1'048'576;

std::string at(const std::string& path, uint64_t offset) {
  return path + " at offset " + std::to_string(offset);
}

struct Survivor {
  std::string path;
  uint64_t offset = 0;
  uint64_t sequence = 0;
};

/// A whole record at or behind `offset` that was written when `sequence` was durable already.
std::optional<Survivor> durable_later(const std::string& path, std::span<const std::byte> bytes,
                                      uint64_t offset, uint64_t segment, uint64_t sequence) {
  for (; offset + sizeof(RecordHeader) <= bytes.size(); offset += 8) {
    uint32_t magic = 0;
    std::memcpy(&magic, bytes.data() + offset, sizeof magic);
    if (magic != RecordHeader::magic_value) continue;
    const auto header = read_header(bytes.subspan(offset), segment);
    if (!header || header->durable < sequence || header->sequence < sequence) continue;
    if (read_payload(bytes.subspan(offset), *header))
      return Survivor{path, offset, header->sequence};
  }
  return {};
}

/// One reading, from its first segment to its end.
class Reading {
 public:
  Reading(const LogReaderOptions& options, LogPosition from, uint64_t to_sequence,
          const LogVisitor& visit, const LogProgress& progress)
      : options_(options), from_(from), to_(to_sequence), visit_(visit), progress_(progress) {}

  Logged<LogEnd> run() {
    if (to_ != 0 && to_ <= from_.sequence) return LogEnd{.position = from_};
    if (auto listed = list(); !listed) return sched::Unexpected{listed.error()};
    for (const SegmentFile& segment : segments_) total_bytes_ += segment.size;
    end_.position = from_;
    for (size_t i = 0; i < segments_.size(); ++i) {
      if (i > 0 && !continues(i)) return unreadable_rest(i);
      if (auto walked = walk(i); !walked) return sched::Unexpected{walked.error()};
      if (finished_) return std::move(end_);
    }
    return unreadable_rest(segments_.size());
  }

 private:
  static sched::Unexpected<LogError> fail(LogErrorKind kind, std::string text,
                                          const std::string& path = {}, uint64_t offset = 0) {
    return sched::Unexpected{LogError{kind, "command log: " + std::move(text), path, offset}};
  }

  /// The newest segment that begins no later than what is asked for, and all after it.
  Logged<void> list() {
    auto listed = list_segments(options_.folder);
    if (!listed) return sched::Unexpected{listed.error()};
    size_t start = listed->size();
    while (start > 0) {
      auto front = read_front((*listed)[--start], options_.clock_mode);
      if (!front) return sched::Unexpected{front.error()};
      fronts_.insert(fronts_.begin(), *front);
      if (front->first && front->first->sequence <= from_.sequence + 1) break;
    }
    segments_.assign(listed->begin() + static_cast<ptrdiff_t>(start), listed->end());
    return {};
  }

  /// Does segment `i` begin with the very record that comes next?
  bool continues(size_t i) const {
    const auto& first = fronts_[i].first;
    return segments_[i].number == segments_[i - 1].number + 1 && first &&
           first->sequence == end_.position.sequence + 1 && first->chain == end_.position.chain;
  }

  /// Reads the records of one segment, as far as they are whole and wanted.
  Logged<void> walk(size_t i) {
    const std::string& path = segments_[i].path;
    if (auto read = file_.read(path); !read) return read;
    const auto bytes = file_.bytes();
    end_.path = path;
    end_.clock_mode = fronts_[i].header.clock_mode;
    end_.segment_number = segments_[i].number;
    end_.segment_id = fronts_[i].header.id;
    end_.offset = log_block;
    uint64_t reported = 0;
    while (!finished_ && end_.offset <= bytes.size()) {
      const auto here = bytes.subspan(end_.offset);
      const auto header = read_header(here, end_.segment_id);
      if (!header || header->payload_size > here.size() - sizeof *header) break;
      if (begun_ && !follows(*header)) break;
      if (!begun_) {
        if (auto begun = begin(*header); !begun) return begun;
      }
      if (header->sequence > from_.sequence) {
        const auto payload = read_payload(here, *header);
        if (!payload) break;
        if (auto shown = show(*header, *payload); !shown) return shown;
      }
      if (auto passed = pass(*header); !passed) return passed;
      if (progress_ && end_.offset - reported >= progress_step) {
        reported = end_.offset;
        progress_(read_bytes_ + end_.offset, total_bytes_);
      }
    }
    read_bytes_ += bytes.size();
    return {};
  }

  bool follows(const RecordHeader& header) const {
    return header.sequence == end_.position.sequence + 1 && header.chain == end_.position.chain;
  }

  /// The first record met.
  Logged<void> begin(const RecordHeader& header) {
    begun_ = true;
    if (header.sequence > from_.sequence + 1)
      return fail(
          LogErrorKind::damaged,
          "records " + std::to_string(from_.sequence + 1) + " to " +
              std::to_string(header.sequence - 1) + " are missing: the log begins with " +
              std::to_string(header.sequence) + ", " + at(end_.path, end_.offset) +
              (from_.sequence == 0 ? ". A log that was trimmed needs the snapshot before it: "
                                     "restore the data folder from a backup"
                                   : ". Restore the data folder from a backup"),
          end_.path, end_.offset);
    if (header.sequence == from_.sequence + 1 && header.chain != from_.chain)
      return another_log(header.sequence);
    end_.position = {header.sequence - 1, header.chain};
    return {};
  }

  Logged<void> another_log(uint64_t sequence) const {
    return fail(LogErrorKind::damaged,
                "record " + std::to_string(sequence) + ", " + at(end_.path, end_.offset) +
                    ", belongs to another log than what is known up to record " +
                    std::to_string(from_.sequence) +
                    ": a file was exchanged; restore the data folder from a backup",
                end_.path, end_.offset);
  }

  Logged<void> show(const RecordHeader& header, std::span<const std::byte> payload) {
    const auto record = read_record(header, payload, frames_);
    if (!record)
      return fail(LogErrorKind::damaged,
                  "the frames of record " + std::to_string(header.sequence) + ", " +
                      at(end_.path, end_.offset) + ", do not add up",
                  end_.path, end_.offset);
    const std::string objection = visit_ ? visit_(header.sequence, *record) : std::string();
    if (objection.empty()) return {};
    return fail(LogErrorKind::refused,
                "record " + std::to_string(header.sequence) + ", " + at(end_.path, end_.offset) +
                    ": " + objection,
                end_.path, end_.offset);
  }

  /// The record is behind us.
  Logged<void> pass(const RecordHeader& header) {
    if (header.sequence == from_.sequence && header.header_hash != from_.chain)
      return another_log(header.sequence);
    end_.position = {header.sequence, header.header_hash};
    end_.epoch = header.epoch;
    end_.offset += sizeof header + header.payload_size;
    finished_ = to_ != 0 && header.sequence >= to_;
    return {};
  }

  /// No whole record follows the one read last; segments from `later` on do not continue it.
  Logged<LogEnd> unreadable_rest(size_t later) {
    const uint64_t next = end_.position.sequence + 1;
    const auto bytes = file_.bytes();
    auto survivor = durable_later(end_.path, bytes, end_.offset, end_.segment_id, next);
    uint64_t word = 0;
    if (bytes.size() > end_.offset)
      std::memcpy(&word, bytes.data() + end_.offset,
                  std::min(sizeof word, bytes.size() - end_.offset));
    end_.torn = word != 0;
    SegmentBytes other;
    for (size_t i = later; i < segments_.size() && !survivor; ++i) {
      if (auto read = other.read(segments_[i].path); !read) return sched::Unexpected{read.error()};
      survivor =
          durable_later(segments_[i].path, other.bytes(), log_block, fronts_[i].header.id, next);
    }
    // A clean end and something in a later segment: what is wrong begins with the next one.
    const bool clean = !end_.torn && bytes.size() >= end_.offset + sizeof word;
    if (survivor && clean && survivor->path != end_.path && later < segments_.size() &&
        segments_[later].number == end_.segment_number + 1) {
      end_.path = segments_[later].path;
      end_.offset = log_block;
    }
    if (survivor) return damaged(*survivor);
    return reach();
  }

  Logged<LogEnd> damaged(const Survivor& survivor) const {
    const uint64_t next = end_.position.sequence + 1;
    const std::string what =
        survivor.sequence == next
            ? "record " + std::to_string(next) + ", " + at(survivor.path, survivor.offset) +
                  ", does not continue the log, which is whole before " + at(end_.path, end_.offset)
            : "record " + std::to_string(next) + ", " + at(end_.path, end_.offset) +
                  ", is damaged or missing, but what was durable later follows (record " +
                  std::to_string(survivor.sequence) + ", " + at(survivor.path, survivor.offset) +
                  ")";
    return fail(LogErrorKind::damaged,
                what +
                    ". A file was changed, or the disk has lost data; nothing was started and "
                    "nothing changed. Restore the data folder from a backup. To give up everything "
                    "from there on instead, move away all later segments and run: truncate -s " +
                    std::to_string(end_.offset) + " " + end_.path,
                end_.path, end_.offset);
  }

  /// The end of what is there; it must reach up to where the caller knows the log already.
  Logged<LogEnd> reach() const {
    const uint64_t wanted = std::max(from_.sequence, to_);
    if (wanted == 0 || (begun_ && end_.position.sequence >= wanted)) return end_;
    return fail(LogErrorKind::damaged,
                (begun_ ? "it ends with record " + std::to_string(end_.position.sequence) + ", " +
                              at(end_.path, end_.offset)
                        : "there is no record in " + options_.folder) +
                    ", but it had reached record " + std::to_string(wanted) +
                    ": segments are missing; put them back, or restore the data folder from a "
                    "backup",
                end_.path, end_.offset);
  }

  // Fixed at construction.
  const LogReaderOptions& options_;
  LogPosition from_;
  uint64_t to_;
  const LogVisitor& visit_;
  const LogProgress& progress_;

  std::vector<SegmentFile> segments_;
  std::vector<SegmentFront> fronts_;  // of each
  SegmentBytes file_;                 // the one being read
  std::vector<LoggedFrame> frames_;
  LogEnd end_;
  bool begun_ = false;     // a first record was met
  bool finished_ = false;  // what was asked for has been read
  uint64_t read_bytes_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace

Logged<LogEnd> LogReader::read(LogPosition from, uint64_t to_sequence, const LogVisitor& visit,
                               const LogProgress& progress) const {
  return Reading(options_, from, to_sequence, visit, progress).run();
}

Logged<LogPosition> LogReader::oldest() const {
  auto listed = list_segments(options_.folder);
  if (!listed) return sched::Unexpected{listed.error()};
  for (const SegmentFile& segment : *listed) {
    auto front = read_front(segment, options_.clock_mode);
    if (!front) return sched::Unexpected{front.error()};
    if (front->first) return LogPosition{front->first->sequence - 1, front->first->chain};
  }
  return LogPosition{};
}

}  // namespace paceline::runtime
