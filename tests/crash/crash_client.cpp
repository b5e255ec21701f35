#include "tests/crash/crash_client.h"

#include <poll.h>

#include <algorithm>
#include <iterator>

#include "engine/desk/event.h"
#include "wire/answer_codec.h"
#include "wire/codec.h"

namespace paceline::crash {

namespace {

constexpr size_t frames_in_flight_max = 12;
constexpr size_t commands_per_frame_max = 8;
constexpr size_t frames_kept = 4;  // answered ones, to be sent again
constexpr uint64_t answers_kept = frames_kept * commands_per_frame_max;
constexpr int patience_ms = 60'000;  // a machine with other things to do is no server that hangs

}  // namespace

CrashClient::CrashClient(uint32_t index, uint64_t seed, std::string socket)
    : index_(index), socket_(std::move(socket)), random_(seed * 1'000 + index) {}

std::string CrashClient::agent_name(uint32_t client, uint32_t agent) {
  return "agent-" + std::to_string(client) + "-" + std::to_string(agent);
}
std::string CrashClient::own_agent(uint32_t client) { return "own-" + std::to_string(client); }

void CrashClient::fail(const std::string& text) {
  if (failure_.empty()) failure_ = "client " + std::to_string(index_) + ": " + text;
}

void CrashClient::run() {
  while (!over() && connected_life()) {
  }
}

bool CrashClient::connected_life() {
  testing::RawPeer peer(socket_);
  awaited_.clear();
  if (!peer.connected()) {
    poll(nullptr, 0, 1);  // it is about to start
    return true;
  }
  if (!open_desk(peer)) return true;
  send_again(peer);
  while (!over()) {
    if (!finishing_) send_new(peer);
    if (awaited_.empty()) return !finishing_;
    const auto frame = peer.next(patience_ms);
    if (!frame && !peer.hung_up()) fail("the server takes commands and answers nothing");
    if (!frame || frame->kind == wire::MessageKind::busy) return true;
    take(*frame);
  }
  return true;
}

bool CrashClient::open_desk(testing::RawPeer& peer) {
  peer.tell(wire::Hello{.client_name = "crash loop", .token = {}, .session = {100 + index_}});
  peer.tell(wire::OpenDesk{.tag = 1, .name = "main", .create = false, .limits = {}});
  const auto welcome = peer.next(patience_ms);
  const auto opened = welcome ? peer.next(patience_ms) : std::nullopt;
  if (!opened || opened->kind != wire::MessageKind::desk_opened) {
    poll(nullptr, 0, 1);  // killed meanwhile, or the desk is not created yet
    return false;
  }
  const auto desk = wire::decode_desk_opened(opened->payload.bytes());
  if (!desk) {
    fail("desk_opened cannot be read: " + desk.error().text);
    return false;
  }
  desk_ = desk->desk;
  if (desk->last_number < answered_to_)
    fail("command " + std::to_string(answered_to_) + " was answered, but the desk knows only " +
         std::to_string(desk->last_number) + ": an acknowledged command is lost");
  if (desk->last_number >= next_number_)
    fail("the desk knows command " + std::to_string(desk->last_number) + ", the newest sent is " +
         std::to_string(next_number_ - 1));
  return failure_.empty();
}

/// The newest that were answered, then all that were not.
void CrashClient::send_again(testing::RawPeer& peer) {
  for (auto* frames : {&answered_, &unanswered_}) {
    for (SentFrame& frame : *frames) {
      peer.send_bytes(frame.bytes);
      awaited_.push_back(&frame);
    }
  }
}

void CrashClient::send_new(testing::RawPeer& peer) {
  while (unanswered_.size() < frames_in_flight_max) {
    SentFrame& frame = unanswered_.emplace_back();
    frame.first_number = next_number_;
    wire::CommandWriter writer;
    const size_t count = 1 + random_() % commands_per_frame_max;
    while (frame.commands.size() < count) append(writer, frame);
    const auto bytes = writer.finish(desk_, next_number_);
    CHECK(bytes.has_value());
    frame.bytes.assign(bytes->begin(), bytes->end());
    next_number_ += count;
    awaited_.push_back(&frame);
    peer.send_bytes(frame.bytes);
  }
}

/// A ticket of ours in the queue nobody routes to, closed ones now and then.
size_t CrashClient::any_open_own() {
  if (open_own_.empty()) return tickets_.size();
  return open_own_[random_() % open_own_.size()];
}

void CrashClient::append(wire::CommandWriter& writer, SentFrame& frame) {
  Sent sent{.verb = static_cast<Verb>(random_() % 13)};
  sent.ticket = any_open_own();
  if (sent.verb < Verb::open_routed && sent.ticket == tickets_.size()) sent.verb = Verb::open_own;
  if (sent.verb == Verb::open_own || sent.verb == Verb::open_routed) {
    sent.ticket = tickets_.size();
    const bool routed = sent.verb == Verb::open_routed;
    tickets_.push_back(
        {.external_id = "c" + std::to_string(index_) + "-" + std::to_string(tickets_.size()),
         .routed = routed});
    if (!routed) open_own_.push_back(sent.ticket);
    // Few at a time, so that a ticket meets many commands.
    if (open_own_.size() > 20) open_own_.erase(open_own_.begin());
  }
  const std::string external_id =
      sent.ticket < tickets_.size() ? tickets_[sent.ticket].external_id : std::string();
  const wire::Addressed to{.external_id = external_id};
  switch (sent.verb) {
    case Verb::open_own:
    case Verb::open_routed:
      writer.open({.external_id = external_id,
                   .queue = sent.verb == Verb::open_own ? "own" : "routed",
                   .impact = sched::Impact::high,
                   .urgency = sched::Urgency::high});
      break;
    case Verb::update:
      sent.token = "token-" + std::to_string(next_number_ + frame.commands.size());
      writer.update(
          {.to = to, .fields = desk::bit(desk::TextField::category), .category = sent.token});
      break;
    case Verb::assign:
      writer.assign(to, own_agent(index_));
      break;
    case Verb::pend:
      writer.pend(to, "awaiting_requester");
      break;
    case Verb::resume:
      writer.resume(to);
      break;
    case Verb::resolve:
      writer.resolve(to, "fixed");
      break;
    case Verb::reopen:
      writer.reopen(to, "not fixed");
      break;
    case Verb::close:
      writer.close(to);
      break;
    case Verb::cancel:
      writer.cancel(to, "never mind");
      break;
    case Verb::requeue:
      writer.requeue(to, "own");
      break;
    case Verb::resolve_routed:
    case Verb::next: {
      sent.agent = static_cast<uint32_t>(random_() % agents);
      const auto hand = in_hand_.find(sent.agent);
      if (sent.verb == Verb::resolve_routed && hand != in_hand_.end()) {
        sent.ticket = static_cast<size_t>(hand->second);
        writer.resolve({.ticket = hand->second}, "fixed");
        in_hand_.erase(hand);
      } else {
        sent.verb = Verb::next;
        writer.next(agent_name(index_, sent.agent));
      }
      break;
    }
  }
  frame.commands.push_back(std::move(sent));
}

void CrashClient::take(const wire::Frame& frame) {
  if (frame.kind != wire::MessageKind::replies) {
    const auto error = frame.kind == wire::MessageKind::error
                           ? wire::decode_error(frame.payload.bytes())
                           : sched::Expected<wire::ErrorMessage, wire::WireError>(
                                 sched::Unexpected{wire::WireError{}});
    return fail("replies were due, " + std::string(wire::name(frame.kind)) + " came" +
                (error ? ": " + error->text : std::string()));
  }
  const auto replies = wire::decode_replies(frame.payload.bytes());
  SentFrame& sent = *awaited_.front();
  awaited_.pop_front();
  if (!replies || replies->first_number != sent.first_number ||
      replies->replies.size() != sent.commands.size())
    return fail("the replies to the frame that begins with command " +
                std::to_string(sent.first_number) + " are not its own");
  for (size_t i = 0; i < sent.commands.size(); ++i)
    take_reply(sent.first_number + i, sent.commands[i], replies->replies[i]);
  if (unanswered_.empty() || &sent != &unanswered_.front()) return;
  answered_to_ = sent.first_number + sent.commands.size() - 1;
  // Those awaited point to other elements, which stay where they are.
  answered_.push_back(std::move(unanswered_.front()));
  unanswered_.pop_front();
  if (answered_.size() > frames_kept) answered_.pop_front();
  while (first_answers_.size() > answers_kept) first_answers_.erase(first_answers_.begin());
  ++answers_;
}

void CrashClient::take_reply(uint64_t number, const Sent& sent, const desk::Reply& reply) {
  if (number <= answered_to_) {
    const auto first = first_answers_.find(number);
    if (first == first_answers_.end()) return;
    const desk::Reply& then = first->second;
    if (then.code != reply.code || then.version != reply.version || then.ticket != reply.ticket ||
        then.next_ticket != reply.next_ticket)
      fail("command " + std::to_string(number) + ", sent again, got another answer: code " +
           std::to_string(reply.code) + " version " + std::to_string(reply.version) + " ticket " +
           std::to_string(reply.ticket) + ", first code " + std::to_string(then.code) +
           " version " + std::to_string(then.version) + " ticket " + std::to_string(then.ticket));
    return;
  }
  first_answers_[number] = reply;
  if (sent.verb == Verb::next || sent.verb == Verb::resolve_routed) {
    if (reply.code == 0 && sent.verb == Verb::next && reply.ticket != 0)
      in_hand_[sent.agent] = reply.ticket;
    if (reply.next_ticket != 0) in_hand_[sent.agent] = reply.next_ticket;
    return;
  }
  if (reply.code != 0) return;
  Ticket& ticket = tickets_[sent.ticket];
  if (sent.verb == Verb::open_own || sent.verb == Verb::open_routed) {
    ++accepted_opens_;
    ticket.id = reply.ticket;
  } else if (ticket.id != reply.ticket) {
    fail("command " + std::to_string(number) + " was about " + ticket.external_id +
         " and was done to another ticket");
  }
  ticket.version = reply.version;
  if (sent.verb == Verb::update) ticket.category = sent.token;
  follow(ticket, sent.verb);
}

void CrashClient::follow(Ticket& ticket, Verb verb) {
  const bool pending = ticket.state == "pending";
  const bool open = pending || ticket.state == "queued" || ticket.state == "assigned";
  if (verb == Verb::assign) {
    ticket.has_agent = true;
    if (open && !pending) ticket.state = "assigned";
  } else if (verb == Verb::pend) {
    ticket.state = "pending";
  } else if (verb == Verb::resume) {
    ticket.state = ticket.has_agent ? "assigned" : "queued";
  } else if (verb == Verb::resolve) {
    ticket.state = "resolved";
  } else if (verb == Verb::close) {
    ticket.state = "closed";
  } else if (verb == Verb::cancel) {
    ticket.state = "cancelled";
  } else if (verb == Verb::reopen || (verb == Verb::requeue && open)) {
    ticket.state = "queued";
    ticket.has_agent = false;
  }
}

void CrashClient::check(testing::RawPeer& peer, sched::DeskNumber desk) {
  for (const Ticket& ticket : tickets_) {
    if (ticket.id == 0 || !failure_.empty()) continue;
    desk::Query query;
    query.kind = desk::QueryKind::ticket;
    query.text = ticket.external_id;
    peer.tell(wire::QueryMessage{9, desk, query});
    const auto frame = peer.next(patience_ms);
    const auto decoded = frame ? wire::decode_answer(frame->payload.bytes())
                               : sched::Expected<wire::AnswerMessage, wire::WireError>(
                                     sched::Unexpected{wire::WireError{}});
    if (!decoded || decoded->answer.code != 0 || decoded->answer.tickets.size() != 1)
      return fail("ticket " + ticket.external_id + " was opened and is not there");
    const desk::TicketView& view = decoded->answer.tickets.front();
    if (view.id != ticket.id) return fail(ticket.external_id + " has become another ticket");
    if (ticket.routed) continue;
    if (view.version != ticket.version)
      return fail(ticket.external_id + " has version " + std::to_string(view.version) +
                  ", its last accepted command answered " + std::to_string(ticket.version) +
                  ": a command was lost or done twice");
    if (view.category != ticket.category)
      return fail(ticket.external_id + " has category \"" + view.category + "\", not \"" +
                  ticket.category + "\"");
    if (desk::name(view.state) != ticket.state)
      return fail(ticket.external_id + " is " + std::string(desk::name(view.state)) + ", not " +
                  ticket.state);
  }
}

}  // namespace paceline::crash
