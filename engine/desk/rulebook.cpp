#include "engine/desk/rulebook.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

namespace {

constexpr uint32_t reasons_max = 0x00ff'fffe;  // an interval keeps a reason in 24 bits
constexpr int64_t duration_us_max = 200 * 366 * sched::day.us;
constexpr uint16_t business_days_max = 366;
constexpr size_t object_name_size_max = 255;  // as an attribute of a ticket

uint32_t no_numbers(Field, std::string_view) { return 0; }

bool is_valid(const Period& period) {
  return period.us >= 0 && period.us <= duration_us_max &&
         period.business_days <= business_days_max;
}

std::string problem_with_objects(const std::vector<ReferencedObject>& objects) {
  std::set<std::pair<ObjectKind, std::string_view>> known;
  for (const ReferencedObject& object : objects) {
    const std::string subject = std::string(object_kind_names[static_cast<size_t>(object.kind)]) +
                                " \"" + object.name + "\"";
    if (object.name.empty()) return "an object has no name";
    if (object.name.size() > object_name_size_max) return subject + ": the name is too long";
    if (!known.insert({object.kind, object.name}).second) return subject + " is there twice";
    std::set<std::string_view> attributes;
    for (const auto& [attribute, value] : object.attributes) {
      if (attribute.empty() || value.empty()) return subject + ": an attribute is empty";
      if (!attributes.insert(attribute).second) {
        return subject + ": attribute \"" + attribute + "\" is there twice";
      }
    }
  }
  return {};
}

std::string problem_with_periods(const DeskSettings& settings, const ObjectCatalogue& objects) {
  if (!is_valid(settings.auto_close) || !is_valid(settings.reopen_window)) {
    return "auto_close and reopen_window lie between 0 and 200 years";
  }
  for (const PauseRule& rule : settings.pauses) {
    const auto parsed = Predicate::parse(rule.when, no_numbers, &objects);
    if (!parsed) return "pending \"" + rule.reason + "\": when: " + parsed.error().message;
    if (rule.reason.empty() || (rule.clocks & ~all_clock_kinds) != 0) {
      return "a pause rule names a reason and clocks";
    }
  }
  for (const PendingRule& rule : settings.pending) {
    if (!is_valid(rule.max_pause) || !is_valid(rule.remind_every)) {
      return "pending \"" + rule.reason + "\": periods lie between 0 and 200 years";
    }
    if ((rule.reminders != 0) == rule.remind_every.none()) {
      return "pending \"" + rule.reason + "\": reminders and remind_every go together";
    }
  }
  return {};
}

std::string problem_with_targets(const std::vector<FigureTarget>& targets) {
  std::set<std::string_view> known;
  for (const FigureTarget& target : targets) {
    if (!is_figure(target.figure)) return "targets: no figure \"" + target.figure + "\"";
    if (!read_band(target.band)) return "targets: \"" + target.band + "\" is no band";
    if (!known.insert(target.figure).second) return "targets: " + target.figure + " is there twice";
  }
  return {};
}

}  // namespace

Rulebook::Rulebook(const Limits& limits)
    : limits_(limits),
      queue_names_(limits.queues_max),
      agent_names_(limits.agents_max),
      groups_(limits.dictionary_max),
      skills_(limits.dictionary_max),
      reasons_(std::min(limits.dictionary_max, reasons_max)),
      requesters_(limits.dictionary_max) {
  calendars_.push_back({sched::round_the_clock(), sched::Calendar{}});
  QueueDefinition triage;
  triage.name = settings_.triage_queue;
  triage.group = settings_.triage_queue;
  triage.mode = QueueMode::manual;
  triage_ = define_queue(triage).value();
  for (const std::string_view own : own_reasons) {
    reasons_.intern(own);
  }
  pending_rules_.emplace_back();
}

