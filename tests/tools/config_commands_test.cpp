// `lint`, `config explain` and `config diff` as a user runs them.
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
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
  EXPECT_THAT(ran.out, HasSubstr("calendar       uk      line 2\n"));
  EXPECT_THAT(ran.out, HasSubstr("reopen_window  5bd     default\n"));
  EXPECT_THAT(ran.out, HasSubstr("group            desk           line 8\n"));
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

}  // namespace
}  // namespace paceline::tools
