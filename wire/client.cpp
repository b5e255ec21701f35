#include "wire/client.h"

#include <sys/random.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "wire/answer_codec.h"
#include "wire/client_session.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace paceline::wire {
namespace {

using std::chrono::microseconds;

constexpr size_t config_chunk_size = 262'144;

desk::SessionId random_session() {
  uint64_t value = 0;
  while (value == 0)
    if (::getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value)) value = 0;
  return {value};
}

}  // namespace

std::string_view name(ClientErrorKind kind) {
  switch (kind) {
    case ClientErrorKind::address_invalid:
      return "address_invalid";
    case ClientErrorKind::unreachable:
      return "unreachable";
    case ClientErrorKind::deadline:
      return "deadline";
    case ClientErrorKind::refused:
      return "refused";
    case ClientErrorKind::protocol:
      return "protocol";
    case ClientErrorKind::frame_invalid:
      return "frame_invalid";
    case ClientErrorKind::in_flight_full:
      return "in_flight_full";
    case ClientErrorKind::too_old:
      return "too_old";
    case ClientErrorKind::work_lost:
      return "work_lost";
    case ClientErrorKind::rejected:
      return "rejected";
    case ClientErrorKind::forbidden:
      return "forbidden";
  }
  return "unknown";
}

Client::Client(std::unique_ptr<ClientSession> session) : session_(std::move(session)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Called<Client> Client::connect(ClientOptions options) {
  constexpr microseconds backoff_first = std::chrono::milliseconds(10);
  constexpr microseconds backoff_max = std::chrono::seconds(1);
  auto address = Address::parse(options.address);
  if (!address)
    return sched::Unexpected{error_of(ClientErrorKind::address_invalid, address.error())};
  if (options.session.value == 0) options.session = random_session();
  auto session = std::make_unique<ClientSession>(std::move(options), std::move(*address));

  const auto deadline = deadline_after(session->options.connect_timeout);
  microseconds backoff = backoff_first;
  for (;;) {
    std::string reason;
    const auto attempt = session->attempt(deadline, reason);
    if (attempt == ClientSession::Attempt::done) return Client(std::move(session));
    if (attempt == ClientSession::Attempt::refused) return sched::Unexpected{*session->failed};
    const auto next = MonotonicClock::now() + backoff;
    if (!session->options.wait_for_server || next >= deadline)
      return sched::Unexpected{error_of(ClientErrorKind::unreachable, reason)};
    session->note(reason);
    std::this_thread::sleep_until(next);
    backoff = std::min(backoff * 2, backoff_max);
  }
}

const Welcome& Client::welcome() const { return session_->welcome; }
desk::SessionId Client::session() const { return session_->options.session; }
uint64_t Client::reconnects() const { return session_->reconnects; }

Called<DeskOpened> Client::open_desk(const std::string& desk_name, bool create,
                                     std::optional<desk::Limits> limits, Timeout timeout) {
  const auto answer =
      session_->request(MessageKind::open_desk, {}, timeout, [&](Outstanding& entry) {
        append(entry.frame,
               OpenDesk{.tag = entry.tag, .name = desk_name, .create = create, .limits = limits});
      });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::desk_opened) return sched::Unexpected{unexpected(*answer)};
  auto opened = decode_desk_opened(answer->payload.bytes());
  if (!opened) return sched::Unexpected{malformed(opened)};
  const auto [at, is_new] = session_->desks.try_emplace(opened->desk.value);
  at->second.name = desk_name;
  at->second.reply_window =
      opened->reply_window == 0 ? desk::Limits{}.reply_window : opened->reply_window;
  if (is_new) {
    at->second.next_number = opened->last_number + 1;
    at->second.answered_to = opened->last_number;
  }
  return *opened;
}

size_t Client::room() const {
  const size_t most = session_->commands_max();
  return most > session_->in_flight_commands ? most - session_->in_flight_commands : 0;
}

size_t Client::unreceived() const {
  const auto& outstanding = session_->outstanding;
  return session_->received.size() +
         static_cast<size_t>(
             std::count_if(outstanding.begin(), outstanding.end(),
                           [](const auto& each) { return each.kind == MessageKind::commands; }));
}

