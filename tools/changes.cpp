#include "tools/changes.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/clock_show.h"
#include "tools/json_views.h"
#include "tools/paging.h"

namespace paceline::tools {

Got<std::vector<desk::ClockChange>> gather_changes(OpenedDesk& desk, desk::Query query,
                                                   std::string_view about,
                                                   const Terminal& terminal) {
  query.limit = 1'000;
  std::vector<desk::ClockChange> changes;
  Progress progress(terminal, "looking", "changes", 0);
  const auto more = for_each_page(desk, query, about, [&](desk::Answer& answer) {
    for (desk::ClockChange& change : answer.changes) changes.push_back(std::move(change));
    progress.update(changes.size());
    return true;
  });
  progress.finish();
  if (!more) return sched::Unexpected{more.error()};
  return changes;
}

void show_changes(const std::vector<desk::ClockChange>& changes, bool json,
                  const Terminal& terminal) {
  if (!json) {
    if (!changes.empty()) terminal.data(changes_table(changes));
    return;
  }
  for (const desk::ClockChange& change : changes) terminal.data(change_json(change).dump() + "\n");
}

std::string count_text(const std::vector<desk::ClockChange>& changes) {
  const size_t tickets = tickets_of(changes).size();
  return fmt::format("{} {} of {} {}", changes.size(), changes.size() == 1 ? "clock" : "clocks",
                     tickets, tickets == 1 ? "ticket" : "tickets");
}

std::vector<uint64_t> tickets_of(const std::vector<desk::ClockChange>& changes) {
  std::vector<uint64_t> tickets;
  for (const desk::ClockChange& change : changes)
    if (tickets.empty() || tickets.back() != change.ticket) tickets.push_back(change.ticket);
  return tickets;
}

}  // namespace paceline::tools
