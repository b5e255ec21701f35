#include "engine/runtime/page_toucher.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include <boost/lockfree/spsc_queue.hpp>

namespace paceline::runtime {

namespace {
constexpr size_t orders_max = 64;  // of a shard; what is too much, the shard touches itself
}  // namespace

class PageToucher::Orders final : public sched::PageAhead {
 public:
  explicit Orders(Bell& bell) : bell_(bell) {}

  void touch(std::byte* begin, size_t bytes) noexcept override {
    if (ring_.push({begin, bytes})) bell_.ring();
  }
  bool carry_out_one() {
    Order order;
    if (!ring_.pop(order)) return false;
    ::madvise(order.begin, order.bytes, MADV_POPULATE_WRITE);
    return true;
  }

 private:
  struct Order {
    std::byte* begin = nullptr;
    size_t bytes = 0;
  };
  boost::lockfree::spsc_queue<Order, boost::lockfree::capacity<orders_max>> ring_;
  Bell& bell_;
};

PageToucher::PageToucher(uint32_t shards) {
  for (uint32_t i = 0; i < shards; ++i) orders_.push_back(std::make_unique<Orders>(bell_));
}
PageToucher::~PageToucher() = default;

void PageToucher::run() {
  // With the processor time nobody wants: clearing a huge page keeps whoever else would run waiting
  // as long as it kept the shard. Where it gets none, the shard touches its pages itself.
  const sched_param none{};
  (void)pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
  while (!stopping_.load(std::memory_order_acquire)) {
    bool any = false;
    for (const auto& orders : orders_) any |= orders->carry_out_one();
    if (!any) bell_.wait();
  }
}

void PageToucher::stop() {
  stopping_.store(true, std::memory_order_release);
  bell_.ring();
}

sched::PageAhead& PageToucher::of(uint32_t shard) { return *orders_[shard]; }

}  // namespace paceline::runtime
