// Touches memory ahead of the shards, on a thread of its own and with the processor time nobody
// wants.
//
// A desk's arrays say which page they will reach next (sched/base/page_ahead.h). Touching changes
// nothing in a page, so it does not matter whether the shard is there first, or the array gone.
//
// Owner: run() its own thread; of() when the shards are started; touch() each shard's thread.
// Allocates: when constructed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/runtime/bell.h"
#include "sched/base/page_ahead.h"

namespace paceline::runtime {

class PageToucher {
 public:
  explicit PageToucher(uint32_t shards);
  ~PageToucher();

  void run();  ///< Until stop().
  void stop();
  sched::PageAhead& of(uint32_t shard);

 private:
  class Orders;

  std::vector<std::unique_ptr<Orders>> orders_;  // by shard
  Bell bell_;
  std::atomic<bool> stopping_{false};
};

}  // namespace paceline::runtime
