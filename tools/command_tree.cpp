#include "tools/command_tree.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>

namespace paceline::tools {

namespace {

/// "sync,none" of "{sync,none}".
std::vector<std::string> members_of(std::string_view set) {
  std::vector<std::string> members;
  set = set.substr(1, set.size() - 2);
  while (!set.empty()) {
    const size_t comma = std::min(set.find(','), set.size());
    members.emplace_back(set.substr(0, comma));
    set.remove_prefix(std::min(comma + 1, set.size()));
  }
  return members;
}

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription described;
  described.positional = option.get_positional();
  if (described.positional) {
    described.names = {option.get_name(true)};
  } else {
    for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  }
  if (option.get_items_expected_max() != 0) {
    // "TEXT:{a,b}": the type, then what its check says.
    const std::string type = option.get_type_name();
    const size_t colon = std::min(type.find(':'), type.size());
    described.value = type.substr(0, colon);
    const std::string check = type.substr(std::min(colon + 1, type.size()));
    if (check.starts_with('{') && check.ends_with('}')) {
      described.choices = members_of(check);
    } else {
      described.limits = check;
    }
    if (described.value.empty()) described.value = "VALUE";
  }
  described.summary = option.get_description();
  described.environment = option.get_envname();
  described.otherwise = option.get_default_str();
  described.required = option.get_required();
  described.repeated = option.get_expected_max() > 1;
  return described;
}

}  // namespace

std::string_view CommandDescription::verb() const {
  const size_t blank = path.find(' ');
  return blank == std::string::npos ? std::string_view() : std::string_view(path).substr(blank + 1);
}

CommandDescription describe_command(std::string_view path, const CLI::App& app) {
  CommandDescription described{std::string(path), app.get_description(), {}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) described.options.push_back(describe_option(*option));
  }
  std::stable_partition(described.options.begin(), described.options.end(),
                        [](const OptionDescription& option) { return option.positional; });
  return described;
}

}  // namespace paceline::tools
