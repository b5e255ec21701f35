#include "tools/config_facts.h"

#include <fmt/format.h>

#include <map>

#include "engine/config/calendar_words.h"
#include "engine/config/routing_words.h"
#include "engine/config/units.h"
#include "tools/clock_show.h"
#include "tools/policy_text.h"
#include "tools/policy_words.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string elapsed(int64_t us) { return config::print(sched::Duration{us}); }

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

std::string names(const std::vector<std::string>& list) {
  return or_none(fmt::format("{}", fmt::join(list, ", ")));
}

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

/// What a setting of 0 leaves to the desk.
std::string elapsed_or(int64_t us, std::string_view otherwise) {
  return us == 0 ? std::string(otherwise) : elapsed(us);
}

void add_needs(const desk::QueueDefinition& queue, Facts& facts) {
  if (queue.steps.empty()) facts.emplace_back("need", or_none(queue.need));
  for (size_t i = 0; i < queue.steps.size(); ++i) {
    const std::string end = config::end_text(queue.steps[i]);
    facts.emplace_back(fmt::format("step {}", i + 1),
                       or_none(queue.steps[i].need) + (end.empty() ? "" : ", until " + end));
  }
}

std::string sticky_text(const desk::Sticky& sticky) {
  if (sticky.by == desk::StickyBy::nobody) return "no";
  std::string text =
      fmt::format("by {} for {}, waits {}", config::name_of(config::sticky_names, sticky.by),
                  elapsed(sticky.ttl_us), elapsed(sticky.wait_us));
  if (sticky.min_slack_us != 0)
    text += fmt::format(", no longer than {} before due", elapsed(sticky.min_slack_us));
  return text;
}

void add_choice(const desk::QueueDefinition& queue, Facts& facts) {
  facts.emplace_back("best_fit", yes_or_no(queue.best_fit));
  facts.emplace_back("preferred", listed(queue.preferred, [](const desk::PreferredTerm& term) {
                       return fmt::format("{} ({} points)", term.need, term.points);
                     }));
  facts.emplace_back("choice", config::name_of(config::choice_names, queue.choice));
  facts.emplace_back("share", queue.share == 0 ? "none, one order" : std::to_string(queue.share));
  facts.emplace_back("sticky", sticky_text(queue.sticky));
  facts.emplace_back("window", elapsed_or(queue.window_us, "none, at once"));
  facts.emplace_back("min_fit", elapsed_or(queue.min_fit_us, "none"));
  facts.emplace_back("keep_free",
                     queue.keep_free == 0 ? "nobody" : std::to_string(queue.keep_free));
  facts.emplace_back("overflow", listed(queue.overflows, [](const desk::Overflow& each) {
                       std::string when = config::when_text(each);
                       if (each.no_agent && each.wait_us != 0)
                         when += " every " + elapsed(each.wait_us);
                       return fmt::format("to {} when {}", each.queue, when);
                     }));
}

void add_offers(const desk::QueueDefinition& queue, Facts& facts) {
  facts.emplace_back("auto_accept", yes_or_no(queue.auto_accept));
  facts.emplace_back("offer_timeout", elapsed_or(queue.offer_timeout_us,
                                                 "20s for voice and chat, 1m for P1, else "
                                                 "5m"));
  facts.emplace_back("fan_out", std::to_string(queue.fan_out));
  facts.emplace_back("declines_max", std::to_string(queue.declines_max));
  facts.emplace_back("cool_off", elapsed_or(queue.cool_off_us, "none"));
  facts.emplace_back("grace", elapsed_or(queue.grace_us, "30s for voice and chat, else 15m"));
  facts.emplace_back("lost", queue.keep_lost ? "keep" : "requeue");
  facts.emplace_back("wrap_up", queue.wrap_up_max_us == 0
                                    ? "none"
                                    : fmt::format("{} to {}", elapsed(queue.wrap_up_min_us),
                                                  elapsed(queue.wrap_up_max_us)));
}

void add_tiers(const desk::QueueDefinition& queue, Facts& facts) {
  facts.emplace_back("escalate_to", queue.escalate_to.empty() ? "nowhere" : queue.escalate_to);
  facts.emplace_back("checklist", names(queue.checklist));
  facts.emplace_back("checklist_required", yes_or_no(queue.checklist_required));
  facts.emplace_back("no_touch", elapsed_or(queue.no_touch_us, "never escalates"));
  facts.emplace_back("escalate_unroutable", yes_or_no(queue.escalate_unroutable));
  facts.emplace_back("bounce_window", elapsed_or(queue.bounce_window_us, "any time"));
  facts.emplace_back("follow_the_sun",
                     queue.sun.calendar.empty()
                         ? "no"
                         : fmt::format("{} to {} when {} closes",
                                       config::name_of(config::sun_mode_names, queue.sun.mode),
                                       queue.sun.queue, queue.sun.calendar));
}

}  // namespace

std::string period_text(const desk::Period& period) {
  if (period.none()) return "never";
  return period.business_days != 0 ? fmt::format("{}bd", period.business_days) : elapsed(period.us);
}

std::string durability_name(config::Durability durability) {
  constexpr const char* names[] = {"sync", "interval", "none"};
  return names[static_cast<size_t>(durability)];
}

