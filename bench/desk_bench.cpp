// A ticket cycle through the rules alone: decoded frames in, replies and events out. No socket, no
// log. A cycle opens a ticket with a 200-byte body and one of five priorities, resolves what an
// agent holds (who is given the most pressing waiting one) and closes it; every ticket has a
// response and a resolution clock on a business calendar.
//
//   build/release/bench/desk_bench                                     10 k waiting
//   PACELINE_BENCH_FULL=1 build/release/bench/desk_bench               up to 1 M waiting
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/base/hash_index.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"

namespace paceline {
namespace {

constexpr int agents_count = 100;
constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z
constexpr int64_t batch_interval_us = 200;

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
      policy.target.us =
          (clock == desk::ClockKind::response ? sched::hour : sched::hour * 8).us * priority;
      policy.calendar = "weekdays";
      for (const uint32_t share_bp : {5'000U, 7'500U, 10'000U}) {
        policy.rungs.emplace_back().share_bp = share_bp;
      }
      configuration.policies.push_back(policy);
    }
  }
  desk::QueueDefinition queue;
  queue.name = queue.group = "work";
  configuration.queues = {queue};
  configuration.routes = {{"all", "kind == incident", "work"}};
  for (int i = 0; i < agents_count; ++i) {
    desk::AgentDefinition agent;
    agent.name = "agent " + std::to_string(i);
    agent.groups = {"work"};
    configuration.agents.push_back(agent);
  }
  return configuration;
}

/// A desk, driven by frames that pass through the codec as a client's would.
class Driver {
 public:
  Driver() : desk_(sched::DeskNumber{1}, "bench", limits(), &wire::decode_configuration) {
    const wire::Bytes document = wire::encode_configuration(configuration());
    writer_.config_begin(static_cast<uint32_t>(document.size()));
    writer_.config_chunk(document);
    writer_.config_commit(wire::hash_document(document));
    for (int i = 0; i < agents_count; ++i) writer_.log_in("agent " + std::to_string(i));
    send();
  }

  void fill(int64_t waiting) {
    for (int64_t i = 0; i < waiting + agents_count; i += 500) {
      for (int64_t n = 0; n < 500 && i + n < waiting + agents_count; ++n) open();
      send();
    }
    for (const desk::Event& event : assigned_) in_hand_.push_back(event.ticket);
    assigned_.clear();
  }

  /// One cycle for each agent, in one batch.
  void cycles() {
    for (const uint64_t ticket : in_hand_) {
      open();
      writer_.resolve({.ticket = ticket}, "fixed");
      writer_.close({.ticket = ticket});
    }
    send();
    in_hand_.clear();
    for (const desk::Reply& reply : outcome_.replies) {
      if (reply.next_ticket != 0) in_hand_.push_back(reply.next_ticket);
    }
    assigned_.clear();
  }

  size_t in_hand() const { return in_hand_.size(); }
  size_t events() const { return outcome_.events.size(); }

 private:
  static desk::Limits limits() {
    desk::Limits limits;
    limits.closed_max = 1'000;
    return limits;
  }

  void open() {
    const uint64_t dice = sched::mix(++opened_);
    external_id_ = "INC" + std::to_string(opened_);
    writer_.open({.external_id = external_id_,
                  .category = "network",
                  .channel = "portal",
                  .requester = "requester",
                  .body = body_,
                  .impact = static_cast<sched::Impact>(1 + dice % 3),
                  .urgency = static_cast<sched::Urgency>(1 + (dice >> 8) % 3)});
  }

  void send() {
    now_us_ += batch_interval_us;
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
    writer_.clear();
    for (const desk::Event& event : outcome_.events) {
      if (event.kind == desk::EventKind::ticket_assigned) assigned_.push_back(event);
    }
  }

  desk::Desk desk_;
  wire::CommandWriter writer_;
  desk::Outcome outcome_;
  std::vector<uint64_t> aligned_;
  std::vector<desk::Event> assigned_;
  std::vector<uint64_t> in_hand_;
  std::string external_id_;
  std::string body_ = std::string(200, 'x');
  uint64_t opened_ = 0;
  uint64_t next_number_ = 1;
  int64_t now_us_ = monday_us;
};

void cycle(benchmark::State& state) {
  Driver driver;
  driver.fill(state.range(0));
  size_t cycles = 0;
  size_t events = 0;
  for (auto _ : state) {
    driver.cycles();
    cycles += driver.in_hand();
    events += driver.events();
  }
  state.SetItemsProcessed(static_cast<int64_t>(cycles));
  state.counters["events/cycle"] = static_cast<double>(events) / static_cast<double>(cycles);
}

const int registered = [] {
  auto* bench = benchmark::RegisterBenchmark("cycle/waiting", cycle);
  bench->Arg(0)->Arg(10'000);
  if (std::getenv("PACELINE_BENCH_FULL") != nullptr) bench->Arg(1'000'000);
  return 0;
}();

}  // namespace
}  // namespace paceline
