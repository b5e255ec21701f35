// [[team]]: which agents of the configuration are there, when, and how they work.
#include <fmt/format.h>

#include <set>

#include "engine/config/units.h"
#include "sim/scenario/cycle.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr double cost_max = 1e6;
constexpr double agents_max = 65'536;
constexpr uint32_t speed_milli_max = 100'000;
constexpr size_t concurrency_max = 100;

constexpr CurveTerms headcount_terms{.example = R"([["08:00", 12], ["18:00", 0]])",
                                     .code = code::wrong_staff,
                                     .between = Between::steps,
                                     .whole = true,
                                     .max = agents_max,
                                     .unit = "agents"};

std::vector<Headcount> headcounts_of(const Curve& curve, int64_t cycle_us) {
  std::vector<Headcount> list;
  const auto add = [&](int64_t from_us, double agents) {
    const auto count = static_cast<uint32_t>(agents);
    if (list.empty() || list.back().agents != count) list.push_back({from_us, count});
  };
  int64_t at_us = 0;
  for (const Stretch& each : curve) {
    if (each.from_us > at_us) add(at_us, 0);
    add(each.from_us, each.from);
    at_us = each.until_us;
  }
  if (cycle_us == 0 || at_us < cycle_us) add(at_us, 0);
  return list;
}

