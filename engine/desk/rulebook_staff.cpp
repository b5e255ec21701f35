// Queues, agents and kinds of work of the rulebook: what may be defined, and what is compiled of
// it.
#include <algorithm>

#include "engine/desk/line_book.h"
#include "engine/desk/need.h"
#include "engine/desk/rulebook.h"
#include "sched/base/check.h"

namespace paceline::desk {

namespace {

constexpr int64_t duration_us_max = 200 * 366 * sched::day.us;
constexpr uint32_t weight_milli_max = 1'000'000;
constexpr size_t steps_max = 64;
constexpr uint32_t preferred_points_max = 15;
constexpr uint8_t fan_out_max = 8;
constexpr std::string_view language_prefix = "language:";
constexpr std::string_view clearance_prefix = "clearance:";

bool is_duration(int64_t duration_us) { return duration_us >= 0 && duration_us <= duration_us_max; }
bool is_head_start(int64_t duration_us) {
  return duration_us >= -duration_us_max && duration_us <= duration_us_max;
}
bool is_weight(uint32_t weight_milli) {
  return weight_milli != 0 && weight_milli <= weight_milli_max;
}

std::string problem_with_head_start(const HeadStart& head_start) {
  bool valid = is_head_start(head_start.vip_us) && is_head_start(head_start.reopened_us) &&
               is_head_start(head_start.negative_us);
  for (const int64_t start_us : head_start.priority_us) valid = valid && is_head_start(start_us);
  return valid ? "" : "a head start is at most 200 years";
}

std::string problem_with_routing(const QueueDefinition& queue) {
  if (queue.step_count() > steps_max) return "at most 64 routing steps";
  if (!queue.steps.empty() && !queue.need.empty()) return "need and steps exclude each other";
  for (size_t step = 0; step < queue.step_count(); ++step) {
    const auto need = parse_need(queue.step_need(step));
    if (!need) return "need: " + need.error().message;
  }
  for (size_t step = 0; step < queue.steps.size(); ++step) {
    const RoutingStep& stated = queue.steps[step];
    const bool last = step + 1 == queue.steps.size();
    if (!is_duration(stated.wait_us) || !is_duration(stated.slack_us)) {
      return "wait and slack of a step lie between 0 and 200 years";
    }
    if (last != (stated.wait_us == 0 && stated.slack_us == 0)) {
      return "every step but the last says until when";
    }
  }
  uint32_t points = 0;
  for (const PreferredTerm& term : queue.preferred) {
    const auto need = parse_need(term.need);
    if (!need) return "preferred: " + need.error().message;
    if (need->need.asks_nothing() || term.points == 0)
      return "a preferred term has need and points";
    points += term.points;
  }
  if (points > preferred_points_max) return "preferred terms have more than 15 points together";
  return {};
}

std::string problem_with_offers(const QueueDefinition& queue) {
  if (queue.fan_out == 0 || queue.fan_out > fan_out_max) return "fan_out lies between 1 and 8";
  for (const int64_t us : {queue.offer_timeout_us, queue.cool_off_us, queue.grace_us,
                           queue.wrap_up_min_us, queue.wrap_up_max_us, queue.window_us,
                           queue.min_fit_us, queue.no_touch_us, queue.bounce_window_us,
                           queue.sticky.ttl_us, queue.sticky.wait_us, queue.sticky.min_slack_us}) {
    if (!is_duration(us)) return "durations lie between 0 and 200 years";
  }
  if (queue.wrap_up_min_us > queue.wrap_up_max_us) return "wrap_up: min is more than max";
  for (const Overflow& overflow : queue.overflows) {
    const int conditions = (overflow.size != 0 ? 1 : 0) + (overflow.no_agent ? 1 : 0);
    if (!is_duration(overflow.wait_us) || conditions > 1 ||
        (conditions == 0 && overflow.wait_us == 0)) {
      return "an overflow is by wait, by size or by no_agent";
    }
  }
  if (queue.checklist.size() > 255) return "a checklist has at most 255 items";
  return {};
}

std::string problem_with_queue(const QueueDefinition& queue) {
  if (queue.name.empty()) return "a queue has no name";
  const std::string subject = "queue \"" + queue.name + "\": ";
  if (!is_weight(queue.weight_milli))
    return subject + "weight must be between 0.001 and 1,000 units";
  if (queue.default_horizon_us <= 0 || queue.default_horizon_us > duration_us_max) {
    return subject + "default_horizon must be positive, and at most 200 years";
  }
  for (const std::string& problem : {problem_with_head_start(queue.head_start),
                                     problem_with_routing(queue), problem_with_offers(queue)}) {
    if (!problem.empty()) return subject + problem;
  }
  return {};
}

std::string problem_with_agent(const AgentDefinition& agent) {
  if (agent.name.empty()) return "an agent has no name";
  for (const auto& [skill, level] : agent.skills) {
    if (skill.empty() || level == 0 || level > 100) {
      return "agent \"" + agent.name + "\": skill levels go from 1 to 100";
    }
  }
  return {};
}

/// A queue that leads to itself by `next`, or nothing.
std::string cycle_in(const std::vector<const QueueDefinition*>& queues,
                     const std::function<std::vector<std::string>(const QueueDefinition&)>& next) {
  enum class Mark : uint8_t { unseen, on_the_way, done };
  std::vector<Mark> marks(queues.size(), Mark::unseen);
  const auto index_of = [&](const std::string& name) {
    const auto found = std::find_if(queues.begin(), queues.end(),
                                    [&](const auto* queue) { return queue->name == name; });
    return static_cast<size_t>(found - queues.begin());
  };
  struct Place {
    size_t queue;
    std::vector<std::string> left;
  };
  for (size_t start = 0; start < queues.size(); ++start) {
    if (marks[start] != Mark::unseen) continue;
    std::vector<Place> path{{start, next(*queues[start])}};
    marks[start] = Mark::on_the_way;
    while (!path.empty()) {
      if (path.back().left.empty()) {
        marks[path.back().queue] = Mark::done;
        path.pop_back();
        continue;
      }
      const size_t to = index_of(path.back().left.back());
      path.back().left.pop_back();
      if (to == queues.size() || marks[to] == Mark::done) continue;
      if (marks[to] == Mark::on_the_way) return queues[to]->name;
      marks[to] = Mark::on_the_way;
      path.push_back({to, next(*queues[to])});
    }
  }
  return {};
}

}  // namespace

std::string Rulebook::problem_with_queues(const Configuration& configuration) const {
  Dictionary names(limits_.queues_max);
  std::vector<const QueueDefinition*> all;
  for (uint32_t queue = 0; queue < queue_count(); ++queue) {
    names.intern(queue_names_.text(queue));
    all.push_back(&queues_[queue].definition);
  }
  QueueDefinition triage;
  triage.name = triage.group = configuration.settings.triage_queue;
  const auto add = [&](const QueueDefinition& queue) {
    const uint32_t position = names.intern(queue.name);
    if (position == none) return false;
    if (position == all.size()) all.emplace_back();
    all[position] = &queue;
    return true;
  };
  if (names.find(triage.name) == none && !add(triage)) return "too many queues";
  for (const QueueDefinition& queue : configuration.queues) {
    if (std::string problem = problem_with_queue(queue); !problem.empty()) return problem;
    if (!add(queue)) return "too many queues";
  }
  const auto unknown = [&](const std::string& name) {
    return !name.empty() && names.find(name) == none;
  };
  if (unknown(configuration.settings.coordinator_queue)) {
    return "coordinator_queue: no queue \"" + configuration.settings.coordinator_queue + "\"";
  }
  if (unknown(configuration.settings.survey.follow_up)) {
    return "survey: follow_up: no queue \"" + configuration.settings.survey.follow_up + "\"";
  }
  for (const QueueDefinition* queue : all) {
    const std::string subject = "queue \"" + queue->name + "\": ";
    if (unknown(queue->escalate_to)) {
      return subject + "escalate_to: no queue \"" + queue->escalate_to + "\"";
    }
    if (unknown(queue->sun.queue)) {
      return subject + "follow_the_sun: no queue \"" + queue->sun.queue + "\"";
    }
    for (const Overflow& overflow : queue->overflows) {
      if (overflow.queue.empty() || unknown(overflow.queue)) {
        return subject + "overflow: no queue \"" + overflow.queue + "\"";
      }
    }
  }
  const std::string overflowing = cycle_in(all, [](const QueueDefinition& queue) {
    std::vector<std::string> next;
    for (const Overflow& overflow : queue.overflows) next.push_back(overflow.queue);
    return next;
  });
  if (!overflowing.empty()) return "queue \"" + overflowing + "\" overflows into itself";
  const std::string escalating = cycle_in(all, [](const QueueDefinition& queue) {
    return queue.escalate_to.empty() ? std::vector<std::string>{}
                                     : std::vector<std::string>{queue.escalate_to};
  });
  if (!escalating.empty()) return "queue \"" + escalating + "\" escalates to itself";
  Dictionary channels(limits_.dictionary_max);
  WorkSources sources{.queues = all,
                      .rules = &configuration.settings.work,
                      .agents_channels = {},
                      .channel_number = [&](std::string_view n) { return channels.intern(n); }};
  const auto limit_to = [&](const AgentDefinition& agent) {
    for (const std::string& channel : agent.channels) {
      auto& known = sources.agents_channels;
      if (std::find(known.begin(), known.end(), channel) == known.end()) known.push_back(channel);
    }
  };
  for (const Agent& agent : agents_) limit_to(agent.definition);
  for (const AgentDefinition& agent : configuration.agents) limit_to(agent);
  if (kinds_of_work(sources, sched::Dispatcher::work_kinds_max).size() >
      sched::Dispatcher::work_kinds_max) {
    return "weights, work rules and channels make more than 64 distinct kinds of work";
  }
  return {};
}

std::string Rulebook::problem_with_staff(
    const Configuration& configuration,
    const std::function<bool(const std::string&)>& is_calendar) const {
  const DeskSettings& settings = configuration.settings;
  for (const WorkRule& rule : settings.work) {
    if (!is_weight(rule.weight_milli)) return "a work rule's weight is between 0.001 and 1,000";
  }
  for (const int64_t us : {settings.max_wait_us, settings.drain_lead_us, settings.ramp_us}) {
    if (!is_duration(us)) return "max_wait, drain_lead and ramp lie between 0 and 200 years";
  }
  if (settings.aged_share_milli > 1'000 || settings.pending_share_milli > 1'000 ||
      settings.occupancy_low_milli > settings.occupancy_high_milli ||
      settings.occupancy_high_milli > 1'000) {
    return "shares lie between 0 and 1, and the occupancy band is low before high";
  }
  const SurveySettings& survey = settings.survey;
  if (survey.questions > all_questions || survey.sampling_milli > 1'000) {
    return "a survey asks csat, nps or both of a share between 0 and 1";
  }
  if (survey.valid_us <= 0 || survey.valid_us > survey_valid_us_max ||
      !is_duration(survey.quiet_us) || !is_duration(survey.change_within_us)) {
    return "a survey is valid for 1 µs to 366 days; quiet_period and change_within lie between 0 "
           "and 200 years";
  }
  Dictionary names(limits_.agents_max);
  for (uint32_t agent = 0; agent < agent_count(); ++agent) names.intern(agent_names_.text(agent));
  for (const AgentDefinition& agent : configuration.agents) {
    if (std::string problem = problem_with_agent(agent); !problem.empty()) return problem;
    if (names.intern(agent.name) == none) return "too many agents";
    if (!agent.shift.empty() && !is_calendar(agent.shift)) {
      return "agent \"" + agent.name + "\": no calendar \"" + agent.shift + "\"";
    }
  }
  for (const QueueDefinition& queue : configuration.queues) {
    if (!queue.sun.calendar.empty() && !is_calendar(queue.sun.calendar)) {
      return "queue \"" + queue.name + "\": no calendar \"" + queue.sun.calendar + "\"";
    }
  }
  return {};
}

Result<uint32_t> Rulebook::define_queue(const QueueDefinition& definition) {
  if (!problem_with_queue(definition).empty()) {
    return sched::Unexpected{definition.name.empty()       ? Reject::field_required
                             : parse_need(definition.need) ? Reject::field_invalid
                                                           : Reject::expression_invalid};
  }
  const uint32_t position = queue_names_.intern(definition.name);
  if (position == none) return sched::Unexpected{Reject::queues_full};
  if (position == queues_.size()) {
    queues_.emplace_back();
    for (const sched::Priority priority : settings_.strict) {
      queues_.back().strict[static_cast<size_t>(priority)] = true;
    }
  }
  queues_[position].definition = definition;
  compile_queue(queues_[position]);
  return position;
}

void Rulebook::compile_queue(Queue& queue) {
  const QueueDefinition& definition = queue.definition;
  queue.group = groups_.intern(definition.group);
  const auto compiled = [&](const std::string& text) {
    return numbered(parse_need(text).value(),
                    [&](std::string_view skill) { return skills_.intern(skill); });
  };
  queue.needs.clear();
  for (size_t step = 0; step < definition.step_count(); ++step) {
    queue.needs.push_back(compiled(definition.step_need(step)));
  }
  queue.preferred.clear();
  for (const PreferredTerm& term : definition.preferred) {
    queue.preferred.push_back({compiled(term.need), term.points});
  }
  const bool overflows_later =
      std::any_of(definition.overflows.begin(), definition.overflows.end(),
                  [](const Overflow& o) { return o.wait_us != 0 || o.no_agent; });
  queue.routes_by_timer =
      definition.steps.size() > 1 || overflows_later || definition.no_touch_us != 0;
}

const sched::Need& Rulebook::step_need(uint32_t queue, uint32_t step) const {
  const std::vector<sched::Need>& needs = queues_[queue].needs;
  return needs[std::min<size_t>(step, needs.size() - 1)];
}

uint32_t Rulebook::coordinator() const {
  const uint32_t queue = find_queue(settings_.coordinator_queue);
  return queue == none ? triage_ : queue;
}

WorkSources Rulebook::work_sources(std::function<uint32_t(std::string_view)> channel_number) const {
  WorkSources sources{.queues = {},
                      .rules = &settings_.work,
                      .agents_channels = {},
                      .channel_number = std::move(channel_number)};
  for (const Queue& queue : queues_) sources.queues.push_back(&queue.definition);
  for (const Agent& agent : agents_) {
    for (const std::string& channel : agent.definition.channels) {
      auto& known = sources.agents_channels;
      if (std::find(known.begin(), known.end(), channel) == known.end()) known.push_back(channel);
    }
  }
  return sources;
}

uint32_t Rulebook::language_skill(std::string_view language) {
  return skills_.intern(std::string(language_prefix) + std::string(language));
}
uint32_t Rulebook::clearance_skill(std::string_view clearance) {
  return skills_.intern(std::string(clearance_prefix) + std::string(clearance));
}

Result<uint32_t> Rulebook::define_agent(const AgentDefinition& definition) {
  if (definition.name.empty()) return sched::Unexpected{Reject::field_required};
  if (!problem_with_agent(definition).empty()) return sched::Unexpected{Reject::field_invalid};
  const uint32_t position = agent_names_.intern(definition.name);
  if (position == none) return sched::Unexpected{Reject::agents_full};
  if (position == agents_.size()) agents_.emplace_back();
  agents_[position].definition = definition;
  return position;
}

sched::Abilities Rulebook::abilities(uint32_t position) {
  const AgentDefinition& agent = agents_[position].definition;
  sched::Abilities abilities;
  for (const std::string& group : agent.groups) abilities.groups.push_back(groups_.intern(group));
  for (const auto& [skill, level] : agent.skills) {
    abilities.skills.push_back({skills_.intern(skill), level});
  }
  for (const std::string& language : agent.languages) {
    abilities.skills.push_back({language_skill(language), 1});
  }
  for (const std::string& clearance : agent.clearances) {
    abilities.skills.push_back({clearance_skill(clearance), 1});
  }
  std::sort(abilities.groups.begin(), abilities.groups.end());
  std::sort(abilities.skills.begin(), abilities.skills.end());
  return abilities;
}

const sched::Calendar* Rulebook::calendar_named(std::string_view name) const {
  const uint32_t position = name.empty() ? none : calendar_for(name);
  return position == none ? nullptr : &calendars_[position].calendar;
}

const sched::Calendar* Rulebook::shift(uint32_t agent) const {
  return calendar_named(agents_[agent].definition.shift);
}

uint32_t Rulebook::shift_calendar(uint32_t agent) const {
  const std::string& name = agents_[agent].definition.shift;
  return name.empty() ? none : calendar_for(name);
}

uint32_t Rulebook::desk_calendar() const {
  return settings_.calendar.empty() ? none : calendar_for(settings_.calendar);
}

void Rulebook::add_staff_to(sched::Digest& digest) const {
  for (uint32_t queue = 0; queue < queue_count(); ++queue) {
    const QueueDefinition& definition = queues_[queue].definition;
    digest.add_text(definition.name);
    digest.add_text(definition.group);
    for (size_t step = 0; step < definition.step_count(); ++step) {
      digest.add_text(definition.step_need(step));
    }
    digest.add(uint64_t{definition.weight_milli});
    digest.add(static_cast<uint64_t>(definition.mode) << 16 |
               static_cast<uint64_t>(definition.discipline) << 8 |
               uint64_t{queues_[queue].held} << 1 | queues_[queue].window_open);
  }
  for (uint32_t agent = 0; agent < agent_count(); ++agent) {
    const AgentDefinition& definition = agents_[agent].definition;
    digest.add_text(definition.name);
    for (const auto* texts : {&definition.groups, &definition.languages, &definition.clearances,
                              &definition.channels}) {
      for (const std::string& text : *texts) digest.add_text(text);
    }
    for (const auto& [skill, level] : definition.skills) {
      digest.add_text(skill);
      digest.add(level);
    }
    digest.add(definition.capacity_milli);
    digest.add_text(definition.shift);
  }
}

}  // namespace paceline::desk
