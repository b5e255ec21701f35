// Two threads and one priority queue, the hold model: each takes the most pressing of n and puts
// one back that is a random time later.
//
// Ours is how Paceline uses two threads: each owns a heap, nobody else touches it, and what belongs
// to the other one travels through a ring (half of it does here). So the order is exact per owner,
// not across owners; a desk lies with one owner. Beside it oneTBB's concurrent_priority_queue and a
// heap under a mutex, whose order is exact across threads. None of these can remove by handle while
// others work, except the owner's heap.
#include <oneapi/tbb/concurrent_priority_queue.h>

#include <array>
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <thread>

#include "bench/sched_bench.h"
#include "sched/base/fixed_array.h"
#include "sched/ready_queue.h"

namespace paceline::bench {
namespace {

constexpr uint32_t threads = 2;
constexpr uint64_t holds_per_thread = 500'000;

struct Element {
  int64_t press_us;
  uint32_t slot;
  friend bool operator>(const Element& a, const Element& b) {
    return a.press_us != b.press_us ? a.press_us > b.press_us : a.slot > b.slot;
  }
  friend bool operator<(const Element& a, const Element& b) { return b > a; }
};

/// xorshift: the generator must not be what is measured.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(88'172'645'463'325'252 + seed) {}
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }

 private:
  uint64_t state_;
};

/// A heap for each thread, with positions of its own.
class Owners {
 public:
  explicit Owners(uint32_t n) {
    for (auto& owner : owners_) owner = std::make_unique<Owner>(n);
  }
  void fill(Element element) {
    owners_[element.slot % threads]->heap.push(element.slot, {element.press_us, 0});
  }
  /// Elements never run out: each thread has n / 2 and holds one.
  bool pop(uint32_t thread, Element& element) {
    Owner& own = *owners_[thread];
    own.from_other.consume_all([&](const Element& came) {
      own.heap.push(came.slot, {came.press_us, 0});
    });
    if (own.heap.empty()) return false;
    element = {own.heap.top_standing().press_us, own.heap.top()};
    own.heap.erase(element.slot);
    return true;
  }
  void push(uint32_t thread, Element element) {
    const bool travels = (static_cast<uint64_t>(element.press_us) >> 3 & 1) != 0;
    Owner& other = *owners_[1 - thread];
    // A full ring is the other's turn to take: until then it stays here.
    if (travels && other.from_other.push(element)) return;
    owners_[thread]->heap.push(element.slot, {element.press_us, 0});
  }

 private:
  struct alignas(64) Owner {
    explicit Owner(uint32_t n) : positions(n), heap(positions.span()) {}
    sched::FixedArray<uint32_t> positions;
    sched::ReadyQueue heap;
    boost::lockfree::spsc_queue<Element, boost::lockfree::capacity<1'024>> from_other;
  };
  std::array<std::unique_ptr<Owner>, threads> owners_;
};

namespace peers {

class Tbb {
 public:
  explicit Tbb(uint32_t n) : queue_(n) {}
  void fill(Element element) { queue_.push(element); }
  bool pop(uint32_t, Element& element) { return queue_.try_pop(element); }
  void push(uint32_t, Element element) { queue_.push(element); }

 private:
  tbb::concurrent_priority_queue<Element, std::greater<>> queue_;
};

class MutexHeap {
 public:
  explicit MutexHeap(uint32_t) {}
  void fill(Element element) { queue_.push(element); }
  bool pop(uint32_t, Element& element) {
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) return false;
    element = queue_.top();
    queue_.pop();
    return true;
  }
  void push(uint32_t, Element element) {
    const std::lock_guard lock(mutex_);
    queue_.push(element);
  }

 private:
  std::mutex mutex_;
  std::priority_queue<Element, std::vector<Element>, std::greater<>> queue_;
};

}  // namespace peers

template <class Queue>
void fill(Queue& queue, uint32_t n) {
  Random random(1);
  for (uint32_t slot = 0; slot < n; ++slot) {
    queue.fill({static_cast<int64_t>(random.next() % n), slot});
  }
}

/// One thread alone, nothing travelling: what comes out in which order.
template <class Queue>
uint64_t answers() {
  constexpr uint32_t n = 5'000;
  Queue queue(n);
  fill(queue, n);
  std::vector<Element> out;
  Element element{};
  for (uint32_t thread = 0; thread < threads; ++thread) {
    while (queue.pop(thread, element)) out.push_back(element);
  }
  // Exact per owner: two runs in order, to be merged.
  for (size_t at = 1, runs = 1; at < out.size(); ++at) {
    if (out[at].press_us >= out[at - 1].press_us) continue;
    must_agree(++runs <= threads, "the order of a hold");
  }
  std::sort(out.begin(), out.end());
  uint64_t folded = 0;
  for (const Element& one : out) folded = folded * 31 + static_cast<uint64_t>(one.press_us);
  return folded;
}

template <class Queue>
double hold_on_threads(Queue& queue, uint32_t n, int64_t& now_us) {
  std::atomic<uint32_t> ready{0};
  std::atomic<bool> go{false};
  std::atomic<uint32_t> finished{0};
  std::vector<std::thread> holders;
  for (uint32_t thread = 0; thread < threads; ++thread) {
    holders.emplace_back([&, thread] {
      Random random(thread + static_cast<uint64_t>(now_us));
      ready.fetch_add(1);
      while (!go.load(std::memory_order_acquire)) std::this_thread::yield();
      // Who is done first goes on until the other is, too: what travelled to it must come back, or
      // the other may run out of elements.
      Element element{};
      uint64_t holds = 0;
      while (finished.load(std::memory_order_relaxed) < threads) {
        if (!queue.pop(thread, element)) {
          std::this_thread::yield();
          continue;
        }
        element.press_us += static_cast<int64_t>(random.next() % (n * 2));
        queue.push(thread, element);
        if (++holds == holds_per_thread) finished.fetch_add(1, std::memory_order_relaxed);
      }
    });
  }
  while (ready.load() < threads) std::this_thread::yield();
  const auto begun = std::chrono::steady_clock::now();
  go.store(true, std::memory_order_release);
  for (std::thread& holder : holders) holder.join();
  ++now_us;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

template <class Queue>
void hold(benchmark::State& state) {
  must_agree(answers<Queue>() == answers<peers::MutexHeap>(), "hold");
  const auto n = static_cast<uint32_t>(state.range(0));
  Queue queue(n);
  fill(queue, n);
  int64_t now_us = 0;
  for (auto _ : state) state.SetIterationTime(hold_on_threads(queue, n, now_us));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(holds_per_thread) * threads);
}

template <class Queue>
void add(const char* name) {
  for (int64_t n = full() ? 1'000'000 : 10'000; n <= (full() ? 10'000'000 : 10'000); n *= 10) {
    benchmark::RegisterBenchmark(name, hold<Queue>)
        ->ArgName("n")
        ->Arg(n)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}
const bool added = [] {
  add<Owners>("hold<Owners>");
  add<peers::Tbb>("hold<peers::TbbPriorityQueue>");
  add<peers::MutexHeap>("hold<peers::MutexHeap>");
  return true;
}();

}  // namespace
}  // namespace paceline::bench
