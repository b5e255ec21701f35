// Figures against what they should be.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/plan_cases.h"

namespace paceline::tools {

/// As a case words it: "rel 1e-10; mean rel 1e-12; waits abs 1e-12", "exact index". Whole numbers
/// are compared exactly where it says "exact", texts always. A word before `rel` or `abs` limits it
/// to figures whose names begin with that word; what stands in brackets likewise.
class Tolerance {
 public:
  Tolerance(std::string_view text, double otherwise);
  double relative(std::string_view figure) const;
  double absolute(std::string_view figure) const;
  bool exact_counts() const { return exact_; }

 private:
  struct Rule {
    std::string of;  // the figures whose names begin so; empty: all
    double size = 0.0;
  };
  std::vector<Rule> relative_, absolute_;
  double otherwise_;
  bool exact_ = false;
};

struct Comparison {
  std::vector<std::string> misses;  ///< "p_wait: 0.31, expected 0.3"
  double worst = 0.0;               ///< Largest relative difference of a real figure.
};
/// Every figure of `expected` must be in `computed`.
Comparison compare(const Json& expected, const Json& computed, const Tolerance& tolerance);

}  // namespace paceline::tools
