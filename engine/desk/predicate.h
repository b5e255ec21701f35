// Conditions over ticket fields: `kind == incident && (priority == P1 || vip)`.
//
// Grammar: ||, &&, !, parentheses; FIELD == VALUE, FIELD != VALUE, FIELD in [VALUE, …]; a field of
// two values stands alone (`vip`). Values of free fields are quoted ('network') or bare words.
// `service.tier`, `config_item.…`, `requester.…` are attributes of the object named (objects.h).
// `message` and `moved` say what the change under way is; the others what the ticket then is.
// Parsed once, when a configuration is loaded, to a short program; literals become the numbers the
// ticket carries. The empty text is always true; '' is a free field that is empty. Text is at most
// 4,096 bytes and 64 parentheses or negations deep.
//
// Owner: whoever holds it (immutable once parsed).  Allocates: in parse() only.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/expected.h"

namespace paceline::desk {

enum class Field : uint8_t {
  kind,       // incident, service_request, task
  priority,   // P1 … P5
  impact,     // high, medium, low
  urgency,    // high, medium, low
  vip,        // true, false
  sentiment,  // negative, neutral, positive
  queue,
  category,
  subcategory,
  service,
  config_item,
  channel,
  requester_type,
  organisation,
  contract,
  stage,
  state,       // queued, assigned, in_progress, pending, resolved, closed, cancelled
  reason,      // of pending; else absent
  group,       // that owns the queue
  assigned,    // true once an agent has it, or its group works on it
  in_triage,   // true while it is in the triage queue
  workaround,  // true, false
  major,       // true, false
  reopened,    // true, false
  responded,   // true once the requester had a first answer
  ball,        // desk, requester: who is to act next, by the newest public message
  message,     // during a message only: requester, agent, bot, automatic, internal; else none
  moved,       // true during a change that moves the ticket to another group
  language,
  confidentiality,
  agent,      // who has it; else absent
  requester,  // of those that are listed or that conditions name; else absent
};
inline constexpr size_t field_count = 32;
constexpr uint32_t bit(Field field) { return 1U << static_cast<unsigned>(field); }

std::string_view name(Field field);
/// The values of an enumerated field by their numbers, a number without a value being empty; none
/// for a free field.
std::span<const std::string_view> values_of(Field field);

/// A ticket's fields as numbers: enumerators, or dictionary positions (`absent` where empty).
struct FieldValues {
  static constexpr uint32_t absent = 0xffff'ffff;
  std::array<uint32_t, field_count> value{};
};

struct SyntaxError {
  size_t at = 0;        ///< Offset in the text.
  std::string message;  ///< What is wrong and how to mend it: `unknown field "prioritiy": did you
                        ///< mean "priority"?`
};

/// The number of a free field's value (dictionary position, queue position); `absent` if no ticket
/// can have it. An enumerated field's values never reach it, nor does ''.
class ObjectCatalogue;
using ValueResolver = std::function<uint32_t(Field, std::string_view)>;

class Predicate {
 public:
  static sched::Expected<Predicate, SyntaxError> parse(std::string_view text,
                                                       const ValueResolver& resolve,
                                                       const ObjectCatalogue* objects = nullptr);
  bool holds(const FieldValues& values) const {
    if (shape_ == Shape::any) return holds_step_by_step(values);
    const bool decides = shape_ == Shape::either_of;
    for (const Test& test : tests_) {
      const uint32_t value = values.value[static_cast<size_t>(test.field)];
      const bool found =
          value < 64 ? (test.values >> value & 1) != 0 : (value == test.exact) != test.others;
      if (found == decides) return decides;
    }
    return !decides;
  }
  /// What holds() says whatever the fields are that `known` has no bit for; nothing if they decide.
  std::optional<bool> decided(const FieldValues& values, uint32_t known) const;
  /// Every field it compares with the number it compares it with.
  std::vector<std::pair<Field, uint32_t>> literals() const;
  /// Bits of the fields it reads.
  uint32_t fields() const { return fields_; }
  bool always() const { return steps_.empty(); }
  /// As compiled: parsed again, it might mean what has come into being since.
  void persist(sched::Archive& archive);

 private:
  friend class PredicateParser;
  enum class Code : uint8_t { equal, unequal, any_of, among, negate, both, either };
  struct Step {
    Code code;
    Field field;
    uint32_t value;  // literal, or first position in `sets_`
    uint32_t count;  // literals of any_of and among, where they are sorted
  };
  bool well_formed() const;

  bool holds_step_by_step(const FieldValues& values) const;
  void find_tests();

  /// Values that one field may have: a bit each below 64; of the others one, or all but one.
  struct Test {
    uint64_t values = 0;
    uint32_t exact = 0;  // 0: none
    Field field;
    bool others = false;
  };
  enum class Shape : uint8_t {
    all_of,     // all of `tests_`
    either_of,  // one of them
    any         // `steps_` only
  };
  std::vector<Test> tests_;
  Shape shape_ = Shape::all_of;
  std::vector<Step> steps_;  // postfix, over a stack of at most 64; none: always true
  std::vector<uint32_t> sets_;
  uint32_t fields_ = 0;
};

}  // namespace paceline::desk
