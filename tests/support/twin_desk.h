// A desk and another one that was filled in from it, asked the same: they answer the same.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/desk/kpi.h"
#include "tests/support/memory_archive.h"

namespace paceline::desk::test {

/// A desk just constructed, as loading wants it.
using NewDesk = std::function<std::unique_ptr<Desk>()>;

/// Everything that can be asked of a desk, by name of the query.
inline std::vector<std::pair<std::string, Answer>> all_answers(const Desk& desk) {
  std::vector<std::pair<std::string, Answer>> answers;
  const auto ask = [&](QueryKind kind, const char* what, uint64_t ticket = 0,
                       const std::string& text = {}, const std::string& agent = {}) {
    Query query;
    query.kind = kind;
    query.ticket = ticket;
    query.text = text;
    query.agent = agent;
    query.limit = 1'000;
    query.with_digest = true;
    answers.emplace_back(std::string(what) + " " + text + agent, desk.answer(query));
    return answers.back().second;
  };
  ask(QueryKind::names, "names");
  ask(QueryKind::status, "status");
  ask(QueryKind::policies, "policies");
  ask(QueryKind::clocks, "clocks");
  ask(QueryKind::offers, "offers");
  ask(QueryKind::migrate, "migrate");
  ask(QueryKind::repair, "repair");
  ask(QueryKind::reassign, "reassign", 0, "vip || priority == P1");
  ask(QueryKind::board, "board");
  Query surveys;
  surveys.kind = QueryKind::cases;
  surveys.mode = 2;
  surveys.limit = 1'000;
  answers.emplace_back("surveys", desk.answer(surveys));
  for (const TicketView& ticket : ask(QueryKind::tickets, "tickets").tickets) {
    ask(QueryKind::ticket, "ticket", 0, ticket.external_id);
    ask(QueryKind::why_clock, "why clock", ticket.id);
    ask(QueryKind::why_ticket, "why ticket", ticket.id);
  }
  for (const QueueView& queue : ask(QueryKind::queues, "queues").queues) {
    ask(QueryKind::queue_peek, "peek", 0, queue.name);
    ask(QueryKind::why_queue, "why queue", 0, queue.name);
    ask(QueryKind::hand_off, "hand off", 0, queue.name);
  }
  for (const AgentView& agent : ask(QueryKind::agents, "agents").agents) {
    ask(QueryKind::why_agent, "why agent", 0, {}, agent.name);
    ask(QueryKind::hand_off, "hand off", 0, {}, agent.name);
  }
  return answers;
}

inline Kpi kpi_of(const Desk& desk) {
  const Names names = desk.names();
  KpiBuilder builder(desk.now(), names);
  desk.collect_facts([&](const TicketFacts& facts, std::span<const StateInterval> intervals) {
    builder.add(facts, intervals);
  });
  return std::move(builder).finish(desk.policy_verdicts());
}

/// Whatever can be seen of two desks from outside.
inline void expect_same(const Desk& desk, const Desk& other) {
  EXPECT_EQ(other.digest(), desk.digest());
  EXPECT_EQ(other.event_hash(), desk.event_hash());
  EXPECT_EQ(other.last_event(), desk.last_event());
  EXPECT_EQ(other.now(), desk.now());
  EXPECT_EQ(other.next_due(), desk.next_due());
  EXPECT_EQ(other.check_invariants(), std::vector<std::string>{});
  EXPECT_TRUE(kpi_of(other) == kpi_of(desk));
  const auto answers = all_answers(desk);
  const auto others = all_answers(other);
  ASSERT_EQ(others.size(), answers.size());
  for (size_t at = 0; at < answers.size(); ++at) {
    EXPECT_EQ(others[at].first, answers[at].first);
    EXPECT_TRUE(others[at].second == answers[at].second) << answers[at].first;
  }
}

inline std::unique_ptr<Desk> loaded(const sched::test::Image& image, const NewDesk& new_desk) {
  std::unique_ptr<Desk> desk = new_desk();
  EXPECT_EQ(sched::test::load(*desk, image), "");
  return desk;
}

/// Keeps a desk that never stops and one that is, now and then, a new one loaded from itself.
class TwinDesk {
 public:
  explicit TwinDesk(NewDesk new_desk)
      : new_desk_(std::move(new_desk)), first_(new_desk_()), second_(new_desk_()) {}

  Desk& desk() { return *first_; }
  const Outcome& outcome() const { return outcome_; }

  void apply(const Batch& batch) {
    outcome_.clear();
    Outcome again;
    first_->apply(batch, outcome_);
    second_->apply(batch, again);
    EXPECT_EQ(again.more_timers_due, outcome_.more_timers_due);
    EXPECT_EQ(again.archived.first(), outcome_.archived.first());
    EXPECT_TRUE(same_replies(again.replies, outcome_.replies));
    EXPECT_EQ(second_->event_hash(), first_->event_hash());
    EXPECT_EQ(second_->next_due(), first_->next_due());
    EXPECT_TRUE(again.archived == outcome_.archived);
  }
  void recovered(sched::Instant down_from, sched::Instant down_to) {
    first_->recovered(down_from, down_to);
    second_->recovered(down_from, down_to);
  }
  void clock_jumped(int64_t by_us) {
    first_->clock_jumped(by_us, false);
    second_->clock_jumped(by_us, false);
  }
  /// The second one from its own image; saving changes nothing.
  void reload() {
    const uint64_t digest = second_->digest();
    const sched::test::Image image = sched::test::saved(*second_);
    EXPECT_EQ(second_->digest(), digest);
    second_ = loaded(image, new_desk_);
    expect_same(*first_, *second_);
  }

 private:
  static bool same_replies(const std::vector<Reply>& a, const std::vector<Reply>& b) {
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Reply)) == 0);
  }

  NewDesk new_desk_;
  std::unique_ptr<Desk> first_;
  std::unique_ptr<Desk> second_;
  Outcome outcome_;
};

}  // namespace paceline::desk::test
