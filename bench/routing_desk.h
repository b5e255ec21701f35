// A desk for the benches of routing, driven by frames that pass through the codec as a client's
// would; every batch is timed.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/base/hash_index.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"

namespace paceline::bench {

inline constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z

/// Wall times of batches, in microseconds.
class Batches {
 public:
  void add(double us) { times_us_.push_back(us); }
  bool empty() const { return times_us_.empty(); }
  double longest_us() const { return *std::max_element(times_us_.begin(), times_us_.end()); }
  double total_us() const {
    double total = 0;
    for (const double us : times_us_) total += us;
    return total;
  }
  /// What a command waits that comes as a batch begins: until that one is over, and its own. By
  /// nearest rank.
  double wait_us(double share) const {
    std::vector<double> waits{times_us_.front()};
    for (size_t i = 1; i < times_us_.size(); ++i) waits.push_back(times_us_[i - 1] + times_us_[i]);
    std::sort(waits.begin(), waits.end());
    const auto rank = static_cast<size_t>(share * static_cast<double>(waits.size() - 1) + 0.5);
    return waits[rank];
  }

 private:
  std::vector<double> times_us_;
};

class RoutingDesk {
 public:
  RoutingDesk(const desk::Configuration& configuration, uint32_t tickets_max)
      : desk_(sched::DeskNumber{1}, "bench", limits(tickets_max), &wire::decode_configuration) {
    const wire::Bytes document = wire::encode_configuration(configuration);
    writer_.config_begin(static_cast<uint32_t>(document.size()));
    constexpr size_t chunk = size_t{1} << 19;
    for (size_t at = 0; at < document.size(); at += chunk) {
      writer_.config_chunk(std::span(document).subspan(at, std::min(chunk, document.size() - at)));
    }
    writer_.config_commit(wire::hash_document(document));
    send();
    for (const desk::Reply& reply : outcome_.replies) CHECK(reply.code == 0);
  }

  wire::CommandWriter& writer() { return writer_; }
  const desk::Desk& desk() const { return desk_; }
  const desk::Outcome& outcome() const { return outcome_; }
  int64_t now_us() const { return now_us_; }
  void wait(int64_t us) { now_us_ += us; }

  /// A ticket with a 200-byte body.
  void open(std::string_view queue, std::string_view language = {}) {
    const uint64_t dice = sched::mix(++opened_);
    external_id_ = "INC" + std::to_string(opened_);
    writer_.open({.external_id = external_id_,
                  .language = language,
                  .requester = "requester",
                  .body = body_,
                  .queue = queue,
                  .impact = static_cast<sched::Impact>(1 + dice % 3),
                  .urgency = static_cast<sched::Urgency>(1 + (dice >> 8) % 3)});
  }

  /// What has been written as one batch, or an empty one; how long the desk took, in microseconds.
  double send() {
    const size_t commands = writer_.size();
    desk::Batch batch{sched::Instant{now_us_}, {}};
    desk::CommandFrame frame;
    if (commands != 0) {
      const auto bytes = writer_.finish(desk_.number(), next_number_);
      next_number_ += commands;
      const auto payload = bytes->subspan(wire::frame_header_size);
      aligned_.resize((payload.size() + 7) / 8);
      std::memcpy(aligned_.data(), payload.data(), payload.size());
      frame = *wire::decode_commands(
          {reinterpret_cast<const std::byte*>(aligned_.data()), payload.size()});
      frame.session = desk::SessionId{1};
      frame.roles = 3;
      batch.frames = {&frame, 1};
    }
    outcome_.clear();
    const auto begun = std::chrono::steady_clock::now();
    desk_.apply(batch, outcome_);
    const std::chrono::duration<double, std::micro> taken =
        std::chrono::steady_clock::now() - begun;
    writer_.clear();
    return taken.count();
  }

  size_t count(desk::EventKind kind) const {
    return static_cast<size_t>(
        std::count_if(outcome_.events.begin(), outcome_.events.end(),
                      [kind](const desk::Event& event) { return event.kind == kind; }));
  }

 private:
  static desk::Limits limits(uint32_t tickets_max) {
    desk::Limits limits;
    limits.tickets_max = tickets_max;
    limits.closed_max = 1'000;
    return limits;
  }

  desk::Desk desk_;
  wire::CommandWriter writer_;
  desk::Outcome outcome_;
  std::vector<uint64_t> aligned_;
  std::string external_id_;
  std::string body_ = std::string(200, 'x');
  uint64_t opened_ = 0;
  uint64_t next_number_ = 1;
  int64_t now_us_ = monday_us;
};

}  // namespace paceline::bench
