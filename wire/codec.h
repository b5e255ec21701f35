// Verified bytes ↔ commands, replies and events: the traffic there is most of.
//
// The records of engine/desk/command.h and event.h have, byte for byte, the layout of the structs
// in paceline.fbs, so decoding is checking: the result's spans point into the payload. The
// FlatBuffers verifier looks after offsets only; everything else a hostile frame could contain
// (enums, counts, texts, alignment, trailing bytes) is checked here, once, on the I/O thread or by
// the replayer, and nobody behind it has to.
//
// session, principal and roles do not come from the frame: who serves the connection (or reads the
// log) fills them in.
//
// Owner: any thread; no state is shared.  Time: none.  Allocates: for an error's text; append_… for
// `out`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/desk/command.h"
#include "engine/desk/event.h"
#include "sched/base/expected.h"
#include "sched/base/ids.h"
#include "wire/frame.h"

namespace paceline::wire {

/// `payload` on an 8-byte boundary (Payload is); it must outlive the result. The frame's desk is
/// checked for nothing: the server knows which desks are open.
sched::Expected<desk::CommandFrame, WireError> decode_commands(std::span<const std::byte> payload);

/// The answers to one frame of commands, in its order.
struct Replies {
  sched::DeskNumber desk;
  uint64_t first_number = 0;
  std::span<const desk::Reply> replies;  ///< Decoded: points into the payload.
};
void append(Bytes& out, const Replies& replies);
sched::Expected<Replies, WireError> decode_replies(std::span<const std::byte> payload);

/// Events of one desk in ascending order, as many as credit allowed.
struct Events {
  sched::DeskNumber desk;
  std::span<const desk::Event> events;  ///< Decoded: points into the payload.
};
void append(Bytes& out, const Events& events);
sched::Expected<Events, WireError> decode_events(std::span<const std::byte> payload);

/// The frame was not taken in; it consumed no number. The server's side of the bargain, so that
/// order is never lost: until the refused frame (this first_number; for an advance, this tag) comes
/// again on the same connection, it answers busy to every other commands and advance frame for the
/// desk. The client sends everything refused again, in order, after `retry_after_us`.
struct Busy {
  sched::DeskNumber desk;
  uint64_t first_number = 0;  ///< 0 for an advance.
  uint64_t tag = 0;           ///< 0 for commands.
  uint64_t retry_after_us = 0;
};
void append(Bytes& out, const Busy& busy);
sched::Expected<Busy, WireError> decode_busy(std::span<const std::byte> payload);

}  // namespace paceline::wire
