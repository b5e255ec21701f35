// Keys: what bytes mean, and what they do on the board.
#include "tools/board_state.h"

#include <gmock/gmock.h>

#include "tools/key_reader.h"

namespace paceline::tools {
namespace {

using ::testing::ElementsAre;

const BoardShown three_rows{{"a", "b", "c"}, 0, 10};

class BoardKeys : public ::testing::Test {
 protected:
  BoardEffect press(Key key, const BoardShown& shown = three_rows) {
    return state_.press({key, ""}, shown);
  }
  BoardEffect press(const std::string& characters, const BoardShown& shown = three_rows) {
    BoardEffect effect = BoardEffect::none;
    for (const char c : characters)
      effect = state_.press({Key::character, std::string(1, c)}, shown);
    return effect;
  }

  BoardState state_;
};

TEST_F(BoardKeys, TheChosenRowStaysChosenWhereItGoes) {
  press(Key::down);
  EXPECT_EQ(state_.page().chosen, "b");
  EXPECT_EQ(place_of_chosen(state_.page(), {"b", "c", "a"}), 0U);
  EXPECT_EQ(place_of_chosen(state_.page(), {"c"}), 0U);  // gone: as near as may be
  EXPECT_EQ(place_of_chosen(state_.page(), {"x", "y", "z"}), 1U);
  press("G");
  EXPECT_EQ(state_.page().chosen, "c");
  press(Key::down);
  EXPECT_EQ(state_.page().chosen, "c");
  press(Key::home);
  EXPECT_EQ(state_.page().chosen, "a");
}

TEST_F(BoardKeys, EnterOpensWhatIsChosenAndEscapeGoesBack) {
  press("j");
  EXPECT_EQ(press(Key::enter), BoardEffect::ask);
  EXPECT_EQ(state_.page().kind, BoardPageKind::queue);
  EXPECT_EQ(state_.page().subject, "b");
  press(Key::enter, {{"41", "42"}, 0, 10});
  EXPECT_EQ(state_.page().kind, BoardPageKind::ticket);
  EXPECT_EQ(state_.page().subject, "41");
  EXPECT_EQ(press(Key::enter, {{}, 30, 10}), BoardEffect::none);
  press(Key::escape);
  press(Key::left);
  EXPECT_EQ(state_.pages.size(), 1U);
  EXPECT_EQ(state_.page().chosen, "b");
  EXPECT_EQ(press(Key::escape), BoardEffect::none);
}

TEST_F(BoardKeys, WhyIsOfTheChosenRowOrOfThePage) {
  press("w");
  EXPECT_EQ(state_.page().kind, BoardPageKind::why_queue);
  EXPECT_EQ(state_.page().subject, "a");
  press(Key::escape);
  press(Key::enter);
  press("w", {});  // a queue with nothing in it
  EXPECT_EQ(state_.page().kind, BoardPageKind::why_queue);
  press(Key::escape);
  press("w", {{"41"}, 0, 10});
  EXPECT_EQ(state_.page().kind, BoardPageKind::why_ticket);
  press("c", {{}, 20, 10});
  EXPECT_EQ(state_.page().kind, BoardPageKind::why_clock);
  EXPECT_EQ(state_.page().subject, "41");
  EXPECT_EQ(state_.pages.size(), 3U);
  press("2");
  EXPECT_EQ(press("c"), BoardEffect::none);  // agents have no clocks
  press("w");
  EXPECT_EQ(state_.page().kind, BoardPageKind::why_agent);
}

TEST_F(BoardKeys, SortingGoesThroughTheColumnsAndRound) {
  const size_t first = state_.page().sort_column;
  press(">");
  EXPECT_EQ(state_.page().sort_column, first + 1);
  press("<");
  press("r");
  EXPECT_TRUE(state_.page().reversed);
  for (size_t i = 0; i < columns_of(BoardList::queues).size(); ++i) press("s");
  EXPECT_EQ(state_.page().sort_column, first);
  EXPECT_FALSE(state_.page().reversed);
  press(Key::enter);
  EXPECT_TRUE(state_.page().as_listed);  // most pressing first
  press(">");
  EXPECT_FALSE(state_.page().as_listed);
  press("o");
  EXPECT_TRUE(state_.page().as_listed);
}

TEST_F(BoardKeys, AFilterIsTypedKeptAndEnded) {
  press("/");
  press("net");
  EXPECT_EQ(state_.page().filter, "net");
  press(Key::backspace);
  state_.press({Key::character, "\xc3\xab"}, three_rows);
  press(Key::backspace);  // a character, not a byte
  EXPECT_EQ(press("q"), BoardEffect::redraw);
  EXPECT_EQ(state_.page().filter, "neq");
  press(Key::enter);
  EXPECT_FALSE(state_.typing);
  EXPECT_EQ(press(Key::escape), BoardEffect::redraw);
  EXPECT_EQ(state_.page().filter, "");
  EXPECT_EQ(press("q"), BoardEffect::quit);
}

TEST_F(BoardKeys, ATextMovesAsAWholeAndNotBeyondItsEnd) {
  const BoardShown text{{}, 25, 10};
  press("?");
  press(Key::page_down, text);
  EXPECT_EQ(state_.page().top, 9U);
  press(Key::end, text);
  EXPECT_EQ(state_.page().top, 15U);
  press(Key::down, text);
  EXPECT_EQ(state_.page().top, 15U);
  press("?", text);
  EXPECT_EQ(state_.page().kind, BoardPageKind::queues);
}

TEST_F(BoardKeys, TabGoesThroughTheLists) {
  for (const auto kind : {BoardPageKind::agents, BoardPageKind::at_risk, BoardPageKind::breached,
                          BoardPageKind::queues}) {
    EXPECT_EQ(press(Key::tab), BoardEffect::ask);
    EXPECT_EQ(state_.page().kind, kind);
  }
  press(Key::back_tab);
  EXPECT_EQ(state_.page().kind, BoardPageKind::breached);
}

std::vector<KeyPress> keys_of(KeyReader& reader) {
  std::vector<KeyPress> keys;
  while (auto key = reader.next()) keys.push_back(*key);
  return keys;
}

TEST(KeyReader, KnowsTheKeysOfSeveralTerminals) {
  KeyReader reader;
  reader.add("\033[A\033OB\033[5~\r\tq\x7f\033[Z\033[1;5C");
  EXPECT_THAT(keys_of(reader), ElementsAre(KeyPress{Key::up, ""}, KeyPress{Key::down, ""},
                                           KeyPress{Key::page_up, ""}, KeyPress{Key::enter, ""},
                                           KeyPress{Key::tab, ""}, KeyPress{Key::character, "q"},
                                           KeyPress{Key::backspace, ""},
                                           KeyPress{Key::back_tab, ""}, KeyPress{Key::other, ""}));
  EXPECT_FALSE(reader.ends_later());
}

TEST(KeyReader, WaitsForTheRestOfAKey) {
  KeyReader reader;
  for (const char byte : std::string("\033[6")) {
    reader.add({&byte, 1});
    EXPECT_FALSE(reader.next());
  }
  reader.add("~\xc3");
  EXPECT_EQ(reader.next()->key, Key::page_down);
  EXPECT_FALSE(reader.next());
  reader.add("\xab");
  EXPECT_EQ(reader.next()->text, "\xc3\xab");
}

TEST(KeyReader, AnEscapeThatNothingFollowsIsTheKey) {
  KeyReader reader;
  reader.add("\033");
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ends_later());
  EXPECT_EQ(reader.last()->key, Key::escape);
  EXPECT_FALSE(reader.ends_later());
  reader.add("\033\033");
  EXPECT_EQ(reader.next()->key, Key::escape);
}

}  // namespace
}  // namespace paceline::tools
