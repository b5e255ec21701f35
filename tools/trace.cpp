// `trace`: one ticket's time line, across everything that happened to it.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_reference.h"
#include "tools/ticket_trace.h"
#include "tools/trace_show.h"

namespace paceline::tools {

namespace {

class Trace final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--ticket", wanted_.ticket, std::string(ticket_reference_help))->required();
    app.add_option("--data", wanted_.data,
                   "Data folder or backup instead of a server: its whole log is replayed");
    wanted_.server.declare(app);
    app.get_option("--connect")->required(false);
    app.add_option("--from", from_, "From this instant: 2026-03-02, 2026-03-02T08:00Z");
    app.add_option("--to", to_, "Before this instant");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    int64_t from_us = std::numeric_limits<int64_t>::min();
    int64_t to_us = std::numeric_limits<int64_t>::max();
    if (auto read = read_instant("--from", from_, from_us); !read) return read;
    if (auto read = read_instant("--to", to_, to_us); !read) return read;
    if (from_us >= to_us)
      return sched::Unexpected{bad_usage("--to is not after --from: give a later instant")};
    if (wanted_.data.empty() && wanted_.server.server.address.empty())
      return sched::Unexpected{
          bad_usage("nothing to read: give a running server's address with --connect, or a data "
                    "folder or backup with --data")};
    auto trace =
        wanted_.data.empty() ? trace_of_server(wanted_) : trace_of_folder(terminal, wanted_);
    if (!trace) return sched::Unexpected{trace.error()};
    if (!trace->complete()) terminal.message(missing(*trace));
    // Completeness is in the JSON, of all that was read.
    auto json = json_ ? trace_json(*trace) : nlohmann::ordered_json();
    const auto outside = [&](int64_t at_us) { return at_us < from_us || at_us >= to_us; };
    if (json_) {
      auto& events = json["events"];
      for (size_t i = trace->events.size(); i-- > 0;)
        if (outside(trace->events[i].at_us)) events.erase(i);
      terminal.data(json.dump(1) + "\n");
      return {};
    }
    std::erase_if(trace->events, [&](const desk::Event& event) { return outside(event.at_us); });
    terminal.data(trace_text(*trace));
    return {};
  }

 private:
  std::string missing(const TicketTrace& trace) const {
    if (wanted_.data.empty())
      return fmt::format(
          "the beginning is missing: the server holds the desk's events from number {} on only; "
          "for all of them: paceline trace --ticket {} --desk {} --data DIR, DIR being its data "
          "folder or a backup",
          trace.first_sequence, wanted_.ticket, wanted_.server.desk);
    return fmt::format(
        "the beginning is missing: the log in {} was trimmed, and its oldest snapshot has the "
        "desk's events from number {} on; for those before, give --data a backup that is older",
        wanted_.data, trace.first_sequence);
  }

  TraceWanted wanted_;
  std::string from_, to_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_trace() { return std::make_unique<Trace>(); }

}  // namespace paceline::tools
