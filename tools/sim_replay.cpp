// `sim replay`: a recorded day once more, to prove that it comes out as it did, or to see what it
// would have been like under another configuration.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/recorded/day_replay.h"
#include "tools/commands.h"
#include "tools/config_file.h"
#include "tools/day_json.h"
#include "tools/day_rules.h"
#include "tools/instants.h"
#include "tools/table.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;
using desk::CommandKind;
using sim::RecordedAct;

Json figures_json(const sim::DayFigures& figures) {
  return {{"tickets", figures.tickets},
          {"assignments", figures.assignments},
          {"answered", figures.answered},
          {"wait_mean_us",
           figures.answered == 0 ? 0 : figures.wait_us / static_cast<int64_t>(figures.answered)},
          {"wait_p50_us", figures.wait_p50_us},
          {"wait_p90_us", figures.wait_p90_us},
          {"offers", figures.offers},
          {"declined", figures.declined},
          {"expired", figures.expired},
          {"requeued", figures.requeued},
          {"escalated", figures.escalated},
          {"pended", figures.pended},
          {"reopened", figures.reopened},
          {"resolved", figures.resolved},
          {"cancelled", figures.cancelled},
          {"clocks_met", figures.clocks_met},
          {"clocks_missed", figures.clocks_missed},
          {"unfinished", figures.unfinished}};
}

struct Replayed {
  uint64_t digest = 0;
  std::vector<sim::RecordedAssignment> assignments;
  sim::DayFigures figures;
  sim::ReplayCounts counts;
};

Replayed replay(const sim::RecordedDay& day) {
  sim::DayReplay replay(day, wire::decode_configuration);
  replay.run();
  return {replay.digest(), replay.assignments(), replay.figures(), replay.counts()};
}

Json run_json(const Replayed& run) {
  return {{"assignments", run.assignments.size()}, {"digest", fmt::format("{:016x}", run.digest)},
          {"commands", run.counts.commands},       {"left_out", run.counts.left_out},
          {"made_up", run.counts.made_up},         {"refused", run.counts.refused},
          {"figures", figures_json(run.figures)}};
}