std::optional<uint32_t> milli_of(const Node& value) {
  return config::scaled(value, 1'000, speed_milli_max);
}

/// `1.1`, or `{ default = 1, network = 1.25 }`.
std::vector<Speed> read_speeds(TableReader& table, Reading& reading) {
  std::vector<Speed> speeds;
  const Node::Member* member = table.find("speed");
  if (member == nullptr) return speeds;
  const auto add = [&](const std::string& queue, const Node& value, uint32_t line) {
    if (const auto milli = milli_of(value))
      speeds.push_back({queue, *milli});
    else
      table.error(config::code::wrong_value, line,
                  "speed must be 0.001 to 100, with at most three decimals: 1.25 does in 4 minutes "
                  "what others do in 5");
  };
  if (member->value.kind != Node::Kind::table) {
    add("", member->value, member->line);
    return speeds;
  }
  for (const Node::Member& each : member->value.members) {
    if (each.key == "default") {
      const size_t before = speeds.size();
      add("", each.value, each.line);
      if (speeds.size() > before)  // what is told of a queue comes after it, and wins
        std::rotate(speeds.begin(), speeds.end() - 1, speeds.end());
      continue;
    }
    if (!leads_somewhere(table, each.line, "queue", each.key, reading.known.queues,
                         reading.known.configuration))
      continue;
    add(each.key, each.value, each.line);
  }
  return speeds;
}

/// `[1, 0.8, 0.65]`
void read_concurrency(TableReader& table, Team& team) {
  const Node::Member* member = table.find("concurrency");
  if (member == nullptr) return;
  std::vector<uint32_t> list;
  for (const Node& each : member->value.elements)
    if (const auto milli = milli_of(each)) list.push_back(*milli);
  if (list.empty() || list.size() != member->value.elements.size() ||
      list.size() > concurrency_max) {
    table.error(config::code::wrong_value, member->line,
                "concurrency must be the speed of each ticket with 1, 2, … in hand: write for "
                "example concurrency = [1, 0.8, 0.65]");
    return;
  }
  team.concurrency_milli = std::move(list);
}

std::vector<Break> read_breaks(TableReader& table, Reading& reading) {
  std::vector<Break> breaks;
  constexpr std::string_view example = R"({ after = "2h", length = "15m", code = "break" })";
  for (const Node* node : table.inline_tables("breaks", example)) {
    TableReader keys(*node, node->line, table.subject() + ": breaks", reading.diagnostics);
    if (node->kind != Node::Kind::table) continue;  // reported
    Break one;
    require(keys, "after", "\"2h\"");
    require(keys, "length", "\"15m\"");
    if (const auto after = keys.duration("after")) one.after_us = after->us;
    if (const auto spread = keys.duration("spread")) one.spread_us = spread->us;
    one.length_us = keys.positive_us("length").value_or(0);
    one.share_ppm = read_share(keys, "share").value_or(one.share_ppm);
    const Names& codes = reading.known.away_codes;
    one.code = keys.required_text("code", codes.empty() ? "lunch" : codes.front());
    if (!one.code.empty() && !codes.empty())  // without a list the desk takes any
      leads_somewhere(keys, keys.find("code")->line, "away code", one.code, codes, true);
    keys.finish();
    breaks.push_back(std::move(one));
  }
  return breaks;
}

/// Whether a calendar opens while the scenario runs.
bool opens(const std::string& name, Reading& reading) {
  if (name == "24x7") return true;
  if (const auto known = reading.opens.find(name); known != reading.opens.end())
    return known->second;
  bool answer = true;
  for (const sched::CalendarSpec& spec : reading.scenario.rules.calendars) {
    if (spec.name != name) continue;
    const auto calendar = sched::Calendar::compile(spec);
    answer = calendar && calendar->next_open(reading.scenario.start) <
                             reading.scenario.start + sched::Duration{reading.scenario.length_us};
  }
  reading.opens.emplace(name, answer);
  return answer;
}

void check_shift(TableReader& table, Reading& reading, const Team& team) {
  if (!reading.known.configuration) return;
  if (!team.shift.empty()) {
    if (!opens(team.shift, reading))
      table.error(
          code::wrong_staff, table.find("shift")->line,
          fmt::format("calendar {} does not open between {} and the scenario's end, so "
                      "nobody comes: check start, or take another shift",
                      config::in_quotes(team.shift), config::print(reading.scenario.start)));
    return;
  }
  if (!team.headcounts.empty()) return;
  const std::set<std::string_view> members(team.agents.begin(), team.agents.end());
  for (const auto& agent : reading.scenario.rules.agents) {
    if (agent.shift.empty() || members.count(agent.name) == 0 || opens(agent.shift, reading))
      continue;
    reading.diagnostics.warn(
        code::never_there, table.line(),
        fmt::format("{}: calendar {}, the shift of {}, does not open while the scenario runs",
                    table.subject(), config::in_quotes(agent.shift),
                    config::in_quotes(agent.name)));
  }
}

/// The longest time without a break for which a calendar is open while the scenario runs.
int64_t longest_open_us(const std::string& name, const Scenario& scenario) {
  int64_t longest_us = 0;
  const sched::Instant end = scenario.start + sched::Duration{scenario.length_us};
  for (const sched::CalendarSpec& spec : scenario.rules.calendars) {
    if (spec.name != name) continue;
    const auto calendar = sched::Calendar::compile(spec);
    if (!calendar) continue;
    for (auto from = calendar->next_open(scenario.start); from < end;) {
      const sched::Instant until = calendar->next_close(from);
      longest_us =
          std::max(longest_us, until == sched::never ? sched::never.us : until.us - from.us);
      from = until == sched::never ? until : calendar->next_open(until);
    }
  }
  return longest_us;
}

/// A break that would begin when every shift of the team is over never comes.
void check_breaks(TableReader& table, Reading& reading, const Team& team,
                  const std::vector<std::string>& members) {
  if (team.breaks.empty() || !team.headcounts.empty() || !reading.known.configuration) return;
  const std::set<std::string_view> of_team(members.begin(), members.end());
  int64_t longest_us = 0;
  for (const auto& agent : reading.scenario.rules.agents) {
    if (of_team.count(agent.name) == 0) continue;
    const std::string& shift = team.shift.empty() ? agent.shift : team.shift;
    if (shift.empty() || shift == "24x7") return;
    longest_us = std::max(longest_us, longest_open_us(shift, reading.scenario));
  }
  if (longest_us == 0) return;  // reported
  for (const Break& rest : team.breaks) {
    if (rest.after_us < longest_us) continue;
    table.error(code::wrong_staff, table.find("breaks")->line,
                fmt::format("breaks: after {} every shift is over, the longest is {}: take an "
                            "earlier point",
                            config::print(sched::Duration{rest.after_us}),
                            config::print(sched::Duration{longest_us})));
  }
}

/// Who the team is, whichever way it is told.
std::vector<std::string> members_of(TableReader& table, Reading& reading, Team& team) {
  const KnownNames& known = reading.known;
  const bool listed = table.find("agents") != nullptr;
  team.agents = table.texts("agents");
  team.group = read_name(table, "group", "group", known.groups, known.configuration);
  if (listed == (table.find("group") != nullptr))
    table.error(code::wrong_staff, table.line(),
                listed ? "has agents and a group: keep one of them"
                       : "does not say who it is: add for example group = \"service-desk\", or "
                         "agents = [\"ada\"]");
  if (!known.configuration) return {};
  std::vector<std::string> members;
  if (listed) {
    const std::set<std::string_view> agents(known.agents.begin(), known.agents.end());
    for (const std::string& agent : team.agents)
      if (agents.count(agent) != 0 ||
          leads_somewhere(table, table.find("agents")->line, "agent", agent, known.agents, true))
        members.push_back(agent);
  } else if (!team.group.empty()) {
    for (const auto& agent : reading.scenario.rules.agents)
      if (std::find(agent.groups.begin(), agent.groups.end(), team.group) != agent.groups.end())
        members.push_back(agent.name);
  }
  return members;
}

/// Nobody is in two teams.
void check_members(TableReader& table, const std::vector<std::string>& members,
                   const std::string& team, std::map<std::string, std::string>& team_of) {
  for (const std::string& agent : members) {
    const auto [at, first] = team_of.emplace(agent, team);
    if (first) continue;
    table.error(code::wrong_staff, table.line(),
                fmt::format("{} is in team {} already: list agents, or give teams groups that "
                            "share nobody",
                            config::in_quotes(agent), config::in_quotes(at->second)));
    return;
  }
}

void read_hours(TableReader& table, Reading& reading, Team& team, size_t member_count) {
  const KnownNames& known = reading.known;
  team.shift = read_name(table, "shift", "calendar", known.calendars, known.configuration);
  const auto cycle = read_cycle(table);
  const Node::Member* headcount = table.find("headcount");
  if (headcount == nullptr) {
    if (const Node::Member* member = table.find("cycle"))
      table.error(code::wrong_staff, member->line,
                  "cycle is of headcount, which is not stated: remove it");
    return;
  }
  if (table.find("shift") != nullptr)
    table.error(code::wrong_staff, headcount->line,
                "headcount and shift both say when the team is there: keep one of them");
  const Curve curve =
      read_curve(table, reading, "headcount", headcount_terms, cycle, team.cycle_us);
  if (curve.empty()) return;  // reported
  team.headcounts = headcounts_of(curve, team.cycle_us);
  double most = 0;
  for (const Stretch& each : curve) most = std::max(most, each.from);
  if (known.configuration && most > static_cast<double>(member_count))
    table.error(code::wrong_staff, headcount->line,
                fmt::format("headcount asks for {} agents and the team has {}: lower it, or add "
                            "agents to the configuration",
                            figure(most), member_count));
  else if (most == 0)
    table.error(code::wrong_staff, headcount->line,
                "headcount is 0 all the time, so nobody comes: state some, or remove the team");
}

Team read_team(TableReader& table, Reading& reading, std::map<std::string, std::string>& team_of) {
  Team team;
  team.name = table.required_text("name", "first line");
  if (!team.name.empty()) table.set_subject("team " + config::in_quotes(team.name));
  const std::vector<std::string> members = members_of(table, reading, team);
  check_members(table, members, team.name, team_of);
  read_hours(table, reading, team, members.size());
  {
    Team of_members = team;
    of_members.agents = members;
    check_shift(table, reading, of_members);
  }
  team.leaves_work = table.boolean("leaves_work").value_or(false);
  team.late = read_law(table, reading, "late");
  team.absence_ppm = read_share(table, "absence").value_or(0);
  team.breaks = read_breaks(table, reading);
  check_breaks(table, reading, team, members);
  team.speeds = read_speeds(table, reading);
  read_concurrency(table, team);
  team.cost_per_hour = read_number(table, "cost_per_hour", 0, cost_max).value_or(0);
  table.finish();
  return team;
}

}  // namespace

void read_teams(TableReader& file, Reading& reading) {
  if (file.find("team") == nullptr)
    file.error(code::nothing_to_do, 0,
               "nobody works: add [[team]] with for example group = \"service-desk\"");
  std::map<std::string, std::string> team_of;
  std::set<std::string> names;
  for (const Node* node : file.tables("team")) {
    TableReader table(*node, node->line, fmt::format("team {}", reading.scenario.teams.size() + 1),
                      reading.diagnostics);
    Team team = read_team(table, reading, team_of);
    if (!team.name.empty() && !names.insert(team.name).second)
      table.error(config::code::duplicate, node->line, "there is another of this name: rename one");
    reading.scenario.teams.push_back(std::move(team));
  }
}

}  // namespace paceline::sim
