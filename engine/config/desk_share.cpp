// One desk's share of a file, checked as a whole.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/desk_checks.h"
#include "engine/config/routing_words.h"
#include "engine/desk/limits.h"

namespace paceline::config {
namespace {

constexpr size_t away_codes_max = 1'000;
constexpr size_t work_rules_max = 256;

class DeskShare {
 public:
  DeskShare(const DeskSection& desk, const Sections& sections, Diagnostics& diagnostics)
      : desk_(desk), sections_(sections), diagnostics_(diagnostics) {}

  desk::Configuration make() {
    out_.settings = desk_.settings;
    out_.settings.matrix = sections_.matrix;
    take_targets();
    out_.criticalities = sections_.criticalities;
    out_.objects = sections_.objects;
    const desk::Limits limits;
    take(sections_.calendars, out_.calendars, "calendar", limits.calendars_max - 1);  // 24x7
    take(sections_.queues, out_.queues, "queue", limits.queues_max - 1);              // triage
    take(sections_.agents, out_.agents, "agent", limits.agents_max);
    take(sections_.policies, out_.policies, "policy", limits.policies_max);
    take(sections_.routes, out_.routes, "route", limits.policies_max);
    take(sections_.away, out_.settings.away_codes, "away", away_codes_max);
    take_work();

    DeskChecks checks(desk_, out_, diagnostics_);
    finish_periods(sections_, checks, out_.settings);
    check_routes(checks);
    finish_policies(sections_, checks, out_);
    check_needs(sections_, checks, out_);
    check_staff(sections_, checks, out_);
    check_flows(sections_, checks, out_);
    check_survey(checks, out_);
    return std::move(out_);
  }

 private:
  template <class T>
  bool belongs(const Entry<T>& entry) const {
    return entry.desk.empty() || entry.desk == desk_.name;
  }

  template <class T>
  void take(const std::vector<Entry<T>>& entries, std::vector<T>& to, std::string_view kind,
            size_t max) {
    std::map<std::string_view, uint32_t> line_of;
    for (const Entry<T>& entry : entries) {
      if (!belongs(entry)) continue;
      const auto [known, is_new] = line_of.emplace(entry.value.name, entry.line);
      if (!is_new && !entry.value.name.empty())
        diagnostics_.error(code::duplicate, entry.line,
                           fmt::format("{} {} is already defined at line {}: rename one", kind,
                                       in_quotes(entry.value.name), known->second));
      else
        to.push_back(entry.value);
      if (to.size() > max) {
        diagnostics_.error(code::wrong_value, entry.line,
                           fmt::format("a desk holds at most {} of {}: split the desk", max, kind));
        return;
      }
    }
  }

  void check_routes(DeskChecks& checks) {
    for (const auto& entry : sections_.routes) {
      if (!belongs(entry)) continue;
      const bool is_named = !entry.value.name.starts_with("route ");
      const std::string subject =
          is_named ? "route " + in_quotes(entry.value.name) : entry.value.name;
      checks.condition(entry.value.when, "when", entry.line, subject);
      if (!entry.value.queue.empty()) checks.queue(entry.value.queue, entry.line, subject);
    }
  }

  /// A figure the desk itself has a target for is its own affair.
  void take_targets() {
    auto& own = out_.settings.targets;
    const size_t stated = own.size();
    for (const desk::FigureTarget& shared : sections_.targets) {
      const bool is_own = std::any_of(
          own.begin(), own.begin() + static_cast<ptrdiff_t>(stated),
          [&](const desk::FigureTarget& target) { return target.figure == shared.figure; });
      if (!is_own) own.push_back(shared);
    }
  }

  /// Rules without names: the first that matches wins.
  void take_work() {
    std::map<std::string, uint32_t> line_of;
    for (const auto& entry : sections_.work) {
      if (!belongs(entry)) continue;
      const std::string selector = selector_text(entry.value);
      const uint32_t all_at = line_of.count("all") != 0 ? line_of.at("all") : 0;
      const auto [known, is_new] = line_of.emplace(selector, entry.line);
      if (!is_new)
        diagnostics_.error(code::duplicate, entry.line,
                           fmt::format("work for {} is already defined at line {}: remove one",
                                       selector, known->second));
      else if (all_at != 0)
        diagnostics_.warn(code::unreachable, entry.line,
                          fmt::format("work for {}: the rule for all at line {} comes first: move "
                                      "it to the end",
                                      selector, all_at));
      out_.settings.work.push_back(entry.value);
      if (out_.settings.work.size() > work_rules_max) {
        diagnostics_.error(
            code::wrong_value, entry.line,
            fmt::format("a desk holds at most {} work rules: join some", work_rules_max));
        out_.settings.work.clear();
        return;
      }
    }
  }

  const DeskSection& desk_;
  const Sections& sections_;
  Diagnostics& diagnostics_;
  desk::Configuration out_;
};

}  // namespace

desk::Configuration configuration_of(const DeskSection& desk, const Sections& sections,
                                     Diagnostics& diagnostics) {
  return DeskShare(desk, sections, diagnostics).make();
}

}  // namespace paceline::config
