// Ladders that do not reach anybody.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

constexpr uint32_t whole_target_bp = 10'000;
constexpr sched::Duration soon = sched::day * 30;
constexpr size_t long_enough = 6;  // one letter of a shorter word makes another: head, lead

std::string place(const desk::Rung& rung) {
  if (rung.share_bp == 0) return print(sched::BusinessDuration{rung.before_us}) + " before";
  std::string text = fmt::format("{}.{:02}", rung.share_bp / 100, rung.share_bp % 100);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

void check_told(const LintDesk& desk, const desk::PolicyDefinition& policy, bool desk_escalates) {
  const auto acts = [](const desk::Rung& rung) { return rung.acts(); };
  const auto& rungs = policy.rungs;
  const auto last = std::find_if(rungs.rbegin(), rungs.rend(), [&](const desk::Rung& rung) {
    return rung.share_bp != 0 && acts(rung);
  });
  const bool any = std::any_of(rungs.begin(), rungs.end(), acts);
  if (rungs.empty() || (!any && !desk_escalates)) return;  // the desk goes by events alone
  std::string silent;
  for (const desk::Rung& rung : rungs) {
    const bool after = last == rungs.rend() || rung.share_bp > last->share_bp;
    if (rung.share_bp == 0 || acts(rung) || !after) continue;
    silent += (silent.empty() ? "" : ", ") + place(rung);
  }
  const uint32_t line = desk.line("policy", policy.name, "thresholds");
  if (!silent.empty())
    desk.add(code::nobody_told, line,
             fmt::format("{}: nobody is told at {}", subject(policy), silent),
             any ? "its ladder ends before, and a threshold alone only raises an event"
                 : "it has no escalate steps, and a threshold alone only raises an event",
             "add a step with notify at that share, or remove the threshold");
  else if (any && (last == rungs.rend() || last->share_bp < whole_target_bp))
    desk.add(code::nobody_told, desk.line("policy", policy.name, "escalate"),
             fmt::format("{}: nobody is told when it is missed", subject(policy)),
             "its ladder has no step at 100 % or beyond",
             "add a step such as { at = 100, notify = [\"service_owner\"] }");
}

void check_action_calendars(const LintDesk& desk, const desk::PolicyDefinition& policy) {
  for (const desk::Rung& rung : policy.rungs) {
    if (rung.calendar.empty()) continue;
    const sched::Calendar& calendar = desk.calendar(rung.calendar);
    const sched::Instant opens = calendar.next_open(desk.now);
    const sched::Instant ends = last_opening_before(calendar, desk.now, desk.now + lint_year);
    std::string why;
    if (opens > desk.now + soon)
      why = opens == sched::never ? "it never opens"
                                  : fmt::format("it opens at {} only", print(opens));
    else if (ends != sched::never)
      why = fmt::format("it never opens after {}", print(ends));
    if (why.empty()) continue;
    desk.add(code::action_waits, desk.line(policy, rung),
             fmt::format("{}: its step {} waits for calendar {}", subject(policy), place(rung),
                         in_quotes(rung.calendar)),
             std::move(why), "name a calendar that opens, or remove it to act at once");
  }
}

/// Small letters and digits only.
std::string plain(const std::string& text) {
  std::string kept;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0)
      kept += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return kept;
}

/// Whether one letter was left out, added or changed.
bool one_letter_apart(const std::string& a, const std::string& b) {
  if (a.size() > b.size()) return one_letter_apart(b, a);
  if (b.size() < long_enough || b.size() - a.size() > 1) return false;
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin());
  const auto skip = a.size() == b.size() ? 1 : 0;
  return left != a.end() ? std::equal(left + skip, a.end(), right + 1) : a.size() != b.size();
}

bool alike(const std::string& a, const std::string& b) {
  const std::string plain_a = plain(a), plain_b = plain(b);
  if (plain_a == plain_b || plain_a + "s" == plain_b || plain_b + "s" == plain_a) return true;
  return one_letter_apart(plain_a, plain_b);
}

/// Recipients are whoever reads the events knows: nobody else can tell a slip from a second name.
void check_recipients(const LintDesk& desk) {
  std::map<std::string, std::pair<std::string, uint32_t>> first;  // → policy, line
  for (const desk::PolicyDefinition& policy : desk.configuration.policies) {
    for (const desk::Rung& rung : policy.rungs) {
      for (const std::string& recipient : rung.notify) {
        const uint32_t line = desk.line(policy, rung);
        if (!first.try_emplace(recipient, policy.name, line).second) continue;
        for (const auto& [other, where] : first) {
          if (other == recipient || !alike(other, recipient)) continue;
          desk.add(code::two_spellings, line,
                   fmt::format("{} notifies {}", subject(policy), in_quotes(recipient)),
                   fmt::format("policy {} at line {} notifies {}: is that the same?",
                               in_quotes(where.first), where.second, in_quotes(other)),
                   "spell one recipient in one way");
          break;
        }
      }
    }
  }
}

}  // namespace

void lint_ladders(const LintDesk& desk) {
  const auto& policies = desk.configuration.policies;
  const bool desk_escalates = std::any_of(policies.begin(), policies.end(), [](const auto& policy) {
    return std::any_of(policy.rungs.begin(), policy.rungs.end(),
                       [](const desk::Rung& rung) { return rung.acts(); });
  });
  for (const desk::PolicyDefinition& policy : policies) {
    check_told(desk, policy, desk_escalates);
    check_action_calendars(desk, policy);
  }
  check_recipients(desk);
}

}  // namespace paceline::config
