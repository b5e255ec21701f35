// Random desks: every invariant after every batch, and the same batches give the same state.
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

#include "tests/support/random_desk.h"

namespace paceline::desk::test {
namespace {

struct Result {
  uint64_t digest;
  uint64_t event_hash;
  uint64_t events;
};

/// `examine`: every invariant after every batch (a replay needs it only once).
Result run(uint64_t seed, int batches, bool examine) {
  Desk desk(sched::DeskNumber{1}, "random", random_desk_limits(), &registered_configuration);
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
