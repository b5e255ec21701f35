// The board as lines: what is there at 40, 80 and 200 columns, and on a low terminal.
#include "tools/board_layout.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace paceline::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int64_t minute_us = sched::minute.us;

BoardQueue queue(const std::string& name, uint32_t waiting, std::optional<int64_t> slack_us) {
  BoardQueue queue;
  queue.name = name;
  queue.group = "infrastructure";
  queue.need = "network >= 4";
  queue.waiting = waiting;
  queue.oldest_us = 42 * minute_us;
  queue.slack_us = slack_us;
  queue.at_risk = 3;
  queue.breached = 2;
  queue.agents = 12;
  queue.agents_on = 9;
  queue.agents_free = 1;
  queue.occupancy_bp = 9'700;
  return queue;
}

BoardView a_view() {
  BoardView view;
  view.desk = "enterprise";
  view.at_us = 1'768'226'733'000'000;  // 2026-01-12T14:05:33Z
  view.window_us = 30 * minute_us;
  view.queues = {queue("network", 214, 3 * minute_us), queue("service-desk", 7, {}),
                 queue("applications-of-the-whole-enterprise", 31, 90 * minute_us)};
  view.total = queue("", 252, 3 * minute_us);
  view.opened_per_minute = 14.25;
  view.states.busy = 8;
  BoardAgent agent;
  agent.name = "ada";
  agent.state = "away";
  agent.code = "lunch";
  agent.groups = "infrastructure";
  view.agents = {agent};
  BoardTicket ticket;
  ticket.id = 7;
  ticket.name = "INC7";
  ticket.priority = 1;
  ticket.slack_us = -5 * minute_us;
  ticket.queue = "network";
  view.at_risk = {ticket};
  return view;
}

std::string text_of(const BoardLine& line) {
  std::string text;
  for (const BoardSpan& span : line) text += span.text;
  return text;
}

class BoardLayout : public ::testing::Test {
 protected:
  BoardScreen lay(size_t width, size_t rows) {
    return lay_out(view_, detail_, state_, notice_, {width, rows});
  }
  std::string text(size_t width, size_t rows) {
    std::string all;
    for (const BoardLine& line : lay(width, rows).lines) all += text_of(line) + "\n";
    return all;
  }
  /// The style of the span that is `text`, but for blanks.
  Style style_of(const std::string& text) {
    for (const BoardLine& line : lay(200, 30).lines) {
      for (const BoardSpan& span : line) {
        const size_t at = span.text.find_first_not_of(' ');
        if (at != std::string::npos &&
            span.text.substr(at, span.text.find_last_not_of(' ') - at + 1) == text)
          return span.style;
      }
    }
    ADD_FAILURE() << "nowhere: " << text;
    return Style::plain;
  }

  BoardView view_ = a_view();
  BoardDetail detail_;
  BoardState state_;
  BoardNotice notice_{"2s", ""};
};

TEST_F(BoardLayout, ShowsEveryFigureAndColumnWhereThereIsRoom) {
  EXPECT_THAT(
      text(200, 30),
      AllOf(HasSubstr("enterprise  2026-01-12T14:05:33Z"), HasSubstr("waiting 252"),
            HasSubstr("oldest 42m"), HasSubstr("slack 3m"), HasSubstr("at risk (30m) 3"),
            HasSubstr("breached 2"), HasSubstr("unroutable 0"), HasSubstr("opened 14.2/min"),
            HasSubstr("resolved -"), HasSubstr("occupancy 97%"), HasSubstr("timer lag max"),
            HasSubstr("log sync -"), HasSubstr("GROUP"), HasSubstr("NEEDS"),
            HasSubstr("network >= 4"), HasSubstr("every 2s")));
}

TEST_F(BoardLayout, ANarrowTerminalKeepsTheColumnsThatMatter) {
  EXPECT_THAT(text(80, 24), AllOf(HasSubstr("SLACK"), HasSubstr("LATE"), HasSubstr("OCC"),
                                  Not(HasSubstr("NEEDS"))));
  EXPECT_THAT(text(40, 24), AllOf(HasSubstr("QUEUE"), HasSubstr("WAIT"), HasSubstr("SLACK"),
                                  HasSubstr("network"), Not(HasSubstr("GROUP"))));
}

TEST_F(BoardLayout, NothingIsEverWiderOrHigherThanTheTerminal) {
  for (const auto kind : {BoardPageKind::queues, BoardPageKind::agents, BoardPageKind::at_risk,
                          BoardPageKind::breached, BoardPageKind::queue, BoardPageKind::help}) {
    state_.pages.assign(1, BoardPage::of(kind, "network"));
    for (size_t width = 1; width <= 210; width += width < 20 ? 1 : 19) {
      for (const size_t rows : {1, 2, 5, 8, 12, 24, 60}) {
        const BoardScreen screen = lay(width, rows);
        EXPECT_EQ(screen.lines.size(), rows);
        for (const BoardLine& line : screen.lines)
          EXPECT_LE(columns(text_of(line)), width) << text_of(line);
      }
    }
  }
}

TEST_F(BoardLayout, ALowTerminalGivesUpFiguresBeforeTheList) {
  EXPECT_THAT(text(80, 7), AllOf(HasSubstr("enterprise"), HasSubstr("QUEUE"), HasSubstr("network"),
                                 Not(HasSubstr("timer lag"))));
}

