// `plan validate`: every case of a file of reference cases, computed and compared.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>

#include "tools/commands.h"
#include "tools/plan_cases.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

constexpr size_t file_size_max = size_t{64} << 20;

/// The cases of a file: an array, or an object with one under "cases".
Got<Json> cases_in(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return sched::Unexpected{file_failed(errno, path + ": cannot be read")};
  std::string text;
  char buffer[1 << 16];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    text.append(buffer, static_cast<size_t>(file.gcount()));
    if (text.size() > file_size_max)
      return sched::Unexpected{not_valid(path + ": larger than 64 MiB: split it")};
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return sched::Unexpected{not_valid(path + ": is no JSON")};
  if (json.is_object() && json.contains("cases")) json = Json(json["cases"]);
  if (!json.is_array())
    return sched::Unexpected{
        not_valid(path + ": holds no cases: write an array, or an object with an array `cases`")};
  return json;
}

class PlanValidate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("CASES", file_, "File of reference cases (JSON)")->required();
    app.add_option("--only", only_, "Only cases whose id begins so");
    app.add_flag("--simulate", simulate_,
                 "Simulate what formulas answer, too, through the production dispatcher");
    app.add_option("--effort", effort_.of_usual,
                   "Times as many simulated customers and days as usual")
        ->check(CLI::Range(0.001, 10'000.0));
    app.add_option("--seed", effort_.seed, "Of what is simulated");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto cases = cases_in(file_);
    if (!cases) return sched::Unexpected{cases.error()};
    CaseFamilies families = known_families(effort_);
    if (simulate_) add_simulated_twins(families, effort_);
    Json rows = Json::array();
    Progress progress(terminal, "validate", "cases", cases->size());
    for (const Json& one : *cases) {
      if (!wanted(one)) continue;
      rows.push_back(families.judge(one));
      progress.update(rows.size());
    }
    progress.finish();
    terminal.data(json_ ? rows.dump(1) + "\n" : text_of(rows));
    const auto failed = static_cast<size_t>(std::count_if(
        rows.begin(), rows.end(), [](const Json& row) { return row["verdict"] == "fail"; }));
    if (failed == 0) return {};
    return sched::Unexpected{not_valid(fmt::format("{} of {} cases fail", failed, rows.size()))};
  }

 private:
  bool wanted(const Json& one) const {
    if (only_.empty()) return true;
    return one.is_object() && one.contains("id") && one["id"].is_string() &&
           one["id"].get<std::string>().starts_with(only_);
  }

  /// How simulated figures lie about what was expected: as a normal's numbers, if all is right.
  static std::string scores_of(const Json& rows) {
    double count = 0, sum = 0, squares = 0, outside = 0;
    for (const Json& row : rows) {
      if (!row.contains("z_scores")) continue;
      for (const double z : row["z_scores"].get<std::vector<double>>()) {
        ++count;
        sum += z;
        squares += z * z;
        outside += std::abs(z) > 2.5758 ? 1 : 0;
      }
    }
    if (count == 0) return {};
    return fmt::format(
        "{:.0f} simulated figures: z-scores of mean {:.2f}, variance {:.2f}; {:.0f} ({:.1f} %) "
        "outside their own 99 % interval\n",
        count, sum / count, squares / count - sum * sum / (count * count), outside,
        outside / count * 100);
  }

  static std::string text_of(const Json& rows) {
    struct Count {
      size_t all = 0, pass = 0, fail = 0, unsupported = 0;
      double worst = 0;
      std::string reason;
    };
    std::map<std::string, Count> families;
    std::string failures;
    Count sum;
    for (const Json& row : rows) {
      Count& count = families[row["family"].get<std::string>()];
      const auto verdict = row["verdict"].get<std::string>();
      for (Count* each : {&count, &sum}) {
        ++each->all;
        ++(verdict == "pass" ? each->pass : verdict == "fail" ? each->fail : each->unsupported);
      }
      if (row.contains("difference"))
        count.worst = std::max(count.worst, row["difference"].get<double>());
      const std::string reason = row.value("reason", "");
      if (verdict == "unsupported") count.reason = reason;
      if (verdict == "fail")
        failures += fmt::format("{}: {}\n", row["id"].get<std::string>(), reason);
    }
    Table table({"family", ">cases", ">pass", ">fail", ">unsupported", ">worst difference", ""});
    for (const auto& [family, count] : families)
      table.row({family, std::to_string(count.all), std::to_string(count.pass),
                 std::to_string(count.fail), std::to_string(count.unsupported),
                 count.pass + count.fail > 0 ? fmt::format("{:.1e}", count.worst) : "",
                 count.reason});
    table.row({"all", std::to_string(sum.all), std::to_string(sum.pass), std::to_string(sum.fail),
               std::to_string(sum.unsupported), "", ""});
    return table.text() + failures + scores_of(rows);
  }

  std::string file_, only_;
  bool json_ = false;
  bool simulate_ = false;
  Effort effort_;
};

}  // namespace

std::unique_ptr<Subcommand> make_plan_validate() { return std::make_unique<PlanValidate>(); }

}  // namespace paceline::tools
