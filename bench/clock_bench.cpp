// The clocks of a desk: start, pause and resume, another target, stop, and fire with its event,
// each on a random one of n running clocks; the worst tick of a steady run; bytes per clock. Ours
// go through Clockwork, Chronicle and TimerWheel as the desk's do, conditions evaluated; beside
// them a record with a loop over days and a multimap or a binary heap. Answers are compared before
// anything is timed.
//
//   build/release/bench/clock_bench                                    10 k clocks
//   PACELINE_BENCH_FULL=1 build/release/bench/clock_bench              up to 10 M clocks
#include <time.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "bench/clock_rivals.h"
#include "bench/sched_bench.h"
#include "engine/desk/clockwork.h"
#include "engine/desk/policy_defaults.h"
#include "sched/timer_wheel.h"

namespace paceline::bench {
namespace {

using namespace desk;
using sched::hour;
using sched::minute;

constexpr int64_t monday_us = 1'767'571'200'000'000;  // 2026-01-05T00:00Z
constexpr int64_t nine_us = monday_us + (hour * 9).us;
constexpr int64_t spread_us = (minute * 90).us;  // clocks start between nine and half past ten
constexpr int64_t targets_us[] = {(hour * 2).us, (hour * 3).us, (hour * 4).us, (hour * 8).us,
                                  (hour * 16).us};

class NoNumbers final : public ValueNumbers {
 public:
  uint32_t number(Field, std::string_view) override { return 0; }
};

Configuration configuration() {
  Configuration configuration;
  sched::CalendarSpec week;
  week.name = "week";
  for (uint8_t weekday = 0; weekday < 5; ++weekday) {
    week.week.push_back({weekday, 9 * 3'600, 12 * 3'600 + 1'800});
    week.week.push_back({weekday, 13 * 3'600 + 1'800, 17 * 3'600 + 1'800});
  }
  week.closed = {{2026, 1, 1}, {2026, 4, 3}, {2026, 4, 6}, {2026, 12, 25}};
  configuration.calendars = {week};
  for (int priority = 1; priority <= 5; ++priority) {
    PolicyDefinition& policy = configuration.policies.emplace_back();
    policy.name = "P" + std::to_string(priority);
    policy.when = "priority == P" + std::to_string(priority);
    policy.target.us = targets_us[priority - 1];
    policy.calendar = "week";
    for (const uint32_t share_bp : {5'000U, 7'500U, 10'000U}) {
      policy.rungs.emplace_back().share_bp = share_bp;
    }
  }
  return configuration;
}

/// One resolution clock per ticket, its timer in a wheel: what Floor does, without the floor.
class Ours {
 public:
  static constexpr size_t hot_bytes = sizeof(sched::SlaClock);

  explicit Ours(uint32_t size)
      : store_(limits(size)),
        rules_(limits(size)),
        clockwork_(store_, rules_, chronicle_),
        wheel_(size) {
    NoNumbers numbers;
    rules_.apply(configuration(), numbers);
    reason_ = rules_.reasons().find("awaiting_requester");
    outcome_.events.reserve(4'096);
    for (uint32_t ticket = 0; ticket < size; ++ticket) {
      CHECK(store_.create(ticket + 1, "", "", "").value() == ticket);
      store_.hot(ticket).queue = 0;
    }
  }
  void start(uint32_t ticket, int64_t target_us, int64_t now_us) {
    begin(now_us);
    const auto which = std::find(std::begin(targets_us), std::end(targets_us), target_us);
    store_.hot(ticket).own_priority =
        static_cast<sched::Priority>(1 + (which - std::begin(targets_us)));
    clockwork_.react(ticket, values(ticket, State::queued), {}, now_us);
    rearm(ticket);
  }
  /// As a desk does for the commands of a frame: what is a few calls ahead, what is next.
  [[gnu::always_inline]] void expect(uint32_t ahead, uint32_t next) const {
    __builtin_prefetch(&store_.hot(ahead), 1);
    wheel_.expect(ahead);
    store_.clocks().expect(store_.hot(next).first_clock);
  }
  void pause(uint32_t ticket, int64_t now_us) {
    begin(now_us);
    clockwork_.react(ticket, values(ticket, State::pending), state_changed, now_us);
    rearm(ticket);
  }
  void resume(uint32_t ticket, int64_t now_us) {
    begin(now_us);
    clockwork_.react(ticket, values(ticket, State::assigned), state_changed, now_us);
    rearm(ticket);
  }
  void retarget(uint32_t ticket, int64_t target_us, int64_t now_us) {
    begin(now_us);
    const auto which = std::find(std::begin(targets_us), std::end(targets_us), target_us);
    store_.hot(ticket).own_priority =
        static_cast<sched::Priority>(1 + (which - std::begin(targets_us)));
    clockwork_.react(ticket, values(ticket, State::assigned), {.fields = bit(Field::priority)},
                     now_us);
    rearm(ticket);
  }
  void stop(uint32_t ticket, int64_t now_us) {
    begin(now_us);
    clockwork_.react(ticket, values(ticket, State::resolved), state_changed, now_us);
    rearm(ticket);
  }
  int64_t next_due_us() { return wheel_.next_due().us; }
  uint32_t fire(int64_t now_us) {
    begin(now_us);
    const uint32_t ticket =
        wheel_.pop({now_us}, [&](uint32_t node) { return store_.hot(node).id; });
    clockwork_.fire(ticket, clockwork_.next_due(ticket), now_us, sched::never.us);
    rearm(ticket);
    return ticket;
  }
  int64_t deadline_us(uint32_t ticket) const {
    return clockwork_.deadline_us(store_.hot(ticket).first_clock);
  }

 private:
  static constexpr Clockwork::Change state_changed = {
      .fields = bit(Field::state) | bit(Field::reason) | bit(Field::assigned)};
  static Limits limits(uint32_t size) {
    Limits limits;
    limits.tickets_max = size;
    limits.clocks_per_ticket = 1;
    limits.text_mib_max = 1;
    return limits;
  }
  void begin(int64_t now_us) {
    if (outcome_.events.size() > 1'000) outcome_.events.clear();
    chronicle_.begin_batch(now_us, outcome_);
  }
  FieldValues values(uint32_t ticket, State state) const {
    FieldValues values;
    const auto set = [&](Field field, uint32_t value) {
      values.value[static_cast<size_t>(field)] = value;
    };
    set(Field::state, static_cast<uint32_t>(state));
    set(Field::priority, static_cast<uint32_t>(store_.hot(ticket).own_priority));
    set(Field::reason, state == State::pending ? reason_ : FieldValues::absent);
    return values;
  }
  void rearm(uint32_t ticket) {
    const int64_t due_us = clockwork_.next_due_us(ticket);
    if (due_us == sched::never.us) {
      wheel_.cancel(ticket);
    } else if (!wheel_.armed(ticket) || wheel_.due(ticket).us != due_us) {
      wheel_.schedule(ticket, {due_us});
    }
  }

  TicketStore store_;
  Rulebook rules_;
  Chronicle chronicle_;
  Clockwork clockwork_;
  sched::TimerWheel wheel_;
  Outcome outcome_;
  uint32_t reason_ = 0;
};

int64_t target_of(uint32_t clock) { return targets_us[sched::mix(clock) % 5]; }

template <class Clocks>
uint64_t answers() {
  constexpr uint32_t size = 500;
  Clocks clocks(size);
  std::mt19937_64 random(3);
  for (uint32_t clock = 0; clock < size; ++clock) {
    clocks.start(clock, target_of(clock), nine_us + clock * 1'000'003);
  }
  std::vector<int64_t> target_us(size);
  for (uint32_t clock = 0; clock < size; ++clock) target_us[clock] = target_of(clock);
  uint64_t folded = 0;
  int64_t now_us = nine_us + spread_us;
  for (int step = 0; step < 20'000; ++step) {
    now_us += static_cast<int64_t>(random() % 20'000'000);
    while (clocks.next_due_us() < now_us) {
      const int64_t due_us = clocks.next_due_us();
      folded = folded * 31 + static_cast<uint64_t>(due_us);
      clocks.fire(due_us);
    }
    const auto clock = static_cast<uint32_t>(random() % size);
    if (random() % 3 == 0) {
      target_us[clock] = targets_us[random() % 5];
      clocks.retarget(clock, target_us[clock], now_us);
    } else {
      clocks.pause(clock, now_us);
      clocks.resume(clock, now_us + 5'000'000);
      now_us += 5'000'000;
    }
    folded = folded * 31 + static_cast<uint64_t>(clocks.next_due_us());
  }
  return folded;
}
void compare_answers() {
  static const bool compared = [] {
    const uint64_t expected = answers<peers::Clocks<peers::Multimap>>();
    must_agree(answers<peers::Clocks<peers::BinaryHeap>>() == expected, "rival clocks");
    must_agree(answers<Ours>() == expected, "clocks");
    return true;
  }();
  benchmark::DoNotOptimize(compared);
}

int64_t resident_bytes() {
  long pages = 0, resident = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
    std::fclose(file);
  }
  return resident * ::sysconf(_SC_PAGESIZE);
}

/// Running clocks, none due before half past ten.
template <class Clocks>
std::unique_ptr<Clocks> running(uint32_t size, benchmark::State& state) {
  compare_answers();
  const int64_t before = resident_bytes();
  auto clocks = std::make_unique<Clocks>(size);
  for (uint32_t clock = 0; clock < size; ++clock) {
    const int64_t at_us = nine_us + static_cast<int64_t>(uint64_t{clock} * spread_us / size);
    while (clocks->next_due_us() < at_us) clocks->fire(clocks->next_due_us());
    clocks->start(clock, target_of(clock), at_us);
  }
  state.counters["hot_bytes"] = static_cast<double>(Clocks::hot_bytes);
  state.counters["resident_bytes"] =
      static_cast<double>(resident_bytes() - before) / static_cast<double>(size);
  return clocks;
}

/// One call on each clock in random order, then other clocks: segments are for a few stretches
/// each.
template <class Clocks, class Call>
void once_each(benchmark::State& state, uint64_t seed, Call&& call) {
  const auto size = static_cast<uint32_t>(state.range(0));
  auto clocks = running<Clocks>(size, state);
  const auto order = shuffled(size, seed);
  int64_t now_us = nine_us + spread_us;
  size_t at = 0;
  for (auto _ : state) {
    if (at == size) {
      state.PauseTiming();
      clocks.reset();
      clocks = running<Clocks>(size, state);
      at = 0;
      state.ResumeTiming();
    }
    if constexpr (requires { clocks->expect(0, 0); }) {
      clocks->expect(order[std::min<size_t>(at + 8, size - 1)],
                     order[std::min<size_t>(at + 4, size - 1)]);
    }
    call(*clocks, order[at++], now_us += 2);
  }
}

template <class Clocks>
void stop(benchmark::State& state) {
  once_each<Clocks>(
      state, 1, [](Clocks& clocks, uint32_t clock, int64_t now_us) { clocks.stop(clock, now_us); });
}

template <class Clocks>
void start(benchmark::State& state) {
  const auto size = static_cast<uint32_t>(state.range(0));
  compare_answers();
  auto clocks = std::make_unique<Clocks>(size);
  uint32_t at = 0;
  for (auto _ : state) {
    if (at == size) {
      state.PauseTiming();
      clocks.reset();
      clocks = std::make_unique<Clocks>(size);
      at = 0;
      state.ResumeTiming();
    }
    clocks->start(at, target_of(at), nine_us + at);
    ++at;
  }
}

template <class Clocks>
void pause_and_resume(benchmark::State& state) {
  once_each<Clocks>(state, 2, [](Clocks& clocks, uint32_t clock, int64_t now_us) {
    clocks.pause(clock, now_us);
    clocks.resume(clock, now_us + 1);
  });
}

template <class Clocks>
void retarget(benchmark::State& state) {
  once_each<Clocks>(state, 3, [](Clocks& clocks, uint32_t clock, int64_t now_us) {
    clocks.retarget(clock, targets_us[(sched::mix(clock) + 1) % 5], now_us);
  });
}

template <class Clocks>
void fire_with_event(benchmark::State& state) {
  const auto size = static_cast<uint32_t>(state.range(0));
  auto clocks = running<Clocks>(size, state);
  for (auto _ : state) {
    if (clocks->next_due_us() == sched::never.us) {
      state.PauseTiming();
      clocks.reset();
      clocks = running<Clocks>(size, state);
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(clocks->fire(clocks->next_due_us()));
  }
}

int64_t cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

/// Ticks of ten milliseconds from half past ten on; effects of all clocks come as they fall due.
template <class Clocks>
void tick(benchmark::State& state) {
  auto clocks = running<Clocks>(static_cast<uint32_t>(state.range(0)), state);
  int64_t now_us = nine_us + spread_us;
  while (clocks->next_due_us() <= now_us) clocks->fire(clocks->next_due_us());
  uint64_t fired = 0;
  std::vector<int64_t> took_ns;
  took_ns.reserve(1 << 20);
  for (auto _ : state) {
    const int64_t begin_ns = cpu_ns();
    now_us += 10'000;
    for (; clocks->next_due_us() <= now_us; ++fired) clocks->fire(now_us);
    took_ns.push_back(cpu_ns() - begin_ns);
  }
  std::sort(took_ns.begin(), took_ns.end());
  state.counters["fired_per_tick"] =
      benchmark::Counter(static_cast<double>(fired), benchmark::Counter::kAvgIterations);
  state.counters["p999_us"] = static_cast<double>(took_ns[took_ns.size() * 999 / 1'000]) / 1e3;
  state.counters["worst_us"] = static_cast<double>(took_ns.back()) / 1e3;
}

// Large sizes run a fixed number of calls: to fill up again takes longer than what is measured.
template <class Clocks>
bool add_scenarios(const char* name, int64_t n_max) {
  const std::string who = name;
  const auto add = [&](const char* scenario, void (*run)(benchmark::State&), int64_t calls) {
    for (int64_t n = 10'000; n <= (full() ? n_max : 10'000); n *= 10) {
      const std::string title = scenario + ("<" + who + ">");
      auto* bench = benchmark::RegisterBenchmark(title.c_str(), run)->ArgName("n")->Arg(n);
      if (full()) bench->Iterations(std::min(calls, n));
    }
  };
  add("start", start<Clocks>, 2'000'000);
  add("pause_and_resume", pause_and_resume<Clocks>, 1'000'000);
  add("retarget", retarget<Clocks>, 1'000'000);
  add("stop", stop<Clocks>, 1'000'000);
  add("fire_with_event", fire_with_event<Clocks>, 2'000'000);
  add("tick", tick<Clocks>, 200'000);
  return true;
}
const bool added =
    add_scenarios<Ours>("Clockwork", 10'000'000) &&
    add_scenarios<peers::Clocks<peers::BinaryHeap>>("peers::DayLoop+BinaryHeap", 10'000'000) &&
    add_scenarios<peers::Clocks<peers::Multimap>>("peers::DayLoop+Multimap", 1'000'000);

}  // namespace
}  // namespace paceline::bench
