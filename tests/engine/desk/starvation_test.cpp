// How long a ticket can be overtaken: random streams under one order keep the bound that is
// computed here from definitions alone, and that `why queue` tells; strict classes leave what has
// waited long its share.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/desk/need.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {
namespace {

constexpr uint64_t queue_count = 5;
constexpr uint64_t group_count = 3;
constexpr uint64_t agent_count = 6;

std::string queue_name(uint64_t n) { return "q" + std::to_string(n); }
std::string agent_name(uint64_t n) { return "a" + std::to_string(n); }
std::string group_name(uint64_t n) { return "g" + std::to_string(n); }

int64_t some_minutes(Dice& dice, uint64_t up_to) {
  return (sched::minute * static_cast<int64_t>(dice.roll(up_to + 1))).us;
}

Configuration one_order(Dice& dice) {
  Configuration configuration;
  configuration.settings.strict = {};
  configuration.settings.triage_queue = queue_name(0);
  configuration.settings.auto_close = {sched::minute.us, 0};
  for (uint64_t number = 0; number < queue_count; ++number) {
    QueueDefinition queue;
    queue.name = queue_name(number);
    queue.group = group_name(dice.roll(group_count));
    queue.weight_milli = 500;
    queue.default_horizon_us = sched::hour.us + some_minutes(dice, 300);
    for (int64_t& us : queue.head_start.priority_us) us = some_minutes(dice, 120);
    queue.head_start.vip_us = some_minutes(dice, 60);
    queue.head_start.reopened_us = some_minutes(dice, 60);
    queue.head_start.negative_us = some_minutes(dice, 60);
    if (dice.chance(40)) {
      queue.steps = {{"s >= 5", (sched::minute * 10).us, (sched::minute * 30).us},
                     {"s >= 2", (sched::minute * 40).us, 0},
                     {"", 0, 0}};
    } else if (dice.chance(50)) {
      queue.need = "s >= " + std::to_string(1 + dice.roll(6));
    }
    queue.best_fit = dice.chance(50);
    configuration.queues.push_back(queue);
  }
  for (uint64_t number = 0; number < agent_count; ++number) {
    AgentDefinition agent;
    agent.name = agent_name(number);
    for (uint64_t group = 0; group < group_count; ++group) {
      if (dice.chance(60)) agent.groups.push_back(group_name(group));
    }
    agent.skills = {{"s", static_cast<uint8_t>(1 + dice.roll(9))}};
    configuration.agents.push_back(agent);
  }
  for (const ClockKind clock : {ClockKind::response, ClockKind::resolution}) {
    for (int priority = 1; priority <= 5; ++priority) {
      if (dice.chance(30)) continue;
      PolicyDefinition policy;
      policy.name = std::string(name(clock)) + " P" + std::to_string(priority);
      policy.when = "priority == P" + std::to_string(priority);
      policy.clock = clock;
      policy.target.us = sched::hour.us + some_minutes(dice, 400);
      configuration.policies.push_back(policy);
    }
  }
  return configuration;
}

bool shares_an_agent(const Configuration& configuration, const std::string& one,
                     const std::string& other) {
  return std::any_of(configuration.agents.begin(), configuration.agents.end(),
                     [&](const AgentDefinition& agent) {
                       return std::count(agent.groups.begin(), agent.groups.end(), one) != 0 &&
                              std::count(agent.groups.begin(), agent.groups.end(), other) != 0;
                     });
}

/// H − T over the queues that compete with this one for some agent.
int64_t bound_us(const Configuration& configuration, const QueueDefinition& of) {
  int64_t head_start_us = 0;
  int64_t target_us = of.default_horizon_us;
  for (const QueueDefinition& queue : configuration.queues) {
    if (queue.group != of.group && !shares_an_agent(configuration, queue.group, of.group)) continue;
    const HeadStart& head = queue.head_start;
    head_start_us = std::max(
        head_start_us, *std::max_element(std::begin(head.priority_us), std::end(head.priority_us)) +
                           head.vip_us + head.reopened_us + head.negative_us);
    target_us = std::min(target_us, queue.default_horizon_us);
  }
  for (const PolicyDefinition& policy : configuration.policies) {
    target_us = std::min(target_us, policy.target.us);
  }
  return head_start_us - target_us;
}

/// The queue's waiting tickets, most pressing first.
std::vector<TicketView> waiting_in(const Desk& desk, const std::string& queue) {
  Query query;
  query.kind = QueryKind::queue_peek;
  query.text = queue;
  query.limit = 1'000;
  return desk.answer(query).tickets;
}

bool could_serve(const AgentDefinition& agent, const QueueDefinition& queue, size_t step) {
  if (std::count(agent.groups.begin(), agent.groups.end(), queue.group) == 0) return false;
  const NamedNeed need = parse_need(queue.step_need(step)).value();
  std::vector<sched::SkillLevel> held;
  for (uint32_t i = 0; i < need.names.size(); ++i) {
    for (const auto& [skill, level] : agent.skills) {
      if (skill == need.names[i]) held.push_back({i, level});
    }
  }
  return need.need.holds(held);
}

void ask(Dice& dice, FrameBuilder& builder, uint64_t& opened) {
  const std::string ticket = "T" + std::to_string(dice.roll(opened + 1));
  switch (dice.roll(16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4: {
      OpenFields open;
      open.external_id = "T" + std::to_string(opened++);
      open.queue = queue_name(dice.roll(queue_count));
      open.impact = static_cast<uint8_t>(dice.roll(4));
      open.urgency = static_cast<uint8_t>(dice.roll(4));
      open.vip = dice.chance(20);
      open.sentiment = static_cast<uint8_t>(dice.roll(3));
      builder.open(open);
      break;
    }
    case 5: {
      OpenFields fields;
      fields.urgency = static_cast<uint8_t>(1 + dice.roll(3));
      fields.vip = dice.chance(50);
      builder.update(ticket, bit(FieldBit::urgency) | bit(FieldBit::vip), fields);
      break;
    }
    case 6:
      builder.pend(ticket, "awaiting_requester");
      break;
    case 7:
      builder.resume(ticket);
      break;
    case 8:
      builder.reopen(ticket);
      break;
    case 9:
      builder.requeue(ticket, queue_name(dice.roll(queue_count)));
      break;
    case 10:
      builder.message(ticket, AuthorKind::agent, true);
      break;
    case 11:
      dice.chance(70) ? builder.log_in(agent_name(dice.roll(agent_count)))
                      : builder.log_out(agent_name(dice.roll(agent_count)));
      break;
    default:
      builder.resolve(ticket);
      break;
  }
}

class Starvation : public ::testing::TestWithParam<uint64_t> {};

TEST_P(Starvation, NothingRecordedAfterTheBoundOvertakes) {
  Dice dice(GetParam());
  DeskDriver desk;
  const Configuration configuration = one_order(dice);
  desk.at("09:00").configure(configuration);
  std::map<std::string, int64_t> bounds_us;
  for (const QueueDefinition& queue : configuration.queues) {
    bounds_us[queue.name] = bound_us(configuration, queue);
    // What is told is what holds.
    for (const WhyTerm& term : desk.why_queue(queue.name).terms) {
      if (term.name == "starvation_bound") {
        EXPECT_EQ(term.value, bounds_us[queue.name]) << queue.name;
        bounds_us[queue.name] = term.value;
      }
    }
  }
  uint64_t opened = 0;
  uint64_t overtaken = 0;
  uint64_t looked_at = 0;
  for (int i = 0; i < 3'000 && !HasFailure(); ++i) {
    struct Waited {
      TicketView ticket;
      const QueueDefinition* queue;
    };
    std::vector<Waited> waited;
    for (const QueueDefinition& queue : configuration.queues) {
      for (TicketView& ticket : waiting_in(desk.desk(), queue.name)) {
        waited.push_back({std::move(ticket), &queue});
      }
    }
    FrameBuilder builder;
    if (i == 0) {
      for (uint64_t agent = 0; agent < agent_count; agent += 2) builder.log_in(agent_name(agent));
    } else {
      // Where too much waits nobody would ever come to the end of it.
      do ask(dice, builder, opened);
      while (waited.size() > 60 && builder.size() == 0);
    }
    desk.apply(builder);
    const std::vector<Event> events = desk.events();
    for (const Event& event : events) {
      if (event.kind != EventKind::ticket_assigned) continue;
      Query query;
      query.kind = QueryKind::ticket;
      query.ticket = event.ticket;
      const TicketView taken = desk.desk().answer(query).tickets.at(0);
      const AgentDefinition& agent = configuration.agents.at(event.agent);
      for (const Waited& before : waited) {
        if (before.ticket.id == taken.id) continue;
        if (!could_serve(agent, *before.queue, before.ticket.step - 1U)) continue;
        const TicketView now = desk.ticket(before.ticket.external_id);
        if (now.state != State::queued || now.press_at_us != before.ticket.press_at_us ||
            now.enqueued_at_us != before.ticket.enqueued_at_us || now.queue != before.ticket.queue)
          continue;
        ++looked_at;
        if (taken.recorded_at_us > before.ticket.recorded_at_us) ++overtaken;
        EXPECT_LE(taken.recorded_at_us, before.ticket.press_at_us + bounds_us[now.queue])
            << "seed " << GetParam() << " batch " << i << ": " << taken.external_id << " of "
            << taken.queue << " overtakes " << now.external_id << " of " << now.queue;
      }
    }
    desk.at_us(desk.now_us() + some_minutes(dice, 4));
  }
  EXPECT_GT(looked_at, 1'000U);
  EXPECT_GT(overtaken, 0U);  // or nothing would have been shown
}

/// A stream of strict tickets that alone would keep everybody busy.
TEST_P(Starvation, WhatHasAgedHasItsShareBesideStrictClasses) {
  Dice dice(GetParam());
  Configuration configuration;
  const auto share_milli = static_cast<uint32_t>(50 + dice.roll(300));
  configuration.settings.strict = {sched::Priority::p1};
  configuration.settings.aged_share_milli = share_milli;
  configuration.settings.max_wait_us = sched::hour.us;
  configuration.settings.triage_queue = "one";
  configuration.settings.auto_close = {sched::minute.us, 0};
  QueueDefinition queue;
  queue.name = "one";
  queue.group = "work";
  QueueDefinition other = queue;
  other.name = "two";
  other.need = "s >= 1";
  configuration.queues = {queue, other};
  // Two crews: the first serves both queues, the second one only.
  for (int number = 0; number < 4; ++number) {
    AgentDefinition agent;
    agent.name = agent_name(static_cast<uint64_t>(number));
    agent.groups = {"work"};
    if (number < 2) agent.skills = {{"s", 3}};
    configuration.agents.push_back(agent);
  }
  DeskDriver desk;
  desk.at("09:00").configure(configuration);
  const int64_t most = (1'000 + share_milli - 1) / share_milli;
  std::vector<std::string> in_hand(4);
  std::map<size_t, int64_t> strict_in_row;  // by crew, while something aged waits for it
  std::set<uint64_t> aged;
  uint64_t aged_given = 0;
  uint64_t opened = 0;
  const auto open = [&](FrameBuilder& builder, bool strict) {
    OpenFields fields;
    fields.external_id = "T" + std::to_string(opened++);
    fields.queue = dice.chance(50) ? "one" : "two";
    fields.impact = strict ? 1 : 3;
    fields.urgency = strict ? 1 : 3;
    builder.open(fields);
  };
  for (int i = 0; i < 1'500 && !HasFailure(); ++i) {
    std::map<size_t, std::set<uint64_t>> waiting;  // by crew
    for (const char* name : {"one", "two"}) {
      for (const TicketView& ticket : waiting_in(desk.desk(), name)) {
        waiting[0].insert(ticket.id);
        if (name == std::string("one")) waiting[1].insert(ticket.id);
      }
    }
    FrameBuilder builder;
    if (i == 0) {
      for (int n = 0; n < 60; ++n) open(builder, true);
      for (int n = 0; n < 60; ++n) open(builder, false);
    } else if (i == 1) {
      for (uint64_t agent = 0; agent < 4; ++agent) builder.log_in(agent_name(agent));
    } else {
      // One agent finishes, one ticket comes: there is always something strict.
      open(builder, dice.chance(85));
      const std::string& done = in_hand[dice.roll(4)];
      if (!done.empty()) builder.resolve(done);
    }
    desk.apply(builder);
    const std::vector<Event> events = desk.events();
    for (const Event& event : events) {
      if (event.kind == EventKind::ticket_aged) aged.insert(event.ticket);
      if (event.kind != EventKind::ticket_assigned) continue;
      Query query;
      query.kind = QueryKind::ticket;
      query.ticket = event.ticket;
      in_hand[event.agent] = desk.desk().answer(query).tickets.at(0).external_id;
      const size_t crew = event.agent < 2 ? 0 : 1;
      const bool any_aged = std::any_of(waiting[crew].begin(), waiting[crew].end(),
                                        [&](uint64_t id) { return aged.count(id) != 0; });
      for (auto& [of, tickets] : waiting) tickets.erase(event.ticket);
      if (aged.count(event.ticket) != 0) {
        strict_in_row[crew] = 0;
        ++aged_given;
      } else if (any_aged) {
        EXPECT_LE(++strict_in_row[crew], most) << "seed " << GetParam() << " batch " << i;
      }
    }
    desk.at_us(desk.now_us() + some_minutes(dice, 3));
  }
  EXPECT_GT(aged_given, 30U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Starvation, ::testing::Range<uint64_t>(1, 7));

}  // namespace
}  // namespace paceline::desk::test
