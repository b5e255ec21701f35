#include "sched/base/hash_index.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace paceline::sched {
namespace {

/// Keys lie outside the index, as tickets do.
struct Keyed {
  std::vector<uint64_t> keys;
  HashIndex index;

  uint64_t hash_of(uint32_t slot) const { return mix(keys[slot] % 97 == 0 ? 0 : keys[slot]); }
  uint32_t find(uint64_t key) const {
    return index.find(mix(key % 97 == 0 ? 0 : key),
                      [&](uint32_t slot) { return keys[slot] == key; });
  }
  void insert(uint32_t slot) { index.insert(hash_of(slot), slot); }
  void erase(uint32_t slot) { index.erase(hash_of(slot), slot); }
};

TEST(HashIndex, FindsNothingWhenEmpty) {
  Keyed keyed;
  EXPECT_EQ(keyed.find(1), HashIndex::none);
}

// Every 97th key has the same hash, so that long runs of collisions occur too.
TEST(HashIndex, AgreesWithAMapThroughGrowthAndRemoval) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    Keyed keyed;
    keyed.keys.resize(20'000);
    std::map<uint64_t, uint32_t> model;
    std::vector<uint32_t> free_slots;
    for (uint32_t slot = 0; slot < keyed.keys.size(); ++slot) free_slots.push_back(slot);
    uint64_t state = seed;
    const auto roll = [&](uint64_t sides) {
      return mix(++state * 0x9e37'79b9'7f4a'7c15ULL) % sides;
    };
    for (int step = 0; step < 60'000; ++step) {
      const uint64_t key = 1 + roll(25'000);
      const auto known = model.find(key);
      ASSERT_EQ(keyed.find(key), known == model.end() ? HashIndex::none : known->second);
      // Grows in the first half, shrinks in the second.
      const bool insert = roll(100) < (step < 30'000 ? 70U : 30U);
      if (known == model.end() && insert && !free_slots.empty()) {
        const uint32_t slot = free_slots.back();
        free_slots.pop_back();
        keyed.keys[slot] = key;
        keyed.insert(slot);
        model[key] = slot;
      } else if (known != model.end() && !insert) {
        keyed.erase(known->second);
        free_slots.push_back(known->second);
        model.erase(known);
      }
      ASSERT_EQ(keyed.index.size(), model.size());
    }
    for (const auto& [key, slot] : model) ASSERT_EQ(keyed.find(key), slot);
  }
}

// Falling back and filling again where the next table is being made ready changes nothing.
TEST(HashIndex, GoesToAndFroBelowItsNextDoubling) {
  Keyed keyed;
  for (uint64_t key = 1; key <= 3'000; ++key) keyed.keys.push_back(key);
  for (uint32_t slot = 0; slot < 700; ++slot) keyed.insert(slot);  // of 1,024: above five eighths
  for (int times = 0; times < 10; ++times) {
    for (uint32_t slot = 700; slot > 500; --slot) keyed.erase(slot - 1);
    for (uint32_t slot = 500; slot < 700; ++slot) keyed.insert(slot);
  }
  const uint64_t before = keyed.index.bytes();
  for (uint32_t slot = 700; slot < 3'000; ++slot) keyed.insert(slot);
  for (uint32_t slot = 0; slot < 3'000; ++slot) ASSERT_EQ(keyed.find(keyed.keys[slot]), slot);
  EXPECT_GT(keyed.index.bytes(), before);
}

}  // namespace
}  // namespace paceline::sched
