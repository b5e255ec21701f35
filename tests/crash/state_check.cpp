#include "tests/crash/state_check.h"

#include <algorithm>

#include "engine/runtime/disk.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_folder.h"
#include "engine/runtime/snapshot_load.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace paceline::crash {

namespace {

using runtime::Replica;

sched::Expected<desk::CommandFrame, std::string> decode_frame(std::span<const std::byte> payload) {
  auto frame = wire::decode_commands(payload);
  if (!frame) return sched::Unexpected{frame.error().text};
  return frame.value();
}

Replica new_replica() {
  return Replica(
      {.decode_frame = decode_frame, .decode_configuration = wire::decode_configuration});
}

sched::Expected<DeskState, std::string> state_by(const std::string& way, Replica& replica,
                                                 const std::string& log, runtime::LogPosition from,
                                                 int64_t now_us) {
  const runtime::LogReader reader({.folder = log});
  const auto visit = [&](uint64_t, const runtime::LogRecord& record) -> std::string {
    const bool later = record.kind == runtime::RecordKind::batch && record.ts.us > now_us;
    return later ? std::string() : replica.replay(record);
  };
  const auto end = reader.read(from, 0, visit, nullptr);
  if (!end) return sched::Unexpected{way + ": " + end.error().text};
  if (std::string problem = replica.settle(); !problem.empty())
    return sched::Unexpected{way + ": " + problem};
  for (auto& [number, desk] : replica.desks()) {
    if (desk.desk->name() == "main")
      return DeskState{way, desk.desk->digest(), desk.desk->event_hash()};
  }
  return sched::Unexpected{way + ": there is no desk \"main\""};
}

bool later_than(int64_t now_us, const runtime::SnapshotInfo& info) {
  return std::any_of(info.desks.begin(), info.desks.end(), [now_us](const auto& desk) {
    return desk.name == "main" && desk.now_us > now_us;
  });
}

}  // namespace

sched::Expected<std::vector<DeskState>, std::string> states_of(const std::string& data,
                                                               int64_t now_us) {
  const std::string log = data + "/log";
  std::vector<DeskState> states;
  const auto add = [&](sched::Expected<DeskState, std::string> state) -> std::string {
    if (!state) return state.error();
    states.push_back(std::move(*state));
    return {};
  };
  const auto oldest = runtime::LogReader({.folder = log}).oldest();
  if (!oldest) return sched::Unexpected{oldest.error().text};
  if (oldest->sequence == 0) {
    Replica replica = new_replica();
    if (auto problem = add(state_by(whole_log, replica, log, {}, now_us)); !problem.empty())
      return sched::Unexpected{problem};
  }
  const auto snapshots = runtime::SnapshotFolder(data + "/snapshots", runtime::real_disk()).list();
  if (!snapshots) return sched::Unexpected{snapshots.error()};
  for (const runtime::SnapshotEntry& entry : *snapshots) {
    const auto file = runtime::SnapshotFile::open(entry.path);
    if (!file) return sched::Unexpected{file.error()};
    if (later_than(now_us, file->info())) continue;
    Replica replica = new_replica();
    if (auto loaded = runtime::load_snapshot(*file, replica, runtime::Loading::alone,
                                             runtime::Checking::digest);
        !loaded)
      return sched::Unexpected{loaded.error()};
    if (auto problem = add(state_by(entry.path, replica, log, file->info().position, now_us));
        !problem.empty())
      return sched::Unexpected{problem};
  }
  if (states.empty())
    return sched::Unexpected{data + ": neither a whole log nor a snapshot that is old enough"};
  return states;
}

}  // namespace paceline::crash
