// Each finding of lint, with the case beside it that is none.
#include "engine/config/lint.h"

#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const std::string uk =
    "[desk.emea]\n"
    "calendar = 'uk'\n"
    "[calendar.uk]\n"
    "zone = 'Europe/London'\n"
    "week = { mon-fri = ['09:00-17:00'] }\n";
const std::string queues =
    "[[queue]]\nname = 'l1'\ngroup = 'desk'\n"
    "[[queue]]\nname = 'l2'\ngroup = 'network'\ntier = 2\n";

std::string policy(const std::string& name, const std::string& when, const std::string& target,
                   const std::string& more = "clock = 'resolution'\n") {
  return "[[policy]]\nname = '" + name + "'\nwhen = \"" + when + "\"\ntarget = '" + target +
         "'\ncalendar = 'uk'\n" + more;
}
std::string route(const std::string& when, const std::string& queue = "l1") {
  return "[[route]]\nwhen = \"" + when + "\"\nqueue = '" + queue + "'\n";
}

LintResult result(const std::string& text) { return lint(loaded(text), Places(text), now); }

/// "W2904 what: why", one each.
std::vector<std::string> found(const std::string& text) {
  std::vector<std::string> lines;
  for (const Finding& finding : result(text).findings) {
    lines.push_back(finding.code + " " + finding.what + ": " + finding.why);
    EXPECT_NE(finding.line, 0U) << lines.back();
    EXPECT_NE(finding.how, "") << lines.back();
  }
  return lines;
}

TEST(Lint, ACleanFileHasNoFindings) {
  EXPECT_THAT(found(uk + queues + route("kind == incident") + route("", "l2") +
                    policy("P1", "priority == P1", "4h") + policy("rest", "", "16h")),
              IsEmpty());
}

TEST(Lint, WhatEarlierRulesTakeIsNeverReached) {
  const auto second = [](const std::string& first, const std::string& then) {
    return found(uk + queues + route(first) + route(then, "l2"));
  };
  const auto unreachable = ElementsAre(AllOf(HasSubstr("W2904 route 2 is never reached"),
                                             HasSubstr("route 1 at line 13 comes first")));
  EXPECT_THAT(second("", "vip"), unreachable);
  EXPECT_THAT(second("vip", "vip"), unreachable);
  EXPECT_THAT(second("vip", "vip && kind == incident"), unreachable);
  EXPECT_THAT(second("category in [a, b, c]", "category in [c, a]"), unreachable);
  EXPECT_THAT(second("category != a", "category == b"), unreachable);
  EXPECT_THAT(second("!(vip && category == a)", "category == b && priority == P1"), unreachable);
  EXPECT_THAT(second("impact in [high, medium]", "impact == high || impact == medium"),
              unreachable);
  EXPECT_THAT(second("vip", "kind == incident"), IsEmpty());
  EXPECT_THAT(second("category in [a, b]", "category in [b, c]"), IsEmpty());
  EXPECT_THAT(second("category == a", "category != a"), IsEmpty());
  EXPECT_THAT(second("impact in [high, medium, low]", "vip"), IsEmpty());  // none may be stated
}

TEST(Lint, SeveralEarlierRulesTogetherMayTakeEverything) {
  EXPECT_THAT(found(uk + queues + route("vip") + route("!vip") + route("category == a", "l2")),
              ElementsAre(HasSubstr("the ones before it together match every ticket")));
}

TEST(Lint, OnlyPoliciesOfOneClockAndLabelCompete) {
  EXPECT_THAT(found(uk + policy("a", "", "8h") +
                    policy("b", "", "8h", "clock = 'resolution'\nlabel = 'contract'\n") +
                    policy("c", "vip", "2h", "clock = 'response'\n")),
              IsEmpty());
  EXPECT_THAT(found(uk + policy("a", "", "8h") + policy("b", "vip", "8h")),
              ElementsAre(HasSubstr("W2904 policy \"b\" is never reached")));
}

