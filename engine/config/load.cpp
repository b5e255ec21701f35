#include "engine/config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/config/diagnostics.h"
#include "engine/config/document.h"
#include "engine/config/routing_words.h"
#include "engine/config/sections.h"
#include "engine/config/table_reader.h"

namespace paceline::config {
namespace {

// Shared entries are copied to every desk; these bound the copies of a hostile file.
constexpr size_t desks_max = 1'000;
constexpr size_t desk_bytes_max = 64 << 20;
constexpr size_t desk_calendars_max = 16'384;

Sections read_sections(const Node& document, Diagnostics& diagnostics, sched::Instant now,
                       std::string_view tzdata) {
  Sections sections;
  TableReader file(document, 0, "", diagnostics);
  read_server(file, diagnostics, sections);
  read_desks(file, diagnostics, sections);
  read_calendars(file, diagnostics, now, tzdata, sections);
  read_priority(file, diagnostics, sections);
  read_criticality(file, diagnostics, sections);
  read_objects(file, diagnostics, sections);
  read_pending(file, diagnostics, sections);
  read_routes(file, diagnostics, sections);
  read_policies(file, diagnostics, sections);
  read_queues(file, diagnostics, sections);
  read_agents(file, diagnostics, sections);
  read_work(file, diagnostics, sections);
  read_away(file, diagnostics, sections);
  if (const Node::Member* targets = file.find("targets")) {
    sections.has_desk_tables = true;
    sections.targets = read_targets(*targets, "targets", diagnostics);
  }
  file.finish();
  if (sections.desks.empty() && sections.has_desk_tables) {
    DeskSection main;
    main.name = "main";
    sections.desks.push_back(std::move(main));
  }
  return sections;
}

template <class T>
std::string called(const T& value) {
  return in_quotes(value.name);
}
std::string called(const desk::WorkRule& rule) { return "for " + selector_text(rule); }

/// `desk = "emea"` of an entry must name a desk of the file.
template <class T>
void check_owners(const std::vector<Entry<T>>& entries, std::string_view kind,
                  const std::vector<std::string_view>& desks, Diagnostics& diagnostics) {
  for (const Entry<T>& entry : entries) {
    if (entry.desk.empty() || diagnostics.full()) continue;
    if (std::find(desks.begin(), desks.end(), entry.desk) != desks.end()) continue;
    diagnostics.error(code::unknown_name, entry.line,
                      fmt::format("{} {}: no desk {}{}", kind, called(entry.value),
                                  in_quotes(entry.desk), desk::suggestion(entry.desk, desks)));
  }
}

bool too_large(const Sections& sections, size_t text_size, Diagnostics& diagnostics) {
  const size_t desks = sections.desks.size();
  if (desks <= desks_max && desks * text_size <= desk_bytes_max &&
      desks * sections.calendars.size() <= desk_calendars_max)
    return false;
  diagnostics.error(code::wrong_value, sections.desks.back().line,
                    fmt::format("{} desks share a file of {} bytes, too much for one file: split "
                                "it by desk",
                                desks, text_size));
  return true;
}

}  // namespace

std::string shown(const ConfigError& error) {
  const std::string place =
      error.line == 0 ? error.file : fmt::format("{}:{}", error.file, error.line);
  return fmt::format("{}: {} {}", place, error.code, error.message);
}

LoadResult load_text(std::string_view text, std::string_view file, sched::Instant now,
                     std::string_view tzdata) {
  Diagnostics diagnostics(file);
  const auto document = parse_document(text);
  if (!document) {
    diagnostics.error(code::syntax, document.error().line, document.error().message);
    return sched::Unexpected{diagnostics.take_errors()};
  }
  const Sections sections = read_sections(*document, diagnostics, now, tzdata);

  Loaded loaded;
  loaded.server = sections.server;
  if (!too_large(sections, text.size(), diagnostics)) {
    std::vector<std::string_view> desks;
    for (const DeskSection& desk : sections.desks) desks.push_back(desk.name);
    check_owners(sections.routes, "route", desks, diagnostics);
    check_owners(sections.policies, "policy", desks, diagnostics);
    check_owners(sections.queues, "queue", desks, diagnostics);
    check_owners(sections.agents, "agent", desks, diagnostics);
    check_owners(sections.away, "away", desks, diagnostics);
    check_owners(sections.work, "work", desks, diagnostics);
    for (const DeskSection& desk : sections.desks)
      loaded.desks.emplace_back(desk.name, configuration_of(desk, sections, diagnostics));
  }
  if (diagnostics.failed()) return sched::Unexpected{diagnostics.take_errors()};
  loaded.noted = diagnostics.warnings();
  loaded.warnings = diagnostics.take_warnings();
  return loaded;
}

sched::Expected<std::string, std::vector<ConfigError>> read_text(const std::string& path) {
  const auto unreadable = [&](std::string message) {
    return sched::Unexpected{
        std::vector<ConfigError>{{std::string(code::unreadable), path, 0, std::move(message)}}};
  };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error == std::errc::permission_denied)  // on a folder of the path
    return unreadable("the file cannot be read: check its permissions");
  if (!std::filesystem::exists(status)) return unreadable("there is no such file: check the path");
  if (std::filesystem::is_directory(status))
    return unreadable("this is a folder: name a TOML file in it");
  std::ifstream in(path, std::ios::binary);
  std::string text(text_size_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in && !in.eof()) return unreadable("the file cannot be read: check its permissions");
  text.resize(static_cast<size_t>(in.gcount()));
  return text;
}

LoadResult load_file(const std::string& path, sched::Instant now, std::string_view tzdata) {
  const auto text = read_text(path);
  if (!text) return sched::Unexpected{text.error()};
  return load_text(*text, path, now, tzdata);
}

}  // namespace paceline::config
