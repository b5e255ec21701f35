// Simulators written by hand for sim_models.h: nothing general, a few lines of state per model.
//
// A model here is what happens when somebody arrives and when an agent has finished; who keeps the
// events is a template argument. Loop keeps them as one would by hand: the next arrival in a
// variable, the agents at work in a binary heap, whose top is overwritten where an agent who
// finishes begins anew. ns3_rivals.h has them kept by ns-3.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "bench/sim_models.h"
#include "sched/base/hash_index.h"

namespace paceline::bench::peers {

/// xoshiro256++ (Blackman and Vigna 2018); exponentials by Marsaglia and Tsang's ziggurat (2000).
class Random {
 public:
  explicit Random(uint64_t seed) {
    for (uint64_t& word : state_) word = sched::mix(seed += 0x9e37'79b9'7f4a'7c15ULL);
  }
  uint64_t bits64() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }
  /// In (0, 1).
  double uniform() { return (static_cast<double>(bits64() >> 11) + 0.5) * 0x1p-53; }
  /// Of mean 1.
  double exponential() {
    for (double before = 0;; before += tail) {
      for (;;) {
        const uint64_t bits = bits64();
        const size_t layer = bits & 255;
        const double x = static_cast<double>(bits >> 11) * layers().width[layer];
        if (x < layers().edge[layer + 1]) return before + x;
        if (layer == 0) break;  // beyond the tail's begin it is an exponential again
        const double low = layers().height[layer], high = layers().height[layer + 1];
        if (low + (high - low) * uniform() < std::exp(-x)) return before + x;
      }
    }
  }

 private:
  static constexpr double tail = 7.69711747013104972;
  static constexpr double area = 3.9496598225815571993e-3;
  /// Layer i lies between the heights i and i + 1 and is edge[i] wide; the lowest has the tail.
  struct Layers {
    std::array<double, 257> edge{}, height{};
    std::array<double, 256> width{};  ///< Times 2^-53.
    Layers() {
      edge[0] = area / std::exp(-tail);
      edge[1] = tail;
      for (size_t i = 2; i < 256; ++i) edge[i] = -std::log(area / edge[i - 1] + height_at(i - 1));
      for (size_t i = 1; i < 257; ++i) height[i] = height_at(i);
      for (size_t i = 0; i < 256; ++i) width[i] = edge[i] * 0x1p-53;
    }
    double height_at(size_t i) const { return std::exp(-edge[i]); }
  };
  static const Layers& layers() {
    static const Layers layers;
    return layers;
  }
  std::array<uint64_t, 4> state_{};
};

/// First in, first out; grows.
template <class T>
class Line {
 public:
  bool empty() const { return first_ == end_; }
  void push(T value) {
    if (end_ - first_ == ring_.size()) grow();
    ring_[end_++ & (ring_.size() - 1)] = value;
  }
  T pop() { return ring_[first_++ & (ring_.size() - 1)]; }

 private:
  void grow() {
    std::vector<T> larger(ring_.size() * 2);
    for (size_t i = first_; i < end_; ++i) {
      larger[i & (larger.size() - 1)] = ring_[i & (ring_.size() - 1)];
    }
    ring_.swap(larger);
  }
  std::vector<T> ring_ = std::vector<T>(1'024);
  size_t first_ = 0, end_ = 0;
};

/// Sums of what the answers are made of.
class Tally {
 public:
  void answered_at_once(size_t line) { ++lines_[line].begun; }
  void answered(size_t line, double wait) {
    ++lines_[line].begun;
    ++lines_[line].waited;
    lines_[line].wait += wait;
  }
  double worked(size_t pool, double time) {
    busy_[pool] += time;
    return time;
  }
  void restart() { *this = {}; }
  /// `agents` by pool; `time` since restart.
  template <class Agents>
  Answers answers(size_t line_count, const Agents& agents, double time) const {
    Answers answers;
    for (size_t line = 0; line < line_count; ++line) {
      const auto begun = static_cast<double>(lines_[line].begun);
      answers.mean_wait.push_back(lines_[line].wait / begun);
      answers.p_wait.push_back(static_cast<double>(lines_[line].waited) / begun);
    }
    for (size_t pool = 0; pool < agents.size(); ++pool) {
      answers.occupancy.push_back(busy_[pool] / (agents[pool] * time));
    }
    return answers;
  }

