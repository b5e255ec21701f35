#include "tools/plan_formula.h"

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <utility>

namespace paceline::tools {

/// Recursive descent: sums of products of powers of atoms.
class FormulaParser {
 public:
  explicit FormulaParser(std::string_view text) : text_(text) {}

  sched::Expected<Formula, std::string> run() {
    if (text_.size() > Formula::size_max) return sched::Unexpected{std::string("formula too long")};
    sum();
    skip();
    if (wrong_.empty() && at_ < text_.size()) fail("an operator");
    if (!wrong_.empty()) return sched::Unexpected{wrong_};
    return std::move(formula_);
  }

 private:
  using Step = Formula::Step;

  void fail(const char* wanted) {
    if (wrong_.empty())
      wrong_ = "formula `" + text_ + "`: " + wanted + " was expected at character " +
               std::to_string(at_ + 1);
  }
  void skip() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void emit(Step step, double value = 0.0) { formula_.program_.push_back({step, value}); }

  void sum() {
    product();
    while (wrong_.empty()) {
      if (take('+'))
        product(), emit(Step::add);
      else if (take('-'))
        product(), emit(Step::subtract);
      else
        return;
    }
  }
  void product() {
    power();
    while (wrong_.empty()) {
      if (take('*'))
        power(), emit(Step::multiply);
      else if (take('/'))
        power(), emit(Step::divide);
      else
        return;
    }
  }
  void power() {
    if (take('-')) {
      power();
      emit(Step::negate);
      return;
    }
    atom();
    if (wrong_.empty() && take('^')) power(), emit(Step::power);
  }
  void atom() {
    skip();
    if (take('(')) {
      sum();
      if (wrong_.empty() && !take(')')) fail("`)`");
      return;
    }
    if (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0)
      return word();
    const char* begin = text_.c_str() + at_;
    char* end = nullptr;
    const double value = std::strtod(begin, &end);
    if (end == begin) return fail("a number, t, pi or a function");
    at_ += static_cast<size_t>(end - begin);
    emit(Step::number, value);
  }
  void word() {
    const size_t from = at_;
    while (at_ < text_.size() && std::isalpha(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    const std::string name = text_.substr(from, at_ - from);
    if (name == "t") return emit(Step::time);
    if (name == "pi") return emit(Step::number, std::numbers::pi);
    static constexpr std::pair<const char*, Step> functions[] = {{"sin", Step::sine},
                                                                 {"cos", Step::cosine},
                                                                 {"exp", Step::exponential},
                                                                 {"sqrt", Step::root},
                                                                 {"abs", Step::magnitude}};
    for (const auto& [known, step] : functions) {
      if (name != known) continue;
      if (!take('(')) return fail("`(`");
      sum();
      if (wrong_.empty() && !take(')')) return fail("`)`");
      return emit(step);
    }
    at_ = from;
    fail("t, pi, sin, cos, exp, sqrt or abs");
  }

  std::string text_;
  size_t at_ = 0;
  std::string wrong_;
  Formula formula_;
};

sched::Expected<Formula, std::string> Formula::parse(std::string_view text) {
  return FormulaParser(text).run();
}

double Formula::at(double t) const {
  std::vector<double> stack;
  const auto pop = [&] {
    const double value = stack.back();
    stack.pop_back();
    return value;
  };
  for (const Instruction& instruction : program_) {
    if (instruction.step == Step::number || instruction.step == Step::time) {
      stack.push_back(instruction.step == Step::time ? t : instruction.value);
      continue;
    }
    double value = pop();
    switch (instruction.step) {
      case Step::add:
        value = pop() + value;
        break;
      case Step::subtract:
        value = pop() - value;
        break;
      case Step::multiply:
        value = pop() * value;
        break;
      case Step::divide:
        value = pop() / value;
        break;
      case Step::power:
        value = std::pow(pop(), value);
        break;
      case Step::negate:
        value = -value;
        break;
      case Step::sine:
        value = std::sin(value);
        break;
      case Step::cosine:
        value = std::cos(value);
        break;
      case Step::exponential:
        value = std::exp(value);
        break;
      case Step::root:
        value = std::sqrt(value);
        break;
      case Step::magnitude:
        value = std::abs(value);
        break;
      default:
        break;
    }
    stack.push_back(value);
  }
  return stack.back();
}

}  // namespace paceline::tools
