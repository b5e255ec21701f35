#include "engine/desk/predicate.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "engine/desk/command.h"
#include "engine/desk/objects.h"
#include "sched/priority.h"

namespace paceline::desk {
namespace {

constexpr uint32_t network = 7;
constexpr uint32_t printer = 8;

uint32_t resolve(Field field, std::string_view value) {
  if (field == Field::category && value == "network") return network;
  if (field == Field::category && value == "printer room") return printer;
  if (field == Field::queue && value == "network-l2") return 2;
  if (field == Field::language && value == "fr") return 3;
  if (field == Field::confidentiality && value == "hr") return 4;
  if (field == Field::agent && value == "ada") return 5;
  return FieldValues::absent;
}

FieldValues ticket() {
  FieldValues values;
  values.value.fill(FieldValues::absent);
  const auto set = [&](Field field, auto value) {
    values.value[static_cast<size_t>(field)] = static_cast<uint32_t>(value);
  };
  set(Field::kind, TicketKind::incident);
  set(Field::priority, sched::Priority::p1);
  set(Field::impact, sched::Impact::high);
  set(Field::urgency, sched::Urgency::low);
  set(Field::sentiment, Sentiment::negative);
  set(Field::vip, 0);
  set(Field::category, network);
  return values;
}

bool holds(std::string_view text, const FieldValues& values = ticket()) {
  auto predicate = Predicate::parse(text, resolve);
  EXPECT_TRUE(predicate.has_value())
      << text << ": " << (predicate ? "" : predicate.error().message);
  return predicate && predicate->holds(values);
}

SyntaxError refusal(std::string_view text) {
  auto predicate = Predicate::parse(text, resolve);
  EXPECT_FALSE(predicate.has_value()) << text;
  return predicate ? SyntaxError{} : predicate.error();
}

TEST(Predicate, EmptyTextAlwaysHolds) {
  EXPECT_TRUE(holds(""));
  EXPECT_TRUE(holds("  \t\n"));
  EXPECT_TRUE(Predicate().holds(ticket()));
}

TEST(Predicate, EnumeratedFieldsCompareWithTheirNames) {
  EXPECT_TRUE(holds("kind == incident"));
  EXPECT_FALSE(holds("kind == service_request || kind == task"));
  EXPECT_TRUE(holds("priority == P1"));
  EXPECT_TRUE(holds("impact == high && urgency == low"));
  EXPECT_TRUE(holds("sentiment == 'negative'"));
  EXPECT_TRUE(holds("vip == false"));
}

TEST(Predicate, FreeFieldsCompareQuotedOrAsBareWords) {
  EXPECT_TRUE(holds("category == network"));
  EXPECT_TRUE(holds("category == 'network'"));
  EXPECT_TRUE(holds("category == \"network\""));
  FieldValues values = ticket();
  values.value[static_cast<size_t>(Field::category)] = printer;
  EXPECT_TRUE(holds("category == 'printer room'", values));
  values.value[static_cast<size_t>(Field::queue)] = 2;
  EXPECT_TRUE(holds("queue == network-l2", values));
}

TEST(Predicate, LanguageConfidentialityAndAgentAreFreeFields) {
  EXPECT_TRUE(holds("agent == '' && language == '' && confidentiality == ''"));
  FieldValues values = ticket();
  values.value[static_cast<size_t>(Field::language)] = 3;
  values.value[static_cast<size_t>(Field::confidentiality)] = 4;
  values.value[static_cast<size_t>(Field::agent)] = 5;
  EXPECT_TRUE(holds("language == fr && confidentiality == hr && agent == ada", values));
  EXPECT_TRUE(holds("language in [de, fr] && agent != 'somebody else'", values));
  EXPECT_EQ(name(Field::language), "language");
  EXPECT_EQ(name(Field::confidentiality), "confidentiality");
  EXPECT_EQ(name(Field::agent), "agent");
}

TEST(Predicate, EmptyQuotesMeanAnEmptyField) {
  EXPECT_TRUE(holds("service == ''"));
  EXPECT_FALSE(holds("category == ''"));
  EXPECT_TRUE(holds("category != ''"));
}

TEST(Predicate, ValueNobodyHasDoesNotEqualAnEmptyField) {
  EXPECT_FALSE(holds("service == 'unheard of'"));
  EXPECT_TRUE(holds("service != 'unheard of'"));
  EXPECT_FALSE(holds("service in ['unheard of', other]"));
}

TEST(Predicate, FieldOfTwoValuesStandsAlone) {
  EXPECT_FALSE(holds("vip"));
  EXPECT_TRUE(holds("!vip"));
  FieldValues values = ticket();
  values.value[static_cast<size_t>(Field::vip)] = 1;
  EXPECT_TRUE(holds("vip", values));
}

TEST(Predicate, AndBindsTighterThanOr) {
  EXPECT_TRUE(holds("vip && vip || priority == P1"));
  EXPECT_TRUE(holds("priority == P1 || vip && vip"));
  EXPECT_FALSE(holds("(priority == P1 || vip) && vip"));
}

TEST(Predicate, NotBindsTightest) {
  EXPECT_TRUE(holds("!vip && priority == P1"));
  EXPECT_FALSE(holds("!(!vip && priority == P1)"));
  EXPECT_TRUE(holds("!!priority == P1"));
}

TEST(Predicate, InHoldsForAnyOfTheList) {
  EXPECT_TRUE(holds("priority in [P2, P1]"));
  EXPECT_FALSE(holds("priority in [P2, P3]"));
  EXPECT_TRUE(holds("category in ['', network] && priority in [P1]"));
}

TEST(Predicate, ErrorsSayWhereAndWhatWasMeant) {
  const SyntaxError field = refusal("kind == incident && prioritiy == P1");
  EXPECT_EQ(field.at, 20U);
  EXPECT_EQ(field.message, "unknown field \"prioritiy\": did you mean \"priority\"?");
  const SyntaxError value = refusal("priority == p1");
  EXPECT_EQ(value.at, 12U);
  EXPECT_EQ(value.message, "field \"priority\" has no value \"p1\": did you mean \"P1\"?");
  EXPECT_EQ(refusal("kind == wish").message,
            "field \"kind\" has no value \"wish\": use one of incident, service_request, task");
  EXPECT_NE(refusal("kind = incident").message.find("write \"kind == …\""), std::string::npos);
  EXPECT_NE(refusal("vip and vip").message.find("write \"&&\""), std::string::npos);
  EXPECT_NE(refusal("(vip").message.find("not closed"), std::string::npos);
  EXPECT_NE(refusal("vip)").message.find("without"), std::string::npos);
  EXPECT_NE(refusal("category == 'net").message.find("quote is not closed"), std::string::npos);
}

TEST(Predicate, MalformedTextIsRefused) {
  for (const char* text : {"kind", "kind ==", "== P1", "priority in P1", "priority in []",
                           "priority in [P1", "priority in [P1,]", "vip &&", "vip vip", "!", "()",
                           "priority == ''", "priority ! P1", "vip ?", "\x01", "priority < P2"})
    EXPECT_FALSE(refusal(text).message.empty()) << text;
}

TEST(Predicate, SizeAndNestingAreBounded) {
  EXPECT_TRUE(holds(std::string(60, '(') + "priority == P1" + std::string(60, ')')));
  refusal(std::string(65, '(') + "vip" + std::string(65, ')'));
  refusal(std::string(65, '!') + "vip");
  std::string long_text = "vip";
  while (long_text.size() <= 4'096) long_text += " || vip";
  refusal(long_text);
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "vip || (vip && (";
  refusal(deep);
}

/// A random condition and, beside it, whether it holds.
struct Generated {
  std::string text;
  bool holds;
};
Generated generate(std::mt19937& random, int depth) {
  const auto pick = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  if (depth == 0 || pick(4) == 0) {
    static const Generated leaves[] = {{"vip", false},
                                       {"priority == P1", true},
                                       {"priority != P1", false},
                                       {"kind in [service_request, incident]", true},
                                       {"category == 'printer room'", false}};
    return leaves[pick(5)];
  }
  const Generated left = generate(random, depth - 1);
  if (pick(4) == 0) return {"!(" + left.text + ")", !left.holds};
  const Generated right = generate(random, depth - 1);
  if (pick(2) == 0) return {"(" + left.text + ")&&(" + right.text + ")", left.holds && right.holds};
  return {"(" + left.text + ") || (" + right.text + ")", left.holds || right.holds};
}

TEST(Predicate, RandomConditionsHoldAsComposed) {
  std::mt19937 random(11);
  for (int i = 0; i < 3'000; ++i) {
    const Generated generated = generate(random, 6);
    if (generated.text.size() > 4'096) continue;
    ASSERT_EQ(holds(generated.text), generated.holds) << generated.text;
  }
}

// Tests joined all by && or all by || are evaluated by masks, anything else on a stack: decided()
// always is.
TEST(Predicate, JoinedTestsHoldAsTheyDoStepByStep) {
  const auto number = [](Field, std::string_view value) {
    return static_cast<uint32_t>(std::stoul(std::string(value.substr(1))));
  };
  std::mt19937_64 random(5);
  const auto below = [&](uint64_t bound) { return random() % bound; };
  // Numbers on both sides of what one word can tell apart.
  const auto literal = [&] {
    return "v" + std::to_string(below(2) == 0 ? below(4) : 62 + below(5));
  };
  constexpr std::string_view fields[] = {"category", "service", "queue"};
  for (int round = 0; round < 2'000; ++round) {
    std::string text;
    const std::string_view joined = below(2) == 0 ? " && " : " || ";
    for (uint64_t tests = 1 + below(3); tests > 0; --tests) {
      text += text.empty() ? "" : joined;
      text += fields[below(3)];
      if (below(3) == 0) {
        text += " in [" + literal() + ", " + literal() + "]";
      } else {
        text += (below(2) == 0 ? " == " : " != ") + literal();
      }
    }
    const auto predicate = Predicate::parse(text, number);
    ASSERT_TRUE(predicate.has_value()) << text;
    for (int ticket = 0; ticket < 20; ++ticket) {
      FieldValues values;
      for (const Field field : {Field::category, Field::service, Field::queue}) {
        values.value[static_cast<size_t>(field)] =
            below(6) == 0 ? FieldValues::absent
                          : static_cast<uint32_t>(below(2) == 0 ? below(4) : 62 + below(5));
      }
      ASSERT_EQ(predicate->holds(values), predicate->decided(values, ~0U)) << text;
    }
  }
}

TEST(Predicate, AttributesOfObjectsAreThoseOfTheOneNamed) {
  const std::vector<ReferencedObject> objects = {
      {ObjectKind::service, "payroll", {{"tier", "gold"}, {"region", "emea"}}},
      {ObjectKind::service, "mail", {{"tier", "gold"}}},
      {ObjectKind::service, "canteen", {{"tier", "bronze"}}}};
  const auto number = [&](Field, std::string_view value) -> uint32_t {
    for (uint32_t i = 0; i < objects.size(); ++i) {
      if (objects[i].name == value) return i;
    }
    return FieldValues::absent;
  };
  const ObjectCatalogue catalogue(objects);
  const auto of_service = [&](std::string_view text, uint32_t service) {
    FieldValues values;
    values.value[static_cast<size_t>(Field::service)] = service;
    const auto predicate = Predicate::parse(text, number, &catalogue);
    EXPECT_TRUE(predicate.has_value()) << text;
    EXPECT_EQ(predicate->fields(), bit(Field::service)) << text;
    return predicate->holds(values);
  };
  const uint32_t none = FieldValues::absent;
  EXPECT_TRUE(of_service("service.tier == 'gold'", 0));
  EXPECT_TRUE(of_service("service.tier == gold", 1));
  EXPECT_FALSE(of_service("service.tier == gold", 2));
  EXPECT_FALSE(of_service("service.tier == gold", none));
  EXPECT_TRUE(of_service("service.tier != gold", 2));
  EXPECT_TRUE(of_service("service.tier != gold", none));
  EXPECT_TRUE(of_service("service.tier in [bronze, silver]", 2));
  EXPECT_FALSE(of_service("service.tier in [bronze, silver]", 0));
  EXPECT_TRUE(of_service("service.region == ''", 1));
  EXPECT_TRUE(of_service("service.region == ''", none));
  EXPECT_FALSE(of_service("service.region == ''", 0));
  EXPECT_TRUE(of_service("service.region in ['', emea]", 0));
  EXPECT_FALSE(of_service("service.tier == platinum", 0));

  const auto refused = Predicate::parse("service.teir == gold", number, &catalogue);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message,
            "unknown attribute \"teir\" of service: did you mean \"tier\"?");
  EXPECT_FALSE(Predicate::parse("service.tier > gold", number, &catalogue).has_value());
  EXPECT_FALSE(Predicate::parse("service.tier in gold", number, &catalogue).has_value());
  EXPECT_FALSE(Predicate::parse("requester.department == x", number, &catalogue).has_value());
  EXPECT_FALSE(Predicate::parse("service.tier == gold", number).has_value());

  const ObjectCatalogue forgiving({}, ObjectCatalogue::Unknown::is_empty);
  const auto former = Predicate::parse("service.tier == gold", number, &forgiving);
  ASSERT_TRUE(former.has_value());
  EXPECT_FALSE(former->holds(FieldValues{}));
}

}  // namespace
}  // namespace paceline::desk
