#include "sched/need.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/models/need_model.h"

namespace paceline::sched {
namespace {

constexpr uint32_t network = 7;
constexpr uint32_t vpn = 40;
constexpr uint32_t contractor = 99;

NeedStep compare(uint32_t skill, Comparison comparison, uint8_t level) {
  return {NeedStep::Code::compare, comparison, level, skill};
}
NeedStep at_least(uint32_t skill, uint8_t level) {
  return compare(skill, Comparison::at_least, level);
}
constexpr NeedStep negate{.code = NeedStep::Code::negate};
constexpr NeedStep both{.code = NeedStep::Code::both};
constexpr NeedStep either{.code = NeedStep::Code::either};

using Levels = std::vector<SkillLevel>;

TEST(Need, WithoutStepsAsksForNothing) {
  EXPECT_TRUE(Need().asks_nothing());
  EXPECT_TRUE(Need().holds({}));
  EXPECT_EQ(Need().surplus(Levels{{network, 9}}), 0U);
}

TEST(Need, ASkillNotHeldCountsAsLevelZero) {
  EXPECT_FALSE(Need({at_least(network, 1)}).holds({}));
  EXPECT_TRUE(Need({at_least(network, 0)}).holds({}));
  EXPECT_TRUE(Need({compare(network, Comparison::below, 1)}).holds(Levels{{vpn, 3}}));
}

TEST(Need, ComparesInSixWays) {
  const Levels held{{network, 5}};
  const auto holds = [&](Comparison comparison, uint8_t level) {
    return Need({compare(network, comparison, level)}).holds(held);
  };
  for (uint8_t level = 4; level <= 6; ++level) {
    EXPECT_EQ(holds(Comparison::at_least, level), 5 >= level);
    EXPECT_EQ(holds(Comparison::above, level), 5 > level);
    EXPECT_EQ(holds(Comparison::at_most, level), 5 <= level);
    EXPECT_EQ(holds(Comparison::below, level), 5 < level);
    EXPECT_EQ(holds(Comparison::equal, level), 5 == level);
    EXPECT_EQ(holds(Comparison::unequal, level), 5 != level);
  }
}

// network >= 6 && (vpn >= 4 || !contractor >= 1)
TEST(Need, CombinesComparisons) {
  const Need need(
      {at_least(network, 6), at_least(vpn, 4), at_least(contractor, 1), negate, either, both});
  EXPECT_TRUE(need.holds(Levels{{network, 6}}));
  EXPECT_FALSE(need.holds(Levels{{network, 5}}));
  EXPECT_FALSE(need.holds(Levels{{network, 6}, {contractor, 1}}));
  EXPECT_TRUE(need.holds(Levels{{network, 6}, {vpn, 4}, {contractor, 1}}));
}

TEST(Need, AllOfThemAtTheirLevels) {
  const Need need = Need::all_of(Levels{{network, 2}, {vpn, 4}});
  EXPECT_TRUE(need.holds(Levels{{network, 2}, {vpn, 4}}));
  EXPECT_FALSE(need.holds(Levels{{network, 2}, {vpn, 3}}));
  EXPECT_TRUE(Need::all_of({}).asks_nothing());
}

TEST(Need, SurplusIsWhatIsHeldBeyondWhatIsAsked) {
  const Levels held{{network, 9}, {vpn, 4}};
  EXPECT_EQ(Need({at_least(network, 6)}).surplus(held), 3U);
  EXPECT_EQ(Need({compare(network, Comparison::above, 6)}).surplus(held), 2U);
  EXPECT_EQ(Need::all_of(Levels{{network, 6}, {vpn, 1}}).surplus(held), 6U);
}

TEST(Need, OnlySatisfiedComparisonsCountTowardsSurplus) {
  const Levels held{{network, 9}};
  EXPECT_EQ(Need({at_least(network, 6), at_least(vpn, 1), either}).surplus(held), 3U);
}

TEST(Need, ComparisonsThatAskForLittleOrUnderANegationAreNoSurplus) {
  const Levels held{{network, 9}};
  EXPECT_EQ(Need({compare(network, Comparison::at_most, 9)}).surplus(held), 0U);
  EXPECT_EQ(Need({compare(network, Comparison::unequal, 1)}).surplus(held), 0U);
  EXPECT_EQ(Need({at_least(network, 1), negate}).surplus(held), 0U);
  EXPECT_EQ(Need({at_least(network, 1), negate, negate}).surplus(held), 0U);
}

TEST(Need, AsDeepAsItMayBe) {
  std::vector<NeedStep> steps;
  for (uint32_t i = 0; i < Need::depth_max; ++i) steps.push_back(at_least(network, 1));
  for (uint32_t i = 1; i < Need::depth_max; ++i) steps.push_back(both);
  EXPECT_TRUE(Need(steps).holds(Levels{{network, 1}}));
}

TEST(NeedDeathTest, StepsThatDoNotLeaveOneValueAreRefused) {
  EXPECT_DEATH(Need({both}), "CHECK");
  EXPECT_DEATH(Need({negate}), "CHECK");
  EXPECT_DEATH(Need({at_least(network, 1), at_least(vpn, 1)}), "CHECK");
  EXPECT_DEATH(Need(std::vector<NeedStep>(Need::depth_max + 1, at_least(network, 1))), "CHECK");
}

TEST(NeedProperty, SaysWhatTheTreeSays) {
  std::mt19937_64 random(11);
  const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
  for (int round = 0; round < 20'000; ++round) {
    models::Held held;
    for (uint32_t i = below(5); i > 0; --i) held[below(4)] = static_cast<uint8_t>(1 + below(6));
    Levels levels;
    for (const auto& [skill, level] : held) levels.push_back({skill, level});
    std::vector<NeedStep> steps;
    uint32_t depth = 0;
    for (uint32_t i = 1 + below(12); i > 0 || depth > 1;) {
      const uint32_t what = below(4);
      if (i > 0 && (depth == 0 || what == 0)) {
        steps.push_back(
            compare(below(4), static_cast<Comparison>(below(6)), static_cast<uint8_t>(below(7))));
        ++depth;
        --i;
      } else if (what == 1) {
        steps.push_back(negate);
      } else if (depth > 1) {
        steps.push_back(what == 2 ? both : either);
        --depth;
      }
    }
    const Need need(steps);
    const auto expected = models::evaluate(need, held);
    ASSERT_EQ(need.holds(levels), expected.holds) << "round " << round;
    ASSERT_EQ(need.surplus(levels), expected.surplus) << "round " << round;
  }
}

}  // namespace
}  // namespace paceline::sched
