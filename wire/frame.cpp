#include "wire/frame.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace paceline::wire {
namespace {

bool sent_by(Sender sender, uint16_t kind) {
  constexpr auto client_first = static_cast<uint16_t>(MessageKind::hello);
  constexpr auto client_last = static_cast<uint16_t>(MessageKind::control);
  constexpr auto server_first = static_cast<uint16_t>(MessageKind::welcome);
  constexpr auto server_last = static_cast<uint16_t>(MessageKind::reloaded);
  return sender == Sender::client ? kind >= client_first && kind <= client_last
                                  : kind >= server_first && kind <= server_last;
}

}  // namespace

std::string_view name(MessageKind kind) {
  switch (kind) {
    case MessageKind::hello:
      return "hello";
    case MessageKind::commands:
      return "commands";
    case MessageKind::advance:
      return "advance";
    case MessageKind::open_desk:
      return "open_desk";
    case MessageKind::query:
      return "query";
    case MessageKind::subscribe:
      return "subscribe";
    case MessageKind::credit:
      return "credit";
    case MessageKind::unsubscribe:
      return "unsubscribe";
    case MessageKind::control:
      return "control";
    case MessageKind::welcome:
      return "welcome";
    case MessageKind::desk_opened:
      return "desk_opened";
    case MessageKind::replies:
      return "replies";
    case MessageKind::busy:
      return "busy";
    case MessageKind::answer:
      return "answer";
    case MessageKind::events:
      return "events";
    case MessageKind::too_old:
      return "too_old";
    case MessageKind::error:
      return "error";
    case MessageKind::advanced:
      return "advanced";
    case MessageKind::done:
      return "done";
    case MessageKind::server_status:
      return "server_status";
    case MessageKind::snapshot_taken:
      return "snapshot_taken";
    case MessageKind::log_held:
      return "log_held";
    case MessageKind::reloaded:
      return "reloaded";
  }
  return "unknown";
}

std::string_view name(WireErrorKind kind) {
  switch (kind) {
    case WireErrorKind::frame_too_large:
      return "frame_too_large";
    case WireErrorKind::kind_unknown:
      return "kind_unknown";
    case WireErrorKind::version_unsupported:
      return "version_unsupported";
    case WireErrorKind::payload_misaligned:
      return "payload_misaligned";
    case WireErrorKind::payload_malformed:
      return "payload_malformed";
    case WireErrorKind::counts_disagree:
      return "counts_disagree";
    case WireErrorKind::value_out_of_range:
      return "value_out_of_range";
    case WireErrorKind::text_out_of_range:
      return "text_out_of_range";
    case WireErrorKind::text_invalid:
      return "text_invalid";
    case WireErrorKind::empty:
      return "empty";
    case WireErrorKind::text_too_long:
      return "text_too_long";
  }
  return "unknown";
}

Payload::Payload(std::span<const std::byte> bytes) : Payload(bytes.size()) {
  if (!bytes.empty()) std::memcpy(words_.get(), bytes.data(), bytes.size());
}

void Payload::resize(size_t size) {
  if (size > room()) {
    words_count_ = std::bit_ceil((size + sizeof(uint64_t) - 1) / sizeof(uint64_t));
    words_.reset(new uint64_t[words_count_]);
  }
  size_ = size;
}

Payload PayloadPool::take(size_t size) {
  if (kept_.empty()) return Payload(size);
  Payload payload = std::move(kept_.back());
  kept_.pop_back();
  payload.resize(size);
  return payload;
}

void PayloadPool::give_back(Payload payload) {
  if (payload.room() == 0 || payload.room() > room_max || kept_.size() == kept_max) return;
  kept_.push_back(std::move(payload));
}

sched::Expected<FrameHeader, WireError> FrameReader::check_header() const {
  FrameHeader header;
  std::memcpy(&header, header_, sizeof header);
  if (header.version != protocol_version)
    return sched::Unexpected{
        WireError{WireErrorKind::version_unsupported,
                  "frame of protocol version " + std::to_string(header.version) +
                      ", this side speaks version " + std::to_string(protocol_version) +
                      ": is the peer a Paceline of another release, or no Paceline at all?"}};
  if (!sent_by(sender_, header.message_kind))
    return sched::Unexpected{
        WireError{WireErrorKind::kind_unknown,
                  "message kind " + std::to_string(header.message_kind) +
                      (sender_ == Sender::client ? " is nothing a client sends"
                                                 : " is nothing a server sends") +
                      ": the kinds are listed in wire/frame.h"}};
  if (uint64_t{header.payload_size} + frame_header_size > frame_size_max_)
    return sched::Unexpected{WireError{
        WireErrorKind::frame_too_large,
        std::string(name(static_cast<MessageKind>(header.message_kind))) + " frame of " +
            std::to_string(uint64_t{header.payload_size} + frame_header_size) + " bytes, at most " +
            std::to_string(frame_size_max_) + " are taken: split it; welcome tells the limit"}};
  return header;
}

sched::Expected<std::optional<Frame>, WireError> FrameReader::next(
    std::span<const std::byte>& bytes) {
  if (failed_) return sched::Unexpected{*failed_};

  if (header_size_ < frame_header_size) {
    const size_t taken = std::min(frame_header_size - header_size_, bytes.size());
    if (taken != 0) std::memcpy(header_ + header_size_, bytes.data(), taken);
    header_size_ += taken;
    bytes = bytes.subspan(taken);
    if (header_size_ < frame_header_size) return std::optional<Frame>{};
    const auto header = check_header();
    if (!header) {
      failed_ = header.error();
      return sched::Unexpected{*failed_};
    }
    payload_ = pool_ != nullptr ? pool_->take(header->payload_size) : Payload(header->payload_size);
    payload_size_ = 0;
  }

  const size_t taken = std::min(payload_.size() - payload_size_, bytes.size());
  if (taken != 0) std::memcpy(payload_.bytes().data() + payload_size_, bytes.data(), taken);
  payload_size_ += taken;
  bytes = bytes.subspan(taken);
  if (payload_size_ < payload_.size()) return std::optional<Frame>{};

  FrameHeader header;
  std::memcpy(&header, header_, sizeof header);
  header_size_ = 0;
  return std::optional<Frame>{
      Frame{static_cast<MessageKind>(header.message_kind), std::exchange(payload_, Payload{})}};
}

void append_frame(Bytes& out, MessageKind kind, std::span<const std::byte> payload) {
  const FrameHeader header{static_cast<uint32_t>(payload.size()), static_cast<uint16_t>(kind),
                           protocol_version};
  const size_t at = out.size();
  out.resize(at + frame_header_size + payload.size());
  std::memcpy(out.data() + at, &header, sizeof header);
  if (!payload.empty())
    std::memcpy(out.data() + at + frame_header_size, payload.data(), payload.size());
}

}  // namespace paceline::wire
