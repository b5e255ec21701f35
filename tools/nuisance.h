// Those who are in the others' way, for the load benchmark: subscribers that ask for every event
// and read nothing, and somebody who connects and hangs up as fast as the system lets him.
//
// Owner: the benchmark's thread; the flood has one of its own.  Errors: Failure.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "sched/base/ids.h"
#include "tools/failure.h"

namespace paceline::tools {

/// Subscribes and never reads again, as long as it lives.
class DeafSubscriber {
 public:
  static Got<DeafSubscriber> subscribe(const std::string& address, const std::string& desk);
  DeafSubscriber(DeafSubscriber&& other) noexcept;
  DeafSubscriber& operator=(DeafSubscriber&&) = delete;
  ~DeafSubscriber();

 private:
  explicit DeafSubscriber(int socket) : socket_(socket) {}
  int socket_ = -1;
};

class ConnectionFlood {
 public:
  explicit ConnectionFlood(std::string address);
  ~ConnectionFlood() { end(); }
  ConnectionFlood(const ConnectionFlood&) = delete;
  ConnectionFlood& operator=(const ConnectionFlood&) = delete;

  uint64_t end();  ///< How many connections it made.

 private:
  std::string address_;
  std::atomic<bool> ending_{false};
  std::atomic<uint64_t> made_{0};
  std::thread thread_;
};

}  // namespace paceline::tools
