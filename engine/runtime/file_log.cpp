#include "engine/runtime/file_log.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "engine/runtime/disk.h"
#include "sched/base/check.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

namespace {

struct SegmentHeader {
  static constexpr uint64_t magic_value = 0x3147'4f4c'4543'4150;  // "PACELOG1"

  uint64_t magic = magic_value;
  uint32_t format = RecordHeader::format_value;
  ClockMode clock_mode = ClockMode::wall;
  uint8_t reserved[3] = {};
  uint64_t id = 0;  ///< Random: what the blocks held before cannot pass for ours.
  uint64_t first_sequence = 0;
  uint64_t epoch = 0;
  uint64_t chain = 0;
  uint64_t reserved_too = 0;
  uint64_t hash = 0;

  uint64_t hash_now() const { return sched::hash_bytes(this, offsetof(SegmentHeader, hash)); }
};
static_assert(sizeof(SegmentHeader) == 64);

std::string_view name(ClockMode mode) { return mode == ClockMode::wall ? "wall" : "commands"; }

std::string segment_path(const std::string& folder, uint64_t first_sequence) {
  char name[32];
  std::snprintf(name, sizeof name, "/%020llu.log", static_cast<unsigned long long>(first_sequence));
  return folder + name;
}

uint64_t random_id() {
  uint64_t id = 0;
  CHECK(getrandom(&id, sizeof id, 0) == sizeof id);
  return id;
}

std::string at(const std::string& path, uint64_t offset) {
  return path + " at offset " + std::to_string(offset);
}

LogError damaged(const std::string& text, const std::string& path, uint64_t offset) {
  return {LogErrorKind::damaged,
          text +
              ". The file was changed, or the disk has lost data; nothing was started and nothing "
              "changed. Restore the data folder from a backup. To give up everything from there on "
              "instead, move away all later segments and run: truncate -s " +
              std::to_string(offset) + " " + path};
}

/// Whole segments are read: records are used in place, on 8-byte boundaries.
class SegmentBytes {
 public:
  int read(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    struct stat status {};
    int error = fstat(file, &status) == 0 ? 0 : errno;
    if (error == 0) {
      words_.reset(new uint64_t[static_cast<size_t>(status.st_size) / 8 + 1]);
      auto* to = reinterpret_cast<char*>(words_.get());
      while (size_ < static_cast<size_t>(status.st_size)) {
        const ssize_t got = pread(file, to + size_, static_cast<size_t>(status.st_size) - size_,
                                  static_cast<off_t>(size_));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) error = errno;
        if (got <= 0) break;
        size_ += static_cast<size_t>(got);
      }
    }
    close(file);
    return error;
  }
  std::span<const std::byte> bytes() const {
    return {reinterpret_cast<const std::byte*>(words_.get()), size_};
  }

 private:
  std::unique_ptr<uint64_t[]> words_;
  size_t size_ = 0;
};

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

struct Survivor {
  uint64_t offset = 0;
  uint64_t sequence = 0;
};
/// A whole record behind `offset` that was written when `sequence` may have been answered already.
std::optional<Survivor> acknowledged_later(std::span<const std::byte> bytes, uint64_t offset,
                                           uint64_t segment, uint64_t sequence) {
  for (uint64_t behind = offset + 8; behind + sizeof(RecordHeader) <= bytes.size(); behind += 8) {
    const auto header = read_header(bytes.subspan(behind), segment);
    if (!header || header->acknowledged < sequence || header->sequence < sequence) continue;
    if (read_payload(bytes.subspan(behind), *header)) return Survivor{behind, header->sequence};
  }
  return {};
}

}  // namespace

FileLog::FileLog(FileLogOptions options)
    : options_(std::move(options)), disk_(options_.disk ? options_.disk : &real_disk()) {}

FileLog::~FileLog() {
  if (file_ >= 0) close(file_);
}

LogError FileLog::failed(const std::string& what, int error) {
  std::string text = "command log: " + what + ": " + std::strerror(error);
  if (error == ENOSPC || error == EDQUOT)
    text += ". The disk is full: free some space on it and start again; what was answered is safe";
  else
    text += ". What the disk holds is known only after a restart: check the disk, then start again";
  error_ = LogError{LogErrorKind::io, text};
  return *error_;
}

Logged<void> FileLog::list_segments() {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, error)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".tmp") {  // a segment whose creation was interrupted
      std::filesystem::remove(entry.path(), error);
      continue;
    }
    if (entry.path().extension() != ".log") continue;
    unsigned long long first = 0;
    if (name.size() != 24 || std::sscanf(name.c_str(), "%20llu", &first) != 1)
      return sched::Unexpected{LogError{LogErrorKind::refused,
                                        "command log: " + entry.path().string() +
                                            " is not a segment: move it out of the log's folder"}};
    segments_.push_back({entry.path().string(), first, entry.file_size(error)});
  }
  if (error) return sched::Unexpected{failed("cannot list " + options_.folder, error.value())};
  std::sort(segments_.begin(), segments_.end(),
            [](const Segment& a, const Segment& b) { return a.first_sequence < b.first_sequence; });
  return {};
}

