// A request that concerns every shard: a part for each, and one answer when the last has come back.
//
// Owner: I/O thread.  Allocates: the parts, used again.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/runtime/request.h"

namespace paceline::runtime {

class FanOut {
 public:
  explicit FanOut(uint32_t shards) : shards_(shards) {}

  /// Of an advance: its parts, one per shard, until join() has seen them all.
  std::span<Request> split(Request& whole);
  /// A part has come back: the whole, answered, if it was the last.
  Request* join(Request& part);

 private:
  struct Group {
    std::vector<Request> parts;
    Request* whole = nullptr;  // none: free
    size_t back = 0;
  };

  uint32_t shards_;
  std::vector<std::unique_ptr<Group>> groups_;
};

}  // namespace paceline::runtime
