// Offers, agents' states, tiers and reasons as a user sees and changes them.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Ran;

constexpr const char* desk_toml = R"(
[desk.d]

[[away]]
code = "lunch"

[[queue]]
name = "network-l1"
group = "network"
auto_accept = false
fan_out = 2
escalate_to = "network-l2"
checklist = ["symptoms", "steps_tried"]

[[queue]]
name = "network-l2"
group = "experts"
tier = 2
need = "vpn >= 4"

[[queue]]
name = "pull"
group = "network"
mode = "pull"

[[route]]
name = "vpn"
when = "category == vpn"
queue = "network-l2"

[[route]]
name = "rest"
queue = "network-l1"

[[agent]]
name = "ada"
groups = ["network"]

[[agent]]
name = "bob"
groups = ["network"]

[[agent]]
name = "eve"
groups = ["experts"]
skills = { vpn = 6 }
)";

class RoutingProgram : public testing::ProgramFixture {
 protected:
  void SetUp() override {
    ProgramFixture::SetUp();
    serve("data", "commands", "none");
    write("desk.toml", desk_toml);
    const Ran put = run({"config", "put", path("desk.toml"), "--connect", address(), "--create"});
    ASSERT_EQ(put.exit, 0) << put.err;
    ASSERT_EQ(advance("2026-01-05T09:00Z"), 0);
  }
  void TearDown() override { EXPECT_EQ(end_server(), 0); }

  int advance(const std::string& at) { return on_desk({"ctl", "advance", at}).exit; }
  void ok(std::vector<std::string> words) {
    const std::string what = words[0] + " " + words[1];
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, 0) << what << ": " << ran.err;
  }
  std::string error_of(std::vector<std::string> words, int exit) {
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, exit) << ran.err;
    return ran.err;
  }
  json object(std::vector<std::string> words) {
    words.push_back("--json");
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return ran.exit == 0 ? json::parse(ran.out) : json();
  }
  /// One JSON object per line.
  std::vector<json> lines(std::vector<std::string> words) {
    words.push_back("--json");
    const Ran ran = on_desk(std::move(words));
    EXPECT_EQ(ran.exit, 0) << ran.err;
    std::vector<json> objects;
    std::istringstream text(ran.out);
    for (std::string line; std::getline(text, line);) objects.push_back(json::parse(line));
    return objects;
  }
  json agent(const std::string& name) { return named({"agent", "list"}, name); }
  json queue(const std::string& name) { return named({"queue", "list"}, name); }
  json named(std::vector<std::string> words, const std::string& name) {
    for (json& each : lines(std::move(words)))
      if (each["name"] == name) return each;
    return json();
  }
  json ticket(const std::string& name) { return object({"ticket", "get", name}); }
  /// Of the ticket to the agent; 0: none.
  std::string offer(const std::string& name, const std::string& agent_name) {
    for (const json& each : lines({"offer", "list", "--agent", agent_name}))
      if (each["external_id"] == name) return std::to_string(each["offer"].get<uint64_t>());
    return "999999";
  }
};

TEST_F(RoutingProgram, OffersAreListedAcceptedAndDeclined) {
  ok({"agent", "login", "ada"});
  ok({"agent", "login", "bob"});
  ok({"ticket", "create", "INC1"});
  EXPECT_EQ(lines({"offer", "list"}).size(), 2U);
  const auto of_ada = lines({"offer", "list", "--agent", "ada"});
  ASSERT_EQ(of_ada.size(), 1U);
  EXPECT_EQ(of_ada[0]["external_id"], "INC1");
  EXPECT_EQ(of_ada[0]["queue"], "network-l1");
  EXPECT_EQ(of_ada[0]["hand_over"], false);
  EXPECT_EQ(of_ada[0]["expires_at"], "2026-01-05T09:05:00Z");
  EXPECT_THAT(on_desk({"offer", "list"}).out, HasSubstr("2026-01-05T09:05:00Z"));
  EXPECT_EQ(queue("network-l1")["offered"], 1);
  EXPECT_EQ(agent("ada")["offers"], 1);

  const std::string to_ada = offer("INC1", "ada");
  const std::string to_bob = offer("INC1", "bob");
  EXPECT_THAT(error_of({"offer", "accept", to_ada, "--agent", "bob"}, 4),
              HasSubstr("was made to another agent"));
  ok({"offer", "decline", to_ada, "--reason", "busy", "--agent", "ada"});
  EXPECT_EQ(ticket("INC1")["declines"], 1);
  const json reply = object({"offer", "accept", to_bob});
  EXPECT_EQ(reply["ticket"], ticket("INC1")["id"]);
  EXPECT_EQ(ticket("INC1")["agent"], "bob");
  EXPECT_THAT(error_of({"offer", "accept", to_ada}, 4), HasSubstr("ran out or was withdrawn"));
  EXPECT_EQ(error_of({"offer", "list", "--agent", "zoe"}, 3),
            "E5022 agent zoe: there is no such "
            "agent: see `paceline agent list` "
            "(agent_unknown)\n");
  EXPECT_EQ(on_desk({"offer", "decline", to_ada}).exit, 2);
}

