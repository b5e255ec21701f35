#include "tools/board_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sched/base/time.h"

namespace paceline::tools {

namespace {

struct CodePoint {
  uint32_t value = 0;
  size_t size = 0;  ///< Bytes; 0: not UTF-8.
};

CodePoint first_of(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (size == 0 || lead > 0xf4 || text.size() < size) return {};
  uint32_t value = lead & (0xffU >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3fU);
  }
  return {value, size};
}

size_t columns(uint32_t value) {
  struct Range {
    uint32_t first, last;
  };
  constexpr std::array none = {Range{0x300, 0x36f},   Range{0x200b, 0x200f}, Range{0x202a, 0x202e},
                               Range{0x2060, 0x206f}, Range{0xfe00, 0xfe0f}, Range{0xfeff, 0xfeff}};
  constexpr std::array two = {
      Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},  Range{0x3041, 0xa4cf},
      Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},  Range{0xfe30, 0xfe6f},
      Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},  Range{0x1f300, 0x1f64f},
      Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};
  const auto within = [&](const Range& range) {
    return value >= range.first && value <= range.last;
  };
  if (std::any_of(none.begin(), none.end(), within)) return 0;
  return std::any_of(two.begin(), two.end(), within) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    // Controls, and those that turn the direction of a line around.
    const bool control = point.value < 0x20 || (point.value >= 0x7f && point.value < 0xa0) ||
                         (point.value >= 0x202a && point.value <= 0x202e) ||
                         (point.value >= 0x2066 && point.value <= 0x2069);
    const size_t size = std::max<size_t>(point.size, 1);
    if (point.size == 0 || control) {
      safe += '?';
    } else {
      safe.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  return safe;
}

size_t columns(std::string_view text) {
  size_t sum = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    sum += point.size == 0 ? 1 : columns(point.value);
    text.remove_prefix(std::max<size_t>(point.size, 1));
  }
  return sum;
}

std::string cut(std::string_view text, size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return "";
  std::string head;
  size_t used = 0;
  while (!text.empty()) {
    const CodePoint point = first_of(text);
    const size_t size = std::max<size_t>(point.size, 1);
    const size_t takes = point.size == 0 ? 1 : columns(point.value);
    if (used + takes > width - 1) break;
    head.append(text.substr(0, size));
    used += takes;
    text.remove_prefix(size);
  }
  return head + "~";
}

std::string fit(std::string_view text, size_t width, bool right) {
  std::string fitting = cut(text, width);
  const std::string blanks(width - std::min(width, columns(fitting)), ' ');
  return right ? blanks + fitting : fitting + blanks;
}

std::string brief_duration(int64_t us) {
  if (us < 0) return "-" + brief_duration(-us);
  const int64_t seconds = us / sched::second.us;
  const int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (minutes == 0) return fmt::format("{}s", seconds);
  const auto two = [](int64_t large, const char* unit, int64_t small, const char* small_unit) {
    return small == 0 ? fmt::format("{}{}", large, unit)
                      : fmt::format("{}{}{}{}", large, unit, small, small_unit);
  };
  if (hours == 0) return two(minutes, "m", seconds % 60, "s");
  if (days == 0) return two(hours, "h", minutes % 60, "m");
  return two(days, "d", days < 100 ? hours % 24 : 0, "h");
}

std::string brief_lag(int64_t us) {
  if (us < 100) return fmt::format("{} us", us);
  if (us < 100'000) return fmt::format("{:.2f} ms", static_cast<double>(us) / 1e3);
  if (us < 100'000'000) return fmt::format("{:.1f} s", static_cast<double>(us) / 1e6);
  return brief_duration(us);
}

}  // namespace paceline::tools
