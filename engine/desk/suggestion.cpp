#include "engine/desk/suggestion.h"

#include <algorithm>
#include <array>

namespace paceline::desk {
namespace {

constexpr size_t name_size_max = 64;  // longer names are not compared: the cost is quadratic

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Insertions, deletions, replacements and swaps of neighbours that turn one into the other.
size_t distance(std::string_view a, std::string_view b) {
  std::array<std::array<size_t, name_size_max + 1>, 3> rows{};
  for (size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1]))
        row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view wanted, std::span<const std::string_view> names) {
  if (wanted.empty() || wanted.size() > name_size_max) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, wanted.size() / 3) + 1;  // a third may be wrong
  for (const std::string_view name : names) {
    if (name.empty() || name.size() > name_size_max) continue;
    const size_t d = distance(wanted, name);
    if (d < best_distance && d < name.size()) {
      best = name;
      best_distance = d;
    }
  }
  return best;
}

std::string suggestion(std::string_view wanted, std::span<const std::string_view> names) {
  if (const std::string_view near = nearest(wanted, names); !near.empty())
    return ": did you mean \"" + std::string(near) + "\"?";
  if (names.empty() || names.size() > listed_max) return {};
  std::string text = names.size() == 1 ? ": use " : ": use one of ";
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += ", ";
    text += names[i];
  }
  return text;
}

}  // namespace paceline::desk
