#include "engine/runtime/pipeline.h"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <thread>

#include "engine/desk/desk.h"
#include "engine/runtime/archivist.h"
#include "engine/runtime/data_folder.h"
#include "engine/runtime/desk_directory.h"
#include "engine/runtime/disk.h"
#include "engine/runtime/fan_out.h"
#include "engine/runtime/file_log.h"
#include "engine/runtime/log_writer.h"
#include "engine/runtime/page_toucher.h"
#include "engine/runtime/recovery.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/shard.h"
#include "engine/runtime/snapshot_keeper.h"
#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/threads.h"
#include "engine/runtime/wake_up.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

/// A shard with what leads to it and back.
struct ShardLane {
  ShardLane(const PipelineOptions& options, uint32_t index, AppliedRing& to_log)
      : intake(1, options.requests_per_lane),
        pool(options.applied_max, index),
        shard({.clock_mode = options.clock_mode,
               .index = index,
               .count = options.shards,
               .decode_configuration = options.decode_configuration,
               .clock = options.clock,
               .max_jump = options.max_jump,
               .on_clock_jump = options.on_clock_jump,
               .note = options.note},
              intake, pool, to_log) {}

  Intake intake;
  AppliedPool pool;
  Shard shard;
  std::thread thread;
  bool has_news = false;  // since it was last woken
};

}  // namespace

struct Pipeline::Impl {
  Impl(PipelineOptions given, DataFolder locked)
      : options(std::move(given)),
        folder(std::move(locked)),
        log({.folder = folder.log(),
             .clock_mode = options.clock_mode,
             .segment_size = options.segment_size,
             .zeros = options.durability == Durability::sync,
             .direct = options.durability == Durability::sync,
             .disk = options.disk,
             .note = options.note}),
        to_log(options.applied_max, options.shards),
        to_io(options.applied_max * options.shards),
        archivist(folder.history(), options.disk, io),
        snapshots(folder.snapshots(), *options.disk),
        toucher(options.shards),
        directory(options.desks_max),
        fan_out(options.shards) {
    for (uint32_t i = 0; i < options.shards; ++i) lanes.emplace_back(options, i, to_log);
  }

  bool failed() const { return archivist.failed() || (writer && writer->failed()); }
  ShardLane& lane_of(sched::DeskNumber desk) {
    return desk.value == 0 ? lanes.front() : lanes[Shard::index_of(desk, options.shards)];
  }
  bool push(ShardLane& lane, Request* request) {
    if (!lane.intake.push(0, request)) return false;
    return lane.has_news = true;
  }
  bool submit_to_all(Request* request);
  bool submit_open_desk(Request* request);

  ReplicaOptions replica_options() const {
    return {.decode_frame = options.decode_frame,
            .decode_configuration = options.decode_configuration,
            .events_kept = options.events_kept};
  }
  sched::Expected<void, std::string> recover(Replica& replica);
  sched::Expected<void, std::string> note_recovery(Replica& replica);
  void start_threads();
  sched::Expected<void, std::string> close_log(sched::Instant last_ts);

  PipelineOptions options;
  DataFolder folder;
  FileLog log;
  WakeUp io;
  AppliedRing to_log;
  AppliedRing to_io;
  Archivist archivist;
  std::deque<ShardLane> lanes;  // where they are made they stay
  SnapshotFolder snapshots;
  std::optional<LogWriter> writer;
  PageToucher toucher;
  std::thread log_thread;
  std::thread archivist_thread;
  std::thread toucher_thread;

