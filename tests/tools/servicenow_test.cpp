// A ServiceNow log through the plan and a desk, against figures computed from its rows alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <utility>

#include "tests/models/servicenow_model.h"
#include "tests/support/text_source.h"
#include "tools/instants.h"
#include "tools/kpi_report.h"
#include "tools/local_desk.h"
#include "tools/replay_plan.h"
#include "tools/servicenow_rows.h"

namespace paceline::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* header =
    "number,incident_state,opened_at,sys_updated_at,contact_type,category,subcategory,cmdb_ci,"
    "caller_id,impact,urgency,priority,assignment_group,assigned_to,resolved_at,closed_at\n";

/// One row; what is not said is ordinary.
struct Row {
  std::string number = "INC1";
  std::string state = "New";
  std::string updated = "1/3/2016 09:00";
  std::string group = "?";
  std::string agent = "?";
  std::string impact = "2 - Medium";
  std::string urgency = "2 - Medium";
  std::string priority = "3 - Moderate";
  std::string opened = "1/3/2016 08:00";
  std::string category = "Category 1";

  std::string line() const {
    return number + "," + state + "," + opened + "," + updated + ",Phone," + category +
           ",Subcategory 1,?,Caller 1," + impact + "," + urgency + "," + priority + "," + group +
           "," + agent + ",9/9/2016 09:09,9/9/2016 09:09\n";
  }
};

std::string csv(const std::vector<Row>& rows) {
  std::string text = header;
  for (const Row& row : rows) text += row.line();
  return text;
}

struct Replay {
  TicketLog log;
  std::vector<RejectedRow> rejected;
  std::map<std::string, uint64_t> irregular;
  uint64_t tickets = 0;
  uint64_t commands = 0;
  std::vector<std::string> refused;
  LocalDesk desk;

  explicit Replay(std::unique_ptr<ByteSource> source, ServiceNowOptions options = {}) {
    auto read =
        read_servicenow(*source, options, [&](const RejectedRow& row) { rejected.push_back(row); });
    EXPECT_TRUE(read.has_value());
    if (!read) return;
    log = std::move(*read);
    ReplayPlan plan(log);
    std::vector<PlannedCommand> commands_of_row;
    wire::CommandWriter writer;
    desk::Outcome outcome;
    bool first = true;
    while (plan.next(commands_of_row)) {
      const sched::Instant at{plan.at_us()};
      if (std::exchange(first, false)) {
        EXPECT_EQ(desk.configure(at, replay_configuration(log.matrix), outcome), "");
      }
      outcome.clear();
      for (const PlannedCommand& command : commands_of_row) put(command, log.texts, writer);
      commands += commands_of_row.size();
      const auto done = desk.apply(at, writer, outcome);
      EXPECT_TRUE(done.has_value());
      for (size_t i = 0; i < outcome.replies.size(); ++i) {
        if (outcome.replies[i].code == 0) continue;
        refused.push_back(
            "row " + std::to_string(plan.rows_done()) + " command kind " +
            std::to_string(static_cast<int>(commands_of_row[i].kind)) + ": " +
            std::string(desk::name(static_cast<desk::Reject>(outcome.replies[i].code))));
      }
    }
    irregular = plan.irregular();
    tickets = plan.ticket_count();
  }
  explicit Replay(const std::vector<Row>& rows)
      : Replay(std::make_unique<testing::TextSource>(csv(rows))) {}
};

std::vector<models::LogRow> model_rows(const std::vector<Row>& rows) {
  std::vector<models::LogRow> result;
  for (const Row& row : rows) {
    models::LogRow one;
    one.ticket = row.number;
    one.state = row.state;
    one.group = row.group == "?" ? "" : row.group;
    one.updated_us = *parse_wall_time(row.updated, DateOrder::automatic);
    one.opened_us = *parse_wall_time(row.opened, DateOrder::automatic);
    const int impact = row.impact[0] - '0';
    const int urgency = row.urgency[0] - '0';
    one.priority = std::min(impact + urgency - 1, 4);
    result.push_back(one);
  }
  return result;
}

models::Durations model_durations(const desk::Percentiles& figures) {
  return {figures.n, figures.p50_us, figures.p90_us, figures.p99_us};
}

