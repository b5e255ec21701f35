// `paceline top` as people use it: on a terminal, in a pipe, as JSON, and when the server goes.
#include <nlohmann/json.hpp>

#include "tests/support/program.h"
#include "tests/support/pseudo_terminal.h"

namespace paceline::tools {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TopProgram : public ProgramTest {
 protected:
  void SetUp() override {
    ProgramTest::SetUp();
    serve();
    write(
        "desk.toml",
        "[[queue]]\nname = \"network\"\ngroup = \"net\"\n"
        "[[queue]]\nname = \"desk\"\ngroup = \"desk\"\n"
        "[[policy]]\nname = \"P1 resolution\"\nwhen = \"priority == P1\"\nclock = \"resolution\"\n"
        "target = \"4h\"\ncalendar = \"24x7\"\n"
        "[[agent]]\nname = \"ada\"\ngroups = [\"net\"]\n"
        "[[agent]]\nname = \"alan\"\ngroups = [\"desk\"]\n");
    ASSERT_EQ(run("desk create main --connect " + address()).exit, 0);
    told("ctl advance 2026-01-12T09:00Z");
    told("config put desk.toml");
    told("ticket create INC1 --queue network --impact high --urgency high");
    told("ticket create INC2 --queue network --impact low --urgency low");
    told("ticket create INC3 --queue desk --impact low --urgency low");
    told("ctl advance 2026-01-12T12:45Z");
  }
  std::vector<std::string> words(std::vector<std::string> more = {}) {
    std::vector<std::string> all = {paceline_program(), "top",    "--connect",
                                    address(),          "--desk", "main"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  /// As often as may be, so that a test waits for nothing long.
  std::vector<std::string> live() { return words({"--every", "100ms"}); }
};

TEST_F(TopProgram, ATerminalShowsTheBoardAndKeysLeadToATicketAndItsWhy) {
  testing::PseudoTerminal terminal(live(), 100, 30);
  EXPECT_TRUE(terminal.shows("at risk (30m) 1"));
  EXPECT_TRUE(terminal.shows("waiting 3"));
  EXPECT_TRUE(terminal.shows("network"));
  EXPECT_TRUE(terminal.screen().alternate());
  terminal.press("\r");  // network comes first: it is at risk
  EXPECT_TRUE(terminal.shows("queue network"));
  EXPECT_TRUE(terminal.shows("INC2"));
  terminal.press("\r");
  EXPECT_TRUE(terminal.shows("external id  INC1"));
  terminal.press("w");
  EXPECT_TRUE(terminal.shows("why ticket"));
  EXPECT_TRUE(terminal.shows("ada"));
  terminal.press("c");
  EXPECT_TRUE(terminal.shows("why clock"));
  EXPECT_TRUE(terminal.shows("P1 resolution"));
  terminal.press("2");
  EXPECT_TRUE(terminal.shows("logged_out"));
  terminal.press("/ala");
  EXPECT_TRUE(terminal.shows("filter: ala"));
  EXPECT_TRUE(terminal.shows("ada", true));
  terminal.press("\033");
  EXPECT_TRUE(terminal.shows("ada"));
  terminal.press("q");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_TRUE(terminal.given_back());
}

TEST_F(TopProgram, FiguresFollowTheDesk) {
  testing::PseudoTerminal terminal(live(), 100, 30);
  EXPECT_TRUE(terminal.shows("waiting 3"));
  told("agent login ada");
  EXPECT_TRUE(terminal.shows("waiting 2"));
  EXPECT_TRUE(terminal.shows("agents 1/2"));
  told("ctl advance 2026-01-12T13:00:01Z");
  EXPECT_TRUE(terminal.shows("breached 1"));
  terminal.press("4");
  EXPECT_TRUE(terminal.shows("in breach"));
  EXPECT_TRUE(terminal.shows("INC1"));
  terminal.press("q");
  EXPECT_EQ(terminal.wait(), 0);
}

TEST_F(TopProgram, FitsFortyColumnsAndFollowsANewSize) {
  testing::PseudoTerminal terminal(live(), 40, 20);
  EXPECT_TRUE(terminal.shows("QUEUE"));
  EXPECT_TRUE(terminal.shows("SLACK"));
  EXPECT_EQ(terminal.screen().text().find("GROUP"), std::string::npos);
  terminal.resize(200, 40);
  EXPECT_TRUE(terminal.shows("GROUP"));
  terminal.resize(40, 10);
  EXPECT_TRUE(terminal.shows("network"));
  EXPECT_TRUE(terminal.shows("GROUP", true));
  terminal.press("q");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_TRUE(terminal.given_back());
}

TEST_F(TopProgram, EverySignalThatEndsItGivesTheTerminalBack) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGABRT}) {
    testing::PseudoTerminal terminal(live(), 80, 24);
    EXPECT_TRUE(terminal.shows("network"));
    terminal.signal(signal);
    EXPECT_EQ(terminal.wait(), signal == SIGABRT ? -SIGABRT : 0);
    EXPECT_TRUE(terminal.given_back()) << signal;
  }
  testing::PseudoTerminal terminal(live(), 80, 24);
  EXPECT_TRUE(terminal.shows("network"));
  terminal.press("\003");  // as typed
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_TRUE(terminal.given_back());
}

