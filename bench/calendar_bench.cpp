// Calendar look-ups on a week of two intervals a day, beside a loop over days.
//
// The loop is what most implementations do: from the present day on, subtract each day's open time
// until the target is used up. It works in UTC, for it could not do more, so the rival has the
// easier task. Answers are compared before anything is timed.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "sched/base/check.h"
#include "sched/calendar.h"

namespace paceline::sched {
namespace {

/// Mon–Fri 09:00–12:30 and 13:30–17:30, UTC, with closed days.
class DayLoop {
 public:
  explicit DayLoop(std::vector<int64_t> closed_days) : closed_(std::move(closed_days)) {}

  Instant add(Instant t, BusinessDuration d) const {
    int64_t left_us = d.us;
    for (int64_t date = t.us / day.us;; ++date) {
      if (!open_on(date)) continue;
      for (const auto& [open_us, close_us] : intervals) {
        const int64_t from_us = std::max(t.us, date * day.us + open_us);
        const int64_t to_us = date * day.us + close_us;
        if (from_us >= to_us) continue;
        if (left_us <= to_us - from_us) return {from_us + left_us};
        left_us -= to_us - from_us;
      }
    }
  }

  Instant end_of_business_day(Instant t, uint32_t n, uint32_t cut_off_s) const {
    for (int64_t date = t.us / day.us;; ++date) {
      if (!open_on(date) || date * day.us + cut_off_s * second.us < t.us) continue;
      if (--n == 0) return {date * day.us + intervals[1].second};
    }
  }

  BusinessDuration between(Instant a, Instant b) const {
    int64_t sum_us = 0;
    for (int64_t date = a.us / day.us; date * day.us < b.us; ++date) {
      if (!open_on(date)) continue;
      for (const auto& [open_us, close_us] : intervals) {
        const int64_t from_us = std::max(a.us, date * day.us + open_us);
        const int64_t to_us = std::min(b.us, date * day.us + close_us);
        sum_us += std::max<int64_t>(0, to_us - from_us);
      }
    }
    return {sum_us};
  }

 private:
  static constexpr std::pair<int64_t, int64_t> intervals[] = {
      {9 * hour.us, 12 * hour.us + 30 * minute.us},
      {13 * hour.us + 30 * minute.us, 17 * hour.us + 30 * minute.us}};
  bool open_on(int64_t date) const {
    return (date + 3) % 7 < 5 && !std::binary_search(closed_.begin(), closed_.end(), date);
  }
  std::vector<int64_t> closed_;
};

constexpr int64_t day_20240101 = 19'723;
constexpr int64_t day_20260101 = 20'454;
constexpr uint32_t cut_off_s = 14 * 3'600;

Calendar two_interval_week() {
  CalendarSpec spec;
  spec.name = "bench";
  for (uint8_t weekday = 0; weekday < 5; ++weekday) {
    spec.week.push_back({weekday, 9 * 3'600, 12 * 3'600 + 1'800});
    spec.week.push_back({weekday, 13 * 3'600 + 1'800, 17 * 3'600 + 1'800});
  }
  spec.closed = {{2026, 1, 1}, {2026, 4, 3}, {2026, 4, 6}, {2026, 12, 25}};
  auto calendar = Calendar::compile(spec);
  CHECK(calendar.has_value());
  return *std::move(calendar);
}
DayLoop two_interval_loop() {
  return DayLoop({day_20260101, day_20260101 + 92, day_20260101 + 95, day_20260101 + 358});
}

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
