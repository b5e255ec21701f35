#include "sched/base/text_arena.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace paceline::sched {
namespace {

constexpr uint64_t mib = 1'048'576;

TEST(TextArena, ABlockHoldsWhatWasPutIntoIt) {
  TextArena arena(1);
  const TextArena::Ref first = arena.allocate(5);
  const TextArena::Ref second = arena.allocate(17);
  std::memcpy(arena.data(first), "hello", 5);
  std::memcpy(arena.data(second), "printer is ablaze", 17);
  EXPECT_EQ(std::string(arena.data(first), 5), "hello");
  EXPECT_EQ(std::string(arena.data(second), 17), "printer is ablaze");
}

TEST(TextArena, NoTextIsEverAtZero) {
  TextArena arena(1);
  EXPECT_NE(arena.allocate(1), 0U);
}

TEST(TextArena, UseIsCountedInWholeBlocks) {
  TextArena arena(1);
  const TextArena::Ref ref = arena.allocate(17);
  EXPECT_EQ(arena.bytes_used(), 32U);
  arena.release(ref, 17);
  EXPECT_EQ(arena.bytes_used(), 0U);
}

TEST(TextArena, AFullArenaSaysSoAndGoesOnWhenSomethingIsReleased) {
  TextArena arena(1);
  std::vector<TextArena::Ref> refs;
  for (int i = 0; i < 4; ++i) refs.push_back(arena.allocate(262'144));
  for (const TextArena::Ref ref : refs) EXPECT_NE(ref, 0U);
  EXPECT_EQ(arena.allocate(1), 0U);
  arena.release(refs[2], 262'144);
  EXPECT_NE(arena.allocate(1), 0U);
}

TEST(TextArena, WhetherItIsFullDependsOnWhatIsInUseNotOnWhatWasBefore) {
  TextArena arena(1);
  std::vector<TextArena::Ref> small;
  for (TextArena::Ref ref; (ref = arena.allocate(48)) != 0;) small.push_back(ref);
  for (size_t i = 0; i < small.size(); i += 2) arena.release(small[i], 48);
  // Half is free, in crumbs that no large text fits into.
  EXPECT_NE(arena.allocate(262'144), 0U);
  EXPECT_NE(arena.allocate(200'000), 0U);
  EXPECT_LE(arena.bytes_held(), 3 * mib + mib / 2);
}

TEST(TextArena, ReleasedNeighboursBecomeOneBlockAgain) {
  TextArena arena(4);
  for (uint32_t size = 16; size <= 262'144; size *= 2) {
    std::vector<TextArena::Ref> refs;
    for (TextArena::Ref ref; (ref = arena.allocate(size)) != 0;) refs.push_back(ref);
    for (const TextArena::Ref ref : refs) arena.release(ref, size);
  }
  EXPECT_EQ(arena.bytes_used(), 0U);
  EXPECT_LE(arena.bytes_held(), 6 * mib);
}

// Every block is filled with a pattern of its own, which nothing else may disturb.
TEST(TextArenaProperty, BlocksNeverOverlapWhateverIsAllocatedAndReleased) {
  struct Block {
    TextArena::Ref ref;
    uint32_t size;
    char pattern;
  };
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t bound) { return static_cast<uint32_t>(random() % bound); };
    TextArena arena(3);
    std::vector<Block> blocks;
    uint64_t used = 0;
    for (int step = 0; step < 20'000; ++step) {
      const bool shrinking = step / 2'000 % 2 == 1;
      if (blocks.empty() || below(10) < (shrinking ? 4U : 6U)) {
        const uint32_t size = 1 + below(below(50) == 0 ? 262'144 : seed % 2 == 0 ? 400 : 9'000);
        const uint32_t rounded = (size + 15) / 16 * 16;
        const TextArena::Ref ref = arena.allocate(size);
        ASSERT_EQ(ref != 0, used + rounded <= 3 * mib) << "step " << step;
        if (ref == 0) continue;
        used += rounded;
        const char pattern = static_cast<char>(below(256));
        std::memset(arena.data(ref), pattern, size);
        blocks.push_back({ref, size, pattern});
      } else {
        const uint32_t at = below(blocks.size());
        const Block block = blocks[at];
        const std::string held(arena.data(block.ref), block.size);
        ASSERT_EQ(held, std::string(block.size, block.pattern)) << "step " << step;
        arena.release(block.ref, block.size);
        used -= (block.size + 15) / 16 * 16;
        blocks[at] = blocks.back();
        blocks.pop_back();
      }
      ASSERT_EQ(arena.bytes_used(), used);
    }
    for (const Block& block : blocks) arena.release(block.ref, block.size);
    EXPECT_EQ(arena.bytes_used(), 0U);
    EXPECT_LE(arena.bytes_held(), 7 * mib);
  }
}

}  // namespace
}  // namespace paceline::sched
