#include "tools/plan_cases.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/plan_compare.h"

namespace paceline::tools {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::fail:
      return "fail";
    case Verdict::unsupported:
      return "unsupported";
  }
  return "";
}

void CaseFamilies::add(std::string_view family, AnswerCase answer, double relative) {
  rows_[std::string(family)] = {std::move(answer), relative, {}};
}

void CaseFamilies::add_unsupported(std::string_view family, std::string_view reason) {
  rows_[std::string(family)] = {nullptr, 0.0, std::string(reason)};
}

namespace {

std::string text_of(const Json& one, const char* key) {
  return one.is_object() && one.contains(key) && one[key].is_string() ? one[key].get<std::string>()
                                                                      : std::string();
}

Json row_of(const Json& one, const CaseAnswer& answer, Verdict verdict) {
  Json row;
  row["id"] = text_of(one, "id");
  row["family"] = text_of(one, "family");
  row["computed"] = answer.computed;
  row["interval"] = answer.interval;
  row["expected"] = one.is_object() && one.contains("expected") ? one["expected"] : Json();
  row["z"] = answer.z ? Json(*answer.z) : Json();
  if (!answer.z_scores.empty()) row["z_scores"] = answer.z_scores;
  row["verdict"] = name(verdict);
  if (!answer.reason.empty()) row["reason"] = answer.reason;
  return row;
}

CaseAnswer only_reason(std::string reason) {
  CaseAnswer answer;
  answer.reason = std::move(reason);
  return answer;
}

}  // namespace

Json CaseFamilies::judge(const Json& one) const {
  const std::string family = text_of(one, "family");
  if (family.empty())
    return row_of(one, only_reason("the case names no family"), Verdict::unsupported);
  const auto found = rows_.find(family);
  if (found == rows_.end())
    return row_of(one, only_reason("family unknown: `" + family + "`"), Verdict::unsupported);
  const Row& row = found->second;
  if (!row.answer) return row_of(one, only_reason(row.reason), Verdict::unsupported);
  if (!one.contains("expected") || !one["expected"].is_object())
    return row_of(one, only_reason("the case has no object `expected`"), Verdict::fail);
  CaseAnswer answer;
  try {
    auto result = row.answer(one);
    if (!result) return row_of(one, only_reason(result.error().reason), Verdict::unsupported);
    answer = *std::move(result);
  } catch (const nlohmann::json::exception& error) {
    return row_of(one,
                  only_reason(fmt::format("the case is not as its family's are: {}", error.what())),
                  Verdict::fail);
  }
  if (answer.verdict) return row_of(one, answer, *answer.verdict);
  if (answer.computed.is_null()) return row_of(one, answer, Verdict::fail);
  const auto compared =
      compare(one["expected"], answer.computed, Tolerance(text_of(one, "tolerance"), row.relative));
  for (size_t i = 0; i < std::min<size_t>(compared.misses.size(), 5); ++i)
    answer.reason += (i == 0 ? "" : "; ") + compared.misses[i];
  Json judged = row_of(one, answer, compared.misses.empty() ? Verdict::pass : Verdict::fail);
  judged["difference"] = compared.worst;
  return judged;
}

AnswerCase CaseFamilies::find(std::string_view family) const {
  const auto found = rows_.find(family);
  return found == rows_.end() ? AnswerCase() : found->second.answer;
}

CaseFamilies known_families(const Effort& effort) {
  CaseFamilies families;
  add_formula_cases(families);
  add_chain_cases(families);
  add_time_cases(families);
  add_statistics_cases(families);
  add_simulated_cases(families, effort);
  families.add_unsupported("Forecasting", "forecasting: later");
  families.add_unsupported("Days-off scheduling", "days-off schedules: later");
  families.add_unsupported("Shift set covering (Dantzig)", "shift covers: later");
  families.add_unsupported("Weekly tour scheduling", "weekly tours: later");
  return families;
}

}  // namespace paceline::tools
