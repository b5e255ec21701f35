// Lines that keep agents free for others.
#include "tests/sched/dispatch_desk.h"

namespace paceline::sched::test {
namespace {

class DispatchReserve : public Dispatch {};

LineTerms keeping(uint32_t keep_free) {
  LineTerms terms = wanting();
  terms.keep_free = keep_free;
  return terms;
}

TEST_F(DispatchReserve, ALineThatKeepsOneFreeIsGivenNothingWhenOnlyOneIs) {
  desk.define_line(1, keeping(1));
  staff(ann, member());
  desk.enqueue(1, 3, {1, 1});
  EXPECT_EQ(agent_for(3), std::nullopt);
  EXPECT_EQ(desk.ticket_for(ann, true), none);
  EXPECT_EQ(desk.spare(1), 0U);
  EXPECT_EQ(desk.idle_beside_waiting(), 0U);
  staff(bob, member());
  EXPECT_EQ(desk.spare(1), 1U);
  EXPECT_EQ(agent_for(3), ann);
  EXPECT_EQ(desk.ticket_for(bob), 3U);
  EXPECT_EQ(desk.idle_beside_waiting(), 2U);
}

TEST_F(DispatchReserve, OthersMayHaveTheLastOneThatIsKept) {
  desk.define_line(1, keeping(1));
  staff(ann, member());
  desk.enqueue(1, 3, {1, 1});
  desk.enqueue(0, 4, {2, 2});
  EXPECT_EQ(desk.ticket_for(ann), 4U);
}

TEST_F(DispatchReserve, OnlyThoseFreeForTheLinesWorkWhoMayServeItCountAsFree) {
  desk.define_line(1, keeping(1));
  staff(ann, member());
  desk.define_agent(bob, {{network + 1}, {}}, 1'000);  // of another group
  log_in(bob, 1);
  EXPECT_EQ(desk.spare(1), 0U);
  staff(bob, member());
  EXPECT_EQ(desk.spare(1), 1U);
  take(bob, a_task);
  EXPECT_EQ(desk.spare(1), 0U);
  give_up(bob, a_task);
  desk.set_barred(bob, uint64_t{1} << task);
  EXPECT_EQ(desk.spare(1), 0U);
  desk.set_barred(bob, 0);
  desk.set_routable(ann, false);
  EXPECT_EQ(desk.spare(1), 0U);
  desk.set_routable(ann, true);
  EXPECT_EQ(desk.spare(1), 1U);
}

TEST_F(DispatchReserve, NewTermsCountAnew) {
  desk.define_line(1, keeping(2));
  staff(ann, member());
  staff(bob, member());
  EXPECT_EQ(desk.spare(1), 0U);
  desk.define_line(1, keeping(1));
  EXPECT_EQ(desk.spare(1), 1U);
  LineTerms of_nobody = keeping(1);
  of_nobody.group = network + 1;
  desk.define_line(1, of_nobody);
  EXPECT_EQ(desk.spare(1), 0U);
  desk.define_line(1, wanting());
  EXPECT_EQ(desk.spare(1), Reserves::no_limit);
}

TEST_F(DispatchReserve, LinesThatOpenAreToldOnce) {
  desk.define_line(1, keeping(1));
  staff(ann, member());
  EXPECT_FALSE(desk.any_opened());
  staff(bob, member());
  std::vector<uint32_t> lines;
  ASSERT_TRUE(desk.any_opened());
  desk.take_opened(lines);
  EXPECT_EQ(lines, std::vector<uint32_t>{1});
  EXPECT_FALSE(desk.any_opened());
  take(ann, a_task);
  give_up(ann, a_task);
  take(ann, a_task);  // opened, and closed again
  desk.take_opened(lines);
  EXPECT_TRUE(lines.empty());
}

TEST_F(DispatchReserve, WhoMustNotHaveATicketIsFreeAllTheSame) {
  desk.define_line(1, keeping(1));
  staff(ann, member());
  desk.enqueue(1, 3, {1, 1});
  desk.exclude(ann, 3);
  staff(bob, member());
  EXPECT_EQ(agent_for(3), bob);
}

}  // namespace
}  // namespace paceline::sched::test
