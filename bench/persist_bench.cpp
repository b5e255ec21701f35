// A desk of waiting tickets written down in memory and filled in again: what a snapshot costs
// besides its file. Tickets have two clocks, a 200-byte body, an external id and a requester.
//
//   build/release/bench/persist_bench                                  100 k waiting
//   PACELINE_BENCH_FULL=1 build/release/bench/persist_bench            and 1 M
//
// Times are of the processor, per ticket. A load has three parts: what is small (rules, names, who
// waits in which line), the copy of the slabs into memory never touched before (`copy_ns`), and
// what is worked out again (`rebuild_ns`).
#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/base/hash_index.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"

namespace paceline {
namespace {

constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z
constexpr int64_t agents_count = 100;

int64_t cpu_ns() {
  timespec spent;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return spent.tv_sec * 1'000'000'000 + spent.tv_nsec;
}

/// Small things in one buffer, slabs in others, as they are.
struct Image {
  std::vector<std::byte> small;
  std::vector<std::vector<std::byte>> slabs;
  uint64_t size() const {
    uint64_t sum = small.size();
    for (const auto& slab : slabs) sum += slab.size();
    return sum;
  }
};

class Writer final : public sched::Archive {
 public:
  explicit Writer(Image& image) : Archive(false), image_(image) {}
  void bytes(void* data, size_t size) override {
    const auto* from = static_cast<const std::byte*>(data);
    image_.small.insert(image_.small.end(), from, from + size);
  }
  void bulk(void* data, size_t size) override {
    if (next_ == image_.slabs.size()) image_.slabs.emplace_back();
    image_.slabs[next_].resize(size);  // of a second time nothing is touched first
    std::memcpy(image_.slabs[next_++].data(), data, size);
  }
  void settle() override {}

 private:
  uint64_t left() const override { return 0; }
  Image& image_;
  size_t next_ = 0;
};

class Reader final : public sched::Archive {
 public:
  explicit Reader(const Image& image) : Archive(true), image_(image) {}
  void bytes(void* data, size_t size) override {
    if (size > image_.small.size() - at_) return fail("the archive ends too early");
    std::memcpy(data, image_.small.data() + at_, size);
    at_ += size;
  }
  void bulk(void* data, size_t size) override {
    wanted_.push_back({static_cast<char*>(data), size});
  }
  void settle() override {
    settle_begin_ns = cpu_ns();
    for (size_t at = 0; at < wanted_.size(); ++at) {
      copy(wanted_[at].to, image_.slabs[at].data(), wanted_[at].size);
    }
    settle_end_ns = cpu_ns();
  }
  int64_t settle_begin_ns = 0, settle_end_ns = 0;

 private:
  struct Wanted {
    char* to;
    size_t size;
  };
  /// Pages are asked for in lots, each filled while it is in the caches.
  static void copy(char* to, const std::byte* from, size_t size) {
    constexpr size_t lot = size_t{256} << 10;
    constexpr size_t page = 4'096;
    for (size_t at = 0; at < size; at += lot) {
      const size_t part = std::min(lot, size - at);
      char* const begin = to + at;
      char* const first_page = begin - reinterpret_cast<uintptr_t>(begin) % page;
      const auto span = static_cast<size_t>(begin + part - first_page);
      ::madvise(first_page, (span + page - 1) / page * page, MADV_POPULATE_WRITE);
      std::memcpy(begin, from + at, part);
    }
  }
  uint64_t left() const override { return image_.size(); }

  const Image& image_;
  size_t at_ = 0;
  std::vector<Wanted> wanted_;
};

desk::Configuration configuration() {
  desk::Configuration configuration;
  sched::CalendarSpec weekdays;
  weekdays.name = "weekdays";
  for (uint8_t weekday = 0; weekday < 5; ++weekday) {
    weekdays.week.push_back({weekday, 9 * 3'600, 12 * 3'600});
    weekdays.week.push_back({weekday, 13 * 3'600, 17 * 3'600});
  }
  configuration.calendars = {weekdays};
  for (int priority = 1; priority <= 5; ++priority) {
    for (const desk::ClockKind clock : {desk::ClockKind::response, desk::ClockKind::resolution}) {
      desk::PolicyDefinition policy;
      policy.name = "P" + std::to_string(priority) + " " + std::string(name(clock));
      policy.when = "priority == P" + std::to_string(priority);
      policy.clock = clock;
      policy.target.us = (sched::hour * priority).us;
      policy.calendar = "weekdays";
      policy.rungs.emplace_back().share_bp = 7'500;
      configuration.policies.push_back(policy);
    }
  }
  for (int queue = 0; queue < 20; ++queue) {
    const std::string name = "queue " + std::to_string(queue);
    configuration.queues.emplace_back().name = name;
    configuration.queues.back().group = name;
    configuration.routes.push_back({name, "category == '" + name + "'", name});
  }
  for (int64_t agent = 0; agent < agents_count; ++agent) {
    configuration.agents.emplace_back().name = "agent " + std::to_string(agent);
    configuration.agents.back().groups = {"queue " + std::to_string(agent % 20)};
  }
  return configuration;
}

std::unique_ptr<desk::Desk> new_desk() {
  return std::make_unique<desk::Desk>(sched::DeskNumber{1}, "bench", desk::Limits{},
                                      &wire::decode_configuration);
}

/// Fills a desk by frames that pass through the codec as a client's would.
class Filler {
 public:
  explicit Filler(desk::Desk& desk) : desk_(desk) {
    const wire::Bytes document = wire::encode_configuration(configuration());
    writer_.config_begin(static_cast<uint32_t>(document.size()));
    writer_.config_chunk(document);
    writer_.config_commit(wire::hash_document(document));
    send();
  }
  void open(int64_t tickets) {
    for (int64_t i = 0; i < tickets; i += 500) {
      for (int64_t n = 0; n < 500 && i + n < tickets; ++n) open();
      send();
    }
  }

