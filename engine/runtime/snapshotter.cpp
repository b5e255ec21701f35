#include "engine/runtime/snapshotter.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "engine/runtime/disk.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/log_segment.h"
#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/threads.h"
#include "engine/runtime/wall_clock.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

const char* const ends = "snapshot: given up, the server ends";
const char* const overtaken = "snapshot: begun again, the next is due already";
constexpr int urgent_nice = 10;

/// Of the thread that calls. Where that is not permitted it is no error.
void give_way(bool urgent) {
  const sched_param none{};
  if (urgent)
    (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), urgent_nice);
  else
    (void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
  constexpr int which_process = 1, class_best_effort = 2, class_idle = 3, class_shift = 13;
  const int priority = urgent ? class_best_effort << class_shift | 7 : class_idle << class_shift;
  (void)syscall(SYS_ioprio_set, which_process, 0, priority);
}

}  // namespace

Snapshotter::Snapshotter(SnapshotterOptions options, SnapshotFolder folder, WakeUp& io)
    : options_(std::move(options)), folder_(std::move(folder)), io_(io) {
  CHECK(options_.disk != nullptr && options_.clock != nullptr && options_.replica.workers == 0);
}

Snapshotter::~Snapshotter() {
  delete mark_.load();
  delete done_.load();
}

void Snapshotter::take(std::unique_ptr<SnapshotMark> mark) {
  CHECK(mark_.exchange(mark.release(), std::memory_order_acq_rel) == nullptr);
  bell_.ring();
}

void Snapshotter::hurry() { hurry_.store(true, std::memory_order_release); }

void Snapshotter::tidy() {
  tidy_wanted_.store(true, std::memory_order_release);
  bell_.ring();
}

std::unique_ptr<Snapshotter::Done> Snapshotter::done() {
  return std::unique_ptr<Done>(done_.exchange(nullptr, std::memory_order_acq_rel));
}

void Snapshotter::stop() {
  stopping_.store(true, std::memory_order_release);
  bell_.ring();
}

std::string Snapshotter::step(SnapshotStage stage, uint64_t done, uint64_t total) {
  stage_.store(stage, std::memory_order_relaxed);
  progress_done_.store(done, std::memory_order_relaxed);
  progress_total_.store(total, std::memory_order_relaxed);
  if (stopping_.load(std::memory_order_acquire)) return ends;
  if (urgent_ || !hurry_.load(std::memory_order_acquire)) return "";
  overtaken_ = true;
  return overtaken;
}

void Snapshotter::run() {
  while (!stopping_.load(std::memory_order_acquire)) {
    auto done = std::make_unique<Done>();
    const std::unique_ptr<SnapshotMark> mark(mark_.exchange(nullptr, std::memory_order_acq_rel));
    if (mark != nullptr) {
      done = take(*mark);
    } else if (tidy_wanted_.exchange(false, std::memory_order_acq_rel)) {
      done->tidied = true;
      auto oldest = folder_.tidy(kept);
      if (!oldest) done->failure = oldest.error();
      if (oldest && oldest.value() != 0) done->trim_to = oldest.value() + 1;
    } else {
      bell_.wait();
      continue;
    }
    (void)step(SnapshotStage::idle, 0, 0);
    delete done_.exchange(done.release(), std::memory_order_acq_rel);
    io_.ring();
  }
}

/// Scheduling that was once given up is not given back: each attempt has a thread of its own.
std::unique_ptr<Snapshotter::Done> Snapshotter::take(const SnapshotMark& mark) {
  std::unique_ptr<Done> done;
  const auto attempt = [&](bool urgent) {
    done = std::make_unique<Done>();
    urgent_ = urgent;
    start_thread("snapshot-take", [&, urgent] {
      give_way(urgent);
      take(mark, *done);
    }).join();
  };
  hurry_.store(false, std::memory_order_relaxed);
  overtaken_ = false;
  attempt(mark.urgent);
  if (overtaken_) attempt(true);
  return done;
}