Called<uint64_t> Client::submit(sched::DeskNumber desk, CommandWriter& writer) {
  ClientSession& session = *session_;
  if (session.failed) return sched::Unexpected{*session.failed};
  const auto at = session.desks.find(desk.value);
  if (at == session.desks.end()) return sched::Unexpected{desk_not_open(desk)};
  if (writer.size() > session.commands_max())
    return sched::Unexpected{error_of(
        ClientErrorKind::frame_invalid,
        std::to_string(writer.size()) + " commands in one frame, the server takes " +
            std::to_string(session.commands_max()) + " unanswered ones: send fewer at once")};
  const uint64_t first_number = at->second.next_number;
  const auto frame = writer.finish(desk, first_number);
  if (!frame)
    return sched::Unexpected{error_of(ClientErrorKind::frame_invalid, frame.error().text)};
  if (frame->size() > session.welcome.frame_size_max)
    return sched::Unexpected{session.too_large(frame->size())};
  if (writer.size() > room() ||
      (session.in_flight_bytes != 0 &&
       session.in_flight_bytes + frame->size() > session.welcome.in_flight_bytes_max))
    return sched::Unexpected{
        error_of(ClientErrorKind::in_flight_full,
                 std::to_string(session.in_flight_commands) +
                     " commands are unanswered or not yet received, as many as the server allows: "
                     "receive() first")};
  Outstanding entry;
  entry.kind = MessageKind::commands;
  entry.desk = desk;
  entry.first_number = first_number;
  entry.count = writer.size();
  entry.frame.assign(frame->begin(), frame->end());
  at->second.next_number += entry.count;
  session.send(std::move(entry));
  writer.clear();
  return first_number;
}

Called<std::optional<Received>> Client::receive(Timeout timeout) {
  ClientSession& session = *session_;
  const auto deadline = deadline_after(timeout);
  for (;;) {
    if (auto error = session.take_pending()) return sched::Unexpected{*error};
    if (!session.received.empty()) {
      Received first = std::move(session.received.front());
      session.received.pop_front();
      session.in_flight_commands -= first.replies.size();
      return std::optional<Received>{std::move(first)};
    }
    if (session.outstanding.empty() && !session.failed) return std::optional<Received>{};
    const auto pumped = session.pump(deadline);
    if (!pumped) return sched::Unexpected{pumped.error()};
    if (!*pumped) return std::optional<Received>{};
  }
}

Called<std::vector<desk::Reply>> Client::call(sched::DeskNumber desk, CommandWriter& writer,
                                              Timeout timeout) {
  if (writer.empty()) return std::vector<desk::Reply>{};
  ClientSession& session = *session_;
  const auto deadline = deadline_after(timeout);
  const auto first_number = submit(desk, writer);
  if (!first_number) return sched::Unexpected{first_number.error()};
  for (;;) {
    if (auto error = session.take_pending()) return sched::Unexpected{*error};
    const auto at =
        std::find_if(session.received.rbegin(), session.received.rend(), [&](const Received& each) {
          return each.desk == desk && each.first_number == *first_number;
        });
    if (at != session.received.rend()) {
      auto replies = std::move(at->replies);
      session.received.erase(std::next(at).base());
      session.in_flight_commands -= replies.size();
      return replies;
    }
    const auto pumped = session.pump(deadline);
    if (!pumped) return sched::Unexpected{pumped.error()};
    if (!*pumped) return sched::Unexpected{session.late("replies", timeout)};
  }
}

Called<sched::Instant> Client::advance(sched::DeskNumber desk, sched::Instant at, Timeout timeout) {
  const auto answer =
      session_->request(MessageKind::advance, desk, timeout, [&](Outstanding& entry) {
        entry.at_us = at.us;
        append(entry.frame, Advance{.tag = entry.tag, .desk = desk, .at_us = at.us});
      });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::advanced) return sched::Unexpected{unexpected(*answer)};
  const auto advanced = decode_advanced(answer->payload.bytes());
  if (!advanced) return sched::Unexpected{malformed(advanced)};
  return sched::Instant{advanced->now_us};
}

