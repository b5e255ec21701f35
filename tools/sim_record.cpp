// `sim record`: a day of a live desk, out of its log, for `sim replay`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "tools/commands.h"
#include "tools/day_json.h"
#include "tools/day_recorder.h"
#include "tools/ticket_attributes.h"

namespace paceline::tools {

namespace {

class SimRecord final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--data", wanted_.data, "Data folder or backup; a server may be running there")
        ->required();
    app.add_option("--desk", wanted_.desk, "Desk")->required();
    app.add_option("--from", from_, "Count from this instant; what comes before is replayed only");
    app.add_option("--to", to_, "End before this instant");
  }

  Done run(const Terminal& terminal) override {
    if (auto read = read_instant("--from", from_, wanted_.from_us); !read) return read;
    if (auto read = read_instant("--to", to_, wanted_.to_us); !read) return read;
    if (wanted_.from_us >= wanted_.to_us)
      return sched::Unexpected{bad_usage("--to is not after --from: give a later instant")};
    const auto day = record_day(terminal, wanted_);
    if (!day) return sched::Unexpected{day.error()};
    terminal.data(day_json(*day));
    uint64_t refused = 0;
    for (const auto& [what, times] : day->refused) refused += times;
    terminal.message(fmt::format(
        "{}: {} tickets, {} acts, {} assignments, digest {:016x}; without effect and left out: {} "
        "refused commands, {} sent twice",
        day->desk, day->tickets, day->acts.size(), day->assignments.size(), day->digest, refused,
        day->repeated));
    return {};
  }

 private:
  DayToRecord wanted_;
  std::string from_, to_;
};

}  // namespace

std::unique_ptr<Subcommand> make_sim_record() { return std::make_unique<SimRecord>(); }

}  // namespace paceline::tools
