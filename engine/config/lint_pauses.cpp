// Pending reasons that pause nothing, or are spelled like one that does.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"
#include "engine/desk/objects.h"
#include "engine/desk/policy_defaults.h"
#include "engine/desk/predicate.h"
#include "engine/desk/suggestion.h"

namespace paceline::config {
namespace {

/// Reasons that mean something without the file: to pauses, to clocks' conditions, to the desk.
std::set<std::string> built_in_reasons() {
  std::set<std::string> reasons = {"awaiting_vendor", "awaiting_group",
                                   std::string(desk::reason_no_reply),
                                   std::string(desk::reason_duplicate)};
  for (const desk::PauseRule& rule : desk::default_pause_rules()) reasons.insert(rule.reason);
  return reasons;
}

class Reasons {
 public:
  explicit Reasons(const LintDesk& desk) : desk_(desk), known_(built_in_reasons()) {}

  void check() {
    const desk::DeskSettings& settings = desk_.configuration.settings;
    for (const desk::PendingRule& rule : settings.pending) defined(rule.reason);
    for (const desk::PauseRule& rule : settings.pauses) defined(rule.reason);
    for (const desk::PolicyDefinition& policy : desk_.configuration.policies) {
      for (const std::string& reason : policy.pause)
        named(reason, desk_.line("policy", policy.name, "pause"));
      for (const auto& [key, text] : desk::conditions_of(policy))
        read(*text, desk_.line("policy", policy.name, key));
    }
    for (const auto& [reason, line] : named_) check(reason, line);
  }

 private:
  void defined(const std::string& reason) {
    if (reason.empty()) return;
    const uint32_t line = desk_.line("pending", reason);
    if (line == 0) return;  // one of the defaults
    defined_.insert(reason);
    named(reason, line);
  }
  void named(const std::string& reason, uint32_t line) {
    if (!reason.empty()) named_.try_emplace(reason, line);
  }
  void read(const std::string& condition, uint32_t line) {
    const desk::ObjectCatalogue objects(desk_.configuration.objects);
    (void)desk::Predicate::parse(
        condition,
        [&](desk::Field field, std::string_view value) {
          if (field == desk::Field::reason) named(std::string(value), line);
          return 0U;
        },
        &objects);
  }

  void check(const std::string& reason, uint32_t line) {
    if (known_.count(reason) != 0) return;
    std::vector<std::string_view> others(known_.begin(), known_.end());
    if (defined_.count(reason) == 0) others.insert(others.end(), defined_.begin(), defined_.end());
    if (std::find(others.begin(), others.end(), reason) != others.end()) return;
    const std::string_view meant = desk::nearest(reason, others);
    if (meant.empty()) return;
    desk_.add(code::reason_misspelt, line,
              fmt::format("pending reason {} is not known", in_quotes(reason)),
              "no rule of the desk speaks of it, and it is nearly " + in_quotes(meant),
              fmt::format("write {}, or give it a table [pending.{}]", in_quotes(meant), reason));
  }

  const LintDesk& desk_;
  std::set<std::string> known_;
  std::set<std::string> defined_;
  std::map<std::string, uint32_t> named_;  // where first
};

/// [pending.REASON] pauses = … that reaches no policy.
void check_rules(const LintDesk& desk) {
  uint32_t follow = 0;  // clocks of policies that go by the desk's rules
  for (const desk::PolicyDefinition& policy : desk.configuration.policies)
    if (!policy.pause_stated) follow |= desk::bit(policy.clock);
  for (const desk::PauseRule& rule : desk.configuration.settings.pauses) {
    const uint32_t line = desk.places.key_line("pending", rule.reason, "pauses", desk.name);
    if (line == 0 || (rule.clocks & follow) != 0) continue;
    desk.add(code::pauses_nothing, line,
             fmt::format("pending {} pauses no clock", in_quotes(rule.reason)),
             "no policy is of a clock that it names, or each of those has a pause list of its own, "
             "which replaces the desk's rules",
             "name other clocks, or take pause out of the policies");
  }
  for (const desk::PolicyDefinition& policy : desk.configuration.policies) {
    const bool fixed = policy.target.kind == desk::TargetKind::instant ||
                       policy.target.kind == desk::TargetKind::promised;
    if (!fixed || policy.pause_moves_fixed || policy.pause.empty()) continue;
    desk.add(code::pauses_nothing, desk.line("policy", policy.name, "pause"),
             subject(policy) + ": its pause list has no effect",
             "a target that is an instant does not move while the ticket is pending",
             "add pause_moves_fixed = true, or remove pause");
  }
}

}  // namespace

void lint_pauses(const LintDesk& desk) {
  Reasons(desk).check();
  check_rules(desk);
}

}  // namespace paceline::config
