// Length-prefixed frames: 8 bytes of header, then a payload the header names.
//
//   0        4        6        8                8 + payload_size
//   | size   | kind   |version | payload …      |      little endian
//
// The reader is incremental and bounded: it never holds more than the one frame it is assembling,
// and refuses a frame by its header, before a byte of payload is waited for. Each payload is
// assembled in a buffer of its own, 8-byte aligned, which leaves with the frame: records are used
// in place and no pointer into a network buffer is kept.
//
// Owner: one thread per reader.  Allocates: one buffer per frame.  Errors: WireError, after which
// the byte stream has no more frames: close the connection.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"

namespace paceline::wire {

static_assert(std::endian::native == std::endian::little,
              "records travel, and are logged, as they lie in memory");

inline constexpr uint16_t protocol_version = 3;
inline constexpr size_t frame_header_size = 8;
/// Header included. What a server accepts unless configured otherwise; `welcome` tells it.
inline constexpr uint32_t frame_size_max_default = 1'048'576;
/// What a client accepts: an answer may list 1,000 tickets with their bodies.
inline constexpr uint32_t answer_frame_size_max = 128 * 1'048'576;

enum class MessageKind : uint16_t {
  // Client to server.
  hello = 1,
  commands,
  advance,
  open_desk,
  query,
  subscribe,
  credit,
  unsubscribe,
  control,
  // Server to client.
  welcome = 65,
  desk_opened,
  replies,
  busy,
  answer,
  events,
  too_old,
  error,
  advanced,
  done,
  server_status,
  snapshot_taken,
  log_held,
  reloaded,
};
/// "desk_opened"
std::string_view name(MessageKind kind);

enum class WireErrorKind : uint8_t {
  // The header: the stream cannot be followed any further.
  frame_too_large,
  kind_unknown,  ///< Not a message kind, or one the other side sends.
  version_unsupported,
  // The payload.
  payload_misaligned,  ///< Not on an 8-byte boundary, or a vector not on its element's.
  payload_malformed,   ///< The verifier refused it, or bytes trail behind.
  counts_disagree,     ///< `order` and the vectors of commands.
  value_out_of_range,  ///< An enum, a flag, a reserved byte.
  text_out_of_range,   ///< A text outside the frame's text, or sharing bytes with another.
  text_invalid,        ///< Not UTF-8, or with a NUL.
  empty,               ///< No command.
  // Writing.
  text_too_long,  ///< Over 65,535 bytes.
};
/// "frame_too_large"
std::string_view name(WireErrorKind kind);

/// `text` says what, where and how to mend it.
struct WireError {
  WireErrorKind kind = WireErrorKind::payload_malformed;
  std::string text;
};

using Bytes = std::vector<std::byte>;

struct FrameHeader {
  uint32_t payload_size = 0;
  uint16_t message_kind = 0;
  uint16_t version = protocol_version;
};
static_assert(sizeof(FrameHeader) == frame_header_size);

/// Owned bytes on an 8-byte boundary. Not initialised.
class Payload {
 public:
  Payload() = default;
  explicit Payload(size_t size) { resize(size); }
  /// A copy.
  explicit Payload(std::span<const std::byte> bytes);

  /// What it held is lost. Room for more is kept, and a little more is made at once.
  void resize(size_t size);
  std::span<std::byte> bytes() { return {reinterpret_cast<std::byte*>(words_.get()), size_}; }
  std::span<const std::byte> bytes() const {
    return {reinterpret_cast<const std::byte*>(words_.get()), size_};
  }
  size_t size() const { return size_; }
  size_t room() const { return words_count_ * sizeof(uint64_t); }

 private:
  std::unique_ptr<uint64_t[]> words_;
  size_t words_count_ = 0;
  size_t size_ = 0;
};

/// Payloads used before, so that a frame like others costs no allocation.
class PayloadPool {
 public:
  Payload take(size_t size);
  void give_back(Payload payload);

 private:
  static constexpr size_t kept_max = 256;
  static constexpr size_t room_max = 524'288;  ///< A larger one is rare, and is freed.
  std::vector<Payload> kept_;
};

struct Frame {
  MessageKind kind = MessageKind::error;
  Payload payload;
};

/// Who wrote the bytes: decides which kinds may come.
enum class Sender : uint8_t { client, server };

class FrameReader {
 public:
  /// Payloads come from `pool`, if there is one, and are the taker's to give back.
  FrameReader(Sender sender, uint32_t frame_size_max, PayloadPool* pool = nullptr)
      : sender_(sender), frame_size_max_(frame_size_max), pool_(pool) {}

  /// Takes bytes from the front of `bytes` until a frame is complete or none are left; what was not
  /// taken stays in `bytes`. Call again until it answers no frame. An error is final.
  sched::Expected<std::optional<Frame>, WireError> next(std::span<const std::byte>& bytes);

  /// In the middle of a frame: the end of the stream here means it was cut off.
  bool partial() const { return header_size_ != 0; }

 private:
  sched::Expected<FrameHeader, WireError> check_header() const;

  // Fixed at construction.
  Sender sender_;
  uint32_t frame_size_max_;
  PayloadPool* pool_;

  // The frame being assembled.
  std::byte header_[frame_header_size] = {};
  size_t header_size_ = 0;   // bytes of header_ taken so far
  size_t payload_size_ = 0;  // bytes of payload_ taken so far
  Payload payload_;
  std::optional<WireError> failed_;
};

/// Header and payload, behind what `out` already holds.
void append_frame(Bytes& out, MessageKind kind, std::span<const std::byte> payload);

}  // namespace paceline::wire
