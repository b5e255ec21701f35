#include "engine/runtime/pipeline.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <map>

#include <thread>

#include "engine/desk/desk.h"
#include "engine/runtime/archivist.h"
#include "engine/runtime/data_folder.h"
#include "engine/runtime/disk.h"
#include "engine/runtime/file_log.h"
#include "engine/runtime/log_writer.h"
#include "engine/runtime/shard.h"
#include "engine/runtime/wake_up.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

/// Signals are for the thread that serves, which knows what to do with them.
template <class Body>
std::thread start_thread(const char* name, Body body) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_setname_np(thread.native_handle(), name);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

struct Pipeline::Impl {
  Impl(PipelineOptions given, DataFolder locked)
      : options(std::move(given)),
        folder(std::move(locked)),
        log({.folder = folder.log(),
             .clock_mode = options.clock_mode,
             .segment_size = options.segment_size,
             .disk = options.disk,
             .note = options.note}),
        intake(1, options.requests_per_lane),
        pool(options.applied_max),
        to_log(options.applied_max),
        to_io(options.applied_max),
        archivist(folder.history(), options.disk, io),
        shard({.clock_mode = options.clock_mode,
               .desks_max = options.desks_max,
               .decode_frame = options.decode_frame,
               .decode_configuration = options.decode_configuration,
               .clock = options.clock,
               .max_jump = options.max_jump,
               .on_clock_jump = options.on_clock_jump,
               .note = options.note},
              intake, pool, to_log) {}

  bool failed() const { return archivist.failed() || (writer && writer->failed()); }

  PipelineOptions options;
  DataFolder folder;
  FileLog log;
  WakeUp io;
  Intake intake;
  AppliedPool pool;
  AppliedRing to_log;
  AppliedRing to_io;
  Archivist archivist;
  Shard shard;
  std::optional<LogWriter> writer;
  std::thread shard_thread;
  std::thread log_thread;
  std::thread archivist_thread;

