#include "sched/dispatch.h"

#include <algorithm>
#include <limits>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {

std::vector<SkillLevel> in_order(std::vector<SkillLevel> levels) {
  std::erase_if(levels, [](const SkillLevel& level) { return level.level == 0; });
  std::sort(levels.begin(), levels.end(), [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill != b.skill ? a.skill < b.skill : a.level > b.level;
  });
  const auto same_skill = [](const SkillLevel& a, const SkillLevel& b) {
    return a.skill == b.skill;
  };
  levels.erase(std::unique(levels.begin(), levels.end(), same_skill), levels.end());
  return levels;
}

std::vector<uint32_t> in_order(std::vector<uint32_t> groups) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

}  // namespace

Dispatcher::Dispatcher(uint32_t tickets_max) : positions_(tickets_max), line_of_(tickets_max) {}
Dispatcher::~Dispatcher() = default;

// --- Definitions ---

bool Dispatcher::may_serve(const Crew& crew, const LineTerms& terms) {
  if (!std::binary_search(crew.groups.begin(), crew.groups.end(), terms.group)) return false;
  auto held = crew.skills.begin();
  for (const SkillLevel& need : terms.need) {
    held = std::lower_bound(held, crew.skills.end(), need.skill,
                            [](const SkillLevel& a, uint32_t skill) { return a.skill < skill; });
    if (held == crew.skills.end() || held->skill != need.skill || held->level < need.level) {
      return false;
    }
  }
  return true;
}

void Dispatcher::define_line(uint32_t line, const LineTerms& terms) {
  CHECK(line <= lines_.size());
  if (line == lines_.size()) {
    lines_.push_back({{}, ReadyQueue(positions_.span()), {}});
    weight_milli_.push_back(0);
    line_heads_.resize(line + 1);
  }
  Line& defined = lines_[line];
  defined.terms = terms;
  defined.terms.need = in_order(terms.need);
  weight_milli_[line] = terms.weight_milli;
  weight_least_ = std::min(weight_least_, terms.weight_milli);
  for (uint32_t crew = 0; crew < crews_.size(); ++crew) {
    if (crews_[crew].agents != 0 && may_serve(crews_[crew], defined.terms)) {
      set_bit(defined.crews, crew);
      set_bit(crews_[crew].lines, line);
    } else {
      clear_bit(defined.crews, crew);
      clear_bit(crews_[crew].lines, line);
    }
  }
  if (terms.push) add_class(terms.weight_milli);
  show_line(line);
}

/// Once every class is taken, further weights do with the ones there are.
void Dispatcher::add_class(uint32_t weight_milli) {
  auto* const end = room_least_.begin() + class_count_;
  auto* const at = std::lower_bound(room_least_.begin(), end, weight_milli);
  if ((at != end && *at == weight_milli) || class_count_ == classes_max) return;
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) displace(agent);
  std::copy_backward(at, end, end + 1);
  *at = weight_milli;
  ++class_count_;
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) place(agent);
}

