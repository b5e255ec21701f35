// The proof that the simulator is the same code: a day recorded from a live server comes out of a
// replay with the same assignments, and with others where something else was configured.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/config/load.h"
#include "engine/runtime/file_log.h"
#include "sim/recorded/day_replay.h"
#include "tests/support/dice.h"
#include "tests/support/log_driver.h"
#include "tests/support/server_fixture.h"
#include "tests/support/temporary_folder.h"
#include "tools/day_json.h"
#include "tools/day_recorder.h"
#include "tools/day_rules.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

using desk::test::Dice;
using testing::RawPeer;
using wire::CommandWriter;
using wire::first_desk;

constexpr int64_t second_us = 1'000'000;
constexpr int64_t morning_us = 1'767'600'000'000'000;  // 2026-01-05T08:00Z, a Monday

/// Two tiers, offers in one queue, clocks, and a queue that is worked on by hand.
std::string rules(std::string_view agents_of_the_desk) {
  return R"(
[desk.main.survey]
quiet_period = "0s"
follow_up = "backlog"
[calendar.office]
zone = "Europe/London"
week = { mon-fri = ["08:00-18:00"] }
[[queue]]
name = "desk"
group = "first"
escalate_to = "network"
[[queue]]
name = "network"
group = "second"
tier = 2
auto_accept = false
offer_timeout = "3m"
cool_off = "10m"
[[queue]]
name = "backlog"
group = "second"
mode = "pull"
[[route]]
name = "network"
when = "category == network"
queue = "network"
[[route]]
name = "all"
queue = "desk"
[[policy]]
name = "resolution"
clock = "resolution"
target = "2h"
calendar = "office"
pause = ["awaiting_requester"]
thresholds = [50, 100]
)" + std::string(agents_of_the_desk);
}

constexpr std::string_view agents = R"(
[[agent]]
name = "ada"
groups = ["first"]
capacity = 2
[[agent]]
name = "bob"
groups = ["first"]
[[agent]]
name = "cleo"
groups = ["first", "second"]
capacity = 2
[[agent]]
name = "dan"
groups = ["second"]
[[agent]]
name = "eve"
groups = ["second"]
capacity = 3
)";
constexpr std::array<const char*, 5> names = {"ada", "bob", "cleo", "dan", "eve"};

desk::Configuration configuration(std::string_view text) {
  auto loaded = config::load_text(text, "desk.toml", {morning_us});
  if (!loaded) {
    for (const config::ConfigError& error : loaded.error()) ADD_FAILURE() << shown(error);
    return {};
  }
  return std::move(loaded->desks.front().second);
}

