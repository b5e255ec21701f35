// A desk written down and filled in again is the same desk: it is seen so, and it goes on so.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "tests/support/desk_driver.h"
#include "tests/support/random_desk.h"
#include "tests/support/random_routing.h"
#include "tests/support/twin_desk.h"

namespace paceline::desk::test {
namespace {

/// What random desks have in common: batches at instants that are often those of timers, numbers
/// sent again, down-times; and now and then the second of the twins begins anew.
class Play {
 public:
  Play(uint64_t seed, NewDesk new_desk, int64_t now_us)
      : dice_(seed), twins_(std::move(new_desk)), now_us_(now_us) {
    Desk::set_invariants_fatal(true);
  }

  Dice& dice() { return dice_; }
  Desk& desk() { return twins_.desk(); }
  int64_t now_us() const { return now_us_; }

  void apply(FrameBuilder builder) {
    const CommandFrame frame = builder.frame(desk().number(), SessionId{3}, number_);
    twins_.apply({sched::Instant{now_us_}, {&frame, builder.size() == 0 ? 0U : 1U}});
    if (builder.size() != 0) {
      again_ = builder;
      again_number_ = number_;
    }
    number_ += builder.size();
    // Another session of a single command.
    if (dice_.chance(10)) {
      FrameBuilder other;
      other.log_in("a1");
      const CommandFrame once = other.frame(desk().number(), SessionId{100 + number_}, 1);
      twins_.apply({sched::Instant{now_us_}, {&once, 1}});
    }
    reload_at_times();
    if (dice_.chance(20)) send_again();
    go_on();
  }

