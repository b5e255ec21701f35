// Writes into a log, or straight into a replica, what a server would: desks, batches of commands.
#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/runtime/command_log.h"
#include "engine/runtime/desk_created.h"
#include "engine/runtime/replica.h"
#include "sched/base/check.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"

namespace paceline::testing {

inline sched::Expected<desk::CommandFrame, std::string> decode_frame(
    std::span<const std::byte> payload) {
  auto frame = wire::decode_commands(payload);
  if (!frame) return sched::Unexpected{frame.error().text};
  return frame.value();
}

inline runtime::ReplicaOptions replica_options(uint32_t workers = 0) {
  return {.decode_frame = decode_frame,
          .decode_configuration = wire::decode_configuration,
          .workers = workers};
}

inline desk::Limits small_desk() {
  desk::Limits limits;
  limits.tickets_max = 20'000;
  limits.text_mib_max = 64;
  return limits;
}

class LogMaker {
 public:
  using Take = std::function<void(const runtime::LogRecord&)>;
  explicit LogMaker(Take take) : take_(std::move(take)) {}

  void create(uint16_t desk, const desk::Limits& limits = small_desk()) {
    const auto payload = runtime::encode_desk_created("desk-" + std::to_string(desk), limits);
    take_({.kind = runtime::RecordKind::desk_created, .desk = {desk}, .system = payload});
    wire::CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
    batch(desk, writer);
  }
  /// `opened` tickets of which the first `resolved` are resolved and the first `closed` closed.
  void work(uint16_t desk, uint64_t opened, uint64_t resolved = 0, uint64_t closed = 0) {
    wire::CommandWriter writer;
    const uint64_t first = next_ticket_[desk];
    const auto name = [&](uint64_t i) { return "INC" + std::to_string(first + i); };
    for (uint64_t i = 0; i < opened; ++i) {
      const std::string id = name(i);
      writer.open({.external_id = id, .body = "the printer is on fire", .queue = "network"});
    }
    for (uint64_t i = 0; i < resolved; ++i) {
      const std::string id = name(i);
      writer.resolve({.external_id = id}, "fixed");
    }
    for (uint64_t i = 0; i < closed; ++i) {
      const std::string id = name(i);
      writer.close({.external_id = id});
    }
    next_ticket_[desk] += opened;
    batch(desk, writer);
  }
  void batch(uint16_t desk, wire::CommandWriter& writer) {
    const uint64_t count = writer.size();
    auto frame = writer.finish({desk}, next_number_[desk] + 1);
    CHECK(frame.has_value());
    // Behind the frame's header; copied to where a payload may lie.
    std::vector<uint64_t> aligned(frame->size() / 8 + 1);
    const auto payload = frame->subspan(wire::frame_header_size);
    std::memcpy(aligned.data(), payload.data(), payload.size());
    const runtime::LoggedFrame logged{
        .session = {1},
        .principal = 1,
        .roles = static_cast<uint32_t>(desk::Role::work) |
                 static_cast<uint32_t>(desk::Role::administrator),
        .first_number = next_number_[desk] + 1,
        .payload = std::as_bytes(std::span(aligned)).first(payload.size())};
    next_number_[desk] += count;
    now_us_ += 1'000;
    take_({.desk = {desk},
           .ts = {now_us_},
           .rules_version = desk::rules_version,
           .frames = std::span(&logged, 1)});
    writer.clear();
  }
  /// Nothing but time.
  void wait(uint16_t desk, sched::Duration duration) {
    now_us_ += duration.us;
    take_({.desk = {desk}, .ts = {now_us_}, .rules_version = desk::rules_version});
  }

 private:
  Take take_;
  std::map<uint16_t, uint64_t> next_number_, next_ticket_;
  int64_t now_us_ = 1'767'571'200'000'000;
};

/// Into a log; every append must go well.
inline LogMaker::Take into(runtime::CommandLog& log) {
  return [&log](const runtime::LogRecord& record) {
    CHECK(log.append(log.next_sequence(), record).has_value());
  };
}

inline LogMaker::Take into(runtime::Replica& replica) {
  return [&replica](const runtime::LogRecord& record) { CHECK(replica.replay(record).empty()); };
}

}  // namespace paceline::testing
