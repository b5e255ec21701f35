#include "tools/mapped_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>

#include "engine/config/table_reader.h"
#include "tools/csv_reader.h"
#include "tools/instants.h"
#include "tools/ticket_story.h"
#include "wire/text.h"

namespace paceline::tools {

namespace {

using config::in_quotes;
using desk::TextField;

/// As the engine keeps attributes, queues and agents; what it does not intern may be longer.
constexpr size_t name_size_max = 255;
constexpr size_t long_text_size_max = 4'000;
constexpr size_t subject_size_max = 65'535;

struct TextColumn {
  ImportField from;
  TextField to;
  size_t size_max = name_size_max;
};
constexpr std::array text_columns = {
    TextColumn{ImportField::external_id, TextField::external_id, long_text_size_max},
    TextColumn{ImportField::queue, TextField::queue},
    TextColumn{ImportField::category, TextField::category},
    TextColumn{ImportField::subcategory, TextField::subcategory},
    TextColumn{ImportField::service, TextField::service},
    TextColumn{ImportField::config_item, TextField::config_item},
    TextColumn{ImportField::channel, TextField::channel},
    TextColumn{ImportField::requester, TextField::requester, long_text_size_max},
    TextColumn{ImportField::requester_type, TextField::requester_type},
    TextColumn{ImportField::organisation, TextField::organisation},
    TextColumn{ImportField::contract, TextField::contract},
    TextColumn{ImportField::stage, TextField::stage},
    TextColumn{ImportField::language, TextField::language},
    TextColumn{ImportField::confidentiality, TextField::confidentiality},
    TextColumn{ImportField::subject, TextField::body, subject_size_max},
};

/// An impact and an urgency whose priority, by the matrix of a replay, is this one.
struct Levels {
  uint8_t impact, urgency;
};
constexpr std::array<Levels, sched::priority_count> levels_of_priority = {
    {{0, 0}, {1, 1}, {1, 2}, {2, 2}, {2, 3}, {3, 3}}};

/// For steps that the row's own word does not name.
std::string_view plain_word(RowState state) {
  constexpr std::array<std::string_view, 6> words = {"recorded", "started", "waiting",
                                                     "resolved", "closed",  "cancelled"};
  return words[static_cast<size_t>(state)];
}

class RowMaker {
 public:
  RowMaker(const ImportMap& map, const FileSurvey& survey, const sched::Zone& zone, TicketLog& log)
      : map_(map), columns_(survey.columns), times_(survey.times), zone_(zone), log_(log) {}

  /// The reason if the row cannot be used; empty otherwise.
  std::string add(const std::vector<std::string>& fields, uint64_t line) {
    if (fields.size() != columns_.header_size())
      return fmt::format("has {} fields, the header names {}", fields.size(),
                         columns_.header_size());
    for (const std::string& field : fields) {
      if (!wire::is_valid_text(field)) return "is not UTF-8: convert the file first";
    }
    fields_ = &fields;
    irregular_.clear();
    LogRow row;
    row.line = line;
    if (std::string wrong = read_texts(row); !wrong.empty()) return wrong;
    if (std::string wrong = read_times(); !wrong.empty()) return wrong;
    if (std::string wrong = read_vip(row); !wrong.empty()) return wrong;
    read_levels(row);
    row.occurred_at_us = time(ImportField::occurred_at);
    const std::string wrong =
        map_.rows == ImportMap::Rows::updates ? add_update(row) : add_ticket(row);
    if (!wrong.empty()) return wrong;
    for (const std::string& kind : irregular_) ++log_.irregular[kind];
    for (const int64_t at_us : at_us_) newest_us_ = std::max(newest_us_, at_us);
    return {};
  }

  /// How open tickets stand today goes behind everything else.
  void finish() {
    for (LogRow& row : standing_) {
      row.at_us = newest_us_;
      log_.rows.push_back(row);
    }
  }

 private:
  std::string_view value(ImportField field) const { return columns_.value(*fields_, field); }
  int64_t time(ImportField field) const { return at_us_[static_cast<size_t>(field)]; }

  /// Once a row, however often it is found in it.
  void note(std::string_view kind) { irregular_.emplace(kind); }

  bool has_levels() const {
    return columns_.has(ImportField::priority) || columns_.has(ImportField::impact) ||
           columns_.has(ImportField::urgency);
  }

