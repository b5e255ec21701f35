#include "tools/import_preview.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

constexpr size_t words_shown_max = 8;
constexpr size_t not_read_shown_max = 12;
constexpr size_t example_size_max = 40;

/// One line, and not a long one.
std::string shortened(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, example_size_max))
    line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  if (text.size() <= example_size_max) return line;
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0U) == 0x80)
    line.pop_back();
  if (!line.empty() && static_cast<unsigned char>(line.back()) >= 0xC0) line.pop_back();
  return line + "…";
}

/// The instant that a text of the file is; empty if it is none.
std::string instant_of(std::string_view text, const FileSurvey& survey, const sched::Zone& zone) {
  const auto written = parse_written_time(text, survey.times);
  if (!written) return {};
  return format_instant(written->zoned ? sched::Instant{written->us}
                                       : to_instant({written->us}, zone));
}

std::string_view delimiter_word(char delimiter) {
  return delimiter == '\t' ? "tabs" : delimiter == ';' ? "semicolons" : "commas";
}

std::string dates_word(const TimeStyle& times) {
  switch (times.form) {
    case TimeStyle::Form::pattern:
      return times.pattern;
    case TimeStyle::Form::epoch_seconds:
      return "epoch-seconds";
    case TimeStyle::Form::epoch_milliseconds:
      return "epoch-milliseconds";
    case TimeStyle::Form::any:
      break;
  }
  return times.order == DateOrder::month_first ? "month-first" : "day-first";
}

/// The most frequent first.
std::vector<std::pair<std::string, FileSurvey::WordUse>> by_use(const FileSurvey::Words& words) {
  std::vector<std::pair<std::string, FileSurvey::WordUse>> sorted(words.begin(), words.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.rows > b.second.rows; });
  return sorted;
}

std::string words_text(const FileSurvey& survey, const ImportMap& map, ImportField field) {
  std::string text;
  size_t shown = 0;
  for (const auto& [word, use] : by_use(survey.words_of(field))) {
    if (shown++ == words_shown_max) {
      return text + fmt::format(", {} more", survey.words_of(field).size() - words_shown_max);
    }
    text += fmt::format("{}{} ({}) → {}", text.empty() ? "" : ", ", shortened(word), use.rows,
                        meaning_of(map, field, word).value_or(""));
  }
  return text;
}

std::string example_text(const FileSurvey& survey, const ImportMap& map, ImportField field,
                         const sched::Zone& zone) {
  if (has_words(field)) return words_text(survey, map, field);
  const std::string& example = survey.examples[static_cast<size_t>(field)];
  if (!is_time(field) || example.empty()) return shortened(example);
  return fmt::format("{} → {}", shortened(example), instant_of(example, survey, zone));
}

std::string_view rows_word(const ImportMap& map) {
  return map.rows == ImportMap::Rows::updates ? "updates" : "tickets";
}

}  // namespace

std::string preview_text(const FileSurvey& survey, const ImportMap& map, const sched::Zone& zone) {
  Table table({"column", "becomes", "for example"});
  for (size_t i = 0; i < import_field_count; ++i) {
    const auto field = static_cast<ImportField>(i);
    const MappedColumns::Found& found = survey.columns.of(field);
    if (found.positions.empty()) continue;
    table.row(
        {shortened(found.name) +
             (found.positions.size() > 1 ? fmt::format(" (×{})", found.positions.size()) : ""),
         std::string(name(field)), example_text(survey, map, field, zone)});
  }
  std::string text =
      fmt::format("{} rows ({}), separated by {}, dates {}\n", survey.row_count, rows_word(map),
                  delimiter_word(survey.delimiter), dates_word(survey.times)) +
      table.text();
  const auto& not_read = survey.columns.not_read();
  if (not_read.empty()) return text;
  std::vector<std::string> names;
  for (const std::string& name : not_read) {
    if (names.size() == not_read_shown_max) break;
    names.push_back(shortened(name));
  }
  if (names.size() < not_read.size())
    names.push_back(fmt::format("{} more", not_read.size() - names.size()));
  return text + fmt::format("not read: {}\n", fmt::join(names, ", "));
}

nlohmann::ordered_json preview_json(const FileSurvey& survey, const ImportMap& map,
                                    const sched::Zone& zone) {
  auto columns = nlohmann::ordered_json::array();
  for (size_t i = 0; i < import_field_count; ++i) {
    const auto field = static_cast<ImportField>(i);
    const MappedColumns::Found& found = survey.columns.of(field);
    if (found.positions.empty()) continue;
    nlohmann::ordered_json column{{"column", found.name}, {"field", name(field)}};
    const std::string& example = survey.examples[i];
    if (!example.empty()) column["example"] = example;
    if (is_time(field) && !example.empty()) column["is"] = instant_of(example, survey, zone);
    if (has_words(field)) {
      auto words = nlohmann::ordered_json::array();
      for (const auto& [word, use] : by_use(survey.words_of(field)))
        words.push_back({{"word", word},
                         {"rows", use.rows},
                         {"is", meaning_of(map, field, word).value_or("")}});
      column["words"] = std::move(words);
    }
    columns.push_back(std::move(column));
  }
  return {{"rows_are", rows_word(map)},
          {"delimiter", std::string(1, survey.delimiter)},
          {"dates", dates_word(survey.times)},
          {"columns", std::move(columns)},
          {"not_read", survey.columns.not_read()}};
}

}  // namespace paceline::tools
