#include "tools/import_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/config/diagnostics.h"
#include "engine/config/table_reader.h"
#include "engine/desk/suggestion.h"
#include "sched/base/check.h"
#include "tools/import_maps.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using config::Diagnostics;
using config::in_quotes;
using config::Node;
using config::TableReader;
namespace code = config::code;

/// As the engine keeps attributes, queues and reasons.
constexpr size_t name_size_max = 255;

constexpr std::array<std::string_view, 6> state_words = {"queued",   "in_progress", "pending",
                                                         "resolved", "closed",      "cancelled"};
constexpr std::array<std::string_view, 6> imported_priority_words = {"none", "P1", "P2",
                                                                     "P3",   "P4", "P5"};
constexpr std::array<std::string_view, 2> imported_kind_words = {"incident", "service_request"};
constexpr std::array<std::string_view, 2> row_words = {"tickets", "updates"};
constexpr std::array<std::string_view, 4> date_words = {"day-first", "month-first", "epoch-seconds",
                                                        "epoch-milliseconds"};

struct RenamedTable {
  std::string_view key;
  ImportField field;
};
constexpr std::array renamed_tables = {
    RenamedTable{"queues", ImportField::queue},
    RenamedTable{"agents", ImportField::agent},
    RenamedTable{"categories", ImportField::category},
    RenamedTable{"services", ImportField::service},
    RenamedTable{"channels", ImportField::channel},
};

class MapReader {
 public:
  MapReader(const Node& root, ImportMap& map, Diagnostics& diagnostics, bool by_user)
      : file_(root, 0, "", diagnostics), map_(map), diagnostics_(diagnostics), by_user_(by_user) {}

  void read() {
    if (const auto rows = file_.one_of("rows", row_words))
      map_.rows = static_cast<ImportMap::Rows>(*rows);
    read_dates();
    read_months();
    read_columns();
    read_words("states", map_.states, [&](const std::string& text) { return state(text); });
    read_words("priorities", map_.priorities, [&](const std::string& text) {
      return one_of<sched::Priority>("priorities", text, imported_priority_words);
    });
    const auto level = [&](std::string_view key) {
      return
          [this, key](const std::string& text) { return one_of<uint8_t>(key, text, level_words); };
    };
    read_words("impacts", map_.impacts, level("impacts"));
    read_words("urgencies", map_.urgencies, level("urgencies"));
    read_words("kinds", map_.kinds, [&](const std::string& text) {
      return one_of<desk::TicketKind>("kinds", text, imported_kind_words);
    });
    for (const RenamedTable& table : renamed_tables) {
      read_words(table.key, map_.renamed[static_cast<size_t>(table.field)],
                 [&](const std::string& text) { return short_name(text); });
    }
    file_.finish();
    if (by_user_) check_columns();
  }

 private:
  void read_dates() {
    const auto written = file_.text("dates");
    if (!written) return;
    TimeStyle& times = map_.times;
    if (written->find('%') != std::string::npos) {
      times.form = TimeStyle::Form::pattern;
      times.pattern = *written;
      if (const std::string wrong = pattern_problem(*written); !wrong.empty())
        file_.error(code::wrong_value, file_.find("dates")->value.line,
                    fmt::format("dates = {} {}", in_quotes(*written), wrong));
      return;
    }
    const auto word = file_.one_of("dates", date_words);
    if (!word) return;
    times.form = *word == 2   ? TimeStyle::Form::epoch_seconds
                 : *word == 3 ? TimeStyle::Form::epoch_milliseconds
                              : TimeStyle::Form::any;
    if (*word < 2) times.order = *word == 0 ? DateOrder::day_first : DateOrder::month_first;
  }

  void read_months() {
    std::vector<std::string> months = file_.texts("months");
    if (file_.find("months") == nullptr) return;
    if (months.size() != 12)
      file_.error(
          code::wrong_value, file_.find("months")->line,
          fmt::format("months lists {} names: list all twelve, January's first", months.size()));
    map_.times.months = std::move(months);
  }

  void read_columns() {
    const Node::Member* member = file_.find("columns");
    if (member == nullptr) return;
    TableReader columns(member->value, member->line, "columns", diagnostics_);
    for (size_t i = 0; i < import_field_count; ++i) {
      const std::string_view key = import_field_names[i];
      const Node::Member* found = columns.find(key);
      if (found == nullptr) continue;
      std::vector<std::string> names;
      if (found->value.kind == Node::Kind::array)
        names = columns.texts(key);
      else if (auto text = columns.text(key))
        names.push_back(std::move(*text));
      if (std::find(names.begin(), names.end(), "") != names.end()) {
        columns.error(code::wrong_value, found->value.line,
                      fmt::format("{} is empty: name a column, or remove the line", key));
      }
      map_.columns[i] = {std::move(names), by_user_};
      lines_[i] = found->line;
    }
    columns.finish();
  }