TEST_F(RoutingProgram, OffersAreWithdrawn) {
  ok({"agent", "login", "ada"});
  ok({"ticket", "create", "INC1"});
  ok({"offer", "withdraw", "INC1"});
  EXPECT_THAT(error_of({"offer", "withdraw", "INC9"}, 3), HasSubstr("no such ticket"));
  ok({"queue", "hold", "network-l1"});
  ok({"ticket", "create", "INC2"});
  EXPECT_THAT(error_of({"offer", "withdraw", "INC2"}, 4), HasSubstr("offered to nobody"));
}

TEST_F(RoutingProgram, AgentsSayWhatTheyDo) {
  EXPECT_EQ(error_of({"agent", "state", "ada", "away", "lunch"}, 4),
            "E5040 agent ada: is not logged in (agent_not_logged_in)\n");
  ok({"agent", "login", "ada"});
  ok({"agent", "state", "ada", "away", "lunch"});
  EXPECT_EQ(agent("ada")["state"], "away");
  EXPECT_EQ(agent("ada")["code"], "lunch");
  EXPECT_THAT(on_desk({"agent", "list"}).out, HasSubstr("away (lunch)"));
  EXPECT_THAT(error_of({"agent", "state", "ada", "away", "gym"}, 7), HasSubstr("no such code"));
  EXPECT_THAT(error_of({"agent", "state", "ada", "wrap-up-extend"}, 4),
              HasSubstr("not in wrap-up"));
  EXPECT_EQ(on_desk({"agent", "state", "ada", "away"}).exit, 2);
  EXPECT_EQ(on_desk({"agent", "state", "ada", "asleep"}).exit, 2);
  EXPECT_EQ(on_desk({"agent", "state", "ada", "available", "lunch"}).exit, 2);
  ok({"agent", "state", "ada", "available"});
  EXPECT_EQ(agent("ada")["state"], "available");
  ok({"agent", "drain", "ada"});
  EXPECT_EQ(agent("ada")["state"], "draining");
}

TEST_F(RoutingProgram, ADrainedAgentsTicketsGoBack) {
  ok({"agent", "login", "eve"});
  ok({"ticket", "create", "INC1", "--category", "vpn"});
  EXPECT_EQ(ticket("INC1")["agent"], "eve");
  EXPECT_EQ(ticket("INC1")["routed_by"], "vpn");
  const Ran dry = on_desk({"agent", "drain", "eve", "--requeue", "--dry-run"});
  EXPECT_THAT(dry.out, HasSubstr("INC1"));
  EXPECT_THAT(dry.err, HasSubstr("1 tickets would go back"));
  EXPECT_EQ(agent("eve")["state"], "available");
  ok({"agent", "drain", "eve", "--requeue", "--yes"});
  EXPECT_EQ(ticket("INC1")["state"], "queued");
  EXPECT_EQ(agent("eve")["tickets"], 0);
}

TEST_F(RoutingProgram, AgentsAskForTheirNext) {
  ok({"agent", "login", "ada"});
  EXPECT_THAT(error_of({"agent", "next", "ada"}, 3), HasSubstr("why agent"));
  ok({"ticket", "create", "INC1", "--queue", "pull"});
  EXPECT_EQ(ticket("INC1")["state"], "queued");
  EXPECT_EQ(object({"agent", "next", "ada"})["ticket"], ticket("INC1")["id"]);
  EXPECT_EQ(ticket("INC1")["agent"], "ada");
}

