// The lists of a board as tables: which columns there are, what a row shows, in which order rows
// come and which of them a filter leaves.
//
// Owner: any thread; pure.  Allocates: the table.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tools/board_text.h"
#include "tools/board_view.h"

namespace paceline::tools {

enum class BoardList : uint8_t { queues, agents, at_risk, breached, tickets };

struct BoardColumn {
  std::string_view key;      ///< What --sort calls it.
  std::string_view heading;  ///< Capitals.
  bool right = false;        ///< Flush right.
  /// Columns leave a narrow terminal in the order of this, largest first; 0 never does.
  uint8_t dispensable = 0;
  bool descending = false;  ///< The order that matters most: the largest first.
};

struct BoardCell {
  static constexpr int64_t absent = std::numeric_limits<int64_t>::max();

  std::string text;
  int64_t order = absent;  ///< Of numbers; of texts absent, and the text decides.
  Style style = Style::plain;
};

struct BoardRow {
  std::string subject;  ///< What the row is about: a name, of a ticket its number.
  std::vector<BoardCell> cells;
};

struct BoardTable {
  std::vector<BoardColumn> columns;
  std::vector<BoardRow> rows;
};

/// The columns of a list, whatever is in it.
const std::vector<BoardColumn>& columns_of(BoardList list);
/// Position of a column by key; columns_of(list).size() if there is none.
size_t column_named(BoardList list, std::string_view key);
/// What a list is sorted by unless told otherwise.
size_t first_sort_column(BoardList list);

BoardTable queue_rows(const BoardView& view);
BoardTable agent_rows(const BoardView& view);
BoardTable ticket_rows(const std::vector<BoardTicket>& tickets, BoardList list, int64_t window_us);

/// Rows that have `filter` in a cell, whatever the case, ordered by a column; rows without a value
/// there come last. `as_listed`: in the order they came.
void arrange(BoardTable& table, size_t column, bool reversed, bool as_listed,
             std::string_view filter);

}  // namespace paceline::tools
