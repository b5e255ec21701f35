// A hand-off between threads: one or two producers, one consumer, 64 bytes each time.
//
// Ours is what stands in front of a shard: the intake's rings, with the bell that wakes the shard.
// Beside it boost::lockfree's ring (one producer) and queue, oneTBB's bounded queue, and a deque
// under a mutex, all with room for as many. Whoever finds no room or nothing yields, unless the
// rival has its own way to wait. Each answer is checked to be complete and in order per producer
// before anything is timed.
#include <oneapi/tbb/concurrent_queue.h>

#include <array>
#include <atomic>
#include <boost/lockfree/queue.hpp>
#include <boost/lockfree/spsc_queue.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "bench/sched_bench.h"
#include "engine/runtime/intake.h"

namespace paceline::bench {
namespace {

constexpr uint32_t room = 1'024;
constexpr uint32_t producers_max = 2;

struct Parcel {
  uint64_t number = 0;
  uint64_t producer = 0;
  std::array<uint64_t, 6> content{};
};
static_assert(sizeof(Parcel) == 64);

/// Requests are lent: each producer has its own and uses them again when they must have come home.
class Intake {
 public:
  explicit Intake(uint32_t producers) : intake_(producers, room) {
    for (uint32_t p = 0; p < producers; ++p) {
      lent_[p].requests = std::make_unique<Request[]>(lent_count);
    }
  }
  void push(uint32_t producer, const Parcel& parcel) {
    Lent& lent = lent_[producer];
    Request& request = lent.requests[lent.next++ % lent_count];
    request.parcel = parcel;
    while (!intake_.push(producer, &request)) {
      intake_.ring();
      std::this_thread::yield();
    }
    if (lent.next % rung_after == 0) intake_.ring();
  }
  void end(uint32_t) { intake_.ring(); }
  template <class Visit>
  void take(Visit&& visit) {
    taken_.clear();
    intake_.drain(room, room, taken_);
    if (taken_.empty()) return intake_.bell().wait();
    for (runtime::Request* request : taken_) visit(static_cast<Request*>(request)->parcel);
  }

 private:
  struct Request : runtime::Request {
    Parcel parcel;
  };
  static constexpr uint32_t rung_after = 64;  // the commands of a small frame
  // In the ring, in the consumer's hands, and one being written.
  static constexpr uint32_t lent_count = room * 4;
  struct alignas(64) Lent {
    std::unique_ptr<Request[]> requests;
    uint32_t next = 0;
  };
  runtime::Intake intake_;
  std::array<Lent, producers_max> lent_;
  std::vector<runtime::Request*> taken_;
};

namespace peers {

template <class Queue>
class Polled {
 public:
  explicit Polled(uint32_t) : queue_(std::make_unique<Queue>()) {}
  void push(uint32_t, const Parcel& parcel) {
    while (!queue_->push(parcel)) std::this_thread::yield();
  }
  void end(uint32_t) {}
  template <class Visit>
  void take(Visit&& visit) {
    if (queue_->consume_all(visit) == 0) std::this_thread::yield();
  }

 private:
  std::unique_ptr<Queue> queue_;
};
using Spsc = Polled<boost::lockfree::spsc_queue<Parcel, boost::lockfree::capacity<room>>>;
using Queue = Polled<boost::lockfree::queue<Parcel, boost::lockfree::capacity<room>>>;

class TbbBounded {
 public:
  explicit TbbBounded(uint32_t) { queue_.set_capacity(room); }
  void push(uint32_t, const Parcel& parcel) { queue_.push(parcel); }
  void end(uint32_t) {}
  template <class Visit>
  void take(Visit&& visit) {
    Parcel parcel;
    queue_.pop(parcel);
    visit(parcel);
  }

 private:
  tbb::concurrent_bounded_queue<Parcel> queue_;
};

/// The consumer takes all there is with one look.
class Mutex {
 public:
  explicit Mutex(uint32_t) {}
  void push(uint32_t, const Parcel& parcel) {
    std::unique_lock lock(mutex_);
    has_room_.wait(lock, [&] { return parcels_.size() < room; });
    parcels_.push_back(parcel);
    lock.unlock();
    has_some_.notify_one();
  }
  void end(uint32_t) {}
  template <class Visit>
  void take(Visit&& visit) {
    {
      std::unique_lock lock(mutex_);
      has_some_.wait(lock, [&] { return !parcels_.empty(); });
      taken_.swap(parcels_);
    }
    has_room_.notify_all();
    for (const Parcel& parcel : taken_) visit(parcel);
    taken_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable has_room_;
  std::condition_variable has_some_;
  std::deque<Parcel> parcels_;
  std::deque<Parcel> taken_;
};

}  // namespace peers

/// Hands `parcels` over; seconds from the moment all producers may begin. visit(parcel) sees each.
template <class Channel, class Visit>
double hand_over(Channel& channel, uint32_t producers, uint64_t parcels, Visit&& visit) {
  std::atomic<uint32_t> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (uint32_t p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      ready.fetch_add(1);
      while (!go.load(std::memory_order_acquire)) std::this_thread::yield();
      for (uint64_t n = 0; n < parcels / producers; ++n) channel.push(p, {n, p, {n}});
      channel.end(p);
    });
  }
  while (ready.load() < producers) std::this_thread::yield();
  const auto begun = std::chrono::steady_clock::now();
  go.store(true, std::memory_order_release);
  for (uint64_t taken = 0; taken < parcels / producers * producers;) {
    channel.take([&](const Parcel& parcel) {
      visit(parcel);
      ++taken;
    });
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  for (std::thread& thread : threads) thread.join();
  return took.count();
}

template <class Channel>
bool in_order(uint32_t producers) {
  Channel channel(producers);
  std::array<uint64_t, producers_max> next{};
  bool right = true;
  hand_over(channel, producers, 20'000, [&](const Parcel& parcel) {
    right = right && parcel.number == next[parcel.producer]++ && parcel.content[0] == parcel.number;
  });
  return right;
}

template <class Channel>
void hand_off(benchmark::State& state) {
  const auto producers = static_cast<uint32_t>(state.range(0));
  must_agree(in_order<Channel>(producers), "hand-off");
  constexpr uint64_t parcels = 200'000;
  Channel channel(producers);
  uint64_t sum = 0;
  for (auto _ : state) {
    state.SetIterationTime(hand_over(channel, producers, parcels, [&](const Parcel& parcel) {
      sum += parcel.number + parcel.content[5];
    }));
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(parcels));
}

template <class Channel>
void add(const char* name, uint32_t producers_most = producers_max) {
  for (uint32_t producers = 1; producers <= producers_most; ++producers) {
    benchmark::RegisterBenchmark(name, hand_off<Channel>)
        ->ArgName("producers")
        ->Arg(producers)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}
const bool added = [] {
  add<Intake>("hand_off<Intake>");
  add<peers::Spsc>("hand_off<peers::BoostSpsc>", 1);
  add<peers::Queue>("hand_off<peers::BoostQueue>");
  add<peers::TbbBounded>("hand_off<peers::TbbBounded>");
  add<peers::Mutex>("hand_off<peers::MutexDeque>");
  return true;
}();

}  // namespace
}  // namespace paceline::bench
