// `plan requirement`: volumes by interval in, agents needed by interval out.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/config/units.h"
#include "sim/analytic/offered_load.h"
#include "tools/commands.h"
#include "tools/csv_reader.h"
#include "tools/instants.h"
#include "tools/plan_target.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t intervals_max = 1'000'000;

struct Interval {
  std::string start;                 // as it stands in the file
  std::optional<sched::Instant> at;  // if it is an instant
  double volume = 0.0;
  double aht_s = 0.0;
  uint64_t line = 0;
  // Found.
  double load = 0.0;
  std::optional<sim::Staffing> staffing;
  std::string problem;
};

/// Where the columns are.
struct Columns {
  std::optional<size_t> start, volume, aht, aht_s;
};

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size() || !(value >= 0) ||
      !std::isfinite(value))
    return std::nullopt;
  return value;
}

class PlanRequirement final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("VOLUMES", file_, "CSV with columns start, volume and aht (5m) or aht_s (300)")
        ->required();
    app.add_option("--interval", interval_text_, "Length of an interval")->capture_default_str();
    app.add_flag("--carry-over", carry_over_,
                 "Handling that outlasts an interval is work of the next (M_t/G/∞, exponential)");
    options_.declare(app);
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    if (!options_.asks())
      return sched::Unexpected{
          bad_usage("nothing is asked: give a target like --service-level 80% --within 20s")};
    const auto interval = seconds_option("--interval", interval_text_);
    if (!interval) return sched::Unexpected{interval.error()};
    if (!(*interval > 0))
      return sched::Unexpected{bad_usage("--interval: it must be longer than 0s")};
    interval_s_ = *interval;
    auto intervals = read();
    if (!intervals) return sched::Unexpected{intervals.error()};
    if (auto done = add_loads(*intervals); !done) return done;
    size_t unreached = 0;
    Progress progress(terminal, "staffing", "intervals", intervals->size());
    for (size_t i = 0; i < intervals->size(); ++i) {
      if (auto done = staff_one((*intervals)[i]); !done) return done;
      unreached += !(*intervals)[i].staffing;
      progress.update(i + 1);
    }
    progress.finish();
    terminal.data(json_ ? json_of(*intervals) : csv_of(*intervals));
    if (unreached == 0) return {};
    return sched::Unexpected{
        incomplete(fmt::format("{} of {} intervals cannot be staffed: see their `problem`",
                               unreached, intervals->size()))};
  }

 private:
  Failure wrong(uint64_t line, const std::string& what) const {
    return not_valid(fmt::format("{}:{}: {}", file_, line, what));
  }

  Got<std::vector<Interval>> read() const {
    auto source = open_bytes(file_);
    if (!source) return sched::Unexpected{source.error()};
    CsvReader reader(**source);
    std::vector<std::string> fields;
    if (reader.next(fields) != CsvReader::Result::record)
      return sched::Unexpected{not_valid(file_ + ": no header: write start,volume,aht")};
    const auto columns = columns_of(fields, reader.line());
    if (!columns) return sched::Unexpected{columns.error()};
    std::vector<Interval> intervals;
    for (;;) {
      const auto result = reader.next(fields);
      if (result == CsvReader::Result::end) break;
      if (result == CsvReader::Result::malformed)
        return sched::Unexpected{wrong(reader.line(), reader.why())};
      auto one = interval_of(*columns, fields, reader.line());
      if (!one) return sched::Unexpected{one.error()};
      if (!intervals.empty())
        if (auto done = follows(intervals.back(), *one); !done)
          return sched::Unexpected{done.error()};
      if (intervals.size() == intervals_max)
        return sched::Unexpected{wrong(reader.line(), "more than 1,000,000 intervals: split it")};
      intervals.push_back(*std::move(one));
    }
    if (const std::string error = (*source)->error(); !error.empty())
      return sched::Unexpected{not_readable(error)};
    return intervals;
  }

  Got<Columns> columns_of(const std::vector<std::string>& header, uint64_t line) const {
    Columns columns;
    for (size_t i = 0; i < header.size(); ++i) {
      if (header[i] == "start") columns.start = i;
      if (header[i] == "volume") columns.volume = i;
      if (header[i] == "aht") columns.aht = i;
      if (header[i] == "aht_s") columns.aht_s = i;
    }
    const char* missing = !columns.start                   ? "start"
                          : !columns.volume                ? "volume"
                          : !columns.aht && !columns.aht_s ? "aht (like 5m) or aht_s (seconds)"
                                                           : nullptr;
    if (missing != nullptr)
      return sched::Unexpected{
          wrong(line, fmt::format("no column {}: the header must name it", missing))};
    return columns;
  }

  Got<Interval> interval_of(const Columns& columns, const std::vector<std::string>& fields,
                            uint64_t line) const {
    const size_t last =
        std::max({*columns.start, *columns.volume, columns.aht ? *columns.aht : *columns.aht_s});
    if (fields.size() <= last)
      return sched::Unexpected{
          wrong(line, fmt::format("{} fields: the header has more", fields.size()))};
    Interval one;
    one.line = line;
    one.start = fields[*columns.start];
    one.at = parse_instant(one.start);
    const auto volume = number_in(fields[*columns.volume]);
    if (!volume)
      return sched::Unexpected{
          wrong(line, fmt::format("volume `{}` is no number, 0 or more", fields[*columns.volume]))};
    one.volume = *volume;
    if (columns.aht) {
      const auto aht = config::parse_duration(fields[*columns.aht]);
      if (!aht) return sched::Unexpected{wrong(line, "aht: " + aht.error())};
      one.aht_s = static_cast<double>(aht->us) / 1e6;
    } else {
      const auto aht = number_in(fields[*columns.aht_s]);
      if (!aht)
        return sched::Unexpected{
            wrong(line, fmt::format("aht_s `{}` is no number of seconds", fields[*columns.aht_s]))};
      one.aht_s = *aht;
    }
    if (one.volume > 0 && !(one.aht_s > 0))
      return sched::Unexpected{wrong(line, "a handling time of 0 for calls that come: give it")};
    return one;
  }

  double gap_s(const Interval& before, const Interval& one) const {
    return static_cast<double>((*one.at - *before.at).us) / 1e6;
  }

  Done follows(const Interval& before, const Interval& one) const {
    if (!before.at || !one.at || gap_s(before, one) >= interval_s_ * (1 - 1e-9)) return {};
    return sched::Unexpected{wrong(
        one.line, fmt::format("begins {:g} s after the interval before it, which lasts {:g} s: "
                              "set --interval, or order the rows",
                              gap_s(before, one), interval_s_))};
  }

  /// Erlangs by interval: the stationary ones, or the largest of those carried over. After a gap in
  /// the starts the desk is taken to be empty.
  Done add_loads(std::vector<Interval>& intervals) const {
    for (Interval& one : intervals) one.load = one.volume / interval_s_ * one.aht_s;
    if (!carry_over_) return {};
    for (size_t from = 0; from < intervals.size();) {
      size_t to = from + 1;
      while (to < intervals.size() &&
             (!intervals[to].at || !intervals[to - 1].at ||
              gap_s(intervals[to - 1], intervals[to]) <= interval_s_ * (1 + 1e-9)))
        ++to;
      if (auto done = carry(intervals, from, to); !done) return done;
      from = to;
    }
    return {};
  }

  /// Each interval's calls have its own handling time, so their loads are carried on apart. Beyond
  /// forty mean handling times nothing is left of them.
  Done carry(std::vector<Interval>& intervals, size_t from, size_t to) const {
    constexpr size_t points = 8;
    std::vector<std::vector<double>> loads(to - from, std::vector<double>(points + 1, 0.0));
    for (size_t i = from; i < to; ++i) {
      if (intervals[i].volume == 0) continue;
      const auto service = sim::Distribution::exponential(intervals[i].aht_s);
      if (!service) return sched::Unexpected{explain(service.error())};
      const double reach = interval_s_ + 40 * intervals[i].aht_s;
      for (size_t j = i; j < to && static_cast<double>(j - i) * interval_s_ < reach; ++j) {
        for (size_t k = 0; k <= points; ++k) {
          const double t = interval_s_ * (static_cast<double>(j - i) +
                                          static_cast<double>(k) / static_cast<double>(points));
          const auto load = sim::offered_load_at({intervals[i].volume}, interval_s_, *service, t);
          if (!load) return sched::Unexpected{explain(load.error())};
          loads[j - from][k] += *load;
        }
      }
    }
    for (size_t i = from; i < to; ++i)
      intervals[i].load = *std::max_element(loads[i - from].begin(), loads[i - from].end());
    return {};
  }

  /// A target out of reach is the interval's problem; an input that makes no sense is the run's.
  Done staff_one(Interval& one) const {
    const double aht = one.aht_s > 0 ? one.aht_s : 1;
    const auto found = sim::staff(options_.demand(one.load / aht, aht), options_.target(),
                                  options_.shrinkage(), options_.agents_max());
    if (found) {
      one.staffing = *found;
      return {};
    }
    const auto kind = found.error().kind;
    if (kind != sim::Impossible::out_of_reach && kind != sim::Impossible::unstable &&
        kind != sim::Impossible::too_large)
      return sched::Unexpected{explain(found.error())};
    one.problem = found.error().text;
    return {};
  }

  static std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
    return result + "\"";
  }

  static std::string csv_of(const std::vector<Interval>& intervals) {
    std::string text =
        "start,volume,aht_s,offered_load,agents,scheduled,occupancy,p_wait,mean_wait_s,"
        "service_level,p_abandon,p_block,problem\n";
    for (const Interval& one : intervals) {
      text += fmt::format("{},{},{},{:.6g},", quoted(one.start), one.volume, one.aht_s, one.load);
      if (one.staffing) {
        const sim::Performance& with = one.staffing->with;
        text += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},", with.agents,
                            one.staffing->scheduled, with.occupancy, with.p_wait, with.mean_wait,
                            with.service_level, with.p_abandon, with.p_block);
      } else {
        text += ",,,,,,,,";
      }
      text += quoted(one.problem) + "\n";
    }
    return text;
  }

  std::string json_of(const std::vector<Interval>& intervals) const {
    Json rows = Json::array();
    for (const Interval& one : intervals) {
      Json row{{"start", one.start},
               {"volume", one.volume},
               {"aht_s", one.aht_s},
               {"offered_load", one.load}};
      if (one.staffing) {
        const sim::Performance& with = one.staffing->with;
        row.update({{"agents", with.agents},
                    {"scheduled_raw", one.staffing->scheduled_raw},
                    {"scheduled", one.staffing->scheduled},
                    {"occupancy", with.occupancy},
                    {"p_wait", with.p_wait},
                    {"mean_wait_s", with.mean_wait},
                    {"service_level", with.service_level},
                    {"p_abandon", with.p_abandon},
                    {"p_block", with.p_block}});
      } else {
        row["agents"] = nullptr;
        row["problem"] = one.problem;
      }
      rows.push_back(std::move(row));
    }
    const Json json{{"model", options_.model()},
                    {"interval_s", interval_s_},
                    {"carry_over", carry_over_},
                    {"shrinkage", options_.shrinkage()},
                    {"within_s", options_.target().threshold},
                    {"service_level_of", sim::name(options_.target().of)},
                    {"intervals", std::move(rows)}};
    return json.dump(1) + "\n";
  }

  std::string file_;
  std::string interval_text_ = "30m";
  double interval_s_ = 0.0;
  bool carry_over_ = false;
  PlanOptions options_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_plan_requirement() { return std::make_unique<PlanRequirement>(); }

}  // namespace paceline::tools
