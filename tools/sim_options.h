// What `sim run` and `sim compare` have in common: options, and how figures are shown.
//
// Owner: one thread.  Errors: Failure.
#pragma once

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/figures.h"
#include "sim/run/replicate.h"
#include "sim/scenario/scenario.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace CLI {
class App;
}

namespace paceline::tools {

class SimOptions {
 public:
  void declare(CLI::App& app);
  /// Turns texts into numbers.
  Done read();

  /// What runs, with a precision for `figures` if one was asked for.
  Got<sim::RunPlan> plan(const sim::Figures& figures) const;
  /// The figures whose part was asked for; of everything at least.
  bool shows(const sim::Figure& figure) const;

  double level = 0.95;
  bool json = false;
  std::string csv;

 private:
  int64_t replications_ = 100;
  uint64_t seed_ = 1;
  uint32_t threads_ = 0;
  int64_t least_ = 10;
  int64_t most_ = 10'000;
  std::string half_width_text_;
  double relative_ = 0.0;
  double absolute_ = 0.0;
  std::vector<std::string> of_;
  std::vector<std::string> parts_;
};

/// The scenario of a file, its warnings told, ready to run.
Got<std::shared_ptr<const sim::Model>> read_model(const std::string& path,
                                                  const Terminal& terminal);

/// What a user should hear of a run beside its figures.
void tell_troubles(const sim::RunTotals& totals, const Terminal& terminal);
/// Of runs that were to go on until they are as sure as asked.
void tell_exhausted(const sim::RunTotals& totals, const Terminal& terminal);

/// "84.3 %", "12.3 s", "2.10 h".
std::string shown_value(sim::Unit unit, double value);
/// `part`, `of`, `figure` and `unit` of a figure, for more to be added.
nlohmann::ordered_json figure_json(const sim::Figure& figure);
/// "queue/network-l1/wait_mean"
std::string figure_path(const sim::Figure& figure);
Done write_file(const std::string& path, const std::string& text);
std::string hash_text(uint64_t hash);  ///< "0x0123456789abcdef"

}  // namespace paceline::tools
