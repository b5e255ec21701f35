// Variable-length text of tickets (external id, requester, body) in blocks addressed by 32 bits.
//
// Blocks are multiples of 16 bytes in chunks of 1 MiB. Free blocks hang in one list per size, and a
// released block joins its free neighbours at once, so a year of differing lengths does not crumble
// the memory. General-purpose allocators cost several times as much here and answer with pointers
// that would have to be kept in 8 bytes.
//
// Full is a matter of the blocks in use, not of where they lie: a desk restored from a snapshot,
// whose texts lie elsewhere, says "full" at the same command as the one that never stopped.
//
// Owner: shard thread.  Allocates: address space when constructed, a chunk when no block fits.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/fixed_array.h"

namespace paceline::sched {

class TextArena {
 public:
  /// 0 is no text.
  using Ref = uint32_t;
  static constexpr uint32_t block_size_max = 262'144;

  explicit TextArena(uint32_t mib_max);

  /// A block for `size` bytes (1 … 262,144); 0 if the blocks in use would exceed mib_max. (Also 0
  /// if twice mib_max is held and no gap is large enough, which needs a hostile choice of sizes.)
  Ref allocate(uint32_t size);
  void release(Ref ref, uint32_t size);  ///< `size` as given to allocate().

  bool holds(Ref ref) const { return ref != 0 && ref / chunk_granules < chunks_; }
  char* data(Ref ref) { return &bytes_[size_t{ref} * granule]; }
  const char* data(Ref ref) const { return &bytes_[size_t{ref} * granule]; }
  uint64_t bytes_used() const { return bytes_used_; }  ///< Whole blocks.
  uint64_t bytes_held() const;                         ///< Chunks, and what is needed beside them.

  /// The blocks, as bulk memory. Which of them are in use is not written: loading, every owner of
  /// a block says so once to claim(), between settle() and rebuild().
  void persist(Archive& archive);
  /// False for a block that is not in the arena, or that somebody has.
  bool claim(Ref ref, uint32_t size);
  /// Makes gaps of what nobody claimed.
  void rebuild();

 private:
  static constexpr uint32_t granule = 16;
  static constexpr uint32_t chunk_granules = 65'536;  // 1 MiB
  static constexpr uint32_t class_max = block_size_max / granule;
  static constexpr uint32_t class_words = class_max / 64 + 1;
  static constexpr uint32_t group_words = class_words / 64 + 1;

  // Lies in the block itself while it is free; `size` is repeated in the block's last granule, so
  // that the block behind it finds its beginning.
  struct Free {
    Ref next;
    Ref previous;
    uint32_t granules;
    uint32_t granules_at_end;
  };
  static_assert(sizeof(Free) == granule);

  static uint32_t class_of(uint32_t granules) {
    return granules < class_max ? granules : class_max;  // the last class: this and longer
  }
  Free load(Ref ref) const;
  void store(Ref ref, const Free& free);
  bool edge_of_free(Ref ref) const;
  void mark(Ref ref, bool free);
  void link(Ref ref, uint32_t granules);
  void unlink(Ref ref, const Free& free);
  void set_filled(uint32_t size_class, bool filled);
  Ref find(uint32_t granules) const;
  bool add_chunk();
  void hold_chunk();
  uint32_t end_of_used(uint32_t chunk) const;
  Ref find_claimed(Ref from, Ref end, bool claimed) const;

  uint64_t bytes_max_;
  uint32_t chunks_max_;
  uint64_t bytes_used_ = 0;
  FixedArray<char> bytes_;  // of all chunks there may be
  uint32_t chunks_ = 0;
  std::vector<uint64_t> edges_;               // a bit per granule: first or last of a free block
  std::vector<Ref> heads_;                    // of each size's list
  std::array<uint64_t, class_words> filled_;  // sizes whose list is not empty
  std::array<uint64_t, group_words> groups_;  // words of filled_ that are not zero
  std::vector<uint64_t> claimed_;             // a bit per granule; while loading only
};

}  // namespace paceline::sched
