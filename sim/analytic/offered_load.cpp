#include "sim/analytic/offered_load.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

std::optional<PlanError> problem_in(const std::vector<double>& arrivals, double interval) {
  if (auto wrong = not_positive({{"interval", interval}})) return wrong;
  for (const double count : arrivals)
    if (auto wrong = negative({{"arrivals", count}})) return wrong;
  return std::nullopt;
}

double load_at(const std::vector<double>& arrivals, double interval, const Distribution& service,
               double t) {
  double sum = 0;
  for (size_t i = 0; i < arrivals.size(); ++i) {
    const double from = interval * static_cast<double>(i);
    if (from >= t) break;
    // Those who came between a and b are still there if S > t − arrival.
    const double until = std::min(t, from + interval);
    sum += arrivals[i] / interval *
           (service.survival_integral(t - from) - service.survival_integral(t - until));
  }
  return sum;
}

}  // namespace

Answer<double> offered_load_at(const std::vector<double>& arrivals_per_interval, double interval,
                               const Distribution& service, double t) {
  if (auto wrong = problem_in(arrivals_per_interval, interval)) return sched::Unexpected{*wrong};
  return load_at(arrivals_per_interval, interval, service, t);
}

Answer<std::vector<double>> offered_load_at_ends(const std::vector<double>& arrivals_per_interval,
                                                 double interval, const Distribution& service) {
  if (auto wrong = problem_in(arrivals_per_interval, interval)) return sched::Unexpected{*wrong};
  std::vector<double> loads;
  for (size_t i = 1; i <= arrivals_per_interval.size(); ++i)
    loads.push_back(
        load_at(arrivals_per_interval, interval, service, interval * static_cast<double>(i)));
  return loads;
}

Answer<std::vector<double>> offered_load_peaks(const std::vector<double>& arrivals_per_interval,
                                               double interval, const Distribution& service,
                                               size_t points) {
  if (auto wrong = problem_in(arrivals_per_interval, interval)) return sched::Unexpected{*wrong};
  std::vector<double> loads;
  for (size_t i = 0; i < arrivals_per_interval.size(); ++i) {
    double most = 0;
    for (size_t k = 0; k <= points; ++k) {
      const double t = interval * (static_cast<double>(i) +
                                   static_cast<double>(k) / static_cast<double>(points));
      most = std::max(most, load_at(arrivals_per_interval, interval, service, t));
    }
    loads.push_back(most);
  }
  return loads;
}

Answer<double> offered_load_of(const std::function<double(double)>& rate, double smoothness,
                               const Distribution& service, double t) {
  if (auto wrong = not_positive({{"smoothness", smoothness}})) return sched::Unexpected{*wrong};
  const auto kinks = service.kinks();
  const double scale = std::min(smoothness / 16, service.mean());
  double sum = 0;
  double from = 0;
  double step = scale / 1'024;  // small at first: some laws are steep at 0
  for (int panels = 0; panels < 200'000; ++panels) {
    double to = from + step;
    const auto kink = std::upper_bound(kinks.begin(), kinks.end(), from);
    if (kink != kinks.end()) to = std::min(to, *kink);
    sum += special::panel([&](double u) { return rate(t - u) * service.survival(u); }, from, to);
    from = to;
    step = std::min(step * 2, scale);
    // What is left is at most a bounded rate times E[S; S > from].
    if (service.mean() - service.survival_integral(from) < 1e-15 * service.mean()) return sum;
  }
  return impossible(Impossible::too_large,
                    "the law of handling times has too long a tail for a smooth rate: give the "
                    "rate by interval");
}

}  // namespace paceline::sim
