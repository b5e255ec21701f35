#include "bench/peers/stream.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "bench/peers/peer.h"

namespace paceline::bench::peers {

namespace {

constexpr size_t room_min = 256 << 10;

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) fail("the socket's path is too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail(fmt::format("cannot connect to {}: {}", path, std::strerror(errno)));
  }
  return file;
}

int connect_tcp(const std::string& host, const std::string& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(std::strtoul(port.c_str(), nullptr, 10)));
  if (::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    fail("not an IPv4 address: " + host);
  }
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(file, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    fail(fmt::format("cannot connect to {}:{}: {}", host, port, std::strerror(errno)));
  }
  const int yes = 1;
  ::setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return file;
}

}  // namespace

Stream::Stream(const std::string& address) : in_(room_min) {
  const size_t port_at = address.rfind(':');
  if (address.starts_with("unix:")) {
    file_ = connect_unix(address.substr(5));
  } else if (address.starts_with("tcp:") && port_at > 4) {
    file_ = connect_tcp(address.substr(4, port_at - 4), address.substr(port_at + 1));
  } else {
    fail("not an address: " + address + ": give unix:PATH or tcp:HOST:PORT");
  }
}

Stream::~Stream() { ::close(file_); }

void Stream::send() {
  while (!sent()) {
    const ssize_t size =
        ::send(file_, out_.data() + sent_, out_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (size <= 0) fail(fmt::format("the server takes no more: {}", std::strerror(errno)));
    sent_ += static_cast<size_t>(size);
  }
  out_.clear();
  sent_ = 0;
}

void Stream::fill(bool wait) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (in_.size() - end_ < room_min / 2) {
    std::memmove(in_.data(), in_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (in_.size() - end_ < room_min / 2) in_.resize(in_.size() * 2);
  }
  const ssize_t size = ::recv(file_, in_.data() + end_, in_.size() - end_, wait ? 0 : MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (size == 0) fail("the server has closed the connection");
  if (size < 0) fail(fmt::format("the server cannot be read: {}", std::strerror(errno)));
  end_ += static_cast<size_t>(size);
}

std::string Stream::ask(std::string_view request) {
  out_ += request;
  while (!sent()) send();
  return take_line();
}

std::string Stream::take(size_t size) {
  while (in().size() < size) fill(true);
  std::string bytes(in().substr(0, size));
  consume(size);
  return bytes;
}

std::string Stream::take_line() {
  size_t end;
  while ((end = in().find("\r\n")) == std::string_view::npos) fill(true);
  std::string line(in().substr(0, end));
  consume(end + 2);
  return line;
}

}  // namespace paceline::bench::peers
