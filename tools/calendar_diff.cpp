// `calendar diff`: when two versions of a calendar differ, because someone edited it or because the
// rules of its zone changed; with a desk, which of its open deadlines the new one moves.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/zone_resolver.h"
#include "tools/calendar_clocks.h"
#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using sched::Instant;
using Json = nlohmann::ordered_json;

constexpr size_t spans_max = 10'000;

/// What the new version gains and loses. `complete` is false where there were more spans than
/// spans_max; the sums are then those of the spans listed.
struct Difference {
  struct Change {
    sched::Span span;
    bool gained;
  };
  std::vector<Change> changes;
  int64_t gained_us = 0;
  int64_t lost_us = 0;
  bool complete = true;
};

Difference difference(const sched::Calendar& before, const sched::Calendar& after, Instant from,
                      Instant to) {
  Difference result;
  for (const sched::Span& span : before.differences(after, from, to, spans_max + 1)) {
    if (result.changes.size() == spans_max) {
      result.complete = false;
      break;
    }
    const bool gained = after.open_at(span.from);
    result.changes.push_back({span, gained});
    (gained ? result.gained_us : result.lost_us) += (span.to - span.from).us;
  }
  return result;
}

class CalendarDiff final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("OLD", old_file_, "Configuration file (TOML)")->required();
    app.add_option("NEW", new_file_, "Configuration file (TOML); may be the same")->required();
    app.add_option("--calendar", calendar_, "Name of the calendar in both")->required();
    app.add_option("--from", from_, "Instant or date, in UTC without a zone; now if left out");
    app.add_option("--to", to_, "Likewise; 400 days later if left out");
    app.add_option("--old-tzdata", old_tzdata_, "Folder of the zones for OLD")
        ->capture_default_str();
    app.add_option("--new-tzdata", new_tzdata_, "Folder of the zones for NEW")
        ->capture_default_str();
    // Not from the environment: what compares two files must not need a server by accident.
    connect_ = app.add_option("--connect", desk_.server.address,
                              "Server whose open clocks to look at: unix:PATH or tcp:HOST:PORT");
    app.add_option("--token-file", desk_.server.token_file, "File with the server's token")
        ->envname("PACELINE_TOKEN_FILE");
    app.add_option("--desk", desk_.desk, "Name of the desk, with --connect")
        ->envname("PACELINE_DESK");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto before = calendar_in(old_file_, calendar_, old_tzdata_, terminal);
    if (!before) return sched::Unexpected{before.error()};
    const auto after = calendar_in(new_file_, calendar_, new_tzdata_, terminal);
    if (!after) return sched::Unexpected{after.error()};
    const auto from = from_.empty() ? std::optional(machine_now()) : parse_instant(from_);
    if (!from) return no_instant("--from", from_);
    const auto to = to_.empty() ? std::optional(*from + sched::day * 400) : parse_instant(to_);
    if (!to) return no_instant("--to", to_);
    if (*to < *from)
      return sched::Unexpected{
          bad_usage(fmt::format("--to {} is before --from {}: write the earlier one first",
                                format_instant(*to), format_instant(*from)))};
    const auto found = difference(before->calendar, after->calendar, *from, *to);
    const auto clocks = open_clocks(*before, *after);
    if (!clocks) return sched::Unexpected{clocks.error()};
    if (json_)
      show_json(terminal, *before, *after, *from, *to, found, *clocks);
    else
      show_text(terminal, *before, *after, *from, *to, found, *clocks);
    if (*clocks && (*clocks)->other_version != 0)
      terminal.message(
          fmt::format("{} clocks are under another version than {} has: their old due "
                      "is the server's",
                      (*clocks)->other_version, old_file_));
    if (!found.complete)
      terminal.message(
          fmt::format("only the first {} spans are shown: ask for less with --to", spans_max));
    return {};
  }

 private:
  static Done no_instant(std::string_view option, std::string_view text) {
    return sched::Unexpected{bad_usage(fmt::format(
        "{}: `{}` is no instant: write 2026-03-08 or 2026-03-08T09:00Z", option, text))};
  }

  using Clocks = std::optional<CalendarClocks>;

  /// Nothing without --connect.
  Got<Clocks> open_clocks(const NamedCalendar& before, const NamedCalendar& after) const {
    if (connect_->count() == 0) return Clocks{};
    if (desk_.desk.empty())
      return sched::Unexpected{bad_usage("--connect asks a desk: name it with --desk")};
    auto desk = OpenedDesk::open(desk_);
    if (!desk) return sched::Unexpected{desk.error()};
    auto clocks = clocks_moved(*desk, calendar_, before.calendar, after.calendar);
    if (!clocks) return sched::Unexpected{clocks.error()};
    return Clocks(*std::move(clocks));
  }

  static std::string version(const NamedCalendar& named) {
    return named.spec.zone.name + " " + named.spec.zone.tzdata_version;
  }

  static void show_text(const Terminal& terminal, const NamedCalendar& before,
                        const NamedCalendar& after, Instant from, Instant to,
                        const Difference& found, const Clocks& clocks) {
    Table table({"from", "to", after.spec.zone.name, "", ">length"});
    for (const auto& [span, gained] : found.changes)
      table.row({format_instant(span.from), format_instant(span.to),
                 local_time(after.spec.zone, span.from), gained ? "gained" : "lost",
                 format_duration((span.to - span.from).us)});
    std::string text = found.changes.empty() ? "" : table.text();
    text += fmt::format("{} ({} → {}): {} gained, {} lost in {} spans from {} to {}\n",
                        after.spec.name, version(before), version(after),
                        format_exact(found.gained_us), format_exact(found.lost_us),
                        found.changes.size(), format_instant(from), format_instant(to));
    if (clocks) text += "\n" + moved_text(*clocks);
    terminal.data(text);
  }

  static Json json_of(const NamedCalendar& named) {
    return {{"zone", named.spec.zone.name}, {"tzdata", named.spec.zone.tzdata_version}};
  }

  static void show_json(const Terminal& terminal, const NamedCalendar& before,
                        const NamedCalendar& after, Instant from, Instant to,
                        const Difference& found, const Clocks& clocks) {
    Json spans = Json::array();
    for (const auto& [span, gained] : found.changes)
      spans.push_back({{"from", format_instant(span.from)},
                       {"to", format_instant(span.to)},
                       {"change", gained ? "gained" : "lost"},
                       {"length_us", (span.to - span.from).us}});
    Json json{{"calendar", after.spec.name}, {"from", format_instant(from)},
              {"to", format_instant(to)},    {"old", json_of(before)},
              {"new", json_of(after)},       {"gained_us", found.gained_us},
              {"lost_us", found.lost_us},    {"complete", found.complete},
              {"spans", std::move(spans)}};
    if (clocks) json["open_clocks"] = moved_json(*clocks);
    terminal.data(json.dump(1) + "\n");
  }

  std::string old_file_, new_file_, calendar_, from_, to_;
  std::string old_tzdata_{config::system_tzdata}, new_tzdata_{config::system_tzdata};
  DeskOptions desk_;
  CLI::Option* connect_ = nullptr;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_calendar_diff() { return std::make_unique<CalendarDiff>(); }

}  // namespace paceline::tools