 private:
  struct Sums {
    uint64_t begun = 0, waited = 0;
    double wait = 0;
  };
  std::array<Sums, 8> lines_{};
  std::array<double, 3> busy_{};
};

// Each desk: arrive(now, events) and finish(now, what, events), which call events.schedule(at,
// what) for work that begins.

class ManyAgentsDesk {
 public:
  ManyAgentsDesk(const ManyAgents& model, uint64_t seed)
      : model_(model), random_(seed), idle_(model.agents) {}
  double until_arrival() { return random_.exponential() / model_.arrival_rate; }
  template <class Events>
  void arrive(double now, Events& events) {
    if (idle_ == 0) return line_.push(now);
    --idle_;
    tally_.answered_at_once(0);
    begin(now, events);
  }
  template <class Events>
  void finish(double now, uint32_t, Events& events) {
    if (line_.empty()) {
      ++idle_;
      return;
    }
    tally_.answered(0, now - line_.pop());
    begin(now, events);
  }
  void restart() { tally_.restart(); }
  Answers answers(double time) const { return tally_.answers(1, std::array{model_.agents}, time); }

 private:
  template <class Events>
  void begin(double now, Events& events) {
    events.schedule(now + tally_.worked(0, random_.exponential() / model_.service_rate), 0);
  }
  ManyAgents model_;
  Random random_;
  uint32_t idle_;
  Line<double> line_;
  Tally tally_;
};

class TwoPoolsDesk {
 public:
  TwoPoolsDesk(const TwoPools& model, uint64_t seed)
      : model_(model),
        random_(seed),
        idle_(model.agents),
        arrival_rate_(model.arrival_rates[0] + model.arrival_rates[1]),
        first_share_(model.arrival_rates[0] / arrival_rate_) {}
  double until_arrival() { return random_.exponential() / arrival_rate_; }
  template <class Events>
  void arrive(double now, Events& events) {
    const uint32_t which = random_.uniform() < first_share_ ? 0 : 1;
    const uint32_t pool = which == 0 && idle_[0] > 0 ? 0 : 1;
    if (idle_[pool] == 0) return lines_[which].push(now);
    --idle_[pool];
    tally_.answered_at_once(which);
    begin(now, pool, events);
  }
  template <class Events>
  void finish(double now, uint32_t pool, Events& events) {
    const uint32_t which = pool == 1 && lines_[0].empty() ? 1 : 0;
    if (lines_[which].empty()) {
      ++idle_[pool];
      return;
    }
    tally_.answered(which, now - lines_[which].pop());
    begin(now, pool, events);
  }
  void restart() { tally_.restart(); }
  Answers answers(double time) const { return tally_.answers(2, model_.agents, time); }

 private:
  template <class Events>
  void begin(double now, uint32_t pool, Events& events) {
    events.schedule(now + tally_.worked(pool, random_.exponential() / model_.service_rate), pool);
  }
  TwoPools model_;
  Random random_;
  std::array<uint32_t, 2> idle_;
  double arrival_rate_, first_share_;
  std::array<Line<double>, 2> lines_;
  Tally tally_;
};

class TiersDesk {
 public:
  TiersDesk(const Tiers& model, uint64_t seed) : model_(model), random_(seed), idle_(model.agents) {
    double sum = 0;
    for (size_t i = 0; i < share_until_.size(); ++i) {
      share_until_[i] = sum += model.priority_shares[i];
    }
  }
  double until_arrival() { return random_.exponential() / model_.arrival_rate; }
  template <class Events>
  void arrive(double now, Events& events) {
    const double at = random_.uniform();
    uint32_t priority = 0;
    for (const double until : share_until_) priority += at >= until ? 1 : 0;
    enter(now, 0, priority, events);
  }
  template <class Events>
  void finish(double now, uint32_t what, Events& events) {
    const uint32_t tier = what / 8, priority = what % 8;
    if (waiting_[tier] == 0) {
      ++idle_[tier];
    } else {
      const auto next = static_cast<uint32_t>(std::countr_zero(waiting_[tier]));
      Line<double>& line = lines_[tier][next];
      tally_.answered(figure(tier, next), now - line.pop());
      if (line.empty()) waiting_[tier] &= ~(1U << next);
      begin(now, tier, next, events);
    }
    if (model_.onward[tier] > 0 && random_.uniform() < model_.onward[tier]) {
      enter(now, tier + 1, priority, events);
    }
  }
  void restart() { tally_.restart(); }
  Answers answers(double time) const { return tally_.answers(7, model_.agents, time); }