std::string Rulebook::problem_with(const Configuration& configuration) const {
  if (configuration.settings.triage_queue.empty()) return "triage_queue has no name";
  const DeskSettings& settings = configuration.settings;
  for (const int64_t setting_us : {settings.stale_after_us, settings.max_backdate_us}) {
    if (setting_us < 0 || setting_us > duration_us_max) {
      return "stale_after and max_backdate lie between 0 and 200 years";
    }
  }
  if (std::string problem = problem_with_objects(configuration.objects); !problem.empty()) {
    return problem;
  }
  const ObjectCatalogue catalogue(configuration.objects);
  if (std::string problem = problem_with_periods(settings, catalogue); !problem.empty()) {
    return problem;
  }
  if (std::string problem = problem_with_targets(settings.targets); !problem.empty()) {
    return problem;
  }
  Dictionary calendar_names(limits_.calendars_max);
  for (const sched::CalendarSpec& spec : configuration.calendars) {
    if (spec.name.empty() || spec.name == "24x7") {
      return "a calendar needs a name other than the built-in 24x7";
    }
    if (calendar_names.find(spec.name) != none) return "calendar \"" + spec.name + "\" twice";
    if (calendar_names.intern(spec.name) == none) return "too many calendars";
    if (!sched::Calendar::compile(spec)) {
      return "calendar \"" + spec.name + "\" has no open time or an interval that is not valid";
    }
  }
  if (calendars_.size() + configuration.calendars.size() > limits_.calendars_max) {
    return "too many calendar versions on this desk";
  }
  // Each version in use may get a successor under a calendar's new version.
  if (policies_.size() * 2 + configuration.policies.size() > limits_.policies_max) {
    return "too many policy versions on this desk";
  }
  const auto is_calendar = [&](const std::string& wanted) {
    return calendar_names.find(wanted) != none || calendar_for(wanted) != none;
  };
  if (!settings.calendar.empty() && !is_calendar(settings.calendar)) {
    return "the desk's calendar \"" + settings.calendar + "\" is not defined";
  }
  if (std::string problem = problem_with_policies(configuration, is_calendar); !problem.empty()) {
    return problem;
  }
  if (std::string problem = problem_with_queues(configuration); !problem.empty()) return problem;
  if (std::string problem = problem_with_staff(configuration, is_calendar); !problem.empty()) {
    return problem;
  }
  const auto is_queue = [&](const std::string& wanted) {
    return find_queue(wanted) != none || wanted == settings.triage_queue ||
           std::any_of(configuration.queues.begin(), configuration.queues.end(),
                       [&](const QueueDefinition& queue) { return queue.name == wanted; });
  };
  for (const PolicyDefinition& policy : configuration.policies) {
    for (const Rung& rung : policy.rungs) {
      if (!rung.queue.empty() && !is_queue(rung.queue)) {
        return "policy \"" + policy.name + "\": no queue \"" + rung.queue + "\"";
      }
    }
  }
  for (const RouteRule& route : configuration.routes) {
    if (!is_queue(route.queue)) {
      return "route \"" + route.name + "\": no queue \"" + route.queue + "\"";
    }
    const auto parsed = Predicate::parse(route.when, no_numbers, &catalogue);
    if (!parsed) return "route \"" + route.name + "\": when: " + parsed.error().message;
  }
  return {};
}

std::string Rulebook::problem_with_policies(
    const Configuration& configuration,
    const std::function<bool(const std::string&)>& is_calendar) const {
  const ObjectCatalogue objects(configuration.objects);
  std::set<std::pair<ClockKind, std::string>> tracks;
  for (const Track& track : tracks_) tracks.emplace(track.kind, track.label);
  const auto days_in = [&](const std::string& wanted) {
    for (const sched::CalendarSpec& spec : configuration.calendars) {
      if (spec.name == wanted) return !spec.always_open;
    }
    const uint32_t known = calendar_for(wanted);
    return known != none && calendars_[known].calendar.has_business_days();
  };
  for (const PolicyDefinition& policy : configuration.policies) {
    if (std::string problem = desk::problem_with(policy, objects); !problem.empty()) return problem;
    const std::string subject = "policy \"" + policy.name + "\": ";
    if (!is_calendar(policy.calendar)) return subject + "no calendar \"" + policy.calendar + "\"";
    if (policy.target.kind == TargetKind::end_of_business_day && !days_in(policy.calendar)) {
      return subject + "calendar \"" + policy.calendar + "\" has no business days";
    }
    for (const Rung& rung : policy.rungs) {
      if (!rung.calendar.empty() && !is_calendar(rung.calendar)) {
        return subject + "no calendar \"" + rung.calendar + "\"";
      }
    }
    tracks.emplace(policy.clock, policy.label);
  }
  if (tracks.size() > clocks_per_ticket_max) {
    return "policies name more than 16 different clocks and labels: a ticket has room for 16";
  }
  const bool counts_days = [&] {
    const DeskSettings& settings = configuration.settings;
    bool any = settings.auto_close.business_days != 0 || settings.reopen_window.business_days != 0;
    for (const PendingRule& rule : settings.pending) {
      any = any || rule.max_pause.business_days != 0 || rule.remind_every.business_days != 0;
    }
    return any;
  }();
  if (counts_days && !days_in(configuration.settings.calendar)) {
    return "business days need a desk calendar with opening hours";
  }
  return {};
}

ValueResolver Rulebook::resolver(ValueNumbers& numbers) const {
  return [this, &numbers](Field field, std::string_view value) {
    return field == Field::queue ? find_queue(value) : numbers.number(field, value);
  };
}

/// Conditions of former policies may read attributes that are gone.
void Rulebook::apply_objects(const Configuration& configuration, ValueNumbers& numbers,
                             bool unfinished) {
  if (!unfinished) changed_objects_.clear();
  for (const auto& [field, object] : desk::changed_objects(objects_, configuration.objects)) {
    changed_objects_.emplace_back(field, numbers.number(field, object));
  }
  std::sort(changed_objects_.begin(), changed_objects_.end());
  objects_ = configuration.objects;
  catalogue_ = ObjectCatalogue(objects_, ObjectCatalogue::Unknown::is_empty);
}