Logged<void> FileLog::replay(const Visitor& visit, const Progress& progress) {
  CHECK(!replayed_);
  if (auto listed = list_segments(); !listed) return listed;
  for (const Segment& segment : segments_) total_bytes_ += segment.size;
  for (size_t i = 0; i < segments_.size(); ++i) {
    auto done = replay_segment(segments_[i], i + 1 == segments_.size(), visit, progress);
    if (!done) return done;
  }
  replayed_ = true;
  acknowledged_ = next_sequence_ - 1;
  return {};
}

Logged<void> FileLog::replay_segment(const Segment& segment, bool newest, const Visitor& visit,
                                     const Progress& progress) {
  const auto refuse = [](LogErrorKind kind, std::string text) {
    return sched::Unexpected{LogError{kind, std::move(text)}};
  };
  SegmentBytes file;
  if (const int error = file.read(segment.path))
    return sched::Unexpected{failed("cannot read " + segment.path, error)};
  const auto bytes = file.bytes();

  SegmentHeader head;
  if (bytes.size() >= sizeof head) std::memcpy(&head, bytes.data(), sizeof head);
  if (bytes.size() < sizeof head || head.magic != SegmentHeader::magic_value ||
      head.hash != head.hash_now())
    return sched::Unexpected{
        damaged("command log: the header of segment " + at(segment.path, 0) + " is damaged",
                segment.path, 0)};
  if (head.format != RecordHeader::format_value)
    return refuse(LogErrorKind::refused,
                  "command log: " + segment.path + " has format " + std::to_string(head.format) +
                      ", this server reads format " + std::to_string(RecordHeader::format_value) +
                      ": use the server that wrote it");
  if (head.clock_mode != options_.clock_mode)
    return refuse(
        LogErrorKind::refused,
        "command log: the folder was written with --clock " + std::string(name(head.clock_mode)) +
            " and cannot be continued with --clock " + std::string(name(options_.clock_mode)) +
            ": start with the same clock, or with another --data folder");
  if (head.first_sequence != segment.first_sequence)
    return refuse(LogErrorKind::damaged, "command log: " + segment.path + " begins with record " +
                                             std::to_string(head.first_sequence) +
                                             ": the file was renamed; give it its name back");
  if (head.first_sequence != next_sequence_ || head.chain != chain_)
    return refuse(LogErrorKind::damaged,
                  "command log: " + segment.path +
                      " does not continue the log, which is whole up " + "to record " +
                      std::to_string(next_sequence_ - 1) +
                      ": a segment is missing or was exchanged; restore the data folder from a "
                      "backup");
  epoch_ = std::max(epoch_, head.epoch + 1);

  std::vector<LoggedFrame> frames;
  uint64_t offset = sizeof head;
  uint64_t reported = 0;
  while (offset + sizeof(RecordHeader) <= bytes.size()) {
    const auto header = read_header(bytes.subspan(offset), head.id);
    if (!header || header->sequence != next_sequence_ || header->chain != chain_) break;
    const auto payload = read_payload(bytes.subspan(offset), *header);
    if (!payload) break;
    LogRecord record{.kind = header->kind,
                     .desk = {header->desk},
                     .ts = {header->ts_us},
                     .rules_version = header->rules_version};
    if (header->kind == RecordKind::batch) {
      if (!read_frames(*header, *payload, frames))
        return refuse(LogErrorKind::damaged, "command log: the frames of record " +
                                                 at(segment.path, offset) + " do not add up");
      record.frames = frames;
    } else {
      record.system = *payload;
    }
    const std::string objection = visit(header->sequence, record);
    if (!objection.empty())
      return refuse(LogErrorKind::refused, "command log: record " +
                                               std::to_string(header->sequence) + ", " +
                                               at(segment.path, offset) + ": " + objection);
    epoch_ = std::max(epoch_, header->epoch + 1);
    chain_ = header->header_hash;
    ++next_sequence_;
    offset += sizeof *header + header->payload_size;
    if (offset - reported >= 4 * zeros_ahead && progress) {
      reported = offset;
      progress(replayed_bytes_ + offset, total_bytes_);
    }
  }
  replayed_bytes_ += bytes.size();

  const bool torn = !all_zero(bytes.subspan(offset));
  if (torn) {
    const auto survivor = acknowledged_later(bytes, offset, head.id, next_sequence_);
    if (survivor || !newest)
      return sched::Unexpected{damaged(
          "command log: record " + std::to_string(next_sequence_) + ", " +
              at(segment.path, offset) + ", is damaged, but what was acknowledged later follows (" +
              (survivor ? "record " + std::to_string(survivor->sequence) + " at offset " +
                              std::to_string(survivor->offset)
                        : std::string("in a later segment")) +
              ")",
          segment.path, offset)};
    if (options_.note)
      options_.note("command log: cut a torn write of record " + std::to_string(next_sequence_) +
                    ", " + at(segment.path, offset) + "; it was never acknowledged");
  }
  if (!newest) return {};
  segment_id_ = head.id;
  return continue_segment(segment.path, offset);
}

