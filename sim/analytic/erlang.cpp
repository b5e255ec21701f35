#include "sim/analytic/erlang.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/special_functions.h"

namespace paceline::sim {

namespace {

/// 1/B for `servers` in (0, 1): Γ(x + 1, a) e^a a^−x, by Legendre's continued fraction where it
/// converges fast and the incomplete gamma function where it does not.
double inverse_b_below_one(double servers, double load) {
  if (load < 2) {
    const double upper = boost::math::tgamma(servers + 1, load, special::Policy());
    return upper * std::exp(load) * std::pow(load, -servers);
  }
  // Γ(s, a) = e^−a a^s / (a + 1 − s − 1(1 − s)/(a + 3 − s − 2(2 − s)/(a + 5 − s − …))), s = x + 1.
  const double s = servers + 1;
  constexpr double tiny = 1e-300;
  double b = load + 1 - s;
  if (std::abs(b) < tiny) b = tiny;
  double c = 1 / tiny;
  double d = 1 / b;
  double fraction = d;
  for (int i = 1; i < 1'000; ++i) {
    const double step = -i * (i - s);
    b += 2;
    d = step * d + b;
    if (std::abs(d) < tiny) d = tiny;
    c = b + step / c;
    if (std::abs(c) < tiny) c = tiny;
    d = 1 / d;
    const double change = d * c;
    fraction *= change;
    if (std::abs(change - 1) < 1e-16) break;
  }
  return fraction * load;
}

/// B at the fractional part of `servers`, where the recursion begins.
double first_b(double fraction, double load) {
  return fraction == 0 ? 1.0 : 1.0 / inverse_b_below_one(fraction, load);
}

double loss(double servers, double load) {
  const double whole = std::floor(servers);
  const double fraction = servers - whole;
  if (load == 0) return servers == 0 ? 1.0 : 0.0;
  double b = first_b(fraction, load);
  for (double step = 1; step <= whole; ++step) {
    const double ab = load * b;
    b = ab / (step + fraction + ab);
  }
  return b;
}

std::optional<PlanError> problem_in(double servers, double load) {
  if (auto wrong = negative({{"servers", servers}, {"offered load", load}})) return wrong;
  if (servers > servers_max)
    return PlanError{Impossible::too_large,
                     "servers is " + figure(servers) + ": at most 10,000,000 are computed"};
  return std::nullopt;
}

}  // namespace

Answer<double> erlang_b(double servers, double load) {
  if (auto wrong = problem_in(servers, load)) return sched::Unexpected{*wrong};
  return loss(servers, load);
}

double log_inverse_erlang_b(double servers, double load) {
  const double b = loss(servers, load);
  if (b > 1e-290) return -std::log(b);
  // So far down the sum of all states is e^load.
  return std::lgamma(servers + 1) + load - servers * std::log(load);
}

Answer<double> erlang_c(double servers, double load) {
  if (auto wrong = problem_in(servers, load)) return sched::Unexpected{*wrong};
  if (servers < 1)
    return impossible(Impossible::out_of_range,
                      "servers is " + figure(servers) + ": waiting needs at least 1");
  if (overloaded(load, servers))
    return sched::Unexpected{
        unstable(load, servers, "and nobody gives up", ", or a patience (Erlang A)")};
  const double b = loss(servers, load);
  return servers * b / (servers - load + load * b);
}

Answer<LossStaffing> servers_for_blocking(double load, double p_block_max) {
  if (auto wrong = negative({{"offered load", load}})) return sched::Unexpected{*wrong};
  if (!(p_block_max > 0 && p_block_max <= 1))
    return impossible(Impossible::out_of_reach,
                      "blocking of " + figure(p_block_max) +
                          " cannot be reached by any number of servers: ask for a share above 0, "
                          "at most 1");
  double b = 1.0;
  for (int64_t n = 0; n <= static_cast<int64_t>(servers_max); ++n) {
    if (n > 0) b = load * b / (static_cast<double>(n) + load * b);
    if (b <= p_block_max) return LossStaffing{n, b};
  }
  return impossible(Impossible::out_of_reach, "blocking of " + figure(p_block_max) + " at " +
                                                  figure(load) +
                                                  " erlangs cannot be reached: best is " +
                                                  figure(b) + " with 10,000,000 servers");
}

Answer<double> load_for_blocking(double servers, double p_block) {
  if (auto wrong = problem_in(servers, 0)) return sched::Unexpected{*wrong};
  if (!(p_block >= 0 && p_block < 1))
    return impossible(Impossible::out_of_range,
                      "blocking is " + figure(p_block) + ": it must be 0 or more and below 1");
  double low = 0.0;
  double high = std::max(1.0, servers);
  while (loss(servers, high) < p_block) high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-15 * high; ++i) {
    const double middle = (low + high) / 2;
    (loss(servers, middle) < p_block ? low : high) = middle;
  }
  return (low + high) / 2;
}

Answer<DelayQueue> DelayQueue::make(double arrival_rate, double service_rate, double servers) {
  if (auto wrong = not_positive({{"service rate", service_rate}})) return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", arrival_rate}})) return sched::Unexpected{*wrong};
  const auto p_wait = erlang_c(servers, arrival_rate / service_rate);
  if (!p_wait) return sched::Unexpected{p_wait.error()};
  DelayQueue queue;
  queue.arrival_rate_ = arrival_rate;
  queue.service_rate_ = service_rate;
  queue.servers_ = servers;
  queue.spare_rate_ = servers * service_rate - arrival_rate;
  queue.p_wait_ = *p_wait;
  return queue;
}

double DelayQueue::p_wait_above(double time) const {
  return p_wait_ * std::exp(-spare_rate_ * time);
}

double DelayQueue::service_level(double threshold) const { return 1.0 - p_wait_above(threshold); }

double DelayQueue::wait_quantile(double share) const {
  if (1 - share >= p_wait_) return 0.0;
  return std::log(p_wait_ / (1 - share)) / spare_rate_;
}

}  // namespace paceline::sim