  // The I/O thread's.
  Applied* current = nullptr;  // whose requests are being handed out
  bool current_archived = false;
  size_t next_request = 0;
  size_t next_reply = 0;
  Request* query_waiting = nullptr;  // for room at the archivist
  uint64_t replayed_records = 0;
  std::optional<Recovered> recovered;
  bool finished = false;
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pipeline::~Pipeline() {
  if (!impl_->finished) finish();
}

sched::Expected<std::unique_ptr<Pipeline>, StartError> Pipeline::start(PipelineOptions options) {
  static WallClock real_clock;
  if (options.clock == nullptr) options.clock = &real_clock;
  if (options.disk == nullptr) options.disk = &real_disk();
  auto locked = DataFolder::lock(options.data);
  if (!locked) return sched::Unexpected{StartError{locked.error().in_use, locked.error().text}};
  std::unique_ptr<Pipeline> pipeline(
      new Pipeline(std::make_unique<Impl>(std::move(options), std::move(locked.value()))));
  Impl& impl = *pipeline->impl_;
  impl.finished = true;  // no thread runs yet
  const auto fail = [](const std::string& text) {
    return sched::Unexpected{StartError{false, text}};
  };

  bool closed_cleanly = false;
  sched::Instant last_ts;
  std::map<uint16_t, uint64_t> archived_by_desk;
  Applied applied;
  const auto visit = [&](uint64_t, const LogRecord& record) -> std::string {
    if (std::string objection = impl.shard.replay(record, applied); !objection.empty())
      return objection;
    ++impl.replayed_records;
    closed_cleanly = record.kind == RecordKind::closed;
    last_ts = std::max(last_ts, record.ts);
    pipeline->take_note(applied);
    uint64_t& archived_count = archived_by_desk[record.desk.value];
    if (applied.outcome.archived.empty()) return {};
    archived_count = applied.outcome.archived_first + applied.outcome.archived.size() - 1;
    auto archived = impl.archivist.archive(applied.desk, applied.outcome.archived_first,
                                           applied.outcome.archived);
    return archived ? std::string() : archived.error();
  };
  const auto progress = [&](uint64_t done, uint64_t total) {
    if (impl.options.note && total > 0)
      impl.options.note("recovery: " + std::to_string(done / 1'048'576) + " of " +
                        std::to_string(total / 1'048'576) + " MiB replayed");
  };
  if (auto replayed = impl.log.replay(LogPosition{}, visit, progress); !replayed)
    return fail(replayed.error().text);
  for (const auto& [desk, archived_count] : archived_by_desk) {
    if (desk == 0) continue;
    if (auto cut = impl.archivist.cut({desk}, archived_count); !cut) return fail(cut.error());
  }

  if (impl.replayed_records > 0) {
    const bool own_time = impl.options.clock_mode == ClockMode::commands;
    impl.recovered = Recovered{last_ts.us, own_time ? last_ts.us : impl.options.clock->now().us,
                               static_cast<uint8_t>(closed_cleanly ? 1 : 0)};
    const LogRecord record{.kind = RecordKind::recovered,
                           .ts = last_ts,
                           .rules_version = desk::rules_version,
                           .system = std::as_bytes(std::span(&*impl.recovered, 1))};
    if (auto appended = impl.log.append(impl.log.next_sequence(), record); !appended)
      return fail(appended.error().text);
    if (auto synced = impl.log.sync(); !synced) return fail(synced.error().text);
    impl.shard.recovered(*impl.recovered);
  }

  impl.writer.emplace(LogWriterOptions{impl.options.durability, impl.options.sync_interval},
                      impl.log, *impl.options.clock, impl.to_log, impl.to_io, impl.io);
  impl.finished = false;
  impl.archivist_thread = start_thread("archivist", [&impl] { impl.archivist.run(); });
  impl.log_thread = start_thread("log", [&impl] { impl.writer->run(); });
  impl.shard_thread = start_thread("shard", [&impl] { impl.shard.run(); });
  return pipeline;
}

bool Pipeline::submit(Request* request) { return impl_->intake.push(0, request); }
void Pipeline::wake_shard() { impl_->intake.ring(); }
WakeUp& Pipeline::wake_up() { return impl_->io; }

void Pipeline::take_note(Applied& applied) {
  if (applied.kind == RecordKind::desk_created && applied.desk.value != 0) {
    CHECK(applied.desk.value == desks_.size() + 1);
    desks_.push_back({applied.desk_name, 0, EventRing(impl_->options.events_kept)});
  } else if (applied.kind == RecordKind::batch && applied.desk.value != 0) {
    DeskRecord& desk = desks_[applied.desk.value - 1U];
    desk.now_us = applied.ts.us;
    desk.events.append(applied.outcome.events);
  }
}

Pipeline::Answered Pipeline::next() {
  Impl& impl = *impl_;
  while (!impl.failed()) {
    if (Request* request = impl.archivist.finished()) return {request, {}};
    if (impl.query_waiting != nullptr) {
      if (!impl.archivist.submit_query(impl.query_waiting)) return {};
      impl.query_waiting = nullptr;
    }
    if (impl.current == nullptr) {
      impl.current = impl.to_io.pop();
      if (impl.current == nullptr) return {};
      impl.next_request = impl.next_reply = 0;
      impl.current_archived = impl.current->outcome.archived.empty();
      take_note(*impl.current);
    }
    Applied& current = *impl.current;
    if (!impl.current_archived) {
      if (!impl.archivist.submit_archive(current.desk, current.outcome.archived_first,
                                         current.outcome.archived))
        return {};
      impl.current_archived = true;
    }
    if (impl.next_request == current.requests.size()) {
      impl.current = nullptr;
      impl.pool.give_back(&current, impl.intake.bell());
      continue;
    }
    Request* request = current.requests[impl.next_request++];
    if (Archivist::concerns(*request)) {
      impl.query_waiting = request;
      continue;
    }
    std::span<const desk::Reply> replies;
    if (request->kind == RequestKind::commands && request->refusal == Refusal::none) {
      replies = std::span(current.outcome.replies).subspan(impl.next_reply, request->commands());
      impl.next_reply += replies.size();
    }
    return {request, replies};
  }
  return {};
}

std::optional<std::string> Pipeline::failure() const {
  if (impl_->writer && impl_->writer->failed()) return impl_->writer->reason();
  if (impl_->archivist.failed()) return impl_->archivist.reason();
  return {};
}

std::optional<std::string> Pipeline::finish() {
  Impl& impl = *impl_;
  if (impl.finished) return failure();
  impl.finished = true;
  if (impl.failed())
    impl.shard.abandon();
  else
    impl.shard.stop();
  // A batch the shard still makes (timers) needs room to go round in.
  while (!impl.shard.ended()) {
    while (next().request != nullptr) {
    }
    pollfd woken{impl.io.file(), POLLIN, 0};
    poll(&woken, 1, 1);
    impl.io.acknowledge();
  }
  impl.shard_thread.join();
  impl.writer->stop();
  impl.log_thread.join();
  impl.archivist.stop();
  impl.archivist_thread.join();
  if (auto reason = failure()) return reason;
  const LogRecord record{
      .kind = RecordKind::closed, .ts = impl.shard.last_ts(), .rules_version = desk::rules_version};
  if (impl.log.next_sequence() == 1) return {};  // nothing ever happened
  if (auto appended = impl.log.append(impl.log.next_sequence(), record); !appended)
    return appended.error().text;
  if (auto synced = impl.log.sync(); !synced) return synced.error().text;
  return {};
}

std::vector<std::pair<std::string, uint64_t>> Pipeline::figures() const {
  const Impl& impl = *impl_;
  std::vector<std::pair<std::string, uint64_t>> figures = {
      {"log_bytes", impl.writer->bytes()},
      {"log_records", impl.writer->records()},
      {"log_syncs", impl.writer->syncs()},
      {"log_sync_us", impl.writer->sync_us()},
      {"log_sync_us_max", impl.writer->sync_us_max()},
      {"log_records_not_durable", impl.writer->not_durable()},
      {"batches", impl.shard.batches()},
      {"clock_jumps", impl.shard.clock_jumps()},
      {"clock_waits", impl.shard.clock_waits() ? 1U : 0U},
      {"records_replayed", impl.replayed_records},
  };
  if (impl.recovered) {
    figures.emplace_back("recovered_down_from_us",
                         static_cast<uint64_t>(impl.recovered->down_from_us));
    figures.emplace_back("recovered_down_to_us", static_cast<uint64_t>(impl.recovered->down_to_us));
    figures.emplace_back("recovered_after_clean_end", impl.recovered->closed_cleanly);
  }
  return figures;
}

}  // namespace paceline::runtime
