// Figures as JSON and as text. The names are a contract: other tools read them.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/report/figure.h"
#include "engine/report/targets.h"

namespace paceline::tools {

/// Two decimals, half up; null where there is nothing to divide by.
nlohmann::ordered_json percent_json(int64_t numerator, int64_t denominator);
nlohmann::ordered_json spread_json(const report::Spread& spread);
nlohmann::ordered_json figure_json(const report::Figure& figure,
                                   const std::vector<report::Target>& targets);
nlohmann::ordered_json figures_json(const std::vector<report::Figure>& figures,
                                    const std::vector<report::Target>& targets);

std::string percent_text(int64_t numerator, int64_t denominator);  ///< "72.30 %", "–"
std::string span_text(int64_t us, uint64_t n);                     ///< "1h 5m"; "–" of none.
/// "72.30 %", "mean 1h 5m, median 40m, p90 3h", "12", "–", "not measured"
std::string value_text(const report::Figure& figure);
/// A row for each figure.
std::string figures_text(const std::vector<report::Figure>& figures,
                         const std::vector<report::Target>& targets);

}  // namespace paceline::tools
