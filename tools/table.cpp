#include "tools/table.h"

#include <algorithm>
#include <utility>

namespace paceline::tools {

namespace {

/// Columns a text takes: its code points.
size_t width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

Table::Table(std::vector<std::string> headings) : headings_(std::move(headings)) {
  for (std::string& heading : headings_) {
    const bool right = heading.starts_with('>');
    if (right) heading.erase(0, 1);
    right_.push_back(right);
  }
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(headings_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings_.size(); ++i) {
    size_t most = width(headings_[i]);
    for (const auto& row : rows_) most = std::max(most, width(row[i]));
    widths.push_back(most);
  }
  std::string text;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string one;
    for (size_t i = 0; i < cells.size(); ++i) {
      const std::string padding(widths[i] - width(cells[i]), ' ');
      if (i > 0) one += "  ";
      one += right_[i] ? padding + cells[i] : cells[i] + padding;
    }
    one.erase(one.find_last_not_of(' ') + 1);
    text += one + "\n";
  };
  if (std::any_of(headings_.begin(), headings_.end(), [](auto& h) { return !h.empty(); })) {
    line(headings_);
  }
  for (const auto& row : rows_) line(row);
  return text;
}

}  // namespace paceline::tools
