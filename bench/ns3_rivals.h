// The desks of sim_rivals.h with their events kept by ns-3, the discrete-event simulator in C++
// that a distribution carries: every arrival and every end of work is an event of its scheduler.
#pragma once

// Not ns3/core-module.h, which g++ takes for C++17 only.
#include <ns3/object-factory.h>
#include <ns3/priority-queue-scheduler.h>
#include <ns3/simulator.h>

#include "bench/sim_rivals.h"

namespace paceline::bench::peers {

/// Its priority queue is the fastest of its schedulers here: a tenth faster than its calendar
/// queue, a quarter than the map it takes unasked, more than twice as fast as its heap.
class Ns3 {
 public:
  template <class Model>
  static Answers run(const Model& model, uint64_t customers, uint64_t seed) {
    ns3::ObjectFactory scheduler;
    scheduler.SetTypeId(ns3::PriorityQueueScheduler::GetTypeId());
    ns3::Simulator::SetScheduler(scheduler);
    Run<Model> one(model, customers, seed);
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
    return one.answers();
  }

 private:
  /// ns-3 counts nanoseconds; a service at rate 1 lasts a second.
  static ns3::Time delay(double time) {
    return ns3::NanoSeconds(static_cast<int64_t>(time * 1e9 + 0.5));
  }

  template <class Model>
  class Run {
   public:
    Run(const Model& model, uint64_t customers, uint64_t seed)
        : desk_(model, seed), left_(customers), restart_at_(customers - warm_up(customers)) {
      await();
    }
    void schedule(double at, uint32_t what) {
      ns3::Simulator::Schedule(delay(at - now_), [this, at, what] {
        now_ = at;
        desk_.finish(now_, what, *this);
      });
    }
    Answers answers() const { return desk_.answers(now_ - since_); }

   private:
    void await() {
      const double at = now_ + desk_.until_arrival();
      ns3::Simulator::Schedule(delay(at - now_), [this, at] { arrive(at); });
    }
    void arrive(double at) {
      now_ = at;
      await();
      desk_.arrive(now_, *this);
      if (--left_ == restart_at_) {
        desk_.restart();
        since_ = now_;
      }
      if (left_ == 0) ns3::Simulator::Stop();
    }
    typename DeskOf<Model>::type desk_;
    uint64_t left_, restart_at_;
    double now_ = 0, since_ = 0;
  };
};

}  // namespace paceline::bench::peers
