// Signs that figures look better than the work is, by group or agent against their peers, with
// examples to look at. A sign is a question, never a verdict.
//
// Owner: any thread; pure.  Allocates: the rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/split.h"

namespace paceline::report {

struct Signal {
  std::string id;
  std::string text;   ///< What is counted of what.
  std::string needs;  ///< Not empty: not measured.
};
/// Every one, those not measured too.
const std::vector<Signal>& signals();

struct SignalRow {
  const Signal* signal = nullptr;
  std::string who;
  uint64_t count = 0, of = 0;
  std::optional<double> rate;      ///< None where `of` is 0.
  std::optional<double> baseline;  ///< Median rate of the peers; of closing_burst a tenth.
  bool stands_out = false;         ///< At least 3, and more than twice the baseline.
  std::vector<std::string> examples;
};
inline constexpr size_t examples_max = 5;

/// `by`: group or agent. Signal by signal, those who stand out first, then by rate; nobody with a
/// count of 0.
std::vector<SignalRow> gaming_rows(const Question& question, Dimension by);

}  // namespace paceline::report
