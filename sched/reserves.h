// Lines that keep agents free: a ticket of theirs is given out only while more than so many agents
// are free for it (in telephony: trunk reservation). What comes to other lines then finds somebody.
//
// Counted, not searched for: whenever what an agent is free for changes, the lines the agent may
// serve that keep any are told. A line that keeps none costs nothing.
//
// Owner: shard thread.  Allocates: when lines are defined, and when more lines open between two
// take_opened() than ever before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "sched/base/check.h"
#include "sched/bits.h"

namespace paceline::sched {

class Reserves {
 public:
  static constexpr uint32_t no_limit = std::numeric_limits<uint32_t>::max();

  bool in_use() const { return in_use_ != 0; }

  /// `free` of the agents who may serve the line are free for its kind of work. Lines are numbered
  /// from 0 without gaps.
  void define(uint32_t line, uint32_t keep_free, uint32_t work, uint32_t free) {
    if (line == lines_.size()) lines_.emplace_back();
    CHECK(line < lines_.size());
    const bool kept = has_bit(keeping_, line);
    lines_[line] = {keep_free, work, free};
    if (keep_free != 0 && !kept) {
      set_bit(keeping_, line);
      ++in_use_;
    } else if (keep_free == 0 && kept) {
      clear_bit(keeping_, line);
      --in_use_;
    }
  }

  /// Of an agent who may serve `lines`. Calls flip(line) for each that opens or closes by it.
  template <class F>
  void change(std::span<const uint64_t> lines, uint64_t kinds_before, uint64_t kinds_now,
              F&& flip) {
    for_each_common(lines, keeping_, [&](uint32_t number) {
      Line& line = lines_[number];
      if (((kinds_before ^ kinds_now) >> line.work & 1) == 0) return;
      const bool was_closed = line.closed();
      if ((kinds_now >> line.work & 1) != 0) {
        ++line.free;
      } else {
        CHECK(line.free != 0);
        --line.free;
      }
      if (line.closed() == was_closed) return;
      if (was_closed) note_opened(number);
      flip(number);
    });
  }

  bool closed(uint32_t line) const { return lines_[line].closed(); }
  /// How many more of its tickets may be given out.
  uint32_t spare(uint32_t line) const {
    const Line& asked = lines_[line];
    if (asked.keep_free == 0) return no_limit;
    return asked.closed() ? 0 : asked.free - asked.keep_free;
  }

  bool any_opened() const { return !opened_.empty(); }
  /// Lines that have opened since the last time and still are; each once, ascending.
  void take_opened(std::vector<uint32_t>& lines) {
    lines.clear();
    for (const uint32_t line : opened_) clear_bit(is_opened_, line);
    for (const uint32_t line : opened_) {
      if (!closed(line)) lines.push_back(line);
    }
    opened_.clear();
    std::sort(lines.begin(), lines.end());
  }

 private:
  struct Line {
    uint32_t keep_free = 0;
    uint32_t work = 0;
    uint32_t free = 0;
    bool closed() const { return keep_free != 0 && free <= keep_free; }
  };
  void note_opened(uint32_t line) {
    if (has_bit(is_opened_, line)) return;
    set_bit(is_opened_, line);
    opened_.push_back(line);
  }

  std::vector<Line> lines_;
  Bits keeping_;
  uint32_t in_use_ = 0;  // lines that keep any
  std::vector<uint32_t> opened_;
  Bits is_opened_;
};

}  // namespace paceline::sched
