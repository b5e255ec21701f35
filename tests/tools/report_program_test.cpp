// Reports and exports as a user runs them, over a server, before and after tickets left memory.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Ran;

constexpr const char* desk_toml = R"(
[desk.d]
auto_close = "0s"

[calendar.weekdays]
zone = "Etc/UTC"
week = { mon-fri = ["09:00-17:00"] }

[[policy]]
name = "resolution"
clock = "resolution"
target = "2h"
calendar = "weekdays"

[[queue]]
name = "l1"
group = "first"
mode = "manual"

[[queue]]
name = "l2"
group = "experts"
tier = 2
mode = "manual"

[[agent]]
name = "ana"
groups = ["first"]
)";

class ReportProgram : public testing::ProgramFixture {
 protected:
  void SetUp() override {
    ProgramFixture::SetUp();
    serve("data", "commands", "none");
    // One closed ticket stays in memory, the others go to the history file.
    wire::ClientOptions options;
    options.address = address();
    auto client = wire::Client::connect(options);
    ASSERT_TRUE(client.has_value());
    desk::Limits limits;
    limits.tickets_max = 1'000;
    limits.text_mib_max = 16;
    limits.closed_max = 1;
    ASSERT_TRUE(client->open_desk("d", true, limits).has_value());
    write("desk.toml", desk_toml);
    const Ran put = run({"config", "put", path("desk.toml"), "--connect", address()});
    ASSERT_EQ(put.exit, 0) << put.err;
    at("09:00");
    ok({"ticket", "create", "A", "--queue", "l1", "--requester", "kim"});
    ok({"ticket", "create", "B", "--queue", "l1", "--category", "say \"hi\", twice"});
    at("09:30");
    ok({"ticket", "assign", "A", "ana"});
    ok({"ticket", "start", "A"});
    at("09:50");
    ok({"ticket", "resolve", "A", "--code", "fixed"});
    at("12:00");
    ok({"ticket", "resolve", "B", "--code", "fixed"});
    ok({"ticket", "create", "C", "--queue", "l2"});
    at("13:45");
  }
  void TearDown() override { EXPECT_EQ(end_server(), 0); }

  void at(const std::string& time) { ok({"ctl", "advance", "2026-01-05T" + time + "Z"}); }
  void ok(std::vector<std::string> words) {
    const std::string what = words[0] + " " + words[1] + " " + words[2];
    const Ran ran = on_desk(std::move(words));
    ASSERT_EQ(ran.exit, 0) << what << ": " << ran.err;
  }
  json asked(std::vector<std::string> words) {
    words.push_back("--json");
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return ran.exit == 0 ? json::parse(ran.out) : json();
  }
  static json figure(const json& report, const std::string& id) {
    for (const json& each : report["figures"]) {
      if (each["id"] == id) return each;
    }
    ADD_FAILURE() << "no figure " << id;
    return {};
  }
};

TEST_F(ReportProgram, AnswersTheSameAfterTicketsLeftMemory) {
  const auto everything = [&] {
    std::vector<std::string> said;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"report", "kpi", "--from", "2026-01-05"},
          {"report", "kpi", "--by", "queue"},
          {"report", "sla"},
          {"report", "queues"},
          {"report", "intervals", "--interval", "1h"},
          {"report", "trend"},
          {"report", "scorecard"},
          {"report", "gaming"},
          {"report", "at-risk"}})
      said.push_back(asked(words).dump());
    said.push_back(on_desk({"export", "csv"}).out);
    return said;
  };
  const auto before = everything();
  ok({"ticket", "close", "A"});
  ok({"ticket", "close", "B"});  // A leaves
  EXPECT_TRUE(asked({"ticket", "get", "A"})["archived"].get<bool>());
  auto after = everything();
  // What closing changes is told: the state and when.
  EXPECT_THAT(after.back(), HasSubstr("A,incident,closed"));
  after.pop_back();
  EXPECT_EQ(after, std::vector<std::string>(before.begin(), before.end() - 1));
}

