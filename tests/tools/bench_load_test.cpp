// `bench load`, short: that every load is offered, every frame accounted for, and nothing lost.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using testing::Ran;

class BenchLoad : public testing::ProgramFixture {};

TEST_F(BenchLoad, OffersEveryLoadAndAccountsForEveryTicket) {
  const Ran ran = run_line("bench load --seconds 0.2 --connections 2 --durability none --json");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  const auto json = nlohmann::json::parse(ran.out);
  EXPECT_GT(json["capacity_tickets_per_s"], 0.0);
  ASSERT_EQ(json["loads"].size(), 7U);
  EXPECT_EQ(json["loads"][3]["share_of_capacity"], 1.2);
  EXPECT_EQ(json["loads"][4]["share_of_capacity"], json["loads"][0]["share_of_capacity"]);
  EXPECT_EQ(json["loads"][4]["beside"], "nothing");
  EXPECT_EQ(json["loads"][5]["beside"], "deaf subscribers");
  EXPECT_GT(json["loads"][6]["flood_connections"], 0);
  for (const auto& load : json["loads"]) {
    EXPECT_GE(load["latency_us"]["p999"], load["latency_us"]["p50"]) << load;
    EXPECT_GT(load["latency_us"]["p50"], 0) << load;
  }
}

}  // namespace
}  // namespace paceline::tools
