// What the clock model knows of the rules: ticket fields as plain values, conditions as functions
// beside their text, policies in every version there was.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/policy_defaults.h"
#include "engine/desk/predicate.h"
#include "tests/models/opening_hours.h"

namespace paceline::tests {

/// A ticket as its conditions see it.
struct ModelFields {
  int kind = 0, impact = 0, urgency = 0, priority = 3;
  bool vip = false, workaround = false, major = false, reopened = false, responded = false;
  bool ball_at_requester = false, has_agent = false;
  std::string category, stage, queue, group, reason;  // reason: of a pending ticket, else empty
  desk::State state = desk::State::none;
  desk::State before_pending = desk::State::none;
  std::string message;  // "agent" …, during a message only
  bool moved = false;   // during a change to another group only

  bool is(desk::State wanted) const { return state == wanted; }
  bool unresolved() const {
    return is(desk::State::queued) || is(desk::State::assigned) || is(desk::State::in_progress) ||
           is(desk::State::pending);
  }
  bool done() const { return is(desk::State::resolved) || is(desk::State::closed); }
  bool terminal() const { return is(desk::State::closed) || is(desk::State::cancelled); }
  bool pending_for(const char* why) const { return is(desk::State::pending) && reason == why; }
  bool assigned() const {
    const bool at_work = is(desk::State::pending) && before_pending != desk::State::queued;
    return has_agent || is(desk::State::assigned) || is(desk::State::in_progress) || at_work;
  }
  bool in_triage() const { return queue == "triage"; }
};

using ModelCondition = std::function<bool(const ModelFields&)>;

/// A policy as a test states it: the definition the desk gets, and what its conditions mean. An
/// empty function is the kind's own condition.
struct StatedPolicy {
  desk::PolicyDefinition definition;
  ModelCondition when, start, stop, cancel, reset, pause_when, resume_when;
};

struct ModelPolicy {
  StatedPolicy stated;
  const OpeningHours* hours = nullptr;
  int calendar_version = 0;
  size_t track = 0;
  uint32_t reads = 0;      ///< Bits of the fields named by its conditions.
  uint32_t chosen_by = 0;  ///< Of those named by `when` alone.
  bool in_force = false;
  bool cyclic = false, cancel_when_start_false = false;