/// The desk's report and the model's agree on everything, for the backlog at several instants.
void expect_agreement(Replay& replay, const std::vector<Row>& rows) {
  EXPECT_EQ(replay.refused, std::vector<std::string>{});
  EXPECT_EQ(replay.desk.desk().check_invariants(), std::vector<std::string>{});
  const std::vector<models::LogRow> model = model_rows(rows);
  std::vector<int64_t> instants = {model.front().updated_us - 1, model.back().updated_us + 1};
  for (const models::LogRow& row : model) instants.push_back(row.updated_us);
  for (const int64_t at_us : instants) {
    const models::LogFigures wanted = models::figures_of(model, at_us);
    const desk::Kpi got = replay.desk.kpi({at_us});
    EXPECT_EQ(got.backlog_total, wanted.backlog_total);
    for (const auto& [label, count] : wanted.backlog) {
      EXPECT_EQ(got.backlog.count(label) == 0 ? 0 : got.backlog.at(label), count) << label;
    }
  }
  const models::LogFigures wanted = models::figures_of(model, instants.front());
  const desk::Kpi got = replay.desk.kpi({instants.front()});
  EXPECT_EQ(got.tickets, wanted.tickets);
  for (int priority = 1; priority <= 5; ++priority) {
    const auto found = wanted.priority.find(priority);
    EXPECT_EQ(got.by_priority[priority], found == wanted.priority.end() ? 0 : found->second);
  }
  for (int priority = 0; priority <= 5; ++priority) {
    const auto found = wanted.resolution.find(priority);
    EXPECT_EQ(model_durations(got.resolution[priority]),
              found == wanted.resolution.end() ? models::Durations{} : found->second);
  }
  std::map<std::string, int64_t> state_us = got.state_us;
  std::erase_if(state_us, [](const auto& entry) { return entry.second == 0; });
  EXPECT_EQ(state_us, wanted.state_us);
  EXPECT_EQ(got.moves, wanted.moves);
  EXPECT_EQ(got.moved, wanted.moved);
  EXPECT_EQ(got.pingpong, wanted.pingpong);
  EXPECT_EQ(got.pingponged, wanted.pingponged);
  EXPECT_EQ(got.reopens, wanted.reopens);
  EXPECT_EQ(got.reopened, wanted.reopened);
  EXPECT_EQ(got.closed_reopened, wanted.closed_reopened);
}

/// A ticket through these states, an hour apart.
std::vector<Row> through(const std::vector<std::string>& states) {
  std::vector<Row> rows;
  for (size_t i = 0; i < states.size(); ++i) {
    Row row;
    row.state = states[i];
    row.updated = "1/3/2016 " + std::to_string(9 + i) + ":00";
    rows.push_back(row);
  }
  return rows;
}

TEST(ServiceNow, AnOrdinaryTicketIsNotIrregular) {
  const auto rows =
      through({"New", "Active", "Awaiting User Info", "Active", "Resolved", "Closed"});
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_TRUE(replay.irregular.empty());
  EXPECT_EQ(replay.tickets, 1U);
}

TEST(ServiceNow, EveryPairOfStatesHasADefinedPath) {
  const std::vector<std::string> states = {"New",      "Active", "Awaiting User Info", "-100",
                                           "Resolved", "Closed", "Awaiting Vendor"};
  for (const std::string& first : states) {
    for (const std::string& second : states) {
      for (const std::string& third : states) {
        const auto rows = through({first, second, third});
        Replay replay(rows);
        expect_agreement(replay, rows);
        if (HasFailure()) FAIL() << first << ", " << second << ", " << third;
      }
    }
  }
}

TEST(ServiceNow, IrregularTransitionsAreCountedByKind) {
  Replay closed_at_once(through({"New", "Closed"}));
  EXPECT_EQ(closed_at_once.irregular.at("New→Closed"), 1U);
  Replay closed_reopened(through({"New", "Resolved", "Closed", "Active"}));
  EXPECT_EQ(closed_reopened.irregular.at("Closed→Active"), 1U);
  Replay first_resolved(through({"Resolved", "Closed"}));
  EXPECT_EQ(first_resolved.irregular.at("first seen Resolved"), 1U);
  Replay first_waiting(through({"Awaiting User Info", "Closed"}));
  EXPECT_EQ(first_waiting.irregular.at("first seen Awaiting User Info"), 1U);
  Replay unknown(through({"New", "-100", "Active"}));
  EXPECT_EQ(unknown.irregular.at("unknown state -100"), 1U);
}

TEST(ServiceNow, RowsThatRunBackwardsAreReplayedInOrderOfTime) {
  auto rows = through({"New", "Active", "Resolved", "Closed"});
  std::swap(rows[1].updated, rows[2].updated);
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.irregular.at("time runs backwards in file"), 1U);
}

TEST(ServiceNow, ARowMayPrecedeOpenedAt) {
  auto rows = through({"New", "Resolved", "Closed"});
  for (Row& row : rows) row.opened = "1/3/2016 09:30";
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.irregular.at("row before opened_at"), 1U);
}

