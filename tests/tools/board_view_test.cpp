// From what a server answers to what the board says.
#include "tools/board_view.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace paceline::tools {
namespace {

using ::testing::ElementsAre;

constexpr int64_t minute_us = sched::minute.us;
constexpr int64_t noon_us = 1'768'219'200'000'000;

desk::ClockView clock(const std::string& state, int64_t due_at_us, int64_t breached_at_us = 0) {
  desk::ClockView clock;
  clock.kind = desk::ClockKind::resolution;
  clock.policy = "P1";
  clock.state = state;
  clock.due_at_us = due_at_us;
  clock.breached_at_us = breached_at_us;
  clock.remaining_us = breached_at_us == 0 ? 1 : -1;
  return clock;
}

desk::TicketView ticket(uint64_t id, std::vector<desk::ClockView> clocks) {
  desk::TicketView ticket;
  ticket.id = id;
  ticket.external_id = "INC" + std::to_string(id);
  ticket.state = desk::State::queued;
  ticket.enqueued_at_us = noon_us - 3 * minute_us;
  ticket.clocks = std::move(clocks);
  return ticket;
}

desk::Answer slice(uint32_t at_risk, int64_t oldest_us, int64_t due_us,
                   std::vector<desk::TicketView> tickets) {
  desk::Answer answer;
  desk::QueueView& queue = answer.queues.emplace_back();
  queue.name = "network";
  queue.group = "net";
  queue.waiting = 50;
  queue.at_risk = at_risk;
  queue.oldest_enqueued_at_us = oldest_us;
  queue.next_due_at_us = due_us;
  answer.tickets = std::move(tickets);
  return answer;
}

desk::AgentView agent(const std::string& name, const std::string& state, int64_t busy_us,
                      int64_t available_us) {
  desk::AgentView agent;
  agent.name = name;
  agent.groups = "other,net";
  agent.state = state;
  agent.logged_in = state != "logged_out";
  agent.capacity_milli = 2'000;
  agent.used_milli = busy_us == 0 ? 0 : 1'000;
  agent.busy_us = busy_us;
  agent.available_us = available_us;
  return agent;
}

BoardReading reading() {
  BoardReading reading;
  reading.status.desk = "enterprise";
  reading.status.now_us = noon_us;
  reading.status.opened = 100;
  add_slice(reading, slice(2, noon_us - 9 * minute_us, noon_us + minute_us, {}), false, 5);
  reading.agents = {agent("ada", "available", 0, 60'000'000),
                    agent("alan", "available", 30'000'000, 30'000'000),
                    agent("grace", "logged_out", 0, 0)};
  return reading;
}

TEST(BoardReading, SlicesAddUp) {
  BoardReading reading;
  add_slice(reading,
            slice(2, noon_us - 1, 0,
                  {ticket(1, {clock("running", noon_us + 5)}),
                   ticket(2, {clock("running", noon_us + 9)})}),
            false, 2);
  add_slice(reading,
            slice(3, noon_us - 8, noon_us + 7, {ticket(3, {clock("running", noon_us + 7)})}), false,
            2);
  ASSERT_EQ(reading.queues.size(), 1U);
  EXPECT_EQ(reading.queues[0].waiting, 50U);  // whole in every slice
  EXPECT_EQ(reading.queues[0].at_risk, 5U);
  EXPECT_EQ(reading.queues[0].oldest_enqueued_at_us, noon_us - 8);
  EXPECT_EQ(reading.queues[0].next_due_at_us, noon_us + 7);
  ASSERT_EQ(reading.due.size(), 2U);
  EXPECT_EQ(reading.due[0].id, 1U);
  EXPECT_EQ(reading.due[1].id, 3U);
}

TEST(BoardView, AQueueSaysHowLongItWaitsAndWhoIsThere) {
  const BoardView view = board_view(reading(), nullptr, 30 * minute_us);
  ASSERT_EQ(view.queues.size(), 1U);
  EXPECT_EQ(view.queues[0].oldest_us, 9 * minute_us);
  EXPECT_EQ(view.queues[0].slack_us, minute_us);
  EXPECT_EQ(view.queues[0].agents, 3U);
  EXPECT_EQ(view.queues[0].agents_on, 2U);
  EXPECT_EQ(view.queues[0].agents_free, 2U);
  EXPECT_EQ(view.states.idle, 1U);
  EXPECT_EQ(view.states.busy, 1U);
  EXPECT_EQ(view.states.logged_out, 1U);
  EXPECT_EQ(view.capacity_milli, 4'000U);
}

TEST(BoardView, RatesNeedTwoReadingsAndTimeBetweenThem) {
  BoardPast past;
  past.add(sums_of(reading()));
  EXPECT_EQ(past.base(), nullptr);
  EXPECT_FALSE(board_view(reading(), past.base(), 0).opened_per_minute);

  BoardReading later = reading();
  past.add(sums_of(later));  // the desk's time stands still
  EXPECT_FALSE(board_view(later, past.base(), 0).opened_per_minute);

  later.status.now_us += 30'000'000;
  later.status.opened += 4;
  later.agents[0].busy_us += 10'000'000;
  later.agents[0].available_us += 20'000'000;
  later.agents[1].wrap_up_us += 30'000'000;
  later.figures = {{"log_syncs", 10}, {"log_sync_us", 5'000}};
  past.add(sums_of(later));
  const BoardView view = board_view(later, past.base(), 0);
  EXPECT_DOUBLE_EQ(*view.opened_per_minute, 8.0);
  EXPECT_DOUBLE_EQ(*view.resolved_per_minute, 0.0);
  EXPECT_EQ(view.agents[0].occupancy_bp, 3'333U);
  EXPECT_EQ(view.agents[1].occupancy_bp, 10'000U);
  EXPECT_FALSE(view.agents[2].occupancy_bp);
  EXPECT_EQ(view.total.occupancy_bp, 6'667U);
  EXPECT_EQ(view.log_sync_us, 500);
}

TEST(BoardPast, ComparesWithAMinuteAgoAndForgetsAServerThatBeganAnew) {
  BoardPast past;
  for (int second = 0; second <= 100; second += 10) {
    BoardSums sums;
    sums.at_us = noon_us + second * 1'000'000;
    past.add(sums);
  }
  EXPECT_EQ(past.base()->at_us, noon_us + 40'000'000);
  BoardSums earlier;
  earlier.at_us = noon_us;
  past.add(earlier);
  EXPECT_EQ(past.base(), nullptr);
}

TEST(BoardTicket, IsAboutTheNextBreachOrTheFirstOne) {
  const auto two = ticket(7, {clock("running", noon_us + 5 * minute_us),
                              clock("running", noon_us - minute_us, noon_us - minute_us + 1)});
  EXPECT_EQ(board_ticket(two, noon_us, false).slack_us, 5 * minute_us);
  EXPECT_EQ(board_ticket(two, noon_us, true).slack_us, -minute_us + 1);
  EXPECT_EQ(board_ticket(two, noon_us, true).waits_us, 3 * minute_us);
  // Used up at closing time: missed only when the calendar opens again.
  EXPECT_EQ(board_ticket(two, noon_us + 9 * minute_us, false).slack_us, 0);
  const auto paused = ticket(8, {clock("paused", 0)});
  EXPECT_FALSE(board_ticket(paused, noon_us, false).slack_us);
  EXPECT_EQ(board_ticket(ticket(9, {clock("completed", 0, 1)}), noon_us, true).at_us, 0);
}

TEST(BoardJson, WhatNobodyKnowsIsNull) {
  BoardReading now = reading();
  now.due = {ticket(7, {clock("running", noon_us + minute_us)})};
  const auto json = board_json(board_view(now, nullptr, 30 * minute_us));
  EXPECT_EQ(json["desk"], "enterprise");
  EXPECT_EQ(json["at"], "2026-01-12T12:00:00Z");
  EXPECT_TRUE(json["per_minute"]["opened"].is_null());
  EXPECT_TRUE(json["total"]["occupancy"].is_null());
  EXPECT_EQ(json["queues"][0]["slack_us"], minute_us);
  EXPECT_EQ(json["by_time_to_breach"][0]["ticket"], "INC7");
  EXPECT_EQ(json["by_time_to_breach"][0]["clock"], "resolution");
  EXPECT_TRUE(json["by_time_to_breach"][0]["agent"].is_null());
}

}  // namespace
}  // namespace paceline::tools
