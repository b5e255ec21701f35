// A snapshot of one desk: written, and loaded into a new desk on one thread and on all processors,
// for several levels of compression. Tickets wait, each with a 200-byte body and two clocks.
//
//   build/release/bench/snapshot_bench                                  10 k tickets
//   PACELINE_BENCH_FULL=1 build/release/bench/snapshot_bench            1 M
//
// The file lies in the page cache, as after a server was killed; `level` is zstd's.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/disk.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_load.h"
#include "engine/runtime/snapshot_writer.h"
#include "sched/base/check.h"
#include "sched/base/hash_index.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"

namespace paceline {
namespace {

int64_t tickets() { return std::getenv("PACELINE_BENCH_FULL") != nullptr ? 1'000'000 : 10'000; }

desk::Configuration configuration() {
  desk::Configuration configuration;
  sched::CalendarSpec weekdays;
  weekdays.name = "weekdays";
  for (uint8_t weekday = 0; weekday < 5; ++weekday)
    weekdays.week.push_back({weekday, 9 * 3'600, 17 * 3'600});
  configuration.calendars = {weekdays};
  for (const desk::ClockKind clock : {desk::ClockKind::response, desk::ClockKind::resolution}) {
    desk::PolicyDefinition policy;
    policy.name = std::string(name(clock));
    policy.clock = clock;
    policy.target.us = (sched::hour * 8).us;
    policy.calendar = "weekdays";
    configuration.policies.push_back(policy);
  }
  desk::QueueDefinition queue;
  queue.name = queue.group = "work";
  configuration.queues = {queue};
  configuration.routes = {{"all", "kind == incident", "work"}};
  return configuration;
}

/// Words of a small vocabulary, as people write: neither noise nor a constant.
std::string body_of(uint64_t seed) {
  static constexpr const char* words[] = {"printer", "does", "not",   "answer", "since", "monday",
                                          "the",     "vpn",  "drops", "after",  "ten",   "minutes",
                                          "please",  "call", "me",    "back"};
  std::string body;
  while (body.size() < 200) {
    seed = sched::mix(seed + 1);
    body += words[seed % std::size(words)];
    body += seed % 5 == 0 ? std::to_string(seed % 10'000) + " " : " ";
  }
  body.resize(200);
  return body;
}

std::unique_ptr<desk::Desk> filled_desk() {
  auto desk = std::make_unique<desk::Desk>(sched::DeskNumber{1}, "bench", desk::Limits{},
                                           &wire::decode_configuration);
  wire::CommandWriter writer;
  desk::Outcome outcome;
  std::vector<uint64_t> aligned;
  uint64_t number = 1;
  int64_t now_us = 1'767'600'000'000'000;
  const auto send = [&] {
    const auto bytes = writer.finish(desk->number(), number);
    number += writer.size();
    const auto payload = bytes->subspan(wire::frame_header_size);
    aligned.resize((payload.size() + 7) / 8);
    std::memcpy(aligned.data(), payload.data(), payload.size());
    auto frame =
        wire::decode_commands({reinterpret_cast<const std::byte*>(aligned.data()), payload.size()});
    frame->session = desk::SessionId{1};
    frame->roles = 3;
    outcome.clear();
    desk->apply({sched::Instant{now_us += 200}, {&*frame, 1}}, outcome);
    writer.clear();
  };
  const wire::Bytes document = wire::encode_configuration(configuration());
  writer.config_begin(static_cast<uint32_t>(document.size()));
  writer.config_chunk(document);
  writer.config_commit(wire::hash_document(document));
  send();
  for (int64_t i = 0; i < tickets();) {
    for (int64_t n = 0; n < 500 && i < tickets(); ++n, ++i) {
      const std::string id = "INC" + std::to_string(i), body = body_of(static_cast<uint64_t>(i));
      const uint64_t dice = sched::mix(static_cast<uint64_t>(i));
      writer.open({.external_id = id,
                   .category = "network",
                   .requester = "requester",
                   .body = body,
                   .impact = static_cast<sched::Impact>(1 + dice % 3),
                   .urgency = static_cast<sched::Urgency>(1 + (dice >> 8) % 3)});
    }
    send();
  }
  return desk;
}

/// Made once; every level's file is written when it is first wanted.
struct Place {
  Place() {
    char name[] = "/tmp/paceline-snapshot-bench-XXXXXX";
    CHECK(mkdtemp(name) != nullptr);
    folder = name;
  }
  ~Place() { std::filesystem::remove_all(folder); }

  std::string write(int level) {
    const std::string path = folder + "/" + std::to_string(level) + ".snapshot";
    runtime::SnapshotInfo info;
    info.position = {1, 1};
    info.desks = {runtime::describe(*desk, 0)};
    runtime::SnapshotWriter writer(path, runtime::real_disk(), {}, level);
    writer.begin(info);
    writer.write(desk->number(),
                 [&](sched::Archive& archive) { runtime::persist_desk(archive, *desk, events); });
    CHECK(writer.finish().has_value());
    return path;
  }

  std::string folder;
  std::unique_ptr<desk::Desk> desk = filled_desk();
  runtime::EventRing events = [this] {
    runtime::EventRing ring(65'536);
    ring.begin_after(desk->last_event());
    return ring;
  }();
};

Place& place() {
  static Place place;
  return place;
}

void snapshot_write(benchmark::State& state) {
  const int level = static_cast<int>(state.range(0));
  std::string path;
  for (auto _ : state) path = place().write(level);
  const auto file = runtime::SnapshotFile::open(path);
  const auto count = static_cast<double>(tickets());
  state.counters["file_bytes_per_ticket"] = static_cast<double>(file->size()) / count;
  state.counters["raw_bytes_per_ticket"] = static_cast<double>(file->raw_size()) / count;
}

/// The file opened, everything read, compared and filled in, indexes rebuilt; ready for commands.
void snapshot_load(benchmark::State& state) {
  const std::string path = place().write(static_cast<int>(state.range(0)));
  const auto loading = state.range(1) != 0 ? runtime::Loading::parallel : runtime::Loading::alone;
  for (auto _ : state) {
    auto replica = std::make_unique<runtime::Replica>(runtime::ReplicaOptions{
        .decode_frame =
            [](std::span<const std::byte>) -> sched::Expected<desk::CommandFrame, std::string> {
          return sched::Unexpected{std::string()};
        },
        .decode_configuration = wire::decode_configuration});
    const auto file = runtime::SnapshotFile::open(path);
    CHECK(runtime::load_snapshot(*file, *replica, loading, runtime::Checking::events).has_value());
    state.PauseTiming();
    CHECK(replica->desks().at(1).desk->digest() == place().desk->digest());
    replica.reset();
    state.ResumeTiming();
  }
}

BENCHMARK(snapshot_write)->Arg(-5)->Arg(-1)->Arg(1)->Arg(3)->Unit(benchmark::kMillisecond);
BENCHMARK(snapshot_load)
    ->ArgsProduct({{-5, -1, 1, 3}, {0, 1}})
    ->ArgNames({"level", "parallel"})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace paceline