TEST(Lint, ConditionsThatCannotHold) {
  EXPECT_THAT(found(uk + policy("a", "priority == P1 && priority == P2", "8h")),
              ElementsAre(HasSubstr("W2906 policy \"a\" matches no ticket")));
  EXPECT_THAT(found(uk + policy("a", "category == x && category == y", "8h")),
              ElementsAre(HasSubstr("W2906")));
  EXPECT_THAT(found(uk + policy("a", "reason == 'awaiting_vendor' && state == queued", "8h")),
              ElementsAre(HasSubstr("W2906")));
  EXPECT_THAT(found(uk + policy("a", "", "1h",
                                "clock = 'stage'\nstart = 'state == resolved'\n"
                                "stop = 'state in [resolved, closed]'\n")),
              ElementsAre(HasSubstr("W2906 policy \"a\": its clock never starts")));
}

TEST(Lint, APriorityTheMatrixDoesNotGive) {
  const std::string matrix =
      "[priority.matrix]\nhigh = ['P1', 'P2', 'P2']\nmedium = ['P2', 'P2', 'P3']\n"
      "low = ['P2', 'P3', 'P3']\n";
  EXPECT_THAT(found(uk + matrix + policy("a", "priority == P5", "8h")),
              ElementsAre(HasSubstr("W2906")));
  EXPECT_THAT(found(uk + matrix + policy("a", "priority in [P1, P2]", "8h") +
                    policy("b", "priority == P3", "8h") + policy("c", "", "8h")),
              ElementsAre(HasSubstr("W2904 policy \"c\"")));
}

TEST(Lint, WhatIsTooMuchToDecideIsSaidAndNotFound) {
  std::string many = uk + queues;
  for (int i = 0; i < 40; ++i) {
    std::string when;
    for (const char* field : {"category", "subcategory", "service", "config_item", "channel",
                              "organisation", "contract"})
      when += (when.empty() ? "" : " || ") + (field + (" == v" + std::to_string(i)));
    many += route("!(" + when + ") || vip");
  }
  const LintResult of_many = result(many);
  EXPECT_THAT(of_many.undecided, Not(IsEmpty()));
  EXPECT_THAT(of_many.undecided.front(), HasSubstr("is too much to decide"));
}

TEST(Lint, CalendarsWithoutCover) {
  const std::string more = "[calendar.c]\nzone = 'UTC'\nweek = { mon = ['09:00-17:00'] }\n";
  const std::string use =
      "[[policy]]\nname = 'p'\nclock = 'resolution'\ntarget = '1h'\n"
      "calendar = 'c'\n";
  EXPECT_THAT(found(uk + more + use), IsEmpty());
  EXPECT_THAT(found(uk + more), ElementsAre(HasSubstr("W2922 calendar \"c\" is not used")));
  // Calendars are shared: one desk that uses it will do.
  const std::string desks = "[desk.a]\n[desk.b]\n";
  EXPECT_THAT(found(desks + uk + more + use + "desk = 'a'\n"), IsEmpty());
  EXPECT_THAT(found(desks + uk + more), ElementsAre(HasSubstr("W2922 calendar \"c\"")));
  EXPECT_THAT(found(uk + more + "valid_from = 2027-03-01\n" + use),
              ElementsAre(HasSubstr("W2910 calendar \"c\" has no open time in the next 30 days: it "
                                    "opens at 2027-03-01T09:00:00Z")));
  EXPECT_THAT(found(uk + more + "valid_to = 2027-03-01\n" + use),
              ElementsAre(HasSubstr("W2917 calendar \"c\" never opens after 2027-02-22: clocks of "
                                    "policy \"p\""),
                          HasSubstr("W2912 policy \"p\": its target 1h is never reached")));
  EXPECT_THAT(found(uk + more + "valid_to = 2030-01-01\n" + use), IsEmpty());
}

