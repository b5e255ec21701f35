#include "tools/config_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "sched/calendar.h"
#include "tools/config_facts.h"
#include "tools/instants.h"
#include "tools/policy_words.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using How = ConfigChange::How;
using Changes = std::vector<ConfigChange>;

constexpr sched::Duration looked_at = sched::day * 400;
constexpr size_t spans_max = 10'000;

/// Those that differ; what only one of them has is "–" in the other.
std::vector<ConfigChange::Field> differing(const Facts& before, const Facts& after) {
  const auto value_of = [](const Facts& facts, const std::string& key) {
    const auto found = std::find_if(facts.begin(), facts.end(),
                                    [&](const auto& each) { return each.first == key; });
    return found == facts.end() ? std::string("–") : found->second;
  };
  std::vector<ConfigChange::Field> fields;
  for (const auto& [key, value] : before)
    if (const std::string now = value_of(after, key); now != value)
      fields.push_back({key, value, now});
  for (const auto& [key, value] : after)
    if (value_of(before, key) == "–") fields.push_back({key, "–", value});
  return fields;
}

/// Things with names, compared by name.
template <class Thing, class Describe>
Changes compare(const std::string& kind, const std::vector<Thing>& before,
                const std::vector<Thing>& after, Describe&& describe) {
  const auto find = [](const std::vector<Thing>& list, const std::string& name) {
    return std::find_if(list.begin(), list.end(),
                        [&](const Thing& each) { return each.name == name; });
  };
  Changes changes;
  for (const Thing& old : before) {
    const auto now = find(after, old.name);
    if (now == after.end()) {
      changes.push_back({kind, old.name, How::removed, {}, {}});
      continue;
    }
    auto fields = differing(describe(old, true), describe(*now, false));
    if (!fields.empty()) changes.push_back({kind, old.name, How::changed, std::move(fields), {}});
  }
  for (const Thing& now : after)
    if (find(before, now.name) == before.end())
      changes.push_back({kind, now.name, How::added, {}, {}});
  return changes;
}

std::string order_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// What both lists have, where it comes in another order.
template <class Thing>
void compare_order(const std::string& kind, const std::vector<Thing>& before,
                   const std::vector<Thing>& after, const std::string& effect, Changes& changes) {
  const auto common = [](const std::vector<Thing>& list, const std::vector<Thing>& other) {
    std::vector<std::string> names;
    for (const Thing& each : list)
      if (std::any_of(other.begin(), other.end(),
                      [&](const Thing& there) { return there.name == each.name; }))
        names.push_back(each.name);
    return names;
  };
  const auto old_order = common(before, after), new_order = common(after, before);
  if (old_order != new_order)
    changes.push_back({"order of",
                       kind,
                       How::changed,
                       {{"order", order_of(old_order), order_of(new_order)}},
                       {effect}});
}

class DeskChanges {
 public:
  DeskChanges(const desk::Configuration& before, const desk::Configuration& after,
              sched::Instant now)
      : before_(before), after_(after), now_(now) {}

  Changes find() {
    settings();
    calendars();
    policies();
    routes();
    staff();
    return std::move(changes_);
  }

 private:
  void take(Changes changes, const char* added, const char* changed, const char* removed) {
    for (ConfigChange& change : changes) {
      const char* effect = change.how == How::added     ? added
                           : change.how == How::removed ? removed
                                                        : changed;
      change.effects.emplace_back(effect);
      changes_.push_back(std::move(change));
    }
  }
  void add(std::string kind, std::vector<ConfigChange::Field> fields, std::string effect) {
    if (fields.empty()) return;
    changes_.push_back({std::move(kind), "", How::changed, std::move(fields), {std::move(effect)}});
  }

  void settings() {
    const desk::DeskSettings &old = before_.settings, &now = after_.settings;
    add("settings", differing(facts_of(old), facts_of(now)),
        "auto_close, reopen_window, strict and what routing goes by at once, for tickets there "
        "already too; the others for what happens from now on");
    add("priority.matrix", differing(facts_of(old.matrix), facts_of(now.matrix)),
        "a ticket's priority at its next update");
    add("criticality", differing(criticalities(before_), criticalities(after_)),
        "a ticket's impact at its next update");
    add("objects", differing(objects(before_), objects(after_)),
        "for conditions that read them, at once, for tickets there already too");
    add("pending periods", differing(pending(old), pending(now)),
        "for tickets pended from now on; the time between reminders at once");
    work();
    add("survey", differing(survey_facts(old), survey_facts(now)),
        "for tickets resolved from now on; change_within and quiet_period for surveys sent before "
        "too");
    add("away codes", differing(away_facts(old), away_facts(now)),
        "who is away keeps its code until the next change of state");
    add("targets", differing(target_facts(old), target_facts(now)),
        "for reports from now on, over periods of the past too; the desk itself reads none of it");
    add("pause rules", differing(pauses(old), pauses(now)),
        "part of a policy's version: see the policies");
  }

