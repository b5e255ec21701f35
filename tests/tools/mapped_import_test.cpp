// A file by its map: looked over, made a log, and followed by a desk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "tests/support/text_source.h"
#include "tools/file_survey.h"
#include "tools/import_map.h"
#include "tools/import_preview.h"
#include "tools/instants.h"
#include "tools/local_desk.h"
#include "tools/mapped_rows.h"
#include "tools/replay_plan.h"

namespace paceline::tools {
namespace {

using paceline::testing::TextSource;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;

ImportMap by_user(const std::string& toml, ImportMap base = common_import_map()) {
  auto map = read_import_map(toml, "map.toml", std::move(base), true);
  if (!map) {
    ADD_FAILURE() << config::shown(map.error().front());
    return {};
  }
  return *std::move(map);
}

const std::string plain_columns =
    "[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\nresolved_at = 'resolved'\n"
    "closed_at = 'closed'\nstate = 'state'\npriority = 'priority'\nqueue = 'team'\n"
    "agent = 'owner'\nsubject = 'title'\n";
const std::string plain_header = "id,opened,resolved,closed,state,priority,team,owner,title\n";

sched::Expected<FileSurvey, std::string> survey(const std::string& text, const ImportMap& map,
                                                DateOrder order = DateOrder::automatic) {
  TextSource source(text);
  return survey_file(source, map, order);
}
/// Why a file is refused as a whole.
std::string refused(const std::string& text, const ImportMap& map,
                    DateOrder order = DateOrder::automatic) {
  const auto seen = survey(text, map, order);
  return seen ? "" : seen.error();
}

/// A file all the way into a desk.
struct Import {
  FileSurvey seen;
  TicketLog log;
  std::vector<RejectedRow> rejected;
  std::map<std::string, uint64_t> irregular;
  uint64_t refused = 0;
  LocalDesk desk;

  Import(const std::string& text, const ImportMap& map, const sched::Zone& zone = {}) {
    auto looked = survey(text, map);
    if (!looked) {
      ADD_FAILURE() << looked.error();
      return;
    }
    seen = std::move(*looked);
    TextSource source(text);
    auto read = read_mapped(source, map, seen, zone,
                            [&](const RejectedRow& row) { rejected.push_back(row); });
    if (!read) {
      ADD_FAILURE() << read.error();
      return;
    }
    log = std::move(*read);
    follow();
  }

  desk::TicketView ticket(const std::string& external_id) {
    desk::Query query;
    query.kind = desk::QueryKind::ticket;
    query.text = external_id;
    const desk::Answer answer = desk.desk().answer(query);
    if (answer.tickets.size() == 1) return answer.tickets.front();
    ADD_FAILURE() << "no ticket " << external_id;
    return {};
  }

