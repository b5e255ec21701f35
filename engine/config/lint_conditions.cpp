// Rules that no ticket reaches: by their own condition, or because earlier ones take everything.
#include <fmt/format.h>

#include <map>

#include "engine/config/condition_space.h"
#include "engine/config/diagnostics.h"
#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"
#include "engine/desk/policy_defaults.h"

namespace paceline::config {
namespace {

using Answer = ConditionSpace::Answer;

/// Rules of which the first that matches wins, in order.
class FirstMatch {
 public:
  FirstMatch(const LintDesk& desk, ConditionSpace& space, std::string_view kind)
      : desk_(desk), space_(space), kind_(kind) {}

  /// Of a rule with `min_confidence` only the surer tickets are its own.
  void add(const std::string& name, const std::string& when, uint8_t min_confidence = 0) {
    Rule rule{name, space_.parse(when), desk_.line(kind_, name), min_confidence};
    check(rule, when);
    rules_.push_back(std::move(rule));
  }

 private:
  struct Rule {
    std::string name;
    desk::Predicate when;
    uint32_t line;
    uint8_t min_confidence;
  };

  std::string called(const Rule& rule) const {
    return rule.name.starts_with("route ") ? rule.name
                                           : fmt::format("{} {}", kind_, in_quotes(rule.name));
  }

  void check(const Rule& rule, const std::string& when) {
    const ConditionSpace::Term own{&rule.when};
    if (space_.any({own}, {}) == Answer::none) {
      desk_.add(code::never_holds, desk_.line(kind_, rule.name, "when"),
                called(rule) + " matches no ticket",
                fmt::format("its condition {} can never hold", in_quotes(when)),
                "mend the condition, or remove the rule");
      return;
    }
    std::vector<ConditionSpace::Term> earlier;
    for (const Rule& each : rules_)
      if (each.min_confidence <= rule.min_confidence) earlier.push_back({&each.when});
    const Answer answer = space_.any({own}, earlier);
    if (answer == Answer::too_large)
      desk_.result.undecided.push_back(fmt::format(
          "{}: whether earlier ones leave it any ticket is too much to decide", called(rule)));
    if (answer != Answer::none) return;
    for (const Rule& each : rules_) {
      if (each.min_confidence > rule.min_confidence) continue;
      if (space_.any({own}, {{&each.when}}) != Answer::none) continue;
      return unreachable(rule, fmt::format("{} at line {} comes first and matches every ticket "
                                           "that this one matches",
                                           called(each), each.line));
    }
    unreachable(rule, "the ones before it together match every ticket that this one matches");
  }

  void unreachable(const Rule& rule, std::string why) {
    desk_.add(code::unreachable, rule.line, called(rule) + " is never reached", std::move(why),
              "move it up, narrow the earlier condition, or remove it");
  }

  const LintDesk& desk_;
  ConditionSpace& space_;
  std::string kind_;
  std::vector<Rule> rules_;
};

/// A clock whose policy matches and yet never begins.
void check_start(const LintDesk& desk, ConditionSpace& space,
                 const desk::PolicyDefinition& policy) {
  const std::string_view start_text =
      policy.start.empty() ? desk::defaults_of(policy.clock).start : policy.start;
  const desk::Predicate when = space.parse(policy.when);
  const desk::Predicate start = space.parse(start_text);
  const std::string stop_text = desk::stop_condition(policy);
  const desk::Predicate stop = space.parse(stop_text);
  const desk::Predicate cancel = space.parse(policy.cancel);
  std::vector<ConditionSpace::Term> none_of = {{&stop}};
  if (!policy.cancel.empty()) none_of.push_back({&cancel});
  if (space.any({{&when}}, {}) == Answer::none) return;  // said already
  if (space.any({{&when}, {&start}}, none_of) != Answer::none) return;
  desk.add(code::never_holds, desk.line("policy", policy.name, "start"),
           subject(policy) + ": its clock never starts",
           fmt::format("whenever {} holds, its start condition fails or it is stopped or cancelled "
                       "at once ({})",
                       policy.when.empty() ? "its condition" : in_quotes(policy.when),
                       in_quotes(stop_text)),
           "mend start, stop or cancel");
}

}  // namespace

void lint_conditions(const LintDesk& desk) {
  ConditionSpace space(desk.configuration.settings.matrix, desk.configuration.objects);
  FirstMatch routes(desk, space, "route");
  for (const desk::RouteRule& route : desk.configuration.routes)
    if (route.enabled) routes.add(route.name, route.when, route.min_confidence);
  std::map<std::pair<desk::ClockKind, std::string>, FirstMatch> tracks;
  for (const desk::PolicyDefinition& policy : desk.configuration.policies) {
    const auto track =
        tracks.try_emplace({policy.clock, policy.label}, desk, space, "policy").first;
    track->second.add(policy.name, policy.when);
    check_start(desk, space, policy);
  }
}

}  // namespace paceline::config