  /// A table whose keys are the file's words. `meaning_of` answers nothing for what it has
  /// reported.
  template <class Meaning, class MeaningOf>
  void read_words(std::string_view key, WordTable<Meaning>& table, MeaningOf&& meaning_of) {
    const Node::Member* member = file_.find(key);
    if (member == nullptr) return;
    if (member->value.kind != Node::Kind::table) {
      file_.wrong_type(key, member->value, "a table of words");
      return;
    }
    std::set<std::string> seen;
    for (const Node::Member& word : member->value.members) {
      if (diagnostics_.full()) return;
      line_ = word.value.line;
      if (word.value.kind != Node::Kind::text) {
        file_.wrong_type(fmt::format("{}: {}", key, in_quotes(word.key)), word.value,
                         "a text in quotes");
      } else if (!seen.insert(lower_case(word.key)).second) {
        file_.error(code::duplicate, word.line,
                    fmt::format("{}: {} is there twice, letter case aside: remove one", key,
                                in_quotes(word.key)));
      } else if (auto meaning = meaning_of(word.value.text)) {
        table.set(word.key, std::move(*meaning));
      }
    }
  }

  template <class Meaning, size_t n>
  std::optional<Meaning> one_of(std::string_view key, const std::string& text,
                                const std::array<std::string_view, n>& words) {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found != words.end()) return static_cast<Meaning>(found - words.begin());
    file_.error(
        code::wrong_value, line_,
        fmt::format("{} has no value {}{}", key, in_quotes(text), desk::suggestion(text, words)));
    return std::nullopt;
  }

  /// "queued", "pending", "pending:awaiting_vendor"
  std::optional<StateMeaning> state(const std::string& text) {
    const size_t colon = text.find(':');
    const auto known = one_of<RowState>("states", text.substr(0, colon), state_words);
    if (!known) return std::nullopt;
    StateMeaning meaning{*known, {}};
    if (colon == std::string::npos) return meaning;
    meaning.reason = text.substr(colon + 1);
    if (meaning.state == RowState::waiting && !meaning.reason.empty() &&
        meaning.reason.size() <= name_size_max)
      return meaning;
    file_.error(code::wrong_value, line_,
                fmt::format("states: {} is no state with a reason: write for example "
                            "\"pending:awaiting_requester\"",
                            in_quotes(text)));
    return std::nullopt;
  }

  std::optional<std::string> short_name(const std::string& text) {
    if (text.size() <= name_size_max) return text;
    file_.error(code::wrong_value, line_, "a name has more than 255 bytes: shorten it");
    return std::nullopt;
  }

  void require(ImportField field, std::string_view why) {
    if (!map_.column(field).names.empty()) return;
    file_.error(code::missing, 0,
                fmt::format("[columns] has no {}: {}; add for example {} = \"…\", a name of the "
                            "file's first line",
                            name(field), why, name(field)));
  }

  void refuse(ImportField field, std::string_view why) {
    ImportMap::Column& column = map_.columns[static_cast<size_t>(field)];
    if (column.by_user && !column.names.empty())
      file_.error(code::wrong_value, lines_[static_cast<size_t>(field)],
                  fmt::format("columns: {} {}", name(field), why));
    column = {};
  }

  void check_columns() {
    require(ImportField::external_id, "without it no row has a ticket");
    if (map_.rows == ImportMap::Rows::tickets) {
      require(ImportField::recorded_at, "without it no ticket has a beginning");
      return;
    }
    require(ImportField::updated_at, "rows = \"updates\" happen at it");
    require(ImportField::state, "rows = \"updates\" are followed by it");
    for (const ImportField field :
         {ImportField::started_at, ImportField::resolved_at, ImportField::closed_at})
      refuse(field,
             "is known only afterwards: with rows = \"updates\" the rows themselves say it; "
             "remove the line");
  }

  TableReader file_;
  ImportMap& map_;
  Diagnostics& diagnostics_;
  bool by_user_;
  uint32_t line_ = 0;  // of the word being read
  std::array<uint32_t, import_field_count> lines_{};
};

ImportMap built_in(std::string_view toml, ImportMap base) {
  auto map = read_import_map(toml, "built in", std::move(base), false);
  CHECK(map.has_value());
  return std::move(*map);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

std::string shown(const StateMeaning& meaning) {
  const std::string word(state_words[static_cast<size_t>(meaning.state)]);
  return meaning.reason.empty() ? word : word + ": " + meaning.reason;
}

ImportMapResult read_import_map(std::string_view toml, std::string_view file, ImportMap base,
                                bool by_user) {
  Diagnostics diagnostics(file);
  const auto root = config::parse_document(toml);
  if (!root) {
    diagnostics.error(code::syntax, root.error().line, root.error().message);
    return sched::Unexpected{diagnostics.take_errors()};
  }
  base.text += toml;
  MapReader(*root, base, diagnostics, by_user).read();
  if (diagnostics.failed()) return sched::Unexpected{diagnostics.take_errors()};
  return base;
}

ImportMap common_import_map() { return built_in(common_map_toml, {}); }
ImportMap jira_import_map() { return built_in(jira_map_toml, common_import_map()); }

}  // namespace paceline::tools