  std::string read_texts(LogRow& row) {
    if (value(ImportField::external_id).empty())
      return fmt::format("{} is empty: no ticket to apply it to",
                         columns_.of(ImportField::external_id).name);
    for (const TextColumn& column : text_columns) {
      if (std::string wrong = read_text(column.from, column.size_max, row.text(column.to));
          !wrong.empty())
        return wrong;
    }
    return read_text(ImportField::agent, name_size_max, row.agent);
  }

  std::string read_text(ImportField field, size_t size_max, TextPool::Id& to) {
    std::string_view text = value(field);
    if (text.empty()) return {};
    if (columns_.has_several(*fields_, field))
      note(fmt::format("several values of {}, the first taken", columns_.of(field).name));
    if (const std::string* renamed = map_.renamed[static_cast<size_t>(field)].find(text))
      text = *renamed;
    if (text.size() > size_max)
      return fmt::format("{} is {} bytes long, {} are allowed", columns_.of(field).name,
                         text.size(), size_max);
    to = log_.texts.id(text);
    return {};
  }

  std::string read_times() {
    at_us_.fill(0);
    for (size_t i = 0; i < import_field_count; ++i) {
      const auto field = static_cast<ImportField>(i);
      if (!is_time(field)) continue;
      const std::string_view text = value(field);
      if (text.empty()) continue;
      const auto written = parse_written_time(text, times_);
      const sched::Instant at = !written         ? sched::Instant{}
                                : written->zoned ? sched::Instant{written->us}
                                                 : to_instant({written->us}, zone_);
      if (!written || at < sched::Calendar::first_instant || at >= sched::Calendar::horizon)
        return fmt::format("{} {} is no date and time between 1990 and 2100{}",
                           columns_.of(field).name, in_quotes(text), order_hint());
      at_us_[i] = at.us;
    }
    return {};
  }

  std::string_view order_hint() const {
    return times_.form != TimeStyle::Form::any      ? " as the map's `dates` says"
           : times_.order == DateOrder::month_first ? " with the month first: see --dates"
                                                    : " with the day first: see --dates";
  }

  std::string read_vip(LogRow& row) const {
    const std::string word = lower_case(value(ImportField::vip));
    for (const std::string_view yes : {"yes", "true", "1", "y", "vip"})
      row.vip |= static_cast<uint8_t>(word == yes);
    for (const std::string_view no : {"", "no", "false", "0", "n"})
      if (word == no) return {};
    if (row.vip != 0) return {};
    return fmt::format("{} {} is neither yes nor no", columns_.of(ImportField::vip).name,
                       in_quotes(word));
  }

  void read_levels(LogRow& row) {
    // The survey has seen to it that every word has a meaning.
    if (const auto* level = map_.impacts.find(value(ImportField::impact));
        level != nullptr && !value(ImportField::impact).empty())
      row.impact = *level;
    if (const auto* level = map_.urgencies.find(value(ImportField::urgency));
        level != nullptr && !value(ImportField::urgency).empty())
      row.urgency = *level;
    if (const auto* kind = map_.kinds.find(value(ImportField::kind));
        kind != nullptr && !value(ImportField::kind).empty())
      row.kind = static_cast<uint8_t>(*kind);
    const std::string_view word = value(ImportField::priority);
    const auto* priority = word.empty() ? nullptr : map_.priorities.find(word);
    if (priority != nullptr) row.priority = static_cast<uint8_t>(*priority);
    if (row.impact != 0 && row.urgency != 0) return;
    if (row.priority != 0) {
      row.impact = levels_of_priority[row.priority].impact;
      row.urgency = levels_of_priority[row.priority].urgency;
    } else if (row.impact == 0 && row.urgency == 0 && has_levels()) {
      note("priority not stated");
    }
  }

  /// What the row says of its state; nothing where no column does.
  const StateMeaning* state(LogRow& row) {
    const std::string_view word = value(ImportField::state);
    if (word.empty()) return nullptr;
    const StateMeaning* meaning = map_.states.find(word);
    if (meaning == nullptr) return nullptr;  // the file changed after the survey
    row.state = log_.texts.id(word);
    const std::string_view said = value(ImportField::pending_reason);
    row.reason = !said.empty()             ? log_.texts.id(said)
                 : meaning->reason.empty() ? row.state
                                           : log_.texts.id(meaning->reason);
    return meaning;
  }