TEST(ServiceNow, ResolvedBeforeItWasOpenedIsANegativeTime) {
  auto rows = through({"Resolved"});
  rows[0].opened = "1/3/2016 10:00";
  Replay replay(rows);
  expect_agreement(replay, rows);
}

TEST(ServiceNow, ColumnsFilledInAfterwardsAreNeverRead) {
  // resolved_at and closed_at stand in every row of Row::line(), far in the future.
  const auto rows = through({"New", "Active"});
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.desk.kpi({*parse_wall_time("1/1/2017 00:00", DateOrder::automatic)}).resolved,
            0U);
}

TEST(ServiceNow, PriorityFollowsTheMatrixNotTheColumn) {
  std::vector<Row> rows;
  const char* levels[] = {"1 - High", "2 - Medium", "3 - Low"};
  for (int impact = 0; impact < 3; ++impact) {
    for (int urgency = 0; urgency < 3; ++urgency) {
      Row row;
      row.number = "INC" + std::to_string(impact) + std::to_string(urgency);
      row.impact = levels[impact];
      row.urgency = levels[urgency];
      rows.push_back(row);
    }
  }
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.irregular.at("priority differs from matrix"), 6U);
}

TEST(ServiceNow, PriorityIsThatOfTheNewestRowWhateverItsState) {
  for (const char* state : {"Active", "Awaiting User Info", "Resolved", "Closed"}) {
    auto rows = through({"New", "Active", state, state});
    rows.back().impact = rows.back().urgency = "1 - High";
    Replay replay(rows);
    expect_agreement(replay, rows);
  }
}

TEST(ServiceNow, GroupsMoveThereAndBackAndNullsAreSkipped) {
  auto rows = through({"New", "Active", "Active", "Awaiting User Info", "Resolved", "Closed"});
  const char* groups[] = {"?", "A", "?", "B", "A", "A"};
  const char* agents[] = {"?", "anna", "?", "bert", "?", "cleo"};
  for (size_t i = 0; i < rows.size(); ++i) {
    rows[i].group = groups[i];
    rows[i].agent = agents[i];
  }
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.desk.kpi({0}).moves, 2U);
  EXPECT_EQ(replay.desk.kpi({0}).pingpong, 1U);
}

TEST(ServiceNow, ARepeatedResolutionIsTheOneThatCounts) {
  const auto rows = through({"New", "Resolved", "Resolved", "Closed"});
  Replay replay(rows);
  expect_agreement(replay, rows);
  EXPECT_EQ(replay.desk.kpi({0}).resolution[0].p50_us, 3 * sched::hour.us);
}

TEST(ServiceNow, RowsThatCannotBeUsedAreSetAsideWithTheReason) {
  std::string text = csv({Row{}});
  text += "INC2,New\n";
  Row bad;
  bad.number = "INC3";
  bad.updated = "31/2/2016 09:00";
  text += bad.line();
  bad = Row{};
  bad.number = "?";
  text += bad.line();
  bad = Row{};
  bad.category = "caf\xE9";
  text += bad.line();
  bad = Row{};
  bad.state = "";
  text += bad.line();
  text += "INC4,\"New\n";
  Replay replay(std::make_unique<testing::TextSource>(text));
  EXPECT_EQ(replay.log.row_count, 7U);
  EXPECT_EQ(replay.log.rows.size(), 1U);
  ASSERT_EQ(replay.rejected.size(), 6U);
  EXPECT_EQ(replay.rejected[0].line, 3U);
  EXPECT_EQ(replay.rejected[0].text, "INC2,New");
  EXPECT_NE(replay.rejected[0].reason.find("2 fields"), std::string::npos);
  EXPECT_NE(replay.rejected[1].reason.find("31/2/2016"), std::string::npos);
  EXPECT_NE(replay.rejected[2].reason.find("number"), std::string::npos);
  EXPECT_NE(replay.rejected[3].reason.find("UTF-8"), std::string::npos);
  EXPECT_NE(replay.rejected[4].reason.find("incident_state"), std::string::npos);
  EXPECT_NE(replay.rejected[5].reason.find("quote"), std::string::npos);
}

TEST(ServiceNow, AFileWithoutTheColumnsIsRefused) {
  testing::TextSource source("name;state\nx;y\n");
  const auto read = read_servicenow(source, {}, [](const RejectedRow&) {});
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().find("number"), std::string::npos);
}

