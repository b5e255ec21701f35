#include "tools/file_survey.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/table_reader.h"
#include "tools/csv_reader.h"
#include "tools/words.h"
#include "wire/text.h"

namespace paceline::tools {

namespace {

using config::in_quotes;

constexpr size_t listed_words_max = 5;

/// Which table of a map has the words of a field.
struct WordField {
  ImportField field;
  std::string_view table;
  std::string_view example;  // of a meaning
};
constexpr std::array word_fields = {
    WordField{ImportField::state, "states", "pending"},
    WordField{ImportField::priority, "priorities", "P3"},
    WordField{ImportField::impact, "impacts", "medium"},
    WordField{ImportField::urgency, "urgencies", "medium"},
    WordField{ImportField::kind, "kinds", "incident"},
};

/// What the dates of a file say about their order.
class OrderEvidence {
 public:
  explicit OrderEvidence(const TimeStyle& style) : day_(style), month_(style) {
    day_.order = DateOrder::day_first;
    month_.order = DateOrder::month_first;
  }

  /// Whether it is a time at all.
  bool see(std::string_view text, uint64_t line) {
    const auto day = parse_written_time(text, day_);
    const auto month = parse_written_time(text, month_);
    if (!day && !month) return false;
    Seen& seen = !month ? day_only_ : !day ? month_only_ : either_;
    if (seen.line == 0 && day != month) seen = {std::string(text), line};
    return true;
  }

  sched::Expected<DateOrder, std::string> verdict() const {
    if (day_only_.line != 0 && month_only_.line != 0) {
      return sched::Unexpected{fmt::format(
          "dates contradict each other: {} in line {} has the day first, {} in line {} the month: "
          "say which is meant with --dates; rows with the other are set aside then",
          in_quotes(day_only_.text), day_only_.line, in_quotes(month_only_.text),
          month_only_.line)};
    }
    if (month_only_.line != 0) return DateOrder::month_first;
    if (day_only_.line != 0 || either_.line == 0) return DateOrder::day_first;
    return sched::Unexpected{
        fmt::format("no date says whether {} in line {} has its day or its month first: say "
                    "--dates day-first or --dates month-first",
                    in_quotes(either_.text), either_.line)};
  }

 private:
  struct Seen {
    std::string text;
    uint64_t line = 0;
  };

  TimeStyle day_, month_;
  Seen day_only_, month_only_, either_;
};

/// Values of one column of times.
struct TimesSeen {
  uint64_t stated = 0, readable = 0;
  uint64_t first_line = 0;
};

class Surveyor {
 public:
  Surveyor(FileSurvey& survey) : survey_(survey), order_(survey.times) {}

  void see(const std::vector<std::string>& row, uint64_t line) {
    if (row.size() != survey_.columns.header_size()) return;
    if (!std::all_of(row.begin(), row.end(),
                     [](const std::string& field) { return wire::is_valid_text(field); }))
      return;
    for (size_t i = 0; i < import_field_count; ++i) {
      const auto field = static_cast<ImportField>(i);
      const std::string_view value = survey_.columns.value(row, field);
      if (value.empty()) continue;
      if (survey_.examples[i].empty()) survey_.examples[i] = value;
      if (is_time(field)) see_time(field, value, line);
      if (!has_words(field)) continue;
      FileSurvey::WordUse& use = survey_.words[i][std::string(value)];
      if (use.rows++ == 0) use.first_line = line;
    }
  }

  /// What is wrong with the file as a whole; empty if nothing.
  std::string conclude(const ImportMap& map) {
    for (size_t i = 0; i < import_field_count; ++i) {
      const TimesSeen& seen = times_[i];
      if (seen.stated == 0 || seen.readable > 0) continue;
      return fmt::format(
          "no value of {} is a date and time: {} in line {}, for example: say how they are written "
          "in the map, dates = \"%d.%m.%Y %H:%M\"",
          in_quotes(survey_.columns.of(static_cast<ImportField>(i)).name),
          in_quotes(survey_.examples[i]), seen.first_line);
    }
    if (survey_.times.form == TimeStyle::Form::any && survey_.times.order == DateOrder::automatic) {
      const auto order = order_.verdict();
      if (!order) return order.error();
      survey_.times.order = *order;
    }
    for (const WordField& words : word_fields) {
      if (std::string wrong = unknown_words(words, map); !wrong.empty()) return wrong;
    }
    return {};
  }

