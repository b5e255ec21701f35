// Surveys on a desk: who is asked, what answers do, and that none is lost when tickets leave.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "engine/desk/survey_book.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {
namespace {

using sched::day;
using sched::hour;
using sched::minute;

Configuration surveyed(const SurveySettings& survey) {
  Configuration configuration;
  configuration.settings.survey = survey;
  configuration.settings.auto_close = {0, 0};
  for (const char* name : {"q", "leads"}) {
    QueueDefinition& queue = configuration.queues.emplace_back();
    queue.name = name;
    queue.group = "g";
    queue.mode = QueueMode::manual;
  }
  AgentDefinition& agent = configuration.agents.emplace_back();
  agent.name = "ana";
  agent.groups = {"g"};
  agent.capacity_milli = 100'000;
  return configuration;
}

SurveySettings asking(uint8_t questions = question_csat) {
  SurveySettings settings;
  settings.questions = questions;
  return settings;
}

class Surveys : public ::testing::Test {
 protected:
  void begin(const SurveySettings& settings, Limits limits = small_limits()) {
    desk_.emplace(limits);
    desk_->at("09:00").configure(surveyed(settings));
  }
  DeskDriver& desk() { return *desk_; }
  void later(int64_t us) { desk_->at_us(desk_->now_us() + us); }
  void open(const std::string& id, const std::string& requester, uint8_t kind = 0) {
    EXPECT_EQ(desk().open({.external_id = id, .kind = kind, .requester = requester, .queue = "q"}),
              Reject::none);
  }
  Reject run(const std::function<void(FrameBuilder&)>& build) { return desk().run(build); }
  /// The token of the survey that resolving sends; 0: none is sent.
  uint64_t resolve(const std::string& id) {
    EXPECT_EQ(run([&](FrameBuilder& f) { f.resolve(id); }), Reject::none);
    return sent();
  }
  uint64_t sent() const {
    for (const Event& event : desk_->events()) {
      if (event.kind == EventKind::csat_sent) return static_cast<uint64_t>(event.value_us);
    }
    return 0;
  }
  Reject rate(const std::string& id, int8_t score, const std::string& comment = "") {
    return run([&](FrameBuilder& f) { f.rate(id, score, Rate::not_stated, comment); });
  }
  Reject answer(uint64_t token, int8_t score) {
    return run([&](FrameBuilder& f) { f.rate("", score, Rate::not_stated, "", token); });
  }

  std::optional<DeskDriver> desk_;
  uint64_t number_ = 1;
};

TEST_F(Surveys, NobodyIsAskedWhereNoneAreConfigured) {
  begin({});
  open("A", "kim");
  EXPECT_EQ(resolve("A"), 0U);
  EXPECT_EQ(rate("A", 5), Reject::survey_unknown);
}

TEST_F(Surveys, AResolutionAsksTheRequesterAndSaysWhoResolvedIt) {
  begin(asking(all_questions));
  open("A", "kim");
  run([](FrameBuilder& f) { f.assign("A", "ana").start("A"); });
  const uint64_t token = resolve("A");
  ASSERT_NE(token, 0U);
  const auto event =
      std::find_if(desk().events().begin(), desk().events().end(),
                   [](const Event& each) { return each.kind == EventKind::csat_sent; });
  EXPECT_EQ(event->ticket, desk().ticket("A").id);
  EXPECT_EQ(event->fields, 7U * 86'400);
  EXPECT_EQ(event->threshold_bp, all_questions);
  EXPECT_EQ(desk().desk().names().agents[event->agent], "ana");
  const auto all = desk().surveys();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].queue, "q");
  EXPECT_EQ(all[0].agent, "ana");
  EXPECT_EQ(all[0].expires_at_us - all[0].sent_at_us, (day * 7).us);
}

