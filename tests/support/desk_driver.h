// Drives a desk in a test: one call per verb, each a batch of one command at the instant given.
//
//   DeskDriver desk;
//   desk.at("09:00").open({.external_id = "INC1", .impact = 1, .urgency = 1});
//   desk.at("10:00").pend("INC1", "awaiting_requester");
//   EXPECT_EQ(desk.ticket("INC1").state, State::pending);
//
// Times are hh:mm[:ss[.ffffff]] of 2026-01-05, a Monday, or "+N hh:mm" N days later. Every
// invariant is examined after every batch.
#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <deque>
#include <initializer_list>
#include <string>
#include <vector>

#include "engine/desk/desk.h"

namespace paceline::desk::test {

inline constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z

struct OpenFields {
  std::string external_id = {};
  uint8_t kind = 0, impact = 0, urgency = 0, vip = 0, sentiment = 0;
  std::string category = {}, subcategory = {}, service = {}, config_item = {}, channel = {},
              requester_type = {}, organisation = {}, contract = {}, stage = {}, requester = {},
              body = {}, queue = {};
  int64_t occurred_at_us = 0, promised_at_us = 0;
  uint64_t follows = 0;
  uint8_t workaround = 0, major = 0;
};

/// Owns the records and texts a CommandFrame points to.
class FrameBuilder {
 public:
  FrameBuilder& open(const OpenFields& fields);
  FrameBuilder& update(const std::string& ticket, uint32_t bits, const OpenFields& fields,
                       uint32_t expected_version = 0);
  FrameBuilder& message(const std::string& ticket, AuthorKind author, bool is_public,
                        bool automatic = false);
  FrameBuilder& assign(const std::string& ticket, const std::string& agent);
  FrameBuilder& start(const std::string& ticket);
  FrameBuilder& requeue(const std::string& ticket, const std::string& queue,
                        const std::string& reason = "");
  FrameBuilder& pend(const std::string& ticket, const std::string& reason, int64_t resume_at_us = 0,
                     int64_t max_pause_us = 0, uint8_t reminders = 0);
  FrameBuilder& resume(const std::string& ticket);
  FrameBuilder& resolve(const std::string& ticket, bool restate = false);
  FrameBuilder& close(const std::string& ticket);
  FrameBuilder& reopen(const std::string& ticket);
  FrameBuilder& cancel(const std::string& ticket);
  FrameBuilder& define_queue(const std::string& name, const std::string& group,
                             QueueMode mode = QueueMode::push, const std::string& need = "",
                             Discipline discipline = Discipline::pressing_time,
                             uint32_t weight_milli = 1'000);
  FrameBuilder& define_agent(const std::string& name, const std::string& groups,
                             const std::string& skills = "", uint32_t capacity_milli = 1'000);
  FrameBuilder& log_in(const std::string& agent);
  FrameBuilder& log_out(const std::string& agent);
  FrameBuilder& configure(const std::string& document);
  FrameBuilder& acknowledge(const std::string& ticket, uint8_t rung = 0,
                            uint8_t clock = Acknowledge::any_clock);
  FrameBuilder& merge(const std::string& ticket, const std::string& into);
  FrameBuilder& import_ticket(const OpenFields& fields, int64_t recorded_at_us,
                              const std::string& history, const std::string& agent = "");
  FrameBuilder& migrate(MigrateMode mode, const std::string& select = "",
                        const std::string& policy = "");
  FrameBuilder& repair(const std::string& ticket, bool newest = false);

  CommandFrame frame(sched::DeskNumber desk, SessionId session, uint64_t first_number,
                     uint32_t roles = 3) const;
  size_t size() const { return order_.size(); }
  void clear() { *this = FrameBuilder{}; }

 private:
  uint32_t add(CommandKind kind) {
    order_.push_back(kind);
    return static_cast<uint32_t>(text_.size());
  }
  uint16_t text(const std::string& text) {
    text_ += text;
    return static_cast<uint16_t>(text.size());
  }
  template <class Command>
  Command& on_ticket(std::vector<Command>& commands, CommandKind kind, const std::string& ticket) {
    Command& command = commands.emplace_back();
    command.text_at = add(kind);
    command.external_id_size = text(ticket);
    return command;
  }

  std::vector<CommandKind> order_;
  std::string text_;
  std::vector<Open> open_;
  std::vector<Update> update_;
  std::vector<Message> message_;
  std::vector<Assign> assign_;
  std::vector<Start> start_;
  std::vector<Requeue> requeue_;
  std::vector<Pend> pend_;
  std::vector<Resume> resume_;
  std::vector<Resolve> resolve_;
  std::vector<Close> close_;
  std::vector<Reopen> reopen_;
  std::vector<Cancel> cancel_;
  std::vector<DefineQueue> define_queue_;
  std::vector<DefineAgent> define_agent_;
  std::vector<LogIn> log_in_;
  std::vector<LogOut> log_out_;
  std::vector<ConfigBegin> config_begin_;
  std::vector<ConfigChunk> config_chunk_;
  std::vector<ConfigCommit> config_commit_;
  std::vector<Acknowledge> acknowledge_;
  std::vector<Merge> merge_;
  std::vector<ImportTicket> import_ticket_;
  std::vector<Migrate> migrate_;
  std::vector<Repair> repair_;
};

/// Small, so that a test's desk costs little and full is easily reached.
inline Limits small_limits() {
  Limits limits;
  limits.tickets_max = 4'096;
  limits.text_mib_max = 16;
  limits.closed_max = 1'000;
  return limits;
}

class DeskDriver {
 public:
  explicit DeskDriver(const Limits& limits = small_limits());

  /// The instant of what follows.
  DeskDriver& at(const std::string& time);
  DeskDriver& at_us(int64_t now_us) {
    now_us_ = now_us;
    return *this;
  }
  int64_t now_us() const { return now_us_; }
  static int64_t instant_us(const std::string& time);

  /// Applies what has been built as one batch; the replies.
  std::vector<Reply> apply(FrameBuilder& builder);
  std::vector<Event> tick();  ///< An empty batch; its events.
  void configure(const Configuration& configuration);

  /// One command, one batch: `run([](FrameBuilder& f) { f.resolve("INC1"); })`.
  template <class Build>
  Reject run(Build&& build) {
    FrameBuilder builder;
    build(builder);
    return static_cast<Reject>(apply(builder).back().code);
  }
  Reject open(const OpenFields& fields) {
    return run([&](FrameBuilder& f) { f.open(fields); });
  }

  TicketView ticket(const std::string& external_id) const;
  std::vector<ClockView> why_clock(const std::string& external_id) const;
  std::vector<std::string> queue(const std::string& name) const;  ///< External ids in order.
  Kpi kpi() const;
  /// Of the last batch.
  const std::vector<Event>& events() const { return outcome_.events; }
  const Outcome& outcome() const { return outcome_; }
  size_t count(EventKind kind) const;
  Desk& desk() { return desk_; }

 private:
  Desk desk_;
  Outcome outcome_;
  int64_t now_us_ = monday_us;
  uint64_t next_number_ = 1;
};

/// The configuration documents of a test: a decoder that looks them up by their text.
std::string register_configuration(const Configuration& configuration);
sched::Expected<Configuration, std::string> registered_configuration(
    std::span<const std::byte> document);

/// Thresholds of which nobody is told.
inline std::vector<Rung> plain_rungs(std::initializer_list<uint32_t> shares_bp) {
  std::vector<Rung> rungs;
  for (const uint32_t share_bp : shares_bp) rungs.emplace_back().share_bp = share_bp;
  return rungs;
}

/// Monday to Friday, 09:00 to 17:00 UTC.
sched::CalendarSpec weekdays_nine_to_five();

}  // namespace paceline::desk::test
