#include "engine/runtime/log_writer.h"

#include <algorithm>

#include "engine/desk/desk.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

LogWriter::LogWriter(CommandLog& log, bool answers_wait_for_sync, WallClock& clock,
                     AppliedRing& from_shard, AppliedRing& to_io, WakeUp& io)
    : log_(log),
      answers_wait_for_sync_(answers_wait_for_sync),
      clock_(clock),
      from_shard_(from_shard),
      to_io_(to_io),
      io_(io),
      bytes_(log.bytes()) {}

void LogWriter::run() {
  while (true) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    group_.clear();
    while (Applied* applied = from_shard_.pop()) group_.push_back(applied);
    if (group_.empty()) {
      if (stopping) return;
      from_shard_.bell().wait();
      continue;
    }
    if (auto written = write_group(); !written) {
      reason_ = written.error().text;
      failed_.store(true, std::memory_order_release);
      io_.ring();
      return;
    }
    for (Applied* applied : group_) to_io_.push(applied);
    io_.ring();
  }
}

void LogWriter::stop() {
  stopping_.store(true, std::memory_order_release);
  from_shard_.bell().ring();
}

Logged<void> LogWriter::append(const Applied& applied) {
  frames_.clear();
  for (const Request* request : applied.requests) {
    if (request->kind != RequestKind::commands) continue;
    frames_.push_back({.session = request->frame.session,
                       .principal = request->frame.principal,
                       .roles = request->frame.roles,
                       .first_number = request->frame.first_number,
                       .payload = request->payload});
  }
  const LogRecord record{.kind = applied.kind,
                         .desk = applied.desk,
                         .ts = applied.ts,
                         .rules_version = desk::rules_version,
                         .frames = frames_,
                         .system = applied.system};
  return log_.append(log_.next_sequence(), record);
}

Logged<void> LogWriter::write_group() {
  uint64_t records = 0;
  for (const Applied* applied : group_) {
    if (!applied->logged) continue;
    if (auto appended = append(*applied); !appended) return appended;
    ++records;
  }
  if (records == 0) return {};
  const int64_t before_us = clock_.monotonic_us();
  if (auto written = answers_wait_for_sync_ ? log_.sync() : log_.flush(); !written) return written;
  const auto took_us = static_cast<uint64_t>(clock_.monotonic_us() - before_us);
  records_.fetch_add(records, std::memory_order_relaxed);
  syncs_.fetch_add(1, std::memory_order_relaxed);
  sync_us_.fetch_add(took_us, std::memory_order_relaxed);
  sync_us_max_.store(std::max(sync_us_max_.load(std::memory_order_relaxed), took_us),
                     std::memory_order_relaxed);
  bytes_.store(log_.bytes(), std::memory_order_relaxed);
  return {};
}

}  // namespace paceline::runtime
