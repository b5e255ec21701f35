// Reference cases: questions with known answers, and who answers which family of them.
//
// A file of cases (tools/docs/PLANNING.md) is an array, or an object with an array "cases"; a case
// has `id`, `family`, `model`, `params`, `expected` and `tolerance`. What can be computed is
// compared figure by figure at the case's tolerance; what cannot be says why. Families are a table
// that parts of the program add themselves to, so that nothing is passed over in silence.
//
// Owner: one thread.  Allocates: JSON.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sched/base/expected.h"

namespace paceline::tools {

using Json = nlohmann::ordered_json;

enum class Verdict : uint8_t { pass, fail, unsupported };
std::string_view name(Verdict verdict);

/// What was found for one case.
struct CaseAnswer {
  Json computed;                   ///< Figures by the names of `expected`.
  Json interval;                   ///< Confidence intervals by the same names; null where exact.
  std::optional<double> z;         ///< Of the worst figure; none where exact.
  std::vector<double> z_scores;    ///< Of each figure that was simulated.
  std::optional<Verdict> verdict;  ///< Who simulates judges; else computed is compared.
  std::string reason;              ///< Why not, in words.
};

/// Why a case cannot be answered at all.
struct Unanswered {
  std::string reason;
};

using CaseResult = sched::Expected<CaseAnswer, Unanswered>;
/// Given the whole case. May throw nlohmann's exceptions where the case lacks something: the case
/// then fails with that as its reason.
using AnswerCase = std::function<CaseResult(const Json& one)>;

class CaseFamilies {
 public:
  /// `relative`: the tolerance where a case names none. A family added twice is the later one's.
  void add(std::string_view family, AnswerCase answer, double relative = 1e-8);
  /// Known, and not answered yet.
  void add_unsupported(std::string_view family, std::string_view reason);

  /// The case's row of the answer: id, family, computed, interval, expected, z, verdict, and reason
  /// or worst relative difference where there is one.
  Json judge(const Json& one) const;

  /// The family's answer; null: not known, or not answered.
  AnswerCase find(std::string_view family) const;
  bool knows(std::string_view family) const { return rows_.find(family) != rows_.end(); }
  size_t size() const { return rows_.size(); }

 private:
  struct Row {
    AnswerCase answer;
    double relative = 0.0;
    std::string reason;
  };
  std::map<std::string, Row, std::less<>> rows_;
};

// Each adds the families its file answers.
void add_formula_cases(CaseFamilies& families);
void add_chain_cases(CaseFamilies& families);
void add_time_cases(CaseFamilies& families);
void add_statistics_cases(CaseFamilies& families);

/// How much is simulated.
struct Effort {
  double of_usual = 1.0;  ///< Times as many customers, days, replications.
  uint64_t seed = 1;
};
void add_simulated_cases(CaseFamilies& families, const Effort& effort);
/// What formulas and chains answer, simulated as well. The others stay what they are.
void add_simulated_twins(CaseFamilies& families, const Effort& effort);
/// All but the twins, and the families that are known and not answered.
CaseFamilies known_families(const Effort& effort = {});

}  // namespace paceline::tools
