#include "engine/runtime/file_log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "engine/runtime/disk.h"
#include "engine/runtime/log_segment.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

constexpr uint64_t end_word = 8;  // zeros behind the last record

}  // namespace

FileLog::FileLog(FileLogOptions options)
    : options_(std::move(options)),
      disk_(options_.disk ? options_.disk : &real_disk()),
      stock_({.folder = options_.folder,
              .clock_mode = options_.clock_mode,
              .segment_size = options_.segment_size,
              .spares_max = options_.spares_max,
              .in_background = options_.prepares_ahead,
              .zeros = options_.zeros,
              .direct = options_.direct},
             *disk_) {}

FileLog::~FileLog() {
  if (file_ >= 0) disk_->close(file_);
}

sched::Unexpected<LogError> FileLog::fail(LogError error) {
  error_ = error;
  return sched::Unexpected{std::move(error)};
}
sched::Unexpected<LogError> FileLog::fail(const std::string& what, int error) {
  return fail(log_io_error(what, -error));
}

Logged<void> FileLog::replay(LogPosition from, const Visitor& visit, const Progress& progress) {
  CHECK(!replayed_);
  const LogReader reader({.folder = options_.folder, .clock_mode = options_.clock_mode});
  auto end = reader.read(from, 0, visit, progress);
  if (!end) return sched::Unexpected{end.error()};
  if (auto opened = stock_.open(); !opened) return fail(opened.error());
  position_ = end->position;
  epoch_ = end->epoch + 1;
  replayed_ = true;
  if (auto kept = keep_segments_up_to(*end); !kept) return kept;
  if (end->path.empty()) return {};
  if (end->torn && options_.note)
    options_.note("command log: cut a torn write of record " +
                  std::to_string(position_.sequence + 1) + ", " + end->path + " at offset " +
                  std::to_string(end->offset) + "; it was not yet durable");
  return continue_at(*end);
}

/// Later ones were made beforehand and hold nothing: they go back into the stock.
Logged<void> FileLog::keep_segments_up_to(const LogEnd& end) {
  auto listed = list_segments(options_.folder);
  if (!listed) return fail(listed.error());
  std::vector<std::string> empty;
  for (const SegmentFile& segment : *listed) {
    if (segment.number > end.segment_number) {
      empty.push_back(segment.path);
      continue;
    }
    uint64_t first_sequence = 0;  // unreadable, and before what was asked for: may go first
    if (const auto front = read_front(segment, options_.clock_mode); front && front->first)
      first_sequence = front->first->sequence;
    segments_.push_back({segment.path, segment.number, first_sequence, segment.size});
  }
  if (empty.empty()) return {};
  if (auto retired = stock_.retire(std::move(empty)); !retired) return fail(retired.error());
  return {};
}

Logged<void> FileLog::continue_at(const LogEnd& end) {
  file_ = stock_.open_file(end.path, O_RDWR);
  if (file_ < 0) return fail("cannot write to " + end.path, file_);
  segment_id_ = end.segment_id;
  zeroed_to_ = segments_.back().size / log_block * log_block;
  made_beforehand_ = zeroed_to_ >= options_.segment_size;
  base_ = on_its_way_ = end.offset / log_block * log_block;
  buffer_.resize(log_block);
  const size_t used = end.offset - base_;
  if (used > 0 && pread(file_, buffer_.data(), log_block, static_cast<off_t>(base_)) <
                      static_cast<ssize_t>(used))
    return fail("cannot read " + end.path, errno != 0 ? -errno : -EIO);
  buffer_.resize(used);
  // What was read may never have been synced: the last server may have been killed.
  if (auto written = write_buffer(); !written) return written;
  return sync();
}

Logged<void> FileLog::begin_segment() {
  if (auto synced = sync(); !synced) return synced;
  if (file_ >= 0) {
    segments_.back().size = base_ + buffer_.size();
    disk_->close(file_);
    file_ = -1;
  }
  auto taken = stock_.take(segments_.empty() ? 1 : segments_.back().number + 1);
  if (!taken) return fail(taken.error());
  file_ = taken->file;
  segment_id_ = taken->id;
  segments_.push_back({taken->path, taken->number, position_.sequence + 1, 0});
  zeroed_to_ = taken->size;
  made_beforehand_ = zeroed_to_ >= options_.segment_size;
  base_ = on_its_way_ = log_block;
  buffer_.clear();
  return {};
}

