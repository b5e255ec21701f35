#include "tools/replayer.h"

#include <fmt/format.h>

#include "engine/desk/reject.h"

namespace paceline::tools {

namespace {

constexpr size_t commands_per_frame_max = 500;
/// Half of what a server takes: the next command may have a long text.
constexpr size_t frame_size_enough = size_t{1} << 19;
constexpr size_t frames_in_flight_max = 64;

}  // namespace

bool Replayer::is_full() const {
  return writer_.size() >= commands_per_frame_max || writer_.frame_size() >= frame_size_enough;
}

Done Replayer::advance(int64_t at_us) {
  if (Done sent = flush(); !sent) return sent;
  if (const auto moved = client_.submit_advance(desk_.desk, {at_us}); !moved) {
    return sched::Unexpected{explain(moved.error())};
  }
  at_us_ = at_us;
  return {};
}

Done Replayer::flush() {
  if (writer_.empty()) return {};
  while (client_.room() < writer_.size() || client_.unreceived() >= frames_in_flight_max) {
    if (Done received = receive(); !received) return received;
  }
  if (const auto sent = client_.submit(desk_.desk, writer_); !sent) {
    return sched::Unexpected{explain(sent.error())};
  }
  return {};
}

Done Replayer::finish() {
  if (Done sent = flush(); !sent) return sent;
  while (client_.unreceived() > 0) {
    if (Done received = receive(); !received) return received;
  }
  return {};
}

Done Replayer::receive() {
  const auto received = client_.receive(wire::Client::default_timeout);
  if (!received) return sched::Unexpected{explain(received.error())};
  if (!*received) {
    return sched::Unexpected{
        not_available("the server does not answer: start the import again to go on")};
  }
  for (const desk::Reply& reply : (*received)->replies) {
    const uint64_t line = lines_.front();
    lines_.pop_front();
    if (reply.code == 0) continue;
    ++refused_;
    rejects_.add(
        {line,
         fmt::format("the desk refused it: {}", desk::name(static_cast<desk::Reject>(reply.code))),
         ""});
  }
  return {};
}

}  // namespace paceline::tools