 private:
  void reload_at_times() {
    const uint64_t before_in_ten_thousand = std::getenv("PACELINE_SOAK") == nullptr ? 300 : 30;
    if (dice_.roll(10'000) < before_in_ten_thousand) {
      twins_.reload();
      if (dice_.chance(10)) twins_.reload();
    }
  }
  /// A newer frame's replies, some of an older one's.
  void send_again() {
    const uint64_t number = dice_.chance(50) ? again_number_ : dice_.roll(number_) + 1;
    const CommandFrame frame = again_.frame(desk().number(), SessionId{3}, number);
    if (number + again_.size() > number_) return;
    twins_.apply({sched::Instant{now_us_}, {&frame, 1}});
  }
  void go_on() {
    const int64_t before_us = now_us_;
    const int64_t due_us = desk().next_due().us;
    if (dice_.chance(30) && due_us > now_us_ && due_us != sched::never.us) {
      now_us_ = due_us;
    } else if (!dice_.chance(20)) {
      now_us_ += static_cast<int64_t>(dice_.roll(dice_.chance(5) ? 60'000'000'000 : 300'000'000));
    }
    if (now_us_ - before_us > sched::hour.us && dice_.chance(30)) {
      twins_.recovered({before_us}, {now_us_});
    }
    if (dice_.chance(1)) twins_.clock_jumped(sched::minute.us);
  }

  Dice dice_;
  TwinDesk twins_;
  int64_t now_us_;
  uint64_t number_ = 1;
  FrameBuilder again_;
  uint64_t again_number_ = 1;
};

NewDesk new_desks(const Limits& limits) {
  return [limits] {
    return std::make_unique<Desk>(sched::DeskNumber{1}, "random", limits,
                                  &registered_configuration);
  };
}

int batches(int usual) { return std::getenv("PACELINE_SOAK") == nullptr ? usual : usual * 20; }

class PersistedRandomDesk : public ::testing::TestWithParam<uint64_t> {};

TEST_P(PersistedRandomDesk, OfEveryClockGoesOnAsIfItHadNotStopped) {
  Play play(GetParam(), new_desks(random_desk_limits()), monday_us);
  int opened = 0;
  std::vector<StatedPolicy> policies;
  for (int i = 0; i < batches(800) && !HasFailure(); ++i) {
    FrameBuilder builder;
    if (i == 0 || play.dice().chance(1)) {
      builder.configure(register_configuration(busy_desk(play.dice(), policies, play.now_us())));
    }
    if (i % 100 == 0) make_room(play.desk(), builder);
    for (uint64_t c = play.dice().roll(6); c > 0; --c) {
      build_command(play.dice(), builder, play.now_us(), opened);
    }
    play.apply(builder);
  }
}

TEST_P(PersistedRandomDesk, ThatRoutesGoesOnAsIfItHadNotStopped) {
  const Scale scale;
  Limits limits = random_desk_limits();
  limits.clocks_per_ticket = 4;
  Play play(GetParam(), new_desks(limits), monday_us + (sched::hour * 8).us);
  Crowd crowd(play.dice(), play.desk(), scale);
  for (int i = 0; i < batches(800) && !HasFailure(); ++i) {
    FrameBuilder builder;
    crowd.begin_batch();
    if (i == 0 || play.dice().roll(scale.batches_of_one) == 0) {
      builder.configure(register_configuration(some_desk(play.dice(), scale)));
    }
    for (uint64_t agent = 0; i == 0 && agent < scale.agents; ++agent) {
      builder.log_in(agent_name(agent));
    }
    if (i % 50 == 0) make_room(play.desk(), builder);
    for (uint64_t c = play.dice().roll(scale.commands_max + 1); c > 0; --c) crowd.ask(builder);
    play.apply(builder);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PersistedRandomDesk, ::testing::Range<uint64_t>(1, 9));

/// A desk with something of everything.
std::unique_ptr<Desk> busy(const NewDesk& new_desk) {
  Dice dice(11);
  std::unique_ptr<Desk> desk = new_desk();
  const Scale scale;
  Crowd crowd(dice, *desk, scale);
  std::vector<StatedPolicy> policies;
  Outcome outcome;
  uint64_t number = 1;
  int64_t now_us = monday_us + (sched::hour * 9).us;
  for (int i = 0; i < 300; ++i) {
    FrameBuilder builder;
    crowd.begin_batch();
    if (i == 0) {
      Configuration configuration = some_desk(dice, scale);
      const Configuration clocks = busy_desk(dice, policies, now_us);
      configuration.policies = clocks.policies;
      for (const sched::CalendarSpec& calendar : clocks.calendars) {
        configuration.calendars.push_back(calendar);
      }
      configuration.settings.pending = {{"awaiting_requester", {sched::day.us, 0}, {}, 0}};
      builder.configure(register_configuration(configuration));
      for (uint64_t agent = 0; agent < scale.agents; ++agent) builder.log_in(agent_name(agent));
    }
    for (int c = 0; c < 4; ++c) crowd.ask(builder);
    const CommandFrame frame = builder.frame(desk->number(), SessionId{3}, number);
    number += builder.size();
    outcome.clear();
    desk->apply({sched::Instant{now_us}, {&frame, 1}}, outcome);
    now_us += static_cast<int64_t>(dice.roll(120'000'000));
  }
  return desk;
}

TEST(PersistedDesk, KnowsTheUploadUnderWayAndTheJumpNotYetTold) {
  TwinDesk twins(new_desks(random_desk_limits()));
  Configuration configuration;
  configuration.queues.emplace_back().name = "uploaded";
  configuration.queues.back().group = "g";
  FrameBuilder builder;
  builder.configure(register_configuration(configuration));  // begin, chunk, commit
  CommandFrame frame = builder.frame(twins.desk().number(), SessionId{3}, 1);
  const auto order = frame.order;
  frame.order = order.first(2);
  twins.apply({sched::Instant{monday_us}, {&frame, 1}});
  twins.clock_jumped(5);
  twins.reload();
  frame.order = order.subspan(2);
  frame.first_number = 3;
  twins.apply({sched::Instant{monday_us + 1}, {&frame, 1}});
  ASSERT_EQ(twins.outcome().replies.size(), 1U);
  EXPECT_EQ(twins.outcome().replies[0].code, 0);
  EXPECT_EQ(twins.outcome().events.front().kind, EventKind::engine_clock_jump);
  twins.reload();
  EXPECT_EQ(twins.desk().names().queues.back(), "uploaded");
}

TEST(PersistedDesk, OfAnotherNameOrOtherLimitsIsRefused) {
  const NewDesk new_desk = new_desks(random_desk_limits());
  const sched::test::Image image = sched::test::saved(*busy(new_desk));
  Desk other(sched::DeskNumber{1}, "other", random_desk_limits(), &registered_configuration);
  EXPECT_EQ(sched::test::load(other, image), "it is another desk's");
  Limits limits = random_desk_limits();
  ++limits.tickets_max;
  Desk larger(sched::DeskNumber{1}, "random", limits, &registered_configuration);
  EXPECT_EQ(sched::test::load(larger, image),
            "it is of a desk with other limits: start with the same ones");
}

TEST(PersistedDesk, CutShortAnywhereIsRefused) {
  const NewDesk new_desk = new_desks(random_desk_limits());
  sched::test::Image image = sched::test::saved(*busy(new_desk));
  Dice dice(1);
  for (auto* part : {&image.small, &image.bulk}) {
    for (int i = 0; i < 100; ++i) {
      const std::vector<std::byte> whole = *part;
      part->resize(i == 0 ? whole.size() - 1 : dice.roll(whole.size()));
      EXPECT_NE(sched::test::load(*new_desk(), image), "")
          << part->size() << " of " << whole.size();
      *part = whole;
    }
  }
}

/// No checksum is between the bit and the desk here. It must come to an end whatever the bit was;
/// what the digest covers must not go unnoticed.
TEST(PersistedDesk, WithABitFlippedIsRefusedOrAnotherOrTheSame) {
  const NewDesk new_desk = new_desks(random_desk_limits());
  const std::unique_ptr<Desk> desk = busy(new_desk);
  const uint64_t digest = desk->digest();
  sched::test::Image image = sched::test::saved(*desk);
  ASSERT_EQ(loaded(image, new_desk)->digest(), digest);
  const int flips = std::getenv("PACELINE_SOAK") == nullptr ? 1'000 : 100'000;
  Dice dice(2);
  int refused = 0, different = 0;
  for (int i = 0; i < flips; ++i) {
    auto& part = dice.chance(50) ? image.small : image.bulk;
    std::byte& byte = part[dice.roll(part.size())];
    const auto bit = static_cast<std::byte>(1U << dice.roll(8));
    byte ^= bit;
    const std::unique_ptr<Desk> damaged = new_desk();
    if (!sched::test::load(*damaged, image).empty()) {
      ++refused;
    } else if (damaged->digest() != digest) {
      ++different;
    }
    byte ^= bit;
  }
  EXPECT_GT(refused, flips / 10);
  EXPECT_GT(different, flips / 10);
  RecordProperty("refused", refused);
  RecordProperty("different", different);
}

}  // namespace
}  // namespace paceline::desk::test
