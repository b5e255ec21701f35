// One stream socket of a client: bytes out, frames in, never blocking longer than it is told.
//
// While it waits for room to write it also reads, so two sides that both have much to say cannot
// wait for each other for ever.
//
// Owner: one thread at a time.  Time: the monotonic clock, for deadlines.  Allocates: a frame at a
// time.  Errors: sentences.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"
#include "wire/frame.h"

namespace paceline::wire {

/// "unix:PATH" or "tcp:HOST:PORT"; an IPv6 host in brackets.
struct Address {
  bool is_unix = false;
  std::string path;
  std::string host;
  std::string port;

  static sched::Expected<Address, std::string> parse(std::string_view text);
};

/// The runtime's monotonic clock, in the standard library's words.
struct MonotonicClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
  static time_point now();
};
using Deadline = MonotonicClock::time_point;

class Connection {
 public:
  struct Failed {
    std::string text;
    bool absent = false;     ///< Nobody listens there (yet).
    bool forbidden = false;  ///< This user may not connect there: waiting does not help.
  };
  static sched::Expected<Connection, Failed> open(const Address& address, Deadline deadline);

  ~Connection();
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  /// Queued behind what is still unsent; goes out as far as the socket takes it now.
  void send(std::span<const std::byte> bytes);
  size_t unsent() const { return unsent_.size() - unsent_at_; }

  enum class Event : uint8_t {
    frame,     ///< frame() has it.
    deadline,  ///< None came in time.
    lost,      ///< The peer is gone: reason().
    protocol,  ///< The peer does not speak our protocol: reason().
  };
  /// The next frame; sends meanwhile what is unsent.
  Event wait(Deadline deadline);
  Frame take_frame() { return std::move(*frame_); }
  const std::string& reason() const { return reason_; }

 private:
  explicit Connection(int socket);
  Event parse();
  bool flush();     // false: lost
  Event receive();  // `deadline`: nothing there yet

  int socket_ = -1;
  FrameReader reader_{Sender::server, answer_frame_size_max};
  std::vector<std::byte> input_;         // the newest bytes received …
  std::span<const std::byte> unparsed_;  // … and those of them not yet made into frames
  Bytes unsent_;
  size_t unsent_at_ = 0;
  bool lost_ = false;
  std::optional<Frame> frame_;
  std::string reason_;
};

}  // namespace paceline::wire
