#include "wire/client_session.h"

#include <thread>

#include "wire/answer_codec.h"

namespace paceline::wire {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr microseconds backoff_first = milliseconds(10);
constexpr microseconds backoff_max = seconds(1);
constexpr microseconds attempt_min = seconds(1);   // a connection with its hello, at the least …
constexpr microseconds attempt_max = seconds(10);  // … and at the most
constexpr uint64_t busy_wait_us_max = 10'000'000;

ClientError refused_by(const ErrorMessage& message) {
  auto error =
      error_of(ClientErrorKind::refused, std::string(name(message.code)) + ": " + message.text);
  error.code = message.code;
  return error;
}

bool share_order(const Outstanding& a, const Outstanding& b) {
  return a.desk == b.desk || a.desk.value == 0 || b.desk.value == 0;
}

}  // namespace

Deadline deadline_after(Timeout timeout) {
  constexpr microseconds longest = std::chrono::hours(24 * 365);
  return MonotonicClock::now() + std::clamp(timeout, microseconds(0), longest);
}

ClientError error_of(ClientErrorKind kind, std::string text) {
  ClientError error;
  error.kind = kind;
  error.text = std::move(text);
  return error;
}

ClientError desk_not_open(sched::DeskNumber desk) {
  return error_of(ClientErrorKind::frame_invalid,
                  "desk " + std::to_string(desk.value) +
                      " is not open on this connection: call open_desk first");
}

ClientError events_gone(uint64_t first_sequence) {
  auto error =
      error_of(ClientErrorKind::too_old, "the events asked for are no longer kept; the oldest is " +
                                             std::to_string(first_sequence) +
                                             ": read the desk's state and go on from there");
  error.first_sequence = first_sequence;
  return error;
}

ClientError unexpected(const Frame& answer) {
  const auto payload = answer.payload.bytes();
  if (answer.kind == MessageKind::error) {
    const auto message = decode_error(payload);
    return message ? refused_by(*message) : malformed(message);
  }
  if (answer.kind == MessageKind::too_old) {
    const auto message = decode_too_old(payload);
    return message ? events_gone(message->first_sequence) : malformed(message);
  }
  return error_of(ClientErrorKind::protocol,
                  "the server answered with " + std::string(name(answer.kind)));
}

