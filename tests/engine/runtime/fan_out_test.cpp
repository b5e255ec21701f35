#include "engine/runtime/fan_out.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

Request advance_to(int64_t at_us) {
  Request whole;
  whole.kind = RequestKind::advance;
  whole.at_us = at_us;
  return whole;
}

TEST(FanOut, IsAnsweredWhenTheLastPartIsWithTheLatestInstant) {
  FanOut fan_out(3);
  Request whole = advance_to(5);
  const auto parts = fan_out.split(whole);
  ASSERT_EQ(parts.size(), 3U);
  for (const Request& part : parts) EXPECT_EQ(part.at_us, 5);
  parts[1].at_us = 9;
  EXPECT_EQ(fan_out.join(parts[2]), nullptr);
  EXPECT_EQ(fan_out.join(parts[0]), nullptr);
  EXPECT_EQ(fan_out.join(parts[1]), &whole);
  EXPECT_EQ(whole.at_us, 9);
  EXPECT_EQ(whole.refusal, Refusal::none);
}

TEST(FanOut, IsRefusedOnlyIfEveryPartIs) {
  FanOut fan_out(2);
  for (const bool all : {false, true}) {
    Request whole = advance_to(5);
    const auto parts = fan_out.split(whole);
    parts[0].refusal = Refusal::desk_unknown;
    if (all) parts[1].refusal = Refusal::desk_unknown;
    fan_out.join(parts[0]);
    EXPECT_EQ(fan_out.join(parts[1]), &whole);
    EXPECT_EQ(whole.refusal, all ? Refusal::desk_unknown : Refusal::none);
  }
}

TEST(FanOut, SeveralAreUnderWayAtOnce) {
  FanOut fan_out(2);
  Request first = advance_to(1), second = advance_to(2);
  const auto of_first = fan_out.split(first);
  const auto of_second = fan_out.split(second);
  EXPECT_EQ(fan_out.join(of_first[0]), nullptr);
  EXPECT_EQ(fan_out.join(of_second[0]), nullptr);
  EXPECT_EQ(fan_out.join(of_second[1]), &second);
  EXPECT_EQ(fan_out.join(of_first[1]), &first);
}

}  // namespace
}  // namespace paceline::runtime
