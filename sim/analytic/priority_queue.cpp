#include "sim/analytic/priority_queue.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

#include "sched/base/check.h"
#include "sim/analytic/erlang.h"

namespace paceline::sim {

Answer<PriorityWaits> single_server_priorities(const std::vector<PriorityClass>& classes,
                                               Preemption preemption) {
  if (classes.empty())
    return impossible(Impossible::out_of_range, "no priority class: at least one is needed");
  PriorityWaits found;
  double residual_all = 0;
  for (const PriorityClass& one : classes) {
    if (auto wrong = negative({{"arrival rate", one.arrival_rate}}))
      return sched::Unexpected{*wrong};
    if (auto wrong = not_positive({{"mean service", one.service.mean()}}))
      return sched::Unexpected{*wrong};
    found.occupancy += one.arrival_rate * one.service.mean();
    residual_all += one.arrival_rate * one.service.moment(2) / 2;
  }
  if (overloaded(found.occupancy, 1))
    return impossible(Impossible::unstable, "unstable: one server would be busy " +
                                                figure(found.occupancy) +
                                                " of the time: work must come in slower");
  double above = 0;     // occupancy by more pressing classes
  double residual = 0;  // by classes up to this one
  for (const PriorityClass& one : classes) {
    const double mean = one.service.mean();
    const double until = above + one.arrival_rate * mean;
    residual += one.arrival_rate * one.service.moment(2) / 2;
    const bool resume = preemption == Preemption::resume;
    const double queued = (resume ? residual : residual_all) / ((1 - above) * (1 - until));
    // Interruptions stretch a handling time by 1 / (1 − above); the stretch is wait.
    const double wait = queued + (resume ? mean * above / (1 - above) : 0);
    found.mean_wait.push_back(wait);
    found.mean_sojourn.push_back(wait + mean);
    above = until;
  }
  return found;
}

Answer<PriorityDesk> PriorityDesk::make(std::vector<double> arrival_rates, double service_rate,
                                        double servers, Preemption preemption) {
  if (arrival_rates.empty())
    return impossible(Impossible::out_of_range, "no priority class: at least one is needed");
  PriorityDesk desk;
  double sum = 0;
  for (const double rate : arrival_rates) {
    sum += rate;
    if (auto wrong = negative({{"arrival rate", rate}})) return sched::Unexpected{*wrong};
    const auto alone = DelayQueue::make(sum, service_rate, servers);
    if (!alone) return sched::Unexpected{alone.error()};
    desk.queue_until_.push_back(alone->mean_queue());
    desk.p_all_busy_ = alone->p_wait();
  }
  desk.arrival_rates_ = std::move(arrival_rates);
  desk.service_rate_ = service_rate;
  desk.servers_ = servers;
  desk.preemption_ = preemption;
  return desk;
}

double PriorityDesk::rate_of(size_t classes) const {
  return std::accumulate(arrival_rates_.begin(),
                         arrival_rates_.begin() + static_cast<std::ptrdiff_t>(classes), 0.0);
}

double PriorityDesk::occupancy() const {
  return rate_of(class_count()) / (servers_ * service_rate_);
}

double PriorityDesk::mean_wait(size_t which) const {
  CHECK(which < class_count());
  const double work_rate = servers_ * service_rate_;
  const double above = rate_of(which) / work_rate;
  const double until = rate_of(which + 1) / work_rate;
  if (preemption_ == Preemption::none) return p_all_busy_ / (work_rate * (1 - above) * (1 - until));
  if (arrival_rates_[which] == 0) return 0;
  const double before = which == 0 ? 0 : queue_until_[which - 1];
  return (queue_until_[which] - before) / arrival_rates_[which];
}

double PriorityDesk::mean_wait_all() const {
  const double all = rate_of(class_count());
  double queue = 0;
  for (size_t i = 0; i < class_count(); ++i) queue += arrival_rates_[i] * mean_wait(i);
  return all == 0 ? 0 : queue / all;
}

namespace {

using Complex = std::complex<double>;

/// f(t) from its Laplace transform: Euler summation of the Bromwich integral's trapezoidal rule.
template <class Transform>
double inverted(Transform&& transform, double t) {
  constexpr double damping = 22.0;  // error of discretising: e^−22
  constexpr int terms = 38;
  constexpr int averaged = 14;
  double sum = transform(Complex(damping / (2 * t), 0)).real() / 2;
  double binomial = 1;
  double total = 0;
  for (int k = 1; k <= terms + averaged; ++k) {
    const Complex s(damping / (2 * t), k * std::numbers::pi / t);
    sum += (k % 2 == 0 ? 1 : -1) * transform(s).real();
    if (k >= terms) {
      const int j = k - terms;
      if (j > 0) binomial *= static_cast<double>(averaged - j + 1) / j;
      total += binomial * sum;
    }
  }
  return std::exp(damping / 2) / t * total / std::exp2(averaged);
}

}  // namespace

double PriorityDesk::service_level(size_t which, double threshold) const {
  CHECK(which < class_count());
  CHECK(preemption_ == Preemption::none);
  const double work_rate = servers_ * service_rate_;
  const double own = arrival_rates_[which];
  const double above = rate_of(which);
  const double below = rate_of(class_count()) - above - own;
  const double occupied = occupancy();
  if (which == 0) return 1 - p_all_busy_ * std::exp(-(work_rate - own) * threshold);
  if (threshold <= 0 || occupied == 0) return 1 - p_all_busy_;
  // Transform of P(wait > t | all busy); `gap` is 1 − the transform of a busy period of the classes
  // above, the root of above·g² + (m + s − above)·g − s = 0 with a positive real part.
  const auto tail = [&](Complex s) {
    const Complex b = work_rate + s - above;
    const Complex root = std::sqrt(b * b + 4.0 * above * s);
    const Complex gap = 2.0 * s / (b + root);
    const Complex sigma = s + above * gap;
    const Complex whole = ((1 - occupied) * sigma + below * gap) / (s - own * gap);
    const Complex busy = (whole - (1 - occupied)) / occupied;
    return (1.0 - busy) / s;
  };
  return 1 - p_all_busy_ * std::clamp(inverted(tail, threshold), 0.0, 1.0);
}

}  // namespace paceline::sim
