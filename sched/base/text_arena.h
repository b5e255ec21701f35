// Variable-length text of tickets (external id, requester, body) in size-classed blocks.
//
// Blocks are multiples of 16 bytes in chunks of 1 MiB, addressed by 32 bits; a freed block goes to
// its size's free list. General-purpose allocators cost several times as much here and answer with
// pointers that would have to be kept in 8 bytes.
//
// Owner: shard thread.  Allocates: a chunk when no block fits.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace paceline::sched {

class TextArena {
 public:
  /// 0 is no text.
  using Ref = uint32_t;

  explicit TextArena(uint32_t mib_max);

  /// A block for `size` bytes (1 … 262,144); 0 if the arena is full.
  Ref allocate(uint32_t size);
  void release(Ref ref, uint32_t size);  ///< `size` as given to allocate().

  char* data(Ref ref);
  const char* data(Ref ref) const;
  uint64_t bytes_used() const;

 private:
  static constexpr uint32_t granule = 16;
  static constexpr uint32_t chunk_granules = 65'536;  // 1 MiB
  static constexpr uint32_t class_count = 16'385;     // one per multiple of 16 up to 262,144

  uint32_t mib_max_;
  uint32_t next_granule_ = 1;  // of the newest chunk's tail, counted over all chunks
  uint64_t bytes_used_ = 0;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::vector<Ref> free_;  // head of each size's free list; the next ref lies in the block
};

}  // namespace paceline::sched
