// One client's connection as the server sees it: bytes in, requests out; answers in, bytes out.
//
//   accepted ── hello ──▶ open ── malformed, refused, lost ──▶ closed
//
// What it holds is bounded: one frame being read, the commands and questions in flight, the output.
// Over a bound it stops reading, so that the client's own socket fills and the client waits.
//
// Order is never lost: when a frame is answered busy, every later one for that desk is too, until
// the refused one comes again.
//
// Owner: I/O thread.  Allocates: a buffer per frame (frame.h), and its output.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/command.h"
#include "engine/runtime/request.h"
#include "wire/frame.h"
#include "wire/messages.h"
#include "wire/subscriptions.h"

namespace paceline::runtime {
struct DeskRecord;
}

namespace paceline::wire {

class ServerCore;
struct ReloadAnswer;

/// A request with the bytes it points into.
struct ServerRequest : runtime::Request {
  Payload bytes;
};

class ServerSession : public std::enable_shared_from_this<ServerSession> {
 public:
  /// Owns the connected, non-blocking socket.
  ServerSession(ServerCore& core, uint64_t id, int socket, bool is_unix);
  ~ServerSession();
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;

  void begin();
  void answered(const ServerRequest& request, std::span<const desk::Reply> replies);
  /// Takes up what was held back, sends what there is, reads on.
  void resume();
  /// Sends events its subscriptions wait for, as credit and output go.
  void pump_events();
  bool subscribed() const { return !subscriptions_.empty(); }
  void drained(uint64_t tag);  ///< Answers a control drain.
  void reloaded(uint64_t tag, ReloadAnswer answer);
  void send_pending() { flush(); }
  void fail(ErrorCode code, const std::string& text);  ///< Says why, then closes.
  void close();

  uint64_t id() const { return id_; }
  bool closed() const { return closed_; }
  bool greeted() const { return greeted_; }
  int64_t accepted_at_us() const { return accepted_at_us_; }
  bool closing() const { return closing_; }
  int64_t closing_since_us() const { return closing_since_us_; }
  size_t unsent() const { return out_.size() - out_at_; }

 private:
  /// A frame that was answered busy and has not come again.
  struct Refused {
    sched::DeskNumber desk;
    uint64_t first_number = 0;
    uint64_t tag = 0;
  };

  struct Sockets;

  // Reading.
  void arm_read();
  void readable();
  void parse(std::span<const std::byte> bytes);
  bool room_for(const Frame& frame) const;
  bool take(Frame& frame);  ///< False: not now, hold it back.

  bool take_commands(Frame& frame);
  void take_advance(const Frame& frame);
  bool take_open_desk(const Frame& frame);
  bool take_query(const Frame& frame);
  void take_hello(const Frame& frame);
  void take_subscribe(const Frame& frame);
  void take_credit(const Frame& frame);
  void take_unsubscribe(const Frame& frame);
  void take_control(const Frame& frame);
  void submit_control(const Control& control);

  bool administrator() const;
  bool desk_known(sched::DeskNumber desk) const;
  runtime::DeskRecord& desk_record(sched::DeskNumber desk) const;
  bool submit_question(ServerRequest* request);
  void submit_or_refuse(ServerRequest* request, uint64_t first_number);
  bool must_refuse(sched::DeskNumber desk, uint64_t first_number, uint64_t tag);
  void refuse_busy(sched::DeskNumber desk, uint64_t first_number, uint64_t tag);
  ServerRequest* new_request(runtime::RequestKind kind, uint64_t tag);
  void malformed(MessageKind kind, const WireError& error);
  void error(uint64_t tag, ErrorCode code, std::string text);
  void answer_refused(const ServerRequest& request);
  void answer_question(const ServerRequest& request);

  // Writing.
  void flush();
  void arm_write();

  // Fixed at construction, the rest by hello.
  ServerCore& core_;
  const uint64_t id_;
  std::unique_ptr<Sockets> sockets_;
  int64_t accepted_at_us_ = 0;
  bool is_own_user_ = false;  // the peer runs under the server's user
  bool greeted_ = false;
  desk::SessionId session_;
  runtime::Lane lane_ = runtime::Lane::interactive;
  uint32_t principal_ = 0xffff'ffff;
  uint32_t roles_ = 0;

  // Reading.
  FrameReader reader_;
  bool reading_ = false;
  std::optional<Frame> held_;        // a frame that found no room
  std::vector<std::byte> unparsed_;  // and the bytes that came behind it
  std::vector<Refused> refused_;

  // In flight.
  size_t commands_ = 0;
  uint64_t bytes_ = 0;
  size_t questions_ = 0;  // requests that are no commands

  // Writing.
  Bytes out_;
  size_t out_at_ = 0;
  bool writing_ = false;
  bool closing_ = false;    // once everything is sent
  bool holds_log_ = false;  // or has asked to
  int64_t closing_since_us_ = 0;
  bool closed_ = false;

  Subscriptions subscriptions_;
};

}  // namespace paceline::wire
