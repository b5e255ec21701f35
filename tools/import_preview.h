// What an import makes of a file, before it does: columns, dates and words, with examples.
//
// Owner: one thread; pure.  Allocates: texts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sched/calendar.h"
#include "tools/file_survey.h"
#include "tools/import_map.h"

namespace paceline::tools {

/// As a table for people.
std::string preview_text(const FileSurvey& survey, const ImportMap& map, const sched::Zone& zone);
/// `rows_are`, `delimiter`, `dates`, `columns` (column, field, example, is, words) and `not_read`.
nlohmann::ordered_json preview_json(const FileSurvey& survey, const ImportMap& map,
                                    const sched::Zone& zone);

}  // namespace paceline::tools
