// [[work]] and [[outcome]]: how long work takes, and what comes of it.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"
#include "sim/scenario/values.h"

namespace paceline::sim {

namespace {

using config::Node;
using config::TableReader;

constexpr int64_t times_max_max = 1'000;
constexpr uint32_t all_ppm = 1'000'000;
constexpr std::string_view handling_example = R"({ law = "lognormal", mean = "6m", cv = 1.2 })";

/// The desk knows any category and channel; here one that no demand has is misspelled.
std::string read_trait(TableReader& table, std::string_view key,
                       const std::set<std::string>& names) {
  if (table.find(key) == nullptr) return {};
  const std::string value = table.required_text(key, "network");
  if (value.empty() || names.count(value) != 0) return value;
  const std::vector<std::string_view> views(names.begin(), names.end());
  table.error(code::unknown_name, table.find(key)->line,
              fmt::format("no demand has {} {}{}", key, config::in_quotes(value),
                          desk::suggestion(value, views)));
  return {};
}

Match read_match(TableReader& table, Reading& reading) {
  Match match;
  const KnownNames& known = reading.known;
  match.queue = read_name(table, "queue", "queue", known.queues, known.configuration);
  match.demand = read_name(table, "demand", "demand", known.demands, true);
  match.category = read_trait(table, "category", known.categories);
  match.channel = read_trait(table, "channel", known.channels);
  if (const auto tier = table.integer("tier", 1, 9)) match.tier = static_cast<int>(*tier);
  if (const auto kind = table.one_of("kind", config::kind_names))
    match.kind = static_cast<int>(*kind);
  if (const auto priority = table.one_of("priority", config::priority_names))
    match.priority = static_cast<int>(*priority + 1);
  return match;
}

/// One way a spell of work may end, and the keys it is told by.
struct Ending {
  Outcome::Kind kind;
  std::string_view key;
  std::string_view example;
};
constexpr Ending endings[] = {
    {Outcome::Kind::escalate, "escalate", R"({ share = "12%" })"},
    {Outcome::Kind::requeue, "requeue", R"({ share = "3%", queue = "network" })"},
    {Outcome::Kind::bounce, "bounce", R"({ share = "2%" })"},
    {Outcome::Kind::pend, "pend",
     R"({ share = "20%", reason = "awaiting_requester", for = { law = "exponential", mean = "4h" } })"},
};

Outcome read_ending(const Node& node, const Ending& ending, const std::string& subject,
                    Reading& reading) {
  TableReader keys(node, node.line, fmt::format("{}: {}", subject, ending.key),
                   reading.diagnostics);
  Outcome outcome;
  outcome.kind = ending.kind;
  if (node.kind != Node::Kind::table) return outcome;  // reported
  outcome.share_ppm = read_required_share(keys, "share");
  const bool goes = ending.kind == Outcome::Kind::escalate || ending.kind == Outcome::Kind::requeue;
  if (goes)
    outcome.queue =
        read_name(keys, "queue", "queue", reading.known.queues, reading.known.configuration);
  if (ending.kind == Outcome::Kind::requeue) require(keys, "queue", "\"network\"");
  if (ending.kind == Outcome::Kind::pend) {
    outcome.reason = keys.required_text("reason", "awaiting_requester");
    require(keys, "for", R"({ law = "exponential", mean = "4h" })");
    outcome.duration = read_law(keys, reading, "for");
  } else {
    outcome.reason = keys.text("reason").value_or("");
  }
  if (const auto times = keys.integer("times", 1, times_max_max))
    outcome.times_max = static_cast<uint32_t>(*times);
  keys.finish();
  return outcome;
}

void read_endings(TableReader& table, Reading& reading, OutcomeRule& rule) {
  uint64_t sum_ppm = 0;
  for (const Ending& ending : endings) {
    const Node::Member* member = table.find(ending.key);
    if (member == nullptr) continue;
    std::vector<const Node*> nodes = {&member->value};
    if (member->value.kind == Node::Kind::array)
      nodes = table.inline_tables(ending.key, ending.example);
    for (const Node* node : nodes) {
      rule.outcomes.push_back(read_ending(*node, ending, table.subject(), reading));
      sum_ppm += rule.outcomes.back().share_ppm;
    }
  }
  if (sum_ppm > all_ppm)
    table.error(code::wrong_share, table.line(),
                fmt::format("the shares of escalate, requeue, bounce and pend make {} % together: "
                            "at most 100 %, the rest being resolved",
                            figure(static_cast<double>(sum_ppm) / 10'000)));
}

/// `{ share = "4%", after = { … } }`; the share only where it is asked for.
Law read_later(TableReader& table, Reading& reading, std::string_view key, uint32_t* share_ppm) {
  const Node::Member* member = table.find(key);
  TableReader keys(member->value, member->line, fmt::format("{}: {}", table.subject(), key),
                   reading.diagnostics);
  if (member->value.kind != Node::Kind::table) return Law::never();  // reported
  if (share_ppm != nullptr) *share_ppm = read_required_share(keys, "share");
  require(keys, "after", R"({ law = "exponential", mean = "1d" })");
  const Law after = read_law(keys, reading, "after");
  keys.finish();
  return after;
}

void read_after(TableReader& table, Reading& reading, OutcomeRule& rule) {
  if (table.find("reopen") != nullptr)
    rule.reopen_delay = read_later(table, reading, "reopen", &rule.reopen_ppm);
  const Node::Member* close = table.find("close");
  if (close == nullptr) return;
  rule.closes_at_once = close->value.kind == Node::Kind::text && close->value.text == "at_once";
  if (!rule.closes_at_once) rule.close_delay = read_later(table, reading, "close", nullptr);
}

WorkRule read_work_rule(TableReader& table, Reading& reading) {
  WorkRule rule;
  rule.match = read_match(table, reading);
  require(table, "handling", handling_example);
  rule.handling = read_law_by_time(table, reading, "handling");
  const Node::Member* handling = table.find("handling");
  if (handling != nullptr && handling->value.kind == Node::Kind::text &&
      handling->value.text == "never")
    table.error(code::wrong_law, handling->line,
                fmt::format("handling cannot be never: write for example {}", handling_example));
  rule.wrap_up = read_law_by_time(table, reading, "wrap_up");
  rule.answer = read_law_by_time(table, reading, "answer");
  rule.accept = read_law_by_time(table, reading, "accept");
  rule.decline_ppm = read_share(table, "decline").value_or(0);
  rule.starts = table.boolean("starts").value_or(false);
  table.finish();
  return rule;
}

}  // namespace

void read_work(TableReader& file, Reading& reading) {
  if (file.find("work") == nullptr)
    file.error(code::nothing_to_do, 0,
               fmt::format("nothing says how long work takes: add [[work]] with for example "
                           "handling = {}",
                           handling_example));
  for (const Node* node : file.tables("work")) {
    TableReader table(*node, node->line, fmt::format("work {}", reading.scenario.work.size() + 1),
                      reading.diagnostics);
    reading.scenario.work.push_back(read_work_rule(table, reading));
  }
}

void read_outcomes(TableReader& file, Reading& reading) {
  for (const Node* node : file.tables("outcome")) {
    TableReader table(*node, node->line,
                      fmt::format("outcome {}", reading.scenario.outcomes.size() + 1),
                      reading.diagnostics);
    OutcomeRule rule;
    rule.match = read_match(table, reading);
    read_endings(table, reading, rule);
    read_after(table, reading, rule);
    table.finish();
    reading.scenario.outcomes.push_back(std::move(rule));
  }
}

}  // namespace paceline::sim
