// `config diff`: what changes from one file to another, in meaning and not in letters.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tools/calendar_file.h"
#include "tools/commands.h"
#include "tools/config_changes.h"
#include "tools/config_file.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const ConfigChange& change) {
  Json fields = Json::array();
  for (const ConfigChange::Field& field : change.fields)
    fields.push_back({{"key", field.key}, {"before", field.before}, {"after", field.after}});
  return {{"kind", change.kind},
          {"name", change.name},
          {"change", word_of(change.how)},
          {"fields", std::move(fields)},
          {"effects", change.effects}};
}

class ConfigDiff final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("OLD", old_file_, "Configuration file (TOML)")->required();
    app.add_option("NEW", new_file_, "Configuration file (TOML)")->required();
    app.add_flag("--json", json_, "Print as JSON");
    app.footer("Exit code 0 whether they differ or not: --json says \"equal\".");
  }

  Done run(const Terminal& terminal) override {
    const auto before = read_config_quietly(old_file_, terminal);
    if (!before) return sched::Unexpected{before.error()};
    const auto after = read_config_quietly(new_file_, terminal);
    if (!after) return sched::Unexpected{after.error()};
    const sched::Instant now = machine_now();
    add("", changes_between(before->loaded.server, after->loaded.server));
    const auto find = [](const ReadConfig& read, const std::string& name) {
      const auto& desks = read.loaded.desks;
      const auto found = std::find_if(desks.begin(), desks.end(),
                                      [&](const auto& each) { return each.first == name; });
      return found == desks.end() ? nullptr : &found->second;
    };
    for (const auto& [name, configuration] : before->loaded.desks) {
      const desk::Configuration* newer = find(*after, name);
      if (newer == nullptr)
        add(name, {{"desk", name, ConfigChange::How::removed, {}, {"a desk stays as it is"}}});
      else
        add(name, changes_between(configuration, *newer, now));
    }
    for (const auto& [name, configuration] : after->loaded.desks)
      if (find(*before, name) == nullptr)
        add(name, {{"desk", name, ConfigChange::How::added, {}, {"with config put --create"}}});
    if (json_) {
      terminal.data(Json{{"old", old_file_},
                         {"new", new_file_},
                         {"equal", json_changes_.empty()},
                         {"changes", json_changes_}}
                        .dump(1) +
                    "\n");
    } else {
      terminal.data(text_.empty() ? "no difference\n" : text_);
    }
    return {};
  }

 private:
  void add(const std::string& desk, const std::vector<ConfigChange>& changes) {
    if (!changes.empty() && !desk.empty())
      text_ += fmt::format("{}desk {}\n", text_.empty() ? "" : "\n", desk);
    for (const ConfigChange& change : changes) {
      text_ += text_of(change);
      Json json = json_of(change);
      json["desk"] = desk.empty() ? Json(nullptr) : Json(desk);
      json_changes_.push_back(std::move(json));
    }
  }

  std::string old_file_, new_file_;
  bool json_ = false;
  std::string text_;
  Json json_changes_ = Json::array();
};

}  // namespace

std::unique_ptr<Subcommand> make_config_diff() { return std::make_unique<ConfigDiff>(); }

}  // namespace paceline::tools
