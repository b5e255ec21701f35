// Laws draw the same bits everywhere, and what they draw is distributed as the formulas say.
#include "sim/random/law.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

namespace paceline::sim {
namespace {

struct Named {
  std::string name;
  Law law;
};

/// One of each kind, and the corners of those with a shape.
std::vector<Named> laws() {
  std::vector<Named> all;
  const auto add = [&](std::string name, Answer<Law> law) {
    all.push_back({std::move(name), std::move(law).value()});
  };
  add("exponential", Law::exponential(300));
  add("uniform", Law::uniform(20, 100));
  add("lognormal", Law::lognormal(300, 1.3));
  add("lognormal, almost fixed", Law::lognormal(300, 0.001));
  add("lognormal, wide", Law::lognormal(300, 4));
  add("gamma", Law::gamma(300, 2.5));
  add("gamma below 1", Law::gamma(300, 0.4));
  add("gamma of tiny shape", Law::gamma(300, 0.05));
  add("gamma of huge shape", Law::gamma(300, 1e6));
  add("weibull", Law::weibull(300, 1.7));
  add("weibull below 1", Law::weibull(300, 0.6));
  add("hyperexponential", Law::hyperexponential({{0.2, 1'000}, {0, 5}, {0.8, 50}}));
  return all;
}

Stream stream_of(uint64_t run) { return Stream({29, 0, run, Purpose::handling, 0}); }

TEST(Law, FirstDrawsAreTheSameUnderAnyCompilerAndProcessor) {
  const std::vector<std::vector<double>> golden{
      {0x1.f17edeb159ae3p+5, 0x1.0b296b07950d4p+9, 0x1.64162c8387c4cp+6},
      {0x1.541744ef99823p+6, 0x1.0bcfe38c5394cp+5, 0x1.3dd61060e2491p+6},
      {0x1.ba8d3ba5dad58p+8, 0x1.197aa1ba8cb07p+6, 0x1.5e5adecbbc56cp+8},
      {0x1.2c4434aeea18dp+8, 0x1.2bb63f4f60ef5p+8, 0x1.2c3227f312a46p+8},
      {0x1.4479da054b198p+8, 0x1.ce7462a3c433ep+3, 0x1.b50f3f373f5a4p+7},
      {0x1.c28f46b705ce5p+8, 0x1.8952e668c5288p+8, 0x1.e147d0f8d9a4fp+6},
      {0x1.95c485fdef10ap+9, 0x1.63a823e7e9a8dp+5, 0x1.7c5a4624920fdp+7},
      {0x1.bf98f421a20c7p+4, 0x1.124e301be264ep-20, 0x1.77dff5e2665fap+2},
      {0x1.2c44356225479p+8, 0x1.2c3229d5937b8p+8, 0x1.2bb32e826ef28p+8},
      {0x1.db84fba2ef953p+6, 0x1.a54a6c9eab275p+8, 0x1.259e4ed47ba96p+7},
      {0x1.5c805d24b1604p+4, 0x1.888d20d09e8aap+9, 0x1.3cd626f015b52p+5},
      {0x1.6437395f7167p+6, 0x1.458e7fa558587p+5, 0x1.12d44af54eb8ep+10},
  };
  const auto all = laws();
  ASSERT_EQ(golden.size(), all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    Stream stream({7, 3, 42, Purpose::handling, 1});
    for (const double wanted : golden[i]) EXPECT_EQ(all[i].law.draw(stream), wanted) << all[i].name;
  }
}

TEST(Law, AMillionDrawsAreTheSameUnderAnyCompilerAndProcessor) {
  uint64_t digest = 1;
  for (const auto& [name, law] : laws()) {
    for (uint64_t ticket = 0; ticket < 100'000; ++ticket) {
      Stream stream({7, 3, ticket, Purpose::handling, 1});
      digest = (digest * 1'099'511'628'211) ^ std::bit_cast<uint64_t>(law.draw(stream));
    }
  }
  EXPECT_EQ(digest, 0x4669b3f473ef841d);
}

// Kolmogorov–Smirnov at 1 in 10,000: the largest distance of 20,000 draws is below
// √(−½ ln(0.0001 / 2) / n) unless the law is not that of the formulas.
TEST(Law, DrawsFollowTheFormulas) {
  constexpr int n = 20'000;
  const double most = std::sqrt(-0.5 * std::log(0.0001 / 2) / n);
  for (const auto& [name, law] : laws()) {
    const Distribution formula = law.to_distribution().value();
    std::vector<double> draws;
    for (int i = 0; i < n; ++i) {
      Stream stream = stream_of(static_cast<uint64_t>(i));  // as a simulator does: one per ticket
      draws.push_back(law.draw(stream));
    }
    std::sort(draws.begin(), draws.end());
    double distance = 0;
    for (int i = 0; i < n; ++i) {
      const double below = formula.cdf(draws[static_cast<size_t>(i)]);
      distance = std::max(
          {distance, below - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - below});
    }
    EXPECT_LT(distance, most) << name;
  }
}

// Mean and second moment of 40,000 draws within 4.5 deviations (1 in 150,000) of the exact ones.
// The second only where four moments are small enough for a normal limit.
TEST(Law, MomentsAreExact) {
  constexpr int n = 40'000;
  for (const auto& [name, law] : laws()) {
    const Distribution formula = law.to_distribution().value();
    EXPECT_EQ(law.mean(), formula.mean());
    Stream stream = stream_of(1'000'000);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    for (int i = 0; i < n; ++i) {
      const double x = law.draw(stream);
      EXPECT_GE(x, 0);
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
    }
    EXPECT_LT(std::abs(sum / n - formula.mean()), 4.5 * formula.deviation() / std::sqrt(n)) << name;
    if (formula.deviation() > 2 * formula.mean()) continue;
    const double second = squares / n;
    const double deviation = std::sqrt(fourths / n - second * second);
    EXPECT_LT(std::abs(second - formula.moment(2)), 4.5 * deviation / std::sqrt(n)) << name;
  }
}

TEST(Law, InvertedLawsGrowWithTheirUniformNumber) {
  for (const auto& [name, law] : laws()) {
    if (name.starts_with("gamma") || name == "hyperexponential") continue;
    std::vector<std::pair<double, double>> pairs;
    for (uint64_t run = 0; run < 500; ++run) {
      Stream first = stream_of(run);
      Stream again = stream_of(run);
      pairs.emplace_back(first.uniform(), law.draw(again));
    }
    std::sort(pairs.begin(), pairs.end());
    const bool falls = name == "exponential" || name.starts_with("weibull");  // −ln u
    for (size_t i = 1; i < pairs.size(); ++i) {
      if (falls)
        EXPECT_LE(pairs[i].second, pairs[i - 1].second) << name;
      else
        EXPECT_GE(pairs[i].second, pairs[i - 1].second) << name;
    }
  }
}

TEST(Law, EmpiricalDrawsEachValueAsOftenAsItsShare) {
  const Law law = Law::empirical({{9, 0.1}, {2, 0.4}, {4, 0}, {3, 0.2}, {2, 0.1}}).value();
  EXPECT_DOUBLE_EQ(law.endless_share(), 0.2);
  EXPECT_TRUE(std::isinf(law.mean()));
  constexpr int n = 50'000;
  Stream stream = stream_of(0);
  int twos = 0;
  int threes = 0;
  int nines = 0;
  int nevers = 0;
  for (int i = 0; i < n; ++i) {
    const double x = law.draw(stream);
    twos += x == 2;
    threes += x == 3;
    nines += x == 9;
    nevers += std::isinf(x);
  }
  EXPECT_EQ(twos + threes + nines + nevers, n);
  const auto near = [&](int seen, double share) {
    EXPECT_LT(std::abs(seen - n * share), 4.5 * std::sqrt(n * share * (1 - share))) << share;
  };
  near(twos, 0.5);
  near(threes, 0.2);
  near(nines, 0.1);
  near(nevers, 0.2);
}

TEST(Law, AFullEmpiricalLawNeverRunsOut) {
  // Ten shares of a tenth add up to a bit less than 1.
  std::vector<Law::Atom> atoms;
  for (int i = 1; i <= 10; ++i) atoms.push_back({static_cast<double>(i), 0.1});
  const Law law = Law::empirical(atoms).value();
  EXPECT_EQ(law.endless_share(), 0);
  Stream stream = stream_of(3);
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) sum += law.draw(stream);
  EXPECT_NEAR(sum / 100'000, 5.5, 4.5 * std::sqrt(8.25 / 100'000));
}

TEST(Law, LargeEmpiricalLawsAreSearchedFromTheGuide) {
  // Shares that differ a thousandfold, so that guide cells hold none, one and many atoms.
  std::vector<Law::Atom> atoms;
  double sum = 0;
  for (int i = 0; i < 3'000; ++i) {
    atoms.push_back({static_cast<double>(i), i % 100 == 7 ? 1.0 : 0.001});
    sum += atoms.back().share;
  }
  for (Law::Atom& atom : atoms) atom.share /= sum;
  const Law law = Law::empirical(atoms).value();
  const Distribution formula = law.to_distribution().value();
  for (uint64_t run = 0; run < 5'000; ++run) {
    Stream first = stream_of(run);
    Stream again = stream_of(run);
    const double u = first.uniform();
    const double value = law.draw(again);
    // The least value whose share until it exceeds u.
    EXPECT_GT(formula.cdf(value), u - 1e-12);
    EXPECT_LE(value == 0 ? 0 : formula.cdf(value - 1), u + 1e-12);
  }
}

TEST(Law, FixedAndNeverTakeNothingFromTheStream) {
  Stream stream = stream_of(5);
  Stream untouched = stream_of(5);
  EXPECT_EQ(Law::deterministic(7).value().draw(stream), 7);
  EXPECT_TRUE(std::isinf(Law::never().draw(stream)));
  EXPECT_TRUE(std::isinf(Law().mean()));
  EXPECT_EQ(Law::never().endless_share(), 1);
  EXPECT_EQ(Law::never().to_distribution().error().kind, Impossible::out_of_range);
  EXPECT_EQ(stream.bits64(), untouched.bits64());
}

TEST(Law, CornersGiveNumbers) {
  for (const Law& law :
       {Law::gamma(1, 1e-3).value(), Law::gamma(1, 1e15).value(), Law::weibull(1, 0.02).value(),
        Law::weibull(1, 1e6).value(), Law::lognormal(1, 1e200).value(),
        Law::lognormal(1e-200, 1e-9).value(), Law::uniform(0, 1e300).value(),
        Law::exponential(1e-300).value(), Law::hyperexponential({{1, 2}}).value()}) {
    Stream stream = stream_of(9);
    for (int i = 0; i < 1'000; ++i) EXPECT_GE(law.draw(stream), 0);
  }
}

TEST(Law, WrongParametersAreToldAsTheFormulasTellThem) {
  EXPECT_EQ(Law::exponential(0).error().text, "mean is 0: it must be a number above 0");
  EXPECT_EQ(Law::lognormal(300, 0).error().text, "cv is 0: it must be a number above 0");
  EXPECT_EQ(Law::gamma(300, -1).error().text, "shape is -1: it must be a number above 0");
  EXPECT_EQ(Law::gamma(300, 0).error().kind, Impossible::not_positive);
  EXPECT_EQ(Law::weibull(NAN, 1).error().text, "scale is nan: it must be a number above 0");
  EXPECT_EQ(Law::deterministic(HUGE_VAL).error().kind, Impossible::not_positive);
  EXPECT_EQ(Law::uniform(3, 3).error().text, Distribution::uniform(3, 3).error().text);
  EXPECT_EQ(Law::hyperexponential({{0.5, 1}}).error().text,
            Distribution::hyperexponential({{0.5, 1}}).error().text);
  EXPECT_EQ(Law::hyperexponential({}).error().kind, Impossible::out_of_range);
  EXPECT_EQ(Law::empirical({}).error().text, Distribution::empirical({}).error().text);
  EXPECT_EQ(Law::empirical({{1, 0.7}, {2, 0.7}}).error().kind, Impossible::out_of_range);
}

}  // namespace
}  // namespace paceline::sim
