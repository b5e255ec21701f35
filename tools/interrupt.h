// SIGINT and SIGTERM as a question one may ask, so that long work can end where it is safe.
//
// Owner: any thread asks.  The first signal is remembered; a second one ends the process as usual.
#pragma once

#include "sched/base/time.h"

namespace paceline::tools {

class Interrupt {
 public:
  Interrupt();   ///< Takes the signals over; one at a time in a process.
  ~Interrupt();  ///< Gives them back.
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool raised() const;
  /// Sleeps until raised or for this long; whether it was raised.
  bool wait(sched::Duration at_most) const;
};

}  // namespace paceline::tools
