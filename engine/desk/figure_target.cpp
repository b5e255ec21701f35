#include "engine/desk/figure_target.h"

#include <algorithm>
#include <iterator>

namespace paceline::desk {

namespace {

constexpr int64_t whole_max = 1'000'000'000;

/// A decimal number in millionths, `decimals` of them at most written; nothing where it is none.
std::optional<int64_t> read_number(std::string_view text, int decimals, int64_t one_ppm) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view part = dot == std::string_view::npos ? "" : text.substr(dot + 1);
  const auto is_digits = [](std::string_view digits) {
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || (dot != std::string_view::npos && part.empty()) || !is_digits(whole) ||
      !is_digits(part) || part.size() > static_cast<size_t>(decimals) || whole.size() > 10)
    return {};
  int64_t value = 0;
  for (const char digit : whole) value = value * 10 + (digit - '0');
  if (value > whole_max) return {};
  value *= one_ppm;
  int64_t place = one_ppm;
  for (const char digit : part) value += (digit - '0') * (place /= 10);
  return negative ? -value : value;
}

bool read_bound(std::string_view text, std::optional<int64_t>& bound_ppm) {
  if (text.empty()) return true;
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  bound_ppm = percent ? read_number(text, 4, 10'000) : read_number(text, 6, 1'000'000);
  return bound_ppm.has_value();
}

}  // namespace

bool is_figure(std::string_view id) {
  return std::find(std::begin(figure_ids), std::end(figure_ids), id) != std::end(figure_ids);
}

std::optional<Band> read_band(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return {};
  Band band;
  if (!read_bound(text.substr(0, dots), band.low_ppm) ||
      !read_bound(text.substr(dots + 2), band.high_ppm))
    return {};
  if (!band.low_ppm && !band.high_ppm) return {};
  if (band.low_ppm && band.high_ppm && *band.low_ppm > *band.high_ppm) return {};
  return band;
}

}  // namespace paceline::desk
