// `config explain`: every setting in force, and where it comes from.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/places.h"
#include "tools/commands.h"
#include "tools/config_facts.h"
#include "tools/config_file.h"
#include "tools/policy_text.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

std::string origin(uint32_t line) { return line == 0 ? "default" : fmt::format("line {}", line); }

/// One table of the file: what it says and what it leaves out.
struct Section {
  std::string title;
  std::string kind, name;  ///< As Places knows it.
  Facts facts;
};

class Explanation {
 public:
  Explanation(const ReadConfig& read, const std::string& file)
      : places_(read.text), loaded_(read.loaded), file_(file) {}

  std::string text() const {
    std::string text = section_text({"server", "server", "", facts_of(loaded_.server)}, "");
    for (const auto& [name, configuration] : loaded_.desks) {
      text += fmt::format("\ndesk {}\n", name);
      for (const Section& section : sections(name, configuration))
        text += "\n" + section_text(section, name);
      text += "\n" + matrix_text(name, configuration.settings);
      for (const desk::PolicyDefinition& policy : configuration.policies)
        text += "\n" +
                policy_text(policy, configuration.settings,
                            fmt::format(" (line {})", places_.line("policy", policy.name, name)));
    }
    return text;
  }

  Json json() const {
    Json json{{"file", file_},
              {"server", section_json({"server", "server", "", facts_of(loaded_.server)}, "")},
              {"desks", Json::array()}};
    for (const auto& [name, configuration] : loaded_.desks) {
      Json desk{{"name", name},
                {"sections", Json::array()},
                {"pause_matrix", Json::array()},
                {"policies", Json::array()}};
      for (const Section& section : sections(name, configuration))
        desk["sections"].push_back(section_json(section, name));
      for (const desk::PauseRule& rule : configuration.settings.pauses) {
        Json clocks = Json::array();
        for (size_t kind = 0; kind < clock_words.size(); ++kind)
          if ((rule.clocks >> kind & 1U) != 0) clocks.push_back(clock_words[kind]);
        desk["pause_matrix"].push_back({{"reason", rule.reason},
                                        {"clocks", std::move(clocks)},
                                        {"when", rule.when},
                                        {"line", line_json(pause_line(rule, name))}});
      }
      for (const desk::PolicyDefinition& policy : configuration.policies) {
        Json each = policy_json(policy, configuration.settings);
        each["line"] = places_.line("policy", policy.name, name);
        desk["policies"].push_back(std::move(each));
      }
      json["desks"].push_back(std::move(desk));
    }
    return json;
  }

 private:
  static Json line_json(uint32_t line) { return line == 0 ? Json(nullptr) : Json(line); }

  std::vector<Section> sections(const std::string& name,
                                const desk::Configuration& configuration) const {
    const desk::DeskSettings& settings = configuration.settings;
    std::vector<Section> list;
    list.push_back({"settings", "desk", name, facts_of(settings)});
    list.push_back({"priority, by urgency high, medium, low", "priority.matrix", "",
                    facts_of(settings.matrix)});
    for (const bool of_item : {true, false}) {
      Facts facts;
      for (const desk::Criticality& each : configuration.criticalities)
        if (each.of_config_item == of_item)
          facts.emplace_back(each.name, level_words[static_cast<size_t>(each.impact)]);
      const std::string kind = of_item ? "criticality.config_item" : "criticality.service";
      if (!facts.empty()) list.push_back({kind, kind, "", std::move(facts)});
    }
    for (const desk::ReferencedObject& object : configuration.objects) {
      const std::string kind(desk::object_kind_names[static_cast<size_t>(object.kind)]);
      list.push_back({kind + " " + object.name, kind, object.name,
                      Facts(object.attributes.begin(), object.attributes.end())});
    }
    for (const desk::PendingRule& rule : settings.pending) {
      const std::string reason = rule.reason.empty() ? "default" : rule.reason;
      list.push_back({"pending " + reason, "pending", reason, facts_of(rule)});
    }
    for (const sched::CalendarSpec& spec : configuration.calendars)
      list.push_back({"calendar " + spec.name, "calendar", spec.name, facts_of(spec)});
    for (const desk::QueueDefinition& queue : configuration.queues)
      list.push_back({"queue " + queue.name, "queue", queue.name, facts_of(queue)});
    for (const desk::RouteRule& route : configuration.routes) {
      const bool named = !route.name.starts_with("route ");
      list.push_back(
          {named ? "route " + route.name : route.name, "route", route.name, facts_of(route)});
    }
    for (const desk::AgentDefinition& agent : configuration.agents)
      list.push_back({"agent " + agent.name, "agent", agent.name, facts_of(agent)});
    if (!settings.work.empty())
      list.push_back({"work, the first that matches", "work", "", work_facts(settings)});
    if (settings.survey.questions != 0)
      list.push_back({"survey", "survey", name, survey_facts(settings)});
    if (!settings.away_codes.empty())
      list.push_back({"away codes", "away", "", away_facts(settings)});
    if (!settings.targets.empty())
      list.push_back({"targets", "targets", "", target_facts(settings)});
    return list;
  }

