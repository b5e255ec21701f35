// Lines of waiting tickets, and which of them an agent should have next.
//
// A ticket waits in its line for anybody, or for one agent only: then it lies in a small line of
// that agent's own. The heads of the lines lie side by side (head_board.h), those that push and
// those that are pulled apart, so that a search touches no line but the one it ends at.
//
// Owner: shard thread.  Allocates: when lines and agents are defined, when a heap outgrows its
// largest size so far, and when tickets begin to wait for one agent only.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "sched/base/fixed_array.h"
#include "sched/head_board.h"
#include "sched/ranked_agents.h"
#include "sched/ready_queue.h"
#include "sched/terms.h"

namespace paceline::sched {

/// Who asks for a ticket.
struct Asking {
  uint32_t agent;
  std::span<const uint64_t> lines;     // bits: that its crew may serve
  uint64_t kinds;                      // of work it is free for
  std::span<const uint32_t> excluded;  // slots, ascending
  bool pull = false;                   // from lines that are pulled, too
};

class Lines {
 public:
  static constexpr uint32_t none = 0xffff'ffff;
  /// Tickets before everything else, whatever has aged.
  static constexpr int64_t strict_below_us = -(int64_t{1} << 59);

  explicit Lines(uint32_t tickets_max);

  // Definitions.
  void define(uint32_t line, const LineTerms& terms);
  void hold(uint32_t line, bool held);
  /// Likewise not matched, as long as it keeps those who are free.
  void close(uint32_t line, bool closed);
  void add_agent() { personal_.emplace_back(); }
  uint32_t count() const { return static_cast<uint32_t>(terms_.size()); }
  const LineTerms& terms(uint32_t line) const { return terms_[known(line)]; }
  /// Pushes, and is neither held nor closed.
  bool pushes(uint32_t line) const { return shown_[line] == static_cast<uint8_t>(LineMode::push); }
  uint32_t work(uint32_t line) const { return work_[line]; }
  AgentOrder order(uint32_t line) const { return order_[line]; }
  RankedAgents& agents(uint32_t line) { return agents_[known(line)]; }
  const RankedAgents& agents(uint32_t line) const { return agents_[known(line)]; }
  std::span<const uint32_t> of_group(uint32_t group) const;

  // Tickets.
  void enqueue(uint32_t line, uint32_t slot, Standing standing);
  void enqueue_for(uint32_t agent, uint32_t line, uint32_t slot, Standing standing);
  void remove(uint32_t slot);
  void age(uint32_t slot);
  /// The ticket is about to come or go. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect(uint32_t slot) const {
    __builtin_prefetch(&place_[slot], 1);
    __builtin_prefetch(&positions_[slot], 1);
  }
  bool waiting(uint32_t slot) const { return place_[slot] != 0; }
  bool aged(uint32_t slot) const { return (place_[slot] & aged_bit) != 0; }
  bool strict(uint32_t slot) const { return standing(slot).press_us < strict_below_us; }
  uint32_t line_of(uint32_t slot) const {
    CHECK(waiting(slot));
    return (place_[slot] & line_bits) - 1;
  }
  uint32_t waits_for(uint32_t slot) const {
    return (place_[slot] & personal_bit) != 0 ? waits_for_[slot] : none;
  }
  Standing standing(uint32_t slot) const;
  const ReadyQueue& queue(uint32_t line) const { return waiting_[known(line)].queue; }
  uint32_t waiting_for(uint32_t agent) const;

  // Searching.
  struct Choice {
    uint32_t line = none;
    uint32_t slot = none;
    Standing standing;
    bool found() const { return line != none; }
    bool beaten_by(const Standing& other) const { return !found() || ahead(other, standing); }
    int64_t bound_us() const {
      return found() ? standing.press_us : std::numeric_limits<int64_t>::max();
    }
  };
  /// The most pressing ticket for who asks.
  Choice best(const Asking& asking) const;
  /// Of those that have aged and are not strict, other than one.
  Choice best_aged(const Asking& asking, uint32_t other_than = none) const;
  /// Calls f(choice) with the most pressing of each line that has any; with no slot where it is the
  /// line's top.
  template <class F>
  void for_each_line(const Asking& asking, F&& f) const;

  uint32_t slot_of(const Choice& choice) const {
    return choice.slot != none ? choice.slot : waiting_[choice.line].queue.top();
  }

  /// Lines that push and have tickets for anybody.
  const HeadBoard& pushing() const { return heads_[static_cast<size_t>(LineMode::push)]; }
  /// Agents for whom only some tickets wait.
  const Bits& with_personal() const { return with_personal_; }
  /// Calls f(line) for each line with tickets waiting for this agent only.
  template <class F>
  void for_each_personal(uint32_t agent, F&& f) const {
    for (const Personal& personal : personal_[agent]) f(personal.line);
  }
  /// Whether a ticket for anybody, or for this agent only, waits there that is not excluded.
  bool has_common(uint32_t line, std::span<const uint32_t> excluded) const;
  bool has_personal(uint32_t agent, uint32_t line, std::span<const uint32_t> excluded) const;

