#include "tools/nuisance.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <span>
#include <string_view>
#include <utility>

#include "wire/codec.h"
#include "wire/messages.h"

namespace paceline::tools {

namespace {

constexpr std::string_view unix_scheme = "unix:";
constexpr uint32_t every_event = 1'000'000'000;
constexpr size_t connections_held = 200;

/// A connected socket, or -1. The benchmark's own server listens on a unix socket.
int connect_to(const std::string& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string_view path = std::string_view(address).substr(unix_scheme.size());
  if (path.size() >= sizeof name.sun_path) return -1;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket >= 0 && ::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0)
    return socket;
  if (socket >= 0) ::close(socket);
  return -1;
}

bool send_all(int socket, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

Got<DeafSubscriber> DeafSubscriber::subscribe(const std::string& address, const std::string& desk) {
  // The desk's number first, by someone who listens.
  wire::ClientOptions options;
  options.address = address;
  auto client = wire::Client::connect(options);
  if (!client) return sched::Unexpected{explain(client.error())};
  const auto opened = client->open_desk(desk);
  if (!opened) return sched::Unexpected{explain(opened.error())};

  DeafSubscriber subscriber(connect_to(address));
  wire::Bytes out;
  const auto session = 0xdeaf'0000 + static_cast<uint64_t>(subscriber.socket_);
  append(out, wire::Hello{.client_name = "deaf", .token = {}, .session = {session}});
  append(out, wire::OpenDesk{.tag = 1, .name = desk, .create = false, .limits = {}});
  append(out, wire::Subscribe{.tag = 2, .desk = opened->desk, .credit = every_event});
  if (subscriber.socket_ < 0 || !send_all(subscriber.socket_, out))
    return sched::Unexpected{not_available("a subscriber cannot connect")};
  return subscriber;
}

DeafSubscriber::DeafSubscriber(DeafSubscriber&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)) {}

DeafSubscriber::~DeafSubscriber() {
  if (socket_ >= 0) ::close(socket_);
}

ConnectionFlood::ConnectionFlood(std::string address)
    : address_(std::move(address)), thread_([this] {
        std::deque<int> held;  // so that the server has many at once
        while (!ending_) {
          const int socket = connect_to(address_);
          if (socket < 0) {
            poll(nullptr, 0, 1);
            continue;
          }
          ++made_;
          held.push_back(socket);
          if (held.size() <= connections_held) continue;
          ::close(held.front());
          held.pop_front();
        }
        for (const int socket : held) ::close(socket);
      }) {}

uint64_t ConnectionFlood::end() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
  return made_;
}

}  // namespace paceline::tools
