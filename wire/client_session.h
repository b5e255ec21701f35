// Private to the client: one session, which outlives its connections.
//
// Everything unanswered is kept in the order in which it was sent, with the bytes to send it again.
// One request at most is awaited at any time (the client is blocking); advances and the
// subscriptions renewed after a reconnect are answered to nobody.
//
// Owner: the client's thread.  Time: the monotonic clock.  Allocates: per frame.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "wire/client.h"
#include "wire/codec.h"
#include "wire/connection.h"

namespace paceline::wire {

/// Events the server may send unasked; renewed when half of them were taken.
inline constexpr uint32_t event_credit = 8'192;

Deadline deadline_after(Timeout timeout);
ClientError error_of(ClientErrorKind kind, std::string text);
ClientError desk_not_open(sched::DeskNumber desk);
ClientError events_gone(uint64_t first_sequence);
/// Why an answer of another kind than hoped for came.
ClientError unexpected(const Frame& answer);
template <class Message>
ClientError malformed(const sched::Expected<Message, WireError>& decoded) {
  return error_of(ClientErrorKind::protocol, "the server sent: " + decoded.error().text);
}

/// A frame whose answer has not come. Commands and advances are ordered: per desk they are sent,
/// and sent again, in the order of the list. Other requests are not.
struct Outstanding {
  MessageKind kind = MessageKind::commands;
  sched::DeskNumber desk = {};  // 0: an advance of every desk, or no desk at all
  uint64_t first_number = 0;    // commands
  size_t count = 0;             // commands
  uint64_t tag = 0;             // everything else
  int64_t at_us = 0;            // advance
  Bytes frame = {};
  bool once = false;     // not to be sent again on another connection
  bool refused = false;  // by busy, or held back because something before it was
  bool resent = false;   // on another connection: it may have taken effect already

  bool ordered() const { return kind == MessageKind::commands || kind == MessageKind::advance; }
};

struct OpenedDesk {
  std::string name;
  uint64_t next_number = 1;  // of the next command submitted
  uint64_t answered_to = 0;  // highest number whose reply came
  uint32_t reply_window = 0;
};

struct Subscription {
  uint64_t kinds = 0;
  uint64_t next_sequence = 0;  // first event not yet received
  uint32_t taken = 0;          // events handed out since credit was last given
  size_t queued = 0;           // events in `frames`
  std::deque<std::vector<desk::Event>> frames;
  std::optional<uint64_t> too_old;  // oldest event there still is
};

class ClientSession {
 public:
  ClientSession(ClientOptions session_options, Address server_address)
      : options(std::move(session_options)), address(std::move(server_address)) {}

  enum class Attempt : uint8_t {
    done,
    absent,   ///< Nobody listens there.
    lost,     ///< Trying again may help.
    refused,  ///< Trying again will not help: `failed` says why.
  };
  /// Connects and says hello.
  Attempt attempt(Deadline deadline, std::string& reason);

  /// Takes its place behind what is unanswered. Held back if something before it was refused.
  void send(Outstanding request);

  /// Handles one frame, connecting again if it must. False: nothing came by the deadline.
  Called<bool> pump(Deadline deadline);

  /// Sends the frame that `build(entry)` appends to entry.frame and waits for what answers it.
  template <class Build>
  Called<Frame> request(MessageKind kind, sched::DeskNumber desk, Timeout timeout, Build build) {
    Outstanding entry;
    entry.kind = kind;
    entry.desk = desk;
    entry.tag = next_tag++;
    build(entry);
    return await(std::move(entry), timeout);
  }

  std::optional<ClientError> take_pending() { return std::exchange(pending, std::nullopt); }
  void note(std::string_view line) const {
    if (options.note) options.note(line);
  }
  ClientError late(const std::string& what, Timeout timeout) const;
  ClientError too_large(size_t size) const;
  /// Commands that may be unanswered at once.
  size_t commands_max() const;

  // Fixed by connect().
  ClientOptions options;
  Address address;

  // The connection, if there is one.
  std::optional<Connection> connection;
  Welcome welcome;
  uint64_t reconnects = 0;

  // The session.
  uint64_t next_tag = 1;
  std::map<uint16_t, OpenedDesk> desks;
  std::map<uint16_t, Subscription> subscriptions;
  std::deque<Outstanding> outstanding;
  std::deque<Received> received;
  size_t in_flight_commands = 0;       // outstanding and received
  uint64_t in_flight_bytes = 0;        // outstanding
  std::optional<ClientError> failed;   // final
  std::optional<ClientError> pending;  // about something nobody waited for

 private:
  using Entry = std::deque<Outstanding>::iterator;

  ClientError fail(ClientErrorKind kind, std::string text);
  std::optional<Frame> handshake(MessageKind kind, Deadline deadline, std::string& reason);
  void lose_connection(std::string reason);
  Called<bool> reconnect(Deadline deadline);
  bool restore(Deadline deadline, std::string& reason);
  bool reopen(uint16_t number, const OpenedDesk& desk, Deadline deadline, std::string& reason);
  void renew(sched::DeskNumber desk, Subscription& subscription);

  bool overtaking() const;
  std::optional<Deadline> resend_refused();
  void refuse(Outstanding& request, uint64_t retry_after_us);

  Called<Frame> await(Outstanding entry, Timeout timeout);
  Entry find(uint64_t tag);
  void erase(const Entry& at);
  std::optional<ClientError> handle(const Frame& frame);
  std::optional<ClientError> take_replies(const Replies& replies);
  std::optional<ClientError> take_error(const ErrorMessage& message, const Frame& frame);
  void take_events(const Events& events);
  void take_busy(const Busy& busy);
  void complete(uint64_t tag, const Frame& frame);
  template <class Message>
  std::optional<ClientError> complete_with(const sched::Expected<Message, WireError>& decoded,
                                           const Frame& frame) {
    if (!decoded) return malformed(decoded);
    complete(decoded->tag, frame);
    return {};
  }

  // While there is no connection.
  std::string lost_because_;
  Deadline give_up_at_{};
  Deadline next_attempt_at_{};
  Timeout backoff_{};

  // While something is refused.
  bool any_refused_ = false;
  Deadline retry_at_{};

  // The one request somebody waits for.
  uint64_t awaited_tag_ = 0;
  std::optional<Frame> awaited_answer_;
  bool awaited_lost_ = false;  // it was not to be sent again
};

}  // namespace paceline::wire
