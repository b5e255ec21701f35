// Fetches the records that the next commands of a frame will touch, while earlier ones are carried
// out: with millions of tickets their memory is cold, and one miss after the other is most of what
// a command would cost.
//
// Three stages, a few commands apart: the cell of the index, the ticket's records, what hangs on
// those (clocks, intervals, its agent). For a ticket to be opened, the cells its ids will take.
// Only hints: nothing is decided here, and a wrong guess costs a fetch.
//
// Owner: shard thread.  Allocates: room for a frame larger than any before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/floor.h"

namespace paceline::desk {

class Lookahead {
 public:
  explicit Lookahead(const Floor& floor) : floor_(floor) {}

  void begin(const CommandFrame& frame);
  /// Command `at` of the frame is next.
  void advance(size_t at) {
    if (!any_) return;
    floor_.expect_award();
    if (at + opens_ahead < opens_.size()) expect_open(at + opens_ahead);
    if (at + cells_ahead < slots_.size()) expect_cell(at + cells_ahead);
    if (at + tickets_ahead < slots_.size()) expect_ticket(at + tickets_ahead);
    if (at + clocks_ahead < slots_.size()) expect_clocks(at + clocks_ahead);
  }

 private:
  static constexpr uint32_t cold_tickets = 10'000;  // fewer stay in the caches by themselves
  static constexpr size_t cells_ahead = 12;
  static constexpr size_t tickets_ahead = 8;
  static constexpr size_t clocks_ahead = 4;
  static constexpr size_t opens_ahead = 8;

  void expect_open(size_t at);
  void expect_cell(size_t at);
  void expect_ticket(size_t at);
  void expect_clocks(size_t at);

  const Floor& floor_;
  bool any_ = false;
  std::vector<uint64_t> tickets_;  // by command; 0: none, or by external id
  std::vector<uint64_t> opens_;    // by command: hash of a new external id; 0: opens none
  uint64_t next_id_ = 0;           // of the next ticket to be opened, as far as looked ahead
  std::vector<uint32_t> slots_;    // as far as the second stage has come
};

}  // namespace paceline::desk
