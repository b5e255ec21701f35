// Random desks under every kind of clock, and random commands for them.
#pragma once

#include <string>
#include <vector>

#include "tests/engine/desk/clock_property_desk.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {

/// Every kind of clock, in editions that differ; some of it is dispatched, some is not.
inline Configuration busy_desk(Dice& dice, std::vector<StatedPolicy>& policies, int64_t now_us) {
  Configuration configuration = next_edition(dice, policies, now_us).configuration;
  configuration.queues.clear();
  configuration.agents.clear();
  configuration.settings.auto_close = {sched::hour.us, 0};
  configuration.settings.reopen_window = {4 * sched::hour.us, 0};
  if (dice.chance(70)) {
    SurveySettings& survey = configuration.settings.survey;
    survey.questions = static_cast<uint8_t>(1 + dice.roll(all_questions));
    survey.sampling_milli = dice.chance(50) ? 1'000 : 500;
    survey.quiet_us = dice.chance(50) ? 0 : sched::hour.us;
    survey.valid_us = 2 * sched::hour.us;
    survey.change_within_us = (sched::minute * 10).us;
    if (dice.chance(50)) survey.follow_up = "q3";
  }
  for (const char* name : {"q0", "q1", "q2", "q3"}) {
    QueueDefinition queue;
    queue.name = name;
    queue.group = name[1] < '2' ? "g0" : "g1";
    queue.need = name[1] % 2 == 0 ? "" : "s >= 3";
    queue.mode = name[1] == '3' ? QueueMode::manual : QueueMode::push;
    queue.discipline = name[1] == '2' ? Discipline::fifo : Discipline::pressing_time;
    queue.weight_milli = name[1] == '1' ? 700 : 400;
    queue.head_start.vip_us = (sched::minute * 30).us;
    configuration.queues.push_back(queue);
  }
  configuration.routes = {{"c0", "category == c0", "q0"},
                          {"c1", "category == c1", "q1"},
                          {"c2", "category in [c2, c3]", "q2"}};
  for (int agent = 0; agent < 6; ++agent) {
    AgentDefinition definition;
    definition.name = "a" + std::to_string(agent);
    definition.groups = {agent % 2 == 0 ? "g0" : "g1"};
    if (agent > 2) definition.groups.push_back("g0");
    definition.skills = {{"s", static_cast<uint8_t>(1 + agent)}};
    definition.capacity_milli = 1'000;
    configuration.agents.push_back(definition);
  }
  return configuration;
}

/// A past of a few states up to now.
inline std::string some_past(Dice& dice, int64_t recorded_us, int64_t now_us) {
  std::string past = "queued@" + std::to_string(recorded_us);
  int64_t at_us = recorded_us;
  constexpr const char* states[] = {"assigned",
                                    "in_progress",
                                    "pending:awaiting_requester",
                                    "pending:awaiting_vendor",
                                    "responded",
                                    "resolved",
                                    "closed"};
  for (uint64_t i = dice.roll(4); i > 0; --i) {
    at_us += static_cast<int64_t>(dice.roll(static_cast<uint64_t>(now_us - at_us) + 1));
    past += std::string(";") + states[dice.roll(7)] + "@" + std::to_string(at_us);
  }
  return past;
}