TEST_F(Surveys, OnlyAResolutionAsksAndNotEveryTicketHasSomebodyToAsk) {
  begin(asking());
  open("nobody", "");
  EXPECT_EQ(resolve("nobody"), 0U);
  open("parent", "kim");
  EXPECT_EQ(desk().open({.external_id = "task",
                         .kind = 2,
                         .requester = "kim",
                         .queue = "q",
                         .follows = desk().ticket("parent").id}),
            Reject::none);
  EXPECT_EQ(resolve("task"), 0U);
  open("cancelled", "lee");
  run([](FrameBuilder& f) { f.cancel("cancelled"); });
  EXPECT_EQ(sent(), 0U);
  open("closed", "lee");
  run([](FrameBuilder& f) { f.close("closed"); });
  EXPECT_EQ(sent(), 0U);
  open("duplicate", "lee");
  run([](FrameBuilder& f) { f.merge("duplicate", "parent"); });
  EXPECT_EQ(sent(), 0U);
  run([&](FrameBuilder& f) {
    f.import_ticket({.external_id = "imported", .requester = "lee", .queue = "q"},
                    desk().now_us() - 100,
                    "queued@" + std::to_string(desk().now_us() - 100) + ";resolved@" +
                        std::to_string(desk().now_us() - 1));
  });
  EXPECT_EQ(sent(), 0U);
  EXPECT_NE(resolve("parent"), 0U);
  run([](FrameBuilder& f) { f.resolve("parent", true); });  // restated
  EXPECT_EQ(sent(), 0U);
}

TEST_F(Surveys, ARequesterIsLeftInPeaceForTheQuietPeriod) {
  begin(asking());
  open("A", "kim");
  open("B", "kim");
  open("C", "lee");
  EXPECT_NE(resolve("A"), 0U);
  EXPECT_EQ(resolve("B"), 0U);
  EXPECT_NE(resolve("C"), 0U);
  later((day * 14).us - 1);
  open("D", "kim");
  EXPECT_EQ(resolve("D"), 0U);
  later(1);
  open("E", "kim");
  EXPECT_NE(resolve("E"), 0U);
}

TEST_F(Surveys, AnAnswerComesByTicketOrByToken) {
  begin(asking(all_questions));
  open("A", "kim");
  open("B", "lee");
  resolve("A");
  const uint64_t token = resolve("B");
  EXPECT_EQ(rate("A", 4, "quick"), Reject::none);
  EXPECT_EQ(desk().count(EventKind::csat_answered), 1U);
  EXPECT_EQ(desk().count(EventKind::csat_low), 0U);
  EXPECT_EQ(answer(token, 5), Reject::none);
  EXPECT_EQ(run([&](FrameBuilder& f) { f.rate("B", -1, 9, "", token); }), Reject::none);
  const auto all = desk().surveys();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].score, 4);
  EXPECT_EQ(all[0].comment, "quick");
  EXPECT_EQ(all[1].score, 5);  // not stated the second time: as it was
  EXPECT_EQ(all[1].recommend, 9);
}

