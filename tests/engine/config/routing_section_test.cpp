// What a file says of routing: every key, its default, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/load.h"
#include "engine/config/places.h"
#include "engine/config/routing_words.h"
#include "engine/desk/limits.h"
#include "engine/desk/rulebook.h"
#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using sched::hour;
using sched::minute;
using sched::second;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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
const std::string emea = "[calendar.emea]\nzone = 'UTC'\nweek = { mon-fri = ['08:00-16:00'] }\n";
const std::string apac = "[calendar.apac]\nzone = 'UTC'\nweek = { mon-fri = ['15:00-23:00'] }\n";

desk::QueueDefinition the_queue(const std::string& more) {
  return only_desk(queue("other") + queue("q", more)).queues.at(1);
}

TEST(RoutingSections, QueueThatStatesNothingHasTheDefaults) {
  desk::QueueDefinition plain;
  plain.name = "q";
  plain.group = "g";
  EXPECT_EQ(the_queue(""), plain);
}

TEST(RoutingSections, ModesAndDisciplines) {
  EXPECT_EQ(the_queue("mode = 'push'").mode, desk::QueueMode::push);
  EXPECT_EQ(the_queue("mode = 'pull'").mode, desk::QueueMode::pull);
  EXPECT_EQ(the_queue("mode = 'manual'").mode, desk::QueueMode::manual);
  using enum desk::Discipline;
  const std::pair<const char*, desk::Discipline> all[] = {{"pressing_time", pressing_time},
                                                          {"fifo", fifo},
                                                          {"strict_priority", strict_priority},
                                                          {"edf", edf},
                                                          {"priority_minutes", priority_minutes}};
  for (const auto& [word, discipline] : all)
    EXPECT_EQ(the_queue(std::string("discipline = '") + word + "'").discipline, discipline);
}

TEST(RoutingSections, Steps) {
  const auto steps = the_queue(step("vpn >= 4 && net >= 6", "wait >= 5m || slack <= 30m") +
                               step("net >= 4", "slack <= 10m") + step("net >= 2"))
                         .steps;
  EXPECT_THAT(steps,
              ElementsAre(desk::RoutingStep{"vpn >= 4 && net >= 6", 5 * minute.us, 30 * minute.us},
                          desk::RoutingStep{"net >= 4", 0, 10 * minute.us},
                          desk::RoutingStep{"net >= 2", 0, 0}));
}

TEST(RoutingSections, NeedsAreExpressions) {
  EXPECT_EQ(the_queue("need = 'net >= 6 && (vpn || !contractor)'").need,
            "net >= 6 && (vpn || !contractor)");
}

