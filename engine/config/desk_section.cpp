// [desk.NAME]
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {
namespace {

bool is_desk_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || c == '-' || c == '.';
    if (!plain) return false;
  }
  return true;
}

void read_strict(TableReader& desk, std::vector<sched::Priority>& strict) {
  if (desk.find("strict") == nullptr) return;
  strict.clear();
  for (const size_t position : desk.some_of("strict", priority_names))
    strict.push_back(static_cast<sched::Priority>(position + 1));
}

void read_ramp(TableReader& desk, Diagnostics& diagnostics, desk::DeskSettings& settings) {
  const Node::Member* member = desk.find("ramp");
  if (member == nullptr) return;
  TableReader ramp(member->value, member->line, desk.subject() + ": ramp", diagnostics);
  for (const auto& [key, example] : {std::pair("items", "items = 3"), {"for", "for = \"15m\""}})
    if (ramp.find(key) == nullptr)
      ramp.error(code::missing, member->line,
                 fmt::format("{} is missing: add for example {}", key, example));
  if (const auto items = ramp.integer("items", 1, 1'000))
    settings.ramp_items = static_cast<uint32_t>(*items);
  if (const auto span_us = ramp.positive_us("for")) settings.ramp_us = *span_us;
  ramp.finish();
}

void read_occupancy(TableReader& desk, Diagnostics& diagnostics, desk::DeskSettings& settings) {
  const Node::Member* member = desk.find("occupancy");
  if (member == nullptr) return;
  TableReader band(member->value, member->line, desk.subject() + ": occupancy", diagnostics);
  if (const auto low = band.share("low")) settings.occupancy_low_milli = *low;
  if (const auto high = band.share("high")) settings.occupancy_high_milli = *high;
  if (settings.occupancy_low_milli >= settings.occupancy_high_milli)
    band.error(code::wrong_value, member->line,
               fmt::format("low is {} and high {}: a band goes from a lower share to a higher one",
                           percent_text(settings.occupancy_low_milli),
                           percent_text(settings.occupancy_high_milli)));
  band.finish();
}

void read_routing(TableReader& desk, Diagnostics& diagnostics, desk::DeskSettings& settings) {
  if (desk.find("coordinator_queue") != nullptr)
    settings.coordinator_queue = desk.required_text("coordinator_queue", "coordination");
  if (const auto takes = desk.one_of("takes", takes_names))
    settings.best_suited_first = *takes == 1;
  if (const auto share = desk.share("aged_share")) settings.aged_share_milli = *share;
  if (const auto wait_us = desk.positive_us("max_wait")) settings.max_wait_us = *wait_us;
  if (const auto language = desk.one_of("language", language_rule_names))
    settings.language = static_cast<desk::LanguageRule>(*language);
  if (const auto share = desk.share("pending_share")) settings.pending_share_milli = *share;
  if (const auto offers = desk.integer("no_response_after", 1, 100))
    settings.no_response_after = static_cast<uint8_t>(*offers);
  if (const auto lead = desk.duration("drain_lead")) settings.drain_lead_us = lead->us;
  read_ramp(desk, diagnostics, settings);
  read_occupancy(desk, diagnostics, settings);
  read_survey(desk, diagnostics, settings.survey);
}

DeskSection read_desk(const Node::Member& member, Diagnostics& diagnostics) {
  DeskSection section;
  section.name = member.key;
  section.line = member.line;
  TableReader desk(member.value, member.line, fmt::format("desk {}", in_quotes(member.key)),
                   diagnostics);
  if (!is_desk_name(member.key))
    desk.error(code::wrong_value, member.line,
               "a desk's name has 1 to 64 letters, digits, \"_\", \"-\" or \".\"");
  desk::DeskSettings& settings = section.settings;
  settings.calendar = desk.text("calendar").value_or("");
  if (const auto period = desk.period("auto_close")) settings.auto_close = *period;
  if (const auto period = desk.period("reopen_window")) settings.reopen_window = *period;
  if (const auto after = desk.duration("stale_after")) settings.stale_after_us = after->us;
  if (const auto oldest = desk.duration("max_backdate")) settings.max_backdate_us = oldest->us;
  if (desk.find("triage_queue") != nullptr)
    settings.triage_queue = desk.required_text("triage_queue", "triage");
  read_strict(desk, settings.strict);
  read_routing(desk, diagnostics, settings);
  if (const Node::Member* targets = desk.find("targets"))
    settings.targets = read_targets(*targets, desk.subject() + ": targets", diagnostics);
  for (const std::string_view key :
       {"calendar", "auto_close", "reopen_window", "coordinator_queue", "survey"})
    if (const Node::Member* stated = desk.find(key)) section.lines.emplace(key, stated->line);
  desk.finish();
  return section;
}

}  // namespace

void read_desks(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  const Node::Member* member = file.find("desk");
  if (member == nullptr) return;
  if (member->value.kind != Node::Kind::table) {
    file.wrong_type("desk", member->value, "a table: write [desk.NAME]");
    return;
  }
  for (const Node::Member& desk : member->value.members)
    sections.desks.push_back(read_desk(desk, diagnostics));
}

}  // namespace paceline::config
