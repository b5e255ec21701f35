// Builds a frame of commands.
//
//   CommandWriter writer;
//   writer.open({.external_id = "INC1", .impact = 1, .urgency = 1});
//   writer.resolve({.external_id = "INC1", .code = "fixed"});
//   auto frame = writer.finish(desk, first_number);
//
// Reusable: finish(), send, clear(), fill again; after warm-up nothing is allocated. A text that
// cannot travel (over 65,535 bytes, not UTF-8, with a NUL) is found here rather than by the server,
// which would close the connection: the command is left out and finish() answers the first such
// problem, so nothing is lost unnoticed. Check doubtful texts beforehand with is_valid_text().
//
// Owner: one thread.  Time: none.  Allocates: until its buffers have found their size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/desk/command.h"
#include "sched/base/expected.h"
#include "sched/base/ids.h"
#include "sched/priority.h"
#include "wire/frame.h"

namespace paceline::wire {

/// A text of one command may have this many bytes; a configuration chunk may have more.
inline constexpr size_t text_size_max = 65'535;

struct OpenFields {
  std::string_view external_id = {}, category = {}, subcategory = {}, service = {},
                   config_item = {}, channel = {}, requester_type = {}, organisation = {},
                   contract = {}, stage = {}, language = {}, confidentiality = {}, requester = {},
                   body = {};
  std::string_view queue = {};  ///< Empty: by the routing rules.
  int64_t occurred_at_us = 0;
  int64_t promised_at_us = 0;
  uint64_t follows = 0;  ///< The ticket it goes on from; of a task the ticket it is part of.
  desk::TicketKind kind = desk::TicketKind::incident;
  sched::Impact impact = sched::Impact::none;
  sched::Urgency urgency = sched::Urgency::none;
  desk::Sentiment sentiment = desk::Sentiment::none;
  bool vip = false;
  bool workaround = false;
  bool major = false;
  uint8_t confidence = 0;  ///< Of what automation filled in: 1 … 100 %; 0: a human did.
};

/// Which ticket a command is about: by id or, where that is 0, by external id.
struct Addressed {
  uint64_t ticket = 0;
  std::string_view external_id = {};
  uint32_t expected_version = 0;  ///< 0: any.
};

/// Sets the attributes whose bit (desk::bit) is in `fields`.
struct UpdateFields {
  Addressed to = {};
  uint32_t fields = 0;
  std::string_view category = {}, subcategory = {}, service = {}, config_item = {}, channel = {},
                   requester_type = {}, organisation = {}, contract = {}, stage = {}, language = {},
                   confidentiality = {}, requester = {}, body = {};
  int64_t promised_at_us = 0;
  desk::TicketKind kind = desk::TicketKind::incident;
  sched::Impact impact = sched::Impact::none;
  sched::Urgency urgency = sched::Urgency::none;
  desk::Sentiment sentiment = desk::Sentiment::none;
  bool vip = false;
  bool workaround = false;
  bool major = false;
  uint8_t confidence = 0;  ///< Of what automation filled in: 1 … 100 %; 0: a human did.
};

struct AgentStateFields {
  std::string_view agent = {};
  desk::AgentStep step = desk::AgentStep::available;
  std::string_view code = {};  ///< Of away, required.
  bool requeue = false;        ///< Of drain.
};

struct EscalateFields {
  Addressed to = {};
  std::string_view queue = {};      ///< Empty: where the ticket's queue escalates to.
  std::string_view reason = {};     ///< Required.
  std::string_view checklist = {};  ///< What has been done, by comma.
};

/// Moves every open ticket for which `where` holds.
struct ReassignFields {
  std::string_view where = {};
  std::string_view queue = {}, agent = {};  ///< One of them.
  std::string_view reason = {};
};

/// What a requester answers to a survey.
struct RateFields {
  Addressed to = {};      ///< Need not be stated with a survey.
  uint64_t survey = 0;    ///< Its token; 0: the newest of the ticket.
  int8_t score = -1;      ///< 1 … 5; −1: not stated.
  int8_t recommend = -1;  ///< 0 … 10; −1: not stated.
  std::string_view comment = {};
};

struct MessageFields {
  Addressed to = {};
  desk::AuthorKind author_kind = desk::AuthorKind::agent;
  bool is_public = true;
  bool automatic = false;
};

struct PendFields {
  Addressed to = {};
  std::string_view reason = {};
  int64_t resume_at_us = 0;  ///< 0: until resumed.
  int64_t max_pause_us = 0;  ///< Elapsed; 0: as the reason's rule says.
  uint8_t reminders = 0;     ///< 0: as the reason's rule says.
};

/// A ticket taken over with its past; `history` as desk::ImportTicket describes it.
struct ImportFields {
  OpenFields ticket = {};  ///< Its `follows` does not travel.
  int64_t recorded_at_us = 0;
  std::string_view history = {};
  std::string_view agent = {};
};

struct DefineQueueFields {
  std::string_view name = {}, group = {}, need = {};
  desk::QueueMode mode = desk::QueueMode::push;
  desk::Discipline discipline = desk::Discipline::pressing_time;
  uint8_t tier = 1;
  uint32_t weight_milli = 1'000;
};

struct DefineAgentFields {
  std::string_view name = {};
  std::string_view groups = {};  ///< Comma-separated.
  std::string_view skills = {};  ///< "network:6,vpn:4"
  uint32_t capacity_milli = 1'000;
};

class CommandWriter {
 public:
  CommandWriter();
  ~CommandWriter();
  CommandWriter(CommandWriter&&) noexcept;
  CommandWriter& operator=(CommandWriter&&) noexcept;

