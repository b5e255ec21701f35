#include "engine/runtime/snapshot_maker.h"

#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/snapshot_writer.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::runtime {

sched::Expected<void, std::string> SnapshotMaker::write(SnapshotInfo info,
                                                        const std::vector<SnapshotState>& states,
                                                        SnapshotReport& report) {
  const int64_t begun_us = clock_.monotonic_us();
  info.taken_at_us = clock_.now().us;
  for (size_t i = 0; i < states.size(); ++i) info.desks[i].digest = states[i].desk->digest();
  report.sequence = info.position.sequence;
  report.path = folder_.path_of(report.sequence);
  SnapshotWriter writer(folder_.unfinished_path_of(report.sequence), disk_, [this](uint64_t raw) {
    return progress_ ? progress_(SnapshotStage::write, raw, 0) : std::string();
  });
  writer.begin(info);
  for (const SnapshotState& state : states)
    writer.write(state.desk->number(), [&state](sched::Archive& archive) {
      persist_desk(archive, *state.desk, *state.events);
    });
  const auto written = writer.finish();
  report.write_us = clock_.monotonic_us() - begun_us;
  report.raw_bytes = writer.raw_bytes();
  if (!written) {
    folder_.drop(report.sequence);
    return sched::Unexpected{written.error()};
  }
  report.bytes = written.value();
  return {};
}

sched::Expected<void, std::string> SnapshotMaker::verify_and_publish(const ReplicaOptions& options,
                                                                     SnapshotReport& report) {
  const int64_t begun_us = clock_.monotonic_us();
  const auto verify = [&]() -> sched::Expected<void, std::string> {
    if (progress_) {
      if (std::string stop = progress_(SnapshotStage::verify, 0, report.raw_bytes); !stop.empty())
        return sched::Unexpected{stop};
    }
    auto file = SnapshotFile::open(folder_.unfinished_path_of(report.sequence));
    if (!file) return sched::Unexpected{file.error()};
    Replica again(options);
    return load_snapshot(*file, again, Loading::alone, Checking::digest);
  };
  auto done = verify();
  if (done) done = folder_.publish(report.sequence);
  report.verify_us = clock_.monotonic_us() - begun_us;
  if (!done) folder_.drop(report.sequence);
  return done;
}

}  // namespace paceline::runtime
