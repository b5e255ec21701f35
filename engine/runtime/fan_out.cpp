#include "engine/runtime/fan_out.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::runtime {

std::span<Request> FanOut::split(Request& whole) {
  CHECK(whole.kind == RequestKind::advance);
  auto group = std::find_if(groups_.begin(), groups_.end(),
                            [](const auto& known) { return known->whole == nullptr; });
  if (group == groups_.end()) {
    group = groups_.insert(groups_.end(), std::make_unique<Group>());
    (*group)->parts.resize(shards_);
  }
  (*group)->whole = &whole;
  (*group)->back = 0;
  for (Request& part : (*group)->parts) {
    part.kind = whole.kind;
    part.lane = whole.lane;
    part.desk = whole.desk;
    part.at_us = whole.at_us;
    part.refusal = Refusal::none;
    part.part_of = &whole;
  }
  return (*group)->parts;
}

Request* FanOut::join(Request& part) {
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const auto& known) { return known->whole == part.part_of; });
  CHECK(found != groups_.end());
  Group& group = **found;
  if (++group.back < group.parts.size()) return nullptr;
  Request& whole = *group.whole;
  group.whole = nullptr;
  // A shard without the desk, or whose clock did not wait, has nothing to say; if none has, it is
  // the refusal.
  whole.refusal = group.parts.front().refusal;
  int64_t at_us = 0;
  for (const Request& each : group.parts) {
    if (each.refusal != Refusal::none) continue;
    whole.refusal = Refusal::none;
    at_us = std::max(at_us, each.at_us);
  }
  if (whole.refusal == Refusal::none) whole.at_us = at_us;
  return &whole;
}

}  // namespace paceline::runtime
