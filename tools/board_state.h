// Where somebody is on the board: the pages opened one on the other, what is chosen, sorted and
// filtered on each, and what a key does to that.
//
// The bottom page is one of four lists; opening what is chosen puts a page on top, going back takes
// it off. A chosen row is remembered by what it is about, so that it stays chosen where it goes
// when the figures change.
//
// Owner: one thread; pure.  Allocates: pages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/board_table.h"

namespace paceline::tools {

enum class Key : uint8_t {
  character,
  up,
  down,
  left,
  right,
  page_up,
  page_down,
  home,
  end,
  enter,
  escape,
  backspace,
  tab,
  back_tab,
  other,
};

struct KeyPress {
  Key key = Key::other;
  std::string text;  ///< Of character: one, as UTF-8.
  bool operator==(const KeyPress&) const = default;
};

enum class BoardPageKind : uint8_t {
  queues,
  agents,
  at_risk,
  breached,  // lists of the desk
  queue,
  agent,  // tickets of one of them
  ticket,
  why_queue,
  why_agent,
  why_ticket,
  why_clock,
  help,  // texts
};

struct BoardPage {
  BoardPageKind kind = BoardPageKind::queues;
  std::string subject;  ///< Name of a queue or an agent, number of a ticket.
  size_t sort_column = 0;
  bool reversed = false;
  bool as_listed = false;  ///< In the order the server gave.
  std::string filter;
  std::string chosen;    ///< Subject of the chosen row; empty: the first.
  size_t chosen_at = 0;  ///< Its place when it was last seen.
  size_t top = 0;        ///< First line shown of a text.

  static BoardPage of(BoardPageKind kind, std::string subject = {});
  bool is_text() const { return kind >= BoardPageKind::ticket; }
  /// Requires !is_text().
  BoardList list() const;
};

/// What the keys act on: the page as it is shown.
struct BoardShown {
  std::vector<std::string> subjects;  ///< Of the rows, in order; of a text nothing.
  size_t lines = 0;                   ///< Of a text.
  size_t height = 0;                  ///< Rows or lines that fit.
};

enum class BoardEffect : uint8_t {
  none,
  redraw,  ///< What is known is shown otherwise.
  ask,     ///< Something is to be shown that is not known yet.
  quit,
};

struct BoardState {
  std::vector<BoardPage> pages = {BoardPage::of(BoardPageKind::queues)};
  std::optional<std::string> typing;  ///< A filter being typed.
  bool paused = false;

  BoardPage& page() { return pages.back(); }
  const BoardPage& page() const { return pages.back(); }

  BoardEffect press(const KeyPress& pressed, const BoardShown& shown);

 private:
  BoardEffect type(const KeyPress& pressed);
  BoardEffect press_character(char c, const BoardShown& shown);
  BoardEffect move(Key key, const BoardShown& shown);
  BoardEffect sort_by(int step);
  BoardEffect open(BoardPageKind kind, const std::string& subject);
  BoardEffect open_chosen(const BoardShown& shown);
  BoardEffect ask_why(const BoardShown& shown, bool of_clocks);
  BoardEffect show_list(BoardPageKind kind);
  BoardEffect back();
};

/// Place of the page's chosen row among `subjects`; where it was if it is there no more.
size_t place_of_chosen(const BoardPage& page, const std::vector<std::string>& subjects);

/// First row shown so that `chosen` of `rows` is among the `height` shown, near its middle.
size_t first_shown(size_t chosen, size_t rows, size_t height);

}  // namespace paceline::tools
