// What a map may say, and what it is told where it says something else.
#include "tools/import_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paceline::tools {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string columns = "[columns]\nexternal_id = 'Ticket'\nrecorded_at = 'Opened'\n";

ImportMap map(const std::string& toml, ImportMap base = common_import_map()) {
  auto read = read_import_map(toml, "map.toml", std::move(base), true);
  if (!read) {
    for (const auto& error : read.error()) ADD_FAILURE() << config::shown(error);
    return {};
  }
  return *std::move(read);
}
std::vector<std::string> errors(const std::string& toml, ImportMap base = common_import_map()) {
  const auto read = read_import_map(toml, "map.toml", std::move(base), true);
  std::vector<std::string> shown;
  if (!read)
    for (const auto& error : read.error()) shown.push_back(config::shown(error));
  return shown;
}

TEST(ImportMap, SaysWhichColumnIsWhat) {
  const ImportMap read = map(columns + "queue = ['Team', 'Group']\n");
  EXPECT_THAT(read.column(ImportField::external_id).names, ElementsAre("Ticket"));
  EXPECT_THAT(read.column(ImportField::queue).names, ElementsAre("Team", "Group"));
  EXPECT_THAT(read.column(ImportField::agent).names, IsEmpty());
  EXPECT_EQ(read.rows, ImportMap::Rows::tickets);
}

TEST(ImportMap, SaysWhatWordsMeanWhateverTheirCase) {
  const ImportMap read = map(columns +
                             "[states]\n'In Arbeit' = 'in_progress'\n"
                             "'Wartet' = 'pending:awaiting_requester'\n"
                             "[priorities]\n'Kritisch' = 'P1'\n'Offen' = 'none'\n"
                             "[impacts]\n'Firma' = 'high'\n[urgencies]\n'Egal' = 'none'\n"
                             "[kinds]\n'Bitte' = 'service_request'\n"
                             "[queues]\n'1st' = 'service-desk'\n'Keine' = ''\n");
  EXPECT_EQ(read.states.find("in arbeit")->state, RowState::active);
  EXPECT_EQ(read.states.find("WARTET")->state, RowState::waiting);
  EXPECT_EQ(read.states.find("Wartet")->reason, "awaiting_requester");
  EXPECT_EQ(*read.priorities.find("Kritisch"), sched::Priority::p1);
  EXPECT_EQ(*read.priorities.find("Offen"), sched::Priority::none);
  EXPECT_EQ(*read.impacts.find("firma"), 1);
  EXPECT_EQ(*read.urgencies.find("egal"), 0);
  EXPECT_EQ(*read.kinds.find("Bitte"), desk::TicketKind::service_request);
  const auto& queues = read.renamed[static_cast<size_t>(ImportField::queue)];
  EXPECT_EQ(*queues.find("1ST"), "service-desk");
  EXPECT_EQ(*queues.find("Keine"), "");
  EXPECT_EQ(queues.find("2nd"), nullptr);
}

TEST(ImportMap, KnowsTheWordsMostDesksUse) {
  const ImportMap read = map(columns);
  EXPECT_EQ(read.states.find("New")->state, RowState::fresh);
  EXPECT_EQ(read.states.find("On Hold")->state, RowState::waiting);
  EXPECT_EQ(*read.priorities.find("2 - High"), sched::Priority::p2);
  EXPECT_EQ(*read.priorities.find("Critical"), sched::Priority::p1);
  EXPECT_EQ(read.states.find("In Limbo"), nullptr);
}

TEST(ImportMap, AStarIsAnyOtherWord) {
  const ImportMap read = map(columns + "[states]\n'*' = 'pending'\n");
  EXPECT_EQ(read.states.find("In Limbo")->state, RowState::waiting);
  EXPECT_EQ(read.states.find("Closed")->state, RowState::closed);
}

TEST(ImportMap, JirasIsWholeAndAUsersReplacesWhatItSays) {
  const ImportMap jira = jira_import_map();
  EXPECT_THAT(jira.column(ImportField::external_id).names, Contains("Issue key"));
  EXPECT_EQ(jira.states.find("Waiting for customer")->reason, "awaiting_requester");
  EXPECT_EQ(*jira.priorities.find("Highest"), sched::Priority::p1);
  EXPECT_EQ(*jira.priorities.find("Lowest"), sched::Priority::p5);
  const ImportMap mine =
      map("[columns]\nqueue = 'Custom field (Team)'\n[states]\n'Escalated' = 'queued'\n", jira);
  EXPECT_THAT(mine.column(ImportField::queue).names, ElementsAre("Custom field (Team)"));
  EXPECT_THAT(mine.column(ImportField::agent).names, ElementsAre("Assignee"));
  EXPECT_EQ(mine.states.find("Escalated")->state, RowState::fresh);
  EXPECT_EQ(mine.states.find("Waiting for customer")->state, RowState::waiting);
  EXPECT_NE(mine.text, jira.text);  // so it is another import
}

