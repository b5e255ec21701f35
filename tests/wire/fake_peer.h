// A server for tests: a unix socket in a folder of its own, and a script on a thread that reads and
// writes whole frames. What the script expects and does not get fails the test.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "wire/codec.h"
#include "wire/frame.h"
#include "wire/messages.h"

namespace paceline::wire {

/// The other end of one client connection.
class PeerConnection {
 public:
  explicit PeerConnection(int socket) : socket_(socket) {}
  ~PeerConnection() { close(); }
  PeerConnection(PeerConnection&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)),
        reader_(std::move(other.reader_)),
        unread_(std::move(other.unread_)) {}
  PeerConnection& operator=(PeerConnection&&) = delete;

  /// The next frame; none once the client closed, or after ten seconds.
  std::optional<Frame> next() {
    for (;;) {
      std::span<const std::byte> bytes(unread_);
      auto frame = reader_.next(bytes);
      const size_t taken = unread_.size() - bytes.size();
      unread_.erase(unread_.begin(), unread_.begin() + static_cast<ptrdiff_t>(taken));
      if (!frame) {
        ADD_FAILURE() << frame.error().text;
        return {};
      }
      if (frame->has_value()) return std::move(**frame);
      pollfd poll_for{socket_, POLLIN, 0};
      if (socket_ < 0 || ::poll(&poll_for, 1, 10'000) <= 0) return {};
      std::byte buffer[65'536];
      const ssize_t received = ::recv(socket_, buffer, sizeof buffer, 0);
      if (received <= 0) return {};
      unread_.insert(unread_.end(), buffer, buffer + received);
    }
  }

  Frame expect(MessageKind kind) {
    auto frame = next();
    if (!frame || frame->kind != kind) {
      ADD_FAILURE() << "expected " << name(kind) << ", got "
                    << (frame ? name(frame->kind) : "the end");
      return {kind, Payload()};
    }
    return std::move(*frame);
  }

  template <class Message>
  void send(const Message& message) {
    Bytes bytes;
    append(bytes, message);
    send_bytes(bytes);
  }
  void send_bytes(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<size_t>(sent));
    }
  }

  /// Hello and welcome.
  Hello greet(Welcome welcome = {}) {
    const Frame frame = expect(MessageKind::hello);
    const auto hello = decode_hello(frame.payload.bytes());
    EXPECT_TRUE(hello);
    welcome.server_name = "fake";
    send(welcome);
    return hello ? *hello : Hello{};
  }

  OpenDesk open_desk(uint64_t last_number, uint16_t number = 1, uint64_t last_event = 0) {
    const Frame frame = expect(MessageKind::open_desk);
    const auto open = decode_open_desk(frame.payload.bytes());
    EXPECT_TRUE(open);
    if (!open) return {};
    DeskOpened opened;
    opened.tag = open->tag;
    opened.desk = {number};
    opened.name = open->name;
    opened.last_number = last_number;
    opened.reply_window = 8'192;
    opened.last_event = last_event;
    send(opened);
    return *open;
  }

  struct Commands {
    sched::DeskNumber desk;
    uint64_t first_number = 0;
    size_t count = 0;
    std::string text;
  };
  Commands commands() {
    const Frame frame = expect(MessageKind::commands);
    const auto decoded = decode_commands(frame.payload.bytes());
    EXPECT_TRUE(decoded);
    if (!decoded) return {};
    return {decoded->desk, decoded->first_number, decoded->order.size(),
            std::string(decoded->text)};
  }

  /// Answers each command with its own number as the ticket.
  void reply(const Commands& commands, uint16_t code = 0) {
    std::vector<desk::Reply> replies(commands.count);
    for (size_t i = 0; i < replies.size(); ++i) {
      replies[i].code = code;
      replies[i].ticket = commands.first_number + i;
    }
    send(Replies{commands.desk, commands.first_number, replies});
  }

  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

 private:
  int socket_;
  FrameReader reader_{Sender::client, frame_size_max_default};
  Bytes unread_;
};

class FakePeer {
 public:
  using Script = std::function<void(FakePeer&)>;

  explicit FakePeer(Script script, bool listening = true) {
    char folder[] = "/tmp/paceline-test-XXXXXX";
    folder_ = ::mkdtemp(folder);
    path_ = folder_ + "/socket";
    if (listening) listen();
    thread_ = std::thread([this, script = std::move(script)] { script(*this); });
  }
  ~FakePeer() {
    thread_.join();
    stop_listening();
    ::rmdir(folder_.c_str());
  }

  std::string address() const { return "unix:" + path_; }

  PeerConnection accept() {
    pollfd poll_for{listener_, POLLIN, 0};
    if (::poll(&poll_for, 1, 10'000) <= 0) {
      ADD_FAILURE() << "nobody connected";
      return PeerConnection(-1);
    }
    return PeerConnection(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
  }

  void listen() {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path_.data(), path_.size());
    EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
  }
  void stop_listening() {
    if (listener_ >= 0) ::close(std::exchange(listener_, -1));
    ::unlink(path_.c_str());
  }

 private:
  std::string folder_;
  std::string path_;
  int listener_ = -1;
  std::thread thread_;
};

}  // namespace paceline::wire
