// ReadyQueue beside ordered sets and other heaps (line_rivals.h): n tickets in n / 1,000 lines; 40
// % push, 25 % pop, 15 % removal by handle, 20 % change of standing. Pushes make up for what
// leaves, so that n stays about the same. `first_come` is the same where standing is the order of
// arrival and never changes.
#include <string>

#include "bench/line_rivals.h"
#include "bench/sched_bench.h"
#include "sched/ready_queue.h"

namespace paceline::bench {
namespace {

using sched::Standing;

class Lines {
 public:
  Lines(uint32_t lines, uint32_t slots) : positions_(slots) {
    for (uint32_t line = 0; line < lines; ++line) lines_.emplace_back(positions_);
  }
  bool empty(uint32_t line) const { return lines_[line].empty(); }
  void push(uint32_t line, uint32_t slot, Standing standing) { lines_[line].push(slot, standing); }
  void erase(uint32_t line, uint32_t slot) { lines_[line].erase(slot); }
  void update(uint32_t line, uint32_t slot, Standing standing) {
    lines_[line].update(slot, standing);
  }
  uint32_t top(uint32_t line) const { return lines_[line].top(); }

 private:
  std::vector<uint32_t> positions_;
  std::vector<sched::ReadyQueue> lines_;
};

/// Drives the lines; answers what was popped, folded into one number.
template <class Queues, bool first_come>
class Run {
 public:
  Run(uint32_t waiting, uint32_t lines)
      : lines_(lines), slots_(waiting * 2), queues_(lines, slots_), line_of_(slots_, none) {
    for (const uint32_t slot : shuffled(slots_, 7)) free_.push_back(slot);
    for (uint32_t i = 0; i < waiting; ++i) push();
  }

  void step() {
    const uint64_t dice = random() % 100;
    // Out of balance by itself (40 in, 40 out), so that it may wander, but not to an edge.
    if (dice < 40 || waiting_.size() < slots_ / 4) {
      if (!free_.empty()) push();
    } else if (dice < 65) {
      const auto line = static_cast<uint32_t>(random() % lines_);
      if (queues_.empty(line)) return;
      const uint32_t slot = queues_.top(line);
      answers_ = answers_ * 31 + slot;
      leave(slot);
    } else if (dice < 80) {
      leave(waiting_[random() % waiting_.size()]);
    } else {
      const uint32_t slot = waiting_[random() % waiting_.size()];
      if (!first_come) queues_.update(line_of_[slot], slot, standing());
    }
  }
  uint64_t answers() const { return answers_; }

 private:
  static constexpr uint32_t none = 0xffff'ffff;
  uint64_t random() {
    // xorshift: the generator must not be what is measured.
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  Standing standing() {
    return {first_come ? int64_t{order_} : static_cast<int64_t>(random() >> 24), order_++};
  }
  void push() {
    const uint32_t slot = free_.back();
    free_.pop_back();
    line_of_[slot] = static_cast<uint32_t>(random() % lines_);
    place_.resize(slots_);
    place_[slot] = static_cast<uint32_t>(waiting_.size());
    waiting_.push_back(slot);
    queues_.push(line_of_[slot], slot, standing());
  }
  void leave(uint32_t slot) {
    queues_.erase(line_of_[slot], slot);
    waiting_[place_[slot]] = waiting_.back();
    place_[waiting_.back()] = place_[slot];
    waiting_.pop_back();
    free_.push_back(slot);
  }

  uint32_t lines_;
  uint32_t slots_;
  Queues queues_;
  std::vector<uint32_t> line_of_;
  std::vector<uint32_t> free_;
  std::vector<uint32_t> waiting_;
  std::vector<uint32_t> place_;  // in waiting_
  uint64_t state_ = 88'172'645'463'325'252;
  uint32_t order_ = 0;
  uint64_t answers_ = 0;
};

template <class Queues, bool first_come>
uint64_t answers() {
  Run<Queues, first_come> run(5'000, 7);
  for (int step = 0; step < 50'000; ++step) run.step();
  return run.answers();
}

template <class Queues, bool first_come>
void mixed(benchmark::State& state) {
  static const bool agreed = answers<Queues, first_come>() == answers<Lines, first_come>();
  must_agree(agreed, "lines");
  const auto waiting = static_cast<uint32_t>(state.range(0));
  Run<Queues, first_come> run(waiting, waiting / 1'000);
  for (auto _ : state) run.step();
  benchmark::DoNotOptimize(run.answers());
}

template <class Queues, bool first_come>
void add(const std::string& name) {
  for (int64_t n = 10'000; n <= (full() ? 10'000'000 : 10'000); n *= 10) {
    auto* bench = benchmark::RegisterBenchmark(name.c_str(), mixed<Queues, first_come>);
    bench->ArgName("n")->Arg(n);
    if (full()) bench->Iterations(3'000'000);
  }
}
const bool added = [] {
  add<Lines, false>("mixed<ReadyQueue>");
  add<peers::BoostDary, false>("mixed<peers::BoostDary>");
  add<peers::BoostPairing, false>("mixed<peers::BoostPairing>");
  add<peers::BoostFibonacci, false>("mixed<peers::BoostFibonacci>");
#ifdef PACELINE_BENCH_ABSL
  add<peers::AbslBtree, false>("mixed<peers::AbslBtree>");
#endif
  add<peers::StdSet, false>("mixed<peers::StdSet>");
  add<peers::Multimap, false>("mixed<peers::Multimap>");
  add<Lines, true>("first_come<ReadyQueue>");
  add<peers::BoostDary, true>("first_come<peers::BoostDary>");
#ifdef PACELINE_BENCH_ABSL
  add<peers::AbslBtree, true>("first_come<peers::AbslBtree>");
#endif
  add<peers::StdSet, true>("first_come<peers::StdSet>");
  return true;
}();

}  // namespace
}  // namespace paceline::bench
