#include "engine/desk/predicate.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "engine/desk/expression_lexer.h"
#include "engine/desk/objects.h"
#include "engine/desk/suggestion.h"

namespace paceline::desk {
namespace {

using sched::Expected;
using sched::Unexpected;

constexpr std::array<std::string_view, field_count> field_names = {
    "kind",           "priority",     "impact",      "urgency",    "vip",         "sentiment",
    "queue",          "category",     "subcategory", "service",    "config_item", "channel",
    "requester_type", "organisation", "contract",    "stage",      "state",       "reason",
    "group",          "assigned",     "in_triage",   "workaround", "major",       "reopened",
    "responded",      "ball",         "message",     "moved",      "language",    "confidentiality",
    "agent",          "requester"};

// The position of a name is its enumerator; an empty name cannot be written.
constexpr std::string_view kind_names[] = {"incident", "service_request", "task"};
constexpr std::string_view priority_names[] = {"", "P1", "P2", "P3", "P4", "P5"};
constexpr std::string_view level_names[] = {"", "high", "medium", "low"};
constexpr std::string_view bool_names[] = {"false", "true"};
constexpr std::string_view state_names[] = {"",         "recorded",    "queued",
                                            "assigned", "in_progress", "pending",
                                            "resolved", "closed",      "cancelled"};
constexpr std::string_view ball_names[] = {"desk", "requester"};
constexpr std::string_view message_names[] = {"none", "requester", "agent",
                                              "bot",  "automatic", "internal"};
constexpr std::string_view sentiment_names[] = {"", "negative", "neutral", "positive"};

constexpr int nesting_max = 64;
constexpr int stack_max = 64;  // holds() keeps its stack in the bits of one word

/// A value no ticket has: what a resolver does not know must not equal an empty field.
constexpr uint32_t matches_nothing = FieldValues::absent - 1;

}  // namespace

std::string_view name(Field field) { return field_names[static_cast<size_t>(field)]; }

std::span<const std::string_view> values_of(Field field) {
  switch (field) {
    case Field::kind:
      return kind_names;
    case Field::priority:
      return priority_names;
    case Field::impact:
    case Field::urgency:
      return level_names;
    case Field::vip:
    case Field::assigned:
    case Field::in_triage:
    case Field::workaround:
    case Field::major:
    case Field::reopened:
    case Field::responded:
    case Field::moved:
      return bool_names;
    case Field::sentiment:
      return sentiment_names;
    case Field::state:
      return state_names;
    case Field::ball:
      return ball_names;
    case Field::message:
      return message_names;
    default:
      return {};
  }
}

/// Recursive descent; each level of nesting is one of these calls deeper.
class PredicateParser {
 public:
  PredicateParser(std::string_view text, const ValueResolver& resolve,
                  const ObjectCatalogue* objects)
      : lexer_(text), resolve_(resolve), objects_(objects) {}

  Expected<Predicate, SyntaxError> parse() {
    if (advance() && token_.kind != TokenKind::end && either() && token_.kind != TokenKind::end)
      unexpected_after_condition();
    if (error_) return Unexpected{std::move(*error_)};
    predicate_.find_tests();
    return std::move(predicate_);
  }

 private:
  using Code = Predicate::Code;

  bool fail(size_t at, std::string message) {
    if (!error_) error_ = SyntaxError{.at = at, .message = std::move(message)};
    return false;
  }

  bool advance() {
    auto token = lexer_.next();
    if (!token) return fail(token.error().at, token.error().message);
    token_ = std::move(*token);
    return true;
  }

  bool emit(Code code, Field field = Field::kind, uint32_t value = 0, uint32_t count = 0) {
    if (code == Code::both || code == Code::either) {
      --stack_;
    } else if (code != Code::negate && ++stack_ > stack_max) {
      return fail(token_.at, "the condition is nested too deeply: split it into several rules");
    }
    if (code == Code::equal || code == Code::unequal || code == Code::any_of ||
        code == Code::among) {
      predicate_.fields_ |= bit(field);
    }
    predicate_.steps_.push_back({code, field, value, count});
    return true;
  }

  bool either() {
    if (!both()) return false;
    while (token_.is("||")) {
      if (!advance() || !both() || !emit(Code::either)) return false;
    }
    return true;
  }

  bool both() {
    if (!term()) return false;
    while (token_.is("&&")) {
      if (!advance() || !term() || !emit(Code::both)) return false;
    }
    return true;
  }

  bool term() {
    if (token_.is("!") || token_.is("(")) {
      if (++nesting_ > nesting_max)
        return fail(token_.at,
                    "the condition is nested deeper than 64 levels: split it into "
                    "several rules");
      const bool ok = token_.is("!") ? negation() : parentheses();
      --nesting_;
      return ok;
    }
    return comparison();
  }

