// Random desks that route: every rule of needs, capacity, offers, agent states and tiers at once.
// After every batch all invariants hold, a slow reckoning of every pair of ticket and agent
// (models/routing_model.h) finds nobody idle beside work, and `why ticket` tells of each agent the
// hindrance that it finds; the same batches give the same state.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <vector>

#include "tests/models/routing_model.h"
#include "tests/support/random_routing.h"

namespace paceline::desk::test {
namespace {

Why why_ticket(const Desk& desk, const TicketView& ticket) {
  Query query;
  query.kind = QueryKind::why_ticket;
  query.ticket = ticket.id;
  query.limit = 1'000;
  return desk.answer(query).why;
}

/// Waiting tickets beside agents who could have them, pair by pair.
void find_idle(const Desk& desk, const RoutingModel& model, std::vector<std::string>& found) {
  for (const auto& [id, ticket] : model.tickets()) {
    if (!model.waits(ticket) || !model.pushes(ticket.queue) || model.kept_back(ticket)) continue;
    for (const auto& [name, view] : model.agents()) {
      if (!model.knows_room_of(name) || !model.hindrance(name, ticket).empty()) continue;
      const std::string sentence = why_ticket(desk, ticket).sentence;
      const bool for_another = sentence.find(" waits for ") != std::string::npos &&
                               sentence.find(" waits for " + name + ",") == std::string::npos;
      if (for_another) continue;
      found.push_back(ticket.external_id + " in " + ticket.queue + " beside " + name);
    }
  }
}

/// What `why ticket` tells of one waiting ticket, against the model.
void compare_hindrances(const Desk& desk, const RoutingModel& model, const TicketView& ticket,
                        std::vector<std::string>& found) {
  const Why why = why_ticket(desk, ticket);
  std::map<std::string, std::string> told;
  for (const CandidateView& candidate : why.candidates) {
    told[candidate.agent] = candidate.hindrance;
  }
  for (const auto& [name, view] : model.agents()) {
    if (!model.knows_room_of(name)) continue;
    const std::string reckoned = model.hindrance(name, ticket);
    const auto at = told.find(name);
    const std::string said = at == told.end() ? "group" : at->second;
    // Of who is not there and no member either it is the group that is told of.
    if (said == reckoned || (said == "group" && reckoned == "state")) continue;
    found.push_back("why " + ticket.external_id + " in " + ticket.queue + ": " + name + " " + said +
                    ", reckoned " + reckoned);
  }
  const bool unroutable = why.sentence.find("is unroutable") != std::string::npos;
  if (model.gives_away(ticket.queue) && unroutable == model.anyone_at_all(ticket)) {
    found.push_back(why.sentence + (unroutable ? ": somebody can" : ": nobody can"));
  }
}

struct Result {
  uint64_t digest;
  uint64_t event_hash;
  uint64_t commands;
  std::map<EventKind, uint64_t> events;
};

/// Cancels the oldest where too much is open.
void make_room(const Desk& desk, const Scale& scale, FrameBuilder& builder) {
  Query query;
  query.kind = QueryKind::status;
  const uint64_t open = desk.answer(query).status.tickets;
  query.kind = QueryKind::tickets;
  query.limit = 1'000;
  const std::vector<TicketView> oldest = desk.answer(query).tickets;
  for (size_t n = 0; n < oldest.size() && n + scale.tickets_open < open; ++n) {
    builder.cancel(oldest[n].external_id);
  }
}

/// `examined`: every how-manyeth batch; 0: none.
Result run(uint64_t seed, const Scale& scale, int batches, int examined) {
  Limits limits = small_limits();
  limits.tickets_max = static_cast<uint32_t>(4'096 + 4 * scale.tickets_open);
  limits.text_mib_max = 64;
  limits.clocks_per_ticket = 4;
  limits.closed_max = 20;
  limits.timers_per_batch = scale.timers_per_batch;
  limits.reply_window = 64;
  Desk desk(sched::DeskNumber{1}, "random", limits, &registered_configuration);
  Desk::set_invariants_fatal(true);
  Dice dice(seed);
  Crowd crowd(dice, desk, scale);
  RoutingModel model(desk);
  Outcome outcome;
  int64_t now_us = monday_us + (sched::hour * 8).us;
  uint64_t number = 1;
  Result result{};
  for (int i = 0; i < batches; ++i) {
    FrameBuilder builder;
    crowd.begin_batch();
    if (i == 0 || dice.roll(scale.batches_of_one) == 0) {
      const Configuration configuration = some_desk(dice, scale);
      builder.configure(register_configuration(configuration));
      model.configure(configuration);
    }
    if (i == 0) {
      for (uint64_t agent = 0; agent < scale.agents; ++agent) builder.log_in(agent_name(agent));
    }
    if (i % 50 == 0) make_room(desk, scale, builder);
    const uint64_t commands = dice.roll(scale.commands_max + 1);
    for (uint64_t c = 0; c < commands; ++c) crowd.ask(builder);
    const CommandFrame frame = builder.frame(desk.number(), SessionId{3}, number);
    number += builder.size();
    const Batch batch{sched::Instant{now_us}, {&frame, builder.size() == 0 ? 0U : 1U}};
    outcome.clear();
    desk.apply(batch, outcome);
    EXPECT_EQ(outcome.replies.size(), builder.size());
    EXPECT_TRUE(i != 0 || outcome.replies[2].code == 0) << "seed " << seed << ": no configuration";
    for (const Event& event : outcome.events) ++result.events[event.kind];
    model.follow(outcome);
    if (examined != 0 && i % examined == 0) {
      std::vector<std::string> violations = desk.check_invariants();
      if (!outcome.more_timers_due) {
        model.look();
        find_idle(desk, model, violations);
        std::vector<const TicketView*> waiting;
        for (const auto& [id, ticket] : model.tickets()) {
          if (model.waits(ticket)) waiting.push_back(&ticket);
        }
        if (!waiting.empty()) {
          const auto which = static_cast<size_t>(i) % waiting.size();
          compare_hindrances(desk, model, *waiting[which], violations);
        }
      }
      EXPECT_EQ(violations, std::vector<std::string>{}) << "seed " << seed << " batch " << i;
      if (!violations.empty()) break;
    }
    const int64_t before_us = now_us;
    const int64_t due_us = desk.next_due().us;
    if (dice.chance(30) && due_us > now_us && due_us != sched::never.us) {
      now_us = due_us;
    } else if (!dice.chance(20)) {
      now_us += static_cast<int64_t>(dice.roll(dice.chance(5) ? 30'000'000'000 : 120'000'000));
    }
    if (now_us - before_us > sched::hour.us && dice.chance(30)) {
      desk.recovered({before_us}, {now_us});
    }
  }
  result.digest = desk.digest();
  result.event_hash = desk.event_hash();
  result.commands = number - 1;
  return result;
}

void expect_everything_happened(const Result& result) {
  for (const EventKind kind :
       {EventKind::ticket_offered, EventKind::ticket_accepted, EventKind::ticket_declined,
        EventKind::ticket_offer_expired, EventKind::ticket_rescinded, EventKind::ticket_relaxed,
        EventKind::ticket_aged, EventKind::ticket_unroutable, EventKind::agent_state_changed,
        EventKind::ticket_handed_off, EventKind::ticket_escalated, EventKind::ticket_bounced,
        EventKind::queue_overflow, EventKind::agent_session_lost}) {
    EXPECT_NE(result.events.count(kind), 0U) << name(kind);
  }
}

class RandomRouting : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomRouting, KeepsEveryInvariantAndReplaysToTheSameState) {
  const int batches = std::getenv("PACELINE_SOAK") == nullptr ? 2'000 : 50'000;
  const Scale scale;
  const Result first = run(GetParam(), scale, batches, 1);
  if (HasFailure()) return;
  const Result again = run(GetParam(), scale, batches, 0);
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_EQ(first.event_hash, again.event_hash);
  expect_everything_happened(first);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRouting, ::testing::Range<uint64_t>(1, 9));

/// A desk of the size of a large one; a million commands where `tools/check --long` asks for it.
TEST(RandomRoutingAtLarge, KeepsEveryInvariantAndReplaysToTheSameState) {
  const bool soak = std::getenv("PACELINE_SOAK") != nullptr;
  const Scale scale{.queues = 500,
                    .agents = 1'000,
                    .groups = 40,
                    .skills = 200,
                    .skills_of_agent = 30,
                    .weights = 2,
                    .routes = 100,
                    .commands_max = 40,
                    .tickets_open = 3'000,
                    .batches_of_one = 5'000,
                    .timers_per_batch = 200};
  const int batches = soak ? 50'000 : 500;
  for (uint64_t seed = 1; seed <= (soak ? 8 : 1) && !HasFailure(); ++seed) {
    const Result first = run(seed, scale, batches, soak ? 200 : 100);
    const Result again = run(seed, scale, batches, 0);
    EXPECT_EQ(first.digest, again.digest);
    EXPECT_EQ(first.event_hash, again.event_hash);
    EXPECT_GT(first.commands, soak ? 1'000'000U : 5'000U);
    expect_everything_happened(first);
  }
}

}  // namespace
}  // namespace paceline::desk::test