inline OpenFields some_fields(Dice& dice, int64_t now_us) {
  OpenFields open;
  open.kind = static_cast<uint8_t>(dice.roll(2));
  open.impact = static_cast<uint8_t>(dice.roll(4));
  open.urgency = static_cast<uint8_t>(dice.roll(4));
  open.vip = dice.chance(10);
  open.workaround = dice.chance(20);
  open.major = dice.chance(10);
  open.sentiment = static_cast<uint8_t>(dice.roll(4));
  open.category = "c" + std::to_string(dice.roll(5));
  constexpr const char* stages[] = {"", "fulfil", "hold", "verify", "reviewed"};
  open.stage = stages[dice.roll(5)];
  open.requester = dice.chance(50) ? "somebody" + std::to_string(dice.roll(4)) : "";
  open.body = std::string(dice.roll(40), 'x');
  const auto some_us = static_cast<int64_t>(dice.roll(7'200'000'000));
  if (dice.chance(20)) open.occurred_at_us = now_us - some_us;
  if (dice.chance(20)) open.promised_at_us = now_us + some_us;
  return open;
}

inline void build_ticket_command(Dice& dice, FrameBuilder& builder, const std::string& ticket,
                                 int64_t now_us) {
  const std::string agent = "a" + std::to_string(dice.roll(7));
  const std::string queue = "q" + std::to_string(dice.roll(5));
  switch (dice.roll(18)) {
    case 0:
    case 1: {
      const auto bits = static_cast<uint32_t>(dice.roll(1U << 25)) & 0x1df'0ffeU;
      builder.update(ticket, bits, some_fields(dice, now_us));
      break;
    }
    case 2:
      builder.message(ticket, static_cast<AuthorKind>(dice.roll(4)), dice.chance(70),
                      dice.chance(20));
      break;
    case 3:
      builder.assign(ticket, agent);
      break;
    case 4:
    case 5:
      builder.start(ticket);
      break;
    case 6:
      builder.requeue(ticket, dice.chance(50) ? queue : "", "moved");
      break;
    case 7:
    case 8: {
      const auto in_us = static_cast<int64_t>(dice.roll(3'600'000'000));
      constexpr const char* reasons[] = {"awaiting_requester", "awaiting_vendor",
                                         "awaiting_approval", "scheduled_for", "odd"};
      builder.pend(ticket, reasons[dice.roll(5)], dice.chance(50) ? now_us + in_us : 0,
                   dice.chance(20) ? in_us : 0, static_cast<uint8_t>(dice.roll(3)));
      break;
    }
    case 9:
      builder.resume(ticket);
      break;
    case 10:
    case 11:
      builder.resolve(ticket, dice.chance(10));
      break;
    case 12:
      builder.close(ticket);
      break;
    case 13:
      builder.reopen(ticket);
      break;
    case 14:
      dice.chance(30) ? builder.cancel(ticket) : builder.resolve(ticket);
      break;
    case 15:
      builder.acknowledge(ticket, static_cast<uint8_t>(dice.roll(3)));
      break;
    case 16:
      builder.rate(ticket, static_cast<int8_t>(static_cast<int>(dice.roll(8)) - 1),
                   static_cast<int8_t>(static_cast<int>(dice.roll(13)) - 1),
                   dice.chance(50) ? "slow" : "");
      break;
    default:
      builder.repair(ticket, dice.chance(70));
      break;
  }
}

inline void build_command(Dice& dice, FrameBuilder& builder, int64_t now_us, int& opened) {
  const std::string ticket = "T" + std::to_string(dice.roll(static_cast<uint64_t>(opened) + 1));
  const std::string agent = "a" + std::to_string(dice.roll(7));
  const std::string queue = "q" + std::to_string(dice.roll(5));
  switch (dice.roll(24)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      OpenFields open = some_fields(dice, now_us);
      if (dice.chance(20)) open.queue = queue;
      open.external_id = "T" + std::to_string(opened++);
      builder.open(open);
      break;
    }
    case 4: {
      OpenFields open = some_fields(dice, now_us);
      open.external_id = "T" + std::to_string(opened++);
      const int64_t recorded_us = now_us - static_cast<int64_t>(dice.roll(90'000'000'000));
      builder.import_ticket(open, recorded_us, some_past(dice, recorded_us, now_us), agent);
      break;
    }
    case 5:
      builder.merge(ticket, "T" + std::to_string(dice.roll(static_cast<uint64_t>(opened) + 1)));
      break;
    case 6:
      if (dice.chance(80)) break;
      builder.migrate(dice.chance(50) ? MigrateMode::carry : MigrateMode::retroactive,
                      dice.chance(30) ? "vip" : "");
      break;
    case 7:
      builder.log_in(agent);
      break;
    case 8:
      if (dice.chance(50)) {
        builder.log_out(agent);
      } else if (dice.chance(50)) {
        builder.define_agent(agent, dice.chance(50) ? "g0,g1" : "g1", "s:4",
                             static_cast<uint32_t>(500 + dice.roll(2'000)));
      } else {
        builder.define_queue(queue, dice.chance(50) ? "g0" : "g1",
                             dice.chance(20) ? QueueMode::manual : QueueMode::push,
                             dice.chance(30) ? "s >= 2" : "",
                             dice.chance(30) ? Discipline::fifo : Discipline::pressing_time,
                             static_cast<uint32_t>(100 + dice.roll(900)));
      }
      break;
    default:
      build_ticket_command(dice, builder, ticket, now_us);
      break;
  }
}

/// Closes the oldest tickets of a desk that has become crowded, so that a soak does not run full.
inline void make_room(const Desk& desk, FrameBuilder& builder) {
  constexpr uint64_t crowded = 250;
  Query query;
  query.kind = QueryKind::status;
  if (desk.answer(query).status.tickets < crowded) return;
  query.kind = QueryKind::tickets;
  query.limit = 50;
  for (const TicketView& ticket : desk.answer(query).tickets) builder.close(ticket.external_id);
}

/// Small and soon crowded.
inline Limits random_desk_limits() {
  Limits limits = small_limits();
  limits.clocks_per_ticket = clocks_per_ticket_max;
  limits.closed_max = 20;
  limits.timers_per_batch = 5;
  limits.reply_window = 64;
  return limits;
}

}  // namespace paceline::desk::test