  // Each answers the command's position in the frame; its number is first_number + position.
  uint64_t open(const OpenFields& fields);
  uint64_t update(const UpdateFields& fields);
  uint64_t message(const MessageFields& fields);
  uint64_t assign(const Addressed& to, std::string_view agent);
  uint64_t start(const Addressed& to);
  uint64_t requeue(const Addressed& to, std::string_view queue, std::string_view reason = {});
  uint64_t pend(const Addressed& to, std::string_view reason, int64_t resume_at_us = 0);
  uint64_t pend(const PendFields& fields);
  uint64_t resume(const Addressed& to);
  uint64_t resolve(const Addressed& to, std::string_view code, bool restate = false,
                   std::string_view article = {});
  uint64_t close(const Addressed& to, std::string_view code = {});
  uint64_t reopen(const Addressed& to, std::string_view reason = {});
  uint64_t cancel(const Addressed& to, std::string_view reason = {});
  uint64_t acknowledge(const Addressed& to, uint8_t clock = desk::Acknowledge::any_clock,
                       uint8_t rung = 0);
  uint64_t merge(const Addressed& to, const Addressed& into);  ///< `into` at any version.
  uint64_t import_ticket(const ImportFields& fields);
  uint64_t migrate(desk::MigrateMode mode, std::string_view select = {},
                   std::string_view policy = {});
  uint64_t repair(const Addressed& to, bool newest = false);
  uint64_t accept(uint64_t offer, std::string_view agent = {});
  uint64_t decline(uint64_t offer, std::string_view reason, std::string_view agent = {});
  uint64_t withdraw(const Addressed& to);
  uint64_t set_agent_state(const AgentStateFields& fields);
  uint64_t next(std::string_view agent);
  uint64_t escalate(const EscalateFields& fields);
  uint64_t bounce(const Addressed& to, std::string_view reason);
  uint64_t hand_over(const Addressed& to, std::string_view agent, std::string_view note);
  uint64_t reassign(const ReassignFields& fields);
  uint64_t switch_route(std::string_view rule, bool on);
  uint64_t hold_queue(std::string_view queue, bool held);
  uint64_t score(const Addressed& to, std::string_view agent, int8_t points);
  uint64_t reconcile(std::string_view agent, std::string_view tickets);  ///< Ids, by comma.
  uint64_t rate(const RateFields& fields);
  uint64_t define_queue(const DefineQueueFields& fields);
  uint64_t define_agent(const DefineAgentFields& fields);
  uint64_t log_in(std::string_view agent);
  uint64_t log_out(std::string_view agent);
  uint64_t config_begin(uint32_t bytes);
  uint64_t config_chunk(std::span<const std::byte> bytes);
  uint64_t config_commit(uint64_t hash);

  size_t size() const;  ///< Commands.
  bool empty() const { return size() == 0; }
  size_t frame_size() const;  ///< Of the frame as it stands, header included; a little generous.

  /// The whole frame, header included: valid until the next call of any member. Fails if a text
  /// could not travel or nothing was appended.
  sched::Expected<std::span<const std::byte>, WireError> finish(sched::DeskNumber desk,
                                                                uint64_t first_number);
  void clear();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paceline::wire