  bool negation() { return advance() && term() && emit(Code::negate); }

  bool parentheses() {
    const size_t opened_at = token_.at;
    if (!advance() || !either()) return false;
    if (token_.kind == TokenKind::end)
      return fail(opened_at, "the parenthesis is not closed: add \")\"");
    if (!token_.is(")")) return unexpected_after_condition();
    return advance();
  }

  bool comparison() {
    if (token_.kind != TokenKind::word)
      return fail(token_.at, "expected a field, found " + shown(token_) +
                                 ": write for example \"priority == P1\"");
    if (const Field* of = object_named(token_.text)) return attribute_comparison(*of);
    const auto found = std::find(field_names.begin(), field_names.end(), token_.text);
    if (found == field_names.end()) {
      if (token_.text == "not") return fail(token_.at, "unknown field \"not\": write \"!\"");
      return fail(token_.at,
                  "unknown field \"" + token_.text + "\"" + suggestion(token_.text, field_names));
    }
    const auto field = static_cast<Field>(found - field_names.begin());
    if (!advance()) return false;

    if (token_.is("==") || token_.is("!=")) {
      const Code code = token_.is("==") ? Code::equal : Code::unequal;
      uint32_t value = 0;
      return advance() && literal(field, value) && emit(code, field, value);
    }
    if (token_.is_word("in")) return advance() && list(field);
    if (values_of(field).data() == bool_names) return emit(Code::equal, field, 1);
    const std::string field_name(name(field));
    if (token_.is("="))
      return fail(token_.at, "\"=\" does not compare: write \"" + field_name + " == …\"");
    return fail(token_.at,
                "expected ==, != or in after field \"" + field_name + "\", found " + shown(token_));
  }

  /// The field before the point of `service.tier`; null if this is no attribute of an object.
  static const Field* object_named(std::string_view word) {
    static constexpr Field fields[] = {Field::service, Field::config_item, Field::requester};
    for (const Field& field : fields) {
      const std::string_view object = name(field);
      if (word.size() > object.size() && word.starts_with(object) && word[object.size()] == '.') {
        return &field;
      }
    }
    return nullptr;
  }

  bool attribute_comparison(Field of) {
    const std::string attribute = token_.text.substr(name(of).size() + 1);
    const std::string whole = token_.text;
    if (objects_ == nullptr || (!objects_->forgives() && !objects_->has_attribute(of, attribute))) {
      return unknown_attribute(of, attribute);
    }
    if (!advance()) return false;
    const bool unequal = token_.is("!=");
    if (unequal || token_.is("==")) {
      std::vector<std::string> values(1);
      return advance() && attribute_value(whole, values.front()) &&
             emit_attribute(of, attribute, values) && (!unequal || emit(Code::negate));
    }
    if (!token_.is_word("in")) {
      return fail(token_.at,
                  "expected ==, != or in after \"" + whole + "\", found " + shown(token_));
    }
    if (!advance()) return false;
    if (!token_.is("["))
      return fail(token_.at, "expected \"[\" after in, found " + shown(token_) + ": write \"" +
                                 whole + " in [a, b]\"");
    std::vector<std::string> values;
    do {
      if (!advance() || !attribute_value(whole, values.emplace_back())) return false;
    } while (token_.is(","));
    if (!token_.is("]"))
      return fail(token_.at, "expected \",\" or \"]\" in the list, found " + shown(token_));
    return advance() && emit_attribute(of, attribute, values);
  }

  bool unknown_attribute(Field of, const std::string& attribute) {
    const std::string object(name(of));
    const auto known =
        objects_ == nullptr ? std::vector<std::string_view>() : objects_->attributes(of);
    if (known.empty()) {
      return fail(token_.at, "no " + object + " has attributes: give one in [" + object +
                                 ".NAME], attributes = { " + attribute + " = \"…\" }");
    }
    return fail(token_.at, "unknown attribute \"" + attribute + "\" of " + object +
                               suggestion(attribute, known));
  }

  bool attribute_value(const std::string& whole, std::string& value) {
    if (token_.kind != TokenKind::word && token_.kind != TokenKind::quoted)
      return fail(token_.at, "expected a value of \"" + whole + "\", found " + shown(token_));
    value = token_.text;
    return advance();
  }

  /// Objects with one of the values; where '' is one, those without the attribute too.
  bool emit_attribute(Field of, const std::string& attribute,
                      const std::vector<std::string>& values) {
    std::vector<std::string_view> names;
    bool or_without = false;
    for (const std::string& value : values) {
      or_without = or_without || value.empty();
      const auto more = objects_->with(of, attribute, value);
      names.insert(names.end(), more.begin(), more.end());
    }
    if (!emit_objects(of, names)) return false;
    return !or_without || (emit_objects(of, objects_->with(of, attribute)) && emit(Code::negate) &&
                           emit(Code::either));
  }

