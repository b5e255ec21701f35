// `events tail`: what happens on a desk, from any event that is still kept, as it happens.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/desk/suggestion.h"
#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/event_text.h"
#include "tools/interrupt.h"
#include "tools/json_views.h"
#include "tools/standard_output.h"

namespace paceline::tools {

namespace {

/// Bits of the kinds that are called so, or begin so before their point; 0: none.
uint64_t kinds_called(std::string_view name) {
  uint64_t mask = 0;
  for (unsigned i = 0; i < desk::event_kind_count; ++i) {
    const std::string_view each = desk::name(static_cast<desk::EventKind>(i));
    if (each == name || each.substr(0, each.find('.')) == name) mask |= uint64_t{1} << i;
  }
  return mask;
}

Failure unknown_kind(const std::string& wanted) {
  std::vector<std::string_view> names;
  for (unsigned i = 0; i < desk::event_kind_count; ++i)
    names.push_back(desk::name(static_cast<desk::EventKind>(i)));
  const std::string_view close = desk::nearest(wanted, names);
  return bad_usage("--kind `" + wanted + "` is no event: " +
                   (close.empty() ? "write for example ticket.assigned, or clock for all that "
                                    "begin so"
                                  : "did you mean `" + std::string(close) + "`?"));
}

class EventsTail final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--from-seq", from_, "Begin with this event; without it, with the next one")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--kind", kinds_,
                   "Only these: `ticket.assigned`, or `clock` for all of that beginning; may be "
                   "given several times");
    app.add_option("--count", count_, "End after so many")->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    uint64_t mask = 0;
    for (const std::string& kind : kinds_) {
      const uint64_t meant = kinds_called(kind);
      if (meant == 0) return sched::Unexpected{unknown_kind(kind)};
      mask |= meant;
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const sched::DeskNumber number = desk->desk.desk;
    if (const auto done = desk->client.subscribe(number, from_, mask); !done) {
      return sched::Unexpected{explain(done.error())};
    }
    const Interrupt interrupt;
    desk::Names names;
    uint64_t shown = 0;
    while (!interrupt.raised() && !reader_left()) {
      const auto events = desk->client.next_events(number, std::chrono::milliseconds(200));
      if (!events) {
        if (events.error().kind == wire::ClientErrorKind::deadline) continue;
        return sched::Unexpected{explain(events.error())};
      }
      for (const desk::Event& event : *events) {
        if (!names_cover(names, event)) {
          desk::Query query;
          query.kind = desk::QueryKind::names;
          auto answer = desk->ask(query);
          if (!answer) return sched::Unexpected{answer.error()};
          names = std::move(answer->names);
        }
        terminal.data((json_ ? event_json(event, names).dump() : event_text(event, names)) + "\n");
        if (++shown == count_) return {};
      }
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::vector<std::string> kinds_;
  uint64_t from_ = 0;
  uint64_t count_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_events_tail() { return std::make_unique<EventsTail>(); }

}  // namespace paceline::tools
