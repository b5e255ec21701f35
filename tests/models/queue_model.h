// What a queue before pools of agents must do, for customers whose times are all given: every event
// looks at everybody. An oracle for the simulated world: the same customers must wait the same.
//
// At one instant agents become free first and take whom they may; then those give up whose patience
// has run out; then customers arrive, in the order given. Nobody is interrupted.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace paceline::models {

class QueueModel {
 public:
  static constexpr int64_t never = std::numeric_limits<int64_t>::max();
  static constexpr uint32_t nobody = std::numeric_limits<uint32_t>::max();

  struct Kind {
    uint32_t priority = 0;        // 0 is the most pressing
    std::vector<uint32_t> pools;  // that may take it, the preferred one first
    uint32_t reserved = 0;        // begun only where more agents than this are free
  };
  struct Customer {
    int64_t arrival_us = 0;  // not before the one given before
    int64_t service_us = 0;
    uint32_t kind = 0;
    int64_t patience_us = never;
  };
  enum class Fate { answered, gave_up, turned_away };
  struct Outcome {
    Fate fate = Fate::turned_away;
    int64_t wait_us = 0;      // until answered or given up
    uint32_t agent = nobody;  // numbered over all pools; the one free for longest of its pool
  };

  /// Agents of each pool; more than `waiting_max` are not let in to wait.
  QueueModel(std::vector<Kind> kinds, const std::vector<uint32_t>& pools,
             size_t waiting_max = std::numeric_limits<size_t>::max())
      : kinds_(std::move(kinds)), waiting_max_(waiting_max) {
    for (uint32_t pool = 0; pool < pools.size(); ++pool)
      for (uint32_t i = 0; i < pools[pool]; ++i) agents_.push_back({pool, never, 0});
  }

  std::vector<Outcome> run(const std::vector<Customer>& customers) {
    customers_ = &customers;
    outcomes_.assign(customers.size(), {});
    size_t arrived = 0;
    for (;;) {
      int64_t now_us = arrived < customers.size() ? customers[arrived].arrival_us : never;
      for (const Agent& agent : agents_) now_us = std::min(now_us, agent.busy_until_us);
      for (const size_t who : waiting_) now_us = std::min(now_us, gives_up_us(who));
      if (now_us == never) return outcomes_;

      for (Agent& agent : agents_) {
        if (agent.busy_until_us != now_us) continue;
        agent.busy_until_us = never;
        agent.free_since_us = now_us;
      }
      hand_out(now_us);
      std::erase_if(waiting_, [&](size_t who) {
        if (gives_up_us(who) != now_us) return false;
        outcomes_[who] = {Fate::gave_up, customers[who].patience_us, nobody};
        return true;
      });
      for (; arrived < customers.size() && customers[arrived].arrival_us == now_us; ++arrived) {
        waiting_.push_back(arrived);
        hand_out(now_us);
        if (waiting_.size() > waiting_max_) waiting_.pop_back();  // its outcome: turned away
      }
    }
  }

 private:
  struct Agent {
    uint32_t pool = 0;
    int64_t busy_until_us = never;  // never: free
    int64_t free_since_us = 0;
  };

  int64_t gives_up_us(size_t who) const {
    const Customer& customer = (*customers_)[who];
    return customer.patience_us == never ? never : customer.arrival_us + customer.patience_us;
  }

  /// Of the pool, if more than `reserved` are free there.
  Agent* free_agent(uint32_t pool, uint32_t reserved) {
    Agent* longest = nullptr;
    uint32_t free = 0;
    for (Agent& agent : agents_) {
      if (agent.pool != pool || agent.busy_until_us != never) continue;
      ++free;
      if (longest == nullptr || agent.free_since_us < longest->free_since_us) longest = &agent;
    }
    return free > reserved ? longest : nullptr;
  }

  bool begin(size_t who, int64_t now_us) {
    const Customer& customer = (*customers_)[who];
    const Kind& kind = kinds_[customer.kind];
    for (const uint32_t pool : kind.pools) {
      Agent* agent = free_agent(pool, kind.reserved);
      if (agent == nullptr) continue;
      agent->busy_until_us = now_us + customer.service_us;
      outcomes_[who] = {Fate::answered, now_us - customer.arrival_us,
                        static_cast<uint32_t>(agent - agents_.data())};
      return true;
    }
    return false;
  }

  /// The most pressing first, then who came first; each one who can be begun is.
  void hand_out(int64_t now_us) {
    std::vector<size_t> line = waiting_;
    std::stable_sort(line.begin(), line.end(), [this](size_t a, size_t b) {
      return kinds_[(*customers_)[a].kind].priority < kinds_[(*customers_)[b].kind].priority;
    });
    for (const size_t who : line)
      if (begin(who, now_us)) std::erase(waiting_, who);
  }

  std::vector<Kind> kinds_;
  size_t waiting_max_;
  std::vector<Agent> agents_;
  std::vector<size_t> waiting_;  // in the order of arrival
  const std::vector<Customer>* customers_ = nullptr;
  std::vector<Outcome> outcomes_;
};

}  // namespace paceline::models