  std::string long_reason(const LogRow& row) const {
    if (log_.texts.text(row.reason).size() <= name_size_max) return {};
    return "the reason it waits for has more than 255 bytes";
  }

  std::string add_update(LogRow& row) {
    row.at_us = time(ImportField::updated_at);
    if (row.at_us == 0)
      return columns_.of(ImportField::updated_at).name + " is empty: when was it updated?";
    const StateMeaning* meaning = state(row);
    if (meaning == nullptr) return columns_.of(ImportField::state).name + " is empty";
    row.wanted = meaning->state;
    if (std::string wrong = long_reason(row); !wrong.empty()) return wrong;
    if (row.occurred_at_us == 0) row.occurred_at_us = time(ImportField::recorded_at);
    log_.rows.push_back(row);
    return {};
  }

  std::string add_ticket(LogRow& row) {
    if (time(ImportField::recorded_at) == 0)
      return columns_.of(ImportField::recorded_at).name + " is empty: when did it begin?";
    if (const auto found = line_of_.find(row.number()); found != line_of_.end())
      return fmt::format(
          "{} is in line {} already: with a row for each update the map says rows = "
          "\"updates\"",
          in_quotes(log_.texts.text(row.number())), found->second);
    const StateMeaning* meaning = state(row);
    if (std::string wrong = long_reason(row); !wrong.empty()) return wrong;
    const auto story = tell_story({time(ImportField::recorded_at), time(ImportField::started_at),
                                   time(ImportField::resolved_at), time(ImportField::closed_at),
                                   time(ImportField::updated_at)},
                                  meaning == nullptr ? std::nullopt : std::optional(meaning->state),
                                  row.agent != 0);
    if (!story) return story.error();
    for (const std::string_view kind : story->irregular) note(kind);
    line_of_.emplace(row.number(), row.line);
    LogRow recording = row;
    recording.agent = 0;  // who has it now need not be who had it first
    add_step(recording, story->steps.front());
    row.repeats = true;
    for (size_t i = 1; i < story->steps.size(); ++i) add_step(row, story->steps[i]);
    return {};
  }

  void add_step(LogRow row, const StoryStep& step) {
    row.at_us = step.at_us;
    row.wanted = step.state;
    if (!step.in_words_of_row) row.state = log_.texts.id(plain_word(step.state));
    if (step.at_us == 0)
      standing_.push_back(row);
    else
      log_.rows.push_back(row);
  }

  const ImportMap& map_;
  const MappedColumns& columns_;
  const TimeStyle& times_;
  const sched::Zone& zone_;
  TicketLog& log_;

  const std::vector<std::string>* fields_ = nullptr;  // of the row being read
  std::array<int64_t, import_field_count> at_us_{};   // its times
  std::set<std::string> irregular_;                   // about it

  std::unordered_map<TextPool::Id, uint64_t> line_of_;  // tickets seen
  std::vector<LogRow> standing_;                        // at the newest instant
  int64_t newest_us_ = 0;
};

}  // namespace

sched::Expected<TicketLog, std::string> read_mapped(
    ByteSource& source, const ImportMap& map, const FileSurvey& survey, const sched::Zone& zone,
    const std::function<void(const RejectedRow&)>& set_aside,
    const std::function<void()>& progress) {
  TicketLog log;
  log.occurred_at_name =
      survey.columns.has(ImportField::occurred_at) ? "occurred_at" : "recorded_at";
  log.counts_unstated = false;
  RowMaker maker(map, survey, zone, log);
  CsvReader reader(source);
  std::vector<std::string> fields;
  reader.next(fields);  // the header, which the survey has read
  for (;;) {
    const CsvReader::Result result = reader.next(fields);
    if (result == CsvReader::Result::end) break;
    ++log.row_count;
    const std::string reason =
        result == CsvReader::Result::malformed ? reader.why() : maker.add(fields, reader.line());
    if (!reason.empty()) set_aside({reader.line(), reason, reader.text()});
    if (progress && log.row_count % 10'000 == 0) progress();
  }
  if (!source.error().empty()) return sched::Unexpected{source.error()};
  log.content_hash = reader.content_hash();
  if (log.content_hash != survey.content_hash)
    return sched::Unexpected{
        std::string("the file changed while it was read: run the same command again")};
  maker.finish();
  return log;
}

}  // namespace paceline::tools
