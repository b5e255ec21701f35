// The C++ client: one connection, one session, every tool's way in.
//
// Commands are numbered here, densely per desk, and kept until they are answered. If the connection
// breaks, the client connects again (waiting 10 ms, 20 ms … 1 s between attempts), says hello with
// the same session and sends what is unanswered again, in order and under the same numbers: a
// command the server had already answered gives its first answer, never a second effect. Advances
// and requests keep their place in that order. A frame the server was too busy for is sent again,
// with everything behind it, when the server said.
//
// Two styles, which may be mixed:
//   call(desk, writer, timeout)                     one frame, wait for its replies
//   submit(desk, writer) … receive(timeout) …       pipelined, as far as room() goes
//
// Owner: one thread at a time.  Time: the monotonic clock, for timeouts and waiting.  Allocates:
// per frame.  Errors: ClientError; nothing is thrown.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "engine/desk/reject.h"
#include "sched/base/expected.h"
#include "sched/base/ids.h"
#include "sched/base/time.h"
#include "wire/command_writer.h"
#include "wire/messages.h"

namespace paceline::wire {

enum class ClientErrorKind : uint8_t {
  address_invalid,
  unreachable,     ///< No connection, however often tried.
  deadline,        ///< The timeout passed. What was sent stays sent; its answer may still come.
  refused,         ///< The server said no: `code` says which no.
  protocol,        ///< The peer does not speak this protocol, or broke it.
  frame_invalid,   ///< The frame cannot be sent: an unfit text, or larger than the server takes.
  in_flight_full,  ///< More than room(); receive() first.
  too_old,         ///< Events asked for are gone: `first_sequence` is the oldest there is.
  work_lost,       ///< The server has forgotten commands it had answered.
  rejected,        ///< put_configuration: the desk refused it, `reject` says why.
  forbidden,       ///< This user may not connect to the unix socket.
};
std::string_view name(ClientErrorKind kind);

/// `text` says what, where and how to mend it.
struct ClientError {
  ClientErrorKind kind = ClientErrorKind::protocol;
  std::string text;
  ErrorCode code = ErrorCode::internal;      ///< For `refused`.
  desk::Reject reject = desk::Reject::none;  ///< For `rejected`.
  uint64_t first_sequence = 0;               ///< For `too_old`.
};

template <class T>
using Called = sched::Expected<T, ClientError>;

using Timeout = std::chrono::microseconds;

struct ClientOptions {
  std::string address;  ///< "unix:PATH" or "tcp:HOST:PORT"
  std::string client_name = "paceline";
  std::string token;
  desk::SessionId session;  ///< 0: random. Give one to continue a session's numbering.
  Lane lane = Lane::interactive;
  Timeout connect_timeout = std::chrono::seconds(5);  ///< For the first connection, all attempts.
  Timeout reconnect_timeout = std::chrono::seconds(30);  ///< Given up after; 0: never reconnect.
  bool wait_for_server = false;  ///< Keep trying within connect_timeout: it is about to start.
  /// Why an attempt to connect failed that is made again: a line each, without newline, on the
  /// calling thread. From it, no call of the client.
  std::function<void(std::string_view)> note;
};

/// The replies to one frame that was submitted.
struct Received {
  sched::DeskNumber desk;
  uint64_t first_number = 0;
  std::vector<desk::Reply> replies;
};

class ClientSession;

class Client {
 public:
  static constexpr Timeout default_timeout = std::chrono::seconds(30);

  static Called<Client> connect(ClientOptions options);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  const Welcome& welcome() const;
  desk::SessionId session() const;
  uint64_t reconnects() const;  ///< So far.

  /// A desk must be opened before it is spoken of. Opening it again refreshes what is known.
  Called<DeskOpened> open_desk(const std::string& name, bool create = false,
                               std::optional<desk::Limits> limits = {},
                               Timeout timeout = default_timeout);

  /// Sends the writer's commands, waits for their replies, one per command, and clears the writer.
  /// An empty writer is answered at once.
  Called<std::vector<desk::Reply>> call(sched::DeskNumber desk, CommandWriter& writer,
                                        Timeout timeout = default_timeout);

  /// Commands that may be submitted now without waiting. Frames submitted and not yet received
  /// count.
  size_t room() const;
  /// Sends the writer's commands without waiting for the answer and clears the writer; the number
  /// of the first command. in_flight_full leaves the writer as it is.
  Called<uint64_t> submit(sched::DeskNumber desk, CommandWriter& writer);
  /// Frames submitted whose replies were not yet received.
  size_t unreceived() const;
  /// The next answered frame, in the order of the answers (per desk: of submission). Nothing if
  /// none is outstanding or the timeout passed first; a timeout of 0 polls.
  Called<std::optional<Received>> receive(Timeout timeout = default_timeout);

  /// Moves the clock of a server whose time is driven by commands; `desk` 0: of every desk.
  /// Answers the desk's instant after it.
  Called<sched::Instant> advance(sched::DeskNumber desk, sched::Instant at,
                                 Timeout timeout = default_timeout);
  /// The same without waiting, in its place between submitted frames. A refusal comes out of the
  /// next receive() or call.
  Called<void> submit_advance(sched::DeskNumber desk, sched::Instant at);

  Called<desk::Answer> query(sched::DeskNumber desk, const desk::Query& query,
                             Timeout timeout = default_timeout);

  /// Events from `from_sequence` on (0: from now on) of the kinds in the mask (0: all). After a
  /// reconnect it goes on behind the last event delivered.
  Called<void> subscribe(sched::DeskNumber desk, uint64_t from_sequence, uint64_t kinds = 0,
                         Timeout timeout = default_timeout);
  Called<void> unsubscribe(sched::DeskNumber desk, Timeout timeout = default_timeout);
  /// Events that have come, at most one frame of them; empty if none came within the timeout.
  /// Credit is renewed as events are taken out here, so an idle reader costs the server nothing.
  Called<std::vector<desk::Event>> next_events(sched::DeskNumber desk,
                                               Timeout timeout = default_timeout);

  Called<ServerStatus> status(Timeout timeout = default_timeout);
  /// Of the server's state as it is now; may take minutes.
  Called<SnapshotTaken> take_snapshot(Timeout timeout);
  /// The server's log and snapshots stay as they are while this client is connected.
  Called<LogHeld> hold_log(Timeout timeout = default_timeout);
  Called<void> drain(Timeout timeout = default_timeout);
  /// The server reads its configuration file again, or says what that would change.
  Called<Reloaded> reload(bool dry_run, Timeout timeout = default_timeout);

  /// Begin, chunks, commit; done when the desk has taken the configuration in.
  Called<void> put_configuration(sched::DeskNumber desk, const desk::Configuration& configuration,
                                 Timeout timeout = default_timeout);

 private:
  explicit Client(std::unique_ptr<ClientSession> session);
  std::unique_ptr<ClientSession> session_;
};

}  // namespace paceline::wire