class SimReplay final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "A day that `sim record` wrote")->required();
    app.add_option("--config", config_, "Under this configuration instead (TOML)");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto day = read_day(file_);
    if (!day) return sched::Unexpected{day.error()};
    const Replayed as_recorded = replay(*day);
    if (config_.empty()) return prove(terminal, *day, as_recorded);
    if (auto changed = change(terminal, *day); !changed) return changed;
    const Replayed changed = replay(*day);
    for (const auto& [what, times] : changed.counts.refused)
      if (what.starts_with("config_"))
        return sched::Unexpected{not_valid(
            fmt::format("{}: the desk does not take this configuration ({})", config_, what))};
    compare(terminal, *day, as_recorded, changed);
    return {};
  }

 private:
  Done change(const Terminal& terminal, sim::RecordedDay& day) const {
    const auto loaded = read_config(config_, terminal);
    if (!loaded) return sched::Unexpected{loaded.error()};
    const auto& desks = loaded->desks;
    auto found = std::find_if(desks.begin(), desks.end(),
                              [&](const auto& desk) { return desk.first == day.desk; });
    if (found == desks.end() && desks.size() == 1) found = desks.begin();
    if (found == desks.end())
      return sched::Unexpected{not_found(fmt::format(
          "{} has no desk {}: name one so, or give a file of one desk", config_, day.desk))};
    if (const size_t left_out = change_rules(day, found->second); left_out > 0)
      terminal.message(fmt::format(
          "{} later configurations of the day are left out: {} holds all day", left_out, config_));
    return {};
  }

  Done prove(const Terminal& terminal, const sim::RecordedDay& day, const Replayed& run) const {
    const bool equal = day.digest == run.digest && day.assignments == run.assignments;
    const std::string difference = equal ? "" : first_difference(day, run.assignments);
    if (json_) {
      Json out = head(day);
      out["recorded"] = {{"assignments", day.assignments.size()},
                         {"digest", fmt::format("{:016x}", day.digest)}};
      out["replayed"] = run_json(run);
      out["equal"] = equal;
      out["first_difference"] = equal ? Json() : Json(difference);
      terminal.data(out.dump(1) + "\n");
    } else {
      Table table({"", ">assignments", "digest"});
      table.row(
          {"recorded", std::to_string(day.assignments.size()), fmt::format("{:016x}", day.digest)});
      table.row(
          {"replayed", std::to_string(run.assignments.size()), fmt::format("{:016x}", run.digest)});
      terminal.data(fmt::format("{}, {} tickets, {} to {}\n", day.desk, day.tickets,
                                format_instant({day.counts_from_us}),
                                format_instant({day.end_us})) +
                    table.text() + (equal ? "equal\n" : "differs: " + difference + "\n"));
    }
    if (equal) return {};
    return sched::Unexpected{
        went_wrong(fmt::format("{}: the replay differs from the record: {}", file_, difference))};
  }

  void compare(const Terminal& terminal, const sim::RecordedDay& day, const Replayed& before,
               const Replayed& after) const {
    const std::string difference = first_difference(day, after.assignments);
    if (json_) {
      Json out = head(day);
      out["config"] = config_;
      out["recorded"] = run_json(before);
      out["changed"] = run_json(after);
      out["equal"] = before.digest == after.digest;
      out["first_difference"] = difference.empty() ? Json() : Json(difference);
      terminal.data(out.dump(1) + "\n");
      return;
    }
    Table table({"", ">recorded", ">changed"});
    const Json was = figures_json(before.figures), is = figures_json(after.figures);
    for (const auto& [name, value] : was.items()) {
      const bool lasts = name.ends_with("_us");
      const auto shown = [&](const Json& figure) {
        return lasts ? format_duration(figure.get<int64_t>()) : figure.dump();
      };
      table.row({lasts ? name.substr(0, name.size() - 3) : name, shown(value), shown(is[name])});
    }
    table.row(
        {"digest", fmt::format("{:016x}", before.digest), fmt::format("{:016x}", after.digest)});
    terminal.data(table.text() + (difference.empty() ? "the same assignments\n"
                                                     : "first difference: " + difference + "\n"));
    uint64_t refused = 0;
    for (const auto& [what, times] : after.counts.refused) refused += times;
    terminal.message(fmt::format(
        "under {}: {} acts without occasion, {} answers and solutions made up, {} refused", config_,
        after.counts.left_out, after.counts.made_up, refused));
  }

  static Json head(const sim::RecordedDay& day) {
    return {{"desk", day.desk},
            {"from", format_instant({day.counts_from_us})},
            {"to", format_instant({day.end_us})},
            {"tickets", day.tickets}};
  }

  /// "INC7 at 2026-03-02T08:15:00Z: recorded to ada, replayed to bob"; empty: there is none.
  static std::string first_difference(const sim::RecordedDay& day,
                                      const std::vector<sim::RecordedAssignment>& replayed) {
    const auto [was, is] = std::mismatch(day.assignments.begin(), day.assignments.end(),
                                         replayed.begin(), replayed.end());
    const auto shown = [&](const sim::RecordedAssignment& assignment) {
      return fmt::format("{} at {} to {}", ticket_name(day, assignment.ticket),
                         format_instant({assignment.at_us}), assignment.agent);
    };
    if (was == day.assignments.end() && is == replayed.end()) return {};
    return fmt::format("assignment {}: recorded {}, replayed {}", was - day.assignments.begin() + 1,
                       was == day.assignments.end() ? "none any more" : shown(*was),
                       is == replayed.end() ? "none any more" : shown(*is));
  }

  static std::string ticket_name(const sim::RecordedDay& day, uint32_t ticket) {
    for (const RecordedAct& act : day.acts) {
      if (act.ticket != ticket || act.command.kind != CommandKind::open) continue;
      const size_t size = act.command.as<desk::Open>().sizes[0];
      if (size > 0) return act.command.text.substr(0, size);
    }
    return fmt::format("ticket {} of the day", ticket + 1);
  }

  std::string file_, config_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_replay() { return std::make_unique<SimReplay>(); }

}  // namespace paceline::tools
