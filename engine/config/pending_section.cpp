// [pending.REASON]: which clocks a pending reason pauses, for how long, and who is reminded.
#include <fmt/format.h>

#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr uint8_t reminders_default = 3;

/// `["resolution", "stage"]`, or "all".
std::optional<uint32_t> read_clocks(TableReader& table) {
  const Node::Member* member = table.find("pauses");
  if (member == nullptr) return std::nullopt;
  constexpr uint32_t all = (1U << desk::clock_kind_count) - 1;
  if (member->value.kind == Node::Kind::text) {
    if (member->value.text == "all") return all;
    table.error(code::wrong_value, member->value.line,
                fmt::format("pauses: write a list such as [{}], or \"all\"",
                            in_quotes(member->value.text)));
    return 0;
  }
  uint32_t clocks = 0;
  for (const size_t position : table.some_of("pauses", clock_names)) clocks |= 1U << position;
  return clocks;
}

std::optional<desk::Period> read_period(TableReader& table, std::string_view key,
                                        bool none_allowed) {
  const Node::Member* member = table.find(key);
  if (member == nullptr) return std::nullopt;
  if (none_allowed && member->value.kind == Node::Kind::text && member->value.text == "none")
    return desk::Period{};
  const auto period = table.period(key);
  if (period && period->none())
    table.error(code::wrong_duration, member->line,
                fmt::format("{} must be more than nothing{}", key,
                            none_allowed ? ": write \"none\" for no limit" : ""));
  return period;
}

PendingSection read_reason(const Node::Member& member, Diagnostics& diagnostics) {
  PendingSection section;
  const bool is_default = member.key == "default";
  if (!is_default) section.reason = member.key;
  section.line = member.line;
  TableReader table(member.value, member.line, "pending " + in_quotes(member.key), diagnostics);
  section.pauses = read_clocks(table);
  section.when = table.text("when").value_or("");
  if (is_default && section.pauses)
    table.error(code::wrong_value, table.find("pauses")->line,
                "default is for reasons without a table of their own, and pauses are stated reason "
                "by reason: move it to [pending.REASON]");
  if (!section.when.empty() && !section.pauses)
    table.error(code::missing, table.find("when")->line,
                "when limits pauses: add for example pauses = [\"resolution\"]");
  section.max_pause = read_period(table, "max_pause", true);
  section.remind_every = read_period(table, "remind_every", false);
  if (const auto reminders = table.integer("reminders", 1, 100))
    section.reminders = static_cast<uint8_t>(*reminders);
  else if (section.remind_every)
    section.reminders = reminders_default;
  for (const std::string_view key : {"when", "max_pause", "remind_every", "reminders"})
    if (const Node::Member* stated = table.find(key)) section.lines.emplace(key, stated->line);
  table.finish();
  return section;
}

}  // namespace

void read_pending(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  const Node::Member* member = file.find("pending");
  if (member == nullptr) return;
  if (member->value.kind != Node::Kind::table) {
    file.wrong_type("pending", member->value, "a table: write [pending.REASON]");
    return;
  }
  sections.has_desk_tables = true;
  for (const Node::Member& reason : member->value.members)
    sections.pending.push_back(read_reason(reason, diagnostics));
}

}  // namespace paceline::config
