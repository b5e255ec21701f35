// `policy check`: what the policies of a configuration file mean, with everything they leave out.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/target.h"
#include "engine/config/units.h"
#include "tools/clock_show.h"
#include "tools/commands.h"
#include "tools/config_file.h"
#include "tools/policy_words.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

std::string target_text(const desk::Target& target) {
  std::string text = config::print(target);
  if (target.kind == desk::TargetKind::end_of_business_day)
    text += fmt::format(", a start from {:02}:{:02} on counts as the next day's",
                        target.cut_off_s / 3'600, target.cut_off_s / 60 % 60);
  return text;
}

std::string rung_place(const desk::Rung& rung) {
  return rung.share_bp != 0 ? percent(rung.share_bp)
                            : config::print(sched::BusinessDuration{rung.before_us}) + " before";
}

std::string repetition_text(const desk::Rung& rung) {
  if (rung.repeat_us == 0) return "";
  std::string text = "every " + config::print(sched::BusinessDuration{rung.repeat_us});
  if (rung.repeat_max != 0) text += fmt::format(", {} times", rung.repeat_max);
  return text;
}

std::string ladder_table(const std::vector<desk::Rung>& rungs) {
  Table table({">rung", "at", "action", "notifies", "in", "repeats"});
  size_t number = 0;
  for (const desk::Rung& rung : rungs) {
    std::string action;
    if (rung.acts()) action = word(rung_action_words, static_cast<uint8_t>(rung.action));
    if (!rung.queue.empty()) action += " " + rung.queue;
    table.row({std::to_string(++number), rung_place(rung), action,
               fmt::format("{}", fmt::join(rung.notify, ", ")), rung.calendar,
               repetition_text(rung)});
  }
  return table.text();
}

std::string policy_text(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings) {
  std::string text = fmt::format("policy {}\n", policy.name);
  Table table({"", ""});
  table.row({"clock", clock_name(policy.clock, policy.label)});
  table.row({"target", target_text(policy.target)});
  table.row({"calendar", policy.calendar});
  table.row({"when", policy.when.empty() ? "always" : policy.when});
  for (const PolicyCondition& condition : conditions_of(policy))
    table.row({std::string(condition.key),
               condition.stated ? condition.text : condition.text + "  (default)"});
  table.row({"pauses on", pauses_text(policy, settings)});
  if (policy.clock == desk::ClockKind::response) table.row({"counts", counts_text(policy)});
  for (const auto& [key, value] : rules_of(policy)) table.row({key, value});
  text += table.text();
  if (!policy.rungs.empty()) text += ladder_table(policy.rungs);
  return text;
}

ordered_json rung_json(const desk::Rung& rung) {
  return {{"share_bp", rung.share_bp == 0 ? ordered_json(nullptr) : ordered_json(rung.share_bp)},
          {"before_us", rung.share_bp == 0 ? ordered_json(rung.before_us) : ordered_json(nullptr)},
          {"action", word(rung_action_words, static_cast<uint8_t>(rung.action))},
          {"notify", rung.notify},
          {"queue", rung.queue},
          {"calendar", rung.calendar},
          {"repeat_us", rung.repeat_us},
          {"repeat_max", rung.repeat_max}};
}

ordered_json policy_json(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings) {
  ordered_json json{{"name", policy.name},
                    {"clock", word(clock_words, static_cast<uint8_t>(policy.clock))},
                    {"label", policy.label},
                    {"target", config::print(policy.target)},
                    {"cut_off_s", policy.target.cut_off_s},
                    {"calendar", policy.calendar},
                    {"when", policy.when},
                    {"conditions", ordered_json::object()},
                    {"pauses_on", pauses_text(policy, settings)},
                    {"bot_counts", policy.bot_counts},
                    {"automatic_counts", policy.automatic_counts},
                    {"rungs", ordered_json::array()}};
  for (const PolicyCondition& condition : conditions_of(policy))
    json["conditions"][std::string(condition.key)] = {{"text", condition.text},
                                                      {"stated", condition.stated}};
  for (const auto& [key, value] : rules_of(policy)) json[key] = value;
  for (const desk::Rung& rung : policy.rungs) json["rungs"].push_back(rung_json(rung));
  return json;
}

class PolicyCheck final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("--config", file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto loaded = read_config(file_, terminal);
    if (!loaded) return sched::Unexpected{loaded.error()};
    std::string text;
    ordered_json json{{"file", file_}, {"desks", ordered_json::array()}};
    for (const auto& [name, configuration] : loaded->desks) {
      ordered_json desk{{"name", name}, {"policies", ordered_json::array()}};
      text += fmt::format("{}desk {}: {} policies\n", text.empty() ? "" : "\n", name,
                          configuration.policies.size());
      for (const desk::PolicyDefinition& policy : configuration.policies) {
        if (json_)
          desk["policies"].push_back(policy_json(policy, configuration.settings));
        else
          text += "\n" + policy_text(policy, configuration.settings);
      }
      json["desks"].push_back(std::move(desk));
    }
    terminal.data(json_ ? json.dump(1) + "\n" : text);
    return {};
  }

 private:
  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_policy_check() { return std::make_unique<PolicyCheck>(); }

}  // namespace paceline::tools
