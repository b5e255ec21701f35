// Random desks: every invariant after every batch, and the same batches give the same state.
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/desk_driver.h"

namespace paceline::desk::test {
namespace {

/// Repeatable by its seed on every compiler.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t roll(uint64_t sides) {
    state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (state_ >> 33) % sides;
  }
  bool chance(uint64_t percent) { return roll(100) < percent; }

 private:
  uint64_t state_;
};

Configuration busy_desk() {
  Configuration configuration;
  configuration.calendars = {weekdays_nine_to_five()};
  configuration.settings.auto_close.us = sched::hour.us;
  configuration.settings.reopen_window.us = 4 * sched::hour.us;
  const auto add_policy = [&](const char* when, ClockKind clock, sched::Duration target,
                              const char* calendar) {
    PolicyDefinition policy;
    policy.name = std::string(when) + std::string(name(clock));
    policy.when = when;
    policy.clock = clock;
    policy.target.us = target.us;
    policy.calendar = calendar;
    policy.pause = {"requester"};
    policy.rungs = plain_rungs({5'000, 7'500, 10'000, 12'000});
    configuration.policies.push_back(policy);
  };
  add_policy("priority == P1", ClockKind::resolution, sched::hour, "24x7");
  add_policy("priority == P1", ClockKind::response, sched::minute * 10, "24x7");
  add_policy("vip", ClockKind::resolution, sched::hour * 2, "weekdays");
  add_policy("", ClockKind::resolution, sched::hour * 4, "weekdays");
  add_policy("", ClockKind::response, sched::hour, "weekdays");
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

void build_command(Dice& dice, FrameBuilder& builder, int64_t now_us, int& opened) {
  const std::string ticket = "T" + std::to_string(dice.roll(static_cast<uint64_t>(opened) + 1));
  const std::string agent = "a" + std::to_string(dice.roll(7));
  const std::string queue = "q" + std::to_string(dice.roll(5));
  const auto fields = [&] {
    OpenFields open;
    open.impact = static_cast<uint8_t>(dice.roll(4));
    open.urgency = static_cast<uint8_t>(dice.roll(4));
    open.vip = dice.chance(10);
    open.sentiment = static_cast<uint8_t>(dice.roll(4));
    open.category = "c" + std::to_string(dice.roll(5));
    open.requester = dice.chance(50) ? "somebody" : "";
    open.body = std::string(dice.roll(40), 'x');
    if (dice.chance(20)) open.queue = queue;
    if (dice.chance(20)) {
      open.occurred_at_us = now_us - static_cast<int64_t>(dice.roll(7'200'000'000));
    }
    return open;
  };
  switch (dice.roll(20)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      OpenFields open = fields();
      open.external_id = "T" + std::to_string(opened++);
      builder.open(open);
      break;
    }
    case 4: {
      const auto bits =
          static_cast<uint32_t>(dice.roll(1U << 21)) & 0x1f'0ffeU & ~bit(TextField::queue);
      builder.update(ticket, bits, fields());
      break;
    }
    case 5:
      builder.message(ticket, static_cast<AuthorKind>(dice.roll(4)), dice.chance(70),
                      dice.chance(20));
      break;
    case 6:
      builder.assign(ticket, agent);
      break;
    case 7:
    case 8:
      builder.start(ticket);
      break;
    case 9:
      builder.requeue(ticket, dice.chance(50) ? queue : "", "moved");
      break;
    case 10:
    case 11: {
      const int64_t in_us = static_cast<int64_t>(dice.roll(3'600'000'000));
      builder.pend(ticket, dice.chance(50) ? "requester" : "vendor",
                   dice.chance(50) ? now_us + in_us : 0);
      break;
    }
    case 12:
      builder.resume(ticket);
      break;
    case 13:
    case 14:
      builder.resolve(ticket, dice.chance(10));
      break;
    case 15:
      builder.close(ticket);
      break;
    case 16:
      builder.reopen(ticket);
      break;
    case 17:
      dice.chance(30) ? builder.cancel(ticket) : builder.resolve(ticket);
      break;
    case 18:
      builder.log_in(agent);
      break;
    default:
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
  }
}

struct Result {
  uint64_t digest;
  uint64_t event_hash;
  uint64_t events;
};

/// `examine`: every invariant after every batch (a replay needs it only once).
Result run(uint64_t seed, int batches, bool examine) {
  Limits limits = small_limits();
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
  for (int i = 0; i < batches; ++i) {
    FrameBuilder builder;
    if (i == 0 || dice.chance(1)) {
      Configuration configuration = busy_desk();
      if (dice.chance(50)) configuration.policies.erase(configuration.policies.begin());
      builder.configure(register_configuration(configuration));
    }
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
    }
    // Often at the same instant or exactly when something is due; sometimes far ahead.
    const int64_t due_us = desk.next_due().us;
    if (dice.chance(30) && due_us > now_us && due_us != sched::never.us) {
      now_us = due_us;
    } else if (!dice.chance(20)) {
      now_us += static_cast<int64_t>(dice.roll(dice.chance(5) ? 90'000'000'000 : 600'000'000));
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
