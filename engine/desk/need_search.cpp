// Which of two needs accepts whom, and whether anybody can meet one.
#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "engine/desk/need.h"

namespace paceline::desk {
namespace {

using sched::Comparison;
using sched::NeedStep;
using Code = NeedStep::Code;

constexpr int level_max = 100;

/// The levels at which the comparison begins to say something else than just below.
std::vector<int> first_levels(const NeedStep& step) {
  switch (step.comparison) {
    case Comparison::at_least:
    case Comparison::below:
      return {step.level};
    case Comparison::above:
    case Comparison::at_most:
      return {step.level + 1};
    default:
      return {step.level, step.level + 1};
  }
}

constexpr int unknown_level = -1;

/// Whether somebody of these levels can meet the need, and can fail it, depending on the unknown
/// ones. Comparisons count as unrelated, so both may be said of what is decided; never of known
/// levels alone.
struct Possible {
  bool met, failed;
};
Possible possible(std::span<const NeedStep> steps, std::span<const int> levels) {
  uint64_t met = 1, failed = 0;  // stacks of bits, the top is bit 0
  for (const NeedStep& step : steps) {
    if (step.code == Code::compare) {
      const int held = levels[step.skill];
      const bool holds = sched::compares(held, step.comparison, step.level);
      met = met << 1 | (held == unknown_level || holds ? 1U : 0U);
      failed = failed << 1 | (held == unknown_level || !holds ? 1U : 0U);
    } else if (step.code == Code::negate) {
      const uint64_t difference = (met ^ failed) & 1;
      met ^= difference;
      failed ^= difference;
    } else {
      const bool both = step.code == Code::both;
      const uint64_t top_met = both ? met & met >> 1 : met | met >> 1;
      const uint64_t top_failed = both ? failed | failed >> 1 : failed & failed >> 1;
      met = (met >> 2) << 1 | (top_met & 1);
      failed = (failed >> 2) << 1 | (top_failed & 1);
    }
  }
  return {(met & 1) != 0, (failed & 1) != 0};
}

/// Looks for levels that meet one need and fail another. Only one level of each span between the
/// levels compared with is tried, and a skill only while the others leave the answer open.
class Search {
 public:
  enum class Found : uint8_t { somebody, nobody, too_many };

  void must_meet(const NamedNeed& need) { meet_ = take(need); }
  void must_fail(const NamedNeed& need) { fail_ = take(need); }

  Found run() {
    for (std::vector<int>& levels : tried_) {
      std::sort(levels.begin(), levels.end());
      levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    }
    levels_.assign(names_.size(), unknown_level);
    const uint64_t steps = meet_.size() + (fail_ ? fail_->size() : 0);
    left_ = std::min(tries_max, steps_max / (1 + steps));
    return from(0);
  }

  /// After `somebody`: without the skills that make no difference.
  std::vector<NamedLevel> levels() {
    std::vector<NamedLevel> found;
    for (size_t skill = 0; skill < levels_.size(); ++skill) {
      const int level = std::exchange(levels_[skill], unknown_level);
      if (level == unknown_level || decided() == Decided::yes) continue;
      levels_[skill] = level;
      found.push_back({names_[skill], static_cast<uint8_t>(level)});
    }
    return found;
  }

 private:
  enum class Decided : uint8_t { yes, no, open };
  static constexpr uint64_t tries_max = 200'000;
  static constexpr uint64_t steps_max = 1'000'000;  // evaluated, in all tries

  std::vector<NeedStep> take(const NamedNeed& need) {
    std::vector<NeedStep> steps(need.need.steps().begin(), need.need.steps().end());
    for (NeedStep& step : steps) {
      if (step.code != Code::compare) continue;
      const std::string& name = need.names[step.skill];
      const auto [known, is_new] = numbers_.emplace(name, static_cast<uint32_t>(names_.size()));
      step.skill = known->second;
      if (is_new) {
        names_.push_back(name);
        tried_.push_back({0});
      }
      for (const int level : first_levels(step))
        if (level <= level_max) tried_[step.skill].push_back(level);
    }
    return steps;
  }

  Decided decided() const {
    const Possible meets = possible(meet_, levels_);
    const Possible fails = fail_ ? possible(*fail_, levels_) : Possible{false, true};
    if (!meets.met || !fails.failed) return Decided::no;
    return !meets.failed && !fails.met ? Decided::yes : Decided::open;
  }

  Found from(size_t skill) {
    if (left_ == 0) return Found::too_many;
    --left_;
    const Decided now = decided();
    if (now != Decided::open) return now == Decided::yes ? Found::somebody : Found::nobody;
    for (const int level : tried_[skill]) {
      levels_[skill] = level;
      const Found found = from(skill + 1);
      if (found != Found::nobody) return found;
    }
    levels_[skill] = unknown_level;
    return Found::nobody;
  }

  std::vector<std::string> names_;
  std::map<std::string, uint32_t> numbers_;  // by name
  std::vector<std::vector<int>> tried_;      // by skill
  std::vector<NeedStep> meet_;
  std::optional<std::vector<NeedStep>> fail_;
  std::vector<int> levels_;
  uint64_t left_ = 0;
};

}  // namespace

std::optional<bool> accepts_all_of(const NamedNeed& wider, const NamedNeed& stricter) {
  Search search;
  search.must_meet(stricter);
  search.must_fail(wider);
  const Search::Found found = search.run();
  if (found == Search::Found::too_many) return std::nullopt;
  return found == Search::Found::nobody;
}

std::vector<NamedLevel> counterexample(const NamedNeed& wider, const NamedNeed& stricter) {
  Search search;
  search.must_meet(stricter);
  search.must_fail(wider);
  if (search.run() != Search::Found::somebody) return {};
  return search.levels();
}

std::optional<bool> can_be_met(const NamedNeed& need) {
  Search search;
  search.must_meet(need);
  const Search::Found found = search.run();
  if (found == Search::Found::too_many) return std::nullopt;
  return found == Search::Found::somebody;
}

}  // namespace paceline::desk
