// Where a configuration file states what: the line of each table and of each of its keys.
//
// The loader's answer has defaults filled in and no lines; whoever explains it asks here what was
// written, and where.
//
// Owner: anyone.  Allocates: for the map.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace paceline::config {

class Places {
 public:
  /// Of a text that loads; nothing is known of one that does not.
  explicit Places(std::string_view text);

  /// `kind` is "policy", "queue", "route", "agent", "away" (by its code), "work" (by what it is
  /// about, "chat incident P1"), "calendar", "pending", "desk", "survey" (by its desk),
  /// "criticality.service", …, or "server", "targets" and "priority.matrix" with an empty name. An
  /// entry of its own for `desk` comes before one for all. 0: not stated.
  uint32_t line(std::string_view kind, std::string_view name, std::string_view desk = {}) const;
  /// Of a key; 0 if the table does not state it. The step of a ladder is "escalate at 7500" (basis
  /// points) or "escalate before 3600000000" (µs); other tables in a list are "step 1", "overflow
  /// 2".
  uint32_t key_line(std::string_view kind, std::string_view name, std::string_view key,
                    std::string_view desk = {}) const;
  /// That of the key, else that of the table.
  uint32_t nearest_line(std::string_view kind, std::string_view name, std::string_view key,
                        std::string_view desk = {}) const;

 private:
  struct Entry {
    uint32_t line = 0;
    std::map<std::string, uint32_t, std::less<>> keys;
  };
  const Entry* find(std::string_view kind, std::string_view name, std::string_view desk) const;

  std::map<std::tuple<std::string, std::string, std::string>, Entry> entries_;  // kind, name, desk
};

}  // namespace paceline::config