void Snapshotter::take(const SnapshotMark& mark, Done& done) {
  const int64_t begun_us = options_.clock->monotonic_us();
  SnapshotMaker maker(
      folder_, *options_.disk, *options_.clock,
      [this](SnapshotStage stage, uint64_t at, uint64_t total) { return step(stage, at, total); });
  const auto make = [&]() -> sched::Expected<void, std::string> {
    Replica replica(options_.replica);
    SnapshotInfo info;
    if (auto rebuilt = rebuild(mark, replica, info); !rebuilt) return rebuilt;
    done.report.replay_us = options_.clock->monotonic_us() - begun_us;
    if (std::string difference_found = difference(mark, replica); !difference_found.empty()) {
      done.diverged = true;
      return sched::Unexpected{difference_found};
    }
    std::vector<SnapshotState> states;
    for (auto& [number, known] : replica.desks()) {
      info.desks.push_back(describe(*known.desk, known.archived));
      states.push_back({known.desk.get(), &known.events});
    }
    if (auto synced = sync_log(); !synced) return synced;
    return maker.write(std::move(info), states, done.report);
  };
  auto made = make();  // and the replica is gone
  if (made) made = maker.verify_and_publish(options_.replica, done.report);
  if (made) return;
  done.failure = made.error();
  done.stopped = stopping_.load(std::memory_order_acquire);
}

sched::Expected<void, std::string> Snapshotter::rebuild(const SnapshotMark& mark, Replica& replica,
                                                        SnapshotInfo& info) {
  auto from = begin_with_newest(mark.sequence, replica, info);
  if (!from) return sched::Unexpected{from.error()};
  uint64_t read = 0, total = 0;
  const auto visit = [&](uint64_t, const LogRecord& record) {
    std::string stop = step(SnapshotStage::replay, read, total);
    return stop.empty() ? replica.replay(record) : stop;
  };
  const auto progress = [&](uint64_t done_bytes, uint64_t total_bytes) {
    read = done_bytes;
    total = total_bytes;
  };
  const LogReader reader({.folder = options_.log_folder, .clock_mode = options_.clock_mode});
  const auto end = reader.read(from.value(), mark.sequence, visit, progress);
  if (!end) return sched::Unexpected{end.error().text};
  info.position = end->position;
  info.epoch = std::max(info.epoch, end->epoch);
  info.rules_version = desk::rules_version;
  info.clock_mode = options_.clock_mode;
  info.closed = replica.closed();
  info.last_ts = replica.last_ts();
  info.desks.clear();
  return {};
}

/// A damaged one is left where it is, and an older one begun with: at worst the log says that it
/// does not go back that far.
sched::Expected<LogPosition, std::string> Snapshotter::begin_with_newest(uint64_t before,
                                                                         Replica& replica,
                                                                         SnapshotInfo& info) {
  const auto listed = folder_.list();
  if (!listed) return sched::Unexpected{listed.error()};
  for (const SnapshotEntry& entry : listed.value()) {
    if (entry.sequence > before) continue;
    if (std::string stop = step(SnapshotStage::replay, 0, 0); !stop.empty())
      return sched::Unexpected{stop};
    const auto file = SnapshotFile::open(entry.path);
    if (!file || !load_snapshot(*file, replica, Loading::alone, Checking::events)) continue;
    info = file->info();
    return info.position;
  }
  return LogPosition{};
}

std::string Snapshotter::difference(const SnapshotMark& mark, Replica& replica) const {
  const auto differs = [&](const std::string& what) {
    return "snapshot: refused: replaying the log up to record " + std::to_string(mark.sequence) +
           " gives " + what +
           " than the running desks had. Keep the data folder and report this: the log holds every "
           "command, but this program does not give the same for the same commands";
  };
  if (replica.desks().size() != mark.desks.size()) return differs("other desks");
  for (const MarkedDesk& marked : mark.desks) {
    const auto found = replica.desks().find(marked.number.value);
    if (found == replica.desks().end()) return differs("other desks");
    const ReplicaDesk& known = found->second;
    if (known.desk->event_hash() != marked.event_hash ||
        known.desk->last_event() != marked.last_event || known.archived != marked.archived)
      return differs("other events of desk \"" + known.desk->name() + "\"");
  }
  return {};
}

/// Without `durability sync` the log may be behind what was answered, and must not be behind a
/// snapshot.
sched::Expected<void, std::string> Snapshotter::sync_log() {
  const auto segments = list_segments(options_.log_folder);
  if (!segments) return sched::Unexpected{segments.error().text};
  for (const SegmentFile& segment : segments.value()) {
    const int file = options_.disk->open(segment.path, O_RDONLY);
    if (file == -ENOENT) continue;  // trimmed meanwhile
    int error = file;
    if (file >= 0) {
      error = options_.disk->sync(file);
      options_.disk->close(file);
    }
    if (error < 0)
      return sched::Unexpected{"snapshot: cannot sync " + segment.path + ": " +
                               std::strerror(-error)};
  }
  return {};
}

}  // namespace paceline::runtime
