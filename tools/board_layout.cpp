#include "tools/board_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/instants.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using Kind = BoardPageKind;

/// A figure with its name; they flow into lines like words.
struct Figure {
  std::string name, value;
  Style style = Style::strong;

  size_t width() const { return columns(name) + (name.empty() ? 0 : 1) + columns(value); }
};
using Figures = std::vector<Figure>;

std::string rate(const std::optional<double>& per_minute) {
  return per_minute ? fmt::format("{:.1f}/min", *per_minute) : "-";
}

std::string duration(const std::optional<int64_t>& us) {
  return us ? brief_duration(*us) : std::string("-");
}

Style unless_none(uint64_t count, Style style) { return count == 0 ? Style::strong : style; }

Figures pressure(const BoardView& view) {
  const BoardQueue& total = view.total;
  const bool soon = total.slack_us && *total.slack_us <= view.window_us;
  return {
      {"waiting", std::to_string(total.waiting)},
      {"oldest", duration(total.oldest_us)},
      {"slack", duration(total.slack_us), soon ? Style::warning : Style::strong},
      {fmt::format("at risk ({})", brief_duration(view.window_us)), std::to_string(total.at_risk),
       unless_none(total.at_risk, Style::warning)},
      {"breached", std::to_string(total.breached), unless_none(total.breached, Style::bad)},
      {"unroutable", std::to_string(total.unroutable), unless_none(total.unroutable, Style::bad)}};
}

Figures flow_of_work(const BoardView& view) {
  return {{"opened", rate(view.opened_per_minute)},
          {"resolved", rate(view.resolved_per_minute)},
          {"breaches", rate(view.breaches_per_minute)},
          {"in hand", std::to_string(view.total.in_hand)},
          {"pending", std::to_string(view.total.pending)},
          {"offered", std::to_string(view.total.offered)}};
}

Figures staff(const BoardView& view) {
  const BoardAgentStates& states = view.states;
  const uint32_t on = view.total.agents_on;
  Figures figures = {{"agents", fmt::format("{}/{}", on, view.total.agents),
                      on == 0 && view.total.waiting != 0 ? Style::bad : Style::strong},
                     {"idle", std::to_string(states.idle)},
                     {"busy", std::to_string(states.busy)}};
  const auto add = [&](const char* name, uint32_t count, Style style) {
    if (count != 0) figures.push_back({name, std::to_string(count), style});
  };
  add("wrap-up", states.wrap_up, Style::strong);
  add("away", states.away, Style::strong);
  add("draining", states.draining, Style::strong);
  add("no response", states.no_response, Style::bad);
  add("lost", states.lost, Style::bad);
  figures.push_back({"occupancy", view.total.occupancy_bp
                                      ? fmt::format("{}%", (*view.total.occupancy_bp + 50) / 100)
                                      : "-"});
  if (view.capacity_milli != 0)
    figures.push_back({"load", fmt::format("{}%", view.used_milli * 100 / view.capacity_milli)});
  return figures;
}

Figures health(const BoardView& view) {
  Figures figures = {{"timer lag max", brief_lag(view.timer_lag_us_max)},
                     {"log sync", view.log_sync_us ? brief_lag(*view.log_sync_us) : "-"},
                     {"max", brief_lag(view.log_sync_us_max)}};
  if (!view.synced)
    figures.push_back({"not durable", std::to_string(view.log_records_not_durable)});
  figures.push_back({"violations", std::to_string(view.invariant_violations),
                     view.invariant_violations == 0 ? Style::good : Style::bad});
  if (view.draining) figures.push_back({"", "DRAINING", Style::warning});
  if (view.clock_waits) figures.push_back({"", "CLOCK WAITS", Style::bad});
  return figures;
}

/// Into lines of a width. Where it is wide each group begins a line.
void flow(const std::vector<Figures>& groups, size_t width, std::vector<BoardLine>& lines) {
  constexpr size_t gap = 2;
  const bool grouped = width >= 60;
  BoardLine line;
  size_t used = 0;
  const auto end_line = [&] {
    if (!line.empty()) lines.push_back(std::move(line));
    line.clear();
    used = 0;
  };
  for (const Figures& group : groups) {
    if (grouped) end_line();
    for (const Figure& figure : group) {
      if (used != 0 && used + gap + figure.width() > width) end_line();
      if (used != 0) line.push_back({std::string(gap, ' '), Style::plain}), used += gap;
      if (!figure.name.empty()) line.push_back({figure.name + " ", Style::dim});
      line.push_back({figure.value, figure.style});
      used += figure.width();
    }
  }
  end_line();
}