uint32_t Rulebook::changed_objects(const FieldValues& values) const {
  uint32_t bits = 0;
  if (changed_objects_.empty()) return bits;
  for (const Field field : {Field::service, Field::config_item, Field::requester}) {
    const std::pair object(field, values.value[static_cast<size_t>(field)]);
    if (std::binary_search(changed_objects_.begin(), changed_objects_.end(), object)) {
      bits |= bit(field);
    }
  }
  return bits;
}

void Rulebook::apply(const Configuration& configuration, ValueNumbers& numbers, bool unfinished) {
  settings_ = configuration.settings;
  ++version_;
  apply_objects(configuration, numbers, unfinished);
  for (const sched::CalendarSpec& spec : configuration.calendars) {
    const uint32_t known = calendar_for(spec.name);
    if (known != none && calendars_[known].spec == spec) continue;
    calendars_.push_back({spec, sched::Calendar::compile(spec).value()});
  }
  // Predicates name queues, and routes lead to them: all must have their position first.
  if (find_queue(settings_.triage_queue) == none) {
    QueueDefinition triage;
    triage.name = triage.group = settings_.triage_queue;
    triage.mode = QueueMode::manual;
    CHECK(define_queue(triage).has_value());
  }
  triage_ = find_queue(settings_.triage_queue);
  for (const QueueDefinition& queue : configuration.queues) {
    CHECK(define_queue(queue).has_value());
  }
  for (uint32_t queue = 0; queue < queue_count(); ++queue) {
    std::fill(std::begin(queues_[queue].strict), std::end(queues_[queue].strict), false);
    for (const sched::Priority priority : settings_.strict) {
      queues_[queue].strict[static_cast<size_t>(priority)] = true;
    }
  }
  const ValueResolver resolve = resolver(numbers);
  apply_policies(configuration, resolve);
  routes_.clear();
  for (const RouteRule& route : configuration.routes) {
    routes_.push_back({reasons_.intern(route.name),
                       Predicate::parse(route.when, resolve, &catalogue_).value(),
                       find_queue(route.queue), route.min_confidence, route.enabled});
  }
  criticalities_.clear();
  for (const Criticality& criticality : configuration.criticalities) {
    const Field field = criticality.of_config_item ? Field::config_item : Field::service;
    criticalities_.push_back({field, numbers.number(field, criticality.name), criticality.impact});
  }
  // The configuration item is asked before the service.
  std::stable_sort(criticalities_.begin(), criticalities_.end(),
                   [](const CriticalityEntry& a, const CriticalityEntry& b) {
                     return a.field == Field::config_item && b.field == Field::service;
                   });
}

Rulebook::Routed Rulebook::route(const FieldValues& values, uint8_t confidence) const {
  for (const CompiledRoute& route : routes_) {
    const bool sure = confidence == 0 || confidence >= route.min_confidence;
    if (route.on && sure && route.when.holds(values)) return {route.queue, route.rule};
  }
  return {triage_, none};
}

uint32_t Rulebook::find_route(std::string_view rule) const {
  const uint32_t reason = reasons_.find(rule);
  const bool known = std::any_of(routes_.begin(), routes_.end(),
                                 [&](const CompiledRoute& route) { return route.rule == reason; });
  return known ? reason : none;
}

bool Rulebook::switch_route(std::string_view rule, bool on) {
  const uint32_t reason = find_route(rule);
  for (CompiledRoute& route : routes_) {
    if (route.rule == reason) route.on = on;
  }
  return reason != none;
}

sched::Impact Rulebook::derived_impact(const FieldValues& values) const {
  for (const CriticalityEntry& entry : criticalities_) {
    if (values.value[static_cast<size_t>(entry.field)] == entry.value) return entry.impact;
  }
  return sched::Impact::none;
}

uint32_t Rulebook::calendar_for(std::string_view wanted) const {
  for (auto position = static_cast<uint32_t>(calendars_.size()); position-- > 0;) {
    if (calendars_[position].spec.name == wanted) return position;
  }
  return none;
}

void Rulebook::add_to(sched::Digest& digest) const {
  digest.add(version_);
  digest.add(uint64_t{triage_});
  for (const Track& track : tracks_) {
    digest.add_text(track.label);
    digest.add(static_cast<uint64_t>(track.kind));
    for (const uint32_t position : track.in_force) digest.add(position);
  }
  add_staff_to(digest);
  for (const CompiledRoute& route : routes_) digest.add(uint64_t{route.rule} << 1 | route.on);
  for (const Policy& policy : policies_) {
    digest.add_text(policy.definition.name);
    digest.add(policy.definition.target.us);
    digest.add(uint64_t{policy.definition.target.business_days});
    digest.add(policy.calendar_version);
    digest.add(uint64_t{policy.successor} << 32 | policy.in_force_as);
  }
  reasons_.add_to(digest);
}

}  // namespace paceline::desk
