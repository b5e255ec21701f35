// The way to a desk under virtual time: commands in, replies and events out.
//
// Stands where socket, codec and shard stand in production: it stamps batches, numbers commands and
// hands plain records to the very Desk that serves. Commands given since the last batch go in one
// frame, in order; when something of the desk's own is due before them, a batch without commands
// goes first, as a shard's would.
//
// Owner: one thread.  Time: an argument, never backwards.  Allocates: buffers, reused.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/base/check.h"

namespace paceline::sim {

/// A ticket to open; texts need to live until the next batch only. No text: not stated.
struct OpenDraft {
  std::string_view category, subcategory, service, config_item, channel, language, requester, queue;
  uint8_t kind = 0;  ///< desk::TicketKind
  uint8_t impact = 0;
  uint8_t urgency = 0;
  bool vip = false;
  uint64_t follows = 0;
};

class DeskPort {
 public:
  DeskPort(const desk::Limits& limits, desk::ConfigurationDecoder decode);

  // Commands of the next batch, in order.
  void configure(std::span<const std::byte> document, uint64_t hash);
  void open(const OpenDraft& draft);
  void message(uint64_t ticket, desk::AuthorKind author);
  void start(uint64_t ticket);
  void pend(uint64_t ticket, std::string_view reason, int64_t resume_at_us = 0);
  void resume(uint64_t ticket);
  void resolve(uint64_t ticket, std::string_view code = {});
  void close(uint64_t ticket);
  void reopen(uint64_t ticket, std::string_view reason);
  void cancel(uint64_t ticket, std::string_view reason);
  void escalate(uint64_t ticket, std::string_view queue, std::string_view reason,
                std::string_view checklist);
  void requeue(uint64_t ticket, std::string_view queue, std::string_view reason);
  void bounce(uint64_t ticket, std::string_view reason);
  void accept(uint64_t offer);
  void decline(uint64_t offer, std::string_view reason);
  void log_in(std::string_view agent);
  void log_out(std::string_view agent);
  void set_state(std::string_view agent, desk::AgentStep step, std::string_view code = {});
  void next(std::string_view agent);

  bool silent() const { return order_.empty(); }  ///< Nothing was said since the last batch.

  size_t pending_commands() const { return order_.size(); }

  /// When the desk is next wanted although nobody says anything; `never` if nothing is armed.
  sched::Instant next_due() const { return desk_.next_due(); }
  /// Applies the commands as one batch at `now`; without any it lets the desk's timers fire.
  /// The outcome lives until the next call. Requires that nothing is due before `now`.
  const desk::Outcome& apply(sched::Instant now);

  desk::Desk& desk() { return desk_; }
  const desk::Desk& desk() const { return desk_; }
  uint64_t commands() const { return next_number_ - 1; }

 private:
  /// A further command of this kind; the frame shows it.
  template <class Command>
  Command& add(std::span<const Command>& shown, std::vector<Command>& commands,
               desk::CommandKind kind) {
    order_.push_back(kind);
    Command& command = commands.emplace_back();
    shown = commands;
    command.text_at = static_cast<uint32_t>(text_.size());
    return command;
  }
  void forget(desk::CommandKind kind);
  uint16_t text(std::string_view text) {
    CHECK(text.size() <= 0xffff);
    text_.insert(text_.end(), text.begin(), text.end());
    return static_cast<uint16_t>(text.size());
  }

  desk::Desk desk_;
  desk::CommandFrame frame_;
  desk::Outcome outcome_;
  uint64_t next_number_ = 1;

  std::vector<desk::CommandKind> order_;
  std::string text_;
  std::vector<desk::ConfigBegin> config_begin_;
  std::vector<desk::ConfigChunk> config_chunk_;
  std::vector<desk::ConfigCommit> config_commit_;
  std::vector<desk::Open> open_;
  std::vector<desk::Message> message_;
  std::vector<desk::Start> start_;
  std::vector<desk::Pend> pend_;
  std::vector<desk::Resume> resume_;
  std::vector<desk::Resolve> resolve_;
  std::vector<desk::Close> close_;
  std::vector<desk::Reopen> reopen_;
  std::vector<desk::Cancel> cancel_;
  std::vector<desk::Escalate> escalate_;
  std::vector<desk::Requeue> requeue_;
  std::vector<desk::Bounce> bounce_;
  std::vector<desk::Accept> accept_;
  std::vector<desk::Decline> decline_;
  std::vector<desk::LogIn> log_in_;
  std::vector<desk::LogOut> log_out_;
  std::vector<desk::SetAgentState> set_agent_state_;
  std::vector<desk::Next> next_;
};

}  // namespace paceline::sim
