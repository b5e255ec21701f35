// One match, with everything that belongs to it, when tickets wait for agents and when agents wait
// for tickets; and what comes in storms: a shift's start, a relaxation step of many tickets, the
// definition of everything. Rivals: dispatch_rivals.h.
#include <malloc.h>

#include <memory>

#include "bench/dispatch_rivals.h"
#include "bench/sched_bench.h"
#include "sched/dispatch.h"

namespace paceline::bench {
namespace {

using sched::AgentId;
constexpr uint32_t none = 0xffff'ffff;

struct Floor {
  uint32_t agents;
  uint32_t lines;  // each with a need of its own
  uint32_t waiting;
  uint32_t groups;
  uint32_t queues_weighted = 0;  // 0: one order
};

/// Agents are members of two of the groups and hold a dozen of forty skills, so that hardly two are
/// alike; a line wants one or two, which somebody has.
Terms some_terms(const Floor& floor) {
  std::mt19937_64 random(floor.agents);
  const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
  Terms terms;
  terms.tickets_max = floor.waiting * 2 + floor.agents * 2;
  terms.kinds = {{.weight_milli = 1'000},
                 {.weight_milli = 500, .channel = 1, .channel_max = 2},
                 {.weight_milli = 1'000, .channel = 2, .blocking = true},
                 {.weight_milli = 100, .channel = 3, .interruptible = true}};
  for (uint32_t agent = 0; agent < floor.agents; ++agent) {
    sched::Abilities abilities{{below(floor.groups), below(floor.groups)}, {}};
    for (int i = 0; i < 12; ++i) {
      abilities.skills.push_back({below(40), static_cast<uint8_t>(1 + below(9))});
    }
    terms.abilities.push_back(abilities);
  }
  for (uint32_t line = 0; line < floor.lines; ++line) {
    const auto& someone = terms.abilities[below(floor.agents)];
    std::vector<sched::SkillLevel> wanted(1 + line % 2);
    for (auto& skill : wanted) {
      skill = someone.skills[below(someone.skills.size())];
      skill.level = static_cast<uint8_t>(1 + below(skill.level));
    }
    sched::LineTerms line_terms;
    line_terms.group = someone.groups[0];
    line_terms.need = sched::Need::all_of(wanted);
    line_terms.work = line % 4 == 0 ? 1 : 0;
    if (floor.queues_weighted != 0) line_terms.queue = line % floor.queues_weighted;
    terms.lines.push_back(line_terms);
  }
  return terms;
}

class Real {
 public:
  explicit Real(const Terms& terms) : terms_(terms), dispatcher_(terms.tickets_max) {
    for (uint32_t work = 0; work < terms.kinds.size(); ++work) {
      dispatcher_.define_work(work, terms.kinds[work]);
    }
    for (uint32_t line = 0; line < terms.lines.size(); ++line) {
      dispatcher_.define_line(line, terms.lines[line]);
    }
    for (uint32_t agent = 0; agent < terms.abilities.size(); ++agent) {
      dispatcher_.define_agent({agent}, terms.abilities[agent], 1'000);
    }
  }
  void set_weights(uint32_t queues) {
    for (uint32_t queue = 0; queue < queues; ++queue) {
      dispatcher_.set_queue_weight(queue, 1 + queue % 5);
    }
  }
  void log_in(uint32_t agent, int64_t now_us) {
    dispatcher_.set_routable({agent}, true);
    dispatcher_.set_idle_since({agent}, {now_us});
  }
  void log_out(uint32_t agent) { dispatcher_.set_routable({agent}, false); }
  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    dispatcher_.enqueue(line, slot, standing);
  }
  void remove(uint32_t slot) { dispatcher_.remove(slot); }
  uint32_t agent_for(uint32_t slot) const {
    const auto agent = dispatcher_.agent_for(slot);
    return agent ? agent->value : none;
  }
  uint32_t ticket_for(uint32_t agent) const { return dispatcher_.ticket_for({agent}); }
  /// The waiting ticket `slot` of the line.
  void take(uint32_t agent, uint32_t line, uint32_t slot, int64_t now_us) {
    dispatcher_.note_award({agent}, slot);
    dispatcher_.change_load({agent}, {}, load(line));
    dispatcher_.set_idle_since({agent}, {now_us});
  }
  void finish(uint32_t agent, uint32_t line, int64_t now_us) {
    dispatcher_.change_load({agent}, load(line), {});
    dispatcher_.set_idle_since({agent}, {now_us});
  }
  uint32_t idle_beside_waiting() const { return dispatcher_.idle_beside_waiting(); }

 private:
  sched::Load load(uint32_t line) const {
    const uint32_t work = terms_.lines[line].work;
    return {work, terms_.kinds[work].weight_milli, true};
  }
  const Terms& terms_;
  sched::Dispatcher dispatcher_;
};

template <class Dispatch>
class Day {
 public:
  explicit Day(const Floor& floor)
      : floor_(floor), terms_(some_terms(floor)), desk_(terms_), line_of_(terms_.tickets_max) {
    for (const uint32_t slot : shuffled(terms_.tickets_max, 9)) free_.push_back(slot);
  }
  void log_in_all() {
    for (uint32_t agent = 0; agent < floor_.agents; ++agent) {
      desk_.log_in(agent, int64_t{agent} * 7'919 % 10'007);
    }
  }
  Dispatch& desk() { return desk_; }
  uint32_t line_of(uint32_t slot) const { return line_of_[slot]; }

  /// Tickets come in until so many wait; whoever can takes one.
  void fill_lines() {
    while (waiting_ < floor_.waiting) come_in();
  }
  /// Without anybody to take them.
  uint32_t enqueue() {
    const uint32_t slot = free_.back();
    free_.pop_back();
    line_of_[slot] = some_line();
    desk_.enqueue(line_of_[slot], slot, {static_cast<int64_t>(random() >> 24), order_++});
    ++waiting_;
    return slot;
  }
  void take(uint32_t agent, uint32_t slot) {
    desk_.take(agent, line_of_[slot], slot, ++now_us_);
    desk_.remove(slot);
    --waiting_;
    free_.push_back(slot);
    work_.push_back({agent, line_of_[slot]});
  }

  /// Somebody finishes and takes the most pressing tickets; as many arrive, and find nobody free.
  void finish_one() {
    const Work work = pick_work();
    desk_.finish(work.agent, work.line, ++now_us_);
    for (uint32_t slot; (slot = desk_.ticket_for(work.agent)) != none;) {
      fold(slot);
      take(work.agent, slot);
    }
    while (waiting_ < floor_.waiting) come_in();
  }

  /// A ticket arrives and goes to the best; while too many work, somebody finishes.
  void arrive_one() {
    come_in();
    while (work_.size() > floor_.agents / 2) {
      const Work work = pick_work();
      desk_.finish(work.agent, work.line, ++now_us_);
      const uint32_t slot = desk_.ticket_for(work.agent);
      if (slot != none) take(work.agent, slot);
    }
  }

  void finish_all() {
    for (const Work& work : work_) desk_.finish(work.agent, work.line, ++now_us_);
    work_.clear();
  }
  uint64_t answers() const { return answers_; }
  uint32_t waiting() const { return waiting_; }

 private:
  struct Work {
    uint32_t agent;
    uint32_t line;
  };
  uint64_t random() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  uint32_t some_line() { return static_cast<uint32_t>(random() % floor_.lines); }
  void fold(uint32_t answer) { answers_ = answers_ * 31 + answer; }
  void come_in() {
    const uint32_t slot = enqueue();
    const uint32_t agent = desk_.agent_for(slot);
    fold(agent);
    if (agent != none) return take(agent, slot);
    if (waiting_ <= floor_.waiting) return;
    desk_.remove(slot);
    --waiting_;
    free_.push_back(slot);
  }
  Work pick_work() {
    const size_t at = random() % work_.size();
    const Work work = work_[at];
    work_[at] = work_.back();
    work_.pop_back();
    return work;
  }

  Floor floor_;
  Terms terms_;
  Dispatch desk_;
  std::vector<uint32_t> line_of_;
  std::vector<uint32_t> free_;
  std::vector<Work> work_;
  uint32_t waiting_ = 0;
  uint64_t state_ = 88'172'645'463'325'252;
  int64_t now_us_ = 1'000'000;
  uint32_t order_ = 0;
  uint64_t answers_ = 0;
};

template <class Dispatch>
uint64_t answers() {
  Day<Dispatch> backlog({30, 20, 60, 3});
  backlog.log_in_all();
  backlog.fill_lines();
  Day<Dispatch> quiet({60, 20, 60, 3});
  quiet.log_in_all();
  for (int step = 0; step < 2'000; ++step) {
    backlog.finish_one();
    quiet.arrive_one();
  }
  return backlog.answers() * 31 + quiet.answers();
}
void compare_answers() {
  static const bool agreed =
      answers<Real>() == answers<peers::Scan>() && answers<Real>() == answers<peers::Heaps>();
  must_agree(agreed, "dispatch");
}

Floor floor_of(const benchmark::State& state) {
  const auto agents = static_cast<uint32_t>(state.range(0));
  const auto lines = static_cast<uint32_t>(state.range(1));
  return {agents, lines, static_cast<uint32_t>(state.range(2)),
          std::max(1U, std::min(agents / 50, lines / 5))};
}

template <class Dispatch>
void tickets_wait(benchmark::State& state) {
  compare_answers();
  Day<Dispatch> day(floor_of(state));
  day.log_in_all();
  day.fill_lines();
  for (auto _ : state) day.finish_one();
  benchmark::DoNotOptimize(day.answers());
}
/// Everybody is a member of the only group: skills alone decide, and hundreds to thousands of
/// agents may serve a line.
void one_group(benchmark::State& state) {
  Floor floor = floor_of(state);
  floor.groups = 1;
  Day<Real> day(floor);
  day.log_in_all();
  day.fill_lines();
  for (auto _ : state) day.finish_one();
}
void one_group_agents_wait(benchmark::State& state) {
  Floor floor = floor_of(state);
  floor.groups = 1;
  Day<Real> day(floor);
  day.log_in_all();
  for (int i = 0; i < 1'000; ++i) day.arrive_one();
  for (auto _ : state) day.arrive_one();
}
/// Fifty queues share each agent's assignments.
void shares(benchmark::State& state) {
  Floor floor = floor_of(state);
  floor.queues_weighted = 50;
  Day<Real> day(floor);
  day.desk().set_weights(floor.queues_weighted);
  day.log_in_all();
  day.fill_lines();
  for (auto _ : state) day.finish_one();
}
/// Of what nobody can take, as many wait meanwhile.
template <class Dispatch>
void agents_wait(benchmark::State& state) {
  compare_answers();
  Day<Dispatch> day(floor_of(state));
  day.log_in_all();
  for (int i = 0; i < 1'000; ++i) day.arrive_one();
  for (auto _ : state) day.arrive_one();
  benchmark::DoNotOptimize(day.answers());
}
/// The invariant that is looked at after every batch.
void invariant(benchmark::State& state) {
  Day<Real> day(floor_of(state));
  day.log_in_all();
  day.fill_lines();
  for (auto _ : state) benchmark::DoNotOptimize(day.desk().idle_beside_waiting());
}

/// Half of the agents log in while tickets wait, and everyone is given one.
void shift_start(benchmark::State& state) {
  const Floor floor = floor_of(state);
  Day<Real> day(floor);
  while (day.waiting() < floor.waiting) day.enqueue();
  const std::vector<uint32_t> agents = shuffled(floor.agents, 3);
  const size_t shift = agents.size() / 2;
  uint64_t given = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < shift; ++i) {
      day.desk().log_in(agents[i], static_cast<int64_t>(i));
      const uint32_t slot = day.desk().ticket_for(agents[i]);
      if (slot == none) continue;
      day.take(agents[i], slot);
      ++given;
    }
    state.PauseTiming();
    day.finish_all();
    for (size_t i = 0; i < shift; ++i) day.desk().log_out(agents[i]);
    while (day.waiting() < floor.waiting) day.enqueue();
    state.ResumeTiming();
  }
  state.counters["given"] = static_cast<double>(given) / static_cast<double>(state.iterations());
  state.counters["per_agent"] =
      benchmark::Counter(static_cast<double>(shift), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
}

/// Many tickets step at once to a line that asks for less.
void relaxation_storm(benchmark::State& state) {
  const Floor floor = floor_of(state);
  Day<Real> day(floor);
  while (day.waiting() < floor.waiting) day.enqueue();
  std::vector<uint32_t> slots;
  while (slots.size() < 100'000 && slots.size() < floor.waiting) slots.push_back(day.enqueue());
  uint32_t order = 0;
  for (auto _ : state) {
    const uint32_t step = ++order;
    for (const uint32_t slot : slots) {
      day.desk().remove(slot);
      day.desk().enqueue((day.line_of(slot) + step) % floor.lines, slot,
                         {static_cast<int64_t>(slot) << 20, order++});
    }
  }
  state.counters["per_ticket"] = benchmark::Counter(
      static_cast<double>(slots.size()),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Of a whole desk: agents and lines, in this order or the other.
void define_all(benchmark::State& state) {
  const Floor floor = floor_of(state);
  const bool one_group = state.range(4) != 0;
  const Terms terms = some_terms({floor.agents, floor.lines, 0, one_group ? 1 : floor.groups});
  const bool agents_first = state.range(3) != 0;
  for (auto _ : state) {
    sched::Dispatcher desk(1);
    for (uint32_t work = 0; work < terms.kinds.size(); ++work) {
      desk.define_work(work, terms.kinds[work]);
    }
    const auto agents = [&] {
      for (uint32_t agent = 0; agent < floor.agents; ++agent) {
        desk.define_agent({agent}, terms.abilities[agent], 1'000);
      }
    };
    if (agents_first) agents();
    for (uint32_t line = 0; line < floor.lines; ++line) desk.define_line(line, terms.lines[line]);
    if (!agents_first) agents();
    benchmark::DoNotOptimize(desk.crew_count());
  }
}

double allocated_bytes() {
  const auto info = ::mallinfo2();
  return static_cast<double>(info.uordblks + info.hblkhd);
}

/// What an agent, an agent with abilities of its own (a crew) and a line cost.
void memory(benchmark::State& state) {
  const Floor floor = floor_of(state);
  const Terms terms = some_terms({floor.agents, floor.lines, 0, floor.groups});
  for (auto _ : state) {
    double at = allocated_bytes();
    const auto since = [&](uint32_t count) {
      const double before = std::exchange(at, allocated_bytes());
      return (at - before) / count;
    };
    sched::Dispatcher alike(1);
    sched::Dispatcher desk(1);
    for (uint32_t work = 0; work < terms.kinds.size(); ++work) {
      alike.define_work(work, terms.kinds[work]);
      desk.define_work(work, terms.kinds[work]);
    }
    for (uint32_t agent = 0; agent < floor.agents; ++agent) {
      alike.define_agent({agent}, terms.abilities[0], 1'000);
    }
    const double agent_bytes = since(floor.agents);
    for (uint32_t agent = 0; agent < floor.agents; ++agent) {
      desk.define_agent({agent}, terms.abilities[agent], 1'000);
    }
    const double agent_and_crew_bytes = since(floor.agents);
    for (uint32_t line = 0; line < floor.lines; ++line) desk.define_line(line, terms.lines[line]);
    state.counters["line_bytes"] = since(floor.lines);
    state.counters["agent_bytes"] = agent_bytes;
    state.counters["crew_bytes"] = agent_and_crew_bytes - agent_bytes;
  }
}

void rival_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({100, 10, 1'000});
  if (full()) bench->Args({10'000, 1'000, 1'000});
}
void heap_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({100, 10, 1'000});
  if (full()) bench->Args({10'000, 1'000, 1'000})->Args({10'000, 1'000, 1'000'000});
}
void real_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({100, 10, 1'000});
  if (!full()) return;
  for (const int64_t agents : {100, 10'000}) {
    for (const int64_t lines : {10, 1'000}) {
      for (const int64_t waiting : {1'000, 1'000'000}) {
        if (agents + lines + waiting != 1'110) bench->Args({agents, lines, waiting});
      }
    }
  }
}
/// From the smallest to beyond the largest.
void growth(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({100, 100, 1'000});
  if (!full()) return;
  bench->Args({1'000, 300, 10'000})
      ->Args({3'000, 1'000, 100'000})
      ->Args({10'000, 1'000, 1'000'000});
  bench->Args({30'000, 10'000, 3'000'000});
}
void quiet_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({100, 10, 1'000});
  if (full()) bench->Args({10'000, 10, 1'000})->Args({10'000, 1'000, 1'000});
}
void storms(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Unit(benchmark::kMillisecond);
  bench->Args({200, 50, 2'000});
  if (full()) bench->Args({10'000, 1'000, 1'000'000});
}

BENCHMARK_TEMPLATE(tickets_wait, Real)->Name("tickets_wait<Dispatcher>")->Apply(real_floors);
BENCHMARK_TEMPLATE(tickets_wait, peers::Heaps)->Apply(heap_floors);
BENCHMARK_TEMPLATE(tickets_wait, peers::Scan)->Apply(rival_floors);
BENCHMARK_TEMPLATE(agents_wait, Real)->Name("agents_wait<Dispatcher>")->Apply(quiet_floors);
BENCHMARK_TEMPLATE(agents_wait, peers::Heaps)->Apply(quiet_floors);
BENCHMARK_TEMPLATE(agents_wait, peers::Scan)->Apply(quiet_floors);
BENCHMARK(one_group)->Apply(quiet_floors);
BENCHMARK(one_group_agents_wait)->Apply(quiet_floors);
BENCHMARK(shares)->Apply(quiet_floors);
BENCHMARK_TEMPLATE(tickets_wait, Real)->Name("growth<Dispatcher>")->Apply(growth);
BENCHMARK(invariant)->Apply(real_floors);
BENCHMARK(shift_start)->Apply(storms);
BENCHMARK(relaxation_storm)->Apply(storms);
BENCHMARK(memory)->Apply(storms)->Iterations(1);
BENCHMARK(define_all)
    ->ArgNames({"agents", "lines", "waiting", "agents_first", "one_group"})
    ->Unit(benchmark::kMillisecond)
    ->Args({200, 50, 0, 0, 0})
    ->Args({10'000, 1'000, 0, 0, 0})
    ->Args({10'000, 1'000, 0, 1, 0})
    ->Args({10'000, 1'000, 0, 0, 1})
    ->Args({10'000, 1'000, 0, 1, 1});

}  // namespace
}  // namespace paceline::bench
