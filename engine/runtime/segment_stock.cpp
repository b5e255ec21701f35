#include "engine/runtime/segment_stock.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/runtime/block_buffer.h"
#include "engine/runtime/disk.h"
#include "engine/runtime/log_segment.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

constexpr uint64_t zeros_step = 1'048'576;
constexpr uint64_t zeros_per_sync = 8 * zeros_step;  // the log's own syncs do not wait for more

sched::Unexpected<LogError> fail(const std::string& what, int error) {
  return sched::Unexpected{log_io_error(what, -error)};
}

}  // namespace

SegmentStock::~SegmentStock() {
  (void)collect();
  if (ready_) disk_.close(ready_->file);
}

int SegmentStock::open_file(const std::string& path, int flags) const {
  int file = -EINVAL;
  if (options_.direct) file = disk_.open(path, flags | O_DIRECT);
  return file == -EINVAL ? disk_.open(path, flags) : file;
}

Logged<void> SegmentStock::open() {
  std::error_code error;
  std::filesystem::directory_iterator entries(options_.folder, error);
  std::vector<std::string> half_made;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    const std::filesystem::path& path = entries->path();
    if (path.extension() == ".spare") spares_.push_back(path.string());
    if (path.extension() == ".tmp") half_made.push_back(path.string());
  }
  if (error) return fail("cannot list " + options_.folder, -error.value());
  std::sort(spares_.begin(), spares_.end());
  for (const std::string& path : half_made)
    if (const int result = disk_.unlink(path)) return fail("cannot remove " + path, result);
  return {};
}

void SegmentStock::order(uint64_t number) {
  if (!options_.in_background || running_.load(std::memory_order_acquire)) return;
  if (auto collected = collect(); !collected) return;  // said by the next take()
  if (!ready_ && number != failed_number_) start(true, number);
}

Logged<ReadySegment> SegmentStock::take(uint64_t number) {
  if (auto collected = collect(); !collected) return sched::Unexpected{collected.error()};
  if (!ready_) return make(number, Zeros::none);
  CHECK(ready_->number == number);
  return *std::exchange(ready_, std::nullopt);
}

Logged<void> SegmentStock::retire(std::vector<std::string> paths) {
  to_retire_.insert(to_retire_.end(), paths.begin(), paths.end());
  if (running_.load(std::memory_order_acquire)) return {};  // with the next call
  if (auto collected = collect(); !collected) return collected;
  if (to_retire_.empty()) return {};
  if (options_.in_background) {
    start(false, 0);
    return {};
  }
  retired_ = std::exchange(to_retire_, {});
  return put_away();
}

void SegmentStock::start(bool wanted, uint64_t number) {
  retired_ = std::exchange(to_retire_, {});
  running_.store(true, std::memory_order_relaxed);
  thread_ = std::thread([this, wanted, number] {
    pthread_setname_np(pthread_self(), "log-segments");
    if (auto done = put_away(); !done) error_ = done.error();
    if (wanted && !error_) {
      if (auto made = make(number, options_.zeros ? Zeros::whole : Zeros::none))
        ready_ = std::move(*made);
      else
        failed_number_ = number;
    }
    running_.store(false, std::memory_order_release);
  });
}

Logged<void> SegmentStock::collect() {
  if (thread_.joinable()) thread_.join();
  if (error_) return sched::Unexpected{*error_};
  return {};
}

Logged<void> SegmentStock::put_away() {
  if (retired_.empty()) return {};
  for (const std::string& path : std::exchange(retired_, {})) {
    if (spares_.size() >= options_.spares_max) {
      if (const int error = disk_.unlink(path)) return fail("cannot remove " + path, error);
      continue;
    }
    std::string spare = std::filesystem::path(path).replace_extension(".spare").string();
    if (const int error = disk_.rename(path, spare)) return fail("cannot rename " + path, error);
    spares_.push_back(std::move(spare));
  }
  if (const int error = disk_.sync_folder(options_.folder))
    return fail("cannot sync " + options_.folder, error);
  return {};
}

Logged<ReadySegment> SegmentStock::make(uint64_t number, Zeros zeros) {
  const std::string path = segment_path(options_.folder, number);
  std::string made = path + ".tmp";
  if (!spares_.empty()) {
    made = spares_.back();
    spares_.pop_back();
  }
  ReadySegment segment{.path = path, .number = number};
  segment.file = open_file(made, O_RDWR | O_CREAT);
  if (segment.file < 0) return fail("cannot create " + made, segment.file);
  auto filled = fill(segment, zeros);
  int error = 0;
  if (filled && (error = disk_.rename(made, path)) != 0)
    filled = fail("cannot rename " + made, error);
  if (filled && (error = disk_.sync_folder(options_.folder)) != 0)
    filled = fail("cannot sync " + options_.folder, error);
  if (filled) return segment;
  disk_.close(segment.file);
  (void)disk_.unlink(made);  // what a failed sync has left of it is known to nobody
  return sched::Unexpected{filled.error()};
}

/// Header and size; afterwards the file is durable.
Logged<void> SegmentStock::fill(ReadySegment& segment, Zeros zeros) {
  const off_t end = lseek(segment.file, 0, SEEK_END);
  segment.size = std::max<uint64_t>(log_block, static_cast<uint64_t>(std::max<off_t>(end, 0)));
  segment.size -= segment.size % log_block;
  if (segment.size > options_.segment_size && end >= 0) {  // it had held one large record
    segment.size = whole_blocks(options_.segment_size);
    if (const int error = disk_.truncate(segment.file, segment.size))
      return fail("cannot cut a spare for " + segment.path, error);
  }
  BlockBuffer buffer;
  buffer.resize(zeros == Zeros::whole ? std::min(zeros_step, whole_blocks(options_.segment_size))
                                      : log_block);
  std::memset(buffer.data(), 0, buffer.size());
  while (zeros == Zeros::whole && segment.size < options_.segment_size) {
    const uint64_t step = std::min(zeros_step, whole_blocks(options_.segment_size - segment.size));
    if (const int error = disk_.write_fully(segment.file, buffer.bytes().first(step), segment.size))
      return fail("cannot write zeros to " + segment.path, error);
    segment.size += step;
    if (segment.size % zeros_per_sync != 0) continue;
    if (const int error = disk_.sync(segment.file))
      return fail("cannot sync " + segment.path, error);
  }
  const SegmentHeader header = new_segment_header(options_.clock_mode, segment.number);
  segment.id = header.id;
  std::memcpy(buffer.data(), &header, sizeof header);
  if (const int error = disk_.write_fully(segment.file, buffer.bytes().first(log_block), 0))
    return fail("cannot write to " + segment.path, error);
  if (const int error = disk_.sync(segment.file)) return fail("cannot sync " + segment.path, error);
  return {};
}

}  // namespace paceline::runtime
