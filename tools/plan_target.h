// What is asked for and what comes in, as `plan erlang` and `plan requirement` read them.
//
// Owner: one thread.  Units: seconds inside; durations with their units outside.
#pragma once

#include <string>
#include <string_view>

#include "sim/analytic/staffing.h"
#include "tools/failure.h"

namespace CLI {
class App;
}

namespace paceline::tools {

/// A queueing refusal, as a command's failure: exit 2 for impossible inputs, 7 for what has no
/// steady state or cannot be reached.
Failure explain(const sim::PlanError& error);

/// "0.8" or "80%", within 0 and 1.
Got<double> share_option(std::string_view option, std::string_view text);
/// "20s", "3m": seconds.
Got<double> seconds_option(std::string_view option, std::string_view text);

/// Options of the target, of patience and of the ways in which a desk differs from M/M/n.
class PlanOptions {
 public:
  void declare(CLI::App& app);
  /// Reads the texts. Errors: the first option that makes no sense.
  Done read();

  const sim::ServiceTarget& target() const { return target_; }
  /// Whether anything is asked for, so that a number of agents can be sought.
  bool asks() const;
  double shrinkage() const { return shrinkage_; }
  double agents_max() const { return agents_max_; }
  /// Calls per second and mean handling in seconds, with what the options say of the rest.
  sim::QueueDemand demand(double arrival_rate, double mean_handling) const;
  /// "Erlang C", "M/M/n+G (lognormal patience) over Gamma days"
  std::string model() const;

 private:
  Done read_patience();

  std::string service_level_text_, within_text_ = "20s", asa_text_, abandonment_text_,
                                   waiting_text_;
  std::string blocked_text_, occupancy_text_, shrinkage_text_, patience_text_;
  std::string patience_law_ = "exponential", of_ = "offered";
  double patience_shape_ = 0.0;
  double lines_ = 0.0;
  double day_shape_ = 0.0;
  double agents_max_ = 100'000;
  bool no_queue_ = false;

  sim::ServiceTarget target_;
  std::optional<sim::Distribution> patience_;
  double shrinkage_ = 0.0;
};

}  // namespace paceline::tools
