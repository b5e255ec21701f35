#include "tools/config_facts.h"

#include <fmt/format.h>

#include <map>

#include "engine/config/calendar_words.h"
#include "engine/config/units.h"
#include "tools/clock_show.h"
#include "tools/policy_text.h"
#include "tools/policy_words.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string elapsed(int64_t us) { return config::print(sched::Duration{us}); }

std::string milli(uint32_t value) {
  std::string text = fmt::format("{}.{:03}", value / 1'000, value % 1'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string or_none(std::string text) { return text.empty() ? "none" : std::move(text); }

std::string head_starts(const desk::HeadStart& head_start) {
  std::string text;
  const auto add = [&](const std::string& name, int64_t us) {
    if (us != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, elapsed(us));
  };
  for (size_t i = 0; i < sched::priority_count; ++i)
    add("P" + std::to_string(i), head_start.priority_us[i]);
  add("vip", head_start.vip_us);
  add("reopened", head_start.reopened_us);
  add("negative", head_start.negative_us);
  return or_none(std::move(text));
}

std::string hours_of(uint32_t open_s, uint32_t close_s) {
  return config::print(sched::DayHours{open_s, close_s});
}

template <class Each, class Text>
std::string listed(const std::vector<Each>& list, Text&& text) {
  std::string all;
  for (const Each& each : list) all += (all.empty() ? "" : ", ") + text(each);
  return or_none(std::move(all));
}

}  // namespace

std::string period_text(const desk::Period& period) {
  if (period.none()) return "never";
  return period.business_days != 0 ? fmt::format("{}bd", period.business_days) : elapsed(period.us);
}

Facts facts_of(const config::ServerSettings& server) {
  return {{"listen", or_none(fmt::format("{}", fmt::join(server.listen, ", ")))},
          {"data", or_none(server.data)},
          {"admin", or_none(server.admin)},
          {"durability", server.durability == config::Durability::sync ? "sync" : "none"},
          {"clock", server.clock == config::ServerClock::wall ? "wall" : "commands"},
          {"max_jump", config::print(server.max_jump)},
          {"on_clock_jump", server.waits_on_clock_jump ? "wait" : "continue"}};
}

Facts facts_of(const desk::DeskSettings& settings) {
  return {
      {"calendar", or_none(settings.calendar)},
      {"auto_close", period_text(settings.auto_close)},
      {"reopen_window", period_text(settings.reopen_window)},
      {"stale_after", elapsed(settings.stale_after_us)},
      {"max_backdate", settings.max_backdate_us == 0 ? "any" : elapsed(settings.max_backdate_us)},
      {"triage_queue", settings.triage_queue},
      {"strict", listed(settings.strict, [](sched::Priority each) {
         return priority_word(static_cast<uint8_t>(each));
       })}};
}

Facts facts_of(const sched::PriorityMatrix& matrix) {
  Facts facts;
  for (size_t row = 0; row < matrix.cell.size(); ++row) {
    std::string text;
    for (const sched::Priority cell : matrix.cell[row])
      text += (text.empty() ? "" : ", ") + priority_word(static_cast<uint8_t>(cell));
    facts.emplace_back(level_words[row + 1], text);
  }
  return facts;
}

Facts facts_of(const desk::PendingRule& rule) {
  return {{"max_pause", period_text(rule.max_pause)},
          {"remind_every", period_text(rule.remind_every)},
          {"reminders", rule.reminders == 0 ? "none" : std::to_string(rule.reminders)}};
}

Facts facts_of(const desk::RouteRule& route) {
  return {{"when", route.when.empty() ? "always" : route.when}, {"queue", route.queue}};
}

Facts facts_of(const desk::QueueDefinition& queue) {
  return {
      {"group", queue.group},
      {"need", or_none(queue.need)},
      {"mode", std::string(word(mode_words, static_cast<uint8_t>(queue.mode)))},
      {"discipline", std::string(word(discipline_words, static_cast<uint8_t>(queue.discipline)))},
      {"tier", std::to_string(queue.tier)},
      {"weight", milli(queue.weight_milli)},
      {"default_horizon", elapsed(queue.default_horizon_us)},
      {"head_start", head_starts(queue.head_start)}};
}

Facts facts_of(const desk::AgentDefinition& agent) {
  return {{"groups", or_none(fmt::format("{}", fmt::join(agent.groups, ", ")))},
          {"skills",
           listed(agent.skills,
                  [](const auto& each) { return fmt::format("{} {}", each.first, each.second); })},
          {"capacity", milli(agent.capacity_milli)}};
}

Facts facts_of(const sched::CalendarSpec& calendar) {
  Facts facts;
  if (calendar.algebra != sched::Algebra::none) {
    constexpr std::string_view words[] = {"", "union", "intersect", "minus"};
    facts.emplace_back("zone", calendar.zone.name);
    facts.emplace_back(words[static_cast<size_t>(calendar.algebra)],
                       listed(calendar.operands, [](const auto& each) { return each.name; }));
    return facts;
  }
  std::map<uint8_t, std::string> days;
  for (const sched::WeeklyInterval& each : calendar.week) {
    std::string& day = days[each.weekday];
    day += (day.empty() ? "" : ", ") + hours_of(each.open_s, each.close_s);
  }
  facts.emplace_back("zone", calendar.zone.name);
  for (size_t day = 0; day < config::weekday_words.size(); ++day) {
    const auto found = days.find(static_cast<uint8_t>(day));
    facts.emplace_back(config::weekday_words[day], found == days.end() ? "closed" : found->second);
  }
  facts.emplace_back("closed",
                     listed(calendar.closed, [](const auto& each) { return config::print(each); }));
  facts.emplace_back("open", listed(calendar.open, [](const auto& each) {
                       return config::print(each.date) + " " + hours_of(each.open_s, each.close_s);
                     }));
  facts.emplace_back("yearly", listed(calendar.yearly, [](const auto& each) {
                       return config::print(each.on) + " " +
                              (each.close_s == 0 ? "closed" : hours_of(each.open_s, each.close_s));
                     }));
  facts.emplace_back("valid_from",
                     calendar.valid_from ? config::print(*calendar.valid_from) : "always");
  facts.emplace_back("valid_to", calendar.valid_to ? config::print(*calendar.valid_to) : "never");
  return facts;
}

Facts facts_of(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings) {
  Facts facts = {{"when", policy.when.empty() ? "always" : policy.when},
                 {"clock", clock_name(policy.clock, policy.label)},
                 {"target", target_text(policy.target)},
                 {"calendar", policy.calendar}};
  for (const PolicyCondition& condition : conditions_of(policy))
    facts.emplace_back(condition.key, condition.text);
  facts.emplace_back("pauses on", pauses_text(policy, settings));
  facts.emplace_back("counts", counts_text(policy));
  for (const auto& [key, value] : rules_of(policy)) facts.emplace_back(key, value);
  for (const desk::Rung& rung : policy.rungs)
    facts.emplace_back("at " + rung_place(rung), rung_text(rung));
  return facts;
}

}  // namespace paceline::tools
