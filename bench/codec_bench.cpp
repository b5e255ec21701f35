// What the codec costs per ticket cycle: open with a 200-byte body, resolve, close.
//
// A frame holds 500 cycles. `encode` is the client's part, `verify_and_decode` the server's (and
// the replayer's): everything between the socket's bytes and records the desk may trust.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/text.h"

namespace {

using paceline::wire::CommandWriter;

constexpr int cycles = 500;

std::string body_of(bool ascii) {
  std::string body(200, 'x');
  if (!ascii) body.replace(100, 2, "é");
  return body;
}

void fill(CommandWriter& writer, std::string_view body) {
  char id[16] = "INC0000000";
  for (int i = 0; i < cycles; ++i) {
    for (int digit = 9, rest = i; digit > 6; --digit, rest /= 10)
      id[digit] = static_cast<char>('0' + rest % 10);
    const std::string_view external_id(id, 10);
    writer.open({.external_id = external_id,
                 .body = body,
                 .impact = paceline::sched::Impact::high,
                 .urgency = paceline::sched::Urgency::medium});
    writer.resolve({.ticket = static_cast<uint64_t>(i) + 1}, "fixed");
    writer.close({.ticket = static_cast<uint64_t>(i) + 1});
  }
}

void report(benchmark::State& state, size_t frame_size) {
  state.counters["per_cycle"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * cycles,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes_per_cycle"] = static_cast<double>(frame_size) / cycles;
}

void encode(benchmark::State& state) {
  const std::string body = body_of(true);
  CommandWriter writer;
  size_t frame_size = 0;
  for (auto _ : state) {
    writer.clear();
    fill(writer, body);
    const auto frame = writer.finish({1}, 1);
    frame_size = frame->size();
    benchmark::DoNotOptimize(frame->data());
  }
  report(state, frame_size);
}
BENCHMARK(encode);

void verify_and_decode(benchmark::State& state) {
  const std::string body = body_of(state.range(0) != 0);
  CommandWriter writer;
  fill(writer, body);
  const auto frame = writer.finish({1}, 1);
  const paceline::wire::Payload payload(frame->subspan(paceline::wire::frame_header_size));
  for (auto _ : state) {
    const auto decoded = paceline::wire::decode_commands(payload.bytes());
    if (!decoded) state.SkipWithError(decoded.error().text.c_str());
    benchmark::DoNotOptimize(decoded->open.data());
  }
  report(state, frame->size());
}
BENCHMARK(verify_and_decode)->ArgName("ascii")->Arg(1)->Arg(0);

void assemble_frame(benchmark::State& state) {
  const std::string body = body_of(true);
  CommandWriter writer;
  fill(writer, body);
  const auto frame = writer.finish({1}, 1);
  for (auto _ : state) {
    paceline::wire::FrameReader reader(paceline::wire::Sender::client,
                                       paceline::wire::frame_size_max_default);
    std::span<const std::byte> bytes = *frame;
    auto next = reader.next(bytes);
    benchmark::DoNotOptimize(next);
  }
  report(state, frame->size());
}
BENCHMARK(assemble_frame);

void check_text(benchmark::State& state) {
  const std::string body = body_of(state.range(0) != 0);
  for (auto _ : state) benchmark::DoNotOptimize(paceline::wire::is_valid_text(body));
}
BENCHMARK(check_text)->ArgName("ascii")->Arg(1)->Arg(0);

}  // namespace