class RecordedDayTest : public wire::ServerTest {
 protected:
  /// Some `tickets` tickets through a server: people come, work, change their minds.
  void live(uint64_t seed, size_t tickets) {
    start();
    connect();
    go_on_to(morning_us);
    configure(configuration(rules(agents)));
    for (const char* agent : names) writer_.log_in(agent);
    send();
    Dice dice(seed);
    while (opened_.size() < tickets) {
      // Often several batches at one instant.
      if (dice.chance(70)) go_on_to(now_us_ + static_cast<int64_t>(dice.roll(60)) * second_us);
      for (size_t i = 1 + dice.roll(3); i > 0; --i) act(dice);
      answer_offers(dice);
      send();
      if (restarts_at == opened_.size()) {
        restarts_at = 0;
        peer_.reset();
        restart();
        connect();
      }
    }
    go_on_to(now_us_ + 3'600 * second_us);
    peer_.reset();
    ASSERT_EQ(stop().text, "");
  }

  size_t restarts_at = 0;  ///< Tickets, of a day on which the server is started anew.

  sim::RecordedDay record() {
    const Terminal terminal = Terminal::standard();
    auto day = record_day(terminal, {.data = options.data, .desk = "emea"});
    if (!day) {
      ADD_FAILURE() << day.error().text;
      return {};
    }
    return std::move(*day);
  }

 private:
  void connect() {
    peer_ = std::make_unique<RawPeer>(socket_path());
    peer_->hello(7);
    peer_->open_desk("emea", true);
  }
  /// Under a wall clock time goes on by itself.
  void go_on_to(int64_t at_us) {
    if (options.clock_mode == wire::ClockMode::commands) now_us_ = advance(*peer_, at_us);
  }

  void configure(const desk::Configuration& rules) {
    const wire::Bytes document = wire::encode_configuration(rules);
    writer_.config_begin(static_cast<uint32_t>(document.size()));
    writer_.config_chunk(document);
    writer_.config_commit(wire::hash_document(document));
    for (const desk::Reply& reply : send()) ASSERT_EQ(reply.code, 0);
  }

  std::vector<desk::Reply> send() {
    if (writer_.empty()) return {};
    peer_->send_commands(writer_, first_desk, next_number_);
    const std::vector<desk::Reply> replies = peer_->replies();
    next_number_ += replies.size();
    for (const size_t place : opens_)
      if (replies[place].code == 0) opened_.push_back(replies[place].ticket);
    opens_.clear();
    return replies;
  }

  void act(Dice& dice) {
    if (opened_.empty() || dice.chance(10)) return open(dice);
    const wire::Addressed to = some_ticket(dice);
    const char* agent = names[dice.roll(names.size())];
    switch (dice.roll(20)) {
      case 0:
        writer_.start(to);
        return;
      case 1:
        writer_.message({.to = to, .author_kind = desk::AuthorKind::agent});
        return;
      case 2:
        writer_.message({.to = to, .author_kind = desk::AuthorKind::requester});
        return;
      case 3:
        writer_.pend(to, "awaiting_requester", dice.chance(50) ? now_us_ + 300 * second_us : 0);
        return;
      case 4:
        writer_.resume(to);
        return;
      case 5:
        writer_.close(to);
        return;
      case 6:
        writer_.reopen(to, "not solved");
        return;
      case 7:
        writer_.requeue(to, dice.chance(50) ? "network" : "desk", "belongs elsewhere");
        return;
      case 8:
        writer_.escalate({.to = to, .reason = "needs more skill"});
        return;
      case 9:
        if (dice.chance(30)) writer_.cancel(to, "gone");
        return;
      case 10:
        writer_.set_agent_state(
            {.agent = agent,
             .step = dice.chance(15) ? desk::AgentStep::away : desk::AgentStep::available,
             .code = "lunch"});
        return;
      case 11:
        if (dice.chance(12)) {
          writer_.log_out(agent);
        } else {
          writer_.log_in(agent);
        }
        return;
      case 12:
        writer_.requeue(to, "backlog", "later");
        writer_.next(agent);
        return;
      case 13:
        writer_.rate({.to = to, .score = static_cast<int8_t>(1 + dice.roll(5)), .comment = "slow"});
        return;
      default:
        writer_.resolve(to, "solved");
        return;
    }
  }

  /// Mostly what somebody has in hand, else one of late: old ones are done with.
  wire::Addressed some_ticket(Dice& dice) {
    desk::Query in_hand = query(desk::QueryKind::tickets);
    in_hand.agent = names[dice.roll(names.size())];
    in_hand.limit = 20;
    const auto held = ask(*peer_, in_hand).tickets;
    if (!held.empty() && dice.chance(75)) return {.ticket = held[dice.roll(held.size())].id};
    return {.ticket =
                opened_[opened_.size() - 1 - dice.roll(std::min<size_t>(opened_.size(), 40))]};
  }

  void open(Dice& dice) {
    constexpr std::array<const char*, 3> categories = {"network", "password", "printer"};
    const std::string id =
        "INC" + std::to_string(next_number_) + "-" + std::to_string(writer_.size());
    opens_.push_back(writer_.open({.external_id = id,
                                   .category = categories[dice.roll(3)],
                                   .requester = id,
                                   .impact = static_cast<sched::Impact>(1 + dice.roll(3)),
                                   .urgency = static_cast<sched::Urgency>(1 + dice.roll(3))}));
    // Before anybody knows its number.
    if (dice.chance(20))
      writer_.message({.to = {.external_id = id}, .author_kind = desk::AuthorKind::requester});
  }

  void answer_offers(Dice& dice) {
    for (const desk::OfferView& offer : ask(*peer_, query(desk::QueryKind::offers)).offers) {
      const uint64_t what = dice.roll(10);
      if (what < 5) writer_.accept(offer.offer, offer.agent);
      if (what == 5) writer_.decline(offer.offer, "busy");
    }
  }

  std::unique_ptr<RawPeer> peer_;
  CommandWriter writer_;
  std::vector<size_t> opens_;  // places in the frame
  std::vector<uint64_t> opened_;
  uint64_t next_number_ = 1;
  int64_t now_us_ = 0;
};

uint64_t acts_of(const sim::RecordedDay& day, desk::CommandKind kind) {
  return static_cast<uint64_t>(
      std::count_if(day.acts.begin(), day.acts.end(),
                    [&](const sim::RecordedAct& act) { return act.command.kind == kind; }));
}

TEST_F(RecordedDayTest, ComesOutOfAReplayWithTheSameAssignments) {
  live(1, 500);
  const sim::RecordedDay day = record();
  // It was a day worth the name.
  ASSERT_GE(day.tickets, 500U);
  EXPECT_GT(day.assignments.size(), 300U);
  for (const desk::CommandKind kind :
       {desk::CommandKind::pend, desk::CommandKind::resume, desk::CommandKind::reopen,
        desk::CommandKind::requeue, desk::CommandKind::escalate, desk::CommandKind::accept,
        desk::CommandKind::decline, desk::CommandKind::resolve, desk::CommandKind::log_out,
        desk::CommandKind::next, desk::CommandKind::close})
    EXPECT_GT(acts_of(day, kind), 2U) << sim::command_names[static_cast<size_t>(kind)];
  sim::DayReplay replay(day, wire::decode_configuration);
  replay.run();
  EXPECT_EQ(replay.digest(), day.digest);
  EXPECT_EQ(replay.assignments(), day.assignments);
  EXPECT_EQ(replay.counts().left_out, 0U);
  EXPECT_EQ(replay.counts().made_up, 0U);
  EXPECT_TRUE(replay.counts().refused.empty());
}

TEST_F(RecordedDayTest, ComesOutTheSameAcrossARestart) {
  restarts_at = 60;
  live(5, 120);
  const sim::RecordedDay day = record();
  EXPECT_EQ(day.notices.size(), 1U);
  sim::DayReplay replay(day, wire::decode_configuration);
  replay.run();
  EXPECT_EQ(replay.assignments(), day.assignments);
  EXPECT_EQ(replay.digest(), day.digest);
}

TEST_F(RecordedDayTest, ComesOutTheSameUnderAWallClock) {
  options.clock_mode = wire::ClockMode::wall;
  restarts_at = 60;
  live(6, 120);
  const sim::RecordedDay day = record();
  EXPECT_EQ(day.notices.size(), 1U);
  sim::DayReplay replay(day, wire::decode_configuration);
  replay.run();
  EXPECT_EQ(replay.assignments(), day.assignments);
  EXPECT_EQ(replay.digest(), day.digest);
}

TEST_F(RecordedDayTest, ComesOutOfItsFileAsItWas) {
  live(3, 120);
  const sim::RecordedDay day = record();
  const std::string path = folder.path() + "/day.json";
  std::ofstream(path) << day_json(day);
  const auto read = read_day(path);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_TRUE(day_json(*read) == day_json(day)) << "another file";
  sim::DayReplay replay(*read, wire::decode_configuration);
  replay.run();
  EXPECT_EQ(replay.digest(), day.digest);
}

TEST_F(RecordedDayTest, RefusesAFileThatWasTamperedWith) {
  live(3, 20);
  const std::string good = day_json(record());
  const std::string path = folder.path() + "/day.json";
  const auto says = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    const size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream(path) << text;
    const auto read = read_day(path);
    return read ? std::string("read") : read.error().text;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(says("paceline-day", "day"), HasSubstr("no recorded day"));
  EXPECT_THAT(says("\"version\":1", "\"version\":2"), HasSubstr("version"));
  EXPECT_THAT(says("\"impact\":", "\"impact\":7"), HasSubstr("impact cannot be"));
  EXPECT_THAT(says("\"do\":\"open\"", "\"do\":\"opens\""), HasSubstr("`opens` is no command"));
  EXPECT_THAT(says("\"ticket\":0", "\"ticket\":20000"), HasSubstr("ticket is none of the day's"));
  EXPECT_THAT(says("\"acts\":[", "\"acts\":"), HasSubstr("record it again"));
}

/// The check can fail, and does so because of the rules: the same ones, put in anew, are equal.
TEST_F(RecordedDayTest, DiffersUnderOtherRulesOnly) {
  live(4, 200);
  const sim::RecordedDay day = record();
  const auto digest_under = [&](const std::string& text) {
    sim::RecordedDay changed = day;
    EXPECT_EQ(change_rules(changed, configuration(text)), 0U);
    sim::DayReplay replay(changed, wire::decode_configuration);
    replay.run();
    EXPECT_EQ(replay.counts().refused.count("config_commit: configuration_invalid"), 0U);
    EXPECT_GT(replay.assignments().size(), 20U);
    return replay.digest();
  };
  EXPECT_EQ(digest_under(rules(agents)), day.digest);
  std::string other(agents);
  other.replace(other.find("capacity = 2"), 12, "capacity = 1");
  EXPECT_NE(digest_under(rules(other)), day.digest);
}

TEST(RecordDay, OfALogWithoutItsBeginningSaysHowToKeepIt) {
  const testing::TemporaryFolder folder;
  const std::string log_folder = folder.path() + "/log";
  std::filesystem::create_directories(log_folder);
  {
    runtime::FileLog log({.folder = log_folder, .segment_size = 8'192, .prepares_ahead = false});
    ASSERT_EQ(testing::replay_texts(log).error, "");
    for (int i = 0; i < 60; ++i) {
      ASSERT_TRUE(testing::append_text(log, std::string(300, 'x')));
      ASSERT_TRUE(log.sync());
    }
    ASSERT_TRUE(log.trim(40));
  }
  const Terminal terminal = Terminal::standard();
  const auto day = record_day(terminal, {.data = folder.path(), .desk = "main"});
  ASSERT_FALSE(day);
  EXPECT_THAT(day.error().text, ::testing::HasSubstr("log_trimmed"));
  EXPECT_THAT(day.error().text, ::testing::HasSubstr("--snapshot-every 0s --snapshot-log-mib 0"));
}

TEST_F(RecordedDayTest, DiffersWithOneAgentLess) {
  live(2, 120);
  sim::RecordedDay day = record();
  // Whoever logs in first does not come.
  const auto first = std::find_if(day.acts.begin(), day.acts.end(), [](const auto& act) {
    return act.command.kind == desk::CommandKind::log_in;
  });
  ASSERT_NE(first, day.acts.end());
  day.acts.erase(first);
  sim::DayReplay replay(day, wire::decode_configuration);
  replay.run();
  EXPECT_NE(replay.digest(), day.digest);
}

}  // namespace

}  // namespace paceline::tools
