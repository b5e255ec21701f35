#include "sched/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace paceline::sched {
namespace {

using Costs = std::vector<int64_t>;
using Columns = std::vector<uint32_t>;
constexpr int64_t dear = int64_t{1} << 40;

struct Worth {
  uint32_t pairs = 0;
  int64_t sum = 0;
};
Worth worth(const Costs& costs, uint32_t columns, const Columns& assigned) {
  Worth worth;
  std::vector<bool> taken(columns);
  for (uint32_t row = 0; row < assigned.size(); ++row) {
    if (assigned[row] == unassigned) continue;
    const int64_t cost = costs[row * columns + assigned[row]];
    EXPECT_NE(cost, no_pair);
    EXPECT_FALSE(taken[assigned[row]]) << "column " << assigned[row] << " twice";
    taken[assigned[row]] = true;
    ++worth.pairs;
    worth.sum += cost;
  }
  return worth;
}
bool better(const Worth& a, const Worth& b) {
  return a.pairs != b.pairs ? a.pairs > b.pairs : a.sum < b.sum;
}

/// Tries everything, first columns first: of equally good ones the lexicographically first stays.
class EveryWay {
 public:
  EveryWay(const Costs& costs, uint32_t rows, uint32_t columns)
      : costs_(costs), columns_(columns), now_(rows, unassigned), taken_(columns) {
    go(0, {});
  }
  const Columns& best() const { return best_; }

 private:
  void go(uint32_t row, Worth so_far) {
    if (row == now_.size()) {
      if (!best_.empty() && !better(so_far, best_worth_)) return;
      best_ = now_;
      best_worth_ = so_far;
      return;
    }
    for (uint32_t column = 0; column < columns_; ++column) {
      const int64_t cost = costs_[row * columns_ + column];
      if (taken_[column] || cost == no_pair) continue;
      taken_[column] = true;
      now_[row] = column;
      go(row + 1, {so_far.pairs + 1, so_far.sum + cost});
      now_[row] = unassigned;
      taken_[column] = false;
    }
    go(row + 1, so_far);
  }

  const Costs& costs_;
  uint32_t columns_;
  Columns now_;
  std::vector<bool> taken_;
  Columns best_;
  Worth best_worth_;
};

Costs some_costs(std::mt19937_64& random, uint32_t rows, uint32_t columns) {
  const uint64_t range = uint64_t{1} << (random() % 41);
  const uint64_t missing = random() % 4;  // of four
  Costs costs(size_t{rows} * columns);
  for (int64_t& cost : costs) {
    cost = random() % 4 < missing ? no_pair : static_cast<int64_t>(random() % (range + 1));
  }
  return costs;
}

TEST(Assignment, GivesEachRowTheColumnThatIsCheapestForAll) {
  // Greedily the first row takes column 0, and the second pays 9.
  const Costs costs{1, 2, 1, 9};
  EXPECT_EQ(greedy_assignment(costs, 2, 2), (Columns{0, 1}));
  EXPECT_EQ(cheapest_assignment(costs, 2, 2), (Columns{1, 0}));
}

TEST(Assignment, ManyPairsComeBeforeCheapOnes) {
  const Costs costs{0, dear, 0, no_pair};
  EXPECT_EQ(greedy_assignment(costs, 2, 2), (Columns{0, unassigned}));
  EXPECT_EQ(cheapest_assignment(costs, 2, 2), (Columns{1, 0}));
}

TEST(Assignment, OfEquallyCheapOnesTheFirstByRowAndColumn) {
  EXPECT_EQ(cheapest_assignment(Costs(9, 5), 3, 3), (Columns{0, 1, 2}));
  EXPECT_EQ(cheapest_assignment(Costs(6, 5), 3, 2), (Columns{0, 1, unassigned}));
  EXPECT_EQ(cheapest_assignment(Costs(6, 0), 2, 3), (Columns{0, 1}));
}

TEST(Assignment, NothingToPairIsNothingPaired) {
  EXPECT_TRUE(cheapest_assignment({}, 0, 5).empty());
  EXPECT_EQ(cheapest_assignment({}, 2, 0), (Columns{unassigned, unassigned}));
  EXPECT_EQ(cheapest_assignment(Costs(4, no_pair), 2, 2), (Columns{unassigned, unassigned}));
  EXPECT_EQ(greedy_assignment(Costs(4, no_pair), 2, 2), (Columns{unassigned, unassigned}));
}

TEST(AssignmentProperty, IsTheFirstOfTheBestOfAllThereAre) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 3'000; ++round) {
    const auto rows = static_cast<uint32_t>(1 + random() % 6);
    const auto columns = static_cast<uint32_t>(1 + random() % 6);
    Costs costs = some_costs(random, rows, columns);
    if (random() % 2 == 0) {  // many ties
      for (int64_t& cost : costs) cost = cost == no_pair ? no_pair : cost % 3;
    }
    ASSERT_EQ(cheapest_assignment(costs, rows, columns), EveryWay(costs, rows, columns).best())
        << "round " << round;
  }
}

TEST(AssignmentProperty, IsNeverWorseThanGreedy) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    const auto rows = static_cast<uint32_t>(1 + random() % 40);
    const auto columns = static_cast<uint32_t>(1 + random() % 40);
    const Costs costs = some_costs(random, rows, columns);
    const Worth cheapest = worth(costs, columns, cheapest_assignment(costs, rows, columns));
    const Worth greedy = worth(costs, columns, greedy_assignment(costs, rows, columns));
    ASSERT_FALSE(better(greedy, cheapest)) << "round " << round;
  }
}

}  // namespace
}  // namespace paceline::sched