TEST_F(Surveys, BadAnswersAreRefusedByName) {
  begin(asking());
  open("A", "kim");
  open("B", "lee");
  const uint64_t token = resolve("A");
  EXPECT_EQ(rate("A", 0), Reject::score_out_of_scale);
  EXPECT_EQ(rate("A", 6), Reject::score_out_of_scale);
  EXPECT_EQ(rate("A", -7), Reject::score_out_of_scale);
  EXPECT_EQ(run([](FrameBuilder& f) { f.rate("A", -1, 11); }), Reject::score_out_of_scale);
  EXPECT_EQ(run([](FrameBuilder& f) { f.rate("A", -1, -1); }), Reject::field_required);
  EXPECT_EQ(run([](FrameBuilder& f) { f.rate("A", -1, 9); }), Reject::question_not_asked);
  EXPECT_EQ(rate("A", 3, std::string(1'001, 'x')), Reject::field_invalid);
  EXPECT_EQ(rate("X", 3), Reject::ticket_unknown);
  EXPECT_EQ(rate("B", 3), Reject::survey_unknown);
  EXPECT_EQ(answer(token + 1, 3), Reject::survey_unknown);
  EXPECT_EQ(run([&](FrameBuilder& f) { f.rate("B", 3, -1, "", token); }), Reject::survey_unknown);
  EXPECT_EQ(rate("", 3), Reject::field_required);
  later((day * 7).us);
  EXPECT_EQ(rate("A", 3), Reject::survey_expired);
  EXPECT_TRUE(desk().surveys()[0].comment.empty());
}

TEST_F(Surveys, TheLastAnswerOfTheHourCounts) {
  begin(asking());
  open("A", "kim");
  resolve("A");
  EXPECT_EQ(rate("A", 2), Reject::none);
  EXPECT_EQ(desk().count(EventKind::csat_low), 1U);
  later(hour.us);
  EXPECT_EQ(rate("A", 1), Reject::none);
  EXPECT_EQ(desk().count(EventKind::csat_low), 0U);  // told once
  EXPECT_EQ(rate("A", 5), Reject::none);
  EXPECT_EQ(desk().events().front().flags, 1);
  later(1);
  EXPECT_EQ(rate("A", 1), Reject::survey_answered);
  EXPECT_EQ(desk().surveys()[0].score, 5);
  EXPECT_TRUE(desk().surveys()[0].low);
}

TEST_F(Surveys, ALowAnswerIsFollowedUpByATask) {
  SurveySettings settings = asking();
  settings.follow_up = "leads";
  begin(settings);
  open("A", "kim");
  resolve("A");
  EXPECT_EQ(rate("A", 2, "no call back"), Reject::none);
  const QueueView leads = desk().queue_view("leads");
  EXPECT_EQ(leads.waiting, 1U);
  Query query;
  query.kind = QueryKind::tickets;
  query.text = "leads";
  const TicketView task = desk().desk().answer(query).tickets.at(0);
  EXPECT_EQ(task.kind, static_cast<uint8_t>(TicketKind::task));
  EXPECT_EQ(task.follows, desk().ticket("A").id);
  EXPECT_EQ(task.requester, "kim");
  EXPECT_EQ(task.body, "Satisfaction 2 of 5 with ticket A: no call back");
  EXPECT_EQ(rate("A", 1), Reject::none);
  EXPECT_EQ(desk().queue_view("leads").waiting, 1U);  // one task for one survey
}

TEST_F(Surveys, AFollowUpThatIsMissingRoomLeavesTheAnswer) {
  SurveySettings settings = asking();
  settings.follow_up = "leads";
  Limits limits = small_limits();
  limits.tickets_max = 1;
  begin(settings, limits);
  open("A", "kim");
  resolve("A");
  EXPECT_EQ(rate("A", 1), Reject::none);
  EXPECT_EQ(desk().count(EventKind::csat_low), 1U);
  EXPECT_EQ(desk().queue_view("leads").waiting, 0U);
}

TEST_F(Surveys, AnAnswerComesAfterItsTicketHasLeft) {
  SurveySettings settings = asking();
  settings.follow_up = "leads";
  Limits limits = small_limits();
  limits.closed_max = 0;
  begin(settings, limits);
  open("A", "kim");
  const uint64_t token = resolve("A");
  const uint64_t id = desk().ticket("A").id;
  run([](FrameBuilder& f) { f.close("A"); });
  ASSERT_EQ(desk().archived().size(), 1U);
  EXPECT_EQ(desk().surveys().size(), 1U);  // still to be answered
  EXPECT_EQ(rate("A", 5), Reject::ticket_unknown);
  EXPECT_EQ(answer(token, 1), Reject::none);
  EXPECT_EQ(desk().queue_view("leads").waiting, 1U);
  later(hour.us + 1);
  open("B", "");
  run([](FrameBuilder& f) { f.cancel("B"); });  // leaves, and takes the survey along
  const auto all = desk().surveys();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].ticket, id);
  EXPECT_EQ(all[0].score, 1);
  EXPECT_EQ(all[0].queue, "q");
  Query query;
  query.kind = QueryKind::cases;
  query.mode = 2;
  EXPECT_TRUE(desk().desk().answer(query).surveys.empty());
  EXPECT_EQ(answer(token, 5), Reject::survey_answered);
  later((day * 14).us);
  open("C", "");
  run([](FrameBuilder& f) { f.cancel("C"); });
  EXPECT_EQ(answer(token, 5), Reject::survey_expired);  // not even remembered
  EXPECT_EQ(desk().surveys().size(), 1U);
}

TEST_F(Surveys, NobodyIsAskedWhileAsManyAreUnderWayAsTheDeskHoldsTickets) {
  Limits limits = small_limits();
  limits.tickets_max = 1;
  limits.closed_max = 0;
  begin(asking(), limits);
  const auto live_and_leave = [&](const std::string& id) {
    open(id, id);
    const uint64_t token = resolve(id);
    run([&](FrameBuilder& f) { f.close(id); });
    return token;
  };
  EXPECT_NE(live_and_leave("A"), 0U);
  EXPECT_EQ(live_and_leave("B"), 0U);
  later((day * 14).us);
  EXPECT_EQ(live_and_leave("C"), 0U);  // with it goes the survey of A, which has ended
  EXPECT_NE(live_and_leave("D"), 0U);
}

TEST_F(Surveys, ByItsIdATicketIsRatedAfterItHasLeft) {
  Limits limits = small_limits();
  limits.closed_max = 0;
  begin(asking(), limits);
  open("A", "kim");
  resolve("A");
  const uint64_t id = desk().ticket("A").id;
  run([](FrameBuilder& f) { f.close("A"); });
  const auto by_id = [&](uint64_t ticket) {
    Rate rate;
    rate.ticket = ticket;
    rate.score = 4;
    const CommandKind kind = CommandKind::rate;
    CommandFrame frame;
    frame.desk = desk().desk().number();
    frame.session = SessionId{9};
    frame.roles = 1;
    frame.first_number = number_++;
    frame.order = {&kind, 1};
    frame.rate = {&rate, 1};
    Outcome outcome;
    desk().desk().apply({sched::Instant{desk().now_us()}, {&frame, 1}}, outcome);
    return static_cast<Reject>(outcome.replies.at(0).code);
  };
  EXPECT_EQ(by_id(id), Reject::none);
  EXPECT_EQ(by_id(id + 1), Reject::ticket_unknown);
  EXPECT_EQ(desk().surveys()[0].score, 4);
}

TEST_F(Surveys, AreRefusedAsAConfigurationThatCannotBe) {
  begin(asking());
  const auto refused = [&](const std::function<void(SurveySettings&)>& spoil) {
    SurveySettings settings = asking();
    spoil(settings);
    FrameBuilder builder;
    builder.configure(register_configuration(surveyed(settings)));
    return static_cast<Reject>(desk().apply(builder).back().code);
  };
  const Reject invalid = Reject::configuration_invalid;
  EXPECT_EQ(refused([](SurveySettings& s) { s.follow_up = "nowhere"; }), invalid);
  EXPECT_EQ(refused([](SurveySettings& s) { s.questions = 4; }), invalid);
  EXPECT_EQ(refused([](SurveySettings& s) { s.valid_us = 0; }), invalid);
  EXPECT_EQ(refused([](SurveySettings& s) { s.quiet_us = -1; }), invalid);
  EXPECT_EQ(refused([](SurveySettings& s) { s.sampling_milli = 1'001; }), invalid);
  EXPECT_EQ(refused([](SurveySettings&) {}), Reject::none);
}

// ------------------------------------------------------------------------ against a slow model

/// All surveys ever sent, looked through one by one.
class SurveyModel {
 public:
  explicit SurveyModel(SurveySettings settings) : settings_(std::move(settings)) {}

  struct Asked {
    std::string ticket, requester;
    int64_t sent_us = 0, answered_us = 0;
    int8_t score = -1;
  };

  bool asks(const std::string& requester, int64_t now_us, bool drawn) const {
    if (requester.empty() || !drawn) return false;
    return std::none_of(asked_.begin(), asked_.end(), [&](const Asked& each) {
      return each.requester == requester && now_us - each.sent_us < settings_.quiet_us;
    });
  }
  void send(const std::string& ticket, const std::string& requester, int64_t now_us) {
    asked_.push_back({ticket, requester, now_us, 0, -1});
  }
  Reject rate(size_t number, int8_t score, int64_t now_us) {
    Asked& asked = asked_[number];
    if (asked.answered_us == 0) {
      if (now_us - asked.sent_us >= settings_.valid_us) return Reject::survey_expired;
      asked.answered_us = now_us;
    } else if (settings_.change_within_us == 0 ||
               now_us - asked.answered_us > settings_.change_within_us) {
      return Reject::survey_answered;
    }
    asked.score = score;
    return Reject::none;
  }
  const std::vector<Asked>& asked() const { return asked_; }

 private:
  SurveySettings settings_;
  std::vector<Asked> asked_;
};

class SurveyProperty : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SurveyProperty, ADeskAsksAndHearsAsTheModelDoes) {
  Dice dice(GetParam());
  SurveySettings settings = asking();
  settings.sampling_milli = dice.chance(50) ? 1'000 : 600;
  settings.quiet_us = static_cast<int64_t>(dice.roll(6)) * hour.us;
  settings.valid_us = static_cast<int64_t>(1 + dice.roll(4)) * hour.us;
  settings.change_within_us = static_cast<int64_t>(dice.roll(3)) * 20 * minute.us;
  Limits limits = small_limits();
  limits.closed_max = static_cast<uint32_t>(dice.roll(4));
  DeskDriver desk(limits);
  desk.at("09:00").configure(surveyed(settings));
  SurveyModel model(settings);
  std::vector<uint64_t> tokens;
  int opened = 0;
  for (int step = 0; step < 600 && !HasFailure(); ++step) {
    if (dice.chance(40)) desk.at_us(desk.now_us() + static_cast<int64_t>(dice.roll(1'800'000'000)));
    const std::string id = "T" + std::to_string(opened);
    const std::string requester = dice.chance(10) ? "" : "r" + std::to_string(dice.roll(5));
    if (dice.chance(60)) {  // one ticket's whole life
      ++opened;
      ASSERT_EQ(desk.open({.external_id = id, .requester = requester, .queue = "q"}), Reject::none);
      const uint64_t ticket = desk.ticket(id).id;
      for (uint64_t cycle = 0; cycle < 1 + dice.roll(2); ++cycle) {
        if (cycle > 0) ASSERT_EQ(desk.run([&](FrameBuilder& f) { f.reopen(id); }), Reject::none);
        ASSERT_EQ(desk.run([&](FrameBuilder& f) { f.resolve(id); }), Reject::none);
        const bool drawn = SurveyBook::drawn(ticket, cycle, settings.sampling_milli);
        const bool asks = model.asks(requester, desk.now_us(), drawn);
        ASSERT_EQ(desk.count(EventKind::csat_sent), asks ? 1U : 0U) << "step " << step;
        if (!asks) continue;
        model.send(id, requester, desk.now_us());
        for (const Event& event : desk.events()) {
          if (event.kind == EventKind::csat_sent) {
            tokens.push_back(static_cast<uint64_t>(event.value_us));
          }
        }
      }
      desk.run([&](FrameBuilder& f) { f.close(id); });
    } else if (!tokens.empty()) {
      const size_t newest = tokens.size() - 1;
      const size_t number = newest - std::min<size_t>(newest, dice.roll(12));
      const auto score = static_cast<int8_t>(1 + dice.roll(5));
      const Reject got = desk.run(
          [&](FrameBuilder& f) { f.rate("", score, Rate::not_stated, "", tokens[number]); });
      const Reject wanted = model.rate(number, score, desk.now_us());
      // What is not remembered any more has run out, answered or not.
      const bool forgotten = got == Reject::survey_expired && wanted == Reject::survey_answered;
      if (!forgotten) ASSERT_EQ(name(got), name(wanted)) << "step " << step;
    }
  }
  // Each survey is there once, in memory or in the history, as it was answered.
  const auto all = desk.surveys();
  ASSERT_EQ(all.size(), model.asked().size());
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].number, i + 1);
    EXPECT_EQ(all[i].sent_at_us, model.asked()[i].sent_us);
    EXPECT_EQ(all[i].answered_at_us, model.asked()[i].answered_us);
    EXPECT_EQ(all[i].score, model.asked()[i].score);
  }
  EXPECT_EQ(desk.desk().check_invariants(), std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Seeds, SurveyProperty, ::testing::Range<uint64_t>(1, 13));

}  // namespace
}  // namespace paceline::desk::test
