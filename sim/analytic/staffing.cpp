#include "sim/analytic/staffing.h"

#include <algorithm>
#include <cmath>

#include "sim/analytic/abandonment.h"
#include "sim/analytic/day_factor.h"
#include "sim/analytic/erlang.h"
#include "sim/analytic/finite_queue.h"

namespace paceline::sim {

std::string_view name(ServiceLevelOf of) {
  switch (of) {
    case ServiceLevelOf::offered:
      return "offered";
    case ServiceLevelOf::without_short:
      return "without_short";
    case ServiceLevelOf::answered:
      return "answered";
  }
  return "";
}

namespace {

Answer<Performance> without_giving_up(const QueueDemand& demand, double agents, double threshold) {
  const auto queue = DelayQueue::make(demand.arrival_rate, 1 / demand.mean_handling, agents);
  if (!queue) return sched::Unexpected{queue.error()};
  Performance found;
  found.occupancy = queue->occupancy();
  found.p_wait = queue->p_wait();
  found.mean_wait = queue->mean_wait();
  found.service_level = queue->service_level(threshold);
  return found;
}

Answer<Performance> with_patience(const QueueDemand& demand, double agents, double threshold,
                                  ServiceLevelOf of) {
  const AbandonmentQueue queue{demand.arrival_rate, 1 / demand.mean_handling, agents};
  const auto solved = demand.day_shape ? abandonment_over_days(queue, *demand.patience, threshold,
                                                               *demand.day_shape)
                                       : abandonment_queue(queue, *demand.patience, threshold);
  if (!solved) return sched::Unexpected{solved.error()};
  Performance found;
  found.occupancy = solved->occupancy;
  found.p_wait = solved->p_wait;
  found.mean_wait = solved->mean_wait_served;
  found.p_abandon = solved->p_abandon;
  found.service_level = of == ServiceLevelOf::offered    ? solved->p_served_within
                        : of == ServiceLevelOf::answered ? solved->service_level_of_answered()
                                                         : solved->service_level_without_short();
  return found;
}

Answer<Performance> with_lines(const QueueDemand& demand, double agents, double threshold,
                               ServiceLevelOf of) {
  if (demand.day_shape)
    return impossible(
        Impossible::out_of_range,
        "limited lines and a day factor together have no formula here: leave one out");
  if (of == ServiceLevelOf::without_short)
    return impossible(
        Impossible::out_of_range,
        "with limited lines the service level is of all offered or of those answered");
  if (demand.patience && !demand.patience->memoryless())
    return impossible(Impossible::out_of_range,
                      "limited lines have a formula for exponential patience only: give that, or "
                      "leave the lines out");
  FiniteQueue queue{demand.arrival_rate, 1 / demand.mean_handling, agents, *demand.lines, 0};
  if (demand.patience) queue.abandonment_rate = 1 / demand.patience->mean();
  const auto solved = finite_queue(queue, threshold);
  if (!solved) return sched::Unexpected{solved.error()};
  const double answered = 1 - solved->p_block - solved->p_abandon;
  Performance found;
  found.occupancy = solved->occupancy;
  found.p_wait = solved->p_wait_admitted;
  found.mean_wait = solved->mean_wait_served;
  found.p_abandon = solved->p_abandon;
  found.p_block = solved->p_block;
  found.service_level =
      of == ServiceLevelOf::offered ? solved->p_served_within : solved->p_served_within / answered;
  return found;
}

/// Erlang B: in time is who gets in at all.
Answer<Performance> without_queue(const QueueDemand& demand, double agents, ServiceLevelOf of) {
  const double load = demand.arrival_rate * demand.mean_handling;
  const auto p_block = erlang_b(agents, load);
  if (!p_block) return sched::Unexpected{p_block.error()};
  Performance found;
  found.p_block = *p_block;
  found.occupancy = load * (1 - *p_block) / agents;
  found.service_level = of == ServiceLevelOf::answered ? 1 : 1 - *p_block;
  return found;
}

/// The first part of the target that is missed, in words; empty if none is.
std::string missed(const Performance& has, const ServiceTarget& target) {
  const auto says = [](const char* what, double value, const char* bound, double wanted) {
    return std::string(what) + " is " + figure(value) + " and not " + bound + " " + figure(wanted);
  };
  if (target.service_level && !(has.service_level >= *target.service_level))
    return says("service level", has.service_level, "at least", *target.service_level);
  if (target.mean_wait && !(has.mean_wait <= *target.mean_wait))
    return says("mean wait", has.mean_wait, "at most", *target.mean_wait);
  if (target.p_abandon && !(has.p_abandon <= *target.p_abandon))
    return says("share that gives up", has.p_abandon, "at most", *target.p_abandon);
  if (target.p_wait && !(has.p_wait <= *target.p_wait))
    return says("share that waits", has.p_wait, "at most", *target.p_wait);
  if (target.p_block && !(has.p_block <= *target.p_block))
    return says("share turned away", has.p_block, "at most", *target.p_block);
  if (!(has.occupancy <= target.occupancy_cap))
    return says("occupancy", has.occupancy, "at most", target.occupancy_cap);
  return {};
}

/// Targets that rounding alone would meet: they are limits that no staffing attains.
std::optional<PlanError> limit_only(const ServiceTarget& target) {
  if (auto wrong = negative({{"threshold", target.threshold},
                             {"target of the mean wait", target.mean_wait.value_or(0)}}))
    return wrong;
  if (auto wrong = not_a_share({{"target of the service level", target.service_level.value_or(0)},
                                {"target of giving up", target.p_abandon.value_or(0)},
                                {"target of waiting", target.p_wait.value_or(0)},
                                {"target of being turned away", target.p_block.value_or(0)},
                                {"occupancy cap", target.occupancy_cap}}))
    return wrong;
  const auto never = [](const char* what) {
    return PlanError{Impossible::out_of_reach,
                     std::string(what) +
                         " cannot be reached: best is as near as one likes, with ever more agents"};
  };
  if (target.service_level == 1.0) return never("a service level of 1");
  if (target.mean_wait == 0.0) return never("a mean wait of 0");
  if (target.p_abandon == 0.0) return never("nobody giving up");
  if (target.p_wait == 0.0) return never("nobody waiting");
  if (target.p_block == 0.0) return never("nobody turned away");
  if (target.occupancy_cap == 0) return never("an occupancy of 0");
  return std::nullopt;
}

}  // namespace

Answer<Performance> performance(const QueueDemand& demand, double agents, double threshold,
                                ServiceLevelOf of) {
  if (auto wrong = not_positive({{"mean handling time", demand.mean_handling}}))
    return sched::Unexpected{*wrong};
  if (auto wrong = negative({{"arrival rate", demand.arrival_rate}, {"threshold", threshold}}))
    return sched::Unexpected{*wrong};
  if (demand.arrival_rate == 0) {
    Performance idle;
    idle.agents = agents;
    idle.service_level = 1;
    return idle;
  }
  if (demand.day_shape && !demand.patience)
    return impossible(Impossible::unstable,
                      "unstable on the busiest days: a day factor needs a patience");
  if (auto wrong = not_a_count({{"agents", agents}})) return sched::Unexpected{*wrong};
  auto found = demand.no_queue   ? without_queue(demand, agents, of)
               : demand.lines    ? with_lines(demand, agents, threshold, of)
               : demand.patience ? with_patience(demand, agents, threshold, of)
                                 : without_giving_up(demand, agents, threshold);
  if (!found) return found;
  found->agents = agents;
  return found;
}

Answer<Staffing> staff(const QueueDemand& demand, const ServiceTarget& target, double shrinkage,
                       double agents_max) {
  if (!(shrinkage >= 0 && shrinkage < 1))
    return impossible(Impossible::out_of_range,
                      "shrinkage is " + figure(shrinkage) + ": it must be 0 or more and below 1");
  if (auto wrong = not_a_count({{"most agents", agents_max}})) return sched::Unexpected{*wrong};
  if (auto wrong = limit_only(target)) return sched::Unexpected{*wrong};
  if (demand.lines) agents_max = std::min(agents_max, *demand.lines);

  std::optional<PlanError> wrong;  // any but "unstable", which only means "too few"
  std::string why_not;
  const auto enough = [&](double agents) -> std::optional<Performance> {
    const auto found = performance(demand, agents, target.threshold, target.of);
    if (!found) {
      if (found.error().kind != Impossible::unstable) wrong = found.error();
      why_not = found.error().text;
      return std::nullopt;
    }
    why_not = missed(*found, target);
    return why_not.empty() ? std::optional(*found) : std::nullopt;
  };

  const double load = demand.arrival_rate * demand.mean_handling;
  double low = 0;  // too few
  double high = std::clamp(std::ceil(load), 1.0, agents_max);
  Staffing result;
  std::optional<Performance> met;
  if (demand.arrival_rate == 0) {
    met = performance(demand, 0, target.threshold, target.of).value();
    high = 0;
  } else {
    for (double step = std::ceil(std::sqrt(high));
         !(met = enough(high)) && !wrong && high < agents_max; step *= 2) {
      low = high;
      high = std::min(agents_max, high + step);
    }
    if (wrong) return sched::Unexpected{*wrong};
    if (!met)
      return impossible(Impossible::out_of_reach,
                        "the target cannot be reached: best is with " + figure(high) +
                            " agents, the most allowed, where " + why_not);
    while (high - low > 1) {
      const double middle = std::floor((low + high) / 2);
      if (const auto found = enough(middle)) {
        high = middle;
        met = found;
      } else {
        low = middle;
      }
    }
  }
  result.with = *met;
  if (high >= 1 && demand.arrival_rate > 0) {
    const auto less = high > 1 ? performance(demand, high - 1, target.threshold, target.of)
                               : Answer<Performance>(sched::Unexpected{PlanError{}});
    if (less) result.with_one_less = *less;
  }
  result.scheduled_raw = high / (1 - shrinkage);
  // 21 / 0.7 must not become 31 for a rounding in the last place.
  result.scheduled = std::ceil(result.scheduled_raw * (1 - 1e-12));
  return result;
}

Answer<double> users_per_analyst(double users, double scheduled) {
  if (auto wrong = negative({{"users", users}})) return sched::Unexpected{*wrong};
  if (auto wrong = not_positive({{"scheduled agents", scheduled}}))
    return sched::Unexpected{*wrong};
  return users / scheduled;
}

}  // namespace paceline::sim