TEST(Lint, TargetsThatDoNotFitTheCalendar) {
  const std::string response = "clock = 'response'\n";
  EXPECT_THAT(found(uk + policy("p", "", "8h", response)), IsEmpty());
  EXPECT_THAT(found(uk + policy("p", "", "9h", response)),
              ElementsAre(AllOf(HasSubstr("W2911"), HasSubstr("the longest opening"))));
  EXPECT_THAT(found(uk + policy("p", "", "9h")), IsEmpty());  // a resolution may take days
  EXPECT_THAT(
      found(uk + policy("p", "", "2020-01-01T00:00:00Z")),
      ElementsAre(HasSubstr("W2912 policy \"p\": its target 2020-01-01T00:00:00Z is past")));
}

TEST(Lint, BusinessDaysWithoutACalendarOfTheDesk) {
  const std::string without =
      "[calendar.uk]\nzone = 'Europe/London'\nweek = { mon-fri = ['09:00-17:00'] }\n";
  EXPECT_THAT(found(without + policy("p", "", "2bd")),
              ElementsAre(HasSubstr("W2918 desk \"main\" counts business days")));
  EXPECT_THAT(found(uk + policy("p", "", "2bd")), IsEmpty());
}

TEST(Lint, NobodyIsTold) {
  const auto ladder = [](const std::string& text) {
    return found(uk + policy("p", "", "8h", "clock = 'resolution'\n" + text));
  };
  EXPECT_THAT(ladder("thresholds = [50, 100]\n"), IsEmpty());  // the desk goes by events
  EXPECT_THAT(ladder("thresholds = [50, 100]\nescalate = [{ at = 75, notify = ['lead'] }]\n"),
              ElementsAre(HasSubstr("W2914 policy \"p\": nobody is told at 100 %")));
  EXPECT_THAT(ladder("escalate = [{ at = 75, notify = ['lead'] }]\n"),
              ElementsAre(HasSubstr("W2914 policy \"p\": nobody is told when it is missed")));
  EXPECT_THAT(ladder("thresholds = [50]\nescalate = [{ at = 100, notify = ['lead'] }]\n"),
              IsEmpty());
}

TEST(Lint, RecipientsSpelledInTwoWays) {
  const auto both = [](const std::string& one, const std::string& other) {
    return found(
        uk +
        policy("a", "vip", "8h",
               "clock = 'resolution'\nescalate = [{ at = 100, notify = ['" + one + "'] }]\n") +
        policy("b", "", "8h",
               "clock = 'resolution'\nescalate = [{ at = 100, notify = ['" + other + "'] }]\n"));
  };
  for (const auto& [one, other] : {std::pair("service_owner", "service-owner"),
                                   {"Lead", "lead"},
                                   {"manager", "managers"},
                                   {"director", "directer"}})
    EXPECT_THAT(both(one, other), ElementsAre(HasSubstr("W2921"))) << one << other;
  EXPECT_THAT(both("lead", "head"), IsEmpty());
  EXPECT_THAT(both("lead", "lead"), IsEmpty());
}

TEST(Lint, ActionCalendarsThatDoNotOpen) {
  const std::string xmas =
      "[calendar.x]\nzone = 'UTC'\nweek = {}\nyearly = { '12-31' = ['09:00-17:00'] }\n";
  EXPECT_THAT(found(uk + xmas +
                    policy("p", "", "8h",
                           "clock = 'resolution'\n"
                           "escalate = [{ at = 100, notify = ['lead'], calendar = 'x' }]\n")),
              Contains(HasSubstr("W2919 policy \"p\": its step 100 % waits for calendar \"x\"")));
}

TEST(Lint, PendingReasons) {
  const auto pausing = [](const std::string& more) {
    return found(uk + policy("p", "", "8h", "clock = 'resolution'\n" + more));
  };
  EXPECT_THAT(pausing("pause = ['awaiting_requestor']\n"),
              ElementsAre(AllOf(HasSubstr("W2915"), HasSubstr("\"awaiting_requester\""))));
  EXPECT_THAT(pausing("pause = ['parts_on_order', 'awaiting_requester']\n"), IsEmpty());
  EXPECT_THAT(pausing("pause_when = \"reason == 'awaiting_vender'\"\n"),
              ElementsAre(HasSubstr("W2915")));
  EXPECT_THAT(pausing("[pending.parts]\npauses = ['uc']\n"),
              ElementsAre(HasSubstr("W2916 pending \"parts\" pauses no clock")));
  EXPECT_THAT(pausing("[pending.parts]\npauses = ['resolution']\n"), IsEmpty());
  EXPECT_THAT(found(uk + policy("p", "", "promised_at",
                                "clock = 'resolution'\npause = ['awaiting_requester']\n")),
              ElementsAre(HasSubstr("W2916 policy \"p\": its pause list has no effect")));
}