  /// The first that matches wins, so the same rules in another order are others.
  void work() {
    const Facts old = work_facts(before_.settings), now = work_facts(after_.settings);
    auto fields = differing(old, now);
    if (fields.empty() && old != now)
      fields.push_back({"order", order_of(keys(old)), order_of(keys(now))});
    add("work", std::move(fields), "at once, for what waits and what is in hand");
  }
  static std::vector<std::string> keys(const Facts& facts) {
    std::vector<std::string> keys;
    for (const auto& [key, value] : facts) keys.push_back(key);
    return keys;
  }

  static Facts criticalities(const desk::Configuration& configuration) {
    Facts facts;
    for (const desk::Criticality& each : configuration.criticalities)
      facts.emplace_back((each.of_config_item ? "config_item " : "service ") + each.name,
                         level_words[static_cast<size_t>(each.impact)]);
    return facts;
  }
  static Facts objects(const desk::Configuration& configuration) {
    Facts facts;
    for (const desk::ReferencedObject& object : configuration.objects) {
      const std::string name =
          std::string(desk::object_kind_names[static_cast<size_t>(object.kind)]) + " " +
          object.name;
      for (const auto& [attribute, value] : object.attributes)
        facts.emplace_back(name + " " + attribute, value);
    }
    return facts;
  }
  static Facts pending(const desk::DeskSettings& settings) {
    Facts facts;
    for (const desk::PendingRule& rule : settings.pending)
      for (const auto& [key, value] : facts_of(rule))
        facts.emplace_back((rule.reason.empty() ? "default" : rule.reason) + " " + key, value);
    return facts;
  }
  static Facts pauses(const desk::DeskSettings& settings) {
    Facts facts;
    for (const desk::PauseRule& rule : settings.pauses) {
      std::string clocks;
      for (size_t kind = 0; kind < clock_words.size(); ++kind)
        if ((rule.clocks >> kind & 1U) != 0)
          clocks += (clocks.empty() ? "" : ", ") + std::string(clock_words[kind]);
      if (!rule.when.empty()) clocks += " where " + rule.when;
      const auto known = std::find_if(facts.begin(), facts.end(),
                                      [&](const auto& each) { return each.first == rule.reason; });
      if (known == facts.end())
        facts.emplace_back(rule.reason, clocks);
      else
        known->second += "; " + clocks;
    }
    return facts;
  }

  void calendars() {
    Changes found = compare("calendar", before_.calendars, after_.calendars,
                            [](const sched::CalendarSpec& each, bool) { return facts_of(each); });
    // An operand's hours and tzdata are part of a calendar, and no key of its own.
    for (const sched::CalendarSpec& old : before_.calendars) {
      const sched::CalendarSpec* now = calendar(after_, old.name);
      const bool listed = std::any_of(found.begin(), found.end(),
                                      [&](const auto& each) { return each.name == old.name; });
      if (now != nullptr && !listed && !(*now == old))
        found.push_back({"calendar", old.name, How::changed, {}, {}});
    }
    for (ConfigChange& change : found) {
      if (change.how == How::changed)
        hours(change);
      else
        change.effects.emplace_back(change.how == How::added
                                        ? "for policies that name it"
                                        : "kept for the clocks that are in it");
      changes_.push_back(std::move(change));
    }
  }

  static const sched::CalendarSpec* calendar(const desk::Configuration& configuration,
                                             const std::string& name) {
    for (const sched::CalendarSpec& each : configuration.calendars)
      if (each.name == name) return &each;
    return nullptr;
  }