  /// Of the days of a calendar `week` speaks; kinds of work and away codes have tables of their
  /// own.
  uint32_t line_of(const Section& section, const std::string& key, const std::string& desk) const {
    if (section.name.empty() && (section.kind == "work" || section.kind == "away"))
      return places_.line(section.kind, key, desk);
    const uint32_t line = places_.key_line(section.kind, section.name, key, desk);
    if (line == 0 && section.kind == "targets") return places_.key_line("targets", "", key);
    const bool is_day = section.kind == "calendar" && key.size() == 3;
    return line == 0 && is_day ? places_.key_line(section.kind, section.name, "week", desk) : line;
  }

  std::string section_text(const Section& section, const std::string& desk) const {
    Table table({"", "", ""});
    for (const auto& [key, value] : section.facts)
      table.row({key, value, origin(line_of(section, key, desk))});
    return section.title + "\n" + table.text();
  }

  Json section_json(const Section& section, const std::string& desk) const {
    Json settings = Json::array();
    for (const auto& [key, value] : section.facts)
      settings.push_back(
          {{"key", key}, {"value", value}, {"line", line_json(line_of(section, key, desk))}});
    return {{"title", section.title},
            {"line", line_json(places_.line(section.kind, section.name, desk))},
            {"settings", std::move(settings)}};
  }

  uint32_t pause_line(const desk::PauseRule& rule, const std::string& desk) const {
    return places_.key_line("pending", rule.reason, "pauses", desk);
  }

  std::string matrix_text(const std::string& name, const desk::DeskSettings& settings) const {
    std::vector<std::string> headings = {"pauses on"};
    headings.insert(headings.end(), clock_words.begin(), clock_words.end());
    headings.insert(headings.end(), {"where", "from"});
    Table table(headings);
    for (const desk::PauseRule& rule : settings.pauses) {
      std::vector<std::string> row = {rule.reason};
      for (size_t kind = 0; kind < clock_words.size(); ++kind)
        row.emplace_back((rule.clocks >> kind & 1U) != 0 ? "pauses" : "–");
      row.insert(row.end(), {rule.when, origin(pause_line(rule, name))});
      table.row(std::move(row));
    }
    return table.text();
  }

  config::Places places_;
  const config::Loaded& loaded_;
  std::string file_;
};

class ConfigExplain final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    const auto read = read_config_quietly(file_, terminal);
    if (!read) return sched::Unexpected{read.error()};
    for (const std::string& warning : read->loaded.warnings) terminal.message(warning);
    const Explanation explanation(*read, file_);
    terminal.data(json_ ? explanation.json().dump(1) + "\n" : explanation.text());
    return {};
  }

 private:
  std::string file_;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_config_explain() { return std::make_unique<ConfigExplain>(); }

}  // namespace paceline::tools
