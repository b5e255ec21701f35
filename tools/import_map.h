// Which column of a file is what of a ticket, and what the file's words mean, as TOML says it.
//
//   [columns]
//   external_id = "Issue key"
//   recorded_at = ["Created", "Opened"]   # the first one the header has
//   state       = "Status"
//   [states]
//   "Waiting for customer" = "pending:awaiting_requester"
//
// Maps are layers: what one says replaces what the one below says of the same column or word. The
// lowest layer is words most desks use (built in), for Jira its columns and words come next, the
// user's map is the last. Unknown keys are errors with a suggestion, as in every configuration.
//
// Owner: one thread.  Allocates: texts.  Errors: those of configurations (E20…), with file and
// line.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"
#include "engine/desk/command.h"
#include "sched/base/expected.h"
#include "sched/priority.h"
#include "tools/ticket_log.h"
#include "tools/written_time.h"

namespace paceline::tools {

/// What a column may be.
enum class ImportField : uint8_t {
  external_id,
  recorded_at,
  started_at,
  resolved_at,
  closed_at,
  updated_at,
  occurred_at,
  state,
  pending_reason,
  priority,
  impact,
  urgency,
  kind,
  vip,
  queue,
  agent,
  category,
  subcategory,
  service,
  config_item,
  channel,
  requester,
  requester_type,
  organisation,
  contract,
  stage,
  language,
  confidentiality,
  subject,
};
inline constexpr std::array<std::string_view, 29> import_field_names = {
    "external_id",    "recorded_at", "started_at",     "resolved_at",
    "closed_at",      "updated_at",  "occurred_at",    "state",
    "pending_reason", "priority",    "impact",         "urgency",
    "kind",           "vip",         "queue",          "agent",
    "category",       "subcategory", "service",        "config_item",
    "channel",        "requester",   "requester_type", "organisation",
    "contract",       "stage",       "language",       "confidentiality",
    "subject"};
inline constexpr size_t import_field_count = import_field_names.size();

constexpr std::string_view name(ImportField field) {
  return import_field_names[static_cast<size_t>(field)];
}
constexpr bool is_time(ImportField field) {
  return field >= ImportField::recorded_at && field <= ImportField::occurred_at;
}

/// `a` with ASCII letters made small: how words are compared.
std::string lower_case(std::string_view text);

/// What the words of one column mean. "*" is any other word.
template <class Meaning>
class WordTable {
 public:
  void set(std::string_view word, Meaning meaning) { meanings_[lower_case(word)] = meaning; }
  const Meaning* find(std::string_view word) const {
    auto found = meanings_.find(lower_case(word));
    if (found == meanings_.end()) found = meanings_.find("*");
    return found == meanings_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Meaning> meanings_;
};

struct StateMeaning {
  RowState state = RowState::fresh;
  std::string reason;  ///< Of waiting; empty: the file's word.
};

/// "queued", "pending: awaiting_requester"
std::string shown(const StateMeaning& meaning);

struct ImportMap {
  /// A file has a row for each ticket, with its dates, or one for each update of a ticket.
  enum class Rows : uint8_t { tickets, updates };
  struct Column {
    std::vector<std::string> names;  ///< The first that the header has; empty: not in the map.
    bool by_user = false;            ///< Then the header must have one of them.
  };

  Rows rows = Rows::tickets;
  TimeStyle times;
  std::array<Column, import_field_count> columns;
  WordTable<StateMeaning> states;
  WordTable<sched::Priority> priorities;
  WordTable<uint8_t> impacts, urgencies;  ///< sched::Impact, sched::Urgency; 0: not stated.
  WordTable<desk::TicketKind> kinds;
  /// What a name of the file is called here, empty: nothing; others stay as they are.
  std::array<WordTable<std::string>, import_field_count> renamed;
  std::string text;  ///< All that was read: another text makes it another import.

  const Column& column(ImportField field) const { return columns[static_cast<size_t>(field)]; }
};

using ImportMapResult = sched::Expected<ImportMap, std::vector<config::ConfigError>>;

/// `base` with what `toml` says; `file` is for messages. `by_user`: the map is whole then, and what
/// is missing is an error, too.
ImportMapResult read_import_map(std::string_view toml, std::string_view file, ImportMap base,
                                bool by_user);

/// The words most desks use, and no columns.
ImportMap common_import_map();
/// Likewise, with the columns and words of a Jira Service Management export.
ImportMap jira_import_map();

}  // namespace paceline::tools