  void hours(ConfigChange& change) const {
    const auto old = sched::Calendar::compile(*calendar(before_, change.name));
    const auto now = sched::Calendar::compile(*calendar(after_, change.name));
    if (!old || !now) return;
    const auto spans = old->differences(*now, now_, now_ + looked_at, spans_max);
    int64_t gained_us = 0, lost_us = 0;
    for (const sched::Span& span : spans)
      (now->open_at(span.from) ? gained_us : lost_us) += (span.to - span.from).us;
    change.effects.push_back(
        spans.empty()
            ? "the same hours for 400 days"
            : fmt::format("{} gained, {} lost in {} spans in 400 days, first {} to {}",
                          format_exact(gained_us), format_exact(lost_us), spans.size(),
                          format_instant(spans.front().from), format_instant(spans.front().to)));
    constexpr std::string_view follow[] = {
        "open clocks of {} follow at once: calendar diff --connect lists the deadlines that move",
        "open clocks of {} follow when they go on after their next pause",
        "open clocks of {} keep the hours they have"};
    for (size_t rule = 0; rule < std::size(follow); ++rule) {
      std::string names;
      for (const desk::PolicyDefinition& policy : before_.policies) {
        if (policy.calendar != change.name) continue;
        if (static_cast<size_t>(policy.on_calendar_change) != rule) continue;
        names += (names.empty() ? "" : ", ") + policy.name;
      }
      if (!names.empty()) change.effects.push_back(fmt::format(fmt::runtime(follow[rule]), names));
    }
  }

  void policies() {
    Changes found = compare("policy", before_.policies, after_.policies,
                            [&](const desk::PolicyDefinition& each, bool is_old) {
                              return facts_of(each, (is_old ? before_ : after_).settings);
                            });
    take(std::move(found), "for clocks that start from now on",
         "a new version, for clocks that start from now on; open ones keep theirs until policy "
         "migrate",
         "no new clocks; open ones go on, and their ladder is silent");
    compare_order("policies", before_.policies, after_.policies,
                  "the first that matches wins: for clocks that start from now on", changes_);
  }

  void routes() {
    take(compare("route", before_.routes, after_.routes,
                 [](const desk::RouteRule& each, bool) { return facts_of(each); }),
         "for tickets opened from now on", "for tickets opened from now on",
         "for tickets opened from now on");
    compare_order("routes", before_.routes, after_.routes,
                  "the first that matches wins: for tickets opened from now on", changes_);
  }

  void staff() {
    Changes queues =
        compare("queue", before_.queues, after_.queues,
                [](const desk::QueueDefinition& each, bool) { return facts_of(each); });
    for (ConfigChange& change : queues) effects_of(change);
    std::move(queues.begin(), queues.end(), std::back_inserter(changes_));
    take(compare("agent", before_.agents, after_.agents,
                 [](const desk::AgentDefinition& each, bool) { return facts_of(each); }),
         "there at once, logged out", "at once", "stays as it is");
  }

  /// What a change of a queue does to the tickets that wait in it or are in hand.
  static void effects_of(ConfigChange& change) {
    if (change.how != How::changed) {
      change.effects.emplace_back(change.how == How::added ? "there at once" : "stays as it is");
      return;
    }
    const auto any = [&](const auto&... keys) {
      return std::any_of(change.fields.begin(), change.fields.end(), [&](const auto& field) {
        return ((field.key == keys || field.key.rfind(std::string(keys) + ' ', 0) == 0) || ...);
      });
    };
    if (any("discipline", "head_start", "default_horizon"))
      change.effects.emplace_back("at once: those that wait are ordered anew");
    if (any("need", "step", "group", "preferred", "best_fit", "choice", "mode", "weight", "share",
            "keep_free"))
      change.effects.emplace_back("at once: who may have those that wait, and who first");
    if (any("auto_accept", "offer_timeout", "fan_out", "cool_off"))
      change.effects.emplace_back("for offers from now on; live ones go on");
    if (change.effects.empty()) change.effects.emplace_back("at once");
  }

  const desk::Configuration& before_;
  const desk::Configuration& after_;
  sched::Instant now_;
  Changes changes_;
};

}  // namespace

std::string_view word_of(How how) {
  constexpr std::string_view words[] = {"added", "removed", "changed"};
  return words[static_cast<size_t>(how)];
}

std::string text_of(const ConfigChange& change) {
  std::string text = change.kind + (change.name.empty() ? "" : " " + change.name);
  text += fmt::format(": {}\n", word_of(change.how));
  for (const ConfigChange::Field& field : change.fields)
    text += fmt::format("  {}: {} → {}\n", field.key, field.before, field.after);
  for (const std::string& effect : change.effects)
    text += fmt::format("  takes effect: {}\n", effect);
  return text;
}

Changes changes_between(const config::ServerSettings& before, const config::ServerSettings& after) {
  auto fields = differing(facts_of(before), facts_of(after));
  if (fields.empty()) return {};
  return {{"server", "", How::changed, std::move(fields), {"when the server starts again"}}};
}

Changes changes_between(const desk::Configuration& before, const desk::Configuration& after,
                        sched::Instant now) {
  return DeskChanges(before, after, now).find();
}

}  // namespace paceline::tools