std::vector<BoardLine> figure_lines(const BoardView& view, size_t width) {
  std::vector<BoardLine> lines;
  flow({pressure(view), flow_of_work(view), staff(view), health(view)}, width, lines);
  return lines;
}

std::string seconds_text(int64_t at_us) {
  return format_instant({at_us - at_us % sched::second.us});
}

/// Left, and flush right what still fits.
BoardLine two_sided(std::string_view left, std::string_view right, size_t width, Style style,
                    Style right_style) {
  const size_t right_width = columns(right);
  const std::string head = cut(left, width);
  const size_t head_width = columns(head);
  if (right_width == 0 || head_width + 2 + right_width > width) return {{fit(left, width), style}};
  return {{fit(left, width - right_width), style}, {std::string(right), right_style}};
}

std::string crumb(const BoardPage& page) {
  switch (page.kind) {
    case Kind::queues:
      return "queues";
    case Kind::agents:
      return "agents";
    case Kind::at_risk:
      return "by time to breach";
    case Kind::breached:
      return "in breach";
    case Kind::queue:
      return "queue " + page.subject;
    case Kind::agent:
      return "agent " + page.subject;
    case Kind::ticket:
      return "ticket " + page.subject;
    case Kind::why_queue:
      return "why queue " + page.subject;
    case Kind::why_agent:
      return "why agent " + page.subject;
    case Kind::why_ticket:
      return "why ticket " + page.subject;
    case Kind::why_clock:
      return "why clock " + page.subject;
    case Kind::help:
      return "help";
  }
  return "";
}

/// What a queue or an agent is, above its tickets.
std::string about(const BoardView& view, const BoardPage& page) {
  if (page.kind == Kind::queue) {
    for (const BoardQueue& queue : view.queues) {
      if (queue.name != page.subject) continue;
      return fmt::format("group {}, tier {}, {}{}{}; {} waiting, {} in hand, {} pending",
                         queue.group, queue.tier, word(mode_words, queue.mode),
                         queue.need.empty() ? "" : ", needs " + queue.need,
                         queue.held ? ", held" : "", queue.waiting, queue.in_hand, queue.pending);
    }
  } else if (page.kind == Kind::agent) {
    for (const BoardAgent& agent : view.agents) {
      if (agent.name != page.subject) continue;
      std::string text = agent.state + (agent.code.empty() ? "" : " (" + agent.code + ")");
      if (agent.in_state_us) text += " for " + brief_duration(*agent.in_state_us);
      text += fmt::format(", {} of {} in use, groups {}", agent.used_milli, agent.capacity_milli,
                          agent.groups);
      if (!agent.skills.empty()) text += ", skills " + agent.skills;
      if (agent.shift_ends_at_us != 0)
        text += ", shift ends " + seconds_text(agent.shift_ends_at_us);
      return text;
    }
  }
  return "";
}

// ------------------------------------------------------------------------------------- the list

struct Shape {
  std::vector<size_t> columns;  ///< Positions, in order.
  std::vector<size_t> widths;   ///< Of each of them.
};

/// As many columns as fit: the dispensable ones go first, then the first column is cut.
Shape shape_of(const BoardTable& table, size_t width) {
  constexpr size_t gap = 1;
  std::vector<size_t> widths;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    size_t most = columns(table.columns[i].heading);
    for (const BoardRow& row : table.rows) most = std::max(most, columns(row.cells[i].text));
    widths.push_back(std::min<size_t>(most, 40));
  }
  constexpr size_t name_least = 10;
  const size_t name_width = widths[0];
  std::vector<bool> shown(table.columns.size(), true);
  const auto total = [&](size_t name) {
    size_t sum = name;
    for (size_t i = 1; i < shown.size(); ++i) sum += shown[i] ? widths[i] + gap : 0;
    return sum;
  };
  while (total(std::min(name_width, name_least)) > width) {
    size_t worst = 0;
    for (size_t i = 1; i < shown.size(); ++i) {
      if (shown[i] && table.columns[i].dispensable > table.columns[worst].dispensable) worst = i;
    }
    if (worst == 0) break;
    shown[worst] = false;
  }
  Shape shape;
  for (size_t i = 0; i < shown.size(); ++i) {
    if (!shown[i]) continue;
    shape.columns.push_back(i);
    shape.widths.push_back(widths[i]);
  }
  const size_t others = total(0);
  shape.widths[0] = std::min(name_width, width > others ? width - others : size_t{1});
  return shape;
}

