#include "sim/run/replicate.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <mutex>

#include "sched/base/hash_index.h"

namespace paceline::sim {

namespace {

/// Runs replications `from` to `until` on all threads, each taking the least number that is left.
/// `run(number)` may be called on any of them.
void in_parallel(int64_t from, int64_t until, uint32_t threads, const std::atomic<bool>& stop,
                 const std::function<void(int64_t)>& run) {
  const auto workers = static_cast<int>(
      threads == 0 ? static_cast<uint32_t>(tbb::this_task_arena::max_concurrency()) : threads);
  std::atomic<int64_t> next{from};
  tbb::task_arena arena(workers);
  arena.execute([&] {
    tbb::parallel_for(
        0, workers,
        [&](int) {
          while (!stop.load(std::memory_order_relaxed)) {
            const int64_t number = next.fetch_add(1, std::memory_order_relaxed);
            if (number >= until) return;
            run(number);
          }
        },
        tbb::simple_partitioner{});
  });
}

/// What all replications share, whoever runs them.
class Rounds {
 public:
  Rounds(const RunPlan& plan, const Progress& progress) : plan_(plan), progress_(progress) {}

  /// Rounds of replications until `estimates()` says enough. `one(number)` runs one and folds it.
  std::optional<PlanError> go(
      const std::function<void(int64_t)>& one,
      const std::function<std::vector<std::optional<Estimate>>()>& estimates, RunTotals& totals) {
    int64_t done = 0;
    int64_t until = plan_.precision ? plan_.precision->least : plan_.replications;
    for (;;) {
      planned_ = until;
      in_parallel(done, until, plan_.threads, stop_, one);
      done = until;
      totals.interrupted = stop_.load();
      if (totals.interrupted || !plan_.precision) return {};
      const auto verdict = judge(*plan_.precision, done, estimates());
      if (!verdict) return verdict.error();
      totals.course = verdict->course;
      if (verdict->course != Course::more) return {};
      until = verdict->until;
    }
  }

  /// Holds the lock of whoever folds.
  void tell(int64_t done) {
    if (progress_ && !progress_(done, planned_)) stop_.store(true);
  }
  std::mutex& folding() { return folding_; }

 private:
  const RunPlan& plan_;
  const Progress& progress_;
  std::mutex folding_;
  std::atomic<bool> stop_{false};
  int64_t planned_ = 0;
};

void add_up(RunTotals& totals, World& world, uint64_t replication) {
  totals.counts.events += world.counts().events;
  totals.counts.commands += world.counts().commands;
  totals.counts.refused += world.counts().refused;
  totals.counts.turned_away += world.counts().turned_away;
  totals.counts.without_rule += world.counts().without_rule;
  totals.contacts += static_cast<uint64_t>(world.ledger().all[Sum::offered]);
  totals.event_hash += sched::mix(world.event_hash() ^ sched::mix(replication + 1));
}

}  // namespace

Answer<Replicated> replicate(std::shared_ptr<const Model> model, std::vector<std::string> names,
                             const RunPlan& plan, const Play& play, const Progress& progress) {
  Replicated result{Replications(std::move(names)), {}};
  Rounds course(plan, progress);
  const auto one = [&](int64_t number) {
    World world(model, plan.seed, static_cast<uint32_t>(number));
    std::vector<Observation> observations = play(world);
    const std::lock_guard lock(course.folding());
    const auto contacts = static_cast<double>(world.ledger().all[Sum::offered]);
    result.observed.add(number, std::move(observations), contacts);
    add_up(result.totals, world, static_cast<uint64_t>(number));
    course.tell(result.observed.count());
  };
  const auto watched = [&] {
    std::vector<std::optional<Estimate>> estimates;
    for (const size_t figure : plan.watched) {
      if (plan.contacts_expected) {
        const auto adjusted =
            result.observed.controlled(figure, *plan.contacts_expected, plan.precision->level);
        estimates.push_back(adjusted ? std::optional(adjusted->adjusted) : std::nullopt);
        continue;
      }
      const auto estimate = result.observed.estimate(figure, plan.precision->level);
      estimates.push_back(estimate ? std::optional(*estimate) : std::nullopt);
    }
    return estimates;
  };
  if (auto error = course.go(one, watched, result.totals)) return sched::Unexpected{*error};
  return result;
}

Answer<Paired> compare(std::shared_ptr<const Model> first, std::shared_ptr<const Model> second,
                       std::vector<std::string> names, const RunPlan& plan, const Play& play_first,
                       const Play& play_second, const Progress& progress) {
  Paired result{PairedReplications(std::move(names)), {}};
  Rounds course(plan, progress);
  const auto one = [&](int64_t number) {
    World a(first, plan.seed, static_cast<uint32_t>(number));
    std::vector<Observation> shown_a = play_first(a);
    World b(second, plan.seed, static_cast<uint32_t>(number));
    std::vector<Observation> shown_b = play_second(b);
    const std::lock_guard lock(course.folding());
    result.observed.add(number, std::move(shown_a), std::move(shown_b));
    add_up(result.totals, a, static_cast<uint64_t>(number) * 2);
    add_up(result.totals, b, static_cast<uint64_t>(number) * 2 + 1);
    course.tell(result.observed.count());
  };
  const auto watched = [&] {
    std::vector<std::optional<Estimate>> estimates;
    for (const size_t figure : plan.watched) {
      const auto difference = result.observed.difference(figure, plan.precision->level);
      estimates.push_back(difference ? std::optional(difference->change) : std::nullopt);
    }
    return estimates;
  };
  if (auto error = course.go(one, watched, result.totals)) return sched::Unexpected{*error};
  return result;
}

}  // namespace paceline::sim
