// A log of tickets as rows: what a ticket was like from an instant on, whoever wrote the file.
//
// Readers of files make such a log, ReplayPlan turns it into commands. Texts are kept once, in the
// log's pool; what a row does not state is 0.
//
// Owner: one thread.  Allocates: some 110 bytes a row, and each distinct text once.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/command.h"
#include "sched/priority.h"
#include "tools/text_pool.h"

namespace paceline::tools {

/// What a state's word means.
enum class RowState : uint8_t { fresh, active, waiting, resolved, closed, cancelled };

struct LogRow {
  int64_t at_us = 0;                                         ///< When its commands happen.
  int64_t occurred_at_us = 0;                                ///< 0: not stated.
  uint64_t line = 0;                                         ///< In the file, for messages.
  std::array<TextPool::Id, desk::text_field_count> texts{};  ///< By desk::TextField; 0: null.
  TextPool::Id agent = 0;                                    ///< 0: null.
  TextPool::Id state = 0;                                    ///< The file's word for `wanted`.
  TextPool::Id reason = 0;                                   ///< Of a waiting ticket.
  RowState wanted = RowState::fresh;
  bool state_known = true;  ///< False: `wanted` is a guess.
  uint8_t kind = 0;         ///< desk::TicketKind
  uint8_t vip = 0;          ///< 0 or 1
  uint8_t impact = 0;       ///< sched::Impact
  uint8_t urgency = 0;      ///< sched::Urgency
  uint8_t priority = 0;     ///< As the row says; to compare, never to use.
  bool repeats = false;     ///< A row before it, made from the same line, says the same of it.

  TextPool::Id text(desk::TextField field) const { return texts[static_cast<size_t>(field)]; }
  TextPool::Id& text(desk::TextField field) { return texts[static_cast<size_t>(field)]; }
  TextPool::Id number() const { return text(desk::TextField::external_id); }
  TextPool::Id group() const { return text(desk::TextField::queue); }
};

/// A row that cannot be used.
struct RejectedRow {
  uint64_t line = 0;
  std::string reason;
  std::string text;  ///< As it stood in the file.
};

struct TicketLog {
  TextPool texts;
  std::vector<LogRow> rows;  ///< In the order of the file.
  uint64_t row_count = 0;    ///< Records after the header, the rejected ones included.
  uint64_t content_hash = 0;
  sched::PriorityMatrix matrix;  ///< From impact and urgency to what the file calls the priority.

  std::string_view occurred_at_name = "opened_at";  ///< For what is counted as irregular.
  bool counts_unstated = true;  ///< A row without occurred_at, impact or urgency is irregular.
  std::map<std::string, uint64_t> irregular;  ///< What the reader found so, by kind.
};

}  // namespace paceline::tools
