// `lint`, `config explain` and `config diff` as a user runs them.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string base =
    "[desk.main]\n"
    "calendar = \"uk\"\n"
    "[calendar.uk]\n"
    "zone = \"Europe/London\"\n"
    "week = { mon-fri = [\"09:00-17:00\"] }\n"
    "[[queue]]\n"
    "name = \"l1\"\n"
    "group = \"desk\"\n"
    "[[route]]\n"
    "queue = \"l1\"\n";

std::string policy(const std::string& name, const std::string& more) {
  return "[[policy]]\nname = \"" + name + "\"\nclock = \"resolution\"\n" + more;
}

class ConfigCommands : public ProgramTest {
 protected:
  json asked(const std::string& arguments) {
    const Ran ran = run(arguments + " --json");
    EXPECT_EQ(ran.exit, 0) << ran.err;
    return json::parse(ran.out);
  }
  json diff(const std::string& before, const std::string& after) {
    write("old.toml", before);
    write("new.toml", after);
    return asked("config diff old.toml new.toml");
  }
};

using LintCommand = ConfigCommands;

TEST_F(LintCommand, SaysNothingAndAnswersZeroWhereNothingIsFound) {
  write("desk.toml", base + policy("all", "target = \"8h\"\n"));
  const Ran ran = run("lint desk.toml");
  EXPECT_EQ(ran.exit, 0);
  EXPECT_EQ(ran.out, "desk.toml: nothing found\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(LintCommand, FindingsHaveFileLineCodeAndAnswerSeven) {
  write("desk.toml", base + policy("all", "target = \"8h\"\n") +
                         policy("vip", "when = \"vip\"\ntarget = \"4h\"\n"));
  const Ran ran = run("lint desk.toml");
  EXPECT_EQ(ran.exit, 7);
  EXPECT_EQ(ran.out,
            "desk.toml:15: W2904 policy \"vip\" is never reached: policy \"all\" at line 11 comes "
            "first and matches every ticket that this one matches: move it up, narrow the earlier "
            "condition, or remove it\n");
  EXPECT_EQ(ran.err, "");
  const Ran as_json = run("lint --json desk.toml");
  EXPECT_EQ(as_json.exit, 7);
  const json findings = json::parse(as_json.out)["findings"];
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0]["code"], "W2904");
  EXPECT_EQ(findings[0]["line"], 15);
  EXPECT_EQ(findings[0]["what"], "policy \"vip\" is never reached");
}

TEST_F(LintCommand, AFileWithErrorsIsNotLinted) {
  write("desk.toml", base + policy("all", "target = \"8\"\n"));
  const Ran ran = run("lint desk.toml");
  EXPECT_EQ(ran.exit, 7);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("E2006 desk.toml:14: policy \"all\": target"));
  EXPECT_EQ(run("lint nowhere.toml").exit, 7);
}

using ConfigExplain = ConfigCommands;

TEST_F(ConfigExplain, EverySettingSaysWhereItComesFrom) {
  write("desk.toml", base + "[pending.awaiting_parts]\npauses = [\"resolution\"]\n" +
                         policy("all", "target = \"8h\"\n"));
  const Ran ran = run("config explain desk.toml");
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out, ContainsRegex("\ncalendar +uk +line 2\n"));
  EXPECT_THAT(ran.out, ContainsRegex("\nreopen_window +5bd +default\n"));
  EXPECT_THAT(ran.out, ContainsRegex("\ngroup +desk +line 8\n"));
  EXPECT_THAT(ran.out, HasSubstr("policy all (line 13)\n"));
  EXPECT_THAT(ran.out, HasSubstr("state in [resolved, closed]  (default)"));
  const json desk = asked("config explain desk.toml")["desks"][0];
  bool parts = false;
  for (const json& rule : desk["pause_matrix"]) {
    if (rule["reason"] != "awaiting_parts") continue;
    parts = true;
    EXPECT_EQ(rule["clocks"], json({"resolution"}));
    EXPECT_EQ(rule["line"], 12);
  }
  EXPECT_TRUE(parts);
  EXPECT_EQ(desk["policies"][0]["line"], 13);
  EXPECT_EQ(desk["policies"][0]["conditions"]["stop"]["stated"], false);
}

