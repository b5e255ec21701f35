// What a replay of a ServiceNow log should report, computed from the rows alone.
//
// Slow and obvious: no desk, no events, no commands. The definitions are spelled out where they
// are computed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace paceline::models {

struct LogRow {
  std::string ticket, state, group;  ///< `group` empty: null.
  int64_t updated_us = 0;
  int64_t opened_us = 0;
  int priority = 0;
};

struct Durations {
  size_t n = 0;
  int64_t p50 = 0, p90 = 0, p99 = 0;
  bool operator==(const Durations&) const = default;
};

struct LogFigures {
  size_t tickets = 0;
  std::map<int, size_t> priority;
  std::map<int, Durations> resolution;  ///< Key 0: all.
  std::map<std::string, int64_t> state_us;
  size_t moves = 0, moved = 0, pingpong = 0, pingponged = 0;
  size_t reopens = 0, reopened = 0, closed_reopened = 0;
  std::map<std::string, size_t> backlog;
  size_t backlog_total = 0;
};

/// x[ceil(p·n)], counted from 1.
inline Durations durations_of(std::vector<int64_t> x) {
  std::sort(x.begin(), x.end());
  const auto rank = [&](size_t percent) {
    size_t at = x.size() * percent / 100;
    if (at * 100 < x.size() * percent) ++at;
    return x[at - 1];
  };
  return {x.size(), rank(50), rank(90), rank(99)};
}

/// `backlog_at_us`: the instant of the backlog.
inline LogFigures figures_of(std::vector<LogRow> rows, int64_t backlog_at_us) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const LogRow& a, const LogRow& b) { return a.updated_us < b.updated_us; });
  std::map<std::string, std::vector<LogRow>> tickets;
  for (const LogRow& row : rows) tickets[row.ticket].push_back(row);

  LogFigures figures;
  figures.tickets = tickets.size();
  std::map<int, std::vector<int64_t>> resolution;
  for (const auto& [number, of] : tickets) {
    const LogRow& newest = of.back();
    ++figures.priority[newest.priority];

    // Last Resolved row − opened_at, of tickets that have a Resolved row. opened_at is the one
    // known when the ticket was first seen.
    for (size_t i = of.size(); i-- > 0;) {
      if (of[i].state != "Resolved") continue;
      const int64_t took = of[i].updated_us - of.front().opened_us;
      resolution[0].push_back(took);
      resolution[newest.priority].push_back(took);
      break;
    }

    // From one row of a ticket to its next, by the state of the earlier row.
    for (size_t i = 0; i + 1 < of.size(); ++i) {
      figures.state_us[of[i].state] += of[i + 1].updated_us - of[i].updated_us;
    }

    // Changes of group; nulls skipped, repeats collapsed; there and back is A-B-A.
    std::vector<std::string> groups;
    for (const LogRow& row : of) {
      if (!row.group.empty() && (groups.empty() || groups.back() != row.group)) {
        groups.push_back(row.group);
      }
    }
    size_t moves = groups.empty() ? 0 : groups.size() - 1;
    size_t pingpong = 0;
    for (size_t i = 2; i < groups.size(); ++i) pingpong += groups[i] == groups[i - 2] ? 1 : 0;
    figures.moves += moves;
    figures.moved += moves > 0 ? 1 : 0;
    figures.pingpong += pingpong;
    figures.pingponged += pingpong > 0 ? 1 : 0;

    // Resolved followed by neither Resolved nor Closed; Closed followed by another state.
    size_t reopens = 0;
    for (size_t i = 0; i + 1 < of.size(); ++i) {
      const std::string& next = of[i + 1].state;
      if (of[i].state == "Resolved" && next != "Resolved" && next != "Closed") ++reopens;
      if (of[i].state == "Closed" && next != "Closed") ++figures.closed_reopened;
    }
    figures.reopens += reopens;
    figures.reopened += reopens > 0 ? 1 : 0;

    // Neither Resolved nor Closed by then.
    const LogRow* by_then = nullptr;
    for (const LogRow& row : of) {
      if (row.updated_us <= backlog_at_us) by_then = &row;
    }
    if (by_then != nullptr && by_then->state != "Resolved" && by_then->state != "Closed") {
      ++figures.backlog[by_then->state];
      ++figures.backlog_total;
    }
  }
  for (const auto& [priority, x] : resolution) figures.resolution[priority] = durations_of(x);
  std::erase_if(figures.state_us, [](const auto& entry) { return entry.second == 0; });
  return figures;
}

}  // namespace paceline::models
