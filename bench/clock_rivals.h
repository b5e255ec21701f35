// What a clock is beside: a plain record, opening hours by a loop over days, and a multimap or a
// binary heap of (due, clock). No conditions, no segments, no ticket, one 8-byte event: the rivals
// have the easier task.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <queue>
#include <utility>
#include <vector>

#include "bench/day_loop.h"

namespace paceline::bench::peers {

using sched::Instant;

class Multimap {
 public:
  explicit Multimap(uint32_t size) : where_(size, timers_.end()) {}
  void schedule(uint32_t clock, int64_t due_us) {
    cancel(clock);
    where_[clock] = timers_.emplace(std::pair{due_us, clock}, clock);
  }
  void cancel(uint32_t clock) {
    if (where_[clock] != timers_.end()) timers_.erase(where_[clock]);
    where_[clock] = timers_.end();
  }
  std::pair<int64_t, uint32_t> first() { return timers_.begin()->first; }
  bool empty() { return timers_.empty(); }

 private:
  std::multimap<std::pair<int64_t, uint32_t>, uint32_t> timers_;
  std::vector<std::multimap<std::pair<int64_t, uint32_t>, uint32_t>::iterator> where_;
};

/// The standard library's; an entry that is no longer true is dropped when it comes up.
class BinaryHeap {
 public:
  explicit BinaryHeap(uint32_t size) : due_us_(size, sched::never.us) {}
  void schedule(uint32_t clock, int64_t due_us) {
    due_us_[clock] = due_us;
    timers_.emplace(due_us, clock);
  }
  void cancel(uint32_t clock) { due_us_[clock] = sched::never.us; }
  std::pair<int64_t, uint32_t> first() {
    empty();
    return timers_.top();
  }
  bool empty() {
    while (!timers_.empty() && due_us_[timers_.top().second] != timers_.top().first) timers_.pop();
    return timers_.empty();
  }

 private:
  using Entry = std::pair<int64_t, uint32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> timers_;
  std::vector<int64_t> due_us_;
};

template <class Timers>
class Clocks {
 public:
  static constexpr size_t hot_bytes = 32;

  explicit Clocks(uint32_t size)
      : records_(size), timers_(size), hours_(sched::two_interval_loop()) {}

  void start(uint32_t clock, int64_t target_us, int64_t now_us) {
    records_[clock] = {target_us, 0, now_us, 0};
    arm(clock);
  }
  void pause(uint32_t clock, int64_t now_us) {
    Record& record = records_[clock];
    record.consumed_us += hours_.between({record.since_us}, {now_us}).us;
    timers_.cancel(clock);
  }
  void resume(uint32_t clock, int64_t now_us) {
    records_[clock].since_us = now_us;
    arm(clock);
  }
  void retarget(uint32_t clock, int64_t target_us, int64_t now_us) {
    pause(clock, now_us);
    records_[clock].target_us = target_us;
    skip(records_[clock]);
    resume(clock, now_us);
  }
  void stop(uint32_t clock, int64_t now_us) { pause(clock, now_us); }
  int64_t next_due_us() { return timers_.empty() ? sched::never.us : timers_.first().first; }
  /// Fires what is due first; its clock.
  uint32_t fire(int64_t) {
    const auto [due_us, clock] = timers_.first();
    Record& record = records_[clock];
    event_ = static_cast<uint64_t>(due_us) ^ clock;
    ++record.fired;
    record.fired < effects ? arm(clock) : timers_.cancel(clock);
    return clock;
  }
  int64_t deadline_us(uint32_t clock) const {
    const Record& record = records_[clock];
    return hours_
        .add({record.since_us}, {std::max<int64_t>(0, record.target_us - record.consumed_us)})
        .us;
  }

 private:
  static constexpr uint32_t effects = 4;  // 50 %, 75 %, 100 %, breach
  struct Record {
    int64_t target_us, consumed_us, since_us;
    uint32_t fired;
  };
  static_assert(sizeof(Record) == hot_bytes);
  static int64_t amount_us(const Record& record) {
    constexpr int64_t shares[] = {50, 75, 100};
    return record.fired == 3 ? record.target_us + 1
                             : (record.target_us * shares[record.fired] + 99) / 100;
  }
  static void skip(Record& record) {
    while (record.fired < 3 && amount_us(record) <= record.consumed_us) ++record.fired;
    if (record.fired == 3 && record.consumed_us >= record.target_us) ++record.fired;  // as of now
  }
  void arm(uint32_t clock) {
    const Record& record = records_[clock];
    if (record.fired >= effects) return;
    const int64_t ahead_us = std::max<int64_t>(0, amount_us(record) - record.consumed_us);
    timers_.schedule(clock, hours_.add({record.since_us}, {ahead_us}).us);
  }

  std::vector<Record> records_;
  Timers timers_;
  sched::DayLoop hours_;
  volatile uint64_t event_ = 0;
};

}  // namespace paceline::bench::peers
