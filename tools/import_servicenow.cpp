// `import servicenow`: replays an incident log through the socket.
#include <fmt/format.h>

#include "tools/commands.h"
#include "tools/log_import.h"
#include "tools/servicenow_rows.h"

namespace paceline::tools {

namespace {

class ImportServiceNow final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app, "The log: CSV, plain or packed with xz or zstd");
  }

  Done run(const Terminal& terminal) override {
    auto zone = options_.complete();
    if (!zone) return sched::Unexpected{zone.error()};
    RejectsFile rejects(options_.rejects_path);
    const auto log = read(std::move(*zone), terminal, rejects);
    if (!log) return sched::Unexpected{log.error()};
    const std::string settings = "\n" + options_.zone + "\n" + options_.dates;
    return LogImport(options_, terminal, *log, settings, "rows").run(rejects);
  }

 private:
  Got<TicketLog> read(sched::Zone zone, const Terminal& terminal, RejectsFile& rejects) const {
    ServiceNowOptions options;
    options.zone = std::move(zone);
    options.dates = options_.dates == "month-first" ? DateOrder::month_first : DateOrder::automatic;
    auto source = open_bytes(options_.file);
    if (!source) return sched::Unexpected{source.error()};
    Progress progress(terminal, "reading", "KiB", (*source)->file_bytes() / 1'024);
    auto log = read_servicenow(
        **source, options, [&](const RejectedRow& row) { rejects.add(row); },
        [&] { progress.update((*source)->file_bytes_read() / 1'024); });
    if (!log)
      return sched::Unexpected{not_valid(fmt::format("{}: {}", options_.file, log.error()))};
    return std::move(*log);
  }

  ImportOptions options_;
};

}  // namespace

std::unique_ptr<Subcommand> make_import_servicenow() {
  return std::make_unique<ImportServiceNow>();
}

}  // namespace paceline::tools
