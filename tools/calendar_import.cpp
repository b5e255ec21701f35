// `calendar import-ics`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "engine/config/ical_import.h"
#include "tools/commands.h"
#include "tools/config_file.h"

namespace paceline::tools {

namespace {

class CalendarImportIcs final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "iCalendar file (.ics) of holidays")->required();
    app.add_option("--zone", zone_, "Zone of the calendar, as Europe/London; else the file's");
    app.add_option("--name", name_, "Name of the calendar")->capture_default_str();
  }

  Done run(const Terminal& terminal) override {
    if (name_.empty() || name_.size() > 64 || name_ == "24x7")
      return sched::Unexpected{
          bad_usage("--name: a calendar's name has 1 to 64 bytes and is not 24x7")};
    const auto text = config::read_text(file_);
    if (!text) return sched::Unexpected{config_failure(text.error(), terminal)};
    const auto imported = config::import_ical(*text, file_, zone_, name_);
    if (!imported) return sched::Unexpected{config_failure(imported.error(), terminal)};
    for (const std::string& warning : imported->warnings) terminal.message(warning);
    terminal.data(imported->toml);
    return {};
  }

 private:
  std::string file_, zone_;
  std::string name_ = "imported";
};

}  // namespace

std::unique_ptr<Subcommand> make_calendar_import_ics() {
  return std::make_unique<CalendarImportIcs>();
}

}  // namespace paceline::tools
