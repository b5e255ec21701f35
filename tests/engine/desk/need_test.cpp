// Needs as text: what they mean, what is refused, and which need accepts whom.
#include "engine/desk/need.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace paceline::desk {
namespace {

using sched::NeedStep;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

NamedNeed need(std::string_view text) {
  auto parsed = parse_need(text);
  if (parsed) return *std::move(parsed);
  ADD_FAILURE() << text << ": " << parsed.error().message;
  return {};
}

SyntaxError refusal(std::string_view text) {
  auto parsed = parse_need(text);
  EXPECT_FALSE(parsed.has_value()) << text;
  return parsed ? SyntaxError{} : parsed.error();
}

/// Evaluates the program on its own, with a stack one can look at.
bool meets(const NamedNeed& need, const std::vector<NamedLevel>& held) {
  std::vector<bool> stack;
  const auto pop = [&] {
    const bool top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const NeedStep& step : need.need.steps()) {
    switch (step.code) {
      case NeedStep::Code::compare: {
        int level = 0;
        for (const NamedLevel& each : held)
          if (each.skill == need.names[step.skill]) level = each.level;
        const bool answers[] = {level >= step.level, level > step.level,  level <= step.level,
                                level < step.level,  level == step.level, level != step.level};
        stack.push_back(answers[static_cast<size_t>(step.comparison)]);
        break;
      }
      case NeedStep::Code::negate:
        stack.push_back(!pop());
        break;
      case NeedStep::Code::both:
      case NeedStep::Code::either: {
        const bool right = pop(), left = pop();
        stack.push_back(step.code == NeedStep::Code::both ? left && right : left || right);
        break;
      }
    }
  }
  return stack.empty() || stack.back();
}
bool meets(std::string_view text, std::string_view skills) {
  const auto held = parse_skills(skills);
  EXPECT_TRUE(held.has_value()) << skills;
  return held && meets(need(text), *held);
}

TEST(Need, EmptyTextAsksForNothing) {
  EXPECT_TRUE(need("").need.asks_nothing());
  EXPECT_TRUE(need(" \t\n").need.asks_nothing());
  EXPECT_THAT(need("").names, IsEmpty());
}

TEST(Need, ComparesLevels) {
  EXPECT_TRUE(meets("network >= 6", "network:6"));
  EXPECT_FALSE(meets("network > 6", "network:6"));
  EXPECT_TRUE(meets("network <= 6", "network:6"));
  EXPECT_FALSE(meets("network < 6", "network:6"));
  EXPECT_TRUE(meets("network == 6", "network:6"));
  EXPECT_FALSE(meets("network != 6", "network:6"));
  EXPECT_TRUE(meets("network >= 100", "network:100"));
}

TEST(Need, ASkillNotHeldIsLevelZero) {
  EXPECT_TRUE(meets("contractor == 0 && contractor < 1", "network:6"));
  EXPECT_TRUE(meets("vpn >= 0", ""));
  EXPECT_FALSE(meets("vpn > 0", ""));
}

TEST(Need, ASkillAloneMeansAnyLevel) {
  EXPECT_EQ(need("vpn").need, need("vpn >= 1").need);
  EXPECT_TRUE(meets("network >= 2 && vpn", "network:2,vpn:1"));
  EXPECT_TRUE(meets("!contractor", "network:2"));
}

TEST(Need, AndBindsTighterThanOrAndNotTightest) {
  EXPECT_TRUE(meets("a || b && c", "a:1"));
  EXPECT_FALSE(meets("(a || b) && c", "a:1"));
  EXPECT_TRUE(meets("!a || b", "b:1"));
  EXPECT_FALSE(meets("!(a || b)", "b:1"));
  EXPECT_TRUE(meets("!contractor >= 3 && network", "contractor:2,network:1"));
  EXPECT_TRUE(meets("network >= 6 && (vpn >= 4 || !contractor >= 1)", "network:7"));
}

TEST(Need, NamesAreInOrderOfFirstAppearance) {
  EXPECT_THAT(need("vpn >= 4 && network >= 2 || vpn >= 6").names, ElementsAre("vpn", "network"));
}

TEST(Need, IsNumberedByWhoeverKnowsTheSkills) {
  const sched::Need numbers =
      numbered(need("vpn >= 4 && !network >= 2"),
               [](std::string_view name) { return name == "vpn" ? 7U : 3U; });
  ASSERT_EQ(numbers.steps().size(), 4U);
  EXPECT_EQ(numbers.steps()[0].skill, 7U);
  EXPECT_EQ(numbers.steps()[1].skill, 3U);
  EXPECT_TRUE(numbered(need(""), [](std::string_view) { return 0U; }).asks_nothing());
}

TEST(Need, ErrorsSayWhereWhatAndHowToMend) {
  const SyntaxError level = refusal("network >= 2 && vpn >= 101");
  EXPECT_EQ(level.at, 23U);
  EXPECT_EQ(level.message,
            "expected a level of skill \"vpn\", found \"101\": levels are whole numbers 0 to 100");
  const struct {
    const char* text;
    size_t at;
    const char* says;
  } cases[] = {
      {"network >= 2 &&", 15, "expected the name of a skill, found the end of the text"},
      {"network >= 2 && && vpn", 16, "expected the name of a skill, found \"&&\""},
      {"|| vpn", 0, "expected the name of a skill, found \"||\""},
      {"network >=", 10, "expected a level of skill \"network\", found the end of the text"},
      {"network >= x", 11, "levels are whole numbers 0 to 100"},
      {"network >= -1", 11, "levels are whole numbers 0 to 100"},
      {"network = 2", 8, "\"=\" does not compare: write \"network == …\""},
      {"network 2", 8, "level \"2\" is not compared: write \"network >= 2\""},
      {"network in [2, 3]", 8, "write \"network >= … && network <= …\""},
      {"6 <= network", 0, "the skill comes before its level: write for example \"network >= 6\""},
      {"network && 6", 11, "expected the name of a skill, found \"6\""},
      {"'network' >= 2", 0, "names of skills have no quotes"},
      {"network >= 2 and vpn", 13, "does not join comparisons: write \"&&\""},
      {"network >= 2 OR vpn", 13, "does not join comparisons: write \"||\""},
      {"network >= 2 not vpn", 13, "write \"&& !\""},
      {"network >= 2 & vpn", 13, "does not join comparisons: write \"&&\""},
      {"network >= 2, vpn >= 1", 12, "does not join comparisons: write \"&&\""},
      {"not contractor", 0, "\"not\" cannot be the name of a skill: write \"!\""},
      {"vpn && or >= 3", 7, "\"or\" cannot be the name of a skill: write \"||\""},
      {"(network >= 2", 0, "the parenthesis is not closed: add \")\""},
      {"network >= 2)", 12, "\")\" without \"(\": remove it"},
      {"network >= 2 vpn >= 1", 13, "join comparisons with && or ||"},
      {"network >= 2 ? vpn", 13, "unexpected character \"?\""},
      {"()", 1, "expected the name of a skill, found \")\""},
      {"!", 1, "expected the name of a skill"},
  };
  for (const auto& each : cases) {
    const SyntaxError error = refusal(each.text);
    EXPECT_EQ(error.at, each.at) << each.text << ": " << error.message;
    EXPECT_THAT(error.message, HasSubstr(each.says)) << each.text;
  }
}

TEST(Need, SizeAndNestingAreBounded) {
  EXPECT_TRUE(parse_need(std::string(60, '(') + "vpn" + std::string(60, ')')).has_value());
  refusal(std::string(65, '(') + "vpn" + std::string(65, ')'));
  refusal(std::string(65, '!') + "vpn");
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "a || (b && (";
  refusal(deep);
  std::string text = "vpn";
  while (text.size() + 5 <= 4'096) text += "||vpn";
  EXPECT_TRUE(parse_need(text).has_value());
  EXPECT_THAT(refusal(text + "||vpn").message, HasSubstr("4,096"));
}

TEST(Need, TextHasNoMoreParenthesesThanItsProgramTakes) {
  EXPECT_EQ(to_text(need("vpn")), "vpn >= 1");
  EXPECT_EQ(to_text(need("(network>=6)&&(!(contractor>=1))")), "network >= 6 && !contractor >= 1");
  EXPECT_EQ(to_text(need("a && (b || c < 3) || !(d == 1 && e != 2)")),
            "a >= 1 && (b >= 1 || c < 3) || !(d == 1 && e != 2)");
  EXPECT_EQ(to_text(need("a && (b && c)")), "a >= 1 && (b >= 1 && c >= 1)");
  EXPECT_EQ(to_text(need("")), "");
}

TEST(Need, AWiderOneAcceptsAllOfAStricterOne) {
  const auto accepts = [](const char* wider, const char* stricter) {
    return accepts_all_of(need(wider), need(stricter));
  };
  EXPECT_EQ(accepts("network >= 2", "network >= 6 && vpn >= 4"), true);
  EXPECT_EQ(accepts("network >= 6 && vpn >= 4", "network >= 2"), false);
  EXPECT_EQ(accepts("network > 1", "network >= 2"), true);
  EXPECT_EQ(accepts("network >= 2 || vpn", "vpn >= 9"), true);
  EXPECT_EQ(accepts("", "!contractor"), true);
  EXPECT_EQ(accepts("vpn", ""), false);
  EXPECT_EQ(accepts("a || !a", "b"), true);
  EXPECT_EQ(accepts("a >= 3 && a < 3", "b >= 3 && b < 3"), true) << "nobody is accepted by either";
}

TEST(Need, SomebodyOnlyTheStricterOneAcceptsIsShown) {
  const auto between = [](const char* wider, const char* stricter) {
    return counterexample(need(wider), need(stricter));
  };
  EXPECT_THAT(
      between("network >= 6 && !contractor", "network >= 6 && vpn >= 4"),
      ElementsAre(NamedLevel{"network", 6}, NamedLevel{"vpn", 4}, NamedLevel{"contractor", 1}));
  EXPECT_THAT(between("vpn", ""), ElementsAre(NamedLevel{"vpn", 0}));
  EXPECT_THAT(between("network >= 2", "network >= 6"), IsEmpty());
}

TEST(Need, ThatNobodyCanMeetIsKnown) {
  EXPECT_EQ(can_be_met(need("vpn >= 4 && vpn < 2")), false);
  EXPECT_EQ(can_be_met(need("vpn > 100")), false);
  EXPECT_EQ(can_be_met(need("vpn < 0 || vpn >= 0 && !vpn")), true);
  EXPECT_EQ(can_be_met(need("")), true);
  EXPECT_EQ(can_be_met(need("a == 3 && b == 4 && (a != 3 || b != 4)")), false);
}

TEST(Need, CombinationsThatAreDecidedEarlyAreNotTried) {
  // Of each neighbours exactly one, over 31 skills: a0, a2, …
  std::string pairs;
  for (int i = 0; i < 30; ++i) {
    const std::string a = "a" + std::to_string(i), b = "a" + std::to_string(i + 1);
    pairs += (i == 0 ? "(" : " && (") + a + "||" + b + ") && !(" + a + "&&" + b + ")";
  }
  EXPECT_EQ(can_be_met(need(pairs)), true);
  EXPECT_EQ(can_be_met(need(pairs + " && (a0 && a29 || a30 && a1)")), false);
}

TEST(Need, TooManyCombinationsAreLeftUndecided) {
  std::string impossible;
  for (int i = 0; i < 40; ++i) impossible += "(x" + std::to_string(i) + "||y) && ";
  impossible += "z && !z";
  EXPECT_EQ(can_be_met(need(impossible)), std::nullopt);
  EXPECT_EQ(accepts_all_of(need("z"), need(impossible)), std::nullopt);
  EXPECT_THAT(counterexample(need("z"), need(impossible)), IsEmpty());
}

TEST(Skills, AreNamesWithLevels) {
  const auto skills = parse_skills("network:6, vpn : 4");
  ASSERT_TRUE(skills.has_value());
  EXPECT_THAT(*skills, ElementsAre(NamedLevel{"network", 6}, NamedLevel{"vpn", 4}));
  EXPECT_THAT(*parse_skills(""), IsEmpty());
}

TEST(Skills, AreRefusedWithoutNameOrLevel) {
  for (const char* text : {"network", "network:", ":4", "network:0", "network:101", "a:1,,b:2",
                           "a:1,", "a:1,a:2", "a b:2", "a:1:2", "not:3"})
    EXPECT_FALSE(parse_skills(text).has_value()) << text;
}

// Against brute force over all levels, which are small here.

constexpr uint8_t small_level_max = 3;
constexpr const char* skills[] = {"a", "b", "c"};

std::string random_need(std::mt19937& random, int depth) {
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  if (depth == 0 || pick(5) == 0) {
    constexpr const char* signs[] = {">=", ">", "<=", "<", "==", "!="};
    const std::string skill = skills[pick(3)];
    if (pick(6) == 0) return skill;
    return skill + " " + signs[pick(6)] + " " + std::to_string(pick(small_level_max + 1));
  }
  switch (pick(4)) {
    case 0:
      return "!(" + random_need(random, depth - 1) + ")";
    case 1:
      return "(" + random_need(random, depth - 1) + ")";
    case 2:
      return "(" + random_need(random, depth - 1) + ") && " + random_need(random, depth - 1);
    default:
      return random_need(random, depth - 1) + " || " + random_need(random, depth - 1);
  }
}

/// Everybody with levels up to `small_level_max`, and one above.
std::vector<std::vector<NamedLevel>> everybody() {
  std::vector<std::vector<NamedLevel>> all;
  for (uint8_t a = 0; a <= small_level_max + 1; ++a)
    for (uint8_t b = 0; b <= small_level_max + 1; ++b)
      for (uint8_t c = 0; c <= small_level_max + 1; ++c)
        all.push_back({{"a", a}, {"b", b}, {"c", c}});
  return all;
}

TEST(NeedProperty, AcceptanceAgreesWithTryingEverybody) {
  std::mt19937 random(4);
  const auto all = everybody();
  int accepting = 0;
  for (int round = 0; round < 4'000; ++round) {
    const std::string wider_text = random_need(random, 3), stricter_text = random_need(random, 3);
    const NamedNeed wider = need(wider_text), stricter = need(stricter_text);
    const bool expected = std::none_of(all.begin(), all.end(), [&](const auto& held) {
      return meets(stricter, held) && !meets(wider, held);
    });
    ASSERT_EQ(accepts_all_of(wider, stricter), expected) << wider_text << "\n" << stricter_text;
    const auto shown = counterexample(wider, stricter);
    ASSERT_EQ(shown.empty(), expected) << wider_text << "\n" << stricter_text;
    if (!expected) {
      // What is not among them makes no difference, so the others are completed with anything.
      for (const auto& others : {std::vector<NamedLevel>{{"a", 0}, {"b", 4}, {"c", 2}},
                                 std::vector<NamedLevel>{{"a", 3}, {"b", 1}, {"c", 0}}}) {
        std::vector<NamedLevel> held = others;
        held.insert(held.end(), shown.begin(), shown.end());
        ASSERT_TRUE(meets(stricter, held)) << wider_text << "\n" << stricter_text;
        ASSERT_FALSE(meets(wider, held)) << wider_text << "\n" << stricter_text;
      }
    }
    const bool possible =
        std::any_of(all.begin(), all.end(), [&](const auto& held) { return meets(wider, held); });
    ASSERT_EQ(can_be_met(wider), possible) << wider_text;
    accepting += expected ? 1 : 0;
  }
  EXPECT_GT(accepting, 400);
}

TEST(NeedProperty, TextParsesToTheSameProgram) {
  std::mt19937 random(5);
  for (int round = 0; round < 4'000; ++round) {
    const std::string text = random_need(random, 5);
    if (text.size() > 1'000) continue;
    const NamedNeed first = need(text), again = need(to_text(first));
    ASSERT_EQ(again.need, first.need) << text << "\n" << to_text(first);
    ASSERT_EQ(again.names, first.names) << text;
    ASSERT_EQ(to_text(again), to_text(first)) << text;
  }
}

TEST(NeedProperty, AnyBytesAreAnsweredWithANeedOrAnError) {
  std::mt19937 random(6);
  constexpr std::string_view pieces[] = {"a",  "b", "&&", "||", "!", "(", ")", ">=",  "<",
                                         "==", " ", "7",  "in", "=", ",", "'", "\x80"};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto i = random() % 12; i-- > 0;) text += pieces[random() % std::size(pieces)];
    const auto parsed = parse_need(text);
    if (parsed) continue;
    ASSERT_FALSE(parsed.error().message.empty()) << text;
    ASSERT_LE(parsed.error().at, text.size()) << text;
  }
}

}  // namespace
}  // namespace paceline::desk
