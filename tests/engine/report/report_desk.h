// A desk of two levels for reports: a queue of level 1, whose group is `first`, and one of level 2,
// whose group is `experts`, both manual; 09:00 to 17:00 UTC, Monday to Friday; a response clock of
// one hour and a resolution clock of eight.
#pragma once

#include <memory>
#include <string>

#include "engine/report/question.h"
#include "tests/support/desk_driver.h"

namespace paceline::report::test {

using desk::Reject;
using desk::test::DeskDriver;
using desk::test::FrameBuilder;
using sched::hour;
using sched::minute;

inline desk::Configuration two_levels() {
  desk::Configuration configuration;
  configuration.settings.auto_close = {0, 0};
  configuration.calendars = {desk::test::weekdays_nine_to_five()};
  const auto policy = [&](const char* name, desk::ClockKind kind, sched::Duration target) {
    desk::PolicyDefinition& definition = configuration.policies.emplace_back();
    definition.name = name;
    definition.clock = kind;
    definition.target.us = target.us;
    definition.calendar = "weekdays";
  };
  policy("response", desk::ClockKind::response, hour);
  policy("resolution", desk::ClockKind::resolution, hour * 8);
  const auto queue = [&](const char* name, const char* group, uint8_t tier) {
    desk::QueueDefinition& definition = configuration.queues.emplace_back();
    definition.name = name;
    definition.group = group;
    definition.mode = desk::QueueMode::manual;
    definition.tier = tier;
  };
  queue("l1", "first", 1);
  queue("l2", "experts", 2);
  configuration.queues.front().escalate_to = "l2";
  for (const auto& [name, group] : {std::pair{"ana", "first"}, {"eva", "experts"}}) {
    desk::AgentDefinition& agent = configuration.agents.emplace_back();
    agent.name = name;
    agent.groups = {group};
    agent.capacity_milli = 100'000;
  }
  return configuration;
}

class ReportDesk {
 public:
  /// Above `closed_max` the oldest closed ticket leaves memory.
  explicit ReportDesk(uint32_t closed_max = 1'000) : desk_(limits(closed_max)) {
    desk_.at("08:00").configure(two_levels());
  }

  DeskDriver& at(const std::string& time) { return desk_.at(time); }
  DeskDriver& desk() { return desk_; }
  void open(const std::string& id, const std::string& queue, const std::string& requester = "",
            const std::string& category = "", const std::string& channel = "") {
    EXPECT_EQ(desk_.open({.external_id = id,
                          .impact = 2,
                          .urgency = 2,
                          .category = category,
                          .channel = channel,
                          .requester = requester,
                          .queue = queue}),
              Reject::none);
  }
  template <class Build>
  void does(Build&& build) {
    EXPECT_EQ(desk_.run(build), Reject::none);
  }
  void take(const std::string& id, const std::string& agent) {
    does([&](FrameBuilder& f) { f.assign(id, agent).start(id); });
  }
  void resolve(const std::string& id) {
    does([&](FrameBuilder& f) { f.resolve(id); });
  }

  /// Agents' time is of the period.
  std::unique_ptr<Book> book(Period period = {}) {
    desk_.tick();  // what is due now has happened
    auto book = std::make_unique<Book>();
    const auto ask = [&](desk::QueryKind kind) {
      desk::Query query;
      query.kind = kind;
      return desk_.desk().answer(query);
    };
    book->set_desk("d", desk_.now_us(), desk_.desk().names(), ask(desk::QueryKind::queues).queues,
                   ask(desk::QueryKind::agents).agents);
    book->set_reporting(ask(desk::QueryKind::reporting).reporting);
    desk::Query of_agents;
    of_agents.kind = desk::QueryKind::agent_time;
    of_agents.at_us = period.from_us;
    of_agents.until_us = period.to_us;
    book->set_agent_times(desk_.desk().answer(of_agents).agent_times);
    for (const desk::TicketView& view : desk_.cases()) book->add(view);
    for (const desk::SurveyView& view : desk_.surveys()) book->add(view);
    book->sort();
    return book;
  }

 private:
  static desk::Limits limits(uint32_t closed_max) {
    desk::Limits limits = desk::test::small_limits();
    limits.closed_max = closed_max;
    return limits;
  }
  DeskDriver desk_;
};

/// A morning at the desk, until 16:00:
///
///   A  09:00 l1  taken 09:10, answered 09:20, resolved 09:40
///   B  09:00 l1  taken 09:30, escalated to l2 10:00, taken 11:00, resolved 12:00
///   C  10:00 l1  taken 10:05, resolved 10:30, reopened 11:00, taken 11:30, resolved 12:30
///   D  10:00 l1  cancelled 10:10
///   E  10:00 l1  merged into B 10:20
///   F  13:00 l1  taken 13:30, pending from 14:00
///   G  13:00 l1  waits
///   H  13:00 l2  taken at once, resolved 15:30
inline void morning(ReportDesk& desk) {
  desk.at("09:00");
  desk.open("A", "l1", "kim", "vpn");
  desk.open("B", "l1", "lee", "mail");
  desk.at("09:10");
  desk.take("A", "ana");
  desk.at("09:20");
  desk.does([](FrameBuilder& f) { f.message("A", desk::AuthorKind::agent, true); });
  desk.at("09:30");
  desk.take("B", "ana");
  desk.at("09:40");
  desk.resolve("A");
  desk.at("10:00");
  desk.does([](FrameBuilder& f) { f.escalate("B", "needs an expert", "l2"); });
  desk.open("C", "l1", "max", "pc");
  desk.open("D", "l1", "lee", "mail");
  desk.open("E", "l1", "joe", "mail");
  desk.at("10:05");
  desk.take("C", "ana");
  desk.at("10:10");
  desk.does([](FrameBuilder& f) { f.cancel("D"); });
  desk.at("10:20");
  desk.does([](FrameBuilder& f) { f.merge("E", "B"); });
  desk.at("10:30");
  desk.resolve("C");
  desk.at("11:00");
  desk.take("B", "eva");
  desk.does([](FrameBuilder& f) { f.reopen("C"); });
  desk.at("11:30");
  desk.take("C", "ana");
  desk.at("12:00");
  desk.resolve("B");
  desk.at("12:30");
  desk.resolve("C");
  desk.at("13:00");
  desk.open("F", "l1", "kim", "printer");
  desk.open("G", "l1", "sue", "pc");
  desk.open("H", "l2", "sue", "vpn");
  desk.take("H", "eva");
  desk.at("13:30");
  desk.take("F", "ana");
  desk.at("14:00");
  desk.does([](FrameBuilder& f) { f.pend("F", "awaiting_requester"); });
  desk.at("15:30");
  desk.resolve("H");
  desk.at("16:00");
}

inline Period the_day() {
  return {DeskDriver::instant_us("09:00"), DeskDriver::instant_us("16:00")};
}

}  // namespace paceline::report::test
