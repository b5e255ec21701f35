// One match, with everything that belongs to it, when tickets wait for agents and when agents wait
// for tickets. The rival looks at everyone, which is what a query over a table does.
#include <memory>
#include <optional>

#include "bench/sched_bench.h"
#include "sched/dispatch.h"
#include "tests/models/dispatch_model.h"

namespace paceline::bench {
namespace {

using sched::AgentId;
constexpr uint32_t none = 0xffff'ffff;

/// Agents are members of two of the groups and hold a few of forty skills; a line wants one or two.
struct Floor {
  uint32_t agents;
  uint32_t lines;
  uint32_t waiting;
  uint32_t groups;
};

struct Terms {
  std::vector<sched::Abilities> abilities;
  std::vector<sched::LineTerms> lines;
};
Terms some_terms(const Floor& floor) {
  std::mt19937_64 random(floor.agents);
  const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
  const auto skill = [&] {
    return sched::SkillLevel{below(40), static_cast<uint8_t>(1 + below(9))};
  };
  Terms terms;
  for (uint32_t agent = 0; agent < floor.agents; ++agent) {
    sched::Abilities abilities{{below(floor.groups), below(floor.groups)}, {}};
    for (int i = 0; i < 12; ++i) abilities.skills.push_back(skill());
    terms.abilities.push_back(abilities);
  }
  for (uint32_t line = 0; line < floor.lines; ++line) {
    sched::LineTerms wanted{below(floor.groups), {skill()}, line % 4 == 0 ? 500U : 1'000U, true};
    if (line % 2 == 0) wanted.need.push_back(skill());
    // Somebody can: what one agent holds.
    const auto& someone = terms.abilities[below(floor.agents)];
    wanted.group = someone.groups[0];
    for (auto& need : wanted.need) need = someone.skills[below(someone.skills.size())];
    for (auto& need : wanted.need) need.level = static_cast<uint8_t>(1 + below(need.level));
    terms.lines.push_back(wanted);
  }
  return terms;
}

class Real {
 public:
  Real(const Floor& floor, const Terms& terms) : dispatcher_(floor.waiting * 2) {
    for (uint32_t line = 0; line < terms.lines.size(); ++line) {
      dispatcher_.define_line(line, terms.lines[line]);
    }
    for (uint32_t agent = 0; agent < terms.abilities.size(); ++agent) {
      dispatcher_.define_agent({agent}, terms.abilities[agent], 1'000);
      dispatcher_.log_in({agent}, {int64_t{agent} * 7'919 % 10'007});
    }
  }
  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    dispatcher_.enqueue(line, slot, standing);
  }
  void remove(uint32_t slot) { dispatcher_.remove(slot); }
  uint32_t agent_for(uint32_t line) const {
    const auto agent = dispatcher_.agent_for(line);
    return agent ? agent->value : none;
  }
  uint32_t ticket_for(uint32_t agent) const { return dispatcher_.ticket_for({agent}); }
  void occupy(uint32_t agent, uint32_t weight, int64_t now_us) {
    dispatcher_.occupy({agent}, weight, {now_us});
  }
  void release(uint32_t agent, uint32_t weight, int64_t now_us) {
    dispatcher_.release({agent}, weight, {now_us});
  }
  uint32_t idle_beside_waiting() const { return dispatcher_.idle_beside_waiting(); }

 private:
  sched::Dispatcher dispatcher_;
};

namespace peers {
class Search {
 public:
  Search(const Floor&, const Terms& terms) {
    for (uint32_t line = 0; line < terms.lines.size(); ++line) {
      model_.define_line(line, terms.lines[line]);
    }
    for (uint32_t agent = 0; agent < terms.abilities.size(); ++agent) {
      model_.define_agent(agent, terms.abilities[agent], 1'000);
      model_.log_in(agent, int64_t{agent} * 7'919 % 10'007);
    }
  }
  void enqueue(uint32_t line, uint32_t slot, sched::Standing standing) {
    model_.enqueue(line, slot, standing);
  }
  void remove(uint32_t slot) { model_.remove(slot); }
  uint32_t agent_for(uint32_t line) const { return model_.agent_for(line).value_or(none); }
  uint32_t ticket_for(uint32_t agent) const { return model_.ticket_for(agent); }
  void occupy(uint32_t agent, uint32_t weight, int64_t now_us) {
    model_.load(agent, weight);
    model_.touch(agent, now_us);
  }
  void release(uint32_t agent, uint32_t weight, int64_t now_us) {
    model_.load(agent, -int64_t{weight});
    model_.touch(agent, now_us);
  }
  uint32_t idle_beside_waiting() const { return model_.idle_beside_waiting(); }

 private:
  models::DispatchModel model_;
};
}  // namespace peers

template <class Dispatch>
class Day {
 public:
  explicit Day(const Floor& floor)
      : floor_(floor),
        terms_(some_terms(floor)),
        desk_(floor, terms_),
        line_of_(floor.waiting * 2) {
    for (const uint32_t slot : shuffled(floor.waiting * 2, 9)) free_.push_back(slot);
  }

  /// Everyone takes what they can, then `waiting` more tickets come in and stay.
  void fill_lines() {
    while (free_.size() > floor_.waiting) {
      const uint32_t line = some_line();
      const uint32_t agent = desk_.agent_for(line);
      if (agent == none) {
        arrive(line);
      } else {
        take(agent, terms_.lines[line].weight_milli);
      }
    }
  }

  /// Somebody finishes and takes the most pressing ticket; another arrives, and finds nobody free.
  void finish_one() {
    const auto [agent, weight] = pick_work();
    desk_.release(agent, weight, ++now_us_);
    for (uint32_t slot; (slot = desk_.ticket_for(agent)) != none;) {
      fold(slot);
      desk_.remove(slot);
      free_.push_back(slot);
      take(agent, terms_.lines[line_of_[slot]].weight_milli);
    }
    while (free_.size() > floor_.waiting) come_in();
  }

  /// A ticket arrives and goes to the longest idle; while too many work, somebody finishes.
  void arrive_one() {
    come_in();
    while (work_.size() > floor_.agents / 2) {
      const auto [agent, weight] = pick_work();
      desk_.release(agent, weight, ++now_us_);
      const uint32_t slot = desk_.ticket_for(agent);
      if (slot == none) continue;
      desk_.remove(slot);
      free_.push_back(slot);
      take(agent, terms_.lines[line_of_[slot]].weight_milli);
    }
  }

  uint32_t check() const { return desk_.idle_beside_waiting(); }
  uint64_t answers() const { return answers_; }

 private:
  struct Work {
    uint32_t agent;
    uint32_t weight;
  };
  uint64_t random() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  uint32_t some_line() { return static_cast<uint32_t>(random() % floor_.lines); }
  void fold(uint32_t answer) { answers_ = answers_ * 31 + answer; }
  void arrive(uint32_t line) {
    const uint32_t slot = free_.back();
    free_.pop_back();
    line_of_[slot] = line;
    desk_.enqueue(line, slot, {static_cast<int64_t>(random() >> 24), order_++});
  }
  void come_in() {
    const uint32_t line = some_line();
    const uint32_t agent = desk_.agent_for(line);
    fold(agent);
    if (agent != none) return take(agent, terms_.lines[line].weight_milli);
    if (!free_.empty()) arrive(line);
  }
  void take(uint32_t agent, uint32_t weight) {
    desk_.occupy(agent, weight, ++now_us_);
    work_.push_back({agent, weight});
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
  uint64_t state_ = 88'172'645'463'325'252;
  int64_t now_us_ = 1'000'000;
  uint32_t order_ = 0;
  uint64_t answers_ = 0;
};

template <class Dispatch>
uint64_t answers() {
  Day<Dispatch> backlog({30, 20, 60, 3});
  backlog.fill_lines();
  Day<Dispatch> quiet({60, 20, 60, 3});
  uint64_t folded = 0;
  for (int step = 0; step < 2'000; ++step) {
    backlog.finish_one();
    quiet.arrive_one();
    folded = folded * 31 + backlog.check() + quiet.check();
  }
  return backlog.answers() ^ quiet.answers() ^ folded;
}
void compare_answers() {
  static const bool agreed = answers<Real>() == answers<peers::Search>();
  must_agree(agreed, "dispatch");
}

Floor floor_of(const benchmark::State& state) {
  const auto agents = static_cast<uint32_t>(state.range(0));
  return {agents, static_cast<uint32_t>(state.range(1)), static_cast<uint32_t>(state.range(2)),
          agents / 50 + 1};
}

template <class Dispatch>
void tickets_wait(benchmark::State& state) {
  compare_answers();
  Day<Dispatch> day(floor_of(state));
  day.fill_lines();
  for (auto _ : state) day.finish_one();
  benchmark::DoNotOptimize(day.answers());
}
template <class Dispatch>
void agents_wait(benchmark::State& state) {
  compare_answers();
  Day<Dispatch> day(floor_of(state));
  for (int i = 0; i < 1'000; ++i) day.arrive_one();
  for (auto _ : state) day.arrive_one();
  benchmark::DoNotOptimize(day.answers());
}
/// The invariant that is looked at after every batch.
template <class Dispatch>
void invariant(benchmark::State& state) {
  compare_answers();
  Day<Dispatch> day(floor_of(state));
  day.fill_lines();
  for (auto _ : state) benchmark::DoNotOptimize(day.check());
}

void real_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({200, 50, 2'000});
  if (full()) bench->Args({1'000, 200, 100'000})->Args({10'000, 1'000, 1'000'000});
}
void rival_floors(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"agents", "lines", "waiting"})->Args({200, 50, 2'000});
}

BENCHMARK_TEMPLATE(tickets_wait, Real)->Name("tickets_wait<Dispatcher>")->Apply(real_floors);
BENCHMARK_TEMPLATE(tickets_wait, peers::Search)->Apply(rival_floors);
BENCHMARK_TEMPLATE(agents_wait, Real)->Name("agents_wait<Dispatcher>")->Apply(real_floors);
BENCHMARK_TEMPLATE(agents_wait, peers::Search)->Apply(rival_floors);
BENCHMARK_TEMPLATE(invariant, Real)->Name("invariant<Dispatcher>")->Apply(real_floors);

}  // namespace
}  // namespace paceline::bench
