#include "sched/base/fixed_array.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace paceline::sched {
namespace {

constexpr size_t mib = 1'048'576;
constexpr size_t huge_page = 2 * mib;
using Array = FixedArray<uint64_t>;
constexpr size_t per_mib = mib / sizeof(uint64_t);

/// Notes what it is asked to touch, as offsets from the beginning of an array.
class Orders final : public PageAhead {
 public:
  struct Range {
    size_t from;
    size_t to;
    bool operator==(const Range&) const = default;
  };

  Orders() { appoint(this); }
  ~Orders() { appoint(nullptr); }
  void touch(std::byte* begin, size_t bytes) noexcept override {
    const auto* const first = reinterpret_cast<const std::byte*>(array->span().data());
    const auto from = static_cast<size_t>(begin - first);
    ranges.push_back(Range{from, from + bytes});
  }

  const Array* array = nullptr;
  std::vector<Range> ranges;
};

class PagesAhead : public ::testing::Test {
 protected:
  void watch(const Array& array) { orders.array = &array; }
  /// Where the first huge page behind `beyond` begins.
  static size_t first_huge(const Array& array, size_t beyond) {
    return beyond + huge_page - reinterpret_cast<uintptr_t>(array.span().data()) % huge_page;
  }

  Orders orders;
};

TEST_F(PagesAhead, ASmallArrayOrdersNothing) {
  Array array(16 * per_mib, Pages::huge);
  watch(array);
  for (size_t i = 0; i < array.size(); ++i) array.reach(i);
  EXPECT_TRUE(orders.ranges.empty());
}

TEST_F(PagesAhead, OfSmallPagesNothingIsOrdered) {
  Array array(40 * per_mib);
  watch(array);
  array.reach(array.size() - 1);
  EXPECT_TRUE(orders.ranges.empty());
}

TEST_F(PagesAhead, EachHugePageIsOrderedOnceBeforeItIsReached) {
  Array array(48 * per_mib, Pages::huge);
  watch(array);
  const size_t first = first_huge(array, 32 * mib);
  size_t ordered_to = first;
  for (size_t at = 0; at < array.size(); ++at) {
    array.reach(at);
    array[at] = at;
    if (orders.ranges.empty()) continue;
    const auto [from, to] = orders.ranges.back();
    if (to == ordered_to) continue;
    EXPECT_EQ(from, ordered_to);
    EXPECT_LE(to, from + huge_page);
    EXPECT_LE((at + 1) * sizeof(uint64_t), from) << "too late";
    ordered_to = to;
  }
  EXPECT_EQ(ordered_to, 48 * mib);
}

TEST_F(PagesAhead, NoMoreThanTheNextPageIsOrdered) {
  Array array(48 * per_mib, Pages::huge);
  watch(array);
  const size_t first = first_huge(array, 32 * mib);
  array.reach((first + huge_page / 2) / sizeof(uint64_t) - 1);  // the first half of a page
  EXPECT_EQ(orders.ranges, (std::vector<Orders::Range>{{first, first + huge_page}}));
  array.reach((first + huge_page / 2) / sizeof(uint64_t));
  EXPECT_EQ(orders.ranges.back(), (Orders::Range{first + huge_page, first + 2 * huge_page}));
}

TEST_F(PagesAhead, WhatIsComingIsOrderedUpToItsPage) {
  Array array(48 * per_mib, Pages::huge_from_start);
  watch(array);
  const size_t first = first_huge(array, 0);
  array.coming((first + huge_page) / sizeof(uint64_t));
  array.coming(first / sizeof(uint64_t));  // was in it
  array.coming(array.size());              // is not in the array
  EXPECT_EQ(orders.ranges, (std::vector<Orders::Range>{{first, first + 2 * huge_page}}));
}

TEST_F(PagesAhead, AnArrayThatMovedGoesOnWhereItWas) {
  Array array(48 * per_mib, Pages::huge_from_start);
  watch(array);
  const size_t first = first_huge(array, 0);
  array.coming(first / sizeof(uint64_t));
  Array moved = std::move(array);
  watch(moved);
  moved.coming(first / sizeof(uint64_t));
  moved.coming((first + huge_page) / sizeof(uint64_t));
  ASSERT_EQ(orders.ranges.size(), 2U);
  EXPECT_EQ(orders.ranges.back(), (Orders::Range{first + huge_page, first + 2 * huge_page}));
}

TEST(PagesAheadOfNobody, AreTouchedByWhoReachesThem) {
  Array array(40 * per_mib, Pages::huge);
  for (size_t at = 0; at < array.size(); at += 512) {
    array.reach(at);
    array[at] = at + 1;
  }
  for (size_t at = 0; at < array.size(); at += 512) ASSERT_EQ(array[at], at + 1);
}

}  // namespace
}  // namespace paceline::sched