TEST_F(TopProgram, CtrlZGivesTheTerminalBackUntilItGoesOn) {
  testing::PseudoTerminal terminal(live(), 80, 24);
  EXPECT_TRUE(terminal.shows("network"));
  terminal.press("\032");
  ASSERT_TRUE(terminal.stops());
  EXPECT_TRUE(terminal.given_back());
  told("ticket create INC4 --queue desk --impact low --urgency low");
  terminal.signal(SIGCONT);
  EXPECT_TRUE(terminal.shows("waiting 4"));
  EXPECT_TRUE(terminal.screen().alternate());
  terminal.press("q");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_TRUE(terminal.given_back());
}

TEST_F(TopProgram, NoColorLeavesBoldAndReversedText) {
  const std::string warning = "\033[33;1m";  // the ticket at risk
  const auto sent = [&] {
    testing::PseudoTerminal terminal(live(), 80, 24);
    EXPECT_TRUE(terminal.shows("at risk (30m) 1"));
    terminal.press("q");
    EXPECT_EQ(terminal.wait(), 0);
    return terminal.sent();
  };
  EXPECT_THAT(sent(), HasSubstr(warning));
  ::setenv("NO_COLOR", "1", 1);
  const std::string plain = sent();
  ::unsetenv("NO_COLOR");
  EXPECT_THAT(plain, AllOf(Not(HasSubstr(warning)), Not(HasSubstr("\033[32m")),
                           HasSubstr("\033[1m"), HasSubstr("\033[7m")));
}

TEST_F(TopProgram, ALostServerIsSaidToBeAndFoundAgain) {
  testing::PseudoTerminal terminal(live(), 100, 30);
  EXPECT_TRUE(terminal.shows("waiting 3"));
  server_->signal(SIGKILL);
  server_->wait();
  EXPECT_TRUE(terminal.shows("NO ANSWER"));
  EXPECT_TRUE(terminal.shows("waiting 3"));  // what was known stays
  serve();
  EXPECT_TRUE(terminal.shows("NO ANSWER", true));
  terminal.press("q");
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_TRUE(terminal.given_back());
}

TEST_F(TopProgram, WithoutATerminalItPrintsOnce) {
  const std::string out = told("top");
  EXPECT_THAT(out, AllOf(HasSubstr("waiting 3"), HasSubstr("QUEUE"), HasSubstr("network"),
                         HasSubstr("desk"), Not(HasSubstr("\033"))));
  EXPECT_THAT(told("top --list at-risk --filter INC1"),
              AllOf(HasSubstr("P1 resolution"), HasSubstr("15m"), Not(HasSubstr("INC2"))));
}

TEST_F(TopProgram, JsonIsOneObjectALine) {
  const std::string out = told("top --json --count 2 --every 100ms");
  const size_t end = out.find('\n');
  ASSERT_NE(end, std::string::npos);
  const json first = json::parse(out.substr(0, end));
  const json second = json::parse(out.substr(end + 1));
  EXPECT_EQ(first["desk"], "main");
  EXPECT_EQ(first["total"]["waiting"], 3);
  EXPECT_EQ(first["total"]["at_risk"], 1);
  EXPECT_EQ(first["queues"].size(), 3U);  // triage is one
  EXPECT_EQ(first["by_time_to_breach"][0]["ticket"], "INC1");
  EXPECT_EQ(first["by_time_to_breach"][0]["slack_us"], 15 * 60'000'000LL);
  EXPECT_EQ(first["agents_by_state"]["logged_out"], 2);
  EXPECT_TRUE(second["per_minute"]["opened"].is_null());  // the desk's time stood still
}

TEST_F(TopProgram, SaysWhatIsWrong) {
  const auto refused = [&](const std::string& line) {
    const Ran ran = on_desk(line);
    return std::to_string(ran.exit) + " " + ran.err;
  };
  EXPECT_THAT(refused("top --sort nonsense"),
              AllOf(HasSubstr("2 E1002"), HasSubstr("queue, waiting, oldest, slack")));
  EXPECT_THAT(refused("top --list nonsense"), HasSubstr("queues, agents, at-risk, breached"));
  EXPECT_THAT(refused("top --every 2"), HasSubstr("2 E1002"));
  EXPECT_THAT(refused("top --every 1ms"), HasSubstr("100ms to 1h"));
  EXPECT_THAT(refused("top --window 2d"), HasSubstr("write 0s to 1d"));
  EXPECT_EQ(run("top --desk main --connect unix:" + path("nobody")).exit, 6);
  EXPECT_EQ(run("top --desk nowhere --connect " + address()).exit, 3);
}

TEST_F(TopProgram, ATerminalWithoutAServerIsLeftAlone) {
  testing::PseudoTerminal terminal(
      {paceline_program(), "top", "--desk", "main", "--connect", "unix:" + path("nobody")}, 80, 24);
  EXPECT_EQ(terminal.wait(), 6);
  EXPECT_TRUE(terminal.given_back());
}

}  // namespace
}  // namespace paceline::tools