ClientError ClientSession::late(const std::string& what, Timeout timeout) const {
  return error_of(ClientErrorKind::deadline,
                  "no " + what + " from " + options.address + " within " +
                      std::to_string(std::max<int64_t>(timeout.count(), 0) / 1'000) +
                      " ms: the server is overloaded or down");
}

ClientError ClientSession::too_large(size_t size) const {
  return error_of(ClientErrorKind::frame_invalid,
                  "a frame of " + std::to_string(size) + " bytes, the server takes " +
                      std::to_string(welcome.frame_size_max) + ": send fewer commands at once");
}

size_t ClientSession::commands_max() const {
  size_t most = welcome.in_flight_commands_max;
  for (const auto& [number, desk] : desks) most = std::min<size_t>(most, desk.reply_window);
  return most;
}

ClientError ClientSession::fail(ClientErrorKind kind, std::string text) {
  failed = error_of(kind, std::move(text));
  return *failed;
}

// ---------------------------------------------------------------------------------- connecting

ClientSession::Attempt ClientSession::attempt(Deadline deadline, std::string& reason) {
  auto opened = Connection::open(address, deadline);
  if (!opened) {
    reason = opened.error().text;
    if (opened.error().forbidden) {
      fail(ClientErrorKind::forbidden, reason);
      return Attempt::refused;
    }
    return opened.error().absent ? Attempt::absent : Attempt::lost;
  }
  connection.emplace(std::move(*opened));
  Bytes bytes;
  append(bytes, Hello{.version = protocol_version,
                      .client_name = options.client_name,
                      .token = options.token,
                      .session = options.session,
                      .lane = options.lane});
  connection->send(bytes);
  const auto frame = handshake(MessageKind::welcome, deadline, reason);
  if (!frame) return failed ? Attempt::refused : Attempt::lost;
  auto decoded = decode_welcome(frame->payload.bytes());
  if (!decoded) {
    failed = malformed(decoded);
    return Attempt::refused;
  }
  if (decoded->version != protocol_version || decoded->in_flight_commands_max == 0) {
    fail(ClientErrorKind::protocol,
         "the server's welcome makes no sense: is " + options.address + " a Paceline?");
    return Attempt::refused;
  }
  welcome = std::move(*decoded);
  return Attempt::done;
}

/// The next frame, which must be of this kind. None: the connection is given up, or `failed`.
std::optional<Frame> ClientSession::handshake(MessageKind kind, Deadline deadline,
                                              std::string& reason) {
  const auto event = connection->wait(deadline);
  if (event != Connection::Event::frame) {
    reason = event == Connection::Event::deadline
                 ? "the server at " + options.address + " does not answer"
                 : connection->reason();
    if (event == Connection::Event::protocol) fail(ClientErrorKind::protocol, reason);
    connection.reset();
    return {};
  }
  Frame frame = connection->take_frame();
  if (frame.kind == kind) return frame;
  connection.reset();
  if (frame.kind != MessageKind::error) {
    fail(ClientErrorKind::protocol, "expected " + std::string(name(kind)) + ", the server sent " +
                                        std::string(name(frame.kind)));
    return {};
  }
  const auto message = decode_error(frame.payload.bytes());
  const bool may_pass = message && (message->code == ErrorCode::draining ||
                                    message->code == ErrorCode::connections_full);
  if (may_pass && !lost_because_.empty()) {  // this is a reconnect
    reason = message->text;
    return {};
  }
  failed = message ? refused_by(*message) : malformed(message);
  return {};
}

void ClientSession::lose_connection(std::string reason) {
  connection.reset();
  lost_because_ = std::move(reason);
  give_up_at_ = deadline_after(options.reconnect_timeout);
  next_attempt_at_ = MonotonicClock::now();
  backoff_ = backoff_first;
  for (auto at = outstanding.begin(); at != outstanding.end();) {
    const bool renewed = at->kind == MessageKind::subscribe && at->tag != awaited_tag_;
    if (!at->once && !renewed) {
      ++at;
      continue;
    }
    if (at->tag == awaited_tag_) awaited_lost_ = true;
    in_flight_bytes -= at->frame.size();
    at = outstanding.erase(at);
  }
}

/// Tries until it is connected again and everything unanswered was sent; false: not by the
/// deadline.
Called<bool> ClientSession::reconnect(Deadline deadline) {
  for (;;) {
    const auto now = MonotonicClock::now();
    if (options.reconnect_timeout <= microseconds(0) || now >= give_up_at_)
      return sched::Unexpected{
          fail(ClientErrorKind::unreachable, "lost the server at " + options.address + ": " +
                                                 lost_because_ + ": start it and try again")};
    if (next_attempt_at_ > deadline) {
      std::this_thread::sleep_until(deadline);
      return false;
    }
    std::this_thread::sleep_until(next_attempt_at_);
    const auto started = MonotonicClock::now();
    const auto attempt_by = std::min({give_up_at_, Deadline(started + attempt_max),
                                      std::max(deadline, Deadline(started + attempt_min))});
    std::string reason;
    if (attempt(attempt_by, reason) == Attempt::done && restore(attempt_by, reason)) {
      ++reconnects;
      return true;
    }
    if (failed) return sched::Unexpected{*failed};
    connection.reset();
    lost_because_ = std::move(reason);
    note(lost_because_);
    next_attempt_at_ = MonotonicClock::now() + backoff_;
    backoff_ = std::min(backoff_ * 2, backoff_max);
  }
}

/// Opens the session's desks on a new connection and sends what is unanswered again.
bool ClientSession::restore(Deadline deadline, std::string& reason) {
  for (const auto& [number, desk] : desks)
    if (!reopen(number, desk, deadline, reason)) return false;
  any_refused_ = false;
  for (auto& each : outstanding) {
    each.refused = false;
    each.resent = true;
    connection->send(each.frame);
  }
  for (auto& [number, subscription] : subscriptions) renew({number}, subscription);
  return true;
}

bool ClientSession::reopen(uint16_t number, const OpenedDesk& desk, Deadline deadline,
                           std::string& reason) {
  Bytes bytes;
  append(bytes, OpenDesk{.tag = next_tag++, .name = desk.name, .create = false, .limits = {}});
  connection->send(bytes);
  const auto frame = handshake(MessageKind::desk_opened, deadline, reason);
  if (!frame) return false;
  const auto opened = decode_desk_opened(frame->payload.bytes());
  if (!opened) {
    failed = malformed(opened);
    return false;
  }
  if (opened->desk.value == number && opened->last_number >= desk.answered_to) return true;
  fail(ClientErrorKind::work_lost,
       "desk \"" + desk.name + "\": commands of this session were answered up to number " +
           std::to_string(desk.answered_to) + ", the server remembers them up to " +
           std::to_string(opened->last_number) +
           ": it lost its log, runs without durability, or forgot a session unused for a day; look "
           "at the desk, then start a new session");
  return false;
}

void ClientSession::renew(sched::DeskNumber desk, Subscription& subscription) {
  if (subscription.too_old) return;
  const bool under_way =
      std::any_of(outstanding.begin(), outstanding.end(), [&](const Outstanding& each) {
        return each.kind == MessageKind::subscribe && each.desk == desk;
      });
  if (under_way) return;
  const auto queued = static_cast<uint32_t>(std::min<size_t>(subscription.queued, event_credit));
  subscription.taken = 0;
  Outstanding request;
  request.kind = MessageKind::subscribe;
  request.desk = desk;
  request.tag = next_tag++;
  append(request.frame, Subscribe{.tag = request.tag,
                                  .desk = desk,
                                  .from_sequence = subscription.next_sequence,
                                  .credit = event_credit - queued,
                                  .kinds = subscription.kinds});
  send(std::move(request));
}

// ------------------------------------------------------------------------------------- sending

void ClientSession::send(Outstanding request) {
  if (request.ordered() && any_refused_)
    request.refused = std::any_of(
        outstanding.begin(), outstanding.end(),
        [&](const Outstanding& each) { return each.refused && share_order(each, request); });
  in_flight_commands += request.count;
  in_flight_bytes += request.frame.size();
  if (connection && !request.refused) connection->send(request.frame);
  outstanding.push_back(std::move(request));
}

/// Is something unanswered that was sent behind a refused frame and must not overtake it?
bool ClientSession::overtaking() const {
  std::vector<const Outstanding*> refused;  // one of each desk
  for (const auto& each : outstanding) {
    if (!each.ordered()) continue;
    const bool behind = std::any_of(refused.begin(), refused.end(), [&](const Outstanding* one) {
      return share_order(*one, each);
    });
    if (behind && !each.refused) return true;
    const bool known = std::any_of(refused.begin(), refused.end(),
                                   [&](const Outstanding* one) { return one->desk == each.desk; });
    if (each.refused && !known) refused.push_back(&each);
  }
  return false;
}

/// Sends again what the server was too busy for, in order, once its time has come and the server
/// has said of everything behind it that it was too busy for that as well. Answers when its time
/// comes, if it only has to wait for that.
std::optional<Deadline> ClientSession::resend_refused() {
  if (!any_refused_ || overtaking()) return {};
  if (MonotonicClock::now() < retry_at_) return retry_at_;
  any_refused_ = false;
  for (auto& each : outstanding) {
    if (!each.refused) continue;
    each.refused = false;
    connection->send(each.frame);
  }
  return {};
}

void ClientSession::refuse(Outstanding& request, uint64_t retry_after_us) {
  request.refused = true;
  any_refused_ = true;
  const microseconds wait(static_cast<int64_t>(std::min(retry_after_us, busy_wait_us_max)));
  retry_at_ = std::max(retry_at_, Deadline(MonotonicClock::now() + wait));
}

Called<Frame> ClientSession::await(Outstanding entry, Timeout timeout) {
  if (failed) return sched::Unexpected{*failed};
  if (auto error = take_pending()) return sched::Unexpected{*error};
  if (entry.frame.size() > welcome.frame_size_max)
    return sched::Unexpected{too_large(entry.frame.size())};
  const auto deadline = deadline_after(timeout);
  const std::string what = "answer to " + std::string(name(entry.kind));
  awaited_tag_ = entry.tag;
  awaited_answer_.reset();
  awaited_lost_ = false;
  send(std::move(entry));

  std::optional<ClientError> error;
  while (!awaited_answer_ && !error) {
    const auto pumped = pump(deadline);
    if (!pumped)
      error = pumped.error();
    else if (awaited_lost_)
      error = error_of(ClientErrorKind::unreachable,
                       "the connection closed before the " + what + " came: " + lost_because_);
    else if (!*pumped)
      error = late(what, timeout);
  }
  const auto at = find(awaited_tag_);
  // Nobody will wait for it any more; an advance keeps its place all the same.
  if (at != outstanding.end() && !at->ordered()) erase(at);
  awaited_tag_ = 0;
  if (error) return sched::Unexpected{*error};
  Frame answer = std::move(*awaited_answer_);
  awaited_answer_.reset();
  return answer;
}

// ----------------------------------------------------------------------------------- receiving

Called<bool> ClientSession::pump(Deadline deadline) {
  if (failed) return sched::Unexpected{*failed};
  if (!connection) {
    auto reconnected = reconnect(deadline);
    if (!reconnected || !*reconnected) return reconnected;
  }
  const auto resend_at = resend_refused();
  switch (connection->wait(resend_at ? std::min(deadline, *resend_at) : deadline)) {
    case Connection::Event::frame:
      break;
    case Connection::Event::deadline:
      return MonotonicClock::now() < deadline;
    case Connection::Event::lost: {
      const std::string reason = connection->reason();
      lose_connection(reason);
      return true;
    }
    case Connection::Event::protocol:
      return sched::Unexpected{fail(ClientErrorKind::protocol, connection->reason())};
  }
  const Frame frame = connection->take_frame();
  if (auto wrong = handle(frame)) {
    failed = std::move(wrong);
    return sched::Unexpected{*failed};
  }
  return true;
}

/// Something the session cannot go on after, if there is.
std::optional<ClientError> ClientSession::handle(const Frame& frame) {
  const auto payload = frame.payload.bytes();
  switch (frame.kind) {
    case MessageKind::replies: {
      const auto replies = decode_replies(payload);
      return replies ? take_replies(*replies) : malformed(replies);
    }
    case MessageKind::busy: {
      const auto busy = decode_busy(payload);
      if (!busy) return malformed(busy);
      take_busy(*busy);
      return {};
    }
    case MessageKind::events: {
      const auto events = decode_events(payload);
      if (!events) return malformed(events);
      take_events(*events);
      return {};
    }
    case MessageKind::too_old: {
      const auto too_old = decode_too_old(payload);
      if (!too_old) return malformed(too_old);
      const auto at = subscriptions.find(too_old->desk.value);
      if (at != subscriptions.end()) at->second.too_old = too_old->first_sequence;
      complete(too_old->tag, frame);
      return {};
    }
    case MessageKind::error: {
      const auto message = decode_error(payload);
      return message ? take_error(*message, frame) : malformed(message);
    }
    case MessageKind::desk_opened:
      return complete_with(decode_desk_opened(payload), frame);
    case MessageKind::advanced:
      return complete_with(decode_advanced(payload), frame);
    case MessageKind::done:
      return complete_with(decode_done(payload), frame);
    case MessageKind::server_status:
      return complete_with(decode_server_status(payload), frame);
    case MessageKind::snapshot_taken:
      return complete_with(decode_snapshot_taken(payload), frame);
    case MessageKind::log_held:
      return complete_with(decode_log_held(payload), frame);
    case MessageKind::reloaded:
      return complete_with(decode_reloaded(payload), frame);
    case MessageKind::answer:
      return complete_with(decode_answer(payload), frame);
    default:
      return error_of(ClientErrorKind::protocol,
                      "the server sent an unexpected " + std::string(name(frame.kind)));
  }
}

std::optional<ClientError> ClientSession::take_replies(const Replies& replies) {
  const auto at =
      std::find_if(outstanding.begin(), outstanding.end(), [&](const Outstanding& each) {
        return each.kind == MessageKind::commands && each.desk == replies.desk &&
               each.first_number == replies.first_number;
      });
  if (at == outstanding.end() || at->count != replies.replies.size())
    return error_of(ClientErrorKind::protocol, "the server answered commands nobody sent: desk " +
                                                   std::to_string(replies.desk.value) +
                                                   ", number " +
                                                   std::to_string(replies.first_number));
  // It overtook a frame that was refused: not applied, so it goes again behind that one.
  if (replies.replies[0].code == static_cast<uint16_t>(desk::Reject::number_gap) &&
      std::any_of(outstanding.begin(), at,
                  [&](const Outstanding& each) { return each.refused && each.desk == at->desk; })) {
    refuse(*at, 0);
    return {};
  }
  auto& desk = desks[replies.desk.value];
  desk.answered_to = std::max(desk.answered_to, replies.first_number + at->count - 1);
  received.push_back(
      {replies.desk, replies.first_number, {replies.replies.begin(), replies.replies.end()}});
  erase(at);
  return {};
}

void ClientSession::take_busy(const Busy& busy) {
  for (auto& each : outstanding) {
    const bool is_it = busy.tag != 0
                           ? each.tag == busy.tag
                           : each.kind == MessageKind::commands && each.desk == busy.desk &&
                                 each.first_number == busy.first_number;
    if (!is_it) continue;
    refuse(each, busy.retry_after_us);
    return;
  }
}

void ClientSession::take_events(const Events& events) {
  const auto at = subscriptions.find(events.desk.value);
  if (at == subscriptions.end()) return;  // unsubscribed meanwhile
  Subscription& subscription = at->second;
  std::vector<desk::Event> fresh;
  for (const auto& event : events.events)
    if (event.sequence >= subscription.next_sequence) fresh.push_back(event);
  if (fresh.empty()) return;
  subscription.next_sequence = fresh.back().sequence + 1;
  subscription.queued += fresh.size();
  subscription.frames.push_back(std::move(fresh));
}

std::optional<ClientError> ClientSession::take_error(const ErrorMessage& message,
                                                     const Frame& frame) {
  if (message.fatal) {
    // The close follows; whether to connect again is decided then.
    if (message.code == ErrorCode::draining) return {};
    return refused_by(message);
  }
  const auto at = message.tag == 0 ? outstanding.end() : find(message.tag);
  if (at == outstanding.end()) {
    if (message.tag == 0) pending = refused_by(message);
    return {};
  }
  // Already past because it took effect before the connection broke.
  if (at->kind == MessageKind::advance && at->resent && message.code == ErrorCode::time_backwards) {
    Bytes bytes;
    append(bytes, Advanced{.tag = at->tag, .desk = at->desk, .now_us = at->at_us});
    const auto payload = std::span<const std::byte>(bytes).subspan(frame_header_size);
    complete(message.tag, Frame{MessageKind::advanced, Payload(payload)});
    return {};
  }
  if (message.tag != awaited_tag_) pending = refused_by(message);
  complete(message.tag, frame);
  return {};
}

ClientSession::Entry ClientSession::find(uint64_t tag) {
  return std::find_if(outstanding.begin(), outstanding.end(),
                      [&](const Outstanding& each) { return each.tag == tag; });
}

void ClientSession::erase(const Entry& at) {
  in_flight_bytes -= at->frame.size();
  outstanding.erase(at);
}

void ClientSession::complete(uint64_t tag, const Frame& frame) {
  const auto at = tag == 0 ? outstanding.end() : find(tag);
  if (at == outstanding.end()) return;  // nobody waits for it any more
  erase(at);
  if (tag == awaited_tag_) awaited_answer_ = Frame{frame.kind, Payload(frame.payload.bytes())};
}

}  // namespace paceline::wire
