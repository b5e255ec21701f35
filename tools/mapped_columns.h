// Where in a row of a file the fields of its map are.
//
// Names are compared without letter case, a line break in one is a blank. A name may head several
// columns (Jira repeats those of lists): the first value that is stated counts.
//
// Owner: one thread.  Allocates: names and positions.  Errors: a sentence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"
#include "tools/import_map.h"

namespace paceline::tools {

class MappedColumns {
 public:
  struct Found {
    std::string name;               ///< As the header has it, on one line.
    std::vector<size_t> positions;  ///< Empty: the file has no such column.
  };

  /// Fails where a column is not there that the map cannot do without, or that its user named.
  static sched::Expected<MappedColumns, std::string> find(const std::vector<std::string>& header,
                                                          const ImportMap& map);

  const Found& of(ImportField field) const { return found_[static_cast<size_t>(field)]; }
  bool has(ImportField field) const { return !of(field).positions.empty(); }
  size_t header_size() const { return header_size_; }
  /// Names of the header that are no field, each once.
  const std::vector<std::string>& not_read() const { return not_read_; }

  /// The field's value, blanks around it removed; empty for `?` and nothing.
  std::string_view value(const std::vector<std::string>& row, ImportField field) const;
  /// Columns of the same name state different things.
  bool has_several(const std::vector<std::string>& row, ImportField field) const;

 private:
  std::array<Found, import_field_count> found_;
  std::vector<std::string> not_read_;
  size_t header_size_ = 0;
};

}  // namespace paceline::tools
