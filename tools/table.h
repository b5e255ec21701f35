// Rows of text with columns that line up.
//
// Owner: one thread.  Allocates: the cells.
#pragma once

#include <string>
#include <vector>

namespace paceline::tools {

class Table {
 public:
  /// A heading that begins with '>' sets its column flush right.
  explicit Table(std::vector<std::string> headings);

  void row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string text() const;

 private:
  std::vector<std::string> headings_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace paceline::tools
