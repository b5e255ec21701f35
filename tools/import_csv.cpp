// `import csv` and `import jira`: a file of tickets or of their updates, by a map, replayed.
//
// Jira's is the same import over a map the program brings. The file is read twice: what its dates
// and words mean is known, and shown, before any of it goes to a desk.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/config_file.h"
#include "tools/file_survey.h"
#include "tools/import_map.h"
#include "tools/import_preview.h"
#include "tools/log_import.h"
#include "tools/mapped_rows.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

enum class Format : uint8_t { csv, jira };

class ImportMapped final : public Subcommand {
 public:
  explicit ImportMapped(Format format) : format_(format) {}

  void declare(CLI::App& app) override {
    options_.declare(app, format_ == Format::jira
                              ? "The export: CSV, plain or packed with xz or zstd"
                              : "The file: CSV, plain or packed with xz or zstd");
    CLI::Option* map = app.add_option("--map", map_path_,
                                      format_ == Format::jira
                                          ? "TOML: columns and words that are other than usual"
                                          : "TOML: which column is what, and what its words mean");
    if (format_ == Format::csv) map->required();
    app.add_flag("--dry-run", dry_run_, "Say what would be done; no server is asked");
    for (const char* option : {"--connect", "--desk"}) app.get_option(option)->required(false);
  }

  Done run(const Terminal& terminal) override {
    if (Done complete = check_options(); !complete) return complete;
    auto zone = options_.complete();
    if (!zone) return sched::Unexpected{zone.error()};
    const auto map = read_map(terminal);
    if (!map) return sched::Unexpected{map.error()};
    if (map->times.form != TimeStyle::Form::any && !options_.dates.empty())
      return sched::Unexpected{bad_usage(
          "--dates: the map says how dates are written (dates = …): remove one of the two")};
    const auto survey = look_over(*map, terminal);
    if (!survey) return sched::Unexpected{survey.error()};
    RejectsFile rejects(options_.rejects_path);
    const auto log = read(*map, *survey, *zone, terminal, rejects);
    if (!log) return sched::Unexpected{log.error()};
    if (dry_run_) return show_plan(*map, *survey, *zone, *log, terminal, rejects);

    terminal.message(without_line_end(preview_text(*survey, *map, *zone)));
    const std::string settings = "\n" + options_.zone + "\n" + options_.dates + "\n" + map->text;
    const bool updates = map->rows == ImportMap::Rows::updates;
    return LogImport(options_, terminal, *log, settings, updates ? "rows" : "changes").run(rejects);
  }

 private:
  Done check_options() const {
    if (dry_run_) return {};
    for (const auto& [option, value] : {std::pair("--connect", &options_.target.server.address),
                                        std::pair("--desk", &options_.target.desk)}) {
      if (value->empty())
        return sched::Unexpected{
            bad_usage(fmt::format("{} is required, unless with --dry-run: see --help", option))};
    }
    return {};
  }

  Got<ImportMap> read_map(const Terminal& terminal) const {
    ImportMap base = format_ == Format::jira ? jira_import_map() : common_import_map();
    if (map_path_.empty()) return base;
    const auto text = config::read_text(map_path_);
    if (!text) return sched::Unexpected{config_failure(text.error(), terminal)};
    auto map = read_import_map(*text, map_path_, std::move(base), true);
    if (!map) return sched::Unexpected{config_failure(map.error(), terminal)};
    return std::move(*map);
  }

  Got<std::unique_ptr<ByteSource>> open() const {
    std::error_code failed;
    if (std::filesystem::exists(options_.file, failed) &&
        !std::filesystem::is_regular_file(options_.file, failed) &&
        !std::filesystem::is_directory(options_.file, failed))
      return sched::Unexpected{not_readable(
          options_.file + ": is no regular file, and it is read twice: write it to disk first")};
    return open_bytes(options_.file);
  }

  Failure not_usable(const std::string& why) const {
    return not_valid(fmt::format("{}: {}", options_.file, why));
  }

  Got<FileSurvey> look_over(const ImportMap& map, const Terminal& terminal) const {
    auto source = open();
    if (!source) return sched::Unexpected{source.error()};
    const DateOrder order = options_.dates == "day-first"     ? DateOrder::day_first
                            : options_.dates == "month-first" ? DateOrder::month_first
                                                              : DateOrder::automatic;
    Progress progress(terminal, "looking over", "KiB", (*source)->file_bytes() / 1'024);
    auto survey = survey_file(**source, map, order,
                              [&] { progress.update((*source)->file_bytes_read() / 1'024); });
    if (!survey) return sched::Unexpected{not_usable(survey.error())};
    return std::move(*survey);
  }

  Got<TicketLog> read(const ImportMap& map, const FileSurvey& survey, const sched::Zone& zone,
                      const Terminal& terminal, RejectsFile& rejects) const {
    auto source = open();
    if (!source) return sched::Unexpected{source.error()};
    Progress progress(terminal, "reading", "KiB", (*source)->file_bytes() / 1'024);
    auto log = read_mapped(
        **source, map, survey, zone, [&](const RejectedRow& row) { rejects.add(row); },
        [&] { progress.update((*source)->file_bytes_read() / 1'024); });
    if (!log) return sched::Unexpected{not_usable(log.error())};
    return std::move(*log);
  }

  /// Goes through the whole plan, and sends nothing.
  Done show_plan(const ImportMap& map, const FileSurvey& survey, const sched::Zone& zone,
                 const TicketLog& log, const Terminal& terminal, RejectsFile& rejects) const {
    ReplayPlan plan(log);
    std::vector<PlannedCommand> commands;
    uint64_t command_count = LogImport::configuration_commands;
    while (plan.next(commands)) command_count += commands.size();
    if (Done done = rejects.close(); !done) return done;
    if (rejects.count() > 0)
      terminal.message(
          fmt::format("{} rows would not be used: see {}", rejects.count(), options_.rejects_path));
    if (options_.json) {
      nlohmann::ordered_json json = preview_json(survey, map, zone);
      json["rows"] = log.row_count;
      json["tickets"] = plan.ticket_count();
      json["rejected"] = rejects.count();
      json["irregular"] = plan.irregular();
      json["commands"] = command_count;
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    Table table({"", ">"});
    table.row({"tickets", std::to_string(plan.ticket_count())});
    table.row({"rejected", std::to_string(rejects.count())});
    table.row({"commands", std::to_string(command_count)});
    for (const auto& [kind, count] : plan.irregular()) table.row({kind, std::to_string(count)});
    terminal.data(preview_text(survey, map, zone) + table.text());
    return {};
  }

  static std::string without_line_end(std::string text) {
    if (text.ends_with('\n')) text.pop_back();
    return text;
  }

  Format format_;
  ImportOptions options_;
  std::string map_path_;
  bool dry_run_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_import_csv() {
  return std::make_unique<ImportMapped>(Format::csv);
}
std::unique_ptr<Subcommand> make_import_jira() {
  return std::make_unique<ImportMapped>(Format::jira);
}

}  // namespace paceline::tools
