#include "wire/connection.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/runtime/data_folder.h"
#include "engine/runtime/wall_clock.h"

namespace paceline::wire {
namespace {

constexpr size_t receive_size = 262'144;

std::string system_text(int error) { return std::strerror(error); }

/// Milliseconds until the deadline for poll(), rounded up, never negative.
int poll_timeout(Deadline deadline) {
  const auto left = deadline - MonotonicClock::now();
  if (left <= Deadline::duration::zero()) return 0;
  const auto left_ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::min<int64_t>(left_ms, 3'600'000));
}

struct Connected {
  int socket = -1;
  int error = 0;
};

/// A non-blocking socket connected to `address` by the deadline, or why not.
Connected connect_to(int family, const sockaddr* address, socklen_t size, Deadline deadline) {
  const int socket = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return {-1, errno};
  int error = ::connect(socket, address, size) == 0 ? 0 : errno;
  // A unix socket whose backlog is full answers EAGAIN and cannot be polled for: the server is
  // there, and takes one after the other.
  while (error == EAGAIN && MonotonicClock::now() < deadline) {
    ::poll(nullptr, 0, 1);
    error = ::connect(socket, address, size) == 0 ? 0 : errno;
  }
  if (error == EINPROGRESS) {
    pollfd poll_for{socket, POLLOUT, 0};
    int ready = 0;
    do {
      ready = ::poll(&poll_for, 1, poll_timeout(deadline));
    } while (ready < 0 && errno == EINTR);
    socklen_t error_size = sizeof error;
    if (ready == 0)
      error = ETIMEDOUT;
    else if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &error_size) != 0)
      error = errno;
  }
  if (error == 0) return {socket, 0};
  ::close(socket);
  return {-1, error};
}

bool nobody_there(int error) {
  return error == ECONNREFUSED || error == ENOENT || error == EAGAIN || error == ECONNRESET;
}

}  // namespace

MonotonicClock::time_point MonotonicClock::now() {
  return time_point(duration(runtime::WallClock().monotonic_us()));
}

sched::Expected<Address, std::string> Address::parse(std::string_view text) {
  const auto refused = [&](std::string_view why) {
    return sched::Unexpected{"address \"" + std::string(text) + "\" " + std::string(why) +
                             ": write unix:PATH or tcp:HOST:PORT"};
  };
  Address address;
  if (text.starts_with("unix:")) {
    address.is_unix = true;
    address.path = text.substr(5);
    if (address.path.empty()) return refused("has no path");
    if (address.path.find('\0') != std::string::npos) return refused("contains a NUL");
    if (address.path.size() >= sizeof(sockaddr_un::sun_path))
      return refused("has a path of more than 107 bytes, which a unix socket cannot have");
    return address;
  }
  if (!text.starts_with("tcp:")) return refused("has no known scheme");
  const std::string_view rest = text.substr(4);
  const size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return refused("has no port");
  std::string_view host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return refused("has no host");
  uint32_t number = 0;
  for (const char digit : port) {
    if (digit < '0' || digit > '9' || number > 65'535) return refused("has no valid port");
    number = number * 10 + static_cast<uint32_t>(digit - '0');
  }
  if (port.empty() || number == 0 || number > 65'535) return refused("has no valid port");
  address.host = host;
  address.port = port;
  return address;
}

sched::Expected<Connection, Connection::Failed> Connection::open(const Address& address,
                                                                 Deadline deadline) {
  if (address.is_unix) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, address.path.data(), address.path.size());
    const auto connected =
        connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&name), sizeof name, deadline);
    if (connected.socket >= 0) return Connection(connected.socket);
    const bool forbidden = runtime::is_forbidden(connected.error);
    return sched::Unexpected{
        Failed{"cannot connect to unix:" + address.path + ": " + system_text(connected.error) +
                   (forbidden ? ": the socket's folder and the socket must let this user in"
                              : ": is the server running?"),
               nobody_there(connected.error), forbidden}};
  }

  const std::string where = "tcp:" + address.host + ":" + address.port;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &list);
      error != 0)
    return sched::Unexpected{
        Failed{"cannot resolve " + where + ": " + ::gai_strerror(error) + ": check the host's name",
               error == EAI_AGAIN}};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> release(list, &::freeaddrinfo);
  int error = ECONNREFUSED;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    const auto connected = connect_to(each->ai_family, each->ai_addr, each->ai_addrlen, deadline);
    if (connected.socket >= 0) {
      const int on = 1;  // frames are whole messages: waiting for more to send gains nothing
      ::setsockopt(connected.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return Connection(connected.socket);
    }
    error = connected.error;
  }
  return sched::Unexpected{
      Failed{"cannot connect to " + where + ": " + system_text(error) + ": is the server running?",
             nobody_there(error)}};
}