bool FileLog::wants_next_segment(uint64_t record_size) const {
  if (file_ < 0) return true;
  const uint64_t used = base_ + buffer_.size();
  if (used <= log_block) return false;  // empty, and large records get one of their own
  return used + record_size + end_word > options_.segment_size ||
         (!made_beforehand_ && stock_.ready());
}

/// Early enough to be ready in time; a small log never needs one.
void FileLog::order_next_segment() {
  if (!options_.zeros) return;  // it would hold nothing
  const uint64_t enough = made_beforehand_ ? options_.segment_size / 2 : options_.segment_size / 32;
  if (base_ > enough) stock_.order(segments_.back().number + 1);
}

Logged<void> FileLog::append(uint64_t expected_sequence, const LogRecord& record) {
  CHECK(replayed_);
  if (error_) return sched::Unexpected{*error_};
  if (expected_sequence != next_sequence())
    return sched::Unexpected{LogError{LogErrorKind::sequence_taken,
                                      "command log: record " + std::to_string(expected_sequence) +
                                          " was to come next, but that is record " +
                                          std::to_string(next_sequence())}};
  const uint64_t size = record_size(record);
  if (wants_next_segment(size)) {
    if (auto begun = begin_segment(); !begun) return begun;
  } else if (gathered_ > gathered_max) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  RecordHeader header;
  header.segment = segment_id_;
  header.epoch = epoch_;
  header.sequence = next_sequence();
  header.durable = durable_;
  header.chain = position_.chain;
  const size_t start = buffer_.size();
  buffer_.resize(start + size);
  position_ = {header.sequence, write_record(buffer_.bytes().subspan(start), record, header)};
  gathered_ += size;
  return {};
}

Logged<void> FileLog::flush() {
  if (error_) return sched::Unexpected{*error_};
  if (gathered_ == 0) return {};
  if (auto written = write_buffer(); !written) return written;
  order_next_segment();
  return {};
}

Logged<void> FileLog::write_buffer() {
  const size_t used = buffer_.size();
  uint64_t end = base_ + whole_blocks(used + end_word);
  if (end > zeroed_to_ && options_.zeros) {
    const uint64_t next_step = (end / zeros_ahead + 1) * zeros_ahead;
    end = zeroed_to_ = std::max(end, std::min(next_step, whole_blocks(options_.segment_size)));
  }
  buffer_.resize(end - base_);
  std::memset(buffer_.data() + used, 0, buffer_.size() - used);
  if (const int error = disk_->write_fully(file_, buffer_.bytes(), base_))
    return fail("cannot write to " + segments_.back().path, error);
  const size_t begun = used / log_block * log_block;  // the last block is written again
  std::memmove(buffer_.data(), buffer_.data() + begun, used - begun);
  buffer_.resize(used - begun);
  base_ += begun;
  gathered_ = 0;
  unsynced_ = true;
  if (!options_.direct && base_ - on_its_way_ >= writing_step) {
    disk_->start_writing(file_, on_its_way_, base_ - on_its_way_);
    on_its_way_ = base_;
  }
  return {};
}

Logged<void> FileLog::sync() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (!unsynced_) return {};
  if (const int error = disk_->sync(file_))
    return fail("cannot sync " + segments_.back().path, error);
  unsynced_ = false;
  durable_ = position_.sequence;
  return {};
}

Logged<void> FileLog::trim(uint64_t sequence) {
  if (error_) return sched::Unexpected{*error_};
  std::vector<std::string> unneeded;
  while (segments_.size() > 1 && segments_[1].first_sequence <= sequence) {
    unneeded.push_back(segments_.front().path);
    segments_.erase(segments_.begin());
  }
  if (unneeded.empty()) return {};
  if (auto retired = stock_.retire(std::move(unneeded)); !retired) return fail(retired.error());
  return {};
}

uint64_t FileLog::bytes() const {
  uint64_t bytes = base_ + buffer_.size();
  for (size_t i = 0; i + 1 < segments_.size(); ++i) bytes += segments_[i].size;
  return bytes;
}

}  // namespace paceline::runtime