Called<void> Client::submit_advance(sched::DeskNumber desk, sched::Instant at) {
  ClientSession& session = *session_;
  if (session.failed) return sched::Unexpected{*session.failed};
  if (session.outstanding.size() >= session.welcome.in_flight_commands_max)
    return sched::Unexpected{error_of(
        ClientErrorKind::in_flight_full,
        std::to_string(session.outstanding.size()) + " frames are unanswered: receive() first")};
  Outstanding entry;
  entry.kind = MessageKind::advance;
  entry.desk = desk;
  entry.tag = session.next_tag++;
  entry.at_us = at.us;
  append(entry.frame, Advance{.tag = entry.tag, .desk = desk, .at_us = at.us});
  session.send(std::move(entry));
  return {};
}

Called<desk::Answer> Client::query(sched::DeskNumber desk, const desk::Query& query,
                                   Timeout timeout) {
  const auto answer = session_->request(MessageKind::query, desk, timeout, [&](Outstanding& entry) {
    append(entry.frame, QueryMessage{.tag = entry.tag, .desk = desk, .query = query});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::answer) return sched::Unexpected{unexpected(*answer)};
  auto decoded = decode_answer(answer->payload.bytes());
  if (!decoded) return sched::Unexpected{malformed(decoded)};
  return std::move(decoded->answer);
}

Called<void> Client::subscribe(sched::DeskNumber desk, uint64_t from_sequence, uint64_t kinds,
                               Timeout timeout) {
  const auto at = session_->desks.find(desk.value);
  if (at == session_->desks.end()) return sched::Unexpected{desk_not_open(desk)};
  if (from_sequence == 0) {
    // "From now on" must mean the same now after a reconnect.
    const std::string desk_name = at->second.name;
    const auto opened = open_desk(desk_name, false, {}, timeout);
    if (!opened) return sched::Unexpected{opened.error()};
    from_sequence = opened->last_event + 1;
  }
  Subscription subscription;
  subscription.kinds = kinds;
  subscription.next_sequence = from_sequence;
  session_->subscriptions.erase(desk.value);
  const auto answer =
      session_->request(MessageKind::subscribe, desk, timeout, [&](Outstanding& entry) {
        append(entry.frame, Subscribe{.tag = entry.tag,
                                      .desk = desk,
                                      .from_sequence = from_sequence,
                                      .credit = event_credit,
                                      .kinds = kinds});
        session_->subscriptions[desk.value] = subscription;
      });
  const bool done = answer && answer->kind == MessageKind::done;
  if (!done) session_->subscriptions.erase(desk.value);
  if (!answer) return sched::Unexpected{answer.error()};
  if (!done) return sched::Unexpected{unexpected(*answer)};
  return {};
}

Called<void> Client::unsubscribe(sched::DeskNumber desk, Timeout timeout) {
  session_->subscriptions.erase(desk.value);
  const auto answer =
      session_->request(MessageKind::unsubscribe, desk, timeout, [&](Outstanding& entry) {
        append(entry.frame, Unsubscribe{.tag = entry.tag, .desk = desk});
      });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::done) return sched::Unexpected{unexpected(*answer)};
  return {};
}

Called<std::vector<desk::Event>> Client::next_events(sched::DeskNumber desk, Timeout timeout) {
  ClientSession& session = *session_;
  const auto deadline = deadline_after(timeout);
  for (;;) {
    const auto at = session.subscriptions.find(desk.value);
    if (at == session.subscriptions.end())
      return sched::Unexpected{error_of(
          ClientErrorKind::frame_invalid,
          "no subscription for desk " + std::to_string(desk.value) + ": call subscribe first")};
    Subscription& subscription = at->second;
    if (!subscription.frames.empty()) {
      auto events = std::move(subscription.frames.front());
      subscription.frames.pop_front();
      subscription.queued -= events.size();
      subscription.taken += static_cast<uint32_t>(events.size());
      if (subscription.taken >= event_credit / 2 && session.connection) {
        Bytes credit;
        append(credit, Credit{.desk = desk, .events = std::exchange(subscription.taken, 0U)});
        session.connection->send(credit);
      }
      return events;
    }
    if (subscription.too_old) {
      const auto error = events_gone(*subscription.too_old);
      session.subscriptions.erase(at);
      return sched::Unexpected{error};
    }
    const auto pumped = session.pump(deadline);
    if (!pumped) return sched::Unexpected{pumped.error()};
    if (!*pumped) return std::vector<desk::Event>{};
  }
}

