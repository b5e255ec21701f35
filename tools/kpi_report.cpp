#include "tools/kpi_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

constexpr std::string_view kind_names[] = {"incident", "service_request", "task"};

double percent(const desk::Ratio& ratio) {
  return static_cast<double>(ratio.numerator) * 100.0 / static_cast<double>(ratio.denominator);
}

/// Rounded to two decimals, with what it is made of; null where there is nothing to divide by.
ordered_json ratio_json(const desk::Ratio& ratio) {
  ordered_json json{{"numerator", ratio.numerator}, {"denominator", ratio.denominator}};
  if (ratio.denominator == 0) {
    json["percent"] = nullptr;
  } else {
    const uint64_t hundredths =
        (ratio.numerator * 20'000 + ratio.denominator) / (2 * ratio.denominator);
    json["percent"] = static_cast<double>(hundredths) / 100.0;
  }
  return json;
}

std::string ratio_text(const desk::Ratio& ratio) {
  if (ratio.denominator == 0) return "–";
  return fmt::format("{:.2f} %  ({} of {})", percent(ratio), ratio.numerator, ratio.denominator);
}

ordered_json percentiles_json(const desk::Percentiles (&by_priority)[sched::priority_count]) {
  ordered_json json = ordered_json::object();
  const auto add = [&](const std::string& key, const desk::Percentiles& figures) {
    if (figures.n == 0) return;
    json[key] = {{"n", figures.n},
                 {"p50", hours(figures.p50_us, 2)},
                 {"p90", hours(figures.p90_us, 2)},
                 {"p99", hours(figures.p99_us, 2)}};
  };
  for (int priority = 1; priority < sched::priority_count; ++priority) {
    add(std::to_string(priority), by_priority[priority]);
  }
  add("all", by_priority[0]);
  return json;
}

desk::Ratio compliance(const desk::PolicyVerdicts& verdicts) {
  return {verdicts.met, verdicts.met + verdicts.breached};
}

/// Breached clocks that still run count against it, unlike in the plain ratio.
desk::Ratio live_compliance(const desk::PolicyVerdicts& verdicts) {
  return {verdicts.met + verdicts.running - verdicts.running_breached,
          verdicts.met + verdicts.breached + verdicts.running};
}

desk::Ratio reopen_rate(const desk::Kpi& kpi) { return {kpi.reopened, kpi.resolved}; }

std::string hours_text(int64_t us) { return fmt::format("{:.2f}", hours(us, 2)); }

}  // namespace

ordered_json kpi_json(const desk::Kpi& kpi) {
  ordered_json json;
  json["at"] = format_instant({kpi.at_us});
  json["tickets"] = kpi.tickets;
  json["kinds"] = ordered_json::object();
  for (size_t i = 0; i < std::size(kind_names); ++i) json["kinds"][kind_names[i]] = kpi.by_kind[i];
  json["priority"] = ordered_json::object();
  for (int priority = 1; priority < sched::priority_count; ++priority) {
    if (kpi.by_priority[priority] == 0) continue;
    json["priority"][std::to_string(priority)] = kpi.by_priority[priority];
  }
  json["states"] = ordered_json::object();
  for (int state = 1; state < desk::state_count; ++state) {
    if (kpi.by_state[state] == 0) continue;
    json["states"][desk::name(static_cast<desk::State>(state))] = kpi.by_state[state];
  }
  json["resolution_h"] = percentiles_json(kpi.resolution);
  json["first_response_h"] = percentiles_json(kpi.first_response);
  json["state_h"] = ordered_json::object();
  for (const auto& [label, us] : kpi.state_us) json["state_h"][label] = hours(us, 1);
  json["moves"] = kpi.moves;
  json["moved"] = kpi.moved;
  json["pingpong"] = kpi.pingpong;
  json["pingponged"] = kpi.pingponged;
  json["reopens"] = kpi.reopens;
  json["reopened"] = kpi.reopened;
  json["closed_reopened"] = kpi.closed_reopened;
  json["backlog"] = {{"total", kpi.backlog_total}};
  for (const auto& [label, count] : kpi.backlog) json["backlog"][label] = count;
  json["sla"] = ordered_json::object();
  for (const desk::PolicyVerdicts& verdicts : kpi.policies) {
    json["sla"][verdicts.policy] = {{"met", verdicts.met},
                                    {"breached", verdicts.breached},
                                    {"cancelled", verdicts.cancelled},
                                    {"running", verdicts.running},
                                    {"running_breached", verdicts.running_breached},
                                    {"compliance", ratio_json(compliance(verdicts))},
                                    {"live_compliance", ratio_json(live_compliance(verdicts))}};
  }
  json["rates"] = {{"reopen_rate", ratio_json(reopen_rate(kpi))}};
  return json;
}

std::string kpi_table(const desk::Kpi& kpi) {
  std::string text =
      fmt::format("{} tickets as of {}\n\n", kpi.tickets, format_instant({kpi.at_us}));

  Table durations({"", ">n", ">p50 h", ">p90 h", ">p99 h"});
  const auto add = [&](const std::string& label, const desk::Percentiles& figures) {
    if (figures.n == 0) return;
    durations.row({label, std::to_string(figures.n), hours_text(figures.p50_us),
                   hours_text(figures.p90_us), hours_text(figures.p99_us)});
  };
  for (int priority = 1; priority < sched::priority_count; ++priority) {
    add(fmt::format("resolution P{}", priority), kpi.resolution[priority]);
  }
  add("resolution, all", kpi.resolution[0]);
  add("first response, all", kpi.first_response[0]);
  if (!durations.empty()) text += durations.text() + "\n";

  Table states({"state", ">hours", ">backlog"});
  for (const auto& [label, us] : kpi.state_us) {
    const auto waiting = kpi.backlog.find(label);
    states.row({label, fmt::format("{:.1f}", hours(us, 1)),
                waiting == kpi.backlog.end() ? "" : std::to_string(waiting->second)});
  }
  states.row({"open in all", "", std::to_string(kpi.backlog_total)});
  text += states.text() + "\n";

  if (!kpi.policies.empty()) {
    Table sla({"policy", ">met", ">breached", ">running", ">of them late", "compliance"});
    for (const desk::PolicyVerdicts& verdicts : kpi.policies) {
      sla.row({verdicts.policy, std::to_string(verdicts.met), std::to_string(verdicts.breached),
               std::to_string(verdicts.running), std::to_string(verdicts.running_breached),
               ratio_text(compliance(verdicts))});
    }
    text += sla.text() + "\n";
  }

  Table counts({"", ""});
  counts.row({"moves between queues", fmt::format("{} of {} tickets", kpi.moves, kpi.moved)});
  counts.row({"there and back", fmt::format("{} of {} tickets", kpi.pingpong, kpi.pingponged)});
  counts.row({"reopened after resolving", fmt::format("{} times", kpi.reopens)});
  counts.row({"reopened after closing", fmt::format("{} times", kpi.closed_reopened)});
  counts.row({"reopen rate", ratio_text(reopen_rate(kpi))});
  return text + counts.text();
}

}  // namespace paceline::tools
