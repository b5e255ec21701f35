// Reads one TOML table key by key; what nobody asked for is an unknown key. Private to the loader.
//
// The keys asked for are the known ones, so the list behind "did you mean" cannot go stale.
//
// Owner: one load.  Allocates: for values and messages.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/diagnostics.h"
#include "engine/config/document.h"
#include "engine/desk/configuration.h"
#include "engine/desk/suggestion.h"
#include "sched/base/time.h"

namespace paceline::config {

class TableReader {
 public:
  /// `subject` begins messages: `queue "network-l2"`. Something other than a table is reported and
  /// read as an empty one.
  TableReader(const Node& node, uint32_t line, std::string subject, Diagnostics& diagnostics);

  uint32_t line() const { return line_; }
  const std::string& subject() const { return subject_; }
  void set_subject(std::string subject) { subject_ = std::move(subject); }

  /// Each of these makes the key a known one. Nothing if it is absent or wrong (then reported).
  const Node::Member* find(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  /// As texts(), without commas: the desk keeps such lists as one text.
  std::vector<std::string> names(std::string_view key);
  /// As texts(), each of which must be one of `names`: their positions.
  std::vector<size_t> some_of(std::string_view key, std::span<const std::string_view> names);
  std::optional<sched::Duration> duration(std::string_view key);
  /// Likewise, and "0s" is reported.
  std::optional<int64_t> positive_us(std::string_view key);
  std::optional<sched::BusinessDuration> business_duration(std::string_view key);
  /// `3d`, `24h` or `5bd`.
  std::optional<desk::Period> period(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<int64_t> integer(std::string_view key, int64_t min, int64_t max);
  /// A number with up to three decimals, as thousandths: 1 is 1000.
  std::optional<uint32_t> thousandths(std::string_view key, uint32_t max);
  /// `"10%"` or 0.1, as thousandths: 100. At most 1.
  std::optional<uint32_t> share(std::string_view key);
  /// Position among `names`.
  std::optional<size_t> one_of(std::string_view key, std::span<const std::string_view> names);

  /// As text(), and reported where missing.
  std::string required_text(std::string_view key, std::string_view example);

  /// The list of tables, or the single table, under the key.
  std::vector<const Node*> tables(std::string_view key);

  /// As tables(), for a list that is written as `key = [ example ]`.
  std::vector<const Node*> inline_tables(std::string_view key, std::string_view example);

  void error(std::string_view code, uint32_t line, std::string_view message);
  /// `has_wrong_kind` for a value that is not `expected`.
  void wrong_type(std::string_view key, const Node& value, std::string_view expected);

  /// Reports the keys nobody asked for.
  void finish();

 private:
  std::string about(std::string_view message) const;

  const Node* table_ = nullptr;
  uint32_t line_ = 0;
  std::string subject_;
  Diagnostics& diagnostics_;
  std::vector<std::string_view> known_;
};

/// `"name"`, with long or unprintable names made fit for a terminal.
std::string in_quotes(std::string_view text);

/// Thousandths or basis points of a number: `value` × scale if that is whole, within 1 … max.
std::optional<uint32_t> scaled(const Node& value, int64_t scale, uint32_t max);

}  // namespace paceline::config