  // The I/O thread's.
  DeskDirectory directory;
  FanOut fan_out;
  Applied* current = nullptr;  // whose requests are being handed out
  bool current_archived = false;
  size_t next_request = 0;
  size_t next_reply = 0;
  Request* query_waiting = nullptr;  // for room at the archivist
  std::optional<SnapshotKeeper> keeper;
  uint64_t noted_sequence = 0;  // of the newest record whose events are in desks()
  RecoveryReport recovery;
  std::optional<Recovered> recovered;
  bool finished = false;
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Pipeline::~Pipeline() {
  if (!impl_->finished) finish();
}

// --------------------------------------------------------------------------------- beginning

sched::Expected<std::unique_ptr<Pipeline>, StartError> Pipeline::start(PipelineOptions options) {
  static WallClock real_clock;
  if (options.clock == nullptr) options.clock = &real_clock;
  if (options.disk == nullptr) options.disk = &real_disk();
  CHECK(options.shards > 0 && options.decode_frame != nullptr);
  auto locked = DataFolder::lock(options.data, *options.disk);
  if (!locked)
    return sched::Unexpected{
        StartError{locked.error().in_use, locked.error().forbidden, locked.error().text}};
  std::unique_ptr<Pipeline> pipeline(
      new Pipeline(std::make_unique<Impl>(std::move(options), std::move(locked.value()))));
  Impl& impl = *pipeline->impl_;
  impl.finished = true;  // no thread runs yet

  ReplicaOptions replica_options = impl.replica_options();
  replica_options.workers = impl.options.shards;
  replica_options.begin_archive = [&impl](sched::DeskNumber desk) {
    auto begun = impl.archivist.begin(desk);
    return begun ? std::string() : begun.error();
  };
  replica_options.archive = [&impl](sched::DeskNumber desk, const desk::ArchivedBatch& batch) {
    auto archived = impl.archivist.archive(desk, batch);
    return archived ? std::string() : archived.error();
  };
  Replica replica(std::move(replica_options));
  auto recovered = impl.recover(replica);
  if (recovered) recovered = impl.note_recovery(replica);
  if (!recovered) return sched::Unexpected{StartError{.text = recovered.error()}};

  for (auto& [number, known] : replica.desks()) {
    const sched::DeskNumber desk{number};
    impl.directory.add(desk, known.desk->name());
    pipeline->record(desk) = {known.desk->name(), known.desk->now().us, known.desk->event_hash(),
                              known.archived, std::move(known.events)};
    impl.lane_of(desk).shard.adopt(std::move(known.desk));
  }
  impl.noted_sequence = impl.log.position().sequence;
  impl.keeper.emplace(
      SnapshotterOptions{.log_folder = impl.folder.log(),
                         .clock_mode = impl.options.clock_mode,
                         .replica = impl.replica_options(),
                         .disk = impl.options.disk,
                         .clock = impl.options.clock},
      impl.snapshots, impl.archivist, impl.io,
      SnapshotKeeper::Hooks{.mark = [that = pipeline.get()] { return that->mark(); },
                            .trim = [&impl](uint64_t sequence) { impl.writer->trim(sequence); },
                            .note = impl.options.note});
  impl.finished = false;
  impl.start_threads();
  return pipeline;
}

sched::Expected<void, std::string> Pipeline::Impl::recover(Replica& replica) {
  auto report = Recovery(snapshots, log, archivist, options.clock_mode, options.note).run(replica);
  if (!report) return sched::Unexpected{report.error()};
  recovery = report.value();
  return {};
}

sched::Expected<void, std::string> Pipeline::Impl::note_recovery(Replica& replica) {
  if (log.next_sequence() == 1) return {};  // nothing ever happened
  const sched::Instant last_ts = replica.last_ts();
  const bool own_time = options.clock_mode == ClockMode::commands;
  recovered = Recovered{last_ts.us, own_time ? last_ts.us : options.clock->now().us,
                        static_cast<uint8_t>(replica.closed() ? 1 : 0)};
  const LogRecord record{.kind = RecordKind::recovered,
                         .ts = last_ts,
                         .rules_version = desk::rules_version,
                         .system = std::as_bytes(std::span(&*recovered, 1))};
  if (auto appended = log.append(log.next_sequence(), record); !appended)
    return sched::Unexpected{appended.error().text};
  if (auto synced = log.sync(); !synced) return sched::Unexpected{synced.error().text};
  replica.recovered(*recovered);
  return {};
}

void Pipeline::Impl::start_threads() {
  writer.emplace(LogWriterOptions{options.durability, options.sync_interval}, log, *options.clock,
                 to_log, to_io, io);
  archivist_thread = start_thread("archivist", [this] { archivist.run(); });
  log_thread = start_thread("log", [this] { writer->run(); });
  toucher_thread = start_thread("toucher", [this] { toucher.run(); });
  for (uint32_t i = 0; i < lanes.size(); ++i) {
    lanes[i].thread = start_thread("shard", [this, i] {
      sched::PageAhead::appoint(&toucher.of(i));
      lanes[i].shard.run();
    });
  }
  keeper->start(options.snapshots, recovery.tail_bytes);
  if (!options.pin_threads) return;
  Processors processors;
  processors.pin_next(pthread_self());
  for (ShardLane& lane : lanes) processors.pin_next(lane.thread.native_handle());
  processors.pin_next(log_thread.native_handle());
}

// ---------------------------------------------------------------------------------- requests

bool Pipeline::submit(Request* request) {
  Impl& impl = *impl_;
  if (request->kind == RequestKind::open_desk) return impl.submit_open_desk(request);
  if (request->kind == RequestKind::snapshot || request->kind == RequestKind::hold_log) {
    impl.keeper->submit(request);
    impl.io.ring();
    return true;
  }
  // The wall clock, which an advance confirms, is every shard's own concern.
  const bool concerns_all =
      request->kind == RequestKind::advance &&
      (request->desk.value == 0 || impl.options.clock_mode == ClockMode::wall);
  if (concerns_all && impl.options.shards > 1) return impl.submit_to_all(request);
  return impl.push(impl.lane_of(request->desk), request);
}

bool Pipeline::Impl::submit_open_desk(Request* request) {
  // One lane for all of them: a desk is opened after it has been created.
  request->lane = Lane::interactive;
  directory.look_up(*request);
  if (push(lane_of(request->desk), request)) {
    if (request->open_desk->created) directory.add(request->desk, request->open_desk->name);
    return true;
  }
  request->open_desk->created = false;
  request->refusal = Refusal::none;
  return false;
}

bool Pipeline::Impl::submit_to_all(Request* request) {
  for (const ShardLane& lane : lanes)
    if (!lane.intake.has_room(0, request->lane)) return false;
  std::span<Request> parts = fan_out.split(*request);
  for (size_t i = 0; i < parts.size(); ++i) CHECK(push(lanes[i], &parts[i]));
  return true;
}

void Pipeline::wake_shards() {
  for (ShardLane& lane : impl_->lanes)
    if (std::exchange(lane.has_news, false)) lane.intake.ring();
}

void Pipeline::tick() {
  if (impl_->keeper->due()) impl_->io.ring();
}

void Pipeline::release_log(uint64_t connection) {
  impl_->keeper->release(connection);
  impl_->io.ring();
}

WakeUp& Pipeline::wake_up() { return impl_->io; }
const std::string& Pipeline::data_folder() const { return impl_->folder.path(); }

DeskRecord* Pipeline::find(sched::DeskNumber desk) {
  if (desk.value == 0 || desk.value > desks_.size()) return nullptr;
  DeskRecord& record = desks_[desk.value - 1U];
  return record.exists() ? &record : nullptr;
}

// ----------------------------------------------------------------------------------- answers

namespace {
/// What its record takes of the log, about.
uint64_t logged_size(const Applied& applied) {
  uint64_t bytes = sizeof(RecordHeader) + applied.system.size();
  for (const Request* request : applied.requests)
    if (request->kind == RequestKind::commands)
      bytes += sizeof(LoggedFrameHeader) + request->payload.size();
  return bytes;
}
}  // namespace

std::unique_ptr<SnapshotMark> Pipeline::mark() const {
  auto mark = std::make_unique<SnapshotMark>();
  mark->sequence = impl_->noted_sequence;
  for (size_t i = 0; i < desks_.size(); ++i)
    if (desks_[i].exists())
      mark->desks.push_back({{static_cast<uint16_t>(i + 1)},
                             desks_[i].event_hash,
                             desks_[i].events.last(),
                             desks_[i].archived});
  return mark;
}

DeskRecord& Pipeline::record(sched::DeskNumber desk) {
  CHECK(desk.value != 0);
  while (desks_.size() < desk.value)
    desks_.push_back({{}, 0, 0, 0, EventRing(impl_->options.events_kept)});
  return desks_[desk.value - 1U];
}

void Pipeline::take_note(const Applied& applied) {
  if (!applied.logged) return;
  ++impl_->noted_sequence;
  impl_->keeper->logged(logged_size(applied));
  if (applied.kind == RecordKind::desk_created) {
    record(applied.desk).name = applied.desk_name;
  } else if (applied.kind == RecordKind::batch) {
    DeskRecord& desk = record(applied.desk);
    desk.now_us = applied.ts.us;
    desk.event_hash = applied.event_hash;
    desk.events.append(applied.outcome.events);
    if (!applied.outcome.archived.empty()) desk.archived = applied.outcome.archived.last();
  }
}

Pipeline::Answered Pipeline::next() {
  Impl& impl = *impl_;
  while (!impl.failed()) {
    if (Request* request = impl.keeper->finished()) return {request, {}};
    if (Request* request = impl.archivist.finished()) return {request, {}};
    if (impl.query_waiting != nullptr) {
      if (!impl.archivist.submit_query(impl.query_waiting)) return {};
      impl.query_waiting = nullptr;
    }
    if (impl.current == nullptr) {
      impl.keeper->poll();
      if (Request* request = impl.keeper->finished()) return {request, {}};
      impl.current = impl.to_io.pop();
      if (impl.current == nullptr) return {};
      impl.next_request = impl.next_reply = 0;
      impl.current_archived = impl.current->outcome.archived.empty();
      take_note(*impl.current);
    }
    Applied& current = *impl.current;
    if (!impl.current_archived) {
      if (!impl.archivist.submit_archive(current.desk, current.outcome.archived)) return {};
      impl.current_archived = true;
    }
    if (impl.next_request == current.requests.size()) {
      impl.current = nullptr;
      ShardLane& lane = impl.lanes[current.shard];
      lane.pool.give_back(&current, lane.intake.bell());
      continue;
    }
    Request* request = current.requests[impl.next_request++];
    if (request->part_of != nullptr) {
      Request* whole = impl.fan_out.join(*request);
      if (whole == nullptr) continue;
      return {whole, {}};
    }
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

void Pipeline::begin_to_end() {
  impl_->keeper->give_up();
  impl_->io.ring();
}

std::optional<std::string> Pipeline::failure() const {
  if (impl_->writer && impl_->writer->failed()) return impl_->writer->reason();
  if (impl_->archivist.failed()) return impl_->archivist.reason();
  return {};
}

// --------------------------------------------------------------------------------------- end

std::optional<std::string> Pipeline::finish() {
  Impl& impl = *impl_;
  if (impl.finished) return failure();
  impl.finished = true;
  for (ShardLane& lane : impl.lanes) {
    if (impl.failed())
      lane.shard.abandon();
    else
      lane.shard.stop();
  }
  // A batch a shard still makes (timers) needs room to go round in.
  const auto all_ended = [&impl] {
    return std::all_of(impl.lanes.begin(), impl.lanes.end(),
                       [](const ShardLane& lane) { return lane.shard.ended(); });
  };
  while (!all_ended()) {
    while (next().request != nullptr) {
    }
    if (impl.failed())
      for (ShardLane& lane : impl.lanes) lane.shard.abandon();
    pollfd woken{impl.io.file(), POLLIN, 0};
    poll(&woken, 1, 1);
    impl.io.acknowledge();
  }
  sched::Instant last_ts;
  for (ShardLane& lane : impl.lanes) {
    lane.thread.join();
    last_ts = std::max(last_ts, lane.shard.last_ts());
  }
  impl.toucher.stop();
  impl.toucher_thread.join();
  impl.writer->stop();
  impl.log_thread.join();
  impl.keeper->end();
  impl.archivist.stop();
  impl.archivist_thread.join();
  if (auto reason = failure()) return reason;
  if (impl.log.next_sequence() == 1) return {};  // nothing ever happened
  if (auto closed = impl.close_log(last_ts); !closed) return closed.error();
  return impl.options.snapshot_on_exit ? take_last_snapshot() : std::nullopt;
}

sched::Expected<void, std::string> Pipeline::Impl::close_log(sched::Instant last_ts) {
  const LogRecord record{
      .kind = RecordKind::closed, .ts = last_ts, .rules_version = desk::rules_version};
  if (auto appended = log.append(log.next_sequence(), record); !appended)
    return sched::Unexpected{appended.error().text};
  if (auto synced = log.sync(); !synced) return sched::Unexpected{synced.error().text};
  return {};
}

/// The desks stand still: they are written down themselves.
std::optional<std::string> Pipeline::take_last_snapshot() {
  Impl& impl = *impl_;
  SnapshotInfo info{.position = impl.log.position(),
                    .epoch = impl.log.epoch(),
                    .rules_version = desk::rules_version,
                    .clock_mode = impl.options.clock_mode,
                    .closed = true,
                    .last_ts = {},
                    .taken_at_us = 0,
                    .desks = {}};
  std::vector<SnapshotState> states;
  for (ShardLane& lane : impl.lanes) {
    for (desk::Desk* desk : lane.shard.desks()) {
      DeskRecord& known = record(desk->number());
      info.desks.push_back(describe(*desk, known.archived));
      info.last_ts = std::max(info.last_ts, desk->now());
      states.push_back({desk, &known.events});
    }
  }
  SnapshotReport report;
  SnapshotMaker maker(impl.snapshots, *impl.options.disk, *impl.options.clock, {});
  auto made = maker.write(std::move(info), states, report);
  for (ShardLane& lane : impl.lanes) lane.shard.drop_desks();
  if (made) made = maker.verify_and_publish(impl.replica_options(), report);
  if (!made) return made.error();
  auto oldest = impl.snapshots.tidy(Snapshotter::kept);
  if (!oldest) return oldest.error();
  if (oldest.value() != 0) {
    if (auto trimmed = impl.log.trim(oldest.value() + 1); !trimmed) return trimmed.error().text;
  }
  return {};
}

std::vector<std::pair<std::string, uint64_t>> Pipeline::figures() const {
  const Impl& impl = *impl_;
  uint64_t batches = 0, clock_jumps = 0;
  bool clock_waits = false;
  for (const ShardLane& lane : impl.lanes) {
    batches += lane.shard.batches();
    // Each shard looks at the clock by itself, and notices the same jumps.
    clock_jumps = std::max(clock_jumps, lane.shard.clock_jumps());
    clock_waits = clock_waits || lane.shard.clock_waits();
  }
  std::vector<std::pair<std::string, uint64_t>> figures = {
      {"shards", impl.lanes.size()},
      {"log_bytes", impl.writer->bytes()},
      {"log_records", impl.writer->records()},
      {"log_syncs", impl.writer->syncs()},
      {"log_sync_us", impl.writer->sync_us()},
      {"log_sync_us_max", impl.writer->sync_us_max()},
      {"log_records_not_durable", impl.writer->not_durable()},
      {"batches", batches},
      {"clock_jumps", clock_jumps},
      {"clock_waits", clock_waits ? 1U : 0U},
      {"records_replayed", impl.recovery.records},
      {"recovery_snapshot_us", static_cast<uint64_t>(impl.recovery.snapshot_us)},
      {"recovery_replay_us", static_cast<uint64_t>(impl.recovery.replay_us)},
  };
  impl.keeper->add_figures(figures);
  if (impl.lanes.size() > 1)
    for (size_t i = 0; i < impl.lanes.size(); ++i)
      figures.emplace_back("shard_" + std::to_string(i + 1) + "_batches",
                           impl.lanes[i].shard.batches());
  if (impl.recovered) {
    figures.emplace_back("recovered_down_from_us",
                         static_cast<uint64_t>(impl.recovered->down_from_us));
    figures.emplace_back("recovered_down_to_us", static_cast<uint64_t>(impl.recovered->down_to_us));
    figures.emplace_back("recovered_after_clean_end", impl.recovered->closed_cleanly);
  }
  return figures;
}

}  // namespace paceline::runtime