TEST(ServiceNow, TheZoneShiftsEveryInstant) {
  ServiceNowOptions options;
  options.zone.transitions = {{{0}, 3'600}};
  Replay replay(std::make_unique<testing::TextSource>(csv({Row{}})), options);
  EXPECT_EQ(replay.log.rows.at(0).at_us, parse_instant("2016-03-01T08:00Z")->us);
}

TEST(ServiceNow, DatesComeInSeveralForms) {
  const auto at = [](const char* text, DateOrder order = DateOrder::automatic) {
    const auto us = parse_wall_time(text, order);
    return us ? format_instant({*us}) : "none";
  };
  EXPECT_EQ(at("29/2/2016 01:16"), "2016-02-29T01:16:00Z");
  EXPECT_EQ(at("2/29/2016 01:16", DateOrder::month_first), "2016-02-29T01:16:00Z");
  EXPECT_EQ(at("2016-02-29 01:16:07"), "2016-02-29T01:16:07Z");
  EXPECT_EQ(at("9.3.2016 9:05"), "2016-03-09T09:05:00Z");
  EXPECT_EQ(at("29/2/2015 01:16"), "none");
  EXPECT_EQ(at("2/29/2016 01:16"), "none");
  EXPECT_EQ(at("2016-02-29T01:16Z"), "none");  // the zone is said once, for all rows
  EXPECT_EQ(at("soon"), "none");
}

TEST(ServiceNow, RandomLogsAgreeWithTheModel) {
  const std::vector<std::string> states = {
      "New", "Active", "Awaiting User Info", "Awaiting Vendor", "-100", "Resolved", "Closed"};
  const std::vector<std::string> groups = {"?", "A", "B", "C"};
  const std::vector<std::string> agents = {"?", "anna", "bert"};
  const std::vector<std::string> levels = {"1 - High", "2 - Medium", "3 - Low"};
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](const std::vector<std::string>& from) {
      return from[random() % from.size()];
    };
    std::vector<Row> rows;
    for (int i = 0; i < 120; ++i) {
      Row row;
      row.number = "INC" + std::to_string(random() % 12);
      row.opened = "1/3/2016 08:" + std::to_string(10 + row.number.back() % 10);
      row.state = pick(states);
      row.updated = std::to_string(1 + random() % 5) + "/3/2016 " + std::to_string(random() % 24) +
                    ":" + std::to_string(10 + random() % 50);
      row.group = pick(groups);
      row.agent = pick(agents);
      row.impact = pick(levels);
      row.urgency = pick(levels);
      rows.push_back(row);
    }
    Replay replay(rows);
    expect_agreement(replay, rows);
    if (HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(ServiceNow, TheSameRowsGiveTheSameCommandsAndTheSameDesk) {
  const auto rows = through({"New", "Active", "Awaiting User Info", "Resolved", "Closed"});
  Replay one(rows);
  Replay other(rows);
  EXPECT_EQ(one.commands, other.commands);
  EXPECT_EQ(one.log.content_hash, other.log.content_hash);
  EXPECT_EQ(one.desk.desk().digest(), other.desk.desk().digest());
  EXPECT_EQ(one.desk.desk().event_hash(), other.desk.desk().event_hash());
}

TEST(ServiceNow, TheRealLogGivesTheKnownFigures) {
  const fs::path folder = PACELINE_SOURCE_DIR "/../shared/data";
  const fs::path data = folder / "servicenow_incidents_2016-03.csv.xz";
  if (!fs::exists(data)) GTEST_SKIP() << "the real log is absent: " << data;
  auto source = open_bytes(data.string());
  ASSERT_TRUE(source.has_value());
  Replay replay(std::move(*source));
  EXPECT_EQ(replay.refused, std::vector<std::string>{});
  std::ifstream file(folder / "servicenow_incidents_2016-03.expected.json");
  const auto wanted = nlohmann::ordered_json::parse(file);
  EXPECT_EQ(replay.log.row_count, wanted["rows"]);
  EXPECT_EQ(replay.rejected.size(), 0U);
  EXPECT_EQ(replay.tickets, wanted["tickets"]);
  const auto got = kpi_json(replay.desk.kpi({0}));
  for (const char* key : {"tickets", "priority", "resolution_h", "moves", "moved", "pingpong",
                          "pingponged", "reopens", "reopened", "closed_reopened"}) {
    EXPECT_EQ(nlohmann::json(got[key]), nlohmann::json(wanted[key])) << key;
  }
  for (const auto& [label, hours] : wanted["state_h"].items()) {
    ASSERT_TRUE(got["state_h"].contains(label)) << label;
    EXPECT_NEAR(got["state_h"][label].get<double>(), hours.get<double>(), 0.1001) << label;
  }
  for (const auto& [at, backlog] : wanted["backlog"].items()) {
    const auto instant = parse_instant(at);
    ASSERT_TRUE(instant.has_value());
    EXPECT_EQ(nlohmann::json(kpi_json(replay.desk.kpi(*instant))["backlog"]),
              nlohmann::json(backlog))
        << at;
  }
}

}  // namespace
}  // namespace paceline::tools
