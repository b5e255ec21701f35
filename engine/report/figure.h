// A key figure as it is published: what it is made of, what was left out, by which formula.
//
// Owner: any thread; plain values.  Allocates: texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/report/case.h"
#include "engine/report/statistics.h"

namespace paceline::report {

enum class FigureKind : uint8_t {
  share,     ///< numerator of denominator.
  duration,  ///< numerator: their sum in microseconds; denominator: how many.
  count,     ///< numerator alone.
  number,    ///< `value`, of numerator and denominator where they say something.
};

struct Figure {
  std::string id;
  std::string name;
  std::string formula;
  uint32_t version = 1;  ///< Rises when the formula or an exclusion changes.
  FigureKind kind = FigureKind::share;
  bool counted = true;      ///< A share of things, not of microseconds; a number that is
                            ///< numerator × factor / denominator.
  bool suppressed = false;  ///< Too few to be published: no value, and no numerator.
  std::string needs;        ///< Not empty: not measured, and what it would take.
  int64_t numerator = 0;
  int64_t denominator = 0;
  int64_t factor = 1;
  std::optional<double>
      value;      ///< None where there is nothing to divide by. Durations: mean in µs.
  Spread spread;  ///< Of durations.
  /// Tickets (or what is counted) that were left out of numerator and denominator, by reason.
  std::vector<std::pair<std::string, uint64_t>> excluded;
  /// What the numerator or its rest consists of, where that helps.
  std::vector<std::pair<std::string, int64_t>> parts;
  std::string note;

  bool measured() const { return needs.empty(); }
};

/// A list of tickets with what was left out of it.
struct Cohort {
  std::vector<const Case*> in;
  std::vector<std::pair<std::string, uint64_t>> excluded;

  void leave_out(const std::string& why) {
    for (auto& [reason, count] : excluded) {
      if (reason != why) continue;
      ++count;
      return;
    }
    excluded.emplace_back(why, 1);
  }
};

Figure share_figure(std::string id, std::string name, std::string formula, uint64_t numerator,
                    uint64_t denominator);
Figure duration_figure(std::string id, std::string name, std::string formula,
                       std::vector<int64_t> durations_us);
Figure count_figure(std::string id, std::string name, std::string formula, int64_t count);
Figure number_figure(std::string id, std::string name, std::string formula,
                     std::optional<double> value);
Figure not_measured(std::string id, std::string name, std::string formula, std::string needs);

}  // namespace paceline::report
