#include "tools/board_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "tools/words.h"

namespace paceline::tools {

namespace {

const std::vector<BoardColumn> queue_columns = {
    {"queue", "QUEUE", false, 0, false},
    {"waiting", "WAIT", true, 0, true},
    {"oldest", "OLDEST", true, 1, true},
    {"slack", "SLACK", true, 2, false},
    {"at_risk", "RISK", true, 3, true},
    {"breached", "LATE", true, 4, true},
    {"unroutable", "UNROUT", true, 7, true},
    {"free", "FREE", true, 5, false},
    {"on", "ON", true, 6, false},
    {"occupancy", "OCC", true, 8, true},
    {"in_hand", "HAND", true, 9, true},
    {"pending", "PEND", true, 11, true},
    {"offered", "OFFER", true, 12, true},
    {"tier", "TIER", true, 13, false},
    {"mode", "MODE", false, 14, false},
    {"group", "GROUP", false, 15, false},
    {"need", "NEEDS", false, 16, false},
};

const std::vector<BoardColumn> agent_columns = {
    {"agent", "AGENT", false, 0, false}, {"state", "STATE", false, 0, false},
    {"since", "FOR", true, 2, true},     {"tickets", "HAS", true, 1, true},
    {"load", "LOAD", true, 3, true},     {"occupancy", "OCC", true, 4, true},
    {"offers", "OFFERS", true, 5, true}, {"used", "USED", true, 7, true},
    {"capacity", "OF", true, 8, true},   {"groups", "GROUPS", false, 6, false},
};

const std::vector<BoardColumn> ticket_columns = {
    {"ticket", "TICKET", false, 0, false}, {"priority", "PRI", false, 1, false},
    {"slack", "SLACK", true, 0, false},    {"clock", "CLOCK", false, 5, false},
    {"state", "STATE", false, 4, false},   {"queue", "QUEUE", false, 2, false},
    {"agent", "AGENT", false, 3, false},   {"waits", "WAITS", true, 6, true},
    {"policy", "POLICY", false, 7, false},
};

BoardCell text_cell(std::string_view text, Style style = Style::plain) {
  return {printable(text), BoardCell::absent, style};
}

BoardCell count_cell(uint64_t count, Style unless_none = Style::plain) {
  return {std::to_string(count), static_cast<int64_t>(count),
          count == 0 ? Style::dim : unless_none};
}

BoardCell duration_cell(const std::optional<int64_t>& us, Style style = Style::plain) {
  if (!us) return {"-", BoardCell::absent, Style::dim};
  return {brief_duration(*us), *us, style};
}

BoardCell share_cell(const std::optional<uint32_t>& share_bp) {
  if (!share_bp) return {"-", BoardCell::absent, Style::dim};
  // The healthy band of occupancy ends at 85 %; beyond 95 % nobody has a breath left.
  const Style style = *share_bp > 9'500   ? Style::bad
                      : *share_bp > 8'500 ? Style::warning
                                          : Style::plain;
  return {fmt::format("{}%", (*share_bp + 50) / 100), *share_bp, style};
}

Style slack_style(const std::optional<int64_t>& slack_us, int64_t window_us) {
  if (!slack_us) return Style::dim;
  return *slack_us < 0 ? Style::bad : *slack_us <= window_us ? Style::warning : Style::plain;
}

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

bool shows(const BoardRow& row, const std::string& filter) {
  return std::any_of(row.cells.begin(), row.cells.end(), [&](const BoardCell& cell) {
    return lowered(cell.text).find(filter) != std::string::npos;
  });
}

}  // namespace

const std::vector<BoardColumn>& columns_of(BoardList list) {
  return list == BoardList::queues   ? queue_columns
         : list == BoardList::agents ? agent_columns
                                     : ticket_columns;
}

size_t column_named(BoardList list, std::string_view key) {
  const auto& columns = columns_of(list);
  return static_cast<size_t>(
      std::find_if(columns.begin(), columns.end(),
                   [&](const BoardColumn& column) { return column.key == key; }) -
      columns.begin());
}

size_t first_sort_column(BoardList list) {
  return list == BoardList::agents ? column_named(list, "agent") : column_named(list, "slack");
}

BoardTable queue_rows(const BoardView& view) {
  BoardTable table{queue_columns, {}};
  for (const BoardQueue& queue : view.queues) {
    const Style mode_style = queue.held ? Style::warning : Style::dim;
    table.rows.push_back(
        {queue.name,
         {text_cell(queue.name, Style::strong),
          count_cell(queue.waiting),
          duration_cell(queue.oldest_us),
          duration_cell(queue.slack_us, slack_style(queue.slack_us, view.window_us)),
          count_cell(queue.at_risk, Style::warning),
          count_cell(queue.breached, Style::bad),
          count_cell(queue.unroutable, Style::bad),
          count_cell(queue.agents_free),
          {fmt::format("{}/{}", queue.agents_on, queue.agents), queue.agents_on,
           queue.agents_on == 0 && queue.waiting != 0 ? Style::warning : Style::plain},
          share_cell(queue.occupancy_bp),
          count_cell(queue.in_hand),
          count_cell(queue.pending),
          count_cell(queue.offered),
          count_cell(queue.tier),
          text_cell(queue.held ? "held" : word(mode_words, queue.mode), mode_style),
          text_cell(queue.group),
          text_cell(queue.need)}});
  }
  return table;
}

BoardTable agent_rows(const BoardView& view) {
  BoardTable table{agent_columns, {}};
  for (const BoardAgent& agent : view.agents) {
    std::string state = agent.lost ? "lost" : agent.state;
    if (!agent.code.empty()) state += " " + agent.code;
    const bool off = agent.state == "logged_out";
    const Style style = agent.lost || agent.state == "no_response" ? Style::bad
                        : agent.state == "available"               ? Style::good
                        : off                                      ? Style::dim
                                                                   : Style::warning;
    const std::optional<uint32_t> load_bp =
        off || agent.capacity_milli == 0 ? std::nullopt
                                         : std::optional(static_cast<uint32_t>(
                                               agent.used_milli * 10'000 / agent.capacity_milli));
    BoardCell load = share_cell(load_bp);
    if (load_bp) load.style = Style::plain;
    table.rows.push_back(
        {agent.name,
         {text_cell(agent.name, off ? Style::dim : Style::strong), text_cell(state, style),
          duration_cell(agent.in_state_us), count_cell(agent.tickets), std::move(load),
          share_cell(agent.occupancy_bp), count_cell(agent.offers), count_cell(agent.used_milli),
          count_cell(agent.capacity_milli), text_cell(agent.groups)}});
  }
  return table;
}

BoardTable ticket_rows(const std::vector<BoardTicket>& tickets, BoardList list, int64_t window_us) {
  BoardTable table{columns_of(list), {}};
  for (const BoardTicket& ticket : tickets) {
    table.rows.push_back({std::to_string(ticket.id),
                          {text_cell(ticket.name, Style::strong),
                           {ticket.priority == 0 ? "-" : "P" + std::to_string(ticket.priority),
                            ticket.priority == 0 ? BoardCell::absent : ticket.priority,
                            ticket.priority == 1 ? Style::bad : Style::plain},
                           duration_cell(ticket.slack_us, slack_style(ticket.slack_us, window_us)),
                           text_cell(ticket.clock),
                           text_cell(ticket.state),
                           text_cell(ticket.queue),
                           text_cell(ticket.agent),
                           duration_cell(ticket.waits_us),
                           text_cell(ticket.policy)}});
  }
  return table;
}

void arrange(BoardTable& table, size_t column, bool reversed, bool as_listed,
             std::string_view filter) {
  if (!filter.empty()) {
    const std::string wanted = lowered(filter);
    std::erase_if(table.rows, [&](const BoardRow& row) { return !shows(row, wanted); });
  }
  if (as_listed) {
    if (reversed) std::reverse(table.rows.begin(), table.rows.end());
    return;
  }
  const bool descending = table.columns[column].descending != reversed;
  std::stable_sort(table.rows.begin(), table.rows.end(), [&](const BoardRow& a, const BoardRow& b) {
    const BoardCell& left = a.cells[column];
    const BoardCell& right = b.cells[column];
    const bool left_absent = left.order == BoardCell::absent;
    const bool right_absent = right.order == BoardCell::absent;
    if (left_absent != right_absent) return right_absent;
    const BoardCell& first = descending ? right : left;
    const BoardCell& second = descending ? left : right;
    if (!left_absent) return first.order < second.order;
    if (first.text.empty() != second.text.empty()) return !left.text.empty();
    return first.text < second.text;
  });
}

}  // namespace paceline::tools
