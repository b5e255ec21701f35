#include "engine/runtime/log_writer.h"

#include <algorithm>

#include "engine/desk/desk.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

LogWriter::LogWriter(LogWriterOptions options, CommandLog& log, WallClock& clock,
                     AppliedRing& from_shard, AppliedRing& to_io, WakeUp& io)
    : options_(options), log_(log), clock_(clock), from_shard_(from_shard), to_io_(to_io), io_(io) {
  tell_figures();
}

void LogWriter::run() {
  while (true) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    group_.clear();
    while (Applied* applied = from_shard_.pop()) group_.push_back(applied);
    if (!group_.empty()) {
      if (auto written = write_group(); !written) return fail(written.error());
      for (Applied* applied : group_) to_io_.push(applied);
      io_.ring();
    }
    if (auto done = housekeep(); !done) return fail(done.error());
    if (!group_.empty()) continue;
    if (stopping) return;
    from_shard_.bell().wait(wait_us());
  }
}

void LogWriter::fail(const LogError& error) {
  reason_ = error.text;
  failed_.store(true, std::memory_order_release);
  io_.ring();
}

void LogWriter::stop() {
  stopping_.store(true, std::memory_order_release);
  from_shard_.bell().ring();
}

void LogWriter::trim(uint64_t sequence) {
  uint64_t before = trim_to_.load(std::memory_order_relaxed);
  while (before < sequence && !trim_to_.compare_exchange_weak(before, sequence)) {
  }
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
  records_.fetch_add(records, std::memory_order_relaxed);
  if (options_.durability == Durability::sync) return sync();
  if (auto written = log_.flush(); !written) return written;
  if (options_.durability == Durability::interval && sync_due_us_ == 0)
    sync_due_us_ = clock_.monotonic_us() + options_.sync_interval.us;
  tell_figures();
  return {};
}

Logged<void> LogWriter::sync() {
  const int64_t before_us = clock_.monotonic_us();
  if (auto synced = log_.sync(); !synced) return synced;
  const auto took_us = static_cast<uint64_t>(clock_.monotonic_us() - before_us);
  sync_due_us_ = 0;
  syncs_.fetch_add(1, std::memory_order_relaxed);
  sync_us_.fetch_add(took_us, std::memory_order_relaxed);
  sync_us_max_.store(std::max(sync_us_max_.load(std::memory_order_relaxed), took_us),
                     std::memory_order_relaxed);
  tell_figures();
  return {};
}

Logged<void> LogWriter::housekeep() {
  if (sync_due_us_ != 0 && clock_.monotonic_us() >= sync_due_us_) {
    if (auto synced = sync(); !synced) return synced;
  }
  const uint64_t trim_to = trim_to_.load(std::memory_order_acquire);
  if (trim_to <= trimmed_to_) return {};
  trimmed_to_ = trim_to;
  if (auto trimmed = log_.trim(trim_to); !trimmed) return trimmed;
  tell_figures();
  return {};
}

int64_t LogWriter::wait_us() const {
  if (sync_due_us_ == 0) return Bell::for_ever;
  return std::max<int64_t>(sync_due_us_ - clock_.monotonic_us(), 0);
}

uint64_t LogWriter::not_durable() const {
  const uint64_t durable = durable_.load(std::memory_order_relaxed);  // the smaller one first
  return written_.load(std::memory_order_relaxed) - durable;
}

void LogWriter::tell_figures() {
  durable_.store(log_.durable_sequence(), std::memory_order_release);
  written_.store(log_.position().sequence, std::memory_order_relaxed);
  bytes_.store(log_.bytes(), std::memory_order_relaxed);
}

}  // namespace paceline::runtime