using ConfigDiff = ConfigCommands;

TEST_F(ConfigDiff, CommentsOrderOfKeysAndDefaultsWrittenOutAreNoDifference) {
  write("old.toml", base + policy("all", "target = \"8h\"\n"));
  write("new.toml",
        "# a comment\n" + base + policy("all", "calendar = \"24x7\"\ntarget = \"480m\"\n"));
  const Ran ran = run("config diff old.toml new.toml");
  EXPECT_EQ(ran.exit, 0);
  EXPECT_EQ(ran.out, "no difference\n");
  EXPECT_EQ(asked("config diff old.toml new.toml")["equal"], true);
}

TEST_F(ConfigDiff, APolicyIsComparedFieldByField) {
  const json changes = diff(
      base + policy("a", "target = \"8h\"\n") + policy("gone", "when = \"vip\"\ntarget = \"1h\"\n"),
      base + policy("a", "target = \"4h\"\non_reopen = \"restart\"\nthresholds = [50]\n") +
          policy("new", "target = \"2bd\"\ncalendar = \"uk\"\nlabel = \"days\"\n"))["changes"];
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0]["name"], "a");
  EXPECT_EQ(changes[0]["change"], "changed");
  EXPECT_EQ(changes[0]["fields"], json::parse(R"([{"key":"target","before":"8h","after":"4h"},
                            {"key":"on_reopen","before":"resume","after":"restart"},
                            {"key":"at 50 %","before":"–","after":"only raises an event"}])"));
  EXPECT_THAT(changes[0]["effects"][0].get<std::string>(), HasSubstr("until policy migrate"));
  EXPECT_EQ(changes[1]["change"], "removed");
  EXPECT_EQ(changes[2]["change"], "added");
}

TEST_F(ConfigDiff, ACalendarIsComparedByItsHours) {
  const std::string with = base + policy("a", "target = \"8h\"\ncalendar = \"uk\"\n");
  std::string split = with;
  split.replace(split.find("mon-fri = [\"09:00-17:00\"]"), 25,
                "mon-fri = [\"09:00-12:00\", \"12:00-17:00\"]");
  const json same = diff(with, split)["changes"];
  ASSERT_EQ(same.size(), 1U);  // another version of the same hours
  EXPECT_EQ(same[0]["effects"][0], "the same hours for 400 days");
  std::string shorter = with;
  shorter.replace(shorter.find("17:00"), 5, "16:00");
  const json changed = diff(with, shorter)["changes"];
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_THAT(changed[0]["effects"][0].get<std::string>(), HasSubstr("0s gained, "));
  EXPECT_THAT(changed[0]["effects"][1].get<std::string>(),
              HasSubstr("open clocks of a follow at once"));
}

TEST_F(ConfigDiff, OrderOfRulesPauseRulesAndTheRest) {
  const std::string a = policy("a", "when = \"vip\"\ntarget = \"1h\"\n");
  const std::string b = policy("b", "target = \"2h\"\n");
  const json order = diff(base + a + b, base + b + a)["changes"];
  ASSERT_EQ(order.size(), 1U);
  EXPECT_EQ(order[0]["kind"], "order of");
  EXPECT_EQ(order[0]["fields"][0]["after"], "b, a");
  const json pauses = diff(base + b, base + "[pending.parts]\npauses = \"all\"\n" + b)["changes"];
  ASSERT_EQ(pauses.size(), 2U);
  EXPECT_EQ(pauses[0]["kind"], "pause rules");
  EXPECT_EQ(pauses[1]["name"], "b");  // what pauses it is part of its version
  std::string queue = base;
  queue.replace(queue.find("group = \"desk\""), 14, "group = \"desk\"\ntier = 3");
  const json of_queue = diff(base, queue)["changes"];
  ASSERT_EQ(of_queue.size(), 1U);
  EXPECT_EQ(of_queue[0]["fields"][0], json::parse(R"({"key":"tier","before":"1","after":"3"})"));
  const json desks = diff(base, base + "[desk.other]\n")["changes"];
  EXPECT_EQ(desks.back()["change"], "added");
}

