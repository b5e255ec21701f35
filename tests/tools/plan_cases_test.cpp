// The reference cases: every family that is computed passes at its tolerance, none is passed over.
#include "tools/plan_cases.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "tools/plan_compare.h"
#include "tools/plan_formula.h"

namespace paceline::tools {
namespace {

const std::set<std::string> later = {"Forecasting", "Days-off scheduling",
                                     "Shift set covering (Dantzig)", "Weekly tour scheduling"};

/// Days are independent: fewer of them give wider intervals that hold as often.
constexpr Effort fewer_days{.of_usual = 0.1, .seed = 1};
/// A steady state wants a run that is long beside its busy periods: the usual length, and for a
/// test's time some of the cases. tools/check --long simulates them all.
constexpr Effort usual{.of_usual = 1.0, .seed = 1};
const std::set<std::string> in_a_test = {"R-EC-1",      "R-EA-1",     "R-EA-7",     "R-MMNK-6",
                                         "R-MG1-3",     "R-MDC-1",    "R-PRIO1-3",  "R-PRIOC-4",
                                         "R-NMOD-1",    "R-NMOD-4",   "R-RETRY-3",  "R-TIER-2",
                                         "R-WW-92.7-3", "R-REOPEN-1", "R-PRIO2MU-1"};

Json cases_of(const std::string& name) {
  std::ifstream file(PACELINE_SOURCE_DIR "/tests/sim/cases/" + name);
  return Json::parse(file);
}
Json reference_cases() { return cases_of("reference.json"); }

/// The reference case of this id with one of its parameters changed.
Json changed(const std::string& id, const std::string& pointer, Json value) {
  for (Json one : reference_cases()) {
    if (one["id"] != id) continue;
    one[Json::json_pointer(pointer)] = std::move(value);
    return one;
  }
  ADD_FAILURE() << "no case " << id;
  return {};
}

TEST(PlanCases, EveryCasePassesAndNoneIsPassedOver) {
  const CaseFamilies families = known_families(fewer_days);
  size_t passed = 0;
  for (const Json& one : reference_cases()) {
    const auto family = one["family"].get<std::string>();
    if (family == "Resource pooling (Wallace-Whitt type)") continue;  // below, and in soaks
    const Json row = families.judge(one);
    const bool is_later = later.contains(family);
    EXPECT_EQ(row["verdict"], is_later ? "unsupported" : "pass")
        << row["id"] << ": " << row.value("reason", "");
    if (is_later) {
      EXPECT_NE(row.value("reason", ""), "") << row["id"];
    }
    passed += row["verdict"] == "pass";
  }
  EXPECT_EQ(passed, 108U);
}

TEST(PlanCases, FormulasHoldFromOneServerToTenThousand) {
  const CaseFamilies families = known_families();
  const Json cases = cases_of("extremes.json");
  ASSERT_EQ(cases.size(), 189U);
  for (const Json& one : cases) {
    const Json row = families.judge(one);
    EXPECT_EQ(row["verdict"], "pass") << one.dump() << ": " << row.value("reason", "");
  }
}

TEST(PlanCases, WhatCannotBeSimulatedSaysWhy) {
  constexpr Effort little{.of_usual = 0.002, .seed = 1};
  CaseFamilies families = known_families(little);
  add_simulated_twins(families, little);
  struct Wrong {
    Json one;
    std::string verdict, reason;
  };
  for (const Wrong& wrong : {
           // A formula says what is wrong before anything is simulated.
           Wrong{changed("R-EC-1", "/params/servers", -1), "fail", "negative: servers is -1"},
           {changed("R-EC-1", "/params/servers", 8), "fail", "unstable: unstable: 8.4 erlangs"},
           {changed("R-EC-1", "/params/service_rate", Json()), "fail", "the case is not as its"},
           {changed("R-TIER-1", "/params/servers", Json::array({60})), "fail", "out_of_range: "},
           {changed("R-REOPEN-1", "/params/mean_reopen_delay", -1), "fail",
            "negative: mean reopen"},
           // Days and pooled skills have none, and look themselves.
           {changed("R-DAY-0", "/params/servers", -1), "fail", "out_of_range: servers is -1"},
           {changed("R-DAY-0", "/params/arrival_rate", 0), "fail",
            "not_positive: arrival rate is 0"},
           {changed("R-DAY-0", "/params/queue_capacity", -1), "fail", "negative: queue_capacity"},
           {changed("R-DAY-0", "/params/arrival_rate", 50'000), "unsupported", "a day of 24000000"},
           {changed("R-DAY-0", "/params/service_rate", 1e-9), "unsupported", "1e-09 is not simu"},
           {changed("R-SIMPLEMSK", "/params/rates/2", Json::array({1, 2})), "fail",
            "out_of_range: rates of type 2: 2 rates for 3 periods"},
           {changed("R-SIMPLEMSK", "/params/type_to_group/0", Json::array({2})), "fail",
            "out_of_range: type 0 goes to group 2: there are 2"},
           {changed("R-SIMPLEMSK", "/params/agents_by_period/0/3", "many"), "fail",
            "out_of_range: agents are \"many\""},
           {changed("R-SIMPLEMSK", "/params/busyness", "Gamma(none)"), "fail", "not_positive: "},
           {changed("R-WW-76.5-1", "/params/agents", 91), "unsupported", "agents with up to six"},
           {changed("R-WW-76.5-1", "/params/trunks", 0), "fail", "out_of_range: trunks is 0"},
           {changed("R-VR-1", "/params/days", -5), "fail", "out_of_range: days is -5"},
           {changed("R-DAY-0", "/expected", {{"happiness", 1}}), "fail",
            "`expected` has no figure that is simulated: happiness"},
       }) {
    const Json row = families.judge(wrong.one);
    EXPECT_EQ(row["verdict"], wrong.verdict) << wrong.one.dump();
    EXPECT_EQ(row.value("reason", "").substr(0, wrong.reason.size()), wrong.reason);
  }
  // A run that is short beside a queue's memory says nothing of its steady state.
  const Json short_run = families.judge(changed("R-EC-7", "/params/servers", 10));
  EXPECT_EQ(short_run["verdict"], "pass") << short_run.dump();
  EXPECT_EQ(short_run.value("reason", "").substr(0, 30), "computed only: a load of 0.99 ");
  // What is beyond whole microseconds is computed all the same.
  const Json row = families.judge(
      {{"id", "X"},
       {"family", "Pollaczek-Khinchine"},
       {"params", {{"arrival_rate", 1e-6}, {"service", {{"kind", "exp"}, {"mean", 1}}}}},
       {"expected", {{"mean_wait", 1e-6 / (1 - 1e-6)}}}});
  EXPECT_EQ(row["verdict"], "pass") << row.dump();
  EXPECT_EQ(row.value("reason", "").substr(0, 35), "computed only: 1e-06 is not simulat");
}

TEST(PlanCases, TheDispatcherGivesWhatFormulasSay) {
  CaseFamilies families = known_families(usual);
  add_simulated_twins(families, usual);
  size_t simulated = 0;
  for (const Json& one : reference_cases()) {
    if (!in_a_test.contains(one["id"].get<std::string>())) continue;
    const Json row = families.judge(one);
    EXPECT_EQ(row["verdict"], "pass") << row["id"] << ": " << row.value("reason", "");
    EXPECT_TRUE(row.contains("z_scores")) << row["id"] << " was not simulated";
    ++simulated;
  }
  EXPECT_EQ(simulated, in_a_test.size());
}

TEST(PlanCases, ASimulatedCaseWithAWrongFigureFailsByName) {
  for (Json one : reference_cases()) {
    if (one["id"] != "R-DAY-1") continue;
    one["expected"]["abandoned"] = 70.0;
    const Json row = known_families(fewer_days).judge(one);
    EXPECT_EQ(row["verdict"], "fail");
    EXPECT_EQ(row["reason"].get<std::string>().substr(0, 10), "abandoned:");
  }
}

TEST(PlanCases, AWrongFigureFailsByName) {
  Json one = reference_cases()[0];
  one["expected"]["p_block"] = 0.5000001;
  const Json row = known_families().judge(one);
  EXPECT_EQ(row["verdict"], "fail");
  EXPECT_EQ(row["reason"], "p_block: 0.5, expected 0.5000001");
}

TEST(PlanCases, WhatIsUnknownOrMissingSaysSo) {
  const CaseFamilies families = known_families();
  EXPECT_EQ(families.judge({{"id", "X"}, {"family", "Tarot"}})["reason"],
            "family unknown: `Tarot`");
  EXPECT_EQ(families.judge({{"id", "X"}})["verdict"], "unsupported");
  EXPECT_EQ(families.judge(Json::array({1, 2}))["verdict"], "unsupported");
  const Json without_servers{{"id", "X"},
                             {"family", "Erlang B"},
                             {"params", {{"offered_load", 3}}},
                             {"expected", {{"p_block", 0.1}}}};
  EXPECT_EQ(families.judge(without_servers)["verdict"], "fail");
  const Json unstable{
      {"id", "X"},
      {"family", "Pollaczek-Khinchine"},
      {"params", {{"arrival_rate", 2}, {"service", {{"kind", "exp"}, {"mean", 1}}}}},
      {"expected", {{"mean_wait", 1}}}};
  EXPECT_EQ(families.judge(unstable)["reason"].get<std::string>().substr(0, 8), "unstable");
}

TEST(PlanCases, AFamilyAddedLaterAnswers) {
  CaseFamilies families = known_families();
  families.add("Forecasting", [](const Json&) -> CaseResult {
    CaseAnswer answer;
    answer.computed = {{"alpha", 0.25}};
    answer.z = 0.3;
    answer.verdict = Verdict::pass;
    return answer;
  });
  const Json row =
      families.judge({{"id", "F"}, {"family", "Forecasting"}, {"expected", {{"alpha", 0.24}}}});
  EXPECT_EQ(row["verdict"], "pass");
  EXPECT_EQ(row["z"], 0.3);
}

TEST(Tolerance, ReadsTheWordsOfACase) {
  const Tolerance plain("rel 1e-10 for analytic code; simulator: inside its own 99% CI", 1);
  EXPECT_EQ(plain.relative("p_wait"), 1e-10);
  EXPECT_EQ(plain.absolute("p_wait"), 0);
  EXPECT_FALSE(plain.exact_counts());
  const Tolerance mixed("exact index; mean rel 1e-12; reals rel 1e-10 (bound abs 1e-6)", 1);
  EXPECT_TRUE(mixed.exact_counts());
  EXPECT_EQ(mixed.relative("mser"), 1e-10);
  EXPECT_EQ(mixed.relative("mean"), 1e-12);
  EXPECT_EQ(mixed.absolute("bound_of_it"), 1e-6);
  EXPECT_EQ(mixed.absolute("mser"), 0);
  const Tolerance siblings("rel 1e-10 (mean_wait_class1 and 2: abs 1e-12)", 1);
  EXPECT_EQ(siblings.absolute("mean_wait_class2"), 1e-12);
  EXPECT_EQ(siblings.absolute("p_wait"), 0);
  EXPECT_EQ(Tolerance("", 1e-7).relative("x"), 1e-7);
}

TEST(Formula, ComputesWhatItSays) {
  EXPECT_DOUBLE_EQ(Formula::parse("100+20*sin(2*pi*t/6.283185307179586)").value().at(1.5),
                   100 + 20 * std::sin(1.5));
  EXPECT_DOUBLE_EQ(Formula::parse("-2^2 + (t - 1)/4 * 2").value().at(3), -3);
  EXPECT_DOUBLE_EQ(Formula::parse("exp(-abs(t)) * sqrt(4) + 1e2").value().at(-1),
                   2 * std::exp(-1.0) + 100);
}

TEST(Formula, SaysWhereItStopsMakingSense) {
  EXPECT_EQ(Formula::parse("3 + foo(t)").error(),
            "formula `3 + foo(t)`: t, pi, sin, cos, exp, sqrt or abs was expected at character 5");
  EXPECT_FALSE(Formula::parse("3 +"));
  EXPECT_FALSE(Formula::parse("(3"));
  EXPECT_FALSE(Formula::parse("3 4"));
  EXPECT_FALSE(Formula::parse(std::string(2'000, '(')));
  EXPECT_FALSE(Formula::parse(std::string(900, '(')));
}

}  // namespace
}  // namespace paceline::tools
