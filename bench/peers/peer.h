// A queue server under load, whichever it is: what a driver asks of it.
//
// A driver loads a running server over a few connections from one thread. Each connection has crews
// of workers; a crew's turn is one batch: complete the tickets it has in hand, open as many new
// ones, take as many, most pressing first. Two crews share a connection, so that one batch is
// worked on while the other travels. This is the workload of `paceline bench cycle`.
//
// Owner: one thread.  Errors: fail() ends the driver with a sentence; there is nobody to recover
// for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace paceline::bench::peers {

inline constexpr uint32_t body_size = 200;
inline constexpr uint32_t priority_count = 5;  ///< 0 is the most pressing.

[[noreturn]] void fail(const std::string& sentence);

struct Plan {
  std::string address;  ///< "unix:PATH" or "tcp:HOST:PORT"
  uint32_t connections = 4;
  uint32_t in_flight = 100;  ///< Tickets in hand, on each connection.
  uint64_t count = 0;        ///< Tickets to load, or opens to time.
  double seconds = 5.0;
  bool batched = false;      ///< Where a protocol has both: many tickets in one command.
  bool unlogged = false;     ///< Where a server can keep a table out of its log.
  uint32_t delay_min_s = 0;  ///< Until a delayed ticket fires: from this …
  uint32_t delay_max_s = 0;  ///< … to this, spread evenly.
};

/// One connection.
class Lane {
 public:
  virtual ~Lane() = default;

  /// Sends a batch that opens tickets.
  virtual void open(uint32_t count) = 0;
  /// Sends a crew's batch. The first completes nothing.
  virtual void turn(uint32_t crew, uint32_t count) = 0;
  /// Whether everything was handed to the system; send() tries again.
  virtual bool sent() const = 0;
  virtual void send() = 0;
  /// Reads what has come, or with `wait` until something comes. Batches answered, in order.
  virtual uint32_t receive(bool wait) = 0;
  virtual int file() const = 0;  ///< To be polled.
  /// Gives back or commits what is open; nothing is in flight.
  virtual void finish() {}
};

class Peer {
 public:
  virtual ~Peer() = default;
  virtual uint32_t crews() const { return 2; }
  /// Makes tables, streams and the like on an empty server.
  virtual void prepare(const Plan&) {}
  virtual std::unique_ptr<Lane> connect(const Plan& plan) = 0;
  virtual uint64_t waiting(const Plan& plan) = 0;  ///< Tickets that nobody has.
  /// That a server keeps for the tickets elsewhere than in its memory; 0: look at its memory.
  virtual uint64_t bytes(const Plan&) { return 0; }
  virtual uint64_t delayed(const Plan&) { fail("this server has no delayed tickets"); }
};

/// Command line in, one JSON object on stdout.
int peer_main(int argc, char** argv, Peer& peer);

}  // namespace paceline::bench::peers
