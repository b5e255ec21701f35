// A listening socket, unix or TCP.
//
// A unix socket left behind by a server that died is taken over; one that somebody still answers is
// not. The socket file goes with the listener.
//
// Owner: I/O thread.  Errors: sentences.
#pragma once

#include <utility>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "sched/base/expected.h"
#include "wire/server.h"

namespace paceline::wire {

class Listener {
 public:
  /// A connected, non-blocking socket, the receiver's to close.
  using Accepted = std::function<void(int socket, bool is_unix)>;

  static sched::Expected<std::unique_ptr<Listener>, ServerError> open(
      boost::asio::io_context& context, const std::string& address, Accepted accepted);
  ~Listener();

  void begin();
  const std::string& address() const;  ///< With the port that was found for port 0.

 private:
  struct Impl;
  explicit Listener(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

}  // namespace paceline::wire
