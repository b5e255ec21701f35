// Any bytes as the payload of any message: decoded or refused, and what is decoded keeps the
// promises of wire/codec.h. The first byte chooses the message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "engine/desk/configuration.h"
#include "wire/answer_codec.h"
#include "wire/codec.h"
#include "wire/config_codec.h"
#include "wire/messages.h"
#include "wire/text.h"

namespace {

using namespace paceline;
using namespace paceline::wire;

void require(bool held) {
  if (!held) std::abort();
}

/// Walks one command's texts.
void walk(const desk::CommandFrame& frame, size_t at, std::initializer_list<size_t> sizes) {
  for (const size_t size : sizes) {
    require(at + size <= frame.text.size());
    require(is_valid_text(frame.text.substr(at, size)));
    at += size;
  }
}

void check_routing(const desk::CommandFrame& f) {
  for (const auto& c : f.accept) walk(f, c.text_at, {c.agent_size});
  for (const auto& c : f.decline) walk(f, c.text_at, {c.agent_size, c.reason_size});
  for (const auto& c : f.withdraw) walk(f, c.text_at, {c.external_id_size});
  for (const auto& c : f.set_agent_state) {
    walk(f, c.text_at, {c.agent_size, c.code_size});
    require(c.step <= 4 && c.requeue <= 1);
  }
  for (const auto& c : f.next) walk(f, c.text_at, {c.agent_size});
  for (const auto& c : f.escalate)
    walk(f, c.text_at, {c.external_id_size, c.queue_size, c.reason_size, c.checklist_size});
  for (const auto& c : f.bounce) walk(f, c.text_at, {c.external_id_size, c.reason_size});
  for (const auto& c : f.hand_over)
    walk(f, c.text_at, {c.external_id_size, c.agent_size, c.note_size});
  for (const auto& c : f.reassign)
    walk(f, c.text_at, {c.where_size, c.queue_size, c.agent_size, c.reason_size});
  for (const auto& c : f.switch_route) {
    walk(f, c.text_at, {c.rule_size});
    require(c.on <= 1);
  }
  for (const auto& c : f.hold_queue) {
    walk(f, c.text_at, {c.queue_size});
    require(c.held <= 1);
  }
  for (const auto& c : f.score) {
    walk(f, c.text_at, {c.external_id_size, c.agent_size});
    require(c.points >= -15 && c.points <= 15);
  }
  for (const auto& c : f.reconcile) walk(f, c.text_at, {c.agent_size, c.tickets_size});
  for (const auto& c : f.rate) walk(f, c.text_at, {c.external_id_size, c.comment_size});
}

void check_commands(std::span<const std::byte> payload) {
  const auto decoded = decode_commands(payload);
  if (!decoded) {
    require(!decoded.error().text.empty());
    return;
  }
  const auto& f = *decoded;
  require(!f.order.empty());
  size_t counts[desk::command_kind_count] = {};
  for (const auto kind : f.order) {
    require(static_cast<int>(kind) < desk::command_kind_count);
    ++counts[static_cast<size_t>(kind)];
  }
  const size_t sizes[] = {f.open.size(),          f.update.size(),
                          f.message.size(),       f.assign.size(),
                          f.start.size(),         f.requeue.size(),
                          f.pend.size(),          f.resume.size(),
                          f.resolve.size(),       f.close.size(),
                          f.reopen.size(),        f.cancel.size(),
                          f.define_queue.size(),  f.define_agent.size(),
                          f.log_in.size(),        f.log_out.size(),
                          f.config_begin.size(),  f.config_chunk.size(),
                          f.config_commit.size(), f.acknowledge.size(),
                          f.merge.size(),         f.import_ticket.size(),
                          f.migrate.size(),       f.repair.size(),
                          f.accept.size(),        f.decline.size(),
                          f.withdraw.size(),      f.set_agent_state.size(),
                          f.next.size(),          f.escalate.size(),
                          f.bounce.size(),        f.hand_over.size(),
                          f.reassign.size(),      f.switch_route.size(),
                          f.hold_queue.size(),    f.score.size(),
                          f.reconcile.size(),     f.rate.size()};
  static_assert(std::size(sizes) == desk::command_kind_count);
  for (size_t kind = 0; kind < std::size(sizes); ++kind) require(counts[kind] == sizes[kind]);
  for (const auto& c : f.open) {
    size_t at = c.text_at;
    for (const size_t size : c.sizes) walk(f, at, {size}), at += size;
    require(c.kind <= 2 && c.impact <= 3 && c.urgency <= 3 && c.vip <= 1 && c.sentiment <= 3 &&
            c.workaround <= 1 && c.major <= 1 && c.confidence <= 100);
  }
  for (const auto& c : f.update) {
    size_t at = c.text_at;
    for (const size_t size : c.sizes) walk(f, at, {size}), at += size;
    require(c.kind <= 2 && c.impact <= 3 && c.urgency <= 3 && c.vip <= 1 && c.sentiment <= 3 &&
            c.workaround <= 1 && c.major <= 1 && c.confidence <= 100);
  }
  for (const auto& c : f.message) walk(f, c.text_at, {c.external_id_size});
  for (const auto& c : f.assign) walk(f, c.text_at, {c.external_id_size, c.agent_size});
  for (const auto& c : f.start) walk(f, c.text_at, {c.external_id_size});
  for (const auto& c : f.requeue)
    walk(f, c.text_at, {c.external_id_size, c.queue_size, c.reason_size});
  for (const auto& c : f.pend) walk(f, c.text_at, {c.external_id_size, c.reason_size});
  for (const auto& c : f.resume) walk(f, c.text_at, {c.external_id_size});
  for (const auto& c : f.resolve) walk(f, c.text_at, {c.external_id_size, c.code_size});
  for (const auto& c : f.close) walk(f, c.text_at, {c.external_id_size, c.code_size});
  for (const auto& c : f.reopen) walk(f, c.text_at, {c.external_id_size, c.reason_size});
  for (const auto& c : f.cancel) walk(f, c.text_at, {c.external_id_size, c.reason_size});
  for (const auto& c : f.define_queue) walk(f, c.text_at, {c.name_size, c.group_size, c.need_size});
  for (const auto& c : f.define_agent)
    walk(f, c.text_at, {c.name_size, c.groups_size, c.skills_size});
  for (const auto& c : f.log_in) walk(f, c.text_at, {c.agent_size});
  for (const auto& c : f.log_out) walk(f, c.text_at, {c.agent_size});
  for (const auto& c : f.acknowledge) {
    walk(f, c.text_at, {c.external_id_size});
    require(c.clock < desk::clock_kind_count || c.clock == desk::Acknowledge::any_clock);
  }
  for (const auto& c : f.merge) walk(f, c.text_at, {c.external_id_size, c.into_external_id_size});
  for (const auto& c : f.import_ticket) {
    size_t at = c.text_at;
    for (const size_t size : c.sizes) walk(f, at, {size}), at += size;
    walk(f, at, {c.history_size, c.agent_size});
    require(c.kind <= 2 && c.impact <= 3 && c.workaround <= 1 && c.major <= 1);
  }
  for (const auto& c : f.migrate) {
    walk(f, c.text_at, {c.select_size, c.policy_size});
    require(c.mode <= 1);
  }
  for (const auto& c : f.repair) {
    walk(f, c.text_at, {c.external_id_size});
    require(c.newest <= 1);
  }
  check_routing(f);
  for (const auto& c : f.config_chunk) require(uint64_t{c.text_at} + c.size <= f.text.size());
}

/// Whatever was decoded is encoded and decoded again to the same bytes.
template <class Decode>
void check_round_trip(std::span<const std::byte> payload, Decode decode) {
  const auto decoded = decode(payload);
  if (!decoded) return;
  Bytes once;
  append(once, *decoded);
  const Payload again(std::span<const std::byte>(once).subspan(frame_header_size));
  const auto decoded_again = decode(again.bytes());
  require(decoded_again.has_value());
  Bytes twice;
  append(twice, *decoded_again);
  require(once == twice);
}

void check_configuration(std::span<const std::byte> payload) {
  const auto decoded = decode_configuration(payload);
  if (!decoded) return;
  const auto again = decode_configuration(encode_configuration(*decoded));
  require(again.has_value() && *again == *decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const Payload payload(std::as_bytes(std::span(data + 1, size - 1)));
  const auto bytes = payload.bytes();
  switch (data[0]) {
    case 0:
      check_configuration(bytes);
      break;
    case 1:
      check_round_trip(bytes, decode_hello);
      break;
    case 2:
      check_commands(bytes);
      break;
    case 3:
      check_round_trip(bytes, decode_advance);
      break;
    case 4:
      check_round_trip(bytes, decode_open_desk);
      break;
    case 5:
      check_round_trip(bytes, decode_query);
      break;
    case 6:
      check_round_trip(bytes, decode_subscribe);
      break;
    case 7:
      check_round_trip(bytes, decode_credit);
      break;
    case 8:
      check_round_trip(bytes, decode_unsubscribe);
      break;
    case 9:
      check_round_trip(bytes, decode_control);
      break;
    case 65:
      check_round_trip(bytes, decode_welcome);
      break;
    case 66:
      check_round_trip(bytes, decode_desk_opened);
      break;
    case 67:
      check_round_trip(bytes, decode_replies);
      break;
    case 68:
      check_round_trip(bytes, decode_busy);
      break;
    case 69:
      check_round_trip(bytes, decode_answer);
      break;
    case 70:
      check_round_trip(bytes, decode_events);
      break;
    case 71:
      check_round_trip(bytes, decode_too_old);
      break;
    case 72:
      check_round_trip(bytes, decode_error);
      break;
    case 73:
      check_round_trip(bytes, decode_advanced);
      break;
    case 74:
      check_round_trip(bytes, decode_done);
      break;
    case 75:
      check_round_trip(bytes, decode_server_status);
      break;
    default:
      break;
  }
  return 0;
}
