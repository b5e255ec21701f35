#include "engine/desk/line_book.h"

#include <algorithm>

#include "engine/desk/need.h"
#include "sched/base/check.h"

namespace paceline::desk {

namespace {

/// Points of a crew that speaks the requester's language where that is only preferred.
constexpr uint8_t language_points = 5;

/// Position of `work`, appended where it is new.
uint32_t place(std::vector<Work>& works, const Work& work) {
  const auto found = std::find(works.begin(), works.end(), work);
  if (found != works.end()) return static_cast<uint32_t>(found - works.begin());
  works.push_back(work);
  return static_cast<uint32_t>(works.size() - 1);
}

std::vector<uint32_t> channels_of(const WorkSources& sources) {
  std::vector<uint32_t> channels{0};
  const auto add = [&](std::string_view name) {
    const uint32_t channel = name.empty() ? 0 : sources.channel_number(name) + 1;
    if (std::find(channels.begin(), channels.end(), channel) == channels.end()) {
      channels.push_back(channel);
    }
  };
  for (const WorkRule& rule : *sources.rules) add(rule.channel);
  for (const std::string_view channel : sources.agents_channels) add(channel);
  return channels;
}

/// Calls each(queue, rule or rules.size(), channel's index, strict, work) for everything a ticket
/// can be, until it says false. Which channel it is of matters only where a rule names it or
/// somebody is limited to some.
template <class Each>
void each_work(const WorkSources& sources, const std::vector<uint32_t>& channels, Each&& each) {
  const std::vector<WorkRule>& rules = *sources.rules;
  std::vector<uint32_t> limited{0};
  for (const std::string_view channel : sources.agents_channels) {
    limited.push_back(sources.channel_number(channel) + 1);
  }
  const auto is_limited = [&](uint32_t channel) {
    return std::find(limited.begin(), limited.end(), channel) != limited.end();
  };
  for (size_t queue = 0; queue < sources.queues.size(); ++queue) {
    const QueueDefinition& definition = *sources.queues[queue];
    for (size_t rule = 0; rule <= rules.size(); ++rule) {
      Work work{{.weight_milli = definition.weight_milli}, definition.min_fit_us};
      uint32_t of_rule = 0;
      if (rule < rules.size()) {
        const WorkRule& stated = rules[rule];
        of_rule = stated.channel.empty() ? 0 : sources.channel_number(stated.channel) + 1;
        work.kind = {.weight_milli = stated.weight_milli,
                     .channel_max = stated.channel_max,
                     .blocking = stated.blocking,
                     .interruptible = stated.interruptible};
      }
      for (size_t channel = 0; channel < channels.size(); ++channel) {
        if (of_rule != 0 && channels[channel] != of_rule) continue;
        work.kind.channel = of_rule != 0 || is_limited(channels[channel]) ? channels[channel] : 0;
        work.min_fit_us = definition.min_fit_us;
        if (!each(queue, rule, channel, false, work)) return;
        work.min_fit_us = 0;
        if (!each(queue, rule, channel, true, work)) return;
      }
    }
  }
}

}  // namespace

std::vector<Work> kinds_of_work(const WorkSources& sources, size_t max) {
  std::vector<Work> works;
  each_work(sources, channels_of(sources), [&](size_t, size_t, size_t, bool, const Work& work) {
    place(works, work);
    return works.size() <= max;
  });
  return works;
}

LineBook::Table LineBook::table_of(const WorkSources& sources) {
  Table table;
  table.channels = channels_of(sources);
  for (const WorkRule& rule : *sources.rules) {
    const uint32_t channel = rule.channel.empty() ? 0 : sources.channel_number(rule.channel) + 1;
    table.rules.push_back({channel, rule.kind, rule.priority});
  }
  const size_t size = sources.queues.size() * (table.rules.size() + 1) * table.channels.size() * 2;
  table.index.assign(size, 0);
  each_work(sources, table.channels,
            [&](size_t queue, size_t rule, size_t channel, bool strict, const Work& work) {
              table.index[table.place_of(queue, rule, channel, strict)] =
                  static_cast<uint8_t>(place(table.works, work));
              return true;
            });
  return table;
}

bool LineBook::Table::extends(const Table& other) const {
  return rules == other.rules && channels == other.channels && works.size() >= other.works.size() &&
         std::equal(other.works.begin(), other.works.end(), works.begin()) &&
         index.size() >= other.index.size() &&
         std::equal(other.index.begin(), other.index.end(), index.begin());
}

void LineBook::define_work(const WorkSources& sources,
                           const std::function<void(bool booked)>& rebook) {
  Table table = table_of(sources);
  CHECK(table.works.size() <= sched::Dispatcher::work_kinds_max);
  const bool changes = !table.extends(table_);
  if (changes) rebook(false);
  table_ = std::move(table);
  for (uint32_t index = 0; index < work_count(); ++index) {
    dispatcher_.define_work(index, table_.works[index].kind);
  }
  if (changes) rebook(true);
}

void LineBook::persist(sched::Archive& archive) {
  archive.part("line book", 1, sizeof(CompiledRule));
  archive.each(table_.works, [&](Work& work) { archive.fields(work.kind, work.min_fit_us); });
  archive.fields(table_.rules, table_.channels, table_.index);
  archive.each(keys_, [&](Key& key) {
    archive.fields(key.queue, key.language, key.confidentiality, key.step, key.work);
  });
  if (!archive.loading()) return;
  bool sound = !table_.works.empty() && table_.works.size() <= dispatcher_.work_kind_count() &&
               table_.index.size() == table_.place_of(rules_.queue_count(), 0, 0, false) &&
               keys_.size() == dispatcher_.line_count();
  for (const uint8_t work : table_.index) sound = sound && work < table_.works.size();
  for (const Key& key : keys_) sound = sound && key.queue < rules_.queue_count();
  if (!archive.require(sound, "lines are not those of the queues there are")) return;
  by_key_.rebuild(
      line_count(), line_count(), [](uint32_t) { return true; },
      [&](uint32_t line) { return hash_of(keys_[line]); });
  by_queue_.clear();
  for (uint32_t line = 0; line < line_count(); ++line) {
    if (by_queue_.size() <= keys_[line].queue) by_queue_.resize(keys_[line].queue + 1);
    by_queue_[keys_[line].queue].push_back(line);
  }
}

bool LineBook::strict(const Ticket& ticket) const {
  return ticket.major || rules_.queue(ticket.queue).strict[static_cast<size_t>(ticket.priority)];
}

uint32_t LineBook::work_of(const Ticket& ticket, const Attributes& attributes) const {
  const uint32_t of_ticket = attributes[interned_index(TextField::channel)];
  size_t channel = 0;
  for (size_t i = 1; i < table_.channels.size(); ++i) {
    if (table_.channels[i] == of_ticket) channel = i;
  }
  size_t rule = 0;
  for (; rule < table_.rules.size(); ++rule) {
    const CompiledRule& wanted = table_.rules[rule];
    if (wanted.channel != 0 && wanted.channel != of_ticket) continue;
    if (wanted.kind >= 0 && wanted.kind != static_cast<int8_t>(ticket.kind)) continue;
    if (wanted.priority >= 0 && wanted.priority != static_cast<int8_t>(ticket.priority)) continue;
    break;
  }
  return table_.index[table_.place_of(ticket.queue, rule, channel, strict(ticket))];
}

LineBook::Key LineBook::key_of(const Ticket& ticket, const Attributes& attributes,
                               uint8_t step) const {
  Key key;
  key.queue = ticket.queue;
  key.step = step;
  key.work = static_cast<uint8_t>(work_of(ticket, attributes));
  if (rules_.settings().language != LanguageRule::ignored) {
    key.language = attributes[interned_index(TextField::language)];
  }
  key.confidentiality = attributes[interned_index(TextField::confidentiality)];
  return key;
}

uint64_t LineBook::hash_of(const Key& key) {
  return sched::mix(sched::mix(uint64_t{key.queue} << 16 | uint64_t{key.step} << 8 | key.work) +
                    (uint64_t{key.language} << 32 | key.confidentiality));
}

uint32_t LineBook::find_line(const Key& key) const {
  return by_key_.find(hash_of(key), [&](uint32_t line) { return keys_[line] == key; });
}

uint32_t LineBook::line_for(const Key& key) {
  const uint32_t known = find_line(key);
  if (known != none) return known;
  const uint32_t line = line_count();
  keys_.push_back(key);
  by_key_.insert(hash_of(key), line);
  if (by_queue_.size() <= key.queue) by_queue_.resize(key.queue + 1);
  by_queue_[key.queue].push_back(line);
  dispatcher_.define_line(line, terms_of(key));
  const Queue& queue = rules_.queue(key.queue);
  if (queue.held || queue.window_open) dispatcher_.hold_line(line, true);
  // Those of its later steps as well: tickets come to them in crowds, and who may serve a line is
  // not found out in passing.
  if (size_t{key.step} + 1 < queue.definition.step_count()) {
    Key next = key;
    ++next.step;
    line_for(next);
  }
  return line;
}

const std::vector<uint32_t>& LineBook::lines_of(uint32_t queue) const {
  static const std::vector<uint32_t> no_lines;
  return queue < by_queue_.size() ? by_queue_[queue] : no_lines;
}

void LineBook::define_lines(uint32_t queue) {
  for (const uint32_t line : lines_of(queue)) {
    const sched::LineTerms terms = terms_of(keys_[line]);
    if (terms != dispatcher_.terms(line)) dispatcher_.define_line(line, terms);
  }
}

sched::LineTerms LineBook::terms_of(const Key& key) {
  const Queue& queue = rules_.queue(key.queue);
  const QueueDefinition& definition = queue.definition;
  sched::LineTerms terms;
  terms.group = queue.group;
  terms.queue = key.queue;
  // A step that a shorter list no longer has, and a kind of work that fewer rules no longer make,
  // are empty lines by the time anybody asks.
  terms.need = rules_.step_need(key.queue, key.step);
  terms.work = std::min<uint32_t>(key.work, work_count() - 1);
  terms.mode = definition.mode == QueueMode::push   ? sched::LineMode::push
               : definition.mode == QueueMode::pull ? sched::LineMode::pull
                                                    : sched::LineMode::manual;
  terms.count_surplus = definition.best_fit;
  terms.keep_free = definition.keep_free;
  terms.preferred = rules_.preferences(key.queue);
  terms.order = definition.choice == ChoiceOrder::longest_idle   ? sched::AgentOrder::idle
                : definition.choice == ChoiceOrder::least_loaded ? sched::AgentOrder::load
                                                                 : sched::AgentOrder::occupancy;
  if (key.language != 0) {
    const uint32_t skill = rules_.language_skill(texts_(TextField::language, key.language - 1));
    if (rules_.settings().language == LanguageRule::required) {
      terms.required.push_back({skill, 1});
    } else {
      const sched::SkillLevel speaks{skill, 1};
      terms.preferred.push_back({sched::Need::all_of({&speaks, 1}), language_points});
    }
  }
  if (key.confidentiality != 0) {
    const std::string_view clearance = texts_(TextField::confidentiality, key.confidentiality - 1);
    terms.required.push_back({rules_.clearance_skill(clearance), 1});
  }
  return terms;
}

}  // namespace paceline::desk