  bool emit_objects(Field of, const std::vector<std::string_view>& names) {
    const auto first = static_cast<uint32_t>(predicate_.sets_.size());
    for (const std::string_view object : names) {
      const uint32_t number = resolve_(of, object);
      predicate_.sets_.push_back(number == FieldValues::absent ? matches_nothing : number);
    }
    std::sort(predicate_.sets_.begin() + first, predicate_.sets_.end());
    return emit(Code::among, of, first, static_cast<uint32_t>(names.size()));
  }

  bool list(Field field) {
    if (!token_.is("["))
      return fail(token_.at, "expected \"[\" after in, found " + shown(token_) + ": write \"" +
                                 std::string(name(field)) + " in [a, b]\"");
    const auto first = static_cast<uint32_t>(predicate_.sets_.size());
    do {
      uint32_t value = 0;
      if (!advance() || !literal(field, value)) return false;
      predicate_.sets_.push_back(value);
    } while (token_.is(","));
    if (!token_.is("]"))
      return fail(token_.at, "expected \",\" or \"]\" in the list, found " + shown(token_));
    const auto count = static_cast<uint32_t>(predicate_.sets_.size()) - first;
    return advance() && emit(Code::any_of, field, first, count);
  }

  bool literal(Field field, uint32_t& value) {
    if (token_.kind != TokenKind::word && token_.kind != TokenKind::quoted)
      return fail(token_.at, "expected a value of field \"" + std::string(name(field)) +
                                 "\", found " + shown(token_));
    const auto values = values_of(field);
    if (values.empty()) {
      value = FieldValues::absent;
      if (!token_.text.empty()) {
        value = resolve_(field, token_.text);
        if (value == FieldValues::absent) value = matches_nothing;
      }
      return advance();
    }
    const auto found = std::find(values.begin(), values.end(), token_.text);
    if (found == values.end() || token_.text.empty()) {
      const auto writable = values.front().empty() ? values.subspan(1) : values;
      return fail(token_.at, "field \"" + std::string(name(field)) + "\" has no value \"" +
                                 token_.text + "\"" + suggestion(token_.text, writable));
    }
    value = static_cast<uint32_t>(found - values.begin());
    return advance();
  }

  bool unexpected_after_condition() {
    if (token_.is_word("and") || token_.is("&"))
      return fail(token_.at, shown(token_) + " does not join conditions: write \"&&\"");
    if (token_.is_word("or") || token_.is("|"))
      return fail(token_.at, shown(token_) + " does not join conditions: write \"||\"");
    if (token_.is(")")) return fail(token_.at, "\")\" without \"(\": remove it");
    if (token_.kind == TokenKind::word || token_.kind == TokenKind::quoted)
      return fail(token_.at, "unexpected " + shown(token_) +
                                 ": join conditions with && or ||, and quote values with spaces");
    return fail(token_.at, "unexpected " + shown(token_) + ": expected && or ||");
  }

