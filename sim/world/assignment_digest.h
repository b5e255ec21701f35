// Over who was given which ticket when: one function for a live desk and a simulated one, so that
// equal digests mean equal assignments.
//
// Owner: one thread.  Time: the batch's instant, from the event.
#pragma once

#include <cstdint>

#include "engine/desk/event.h"
#include "sched/base/hash_index.h"

namespace paceline::sim {

/// The ticket becomes an agent's to work on: given to it, or resumed in its hands.
inline bool is_assignment(const desk::Event& event) {
  return event.kind == desk::EventKind::ticket_assigned ||
         (event.kind == desk::EventKind::ticket_resumed && event.state != desk::State::queued);
}

class AssignmentDigest {
 public:
  /// In the order of the desk's events; others than assignments count for nothing.
  void hear(const desk::Event& event) {
    if (!is_assignment(event)) return;
    value_ = sched::mix(value_ ^ sched::mix(event.ticket + 1) ^
                        sched::mix(static_cast<uint64_t>(event.noted_us) << 8 ^ event.agent));
    ++count_;
  }
  uint64_t value() const { return value_; }
  uint64_t count() const { return count_; }

 private:
  uint64_t value_ = 0;
  uint64_t count_ = 0;
};

}  // namespace paceline::sim
