#include "sched/dispatch.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/models/dispatch_model.h"

namespace paceline::sched {
namespace {

constexpr uint32_t none = Dispatcher::none;
constexpr AgentId ann{0};
constexpr AgentId bob{1};
constexpr AgentId cleo{2};

constexpr uint32_t network = 7;
constexpr uint32_t vpn = 40;

Abilities member(std::vector<SkillLevel> skills = {}) { return {{network}, std::move(skills)}; }
LineTerms wanting(std::vector<SkillLevel> need = {}, uint32_t weight_milli = 1'000) {
  return {network, std::move(need), weight_milli, true};
}

/// A desk with one line; agents log in at their number in seconds.
class Dispatch : public testing::Test {
 protected:
  Dispatch() { desk.define_line(0, wanting()); }
  void staff(AgentId agent, const Abilities& abilities, uint32_t capacity_milli = 1'000) {
    desk.define_agent(agent, abilities, capacity_milli);
    desk.log_in(agent, at(agent.value));
  }
  static Instant at(int64_t seconds) { return {seconds * second.us}; }

  Dispatcher desk{16};
};

TEST_F(Dispatch, TheLongestIdleAgentComesFirst) {
  staff(ann, member());
  staff(bob, member());
  EXPECT_EQ(desk.agent_for(0), ann);
  desk.log_in(ann, at(10));
  EXPECT_EQ(desk.agent_for(0), bob);
}

TEST_F(Dispatch, OfAgentsIdleEquallyLongTheSmallerIdComesFirst) {
  for (const AgentId agent : {ann, bob}) desk.define_agent(agent, member(), 1'000);
  desk.log_in(bob, at(5));
  desk.log_in(ann, at(5));
  EXPECT_EQ(desk.agent_for(0), ann);
}

TEST_F(Dispatch, ANewAgentIsLoggedOutAndGetsNothing) {
  desk.define_agent(ann, member(), 1'000);
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
}

TEST_F(Dispatch, ABusyAgentGetsNothingUntilReleased) {
  staff(ann, member());
  desk.occupy(ann, 1'000, at(1));
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  desk.release(ann, 1'000, at(2));
  EXPECT_EQ(desk.agent_for(0), ann);
  EXPECT_EQ(desk.ticket_for(ann), 3U);
  EXPECT_EQ(desk.idle_since(ann), at(2));
}

TEST_F(Dispatch, TakingWorkSendsAnAgentWithRoomLeftToTheBack) {
  staff(ann, member(), 3'000);
  staff(bob, member(), 3'000);
  desk.occupy(ann, 1'000, at(9));
  EXPECT_EQ(desk.agent_for(0), bob);
}

TEST_F(Dispatch, ALoadThatChangesByItselfKeepsThePlace) {
  staff(ann, member(), 3'000);
  staff(bob, member(), 3'000);
  desk.adjust(ann, 900);
  EXPECT_EQ(desk.agent_for(0), ann);
  EXPECT_EQ(desk.used_milli(ann), 900U);
}

TEST_F(Dispatch, AnAgentWithTooLittleRoomIsPassedOverForOneWithEnough) {
  desk.define_line(1, wanting({}, 300));
  staff(ann, member());
  staff(bob, member());
  desk.adjust(ann, 400);
  EXPECT_EQ(desk.agent_for(0), bob);
  EXPECT_EQ(desk.agent_for(1), ann);
}

TEST_F(Dispatch, AnAgentOverCapacityIsNotMatchedEvenForWeightlessWork) {
  desk.define_line(0, wanting({}, 0));
  staff(ann, member());
  desk.occupy(ann, 1'000, at(1));
  EXPECT_EQ(desk.agent_for(0), ann);
  desk.occupy(ann, 1, at(2));
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
}

TEST_F(Dispatch, EverySkillIsNeededAtItsLevel) {
  desk.define_line(0, wanting({{vpn, 4}, {network, 6}}));
  staff(ann, member({{network, 9}, {vpn, 3}}));
  staff(bob, member({{network, 9}}));
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
  staff(cleo, member({{network, 6}, {vpn, 4}}));
  EXPECT_EQ(desk.agent_for(0), cleo);
}

TEST_F(Dispatch, SkillWithoutMembershipIsNotEnough) {
  staff(ann, {{network + 1}, {{vpn, 9}}});
  EXPECT_FALSE(desk.may_serve(ann, 0));
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
}

TEST_F(Dispatch, AFreedAgentTakesTheMostPressingOfAllLines) {
  desk.define_line(1, wanting({{vpn, 1}}));
  desk.define_line(2, wanting({{vpn, 9}}));
  staff(ann, member({{vpn, 5}}));
  desk.enqueue(0, 3, {200, 1});
  desk.enqueue(1, 4, {100, 2});
  desk.enqueue(2, 5, {50, 3});
  EXPECT_EQ(desk.ticket_for(ann), 4U);
}

TEST_F(Dispatch, EquallyPressingTicketsComeInOrderOfArrival) {
  desk.define_line(1, wanting());
  staff(ann, member());
  desk.enqueue(0, 3, {100, 0});
  desk.enqueue(1, 4, {100, 0xffff'ffff});  // the counter has wrapped since
  EXPECT_EQ(desk.ticket_for(ann), 4U);
}

TEST_F(Dispatch, ALineThatDoesNotPushIsNeverMatchedButKeepsItsOrder) {
  LineTerms pull = wanting();
  pull.push = false;
  desk.define_line(0, pull);
  staff(ann, member());
  desk.enqueue(0, 3, {2, 1});
  desk.enqueue(0, 4, {1, 2});
  EXPECT_EQ(desk.agent_for(0), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann), none);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  EXPECT_EQ(desk.line(0).top(), 4U);
}

TEST_F(Dispatch, ChangedTermsApplyToTicketsAlreadyWaiting) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  desk.define_line(0, wanting({{vpn, 1}}));
  EXPECT_EQ(desk.ticket_for(ann), none);
  desk.define_agent(ann, member({{vpn, 1}}), 1'000);
  EXPECT_TRUE(desk.logged_in(ann));
  EXPECT_EQ(desk.ticket_for(ann), 3U);
}

TEST_F(Dispatch, ATicketTakenOutOfItsLineWaitsNowhere) {
  staff(ann, member());
  desk.enqueue(0, 3, {1, 1});
  EXPECT_EQ(desk.line_of(3), 0U);
  desk.remove(3);
  EXPECT_FALSE(desk.waiting(3));
  EXPECT_EQ(desk.ticket_for(ann), none);
}

TEST_F(Dispatch, AWaitingTicketBesideAFreeAgentIsCounted) {
  staff(ann, member());
  staff(bob, member());
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  desk.enqueue(0, 3, {1, 1});
  desk.enqueue(0, 4, {1, 2});
  EXPECT_EQ(desk.idle_beside_waiting(), 2U);
  desk.occupy(ann, 1, at(3));
  EXPECT_EQ(desk.idle_beside_waiting(), 1U);
}

// --- The dispatcher and its model do the same ---

struct Size {
  uint32_t agents;
  uint32_t lines;
  uint32_t groups;
  uint32_t skills;
  uint32_t weights;  // different ones
};

class Twins {
 public:
  Twins(const Size& size, uint64_t seed) : size_(size), random_(seed), real_(slots) {}

  void step() {
    now_us_ += below(3);
    switch (below(30)) {
      case 0:
        return define_line();
      case 1:
        return define_agent();
      case 2:
      case 3:
        return log_in_or_out();
      case 4:
      case 5:
        return adjust();
      case 6:
      case 7:
      case 8:
      case 9:
        return release();
      case 10:
      case 11:
      case 12:
        return remove();
      case 13:
        return occupy(static_cast<uint32_t>(below(agents_)), weight());
      case 14: {
        if (agents_ == 0) return;
        // Someone is free: takes the most pressing.
        const auto agent = static_cast<uint32_t>(below(agents_));
        const uint32_t slot = model_.ticket_for(agent);
        if (slot == none) return;
        const uint32_t taken_milli = weight_of_[model_.line_of(slot)];
        remove(slot);
        return occupy(agent, taken_milli);
      }
      default:
        return enqueue();
    }
  }

  void compare() {
    for (uint32_t line = 0; line < lines_; ++line) {
      const auto expected = model_.agent_for(line);
      const auto found = real_.agent_for(line);
      ASSERT_EQ(found.has_value(), expected.has_value()) << "line " << line;
      if (found) {
        ASSERT_EQ(found->value, *expected) << "line " << line;
      }
    }
    for (uint32_t agent = 0; agent < agents_; ++agent) {
      ASSERT_EQ(real_.ticket_for({agent}), model_.ticket_for(agent)) << "agent " << agent;
      ASSERT_EQ(real_.logged_in({agent}), model_.agent(agent).logged_in);
      ASSERT_EQ(real_.used_milli({agent}), model_.agent(agent).used_milli);
      ASSERT_EQ(real_.idle_since({agent}).us, model_.agent(agent).idle_since_us);
    }
    ASSERT_EQ(real_.idle_beside_waiting(), model_.idle_beside_waiting());
    if (lines_ == 0 || agents_ == 0) return;
    const auto line = static_cast<uint32_t>(below(lines_));
    const auto agent = static_cast<uint32_t>(below(agents_));
    ASSERT_EQ(real_.may_serve({agent}, line), model_.may_serve(agent, line));
    ASSERT_EQ(real_.line(line).peek(slots), model_.in_line(line));
    const auto slot = static_cast<uint32_t>(below(slots));
    ASSERT_EQ(real_.waiting(slot), model_.waiting(slot));
    if (real_.waiting(slot)) {
      ASSERT_EQ(real_.line_of(slot), model_.line_of(slot));
    }
  }

 private:
  static constexpr uint32_t slots = 120;

  int64_t below(int64_t bound) {
    return bound == 0 ? 0 : static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  uint32_t weight() { return static_cast<uint32_t>(below(size_.weights) * 97); }
  std::vector<SkillLevel> some_skills(int64_t most) {
    std::vector<SkillLevel> skills(static_cast<size_t>(below(most + 1)));
    for (SkillLevel& skill : skills) {
      skill = {static_cast<uint32_t>(below(size_.skills)) * 1'000'003,
               static_cast<uint8_t>(below(4))};
    }
    return skills;
  }

  void define_line() {
    const bool create = lines_ < size_.lines && (lines_ == 0 || below(2) == 0);
    const auto line = create ? lines_++ : static_cast<uint32_t>(below(lines_));
    const LineTerms terms{static_cast<uint32_t>(below(size_.groups)), some_skills(2), weight(),
                          below(6) != 0};
    real_.define_line(line, terms);
    model_.define_line(line, terms);
    weight_of_.resize(lines_);
    weight_of_[line] = terms.weight_milli;
  }
  void define_agent() {
    const bool create = agents_ < size_.agents && (agents_ == 0 || below(2) == 0);
    const auto agent = create ? agents_++ : static_cast<uint32_t>(below(agents_));
    Abilities abilities{{}, some_skills(3)};
    for (int64_t i = below(3); i >= 0; --i) {
      abilities.groups.push_back(static_cast<uint32_t>(below(size_.groups)));
    }
    const auto capacity_milli = static_cast<uint32_t>(below(12) * 100);
    real_.define_agent({agent}, abilities, capacity_milli);
    model_.define_agent(agent, abilities, capacity_milli);
  }
  void log_in_or_out() {
    if (agents_ == 0) return;
    const auto agent = static_cast<uint32_t>(below(agents_));
    if (below(4) == 0) {
      real_.log_out({agent});
      model_.log_out(agent);
    } else {
      real_.log_in({agent}, {now_us_});
      model_.log_in(agent, now_us_);
    }
  }
  void occupy(uint32_t agent, uint32_t weight_milli) {
    if (agents_ == 0) return;
    real_.occupy({agent}, weight_milli, {now_us_});
    model_.load(agent, weight_milli);
    model_.touch(agent, now_us_);
  }
  void release() {
    if (agents_ == 0) return;
    const auto agent = static_cast<uint32_t>(below(agents_));
    const auto weight_milli = static_cast<uint32_t>(below(model_.agent(agent).used_milli + 1));
    real_.release({agent}, weight_milli, {now_us_});
    model_.load(agent, -int64_t{weight_milli});
    model_.touch(agent, now_us_);
  }
  void adjust() {
    if (agents_ == 0) return;
    const auto agent = static_cast<uint32_t>(below(agents_));
    const int64_t delta = below(400) - below(model_.agent(agent).used_milli + 1);
    real_.adjust({agent}, delta);
    model_.load(agent, delta);
  }
  void enqueue() {
    const auto slot = static_cast<uint32_t>(below(slots));
    if (lines_ == 0 || model_.waiting(slot)) return;
    const auto line = static_cast<uint32_t>(below(lines_));
    const Standing standing{below(30), order_++};
    real_.enqueue(line, slot, standing);
    model_.enqueue(line, slot, standing);
  }
  void remove(uint32_t slot) {
    real_.remove(slot);
    model_.remove(slot);
  }
  void remove() {
    const auto slot = static_cast<uint32_t>(below(slots));
    if (model_.waiting(slot)) remove(slot);
  }

  Size size_;
  std::mt19937_64 random_;
  int64_t now_us_ = 1'000'000;
  uint32_t order_ = 0xffff'ff00;  // wraps on the way
  uint32_t lines_ = 0;
  uint32_t agents_ = 0;
  std::vector<uint32_t> weight_of_;
  Dispatcher real_;
  models::DispatchModel model_;
};

TEST(DispatchProperty, AnswersAsTheModelDoes) {
  const Size sizes[] = {{3, 2, 1, 1, 2},   {8, 5, 2, 2, 4},     {30, 12, 3, 3, 6},
                        {20, 9, 1, 1, 30}, {100, 80, 2, 4, 12}, {150, 20, 4, 8, 3}};
  for (const Size& size : sizes) {
    for (uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE("agents " + std::to_string(size.agents) + ", seed " + std::to_string(seed));
      Twins twins(size, seed);
      for (int step = 0; step < 2'000; ++step) {
        twins.step();
        if (size.agents > 20 ? step % 16 != 0 : step % 2 != 0) continue;
        twins.compare();
        if (testing::Test::HasFatalFailure()) {
          ADD_FAILURE() << "step " << step;
          return;
        }
      }
    }
  }
}

}  // namespace
}  // namespace paceline::sched