  const desk::PolicyDefinition& definition() const { return stated.definition; }
  bool fixed() const {
    const desk::TargetKind kind = definition().target.kind;
    return kind == desk::TargetKind::instant || kind == desk::TargetKind::promised;
  }
};

/// What each kind does by itself; the sentences of policy_defaults.h as functions.
inline StatedPolicy with_defaults(StatedPolicy stated) {
  using F = ModelFields;
  const auto give = [](ModelCondition& condition, ModelCondition otherwise) {
    if (!condition) condition = std::move(otherwise);
  };
  const desk::PolicyDefinition& definition = stated.definition;
  const auto always = [](const F&) { return true; };
  const auto resolved = [](const F& t) { return t.done(); };
  switch (definition.clock) {
    case desk::ClockKind::response:
      give(stated.stop,
           [bots = definition.bot_counts, automatic = definition.automatic_counts](const F& t) {
             return t.responded || t.done() || (bots && t.message == "bot") ||
                    (automatic && t.message == "automatic");
           });
      break;
    case desk::ClockKind::resolution:
      break;
    case desk::ClockKind::triage:
      give(stated.stop,
           [](const F& t) { return (!t.category.empty() && !t.in_triage()) || t.done(); });
      break;
    case desk::ClockKind::own:
      give(stated.start, [](const F& t) { return t.is(desk::State::queued); });
      give(stated.stop, [](const F& t) { return t.assigned() || t.done(); });
      break;
    case desk::ClockKind::update:
      give(stated.start, [](const F& t) { return t.responded && !t.ball_at_requester; });
      give(stated.stop, [](const F& t) { return t.ball_at_requester || t.done(); });
      break;
    case desk::ClockKind::ola:
      give(stated.start, [](const F& t) { return !t.in_triage() && t.unresolved(); });
      give(stated.stop, [](const F& t) { return t.moved || t.done(); });
      give(stated.pause_when,
           [](const F& t) { return t.is(desk::State::pending) && t.reason != "awaiting_group"; });
      break;
    case desk::ClockKind::uc:
      give(stated.start, [](const F& t) { return t.pending_for("awaiting_vendor"); });
      give(stated.stop, [](const F& t) { return !t.pending_for("awaiting_vendor"); });
      break;
    case desk::ClockKind::approval:
      give(stated.start, [](const F& t) { return t.pending_for("awaiting_approval"); });
      give(stated.stop, [](const F& t) { return !t.pending_for("awaiting_approval"); });
      break;
    case desk::ClockKind::mi_update:
      give(stated.start, [](const F& t) { return t.major && t.unresolved(); });
      give(stated.stop, [](const F& t) { return !t.major || t.done(); });
      give(stated.reset, [](const F& t) { return t.message == "agent"; });
      break;
    case desk::ClockKind::stage:
    case desk::ClockKind::review:
      break;
  }
  give(stated.start, always);
  give(stated.stop, resolved);
  give(stated.when, always);
  give(stated.resume_when, always);
  return stated;
}

/// Whether a pending reason pauses a clock of this policy: its own list, else the desk's matrix.
inline bool matrix_pauses(const ModelPolicy& policy, const std::string& reason,
                          const ModelFields& t) {
  const desk::PolicyDefinition& definition = policy.definition();
  if (definition.pause_stated) {
    return std::count(definition.pause.begin(), definition.pause.end(), reason) != 0;
  }
  const desk::ClockKind kind = definition.clock;
  const bool resolution = kind == desk::ClockKind::resolution;
  if (reason == "scheduled_for") return true;
  if (reason == "awaiting_requester") return resolution || kind == desk::ClockKind::stage;
  if (reason == "requester_unreachable") return resolution || kind == desk::ClockKind::response;
  if (reason == "awaiting_change") return resolution && !t.major;
  if (reason == "awaiting_problem_fix") return resolution && t.workaround;
  if (reason == "awaiting_approval") {
    return kind == desk::ClockKind::stage || (resolution && t.kind == 1);
  }
  return false;
}

class ClockRules {
 public:
  static constexpr int64_t midnight_us = 1'767'571'200'000'000;  // 2026-01-05, a Monday
  static constexpr int first_day = -14, days = 500;

  ClockRules() { calendars_["24x7"].emplace_back(sched::round_the_clock(), midnight_us, 0, 0); }

  void apply(const std::vector<StatedPolicy>& policies, const desk::Configuration& configuration) {
    for (const sched::CalendarSpec& spec : configuration.calendars) {
      if (const auto known = specs_.find(spec.name); known != specs_.end() && known->second == spec)
        continue;
      specs_[spec.name] = spec;
      calendars_[spec.name].emplace_back(spec, midnight_us, first_day, days);
    }
    for (ModelPolicy& policy : policies_) policy.in_force = false;
    for (Track& track : tracks_) track.in_force.clear();
    for (const StatedPolicy& stated : policies) {
      ModelPolicy* policy = version(stated);
      policy->in_force = true;
      tracks_[policy->track].in_force.push_back(policy);
    }
    settings_ = configuration.settings;
  }

  struct Track {
    desk::ClockKind kind;
    std::string label;
    std::vector<const ModelPolicy*> in_force;  // in the order of the file
    uint32_t reads() const {
      uint32_t bits = 0;
      for (const ModelPolicy* policy : in_force) bits |= policy->reads;
      return bits;
    }
    uint32_t chosen_by() const {
      uint32_t bits = 0;
      for (const ModelPolicy* policy : in_force) bits |= policy->chosen_by;
      return bits;
    }
  };
  const std::vector<Track>& tracks() const { return tracks_; }
  const desk::DeskSettings& settings() const { return settings_; }
  const OpeningHours& hours(const std::string& calendar) const {
    return calendars_.at(calendar).back();
  }