TEST_F(BoardLayout, SortsByTimeToBreachAndPutsWhatHasNoneLast) {
  const BoardScreen screen = lay(80, 24);
  EXPECT_THAT(
      screen.shown.subjects,
      ::testing::ElementsAre("network", "applications-of-the-whole-enterprise", "service-desk"));
  state_.page().sort_column = column_named(BoardList::queues, "waiting");
  EXPECT_EQ(lay(80, 24).shown.subjects.back(), "service-desk");
  state_.page().reversed = true;
  EXPECT_EQ(lay(80, 24).shown.subjects.front(), "service-desk");
}

TEST_F(BoardLayout, AFilterLeavesRowsThatHaveTheTextWhateverItsCase) {
  state_.page().filter = "SERVICE";
  EXPECT_THAT(lay(80, 24).shown.subjects, ::testing::ElementsAre("service-desk"));
  for (const size_t width : {80, 40, 30}) {
    state_.pages.assign(1, BoardPage::of(BoardPageKind::at_risk));
    state_.page().filter = "x y";
    EXPECT_THAT(text(width, 24), HasSubstr("with \"x y\"")) << "lest it seem that there is no more";
  }
  state_.page().filter = "nowhere";
  EXPECT_THAT(text(80, 24), HasSubstr("no row has this"));
}

TEST_F(BoardLayout, WhatIsBadLooksSo) {
  view_.total.unroutable = 4;
  EXPECT_EQ(style_of("14.2/min"), Style::strong);
  EXPECT_EQ(style_of("4"), Style::bad);
  state_.pages.assign(1, BoardPage::of(BoardPageKind::at_risk));
  EXPECT_EQ(style_of("-5m"), Style::chosen);  // the row under the cursor
  view_.at_risk.insert(view_.at_risk.begin(), view_.at_risk.front());
  view_.at_risk.front().slack_us = -9 * minute_us;
  EXPECT_EQ(style_of("-5m"), Style::bad);
}

TEST_F(BoardLayout, SaysThatTheServerIsLostAndWhy) {
  notice_.lost = "E4002 cannot connect";
  EXPECT_THAT(text(80, 24), HasSubstr("NO ANSWER, trying again: E4002 cannot connect"));
}

TEST_F(BoardLayout, AnAgentsPageSaysWhatTheAgentIs) {
  state_.pages.push_back(BoardPage::of(BoardPageKind::agent, "ada"));
  EXPECT_THAT(text(120, 24), AllOf(HasSubstr("agent ada"), HasSubstr("away (lunch)"),
                                   HasSubstr("nothing here"), HasSubstr("esc back")));
}

TEST_F(BoardLayout, ATextIsShownFromWhereItWasMovedTo) {
  state_.pages.push_back(BoardPage::of(BoardPageKind::why_ticket, "7"));
  for (int i = 1; i <= 99; ++i) detail_.lines.push_back("line " + std::to_string(i));
  state_.page().top = 1'000;  // beyond the end
  EXPECT_THAT(text(80, 24), AllOf(HasSubstr("line 99"), Not(HasSubstr("line 50"))));
}

TEST_F(BoardLayout, TheChosenRowIsAlwaysInSight) {
  view_.queues.clear();
  for (int i = 0; i < 100; ++i)
    view_.queues.push_back(queue("q" + std::to_string(i), 1, (i + 1) * minute_us));
  state_.page().chosen = "q77";
  EXPECT_THAT(text(80, 24), HasSubstr("q77"));
}

TEST_F(BoardLayout, PlainTextHasEveryRowAndNoBlanksAtTheEnd) {
  const std::string text = board_text(view_, state_.page(), 10'000);
  EXPECT_THAT(text, AllOf(HasSubstr("service-desk"), HasSubstr("NEEDS"),
                          HasSubstr("applications-of-the-whole-enterprise"), Not(HasSubstr(" \n")),
                          Not(HasSubstr("\033"))));
}

TEST(BoardText, ControlCharactersDoNotReachTheTerminal) {
  EXPECT_EQ(printable("a\033[2Jb\x07\x7f"), "a?[2Jb??");
  EXPECT_EQ(printable("Zo\xc3\xab"), "Zo\xc3\xab");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m\xff\xc3"),
            "?31m??");  // the one-character CSI; no UTF-8
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a?b");  // turns the line around
}

TEST(BoardText, CutsByColumnsNotByBytes) {
  EXPECT_EQ(cut("Zo\xc3\xab", 3), "Zo\xc3\xab");
  EXPECT_EQ(cut("abcdef", 4), "abc~");
  EXPECT_EQ(columns("\xe6\xbc\xa2\xe5\xad\x97"), 4U);  // two wide characters
  EXPECT_EQ(cut("\xe6\xbc\xa2\xe5\xad\x97", 3), "\xe6\xbc\xa2~");
  EXPECT_EQ(fit("7", 3, true), "  7");
  EXPECT_EQ(fit("", 2), "  ");
}

TEST(BoardText, DurationsAreBrief) {
  EXPECT_EQ(brief_duration(0), "0s");
  EXPECT_EQ(brief_duration(59'999'999), "59s");
  EXPECT_EQ(brief_duration(12 * minute_us + 30'000'000), "12m30s");
  EXPECT_EQ(brief_duration(125 * minute_us), "2h5m");
  EXPECT_EQ(brief_duration(-50 * 60 * minute_us), "-2d2h");
  EXPECT_EQ(brief_lag(410), "0.41 ms");
  EXPECT_EQ(brief_lag(12), "12 us");
}

}  // namespace
}  // namespace paceline::tools
