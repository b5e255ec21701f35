// TimerWheel beside std::multimap, a 4-ary heap with positions, and a binary heap of pointers to
// records as beanstalkd has it: one call at a time on random nodes among n armed ones, and the
// worst single tick of a steady run.
#include <time.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "bench/sched_bench.h"
#include "sched/timer_wheel.h"

namespace paceline::bench {
namespace {

using sched::Instant;
constexpr uint32_t none = 0xffff'ffff;
constexpr int64_t origin_us = 1'700'000'000'000'000;
constexpr int64_t spread_us = 3 * sched::day.us;

class Wheel {
 public:
  explicit Wheel(uint32_t size) : wheel_(size) {}
  void schedule(uint32_t node, int64_t due_us) { wheel_.schedule(node, {due_us}); }
  void cancel(uint32_t node) { wheel_.cancel(node); }
  int64_t next_due_us() const { return wheel_.next_due().us; }
  uint32_t pop(int64_t until_us) {
    return wheel_.pop({until_us}, [](uint32_t node) { return node; });
  }

 private:
  sched::TimerWheel wheel_;
};

namespace peers {
using namespace bench::peers;

class Multimap {
 public:
  explicit Multimap(uint32_t size) : where_(size, timers_.end()) {}
  void schedule(uint32_t node, int64_t due_us) {
    cancel(node);
    where_[node] = timers_.emplace(std::pair{due_us, node}, node);
  }
  void cancel(uint32_t node) {
    if (where_[node] != timers_.end()) timers_.erase(where_[node]);
    where_[node] = timers_.end();
  }
  int64_t next_due_us() const {
    return timers_.empty() ? sched::never.us : timers_.begin()->first.first;
  }
  uint32_t pop(int64_t until_us) {
    if (next_due_us() > until_us || timers_.empty()) return none;
    const uint32_t node = timers_.begin()->second;
    cancel(node);
    return node;
  }

 private:
  std::multimap<std::pair<int64_t, uint32_t>, uint32_t> timers_;
  std::vector<std::multimap<std::pair<int64_t, uint32_t>, uint32_t>::iterator> where_;
};

class Heap {
 public:
  explicit Heap(uint32_t size) : heap_(size) {}
  void schedule(uint32_t node, int64_t due_us) { heap_.set(node, due_us); }
  void cancel(uint32_t node) {
    if (heap_.contains(node)) heap_.erase(node);
  }
  int64_t next_due_us() const { return heap_.empty() ? sched::never.us : heap_.top().first; }
  uint32_t pop(int64_t until_us) {
    if (heap_.empty() || heap_.top().first > until_us) return none;
    const uint32_t node = heap_.top().second;
    heap_.erase(node);
    return node;
  }

 private:
  IndexedHeap<int64_t> heap_;
};

/// After beanstalkd's heap.c: a binary heap of pointers, compared and told their place through
/// functions; to move a timer it is removed and put in again.
class PointerHeap {
 public:
  explicit PointerHeap(uint32_t size) : jobs_(size) {
    for (uint32_t node = 0; node < size; ++node) jobs_[node].node = node;
  }
  void schedule(uint32_t node, int64_t due_us) {
    cancel(node);
    jobs_[node].due_us = due_us;
    heap_.push_back(&jobs_[node]);
    rise(heap_.size() - 1);
  }
  void cancel(uint32_t node) {
    const size_t at = jobs_[node].at;
    if (at == nowhere) return;
    jobs_[node].at = nowhere;
    Job* last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return;
    put(at, last);
    sink(at);
    rise(at);
  }
  int64_t next_due_us() const { return heap_.empty() ? sched::never.us : heap_[0]->due_us; }
  uint32_t pop(int64_t until_us) {
    if (heap_.empty() || heap_[0]->due_us > until_us) return none;
    const uint32_t node = heap_[0]->node;
    cancel(node);
    return node;
  }

