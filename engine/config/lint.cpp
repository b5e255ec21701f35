#include "engine/config/lint.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/config/lint_desk.h"
#include "engine/config/table_reader.h"

namespace paceline::config {

using sched::Calendar;
using sched::Instant;

std::string subject(const desk::PolicyDefinition& policy) {
  return "policy " + in_quotes(policy.name);
}

uint32_t LintDesk::line(const desk::PolicyDefinition& policy, const desk::Rung& rung) const {
  const std::string step = rung.share_bp != 0 ? fmt::format("escalate at {}", rung.share_bp)
                                              : fmt::format("escalate before {}", rung.before_us);
  const uint32_t stated = places.key_line("policy", policy.name, step, name);
  return stated != 0 ? stated : line("policy", policy.name, "thresholds");
}

void LintDesk::add(std::string_view code, uint32_t at, std::string what, std::string why,
                   std::string how) const {
  Finding finding{std::string(code), at, std::move(what), std::move(why), std::move(how)};
  // A rule shared by several desks is checked for each and reported once.
  auto& findings = result.findings;
  if (std::find(findings.begin(), findings.end(), finding) == findings.end())
    findings.push_back(std::move(finding));
}

Instant last_opening_before(const Calendar& calendar, Instant now, Instant until) {
  if (calendar.next_open(until) != sched::never) return sched::never;
  // next_open() is never from some instant on: halve the span in which that lies.
  Instant opens = now, closed = until;
  if (calendar.next_open(now) == sched::never) return now;
  while (closed.us - opens.us > sched::second.us) {
    const Instant middle{opens.us + (closed.us - opens.us) / 2};
    (calendar.next_open(middle) == sched::never ? closed : opens) = middle;
  }
  return calendar.next_close(opens);
}

std::vector<Instant> edges(const std::set<const Calendar*>& calendars, Instant now) {
  constexpr size_t edges_max = 20'000;
  std::vector<Instant> found = {now};
  for (const Calendar* calendar : calendars) {
    if (calendar->always_open()) continue;
    for (Instant at = now; at < now + lint_year && found.size() < edges_max;) {
      const Instant opens = calendar->next_open(at);
      const Instant closes = calendar->next_close(at);
      if (closes == sched::never || closes > now + lint_year) break;
      if (opens > at) found.push_back(opens);
      found.push_back(closes);
      at = closes;
    }
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Instant due(const desk::Target& target, const Calendar& calendar, Instant start) {
  switch (target.kind) {
    case desk::TargetKind::duration:
      return calendar.add(start, {target.us});
    case desk::TargetKind::end_of_business_day:
      return calendar.end_of_business_day(start, target.business_days, target.cut_off_s);
    default:
      return sched::never;
  }
}

namespace {

/// `what: how`, as the loader writes it.
Finding of_loader(const ConfigError& noted) {
  const size_t colon = noted.message.rfind(": ");
  Finding finding{noted.code, noted.line, noted.message, {}, {}};
  if (colon != std::string::npos) {
    finding.what = noted.message.substr(0, colon);
    finding.how = noted.message.substr(colon + 2);
  }
  return finding;
}

}  // namespace

LintResult lint(const Loaded& loaded, const Places& places, Instant now) {
  LintResult result;
  now.us -= now.us % sched::second.us;  // instants in messages are read by people
  CompiledCalendars calendars;
  calendars.emplace("24x7", Calendar{});
  for (const auto& [name, configuration] : loaded.desks) {
    for (const sched::CalendarSpec& spec : configuration.calendars) {
      if (calendars.count(spec.name) != 0) continue;
      if (auto compiled = Calendar::compile(spec))
        calendars.emplace(spec.name, *std::move(compiled));
    }
  }
  std::vector<LintDesk> desks;
  for (const auto& [name, configuration] : loaded.desks)
    desks.push_back({name, configuration, places, calendars, now, result});
  if (!desks.empty()) lint_unused_calendars(desks);
  for (const LintDesk& desk : desks) {
    lint_conditions(desk);
    lint_calendars(desk);
    lint_ladders(desk);
    lint_pauses(desk);
    lint_chains(desk);
    lint_reviews(desk);
    lint_routing(desk);
  }
  for (const ConfigError& noted : loaded.noted) {
    // What lint has decided itself it says with more words.
    const bool known =
        std::any_of(result.findings.begin(), result.findings.end(), [&](const Finding& finding) {
          return finding.line == noted.line && finding.code == noted.code;
        });
    if (!known) result.findings.push_back(of_loader(noted));
  }
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return result;
}

}  // namespace paceline::config
