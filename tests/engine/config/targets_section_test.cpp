// What a file says of its figures, for every desk and for one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/places.h"
#include "tests/support/config_text.h"

namespace paceline::config {
namespace {

using desk::FigureTarget;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Targets, OfTheFileAreEveryDesksOfADeskComeFirst) {
  const Loaded file = loaded(
      "[targets]\nfcr_net = '72%..80%'\nmttr_wall = '..8'\n"
      "[desk.a]\n[desk.b.targets]\nfcr_net = '60%..'\n");
  ASSERT_EQ(file.desks.size(), 2U);
  EXPECT_THAT(file.desks[0].second.settings.targets,
              ElementsAre(FigureTarget{"fcr_net", "72%..80%"}, FigureTarget{"mttr_wall", "..8"}));
  EXPECT_THAT(file.desks[1].second.settings.targets,
              ElementsAre(FigureTarget{"fcr_net", "60%.."}, FigureTarget{"mttr_wall", "..8"}));
}

TEST(Targets, AreNoneUnlessStatedAndMakeADeskIfTheyAre) {
  EXPECT_THAT(only_desk("[desk.a]\n").settings.targets, IsEmpty());
  EXPECT_EQ(loaded("[targets]\nflr = '70%..'\n").desks.front().first, "main");
}

TEST(Targets, WhatCannotBeReadIsSaid) {
  for (const Wrong& wrong : {
           Wrong{"[targets]\nfcr_nett = '72%..80%'\n",
                 "desk.toml:2: E2009 targets: no figure \"fcr_nett\": did you mean \"fcr_net\"?"},
           {"[targets]\nfcr_net = '80%'\n", "fcr_net must say from where to where"},
           {"[targets]\nfcr_net = '80%..70%'\n", "fcr_net must say from where to where"},
           {"[targets]\nfcr_net = 0.7\n", "fcr_net must say from where to where"},
           {"[desk.a.targets]\nzzzzzzzzzz = '1..2'\n", "report kpi --json lists them"},
           {"targets = 3\n", "E20"},
       })
    expect_says(wrong);
}

TEST(Targets, HaveTheirLines) {
  const Places places("[targets]\nflr = '70%..'\n[desk.a]\n[desk.a.targets]\nfcr_net = '1..2'\n");
  EXPECT_EQ(places.key_line("targets", "", "flr"), 2U);
  EXPECT_EQ(places.key_line("targets", "", "fcr_net", "a"), 5U);
}

TEST(Bands, AreReadExactly) {
  const auto band = desk::read_band("-2.5%..0.000001");
  ASSERT_TRUE(band);
  EXPECT_EQ(*band->low_ppm, -25'000);
  EXPECT_EQ(*band->high_ppm, 1);
  EXPECT_EQ(*desk::read_band("..8")->high_ppm, 8'000'000);
  for (const char* text :
       {"", "..", "5", "2..1", "x..1", "1.%..", "1..2%%", "1e3..", "0.1234567.."})
    EXPECT_FALSE(desk::read_band(text)) << text;
}

}  // namespace
}  // namespace paceline::config