 private:
  static constexpr size_t nowhere = ~size_t{0};
  struct Job {
    int64_t due_us = 0;
    uint32_t node = 0;
    size_t at = nowhere;
    std::array<uint64_t, 16> rest{};  // a job is a record of some size, met in no order
  };
  static bool less(const Job* a, const Job* b) {
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->node < b->node;
  }
  static void note(Job* job, size_t at) { job->at = at; }
  void put(size_t at, Job* job) {
    heap_[at] = job;
    moved_(job, at);
  }
  void swap(size_t a, size_t b) {
    Job* job = heap_[a];
    put(a, heap_[b]);
    put(b, job);
  }
  void rise(size_t at) {
    put(at, heap_[at]);
    while (at > 0 && before_(heap_[at], heap_[(at - 1) / 2])) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }
  void sink(size_t at) {
    for (;;) {
      size_t best = at;
      for (size_t child = at * 2 + 1; child < at * 2 + 3 && child < heap_.size(); ++child) {
        if (before_(heap_[child], heap_[best])) best = child;
      }
      if (best == at) return;
      swap(at, best);
      at = best;
    }
  }
  std::vector<Job> jobs_;
  std::vector<Job*> heap_;
  bool (*before_)(const Job*, const Job*) = less;
  void (*moved_)(Job*, size_t) = note;
};
}  // namespace peers

/// The order in which a mixed run pops, folded into one number.
template <class Timers>
uint64_t answers() {
  Timers timers(2'000);
  std::mt19937_64 random(5);
  uint64_t folded = 0;
  int64_t now_us = origin_us;
  for (int step = 0; step < 20'000; ++step) {
    const auto node = static_cast<uint32_t>(random() % 2'000);
    const auto ahead_us = static_cast<int64_t>(random() % (1ULL << (random() % 38)));
    if (random() % 4 == 0) {
      timers.cancel(node);
    } else {
      timers.schedule(node, now_us + ahead_us);
    }
    now_us += static_cast<int64_t>(random() % 100'000);
    folded = folded * 31 + static_cast<uint64_t>(timers.next_due_us());
    for (uint32_t popped; (popped = timers.pop(now_us)) != none;) folded = folded * 31 + popped;
  }
  return folded;
}
void compare_answers() {
  static const bool compared = [] {
    const uint64_t expected = answers<peers::Multimap>();
    must_agree(answers<Wheel>() == expected && answers<peers::Heap>() == expected &&
                   answers<peers::PointerHeap>() == expected,
               "timers");
    return true;
  }();
  benchmark::DoNotOptimize(compared);
}

struct Timer {
  uint32_t node;
  int64_t due_us;
};
std::vector<Timer> some_timers(uint32_t size) {
  std::mt19937_64 random(size);
  std::vector<Timer> timers;
  timers.reserve(size);
  for (const uint32_t node : shuffled(size, 1)) {
    timers.push_back({node, origin_us + static_cast<int64_t>(random() % spread_us)});
  }
  return timers;
}
template <class Timers>
void load(Timers& timers, const std::vector<Timer>& some) {
  for (const Timer& timer : some) timers.schedule(timer.node, timer.due_us);
  benchmark::DoNotOptimize(timers.next_due_us());
}

template <class Timers>
void schedule(benchmark::State& state) {
  compare_answers();
  const auto some = some_timers(static_cast<uint32_t>(state.range(0)));
  Timers timers(static_cast<uint32_t>(some.size()));
  load(timers, some);  // so that first touches of memory are not what is measured
  size_t at = some.size();
  for (auto _ : state) {
    if (at == some.size()) {
      state.PauseTiming();
      while (timers.pop(sched::never.us) != none) {
      }
      at = 0;
      state.ResumeTiming();
    }
    timers.schedule(some[at].node, some[at].due_us);
    if (++at % 64 == 0) benchmark::DoNotOptimize(timers.next_due_us());
  }
}

template <class Timers>
void extend(benchmark::State& state) {
  compare_answers();
  auto some = some_timers(static_cast<uint32_t>(state.range(0)));
  Timers timers(static_cast<uint32_t>(some.size()));
  load(timers, some);
  const auto order = shuffled(static_cast<uint32_t>(some.size()), 2);
  std::vector<Timer> moved;
  for (const uint32_t i : order) moved.push_back(some[i]);
  size_t at = 0;
  int64_t by_us = sched::minute.us;
  for (auto _ : state) {
    if (at == moved.size()) {
      at = 0;
      by_us += sched::minute.us;
    }
    timers.schedule(moved[at].node, moved[at].due_us + by_us);
    ++at;
  }
}

template <class Timers>
void cancel(benchmark::State& state) {
  compare_answers();
  const auto some = some_timers(static_cast<uint32_t>(state.range(0)));
  Timers timers(static_cast<uint32_t>(some.size()));
  load(timers, some);
  const auto order = shuffled(static_cast<uint32_t>(some.size()), 2);
  size_t at = 0;
  for (auto _ : state) {
    if (at == order.size()) {
      state.PauseTiming();
      at = 0;
      load(timers, some);
      state.ResumeTiming();
    }
    timers.cancel(order[at++]);
  }
}

/// As a desk does it: most are moved or cancelled and armed again, few fire; the clean-up that
/// cancel() and extend() put off is in here.
template <class Timers>
void desk_mix(benchmark::State& state) {
  compare_answers();
  const auto some = some_timers(static_cast<uint32_t>(state.range(0)));
  Timers timers(static_cast<uint32_t>(some.size()));
  load(timers, some);
  std::mt19937_64 random(3);
  int64_t now_us = origin_us;
  const int64_t step_us = spread_us / state.range(0) / 2;
  uint64_t fired = 0;
  for (auto _ : state) {
    const uint64_t dice = random();
    const uint32_t node = some[(dice >> 8) % some.size()].node;
    const int64_t due_us = now_us + static_cast<int64_t>(dice % spread_us);
    if (dice % 4 == 0) timers.cancel(node);
    timers.schedule(node, due_us);
    now_us += step_us;
    if (timers.next_due_us() <= now_us) {
      for (uint32_t popped; (popped = timers.pop(now_us)) != none; ++fired) {
        timers.schedule(popped, now_us + static_cast<int64_t>(dice % spread_us));
      }
    }
  }
  state.counters["fired_per_step"] =
      benchmark::Counter(static_cast<double>(fired), benchmark::Counter::kAvgIterations);
}

/// Of this thread: what others did to the machine is not a stall of ours.
int64_t cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// Ticks of 10 ms, timers due within the hour ahead; whatever fires is armed again.
template <class Timers>
void tick(benchmark::State& state) {
  compare_answers();
  auto some = some_timers(static_cast<uint32_t>(state.range(0)));
  for (Timer& timer : some) timer.due_us = origin_us + timer.due_us % sched::hour.us;
  Timers timers(static_cast<uint32_t>(some.size()));
  for (const Timer& timer : some) timers.schedule(timer.node, timer.due_us);
  while (timers.pop(origin_us) != none) {
  }
  std::mt19937_64 random(4);
  int64_t now_us = origin_us;
  uint64_t fired = 0;
  std::vector<int64_t> took_ns;
  took_ns.reserve(1 << 20);
  for (auto _ : state) {
    const int64_t begin_ns = cpu_ns();
    now_us += 10'000;
    for (uint32_t popped; (popped = timers.pop(now_us)) != none; ++fired) {
      timers.schedule(popped, now_us + static_cast<int64_t>(random() % sched::hour.us));
    }
    benchmark::DoNotOptimize(timers.next_due_us());
    took_ns.push_back(cpu_ns() - begin_ns);
  }
  std::sort(took_ns.begin(), took_ns.end());
  state.counters["fired_per_tick"] =
      benchmark::Counter(static_cast<double>(fired), benchmark::Counter::kAvgIterations);
  state.counters["p999_us"] = static_cast<double>(took_ns[took_ns.size() * 999 / 1'000]) / 1e3;
  state.counters["worst_us"] = static_cast<double>(took_ns.back()) / 1e3;
}

// Large sizes run a fixed number of calls: to fill up again takes longer than what is measured.
// 400,000 ticks let every slot of an eighteenth of an hour or less pass the front.
template <class Timers>
bool add_scenarios(const char* name, int64_t n_max) {
  const std::string peer = name;
  const auto add = [&](const char* scenario, void (*run)(benchmark::State&), int64_t calls) {
    for (int64_t n = 10'000; n <= (full() ? n_max : 10'000); n *= 10) {
      const std::string title = scenario + ("<" + peer + ">");
      auto* bench = benchmark::RegisterBenchmark(title.c_str(), run)->ArgName("n")->Arg(n);
      if (full()) bench->Iterations(calls == 0 ? n : calls);
    }
  };
  add("schedule", schedule<Timers>, 0);
  add("extend", extend<Timers>, 0);
  add("cancel", cancel<Timers>, 0);
  add("desk_mix", desk_mix<Timers>, 2'000'000);
  add("tick", tick<Timers>, 400'000);
  return true;
}
const bool added = add_scenarios<Wheel>("TimerWheel", 10'000'000) &&
                   add_scenarios<peers::Heap>("peers::Heap", 10'000'000) &&
                   add_scenarios<peers::PointerHeap>("peers::PointerHeap", 1'000'000) &&
                   add_scenarios<peers::Multimap>("peers::Multimap", 1'000'000);
}  // namespace
}  // namespace paceline::bench