 private:
  static size_t figure(uint32_t tier, uint32_t priority) {
    return tier == 0 ? priority : Tiers::priority_count + tier - 1;
  }
  template <class Events>
  void enter(double now, uint32_t tier, uint32_t priority, Events& events) {
    if (idle_[tier] == 0) {
      lines_[tier][priority].push(now);
      waiting_[tier] |= 1U << priority;
      return;
    }
    --idle_[tier];
    tally_.answered_at_once(figure(tier, priority));
    begin(now, tier, priority, events);
  }
  template <class Events>
  void begin(double now, uint32_t tier, uint32_t priority, Events& events) {
    events.schedule(now + tally_.worked(tier, random_.exponential() / model_.service_rates[tier]),
                    tier * 8 + priority);
  }
  Tiers model_;
  Random random_;
  std::array<uint32_t, Tiers::tier_count> idle_;
  std::array<uint32_t, Tiers::tier_count> waiting_{};  // a bit for each line with somebody in it
  std::array<Line<double>, Tiers::priority_count> lines_[Tiers::tier_count];
  std::array<double, Tiers::priority_count - 1> share_until_{};
  Tally tally_;
};

template <class Model>
struct DeskOf;
template <>
struct DeskOf<ManyAgents> {
  using type = ManyAgentsDesk;
};
template <>
struct DeskOf<TwoPools> {
  using type = TwoPoolsDesk;
};
template <>
struct DeskOf<Tiers> {
  using type = TiersDesk;
};

/// Agents at work, by the time they finish.
class AtWork {
 public:
  AtWork() { heap_.reserve(256); }
  double next() const { return heap_.empty() ? never : heap_[0].at; }
  /// The one that finishes now; its place is free for what it begins.
  uint32_t take() {
    free_top_ = true;
    return heap_[0].what;
  }
  void schedule(double at, uint32_t what) {
    if (free_top_) {
      free_top_ = false;
      sink({at, what});
    } else {
      rise({at, what});
    }
  }
  /// After what take() brought about.
  void settle() {
    if (!free_top_) return;
    free_top_ = false;
    const Work last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
  }

 private:
  struct Work {
    double at;
    uint32_t what;
  };
  static constexpr double never = std::numeric_limits<double>::infinity();
  void rise(Work work) {
    size_t at = heap_.size();
    heap_.push_back(work);
    for (; at > 0 && work.at < heap_[(at - 1) / 2].at; at = (at - 1) / 2) {
      heap_[at] = heap_[(at - 1) / 2];
    }
    heap_[at] = work;
  }
  void sink(Work work) {
    Work* const heap = heap_.data();
    const size_t size = heap_.size();
    size_t at = 0;
    for (size_t child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size) child += heap[child + 1].at < heap[child].at ? 1 : 0;
      if (work.at <= heap[child].at) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = work;
  }
  std::vector<Work> heap_;
  bool free_top_ = false;
};

/// The event loop one writes by hand.
struct Loop {
  template <class Model>
  static Answers run(const Model& model, uint64_t customers, uint64_t seed) {
    typename DeskOf<Model>::type desk(model, seed);
    AtWork at_work;
    double now = 0;
    double next_arrival = desk.until_arrival();
    const auto serve = [&](uint64_t arrivals) {
      while (arrivals > 0) {
        if (next_arrival < at_work.next()) {
          now = next_arrival;
          next_arrival = now + desk.until_arrival();
          desk.arrive(now, at_work);
          --arrivals;
        } else {
          now = at_work.next();
          desk.finish(now, at_work.take(), at_work);
          at_work.settle();
        }
      }
    };
    serve(warm_up(customers));
    desk.restart();
    const double since = now;
    serve(customers - warm_up(customers));
    return desk.answers(now - since);
  }
};

}  // namespace paceline::bench::peers
