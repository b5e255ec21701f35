// Random desks: every invariant after every batch, and the same batches give the same state.
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "tests/engine/desk/clock_property_desk.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {
namespace {

/// Every kind of clock, in editions that differ; some of it is dispatched, some is not.
Configuration busy_desk(Dice& dice, std::vector<StatedPolicy>& policies, int64_t now_us) {
  Configuration configuration = next_edition(dice, policies, now_us).configuration;
  configuration.queues.clear();
  configuration.agents.clear();
  configuration.settings.auto_close = {sched::hour.us, 0};
  configuration.settings.reopen_window = {4 * sched::hour.us, 0};
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
std::string some_past(Dice& dice, int64_t recorded_us, int64_t now_us) {
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

OpenFields some_fields(Dice& dice, int64_t now_us) {
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
  open.requester = dice.chance(50) ? "somebody" : "";
  open.body = std::string(dice.roll(40), 'x');
  const auto some_us = static_cast<int64_t>(dice.roll(7'200'000'000));
  if (dice.chance(20)) open.occurred_at_us = now_us - some_us;
  if (dice.chance(20)) open.promised_at_us = now_us + some_us;
  return open;
}

void build_ticket_command(Dice& dice, FrameBuilder& builder, const std::string& ticket,
                          int64_t now_us) {
  const std::string agent = "a" + std::to_string(dice.roll(7));
  const std::string queue = "q" + std::to_string(dice.roll(5));
  switch (dice.roll(17)) {
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
    default:
      builder.repair(ticket, dice.chance(70));
      break;
  }
}

void build_command(Dice& dice, FrameBuilder& builder, int64_t now_us, int& opened) {
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
void make_room(const Desk& desk, FrameBuilder& builder) {
  constexpr uint64_t crowded = 250;
  Query query;
  query.kind = QueryKind::status;
  if (desk.answer(query).status.tickets < crowded) return;
  query.kind = QueryKind::tickets;
  query.limit = 50;
  for (const TicketView& ticket : desk.answer(query).tickets) builder.close(ticket.external_id);
}

struct Result {
  uint64_t digest;
  uint64_t event_hash;
  uint64_t events;
};

/// `examine`: every invariant after every batch (a replay needs it only once).
Result run(uint64_t seed, int batches, bool examine) {
  Limits limits = small_limits();
  limits.clocks_per_ticket = clocks_per_ticket_max;
  limits.closed_max = 20;
  limits.timers_per_batch = 5;
  limits.reply_window = 64;
  Desk desk(sched::DeskNumber{1}, "random", limits, &registered_configuration);
  Desk::set_invariants_fatal(true);
  Dice dice(seed);
  Outcome outcome;
  int64_t now_us = monday_us;
  uint64_t number = 1;
  int opened = 0;
  std::vector<StatedPolicy> policies;
  for (int i = 0; i < batches; ++i) {
    FrameBuilder builder;
    if (i == 0 || dice.chance(1)) {
      builder.configure(register_configuration(busy_desk(dice, policies, now_us)));
    }
    if (i % 100 == 0) make_room(desk, builder);
    const uint64_t commands = dice.roll(6);
    for (uint64_t c = 0; c < commands; ++c) build_command(dice, builder, now_us, opened);
    const CommandFrame frame = builder.frame(desk.number(), SessionId{3}, number);
    number += builder.size();
    Batch batch{sched::Instant{now_us}, {&frame, builder.size() == 0 ? 0U : 1U}};
    outcome.clear();
    desk.apply(batch, outcome);
    EXPECT_EQ(outcome.replies.size(), builder.size());
    if (examine) {
      const std::vector<std::string> violations = desk.check_invariants();
      EXPECT_EQ(violations, std::vector<std::string>{}) << "seed " << seed << " batch " << i;
      if (!violations.empty()) break;
      // Segments, policies and calendars alone give what the clocks say.
      Query repair;
      repair.kind = QueryKind::repair;
      repair.limit = 1'000;
      const std::vector<ClockChange> changes = i % 16 == 0 && !outcome.more_timers_due
                                                   ? desk.answer(repair).changes
                                                   : std::vector<ClockChange>{};
      for (const ClockChange& change : changes) {
        ADD_FAILURE() << "seed " << seed << " batch " << i << ": a repair would change "
                      << change.external_id << " " << change.policy << ", consumed "
                      << change.consumed_before_us << " to " << change.consumed_after_us
                      << ", breached " << change.breached_before_us << " to "
                      << change.breached_after_us << ", target " << change.target_before_us
                      << " to " << change.target_after_us;
      }
      if (!changes.empty()) break;
    }
    const int64_t before_us = now_us;
    // Often at the same instant or exactly when something is due; sometimes far ahead.
    const int64_t due_us = desk.next_due().us;
    if (dice.chance(30) && due_us > now_us && due_us != sched::never.us) {
      now_us = due_us;
    } else if (!dice.chance(20)) {
      now_us += static_cast<int64_t>(dice.roll(dice.chance(5) ? 90'000'000'000 : 600'000'000));
    }
    if (now_us - before_us > sched::hour.us && dice.chance(30)) {
      desk.recovered({before_us}, {now_us});
    }
  }
  return {desk.digest(), desk.event_hash(), desk.last_event()};
}

class RandomDesk : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomDesk, KeepsEveryInvariantAndReplaysToTheSameState) {
  // `tools/check --long` sets it: some hundred thousand commands a seed.
  const int batches = std::getenv("PACELINE_SOAK") == nullptr ? 1'500 : 200'000;
  const Result first = run(GetParam(), batches, true);
  const Result again = run(GetParam(), batches, false);
  EXPECT_GT(first.events, 1'000U);
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_EQ(first.event_hash, again.event_hash);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDesk, ::testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace paceline::desk::test
