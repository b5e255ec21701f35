#include "sched/base/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>

namespace paceline::sched {

static_assert(std::endian::native == std::endian::little,
              "records travel and are hashed as they lie in memory");

uint64_t hash_bytes(const void* data, size_t size, uint64_t seed) {
  return XXH3_64bits_withSeed(data, size, seed);
}

}  // namespace paceline::sched