 private:
  void open() {
    const uint64_t dice = sched::mix(++opened_);
    const std::string external_id = "INC" + std::to_string(opened_);
    const std::string category = "queue " + std::to_string(dice % 20);
    writer_.open({.external_id = external_id,
                  .category = category,
                  .channel = "portal",
                  .requester = "requester",
                  .body = body_,
                  .impact = static_cast<sched::Impact>(1 + (dice >> 16) % 3),
                  .urgency = static_cast<sched::Urgency>(1 + (dice >> 8) % 3)});
  }
  void send() {
    now_us_ += 100'000;
    const auto bytes = writer_.finish(desk_.number(), next_number_);
    next_number_ += writer_.size();
    const auto payload = bytes->subspan(wire::frame_header_size);
    aligned_.resize((payload.size() + 7) / 8);
    std::memcpy(aligned_.data(), payload.data(), payload.size());
    auto frame = wire::decode_commands(
        {reinterpret_cast<const std::byte*>(aligned_.data()), payload.size()});
    frame->session = desk::SessionId{1};
    frame->roles = 3;
    outcome_.clear();
    desk_.apply({sched::Instant{now_us_}, {&*frame, 1}}, outcome_);
    for (const desk::Reply& reply : outcome_.replies) CHECK(reply.code == 0);
    writer_.clear();
  }

  desk::Desk& desk_;
  wire::CommandWriter writer_;
  desk::Outcome outcome_;
  std::vector<uint64_t> aligned_;
  std::string body_ = std::string(200, 'x');
  int64_t now_us_ = monday_us;
  uint64_t opened_ = 0;
  uint64_t next_number_ = 1;
};

/// One for each size, since filling it takes longer than everything else.
desk::Desk& desk_of(int64_t tickets) {
  static std::unique_ptr<desk::Desk> desk;
  static int64_t size = 0;
  if (size != tickets) {
    desk = new_desk();
    Filler(*desk).open(tickets);
    size = tickets;
  }
  return *desk;
}

double per_ticket(int64_t ns, const benchmark::State& state) {
  return static_cast<double>(ns) / static_cast<double>(state.range(0)) /
         static_cast<double>(state.iterations());
}

void save(benchmark::State& state) {
  desk::Desk& desk = desk_of(state.range(0));
  Image image;
  Writer first(image);
  desk.persist(first);
  int64_t spent_ns = 0;
  for (auto _ : state) {
    image.small.clear();
    Writer writer(image);
    const int64_t begin_ns = cpu_ns();
    desk.persist(writer);
    const int64_t ns = cpu_ns() - begin_ns;
    spent_ns += ns;
    state.SetIterationTime(static_cast<double>(ns) * 1e-9);
  }
  state.counters["ns_per_ticket"] = per_ticket(spent_ns, state);
  state.counters["bytes_per_ticket"] =
      static_cast<double>(image.size()) / static_cast<double>(state.range(0));
  state.counters["small_bytes"] = static_cast<double>(image.small.size());
}

void load(benchmark::State& state) {
  desk::Desk& desk = desk_of(state.range(0));
  Image image;
  Writer writer(image);
  desk.persist(writer);
  int64_t spent_ns = 0, small_ns = 0, copy_ns = 0, rebuild_ns = 0;
  for (auto _ : state) {
    const std::unique_ptr<desk::Desk> loaded = new_desk();
    Reader reader(image);
    const int64_t begin_ns = cpu_ns();
    loaded->persist(reader);
    const int64_t end_ns = cpu_ns();
    CHECK(!reader.failed());
    CHECK(state.iterations() != 1 || loaded->digest() == desk.digest());
    spent_ns += end_ns - begin_ns;
    small_ns += reader.settle_begin_ns - begin_ns;
    copy_ns += reader.settle_end_ns - reader.settle_begin_ns;
    rebuild_ns += end_ns - reader.settle_end_ns;
    state.SetIterationTime(static_cast<double>(end_ns - begin_ns) * 1e-9);
  }
  state.counters["ns_per_ticket"] = per_ticket(spent_ns, state);
  state.counters["small_ns"] = per_ticket(small_ns, state);
  state.counters["copy_ns"] = per_ticket(copy_ns, state);
  state.counters["rebuild_ns"] = per_ticket(rebuild_ns, state);
}

void sizes(benchmark::internal::Benchmark* bench) {
  bench->Arg(100'000);
  if (std::getenv("PACELINE_BENCH_FULL") != nullptr) bench->Arg(1'000'000);
  bench->UseManualTime()->Unit(benchmark::kMillisecond);
}
BENCHMARK(save)->Apply(sizes);
BENCHMARK(load)->Apply(sizes);

}  // namespace
}  // namespace paceline