TEST_F(RoutingProgram, WhatAnAgentReallyHasIsReconciled) {
  ok({"agent", "login", "eve"});
  ok({"agent", "login", "ada"});
  ok({"ticket", "create", "INC1", "--category", "vpn"});
  ok({"queue", "hold", "network-l1"});
  ok({"ticket", "create", "INC2"});
  ok({"ticket", "create", "INC3"});
  ok({"ticket", "assign", "INC3", "bob"});
  const Ran ran = on_desk({"agent", "reconcile", "eve", "--tickets", "INC2,INC3"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("is another agent's here"));
  EXPECT_EQ(ticket("INC1")["state"], "queued");
  EXPECT_EQ(ticket("INC2")["agent"], "eve");
  EXPECT_EQ(ticket("INC3")["agent"], "bob");
  ok({"agent", "reconcile", "eve", "--tickets", ""});
  EXPECT_EQ(ticket("INC2")["state"], "queued");
  EXPECT_EQ(on_desk({"agent", "reconcile", "eve", "--tickets", "INC9"}).exit, 3);
}

TEST_F(RoutingProgram, TicketsAreEscalatedBouncedAndHandedOver) {
  ok({"queue", "hold", "network-l2"});
  ok({"ticket", "create", "INC1"});
  EXPECT_THAT(error_of({"ticket", "escalate", "INC1", "--reason", "router"}, 7),
              HasSubstr("--checklist"));
  ok({"ticket", "escalate", "INC1", "--reason", "router", "--checklist", "symptoms,steps_tried"});
  EXPECT_EQ(ticket("INC1")["queue"], "network-l2");
  EXPECT_EQ(ticket("INC1")["tier"], 2);
  EXPECT_EQ(ticket("INC1")["escalations"], 1);
  EXPECT_EQ(ticket("INC1")["checklist_done"], 2);
  EXPECT_THAT(on_desk({"ticket", "get", "INC1"}).out, HasSubstr("1 escalation (2 of 2 done)"));
  EXPECT_THAT(error_of({"ticket", "escalate", "INC1", "--reason", "more"}, 4),
              HasSubstr("does not say where to escalate to"));
  ok({"ticket", "bounce", "INC1", "--reason", "not ours"});
  EXPECT_EQ(ticket("INC1")["queue"], "network-l1");
  EXPECT_EQ(ticket("INC1")["bounces"], 1);

  ok({"agent", "login", "ada"});
  ok({"agent", "login", "bob"});
  ok({"offer", "accept", offer("INC1", "ada")});
  ok({"ticket", "hand-over", "INC1", "--to", "bob", "--note", "he knows the router"});
  const auto offers = lines({"offer", "list", "--agent", "bob"});
  ASSERT_EQ(offers.size(), 1U);
  EXPECT_EQ(offers[0]["hand_over"], true);
  EXPECT_EQ(ticket("INC1")["agent"], "ada");
  ok({"offer", "accept", offer("INC1", "bob")});
  EXPECT_EQ(ticket("INC1")["agent"], "bob");
  EXPECT_EQ(
      on_desk({"ticket", "hand-over", "INC1", "--to", "ada", "--note", std::string(256, 'x')}).exit,
      7);
  EXPECT_EQ(on_desk({"ticket", "bounce", "INC1"}).exit, 2);
}

TEST_F(RoutingProgram, AScoreIsBounded) {
  ok({"ticket", "create", "INC1"});
  ok({"ticket", "score", "INC1", "--agent", "ada", "--points", "-15"});
  ok({"ticket", "score", "INC1", "--agent", "ada", "--points", "0"});
  EXPECT_EQ(on_desk({"ticket", "score", "INC1", "--agent", "ada", "--points", "16"}).exit, 2);
  EXPECT_EQ(on_desk({"ticket", "score", "INC1", "--agent", "zoe", "--points", "1"}).exit, 3);
}

TEST_F(RoutingProgram, ATaskIsPartOfItsTicket) {
  ok({"ticket", "create", "INC1", "--language", "de", "--confidentiality", "hr", "--confidence",
      "80"});
  EXPECT_EQ(ticket("INC1")["language"], "de");
  EXPECT_EQ(ticket("INC1")["confidentiality"], "hr");
  EXPECT_EQ(ticket("INC1")["confidence"], 80);
  ok({"ticket", "create", "TASK1", "--parent", "INC1", "--queue", "network-l2"});
  EXPECT_EQ(ticket("TASK1")["kind"], "task");
  EXPECT_EQ(ticket("TASK1")["parent"], ticket("INC1")["id"]);
  EXPECT_EQ(ticket("INC1")["tasks_open"], 1);
  EXPECT_THAT(error_of({"ticket", "resolve", "INC1"}, 4), HasSubstr("tasks that have not ended"));
  ok({"ticket", "resolve", "TASK1"});
  ok({"ticket", "resolve", "INC1"});
  EXPECT_EQ(on_desk({"ticket", "create", "TASK2", "--parent", "INC9"}).exit, 3);
  EXPECT_EQ(on_desk({"ticket", "create", "TASK2", "--parent", "INC1", "--kind", "incident"}).exit,
            2);
  EXPECT_EQ(on_desk({"ticket", "create", "INC2", "--confidence", "101"}).exit, 2);
}

TEST_F(RoutingProgram, ManyTicketsMoveAtOnce) {
  ok({"queue", "hold", "network-l1"});
  for (const char* id : {"INC1", "INC2", "INC3"}) ok({"ticket", "create", id});
  ok({"ticket", "update", "INC3", "--vip"});
  EXPECT_EQ(lines({"ticket", "reassign", "--where", "vip", "--reason", "x", "--dry-run"}).size(),
            1U);
  const Ran dry = on_desk(
      {"ticket", "reassign", "--where", "!vip", "--queue", "pull", "--reason", "x", "--dry-run"});
  EXPECT_THAT(dry.out, HasSubstr("INC2"));
  EXPECT_THAT(dry.out, Not(HasSubstr("INC3")));
  EXPECT_THAT(dry.err, HasSubstr("2 tickets would move"));
  const Ran moved = on_desk(
      {"ticket", "reassign", "--where", "!vip", "--queue", "pull", "--reason", "x", "--yes"});
  EXPECT_EQ(moved.exit, 0) << moved.err;
  EXPECT_EQ(moved.out, "moved 2 tickets to pull\n");
  EXPECT_EQ(ticket("INC1")["queue"], "pull");
  EXPECT_EQ(ticket("INC3")["queue"], "network-l1");
  EXPECT_EQ(object({"ticket", "reassign", "--where", "vip", "--agent", "ada", "--reason", "x",
                    "--yes"})["moved"],
            1);
  EXPECT_EQ(ticket("INC3")["agent"], "ada");
  EXPECT_THAT(on_desk({"ticket", "reassign", "--where", "state == resolved", "--queue", "pull",
                       "--reason", "x"})
                  .err,
              HasSubstr("nothing to do"));
  EXPECT_EQ(on_desk({"ticket", "reassign", "--where", "vip", "--reason", "x"}).exit, 2);
  EXPECT_EQ(
      on_desk({"ticket", "reassign", "--where", "vpi", "--queue", "pull", "--reason", "x", "--yes"})
          .exit,
      7);
  EXPECT_EQ(on_desk({"ticket", "reassign", "--where", "vip", "--queue", "nowhere", "--reason", "x",
                     "--yes"})
                .exit,
            3);
  // Nobody can be asked here.
  EXPECT_EQ(
      on_desk({"ticket", "reassign", "--where", "vip", "--queue", "pull", "--reason", "x"}).exit,
      2);
}

TEST_F(RoutingProgram, QueuesAreHeldAndRoutesSwitchedOff) {
  ok({"agent", "login", "eve"});
  ok({"queue", "hold", "network-l2"});
  ok({"ticket", "create", "INC1", "--category", "vpn"});
  EXPECT_EQ(ticket("INC1")["state"], "queued");
  EXPECT_EQ(queue("network-l2")["held"], true);
  EXPECT_THAT(on_desk({"queue", "list"}).out, HasSubstr("held"));
  ok({"queue", "release", "network-l2"});
  EXPECT_EQ(ticket("INC1")["agent"], "eve");
  EXPECT_EQ(on_desk({"queue", "hold", "nowhere"}).exit, 3);

  ok({"route", "switch", "vpn", "off"});
  ok({"ticket", "create", "INC2", "--category", "vpn"});
  EXPECT_EQ(ticket("INC2")["queue"], "network-l1");
  ok({"route", "switch", "vpn", "on"});
  ok({"ticket", "create", "INC3", "--category", "vpn"});
  EXPECT_EQ(ticket("INC3")["queue"], "network-l2");
  EXPECT_THAT(error_of({"route", "switch", "vnp", "off"}, 3), HasSubstr("no such routing rule"));
  EXPECT_EQ(on_desk({"route", "switch", "vpn", "maybe"}).exit, 2);
}

TEST_F(RoutingProgram, WhatIsHandedOverIsReported) {
  ok({"agent", "login", "eve"});
  ok({"ticket", "create", "INC1", "--category", "vpn"});
  ok({"ticket", "create", "INC2", "--category", "vpn"});
  const Ran of_eve = on_desk({"hand-off", "report", "--agent", "eve"});
  EXPECT_THAT(of_eve.out, HasSubstr("agent eve: 1 open, 1 assigned"));
  EXPECT_THAT(of_eve.out, HasSubstr("INC1"));
  EXPECT_EQ(lines({"hand-off", "report", "--queue", "network-l2"}).size(), 2U);
  EXPECT_EQ(on_desk({"hand-off", "report"}).exit, 2);
  EXPECT_EQ(on_desk({"hand-off", "report", "--agent", "zoe"}).exit, 3);
  EXPECT_EQ(on_desk({"hand-off", "report", "--agent", "eve", "--queue", "pull"}).exit, 2);
}

TEST_F(RoutingProgram, WhySaysASentenceAndWhatItRestsOn) {
  ok({"ticket", "create", "INC1", "--category", "vpn"});
  const json why = object({"why", "ticket", "INC1"});
  EXPECT_EQ(why["subject"], "INC1");
  EXPECT_FALSE(why["sentence"].get<std::string>().empty());
  EXPECT_FALSE(why["terms"].empty());
  for (const json& term : why["terms"]) {
    EXPECT_TRUE(term.contains("name") && term.contains("kind") && term.contains("value")) << term;
  }
  ASSERT_EQ(why["candidates"].size(), 1U);
  EXPECT_EQ(why["candidates"][0]["agent"], "eve");
  EXPECT_EQ(why["candidates"][0]["hindrance"], "state");
  EXPECT_FALSE(why["remedies"].empty());
  const Ran text = on_desk({"why", "ticket", "INC1"});
  EXPECT_EQ(text.out.substr(0, text.out.find('\n')), why["sentence"]);
  EXPECT_THAT(text.out, HasSubstr("eve"));
  EXPECT_THAT(text.out, HasSubstr("What would change it:"));

  EXPECT_THAT(object({"why", "agent", "eve"})["sentence"].get<std::string>(), HasSubstr("eve"));
  EXPECT_THAT(on_desk({"why", "agent", "eve"}).out, HasSubstr("logged out"));
  const json queue = object({"why", "queue", "network-l2"});
  ASSERT_FALSE(queue["lines"].empty());
  EXPECT_EQ(queue["lines"][0]["waiting"], 1);
  EXPECT_EQ(queue["lines"][0]["head_external_id"], "INC1");
  EXPECT_EQ(on_desk({"why", "ticket", "INC9"}).exit, 3);
  EXPECT_EQ(on_desk({"why", "agent", "zoe"}).exit, 3);
  EXPECT_EQ(on_desk({"why", "queue", "nowhere"}).exit, 3);
}

TEST_F(RoutingProgram, EventsSayWhatTheirNumbersMean) {
  ok({"agent", "login", "ada"});
  ok({"ticket", "create", "INC1"});
  ok({"offer", "decline", offer("INC1", "ada"), "--reason", "busy"});
  ok({"agent", "state", "ada", "away", "lunch"});
  ok({"queue", "hold", "network-l1"});
  ok({"route", "switch", "vpn", "off"});
  std::map<std::string, json> by_name;
  const Ran all = on_desk({"ctl", "status", "--json"});
  const std::string count = std::to_string(json::parse(all.out)["events"].get<uint64_t>());
  for (json& event : lines({"events", "tail", "--from-seq", "1", "--count", count}))
    by_name[event["event"].get<std::string>()] = event;
  EXPECT_EQ(by_name["ticket.offered"]["expires_at"], "2026-01-05T09:05:00Z");
  EXPECT_EQ(by_name["ticket.offered"]["agent"], "ada");
  EXPECT_EQ(by_name["ticket.declined"]["reason"], "busy");
  EXPECT_EQ(by_name["ticket.declined"]["offer"], by_name["ticket.offered"]["offer"]);
  EXPECT_EQ(by_name["agent.state"]["agent_state"], "away");
  EXPECT_EQ(by_name["agent.state"]["previous_agent_state"], "available");
  EXPECT_EQ(by_name["agent.state"]["reason"], "lunch");
  EXPECT_EQ(by_name["queue.held"]["held"], true);
  EXPECT_EQ(by_name["route.switched"]["on"], false);
  EXPECT_EQ(by_name["route.switched"]["route"], "vpn");
  const Ran text = on_desk({"events", "tail", "--from-seq", "1", "--count", count});
  EXPECT_THAT(text.out, HasSubstr("available → away"));
  EXPECT_THAT(text.out, HasSubstr("until 2026-01-05T09:05:00Z"));
}

}  // namespace
}  // namespace paceline::tools
