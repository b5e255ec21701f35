#include "tools/plan_target.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <charconv>
#include <cmath>
#include <tuple>

#include "engine/config/units.h"

namespace paceline::tools {

using sim::Distribution;

Failure explain(const sim::PlanError& error) {
  switch (error.kind) {
    case sim::Impossible::unstable:
    case sim::Impossible::out_of_reach:
    case sim::Impossible::too_large:
    case sim::Impossible::not_converged:
      return not_valid(fmt::format("{} ({})", error.text, sim::name(error.kind)));
    default:
      return bad_usage(fmt::format("{} ({})", error.text, sim::name(error.kind)));
  }
}

Got<double> share_option(std::string_view option, std::string_view text) {
  std::string_view digits = text;
  const bool per_cent = digits.ends_with('%');
  if (per_cent) digits.remove_suffix(1);
  double value = 0;
  const auto [end, wrong] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (wrong == std::errc() && end == digits.data() + digits.size() && !digits.empty()) {
    if (per_cent) value /= 100;
    if (value >= 0 && value <= 1) return value;
  }
  return sched::Unexpected{
      bad_usage(fmt::format("{}: `{}` is no share: write 0.8 or 80%", option, text))};
}

Got<double> seconds_option(std::string_view option, std::string_view text) {
  const auto duration = config::parse_duration(text);
  if (!duration)
    return sched::Unexpected{bad_usage(fmt::format("{}: {}", option, duration.error()))};
  return static_cast<double>(duration->us) / 1e6;
}

void PlanOptions::declare(CLI::App& app) {
  app.add_option("--service-level", service_level_text_, "Share answered in time: 0.8 or 80%");
  app.add_option("--within", within_text_, "In time: 20s; a wait of exactly this counts")
      ->capture_default_str();
  app.add_option("--service-level-of", of_,
                 "Share of all `offered`, of those `answered`, or "
                 "`without_short`: offered but those who gave up in time")
      ->check(CLI::IsMember({"offered", "answered", "without_short"}))
      ->capture_default_str();
  app.add_option("--asa", asa_text_, "Mean wait of those answered, at most: 30s");
  app.add_option("--abandonment", abandonment_text_, "Share that gives up, at most");
  app.add_option("--waiting", waiting_text_, "Share that waits, at most");
  app.add_option("--blocked", blocked_text_,
                 "Share turned away, at most; with --lines, --no-queue");
  app.add_option("--occupancy-cap", occupancy_text_, "Busy share of an agent's time, at most");
  app.add_option("--shrinkage", shrinkage_text_, "Share of paid time away from the desk");
  app.add_option("--patience", patience_text_, "Mean patience: 2m; without it nobody gives up");
  app.add_option("--patience-law", patience_law_, "Law of patience")
      ->check(CLI::IsMember({"exponential", "deterministic", "lognormal", "weibull", "gamma"}))
      ->capture_default_str();
  app.add_option("--patience-shape", patience_shape_,
                 "Of a lognormal deviation / mean, of Weibull and gamma the shape");
  app.add_option("--lines", lines_,
                 "Callers in service and waiting, at most; the next are turned "
                 "away");
  app.add_flag("--no-queue", no_queue_, "Who finds all agents busy is turned away (Erlang B)");
  app.add_option("--day-shape", day_shape_,
                 "Shape of the Gamma factor by which whole days differ; needs --patience");
  app.add_option("--agents-max", agents_max_, "Most agents to seek among")
      ->check(CLI::Range(1.0, 1e6))
      ->capture_default_str();
}

namespace {

/// Reads a share into where it belongs, if it was given.
Done read_share(std::string_view option, const std::string& text, std::optional<double>& into) {
  if (text.empty()) return {};
  const auto share = share_option(option, text);
  if (!share) return sched::Unexpected{share.error()};
  into = *share;
  return {};
}

}  // namespace

Done PlanOptions::read() {
  std::optional<double> occupancy;
  std::optional<double> shrinkage;
  const std::tuple<const char*, const std::string&, std::optional<double>&> shares[] = {
      {"--service-level", service_level_text_, target_.service_level},
      {"--abandonment", abandonment_text_, target_.p_abandon},
      {"--waiting", waiting_text_, target_.p_wait},
      {"--blocked", blocked_text_, target_.p_block},
      {"--occupancy-cap", occupancy_text_, occupancy},
      {"--shrinkage", shrinkage_text_, shrinkage}};
  for (const auto& [option, text, into] : shares)
    if (auto done = read_share(option, text, into); !done) return done;
  target_.occupancy_cap = occupancy.value_or(1.0);
  shrinkage_ = shrinkage.value_or(0.0);
  if (shrinkage_ == 1)
    return sched::Unexpected{bad_usage("--shrinkage: at 1 nobody is ever at the desk")};
  const auto within = seconds_option("--within", within_text_);
  if (!within) return sched::Unexpected{within.error()};
  target_.threshold = *within;
  if (!asa_text_.empty()) {
    const auto asa = seconds_option("--asa", asa_text_);
    if (!asa) return sched::Unexpected{asa.error()};
    target_.mean_wait = *asa;
  }
  target_.of = of_ == "answered"        ? sim::ServiceLevelOf::answered
               : of_ == "without_short" ? sim::ServiceLevelOf::without_short
                                        : sim::ServiceLevelOf::offered;
  if (target_.p_block && lines_ == 0 && !no_queue_)
    return sched::Unexpected{
        bad_usage("--blocked: nobody is turned away without --lines or --no-queue")};
  if (target_.p_abandon && patience_text_.empty())
    return sched::Unexpected{bad_usage("--abandonment: nobody gives up without --patience")};
  if (no_queue_ && (lines_ != 0 || !patience_text_.empty() || day_shape_ != 0))
    return sched::Unexpected{
        bad_usage("--no-queue leaves no room for --lines, --patience or --day-shape")};
  return read_patience();
}

Done PlanOptions::read_patience() {
  if (patience_text_.empty()) return {};
  const auto mean = seconds_option("--patience", patience_text_);
  if (!mean) return sched::Unexpected{mean.error()};
  if (patience_shape_ == 0 && patience_law_ != "exponential" && patience_law_ != "deterministic")
    return sched::Unexpected{
        bad_usage(fmt::format("--patience-law {} needs --patience-shape", patience_law_))};
  const auto law =
      patience_law_ == "deterministic" ? Distribution::deterministic(*mean)
      : patience_law_ == "lognormal"   ? Distribution::lognormal(*mean, patience_shape_)
      : patience_law_ == "gamma"       ? Distribution::gamma(*mean, patience_shape_)
      : patience_law_ == "weibull"
          ? Distribution::weibull(*mean / std::tgamma(1 + 1 / patience_shape_), patience_shape_)
          : Distribution::exponential(*mean);
  if (!law) return sched::Unexpected{explain(law.error())};
  patience_ = *law;
  return {};
}

bool PlanOptions::asks() const {
  return target_.service_level || target_.mean_wait || target_.p_abandon || target_.p_wait ||
         target_.p_block || target_.occupancy_cap < 1;
}

sim::QueueDemand PlanOptions::demand(double arrival_rate, double mean_handling) const {
  sim::QueueDemand demand;
  demand.arrival_rate = arrival_rate;
  demand.mean_handling = mean_handling;
  demand.patience = patience_;
  if (lines_ != 0) demand.lines = lines_;
  if (day_shape_ != 0) demand.day_shape = day_shape_;
  demand.no_queue = no_queue_;
  return demand;
}

std::string PlanOptions::model() const {
  if (no_queue_) return "Erlang B";
  if (lines_ != 0) return fmt::format("M/M/n/{:g}{}", lines_, patience_ ? "+M" : "");
  if (!patience_) return "Erlang C";
  std::string text =
      patience_->memoryless() ? "Erlang A" : fmt::format("M/M/n+G ({} patience)", patience_law_);
  if (day_shape_ != 0) text += fmt::format(" over Gamma days of shape {:g}", day_shape_);
  return text;
}

}  // namespace paceline::tools
