// `import servicenow`: replays an incident log through the socket.
//
// The session's id is made from the file's content and the options, and the commands are numbered
// along the plan: a second run finds how far the desk has got and goes on behind it. So an import
// that was interrupted, or whose server was killed, is simply started again.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "engine/config/zone_resolver.h"
#include "sched/base/hash_index.h"
#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/interrupt.h"
#include "tools/rejects_file.h"
#include "tools/servicenow_plan.h"
#include "tools/servicenow_rows.h"
#include "tools/table.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

constexpr size_t commands_per_frame_max = 500;
constexpr size_t frames_in_flight_max = 64;

uint64_t hash_text(uint64_t hash, std::string_view text) {
  for (const char c : text) hash = sched::mix(hash ^ static_cast<uint8_t>(c)) + 0x9e3779b97f4a7c15;
  return hash;
}

/// Submits the plan's commands, frame by frame, and follows the answers.
class Replayer {
 public:
  Replayer(wire::Client& client, const wire::DeskOpened& desk, RejectsFile& rejects)
      : client_(client), desk_(desk), rejects_(rejects), skip_(desk.last_number) {}

  bool resumes() const { return skip_ > 0; }
  uint64_t commands() const { return commands_; }
  uint64_t skipped() const { return std::min(skip_, commands_); }
  uint64_t refused() const { return refused_; }

  /// The next command of the stream happens at `at_us` and came from this line of the file (0:
  /// none). Must `append` be called, or had the desk answered it in an earlier run?
  template <class Append>
  Done put(int64_t at_us, uint64_t line, Append&& append) {
    ++commands_;
    if (commands_ <= skip_) return {};
    if (at_us != at_us_) {
      if (Done sent = flush(); !sent) return sent;
      if (const auto moved = client_.submit_advance(desk_.desk, {at_us}); !moved) {
        return sched::Unexpected{explain(moved.error())};
      }
      at_us_ = at_us;
    }
    append(writer_);
    lines_.push_back(line);
    return writer_.size() >= commands_per_frame_max ? flush() : Done{};
  }

  Done flush() {
    if (writer_.empty()) return {};
    while (client_.room() < writer_.size() || client_.unreceived() >= frames_in_flight_max) {
      if (Done received = receive(wire::Client::default_timeout); !received) return received;
    }
    if (const auto sent = client_.submit(desk_.desk, writer_); !sent) {
      return sched::Unexpected{explain(sent.error())};
    }
    return {};
  }

  Done finish() {
    if (Done sent = flush(); !sent) return sent;
    while (client_.unreceived() > 0) {
      if (Done received = receive(wire::Client::default_timeout); !received) return received;
    }
    return {};
  }

 private:
  Done receive(wire::Timeout timeout) {
    const auto received = client_.receive(timeout);
    if (!received) return sched::Unexpected{explain(received.error())};
    if (!*received) {
      return sched::Unexpected{
          not_available("the server does not answer: start the import again to go on")};
    }
    for (const desk::Reply& reply : (*received)->replies) {
      const uint64_t line = lines_.front();
      lines_.pop_front();
      if (reply.code == 0) continue;
      ++refused_;
      rejects_.add({line,
                    fmt::format("the desk refused it: {}",
                                desk::name(static_cast<desk::Reject>(reply.code))),
                    ""});
    }
    return {};
  }

  wire::Client& client_;
  const wire::DeskOpened& desk_;
  RejectsFile& rejects_;
  uint64_t skip_;
  wire::CommandWriter writer_;
  std::deque<uint64_t> lines_;  // of the file, for each command not yet answered
  int64_t at_us_ = -1;
  uint64_t commands_ = 0;
  uint64_t refused_ = 0;
};