TEST(ImportMap, SaysHowDatesAreWritten) {
  EXPECT_EQ(map("dates = 'month-first'\n" + columns).times.order, DateOrder::month_first);
  EXPECT_EQ(map("dates = '%d.%m.%Y %H:%M'\n" + columns).times.pattern, "%d.%m.%Y %H:%M");
  EXPECT_EQ(map("dates = 'epoch-seconds'\n" + columns).times.form, TimeStyle::Form::epoch_seconds);
}

struct Wrong {
  std::string toml;
  const char* says;
};

TEST(ImportMap, WhatIsWrongIsToldWithFileLineWhatAndHow) {
  for (const Wrong& wrong : std::vector<Wrong>{
           {"[colums]\n", "map.toml:1: E2002 unknown key \"colums\": did you mean \"columns\"?"},
           {columns + "extrenal_id = 'x'\n",
            "map.toml:4: E2002 columns: unknown key \"extrenal_id\": did you mean "
            "\"external_id\"?"},
           {"= 3\n", "map.toml:1: E2001"},
           {columns + "state = 3\n",
            "map.toml:4: E2003 columns: state must be a text in quotes, not a whole number"},
           {columns + "state = ''\n",
            "map.toml:4: E2005 columns: state is empty: name a column, or remove the line"},
           {"[columns]\nexternal_id = 'Ticket'\n", "E2004 [columns] has no recorded_at"},
           {"rows = 'tickets'\n", "E2004 [columns] has no external_id"},
           {columns + "[states]\n'Wait' = 'pendign'\n",
            "map.toml:5: E2005 states has no value \"pendign\": did you mean \"pending\"?"},
           {columns + "[states]\n'Done' = 'closed:fixed'\n", "is no state with a reason"},
           {columns + "[states]\n'Wait' = 'pending:'\n", "is no state with a reason"},
           {columns + "[states]\n'Wait' = 1\n",
            "map.toml:5: E2003 states: \"Wait\" must be a text in quotes"},
           {columns + "[states]\n'Wait' = 'pending'\n'WAIT' = 'closed'\n",
            "map.toml:6: E2008 states: \"WAIT\" is there twice"},
           {"states = 'all'\n" + columns, "E2003 states must be a table of words, not a text"},
           {columns + "[priorities]\n'Top' = 'P0'\n", "E2005 priorities has no value \"P0\""},
           {columns + "[impacts]\n'Top' = 'hihg'\n", "did you mean \"high\"?"},
           {columns + "[kinds]\n'Task' = 'task'\n", "E2005 kinds has no value \"task\""},
           {"rows = 'update'\n" + columns, "did you mean \"updates\"?"},
           {"dates = 'day first'\n" + columns, "did you mean \"day-first\"?"},
           {"dates = '%d/%m'\n" + columns, "E2005 dates = \"%d/%m\" needs a year (%Y)"},
           {"months = ['Jan']\n" + columns, "E2005 months lists 1 names: list all twelve"},
           {columns + "[queues]\n'x' = '" + std::string(256, 'q') + "'\n", "more than 255 bytes"},
       })
    EXPECT_THAT(errors(wrong.toml), Contains(HasSubstr(wrong.says))) << wrong.toml;
}

TEST(ImportMap, UpdatesDoNotReadWhatIsKnownOnlyAfterwards) {
  const std::string updates = "rows = 'updates'\n[columns]\nexternal_id = 'Ticket'\n";
  EXPECT_THAT(errors(updates), Contains(HasSubstr("[columns] has no updated_at")));
  EXPECT_THAT(errors(updates), Contains(HasSubstr("[columns] has no state")));
  EXPECT_THAT(errors(updates + "updated_at = 'At'\nstate = 'State'\nresolved_at = 'Resolved'\n"),
              ElementsAre(HasSubstr("map.toml:6: E2005 columns: resolved_at is known only "
                                    "afterwards")));
  const ImportMap jira = map("rows = 'updates'\n", jira_import_map());
  EXPECT_THAT(jira.column(ImportField::resolved_at).names, IsEmpty());
}

}  // namespace
}  // namespace paceline::tools
