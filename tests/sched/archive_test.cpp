// What is written down is read back; what does not belong together is refused by name.
#include "sched/base/archive.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sched/base/hash_index.h"
#include "sched/base/text_arena.h"
#include "sched/timer_wheel.h"
#include "tests/support/memory_archive.h"

namespace paceline::sched::test {
namespace {

struct Step {
  std::string name;
  std::optional<int32_t> wait_s;
  void persist(Archive& archive) { archive.fields(name, wait_s); }
  bool operator==(const Step&) const = default;
};
enum class Colour : uint8_t { red, green };

struct Ladder {
  uint32_t height = 0;
  bool steep = false;
  Colour colour = Colour::red;
  std::vector<uint16_t> rungs;
  std::deque<Step> steps;
  std::vector<std::pair<std::string, uint8_t>> skills;
  std::map<std::string, uint64_t> counts;
  std::vector<uint64_t> slab;

  void persist(Archive& archive) {
    archive.part("ladder", version, sizeof(uint64_t));
    archive.fields(height, steep, rungs, steps, skills, counts);
    archive.choice(colour, Colour::green);
    archive.bulk_list(slab);
    archive.settle();
  }
  static inline uint32_t version = 1;
  bool operator==(const Ladder&) const = default;
};

Ladder some_ladder() {
  return {7,
          true,
          Colour::green,
          {1, 2, 3},
          {{"first", 5}, {"last", std::nullopt}},
          {{"vpn", 4}},
          {{"a", 1}, {"b", 2}},
          std::vector<uint64_t>(10'000, 9)};
}

TEST(Archive, ReadsBackWhatItWrote) {
  Ladder ladder = some_ladder();
  const Image image = saved(ladder);
  EXPECT_EQ(image.bulk.size(), 80'000U);
  Ladder again;
  again.counts["forgotten"] = 1;
  EXPECT_EQ(load(again, image), "");
  EXPECT_TRUE(again == ladder);
  EXPECT_TRUE(ladder == some_ladder());
}

TEST(Archive, AnotherLayoutIsRefusedByName) {
  Ladder ladder = some_ladder();
  const Image image = saved(ladder);
  Ladder::version = 2;
  const std::string why = load(ladder, image);
  Ladder::version = 1;
  EXPECT_EQ(why,
            "part \"ladder\" is laid out as another version of the program does (version 1, "
            "records of 8 bytes, here version 2, records of 8 bytes): load it with that version");
}

TEST(Archive, EveryShorterOneIsRefused) {
  Ladder ladder = some_ladder();
  Image image = saved(ladder);
  for (auto* part : {&image.bulk, &image.small}) {
    for (size_t size = part->size(); size-- > 0 && part->size() - size < 1'000;) {
      const std::vector<std::byte> whole = *part;
      part->resize(size);
      Ladder again;
      EXPECT_NE(load(again, image), "") << size;
      *part = whole;
    }
  }
}

TEST(Archive, ACountLargerThanWhatIsLeftTakesNoMemory) {
  uint64_t count = uint64_t{1} << 60;
  Image image;
  MemoryWriter writer(image);
  writer.value(count);
  MemoryReader reader(image);
  std::vector<uint64_t> list;
  reader.list(list);
  EXPECT_EQ(reader.failure(), "a count is larger than what is left");
  EXPECT_TRUE(list.empty());
  uint32_t after = 5;
  reader.value(after);  // from then on everything is zero
  EXPECT_EQ(after, 0U);
}

TEST(Archive, AChoiceOrFlagThatIsNoneIsRefused) {
  uint8_t byte = 2;
  Image image;
  MemoryWriter(image).value(byte);
  Colour colour{};
  MemoryReader(image).choice(colour, Colour::green);
  EXPECT_EQ(colour, Colour::red);
  MemoryReader reader(image);
  bool flag = true;
  reader.value(flag);
  EXPECT_FALSE(flag);
  EXPECT_EQ(reader.failure(), "a yes or no is neither");
}

TEST(HashIndexRebuilt, FindsWhatIsThereAndGoesOn) {
  for (const uint32_t count : {0U, 1U, 15U, 16U, 17U, 767U, 768U, 50'000U}) {
    HashIndex index;
    const auto hash_of = [](uint32_t slot) { return mix(slot + 1); };
    const auto there = [](uint32_t slot) { return slot % 3 != 0; };
    index.rebuild(count, count, there, hash_of);
    const auto find = [&](uint32_t slot) {
      return index.find(hash_of(slot), [&](uint32_t at) { return at == slot; });
    };
    uint32_t found = 0;
    for (uint32_t slot = 0; slot < count; ++slot) {
      ASSERT_EQ(find(slot), there(slot) ? slot : HashIndex::none);
      found += there(slot) ? 1 : 0;
    }
    EXPECT_EQ(index.size(), found);
    for (uint32_t slot = count; slot < count + 2'000; ++slot) {
      index.insert(hash_of(slot), slot);
    }
    for (uint32_t slot = 0; slot < count; ++slot) {
      if (there(slot)) index.erase(hash_of(slot), slot);
    }
    for (uint32_t slot = 0; slot < count + 2'000; ++slot) {
      ASSERT_EQ(find(slot), slot >= count ? slot : HashIndex::none);
    }
  }
}

/// Texts somebody holds, and what they are.
struct Held {
  TextArena::Ref ref;
  std::string text;
};

std::vector<Held> fill(TextArena& arena, uint64_t seed) {
  std::vector<Held> held;
  for (uint64_t at = 0; at < 3'000; ++at) {
    const uint64_t dice = mix(seed * 10'000 + at);
    if (dice % 3 == 0 && !held.empty()) {
      Held& gone = held[dice / 3 % held.size()];
      arena.release(gone.ref, static_cast<uint32_t>(gone.text.size()));
      gone = held.back();
      held.pop_back();
      continue;
    }
    std::string text(1 + dice % 3'000, static_cast<char>('a' + dice % 26));
    const TextArena::Ref ref = arena.allocate(static_cast<uint32_t>(text.size()));
    if (ref == 0) continue;
    std::copy(text.begin(), text.end(), arena.data(ref));
    held.push_back({ref, text});
  }
  return held;
}

TEST(TextArenaLoaded, HoldsTheTextsAndIsFullAtTheSameOne) {
  struct Texts {
    TextArena arena{2};
    void persist(Archive& archive) {
      arena.persist(archive);
      archive.settle();
    }
  };
  Texts texts;
  TextArena& arena = texts.arena;
  const std::vector<Held> held = fill(arena, 1);
  const Image image = saved(texts);
  Texts loaded;
  TextArena& again = loaded.arena;
  ASSERT_EQ(load(loaded, image), "");
  for (const Held& each : held) {
    ASSERT_TRUE(again.claim(each.ref, static_cast<uint32_t>(each.text.size())));
    ASSERT_TRUE(std::string_view(again.data(each.ref), each.text.size()) == each.text);
  }
  EXPECT_FALSE(again.claim(held.front().ref, 1));  // somebody has it
  EXPECT_FALSE(again.claim(0, 1));
  EXPECT_FALSE(again.claim(100 * 65'536, 1));  // there is no such chunk
  EXPECT_FALSE(again.claim(65'535, 17));       // into the next chunk
  again.rebuild();
  EXPECT_EQ(again.bytes_used(), arena.bytes_used());
  for (uint64_t at = 0; at < 5'000; ++at) {
    const auto size = static_cast<uint32_t>(1 + mix(at) % 500);
    ASSERT_EQ(again.allocate(size) == 0, arena.allocate(size) == 0) << at;
  }
  for (const Held& each : held) again.release(each.ref, static_cast<uint32_t>(each.text.size()));
}

/// A wheel that is now and then put in the place of itself.
TEST(TimerWheelLoaded, FiresAsTheOneItWasLoadedFrom) {
  constexpr uint32_t nodes = 3'000;
  static constexpr TimerWheel::Range in_use[] = {{0, nodes}};
  struct Timers {
    TimerWheel wheel{nodes};
    void persist(Archive& archive) {
      wheel.persist(archive, in_use);
      archive.settle();
      if (archive.loading() && !archive.failed()) wheel.rebuild(archive, in_use);
    }
  };
  const auto rank = [](uint32_t node) { return mix(node); };
  auto timers = std::make_unique<Timers>();
  auto again = std::make_unique<Timers>();
  uint64_t dice = 1;
  int64_t now_us = 0;
  for (int round = 0; round < 20'000; ++round) {
    dice = mix(dice + 1);
    const auto node = static_cast<uint32_t>(dice % nodes);
    const uint64_t range_us = uint64_t{1} << (dice >> 20) % 40;
    const int64_t due_us = now_us + static_cast<int64_t>((dice >> 32) % range_us / 8 * 8);
    for (Timers* each : {timers.get(), again.get()}) {
      dice % 5 == 0 ? each->wheel.cancel(node) : each->wheel.schedule(node, {due_us});
    }
    if (round % 7 == 0) {
      now_us = std::min(timers->wheel.next_due().us, now_us + (int64_t{1} << 36));
      ASSERT_EQ(again->wheel.next_due(), timers->wheel.next_due());
      for (uint32_t popped = 0; popped != TimerWheel::none;) {
        popped = timers->wheel.pop({now_us}, rank);
        ASSERT_EQ(again->wheel.pop({now_us}, rank), popped) << round;
        // In the middle of a crowd, too.
        if ((dice >> 8) % 97 == 0) break;
      }
    }
    if (round % 500 == 3) {
      const Image image = saved(*again);
      again = std::make_unique<Timers>();
      ASSERT_EQ(load(*again, image), "") << round;
      ASSERT_EQ(again->wheel.armed_count(), timers->wheel.armed_count());
    }
  }
}

}  // namespace
}  // namespace paceline::sched::test
