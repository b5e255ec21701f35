#include "engine/runtime/desk_directory.h"

#include <gtest/gtest.h>

namespace paceline::runtime {
namespace {

constexpr uint32_t administrator = static_cast<uint32_t>(desk::Role::administrator);

Request asked(const DeskDirectory& directory, const std::string& name, bool create = true,
              uint32_t roles = administrator) {
  Request request;
  request.kind = RequestKind::open_desk;
  request.open_desk = std::make_unique<OpenDeskWork>();
  request.open_desk->name = name;
  request.open_desk->create = create;
  request.open_desk->roles = roles;
  directory.look_up(request);
  return request;
}

TEST(DeskDirectory, NumbersAreGivenInOrderOfCreation) {
  DeskDirectory directory(10);
  for (const uint16_t number : {uint16_t{1}, uint16_t{2}, uint16_t{3}}) {
    const Request request = asked(directory, "desk-" + std::to_string(number));
    EXPECT_EQ(request.desk.value, number);
    EXPECT_TRUE(request.open_desk->created);
    directory.add(request.desk, request.open_desk->name);
  }
  const Request known = asked(directory, "desk-2", false, 0);
  EXPECT_EQ(known.desk.value, 2);
  EXPECT_FALSE(known.open_desk->created);
}

TEST(DeskDirectory, ANumberIsGivenAwayOnlyOnceItIsAdded) {
  DeskDirectory directory(10);
  EXPECT_EQ(asked(directory, "a").desk.value, 1);  // refused by a full intake
  EXPECT_EQ(asked(directory, "b").desk.value, 1);
}

TEST(DeskDirectory, AGapIsNeverFilled) {
  DeskDirectory directory(10);
  directory.add({5}, "five");
  directory.add({2}, "two");
  EXPECT_EQ(asked(directory, "next").desk.value, 6);
}

TEST(DeskDirectory, SaysWhyThereWillBeNoDesk) {
  DeskDirectory directory(1);
  EXPECT_EQ(asked(directory, "a", false).refusal, Refusal::desk_unknown);
  EXPECT_EQ(asked(directory, "a", true, 0).refusal, Refusal::permission_denied);
  EXPECT_EQ(asked(directory, "no blanks").refusal, Refusal::desk_name_invalid);
  directory.add({1}, "a");
  EXPECT_EQ(asked(directory, "b").refusal, Refusal::desks_full);
}

}  // namespace
}  // namespace paceline::runtime