BoardLine headings(const BoardTable& table, const Shape& shape, const BoardPage& page) {
  BoardLine line;
  for (size_t i = 0; i < shape.columns.size(); ++i) {
    const BoardColumn& column = table.columns[shape.columns[i]];
    const bool sorted = !page.as_listed && shape.columns[i] == page.sort_column;
    if (i != 0) line.push_back({" ", Style::heading});
    line.push_back({fit(column.heading, shape.widths[i], column.right),
                    sorted ? Style::chosen : Style::heading});
  }
  return line;
}

BoardLine row_line(const BoardTable& table, const Shape& shape, const BoardRow& row, bool chosen) {
  BoardLine line;
  for (size_t i = 0; i < shape.columns.size(); ++i) {
    const BoardCell& cell = row.cells[shape.columns[i]];
    if (i != 0) line.push_back({" ", chosen ? Style::chosen : Style::plain});
    line.push_back({fit(cell.text, shape.widths[i], table.columns[shape.columns[i]].right),
                    chosen ? Style::chosen : cell.style});
  }
  return line;
}

/// No wider than `width`, whatever it was made of.
BoardLine clipped(BoardLine line, size_t width) {
  BoardLine fitting;
  size_t left = width;
  for (BoardSpan& span : line) {
    const size_t takes = columns(span.text);
    if (takes <= left) {
      left -= takes;
      fitting.push_back(std::move(span));
      continue;
    }
    if (left > 0) fitting.push_back({cut(span.text, left), span.style});
    break;
  }
  return fitting;
}

std::string hint(const BoardState& state) {
  const BoardPage& page = state.page();
  if (state.typing)
    return "filter: " + printable(*state.typing) + "_   enter keeps it, esc ends it";
  if (page.kind == Kind::help) return "esc back  q quit";
  if (page.kind == Kind::ticket) return "esc back  w why  c clocks  arrows move  q quit";
  if (page.is_text()) return "esc back  arrows move  ? help  q quit";
  std::string text = "q quit  ? help  enter open  w why  / filter  < > sort  r reverse  1-4 lists";
  if (state.pages.size() > 1) text = "esc back  " + text;
  return text;
}

/// What is said of the list besides its rows: how many, filter, order; where there is no room for
/// it all, the filter, lest what is hidden is taken for what is not there.
std::string order_text(const BoardPage& page, size_t rows, size_t room) {
  const std::string filter = page.filter.empty() ? "" : "with \"" + printable(page.filter) + "\"";
  std::string text = fmt::format("{} row{}", rows, rows == 1 ? "" : "s");
  if (!filter.empty()) text += " " + filter;
  const std::string shorter = columns(text) <= room ? text : filter;
  const std::string reversed = page.reversed ? " reversed" : "";
  if (page.as_listed)
    text += ", most pressing first" + reversed;
  else
    text += ", by " + std::string(columns_of(page.list())[page.sort_column].key) + reversed;
  return columns(text) <= room ? text : shorter;
}

}  // namespace

BoardTable table_of(const BoardView& view, const BoardDetail& detail, const BoardPage& page) {
  if (page.is_text()) return {};
  BoardTable table;
  switch (page.list()) {
    case BoardList::queues:
      table = queue_rows(view);
      break;
    case BoardList::agents:
      table = agent_rows(view);
      break;
    case BoardList::at_risk:
      table = ticket_rows(view.at_risk, BoardList::at_risk, view.window_us);
      break;
    case BoardList::breached:
      table = ticket_rows(view.breached, BoardList::breached, view.window_us);
      break;
    case BoardList::tickets:
      table = ticket_rows(detail.tickets, BoardList::tickets, view.window_us);
      break;
  }
  arrange(table, page.sort_column, page.reversed, page.as_listed, page.filter);
  return table;
}