void Dispatcher::define_agent(AgentId agent, const Abilities& abilities, uint32_t capacity_milli) {
  CHECK(agent.value <= agents_.size() && agent.value < 0x8000'0000);
  if (agent.value == agents_.size()) {
    agents_.emplace_back();
    agent_positions_.push_back(0);
  }
  displace(agent.value);
  const uint32_t left = agents_[agent.value].crew;
  const uint32_t joined = join_crew(abilities);  // first, so that an unchanged crew lives on
  if (left != none) leave_crew(left);
  agents_[agent.value].crew = joined;
  agents_[agent.value].capacity_milli = capacity_milli;
  place(agent.value);
}

uint32_t Dispatcher::join_crew(const Abilities& abilities) {
  CrewKey key{in_order(abilities.groups), in_order(abilities.skills)};
  const auto found = crew_by_abilities_.find(key);
  if (found != crew_by_abilities_.end()) {
    ++crews_[found->second].agents;
    return found->second;
  }
  auto number = static_cast<uint32_t>(crews_.size());
  if (free_crews_.empty()) {
    crews_.emplace_back();
    for (HeadBoard& heads : idle_heads_) heads.resize(number + 1);
  } else {
    number = free_crews_.back();
    free_crews_.pop_back();
  }
  Crew& crew = crews_[number];
  crew.groups = key.first;
  crew.skills = key.second;
  crew.agents = 1;
  for (uint32_t line = 0; line < lines_.size(); ++line) {
    if (!may_serve(crew, lines_[line].terms)) continue;
    set_bit(crew.lines, line);
    set_bit(lines_[line].crews, number);
  }
  crew_by_abilities_.emplace(std::move(key), number);
  return number;
}

void Dispatcher::leave_crew(uint32_t number) {
  Crew& crew = crews_[number];
  if (--crew.agents != 0) return;
  for_each_common(crew.lines, crew.lines,
                  [&](uint32_t line) { clear_bit(lines_[line].crews, number); });
  crew.lines.clear();
  crew_by_abilities_.erase({crew.groups, crew.skills});
  free_crews_.push_back(number);
}

bool Dispatcher::may_serve(AgentId agent, uint32_t line) const {
  return has_bit(known_line(line).crews, known(agent).crew);
}

// --- Agents ---

Dispatcher::Agent& Dispatcher::known(AgentId agent) {
  CHECK(agent.value < agents_.size());
  return agents_[agent.value];
}
const Dispatcher::Agent& Dispatcher::known(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return agents_[agent.value];
}

bool Dispatcher::logged_in(AgentId agent) const { return known(agent).logged_in; }
uint64_t Dispatcher::used_milli(AgentId agent) const { return known(agent).used_milli; }
uint32_t Dispatcher::capacity_milli(AgentId agent) const { return known(agent).capacity_milli; }
Instant Dispatcher::idle_since(AgentId agent) const { return known(agent).idle_since; }

uint32_t Dispatcher::room_milli(uint32_t agent) const {
  return static_cast<uint32_t>(agents_[agent].capacity_milli - agents_[agent].used_milli);
}
uint32_t Dispatcher::class_of(const Agent& agent) const {
  if (!agent.logged_in || agent.used_milli > agent.capacity_milli) return no_class;
  uint32_t room_class = class_count_ - 1;
  while (room_least_[room_class] > agent.capacity_milli - agent.used_milli) --room_class;
  return room_class;
}

/// Puts the agent where log-in, load and idleness say.
void Dispatcher::place(uint32_t agent) {
  Agent& placed = agents_[agent];
  const uint32_t room_class = class_of(placed);
  const Standing standing{placed.idle_since.us, agent};
  if (room_class != placed.room_class) displace(agent);
  if (room_class == no_class) return;
  StandingHeap& heap = crews_[placed.crew].idle[room_class];
  if (room_class == placed.room_class) {
    heap.update(agent, standing, agent_positions_);
  } else {
    heap.push(agent, standing, agent_positions_);
    placed.room_class = room_class;
  }
  idle_heads_[room_class].show(placed.crew, heap);
}

void Dispatcher::displace(uint32_t agent) {
  Agent& displaced = agents_[agent];
  if (displaced.room_class == no_class) return;
  StandingHeap& heap = crews_[displaced.crew].idle[displaced.room_class];
  heap.erase(agent, agent_positions_);
  idle_heads_[displaced.room_class].show(displaced.crew, heap);
  displaced.room_class = no_class;
}

void Dispatcher::log_in(AgentId agent, Instant now) {
  known(agent).logged_in = true;
  known(agent).idle_since = now;
  place(agent.value);
}
void Dispatcher::log_out(AgentId agent) {
  known(agent).logged_in = false;
  displace(agent.value);
}

void Dispatcher::load(uint32_t agent, int64_t delta_milli) {
  Agent& loaded = agents_[agent];
  CHECK(delta_milli >= -static_cast<int64_t>(loaded.used_milli));
  loaded.used_milli += static_cast<uint64_t>(delta_milli);
  place(agent);
}
void Dispatcher::occupy(AgentId agent, uint32_t weight_milli, Instant now) {
  known(agent).idle_since = now;
  load(agent.value, weight_milli);
}
void Dispatcher::release(AgentId agent, uint32_t weight_milli, Instant now) {
  known(agent).idle_since = now;
  load(agent.value, -int64_t{weight_milli});
}
void Dispatcher::adjust(AgentId agent, int64_t delta_milli) {
  CHECK(agent.value < agents_.size());
  load(agent.value, delta_milli);
}

// --- Tickets ---

const Dispatcher::Line& Dispatcher::known_line(uint32_t line) const {
  CHECK(line < lines_.size());
  return lines_[line];
}
const ReadyQueue& Dispatcher::line(uint32_t line) const { return known_line(line).queue; }

bool Dispatcher::waiting(uint32_t slot) const { return line_of_[slot] != 0; }
uint32_t Dispatcher::line_of(uint32_t slot) const {
  CHECK(waiting(slot));
  return line_of_[slot] - 1;
}

void Dispatcher::show_line(uint32_t line) {
  const ReadyQueue& queue = lines_[line].queue;
  if (queue.empty() || !lines_[line].terms.push) {
    line_heads_.clear(line);
  } else {
    line_heads_.set(line, queue.top_standing());
  }
}

void Dispatcher::enqueue(uint32_t line, uint32_t slot, Standing standing) {
  CHECK(line < lines_.size() && slot < line_of_.size());
  CHECK(!waiting(slot));
  lines_[line].queue.push(slot, standing);
  line_of_[slot] = line + 1;
  if (positions_[slot] == 0) show_line(line);
}

void Dispatcher::remove(uint32_t slot) {
  const uint32_t line = line_of(slot);
  const bool was_head = positions_[slot] == 0;
  lines_[line].queue.erase(slot);
  line_of_[slot] = 0;
  if (was_head) show_line(line);
}

// --- Matching ---

uint32_t Dispatcher::class_end(uint32_t room_class) const {
  return room_class + 1 < class_count_ ? room_least_[room_class + 1] : none;
}
bool Dispatcher::all_have_room(uint32_t room_class, uint32_t weight_milli) const {
  return room_least_[room_class] >= weight_milli;
}
bool Dispatcher::some_may_have_room(uint32_t room_class, uint32_t weight_milli) const {
  return room_class + 1 == class_count_ || class_end(room_class) > weight_milli;
}

std::optional<AgentId> Dispatcher::agent_for(uint32_t line) const {
  const Line& asking = known_line(line);
  if (!asking.terms.push) return std::nullopt;
  const uint32_t weight_milli = asking.terms.weight_milli;
  HeadBoard::Best best;  // index: an agent
  for (uint32_t room_class = class_count_; room_class-- > 0;) {
    const HeadBoard& heads = idle_heads_[room_class];
    if (heads.count() == 0) continue;
    if (all_have_room(room_class, weight_milli)) {
      HeadBoard::Best head = best;  // index: a crew, once it differs
      heads.search(asking.crews, head, [](uint32_t) { return true; });
      if (best.beaten_by(head.standing) && head.index != none) {
        best = {crews_[head.index].idle[room_class].at(0).slot, head.standing};
      }
    } else if (some_may_have_room(room_class, weight_milli)) {
      for_each_common(asking.crews, heads.filled(), [&](uint32_t crew) {
        search_heap(crews_[crew].idle[room_class], 0, weight_milli, best);
      });
    }
  }
  if (best.index == none) return std::nullopt;
  return AgentId{best.index};
}

/// The longest idle with room, below `index`; only as deep as someone better can be.
void Dispatcher::search_heap(const StandingHeap& heap, uint32_t index, uint32_t weight_milli,
                             HeadBoard::Best& best) const {
  if (index >= heap.size()) return;
  const StandingHeap::Entry& entry = heap.at(index);
  if (!best.beaten_by(entry.standing())) return;
  if (room_milli(entry.slot) >= weight_milli) {
    best = {entry.slot, entry.standing()};
    return;
  }
  const uint32_t first = StandingHeap::first_child(index);
  for (uint32_t child = first; child < first + 4; ++child) {
    search_heap(heap, child, weight_milli, best);
  }
}

uint32_t Dispatcher::ticket_for(AgentId agent) const {
  const Agent& asking = known(agent);
  if (!asking.logged_in || asking.used_milli > asking.capacity_milli) return none;
  const uint32_t room = room_milli(agent.value);
  if (room < weight_least_) return none;
  HeadBoard::Best best;
  line_heads_.search(crews_[asking.crew].lines, best,
                     [&](uint32_t line) { return weight_milli_[line] <= room; });
  return best.index == none ? none : lines_[best.index].queue.top();
}

uint64_t Dispatcher::agents_with_room(const StandingHeap& heap, uint32_t room_class,
                                      uint32_t weight_milli) const {
  if (all_have_room(room_class, weight_milli)) return heap.size();
  if (!some_may_have_room(room_class, weight_milli)) return 0;
  uint64_t agents = 0;
  for (uint32_t index = 0; index < heap.size(); ++index) {
    if (room_milli(heap.at(index).slot) >= weight_milli) ++agents;
  }
  return agents;
}

uint32_t Dispatcher::idle_beside_waiting() const {
  uint64_t pairs = 0;
  if (line_heads_.count() == 0) return 0;
  for (uint32_t room_class = 0; room_class < class_count_; ++room_class) {
    const HeadBoard& heads = idle_heads_[room_class];
    if (heads.count() == 0 || !some_may_have_room(room_class, weight_least_)) continue;
    const auto count = [&](uint32_t crew, uint32_t line) {
      pairs += agents_with_room(crews_[crew].idle[room_class], room_class, weight_milli_[line]);
    };
    // From the side of the fewer.
    if (line_heads_.count() <= heads.count()) {
      for_each_common(line_heads_.filled(), line_heads_.filled(), [&](uint32_t line) {
        if (!some_may_have_room(room_class, weight_milli_[line])) return;
        for_each_common(lines_[line].crews, heads.filled(),
                        [&](uint32_t crew) { count(crew, line); });
      });
    } else {
      for_each_common(heads.filled(), heads.filled(), [&](uint32_t crew) {
        for_each_common(crews_[crew].lines, line_heads_.filled(),
                        [&](uint32_t line) { count(crew, line); });
      });
    }
  }
  return static_cast<uint32_t>(std::min<uint64_t>(pairs, std::numeric_limits<uint32_t>::max()));
}

}  // namespace paceline::sched