Connection::Connection(int socket) : socket_(socket), input_(receive_size) {}

Connection::~Connection() {
  if (socket_ >= 0) ::close(socket_);
}

Connection::Connection(Connection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      reader_(std::move(other.reader_)),
      input_(std::move(other.input_)),
      unparsed_(other.unparsed_),  // a vector's elements stay where they are when it is moved
      unsent_(std::move(other.unsent_)),
      unsent_at_(other.unsent_at_),
      lost_(other.lost_),
      frame_(std::move(other.frame_)),
      reason_(std::move(other.reason_)) {}

void Connection::send(std::span<const std::byte> bytes) {
  if (unsent() == 0 && !lost_) {  // the common case: nothing is copied
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) bytes = bytes.subspan(static_cast<size_t>(sent));
    if (bytes.empty()) return;
  }
  unsent_.insert(unsent_.end(), bytes.begin(), bytes.end());
  flush();
}

bool Connection::flush() {
  while (!lost_ && unsent_at_ < unsent_.size()) {
    const ssize_t sent =
        ::send(socket_, unsent_.data() + unsent_at_, unsent_.size() - unsent_at_, MSG_NOSIGNAL);
    if (sent >= 0) {
      unsent_at_ += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      reason_ = "sending failed: " + system_text(errno);
      lost_ = true;
    }
  }
  if (unsent_at_ == unsent_.size()) {
    unsent_.clear();
    unsent_at_ = 0;
  } else if (unsent_at_ > unsent_.size() / 2) {
    unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<ptrdiff_t>(unsent_at_));
    unsent_at_ = 0;
  }
  return !lost_;
}

Connection::Event Connection::parse() {
  while (!unparsed_.empty()) {
    auto next = reader_.next(unparsed_);
    if (!next) {
      reason_ = next.error().text;
      return Event::protocol;
    }
    if (next->has_value()) {
      frame_ = std::move(**next);
      return Event::frame;
    }
  }
  return Event::deadline;
}

Connection::Event Connection::receive() {
  for (;;) {
    const ssize_t received = ::recv(socket_, input_.data(), input_.size(), 0);
    if (received > 0) {
      unparsed_ = std::span<const std::byte>(input_).first(static_cast<size_t>(received));
      return parse();
    }
    if (received == 0) {
      reason_ = reader_.partial() ? "the server closed the connection in the middle of a frame"
                                  : "the server closed the connection";
      return Event::lost;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Event::deadline;
    reason_ = "receiving failed: " + system_text(errno);
    return Event::lost;
  }
}

Connection::Event Connection::wait(Deadline deadline) {
  if (const Event parsed = parse(); parsed != Event::deadline) return parsed;
  for (;;) {
    // What has arrived is read even when sending fails: a fatal error is said before the close.
    const bool sendable = flush();
    if (const Event received = receive(); received != Event::deadline) return received;
    if (!sendable) return Event::lost;
    const int timeout_ms = poll_timeout(deadline);
    if (timeout_ms == 0) return Event::deadline;
    pollfd poll_for{socket_, static_cast<short>(unsent() != 0 ? POLLIN | POLLOUT : POLLIN), 0};
    if (::poll(&poll_for, 1, timeout_ms) < 0 && errno != EINTR) {
      reason_ = "waiting failed: " + system_text(errno);
      return Event::lost;
    }
  }
}

}  // namespace paceline::wire
