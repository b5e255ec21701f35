// The board as lines of text: what is known, where somebody is, and a size in; lines with styles
// out. A terminal only has to show them.
//
// The narrower the terminal, the fewer columns a list has and the more lines the figures take; the
// lower it is, the fewer figures are shown. A list and its headings are always there.
//
// Owner: any thread; pure.  Allocates: the lines.
#pragma once

#include <string>
#include <vector>

#include "tools/board_detail.h"
#include "tools/board_state.h"
#include "tools/board_text.h"
#include "tools/board_view.h"

namespace paceline::tools {

struct BoardSpan {
  std::string text;
  Style style = Style::plain;
  bool operator==(const BoardSpan&) const = default;
};
using BoardLine = std::vector<BoardSpan>;

struct BoardSize {
  size_t columns = 80, rows = 24;
};

/// What is to be said about the board itself.
struct BoardNotice {
  std::string every;  ///< "2s"
  std::string lost;   ///< Why there is no answer any more; empty: there is one.
};

struct BoardScreen {
  std::vector<BoardLine> lines;  ///< As many as rows, none wider than columns.
  BoardShown shown;              ///< What keys act on.
};

BoardScreen lay_out(const BoardView& view, const BoardDetail& detail, const BoardState& state,
                    const BoardNotice& notice, BoardSize size);

/// For what is not a terminal: figures and a whole list, each line without blanks at its end.
std::string board_text(const BoardView& view, const BoardPage& page, size_t columns);

/// The list of a page, in order; empty of a text.
BoardTable table_of(const BoardView& view, const BoardDetail& detail, const BoardPage& page);

}  // namespace paceline::tools
