#include "tools/log_import.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/config/zone_resolver.h"
#include "sched/base/hash_index.h"
#include "tools/instants.h"
#include "tools/interrupt.h"
#include "tools/table.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

uint64_t hash_text(uint64_t hash, std::string_view text) {
  for (const char c : text) hash = sched::mix(hash ^ static_cast<uint8_t>(c)) + 0x9e3779b97f4a7c15;
  return hash;
}

Done put_configuration(Replayer& replayer, int64_t at_us, const wire::Bytes& document) {
  const auto begin = [&](wire::CommandWriter& writer) {
    writer.config_begin(static_cast<uint32_t>(document.size()));
  };
  if (Done done = replayer.put(at_us, 0, begin); !done) return done;
  const auto chunk = [&](wire::CommandWriter& writer) { writer.config_chunk(document); };
  if (Done done = replayer.put(at_us, 0, chunk); !done) return done;
  const auto commit = [&](wire::CommandWriter& writer) {
    writer.config_commit(wire::hash_document(document));
  };
  return replayer.put(at_us, 0, commit);
}

}  // namespace

void ImportOptions::declare(CLI::App& app, const std::string& file_help) {
  app.add_option("FILE", file, file_help)->required();
  target.declare(app);
  app.add_option("--tz", zone, "Zone of the file's times: UTC, Europe/London …")->required();
  app.add_option("--dates", dates, "3/4/2016 is a day or a month first")
      ->check(CLI::IsMember({"day-first", "month-first"}));
  app.add_option("--rejects", rejects_path, "Rows that cannot be used, and why");
  app.add_flag("--json", json, "Print the result as JSON");
}

Got<sched::Zone> ImportOptions::complete() {
  begun = std::chrono::steady_clock::now();
  if (rejects_path.empty()) {
    rejects_path = std::filesystem::path(file).filename().string() + ".rejected.csv";
  }
  auto resolved = config::resolve_zone(zone);
  if (!resolved) return sched::Unexpected{bad_usage("--tz: " + resolved.error())};
  return std::move(*resolved);
}

LogImport::LogImport(const ImportOptions& options, const Terminal& terminal, const TicketLog& log,
                     std::string_view settings, std::string_view unit)
    : options_(options), terminal_(terminal), log_(log), settings_(settings), unit_(unit) {}

Done LogImport::run(RejectsFile& rejects) {
  auto client = options_.target.server.connect(session(), wire::Lane::bulk);
  if (!client) return sched::Unexpected{client.error()};
  if (client->welcome().clock_mode != wire::ClockMode::commands) {
    return sched::Unexpected{
        Failure{Exit::conflict, "E3010",
                "the server follows the wall clock, a replay brings its own time: start it with "
                "`serve --clock commands`"}};
  }
  const auto desk = client->open_desk(options_.target.desk, true);
  if (!desk) return sched::Unexpected{explain(desk.error())};

  ReplayPlan plan(log_);
  Replayer replayer(*client, *desk, rejects);
  bool whole = false;
  if (Done done = replay(plan, replayer, desk->now_us, whole); !done) return done;
  if (Done done = rejects.close(); !done) return done;
  show(plan, replayer, rejects, whole);
  if (whole) return {};
  return sched::Unexpected{incomplete(
      fmt::format("interrupted after {} {} of {}: run the same command again to go on from there",
                  unit_.substr(0, unit_.size() - 1), plan.rows_done(), log_.rows.size()))};
}

desk::SessionId LogImport::session() const {
  uint64_t hash = hash_text(log_.content_hash, options_.target.desk);
  hash = hash_text(hash, settings_);
  return {hash == 0 ? 1 : hash};
}

Done LogImport::replay(ReplayPlan& plan, Replayer& replayer, int64_t desk_now_us,
                       bool& whole) const {
  const wire::Bytes document = wire::encode_configuration(replay_configuration(log_.matrix));
  const Interrupt interrupt;
  Progress progress(terminal_, "importing", std::string(unit_), log_.rows.size());
  std::vector<PlannedCommand> commands;
  bool first = true;
  while (!interrupt.raised()) {
    whole = !plan.next(commands);
    if (whole) break;
    const int64_t at_us = plan.at_us();
    if (first) {
      first = false;
      if (!replayer.resumes() && desk_now_us > at_us) {
        return sched::Unexpected{conflict(fmt::format(
            "the desk stands at {}, later than the first row of this file ({}): its rows would be "
            "dated wrongly. Import into a fresh server, or join the files before importing",
            format_instant({desk_now_us}), format_instant({at_us})))};
      }
      if (Done done = put_configuration(replayer, at_us, document); !done) return done;
    }
    for (const PlannedCommand& command : commands) {
      Done done = replayer.put(at_us, command.row->line, [&](wire::CommandWriter& writer) {
        tools::put(command, log_.texts, writer);
      });
      if (!done) return done;
    }
    progress.update(plan.rows_done());
  }
  return replayer.finish();
}

void LogImport::show(const ReplayPlan& plan, const Replayer& replayer, const RejectsFile& rejects,
                     bool whole) const {
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - options_.begun).count();
  const double rate = static_cast<double>(plan.rows_done()) / seconds;
  if (rejects.count() > 0) {
    terminal_.message(
        fmt::format("{} rows were not used: see {}", rejects.count(), options_.rejects_path));
  }
  if (options_.json) {
    nlohmann::ordered_json json{{"rows", log_.row_count},
                                {"tickets", plan.ticket_count()},
                                {"rejected", rejects.count()},
                                {"refused_commands", replayer.refused()},
                                {"irregular", plan.irregular()},
                                {"commands", replayer.commands()},
                                {"resumed_after", replayer.skipped()},
                                {"complete", whole},
                                {"seconds", std::round(seconds * 1'000) / 1'000},
                                {fmt::format("{}_per_s", unit_), std::round(rate)}};
    terminal_.data(json.dump(1) + "\n");
    return;
  }
  Table table({"", ">"});
  table.row({"rows", std::to_string(log_.row_count)});
  table.row({"tickets", std::to_string(plan.ticket_count())});
  table.row({"rejected", std::to_string(rejects.count())});
  table.row({"commands", std::to_string(replayer.commands())});
  if (replayer.skipped() > 0)
    table.row({"of them done before", std::to_string(replayer.skipped())});
  table.row({"seconds", fmt::format("{:.2f}", seconds)});
  table.row({fmt::format("{}/s", unit_), fmt::format("{:.0f}", rate)});
  for (const auto& [kind, count] : plan.irregular()) table.row({kind, std::to_string(count)});
  terminal_.data(table.text());
}

}  // namespace paceline::tools
