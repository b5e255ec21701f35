// The whole of a policy of a file, its kind's defaults included.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/desk/configuration.h"

namespace paceline::tools {

std::string target_text(const desk::Target& target);
/// "75 %", "1h before"
std::string rung_place(const desk::Rung& rung);
/// What it does: "notify lead, head in uk, every 2h"
std::string rung_text(const desk::Rung& rung);

/// `where` follows its name.
std::string policy_text(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings,
                        const std::string& where = {});
nlohmann::ordered_json policy_json(const desk::PolicyDefinition& policy,
                                   const desk::DeskSettings& settings);

}  // namespace paceline::tools
