#include "sim/run/steady.h"

#include <algorithm>

namespace paceline::sim {

namespace {

constexpr int64_t samples_in_a_run = 2'000;
constexpr int64_t samples_before_a_look = 400;

bool sure(const SteadyPlan& plan, const std::vector<BatchMeans>& figures) {
  return std::all_of(plan.watched.begin(), plan.watched.end(), [&](size_t figure) {
    const auto state = figures[figure].result(plan.precision->level);
    return state && state->independent && state->settled &&
           sure_enough(*plan.precision, state->estimate);
  });
}

}  // namespace

Answer<SteadyRun> run_steady(std::shared_ptr<const Model> model, size_t figure_count,
                             const SteadyPlan& plan, const Look& look, const Progress& progress) {
  const int64_t length_us = model->scenario().length_us;
  const int64_t sample_us =
      plan.sample_us > 0 ? plan.sample_us : std::max<int64_t>(1, length_us / samples_in_a_run);
  World world(model, plan.seed, plan.replication);
  SteadyRun run;
  run.figures.resize(figure_count);
  std::vector<Observation> before(figure_count, Observation{0.0, 0.0});
  const auto samples = length_us / sample_us;
  int64_t next_look = samples_before_a_look;
  for (int64_t sample = 1; sample <= samples; ++sample) {
    world.run_until(sample * sample_us);
    const std::vector<Observation> now = look(world.ledger());
    for (size_t i = 0; i < figure_count; ++i) {
      const bool grows = plan.cumulative.empty() || plan.cumulative[i];
      run.figures[i].add(grows ? Observation{now[i].numerator - before[i].numerator,
                                             now[i].denominator - before[i].denominator}
                               : now[i]);
    }
    before = now;
    world.begin_sample();
    run.length_us = sample * sample_us;
    if (progress && !progress(sample, samples)) {
      run.totals.interrupted = true;
      break;
    }
    if (plan.precision && sample >= next_look) {
      if (sure(plan, run.figures)) {
        run.totals.course = Course::enough;
        break;
      }
      next_look = sample + sample / 4;  // looking costs more than going on a little
    }
  }
  if (plan.precision && !run.totals.course && !run.totals.interrupted)
    run.totals.course = sure(plan, run.figures) ? Course::enough : Course::exhausted;
  run.totals.counts = world.counts();
  run.totals.contacts = static_cast<uint64_t>(world.ledger().all[Sum::offered]);
  run.totals.event_hash = world.event_hash();
  return run;
}

}  // namespace paceline::sim