 private:
  void follow() {
    ReplayPlan plan(log);
    std::vector<PlannedCommand> commands;
    wire::CommandWriter writer;
    desk::Outcome outcome;
    bool first = true;
    while (plan.next(commands)) {
      const sched::Instant at{plan.at_us()};
      if (std::exchange(first, false)) {
        EXPECT_EQ(desk.configure(at, replay_configuration(log.matrix), outcome), "");
      }
      outcome.clear();
      for (const PlannedCommand& command : commands) put(command, log.texts, writer);
      EXPECT_TRUE(desk.apply(at, writer, outcome).has_value());
      for (const desk::Reply& reply : outcome.replies) refused += reply.code == 0 ? 0 : 1;
    }
    irregular = plan.irregular();
    EXPECT_EQ(refused, 0U);
    EXPECT_THAT(desk.desk().check_invariants(), IsEmpty());
  }
};

std::string at(int64_t us) { return us == 0 ? "" : format_instant({us}); }

TEST(MappedImport, ARowsDatesAreLivedThroughInTheirOrder) {
  Import import(
      plain_header +
          "A,13/1/2016 09:00,14/1/2016 10:00,20/1/2016 08:00,Closed,High,Network,ann,VPN\n"
          "B,13/1/2016 11:00,,,Pending,P3,Network,bob,Mail\n",
      by_user(plain_columns));
  EXPECT_THAT(import.rejected, IsEmpty());
  EXPECT_THAT(import.irregular, IsEmpty());
  const auto closed = import.ticket("A");
  EXPECT_EQ(closed.state, desk::State::closed);
  EXPECT_EQ(at(closed.recorded_at_us), "2016-01-13T09:00:00Z");
  EXPECT_EQ(at(closed.resolved_at_us), "2016-01-14T10:00:00Z");
  EXPECT_EQ(at(closed.closed_at_us), "2016-01-20T08:00:00Z");
  EXPECT_EQ(closed.priority, 2);
  EXPECT_EQ(closed.queue, "Network");
  EXPECT_EQ(closed.agent, "ann");
  EXPECT_EQ(closed.body, "VPN");
  const auto waiting = import.ticket("B");
  EXPECT_EQ(waiting.state, desk::State::pending);
  EXPECT_EQ(waiting.reason, "Pending");
  EXPECT_EQ(at(waiting.touched_at_us), "2016-01-20T08:00:00Z");  // the newest date of the file
}

TEST(MappedImport, EveryPriorityIsThatOfItsWord) {
  std::string rows;
  for (int priority = 1; priority <= 5; ++priority)
    rows += "T" + std::to_string(priority) + ",13/1/2016 09:00,,,New,P" + std::to_string(priority) +
            ",,,\n";
  Import import(plain_header + rows + "T6,13/1/2016 09:00,,,New,,,,\n", by_user(plain_columns));
  for (int priority = 1; priority <= 5; ++priority)
    EXPECT_EQ(import.ticket("T" + std::to_string(priority)).priority, priority);
  EXPECT_THAT(import.irregular, ElementsAre(Pair("priority not stated", 1U)));
}

TEST(MappedImport, ImpactAndUrgencyGoBeforeAPriorityThatIsCompared) {
  Import import("id,opened,impact,urgency,priority\nA,13/1/2016,1 - High,2 - Medium,P4\n",
                by_user("[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\n"
                        "impact = 'impact'\nurgency = 'urgency'\npriority = 'priority'\n"));
  EXPECT_EQ(import.ticket("A").priority, 2);
  EXPECT_THAT(import.irregular, ElementsAre(Pair("priority differs from matrix", 1U)));
}

TEST(MappedImport, AFileOfUpdatesIsFollowedUpdateByUpdate) {
  Import import(
      "id,at,opened,state,team,owner\n"
      "A,2016-01-13 09:00,2016-01-13 08:30,New,One,\n"
      "A,2016-01-13 12:00,2016-01-13 08:30,Closed,Two,ann\n"
      "A,2016-01-13 10:00,2016-01-13 08:30,Active,Two,ann\n"
      "A,,2016-01-13 08:30,Active,Two,ann\n",
      by_user("rows = 'updates'\n[columns]\nexternal_id = 'id'\nupdated_at = 'at'\n"
              "recorded_at = 'opened'\nstate = 'state'\nqueue = 'team'\n"
              "agent = 'owner'\n"));
  const auto ticket = import.ticket("A");
  EXPECT_EQ(at(ticket.recorded_at_us), "2016-01-13T09:00:00Z");
  EXPECT_EQ(at(ticket.occurred_at_us), "2016-01-13T08:30:00Z");
  EXPECT_EQ(at(ticket.closed_at_us), "2016-01-13T12:00:00Z");
  EXPECT_EQ(ticket.hops, 1U);
  ASSERT_EQ(import.rejected.size(), 1U);
  EXPECT_EQ(import.rejected[0].reason, "at is empty: when was it updated?");
  EXPECT_EQ(import.irregular.at("time runs backwards in file"), 1U);
}

TEST(MappedImport, JirasExportNeedsNoMap) {
  Import import(
      "Summary,Issue key,Issue Type,Status,Priority,Assignee,Reporter,Created,Updated,"
      "Resolved,Components,Components,Custom field (Request Type)\n"
      "\"Printer, second\nfloor\",H-1,[System] Incident,Done,Highest,ann,rob,"
      "13/Jan/16 9:00 AM,15/Jan/16 1:30 PM,14/Jan/16 1:30 PM,,Printers,Report a fault\n"
      "VPN,H-2,[System] Service request,Waiting for customer,Lowest,,eve,"
      "13/Jan/16 10:15 AM,15/Jan/16 8:00 AM,,VPN,Network,Get access\n"
      "Old,H-3,Task,Canceled,Medium,,eve,13/Jan/16 11:00 AM,15/Jan/16 8:00 AM,"
      "13/Jan/16 12:00 PM,,,\n",
      jira_import_map());
  EXPECT_THAT(import.rejected, IsEmpty());
  const auto done = import.ticket("H-1");
  EXPECT_EQ(done.state, desk::State::closed);
  EXPECT_EQ(done.priority, 1);
  EXPECT_EQ(at(done.resolved_at_us), "2016-01-14T13:30:00Z");
  EXPECT_EQ(done.config_item, "Printers");
  EXPECT_EQ(done.category, "Report a fault");
  EXPECT_EQ(done.body, "Printer, second\nfloor");
  const auto waiting = import.ticket("H-2");
  EXPECT_EQ(waiting.reason, "awaiting_requester");
  EXPECT_EQ(waiting.kind, static_cast<uint8_t>(desk::TicketKind::service_request));
  EXPECT_EQ(waiting.priority, 5);
  EXPECT_EQ(at(waiting.touched_at_us), "2016-01-15T08:00:00Z");
  EXPECT_EQ(import.ticket("H-3").state, desk::State::cancelled);
  EXPECT_THAT(import.irregular,
              ElementsAre(Pair("several values of Components, the first taken", 1U)));
}

TEST(MappedImport, TimesWithoutAnOffsetAreThoseOfTheZone) {
  sched::Zone zone;
  zone.transitions = {{{0}, 3'600}};
  Import import("id,opened\nA,2016-01-13 09:00\nB,2016-01-13T09:00:00Z\n",
                by_user("[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\n"), zone);
  EXPECT_EQ(at(import.ticket("A").recorded_at_us), "2016-01-13T08:00:00Z");
  EXPECT_EQ(at(import.ticket("B").recorded_at_us), "2016-01-13T09:00:00Z");
}

TEST(MappedImport, NamesMayBeCalledOtherwiseHere) {
  Import import("id,opened,team\nA,2016-01-13,1st Level\nB,2016-01-13,Network\nC,2016-01-13,None\n",
                by_user("[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\nqueue = 'team'\n"
                        "[queues]\n'1st level' = 'service-desk'\n'None' = ''\n"));
  EXPECT_EQ(import.ticket("A").queue, "service-desk");
  EXPECT_EQ(import.ticket("B").queue, "Network");
  EXPECT_EQ(import.ticket("C").queue, "triage");
}

TEST(MappedImport, RowsThatCannotBeUsedAreSetAsideWithTheReason) {
  Import import(plain_header +
                    "A,13/1/2016 09:00,,,New,,,,\n"
                    "A,13/1/2016 10:00,,,New,,,,\n"
                    ",13/1/2016 09:00,,,New,,,,\n"
                    "C,,,,New,,,,\n"
                    "D,soon,,,New,,,,\n"
                    "E,13/1/1916 09:00,,,New,,,,\n"
                    "F,13/1/2016 09:00,12/1/2016 09:00,,Resolved,,,,\n"
                    "G,13/1/2016 09:00,,,Closed,,,,\n"
                    "H,13/1/2016 09:00\n"
                    "I,13/1/2016 09:00,,,New,," +
                    std::string(256, 'q') +
                    ",,\n"
                    "J,13/1/2016 09:00,,,New,,,,caf\xE9\n"
                    "K,13/1/2016 09:00,,,New,,,,\"open\n",
                by_user(plain_columns));
  std::vector<std::string> reasons;
  for (const RejectedRow& row : import.rejected)
    reasons.push_back(std::to_string(row.line) + ": " + row.reason);
  EXPECT_THAT(
      reasons,
      ElementsAre(
          "3: \"A\" is in line 2 already: with a row for each update the map says rows = "
          "\"updates\"",
          "4: id is empty: no ticket to apply it to", "5: opened is empty: when did it begin?",
          "6: opened \"soon\" is no date and time between 1990 and 2100 with the day first: see "
          "--dates",
          HasSubstr("7: opened \"13/1/1916 09:00\" is no date"),
          "8: resolved_at 2016-01-12T09:00:00Z is before recorded_at 2016-01-13T09:00:00Z: mend "
          "one of them",
          HasSubstr("9: its state is closed, and no column says when"),
          "10: has 2 fields, the header names 9", "11: team is 256 bytes long, 255 are allowed",
          "12: is not UTF-8: convert the file first", HasSubstr("13: a quote is opened")));
  EXPECT_EQ(import.log.row_count, 12U);
  EXPECT_EQ(import.rejected[7].text, "H,13/1/2016 09:00");
}

const ImportMap& two_columns() {
  static const ImportMap map = by_user("[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\n");
  return map;
}

TEST(FileSurvey, TheOrderOfDatesIsFoundInTheFile) {
  EXPECT_EQ(survey("id,opened\nA,3/4/2016\nB,13/4/2016\n", two_columns())->times.order,
            DateOrder::day_first);
  EXPECT_EQ(survey("id,opened\nA,3/4/2016\nB,4/13/2016\n", two_columns())->times.order,
            DateOrder::month_first);
  EXPECT_TRUE(survey("id,opened\nA,3/3/2016\n", two_columns()).has_value());  // either is the same
}

TEST(FileSurvey, AnOrderThatOnlyAGuessCouldTellIsAskedFor) {
  EXPECT_EQ(refused("id,opened\nA,3/4/2016 09:00\n", two_columns()),
            "no date says whether \"3/4/2016 09:00\" in line 2 has its day or its month first: say "
            "--dates day-first or --dates month-first");
  EXPECT_EQ(refused("id,opened\nA,3/4/2016 09:00\n", two_columns(), DateOrder::day_first), "");
  EXPECT_THAT(refused("id,opened\nA,13/4/2016\nB,4/13/2016\n", two_columns()),
              HasSubstr("\"13/4/2016\" in line 2 has the day first, \"4/13/2016\" in line 3"));
  EXPECT_EQ(refused("id,opened\nA,13/4/2016\nB,4/13/2016\n", two_columns(), DateOrder::day_first),
            "");
}

TEST(FileSurvey, AColumnOfTimesThatHasNoneIsRefused) {
  EXPECT_EQ(refused("id,opened\nA,20160113T09\nB,20160114T09\n", two_columns()),
            "no value of \"opened\" is a date and time: \"20160113T09\" in line 2, for example: "
            "say how they are written in the map, dates = \"%d.%m.%Y %H:%M\"");
  const ImportMap told =
      by_user("dates = '%Y%m%dT%H'\n[columns]\nexternal_id = 'id'\nrecorded_at = 'opened'\n");
  EXPECT_EQ(refused("id,opened\nA,20160113T09\n", told), "");
}

TEST(FileSurvey, WordsWithoutAMeaningAreRefusedBeforeAnythingIsDone) {
  const ImportMap map = by_user(plain_columns);
  const std::string begin = "13/1/2016,,,";
  EXPECT_EQ(refused(plain_header + "A," + begin + "In Limbo,,,,\nB," + begin + "In Limbo,,,,\n" +
                        "C," + begin + "Parked,,,,\n",
                    map),
            "words of \"state\" mean nothing here: \"In Limbo\" (2 rows, first in line 2), "
            "\"Parked\" (line 4): say in the map what they are, under [states] for example \"In "
            "Limbo\" = \"pending\", or \"*\" for all others");
  EXPECT_THAT(refused(plain_header + "A," + begin + "New,Urgent!,,,\n", map),
              HasSubstr("a word of \"priority\" means nothing here: \"Urgent!\" (line 2)"));
}

TEST(FileSurvey, ColumnsThatAreMissingAreNamedWithTheNearest) {
  EXPECT_EQ(refused("ids,opened\n", two_columns()),
            "the header has no column \"id\" for external_id: did you mean \"ids\"?");
  EXPECT_EQ(refused("Summary,Created\n", jira_import_map()),
            "the header has no column \"Issue key\" or \"Key\" or \"Work item key\" for "
            "external_id: use one of Created, Summary");
  EXPECT_EQ(refused("Issue key,Created\n", jira_import_map()), "");  // the others may be absent
  EXPECT_THAT(
      refused("Issue key,Created\n", by_user("[columns]\nqueue = 'Team'\n", jira_import_map())),
      HasSubstr("no column \"Team\" for queue"));
}

TEST(FileSurvey, ANameOfTwoLinesIsOneName) {
  const ImportMap map = by_user("[columns]\nexternal_id = 'id'\nrecorded_at = 'Date opened'\n");
  const auto seen = survey("id,\"Date\r\n opened\"\nA,13/1/2016\n", map);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->columns.of(ImportField::recorded_at).name, "Date opened");
}

TEST(FileSurvey, AFileThatIsNoneIsRefused) {
  EXPECT_THAT(refused("", two_columns()), HasSubstr("the file is empty"));
  EXPECT_THAT(refused("\"id,opened\n", two_columns()), HasSubstr("the header cannot be read"));
  EXPECT_THAT(refused("\xFF\xFEi\0d\0", two_columns()), HasSubstr("the header is not UTF-8"));
}

TEST(FileSurvey, AManyColumnedHeaderCostsNoMore) {
  std::string header = "id,opened";
  for (int i = 0; i < 100'000; ++i) header += ",c" + std::to_string(i);
  const auto seen = survey(header + "\n", two_columns());
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->columns.not_read().size(), 100'000U);
}

TEST(MappedImport, AFileThatChangesWhileItIsReadIsRefused) {
  const auto seen = survey("id,opened\nA,13/1/2016\n", two_columns());
  TextSource source("id,opened,state\nA,13/1/2016,Limbo\n");
  const auto read = read_mapped(source, two_columns(), *seen, {}, [](const RejectedRow&) {});
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error(), "the file changed while it was read: run the same command again");
}

TEST(ImportPreview, ShowsWhatIsMadeOfTheFile) {
  const auto seen = survey(
      "\xEF\xBB\xBFid;opened;resolved;closed;state;priority;team;owner;title;votes\r\n"
      "A;13.1.2016 09:00;;;Open;P1;Network;;\"two\nlines\";3\r\n"
      "B;14.1.2016 09:00;;;On Hold;?;;;;\r\n",
      by_user(plain_columns));
  ASSERT_TRUE(seen.has_value());
  const std::string text = preview_text(*seen, by_user(plain_columns), {});
  EXPECT_THAT(text, HasSubstr("2 rows (tickets), separated by semicolons, dates day-first\n"));
  EXPECT_THAT(text, HasSubstr("13.1.2016 09:00 → 2016-01-13T09:00:00Z"));
  EXPECT_THAT(text, HasSubstr("On Hold (1) → pending, Open (1) → queued"));
  EXPECT_THAT(text, HasSubstr("two lines"));
  EXPECT_THAT(text, HasSubstr("not read: votes"));
  EXPECT_THAT(text, Not(HasSubstr("urgency")));
}

}  // namespace
}  // namespace paceline::tools
