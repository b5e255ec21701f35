// Of a configuration: routes, queues, agents, kinds of work, and the desk's settings about them.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "tools/config_facts.h"
#include "tools/fact_texts.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string yes_no(bool value) { return value ? "yes" : "no"; }

std::string elapsed_or(int64_t us, const char* otherwise) {
  return us == 0 ? otherwise : elapsed(us);
}

std::string names(const std::vector<std::string>& list) {
  return or_none(fmt::format("{}", fmt::join(list, ", ")));
}

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

std::string sticky_text(const desk::Sticky& sticky) {
  if (sticky.by == desk::StickyBy::nobody) return "none";
  std::string text =
      fmt::format("by {}, for {}, waits {}", config::name_of(config::sticky_names, sticky.by),
                  elapsed(sticky.ttl_us), elapsed(sticky.wait_us));
  if (sticky.min_slack_us != 0)
    text += fmt::format(", slack {} at least", elapsed(sticky.min_slack_us));
  return text;
}

std::string sun_text(const desk::FollowTheSun& sun) {
  if (sun.calendar.empty()) return "none";
  return fmt::format("at the end of {}: {} to {}", sun.calendar,
                     config::name_of(config::sun_mode_names, sun.mode), sun.queue);
}

std::string wrap_up_text(const desk::QueueDefinition& queue) {
  if (queue.wrap_up_max_us == 0) return "none";
  return fmt::format("{} to {}", elapsed(queue.wrap_up_min_us), elapsed(queue.wrap_up_max_us));
}

std::string overflow_text(const desk::Overflow& overflow) {
  std::string text = config::when_text(overflow);
  if (overflow.no_agent && overflow.wait_us != 0) text += " every " + elapsed(overflow.wait_us);
  return text + " → " + overflow.queue;
}

/// Needs, and whom of those who meet them it prefers.
void add_choice(Facts& facts, const desk::QueueDefinition& queue) {
  if (queue.steps.empty()) facts.emplace_back("need", or_none(queue.need));
  for (size_t i = 0; i < queue.steps.size(); ++i) {
    const std::string end = config::end_text(queue.steps[i]);
    facts.emplace_back(
        fmt::format("step {}", i + 1),
        fmt::format("{}{}", or_none(queue.steps[i].need), end.empty() ? "" : " until " + end));
  }
  for (size_t i = 0; i < queue.preferred.size(); ++i)
    facts.emplace_back(
        fmt::format("preferred {}", i + 1),
        fmt::format("{}: {} points", queue.preferred[i].need, queue.preferred[i].points));
  facts.emplace_back("best_fit", yes_no(queue.best_fit));
  facts.emplace_back("choice", config::name_of(config::choice_names, queue.choice));
  facts.emplace_back("share", queue.share == 0 ? "none" : std::to_string(queue.share));
  facts.emplace_back("sticky", sticky_text(queue.sticky));
  facts.emplace_back("window", elapsed_or(queue.window_us, "none"));
  facts.emplace_back("min_fit", elapsed_or(queue.min_fit_us, "none"));
}

void add_offers(Facts& facts, const desk::QueueDefinition& queue) {
  facts.emplace_back("auto_accept", yes_no(queue.auto_accept));
  facts.emplace_back("offer_timeout",
                     elapsed_or(queue.offer_timeout_us, "20s for voice and chat, 1m for P1, 5m"));
  facts.emplace_back("fan_out", std::to_string(queue.fan_out));
  facts.emplace_back("declines_max", std::to_string(queue.declines_max));
  facts.emplace_back("cool_off", elapsed(queue.cool_off_us));
  facts.emplace_back("grace", elapsed_or(queue.grace_us, "30s for voice and chat, 15m"));
  facts.emplace_back("lost", queue.keep_lost ? "keep" : "requeue");
  facts.emplace_back("wrap_up", wrap_up_text(queue));
}

void add_tiers(Facts& facts, const desk::QueueDefinition& queue) {
  for (size_t i = 0; i < queue.overflows.size(); ++i)
    facts.emplace_back(fmt::format("overflow {}", i + 1), overflow_text(queue.overflows[i]));
  facts.emplace_back("escalate_to", or_none(queue.escalate_to));
  facts.emplace_back("checklist", names(queue.checklist));
  if (!queue.checklist.empty())
    facts.emplace_back("checklist_required", yes_no(queue.checklist_required));
  facts.emplace_back("no_touch", elapsed_or(queue.no_touch_us, "never"));
  facts.emplace_back("escalate_unroutable", yes_no(queue.escalate_unroutable));
  facts.emplace_back("bounce_window", elapsed_or(queue.bounce_window_us, "always"));
  facts.emplace_back("follow_the_sun", sun_text(queue.sun));
}

}  // namespace

Facts routing_facts_of(const desk::DeskSettings& settings) {
  return {{"coordinator_queue",
           settings.coordinator_queue.empty() ? settings.triage_queue : settings.coordinator_queue},
          {"aged_share", config::percent_text(settings.aged_share_milli)},
          {"max_wait", elapsed(settings.max_wait_us)},
          {"language", config::name_of(config::language_rule_names, settings.language)},
          {"pending_share", config::percent_text(settings.pending_share_milli)},
          {"no_response_after", fmt::format("{} offers", settings.no_response_after)},
          {"drain_lead", elapsed_or(settings.drain_lead_us, "none")},
          {"ramp", settings.ramp_items == 0 ? "none"
                                            : fmt::format("{} in the first {}", settings.ramp_items,
                                                          elapsed(settings.ramp_us))},
          {"occupancy", fmt::format("{} to {}", config::percent_text(settings.occupancy_low_milli),
                                    config::percent_text(settings.occupancy_high_milli))}};
}

Facts facts_of(const desk::RouteRule& route) {
  return {{"when", route.when.empty() ? "always" : route.when},
          {"queue", route.queue},
          {"min_confidence",
           route.min_confidence == 0 ? "any" : fmt::format("{} %", route.min_confidence)},
          {"enabled", yes_no(route.enabled)}};
}

Facts facts_of(const desk::QueueDefinition& queue) {
  Facts facts = {
      {"group", queue.group},
      {"mode", std::string(word(mode_words, static_cast<uint8_t>(queue.mode)))},
      {"discipline", std::string(word(discipline_words, static_cast<uint8_t>(queue.discipline)))},
      {"tier", std::to_string(queue.tier)},
      {"weight", config::milli_text(queue.weight_milli)},
      {"default_horizon", elapsed(queue.default_horizon_us)},
      {"head_start", head_starts(queue.head_start)}};
  add_choice(facts, queue);
  add_offers(facts, queue);
  add_tiers(facts, queue);
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
          {"channels", agent.channels.empty() ? "all" : names(agent.channels)},
          {"shift", agent.shift.empty() ? "always" : agent.shift}};
}

Facts facts_of(const desk::WorkRule& rule) {
  return {{"weight", config::milli_text(rule.weight_milli)},
          {"max", rule.channel_max == 0 ? "any" : std::to_string(rule.channel_max)},
          {"blocking", yes_no(rule.blocking)},
          {"interruptible", yes_no(rule.interruptible)}};
}

Facts facts_of(const desk::AwayCode& code) {
  return {{"planned", yes_no(code.planned)}, {"routable", yes_no(code.routable)}};
}

}  // namespace paceline::tools
