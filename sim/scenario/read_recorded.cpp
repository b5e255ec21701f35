// `recorded = "arrivals.csv"`: contacts as they came, row by row.
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "engine/config/routing_words.h"
#include "engine/config/units.h"
#include "engine/desk/suggestion.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::TableReader;

constexpr size_t contacts_max = 2'000'000;
constexpr size_t errors_max = 20;
constexpr double handling_s_max = 366 * 86'400.0;

enum class Column : uint8_t {
  at,
  category,
  channel,
  service,
  config_item,
  requester,
  queue,
  kind,
  impact,
  urgency,
  vip,
  handling,
  handling_s,
  ignored
};
constexpr std::string_view column_names[] = {
    "at",   "category", "channel", "service", "config_item", "requester", "queue",
    "kind", "impact",   "urgency", "vip",     "handling",    "handling_s"};
constexpr std::string_view level_names[] = {"", "high", "medium", "low"};

using Wrong = std::optional<std::string>;

template <size_t n>
Wrong take_word(const std::string& field, const std::string_view (&names)[n], uint8_t& to) {
  for (size_t i = 0; i < n; ++i)
    if (field == names[i]) {
      to = static_cast<uint8_t>(i);
      return std::nullopt;
    }
  return fmt::format("{} is not known{}", config::in_quotes(field), desk::suggestion(field, names));
}

Wrong take_at(const std::string& field, sched::Instant start, int64_t& at_us) {
  if (const auto instant = config::parse_instant(field)) {
    at_us = instant->us - start.us;
    return std::nullopt;
  }
  if (const auto offset = config::parse_duration(field)) {
    at_us = offset->us;
    return std::nullopt;
  }
  return fmt::format(
      "at is {}: write an instant as 2026-03-02T08:15:00Z, or the time since the "
      "scenario began as 8h15m",
      config::in_quotes(field));
}

Wrong take_seconds(const std::string& field, int64_t& us) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), seconds);
  if (error != std::errc() || end != field.data() + field.size() || !(seconds >= 0) ||
      seconds > handling_s_max)
    return fmt::format("handling_s is {}: write seconds as 245 or 245.5", config::in_quotes(field));
  us = std::llround(seconds * 1e6);
  return std::nullopt;
}

Wrong take_flag(const std::string& field, bool& to) {
  to = field == "true" || field == "1" || field == "yes";
  if (to || field == "false" || field == "0" || field == "no") return std::nullopt;
  return fmt::format("vip is {}: write true or false", config::in_quotes(field));
}

class RecordTaker {
 public:
  RecordTaker(const std::string& file, Reading& reading, TableReader& table, uint32_t line)
      : file_(file), reading_(reading), table_(table), line_(line) {}