Facts facts_of(const config::ServerSettings& server) {
  return {{"listen", or_none(fmt::format("{}", fmt::join(server.listen, ", ")))},
          {"data", or_none(server.data)},
          {"admin", or_none(server.admin)},
          {"durability", durability_name(server.durability)},
          {"sync_interval", config::print(server.sync_interval)},
          {"clock", server.clock == config::ServerClock::wall ? "wall" : "commands"},
          {"max_jump", config::print(server.max_jump)},
          {"on_clock_jump", server.waits_on_clock_jump ? "wait" : "continue"},
          {"shards", std::to_string(server.shards)},
          {"pin", yes_or_no(server.pin_threads)},
          {"log_segment_mib", std::to_string(server.log_segment_mib)},
          {"snapshot_log_mib", std::to_string(server.snapshot_log_mib)},
          {"snapshot_every", config::print(server.snapshot_every)}};
}

Facts facts_of(const desk::DeskSettings& settings) {
  return {
      {"calendar", or_none(settings.calendar)},
      {"auto_close", period_text(settings.auto_close)},
      {"reopen_window", period_text(settings.reopen_window)},
      {"stale_after", elapsed(settings.stale_after_us)},
      {"max_backdate", settings.max_backdate_us == 0 ? "any" : elapsed(settings.max_backdate_us)},
      {"triage_queue", settings.triage_queue},
      {"coordinator_queue",
       settings.coordinator_queue.empty() ? settings.triage_queue : settings.coordinator_queue},
      {"strict",
       listed(settings.strict,
              [](sched::Priority each) { return priority_word(static_cast<uint8_t>(each)); })},
      {"aged_share", config::percent_text(settings.aged_share_milli)},
      {"max_wait", elapsed(settings.max_wait_us)},
      {"language", config::name_of(config::language_rule_names, settings.language)},
      {"pending_share", config::percent_text(settings.pending_share_milli)},
      {"no_response_after", fmt::format("{} offers", settings.no_response_after)},
      {"drain_lead", settings.drain_lead_us == 0 ? "none" : elapsed(settings.drain_lead_us)},
      {"ramp", settings.ramp_items == 0
                   ? "none"
                   : fmt::format("{} items in {}", settings.ramp_items, elapsed(settings.ramp_us))},
      {"occupancy", fmt::format("{} to {}", config::percent_text(settings.occupancy_low_milli),
                                config::percent_text(settings.occupancy_high_milli))},
      {"takes", settings.best_suited_first ? "best_suited" : "most_pressing"}};
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
  return {{"when", route.when.empty() ? "always" : route.when},
          {"queue", route.queue},
          {"min_confidence",
           route.min_confidence == 0 ? "any" : fmt::format("{}%", route.min_confidence)},
          {"enabled", yes_or_no(route.enabled)}};
}

Facts facts_of(const desk::QueueDefinition& queue) {
  Facts facts = {{"group", queue.group}};
  add_needs(queue, facts);
  facts.insert(facts.end(),
               {{"mode", config::name_of(config::mode_names, queue.mode)},
                {"discipline", config::name_of(config::discipline_names, queue.discipline)},
                {"tier", std::to_string(queue.tier)},
                {"weight", config::milli_text(queue.weight_milli)},
                {"default_horizon", elapsed(queue.default_horizon_us)},
                {"head_start", head_starts(queue.head_start)}});
  add_choice(queue, facts);
  add_offers(queue, facts);
  add_tiers(queue, facts);
  return facts;
}

Facts facts_of(const desk::AgentDefinition& agent) {
  return {{"groups", names(agent.groups)},
          {"skills",
           listed(agent.skills,
                  [](const auto& each) { return fmt::format("{} {}", each.first, each.second); })},
          {"capacity", config::milli_text(agent.capacity_milli)},
          {"languages", names(agent.languages)},
          {"clearances", names(agent.clearances)},
          {"channels", agent.channels.empty() ? "every one" : names(agent.channels)},
          {"shift", agent.shift.empty() ? "always" : agent.shift}};
}

Facts work_facts(const desk::DeskSettings& settings) {
  Facts facts;
  for (const desk::WorkRule& rule : settings.work)
    facts.emplace_back(config::selector_text(rule), config::terms_text(rule));
  return facts;
}

Facts survey_facts(const desk::DeskSettings& settings) {
  const desk::SurveySettings& survey = settings.survey;
  if (survey.questions == 0) return {};
  return {{"question", config::name_of(config::survey_question_names, survey.questions - 1)},
          {"sampling", config::percent_text(survey.sampling_milli)},
          {"quiet_period", elapsed_or(survey.quiet_us, "none")},
          {"valid_for", elapsed(survey.valid_us)},
          {"change_within", elapsed_or(survey.change_within_us, "none, an answer is final")},
          {"follow_up", or_none(survey.follow_up)}};
}

Facts away_facts(const desk::DeskSettings& settings) {
  Facts facts;
  for (const desk::AwayCode& code : settings.away_codes)
    facts.emplace_back(code.name, fmt::format("{}, {}", code.planned ? "planned" : "unplanned",
                                              code.routable ? "given work" : "given no work"));
  return facts;
}

Facts target_facts(const desk::DeskSettings& settings) {
  Facts facts;
  for (const desk::FigureTarget& target : settings.targets)
    facts.emplace_back(target.figure, target.band);
  return facts;
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