TEST(RoutingSections, Choice) {
  const auto read = the_queue(
      "best_fit = false\nchoice = 'occupancy'\nshare = 2\nmin_fit = '15m'\nwindow = '50ms'\n"
      "keep_free = 3\npreferred = [ { need = 'vpn >= 6', points = 3 }, { need = 'dutch' } ]");
  EXPECT_FALSE(read.best_fit);
  EXPECT_EQ(read.choice, desk::ChoiceOrder::occupancy);
  EXPECT_EQ(the_queue("choice = 'least_loaded'").choice, desk::ChoiceOrder::least_loaded);
  EXPECT_EQ(the_queue("choice = 'longest_idle'").choice, desk::ChoiceOrder::longest_idle);
  EXPECT_EQ(read.share, 2U);
  EXPECT_EQ(read.min_fit_us, 15 * minute.us);
  EXPECT_EQ(read.keep_free, 3U);
  EXPECT_EQ(read.window_us, 50'000);
  EXPECT_THAT(read.preferred,
              ElementsAre(desk::PreferredTerm{"vpn >= 6", 3}, desk::PreferredTerm{"dutch", 1}));
}

TEST(RoutingSections, Overflow) {
  const auto overflows =
      the_queue(
          "overflow = [ { when = 'wait >= 30m', queue = 'other' }, { when = 'size > 100', queue = "
          "'other' }, { when = 'no_agent', queue = 'triage' }, { when = 'no_agent', every = '1m', "
          "queue = 'other' } ]")
          .overflows;
  EXPECT_THAT(overflows, ElementsAre(desk::Overflow{30 * minute.us, 0, false, "other"},
                                     desk::Overflow{0, 100, false, "other"},
                                     desk::Overflow{0, 0, true, "triage"},
                                     desk::Overflow{minute.us, 0, true, "other"}));
}

TEST(RoutingSections, Sticky) {
  using desk::StickyBy;
  EXPECT_EQ(the_queue("sticky = { by = 'requester' }").sticky,
            (desk::Sticky{StickyBy::requester, 7 * 24 * hour.us, 10 * minute.us, 0}));
  EXPECT_EQ(the_queue("sticky = { by = 'requester_and_config_item', ttl = '1d', wait = '5m', "
                      "min_slack = '30m' }")
                .sticky,
            (desk::Sticky{StickyBy::requester_and_config_item, 24 * hour.us, 5 * minute.us,
                          30 * minute.us}));
}

TEST(RoutingSections, OffersAndWhatBecomesOfThem) {
  const auto read = the_queue(
      "auto_accept = false\noffer_timeout = '2m'\nfan_out = 2\ndeclines_max = 4\ncool_off = '1h'\n"
      "grace = '10m'\nlost = 'keep'\nwrap_up = { min = '10s', max = '2m' }");
  EXPECT_FALSE(read.auto_accept);
  EXPECT_EQ(read.offer_timeout_us, 2 * minute.us);
  EXPECT_EQ(read.fan_out, 2);
  EXPECT_EQ(read.declines_max, 4);
  EXPECT_EQ(read.cool_off_us, hour.us);
  EXPECT_EQ(read.grace_us, 10 * minute.us);
  EXPECT_TRUE(read.keep_lost);
  EXPECT_FALSE(the_queue("lost = 'requeue'").keep_lost);
  EXPECT_EQ(read.wrap_up_min_us, 10 * second.us);
  EXPECT_EQ(read.wrap_up_max_us, 2 * minute.us);
}

TEST(RoutingSections, Tiers) {
  const auto read = the_queue(
      "escalate_to = 'other'\nchecklist = ['symptoms', 'steps_tried']\nchecklist_required = false\n"
      "no_touch = '4h'\nescalate_unroutable = true\nbounce_window = '0s'");
  EXPECT_EQ(read.escalate_to, "other");
  EXPECT_THAT(read.checklist, ElementsAre("symptoms", "steps_tried"));
  EXPECT_FALSE(read.checklist_required);
  EXPECT_EQ(read.no_touch_us, 4 * hour.us);
  EXPECT_TRUE(read.escalate_unroutable);
  EXPECT_EQ(read.bounce_window_us, 0);
}

TEST(RoutingSections, RegionsGoRound) {
  const auto queues =
      only_desk(
          emea + apac +
          queue("day",
                "follow_the_sun = { calendar = 'emea', queue = 'night', mode = 'transfer' }") +
          queue("night", "follow_the_sun = { calendar = 'apac', queue = 'day' }"))
          .queues;
  EXPECT_EQ(queues[0].sun, (desk::FollowTheSun{"emea", "night", desk::SunMode::transfer}));
  EXPECT_EQ(queues[1].sun, (desk::FollowTheSun{"apac", "day", desk::SunMode::hold}));
}

TEST(RoutingSections, Agents) {
  const auto ada = only_desk(emea + queue("q") +
                             agent("ada",
                                   "languages = ['en', 'de']\nclearances = ['hr']\n"
                                   "channels = ['chat', 'email']\nshift = 'emea'"))
                       .agents.at(0);
  EXPECT_THAT(ada.languages, ElementsAre("en", "de"));
  EXPECT_THAT(ada.clearances, ElementsAre("hr"));
  EXPECT_THAT(ada.channels, ElementsAre("chat", "email"));
  EXPECT_EQ(ada.shift, "emea");
}

TEST(RoutingSections, WorkAndAwayCodes) {
  const auto settings = only_desk(R"(
[[work]]
channel = "chat"
kind = "task"
priority = "P1"
weight = 0.33
max = 3
interruptible = true
[[work]]
weight = 1
blocking = true
[[away]]
code = "lunch"
[[away]]
code = "coaching"
planned = false
routable = true
)")
                            .settings;
  EXPECT_THAT(settings.work, ElementsAre(desk::WorkRule{"chat", 2, 1, 330, 3, false, true},
                                         desk::WorkRule{"", -1, -1, 1'000, 0, true, false}));
  EXPECT_THAT(settings.away_codes, ElementsAre(desk::AwayCode{"lunch", true, false},
                                               desk::AwayCode{"coaching", false, true}));
}

TEST(RoutingSections, WorkAndAwayCodesMayBelongToOneDesk) {
  const Loaded all = loaded(
      "[desk.a]\n[desk.b]\n[[work]]\nweight = 0.5\ndesk = 'a'\n[[away]]\ncode = 'x'\ndesk = 'b'\n");
  EXPECT_EQ(all.desks[0].second.settings.work.size(), 1U);
  EXPECT_EQ(all.desks[1].second.settings.work.size(), 0U);
  EXPECT_EQ(all.desks[1].second.settings.away_codes.size(), 1U);
  expect_says({"[[work]]\nweight = 1\ndesk = 'x'", "work for all: no desk \"x\""});
}

TEST(RoutingSections, Routes) {
  const auto routes = only_desk(
                          "[[route]]\nqueue = 'triage'\nmin_confidence = 80\nenabled = false\n"
                          "[[route]]\nqueue = 'triage'\n")
                          .routes;
  EXPECT_EQ(routes[0].min_confidence, 80);
  EXPECT_FALSE(routes[0].enabled);
  EXPECT_EQ(routes[1].min_confidence, 0);
  EXPECT_TRUE(routes[1].enabled);
}

TEST(RoutingSections, DeskSettings) {
  const auto settings = only_desk(queue("coordination") + R"([desk.emea]
coordinator_queue = "coordination"
aged_share = "12.5%"
max_wait = "2d"
language = "required"
pending_share = 0.2
no_response_after = 3
drain_lead = "20m"
ramp = { items = 3, for = "15m" }
occupancy = { low = 0.7, high = "80%" }
takes = "best_suited"
)")
                            .settings;
  EXPECT_EQ(settings.coordinator_queue, "coordination");
  EXPECT_EQ(settings.aged_share_milli, 125U);
  EXPECT_EQ(settings.max_wait_us, 48 * hour.us);
  EXPECT_EQ(settings.language, desk::LanguageRule::required);
  EXPECT_EQ(settings.pending_share_milli, 200U);
  EXPECT_EQ(settings.no_response_after, 3);
  EXPECT_EQ(settings.drain_lead_us, 20 * minute.us);
  EXPECT_EQ(settings.ramp_items, 3U);
  EXPECT_EQ(settings.ramp_us, 15 * minute.us);
  EXPECT_EQ(settings.occupancy_low_milli, 700U);
  EXPECT_EQ(settings.occupancy_high_milli, 800U);
  EXPECT_TRUE(settings.best_suited_first);
  EXPECT_FALSE(only_desk("[desk.a]\ntakes = 'most_pressing'").settings.best_suited_first);
  for (const char* share : {"0", "0.0", "'0%'"})
    EXPECT_EQ(only_desk(std::string("[desk.a]\naged_share = ") + share).settings.aged_share_milli,
              0U);
}

TEST(RoutingSections, ADeskTakesWhatLoads) {
  const auto configuration = only_desk(
      "[desk.d]\ncoordinator_queue = 'other'\naged_share = 0\nlanguage = 'required'\n"
      "ramp = { items = 3, for = '15m' }\noccupancy = { low = 0, high = 1 }\n" +
      emea + apac + queue("other", "follow_the_sun = { calendar = 'apac', queue = 'q' }") +
      queue(
          "q",
          "mode = 'pull'\ndiscipline = 'edf'\nchoice = 'occupancy'\nshare = 2\n"
          "preferred = [ { need = 'vpn', points = 15 } ]\nwindow = '1m'\nmin_fit = '15m'\n"
          "overflow = [ { when = 'no_agent', every = '1m', queue = 'other' }, { when = 'size > 5', "
          "queue = 'triage' }, { when = 'wait >= 5m', queue = 'other' } ]\n"
          "sticky = { by = 'requester', wait = '0s' }\nauto_accept = false\nfan_out = 8\n"
          "wrap_up = { min = '1m', max = '1m' }\nescalate_to = 'other'\nno_touch = '4h'\n"
          "follow_the_sun = { calendar = 'emea', queue = 'other', mode = 'requeue' }\n" +
              step("vpn && net", "wait >= 5m || slack <= 30m") + step("vpn")) +
      agent("a", "shift = 'emea'\nlanguages = ['en']\nchannels = ['chat']") +
      "[[work]]\nchannel = 'chat'\nweight = 0.33\nmax = 3\n[[away]]\ncode = 'lunch'\n");
  const desk::Rulebook rules{desk::Limits{}};
  EXPECT_EQ(rules.problem_with(configuration), "");
}

TEST(RoutingSections, PlacesKnowStepsAndWhatHasNoName) {
  const std::string text =
      queue("q", step("a >= 2", "wait >= 5m") + step("a >= 1") +
                     "[[queue.overflow]]\nwhen = 'no_agent'\nqueue = 'triage'") +
      "[[work]]\nchannel = 'chat'\nkind = 'incident'\nweight = 0.5\n[[away]]\ncode = 'lunch'\n";
  (void)only_desk(text);
  const Places places(text);
  EXPECT_EQ(places.key_line("queue", "q", "step 1"), 4U);
  EXPECT_EQ(places.key_line("queue", "q", "step 2"), 7U);
  EXPECT_EQ(places.key_line("queue", "q", "overflow 1"), 9U);
  EXPECT_EQ(places.line("work", "chat incident"), 12U);
  EXPECT_EQ(places.key_line("away", "lunch", "code"), 17U);
}

TEST(RoutingWords, PrintWhatParsesToTheSame) {
  for (const std::string text : {"wait >= 5m", "slack <= 30m", "wait >= 1h30m || slack <= 10s"}) {
    const auto end = parse_step_end(text);
    ASSERT_TRUE(end.has_value()) << text << ": " << end.error();
    EXPECT_EQ(end_text({"", end->wait_us, end->slack_us}), text);
  }
  EXPECT_EQ(end_text({}), "");
  EXPECT_TRUE(parse_step_end("slack<=30m||wait>=5m").has_value());
  for (const std::string text : {"wait >= 30m", "size > 100", "no_agent"}) {
    const auto overflow = parse_overflow(text);
    ASSERT_TRUE(overflow.has_value()) << text << ": " << overflow.error();
    EXPECT_EQ(when_text(*overflow), text);
  }
  EXPECT_EQ(selector_text({"chat", 0, 1, 330, 3, true, false}), "chat incident P1");
  EXPECT_EQ(terms_text({"chat", 0, 1, 330, 3, true, false}), "weight 0.33, at most 3, blocking");
  EXPECT_EQ(selector_text({}), "all");
  EXPECT_EQ(percent_text(125), "12.5%");
}

// What is refused.

TEST(RoutingErrors, OfValues) {
  const Wrong list[] = {
      {queue("q", "mode = 'drop'"), "mode has no value \"drop\": use one of push, manual, pull"},
      {queue("q", "discipline = 'presing_time'"), "did you mean \"pressing_time\"?"},
      {queue("q", "choice = 'longest_idl'"), "did you mean \"longest_idle\"?"},
      {queue("q", "best_fit = 'yes'"), "best_fit must be true or false, not a text"},
      {queue("q", "share = 1001"), "share is 1001: use 0 to 1000"},
      {queue("q", "window = '2m'"), "use at most 1m"},
      {queue("q", "window = 50"), "window needs a unit"},
      {queue("q", "min_fit = '1bd'"), "min_fit: \"1bd\" counts business days"},
      {queue("q", "preferred = 'vpn'"), "preferred must be a list of tables"},
      {queue("q", "preferred = [ { points = 2 } ]"), "preferred: need is missing"},
      {queue("q", "preferred = [ { need = 'a', points = 16 } ]"), "points is 16: use 1 to 15"},
      {queue("q", "preferred = [ { need = 'a', points = 8 }, { need = 'b', points = 8 } ]"),
       "preferred has 16 points together: a queue gives at most 15"},
      {queue("q", "preferred = [ { need = 'a >', points = 8 } ]"),
       "E2202 queue \"q\": preferred 1, at character 4"},
      {queue("q", "preferred = [ { need = ' ' } ]"), "preferred 1: it asks for nothing"},
      {queue("q", "fan_out = 9"), "fan_out is 9: use 1 to 8"},
      {queue("q", "keep_free = -1"), "keep_free is -1: use 0 to 10000"},
      {queue("q", "declines_max = 0"), "declines_max is 0"},
      {queue("q", "offer_timeout = '0s'"), "offer_timeout must be more than nothing"},
      {queue("q", "lost = 'forget'"), "use one of requeue, keep"},
      {queue("q", "wrap_up = { min = '3m', max = '2m' }"), "min is longer than max"},
      {queue("q", "wrap_up = { min = '3m' }"), "wrap_up: max is missing"},
      {queue("q", "wrap_up = '3m'"), "wrap_up: must be a table, not a text"},
      {queue("q", "sticky = { ttl = '1d' }"), "sticky: by is missing"},
      {queue("q", "sticky = { by = 'agent' }"), "by has no value \"agent\""},
      {queue("q", "sticky = { by = 'requester', tll = '1d' }"), "did you mean \"ttl\"?"},
      {queue("q", "checklist_required = true"), "there is no checklist"},
      {queue("q", "checklist = ['a,b']"), "checklist has \"a,b\" with a comma"},
      {queue("q", "no_touch = '4h'"), "no_touch escalates, and nothing says where to"},
      {queue("q", "escalate_unroutable = true"), "escalate_unroutable escalates, and nothing"},
      {queue("q", "follow_the_sun = { queue = 'triage' }"), "follow_the_sun: calendar is missing"},
      {emea + queue("q", "follow_the_sun = { calendar = 'emea', queue = 'triage', mode = 'x' }"),
       "use one of hold, requeue, transfer"},
      {agent("a", "languages = ['en,de']"), "languages has \"en,de\" with a comma"},
      {agent("a", "channels = []"), "channels is empty"},
      {agent("a", "skills = { not = 3 }"), "is no name for a skill"},
      {agent("a", "skills = { 'a b' = 3 }"), "is no name for a skill"},
      {"[[work]]\nchannel = 'chat'", "weight is missing"},
      {"[[work]]\nweight = 0", "weight must be 0.001 to 1000"},
      {"[[work]]\nweight = 1\nkind = 'wish'", "use one of incident, service_request, task"},
      {"[[work]]\nweight = 1\npriority = 'P6'", "did you mean \"P1\"?"},
      {"[[work]]\nweight = 1\nmax = 0", "max is 0: use 1 to 10000"},
      {"[[work]]\nweight = 1\nblocking = true\ninterruptible = true", "keep one of them"},
      {"[[away]]\nplanned = true", "code is missing"},
      {"[[route]]\nqueue = 'triage'\nmin_confidence = 101", "use 0 to 100"},
      {"[desk.a]\naged_share = '10'", "aged_share must be a share"},
      {"[desk.a]\naged_share = 10", "write for example aged_share = \"10%\""},
      {"[desk.a]\naged_share = '1.23%'", "at most one decimal"},
      {"[desk.a]\naged_share = true", "aged_share must be a share such as"},
      {"[desk.a]\nmax_wait = '0s'", "max_wait must be more than nothing"},
      {"[desk.a]\nlanguage = 'prefered'", "did you mean \"preferred\"?"},
      {"[desk.a]\nno_response_after = 0", "no_response_after is 0"},
      {"[desk.a]\nramp = { items = 3 }", "ramp: for is missing"},
      {"[desk.a]\noccupancy = { low = 0.9 }", "low is 90% and high 85%"},
      {"[desk.a]\nstrict = ['P1', 'p2']", "strict has no value \"p2\": did you mean \"P2\"?"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(RoutingErrors, OfSteps) {
  const Wrong list[] = {
      {queue("q", step("a >= 2") + step("a >= 1")),
       "E2205 queue \"q\": step 1: only the last step is permanent: add for example until"},
      {queue("q", step("a >= 2", "wait >= 5m")),
       "E2205 queue \"q\": step 1: the last step is permanent: remove until"},
      {queue("q", "need = 'a'\n" + step("a >= 2", "wait >= 5m") + step("a")),
       "desk.toml:4: E2205 queue \"q\": need stands beside steps"},
      {queue("q", "[[queue.step]]\nuntil = 'wait >= 5m'\n" + step("")), "step 1: need is missing"},
      {queue("q", "step = 'a'"), "write [[queue.step]] above each"},
      {queue("q", step("a >", "wait >= 5m") + step("")), "E2202 queue \"q\": step 1, at character"},
      {queue("q", step("a", "wait > 5m") + step("")),
       "until: wait is compared with >=: write for example \"wait >= 5m\""},
      {queue("q", step("a", "slack >= 5m") + step("")), "write for example \"slack <= 5m\""},
      {queue("q", step("a", "wait") + step("")), "write for example \"wait >= 5m\""},
      {queue("q", step("a", "wait >= 5") + step("")), "wait: \"5\" has no unit"},
      {queue("q", step("a", "wait >= 0s") + step("")), "it must be more than nothing"},
      {queue("q", step("a", "wait >= 5m && slack <= 1m") + step("")), "join them with ||"},
      {queue("q", step("a", "wait >= 5m || wait >= 6m") + step("")), "wait is stated twice"},
      {queue("q", step("a", "size > 5") + step("")), "size is for overflow"},
      {queue("q", step("a", "weight >= 5m") + step("")), "\"weight\" is neither wait nor slack"},
      {queue("q", step("a", "wait >= 5m ||") + step("")), "\"\" is neither wait nor slack"},
      {queue("q", step("net >= 6 && vpn >= 4", "wait >= 5m") + step("net >= 6 && !contractor")),
       "step 2 accepts less than step 1: somebody with net 6, vpn 4 and contractor 1 is accepted "
       "by step 1 and not by step 2"},
      {queue("q", step("", "wait >= 5m") + step("net >= 6")),
       "somebody with no net is accepted by step 1 and not by step 2"},
      {queue("q", "need = 'vpn >= 4 && vpn < 2'"),
       "E2202 queue \"q\": need: nobody can meet \"vpn >= 4 && vpn < 2\", whatever their skills"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
  std::string many;
  for (int i = 20; i > 1; --i)
    many += step("a >= " + std::to_string(i), "wait >= " + std::to_string(30 - i) + "m");
  expect_says({queue("q", many + step("a")), "a queue has at most 16 steps"});
}

TEST(RoutingErrors, LinesAreThoseOfTheStep) {
  EXPECT_THAT(errors(queue("q", step("b", "wait >= 5m") + step("a"))),
              ElementsAre(HasSubstr("desk.toml:8: E2205 queue \"q\": step 2 accepts less")));
}

TEST(RoutingErrors, SkillThatIsNearlyOneThatIsThere) {
  const std::string network = agent("a", "skills = { network = 6 }");
  expect_says({queue("q", "need = 'netwrok >= 2'") + network,
               "desk.toml:4: E2206 queue \"q\": need: no agent has skill \"netwrok\", and no other "
               "queue needs it: did you mean \"network\"?"});
  expect_says({queue("q", step("netwrok >= 2", "wait >= 1m") + step("network")) + network,
               "queue \"q\": step 1: no agent has skill \"netwrok\""});
  expect_says({queue("q", "preferred = [ { need = 'netwrok' } ]") + network,
               "preferred 1: no agent has skill"});
  EXPECT_THAT(errors(queue("q", "need = '!netwrok'")), IsEmpty()) << "no agents in the file";
  EXPECT_THAT(errors(queue("q", "need = '!netwrok'") + queue("r", "need = '!netwrok'") + network),
              IsEmpty())
      << "another queue needs it";
  EXPECT_THAT(errors(queue("q", "need = '!contractor'") + network), IsEmpty()) << "none is near";
}

TEST(RoutingErrors, WhatIsDefinedTwice) {
  const Wrong list[] = {
      {agent("a") + agent("a"), "E2008 agent \"a\" is already defined at line 1"},
      {queue("a") + queue("a"), "E2008 queue \"a\" is already defined at line 1"},
      {"[[away]]\ncode = 'lunch'\n[[away]]\ncode = 'lunch'\n",
       "E2008 away \"lunch\" is already defined at line 1"},
      {"[[work]]\nchannel = 'chat'\nweight = 1\n[[work]]\nchannel = 'chat'\nweight = 2\n",
       "desk.toml:4: E2008 work for chat is already defined at line 1"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(RoutingErrors, NamesThatLeadNowhere) {
  const Wrong list[] = {
      {queue("net", "escalate_to = 'nett'"),
       "desk.toml:4: E2009 queue \"net\": escalate_to: no queue \"nett\": did you mean \"net\"?"},
      {queue("net", "overflow = [ { when = 'no_agent', queue = 'nett' } ]"),
       "queue \"net\": overflow 1: no queue \"nett\""},
      {queue("q", "follow_the_sun = { calendar = 'emea', queue = 'triage' }"),
       "queue \"q\": follow_the_sun: no calendar \"emea\""},
      {emea + queue("q", "follow_the_sun = { calendar = 'emea', queue = 'x' }"), "no queue \"x\""},
      {agent("a", "shift = 'emae'") + emea,
       "desk.toml:4: E2009 agent \"a\": no calendar \"emae\": did you mean \"emea\"?"},
      {"[desk.a]\ncoordinator_queue = 'x'", "coordinator_queue: no queue \"x\""},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(RoutingErrors, Overflow) {
  const Wrong list[] = {
      {queue("q", "overflow = [ { when = 'wait > 5m', queue = 'triage' } ]"), "write for example"},
      {queue("q", "overflow = [ { when = 'size >= 5', queue = 'triage' } ]"), "\"size > 100\""},
      {queue("q", "overflow = [ { when = 'size > x', queue = 'triage' } ]"), "whole number"},
      {queue("q", "overflow = [ { when = 'size > 0', queue = 'triage' } ]"), "whole number"},
      {queue("q", "overflow = [ { when = 'slack <= 5m', queue = 'triage' } ]"), "for steps"},
      {queue("q", "overflow = [ { when = 'no_agent > 2', queue = 'triage' } ]"), "stands alone"},
      {queue("q", "overflow = [ { when = 'busy', queue = 'triage' } ]"), "is no condition"},
      {queue("q", "overflow = [ { when = 'no_agent || size > 5', queue = 'triage' } ]"),
       "an entry of the list for each"},
      {queue("q", "overflow = [ { queue = 'triage' } ]"), "overflow: when is missing"},
      {queue("q", "overflow = [ { when = 'no_agent' } ]"), "overflow: queue is missing"},
      {queue("q", "overflow = [ { when = 'size > 5', every = '1m', queue = 'triage' } ]"),
       "every says how often no_agent is looked at"},
      {queue("q", "overflow = 'triage'"), "write for example overflow = [ { when"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(RoutingErrors, CirclesOfQueues) {
  const auto to = [](const std::string& next) {
    return "overflow = [ { when = 'no_agent', queue = '" + next + "' } ]";
  };
  expect_says({queue("a", to("a")), "E2207 queue \"a\" overflows to itself"});
  EXPECT_THAT(
      errors(queue("a", to("b")) + queue("b", to("c")) + queue("c", to("a"))),
      ElementsAre(HasSubstr("desk.toml:12: E2207 queue \"c\" overflows in a circle: \"a\" → "
                            "\"b\" → \"c\" → \"a\"")));
  EXPECT_THAT(errors(queue("a", to("b")) + queue("b", to("d")) + queue("c", to("b")) + queue("d")),
              IsEmpty());
  expect_says({queue("a", "escalate_to = 'a'"), "queue \"a\" escalates to itself"});
  expect_says({queue("a", "escalate_to = 'b'") + queue("b", "escalate_to = 'a'"),
               "escalates in a circle: \"a\" → \"b\" → \"a\""});
  const auto sun = [](const std::string& calendar, const std::string& next) {
    return "follow_the_sun = { calendar = '" + calendar + "', queue = '" + next + "' }";
  };
  expect_says({emea + queue("a", sun("emea", "a")), "the next region is this one"});
  EXPECT_THAT(errors(emea + queue("a", sun("emea", "b")) + queue("b", sun("emea", "a"))),
              ElementsAre(HasSubstr("E2207 queue \"a\": follow_the_sun goes round in a circle of "
                                    "one calendar, \"emea\": \"a\" → \"b\" → \"a\"")));
  std::string chain;
  for (int i = 0; i < 2'000; ++i)
    chain += queue("q" + std::to_string(i), to("q" + std::to_string((i + 1) % 2'000)));
  EXPECT_THAT(errors(chain), ElementsAre(HasSubstr("… → ")));
}

TEST(RoutingErrors, CapacityThatCanNeverFit) {
  expect_says({queue("q", "weight = 2") + agent("a"),
               "desk.toml:1: E2208 queue \"q\": its tickets weigh 2, and nobody in group \"g\" has "
               "capacity for more than 1"});
  EXPECT_THAT(errors(queue("q", "weight = 2") + agent("a") + agent("b", "capacity = 2")),
              IsEmpty());
  EXPECT_THAT(errors(queue("q", "weight = 2") + agent("a") + "[[work]]\nweight = 0.5\n"), IsEmpty())
      << "a rule for all work leaves no ticket the weight of its queue";
  expect_says({queue("q") + agent("a") + "[[work]]\nchannel = 'voice'\nweight = 1.5\n",
               "E2208 work for voice: it weighs 1.5, and nobody who takes it has capacity for more "
               "than 1"});
  expect_says({queue("q") + agent("a") + agent("b", "channels = ['chat']\ncapacity = 2") +
                   "[[work]]\nchannel = 'voice'\nweight = 1.5\n",
               "E2208 work for voice"});
}

TEST(RoutingErrors, TooManyKindsOfWork) {
  const char* says =
      "E2208 desk \"main\": its work rules, the channels of its agents, and weight "
      "and min_fit of its queues make more than 64 kinds of work";
  std::string queues;  // and triage, whose weight is 1
  for (int i = 0; i < 63; ++i)
    queues += queue("q" + std::to_string(i), "weight = 0." + std::to_string(100 + i));
  EXPECT_THAT(errors(queues), IsEmpty());
  expect_says({queues + "[[work]]\nchannel = 'chat'\nweight = 0.1\n", says});
  expect_says({queues + agent("a", "channels = ['chat']"), says});
  expect_says({queues + queue("other", "min_fit = '15m'"), says});
  std::string channels;
  for (int i = 0; i < 70; ++i) channels += (i == 0 ? "'c" : ", 'c") + std::to_string(i) + "'";
  expect_says({queue("q") + agent("a", "channels = [" + channels + "]"), says});
  std::string rules;
  for (int i = 0; i < 257; ++i)
    rules += "[[work]]\nchannel = 'c" + std::to_string(i) + "'\nweight = 1\n";
  expect_says({rules, "a desk holds at most 256 work rules"});
}

TEST(RoutingWarnings, OfLoading) {
  const Wrong list[] = {
      {queue("q") + agent("a", "channels = ['chat']") + "[[work]]\nchannel = 'voice'\nweight = 1\n",
       "W2902 work for voice: no agent takes channel \"voice\""},
      {"[[work]]\nweight = 1\n[[work]]\nchannel = 'chat'\nweight = 0.5\n",
       "W2904 work for chat: the rule for all at line 1 comes first"},
      {queue("q", "follow_the_sun = { calendar = '24x7', queue = 'triage' }"),
       "W2903 queue \"q\": follow_the_sun: calendar \"24x7\" never closes"},
      {queue("q", step("vpn >= 5", "wait >= 5m") + step("vpn >= 3")) +
           agent("a", "skills = { vpn = 2 }"),
       "W2902 queue \"q\": no agent of group \"g\" has the skills"},
  };
  for (const Wrong& wrong : list)
    EXPECT_THAT(loaded(wrong.text).warnings, testing::Contains(HasSubstr(wrong.says)))
        << wrong.text;
}

}  // namespace
}  // namespace paceline::config
