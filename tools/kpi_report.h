// Key figures as JSON and as a table. The names are a contract: other tools read them.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/desk/query.h"

namespace paceline::tools {

nlohmann::ordered_json kpi_json(const desk::Kpi& kpi);
std::string kpi_table(const desk::Kpi& kpi);

}  // namespace paceline::tools
