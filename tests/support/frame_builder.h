// Builds the frames of a desk under test from texts, as the wire's decoder would hand them over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/desk/command.h"

namespace paceline::desk::test {

struct OpenFields {
  std::string external_id = {};
  uint8_t kind = 0, impact = 0, urgency = 0, vip = 0, sentiment = 0;
  std::string category = {}, subcategory = {}, service = {}, config_item = {}, channel = {},
              requester_type = {}, organisation = {}, contract = {}, stage = {}, requester = {},
              body = {}, queue = {}, language = {}, confidentiality = {};
  int64_t occurred_at_us = 0, promised_at_us = 0;
  uint64_t follows = 0;
  uint8_t workaround = 0, major = 0, confidence = 0;
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
  FrameBuilder& resolve(const std::string& ticket, bool restate = false,
                        const std::string& article = "");
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
  FrameBuilder& accept(uint64_t offer, const std::string& agent = "");
  FrameBuilder& decline(uint64_t offer, const std::string& reason, const std::string& agent = "");
  FrameBuilder& withdraw(const std::string& ticket);
  FrameBuilder& set_agent_state(const std::string& agent, AgentStep step,
                                const std::string& code = "", bool requeue = false);
  FrameBuilder& next(const std::string& agent);
  FrameBuilder& escalate(const std::string& ticket, const std::string& reason,
                         const std::string& queue = "", const std::string& checklist = "");
  FrameBuilder& bounce(const std::string& ticket, const std::string& reason);
  FrameBuilder& hand_over(const std::string& ticket, const std::string& agent,
                          const std::string& note);
  FrameBuilder& reassign(const std::string& where, const std::string& queue,
                         const std::string& agent = "", const std::string& reason = "");
  FrameBuilder& switch_route(const std::string& rule, bool on);
  FrameBuilder& hold_queue(const std::string& queue, bool held);
  FrameBuilder& score(const std::string& ticket, const std::string& agent, int8_t points);
  FrameBuilder& reconcile(const std::string& agent, const std::string& tickets);
  /// Without a survey's token: the newest of the ticket.
  FrameBuilder& rate(const std::string& ticket, int8_t score, int8_t recommend = Rate::not_stated,
                     const std::string& comment = "", uint64_t survey = 0);

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
  /// What Open, Update and ImportTicket have in common.
  template <class Command>
  void attributes(Command& command, const OpenFields& fields, const std::string& external_id);
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
  std::vector<uint16_t> resolve_article_;
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
  std::vector<Accept> accept_;
  std::vector<Decline> decline_;
  std::vector<Withdraw> withdraw_;
  std::vector<SetAgentState> set_agent_state_;
  std::vector<Next> next_;
  std::vector<Escalate> escalate_;
  std::vector<Bounce> bounce_;
  std::vector<HandOver> hand_over_;
  std::vector<Reassign> reassign_;
  std::vector<SwitchRoute> switch_route_;
  std::vector<HoldQueue> hold_queue_;
  std::vector<Score> score_;
  std::vector<Reconcile> reconcile_;
  std::vector<Rate> rate_;
};

}  // namespace paceline::desk::test
