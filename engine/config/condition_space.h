// Whether any ticket can satisfy some conditions and none of some others.
//
// A field counts with the values the conditions name and one that stands for all the rest; the
// search gives fields values one by one and leaves a branch as soon as a condition is decided
// against it. That decides exactly, within a bound on the work: beyond it the answer is that it is
// too large. It knows nothing of how fields hang together, but that a reason is one of pending and
// that priorities come from the matrix, so it may say "some" of tickets there never are.
//
// Owner: one check of one desk.  Allocates: for numbers of values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/objects.h"
#include "engine/desk/predicate.h"
#include "sched/priority.h"

namespace paceline::config {

class ConditionSpace {
 public:
  enum class Answer : uint8_t { none, some, too_large };

  /// Priorities the matrix does not give no ticket has.
  explicit ConditionSpace(const sched::PriorityMatrix& matrix,
                          const std::vector<desk::ReferencedObject>& objects = {});

  /// Requires that the text parses.
  desk::Predicate parse(std::string_view text);
  /// The number of a value of a free field.
  uint32_t number(desk::Field field, std::string_view value);

  /// A condition, asked of a ticket in a queue of its own where that is said.
  struct Term {
    const desk::Predicate* condition = nullptr;
    uint32_t queue = unsaid;
    uint32_t group = unsaid;
  };
  static constexpr uint32_t unsaid = desk::FieldValues::absent - 2;

  /// What is the same for all terms.
  struct Fixed {
    desk::FieldValues values;
    uint32_t known = 0;
    void set(desk::Field field, uint32_t value) {
      values.value[static_cast<size_t>(field)] = value;
      known |= desk::bit(field);
    }
  };

  Answer any(std::vector<Term> all_of, std::vector<Term> none_of, const Fixed& fixed);
  Answer any(std::vector<Term> all_of, std::vector<Term> none_of) {
    return any(std::move(all_of), std::move(none_of), Fixed{});
  }

 private:
  struct Choice {
    desk::Field field;
    std::vector<uint32_t> values;
  };
  std::vector<Choice> choices(const std::vector<Term>& all_of, const std::vector<Term>& none_of,
                              uint32_t known) const;
  Answer search(const std::vector<Term>& all_of, const std::vector<Term>& none_of,
                const std::vector<Choice>& choices, size_t at, Fixed& fixed);

  std::array<std::map<std::string, uint32_t, std::less<>>, desk::field_count> numbers_;
  desk::ObjectCatalogue objects_;
  desk::Predicate reason_is_of_pending_;
  std::vector<uint32_t> priorities_;
  uint64_t question_ = 0;  // evaluations of this question, and …
  uint64_t total_ = 0;     // … of all
};

}  // namespace paceline::config
