// What changes between two configurations of a desk, and what that does to a desk at work.
//
// Owner: any thread; pure.  Time: from `now` on, for calendars.  Allocates: texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/config/load.h"
#include "sched/base/time.h"

namespace paceline::tools {

struct ConfigChange {
  enum class How : uint8_t { added, removed, changed };
  struct Field {
    std::string key, before, after;
  };
  std::string kind, name;  ///< "policy", "P1 resolution"
  How how = How::changed;
  std::vector<Field> fields;         ///< Of what changed.
  std::vector<std::string> effects;  ///< On what is open when it is loaded.
};

/// "added"
std::string_view word_of(ConfigChange::How how);
/// Lines for people, each with its line feed.
std::string text_of(const ConfigChange& change);

std::vector<ConfigChange> changes_between(const config::ServerSettings& before,
                                          const config::ServerSettings& after);
/// In the order of the file: settings, calendars, policies, routes, queues, agents.
std::vector<ConfigChange> changes_between(const desk::Configuration& before,
                                          const desk::Configuration& after, sched::Instant now);

}  // namespace paceline::tools
