#include "engine/desk/kpi.h"

#include <algorithm>
#include <iterator>

namespace paceline::desk {

namespace {

/// Nearest rank: x[ceil(p·n)], counted from 1. Reorders `durations_us`.
int64_t percentile(std::vector<int64_t>& durations_us, size_t percent) {
  if (durations_us.empty()) return 0;
  const size_t rank = (durations_us.size() * percent + 99) / 100;
  const auto at = durations_us.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(durations_us.begin(), at, durations_us.end());
  return *at;
}

Percentiles percentiles(std::vector<int64_t>& durations_us) {
  Percentiles result;
  result.n = durations_us.size();
  result.p50_us = percentile(durations_us, 50);
  result.p90_us = percentile(durations_us, 90);
  result.p99_us = percentile(durations_us, 99);
  return result;
}

bool is_backlog(State state) {
  return state != State::none && state != State::resolved && state != State::closed &&
         state != State::cancelled;
}

}  // namespace

KpiBuilder::KpiBuilder(sched::Instant at, const Names& names) : names_(&names) {
  kpi_.at_us = at.us;
}

std::string KpiBuilder::label(const StateInterval& interval) const {
  switch (interval.state) {
    case State::in_progress:
      return "Active";
    case State::pending:
      return interval.reason < names_->reasons.size() ? names_->reasons[interval.reason]
                                                      : "Pending";
    case State::resolved:
      return "Resolved";
    case State::closed:
      return "Closed";
    case State::cancelled:
      return "Cancelled";
    default:
      return "New";
  }
}

void KpiBuilder::add(const TicketFacts& facts, std::span<const StateInterval> intervals) {
  ++kpi_.tickets;
  ++kpi_.by_kind[std::min<size_t>(facts.kind, std::size(kpi_.by_kind) - 1)];
  const size_t priority = facts.priority < sched::priority_count ? facts.priority : 0;
  ++kpi_.by_priority[priority];
  ++kpi_.by_state[static_cast<size_t>(facts.state)];
  if (facts.resolved_at_us != 0) {
    ++kpi_.resolved;
    const int64_t took_us = facts.resolved_at_us - facts.origin_at_us;
    resolution_us_[0].push_back(took_us);
    resolution_us_[priority].push_back(took_us);
  }
  if (facts.first_response_at_us != 0) {
    const int64_t took_us = facts.first_response_at_us - facts.recorded_at_us;
    first_response_us_[0].push_back(took_us);
    first_response_us_[priority].push_back(took_us);
  }
  kpi_.moves += facts.moves;
  kpi_.moved += facts.moves > 0 ? 1 : 0;
  kpi_.pingpong += facts.pingpongs;
  kpi_.pingponged += facts.pingpongs > 0 ? 1 : 0;
  kpi_.reopens += facts.reopens;
  kpi_.reopened += facts.reopens > 0 ? 1 : 0;
  kpi_.closed_reopened += facts.closed_reopens;

  const StateInterval* at_instant = nullptr;
  for (size_t i = 0; i < intervals.size(); ++i) {
    const StateInterval& interval = intervals[i];
    if (interval.from_us <= kpi_.at_us) at_instant = &interval;
    const int64_t until_us = i + 1 < intervals.size()
                                 ? intervals[i + 1].from_us
                                 : std::max(facts.touched_at_us, interval.from_us);
    if (until_us > interval.from_us) {
      kpi_.state_us[label(interval)] += until_us - interval.from_us;
    }
  }
  if (at_instant != nullptr && is_backlog(at_instant->state)) {
    ++kpi_.backlog[label(*at_instant)];
    ++kpi_.backlog_total;
  }
}

Kpi KpiBuilder::finish(std::vector<PolicyVerdicts> policies) && {
  for (size_t priority = 0; priority < sched::priority_count; ++priority) {
    kpi_.resolution[priority] = percentiles(resolution_us_[priority]);
    kpi_.first_response[priority] = percentiles(first_response_us_[priority]);
  }
  kpi_.policies = std::move(policies);
  return std::move(kpi_);
}

}  // namespace paceline::desk
