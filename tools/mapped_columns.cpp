#include "tools/mapped_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/table_reader.h"
#include "engine/desk/suggestion.h"
#include "wire/text.h"

namespace paceline::tools {

namespace {

/// Longer names of a header are not suggested.
constexpr size_t listed_size_max = 64;

std::string_view stated(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text == "?" ? std::string_view{} : text;
}

/// On one line: names in headers have line breaks, and blanks before and after them.
std::string one_line(std::string_view name) {
  std::string line;
  for (const char c : stated(name)) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return line;
}

bool is_required(ImportField field, ImportMap::Rows rows) {
  if (field == ImportField::external_id) return true;
  return rows == ImportMap::Rows::tickets
             ? field == ImportField::recorded_at
             : field == ImportField::updated_at || field == ImportField::state;
}

std::string absent(const ImportMap::Column& column, ImportField field,
                   const std::vector<std::string>& header) {
  std::vector<std::string> wanted;
  for (const std::string& name : column.names) wanted.push_back(config::in_quotes(name));
  std::set<std::string_view> distinct;
  for (const std::string& name : header)
    if (!name.empty() && name.size() <= listed_size_max) distinct.insert(name);
  const std::vector<std::string_view> names(distinct.begin(), distinct.end());
  std::string mend = desk::suggestion(column.names.front(), names);
  if (mend.empty()) mend = ": name one that its first line has";
  return fmt::format("the header has no column {} for {}{}", fmt::join(wanted, " or "), name(field),
                     mend);
}

}  // namespace

sched::Expected<MappedColumns, std::string> MappedColumns::find(
    const std::vector<std::string>& header, const ImportMap& map) {
  MappedColumns columns;
  columns.header_size_ = header.size();
  std::vector<std::string> names, lower;
  for (const std::string& name : header) {
    if (!wire::is_valid_text(name))
      return sched::Unexpected{std::string(
          "the header is not UTF-8: convert the file first, for example with iconv -t UTF-8")};
    names.push_back(one_line(name));
    lower.push_back(lower_case(names.back()));
  }
  std::vector<bool> used(header.size());
  for (size_t i = 0; i < import_field_count; ++i) {
    const auto field = static_cast<ImportField>(i);
    const ImportMap::Column& column = map.column(field);
    Found& found = columns.found_[i];
    for (const std::string& wanted : column.names) {
      const std::string name = lower_case(one_line(wanted));
      for (size_t at = 0; at < lower.size(); ++at) {
        if (lower[at] != name) continue;
        found.name = names[at];
        found.positions.push_back(at);
        used[at] = true;
      }
      if (!found.positions.empty()) break;
    }
    const bool wanted = column.by_user || is_required(field, map.rows);
    if (found.positions.empty() && wanted && !column.names.empty())
      return sched::Unexpected{absent(column, field, names)};
  }
  std::set<std::string_view> seen;
  for (size_t at = 0; at < names.size(); ++at) {
    if (!used[at] && seen.insert(names[at]).second) columns.not_read_.push_back(names[at]);
  }
  return columns;
}

std::string_view MappedColumns::value(const std::vector<std::string>& row,
                                      ImportField field) const {
  for (const size_t position : of(field).positions) {
    if (const std::string_view text = stated(row[position]); !text.empty()) return text;
  }
  return {};
}

bool MappedColumns::has_several(const std::vector<std::string>& row, ImportField field) const {
  const std::string_view first = value(row, field);
  const auto& positions = of(field).positions;
  return positions.size() > 1 &&
         std::any_of(positions.begin(), positions.end(), [&](size_t position) {
           const std::string_view text = stated(row[position]);
           return !text.empty() && text != first;
         });
}

}  // namespace paceline::tools