TEST_F(ReportProgram, FiguresSayWhatTheyAreMadeOf) {
  const json report = asked({"report", "kpi", "--from", "2026-01-05T09:00Z", "--to", "2026-01-06"});
  EXPECT_EQ(report["desk"], "d");
  EXPECT_EQ(report["from"], "2026-01-05T09:00:00Z");
  // A took 50 minutes, B three hours of a target of two.
  const json first = figure(report, "fcr_net");
  EXPECT_EQ(first["numerator"], 1);
  EXPECT_EQ(first["denominator"], 2);
  EXPECT_EQ(first["percent"], 50.0);
  EXPECT_EQ(first["version"], 3);
  EXPECT_EQ(first["parts"]["not_at_once"], 1);
  EXPECT_EQ(first["target"]["from"], "preset");
  EXPECT_EQ(first["target"]["standing"], "below");
  EXPECT_EQ(figure(report, "sla_compliance")["percent"], 50.0);
  EXPECT_EQ(figure(report, "mttr_wall")["median_us"], 3'000'000'000);
  EXPECT_EQ(figure(report, "csat")["measured"], false);
  const json given = asked(
      {"report", "kpi", "--from", "2026-01-05", "--users", "60", "--target", "fcr_net=40%..60%"});
  EXPECT_EQ(figure(given, "users_per_analyst")["value"], 60.0);
  EXPECT_EQ(figure(given, "fcr_net")["target"]["standing"], "met");
  // Without a period what there was before, and the figures.
  const json whole = asked({"report", "kpi"});
  EXPECT_EQ(whole["tickets"], 3);
  EXPECT_EQ(figure(whole, "backlog")["count"], 1);
  const std::string text = on_desk({"report", "kpi", "--from", "2026-01-05"}).out;
  EXPECT_THAT(text, HasSubstr("50.00 %"));
  EXPECT_THAT(text, HasSubstr("Targets are a preset"));
}

TEST_F(ReportProgram, AForecastIsReadFromAFile) {
  // A and B came at nine, C at noon.
  write("expected.csv",
        "start,volume,aht\n2026-01-05T09:00Z,4,5m\n2026-01-05T12:00Z,1,5m\n"
        "2026-01-05T13:00Z,0,5m\n");
  const json off =
      figure(asked({"report", "kpi", "--from", "2026-01-05", "--forecast", path("expected.csv")}),
             "forecast_error");
  EXPECT_EQ(off["parts"]["intervals"], 2);
  EXPECT_NEAR(off["value"].get<double>(), 200.0 / 3, 1e-4);
  EXPECT_EQ(off["note"], "bias +66.67 %");

  const auto wrong = [&](const std::string& text) {
    write("wrong.csv", text);
    const Ran ran = on_desk({"report", "kpi", "--forecast", path("wrong.csv")});
    EXPECT_EQ(ran.exit, 7);
    return ran.err;
  };
  EXPECT_THAT(wrong("start,calls\n"), HasSubstr("wrong.csv:1: no column volume"));
  EXPECT_THAT(wrong("start,volume\nmonday,1\n"), HasSubstr(":2: start `monday`"));
  EXPECT_THAT(wrong("start,volume\n2026-01-05T09:00Z,many\n"), HasSubstr(":2: volume `many`"));
  EXPECT_THAT(wrong("start,volume\n2026-01-05,1\n2026-01-04,1\n"), HasSubstr("order the rows"));
  EXPECT_THAT(wrong("start,volume\n2026-01-05,1\n"), HasSubstr("two are wanted"));
}

TEST_F(ReportProgram, WhoIsAtRisk) {
  const json risk = asked({"report", "at-risk"});
  ASSERT_EQ(risk["clocks"].size(), 1U);
  EXPECT_EQ(risk["clocks"][0]["external_id"], "C");
  EXPECT_EQ(risk["clocks"][0]["due"], "2026-01-05T14:00:00Z");
  EXPECT_EQ(risk["clocks"][0]["left_us"], 900'000'000);
  EXPECT_EQ(risk["clocks"][0]["used_percent"], 87.5);
  EXPECT_THAT(on_desk({"report", "at-risk", "--within", "10m"}).out,
              HasSubstr("No clock is late or due within 10m"));
}

TEST_F(ReportProgram, ExportsWhatReportsRead) {
  const Ran csv = on_desk({"export", "csv"});
  EXPECT_THAT(csv.out, HasSubstr("ticket,external_id,kind,state,priority"));
  EXPECT_THAT(csv.out, HasSubstr("\"say \"\"hi\"\", twice\""));
  EXPECT_THAT(csv.out, Not(HasSubstr("kim")));
  EXPECT_THAT(on_desk({"export", "csv", "--agents-allowed"}).out, HasSubstr("kim"));
  const Ran lines = on_desk({"export", "jsonl", "--out", path("facts.jsonl")});
  EXPECT_EQ(lines.exit, 0) << lines.err;
  const std::string text = read_file(path("facts.jsonl"));
  const json first = json::parse(text.substr(0, text.find('\n')));
  EXPECT_EQ(first["external_id"], "A");
  EXPECT_EQ(first["first_contact"], "first_contact");
  EXPECT_EQ(first["states"].size(), 3U);  // queued, in_progress, resolved
  EXPECT_EQ(first["visits"][0]["queue"], "l1");
  EXPECT_EQ(first["clocks"][0]["used_us"], 3'000'000'000);
}

TEST_F(ReportProgram, OnlySomeOfTheTickets) {
  const json report = asked({"report", "kpi", "--only", "queue=l1", "--only", "queue=l2", "--only",
                             "priority=P3", "--only", "service="});
  EXPECT_EQ(report["only"], json::parse(R"({"queue": ["l1", "l2"], "priority": ["P3"],
                                            "service": [""]})"));
  EXPECT_EQ(figure(report, "duplicate_rate")["denominator"], 3);
  EXPECT_EQ(report.contains("tickets"), false) << "counters are of the whole desk";
  const json experts = asked({"report", "at-risk", "--only", "group=experts"});
  EXPECT_EQ(experts["clocks"].size(), 1U);
  EXPECT_EQ(asked({"report", "at-risk", "--only", "group=first"})["clocks"].size(), 0U);
  const json queues = asked({"report", "queues", "--only", "tier=2", "--kind", "incident"});
  ASSERT_EQ(queues["queues"].size(), 1U);
  EXPECT_EQ(queues["queues"][0]["queue"], "l2");
  EXPECT_EQ(queues["queues"][0]["waiting"], 1);
  EXPECT_EQ(queues["queues"][0]["oldest_wait_us"], 105 * 60'000'000LL);
  EXPECT_THAT(on_desk({"report", "sla", "--only", "category="}).out,
              HasSubstr("d: 2 tickets of category not stated, from"));
  EXPECT_THAT(on_desk({"export", "csv", "--only", "queue=l2"}).out,
              AllOf(HasSubstr(",C,incident"), Not(HasSubstr(",A,"))));
  EXPECT_THAT(on_desk({"report", "agents", "--agents-allowed", "--only", "group=first"}).out,
              HasSubstr("ana"));
}

TEST_F(ReportProgram, SaysWhatIsWrongWithAQuestion) {
  const auto error = [&](std::vector<std::string> words, int exit) {
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, exit) << ran.err;
    return ran.err;
  };
  EXPECT_THAT(error({"report", "kpi", "--by", "colour"}, 2), HasSubstr("queue, group, tier"));
  EXPECT_THAT(error({"report", "kpi", "--by", "agent"}, 5), HasSubstr("--agents-allowed"));
  EXPECT_THAT(error({"report", "agents"}, 5), HasSubstr("single people"));
  EXPECT_EQ(on_desk({"report", "agents", "--agents-allowed"}).exit, 0);
  EXPECT_THAT(error({"report", "kpi", "--from", "2026-01-06", "--to", "2026-01-05"}, 2),
              HasSubstr("is not after"));
  EXPECT_THAT(error({"report", "kpi", "--from", "yesterday"}, 2), HasSubstr("--from"));
  EXPECT_THAT(error({"report", "kpi", "--from", "2027-01-01"}, 2), HasSubstr("nothing yet"));
  EXPECT_THAT(error({"report", "kpi", "--figure", "fcr"}, 2), HasSubstr("fcr_net"));
  EXPECT_THAT(error({"report", "kpi", "--figure", "fcr_nett"}, 2),
              HasSubstr("did you mean fcr_net?"));
  EXPECT_EQ(on_desk({"report", "kpi", "--figure", "service_level_answered"}).exit, 0);
  EXPECT_THAT(error({"report", "kpi", "--target", "fcr=1%..2%"}, 2), HasSubstr("fcr_net"));
  EXPECT_THAT(error({"report", "kpi", "--users", "-1"}, 2), HasSubstr("Value -1 is too small"));
  EXPECT_THAT(error({"report", "kpi", "--target", "fcr_net=high"}, 2), HasSubstr("low..high"));
  EXPECT_THAT(error({"report", "kpi", "--targets", "mine"}, 2), HasSubstr("preset, desk or none"));
  EXPECT_THAT(error({"report", "scorecard", "--scale", "hops=1..2"}, 2), HasSubstr("mttr_wall"));
  EXPECT_THAT(error({"report", "gaming", "--by", "queue"}, 2), HasSubstr("--by group"));
  EXPECT_THAT(error({"report", "intervals", "--interval", "soon"}, 2), HasSubstr("30m"));
  EXPECT_THAT(error({"report", "intervals", "--interval", "1s", "--from", "2020-01-01"}, 2),
              HasSubstr("too many"));
  EXPECT_THAT(error({"report", "kpi", "--kind", "alarm"}, 2), HasSubstr("service_request"));
  EXPECT_THAT(error({"report", "kpi", "--by", ""}, 2), HasSubstr("queue, group, tier"));
  EXPECT_THAT(error({"report", "kpi", "--only", "l1"}, 2), HasSubstr("like queue=l1"));
  EXPECT_THAT(error({"report", "sla", "--only", "queue=l3"}, 3), HasSubstr("l1, l2, triage"));
  EXPECT_THAT(error({"report", "sla", "--only", "tier=4"}, 3), HasSubstr("no such tier: 1, 2"));
  EXPECT_THAT(error({"report", "at-risk", "--only", "agent=ana"}, 5), HasSubstr("single people"));
  EXPECT_THAT(error({"report", "kpi", "--at", "2026-01-05", "--by", "queue"}, 2),
              HasSubstr("--at is for the whole desk"));
  EXPECT_THAT(error({"export", "csv", "--out", path("no/where")}, 1), HasSubstr("cannot write"));
}

}  // namespace
}  // namespace paceline::tools
