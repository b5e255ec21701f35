// Calendar look-ups on a week of two intervals a day, beside a loop over days.
//
// Answers are compared before anything is timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "bench/day_loop.h"
#include "sched/base/check.h"
#include "sched/calendar.h"

namespace paceline::sched {
namespace {

constexpr int64_t day_20240101 = 19'723;
constexpr uint32_t cut_off_s = 14 * 3'600;

struct Question {
  Instant from;
  Instant to;
  BusinessDuration target;
  uint32_t business_days = 1;
};

/// Instants of five years, 2024 to 2028; targets as desks have them: 15 minutes to 10 working days.
std::vector<Question> questions() {
  std::mt19937_64 random(1);
  constexpr int64_t targets_us[] = {15 * minute.us, hour.us,      4 * hour.us, 8 * hour.us,
                                    24 * hour.us,   40 * hour.us, 75 * hour.us};
  std::vector<Question> list(4'096);
  for (Question& question : list) {
    const auto offset = static_cast<int64_t>(random() % static_cast<uint64_t>(5 * 365 * day.us));
    question.from = Instant{day_20240101 * day.us + offset};
    question.target = {targets_us[random() % std::size(targets_us)]};
    question.to = question.from + hour * static_cast<int64_t>(random() % 400);
    question.business_days = static_cast<uint32_t>(1 + random() % 10);
  }
  return list;
}

const Calendar& calendar() {
  static const Calendar compiled = [] {
    Calendar made = two_interval_week();
    const DayLoop loop = two_interval_loop();
    for (const Question& q : questions()) {
      CHECK(made.add(q.from, q.target) == loop.add(q.from, q.target));
      CHECK(made.between(q.from, q.to) == loop.between(q.from, q.to));
      CHECK(made.end_of_business_day(q.from, q.business_days, cut_off_s) ==
            loop.end_of_business_day(q.from, q.business_days, cut_off_s));
    }
    return made;
  }();
  return compiled;
}
const DayLoop& day_loop() {
  static const DayLoop loop = two_interval_loop();
  return loop;
}

template <class Hours>
void add(benchmark::State& state, const Hours& (*hours)()) {
  calendar();
  const Hours& of = hours();
  const auto list = questions();
  size_t at = 0;
  for (auto _ : state) {
    const Question& q = list[at++ % list.size()];
    benchmark::DoNotOptimize(of.add(q.from, q.target));
  }
}

template <class Hours>
void between(benchmark::State& state, const Hours& (*hours)()) {
  calendar();
  const Hours& of = hours();
  const auto list = questions();
  size_t at = 0;
  for (auto _ : state) {
    const Question& q = list[at++ % list.size()];
    benchmark::DoNotOptimize(of.between(q.from, q.to));
  }
}

template <class Hours>
void end_of_business_day(benchmark::State& state, const Hours& (*hours)()) {
  calendar();
  const Hours& of = hours();
  const auto list = questions();
  size_t at = 0;
  for (auto _ : state) {
    const Question& q = list[at++ % list.size()];
    benchmark::DoNotOptimize(of.end_of_business_day(q.from, q.business_days, cut_off_s));
  }
}

void compile(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(two_interval_week());
}

BENCHMARK_CAPTURE(add, calendar, calendar);
BENCHMARK_CAPTURE(add, day_loop, day_loop);
BENCHMARK_CAPTURE(between, calendar, calendar);
BENCHMARK_CAPTURE(between, day_loop, day_loop);
BENCHMARK_CAPTURE(end_of_business_day, calendar, calendar);
BENCHMARK_CAPTURE(end_of_business_day, day_loop, day_loop);
BENCHMARK(compile)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace paceline::sched
