// One row with a ticket's dates becomes what happened one after another. Instants are small
// numbers.
#include "tools/ticket_story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paceline::tools {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto fresh = RowState::fresh;
constexpr auto active = RowState::active;
constexpr auto waiting = RowState::waiting;
constexpr auto resolved = RowState::resolved;
constexpr auto closed = RowState::closed;
constexpr auto cancelled = RowState::cancelled;

/// "fresh 10", "closed today"
std::vector<std::string> steps(const TicketStory& story) {
  constexpr std::array<const char*, 6> words = {"fresh",    "active", "waiting",
                                                "resolved", "closed", "cancelled"};
  std::vector<std::string> shown;
  for (const StoryStep& step : story.steps)
    shown.push_back(std::string(words[static_cast<size_t>(step.state)]) + " " +
                    (step.at_us == 0 ? "today" : std::to_string(step.at_us)));
  return shown;
}

TicketStory story(const TicketDates& dates, std::optional<RowState> state, bool has_agent = false) {
  auto told = tell_story(dates, state, has_agent);
  if (!told) {
    ADD_FAILURE() << told.error();
    return {};
  }
  return *std::move(told);
}
std::string refused(const TicketDates& dates, std::optional<RowState> state) {
  const auto told = tell_story(dates, state, false);
  return told ? "" : told.error();
}

TEST(TicketStory, DatesAreStepsInOrderOfTime) {
  const TicketStory told = story({10, 20, 30, 40, 50}, closed);
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "active 20", "resolved 30", "closed 40"));
  EXPECT_THAT(told.irregular, IsEmpty());
  EXPECT_TRUE(told.steps.back().in_words_of_row);
  EXPECT_FALSE(told.steps.front().in_words_of_row);
}

TEST(TicketStory, WithoutAStateTheDatesSayIt) {
  EXPECT_THAT(steps(story({10, 0, 0, 0, 0}, {})), ElementsAre("fresh 10"));
  EXPECT_THAT(steps(story({10, 20, 0, 0, 0}, {})), ElementsAre("fresh 10", "active 20"));
  EXPECT_THAT(steps(story({10, 0, 30, 0, 0}, {})), ElementsAre("fresh 10", "resolved 30"));
  EXPECT_THAT(steps(story({10, 0, 0, 40, 0}, {})), ElementsAre("fresh 10", "closed 40"));
}

TEST(TicketStory, ClosedWithoutADateOfItIsClosedWithItsResolution) {
  EXPECT_THAT(steps(story({10, 0, 30, 0, 50}, closed)),
              ElementsAre("fresh 10", "resolved 30", "closed 30"));
}

TEST(TicketStory, AnOpenTicketStandsAsItDoesFromItsLastUpdate) {
  EXPECT_THAT(steps(story({10, 0, 0, 0, 50}, waiting)), ElementsAre("fresh 10", "waiting 50"));
  EXPECT_THAT(steps(story({10, 0, 0, 0, 0}, waiting)), ElementsAre("fresh 10", "waiting today"));
  EXPECT_THAT(steps(story({10, 0, 0, 0, 50}, fresh)), ElementsAre("fresh 10"));
}

TEST(TicketStory, AnAgentIsNotKnownToHaveHadItFromTheBeginning) {
  EXPECT_THAT(steps(story({10, 0, 0, 0, 50}, fresh, true)), ElementsAre("fresh 10", "fresh 50"));
  EXPECT_THAT(steps(story({10, 20, 0, 0, 50}, active, true)), ElementsAre("fresh 10", "active 20"));
}

TEST(TicketStory, ACancelledTicketIsCancelledAtTheFirstDateThereIs) {
  EXPECT_THAT(steps(story({10, 0, 30, 0, 50}, cancelled)), ElementsAre("fresh 10", "cancelled 30"));
  EXPECT_THAT(steps(story({10, 0, 30, 40, 50}, cancelled)),
              ElementsAre("fresh 10", "cancelled 40"));
  const TicketStory told = story({10, 0, 0, 0, 50}, cancelled);
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "cancelled 50"));
  EXPECT_THAT(told.irregular, ElementsAre("ended without a date of it"));
}

TEST(TicketStory, OpenAgainAfterItsResolutionItWasReopened) {
  EXPECT_THAT(steps(story({10, 0, 30, 0, 50}, active)),
              ElementsAre("fresh 10", "resolved 30", "active 50"));
}

TEST(TicketStory, WhatDoesNotFitTogetherIsCounted) {
  TicketStory told = story({10, 35, 30, 0, 0}, resolved);
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "resolved 30"));
  EXPECT_THAT(told.irregular, ElementsAre("started after its end"));
  told = story({10, 0, 30, 20, 0}, closed);
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "resolved 30", "closed 30"));
  EXPECT_THAT(told.irregular, ElementsAre("closed before it was resolved"));
  told = story({10, 0, 30, 40, 0}, resolved);
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "resolved 30", "closed 40"));
  EXPECT_THAT(told.irregular, ElementsAre("closed_at of a resolved ticket"));
  told = story({10, 0, 0, 0, 5}, waiting);  // updated before it was recorded
  EXPECT_THAT(steps(told), ElementsAre("fresh 10", "waiting 10"));
}

TEST(TicketStory, AnEndThatNothingDatesIsRefused) {
  for (const RowState state : {resolved, closed, cancelled})
    EXPECT_THAT(refused({10, 0, 0, 0, 0}, state), HasSubstr("no column says when")) << int(state);
}

TEST(TicketStory, NothingComesBeforeTheBeginning) {
  EXPECT_EQ(refused({60'000'000, 0, 30'000'000, 0, 0}, resolved),
            "resolved_at 1970-01-01T00:00:30Z is before recorded_at 1970-01-01T00:01:00Z: mend one "
            "of them");
  EXPECT_THAT(refused({10, 5, 0, 0, 0}, active), HasSubstr("started_at"));
  EXPECT_THAT(refused({10, 0, 0, 5, 0}, closed), HasSubstr("closed_at"));
}

}  // namespace
}  // namespace paceline::tools
