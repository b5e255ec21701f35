#include <utility>

#include "wire/server_session.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "sched/base/check.h"
#include "sched/calendar.h"
#include "wire/answer_codec.h"
#include "wire/codec.h"
#include "wire/server_core.h"

namespace paceline::wire {

namespace {

constexpr size_t questions_max = 8;           // requests that are no commands
constexpr size_t output_max = 4 * 1'048'576;  // above, nothing more is read
constexpr uint32_t principal_token = 0xffff'fffe;
constexpr uint32_t principal_anyone = 0xffff'ffff;
constexpr uint32_t work = static_cast<uint32_t>(desk::Role::work);
constexpr uint32_t administer = static_cast<uint32_t>(desk::Role::administrator);

/// Takes as long whatever the two have in common.
bool same_secret(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() ? 0U : 1U;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i]) ^
                  static_cast<unsigned char>(secret[i % std::max<size_t>(secret.size(), 1)]);
  return difference == 0 && !secret.empty();
}

ErrorCode code_of(runtime::Refusal refusal) {
  switch (refusal) {
    case runtime::Refusal::permission_denied:
      return ErrorCode::permission_denied;
    case runtime::Refusal::desk_unknown:
      return ErrorCode::desk_unknown;
    case runtime::Refusal::desk_name_invalid:
      return ErrorCode::desk_name_invalid;
    case runtime::Refusal::desk_limits_invalid:
      return ErrorCode::desk_limits_invalid;
    case runtime::Refusal::desks_full:
      return ErrorCode::desks_full;
    case runtime::Refusal::clock_not_commands:
      return ErrorCode::clock_not_commands;
    case runtime::Refusal::snapshot_failed:
      return ErrorCode::snapshot_failed;
    case runtime::Refusal::none:
      break;
  }
  return ErrorCode::internal;
}

std::string unknown_desk(sched::DeskNumber desk) {
  return "desk " + std::to_string(desk.value) +
         " is not on this server: open it by name first (open_desk)";
}

}  // namespace

struct ServerSession::Sockets {
  Sockets(boost::asio::io_context& context, int file) : stream(context, file) {}
  boost::asio::posix::stream_descriptor stream;
};

ServerSession::ServerSession(ServerCore& core, uint64_t id, int socket, bool is_unix)
    : core_(core),
      id_(id),
      sockets_(std::make_unique<Sockets>(core.context(), socket)),
      accepted_at_us_(monotonic_us()),
      reader_(Sender::client, core.options().frame_size_max, &core.payloads()) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (is_unix && getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) {
    is_own_user_ = peer.uid == geteuid();
    principal_ = peer.uid;
  }
}

ServerSession::~ServerSession() = default;

void ServerSession::begin() { arm_read(); }

void ServerSession::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  sockets_->stream.close(ignored);
  subscriptions_.clear();
  held_.reset();
  if (holds_log_) core_.pipeline().release_log(id_);
  core_.left(*this);
}

// ----------------------------------------------------------------------------------- reading

void ServerSession::arm_read() {
  if (reading_ || held_ || closing_ || closed_ || core_.draining()) return;
  reading_ = true;
  sockets_->stream.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                self->reading_ = false;
                                if (error || self->closed_) return;
                                self->readable();
                              });
}

