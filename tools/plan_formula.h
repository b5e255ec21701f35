// A rate written as a formula of t: "100+20*sin(2*pi*t/6.28)".
//
// Numbers, t, pi, + − * / ^, brackets, sin, cos, exp, sqrt, abs. Parsed once into a short program
// for a stack, so that a quadrature can ask for it thousands of times.
//
// Owner: any thread once parsed.  Allocates: the program.  Errors: what was met, and where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"

namespace paceline::tools {

class Formula {
 public:
  static constexpr size_t size_max = 1'000;  // characters

  static sched::Expected<Formula, std::string> parse(std::string_view text);
  double at(double t) const;

 private:
  friend class FormulaParser;
  enum class Step : unsigned char {
    number,
    time,
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    sine,
    cosine,
    exponential,
    root,
    magnitude
  };
  struct Instruction {
    Step step;
    double value = 0.0;
  };
  std::vector<Instruction> program_;
};

}  // namespace paceline::tools
