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

class PersistedDesk : public ::testing::TestWithParam<uint64_t> {};

TEST_P(PersistedDesk, OfEveryClockGoesOnAsIfItHadNotStopped) {
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

TEST_P(PersistedDesk, ThatRoutesGoesOnAsIfItHadNotStopped) {
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

INSTANTIATE_TEST_SUITE_P(Seeds, PersistedDesk, ::testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace paceline::desk::test
