// Any bytes as frames of commands for a small desk: what the codec lets through, the desk must
// survive, with every command answered and every invariant kept, twice with the same outcome.
//
// The input is a sequence of (uint16 microseconds to pass in thousands, uint16 payload size,
// payload).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "engine/desk/desk.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace {

using namespace paceline;

desk::Limits small_limits() {
  desk::Limits limits;
  limits.tickets_max = 64;
  limits.intervals_per_ticket = 8;
  limits.text_mib_max = 4;
  limits.closed_max = 8;
  limits.queues_max = 8;
  limits.agents_max = 16;
  limits.policies_max = 8;
  limits.calendars_max = 4;
  limits.dictionary_max = 64;
  limits.sessions_max = 4;
  limits.reply_window = 256;
  limits.config_bytes_max = 65'536;
  return limits;
}

/// Digest and event hash after all frames.
std::pair<uint64_t, uint64_t> run(std::span<const std::byte> input) {
  constexpr size_t envelope_size = 4;
  desk::Desk desk({1}, "fuzz", small_limits(), wire::decode_configuration);
  desk::Outcome outcome;
  int64_t now_us = 1'700'000'000'000'000;
  uint64_t next_number = 1;
  while (input.size() >= envelope_size) {
    uint16_t pass_ms = 0;
    uint16_t size = 0;
    std::memcpy(&pass_ms, input.data(), sizeof pass_ms);
    std::memcpy(&size, input.data() + 2, sizeof size);
    input = input.subspan(envelope_size);
    const auto taken = input.first(std::min<size_t>(size, input.size()));
    input = input.subspan(taken.size());
    now_us += int64_t{pass_ms} * pass_ms * 1'000;

    const wire::Payload payload(taken);
    auto frame = wire::decode_commands(payload.bytes());
    if (!frame) continue;
    frame->desk = {1};
    frame->session = {7};
    frame->principal = 1;
    frame->roles = 3;
    // Mostly in step, so that commands take effect; else as the input says.
    if (frame->first_number % 4 != 3) frame->first_number = next_number;
    const std::span<const desk::CommandFrame> frames(&*frame, 1);
    outcome.clear();
    desk.apply({{now_us}, frames}, outcome);
    if (outcome.replies.size() != frame->order.size()) std::abort();
    next_number = desk.last_number({7}) + 1;
    if (!desk.check_invariants().empty()) std::abort();
  }
  return {desk.digest(), desk.event_hash()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  if (run(input) != run(input)) std::abort();
  return 0;
}