Called<ServerStatus> Client::status(Timeout timeout) {
  const auto answer = session_->request(MessageKind::control, {}, timeout, [](Outstanding& entry) {
    append(entry.frame, Control{.tag = entry.tag, .verb = ControlVerb::status});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::server_status) return sched::Unexpected{unexpected(*answer)};
  auto decoded = decode_server_status(answer->payload.bytes());
  if (!decoded) return sched::Unexpected{malformed(decoded)};
  return std::move(*decoded);
}

Called<void> Client::drain(Timeout timeout) {
  const auto answer = session_->request(MessageKind::control, {}, timeout, [](Outstanding& entry) {
    entry.once = true;  // a server started since is not to end as well
    append(entry.frame, Control{.tag = entry.tag, .verb = ControlVerb::drain});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::done) return sched::Unexpected{unexpected(*answer)};
  return {};
}

Called<SnapshotTaken> Client::take_snapshot(Timeout timeout) {
  const auto answer = session_->request(MessageKind::control, {}, timeout, [](Outstanding& entry) {
    append(entry.frame, Control{.tag = entry.tag, .verb = ControlVerb::snapshot});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::snapshot_taken) return sched::Unexpected{unexpected(*answer)};
  auto decoded = decode_snapshot_taken(answer->payload.bytes());
  if (!decoded) return sched::Unexpected{malformed(decoded)};
  return std::move(*decoded);
}

Called<LogHeld> Client::hold_log(Timeout timeout) {
  const auto answer = session_->request(MessageKind::control, {}, timeout, [](Outstanding& entry) {
    append(entry.frame, Control{.tag = entry.tag, .verb = ControlVerb::hold_log});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::log_held) return sched::Unexpected{unexpected(*answer)};
  auto decoded = decode_log_held(answer->payload.bytes());
  if (!decoded) return sched::Unexpected{malformed(decoded)};
  return std::move(*decoded);
}

Called<Reloaded> Client::reload(bool dry_run, Timeout timeout) {
  const auto answer = session_->request(MessageKind::control, {}, timeout, [&](Outstanding& entry) {
    append(entry.frame, Control{.tag = entry.tag,
                                .verb = dry_run ? ControlVerb::check_reload : ControlVerb::reload});
  });
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->kind != MessageKind::reloaded) return sched::Unexpected{unexpected(*answer)};
  auto decoded = decode_reloaded(answer->payload.bytes());
  if (!decoded) return sched::Unexpected{malformed(decoded)};
  return std::move(*decoded);
}

Called<void> Client::put_configuration(sched::DeskNumber desk,
                                       const desk::Configuration& configuration, Timeout timeout) {
  const Bytes document = encode_configuration(configuration);
  const std::span<const std::byte> bytes(document);
  const size_t chunk_size =
      std::min<size_t>(config_chunk_size, std::max(4'096U, session_->welcome.frame_size_max / 2));
  const auto deadline = deadline_after(timeout);
  CommandWriter writer;
  writer.config_begin(static_cast<uint32_t>(bytes.size()));
  for (size_t at = 0; at < bytes.size(); at += chunk_size) {
    const size_t size = std::min(chunk_size, bytes.size() - at);
    writer.config_chunk(bytes.subspan(at, size));
    if (at + size == bytes.size()) writer.config_commit(hash_document(bytes));
    const auto left = std::chrono::duration_cast<microseconds>(deadline - MonotonicClock::now());
    const auto replies = call(desk, writer, left);
    if (!replies) return sched::Unexpected{replies.error()};
    for (const auto& reply : *replies) {
      if (reply.code == 0) continue;
      const auto reject = static_cast<desk::Reject>(reply.code);
      auto error = error_of(ClientErrorKind::rejected,
                            "the desk refused the configuration: " + std::string(name(reject)));
      error.reject = reject;
      return sched::Unexpected{error};
    }
  }
  return {};
}

}  // namespace paceline::wire
