#include "engine/runtime/recovery.h"

#include "engine/runtime/log_record.h"
#include "engine/runtime/log_segment.h"
#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

void Recovery::tell(const std::string& line) const {
  if (note_) note_(line);
}

sched::Expected<RecoveryReport, std::string> Recovery::run(Replica& replica) {
  const WallClock watch;
  RecoveryReport report;
  const int64_t begun_us = watch.monotonic_us();
  folder_.drop_unfinished();
  const auto from = load_newest(replica);
  if (!from) return sched::Unexpected{from.error()};
  report.snapshot_sequence = from.value().sequence;
  report.snapshot_us = watch.monotonic_us() - begun_us;
  const auto visit = [&](uint64_t, const LogRecord& record) {
    report.tail_bytes += record_size(record);
    return replica.replay(record);
  };
  const auto progress = [&](uint64_t done, uint64_t total) {
    if (total > 0)
      tell("recovery: " + std::to_string(done / 1'048'576) + " of " +
           std::to_string(total / 1'048'576) + " MiB replayed");
  };
  if (auto replayed = log_.replay(from.value(), visit, progress); !replayed) {
    const std::string& why = replayed.error().text;
    return sched::Unexpected{passed_over_.empty() ? why : passed_over_ + ". Without it: " + why};
  }
  if (std::string failure = replica.settle(); !failure.empty()) return sched::Unexpected{failure};
  for (const auto& [number, known] : replica.desks())
    if (auto cut = archivist_.cut({number}, known.archived); !cut)
      return sched::Unexpected{cut.error()};
  report.records = replica.records();
  report.replay_us = watch.monotonic_us() - begun_us - report.snapshot_us;
  return report;
}

sched::Expected<LogPosition, std::string> Recovery::load_newest(Replica& replica) {
  const auto listed = folder_.list();
  if (!listed) return sched::Unexpected{listed.error()};
  for (const SnapshotEntry& entry : listed.value()) {
    auto loaded = load(entry, replica);
    if (loaded) return loaded;
    pass_over(entry, loaded.error());
  }
  return LogPosition{};
}

void Recovery::pass_over(const SnapshotEntry& entry, const std::string& why) {
  if (passed_over_.empty()) passed_over_ = why;
  std::string line = "recovery: " + why;
  if (SnapshotFile::says_damaged(why)) line += "; it is set aside as " + folder_.set_aside(entry);
  tell(line + "; going back to the snapshot before it, or the beginning of the log");
}

sched::Expected<LogPosition, std::string> Recovery::load(const SnapshotEntry& entry,
                                                         Replica& replica) {
  const auto file = SnapshotFile::open(entry.path);
  if (!file) return sched::Unexpected{file.error()};
  const SnapshotInfo& info = file->info();
  if (info.clock_mode != clock_mode_)
    return sched::Unexpected{"snapshot: " + entry.path + " was taken with --clock " +
                             std::string(name(info.clock_mode)) +
                             " and cannot be continued with --clock " +
                             std::string(name(clock_mode_)) +
                             ": start with the same clock, or with another --data folder"};
  if (auto begun = begin_histories(*file); !begun) return sched::Unexpected{begun.error()};
  if (auto loaded = load_snapshot(*file, replica, Loading::parallel, Checking::events); !loaded)
    return sched::Unexpected{loaded.error()};
  tell("recovery: " + std::to_string(info.desks.size()) + " desks from " + entry.path + " (" +
       std::to_string(file->size() / 1'048'576) + " MiB)");
  return info.position;
}

sched::Expected<void, std::string> Recovery::begin_histories(const SnapshotFile& file) {
  for (const SnapshotDesk& desk : file.info().desks) {
    if (auto begun = archivist_.begin(desk.number); !begun) return begun;
    if (const uint64_t count = archivist_.count(desk.number); count < desk.archived)
      return sched::Unexpected{
          "snapshot: " + file.path() + " counts on " + std::to_string(desk.archived) +
          " closed tickets of desk \"" + desk.name + "\", but the history file holds only " +
          std::to_string(count) + " whole ones (desk-" + std::to_string(desk.number.value) +
          ".history is missing or damaged)"};
  }
  return {};
}

}  // namespace paceline::runtime