Logged<void> FileLog::continue_segment(const std::string& path, uint64_t end) {
  file_ = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file_ < 0) return sched::Unexpected{failed("cannot write to " + path, errno)};
  // Cuts the zeros ahead as well; they come back with the first write.
  if (ftruncate(file_, static_cast<off_t>(end)) != 0)
    return sched::Unexpected{failed("cannot cut " + path, errno)};
  if (const int error = disk_->sync(file_))
    return sched::Unexpected{failed("cannot sync " + path, -error)};
  end_ = zeroed_to_ = end;
  return {};
}

Logged<void> FileLog::begin_segment() {
  if (file_ >= 0) {
    if (auto synced = sync(); !synced) return synced;
    if (ftruncate(file_, static_cast<off_t>(end_)) != 0)
      return sched::Unexpected{failed("cannot cut " + segments_.back().path, errno)};
    segments_.back().size = end_;
    if (auto synced = sync_file(); !synced) return synced;
    close(file_);
    file_ = -1;
  }
  const std::string path = segment_path(options_.folder, next_sequence_);
  const std::string made = path + ".tmp";
  file_ = open(made.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) return sched::Unexpected{failed("cannot create " + made, errno)};
  SegmentHeader head{.clock_mode = options_.clock_mode,
                     .id = random_id(),
                     .first_sequence = next_sequence_,
                     .epoch = epoch_,
                     .chain = chain_};
  head.hash = head.hash_now();
  if (const int error = disk_->write_fully(file_, std::as_bytes(std::span(&head, 1)), 0))
    return sched::Unexpected{failed("cannot write to " + made, -error)};
  if (auto synced = sync_file(); !synced) return synced;
  if (rename(made.c_str(), path.c_str()) != 0)
    return sched::Unexpected{failed("cannot rename " + made, errno)};
  const int folder = open(options_.folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const int error = folder < 0 || fsync(folder) != 0 ? errno : 0;
  if (folder >= 0) close(folder);
  if (error != 0) return sched::Unexpected{failed("cannot sync " + options_.folder, error)};

  segments_.push_back({path, next_sequence_, 0});
  segment_id_ = head.id;
  end_ = zeroed_to_ = sizeof head;
  return {};
}

Logged<void> FileLog::append(uint64_t expected_sequence, const LogRecord& record) {
  CHECK(replayed_);
  if (error_) return sched::Unexpected{*error_};
  if (expected_sequence != next_sequence_)
    return sched::Unexpected{LogError{LogErrorKind::sequence_taken,
                                      "command log: record " + std::to_string(expected_sequence) +
                                          " was to come next, but that is record " +
                                          std::to_string(next_sequence_)}};
  const uint64_t used = end_ + buffer_.size();
  if (file_ < 0 ||
      (used > sizeof(SegmentHeader) && used + record_size(record) > options_.segment_size)) {
    if (auto begun = begin_segment(); !begun) return begun;
  }
  RecordHeader header;
  header.segment = segment_id_;
  header.epoch = epoch_;
  header.sequence = next_sequence_;
  header.acknowledged = acknowledged_;
  header.chain = chain_;
  chain_ = append_record(buffer_, record, header);
  ++next_sequence_;
  return {};
}

Logged<void> FileLog::flush() {
  if (error_) return sched::Unexpected{*error_};
  if (buffer_.empty()) return {};
  const uint64_t end = end_ + buffer_.size();
  if (end > zeroed_to_) {
    const uint64_t next_step = (end / zeros_ahead + 1) * zeros_ahead;
    zeroed_to_ = std::max(end, std::min(next_step, options_.segment_size));
    buffer_.resize(zeroed_to_ - end_);
  }
  if (const int error = disk_->write_fully(file_, buffer_, end_))
    return sched::Unexpected{failed("cannot write to " + segments_.back().path, -error)};
  buffer_.clear();
  end_ = end;
  unsynced_ = true;
  if (!options_.answers_wait_for_sync) acknowledged_ = next_sequence_ - 1;
  return {};
}

Logged<void> FileLog::sync() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (!unsynced_) return {};
  if (auto synced = sync_file(); !synced) return synced;
  unsynced_ = false;
  acknowledged_ = next_sequence_ - 1;
  return {};
}

Logged<void> FileLog::sync_file() {
  if (const int error = disk_->sync(file_))
    return sched::Unexpected{failed(
        "cannot sync " + (segments_.empty() ? options_.folder : segments_.back().path), -error)};
  return {};
}

Logged<void> FileLog::trim(uint64_t sequence) {
  if (error_) return sched::Unexpected{*error_};
  while (segments_.size() > 1 && segments_[1].first_sequence <= sequence) {
    if (unlink(segments_.front().path.c_str()) != 0)
      return sched::Unexpected{failed("cannot remove " + segments_.front().path, errno)};
    segments_.erase(segments_.begin());
  }
  return {};
}

uint64_t FileLog::bytes() const {
  uint64_t bytes = end_ + buffer_.size();
  for (size_t i = 0; i + 1 < segments_.size(); ++i) bytes += segments_[i].size;
  return bytes;
}

}  // namespace paceline::runtime