// Routing.

const std::string routing = base +
                            "[[queue]]\n"
                            "name = \"l2\"\n"
                            "group = \"desk\"\n"
                            "sticky = { by = \"requester\" }\n"
                            "overflow = [ { when = \"size > 9\", queue = \"l1\" } ]\n"
                            "[[queue.step]]\n"
                            "need = \"vpn >= 4\"\n"
                            "until = \"wait >= 5m || slack <= 30m\"\n"
                            "[[queue.step]]\n"
                            "need = \"vpn\"\n"
                            "[[work]]\n"
                            "channel = \"chat\"\n"
                            "weight = 0.33\n"
                            "max = 3\n"
                            "[[away]]\n"
                            "code = \"lunch\"\n"
                            "[[agent]]\n"
                            "name = \"ada\"\n"
                            "groups = [\"desk\"]\n"
                            "skills = { vpn = 5 }\n"
                            "shift = \"uk\"\n";

std::map<std::string, json> settings_of(const json& desk, const std::string& title) {
  std::map<std::string, json> settings;
  for (const json& section : desk["sections"])
    if (section["title"] == title)
      for (const json& each : section["settings"]) settings[each["key"]] = each;
  return settings;
}

TEST_F(ConfigExplain, RoutingSaysWhereItComesFrom) {
  write("desk.toml", routing);
  const json desk = asked("config explain desk.toml")["desks"][0];
  auto l2 = settings_of(desk, "queue l2");
  EXPECT_EQ(l2["step 1"]["value"], "vpn >= 4, until wait >= 5m || slack <= 30m");
  EXPECT_EQ(l2["step 1"]["line"], 16);
  EXPECT_EQ(l2["step 2"]["value"], "vpn");
  EXPECT_EQ(l2["sticky"]["value"], "by requester for 7d, waits 10m");
  EXPECT_EQ(l2["overflow"]["value"], "to l1 when size > 9");
  EXPECT_EQ(l2["offer_timeout"]["value"], "20s for voice and chat, 1m for P1, else 5m");
  EXPECT_EQ(l2["offer_timeout"]["line"], nullptr);
  EXPECT_EQ(l2.count("need"), 0U);
  auto l1 = settings_of(desk, "queue l1");
  const std::pair<const char*, const char*> defaults[] = {
      {"need", "none"},
      {"mode", "push"},
      {"discipline", "pressing_time"},
      {"best_fit", "yes"},
      {"preferred", "none"},
      {"choice", "longest_idle"},
      {"share", "none, one order"},
      {"sticky", "no"},
      {"window", "none, at once"},
      {"min_fit", "none"},
      {"keep_free", "nobody"},
      {"overflow", "none"},
      {"auto_accept", "yes"},
      {"fan_out", "1"},
      {"declines_max", "3"},
      {"cool_off", "30m"},
      {"grace", "30s for voice and chat, else 15m"},
      {"lost", "requeue"},
      {"wrap_up", "none"},
      {"escalate_to", "nowhere"},
      {"checklist", "none"},
      {"checklist_required", "yes"},
      {"no_touch", "never escalates"},
      {"escalate_unroutable", "no"},
      {"bounce_window", "4h"},
      {"follow_the_sun", "no"}};
  for (const auto& [key, value] : defaults) EXPECT_EQ(l1[key]["value"], value) << key;
  auto settings = settings_of(desk, "settings");
  const std::pair<const char*, const char*> of_desk[] = {
      {"coordinator_queue", "triage"}, {"aged_share", "10%"},    {"max_wait", "1d"},
      {"language", "preferred"},       {"pending_share", "10%"}, {"no_response_after", "2 offers"},
      {"drain_lead", "none"},          {"ramp", "none"},         {"occupancy", "75% to 85%"}};
  for (const auto& [key, value] : of_desk) EXPECT_EQ(settings[key]["value"], value) << key;
  auto work = settings_of(desk, "work, the first that matches");
  EXPECT_EQ(work["chat"]["value"], "weight 0.33, at most 3");
  EXPECT_EQ(work["chat"]["line"], 21);
  auto away = settings_of(desk, "away codes");
  EXPECT_EQ(away["lunch"]["value"], "planned, given no work");
  EXPECT_EQ(away["lunch"]["line"], 25);
  auto ada = settings_of(desk, "agent ada");
  EXPECT_EQ(ada["shift"]["value"], "uk");
  EXPECT_EQ(ada["channels"]["value"], "every one");
  auto route = settings_of(desk, "route 1");
  EXPECT_EQ(route["min_confidence"]["value"], "any");
  EXPECT_EQ(route["enabled"]["value"], "yes");
}

