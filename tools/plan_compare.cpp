#include "tools/plan_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace paceline::tools {

namespace {

/// Words of letters, digits and what stands in numbers and names; everything else separates.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  for (const char c : text) {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' ||
                      c == '.' || c == '+';
    if (part)
      word += c;
    else
      end();
    if (c == ';' || c == '(' || c == ')' || c == ',') words.push_back(";");
  }
  end();
  return words;
}

}  // namespace

Tolerance::Tolerance(std::string_view text, double otherwise) : otherwise_(otherwise) {
  const auto words = words_of(text);
  std::string first;  // of the clause
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == ";") {
      first.clear();
      continue;
    }
    if (words[i] == "exact") exact_ = true;
    const bool relative = words[i] == "rel";
    if ((relative || words[i] == "abs") && i + 1 < words.size()) {
      char* end = nullptr;
      const double size = std::strtod(words[i + 1].c_str(), &end);
      if (end != words[i + 1].c_str())
        (relative ? relative_ : absolute_).push_back({first == "reals" ? "" : first, size});
    }
    if (first.empty()) first = words[i] == "rel" || words[i] == "abs" ? "" : words[i];
  }
}

double Tolerance::relative(std::string_view figure) const {
  double general = otherwise_;
  for (const Rule& rule : relative_) {
    if (rule.of.empty())
      general = rule.size;
    else if (figure.starts_with(rule.of))
      return rule.size;
  }
  return general;
}

double Tolerance::absolute(std::string_view figure) const {
  for (const Rule& rule : absolute_) {
    // "mean_wait_class1 and 2": the name without its number speaks for its siblings.
    std::string_view of = rule.of;
    while (!of.empty() && std::isdigit(static_cast<unsigned char>(of.back())) != 0)
      of.remove_suffix(1);
    if (figure.starts_with(of)) return rule.size;
  }
  return 0;
}

namespace {

void compare_into(const std::string& path, std::string_view figure, const Json& expected,
                  const Json& computed, const Tolerance& tolerance, Comparison& result) {
  const auto miss = [&] {
    result.misses.push_back(
        fmt::format("{}: {}, expected {}", path, computed.dump(), expected.dump()));
  };
  if (expected.is_object()) {
    if (!computed.is_object()) return miss();
    for (const auto& [key, value] : expected.items()) {
      const std::string inner = path.empty() ? key : path + "." + key;
      if (!computed.contains(key))
        result.misses.push_back(inner + ": not computed");
      else
        compare_into(inner, key, value, computed[key], tolerance, result);
    }
    return;
  }
  if (expected.is_array()) {
    if (!computed.is_array() || computed.size() != expected.size()) return miss();
    for (size_t i = 0; i < expected.size(); ++i)
      compare_into(fmt::format("{}[{}]", path, i), figure, expected[i], computed[i], tolerance,
                   result);
    return;
  }
  if (!expected.is_number() || !computed.is_number()) {
    if (expected != computed) miss();
    return;
  }
  const auto wanted = expected.get<double>();
  const auto value = computed.get<double>();
  if (expected.is_number_integer() && tolerance.exact_counts()) {
    if (wanted != value) miss();
    return;
  }
  const double off = std::abs(value - wanted);
  // A figure that is 0 in theory is one of rounding in practice.
  const double absolute = std::max(tolerance.absolute(figure), wanted == 0 ? 1e-12 : 0.0);
  if (!(off <= std::max(tolerance.relative(figure) * std::abs(wanted), absolute))) miss();
  if (wanted != 0 && off > absolute) result.worst = std::max(result.worst, off / std::abs(wanted));
}

}  // namespace

Comparison compare(const Json& expected, const Json& computed, const Tolerance& tolerance) {
  Comparison result;
  compare_into("", "", expected, computed, tolerance, result);
  return result;
}

}  // namespace paceline::tools
