#include "tools/board_state.h"

#include <algorithm>
#include <utility>

namespace paceline::tools {

namespace {

using Kind = BoardPageKind;

/// What a row, or the page itself, is about; queue, agent or ticket.
std::optional<Kind> kind_of_rows(const BoardPage& page) {
  switch (page.kind) {
    case Kind::queues:
      return Kind::queue;
    case Kind::agents:
      return Kind::agent;
    case Kind::at_risk:
    case Kind::breached:
    case Kind::queue:
    case Kind::agent:
      return Kind::ticket;
    default:
      return std::nullopt;
  }
}

std::string chosen_subject(const BoardPage& page, const BoardShown& shown) {
  if (shown.subjects.empty()) return "";
  return shown.subjects[place_of_chosen(page, shown.subjects)];
}

void take_last_character(std::string& text) {
  while (!text.empty() && (static_cast<uint8_t>(text.back()) & 0xc0) == 0x80) text.pop_back();
  if (!text.empty()) text.pop_back();
}

}  // namespace

BoardPage BoardPage::of(BoardPageKind kind, std::string subject) {
  BoardPage page;
  page.kind = kind;
  page.subject = std::move(subject);
  // A queue's tickets come most pressing first, as agents will get them.
  page.as_listed = kind == Kind::queue || kind == Kind::agent;
  if (!page.is_text()) page.sort_column = first_sort_column(page.list());
  return page;
}

BoardList BoardPage::list() const {
  switch (kind) {
    case Kind::queues:
      return BoardList::queues;
    case Kind::agents:
      return BoardList::agents;
    case Kind::at_risk:
      return BoardList::at_risk;
    case Kind::breached:
      return BoardList::breached;
    default:
      return BoardList::tickets;
  }
}

size_t place_of_chosen(const BoardPage& page, const std::vector<std::string>& subjects) {
  if (subjects.empty()) return 0;
  const auto found = std::find(subjects.begin(), subjects.end(), page.chosen);
  if (found != subjects.end()) return static_cast<size_t>(found - subjects.begin());
  return page.chosen.empty() ? 0 : std::min(page.chosen_at, subjects.size() - 1);
}

size_t first_shown(size_t chosen, size_t rows, size_t height) {
  if (rows <= height || height == 0) return 0;
  return std::min(chosen - std::min(chosen, height / 2), rows - height);
}

BoardEffect BoardState::press(const KeyPress& pressed, const BoardShown& shown) {
  if (typing) return type(pressed);
  switch (pressed.key) {
    case Key::character:
      return pressed.text.size() == 1 ? press_character(pressed.text[0], shown) : BoardEffect::none;
    case Key::enter:
      return open_chosen(shown);
    case Key::right:
      return page().is_text() ? BoardEffect::none : open_chosen(shown);
    case Key::escape:
    case Key::backspace:
    case Key::left:
      return back();
    case Key::tab:
    case Key::back_tab: {
      const size_t at = static_cast<size_t>(pages.front().kind);
      return show_list(static_cast<Kind>((at + (pressed.key == Key::tab ? 1 : 3)) % 4));
    }
    case Key::other:
      return BoardEffect::none;
    default:
      return move(pressed.key, shown);
  }
}

BoardEffect BoardState::type(const KeyPress& pressed) {
  switch (pressed.key) {
    case Key::character:
      *typing += pressed.text;
      break;
    case Key::backspace:
      take_last_character(*typing);
      break;
    case Key::enter:
      typing.reset();
      return BoardEffect::redraw;
    case Key::escape:
      typing.reset();
      page().filter.clear();
      return BoardEffect::redraw;
    default:
      return BoardEffect::none;
  }
  page().filter = *typing;
  return BoardEffect::redraw;
}

BoardEffect BoardState::press_character(char c, const BoardShown& shown) {
  switch (c) {
    case 'q':
    case 'Q':
      return BoardEffect::quit;
    case '?':
    case 'h':
      return page().kind == Kind::help ? back() : open(Kind::help, "");
    case '1':
    case '2':
    case '3':
    case '4':
      return show_list(static_cast<Kind>(c - '1'));
    case 'j':
      return move(Key::down, shown);
    case 'k':
      return move(Key::up, shown);
    case 'g':
      return move(Key::home, shown);
    case 'G':
      return move(Key::end, shown);
    case '<':
    case ',':
      return sort_by(-1);
    case '>':
    case '.':
    case 's':
      return sort_by(1);
    case 'r':
      if (page().is_text()) return BoardEffect::none;
      page().reversed = !page().reversed;
      return BoardEffect::redraw;
    case 'o':
      if (page().kind != Kind::queue && page().kind != Kind::agent) return BoardEffect::none;
      page().as_listed = true;
      page().reversed = false;
      return BoardEffect::redraw;
    case '/':
      if (page().is_text()) return BoardEffect::none;
      typing = page().filter;
      return BoardEffect::redraw;
    case 'w':
      return ask_why(shown, false);
    case 'c':
      return ask_why(shown, true);
    case 'p':
      paused = !paused;
      return paused ? BoardEffect::redraw : BoardEffect::ask;
    case ' ':
      return BoardEffect::ask;
    default:
      return BoardEffect::none;
  }
}

BoardEffect BoardState::move(Key key, const BoardShown& shown) {
  BoardPage& here = page();
  const size_t count = here.is_text() ? shown.lines : shown.subjects.size();
  if (count == 0) return BoardEffect::none;
  // A text moves as a whole, a list has a row that moves.
  const size_t last = here.is_text() ? count - std::min(count, shown.height) : count - 1;
  const size_t step = std::max<size_t>(shown.height, 2) - 1;
  size_t at = here.is_text() ? std::min(here.top, last) : place_of_chosen(here, shown.subjects);
  switch (key) {
    case Key::up:
      at -= std::min<size_t>(at, 1);
      break;
    case Key::down:
      at = std::min(at + 1, last);
      break;
    case Key::page_up:
      at -= std::min(at, step);
      break;
    case Key::page_down:
      at = std::min(at + step, last);
      break;
    case Key::home:
      at = 0;
      break;
    default:
      at = last;
      break;
  }
  if (here.is_text()) {
    here.top = at;
  } else {
    here.chosen_at = at;
    here.chosen = shown.subjects[at];
  }
  return BoardEffect::redraw;
}

BoardEffect BoardState::sort_by(int step) {
  BoardPage& here = page();
  if (here.is_text()) return BoardEffect::none;
  const size_t count = columns_of(here.list()).size();
  if (!here.as_listed) here.sort_column = (here.sort_column + (step > 0 ? 1 : count - 1)) % count;
  here.as_listed = false;
  here.reversed = false;
  return BoardEffect::redraw;
}

BoardEffect BoardState::open(BoardPageKind kind, const std::string& subject) {
  pages.push_back(BoardPage::of(kind, subject));
  return BoardEffect::ask;
}

BoardEffect BoardState::open_chosen(const BoardShown& shown) {
  const auto kind = kind_of_rows(page());
  const std::string subject = chosen_subject(page(), shown);
  if (!kind || subject.empty()) return BoardEffect::none;
  page().chosen = subject;
  page().chosen_at = place_of_chosen(page(), shown.subjects);
  return open(*kind, subject);
}

/// Of the row chosen; on a page without rows, of what it is about.
BoardEffect BoardState::ask_why(const BoardShown& shown, bool of_clocks) {
  auto kind = kind_of_rows(page());
  std::string subject = chosen_subject(page(), shown);
  if (subject.empty()) {
    kind = page().kind;
    subject = page().subject;
  }
  // An explanation leads to the other one of the same ticket.
  if (kind == Kind::why_ticket || kind == Kind::why_clock) kind = Kind::ticket;
  if (!kind || (of_clocks && kind != Kind::ticket)) return BoardEffect::none;
  const Kind wanted = kind == Kind::ticket  ? (of_clocks ? Kind::why_clock : Kind::why_ticket)
                      : kind == Kind::queue ? Kind::why_queue
                      : kind == Kind::agent ? Kind::why_agent
                                            : Kind::help;
  if (wanted == Kind::help || wanted == page().kind) return BoardEffect::none;
  if (page().kind == Kind::why_ticket || page().kind == Kind::why_clock) pages.pop_back();
  return open(wanted, subject);
}

BoardEffect BoardState::show_list(BoardPageKind kind) {
  pages.assign(1, BoardPage::of(kind));
  return BoardEffect::ask;
}

BoardEffect BoardState::back() {
  if (!page().filter.empty()) {
    page().filter.clear();
    return BoardEffect::redraw;
  }
  if (pages.size() == 1) return BoardEffect::none;
  pages.pop_back();
  return BoardEffect::ask;
}

}  // namespace paceline::tools