TEST_F(ConfigDiff, RoutingIsComparedAndSaysWhomItConcerns) {
  const auto with = [](const std::string& from, const std::string& to) {
    std::string text = routing;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const json step = diff(routing, with("vpn >= 4", "vpn >= 3"))["changes"];
  ASSERT_EQ(step.size(), 1U);
  EXPECT_EQ(step[0]["name"], "l2");
  EXPECT_EQ(step[0]["fields"][0]["key"], "step 1");
  EXPECT_EQ(step[0]["effects"], json({"at once: who may have those that wait, and who first"}));
  const json order = diff(routing, with("sticky", "discipline = \"edf\"\nsticky"))["changes"];
  EXPECT_EQ(order[0]["effects"], json({"at once: those that wait are ordered anew"}));
  const json offers = diff(routing, with("sticky", "auto_accept = false\nsticky"))["changes"];
  EXPECT_EQ(offers[0]["effects"], json({"for offers from now on; live ones go on"}));
  const json work = diff(routing, with("weight = 0.33", "weight = 0.25"))["changes"];
  ASSERT_EQ(work.size(), 1U);
  EXPECT_EQ(work[0]["kind"], "work");
  EXPECT_EQ(work[0]["fields"][0]["after"], "weight 0.25, at most 3");
  const json away = diff(routing, with("code = \"lunch\"", "code = \"tea\""))["changes"];
  ASSERT_EQ(away.size(), 1U);
  EXPECT_EQ(away[0]["kind"], "away codes");
  const json agent = diff(routing, with("shift = \"uk\"", "languages = [\"en\"]"))["changes"];
  EXPECT_EQ(agent[0]["fields"].size(), 2U);
  const json route = diff(routing, with("[[route]]\n", "[[route]]\nenabled = false\n"))["changes"];
  EXPECT_EQ(route[0]["fields"][0]["key"], "enabled");
  const std::string rule = "[[work]]\npriority = \"P1\"\nweight = 0.5\n";
  const json rules = diff(routing + rule, with("[[work]]\n", rule + "[[work]]\n"))["changes"];
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0]["fields"][0],
            json::parse(R"({"key":"order","before":"chat, P1","after":"P1, chat"})"));
}

TEST_F(ConfigCommands, CheckCountsStepsKindsOfWorkAndCodes) {
  write("desk.toml", routing);
  const Ran ran = run("config check desk.toml");
  EXPECT_EQ(ran.out,
            "desk.toml is right\ndesk main: 1 calendar, 0 policies, 2 queues, 1 route, 1 agent, 2 "
            "routing steps, 1 kind of work, 1 away code\n");
  const json desk = asked("config check desk.toml")["desks"][0];
  EXPECT_EQ(desk["steps"], 2);
  EXPECT_EQ(desk["work"], 1);
  EXPECT_EQ(desk["away_codes"], 1);
}

}  // namespace
}  // namespace paceline::tools
