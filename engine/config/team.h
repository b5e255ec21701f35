// Who is in which group, and whether anybody there meets a need.
//
// Owner: anyone; refers to the configuration.  Allocates: when it is made.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/need.h"

namespace paceline::config {

using Team = std::vector<const desk::AgentDefinition*>;

class Teams {
 public:
  explicit Teams(const desk::Configuration& configuration);

  /// Empty where nobody is.
  const Team& of(std::string_view group) const;
  bool anybody(std::string_view group, const desk::NamedNeed& need,
               uint32_t capacity_milli = 0) const;

 private:
  struct Group {
    Team team;
    std::map<std::string_view, Team> with_skill;
  };
  std::map<std::string_view, Group> groups_;
};

bool meets(const desk::AgentDefinition& agent, const desk::NamedNeed& need);

}  // namespace paceline::config