void ServerSession::readable() {
  if (core_.draining() || closing_) return;
  const auto scratch = core_.scratch();
  const ssize_t got =
      recv(sockets_->stream.native_handle(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return close();
  if (got > 0) parse(scratch.first(static_cast<size_t>(got)));
  flush();
  core_.wake_shard();
  arm_read();
}

void ServerSession::parse(std::span<const std::byte> bytes) {
  while (!closing_ && !closed_) {
    auto next = reader_.next(bytes);
    if (!next) {
      fail(next.error().kind == WireErrorKind::version_unsupported ? ErrorCode::version_unsupported
                                                                   : ErrorCode::frame_malformed,
           next.error().text);
      return;
    }
    if (!next.value()) return;
    if (take(**next)) continue;
    held_ = std::move(*next.value());
    unparsed_.assign(bytes.begin(), bytes.end());
    return;
  }
}

void ServerSession::resume() {
  if (closed_) return;
  while (held_ && !closing_ && !core_.draining()) {
    Frame frame = std::move(*held_);
    held_.reset();
    if (!take(frame)) {
      held_ = std::move(frame);
      break;
    }
    const std::vector<std::byte> behind = std::exchange(unparsed_, {});
    parse(behind);
  }
  flush();
  arm_read();
}

bool ServerSession::room_for(const Frame& frame) const {
  if (unsent() > output_max) return false;
  switch (frame.kind) {
    case MessageKind::open_desk:
    case MessageKind::query:
    case MessageKind::control:
    case MessageKind::advance:
      // Advances come one by one between commands, a replay's thousands of them; questions weigh
      // more.
      return frame.kind == MessageKind::advance
                 ? questions_ + commands_ < core_.options().in_flight_commands_max
                 : questions_ < questions_max;
    default:
      return true;
  }
}

bool ServerSession::take(Frame& frame) {
  if (!greeted_) {
    if (frame.kind == MessageKind::hello) {
      take_hello(frame);
    } else {
      fail(ErrorCode::hello_expected,
           "the first frame must be hello, not " + std::string(name(frame.kind)));
    }
    return true;
  }
  if (!room_for(frame)) return false;
  switch (frame.kind) {
    case MessageKind::commands:
      return take_commands(frame);
    case MessageKind::open_desk:
      return take_open_desk(frame);
    case MessageKind::query:
      return take_query(frame);
    case MessageKind::advance:
      take_advance(frame);
      return true;
    case MessageKind::subscribe:
      take_subscribe(frame);
      return true;
    case MessageKind::credit:
      take_credit(frame);
      return true;
    case MessageKind::unsubscribe:
      take_unsubscribe(frame);
      return true;
    case MessageKind::control:
      take_control(frame);
      return true;
    case MessageKind::hello:
      fail(ErrorCode::hello_expected, "hello comes once, as the first frame");
      return true;
    default:
      fail(ErrorCode::frame_malformed, std::string(name(frame.kind)) + " is for servers to send");
      return true;
  }
}

void ServerSession::malformed(MessageKind kind, const WireError& wrong) {
  fail(ErrorCode::frame_malformed, std::string(name(kind)) + ": " + wrong.text);
}

bool ServerSession::administrator() const { return (roles_ & administer) != 0; }

bool ServerSession::desk_known(sched::DeskNumber desk) const {
  return core_.pipeline().find(desk) != nullptr;
}

runtime::DeskRecord& ServerSession::desk_record(sched::DeskNumber desk) const {
  return *core_.pipeline().find(desk);
}

void ServerSession::take_hello(const Frame& frame) {
  auto hello = decode_hello(frame.payload.bytes());
  if (!hello) return malformed(frame.kind, hello.error());
  if (hello->version != protocol_version)
    return fail(ErrorCode::version_unsupported,
                "this server speaks protocol version " + std::to_string(protocol_version) +
                    ", not " + std::to_string(hello->version) + ": use a client of its release");
  roles_ = work | (is_own_user_ ? administer : 0);
  if (!hello->token.empty()) {
    if (!same_secret(hello->token, core_.token()))
      return fail(ErrorCode::token_invalid,
                  core_.token().empty()
                      ? "this server has no token file: connect without a token"
                      : "the token is not this server's: give the content of its token file");
    roles_ |= administer;
    if (principal_ == principal_anyone) principal_ = principal_token;
  }
  session_ = hello->session;
  lane_ = hello->lane == Lane::bulk ? runtime::Lane::bulk : runtime::Lane::interactive;
  greeted_ = true;
  const ServerOptions& options = core_.options();
  append(out_, Welcome{.version = protocol_version,
                       .server_name = options.server_name,
                       .server_version = options.server_version,
                       .frame_size_max = options.frame_size_max,
                       .in_flight_commands_max = options.in_flight_commands_max,
                       .in_flight_bytes_max = options.in_flight_bytes_max,
                       .principal = principal_,
                       .roles = roles_,
                       .clock_mode = options.clock_mode,
                       .durability = options.durability});
}

// ---------------------------------------------------------------------------------- requests

ServerRequest* ServerSession::new_request(runtime::RequestKind kind, uint64_t tag) {
  ServerRequest* request = core_.new_request();
  request->kind = kind;
  request->lane = lane_;
  request->connection = id_;
  request->tag = tag;
  return request;
}

bool ServerSession::take_commands(Frame& frame) {
  auto decoded = decode_commands(frame.payload.bytes());
  if (!decoded) {
    malformed(frame.kind, decoded.error());
    return true;
  }
  desk::CommandFrame& commands = decoded.value();
  const auto refuse = [&](ErrorCode code, const std::string& text) {
    fail(code, text);
    return true;
  };
  const ServerOptions& options = core_.options();
  if (session_.value == 0)
    return refuse(ErrorCode::frame_malformed,
                  "commands need a session: say hello with a session number other than 0");
  if (!desk_known(commands.desk))
    return refuse(ErrorCode::desk_unknown, unknown_desk(commands.desk));
  if (commands.order.size() > options.in_flight_commands_max)
    return refuse(ErrorCode::limit_exceeded, "a frame of " + std::to_string(commands.order.size()) +
                                                 " commands; at most " +
                                                 std::to_string(options.in_flight_commands_max) +
                                                 " may be in flight (welcome says so)");
  if (must_refuse(commands.desk, commands.first_number, 0)) return true;
  const bool fits = commands_ + commands.order.size() <= options.in_flight_commands_max &&
                    (bytes_ == 0 || bytes_ + frame.payload.size() <= options.in_flight_bytes_max);
  if (!fits) return false;  // the client sent more than it may: it waits

  ServerRequest* request = new_request(runtime::RequestKind::commands, 0);
  request->desk = commands.desk;
  request->bytes = std::move(frame.payload);
  request->payload = request->bytes.bytes();
  request->frame = commands;
  request->frame.session = session_;
  request->frame.principal = principal_;
  request->frame.roles = roles_;
  submit_or_refuse(request, commands.first_number);
  return true;
}

void ServerSession::take_advance(const Frame& frame) {
  auto advance = decode_advance(frame.payload.bytes());
  if (!advance) return malformed(frame.kind, advance.error());
  if (!administrator())
    return error(advance->tag, ErrorCode::permission_denied,
                 "only an administrator may advance the clock");
  if (core_.options().clock_mode != ClockMode::commands && !core_.options().waits_on_clock_jump)
    return error(advance->tag, ErrorCode::clock_not_commands,
                 "this server follows the wall clock: start it with --clock commands to drive it");
  if (advance->at_us <= 0 || advance->at_us > sched::Calendar::horizon.us)
    return error(advance->tag, ErrorCode::time_backwards,
                 "an instant is microseconds since 1970, before the year 2100");
  if (advance->desk.value != 0 && !desk_known(advance->desk))
    return error(advance->tag, ErrorCode::desk_unknown, unknown_desk(advance->desk));
  if (must_refuse(advance->desk, 0, advance->tag)) return;
  ServerRequest* request = new_request(runtime::RequestKind::advance, advance->tag);
  request->desk = advance->desk;
  request->at_us = advance->at_us;
  submit_or_refuse(request, 0);
}

bool ServerSession::take_open_desk(const Frame& frame) {
  auto open = decode_open_desk(frame.payload.bytes());
  if (!open) {
    malformed(frame.kind, open.error());
    return true;
  }
  ServerRequest* request = new_request(runtime::RequestKind::open_desk, open->tag);
  request->open_desk = std::make_unique<runtime::OpenDeskWork>();
  request->open_desk->name = std::move(open->name);
  request->open_desk->create = open->create;
  request->open_desk->limits = open->limits.value_or(core_.options().desk_limits);
  request->open_desk->roles = roles_;
  request->open_desk->session = session_;
  return submit_question(request);
}

bool ServerSession::take_query(const Frame& frame) {
  auto message = decode_query(frame.payload.bytes());
  if (!message) {
    malformed(frame.kind, message.error());
    return true;
  }
  if (!desk_known(message->desk)) {
    error(message->tag, ErrorCode::desk_unknown, unknown_desk(message->desk));
    return true;
  }
  ServerRequest* request = new_request(runtime::RequestKind::query, message->tag);
  request->desk = message->desk;
  request->query = std::make_unique<runtime::QueryWork>();
  request->query->query = std::move(message->query);
  return submit_question(request);
}

bool ServerSession::submit_question(ServerRequest* request) {
  if (core_.submit(request)) {
    ++questions_;
    return true;
  }
  core_.recycle(request);
  core_.wants_room(*this);
  return false;
}

void ServerSession::submit_or_refuse(ServerRequest* request, uint64_t first_number) {
  const sched::DeskNumber desk = request->desk;
  const uint64_t tag = request->tag;
  if (core_.has_room(request->bytes.size()) && core_.submit(request)) {
    commands_ += request->commands();
    bytes_ += request->bytes.size();
    if (request->kind != runtime::RequestKind::commands) ++questions_;
    return;
  }
  core_.recycle(request);
  refuse_busy(desk, first_number, tag);
}

bool ServerSession::must_refuse(sched::DeskNumber desk, uint64_t first_number, uint64_t tag) {
  const auto concerns = [&](const Refused& refused) {
    return refused.desk == desk || refused.desk.value == 0 || desk.value == 0;
  };
  const auto found = std::find_if(refused_.begin(), refused_.end(), concerns);
  if (found == refused_.end()) return false;
  if (found->desk == desk && found->first_number == first_number && found->tag == tag) {
    refused_.erase(found);  // it has come again
    return false;
  }
  core_.count_busy();
  append(out_, Busy{desk, first_number, tag, ServerCore::retry_after_us});
  return true;
}

void ServerSession::refuse_busy(sched::DeskNumber desk, uint64_t first_number, uint64_t tag) {
  refused_.push_back({desk, first_number, tag});
  core_.count_busy();
  append(out_, Busy{desk, first_number, tag, ServerCore::retry_after_us});
}

// ------------------------------------------------------------------------------------- events

void ServerSession::take_subscribe(const Frame& frame) {
  auto subscribe = decode_subscribe(frame.payload.bytes());
  if (!subscribe) return malformed(frame.kind, subscribe.error());
  if (!desk_known(subscribe->desk))
    return error(subscribe->tag, ErrorCode::desk_unknown, unknown_desk(subscribe->desk));
  subscriptions_.subscribe(*subscribe, desk_record(subscribe->desk).events, out_);
  pump_events();
}

void ServerSession::take_credit(const Frame& frame) {
  auto credit = decode_credit(frame.payload.bytes());
  if (!credit) return malformed(frame.kind, credit.error());
  subscriptions_.grant(*credit);
  pump_events();
}

void ServerSession::take_unsubscribe(const Frame& frame) {
  auto unsubscribe = decode_unsubscribe(frame.payload.bytes());
  if (!unsubscribe) return malformed(frame.kind, unsubscribe.error());
  subscriptions_.unsubscribe(unsubscribe->desk);
  append(out_, Done{unsubscribe->tag});
}

void ServerSession::pump_events() {
  if (closed_) return;
  subscriptions_.pump(core_.pipeline().desks(), out_, out_at_);
  flush();
}

// ------------------------------------------------------------------------------------ control

void ServerSession::take_control(const Frame& frame) {
  auto control = decode_control(frame.payload.bytes());
  if (!control) return malformed(frame.kind, control.error());
  if (control->verb == ControlVerb::status) {
    ServerStatus status = core_.status();
    status.tag = control->tag;
    append(out_, status);
    return;
  }
  if (!administrator())
    return error(control->tag, ErrorCode::permission_denied,
                 "only an administrator may drain the server, take snapshots, hold the log or "
                 "have the configuration read again");
  switch (control->verb) {
    case ControlVerb::status:
      break;
    case ControlVerb::drain:
      return core_.drain_for(*this, control->tag);
    case ControlVerb::snapshot:
    case ControlVerb::hold_log:
      return submit_control(*control);
    case ControlVerb::release_log:
      core_.pipeline().release_log(id_);
      holds_log_ = false;
      append(out_, Done{control->tag});
      break;
    case ControlVerb::reload:
    case ControlVerb::check_reload:
      if (!core_.options().reload)
        return error(control->tag, ErrorCode::reload_failed,
                     "this server was started without a configuration file: give it --config FILE, "
                     "or use `paceline config put`");
      core_.options().reload({id_, control->tag, control->verb == ControlVerb::check_reload});
  }
}

void ServerSession::submit_control(const Control& control) {
  const bool snapshot = control.verb == ControlVerb::snapshot;
  ServerRequest* request = new_request(
      snapshot ? runtime::RequestKind::snapshot : runtime::RequestKind::hold_log, control.tag);
  if (snapshot) {
    request->snapshot = std::make_unique<runtime::SnapshotReport>();
  } else {
    request->hold = std::make_unique<runtime::HoldWork>();
    holds_log_ = true;
  }
  submit_question(request);
}

void ServerSession::drained(uint64_t tag) {
  append(out_, Done{tag});
  flush();
}

void ServerSession::reloaded(uint64_t tag, ReloadAnswer answer) {
  if (closed_ || closing_) return;
  if (answer.refusal.empty()) {
    answer.report.tag = tag;
    append(out_, answer.report);
  } else {
    error(tag, ErrorCode::reload_failed, std::move(answer.refusal));
  }
  flush();
}

// ------------------------------------------------------------------------------------ answers

void ServerSession::answered(const ServerRequest& request, std::span<const desk::Reply> replies) {
  if (request.kind == runtime::RequestKind::commands) {
    commands_ -= request.commands();
    bytes_ -= request.bytes.size();
  } else {
    --questions_;
  }
  if (closed_ || closing_) return;
  if (request.refusal != runtime::Refusal::none) return answer_refused(request);
  if (request.kind == runtime::RequestKind::commands)
    append(out_, Replies{request.desk, request.frame.first_number, replies});
  else
    answer_question(request);
}

void ServerSession::answer_refused(const ServerRequest& request) {
  std::string text = request.refusal_text;
  if (text.empty()) text = unknown_desk(request.desk);
  if (request.kind == runtime::RequestKind::commands) return fail(code_of(request.refusal), text);
  error(request.tag, code_of(request.refusal), std::move(text));
}

void ServerSession::answer_question(const ServerRequest& request) {
  switch (request.kind) {
    case runtime::RequestKind::commands:
      break;
    case runtime::RequestKind::advance:
      append(out_, Advanced{request.tag, request.desk, request.at_us});
      break;
    case runtime::RequestKind::open_desk: {
      const runtime::OpenDeskWork& opened = *request.open_desk;
      const runtime::EventRing& ring = desk_record(request.desk).events;
      append(out_, DeskOpened{.tag = request.tag,
                              .desk = request.desk,
                              .name = opened.name,
                              .created = opened.created,
                              .last_number = opened.last_number,
                              .reply_window = opened.reply_window,
                              .first_event = ring.first(),
                              .last_event = ring.last(),
                              .now_us = opened.now_us});
      break;
    }
    case runtime::RequestKind::snapshot:
      append(out_, SnapshotTaken{request.tag, *request.snapshot});
      break;
    case runtime::RequestKind::hold_log:
      append(out_, LogHeld{request.tag, core_.pipeline().data_folder(), request.hold->sequence,
                           request.hold->desks});
      break;
    case runtime::RequestKind::query: {
      desk::Answer& answer = request.query->answer;
      if (answer.kind == desk::QueryKind::status)
        answer.status.first_event = desk_record(request.desk).events.first();
      const size_t before = out_.size();
      append(out_, AnswerMessage{request.tag, request.desk, std::move(answer)});
      if (out_.size() - before <= answer_frame_size_max) break;
      out_.resize(before);
      error(request.tag, ErrorCode::query_invalid,
            "the answer is larger than a frame may be: ask for fewer tickets (limit)");
      break;
    }
  }
}

void ServerSession::error(uint64_t tag, ErrorCode code, std::string text) {
  append(out_, ErrorMessage{tag, code, std::move(text), false});
}

void ServerSession::fail(ErrorCode code, const std::string& text) {
  if (closed_ || closing_) return;
  append(out_, ErrorMessage{0, code, text, true});
  closing_ = true;
  closing_since_us_ = monotonic_us();
  subscriptions_.clear();
  flush();
}

// ------------------------------------------------------------------------------------ writing

void ServerSession::flush() {
  if (closed_ || writing_) return;
  while (out_at_ < out_.size()) {
    const ssize_t sent = send(sockets_->stream.native_handle(), out_.data() + out_at_,
                              out_.size() - out_at_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno == EAGAIN) {
      // What was sent makes room, so that a long-lived backlog does not keep it.
      if (out_at_ > out_.size() / 2) {
        out_.erase(out_.begin(), out_.begin() + static_cast<ptrdiff_t>(out_at_));
        out_at_ = 0;
      }
      return arm_write();
    }
    if (sent < 0) return close();
    out_at_ += static_cast<size_t>(sent);
  }
  out_.clear();
  out_at_ = 0;
  if (out_.capacity() > output_max) Bytes().swap(out_);
  if (closing_) close();
}

void ServerSession::arm_write() {
  writing_ = true;
  sockets_->stream.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                              [self = shared_from_this()](const boost::system::error_code& error) {
                                self->writing_ = false;
                                if (error || self->closed_) return;
                                self->flush();
                                if (self->closed_ || self->writing_) return;
                                self->pump_events();
                                self->resume();
                                self->core_.wake_shard();
                              });
}

}  // namespace paceline::wire