  const ModelPolicy* policy_for(size_t track, const ModelFields& t) const {
    for (const ModelPolicy* policy : tracks_[track].in_force) {
      if (policy->stated.when(t)) return policy;
    }
    return nullptr;
  }
  /// The same policy under its calendar's newest version.
  const ModelPolicy* newest(const ModelPolicy* policy) { return version(policy->stated); }
  /// Whether some version of a policy with this name is in force: else its ladder is silent.
  bool name_in_force(const ModelPolicy* policy) const {
    for (const ModelPolicy& known : policies_) {
      if (known.in_force && known.definition().name == policy->definition().name) return true;
    }
    return false;
  }

 private:
  ModelPolicy* version(const StatedPolicy& stated) {
    const int calendar_version =
        static_cast<int>(calendars_.at(stated.definition.calendar).size()) - 1;
    for (ModelPolicy& known : policies_) {
      if (known.definition() == stated.definition && known.calendar_version == calendar_version)
        return &known;
    }
    ModelPolicy& policy = policies_.emplace_back();
    policy.stated = with_defaults(stated);
    policy.calendar_version = calendar_version;
    policy.hours = &calendars_.at(stated.definition.calendar).back();
    const desk::ClockKind kind = stated.definition.clock;
    policy.cyclic = kind == desk::ClockKind::update || kind == desk::ClockKind::ola ||
                    kind == desk::ClockKind::uc || kind == desk::ClockKind::approval ||
                    kind == desk::ClockKind::stage || kind == desk::ClockKind::mi_update;
    policy.cancel_when_start_false = stated.definition.cancel_when_start_false < 0
                                         ? kind == desk::ClockKind::ola
                                         : stated.definition.cancel_when_start_false != 0;
    policy.reads = reads(stated.definition);
    policy.chosen_by = 1U << 31 | named_in(" " + stated.definition.when + " ");
    policy.track = 0;
    while (policy.track < tracks_.size() &&
           (tracks_[policy.track].kind != kind ||
            tracks_[policy.track].label != stated.definition.label)) {
      ++policy.track;
    }
    if (policy.track == tracks_.size()) tracks_.push_back({kind, stated.definition.label, {}});
    return &policy;
  }

  /// The fields its conditions name. A change reaches the clocks that read what changed.
  static uint32_t reads(const desk::PolicyDefinition& definition) {
    const desk::KindDefaults& defaults = desk::defaults_of(definition.clock);
    const auto text = [](const std::string& own, std::string_view otherwise) {
      return " " + (own.empty() ? std::string(otherwise) : own) + " ";
    };
    const std::string all = text(definition.when, "") + text(definition.start, defaults.start) +
                            " " + desk::stop_condition(definition) + " " +
                            text(definition.cancel, "") + text(definition.reset, defaults.reset) +
                            text(definition.pause_when, defaults.pause_when) +
                            text(definition.resume_when, "");
    uint32_t bits = 1U << 31;
    if (!definition.pause_stated || !definition.pause.empty()) {
      bits |= bit(desk::Field::state) | bit(desk::Field::reason);
    }
    if (!definition.pause_stated && definition.clock == desk::ClockKind::resolution) {
      bits |= bit(desk::Field::major) | bit(desk::Field::workaround) | bit(desk::Field::kind);
    }
    return bits | named_in(all);
  }

  static uint32_t named_in(const std::string& all) {
    uint32_t bits = 0;
    const auto part_of_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '\'';
    };
    for (size_t i = 0; i < desk::field_count; ++i) {
      const auto field = static_cast<desk::Field>(i);
      const std::string word(desk::name(field));
      for (size_t at = all.find(word); at != std::string::npos; at = all.find(word, at + 1)) {
        if (!part_of_word(all[at - 1]) && !part_of_word(all[at + word.size()])) bits |= bit(field);
      }
    }
    return bits;
  }

  std::map<std::string, sched::CalendarSpec> specs_;
  std::map<std::string, std::deque<OpeningHours>> calendars_;
  std::deque<ModelPolicy> policies_;
  std::vector<Track> tracks_;
  desk::DeskSettings settings_;
};

}  // namespace paceline::tests
