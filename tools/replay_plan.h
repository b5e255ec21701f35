// From the rows of a log to the commands that make a desk follow them.
//
// The commands are a pure function of the rows: the n-th command is always the n-th, so an import
// that was cut off continues where the desk's numbering stands. Rows are taken in the order
// (instant, position in the file) over all tickets. The plan keeps a model of each ticket as the
// desk sees it (lifecycle.h) and gives the verbs that take it to the row's state; every row gives
// at least one command that touches its ticket, because hours in a state end with its newest row.
//
// Owner: one thread.  Time: in the rows.  Allocates: some 40 bytes a ticket.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "tools/ticket_log.h"
#include "wire/command_writer.h"

namespace paceline::tools {

/// One command, as positions in the log it comes from.
struct PlannedCommand {
  desk::CommandKind kind = desk::CommandKind::update;
  const LogRow* row = nullptr;  ///< Its attributes, for open and update.
  TextPool::Id text = 0;        ///< Queue, agent or pending reason, by kind.
  uint32_t fields = 0;          ///< Of update.
  bool restate = false;         ///< Of resolve.
};

/// Appends the command to a frame.
void put(const PlannedCommand& command, const TextPool& texts, wire::CommandWriter& writer);

/// What a replay runs under: the log's own matrix, manual queues, nothing that acts by itself.
desk::Configuration replay_configuration(const sched::PriorityMatrix& matrix);

class ReplayPlan {
 public:
  /// `log` outlives the plan.
  explicit ReplayPlan(const TicketLog& log);

  /// The commands of the next row, which all happen at at_us(); false after the last.
  bool next(std::vector<PlannedCommand>& commands);

  int64_t at_us() const { return at_us_; }
  uint64_t rows_done() const { return next_; }
  uint64_t ticket_count() const { return ticket_count_; }
  /// What a textbook desk would not do, by kind, counted as far as the plan has gone.
  const std::map<std::string, uint64_t>& irregular() const { return irregular_; }

 private:
  struct Ticket {
    const LogRow* row = nullptr;  // newest; null before the first
    TextPool::Id group = 0;       // newest that was stated
    TextPool::Id agent = 0;       // who has it on the desk
    TextPool::Id reason = 0;
    int64_t occurred_at_us = 0;
    desk::State state = desk::State::none;
    bool was_in_progress = false;  // before pending
  };

  void note_order_in_file();
  void note(const Ticket& ticket, const LogRow& row);
  void note_attributes(const LogRow& row);
  void follow(Ticket& ticket, const LogRow& row);
  void open(Ticket& ticket, const LogRow& row);
  void update(const Ticket& ticket, const LogRow& row);
  void move(Ticket& ticket, TextPool::Id group);
  void go_back_to_queue(Ticket& ticket);
  void reach(Ticket& ticket, RowState wanted, TextPool::Id reason);
  void define(TextPool::Id group, TextPool::Id agent);
  void emit(desk::CommandKind kind, TextPool::Id text = 0);

  const TicketLog& log_;
  std::vector<uint32_t> order_;    // of replay: positions in log_.rows
  std::vector<Ticket> tickets_;    // by TextPool::Id of the number
  std::vector<bool> group_known_;  // likewise by id
  std::vector<bool> agent_known_;
  std::map<std::string, uint64_t> irregular_;
  uint64_t next_ = 0;
  uint64_t ticket_count_ = 0;
  int64_t at_us_ = 0;
  const LogRow* row_ = nullptr;  // the one being followed
  std::vector<PlannedCommand>* out_ = nullptr;
};

}  // namespace paceline::tools
