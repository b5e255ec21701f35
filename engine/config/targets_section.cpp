// [targets] and [desk.NAME.targets]
#include <fmt/format.h>

#include "engine/config/sections.h"

namespace paceline::config {

std::vector<desk::FigureTarget> read_targets(const Node::Member& member, const std::string& subject,
                                             Diagnostics& diagnostics) {
  std::vector<desk::FigureTarget> targets;
  TableReader table(member.value, member.line, subject, diagnostics);
  if (member.value.kind != Node::Kind::table) return targets;  // reported
  for (const Node::Member& entry : member.value.members) {
    if (!desk::is_figure(entry.key)) {
      const std::string meant(desk::nearest(entry.key, desk::figure_ids));
      table.error(code::unknown_name, entry.line,
                  fmt::format("no figure {}{}", in_quotes(entry.key),
                              meant.empty() ? ": report kpi --json lists them"
                                            : fmt::format(": did you mean {}?", in_quotes(meant))));
    } else if (entry.value.kind != Node::Kind::text || !desk::read_band(entry.value.text)) {
      table.error(code::wrong_value, entry.line,
                  fmt::format("{} must say from where to where, as \"72%..80%\", \"95%..\" or "
                              "\"..5\"; durations are in hours",
                              entry.key));
    } else {
      targets.push_back({entry.key, entry.value.text});
    }
  }
  return targets;
}

}  // namespace paceline::config
