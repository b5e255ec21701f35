// Every figure of a morning worked out by hand.
#include <gmock/gmock.h>

#include "engine/report/split.h"
#include "engine/report/targets.h"
#include "tests/engine/report/report_desk.h"

namespace paceline::report::test {
namespace {

using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class Figures : public ::testing::Test {
 protected:
  Figures() {
    morning(desk_);
    book_ = desk_.book();
    question_ = ask(*book_, the_day(), {});
    figures_ = figures(question_);
  }
  const Figure& figure(const std::string& id) const {
    const Figure* found = find(figures_, id);
    CHECK(found != nullptr);
    return *found;
  }
  void expect_share(const std::string& id, int64_t numerator, int64_t denominator) const {
    EXPECT_TRUE(figure(id).measured()) << id;
    EXPECT_EQ(figure(id).numerator, numerator) << id;
    EXPECT_EQ(figure(id).denominator, denominator) << id;
  }

  ReportDesk desk_;
  std::unique_ptr<Book> book_;
  Question question_;
  std::vector<Figure> figures_;
};

TEST_F(Figures, FirstContactIsOneOfThreeThatLevelOneMaySolve) {
  // Resolved: A B C H. H began at level 2. B was escalated, C reopened.
  expect_share("fcr_net", 1, 3);
  EXPECT_THAT(figure("fcr_net").parts,
              UnorderedElementsAre(Pair("escalated", 1), Pair("reopened", 1)));
  EXPECT_THAT(
      figure("fcr_net").excluded,
      UnorderedElementsAre(Pair("cancelled", 1), Pair("duplicate", 1), Pair("not_for_level_1", 1)));
  // Of all four; H took 2 h 30 m.
  expect_share("fcr_gross", 1, 4);
  EXPECT_THAT(
      figure("fcr_gross").parts,
      UnorderedElementsAre(Pair("escalated", 1), Pair("reopened", 1), Pair("not_at_once", 1)));
  EXPECT_EQ(figure("fcr_gross").note, "4 may still be reopened or come again in time");
}

TEST_F(Figures, WhoSolvedItAndHowOftenItCameBack) {
  expect_share("flr", 2, 4);                           // A C
  expect_share("reopen_rate", 1, 4);                   // C
  expect_share("escalation_rate", 1, 4);               // B
  expect_share("hierarchical_escalation_rate", 0, 4);  // no ladder
  expect_share("bounce_rate", 0, 1);
  expect_share("hops", 1, 4);  // B
  EXPECT_DOUBLE_EQ(*figure("hops").value, 0.25);
  expect_share("transfer_accuracy", 3, 4);  // not B
  expect_share("duplicate_rate", 1, 7);     // E of all but D
}

TEST_F(Figures, AForecastIsHeldAgainstWhatCameInItsIntervals) {
  EXPECT_EQ(figure("forecast_error").needs, "--forecast");
  const auto at = [](const char* time) { return DeskDriver::instant_us(time); };
  Inputs inputs;
  // Came: A B, then C, then F G H; D and E count for nothing. The last is not over.
  inputs.forecast = {{at("09:00"), at("10:00"), 3},
                     {at("10:00"), at("11:00"), 0.5},
                     {at("11:00"), at("14:00"), 4},
                     {at("14:00"), at("18:00"), 100}};
  const Figure error = forecast_error(ask(*book_, the_day(), inputs));
  EXPECT_DOUBLE_EQ(*error.value, (1 + 0.5 + 1) / 6.0 * 100);
  EXPECT_EQ(error.denominator, 6);
  EXPECT_THAT(error.parts, UnorderedElementsAre(Pair("intervals", 3), Pair("expected", 8)));
  EXPECT_EQ(error.note, "bias +25.00 %");
  inputs.forecast = {{at("17:00"), at("18:00"), 1}};
  EXPECT_FALSE(forecast_error(ask(*book_, the_day(), inputs)).measured());
}

TEST_F(Figures, TimesAreExact) {
  // A 40 m, B 3 h, C 2 h 30 m, H 2 h 30 m.
  const Spread& wall = figure("mttr_wall").spread;
  EXPECT_EQ(wall.n, 4U);
  EXPECT_EQ(wall.mean_us, 130 * minute.us);
  EXPECT_EQ(wall.median_us, 150 * minute.us);
  EXPECT_EQ(wall.p90_us, 180 * minute.us);
  // C was resolved for half an hour in which its clock stood.
  EXPECT_EQ(figure("mttr_business").spread.total_us, (40 + 180 + 120 + 150) * minute.us);
  // A 30 m, B 30 m + 1 h, C 25 m + 1 h, H 2 h 30 m.
  EXPECT_EQ(figure("mttr_active").spread.total_us, (30 + 90 + 85 + 150) * minute.us);
  expect_share("flow_efficiency", 355 * minute.us, 520 * minute.us);
  EXPECT_EQ(figure("aht").numerator, 355 * minute.us);
  // A 10 m, B 30 m, C 5 m, F 30 m, H 0; G was not taken.
  expect_share("mtta", 75 * minute.us, 5);
  EXPECT_EQ(figure("mtta").spread.median_us, 10 * minute.us);
  EXPECT_THAT(
      figure("mtta").excluded,
      UnorderedElementsAre(Pair("cancelled", 1), Pair("duplicate", 1), Pair("not_taken", 1)));
  expect_share("first_response", 20 * minute.us, 1);  // A
}

TEST_F(Figures, PromisesKept) {
  // Response: A and C met, B used 3 h and H 2 h 30 m of 1 h. Resolution: all four met.
  expect_share("sla_compliance", 6, 8);
  EXPECT_THAT(figure("sla_compliance").excluded, UnorderedElementsAre(Pair("cancelled_clock", 4)));
  // Open: both clocks of F and G; their responses have been due since 14:00.
  expect_share("live_compliance", 6 + 2, 8 + 4);
  expect_share("breach_severity", (120 + 90) * minute.us, 2);
  EXPECT_THAT(figure("breach_severity").parts,
              UnorderedElementsAre(Pair("open_late", 2), Pair("open_overrun_us", 4 * hour.us)));
  EXPECT_FALSE(figure("update_on_time").value);  // there are no update clocks
}

TEST_F(Figures, WhatIsLeft) {
  EXPECT_EQ(figure("backlog").numerator, 2);
  EXPECT_THAT(figure("backlog").parts, ::testing::Contains(Pair("pending", 1)));  // F; G is active
  EXPECT_DOUBLE_EQ(*figure("backlog_days").value, 1 * 28.0 / 4.0);
  Question earlier = question_;
  earlier.period.to_us = DeskDriver::instant_us("11:15");
  const auto then = figures(earlier);
  EXPECT_EQ(find(then, "backlog")->numerator, 2);  // B and C
}

TEST_F(Figures, WhatTheDeskCannotKnowIsListedWithWhatItTakes) {
  EXPECT_EQ(figure("deflection").needs, "--self-served, contacts that needed no ticket");
  EXPECT_EQ(figure("users_per_analyst").needs, "--users");
  EXPECT_FALSE(figure("csat").measured());
  EXPECT_FALSE(figure("service_level").measured());  // nobody called
  Inputs inputs;
  inputs.users = 130;
  inputs.self_served = 18;
  inputs.paid_hours = 10;
  inputs.cost_per_hour = 40;
  inputs.tool_cost = 20;
  const auto known = figures(ask(*book_, the_day(), inputs));
  EXPECT_DOUBLE_EQ(*find(known, "users_per_analyst")->value, 65.0);  // two agents
  EXPECT_EQ(find(known, "deflection")->numerator, 18);
  EXPECT_EQ(find(known, "deflection")->denominator, 18 + 6);  // neither D nor E
  EXPECT_DOUBLE_EQ(*find(known, "cost_per_ticket")->value, 420.0 / 4.0);
}

TEST_F(Figures, PartsAddUpToTheWhole) {
  for (size_t by = 0; by < dimension_count; ++by) {
    int64_t resolved = 0;
    size_t tickets = 0;
    for (const Part& part : split(question_, static_cast<Dimension>(by))) {
      resolved += find(figures(part.question), "mttr_wall")->denominator;
      tickets += part.question.cases.size();
    }
    EXPECT_EQ(resolved, 4) << dimension_names[by];
    EXPECT_EQ(tickets, 8U) << dimension_names[by];
  }
  const auto by_group = split(question_, Dimension::group);
  ASSERT_EQ(by_group.size(), 2U);
  EXPECT_EQ(by_group[0].name, "experts");
  EXPECT_EQ(find(figures(by_group[0].question), "mttr_wall")->numerator, 330 * minute.us);
}

// B came to the first level and ended at the second.
TEST_F(Figures, WhatBecomesOfATicketCountsWhereItCameFirst) {
  const auto by_queue = split(question_, Dimension::queue);
  ASSERT_EQ(by_queue.size(), 2U);
  const auto l1 = figures(by_queue[0].question);
  const auto l2 = figures(by_queue[1].question);
  const auto expect = [](const std::vector<Figure>& of, const char* id, int64_t numerator,
                         int64_t denominator) {
    EXPECT_EQ(find(of, id)->numerator, numerator) << id;
    EXPECT_EQ(find(of, id)->denominator, denominator) << id;
  };
  expect(l1, "fcr_net", 1, 3);            // A of A B C
  expect(l1, "flr", 2, 3);                // A C
  expect(l1, "escalation_rate", 1, 3);    // B
  expect(l1, "bounce_rate", 0, 1);        // B stayed
  expect(l1, "transfer_accuracy", 2, 3);  // A C
  expect(l1, "hops", 1, 3);
  EXPECT_EQ(find(l1, "mtta")->spread.n, 4U);  // A B C F
  expect(l2, "fcr_net", 0, 0);                // H began there
  expect(l2, "escalation_rate", 0, 1);
  expect(l2, "transfer_accuracy", 1, 1);
  EXPECT_EQ(find(l2, "mtta")->spread.n, 1U);       // H
  EXPECT_EQ(find(l2, "mttr_wall")->spread.n, 2U);  // B too: it was resolved there
}

TEST_F(Figures, OnlySomeOfTheTickets) {
  const Question experts = only(question_, Dimension::group, {"experts"});
  EXPECT_EQ(experts.cases.size(), 2U);  // B H
  EXPECT_EQ(find(figures(experts), "transfer_accuracy")->denominator, 1);
  EXPECT_FALSE(find(figures(experts), "users_per_analyst")->measured());
  const Question vpn = only(experts, Dimension::category, {"vpn", "printer"});
  ASSERT_EQ(vpn.cases.size(), 1U);
  EXPECT_EQ(vpn.cases.front()->external_id, "H");
  EXPECT_EQ(find(figures(vpn), "transfer_accuracy")->denominator, 1);
  // A part of a part.
  const auto by_queue = split(only(question_, Dimension::category, {"mail"}), Dimension::queue);
  ASSERT_EQ(by_queue.size(), 2U);
  EXPECT_EQ(find(figures(by_queue[0].question), "escalation_rate")->numerator, 1);  // B, of l1
  EXPECT_EQ(find(figures(by_queue[1].question), "mttr_wall")->spread.n, 1U);        // B, in l2
  EXPECT_TRUE(only(question_, Dimension::priority, {"P1"}).cases.empty());
}

TEST_F(Figures, OneWhoComesAgainWasNotServedAtFirstContact) {
  desk_.at("+4 10:00");  // Friday
  desk_.open("A2", "l1", "kim", "vpn");
  const auto book = desk_.book();
  const auto again = figures(ask(*book, the_day(), {}));
  EXPECT_EQ(find(again, "fcr_net")->numerator, 0);
  EXPECT_THAT(find(again, "fcr_net")->parts, ::testing::Contains(Pair("came_again", 1)));
}

TEST_F(Figures, OneWhoComesAgainAWeekLaterWas) {
  desk_.at("+7 10:00");  // A was resolved on Monday at 09:40
  desk_.open("A2", "l1", "kim", "vpn");
  const auto book = desk_.book();
  EXPECT_EQ(find(figures(ask(*book, the_day(), {})), "fcr_net")->numerator, 1);
}

TEST(LiveContacts, AreAnsweredOrAbandoned) {
  // Phone calls: P answered after 10 s, Q after 40 s, R gave up after 5 s, S after 60 s.
  ReportDesk desk;
  desk.at("09:00");
  for (const char* id : {"P", "Q", "R", "S"}) desk.open(id, "l1", "", "", "phone");
  desk.at("09:00:05");
  desk.does([](FrameBuilder& f) { f.cancel("R"); });
  desk.at("09:00:10");
  desk.take("P", "ana");
  desk.at("09:00:40");
  desk.take("Q", "ana");
  desk.at("09:01");
  desk.does([](FrameBuilder& f) { f.cancel("S"); });
  desk.at("09:05");
  desk.resolve("P");
  desk.does([](FrameBuilder& f) { f.pend("Q", "awaiting_requester"); });
  desk.at("09:06");
  desk.does([](FrameBuilder& f) { f.resume("Q"); });
  desk.resolve("Q");
  const auto book = desk.book();
  const auto all = figures(ask(*book, {0, desk.desk().now_us() + 1}, {}));
  EXPECT_EQ(find(all, "service_level")->numerator, 1);    // P
  EXPECT_EQ(find(all, "service_level")->denominator, 3);  // not R
  EXPECT_EQ(find(all, "service_level_answered")->denominator, 2);
  EXPECT_EQ(find(all, "service_level_offered")->denominator, 4);
  EXPECT_EQ(find(all, "asa")->spread.mean_us, 25 * sched::second.us);
  EXPECT_EQ(find(all, "abandon_rate")->numerator, 1);  // S
  EXPECT_EQ(find(all, "abandon_rate")->denominator, 3);
  // Q was put aside in the call.
  EXPECT_EQ(find(all, "fcr_net")->numerator, 1);
  EXPECT_EQ(find(all, "fcr_net")->denominator, 2);
}

TEST(Escalations, UpTheLadderOverToAnotherTierAndBack) {
  ReportDesk desk;
  desk::Configuration configuration = two_levels();
  desk::Rung& rung = configuration.policies[1].rungs.emplace_back();
  rung.share_bp = 5'000;
  rung.notify = {"lead"};
  desk.desk().configure(configuration);
  desk.at("09:00");
  desk.open("A", "l1");
  desk.open("B", "l1");
  desk.does([](FrameBuilder& f) { f.message("A", desk::AuthorKind::requester, true); });
  desk.at("10:00");
  desk.resolve("B");
  desk.at("13:00:01");  // four of eight hours
  desk.desk().tick();
  desk.at("14:00");
  desk.does([](FrameBuilder& f) { f.escalate("A", "needs an expert", "l2"); });
  desk.at("14:10");
  desk.does([](FrameBuilder& f) { f.bounce("A", "wrong queue"); });
  desk.at("14:20");
  desk.resolve("A");
  const auto book = desk.book();
  const auto all = figures(ask(*book, the_day(), {}));
  EXPECT_EQ(find(all, "hierarchical_escalation_rate")->numerator, 1);
  EXPECT_EQ(find(all, "hierarchical_escalation_rate")->denominator, 2);
  EXPECT_EQ(find(all, "bounce_rate")->numerator, 1);
  EXPECT_EQ(find(all, "bounce_rate")->denominator, 1);
  EXPECT_EQ(find(all, "hops")->numerator, 2);
  EXPECT_EQ(find(all, "transfer_accuracy")->numerator, 2);  // it came back to the first
  const Case& ticket = book->cases().front();
  EXPECT_EQ(ticket.marks, desk::mark_followed_up | desk::mark_escalated_up);
  ASSERT_EQ(ticket.visits.size(), 3U);
  EXPECT_EQ(book->text(ticket.visits[1].queue), "l2");
  EXPECT_EQ(ticket.visits[1].to_us - ticket.visits[1].from_us, 10 * minute.us);
}

TEST(Targets, PresetAndOnesOwn) {
  std::vector<Target> targets = preset_targets();
  const Figure high = share_figure("fcr_net", "", "", 90, 100);
  EXPECT_EQ(standing(high, *target_of(targets, "fcr_net")), Standing::warn);
  EXPECT_EQ(standing(share_figure("fcr_net", "", "", 75, 100), *target_of(targets, "fcr_net")),
            Standing::met);
  EXPECT_EQ(standing(share_figure("sla_compliance", "", "", 94, 100),
                     *target_of(targets, "sla_compliance")),
            Standing::below);
  set_target(targets, *read_target("fcr_net=90%..95%"));
  EXPECT_EQ(target_of(targets, "fcr_net")->from, Target::From::given);
  EXPECT_EQ(standing(high, *target_of(targets, "fcr_net")), Standing::met);
  set_target(targets, *read_target("backlog_days=..5"));
  EXPECT_EQ(standing(number_figure("backlog_days", "", "", 6.0), targets.back()), Standing::above);
  for (const char* text : {"", "fcr_net", "fcr_net=", "fcr_net=..", "=1..2", "a=2..1", "a=x..1"})
    EXPECT_FALSE(read_target(text)) << text;
}

TEST(Targets, OfTheConfigurationStandBetween) {
  std::vector<Target> targets = preset_targets();
  set_target(targets, configured_target({"fcr_net", "72.5%..80%"}));
  EXPECT_EQ(target_of(targets, "fcr_net")->from, Target::From::configuration);
  EXPECT_DOUBLE_EQ(*target_of(targets, "fcr_net")->low, 0.725);
  EXPECT_EQ(target_of(targets, "flr")->from, Target::From::preset);
  set_target(targets, *read_target("fcr_net=..90%"));
  EXPECT_EQ(target_of(targets, "fcr_net")->from, Target::From::given);
}

TEST(FigureIds, AreThoseThatArePublished) {
  ReportDesk desk;
  desk.at("09:00");
  desk.open("P", "l1");
  desk.at("10:00");
  const auto book = desk.book();
  std::vector<std::string> published;
  for (const Figure& figure : figures(ask(*book, the_day(), {}))) published.push_back(figure.id);
  std::vector<std::string> known(std::begin(desk::figure_ids), std::end(desk::figure_ids));
  std::sort(published.begin(), published.end());
  std::sort(known.begin(), known.end());
  EXPECT_EQ(published, known);
}

// Monday 5 January to Friday: the week of the desk's calendar has a holiday on Wednesday.
TEST(WorkingDays, AreThoseOfTheDesksCalendar) {
  ReportDesk desk;
  EXPECT_EQ(desk.book()->working_calendar(), "");
  desk::Configuration configuration = two_levels();
  configuration.settings.calendar = "weekdays";
  configuration.calendars.front().closed = {{2026, 1, 7}};
  desk.desk().configure(configuration);
  const auto book = desk.book();
  EXPECT_EQ(book->working_calendar(), "weekdays");
  const auto us = DeskDriver::instant_us;
  EXPECT_EQ(book->working_days_after(us("10:00"), 1), us("17:00"));        // the day itself
  EXPECT_EQ(book->working_days_after(us("18:00"), 1), us("+1 17:00"));     // has closed
  EXPECT_EQ(book->working_days_after(us("10:00"), 3), us("+3 17:00"));     // not Wednesday
  EXPECT_EQ(book->working_days_after(us("+4 18:00"), 1), us("+7 17:00"));  // Friday → Monday
  EXPECT_EQ(book->working_days_after(us("10:00"), 0), us("10:00"));
}

TEST(WorkingDays, DecideWhatIsAReopeningInTime) {
  ReportDesk desk;
  desk::Configuration configuration = two_levels();
  configuration.settings.calendar = "weekdays";
  desk.desk().configure(configuration);
  desk.at("09:00");
  desk.open("A", "l1");
  desk.resolve("A");
  desk.at("+4 18:00");  // after Friday's closing, before Monday 09:00
  desk.does([](FrameBuilder& f) { f.reopen("A"); });
  const auto book = desk.book();
  const auto all = figures(ask(*book, {0, desk.desk().now_us() + 1}, {}));
  EXPECT_EQ(find(all, "reopen_rate")->numerator, 0);
  EXPECT_EQ(find(all, "reopen_rate")->denominator, 1);
  EXPECT_EQ(find(all, "reopen_rate")->version, 2U);
}

// ana's shift is 09:00 to 17:00. She comes at 08:30, is at lunch 12:00–12:30, away without a plan
// 14:00–15:00, and leaves at 16:00. A takes her 10:00–11:00.
class AgentsDay : public ::testing::Test {
 protected:
  AgentsDay() {
    desk::Configuration configuration = two_levels();
    configuration.agents.front().shift = "weekdays";
    configuration.settings.away_codes = {{"lunch", true, false}, {"errand", false, false}};
    desk_.desk().configure(configuration);
    desk_.at("08:30");
    desk_.does([](FrameBuilder& f) { f.log_in("ana"); });
    desk_.at("10:00");
    desk_.open("A", "l1");
    desk_.take("A", "ana");
    desk_.at("11:00");
    desk_.resolve("A");
    step("12:00", desk::AgentStep::away, "lunch");
    step("12:30", desk::AgentStep::available);
    step("14:00", desk::AgentStep::away, "errand");
    step("15:00", desk::AgentStep::available);
    desk_.at("16:00");
    desk_.does([](FrameBuilder& f) { f.log_out("ana"); });
    desk_.at("18:00");
  }
  void step(const std::string& time, desk::AgentStep to, const std::string& code = "") {
    desk_.at(time);
    desk_.does([&](FrameBuilder& f) { f.set_agent_state("ana", to, code); });
  }
  Figure figure(const std::string& id, const std::string& from, const std::string& to) {
    const Period period{DeskDriver::instant_us(from), DeskDriver::instant_us(to)};
    const auto book = desk_.book(period);
    return *find(figures(ask(*book, period, {})), id);
  }
  void expect(const std::string& id, const std::string& from, const std::string& to,
              sched::Duration numerator, sched::Duration denominator) {
    const Figure found = figure(id, from, to);
    EXPECT_EQ(found.numerator, numerator.us) << id << " " << from;
    EXPECT_EQ(found.denominator, denominator.us) << id << " " << from;
    EXPECT_EQ(found.note, "");
  }
  ReportDesk desk_;
};

TEST_F(AgentsDay, OccupancyIsOfThePeriod) {
  expect("occupancy", "00:00", "18:00", hour, hour * 6);
  expect("occupancy", "10:30", "11:30", minute * 30, hour);
  expect("occupancy", "17:00", "18:00", {0}, {0});
  expect("utilisation", "09:00", "12:00", hour, hour * 3);
}

TEST_F(AgentsDay, OfAGroupIsThatOfItsAgents) {
  const Period period{DeskDriver::instant_us("09:00"), DeskDriver::instant_us("12:00")};
  const auto book = desk_.book(period);
  const Question question = ask(*book, period, {});
  const auto whole = figures(question);
  for (const Dimension by : {Dimension::group, Dimension::queue, Dimension::tier}) {
    int64_t handling_us = 0;
    for (const Part& part : split(question, by)) {
      const auto of_part = figures(part.question);
      if (const Figure* occupancy = find(of_part, "occupancy"); occupancy->measured())
        handling_us += occupancy->numerator;
    }
    EXPECT_EQ(handling_us, find(whole, "occupancy")->numerator);
  }
  for (const Part& part : split(question, Dimension::priority))
    EXPECT_FALSE(find(figures(part.question), "occupancy")->measured());
}

TEST(WrapUp, MakesHandlingLonger) {
  ReportDesk desk;
  desk::Configuration configuration = two_levels();
  configuration.queues.front().wrap_up_max_us = (minute * 10).us;
  desk.desk().configure(configuration);
  desk.at("09:00");
  desk.does([](FrameBuilder& f) { f.log_in("ana"); });
  desk.open("A", "l1");
  desk.take("A", "ana");
  desk.at("10:00");
  desk.resolve("A");
  desk.at("11:00");
  const auto book = desk.book(the_day());
  const auto all = figures(ask(*book, the_day(), {}));
  const Figure& handling = *find(all, "aht");
  EXPECT_EQ(handling.spread.mean_us, hour.us);
  EXPECT_THAT(handling.parts, UnorderedElementsAre(Pair("wrap_up_us", (minute * 10).us),
                                                   Pair("mean_with_wrap_up_us", (minute * 70).us)));
}

TEST_F(AgentsDay, AdherenceIsTimeInTheShiftSpentAsItAsks) {
  expect("adherence", "00:00", "18:00", hour * 6, hour * 8);  // not the errand, not from 16:00 on
  expect("adherence", "12:00", "13:00", hour, hour);          // lunch is planned
  expect("adherence", "14:30", "16:30", hour, hour * 2);
  expect("adherence", "08:00", "09:30", minute * 30, minute * 30);
  EXPECT_FALSE(figure("adherence", "17:00", "18:00").measured());
  EXPECT_THAT(figure("adherence", "00:00", "18:00").excluded,
              UnorderedElementsAre(Pair("no_shift", 1)));  // eva
}

TEST_F(AgentsDay, ANewRotaLeavesThePastAsItWas) {
  desk::Configuration configuration = two_levels();
  desk_.desk().configure(configuration);  // no shift any more
  desk_.at("+1 18:00");
  expect("adherence", "00:00", "+1 18:00", hour * 6, hour * 8);
}

TEST(Articles, AreCountedByResolveAndByWhatCameBack) {
  ReportDesk desk;
  desk.at("09:00");
  for (const char* id : {"A", "B", "C", "D"}) desk.open(id, "l1");
  desk.at("09:10");
  desk.does([](FrameBuilder& f) { f.resolve("A", false, "KB1").close("A"); });  // at one instant
  desk.does([](FrameBuilder& f) { f.resolve("B", false, "KB1"); });
  desk.resolve("C");
  desk.resolve("D");
  desk.at("10:00");
  desk.does([](FrameBuilder& f) { f.reopen("B"); });
  desk.does([](FrameBuilder& f) { f.resolve("C", true, "KB2"); });  // restated
  desk.at("11:00");
  desk.resolve("B");
  const auto book = desk.book();
  const auto all = figures(ask(*book, the_day(), {}));
  EXPECT_EQ(find(all, "kb_use")->numerator, 3);  // A, B at first, C
  EXPECT_EQ(find(all, "kb_use")->denominator, 5);
  EXPECT_EQ(find(all, "article_success")->numerator, 2);
  EXPECT_EQ(find(all, "article_success")->denominator, 3);
  EXPECT_EQ(find(all, "article_success")->note, "2 may still be reopened in time");
  EXPECT_EQ(book->text(book->cases().front().resolutions.front().article), "KB1");
}

}  // namespace
}  // namespace paceline::report::test
