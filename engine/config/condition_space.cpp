#include "engine/config/condition_space.h"

#include <algorithm>
#include <optional>
#include <set>

namespace paceline::config {
namespace {

using desk::Field;
using desk::FieldValues;

constexpr uint64_t question_max = 200'000;  // evaluations of a condition
constexpr uint64_t total_max = 10'000'000;  // some seconds
/// A value that no condition names.
constexpr uint32_t another = FieldValues::absent - 3;

std::optional<bool> decided(const ConditionSpace::Term& term, const ConditionSpace::Fixed& fixed) {
  if (term.queue == ConditionSpace::unsaid && term.group == ConditionSpace::unsaid)
    return term.condition->decided(fixed.values, fixed.known);
  ConditionSpace::Fixed own = fixed;
  if (term.queue != ConditionSpace::unsaid) own.set(Field::queue, term.queue);
  if (term.group != ConditionSpace::unsaid) own.set(Field::group, term.group);
  return term.condition->decided(own.values, own.known);
}

}  // namespace

ConditionSpace::ConditionSpace(const sched::PriorityMatrix& matrix,
                               const std::vector<desk::ReferencedObject>& objects)
    : objects_(objects) {
  reason_is_of_pending_ = parse("state == pending || reason == ''");
  std::set<uint32_t> priorities;
  for (const auto& row : matrix.cell)
    for (const sched::Priority priority : row) priorities.insert(static_cast<uint32_t>(priority));
  priorities_.assign(priorities.begin(), priorities.end());
}

uint32_t ConditionSpace::number(Field field, std::string_view value) {
  auto& numbers = numbers_[static_cast<size_t>(field)];
  const auto found = numbers.find(value);
  if (found != numbers.end()) return found->second;
  const auto next = static_cast<uint32_t>(numbers.size());
  numbers.emplace(value, next);
  return next;
}

desk::Predicate ConditionSpace::parse(std::string_view text) {
  auto parsed = desk::Predicate::parse(
      text, [this](Field field, std::string_view value) { return number(field, value); },
      &objects_);
  return parsed ? *std::move(parsed) : desk::Predicate();
}

std::vector<ConditionSpace::Choice> ConditionSpace::choices(const std::vector<Term>& all_of,
                                                            const std::vector<Term>& none_of,
                                                            uint32_t known) const {
  std::array<std::set<uint32_t>, desk::field_count> named;
  std::vector<Field> order;  // fields of what must hold first: they leave the fewest branches
  for (const auto* terms : {&all_of, &none_of}) {
    for (const Term& term : *terms) {
      for (const auto& [field, value] : term.condition->literals()) {
        auto& values = named[static_cast<size_t>(field)];
        const bool own = (field == Field::queue && term.queue != unsaid) ||
                         (field == Field::group && term.group != unsaid);
        if (own || (known & desk::bit(field)) != 0) continue;
        if (values.empty()) order.push_back(field);
        values.insert(value);
      }
    }
  }
  std::vector<Choice> choices;
  for (const Field field : order) {
    const std::set<uint32_t>& values = named[static_cast<size_t>(field)];
    Choice choice{field, {values.begin(), values.end()}};
    if (field == Field::priority) {
      choice.values = priorities_;
    } else if (const auto all = desk::values_of(field); all.empty()) {
      choice.values.push_back(another);
      if (values.count(FieldValues::absent) == 0) choice.values.push_back(FieldValues::absent);
    } else {
      // One that is not named stands for the others, also for none stated.
      for (uint32_t value = 0; value < all.size(); ++value) {
        if (values.count(value) != 0) continue;
        choice.values.push_back(value);
        break;
      }
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

ConditionSpace::Answer ConditionSpace::any(std::vector<Term> all_of, std::vector<Term> none_of,
                                           const Fixed& fixed) {
  const auto reads_reason = [](const Term& term) {
    return (term.condition->fields() & desk::bit(Field::reason)) != 0;
  };
  if (std::any_of(all_of.begin(), all_of.end(), reads_reason) ||
      std::any_of(none_of.begin(), none_of.end(), reads_reason))
    all_of.push_back({&reason_is_of_pending_});
  question_ = 0;
  const std::vector<Choice> found = choices(all_of, none_of, fixed.known);
  Fixed values = fixed;
  return search(all_of, none_of, found, 0, values);
}

ConditionSpace::Answer ConditionSpace::search(const std::vector<Term>& all_of,
                                              const std::vector<Term>& none_of,
                                              const std::vector<Choice>& choices, size_t at,
                                              Fixed& fixed) {
  std::vector<Term> wanted, unwanted;  // those that still depend on something
  question_ += all_of.size() + none_of.size();
  total_ += all_of.size() + none_of.size();
  if (question_ > question_max || total_ > total_max) return Answer::too_large;
  for (const Term& term : all_of) {
    const auto holds = decided(term, fixed);
    if (holds && !*holds) return Answer::none;
    if (!holds) wanted.push_back(term);
  }
  for (const Term& term : none_of) {
    const auto holds = decided(term, fixed);
    if (holds && *holds) return Answer::none;
    if (!holds) unwanted.push_back(term);
  }
  if (wanted.empty() && unwanted.empty()) return Answer::some;
  if (at == choices.size()) return Answer::some;
  const Choice& choice = choices[at];
  const uint32_t known = fixed.known;
  for (const uint32_t value : choice.values) {
    fixed.set(choice.field, value);
    const Answer answer = search(wanted, unwanted, choices, at + 1, fixed);
    fixed.known = known;
    if (answer != Answer::none) return answer;
  }
  return Answer::none;
}

}  // namespace paceline::config
