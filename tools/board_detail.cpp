#include "tools/board_detail.h"

#include <charconv>

#include "tools/clock_show.h"
#include "tools/failure.h"
#include "tools/ticket_show.h"
#include "tools/why_show.h"

namespace paceline::tools {

namespace {

using Kind = BoardPageKind;

constexpr uint32_t tickets_shown = 500;
constexpr uint32_t candidates_shown = 200;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(printable(text.substr(0, end)));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string text_of(const BoardPage& page, const desk::Answer& answer) {
  switch (page.kind) {
    case Kind::ticket:
      return answer.tickets.empty() ? "" : ticket_text(answer.tickets.front(), answer.surveys);
    case Kind::why_clock: {
      std::string text = answer.clocks.empty() ? "no clock has run on this ticket\n" : "";
      for (const desk::ClockView& clock : answer.clocks)
        text += (text.empty() ? "" : "\n") + why_clock_text(clock);
      return text;
    }
    default:
      return why_text(answer.why);
  }
}

}  // namespace

std::optional<desk::Query> question_of(const BoardPage& page) {
  desk::Query query;
  switch (page.kind) {
    case Kind::queue:
      query.kind = desk::QueryKind::queue_peek;
      query.text = page.subject;
      query.limit = tickets_shown;
      return query;
    case Kind::agent:
      query.kind = desk::QueryKind::hand_off;
      query.agent = page.subject;
      query.limit = tickets_shown;
      return query;
    case Kind::why_queue:
      query.kind = desk::QueryKind::why_queue;
      query.text = page.subject;
      query.limit = candidates_shown;
      return query;
    case Kind::why_agent:
      query.kind = desk::QueryKind::why_agent;
      query.agent = page.subject;
      query.limit = candidates_shown;
      return query;
    case Kind::ticket:
    case Kind::why_ticket:
    case Kind::why_clock:
      query.kind = page.kind == Kind::ticket       ? desk::QueryKind::ticket
                   : page.kind == Kind::why_ticket ? desk::QueryKind::why_ticket
                                                   : desk::QueryKind::why_clock;
      query.limit = candidates_shown;
      std::from_chars(page.subject.data(), page.subject.data() + page.subject.size(), query.ticket);
      return query;
    default:
      return std::nullopt;
  }
}

BoardDetail detail_of(const BoardPage& page, const desk::Answer& answer, int64_t now_us) {
  BoardDetail detail;
  if (answer.code != 0) {
    const Failure failure = explain(static_cast<desk::Reject>(answer.code), page.subject);
    detail.lines = lines_of(failure.code + " " + failure.text);
  } else if (page.is_text()) {
    detail.lines = lines_of(text_of(page, answer));
  } else {
    for (const desk::TicketView& ticket : answer.tickets) {
      BoardTicket line = board_ticket(ticket, now_us, false);
      if (!line.slack_us) line = board_ticket(ticket, now_us, true);
      detail.tickets.push_back(std::move(line));
    }
  }
  return detail;
}

std::vector<std::string> board_help() {
  return {
      "1 2 3 4    queues, agents, tickets by time to breach, tickets in breach",
      "tab        the next of these lists",
      "up down    choose a row: also j, k, page up, page down, home, end, g, G",
      "enter      open what is chosen: a queue's waiting tickets, an agent's work, a ticket",
      "esc        back: also backspace and the left arrow; first ends a filter",
      "w          why: why the chosen ticket waits, why the agent or queue is as it is",
      "c          how the chosen ticket's clocks came to where they stand",
      "< >        sort by the column to the left or right: also , . and s",
      "r          the other way round",
      "o          tickets of a queue or an agent in the order of the desk again",
      "/          show only rows with a text in them; enter keeps it, esc ends it",
      "p          pause: the figures stay as they are",
      "space      ask now",
      "q          quit",
      "",
      "RISK       open tickets of which a clock breaches soon (--window)",
      "LATE       open tickets of which a clock has breached",
      "SLACK      time to the next breach; negative: since the first one",
      "UNROUT     waiting tickets that no agent at all can serve",
      "FREE ON    agents of the queue's group with room; logged in, of all",
      "OCC        time spent handling, of handling and waiting for work, in the last minute",
      "LOAD       share of an agent's capacity in use",
  };
}

}  // namespace paceline::tools