TEST(Lint, ReviewsThatClosingCutsOff) {
  const std::string review =
      "clock = 'review'\nstart = 'major && state == resolved'\nstop = 'stage == reviewed'\n";
  EXPECT_THAT(found(uk + policy("pir", "", "5bd", review)),
              ElementsAre(HasSubstr("W2920 policy \"pir\": the ticket is closed before its review "
                                    "is due")));
  EXPECT_THAT(found("[desk.emea]\nauto_close = '10bd'\n" + uk.substr(uk.find("calendar")) +
                    policy("pir", "", "5bd", review)),
              IsEmpty());
}

class Chain : public ::testing::Test {
 protected:
  static std::vector<std::string> found_with(const std::string& l1, const std::string& l2,
                                             const std::string& sla,
                                             const std::string& l2_when = "group == network") {
    return found(uk + queues + route("category == network", "l2") + route("") +
                 policy("SLA", "", sla) + policy("OLA l1", "group == desk", l1, "clock = 'ola'\n") +
                 policy("OLA l2", l2_when, l2, "clock = 'ola'\n"));
  }
};

TEST_F(Chain, ThatFitsIsNone) { EXPECT_THAT(found_with("3h", "5h", "8h"), IsEmpty()); }

TEST_F(Chain, ThatIsTooLongIsShownWithAStart) {
  const auto lines = found_with("4h", "5h", "8h");
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("W2913 policy \"SLA\": its OLA chain does not fit into 8h"));
  EXPECT_THAT(lines[0], HasSubstr("of route 2 that starts at 20"));
  EXPECT_THAT(lines[0], HasSubstr("goes through l1 4h (uk), then l2 5h (uk) keeps every OLA"));
  EXPECT_THAT(lines[0], HasSubstr("1h of its calendar after its deadline"));
}

TEST_F(Chain, OneGroupAloneMayBeTooSlow) {
  EXPECT_THAT(found_with("1h", "9h", "8h"),
              ElementsAre(HasSubstr("route 1 that starts"), HasSubstr("l1 1h (uk), then l2")));
}

TEST_F(Chain, OnlyWhatOneTicketCanMeetCounts) {
  EXPECT_THAT(found_with("4h", "5h", "8h", "group == network && category == none"),
              Contains(HasSubstr("W2913")));
  // No ticket that the SLA is for has this OLA.
  const auto apart = found(uk + queues + route("") + policy("SLA", "priority == P1", "4h") +
                           policy("OLA", "priority == P2", "40h", "clock = 'ola'\n"));
  EXPECT_THAT(apart, IsEmpty());
}

TEST_F(Chain, DaysThatEndEarlyCountInTheCalendarOfTheSla) {
  const std::string half =
      "[calendar.half]\nzone = 'Europe/London'\nweek = { mon = ['09:00-10:00'] }\n";
  const auto lines = found(uk + half + queues + route("") + policy("SLA", "", "40h") +
                           "[[policy]]\nname = 'OLA'\nclock = 'ola'\ntarget = '2h'\n"
                           "calendar = 'half'\n");
  EXPECT_THAT(lines, ElementsAre(HasSubstr("W2913")));  // two Mondays are more than five days
}

TEST(Lint, WhatTheLoaderNotesIsAFindingToo) {
  const auto lines = found(uk + queues + route("") +
                           "[[agent]]\nname = 'ada'\ngroups = ['netwrk', 'desk', 'network']\n");
  EXPECT_THAT(lines, ElementsAre(HasSubstr("W2902 agent \"ada\": no queue belongs to group")));
}

}  // namespace
}  // namespace paceline::config
