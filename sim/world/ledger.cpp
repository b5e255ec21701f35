#include "sim/world/ledger.h"

namespace paceline::sim {

namespace {
constexpr Sum integrals[] = {Sum::waiting_us, Sum::orbiting_us,  Sum::open_us, Sum::busy_us,
                             Sum::staffed_us, Sum::available_us, Sum::paid_us, Sum::elapsed_us};
}

Ledger::Ledger(const Sizes& sizes, int64_t start_us, int64_t interval_us)
    : by_queue(sizes.queues),
      by_demand(sizes.demands),
      by_channel(sizes.channels),
      by_team(sizes.teams),
      by_interval(sizes.intervals),
      by_queue_interval(sizes.intervals * sizes.queues),
      by_policy(sizes.policies),
      backlog(sizes.intervals),
      queue_wait_us(sizes.queues),
      queue_levels(sizes.queues),
      team_levels(sizes.teams),
      start_us_(start_us),
      interval_us_(interval_us),
      first_tally_(sizes.demands, Tally::none),
      queue_before_us_(sizes.queues) {
  for (QueueLevels& levels : queue_levels) levels.waiting.begin(start_us);
  for (TeamLevels& levels : team_levels) {
    for (Level* level : {&levels.busy, &levels.staffed, &levels.available, &levels.paid})
      level->begin(start_us);
  }
  waiting.begin(start_us);
  open.begin(start_us);
  orbiting.begin(start_us);
}

uint32_t Ledger::tally_of(const Tally::Of& contacts) {
  uint32_t& first = first_tally_[contacts.demand];
  for (uint32_t at = first; at != Tally::none; at = tallies_[at].next) {
    if (tallies_[at].of == contacts) return at;
  }
  tallies_.push_back({contacts, first, {}});
  return first = static_cast<uint32_t>(tallies_.size() - 1);
}

void Ledger::gather() {
  for (Tally& tally : tallies_) {
    const auto add_to = [&](Cell& cell) {
      for (size_t sum = 0; sum < sum_count; ++sum) cell.sums[sum] += tally.sums.sums[sum];
    };
    add_to(all);
    add_to(by_demand[tally.of.demand]);
    add_to(by_channel[tally.of.channel]);
    add_to(by_priority[tally.of.priority]);
    if (tally.of.queue != Tally::none) add_to(by_queue[tally.of.queue]);
    tally.sums = Cell();
  }
  wait_us = resolve_us = QuantileSketch();
  for (const QuantileSketch& sketch : priority_wait_us) wait_us.merge(sketch);
  for (const QuantileSketch& sketch : priority_resolve_us) resolve_us.merge(sketch);
}

void Ledger::begin_sample() {
  wait_us = resolve_us = QuantileSketch();
  for (auto* sketches : {&priority_wait_us, &priority_resolve_us}) sketches->fill(QuantileSketch());
  for (QuantileSketch& sketch : queue_wait_us) sketch = QuantileSketch();
}

void Ledger::settle(int64_t now_us) {
  const int64_t elapsed_us = now_us - start_us_;
  for (const Sum sum : {Sum::busy_us, Sum::staffed_us, Sum::available_us, Sum::paid_us})
    all[sum] = 0;
  for (size_t team = 0; team < team_levels.size(); ++team) {
    TeamLevels& levels = team_levels[team];
    Cell& cell = by_team[team];
    const auto bring = [&](Level& level, Sum sum) {
      level.settle(now_us);
      cell[sum] = level.integral();
      all[sum] += level.integral();
    };
    bring(levels.busy, Sum::busy_us);
    bring(levels.staffed, Sum::staffed_us);
    bring(levels.available, Sum::available_us);
    bring(levels.paid, Sum::paid_us);
    cell[Sum::elapsed_us] = elapsed_us;
  }
  for (size_t queue = 0; queue < queue_levels.size(); ++queue) {
    queue_levels[queue].waiting.settle(now_us);
    by_queue[queue][Sum::waiting_us] = queue_levels[queue].waiting.integral();
    by_queue[queue][Sum::elapsed_us] = elapsed_us;
  }
  waiting.settle(now_us);
  open.settle(now_us);
  orbiting.settle(now_us);
  all[Sum::waiting_us] = waiting.integral();
  all[Sum::open_us] = open.integral();
  all[Sum::orbiting_us] = orbiting.integral();
  all[Sum::elapsed_us] = elapsed_us;
  for (auto* cells : {&by_demand, &by_channel}) {
    for (Cell& cell : *cells) cell[Sum::elapsed_us] = elapsed_us;
  }
  for (Cell& cell : by_priority) cell[Sum::elapsed_us] = elapsed_us;
}

void Ledger::end_interval(size_t interval, int64_t now_us, const Backlog& at_end) {
  settle(now_us);
  Cell& cell = by_interval[interval];
  for (const Sum sum : integrals) {
    cell[sum] += all[sum] - before_[sum];
    before_[sum] = all[sum];
  }
  for (size_t queue = 0; queue < by_queue.size(); ++queue) {
    Cell& part = by_queue_interval[interval * by_queue.size() + queue];
    const int64_t integral_us = queue_levels[queue].waiting.integral();
    part[Sum::waiting_us] += integral_us - queue_before_us_[queue];
    part[Sum::elapsed_us] = interval_us_;
    queue_before_us_[queue] = integral_us;
  }
  backlog[interval] = at_end;
}

}  // namespace paceline::sim