  /// But for agents() of the lines, which are the caller's to find again. Loading, the agents are
  /// added before.
  void persist(Archive& archive, uint32_t kind_count);
  /// After settle(), loading: who waits stands where it says.
  void rebuild(Archive& archive);

 private:
  static constexpr uint32_t personal_bit = 0x8000'0000;
  static constexpr uint32_t aged_bit = 0x4000'0000;
  static constexpr uint32_t line_bits = 0x3fff'ffff;
  static constexpr uint8_t nowhere = 2;

  /// Tickets that wait together.
  struct Waiting {
    explicit Waiting(std::span<uint32_t> positions) : queue(positions) {}
    ReadyQueue queue;
    StandingHeap aged;  // those of them that have aged, unless strict
    void persist(Archive& archive, size_t slots_max) {
      queue.persist(archive, slots_max);
      aged.persist(archive, slots_max);
    }
  };
  struct Personal {
    uint32_t line;
    Waiting waiting;
  };

  std::span<const Personal> personal_of(uint32_t agent) const {
    if (!has_bit(with_personal_, agent)) return {};
    return personal_[agent];
  }
  uint32_t known(uint32_t line) const {
    CHECK(line < terms_.size());
    return line;
  }
  template <class F>
  void for_each_waiting(F&& f);
  bool place(Waiting& waiting, uint32_t line, uint32_t agent);
  Waiting& waiting_with(uint32_t slot);
  const Waiting* personal(uint32_t agent, uint32_t line) const;
  void show(uint32_t line);
  void show_head(uint32_t line);
  void show_aged(uint32_t line);
  static size_t modes(const Asking& asking) { return asking.pull ? 2 : 1; }
  bool open(uint32_t line, const Asking& asking) const {
    return shown_[line] <= static_cast<uint8_t>(asking.pull ? LineMode::pull : LineMode::push) &&
           (asking.kinds >> work_[line] & 1) != 0;
  }
  /// By the first of a queue or heap that may be had.
  template <class InOrder>
  static void improve(Choice& best, uint32_t line, const InOrder& waiting,
                      std::span<const uint32_t> excluded, uint32_t other_than = none);

  // Tickets.
  FixedArray<uint32_t> positions_;       // in the heap they wait in
  FixedArray<uint32_t> aged_positions_;  // in that of aged ones
  FixedArray<uint32_t> place_;           // the line, plus one, and the bits above
  FixedArray<uint32_t> waits_for_;       // an agent; valid with personal_bit

  // Lines, by number; what a match asks apart from what it does not.
  std::vector<Waiting> waiting_;
  std::vector<RankedAgents> agents_;  // who may serve it
  std::vector<uint8_t> shown_;        // mode, or nowhere
  std::vector<uint8_t> work_;         // of the terms, once more
  std::vector<AgentOrder> order_;     // likewise
  std::vector<LineTerms> terms_;
  Bits held_;
  Bits closed_;
  std::map<uint32_t, std::vector<uint32_t>> by_group_;
  std::array<HeadBoard, 2> heads_;  // of lines that push; that are pulled
  HeadBoard aged_heads_;            // of either

  std::vector<uint32_t> aged_strict_;  // of persist() for rebuild()

  // Agents.
  std::vector<std::vector<Personal>> personal_;
  Bits with_personal_;
};

template <class InOrder>
void Lines::improve(Choice& best, uint32_t line, const InOrder& waiting,
                    std::span<const uint32_t> excluded, uint32_t other_than) {
  waiting.walk([&](const StandingHeap::Entry& entry) {
    if (!best.beaten_by(entry.standing())) return false;
    if (entry.slot == other_than ||
        std::binary_search(excluded.begin(), excluded.end(), entry.slot)) {
      return true;
    }
    best = {line, entry.slot, entry.standing()};
    return false;
  });
}

template <class F>
void Lines::for_each_line(const Asking& asking, F&& f) const {
  for (size_t mode = 0; mode < modes(asking); ++mode) {
    for_each_common(asking.lines, heads_[mode].filled(), [&](uint32_t line) {
      if (!open(line, asking)) return;
      Choice best{line, none, heads_[mode].head(line)};
      if (!asking.excluded.empty()) {
        best = {};
        improve(best, line, waiting_[line].queue, asking.excluded);
      }
      if (best.found()) f(best);
    });
  }
  for (const Personal& personal : personal_of(asking.agent)) {
    if (!has_bit(asking.lines, personal.line) || !open(personal.line, asking)) continue;
    Choice best;
    improve(best, personal.line, personal.waiting.queue, asking.excluded);
    if (best.found()) f(best);
  }
}

}  // namespace paceline::sched