  void take(uint64_t line, std::span<const std::string> fields) {
    if (columns_.empty()) return take_header(fields);
    if (!usable_ || full()) return;
    if (fields.size() != columns_.size())
      return say(line,
                 fmt::format("has {} fields and the header {}", fields.size(), columns_.size()));
    RecordedContact contact;
    bool timed = false;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (columns_[i] == Column::at) timed = !fields[i].empty();
      if (fields[i].empty() || columns_[i] == Column::ignored) continue;
      if (const Wrong wrong = take_field(columns_[i], fields[i], contact)) return say(line, *wrong);
    }
    if (!timed) return say(line, "has no at: every contact comes at some time");
    ++seen_;
    if (contact.at_us >= 0 && contact.at_us < reading_.scenario.length_us)
      contacts_.push_back(std::move(contact));
  }

  /// In order of time.
  std::vector<RecordedContact> finish() {
    if (columns_.empty()) {
      say(1, "is empty: its first line names the columns, at among them");
    } else if (usable_ && errors_ == 0 && contacts_.empty()) {
      say(0, seen_ == 0 ? std::string("has a header and no contacts")
                        : fmt::format("has {} contacts, none of them between the scenario's start "
                                      "{} and its end: check start and length",
                                      seen_, config::print(reading_.scenario.start)));
    }
    std::stable_sort(contacts_.begin(), contacts_.end(),
                     [](const auto& a, const auto& b) { return a.at_us < b.at_us; });
    return std::move(contacts_);
  }

 private:
  void say(uint64_t line, const std::string& what) {
    if (++errors_ > errors_max) return;
    const std::string place = line == 0 ? file_ : fmt::format("{}:{}", file_, line);
    table_.error(code::wrong_record, line_, fmt::format("{}: {}", place, what));
  }

  bool full() {
    if (contacts_.size() < contacts_max) return false;
    say(0, fmt::format("has more than {} contacts: split the scenario", contacts_max));
    usable_ = false;
    return true;
  }

  void take_header(std::span<const std::string> fields) {
    bool timed = false;
    for (const std::string& field : fields) {
      const auto* found = std::find(std::begin(column_names), std::end(column_names), field);
      columns_.push_back(static_cast<Column>(found - std::begin(column_names)));
      timed = timed || columns_.back() == Column::at;
      if (found == std::end(column_names))
        reading_.diagnostics.warn(
            code::unread_column, line_,
            fmt::format("{}: column {} is not read{}", file_, config::in_quotes(field),
                        desk::suggestion(field, column_names)));
    }
    usable_ = timed;
    if (!timed)
      say(1,
          "has no column \"at\": name the columns in the first line, as in "
          "at,category,channel,handling");
  }

  Wrong take_field(Column column, const std::string& field, RecordedContact& contact) const {
    switch (column) {
      case Column::at:
        return take_at(field, reading_.scenario.start, contact.at_us);
      case Column::category:
        contact.category = field;
        return std::nullopt;
      case Column::channel:
        contact.channel = field;
        return std::nullopt;
      case Column::service:
        contact.service = field;
        return std::nullopt;
      case Column::config_item:
        contact.config_item = field;
        return std::nullopt;
      case Column::requester:
        contact.requester = field;
        return std::nullopt;
      case Column::queue:
        contact.queue = field;
        return take_queue(field);
      case Column::kind:
        return take_word(field, config::kind_names, contact.kind);
      case Column::impact:
        return take_word(field, level_names, contact.impact);
      case Column::urgency:
        return take_word(field, level_names, contact.urgency);
      case Column::vip:
        return take_flag(field, contact.vip);
      case Column::handling: {
        const auto handling = config::parse_duration(field);
        if (!handling) return "handling: " + handling.error();
        contact.handling_us = handling->us;
        return std::nullopt;
      }
      case Column::handling_s:
        return take_seconds(field, contact.handling_us);
      case Column::ignored:
        break;
    }
    return std::nullopt;
  }

  Wrong take_queue(const std::string& name) const {
    const KnownNames& known = reading_.known;
    if (!known.configuration ||
        std::find(known.queues.begin(), known.queues.end(), name) != known.queues.end())
      return std::nullopt;
    const std::vector<std::string_view> views(known.queues.begin(), known.queues.end());
    return fmt::format("no queue {}{}", config::in_quotes(name), desk::suggestion(name, views));
  }

  const std::string& file_;
  Reading& reading_;
  TableReader& table_;
  uint32_t line_;
  std::vector<Column> columns_;
  bool usable_ = false;
  size_t seen_ = 0;
  size_t errors_ = 0;
  std::vector<RecordedContact> contacts_;
};

}  // namespace

void read_recorded(TableReader& table, Reading& reading, Demand& demand) {
  const uint32_t line = table.find("recorded")->line;
  const std::string name = table.required_text("recorded", "arrivals.csv");
  if (name.empty()) return;
  if (!reading.sources.records) {
    table.error(code::wrong_record, line, "recorded streams cannot be read here");
    return;
  }
  const std::string path = reading.path_of(name);
  RecordTaker taker(name, reading, table, line);
  const std::string wrong =
      reading.sources.records(path, [&](uint64_t record_line, std::span<const std::string> fields) {
        taker.take(record_line, fields);
      });
  if (!wrong.empty()) {
    table.error(code::wrong_record, line, wrong);
    return;
  }
  demand.recorded = taker.finish();
}

}  // namespace paceline::sim
