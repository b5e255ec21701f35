// Results that come in any order are passed on by their number: what is folded from them has the
// same bits for any number of threads.
//
// Holds what has come too early, which is about as many as there are threads, if each takes the
// least number that is left.
//
// Owner: one thread at a time (whoever collects holds a lock).  Allocates: what waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sim {

template <class Item>
class InOrder {
 public:
  explicit InOrder(int64_t first = 0) : next_(first) {}

  /// Calls fold(item) for this one and all that waited for it. Requires each number once.
  template <class Fold>
  void add(int64_t number, Item item, Fold&& fold) {
    CHECK(number >= next_);
    if (number != next_) {
      const bool fresh = waiting_.emplace(number, std::move(item)).second;
      CHECK(fresh);
      return;
    }
    fold(item);
    ++next_;
    while (!waiting_.empty() && waiting_.begin()->first == next_) {
      fold(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      ++next_;
    }
  }

  int64_t next() const { return next_; }  ///< All before it are folded.
  size_t waiting() const { return waiting_.size(); }

 private:
  int64_t next_;
  std::map<int64_t, Item> waiting_;
};

}  // namespace paceline::sim
