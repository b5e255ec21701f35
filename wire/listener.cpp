#include <utility>

#include "wire/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>

#include "engine/runtime/data_folder.h"
#include "wire/connection.h"

namespace paceline::wire {

namespace {

constexpr int backlog = 512;
constexpr auto pause_without_files = std::chrono::milliseconds(100);
// 2,000 connections a second at most; the backlog keeps the others.
constexpr int accepted_at_once = 8;
constexpr auto pause_between_bursts = std::chrono::milliseconds(4);

ServerError cannot(const std::string& address, const std::string& why, const std::string& mend) {
  return {ServerExit::failed, "cannot listen on " + address + ": " + why + ": " + mend};
}

ServerError cannot(const std::string& address, int error, const std::string& mend) {
  ServerError refused = cannot(address, std::strerror(error), mend);
  if (runtime::is_forbidden(error)) refused.exit_code = ServerExit::forbidden;
  return refused;
}

ServerError in_use(const std::string& address) {
  return {ServerExit::folder_in_use, "cannot listen on " + address +
                                         ": somebody listens there already: stop that server, or "
                                         "give this one another address with --listen"};
}

bool somebody_answers(const sockaddr_un& name) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return false;
  const int connected = connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  const bool answers = connected == 0 || errno == EAGAIN;
  close(probe);
  return answers;
}

sched::Expected<int, ServerError> listen_unix(const std::string& address, const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path)
    return sched::Unexpected{
        cannot(address, "a socket's path has 1 … 107 bytes", "choose a shorter path")};
  std::memcpy(name.sun_path, path.data(), path.size());
  int refused_removal = 0;
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      return sched::Unexpected{cannot(address, "there is a file of that name that is no socket",
                                      "move it away or choose another path")};
    if (somebody_answers(name)) return sched::Unexpected{in_use(address)};
    if (unlink(path.c_str()) != 0) refused_removal = errno;
  }
  const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (file < 0 || bind(file, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(file, backlog) != 0) {
    // A socket of another user's that could not be removed is in the way: that is forbidden too.
    const int error = refused_removal != 0 ? refused_removal : errno;
    if (file >= 0) close(file);
    return sched::Unexpected{
        cannot(address, error, "choose a path in a folder this user may write to")};
  }
  return file;
}

sched::Expected<int, ServerError> listen_tcp(const std::string& address, const Address& where,
                                             std::string& bound) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const char* host = where.host.empty() ? "127.0.0.1" : where.host.c_str();
  if (const int error = getaddrinfo(host, where.port.c_str(), &hints, &found))
    return sched::Unexpected{
        cannot(address, gai_strerror(error), "name a host and port of this machine")};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  const int file =
      socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, found->ai_protocol);
  const int on = 1;
  if (file >= 0) setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (file < 0 || bind(file, found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(file, backlog) != 0) {
    const int error = errno;
    if (file >= 0) close(file);
    if (error == EADDRINUSE) return sched::Unexpected{in_use(address)};
    return sched::Unexpected{
        cannot(address, error, "choose an address of this machine and a free port")};
  }
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  char port[NI_MAXSERV] = "";
  if (getsockname(file, reinterpret_cast<sockaddr*>(&name), &size) == 0)
    getnameinfo(reinterpret_cast<sockaddr*>(&name), size, nullptr, 0, port, sizeof port,
                NI_NUMERICSERV);
  const bool brackets = where.host.find(':') != std::string::npos;
  bound = std::string("tcp:") + (brackets ? "[" : "") + host + (brackets ? "]" : "") + ":" + port;
  return file;
}

}  // namespace

struct Listener::Impl : std::enable_shared_from_this<Impl> {
  Impl(boost::asio::io_context& context, int file, std::string where, std::string file_path,
       Accepted receiver)
      : socket(context, file),
        pause(context),
        address(std::move(where)),
        path(std::move(file_path)),
        accepted(std::move(receiver)) {}

  void arm() {
    socket.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error && self->socket.is_open()) self->accept_some();
                      });
  }

  void accept_some() {
    for (int taken = 0; taken < accepted_at_once;) {
      const int client =
          accept4(socket.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client >= 0) {
        const int on = 1;
        if (path.empty()) setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        accepted(client, !path.empty());
        if (!socket.is_open()) return;
        ++taken;
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN) return arm();
      // Out of files or memory: the backlog keeps those who wait.
      return arm_after(pause_without_files);
    }
    // Somebody may connect as fast as we accept: those who are connected come first.
    arm_after(pause_between_bursts);
  }

  void arm_after(std::chrono::milliseconds wait) {
    pause.expires_after(wait);
    pause.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && self->socket.is_open()) self->arm();
    });
  }

  boost::asio::posix::stream_descriptor socket;
  boost::asio::steady_timer pause;
  std::string address;
  std::string path;  // of a unix socket
  Accepted accepted;
};

sched::Expected<std::unique_ptr<Listener>, ServerError> Listener::open(
    boost::asio::io_context& context, const std::string& address, Accepted accepted) {
  // No client can connect to port 0, but a server may ask for any that is free.
  const bool any_port = address.starts_with("tcp:") && address.ends_with(":0");
  auto where = Address::parse(any_port ? address.substr(0, address.size() - 1) + "1" : address);
  if (where && any_port) where->port = "0";
  if (!where) return sched::Unexpected{ServerError{ServerExit::failed, where.error()}};
  std::string bound = address;
  auto file = where->is_unix ? listen_unix(address, where->path)
                             : listen_tcp(address, where.value(), bound);
  if (!file) return sched::Unexpected{file.error()};
  return std::unique_ptr<Listener>(new Listener(
      std::make_shared<Impl>(context, file.value(), bound,
                             where->is_unix ? where->path : std::string(), std::move(accepted))));
}

Listener::Listener(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() {
  if (!impl_->path.empty()) unlink(impl_->path.c_str());
  boost::system::error_code ignored;
  impl_->socket.close(ignored);
  impl_->pause.cancel(ignored);
}

void Listener::begin() { impl_->arm(); }
const std::string& Listener::address() const { return impl_->address; }

}  // namespace paceline::wire
