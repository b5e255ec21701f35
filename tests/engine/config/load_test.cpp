#include "engine/config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/desk/limits.h"
#include "engine/desk/rulebook.h"
#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The file as a whole.

TEST(Load, EmptyFileHasDefaultsAndNoDesk) {
  const Loaded empty = loaded("");
  EXPECT_THAT(empty.desks, IsEmpty());
  EXPECT_THAT(empty.server.listen, IsEmpty());
  EXPECT_EQ(empty.server.durability, Durability::sync);
  EXPECT_EQ(empty.server.clock, ServerClock::wall);
}

TEST(Load, ServerTable) {
  const ServerSettings server = loaded(R"([server]
listen = ["unix:/run/paceline/paceline.sock", "tcp:127.0.0.1:7411"]
admin = "127.0.0.1:7412"
data = "/var/lib/paceline"
durability = "interval"
sync_interval = "20ms"
clock = "commands"
shards = 4
pin = true
log_segment_mib = 8
snapshot_log_mib = 64
snapshot_every = "15m")")
                                    .server;
  EXPECT_THAT(server.listen, ElementsAre("unix:/run/paceline/paceline.sock", "tcp:127.0.0.1:7411"));
  EXPECT_EQ(server.admin, "127.0.0.1:7412");
  EXPECT_EQ(server.data, "/var/lib/paceline");
  EXPECT_EQ(server.durability, Durability::interval);
  EXPECT_EQ(server.sync_interval.us, 20'000);
  EXPECT_EQ(server.clock, ServerClock::commands);
  EXPECT_EQ(server.shards, 4U);
  EXPECT_TRUE(server.pin_threads);
  EXPECT_EQ(server.log_segment_mib, 8U);
  EXPECT_EQ(server.snapshot_log_mib, 64U);
  EXPECT_EQ(server.snapshot_every, sched::minute * 15);
}

TEST(Load, DeskWithoutSettingsHasTheDefaults) {
  EXPECT_EQ(only_desk("[desk.emea]").settings, desk::DeskSettings{});
}

TEST(Load, TablesWithoutDeskGoToADeskCalledMain) {
  const Loaded all = loaded("[[queue]]\nname = 'a'\ngroup = 'a'");
  ASSERT_EQ(all.desks.size(), 1U);
  EXPECT_EQ(all.desks[0].first, "main");
}

TEST(Load, SharedTablesGoToEveryDeskAndOwnedOnesToTheirs) {
  const Loaded all = loaded(R"(
[desk.emea]
[desk.apac]
[[queue]]
name = "shared"
group = "a"
[[queue]]
name = "own"
group = "a"
desk = "apac"
)");
  ASSERT_EQ(all.desks.size(), 2U);
  EXPECT_EQ(all.desks[0].first, "emea");
  EXPECT_EQ(all.desks[0].second.queues.size(), 1U);
  EXPECT_EQ(all.desks[1].second.queues.size(), 2U);
}

TEST(Load, DeskSettings) {
  const desk::DeskSettings settings = only_desk(R"([desk.emea]
auto_close = "5d"
reopen_window = "48h"
stale_after = "20m"
max_backdate = "0s"
triage_queue = "coordination"
strict = ["P1", "P2"]
)")
                                          .settings;
  EXPECT_EQ(settings.auto_close, (desk::Period{5 * sched::day.us, 0}));
  EXPECT_EQ(settings.reopen_window, (desk::Period{2 * sched::day.us, 0}));
  EXPECT_EQ(settings.stale_after_us, 20 * sched::minute.us);
  EXPECT_EQ(settings.max_backdate_us, 0);
  EXPECT_EQ(settings.triage_queue, "coordination");
  EXPECT_THAT(settings.strict, ElementsAre(sched::Priority::p1, sched::Priority::p2));
}

TEST(Load, PriorityMatrix) {
  const auto matrix = only_desk(R"([priority.matrix]
high = ["P1", "P1", "P2"]
medium = ["P2", "P3", "P3"]
low = ["P3", "P4", "P5"]
)")
                          .settings.matrix;
  EXPECT_EQ(matrix.at(sched::Impact::high, sched::Urgency::medium), sched::Priority::p1);
  EXPECT_EQ(matrix.at(sched::Impact::low, sched::Urgency::low), sched::Priority::p5);
}

TEST(Load, ObjectsAndTheirAttributes) {
  const auto configuration = only_desk(
      "[service.payroll]\ncriticality = 'high'\n"
      "attributes = { tier = 'gold', region = 'emea' }\n"
      "[service.mail]\ncriticality = 'low'\n"
      "[config_item.router]\nattributes = { site = 'hq' }\n"
      "[requester.'Ada L']\nattributes = { department = 'board' }\n");
  const std::vector<desk::ReferencedObject> wanted = {
      {desk::ObjectKind::service, "payroll", {{"tier", "gold"}, {"region", "emea"}}},
      {desk::ObjectKind::config_item, "router", {{"site", "hq"}}},
      {desk::ObjectKind::requester, "Ada L", {{"department", "board"}}}};
  EXPECT_EQ(configuration.objects, wanted);
  const std::vector<desk::Criticality> levels = {{false, "payroll", sched::Impact::high},
                                                 {false, "mail", sched::Impact::low}};
  EXPECT_EQ(configuration.criticalities, levels);
}

TEST(Load, Criticality) {
  const auto list = only_desk(
                        "[criticality.service]\n'pay roll' = 'high'\n"
                        "[criticality.config_item]\nprinter = 'low'\n")
                        .criticalities;
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0], (desk::Criticality{true, "printer", sched::Impact::low}));
  EXPECT_EQ(list[1], (desk::Criticality{false, "pay roll", sched::Impact::high}));
}