 private:
  void see_time(ImportField field, std::string_view value, uint64_t line) {
    TimesSeen& seen = times_[static_cast<size_t>(field)];
    if (seen.stated++ == 0) seen.first_line = line;
    const bool readable =
        survey_.times.form == TimeStyle::Form::any && survey_.times.order == DateOrder::automatic
            ? order_.see(value, line)
            : parse_written_time(value, survey_.times).has_value();
    if (readable) ++seen.readable;
  }

  std::string unknown_words(const WordField& words, const ImportMap& map) const {
    std::vector<std::string> shown;
    std::string first;
    size_t unknown = 0;
    for (const auto& [word, use] : survey_.words_of(words.field)) {
      if (meaning_of(map, words.field, word)) continue;
      if (unknown++ == 0) first = word;
      if (shown.size() < listed_words_max)
        shown.push_back(use.rows == 1 ? fmt::format("{} (line {})", in_quotes(word), use.first_line)
                                      : fmt::format("{} ({} rows, first in line {})",
                                                    in_quotes(word), use.rows, use.first_line));
    }
    if (unknown == 0) return {};
    if (unknown > shown.size()) shown.push_back(fmt::format("{} more", unknown - shown.size()));
    return fmt::format(
        "{} of {} {} nothing here: {}: say in the map what they are, under [{}] for example {} = "
        "\"{}\", or \"*\" for all others",
        unknown == 1 ? "a word" : "words", in_quotes(survey_.columns.of(words.field).name),
        unknown == 1 ? "means" : "mean", fmt::join(shown, ", "), words.table, in_quotes(first),
        words.example);
  }

  FileSurvey& survey_;
  OrderEvidence order_;
  std::array<TimesSeen, import_field_count> times_{};
};

}  // namespace

bool has_words(ImportField field) {
  return std::any_of(word_fields.begin(), word_fields.end(),
                     [&](const WordField& words) { return words.field == field; });
}

std::optional<std::string> meaning_of(const ImportMap& map, ImportField field,
                                      std::string_view word) {
  switch (field) {
    case ImportField::state:
      if (const StateMeaning* state = map.states.find(word)) return shown(*state);
      return std::nullopt;
    case ImportField::priority:
      if (const sched::Priority* priority = map.priorities.find(word))
        return priority_word(static_cast<uint8_t>(*priority));
      return std::nullopt;
    case ImportField::impact:
    case ImportField::urgency: {
      const auto& table = field == ImportField::impact ? map.impacts : map.urgencies;
      if (const uint8_t* level = table.find(word))
        return std::string(tools::word(level_words, *level));
      return std::nullopt;
    }
    case ImportField::kind:
      if (const desk::TicketKind* kind = map.kinds.find(word))
        return std::string(tools::word(kind_words, static_cast<uint8_t>(*kind)));
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

sched::Expected<FileSurvey, std::string> survey_file(ByteSource& source, const ImportMap& map,
                                                     DateOrder order,
                                                     const std::function<void()>& progress) {
  CsvReader reader(source);
  std::vector<std::string> fields;
  const CsvReader::Result first = reader.next(fields);
  if (!source.error().empty()) return sched::Unexpected{source.error()};
  if (first == CsvReader::Result::end)
    return sched::Unexpected{std::string("the file is empty: a header and rows are wanted")};
  if (first == CsvReader::Result::malformed)
    return sched::Unexpected{"the header cannot be read: " + reader.why()};
  auto columns = MappedColumns::find(fields, map);
  if (!columns) return sched::Unexpected{columns.error()};

  FileSurvey survey;
  survey.columns = std::move(*columns);
  survey.times = map.times;
  if (order != DateOrder::automatic) survey.times.order = order;
  survey.delimiter = reader.delimiter();
  Surveyor surveyor(survey);
  for (;;) {
    const CsvReader::Result result = reader.next(fields);
    if (result == CsvReader::Result::end) break;
    ++survey.row_count;
    if (result == CsvReader::Result::record) surveyor.see(fields, reader.line());
    if (progress && survey.row_count % 10'000 == 0) progress();
  }
  if (!source.error().empty()) return sched::Unexpected{source.error()};
  survey.content_hash = reader.content_hash();
  if (std::string wrong = surveyor.conclude(map); !wrong.empty())
    return sched::Unexpected{std::move(wrong)};
  return survey;
}

}  // namespace paceline::tools
