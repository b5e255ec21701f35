// Which desk has which number, and who may make a new one.
//
// Numbers are given here, in order of creation and before anything is durable, so that shards need
// not agree on them. A number whose creation never reached the disk is left out for good: later
// ones may have.
//
// Owner: I/O thread (before it runs: the starting thread).  Allocates: per desk.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "engine/runtime/request.h"
#include "sched/base/ids.h"

namespace paceline::runtime {

class DeskDirectory {
 public:
  explicit DeskDirectory(uint32_t desks_max) : desks_max_(desks_max) {}

  void add(sched::DeskNumber desk, const std::string& name);  ///< One that is there.

  /// Sets the desk's number, and whether it is to be created; or the refusal. Nothing is kept of a
  /// new one until add().
  void look_up(Request& request) const;

 private:
  void look_up_new(Request& request) const;

  uint32_t desks_max_;
  uint16_t last_ = 0;
  std::unordered_map<std::string, sched::DeskNumber> by_name_;
};

}  // namespace paceline::runtime
