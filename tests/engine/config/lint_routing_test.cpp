// Each finding of lint about routing, with the case beside it that is none.
#include "engine/config/lint.h"

#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string queue(const std::string& name, const std::string& more = "") {
  return "[[queue]]\nname = '" + name + "'\ngroup = 'g'\n" + more + "\n";
}
std::string agent(const std::string& name, const std::string& more = "") {
  return "[[agent]]\nname = '" + name + "'\ngroups = ['g']\n" + more + "\n";
}
std::string step(const std::string& need, const std::string& until = "") {
  return "[[queue.step]]\nneed = '" + need + "'\n" +
         (until.empty() ? "" : "until = '" + until + "'\n");
}
std::string calendar(const std::string& name, const std::string& hours) {
  return "[calendar." + name + "]\nzone = 'UTC'\nweek = { mon-fri = [" + hours + "] }\n";
}

std::vector<std::string> found(const std::string& text) {
  std::vector<std::string> lines;
  for (const Finding& finding : lint(loaded(text), Places(text), now).findings) {
    lines.push_back(std::to_string(finding.line) + ": " + finding.code + " " + finding.what + ": " +
                    finding.why);
    EXPECT_NE(finding.line, 0U) << lines.back();
    EXPECT_NE(finding.how, "") << lines.back();
  }
  return lines;
}

TEST(LintRouting, ACleanFileHasNoFindings) {
  EXPECT_THAT(found(queue("q", step("vpn >= 4", "wait >= 5m") + step("vpn >= 2", "wait >= 10m") +
                                   step("")) +
                    agent("a", "skills = { vpn = 5 }")),
              IsEmpty());
}

TEST(LintRouting, StepThatFindsNobody) {
  EXPECT_THAT(found(queue("q", step("vpn >= 6", "wait >= 5m") + step("vpn")) +
                    agent("a", "skills = { vpn = 5 }")),
              ElementsAre(HasSubstr("4: W2924 queue \"q\": step 1 finds nobody: no agent of group "
                                    "\"g\" meets \"vpn >= 6\"")));
  EXPECT_THAT(found(queue("q", step("vpn >= 6", "wait >= 5m") + step("vpn"))), IsEmpty())
      << "no agents in the file";
}

TEST(LintRouting, NeedsThatAreTooMuchToDecideAreSaidToBe) {
  std::string hard;
  for (int i = 0; i < 40; ++i) hard += "(x" + std::to_string(i) + " || y) && ";
  hard += "z && !z";
  const std::string text = queue("q", step(hard, "wait >= 5m") + step("z"));
  EXPECT_THAT(lint(loaded(text), Places(text), now).undecided,
              ElementsAre("queue \"q\": whether anybody can meet the need of step 1 is too much to "
                          "decide",
                          "queue \"q\": whether step 2 accepts whom the one before did is too much "
                          "to decide"));
}

TEST(LintRouting, SkillThatNobodyHas) {
  EXPECT_THAT(found(queue("q", "need = '!contractor'") + agent("a", "skills = { vpn = 5 }")),
              ElementsAre(HasSubstr("4: W2923 queue \"q\": need asks for skill \"contractor\": no "
                                    "agent has it")));
  EXPECT_THAT(found(queue("q", "preferred = [ { need = 'dutch' } ]") + agent("a")),
              ElementsAre(HasSubstr("4: W2923 queue \"q\": preferred 1 asks for skill \"dutch\"")));
  EXPECT_THAT(found(queue("q", "need = 'vpn'") + agent("a")),
              ElementsAre(HasSubstr("1: W2902 queue \"q\": no agent has skill \"vpn\"")))
      << "said once";
}

TEST(LintRouting, GroupWithoutAgents) {
  EXPECT_THAT(found(queue("q") + "[[queue]]\nname = 'r'\ngroup = 'h'\n" + agent("a")),
              ElementsAre(HasSubstr("W2902 queue \"r\": no agent is in group \"h\"")));
}

TEST(LintRouting, WaitsThatDoNotAscend) {
  EXPECT_THAT(
      found(queue("q", step("a >= 3", "wait >= 10m") + step("a >= 2", "wait >= 5m") + step("a"))),
      ElementsAre(HasSubstr("7: W2925 queue \"q\": step 2 is over before it begins: it "
                            "lasts until a wait of 5m, counted from entering the queue as "
                            "10m of a step before it is")));
  EXPECT_THAT(
      found(queue("q", step("a >= 3", "slack <= 10m") + step("a >= 2", "wait >= 5m") + step("a"))),
      IsEmpty());
}

TEST(LintRouting, DisciplinesThatCannotBeCompared) {
  const auto two = [](const std::string& first, const std::string& second) {
    return found(queue("a", first) + queue("b", second) + agent("ada"));
  };
  EXPECT_THAT(two("", "discipline = 'fifo'"),
              ElementsAre(HasSubstr("8: W2926 queue \"b\": it is ordered by fifo and queue \"a\" "
                                    "by pressing_time: agent \"ada\" serves both")));
  EXPECT_THAT(two("share = 1", "discipline = 'fifo'\nshare = 2"), IsEmpty());
  EXPECT_THAT(two("", "discipline = 'fifo'\nmode = 'manual'"), IsEmpty());
  EXPECT_THAT(two("share = 1", ""),
              ElementsAre(HasSubstr("W2927 queue \"b\": is without a share and queue \"a\" has "
                                    "one")));
}

