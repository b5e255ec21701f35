#include "engine/desk/need.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "engine/desk/expression_lexer.h"

namespace paceline::desk {
namespace {

using sched::Comparison;
using sched::Expected;
using sched::NeedStep;
using sched::Unexpected;
using Code = NeedStep::Code;

constexpr int level_max = 100;
constexpr int nesting_max = 64;

// In the order of Comparison.
constexpr std::array<std::string_view, 6> comparison_signs = {">=", ">", "<=", "<", "==", "!="};

std::optional<uint8_t> level_of(std::string_view digits, int least) {
  if (digits.empty() || digits.size() > 3) return std::nullopt;
  int level = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    level = level * 10 + (c - '0');
  }
  if (level < least || level > level_max) return std::nullopt;
  return static_cast<uint8_t>(level);
}

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The sign that somebody means who writes the word, else nothing.
std::string_view sign_for(std::string_view word) {
  if (word == "and" || word == "AND") return "&&";
  if (word == "or" || word == "OR") return "||";
  if (word == "not" || word == "NOT") return "!";
  return {};
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

/// No steps ask for nothing.
sched::Need made_of(std::vector<NeedStep> steps) {
  return steps.empty() ? sched::Need() : sched::Need(std::move(steps));
}

/// Recursive descent, as PredicateParser.
class NeedParser {
 public:
  explicit NeedParser(std::string_view text) : lexer_(text) {}

  Expected<NamedNeed, SyntaxError> parse() {
    if (advance() && token_.kind != TokenKind::end && either() && token_.kind != TokenKind::end)
      unexpected_after_need();
    if (error_) return Unexpected{std::move(*error_)};
    return NamedNeed{made_of(std::move(steps_)), std::move(names_)};
  }

 private:
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

  bool emit(const NeedStep& step) {
    if (step.code == Code::both || step.code == Code::either) {
      --stack_;
    } else if (step.code == Code::compare && ++stack_ > sched::Need::depth_max) {
      return fail(token_.at, "the need is nested too deeply: write it with fewer parentheses");
    }
    steps_.push_back(step);
    return true;
  }

  bool either() {
    if (!both()) return false;
    while (token_.is("||")) {
      if (!advance() || !both() || !emit({.code = Code::either})) return false;
    }
    return true;
  }

  bool both() {
    if (!term()) return false;
    while (token_.is("&&")) {
      if (!advance() || !term() || !emit({.code = Code::both})) return false;
    }
    return true;
  }

  bool term() {
    if (!token_.is("!") && !token_.is("(")) return comparison();
    if (++nesting_ > nesting_max)
      return fail(token_.at,
                  "the need is nested deeper than 64 levels: write it with fewer parentheses");
    const bool ok = token_.is("!") ? negation() : parentheses();
    --nesting_;
    return ok;
  }

  bool negation() { return advance() && term() && emit({.code = Code::negate}); }

  bool parentheses() {
    const size_t opened_at = token_.at;
    if (!advance() || !either()) return false;
    if (token_.kind == TokenKind::end)
      return fail(opened_at, "the parenthesis is not closed: add \")\"");
    if (!token_.is(")")) return unexpected_after_need();
    return advance();
  }

  bool comparison() {
    if (token_.kind == TokenKind::quoted)
      return fail(token_.at, "names of skills have no quotes: write for example \"network >= 2\"");
    if (token_.kind != TokenKind::word)
      return fail(token_.at, "expected the name of a skill, found " + shown(token_) +
                                 ": write for example \"network >= 2\"");
    if (const std::string_view sign = sign_for(token_.text); !sign.empty())
      return fail(token_.at, "\"" + token_.text + "\" cannot be the name of a skill: write \"" +
                                 std::string(sign) + "\", or rename the skill");
    const Token skill = token_;
    if (!advance()) return false;

    NeedStep step{.code = Code::compare};
    const auto sign = token_.kind == TokenKind::sign
                          ? std::find(comparison_signs.begin(), comparison_signs.end(), token_.text)
                          : comparison_signs.end();
    if (sign == comparison_signs.end()) {
      if (!stands_alone(skill)) return false;
    } else {
      step.comparison = static_cast<Comparison>(sign - comparison_signs.begin());
      if (!advance() || !level(skill, step.level)) return false;
    }
    step.skill = numbered_name(skill.text);
    return emit(step);
  }

  /// A skill without comparison, `>= 1`; what follows must not look like half of one.
  bool stands_alone(const Token& skill) {
    if (token_.is("="))
      return fail(token_.at, "\"=\" does not compare: write \"" + skill.text + " == …\"");
    if (token_.is_word("in"))
      return fail(token_.at, "\"in\" is not for levels: write \"" + skill.text + " >= … && " +
                                 skill.text + " <= …\"");
    if (is_number(skill.text))
      return fail(skill.at, "expected the name of a skill, found \"" + skill.text +
                                "\": write for example \"network >= " + skill.text + "\"");
    if (token_.kind == TokenKind::word && is_number(token_.text))
      return fail(token_.at, "level " + shown(token_) + " is not compared: write \"" + skill.text +
                                 " >= " + token_.text + "\"");
    return true;
  }

  bool level(const Token& skill, uint8_t& level) {
    const auto number = token_.kind == TokenKind::word ? level_of(token_.text, 0) : std::nullopt;
    if (number) {
      level = *number;
      return advance();
    }
    if (is_number(skill.text) && token_.kind == TokenKind::word)
      return fail(skill.at, "the skill comes before its level: write for example \"" + token_.text +
                                " >= " + skill.text + "\"");
    return fail(token_.at, "expected a level of skill \"" + skill.text + "\", found " +
                               shown(token_) + ": levels are whole numbers 0 to 100");
  }

  uint32_t numbered_name(const std::string& skill) {
    const auto [known, is_new] = numbers_.emplace(skill, static_cast<uint32_t>(names_.size()));
    if (is_new) names_.push_back(skill);
    return known->second;
  }

  bool unexpected_after_need() {
    const std::string_view sign = token_.kind == TokenKind::word ? sign_for(token_.text) : "";
    if (!sign.empty())
      return fail(token_.at, shown(token_) + " does not join comparisons: write \"" +
                                 std::string(sign == "!" ? "&& !" : sign) + "\"");
    if (token_.is("&") || token_.is("|"))
      return fail(token_.at, shown(token_) + " does not join comparisons: write \"" + token_.text +
                                 token_.text + "\"");
    if (token_.is(",")) return fail(token_.at, "\",\" does not join comparisons: write \"&&\"");
    if (token_.is(")")) return fail(token_.at, "\")\" without \"(\": remove it");
    return fail(token_.at, "unexpected " + shown(token_) + ": join comparisons with && or ||");
  }

  ExpressionLexer lexer_;
  Token token_;
  std::vector<NeedStep> steps_;
  std::vector<std::string> names_;
  std::map<std::string, uint32_t> numbers_;  // by name
  std::optional<SyntaxError> error_;
  int nesting_ = 0;
  uint32_t stack_ = 0;
};

}  // namespace

Expected<NamedNeed, SyntaxError> parse_need(std::string_view text) {
  if (text.size() > expression_size_max)
    return syntax_error(0, "the need is longer than 4,096 characters: shorten it");
  return NeedParser(text).parse();
}

sched::Need numbered(const NamedNeed& need,
                     const std::function<uint32_t(std::string_view)>& number) {
  std::vector<uint32_t> numbers;
  for (const std::string& name : need.names) numbers.push_back(number(name));
  std::vector<NeedStep> steps(need.need.steps().begin(), need.need.steps().end());
  for (NeedStep& step : steps)
    if (step.code == Code::compare) step.skill = numbers[step.skill];
  return made_of(std::move(steps));
}

Expected<std::vector<NamedLevel>, SyntaxError> parse_skills(std::string_view text) {
  if (text.size() > expression_size_max)
    return syntax_error(0, "the list of skills is longer than 4,096 characters: shorten it");
  std::vector<NamedLevel> skills;
  if (trimmed(text).empty()) return skills;

  for (size_t from = 0; from <= text.size();) {
    const size_t end = std::min(text.find(',', from), text.size());
    const std::string_view item = text.substr(from, end - from);
    const size_t colon = item.rfind(':');
    const std::string skill(trimmed(item.substr(0, std::min(colon, item.size()))));
    const bool is_name =
        !skill.empty() && std::all_of(skill.begin(), skill.end(), is_word_character);
    if (!is_name)
      return syntax_error(from, "\"" + std::string(trimmed(item)) +
                                    "\" is not a skill: write name:level, for example network:6");
    if (const std::string_view sign = sign_for(skill); !sign.empty())
      return syntax_error(from, "\"" + skill + "\" cannot be the name of a skill, for in a need " +
                                    "it is taken for \"" + std::string(sign) + "\": rename it");
    const auto level = colon == std::string_view::npos
                           ? std::nullopt
                           : level_of(trimmed(item.substr(colon + 1)), 1);
    if (!level)
      return syntax_error(from, "skill \"" + skill + "\" needs a level 1 to 100, as network:6");
    const bool known = std::any_of(skills.begin(), skills.end(),
                                   [&](const NamedLevel& each) { return each.skill == skill; });
    if (known) return syntax_error(from, "skill \"" + skill + "\" is stated twice: keep one level");
    skills.push_back({skill, *level});
    from = end + 1;
  }
  return skills;
}

std::string to_text(const NamedNeed& need) {
  struct Part {
    std::string text;
    int binds;  // 0: ||, 1: &&, 2: what is tighter
  };
  const auto within = [](Part&& part, int least) {
    return part.binds < least ? "(" + part.text + ")" : std::move(part.text);
  };
  std::vector<Part> stack;
  const auto pop = [&stack] {
    Part part = std::move(stack.back());
    stack.pop_back();
    return part;
  };
  for (const NeedStep& step : need.need.steps()) {
    if (step.code == Code::compare) {
      stack.push_back({need.names[step.skill] + " " +
                           std::string(comparison_signs[static_cast<size_t>(step.comparison)]) +
                           " " + std::to_string(step.level),
                       2});
    } else if (step.code == Code::negate) {
      stack.push_back({"!" + within(pop(), 2), 2});
    } else {
      // Of equals the left one needs no parentheses, for so the parser joins them.
      const int binds = step.code == Code::both ? 1 : 0;
      std::string right = within(pop(), binds + 1);
      std::string left = within(pop(), binds);
      stack.push_back({std::move(left) + (binds == 1 ? " && " : " || ") + right, binds});
    }
  }
  return stack.empty() ? std::string() : std::move(stack.back().text);
}

}  // namespace paceline::desk
