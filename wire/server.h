// The server: accepts connections, reads and verifies frames, hands them to the runtime, answers
// when their batch is durable. Boost.Asio lives behind this header.
//
//   auto server = Server::start(options);        // locks the folder, recovers, listens
//   if (!server) { print(server.error().text); return server.error().exit_code; }
//   ServerEnd end = (*server)->run();             // until drained, or until the log fails
//
// Who may do what: a peer on the unix socket that runs under the server's own user, or one whose
// hello carries the content of the token file, is an administrator; everyone else may work.
// Administrators alone may create desks, advance the clock, define queues, agents and
// configurations, and drain. Event::principal is the uid on a unix socket, 0xffff'fffe for a token,
// 0xffff'ffff for anyone else.
//
// A server keeps every connection bounded: what it has not answered, what it has not sent. Over
// the bound it stops reading that connection; where the shard cannot keep up it answers busy.
//
// Owner: the thread that calls run() is the I/O thread; start() and run() on one thread.
// request_drain() may be called from any thread and from a signal handler.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/limits.h"
#include "sched/base/expected.h"
#include "wire/frame.h"
#include "wire/messages.h"

namespace paceline::runtime {
class Disk;
class WallClock;
}  // namespace paceline::runtime

namespace paceline::wire {

/// What the process should end with. 2, 3 and 6 … 8 belong to the tools.
enum class ServerExit : int {
  clean = 0,
  failed = 1,         ///< Could not start: a damaged log, another rules version, no such folder.
  folder_in_use = 4,  ///< Another server has the data folder, or something listens there already.
  forbidden = 5,      ///< This user may not use the folder, the token file or the address.
  log_failed = 9,     ///< A write or sync failed while serving. Nothing unsynced was answered.
};

/// Somebody asked for the configuration to be read again. Goes back with the answer.
struct ReloadRequest {
  uint64_t connection = 0;  ///< 0: nobody waits for the answer.
  uint64_t tag = 0;
  bool dry_run = false;
};
struct ReloadAnswer {
  Reloaded report;
  std::string refusal;  ///< Not empty: nothing has changed, and why.
};

struct ServerOptions {
  std::string data;                 ///< Folder; created if absent.
  std::vector<std::string> listen;  ///< "unix:PATH", "tcp:HOST:PORT" (port 0: any free one).
  Durability durability = Durability::sync;
  sched::Duration sync_interval = sched::microsecond * 100'000;  ///< Of Durability::interval.
  ClockMode clock_mode = ClockMode::wall;
  std::string token_file;  ///< Its content makes an administrator. Empty: none.

  desk::Limits desk_limits;  ///< For desks created without limits of their own.
  uint32_t shards = 1;       ///< Threads that desks are spread over.
  bool pin_threads = false;  ///< I/O, shard and log threads each to a processor of their own.
  uint32_t desks_max = 256;
  uint32_t connections_max = 1'024;
  uint32_t frame_size_max = frame_size_max_default;
  uint32_t in_flight_commands_max = 8'192;  ///< Per connection; no more than reply_window.
  uint64_t in_flight_bytes_max = 16 * 1'048'576;
  uint64_t bytes_in_flight_max = 256 * 1'048'576;  ///< Of all connections; above it: busy.
  uint32_t events_kept = 65'536;                   ///< Per desk, for subscriptions to resume from.
  uint64_t segment_size = 64 * 1'048'576;
  uint64_t snapshot_log_bytes = 1'024 * 1'048'576ULL;  ///< Log since the last; 0: never for it.
  sched::Duration snapshot_every = sched::hour;        ///< If anything happened; 0: never for it.
  bool snapshot_on_exit = false;
  int64_t hello_wait_us = 10'000'000;   ///< From connecting to hello.
  int64_t ending_wait_us = 10'000'000;  ///< For a client to read why its connection ends.

  std::string server_name = "paceline";
  std::string server_version = "0.1.0";

  /// Progress of a long recovery, clock jumps, refused connections: a line each, without newline.
  std::function<void(std::string_view)> note;

  /// Reads the configuration again: called on the I/O thread, returns at once, is answered by
  /// Server::reloaded(). None: a client who asks is refused.
  std::function<void(ReloadRequest)> reload;

  runtime::Disk* disk = nullptr;        ///< Tests inject faults here. None: the real one.
  runtime::WallClock* clock = nullptr;  ///< Tests set the time here. None: the real one.
  /// A wall clock that runs ahead of the monotonic one by more has jumped …
  sched::Duration max_jump = sched::minute * 5;
  bool waits_on_clock_jump = false;  ///< … and is not believed until somebody confirms it.
};

struct ServerError {
  ServerExit exit_code = ServerExit::failed;
  std::string text;  ///< What, where, how to mend it.
};

struct ServerEnd {
  ServerExit exit_code = ServerExit::clean;
  std::string text;  ///< Empty when clean.
};

class Server {
 public:
  /// Locks the data folder, replays the log and listens. Clients may connect from now on; they are
  /// served when run() is called.
  static sched::Expected<std::unique_ptr<Server>, ServerError> start(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Serves until drained, or until the log fails.
  ServerEnd run();

  /// Takes nothing new in, finishes and answers what is in hand, syncs, ends run(). Safe in a
  /// signal handler and from any thread, as often as you like.
  void request_drain() noexcept;

  /// Answers what options.reload was asked. Any thread.
  void reloaded(const ReloadRequest& request, ReloadAnswer answer);

  /// Where it listens, in the form clients take; with the port that was found for port 0.
  const std::vector<std::string>& addresses() const;

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace paceline::wire
