// A client that does only what it is told, for tests of the server: sends bytes, reads frames.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sched/base/check.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/frame.h"
#include "wire/messages.h"

namespace paceline::testing {

class RawPeer {
 public:
  explicit RawPeer(const std::string& unix_path) : socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    CHECK(unix_path.size() < sizeof name.sun_path);
    std::memcpy(name.sun_path, unix_path.data(), unix_path.size());
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0;
  }
  /// Takes a connected socket over.
  explicit RawPeer(int socket) : socket_(socket), connected_(true) {}
  ~RawPeer() { close(socket_); }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;

  bool connected() const { return connected_; }

  void send_bytes(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server may have hung up: the test looks at what it said
      bytes = bytes.subspan(static_cast<size_t>(sent));
    }
  }
  /// As much as the socket takes at once; how much that was.
  size_t send_without_waiting(std::span<const std::byte> bytes) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent > 0 ? static_cast<size_t>(sent) : 0;
  }
  template <class Message>
  void tell(const Message& message) {
    wire::Bytes out;
    append(out, message);  // found where the message is declared
    send_bytes(out);
  }

  /// The next frame; none when the server has hung up, or says nothing for `timeout_ms`.
  std::optional<wire::Frame> next(int timeout_ms = 10'000) {
    while (true) {
      std::span<const std::byte> rest = std::span(input_).subspan(taken_);
      auto frame = reader_.next(rest);
      CHECK(frame.has_value());
      taken_ = input_.size() - rest.size();
      if (frame.value()) return std::move(*frame.value());
      input_.resize(64 * 1'024);
      taken_ = 0;
      pollfd ready{socket_, POLLIN, 0};
      const bool some = poll(&ready, 1, timeout_ms) > 0;
      const ssize_t got = some ? recv(socket_, input_.data(), input_.size(), 0) : 0;
      input_.resize(got > 0 ? static_cast<size_t>(got) : 0);
      hung_up_ = some && got <= 0;
      if (got <= 0) return {};
    }
  }
  bool hung_up() const { return hung_up_; }
  /// Waits until the server has closed its end, and reads nothing of what it sent before.
  bool is_cut_off(int timeout_ms = 10'000) {
    pollfd ready{socket_, 0, 0};
    return poll(&ready, 1, timeout_ms) > 0 && (ready.revents & POLLHUP) != 0;
  }

  /// The next frame, which must be of this kind.
  wire::Frame expect(wire::MessageKind kind) {
    auto frame = next();
    CHECK(frame.has_value());
    if (frame->kind == wire::MessageKind::error && kind != wire::MessageKind::error) {
      const auto error = wire::decode_error(frame->payload.bytes());
      std::fprintf(stderr, "server said: %s\n", error ? error.value().text.c_str() : "?");
    }
    CHECK(frame->kind == kind);
    return std::move(*frame);
  }

  wire::Welcome hello(uint64_t session, wire::Lane lane = wire::Lane::interactive,
                      const std::string& token = {}) {
    tell(wire::Hello{.client_name = "test", .token = token, .session = {session}, .lane = lane});
    return wire::decode_welcome(expect(wire::MessageKind::welcome).payload.bytes()).value();
  }
  wire::DeskOpened open_desk(const std::string& name, bool create,
                             std::optional<desk::Limits> limits = small_limits()) {
    tell(wire::OpenDesk{.tag = 1, .name = name, .create = create, .limits = limits});
    return wire::decode_desk_opened(expect(wire::MessageKind::desk_opened).payload.bytes()).value();
  }
  void send_commands(wire::CommandWriter& writer, sched::DeskNumber desk, uint64_t first_number) {
    auto frame = writer.finish(desk, first_number);
    CHECK(frame.has_value());
    send_bytes(frame.value());
    writer.clear();
  }
  std::vector<desk::Reply> replies() {
    const wire::Frame frame = expect(wire::MessageKind::replies);
    const auto replies = wire::decode_replies(frame.payload.bytes());
    CHECK(replies.has_value());
    return {replies.value().replies.begin(), replies.value().replies.end()};
  }
  wire::ErrorMessage error() {
    return wire::decode_error(expect(wire::MessageKind::error).payload.bytes()).value();
  }

  static desk::Limits small_limits() {
    desk::Limits limits;
    limits.tickets_max = 10'000;
    limits.text_mib_max = 64;
    return limits;
  }

 private:
  int socket_;
  bool connected_ = false;
  bool hung_up_ = false;
  wire::FrameReader reader_{wire::Sender::server, wire::answer_frame_size_max};
  std::vector<std::byte> input_;
  size_t taken_ = 0;
};

}  // namespace paceline::testing