TEST(Load, CalendarOfSeveralIntervalsAndNights) {
  const auto calendar = only_desk(R"([calendar.uk]
zone = "Europe/London"
week = { mon-tue = ["09:00-12:30", "13:30-17:30"], sat = ["22:00-06:00"], sun = ["00:00-24:00"] }
closed = ["2026-12-25", 2026-12-28]
)")
                            .calendars.at(0);
  EXPECT_EQ(calendar.name, "uk");
  EXPECT_EQ(calendar.zone.name, "Europe/London");
  using W = sched::WeeklyInterval;
  EXPECT_THAT(calendar.week,
              ElementsAre(W{0, 32'400, 45'000}, W{0, 48'600, 63'000}, W{1, 32'400, 45'000},
                          W{1, 48'600, 63'000}, W{5, 79'200, 108'000}, W{6, 0, 86'400}));
  EXPECT_THAT(calendar.closed,
              ElementsAre(sched::LocalDate{2026, 12, 25}, sched::LocalDate{2026, 12, 28}));
}

TEST(Load, DaysMayRunOverTheWeekend) {
  const auto week = only_desk("[calendar.a]\nzone = 'UTC'\nweek = { sat-mon = ['10:00-11:00'] }")
                        .calendars[0]
                        .week;
  ASSERT_EQ(week.size(), 3U);
  EXPECT_EQ(week[0].weekday, 5);
  EXPECT_EQ(week[2].weekday, 0);
}

TEST(Load, QueueAndAgent) {
  const auto configuration = only_desk(R"([[queue]]
name = "network-l2"
group = "network"
tier = 2
discipline = "fifo"
need = "network >= 2"
weight = 0.5
default_horizon = "2d"
head_start = { P1 = "8h", vip = "30m", reopened = "10m", negative = "5m" }
[[agent]]
name = "ada"
groups = ["network", "phones"]
skills = { network = 6, vpn = 4 }
capacity = 2
)");
  const auto& queue = configuration.queues.at(0);
  EXPECT_EQ(queue.tier, 2);
  EXPECT_EQ(queue.mode, desk::QueueMode::push);
  EXPECT_EQ(queue.discipline, desk::Discipline::fifo);
  EXPECT_EQ(queue.weight_milli, 500U);
  EXPECT_EQ(queue.default_horizon_us, 2 * sched::day.us);
  EXPECT_EQ(queue.head_start.priority_us[1], 8 * sched::hour.us);
  EXPECT_EQ(queue.head_start.vip_us, 30 * sched::minute.us);
  const auto& agent = configuration.agents.at(0);
  EXPECT_EQ(agent.capacity_milli, 2'000U);
  EXPECT_THAT(agent.groups, ElementsAre("network", "phones"));
  EXPECT_EQ(agent.skills.size(), 2U);
}

TEST(Load, RoutesAreInOrderAndNumberedWhereUnnamed) {
  const auto routes = only_desk(R"([[queue]]
name = "a"
group = "a"
[[route]]
name = "vips"
when = "vip"
queue = "a"
[[route]]
queue = "triage"
)")
                          .routes;
  ASSERT_EQ(routes.size(), 2U);
  EXPECT_EQ(routes[0].name, "vips");
  EXPECT_EQ(routes[1].name, "route 2");
  EXPECT_EQ(routes[1].queue, "triage");
}

TEST(Load, TheDemosDeskLoadsWithoutAWarning) {
  const auto result = load_file(PACELINE_SOURCE_DIR "/tools/demo.toml", now);
  ASSERT_TRUE(result.has_value()) << shown(result.error().front());
  EXPECT_THAT(result->warnings, IsEmpty());
  ASSERT_EQ(result->desks.size(), 1U);
  EXPECT_EQ(result->desks[0].second.agents.size(), 60U);
  const desk::Rulebook rules{desk::Limits{}};
  EXPECT_EQ(rules.problem_with(result->desks[0].second), "");
}

// What is wrong, where, and how to mend it.

TEST(LoadErrors, AreAllCollectedInTheOrderOfTheFile) {
  EXPECT_THAT(errors("[server]\ndta = 'x'\n[desk.a]\nauto_close = 3\n[[queue]]\ngroup = 'g'\n"),
              ElementsAre("desk.toml:2: E2002 server: unknown key \"dta\": did you mean \"data\"?",
                          "desk.toml:4: E2006 desk \"a\": auto_close needs a unit: write for "
                          "example auto_close = \"15m\"",
                          "desk.toml:5: E2004 queue 1: name is missing: add for example name = "
                          "\"network-l1\""));
}

TEST(LoadErrors, SyntaxHasItsLine) {
  EXPECT_THAT(errors("[server]\ndata = \n"), ElementsAre(HasSubstr("desk.toml:2: E2001")));
}

TEST(LoadErrors, CalendarThatHasNoOpenTimeAhead) {
  std::string text = "[calendar.uk]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\nclosed = [";
  for (sched::Instant t = parse_instant("2026-11-23T00:00:00Z").value(); t < now + sched::day * 420;
       t = t + sched::day * 7)
    text += "'" + print(t).substr(0, 10) + "',";
  EXPECT_THAT(errors(text + "]"),
              ElementsAre(HasSubstr("E2104 calendar \"uk\" has no open time in the 400 days after "
                                    "2026-11-24: remove dates from closed")));
}

TEST(LoadErrors, OfTheServersSnapshotsAndSegments) {
  EXPECT_THAT(
      errors("[server]\nsnapshot_every = '5us'"),
      ElementsAre(HasSubstr("desk.toml:2: E2006 server: snapshot_every is at least 10ms, or 0s")));
  EXPECT_THAT(errors("[server]\nlog_segment_mib = 0"), ElementsAre(HasSubstr("desk.toml:2: E20")));
  EXPECT_THAT(errors("[server]\nsnapshot_every = '10ms'\nlog_segment_mib = 1024"), IsEmpty());
  EXPECT_THAT(errors("[server]\nsnapshot_every = '0s'"), IsEmpty());
}

TEST(LoadErrors, OfCalendars) {
  const Wrong list[] = {
      {"[calendar.a]\nweek = { mon = ['09:00-10:00'] }", "E2004 calendar \"a\": zone is missing"},
      {"[calendar.a]\nzone = 'UTC'", "week is missing"},
      {"[calendar.a]\nzone = 'UTC'\nweek = {}", "E2103 calendar \"a\": it has no open time at all"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = [] }", "E2103"},
      {"[calendar.a]\nzone = 'Europe/Londn'\nweek = { mon = ['09:00-10:00'] }",
       "E2101 calendar \"a\": unknown zone \"Europe/Londn\": did you mean \"Europe/London\"?"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = ['9-17'] }", "write opening hours as"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = ['09:00-09:00'] }", "it has no length"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = ['09:00-25:00'] }", "00:00 to 24:00"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = ['24:00-01:00'] }", "nothing opens at 24:00"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mom = ['09:00-10:00'] }", "unknown days \"mom\""},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon-wed = ['09:00-10:00'], tue = [] }",
       "tue is stated twice"},
      {"[calendar.a]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }\nclosed = ['2026-02-29']",
       "\"2026-02-29\" is not a date"},
      {"[calendar.24x7]\nzone = 'UTC'\nweek = { mon = ['09:00-10:00'] }", "24x7 is built in"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(LoadErrors, OfQueuesRoutesAndAgents) {
  const Wrong list[] = {
      {"[[queue]]\nname = 'a'", "group is missing"},
      {"[[queue]]\nname = 'a'\ngroup = 'a'\nneed = 'vpn = 4'", "E2202 queue \"a\": need, at"},
      {"[[queue]]\nname = 'a'\ngroup = 'a'\nweight = 0", "weight must be 0.001 to 1000"},
      {"[[queue]]\nname = 'a'\ngroup = 'a'\ntier = 0", "tier is 0: use 1 to 9"},
      {"[[queue]]\nname = 'a'\ngroup = 'a'\nhead_start = { p1 = '1h' }", "did you mean \"P1\"?"},
      {"[[queue]]\nname = 'a'\ngroup = 'a'\ndesk = 'emea'", "no desk \"emea\": use main"},
      {"[queue]\nname = 'a'", "write [[queue]] above each"},
      {"[[queue]]\nname = 'net'\ngroup = 'a'\n[[route]]\nqueue = 'nett'",
       "E2009 route 1: no queue \"nett\": did you mean \"net\"?"},
      {"[[route]]\nqueue = 'triage'\nwhen = 'queue == nowhere'", "no queue \"nowhere\""},
      {"[[agent]]\nname = 'a'", "groups is missing"},
      {"[[agent]]\nname = 'a'\ngroups = ['g']\nskills = { vpn = 101 }", "whole number 1 to 100"},
      {"[[agent]]\nname = 'a'\ngroups = ['g', 'g']", "lists \"g\" twice"},
      {"[priority.matrix]\nhigh = ['P1', 'P2']", "must list three priorities"},
      {"[service.pay]\nattributes = { 'a b' = 'x' }", "letters, digits and _ only"},
      {"[service.pay]\nattributes = { tier = 1 }", "must be a text"},
      {"[service.pay]\nattributes = 'gold'", "a table of texts"},
      {"[service.pay]\ncriticality = 'vital'", "vital"},
      {"[requester.ada]\ncriticality = 'high'", "criticality"},
      {"[criticality.service]\npay = 'low'\n[service.pay]\ncriticality = 'high'",
       "says its criticality too"},
      {"[service.pay]\nattributes = { tier = 'gold' }\n"
       "[[policy]]\nname = 'p'\nclock = 'own'\ntarget = '1h'\nwhen = 'service.teir == gold'",
       "unknown attribute \"teir\" of service: did you mean \"tier\"?"},
      {"[[policy]]\nname = 'p'\nclock = 'own'\ntarget = '1h'\nwhen = 'service.tier == gold'",
       "no service has attributes"},
      {"[criticality.service]\npay = 'vital'", "write \"high\", \"medium\" or \"low\""},
      {"[desk.'a b']", "a desk's name has"},
      {"[[route]]\nname = 'a'\nqueue = 'triage'\n[[route]]\nname = 'a'\nqueue = 'triage'",
       "E2008 route \"a\" is already defined at line 1"},
      {"[server]\nlisten = ['http:x']", "neither unix:PATH nor tcp:HOST:PORT"},
      {"[server]\nlisten = 'unix:x'", "listen must be a list of texts, not a text"},
      {"[dsek.emea]", "unknown key \"dsek\": did you mean \"desk\"?"},
  };
  for (const Wrong& wrong : list) expect_says(wrong);
}

TEST(LoadWarnings, SayWhatNobodyCanDo) {
  const Loaded all = loaded(R"([[queue]]
name = "a"
group = "a"
need = "vpn >= 5"
[[queue]]
name = "b"
group = "b"
[[agent]]
name = "ada"
groups = ["a"]
skills = { vpn = 4 }
)");
  EXPECT_THAT(all.warnings,
              ElementsAre(HasSubstr("desk.toml:1: W2902 queue \"a\": no agent of group \"a\" has"),
                          HasSubstr("queue \"b\": no agent is in group \"b\"")));
}

TEST(LoadErrors, FilesThatCannotBeRead) {
  EXPECT_THAT(shown(load_file("/nonexistent.toml", now).error().front()),
              HasSubstr("/nonexistent.toml: E2010 there is no such file"));
  EXPECT_THAT(shown(load_file("/tmp", now).error().front()), HasSubstr("this is a folder"));
}

TEST(LoadErrors, HostileTextIsRefusedQuickly) {
  std::string keys = "a";
  for (int i = 0; i < 500'000; ++i) keys += ".a";
  EXPECT_FALSE(errors(keys + " = 1").empty());
  EXPECT_FALSE(errors("a = " + std::string(500'000, '[')).empty());
  EXPECT_FALSE(errors(std::string(5'000'000, ' ')).empty());
  EXPECT_FALSE(errors("\xff\xfe").empty());
  EXPECT_FALSE(errors("[&").empty());
  EXPECT_FALSE(errors("[[[1]]]").empty());
  EXPECT_THAT(errors("[desk.über]"), ElementsAre(HasSubstr("desk.toml:1: E2001")));
  std::string unknown;
  for (int i = 0; i < 20'000; ++i) unknown += "key" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(errors(unknown).size(), 200U);
  std::string desks = "[[queue]]\nname = 'a'\ngroup = 'a'\n";
  for (int i = 0; i < 1'001; ++i) desks += "[desk.d" + std::to_string(i) + "]\n";
  EXPECT_THAT(errors(desks), ElementsAre(HasSubstr("split it by desk")));
}

}  // namespace
}  // namespace paceline::config
