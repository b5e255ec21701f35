#include "tools/servicenow_rows.h"

#include <fmt/format.h>

#include <array>

#include "tools/csv_reader.h"
#include "tools/instants.h"
#include "wire/text.h"

namespace paceline::tools {

namespace {

using desk::TextField;

/// Longer than any value such a log has, far below what a frame can carry.
constexpr size_t field_size_max = 4'000;

enum class Column : uint8_t {
  number,
  state,
  updated_at,
  opened_at,
  group,
  agent,
  impact,
  urgency,
  priority,
  category,
  subcategory,
  service,
  config_item,
  channel,
  requester,
};
constexpr size_t column_count = 15;
constexpr size_t absent = ~size_t{0};

struct ColumnName {
  Column column;
  std::string_view name;
};
/// The first name a header has wins. The columns known only afterwards are missing on purpose.
constexpr std::array column_names = {
    ColumnName{Column::number, "number"},
    ColumnName{Column::state, "incident_state"},
    ColumnName{Column::state, "state"},
    ColumnName{Column::updated_at, "sys_updated_at"},
    ColumnName{Column::updated_at, "sys_updated_on"},
    ColumnName{Column::opened_at, "opened_at"},
    ColumnName{Column::group, "assignment_group"},
    ColumnName{Column::agent, "assigned_to"},
    ColumnName{Column::impact, "impact"},
    ColumnName{Column::urgency, "urgency"},
    ColumnName{Column::priority, "priority"},
    ColumnName{Column::category, "category"},
    ColumnName{Column::subcategory, "subcategory"},
    ColumnName{Column::service, "business_service"},
    ColumnName{Column::config_item, "cmdb_ci"},
    ColumnName{Column::channel, "contact_type"},
    ColumnName{Column::requester, "caller_id"},
};

using Positions = std::array<size_t, column_count>;

sched::Expected<Positions, std::string> find_columns(const std::vector<std::string>& header) {
  Positions positions;
  positions.fill(absent);
  for (const ColumnName& known : column_names) {
    size_t& position = positions[static_cast<size_t>(known.column)];
    for (size_t i = 0; i < header.size() && position == absent; ++i) {
      if (header[i] == known.name) position = i;
    }
  }
  for (const auto& [column, name] :
       {ColumnName{Column::number, "number"}, ColumnName{Column::state, "incident_state"},
        ColumnName{Column::updated_at, "sys_updated_at"}}) {
    if (positions[static_cast<size_t>(column)] != absent) continue;
    return sched::Unexpected{
        fmt::format("the header has no column `{}`: the first line must name the columns; without "
                    "number, incident_state and sys_updated_at nothing can be replayed",
                    name)};
  }
  return positions;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "2 - Medium" → 2; 0 where nothing is stated.
uint8_t leading_level(std::string_view text, char most) {
  return !text.empty() && text[0] >= '1' && text[0] <= most ? static_cast<uint8_t>(text[0] - '0')
                                                            : uint8_t{0};
}

sched::PriorityMatrix servicenow_matrix() {
  using sched::Priority;
  sched::PriorityMatrix matrix;
  matrix.cell = {{{Priority::p1, Priority::p2, Priority::p3},
                  {Priority::p2, Priority::p3, Priority::p4},
                  {Priority::p3, Priority::p4, Priority::p4}}};
  return matrix;
}

class RowParser {
 public:
  RowParser(const Positions& positions, size_t header_size, const ServiceNowOptions& options)
      : positions_(positions), header_size_(header_size), options_(options) {}

  /// The reason if the row cannot be used; empty otherwise.
  std::string parse(const std::vector<std::string>& fields, LogRow& row, TextPool& texts) {
    if (fields.size() != header_size_) {
      return fmt::format("has {} fields, the header names {}", fields.size(), header_size_);
    }
    for (const std::string& field : fields) {
      if (!wire::is_valid_text(field)) return "is not UTF-8: convert the file first";
    }
    const std::string_view number = value(fields, Column::number);
    if (number.empty()) return "number is empty: no ticket to apply it to";
    if (value(fields, Column::state).empty()) return "incident_state is empty";
    const auto updated = instant(value(fields, Column::updated_at));
    if (!updated) {
      return fmt::format("sys_updated_at `{}` is not a date and time{}",
                         value(fields, Column::updated_at), date_hint());
    }
    row.at_us = *updated;
    if (const std::string_view opened = value(fields, Column::opened_at); !opened.empty()) {
      const auto at = instant(opened);
      if (!at) return fmt::format("opened_at `{}` is not a date and time{}", opened, date_hint());
      row.occurred_at_us = *at;
    }
    struct Text {
      Column column;
      TextPool::Id* to;
    };
    for (const Text& text :
         {Text{Column::number, &row.text(TextField::external_id)}, Text{Column::state, &row.state},
          Text{Column::group, &row.text(TextField::queue)}, Text{Column::agent, &row.agent},
          Text{Column::category, &row.text(TextField::category)},
          Text{Column::subcategory, &row.text(TextField::subcategory)},
          Text{Column::service, &row.text(TextField::service)},
          Text{Column::config_item, &row.text(TextField::config_item)},
          Text{Column::channel, &row.text(TextField::channel)},
          Text{Column::requester, &row.text(TextField::requester)}}) {
      const std::string_view found = value(fields, text.column);
      if (found.size() > field_size_max) {
        return fmt::format("a field is {} bytes long, {} are allowed", found.size(),
                           field_size_max);
      }
      *text.to = texts.id(found);
    }
    const std::string& state = texts.text(row.state);
    row.wanted = servicenow_state(state);
    row.state_known =
        row.wanted != RowState::waiting || state.starts_with("Awaiting") || state == "On Hold";
    row.reason = row.state;
    row.impact = leading_level(value(fields, Column::impact), '3');
    row.urgency = leading_level(value(fields, Column::urgency), '3');
    row.priority = leading_level(value(fields, Column::priority), '5');
    return {};
  }

 private:
  std::string_view value(const std::vector<std::string>& fields, Column column) const {
    const size_t position = positions_[static_cast<size_t>(column)];
    if (position == absent) return {};
    const std::string_view text = trimmed(fields[position]);
    return text == "?" ? std::string_view{} : text;
  }

  std::optional<int64_t> instant(std::string_view text) const {
    const auto wall = parse_wall_time(text, options_.dates);
    if (!wall) return std::nullopt;
    const sched::Instant at = to_instant({*wall}, options_.zone);
    if (at < sched::Calendar::first_instant || at >= sched::Calendar::horizon) return std::nullopt;
    return at.us;
  }

  std::string_view date_hint() const {
    return options_.dates == DateOrder::month_first
               ? " between 1990 and 2100 with the month first: see --dates"
               : " between 1990 and 2100 with the day first: see --dates";
  }

  const Positions& positions_;
  size_t header_size_;
  const ServiceNowOptions& options_;
};

}  // namespace

RowState servicenow_state(std::string_view text) {
  struct Known {
    std::string_view text;
    RowState state;
  };
  static constexpr std::array known = {
      Known{"New", RowState::fresh},           Known{"Active", RowState::active},
      Known{"In Progress", RowState::active},  Known{"Work in Progress", RowState::active},
      Known{"Resolved", RowState::resolved},   Known{"Closed", RowState::closed},
      Known{"Cancelled", RowState::cancelled}, Known{"Canceled", RowState::cancelled},
  };
  for (const Known& one : known) {
    if (text == one.text) return one.state;
  }
  return RowState::waiting;
}

std::optional<int64_t> parse_wall_time(std::string_view text, DateOrder order) {
  if (text.size() > 4 && text[4] == '-') {
    const bool zoned = text.find_first_of("Zz+") != std::string_view::npos ||
                       text.find('-', 8) != std::string_view::npos;
    const auto at = zoned ? std::nullopt : parse_instant(text);
    return at ? std::optional(at->us) : std::nullopt;
  }
  // d/m/yyyy HH:MM[:SS], unpadded; . and - may stand for the slash. Put into the other order.
  const size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  std::array<std::string_view, 3> parts;
  std::string_view date = text.substr(0, blank);
  for (size_t i = 0; i < 3; ++i) {
    const size_t end = i == 2 ? date.size() : date.find_first_of("/.-");
    if (end == std::string_view::npos) return std::nullopt;
    parts[i] = date.substr(0, end);
    date.remove_prefix(end == date.size() ? end : end + 1);
  }
  if (parts[2].size() != 4) return std::nullopt;
  if (order == DateOrder::month_first) std::swap(parts[0], parts[1]);
  const auto at = parse_instant(
      fmt::format("{}-{}-{}T{}", parts[2], parts[1], parts[0], text.substr(blank + 1)));
  return at ? std::optional(at->us) : std::nullopt;
}

sched::Expected<TicketLog, std::string> read_servicenow(
    ByteSource& source, const ServiceNowOptions& options,
    const std::function<void(const RejectedRow&)>& set_aside,
    const std::function<void()>& progress) {
  CsvReader reader(source);
  std::vector<std::string> fields;
  const CsvReader::Result first = reader.next(fields);
  if (!source.error().empty()) return sched::Unexpected{source.error()};
  if (first == CsvReader::Result::end) {
    return sched::Unexpected{std::string("the file is empty: a header and rows are wanted")};
  }
  if (first == CsvReader::Result::malformed) {
    return sched::Unexpected{"the header cannot be read: " + reader.why()};
  }
  for (std::string& name : fields) name = std::string(trimmed(name));
  const auto positions = find_columns(fields);
  if (!positions) return sched::Unexpected{positions.error()};

  TicketLog log;
  log.matrix = servicenow_matrix();
  RowParser parser(*positions, fields.size(), options);
  for (;;) {
    const CsvReader::Result result = reader.next(fields);
    if (result == CsvReader::Result::end) break;
    ++log.row_count;
    LogRow row;
    const std::string reason = result == CsvReader::Result::malformed
                                   ? reader.why()
                                   : parser.parse(fields, row, log.texts);
    if (reason.empty()) {
      row.line = reader.line();
      log.rows.push_back(row);
    } else {
      set_aside({reader.line(), reason, reader.text()});
    }
    if (progress && log.row_count % 10'000 == 0) progress();
  }
  if (!source.error().empty()) return sched::Unexpected{source.error()};
  log.content_hash = reader.content_hash();
  return log;
}

}  // namespace paceline::tools
