#include "sim/run/figures.h"

#include <algorithm>
#include <array>

#include "engine/config/units.h"

namespace paceline::sim {

namespace {

constexpr uint32_t bit(Part part) { return 1U << static_cast<unsigned>(part); }
constexpr uint32_t contacts = bit(Part::all) | bit(Part::queue) | bit(Part::demand) |
                              bit(Part::channel) | bit(Part::priority) | bit(Part::interval) |
                              bit(Part::queue_interval);
constexpr uint32_t visits = bit(Part::all) | bit(Part::queue);
constexpr uint32_t lines =
    bit(Part::all) | bit(Part::queue) | bit(Part::interval) | bit(Part::queue_interval);
constexpr uint32_t levels = bit(Part::all) | bit(Part::interval);
constexpr uint32_t staff = levels | bit(Part::team);
constexpr uint32_t clocks = contacts | bit(Part::policy);

double of(const Cell& cell, Sum sum) { return static_cast<double>(cell[sum]); }
double seconds(const Cell& cell, Sum sum) { return static_cast<double>(cell[sum]) / 1e6; }

struct Row {
  std::string_view name;
  Unit unit;
  uint32_t parts;
  Observation (*of)(const Cell& cell);
};

template <Sum sum>
Observation counted(const Cell& cell) {
  return {of(cell, sum), 1.0};
}
template <Sum part, Sum whole>
Observation share(const Cell& cell) {
  return {of(cell, part), of(cell, whole)};
}
template <Sum time, Sum times>
Observation mean_time(const Cell& cell) {
  return {seconds(cell, time), of(cell, times)};
}
double ended(const Cell& cell) { return of(cell, Sum::answered) + of(cell, Sum::abandoned); }

constexpr Row rows[] = {
    {"offered", Unit::count, contacts, counted<Sum::offered>},
    {"answered", Unit::count, contacts, counted<Sum::answered>},
    {"abandoned", Unit::count, contacts, counted<Sum::abandoned>},
    {"blocked", Unit::count, contacts, counted<Sum::blocked>},
    {"balked", Unit::count, contacts, counted<Sum::balked>},
    {"resolved", Unit::count, contacts, counted<Sum::resolved>},
    {"reopened", Unit::count, contacts, counted<Sum::reopens>},
    {"service_level.of_offered", Unit::share, contacts,
     [](const Cell& c) {
       return Observation{of(c, Sum::answered_in_time),
                          ended(c) + of(c, Sum::blocked) + of(c, Sum::balked)};
     }},
    {"service_level.of_answered", Unit::share, contacts,
     share<Sum::answered_in_time, Sum::answered>},
    {"service_level.without_short_abandons", Unit::share, contacts,
     [](const Cell& c) {
       return Observation{of(c, Sum::answered_in_time), ended(c) - of(c, Sum::abandoned_in_time)};
     }},
    {"abandonment", Unit::share, contacts,
     [](const Cell& c) {
       return Observation{of(c, Sum::abandoned), ended(c)};
     }},
    {"blocking", Unit::share, contacts, share<Sum::blocked, Sum::tries>},
    {"waits", Unit::share, contacts,
     [](const Cell& c) {
       return Observation{of(c, Sum::waited), ended(c)};
     }},
    {"wait_mean", Unit::seconds, contacts, mean_time<Sum::answered_wait_us, Sum::answered>},
    {"wait_mean.of_all", Unit::seconds, contacts,
     [](const Cell& c) {
       return Observation{seconds(c, Sum::answered_wait_us) + seconds(c, Sum::abandoned_wait_us),
                          ended(c)};
     }},
    {"first_response_mean", Unit::seconds, contacts, mean_time<Sum::respond_us, Sum::responded>},
    {"resolve_mean", Unit::seconds, contacts, mean_time<Sum::resolve_us, Sum::resolved>},
    {"resolve_mean.business", Unit::seconds, contacts, mean_time<Sum::worked_us, Sum::worked>},
    {"handle_mean", Unit::seconds, contacts | bit(Part::team),
     mean_time<Sum::handled_us, Sum::spells>},
    {"hops", Unit::count, contacts, share<Sum::hops, Sum::offered>},
    {"escalation_rate", Unit::share, contacts, share<Sum::escalations, Sum::offered>},
    {"bounce_rate", Unit::share, contacts, share<Sum::bounces, Sum::escalations>},
    {"reopen_rate", Unit::share, contacts,
     [](const Cell& c) {
       return Observation{of(c, Sum::reopens), of(c, Sum::resolved) + of(c, Sum::reopens)};
     }},
    {"sla_compliance", Unit::share, clocks,
     [](const Cell& c) {
       return Observation{of(c, Sum::sla_met), of(c, Sum::sla_met) + of(c, Sum::sla_missed)};
     }},
    {"visits", Unit::count, visits, counted<Sum::visits>},
    {"visit_waits", Unit::share, visits, share<Sum::visits_waited, Sum::visits_answered>},
    {"visit_wait_mean", Unit::seconds, visits, mean_time<Sum::visit_wait_us, Sum::visits_answered>},
    {"waiting", Unit::tickets, lines, share<Sum::waiting_us, Sum::elapsed_us>},
    {"open", Unit::tickets, levels, share<Sum::open_us, Sum::elapsed_us>},
    {"occupancy", Unit::share, staff, share<Sum::busy_us, Sum::available_us>},
    {"utilisation", Unit::share, staff, share<Sum::busy_us, Sum::paid_us>},
    {"staffed", Unit::agents, staff, share<Sum::staffed_us, Sum::elapsed_us>},
    {"busy", Unit::agents, staff, share<Sum::busy_us, Sum::elapsed_us>},
    {"cost", Unit::money, bit(Part::all) | bit(Part::team),
     [](const Cell& c) {
       return Observation{of(c, Sum::cost_micro) / 1e6, 1.0};
     }},
    {"cost_per_resolved", Unit::money, bit(Part::all),
     [](const Cell& c) {
       return Observation{of(c, Sum::cost_micro) / 1e6, of(c, Sum::resolved)};
     }},
};
constexpr uint32_t backlog_rows = 0x1000;  // beside the table: of intervals only
constexpr std::array<std::pair<std::string_view, Unit>, 3> backlog_names{
    {{"backlog", Unit::tickets},
     {"backlog.waiting", Unit::tickets},
     {"backlog_age", Unit::seconds}}};

constexpr double quantiles[] = {0.5, 0.9, 0.95, 0.99};
constexpr std::string_view wait_names[] = {"wait_p50", "wait_p90", "wait_p95", "wait_p99"};
constexpr std::string_view resolve_names[] = {"resolve_p50", "resolve_p90", "resolve_p95",
                                              "resolve_p99"};
constexpr uint8_t wait_sketch = 0;
constexpr uint8_t resolve_sketch = 1;

}  // namespace

Figures::Figures(const Model& model) {
  const auto each = [&](Part part, const auto& list, const auto& name_of) {
    for (uint32_t i = 0; i < list.size(); ++i) {
      const std::string name = name_of(i);
      if (name.empty()) continue;  // no channel stated
      add_rows(part, i, name);
      add_quantiles(part, i, name);
    }
  };
  const Scenario& scenario = model.scenario();
  add_rows(Part::all, 0, "all");
  add_quantiles(Part::all, 0, "all");
  each(Part::queue, model.queues(), [&](uint32_t i) { return model.queues()[i]; });
  each(Part::demand, model.demands(), [&](uint32_t i) { return model.demands()[i].rules->name; });
  std::vector<uint16_t> channels;
  for (const Model::DemandModel& demand : model.demands())
    channels.insert(channels.end(), demand.channel.values.begin(), demand.channel.values.end());
  std::sort(channels.begin(), channels.end());
  channels.erase(std::unique(channels.begin(), channels.end()), channels.end());
  for (const uint16_t channel : channels) {
    if (channel != 0) add_rows(Part::channel, channel, model.texts().text(channel));
  }
  for (uint32_t priority = 1; priority < sched::priority_count; ++priority) {
    add_rows(Part::priority, priority, "P" + std::to_string(priority));
    add_quantiles(Part::priority, priority, "P" + std::to_string(priority));
  }
  each(Part::policy, model.policies(), [&](uint32_t i) { return model.policies()[i]; });
  each(Part::team, model.teams(), [&](uint32_t i) { return model.teams()[i].rules->name; });
  if (scenario.interval_us == 0) return;
  const auto count =
      static_cast<uint32_t>((scenario.length_us + scenario.interval_us - 1) / scenario.interval_us);
  for (uint32_t i = 0; i < count; ++i) {
    const sched::Instant from{scenario.start.us + i * scenario.interval_us};
    add_rows(Part::interval, i, config::print(from));
  }
  for (uint32_t i = 0; i < count; ++i) {
    const sched::Instant from{scenario.start.us + i * scenario.interval_us};
    for (uint32_t queue = 0; queue < model.queues().size(); ++queue)
      add_rows(Part::queue_interval, i * static_cast<uint32_t>(model.queues().size()) + queue,
               config::print(from) + " " + model.queues()[queue]);
  }
}

void Figures::add_rows(Part part, uint32_t index, const std::string& part_name) {
  for (uint32_t row = 0; row < std::size(rows); ++row) {
    if ((rows[row].parts & bit(part)) == 0) continue;
    figures_.push_back({part, index, part_name, rows[row].name, rows[row].unit});
    sources_.push_back({row, 0.0, 0});
  }
  if (part != Part::interval) return;
  for (uint32_t row = 0; row < backlog_names.size(); ++row) {
    figures_.push_back(
        {part, index, part_name, backlog_names[row].first, backlog_names[row].second});
    sources_.push_back({backlog_rows + row, 0.0, 0});
  }
}

void Figures::add_quantiles(Part part, uint32_t index, const std::string& part_name) {
  const auto add = [&](const auto& names, uint8_t kind) {
    for (size_t i = 0; i < std::size(quantiles); ++i) {
      figures_.push_back({part, index, part_name, names[i], Unit::seconds});
      sources_.push_back({0, quantiles[i], kind});
    }
  };
  if (part != Part::all && part != Part::queue && part != Part::priority) return;
  add(wait_names, wait_sketch);
  if (part != Part::queue) add(resolve_names, resolve_sketch);
}

size_t Figures::find(Part part, std::string_view part_name, std::string_view name) const {
  const auto found = std::find_if(figures_.begin(), figures_.end(), [&](const Figure& figure) {
    return figure.part == part && figure.name == name && figure.part_name == part_name;
  });
  return static_cast<size_t>(found - figures_.begin());
}

std::vector<std::string> Figures::names() const {
  std::vector<std::string> names;
  for (const Figure& figure : figures_) {
    std::string name(part_names[static_cast<size_t>(figure.part)]);
    if (figure.part != Part::all) name += "/" + figure.part_name;
    names.push_back(name + "/" + std::string(figure.name));
  }
  return names;
}

const Cell& Figures::cell(const Ledger& ledger, const Figure& figure) const {
  switch (figure.part) {
    case Part::all:
      return ledger.all;
    case Part::queue:
      return ledger.by_queue[figure.index];
    case Part::demand:
      return ledger.by_demand[figure.index];
    case Part::channel:
      return ledger.by_channel[figure.index];
    case Part::priority:
      return ledger.by_priority[figure.index];
    case Part::policy:
      return ledger.by_policy[figure.index];
    case Part::team:
      return ledger.by_team[figure.index];
    case Part::interval:
      return ledger.by_interval[figure.index];
    case Part::queue_interval:
      return ledger.by_queue_interval[figure.index];
  }
  return ledger.all;
}

const QuantileSketch& Figures::sketch(const Ledger& ledger, const Figure& figure,
                                      uint8_t kind) const {
  if (figure.part == Part::queue) return ledger.queue_wait_us[figure.index];
  if (figure.part == Part::priority)
    return kind == wait_sketch ? ledger.priority_wait_us[figure.index]
                               : ledger.priority_resolve_us[figure.index];
  return kind == wait_sketch ? ledger.wait_us : ledger.resolve_us;
}

std::vector<Observation> Figures::observe(const Ledger& ledger) const {
  std::vector<Observation> observations;
  observations.reserve(figures_.size());
  for (size_t i = 0; i < figures_.size(); ++i) {
    const Source& source = sources_[i];
    if (source.quantile > 0.0) {
      const auto value = sketch(ledger, figures_[i], source.sketch).quantile(source.quantile);
      observations.push_back(value ? Observation{static_cast<double>(*value) / 1e6, 1.0}
                                   : Observation{0.0, 0.0});
    } else if (source.row >= backlog_rows) {
      const Backlog& backlog = ledger.backlog[figures_[i].index];
      const auto open = static_cast<double>(backlog.open);
      const Observation shown[] = {{open, 1.0},
                                   {static_cast<double>(backlog.waiting), 1.0},
                                   {static_cast<double>(backlog.age_us) / 1e6, open}};
      observations.push_back(shown[source.row - backlog_rows]);
    } else {
      observations.push_back(rows[source.row].of(cell(ledger, figures_[i])));
    }
  }
  return observations;
}

}  // namespace paceline::sim
