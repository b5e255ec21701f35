#include "engine/runtime/snapshot_load.h"

#include <oneapi/tbb/parallel_for.h>

#include <optional>

namespace paceline::runtime {

namespace {

struct Loaded {
  std::unique_ptr<desk::Desk> desk;
  std::optional<EventRing> events;
  std::string failure;
};

void load_one(const SnapshotFile& file, const SnapshotDesk& described,
              const ReplicaOptions& options, Loading loading, Checking checking, Loaded& out) {
  out.desk = std::make_unique<desk::Desk>(described.number, described.name, described.limits,
                                          options.decode_configuration);
  out.events.emplace(options.events_kept);
  const auto loaded = file.load(described.number, loading, [&](sched::Archive& archive) {
    persist_desk(archive, *out.desk, *out.events);
  });
  if (!loaded) {
    out.failure = loaded.error();
    return;
  }
  SnapshotDesk found = describe(*out.desk, described.archived);
  found.digest = checking == Checking::digest ? out.desk->digest() : described.digest;
  if (found == described && out.events->last() == described.last_event) return;
  out.failure = "snapshot: " + file.path() + ": desk \"" + described.name +
                "\" is not what it was when the snapshot was taken";
}

}  // namespace

void persist_desk(sched::Archive& archive, desk::Desk& desk, EventRing& events) {
  events.persist(archive);
  desk.persist(archive);
}

SnapshotDesk describe(const desk::Desk& desk, uint64_t archived) {
  return {.number = desk.number(),
          .name = desk.name(),
          .limits = desk.limits(),
          .now_us = desk.now().us,
          .event_hash = desk.event_hash(),
          .last_event = desk.last_event(),
          .archived = archived,
          .digest = 0};
}

sched::Expected<void, std::string> load_snapshot(const SnapshotFile& file, Replica& replica,
                                                 Loading loading, Checking checking) {
  const std::vector<SnapshotDesk>& described = file.info().desks;
  std::vector<Loaded> loaded(described.size());
  const auto load = [&](size_t i) {
    load_one(file, described[i], replica.options(), loading, checking, loaded[i]);
  };
  if (loading == Loading::parallel) {
    tbb::parallel_for(size_t{0}, described.size(), load);
  } else {
    for (size_t i = 0; i < described.size(); ++i) load(i);
  }
  for (const Loaded& desk : loaded)
    if (!desk.failure.empty()) return sched::Unexpected{desk.failure};
  for (size_t i = 0; i < described.size(); ++i) {
    ReplicaDesk& known = replica.add(std::move(loaded[i].desk));
    known.events = std::move(*loaded[i].events);
    known.archived = described[i].archived;
  }
  replica.begin_after(file.info().last_ts, file.info().closed);
  return {};
}

}  // namespace paceline::runtime
