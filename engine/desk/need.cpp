// Needs of queues and skills of agents: the two texts over skills.
#include <algorithm>
#include <optional>
#include <utility>

#include "engine/desk/expression_lexer.h"
#include "engine/desk/predicate.h"

namespace paceline::desk {
namespace {

using sched::Expected;
using Requirements = std::vector<SkillRequirement>;

constexpr int level_max = 100;

std::optional<uint8_t> level_of(std::string_view digits) {
  if (digits.empty() || digits.size() > 3) return std::nullopt;
  int level = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    level = level * 10 + (c - '0');
  }
  if (level < 1 || level > level_max) return std::nullopt;
  return static_cast<uint8_t>(level);
}

bool names(const Requirements& requirements, std::string_view skill) {
  return std::any_of(requirements.begin(), requirements.end(),
                     [&](const SkillRequirement& r) { return r.skill == skill; });
}

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

}  // namespace

Expected<Requirements, SyntaxError> parse_need(std::string_view text) {
  if (text.size() > expression_size_max)
    return syntax_error(0, "the need is longer than 4,096 characters: shorten it");
  Requirements need;
  if (trimmed(text).empty()) return need;

  ExpressionLexer lexer(text);
  for (;;) {
    auto skill = lexer.next();
    if (!skill) return sched::Unexpected{skill.error()};
    if (skill->kind != TokenKind::word)
      return syntax_error(skill->at, "expected the name of a skill, found " + shown(*skill) +
                                         ": write for example \"network >= 2\"");
    if (names(need, skill->text))
      return syntax_error(
          skill->at, "skill \"" + skill->text + "\" is asked for twice: keep the higher level");

    auto sign = lexer.next();
    if (!sign) return sched::Unexpected{sign.error()};
    if (!sign->is(">="))
      return syntax_error(sign->at, "expected \">=\" after skill \"" + skill->text + "\", found " +
                                        shown(*sign) + ": a need is a least level, for example \"" +
                                        skill->text + " >= 1\"");
    auto level = lexer.next();
    if (!level) return sched::Unexpected{level.error()};
    const auto number = level->kind == TokenKind::word ? level_of(level->text) : std::nullopt;
    if (!number)
      return syntax_error(level->at, "expected a level of skill \"" + skill->text + "\", found " +
                                         shown(*level) + ": levels are whole numbers 1 to 100");
    need.push_back({std::move(skill->text), *number});

    auto joint = lexer.next();
    if (!joint) return sched::Unexpected{joint.error()};
    if (joint->kind == TokenKind::end) return need;
    if (joint->is("||"))
      return syntax_error(joint->at,
                          "a need cannot offer alternatives: use && only, or two queues");
    if (!joint->is("&&")) return syntax_error(joint->at, "expected \"&&\", found " + shown(*joint));
  }
}

Expected<Requirements, SyntaxError> parse_skills(std::string_view text) {
  if (text.size() > expression_size_max)
    return syntax_error(0, "the list of skills is longer than 4,096 characters: shorten it");
  Requirements skills;
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
    const auto level =
        colon == std::string_view::npos ? std::nullopt : level_of(trimmed(item.substr(colon + 1)));
    if (!level)
      return syntax_error(from, "skill \"" + skill + "\" needs a level 1 to 100, as network:6");
    if (names(skills, skill))
      return syntax_error(from, "skill \"" + skill + "\" is stated twice: keep one level");
    skills.push_back({skill, *level});
    from = end + 1;
  }
  return skills;
}

}  // namespace paceline::desk