class ImportServiceNow final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "The log: CSV, plain or packed with xz or zstd")->required();
    options_.declare(app);
    app.add_option("--tz", zone_, "Zone of the file's times: UTC, Europe/London …")->required();
    app.add_option("--dates", dates_, "3/4/2016 is a day or a month first")
        ->check(CLI::IsMember({"day-first", "month-first"}));
    app.add_option("--rejects", rejects_path_, "Rows that cannot be used, and why");
    app.add_flag("--json", json_, "Print the result as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto begun = std::chrono::steady_clock::now();
    if (rejects_path_.empty()) {
      rejects_path_ = std::filesystem::path(file_).filename().string() + ".rejected.csv";
    }
    RejectsFile rejects(rejects_path_);
    auto log = read(terminal, rejects);
    if (!log) return sched::Unexpected{log.error()};

    auto client = options_.server.connect(session(*log), wire::Lane::bulk);
    if (!client) return sched::Unexpected{client.error()};
    if (client->welcome().clock_mode != wire::ClockMode::commands) {
      return sched::Unexpected{
          Failure{Exit::conflict, "E3010",
                  "the server follows the wall clock, a replay brings its own time: start it with "
                  "`serve --clock commands`"}};
    }
    const auto desk = client->open_desk(options_.desk, true);
    if (!desk) return sched::Unexpected{explain(desk.error())};

    ServiceNowPlan plan(*log);
    Replayer replayer(*client, *desk, rejects);
    bool whole = false;
    if (Done done = replay(terminal, *log, plan, replayer, desk->now_us, whole); !done) return done;
    if (Done done = rejects.close(); !done) return done;
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    show(terminal, *log, plan, replayer, rejects, whole, seconds);
    if (whole) return {};
    return sched::Unexpected{incomplete(fmt::format(
        "interrupted after row {} of {}: run the same command again to go on from there",
        plan.rows_done(), log->rows.size()))};
  }

 private:
  Got<ServiceNowLog> read(const Terminal& terminal, RejectsFile& rejects) const {
    ServiceNowOptions options;
    auto zone = config::resolve_zone(zone_);
    if (!zone) return sched::Unexpected{bad_usage("--tz: " + zone.error())};
    options.zone = std::move(*zone);
    options.dates = dates_ == "month-first" ? DateOrder::month_first : DateOrder::automatic;
    auto source = open_bytes(file_);
    if (!source) return sched::Unexpected{source.error()};
    Progress progress(terminal, "reading", "KiB", (*source)->file_bytes() / 1'024);
    auto log = read_servicenow(
        **source, options, [&](const RejectedRow& row) { rejects.add(row); },
        [&] { progress.update((*source)->file_bytes_read() / 1'024); });
    if (!log) return sched::Unexpected{not_valid(fmt::format("{}: {}", file_, log.error()))};
    return std::move(*log);
  }

  desk::SessionId session(const ServiceNowLog& log) const {
    uint64_t hash = hash_text(log.content_hash, options_.desk);
    hash = hash_text(hash, "\n" + zone_ + "\n" + dates_);
    return {hash == 0 ? 1 : hash};
  }

  Done replay(const Terminal& terminal, const ServiceNowLog& log, ServiceNowPlan& plan,
              Replayer& replayer, int64_t desk_now_us, bool& whole) const {
    const wire::Bytes document = wire::encode_configuration(servicenow_configuration());
    const Interrupt interrupt;
    Progress progress(terminal, "importing", "rows", log.rows.size());
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
              "the desk stands at {}, later than the first row of this file ({}): its rows would "
              "be "
              "dated wrongly. Import into a fresh server, or join the files before importing",
              format_instant({desk_now_us}), format_instant({at_us})))};
        }
        if (Done done = put_configuration(replayer, at_us, document); !done) return done;
      }
      for (const PlannedCommand& command : commands) {
        Done done = replayer.put(at_us, command.row->line, [&](wire::CommandWriter& writer) {
          tools::put(command, log.texts, writer);
        });
        if (!done) return done;
      }
      progress.update(plan.rows_done());
    }
    return replayer.finish();
  }

  static Done put_configuration(Replayer& replayer, int64_t at_us, const wire::Bytes& document) {
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

  void show(const Terminal& terminal, const ServiceNowLog& log, const ServiceNowPlan& plan,
            const Replayer& replayer, const RejectsFile& rejects, bool whole,
            double seconds) const {
    const double rate = static_cast<double>(plan.rows_done()) / seconds;
    if (rejects.count() > 0) {
      terminal.message(
          fmt::format("{} rows were not used: see {}", rejects.count(), rejects_path_));
    }
    if (json_) {
      nlohmann::ordered_json json{{"rows", log.row_count},
                                  {"tickets", plan.ticket_count()},
                                  {"rejected", rejects.count()},
                                  {"refused_commands", replayer.refused()},
                                  {"irregular", plan.irregular()},
                                  {"commands", replayer.commands()},
                                  {"resumed_after", replayer.skipped()},
                                  {"complete", whole},
                                  {"seconds", std::round(seconds * 1'000) / 1'000},
                                  {"rows_per_s", std::round(rate)}};
      terminal.data(json.dump(1) + "\n");
      return;
    }
    Table table({"", ">"});
    table.row({"rows", std::to_string(log.row_count)});
    table.row({"tickets", std::to_string(plan.ticket_count())});
    table.row({"rejected", std::to_string(rejects.count())});
    table.row({"commands", std::to_string(replayer.commands())});
    if (replayer.skipped() > 0)
      table.row({"of them done before", std::to_string(replayer.skipped())});
    table.row({"seconds", fmt::format("{:.2f}", seconds)});
    table.row({"rows/s", fmt::format("{:.0f}", rate)});
    for (const auto& [kind, count] : plan.irregular()) table.row({kind, std::to_string(count)});
    terminal.data(table.text());
  }

  DeskOptions options_;
  std::string file_, zone_, dates_, rejects_path_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_import_servicenow() {
  return std::make_unique<ImportServiceNow>();
}

}  // namespace paceline::tools