BoardScreen lay_out(const BoardView& view, const BoardDetail& detail, const BoardState& state,
                    const BoardNotice& notice, BoardSize size) {
  const BoardPage& page = state.page();
  const size_t width = std::max<size_t>(size.columns, 1);
  BoardScreen screen;
  auto& lines = screen.lines;
  const std::string pace = state.paused ? "PAUSED" : "every " + notice.every;
  lines.push_back(two_sided("paceline  " + printable(view.desk) + "  " + seconds_text(view.at_us),
                            pace, width, Style::strong,
                            state.paused ? Style::warning : Style::dim));
  if (!notice.lost.empty())
    lines.push_back(
        {{fit("NO ANSWER, trying again: " + printable(notice.lost), width), Style::bad}});

  // The list needs its headings, three rows, the line above and the hint; figures get the rest, but
  // no more than half.
  std::vector<BoardLine> figures = figure_lines(view, width);
  const size_t spare = size.rows > 7 ? size.rows - 7 : 0;
  figures.resize(std::min({figures.size(), spare, size.rows / 2}));
  for (BoardLine& line : figures) lines.push_back(std::move(line));

  const BoardTable table = table_of(view, detail, page);
  const size_t count = page.is_text() ? detail.lines.size() : table.rows.size();
  const std::string where = printable(crumb(page));
  const size_t room = width - std::min(width, columns(where) + 2);
  lines.push_back(two_sided(where, page.is_text() ? "" : order_text(page, count, room), width,
                            Style::heading, Style::dim));
  const std::string above = printable(about(view, page));
  if (!above.empty()) lines.push_back({{cut(above, width), Style::plain}});

  const size_t below = 1;  // the hint
  const auto height_left = [&] {
    return size.rows > lines.size() + below ? size.rows - lines.size() - below : 0;
  };
  if (page.is_text()) {
    const std::vector<std::string> text = page.kind == Kind::help ? board_help() : detail.lines;
    screen.shown.height = height_left();
    screen.shown.lines = text.size();
    const size_t last_top = text.size() - std::min(text.size(), screen.shown.height);
    const size_t top = std::min(page.top, last_top);
    for (size_t i = top; i < text.size() && i < top + screen.shown.height; ++i)
      lines.push_back({{cut(text[i], width), Style::plain}});
  } else {
    const Shape shape = shape_of(table, width);
    lines.push_back(headings(table, shape, page));
    for (const BoardRow& row : table.rows) screen.shown.subjects.push_back(row.subject);
    screen.shown.height = height_left();
    const size_t chosen = place_of_chosen(page, screen.shown.subjects);
    const size_t first = first_shown(chosen, count, screen.shown.height);
    for (size_t i = first; i < count && i < first + screen.shown.height; ++i)
      lines.push_back(row_line(table, shape, table.rows[i], i == chosen));
    if (count == 0 && screen.shown.height > 0) {
      const std::string none = !detail.lines.empty() ? detail.lines.front()
                               : page.filter.empty() ? "nothing here"
                                                     : "no row has this";
      lines.push_back({{none, Style::dim}});
    }
  }
  lines.resize(size.rows > below ? size.rows - below : 0);
  if (size.rows > 0) lines.push_back({{cut(hint(state), width), Style::dim}});
  for (BoardLine& line : lines) line = clipped(std::move(line), width);
  return screen;
}

std::string board_text(const BoardView& view, const BoardPage& page, size_t width) {
  std::vector<BoardLine> lines;
  lines.push_back({{fmt::format("{}  {}", printable(view.desk), seconds_text(view.at_us)), {}}});
  for (BoardLine& line : figure_lines(view, width)) lines.push_back(std::move(line));
  lines.emplace_back();
  const BoardTable table = table_of(view, {}, page);
  const Shape shape = shape_of(table, width);
  lines.push_back(headings(table, shape, page));
  for (const BoardRow& row : table.rows) lines.push_back(row_line(table, shape, row, false));
  std::string text;
  for (const BoardLine& line : lines) {
    std::string one;
    for (const BoardSpan& span : line) one += span.text;
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + "\n";
  }
  return text;
}

}  // namespace paceline::tools
