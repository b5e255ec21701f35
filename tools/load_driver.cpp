#include "tools/load_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace paceline::tools {

namespace {

constexpr uint32_t commands_per_ticket = 3;
constexpr size_t body_size = 200;
constexpr wire::Timeout longest_silence = std::chrono::seconds(30);

}  // namespace

void LoadSeen::add(const LoadSeen& other) {
  intended += other.intended;
  done += other.done;
  turned_away += other.turned_away;
  latencies_us.insert(latencies_us.end(), other.latencies_us.begin(), other.latencies_us.end());
}

LoadDriver::LoadDriver(const LoadPlan& plan, uint32_t connection)
    : plan_(plan),
      connection_(connection),
      random_(plan.seed + connection),
      body_(body_size, 'b') {}

Done LoadDriver::connect() {
  auto connected = connect_to_desk(plan_.address, plan_.desk);
  if (!connected) return sched::Unexpected{connected.error()};
  on_ = std::move(*connected);
  return {};
}

Got<LoadSeen> LoadDriver::saturate() {
  LoadSeen seen;
  const auto begun = Clock::now();
  const auto end = begun + std::chrono::duration_cast<Clock::duration>(
                               std::chrono::duration<double>(plan_.seconds));
  while (Clock::now() < end || !under_way_.empty()) {
    while (Clock::now() < end && has_room()) {
      if (Done sent = send(Clock::now()); !sent) return sched::Unexpected{sent.error()};
      ++seen.intended;
    }
    if (Done taken = take(longest_silence, seen); !taken) return sched::Unexpected{taken.error()};
  }
  return seen;
}

Got<LoadSeen> LoadDriver::run(double frames_per_s) {
  LoadSeen seen;
  std::deque<Clock::time_point> waiting;
  const auto give_up = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(plan_.give_up_after_s));
  auto next = Clock::now() + next_gap(frames_per_s);
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(plan_.seconds));
  while (true) {
    const auto now = Clock::now();
    for (; next <= now && next < end; next += next_gap(frames_per_s)) {
      waiting.push_back(next);
      ++seen.intended;
    }
    for (; !waiting.empty() && now - waiting.front() > give_up; waiting.pop_front())
      ++seen.turned_away;
    for (; !waiting.empty() && has_room(); waiting.pop_front()) {
      if (Done sent = send(waiting.front()); !sent) return sched::Unexpected{sent.error()};
    }
    if (next >= end && waiting.empty() && under_way_.empty()) return seen;
    // Something to send again soon, or something to be answered.
    wire::Timeout timeout = longest_silence;
    if (next < end)
      timeout = std::chrono::duration_cast<wire::Timeout>(
          std::max(next - Clock::now(), Clock::duration::zero()));
    if (Done taken = take(timeout, seen); !taken) return sched::Unexpected{taken.error()};
  }
}

LoadDriver::Clock::duration LoadDriver::next_gap(double frames_per_s) {
  const double gap_s = plan_.arrivals == Arrivals::constant
                           ? 1.0 / frames_per_s
                           : std::exponential_distribution<double>(frames_per_s)(random_);
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(gap_s));
}

bool LoadDriver::has_room() const {
  return on_.client->room() >= size_t{commands_per_ticket} * plan_.tickets_per_frame;
}

Done LoadDriver::send(Clock::time_point intended) {
  for (uint32_t i = 0; i < plan_.tickets_per_frame; ++i) {
    const std::string external_id = fmt::format("load-{}-{}", connection_, opened_++);
    writer_.open({.external_id = external_id,
                  .category = "bench",
                  .body = body_,
                  .impact = sched::Impact::medium,
                  .urgency = sched::Urgency::medium});
    writer_.resolve({.external_id = external_id}, "fixed");
    writer_.close({.external_id = external_id});
  }
  if (const auto sent = on_.client->submit(on_.desk, writer_); !sent)
    return sched::Unexpected{explain(sent.error())};
  under_way_.push_back(intended);
  return {};
}

Done LoadDriver::take(wire::Timeout timeout, LoadSeen& seen) {
  if (under_way_.empty() && timeout > wire::Timeout::zero()) {
    // receive() has nothing to wait for.
    std::this_thread::sleep_for(timeout);
    return {};
  }
  auto received = on_.client->receive(timeout);
  if (!received) return sched::Unexpected{explain(received.error())};
  if (!*received) {
    if (timeout < longest_silence) return {};
    return sched::Unexpected{not_available("the server does not answer")};
  }
  const auto now = Clock::now();
  seen.latencies_us.push_back(
      std::chrono::duration<double, std::micro>(now - under_way_.front()).count());
  under_way_.pop_front();
  ++seen.done;
  for (const desk::Reply& reply : (*received)->replies) {
    if (reply.code != 0)
      return sched::Unexpected{explain(static_cast<desk::Reject>(reply.code),
                                       fmt::format("benchmark, ticket {}", reply.ticket))};
  }
  return {};
}

}  // namespace paceline::tools
