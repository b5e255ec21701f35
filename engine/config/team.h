// Who is in which group, and who meets a need.
//
// Owner: anyone; refers to the configuration.  Allocates: for the answer.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/need.h"

namespace paceline::config {

using Team = std::vector<const desk::AgentDefinition*>;

/// The agents of each group.
std::map<std::string_view, Team> teams_of(const desk::Configuration& configuration);

bool meets(const desk::AgentDefinition& agent, const desk::NamedNeed& need);

}  // namespace paceline::config