  ExpressionLexer lexer_;
  const ValueResolver& resolve_;
  const ObjectCatalogue* objects_;
  Token token_;
  Predicate predicate_;
  std::optional<SyntaxError> error_;
  int nesting_ = 0;
  int stack_ = 0;
};

Expected<Predicate, SyntaxError> Predicate::parse(std::string_view text,
                                                  const ValueResolver& resolve,
                                                  const ObjectCatalogue* objects) {
  if (text.size() > expression_size_max)
    return syntax_error(0,
                        "the condition is longer than 4,096 characters: split it into several "
                        "rules");
  return PredicateParser(text, resolve, objects).parse();
}

/// Most conditions join tests of enumerated fields all by &&, or all by ||: no stack is needed for
/// those. `a && b && c` is a b both c both: every operator joins what has come so far with one
/// test.
void Predicate::find_tests() {
  constexpr uint32_t told_apart = 64;
  tests_.clear();
  const auto uses = [this](Code code) {
    return std::any_of(steps_.begin(), steps_.end(),
                       [code](const Step& step) { return step.code == code; });
  };
  shape_ = uses(Code::either) ? Shape::either_of : Shape::all_of;
  if (uses(Code::negate) || (uses(Code::either) && uses(Code::both))) shape_ = Shape::any;
  for (const Step& step : steps_) {
    if (shape_ == Shape::any) return;
    if (step.code == Code::both || step.code == Code::either) continue;
    Test& test = tests_.emplace_back(Test{.field = step.field});
    const auto add = [&](uint32_t value) {
      if (value < told_apart) {
        test.values |= uint64_t{1} << value;
      } else if (test.exact == 0 || test.exact == value) {
        test.exact = value;
      } else {
        shape_ = Shape::any;  // one word does not tell them apart
      }
    };
    if (step.code == Code::equal || step.code == Code::unequal) {
      add(step.value);
    } else {
      for (uint32_t i = 0; i < step.count; ++i) add(sets_[step.value + i]);
    }
    if (step.code == Code::unequal) {
      test.values = ~test.values;
      test.others = true;
    }
  }
}

bool Predicate::well_formed() const {
  return std::all_of(steps_.begin(), steps_.end(), [this](const Step& step) {
    const bool of_set = step.code == Code::any_of || step.code == Code::among;
    if (of_set && uint64_t{step.value} + step.count > sets_.size()) return false;
    return step.code <= Code::either && static_cast<size_t>(step.field) < field_count;
  });
}

void Predicate::persist(sched::Archive& archive) {
  archive.fields(steps_, sets_, fields_);
  if (!archive.require(well_formed(), "a condition is not an expression")) steps_.clear();
  if (archive.loading()) find_tests();
}

bool Predicate::holds_step_by_step(const FieldValues& values) const {
  uint64_t stack = 1;  // the top is bit 0; what no step replaces is "always"
  const auto top_two = [&stack] { return std::pair{(stack & 1) != 0, (stack & 2) != 0}; };
  for (const Step& step : steps_) {
    const uint32_t value = values.value[static_cast<size_t>(step.field)];
    switch (step.code) {
      case Code::equal:
        stack = stack << 1 | (value == step.value ? 1U : 0U);
        break;
      case Code::unequal:
        stack = stack << 1 | (value != step.value ? 1U : 0U);
        break;
      case Code::any_of: {
        const auto first = sets_.begin() + step.value;
        const bool found = std::find(first, first + step.count, value) != first + step.count;
        stack = stack << 1 | (found ? 1U : 0U);
        break;
      }
      case Code::among: {
        const auto first = sets_.begin() + step.value;
        const bool found = std::binary_search(first, first + step.count, value);
        stack = stack << 1 | (found ? 1U : 0U);
        break;
      }
      case Code::negate:
        stack ^= 1;
        break;
      case Code::both: {
        const auto [right, left] = top_two();
        stack = (stack >> 2) << 1 | (right && left ? 1U : 0U);
        break;
      }
      case Code::either: {
        const auto [right, left] = top_two();
        stack = (stack >> 2) << 1 | (right || left ? 1U : 0U);
        break;
      }
    }
  }
  return (stack & 1) != 0;
}

/// As holds(), each value of the stack being two bits: whether it can be true, and false.
std::optional<bool> Predicate::decided(const FieldValues& values, uint32_t known) const {
  uint64_t may_hold = 1;
  uint64_t may_fail = 0;
  const auto push = [&](bool is_known, bool holds) {
    may_hold = may_hold << 1 | (!is_known || holds ? 1U : 0U);
    may_fail = may_fail << 1 | (!is_known || !holds ? 1U : 0U);
  };
  for (const Step& step : steps_) {
    const bool is_known = (known & bit(step.field)) != 0;
    const uint32_t value = values.value[static_cast<size_t>(step.field)];
    switch (step.code) {
      case Code::equal:
        push(is_known, value == step.value);
        break;
      case Code::unequal:
        push(is_known, value != step.value);
        break;
      case Code::any_of:
      case Code::among: {
        const auto first = sets_.begin() + step.value;
        push(is_known, std::find(first, first + step.count, value) != first + step.count);
        break;
      }
      case Code::negate: {
        const uint64_t difference = (may_hold ^ may_fail) & 1;
        may_hold ^= difference;
        may_fail ^= difference;
        break;
      }
      case Code::both: {
        const uint64_t hold = may_hold & may_hold >> 1 & 1;
        const uint64_t fail = (may_fail | may_fail >> 1) & 1;
        may_hold = (may_hold >> 2) << 1 | hold;
        may_fail = (may_fail >> 2) << 1 | fail;
        break;
      }
      case Code::either: {
        const uint64_t hold = (may_hold | may_hold >> 1) & 1;
        const uint64_t fail = may_fail & may_fail >> 1 & 1;
        may_hold = (may_hold >> 2) << 1 | hold;
        may_fail = (may_fail >> 2) << 1 | fail;
        break;
      }
    }
  }
  if ((may_hold & 1) != 0 && (may_fail & 1) != 0) return std::nullopt;
  return (may_hold & 1) != 0;
}

std::vector<std::pair<Field, uint32_t>> Predicate::literals() const {
  std::vector<std::pair<Field, uint32_t>> found;
  for (const Step& step : steps_) {
    if (step.code == Code::equal || step.code == Code::unequal) {
      found.emplace_back(step.field, step.value);
    } else if (step.code == Code::any_of || step.code == Code::among) {
      for (uint32_t i = 0; i < step.count; ++i) {
        found.emplace_back(step.field, sets_[step.value + i]);
      }
    }
  }
  return found;
}

}  // namespace paceline::desk
