#include "engine/runtime/intake.h"

#include <algorithm>
#include <boost/lockfree/spsc_queue.hpp>

namespace paceline::runtime {

struct Intake::Ring {
  explicit Ring(uint32_t size) : queue(size) {}
  boost::lockfree::spsc_queue<Request*> queue;
};

Intake::Intake(uint32_t io_threads, uint32_t requests_per_lane) : io_threads_(io_threads) {
  for (uint32_t i = 0; i < io_threads * lane_count; ++i)
    rings_.push_back(std::make_unique<Ring>(requests_per_lane));
}
Intake::~Intake() = default;

bool Intake::push(uint32_t io_thread, Request* request) {
  return rings_[io_thread * lane_count + static_cast<size_t>(request->lane)]->queue.push(request);
}

bool Intake::has_room(uint32_t io_thread, Lane lane) const {
  return rings_[io_thread * lane_count + static_cast<size_t>(lane)]->queue.write_available() > 0;
}

void Intake::drain(size_t commands_max, size_t bytes_max, std::vector<Request*>& out) {
  size_t bytes = bytes_max;
  size_t share = std::max<size_t>(commands_max / bulk_share, 1);
  const size_t reserved = share;
  drain_lane(Lane::bulk, share, bytes, out);
  // What bulk did not use of its share goes to interactive, and what that leaves back to bulk.
  size_t commands = commands_max - std::min(commands_max, reserved - share);
  const size_t bulk_taken = out.size();
  drain_lane(Lane::interactive, commands, bytes, out);
  std::rotate(out.begin(), out.begin() + static_cast<ptrdiff_t>(bulk_taken), out.end());
  drain_lane(Lane::bulk, commands, bytes, out);
  next_turn_ = (next_turn_ + 1) % io_threads_;
}

void Intake::drain_lane(Lane lane, size_t& commands, size_t& bytes, std::vector<Request*>& out) {
  for (bool some = true; some && commands > 0 && bytes > 0;) {
    some = false;
    for (uint32_t i = 0; i < io_threads_ && commands > 0 && bytes > 0; ++i) {
      const uint32_t thread = (next_turn_ + i) % io_threads_;
      Request* request = nullptr;
      if (!rings_[thread * lane_count + static_cast<size_t>(lane)]->queue.pop(request)) continue;
      some = true;
      out.push_back(request);
      commands -= std::min(commands, std::max<size_t>(request->commands(), 1));
      bytes -= std::min(bytes, request->payload.size());
    }
  }
}

}  // namespace paceline::runtime