TEST(LintRouting, StrictClassesThatStarveTheRest) {
  EXPECT_THAT(found("[desk.a]\naged_share = 0\n"),
              ElementsAre(HasSubstr("2: W2928 strict classes are served first")));
  EXPECT_THAT(found("[desk.a]\naged_share = 0\nstrict = []\n"), IsEmpty());
}

TEST(LintRouting, OffersThatAreNeverMade) {
  EXPECT_THAT(found(queue("q", "fan_out = 2")),
              ElementsAre(HasSubstr("4: W2929 queue \"q\": fan_out has no effect: auto_accept is "
                                    "on")));
  EXPECT_THAT(found(queue("q", "fan_out = 2\nauto_accept = false")), IsEmpty());
  EXPECT_THAT(found(queue("q", "mode = 'pull'\noffer_timeout = '1m'\nauto_accept = false")),
              ElementsAre(AllOf(HasSubstr("5: W2929"), HasSubstr("offer_timeout has no effect")),
                          HasSubstr("6: W2929 queue \"q\": auto_accept = false has no effect")));
}

TEST(LintRouting, CoolOffShorterThanTheOffer) {
  EXPECT_THAT(
      found(queue("q", "auto_accept = false\noffer_timeout = '10m'\ncool_off = '5m'")),
      ElementsAre(HasSubstr("6: W2930 queue \"q\": cool_off of 5m is shorter than offer_timeout "
                            "of 10m")));
  EXPECT_THAT(found(queue("q", "auto_accept = false\noffer_timeout = '10m'")), IsEmpty());
}

TEST(LintRouting, StickyWaitLongerThanATarget) {
  const auto with = [](const std::string& when) {
    return found("[[policy]]\nname = 'fast'\nclock = 'response'\ntarget = '5m'\nwhen = \"" + when +
                 "\"\n" + queue("q", "sticky = { by = 'requester' }"));
  };
  EXPECT_THAT(with("priority == P1"),
              Contains(HasSubstr("9: W2931 queue \"q\": sticky waits 10m for one agent: policy "
                                 "\"fast\" has a target of 5m")));
  EXPECT_THAT(with("queue == triage"), testing::Not(Contains(HasSubstr("W2931"))));
}

TEST(LintRouting, WorkThatIsTooHeavyForOneGroup) {
  const std::string two_groups =
      queue("q") + "[[queue]]\nname = 'r'\ngroup = 'h'\n" + agent("a", "capacity = 2");
  const std::string voice = "[[work]]\nchannel = 'voice'\nweight = 1.5\n";
  EXPECT_THAT(found(two_groups + "[[agent]]\nname = 'b'\ngroups = ['h']\n" + voice),
              ElementsAre(HasSubstr("W2932 work for voice is too heavy for group \"h\": it weighs "
                                    "1.5, and nobody there has capacity for more than 1")));
  EXPECT_THAT(
      found(two_groups + "[[agent]]\nname = 'b'\ngroups = ['h']\nchannels = ['chat']\n" + voice),
      IsEmpty());
}

TEST(LintRouting, RegionThatSleeps) {
  const auto regions = [](const std::string& emea, const std::string& apac) {
    return found(calendar("emea", emea) + calendar("apac", apac) +
                 queue("day", "follow_the_sun = { calendar = 'emea', queue = 'night' }") +
                 queue("night", "follow_the_sun = { calendar = 'apac', queue = 'day' }"));
  };
  EXPECT_THAT(regions("'08:00-12:00', '13:00-16:00'", "'15:00-24:00', '00:00-09:00'"),
              Contains(HasSubstr("calendar \"emea\" closes at 2026-11-27T16:00:00Z")).Times(0));
  EXPECT_THAT(regions("'08:00-16:00'", "'17:00-22:00'"),
              Contains(HasSubstr("10: W2933 queue \"day\": follow_the_sun hands over to a region "
                                 "that is closed: calendar \"emea\" closes at "
                                 "2026-11-24T16:00:00Z, and \"apac\" of queue \"night\" opens at "
                                 "2026-11-24T17:00:00Z")));
}

TEST(LintRouting, CalendarsOfShiftsAndRegionsAreUsed) {
  EXPECT_THAT(
      found(calendar("early", "'06:00-14:00'") + queue("q") + agent("a", "shift = 'early'")),
      IsEmpty());
}

TEST(LintRouting, RoutesThatAreOffOrUnsureLeaveTicketsToTheNext) {
  const auto routes = [](const std::string& first, const std::string& second) {
    return found(queue("q") + "[[route]]\nqueue = 'q'\n" + first + "\n[[route]]\nqueue = 'q'\n" +
                 second);
  };
  EXPECT_THAT(routes("", ""), ElementsAre(HasSubstr("W2904 route 2 is never reached")));
  EXPECT_THAT(routes("enabled = false", ""), IsEmpty());
  EXPECT_THAT(routes("min_confidence = 80", ""), IsEmpty());
  EXPECT_THAT(routes("min_confidence = 80", "min_confidence = 90"),
              ElementsAre(HasSubstr("W2904 route 2 is never reached")));
}

}  // namespace
}  // namespace paceline::config
