#include "sched/dispatch.h"

#include <algorithm>
#include <bit>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {
/// Whether every crew suits both as well.
bool suits_alike(const LineTerms& a, const LineTerms& b) {
  return a.group == b.group && a.need == b.need && a.required == b.required &&
         a.count_surplus == b.count_surplus && a.preferred == b.preferred;
}
}  // namespace

Dispatcher::Dispatcher(uint32_t tickets_max) : lines_(tickets_max), exclusions_(tickets_max) {}
Dispatcher::~Dispatcher() = default;

// --- Definitions ---

void Dispatcher::define_work(uint32_t work, const WorkKind& kind) {
  workloads_.define_work(work, kind);
  free_.set_kind_count(workloads_.kind_count());
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
    agents_[agent].room = workloads_.room(agent);
    set_free(agent);
  }
}

void Dispatcher::define_line(uint32_t line, const LineTerms& terms) {
  CHECK(terms.work < workloads_.kind_count());
  const bool fresh = line == lines_.count();
  const bool same_agents = !fresh && suits_alike(lines_.terms(line), terms);
  if (!fresh && !same_agents) {
    for (const uint32_t crew : crews_.of_group(lines_.terms(line).group)) {
      crews_.lines().clear(crew, line);
    }
  }
  lines_.define(line, terms);
  share_of_line_.resize(lines_.count());
  share_of_line_[line] = shares_.index_of(terms.queue);
  use(terms.order);
  if (!same_agents) find_agents(line);
  count_free(line);
}

/// How many are free for the line, from the sets themselves.
void Dispatcher::count_free(uint32_t line) {
  const LineTerms& terms = lines_.terms(line);
  uint32_t free = 0;
  if (terms.keep_free != 0) {
    const RankedAgents& agents = lines_.agents(line);
    const Bits& free_ones = free_.free_for(terms.work);
    for (size_t block = 0; block < agents.block_count(); ++block) {
      free += static_cast<uint32_t>(
          std::popcount(agents.agents(block) & free_ones[agents.word(block)]));
    }
  }
  reserves_.define(line, terms.keep_free, terms.work, free);
  lines_.close(line, reserves_.closed(line));
}

/// Who may serve the line, crew by crew.
void Dispatcher::find_agents(uint32_t line) {
  const LineTerms& terms = lines_.terms(line);
  std::vector<RankedAgents::Ranked> agents;
  for (const uint32_t number : crews_.of_group(terms.group)) {
    Crew& crew = crews_.crew(number);
    if (!crew.may_serve(terms)) continue;
    crews_.lines().set(number, line);
    const uint32_t rank = crew.rank(terms).total;
    for (const uint32_t agent : crew.members) agents.push_back({agent, rank});
  }
  std::sort(agents.begin(), agents.end(),
            [](const auto& a, const auto& b) { return a.agent < b.agent; });
  lines_.agents(line).assign(agents);
}

uint32_t Dispatcher::line_count() const { return lines_.count(); }
const LineTerms& Dispatcher::terms(uint32_t line) const { return lines_.terms(line); }
void Dispatcher::hold_line(uint32_t line, bool held) { lines_.hold(line, held); }

void Dispatcher::define_agent(AgentId agent, const Abilities& abilities, uint32_t capacity_milli) {
  const uint32_t number = agent.value;
  CHECK(number <= agents_.size() && number < 0x8000'0000);
  if (number == agents_.size()) {
    agents_.emplace_back();
    lines_.add_agent();
    exclusions_.add_agent();
    workloads_.add_agent();
    crews_.add_agent();
    free_.add_agent();
  }
  workloads_.set_capacity(number, capacity_milli);
  agents_[number].room = workloads_.room(number);
  set_free(number, 0);  // leaves the counts of the lines served so far
  const uint32_t left = crews_.number(number);
  if (crews_.join(number, abilities)) {
    if (left != Crews::none) {
      for_each(crews_.lines().row(left), [&](uint32_t line) { lines_.agents(line).clear(number); });
    }
    join_lines(number);
  }
  set_keys(number);
  set_free(number);
}

/// Those the agent's new crew may serve.
void Dispatcher::join_lines(uint32_t agent) {
  Crew& crew = crews_.crew_of(agent);
  if (crew.members.size() == 1) {  // nobody has asked yet
    for (const uint32_t group : crew.groups) {
      for (const uint32_t line : lines_.of_group(group)) {
        if (crew.may_serve(lines_.terms(line))) crews_.lines().set(crews_.number(agent), line);
      }
    }
  }
  for_each(crews_.lines_of(agent), [&](uint32_t line) {
    lines_.agents(line).set(agent, crew.rank(lines_.terms(line)).total);
  });
}

void Dispatcher::set_queue_weight(uint32_t queue, uint32_t weight) {
  shares_.set_weight(shares_.index_of(queue), weight);
  crews_.for_each([](Crew& crew) { crew.shares = {}; });
}
void Dispatcher::set_aged_share(uint32_t thousandths) { aged_share_ = thousandths; }
void Dispatcher::set_best_suited_first(bool on) { best_suited_first_ = on; }

// --- Writing down ---

void Dispatcher::persist(Archive& archive) {
  archive.part("dispatcher", 2);
  const uint32_t kinds_before = workloads_.kind_count();
  archive.fields(agents_, workloads_, shares_, aged_share_, best_suited_first_);
  archive.require(agents_.size() == workloads_.agent_count(), "agents without a workload");
  archive.require(workloads_.kind_count() >= kinds_before, "too few kinds of work");
  if (archive.loading() && !archive.failed()) {
    for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
      lines_.add_agent();
      exclusions_.add_agent();
      free_.add_agent();
    }
  }
  crews_.persist(archive, static_cast<uint32_t>(agents_.size()));
  lines_.persist(archive, workloads_.kind_count());
  exclusions_.persist(archive);
}

void Dispatcher::rebuild(Archive& archive) {
  lines_.rebuild(archive);
  if (archive.failed()) return;
  free_.set_kind_count(workloads_.kind_count());
  share_of_line_.resize(lines_.count());
  for (uint32_t line = 0; line < lines_.count(); ++line) {
    share_of_line_[line] = shares_.index_of(lines_.terms(line).queue);
    use(lines_.terms(line).order);
    find_agents(line);
    count_free(line);
  }
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
    agents_[agent].room = workloads_.room(agent);
    if (agents_[agent].routable) set_bit(routable_, agent);
    set_keys(agent);
    set_free(agent);
  }
  std::vector<uint32_t> opened_before;
  take_opened(opened_before);
}

// --- Agents ---

int64_t Dispatcher::key(AgentOrder order, uint32_t agent) const {
  constexpr int64_t idle_bits = 52;  // microseconds until the year 2112
  const int64_t idle_us = agents_[agent].idle_since.us;
  const int64_t later = std::clamp(idle_us, int64_t{0}, (int64_t{1} << idle_bits) - 1);
  switch (order) {
    case AgentOrder::idle:
      return idle_us;
    case AgentOrder::load: {
      const uint64_t capacity_milli = std::max(workloads_.capacity_milli(agent), 1U);
      const uint64_t share =
          std::min<uint64_t>(workloads_.used_milli(agent) * 1'000 / capacity_milli, 2'047);
      return static_cast<int64_t>(share << idle_bits) | later;
    }
    case AgentOrder::occupancy:
      return int64_t{agents_[agent].band} << idle_bits | later;
  }
  CHECK(false);
}

/// After idleness, load, capacity or band have changed.
void Dispatcher::set_keys(uint32_t agent) {
  for (const AgentOrder order : {AgentOrder::idle, AgentOrder::load, AgentOrder::occupancy}) {
    if (free_.in_use(order)) free_.set_key(order, agent, key(order, agent));
  }
}
/// After anything has changed that decides what the agent may be given.
void Dispatcher::set_free(uint32_t agent) {
  set_free(agent, agents_[agent].routable ? fit({agent}) : 0);
}
void Dispatcher::set_free(uint32_t agent, uint64_t kinds) {
  const uint64_t before = free_.kinds(agent);
  free_.set(agent, kinds);
  if (!reserves_.in_use() || before == kinds) return;
  reserves_.change(crews_.lines_of(agent), before, kinds,
                   [this](uint32_t line) { lines_.close(line, reserves_.closed(line)); });
}

void Dispatcher::use(AgentOrder order) {
  if (!free_.use(order)) return;
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
    free_.set_key(order, agent, key(order, agent));
  }
}

void Dispatcher::set_routable(AgentId agent, bool routable) {
  known(agent).routable = routable;
  if (routable) {
    set_bit(routable_, agent.value);
  } else {
    clear_bit(routable_, agent.value);
  }
  set_free(agent.value);
}
bool Dispatcher::routable(AgentId agent) const { return known(agent).routable; }

void Dispatcher::set_barred(AgentId agent, uint64_t work_bits) {
  known(agent).barred = work_bits;
  set_free(agent.value);
}
void Dispatcher::set_band(AgentId agent, uint8_t band) {
  CHECK(band <= 2);
  known(agent).band = band;
  set_keys(agent.value);
}
void Dispatcher::set_idle_since(AgentId agent, Instant since) {
  known(agent).idle_since = since;
  set_keys(agent.value);
}
Instant Dispatcher::idle_since(AgentId agent) const { return known(agent).idle_since; }

void Dispatcher::change_load(AgentId agent, const Load& before, const Load& after) {
  Agent& changed = known(agent);
  // Who becomes free will most likely ask for a ticket.
  __builtin_prefetch(crews_.lines_of(agent.value).data());
  workloads_.change(agent.value, before, after);
  changed.room = workloads_.room(agent.value);
  set_free(agent.value);
  set_keys(agent.value);
}
uint64_t Dispatcher::used_milli(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return workloads_.used_milli(agent.value);
}
uint64_t Dispatcher::primary_milli(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return workloads_.primary_milli(agent.value);
}
uint32_t Dispatcher::in_hand(AgentId agent, uint32_t channel) const {
  CHECK(agent.value < agents_.size());
  return workloads_.in_hand(agent.value, channel);
}
uint32_t Dispatcher::capacity_milli(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return workloads_.capacity_milli(agent.value);
}
bool Dispatcher::over_capacity(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return workloads_.over_capacity(agent.value);
}
uint64_t Dispatcher::fit(AgentId agent) const {
  const Agent& asked = known(agent);
  if (exclusions_.count(agent.value) > exclusions_max) return 0;
  return asked.room & ~asked.barred;
}

bool Dispatcher::may_serve(AgentId agent, uint32_t line) const {
  CHECK(agent.value < agents_.size());
  return has_bit(crews_.lines_of(agent.value), line);
}
bool Dispatcher::anyone_may_serve(uint32_t line) const { return !lines_.agents(line).empty(); }
bool Dispatcher::anyone_routable(uint32_t line) const {
  return lines_.agents(line).any_of(routable_);
}
uint32_t Dispatcher::crew_of(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return crews_.number(agent.value);
}
uint32_t Dispatcher::crew_count() const { return crews_.in_use(); }

// --- Pairs that must not meet ---

void Dispatcher::exclude(AgentId agent, uint32_t slot) {
  CHECK(agent.value < agents_.size());
  if (exclusions_.add(agent.value, slot)) set_free(agent.value);
}
void Dispatcher::include(AgentId agent, uint32_t slot) {
  CHECK(agent.value < agents_.size());
  if (exclusions_.remove(agent.value, slot)) set_free(agent.value);
}
void Dispatcher::include_all(uint32_t slot, std::vector<uint32_t>* included) {
  exclusions_.remove_all(slot, [&](uint32_t agent) {
    set_free(agent);
    if (included != nullptr) included->push_back(agent);
  });
}
bool Dispatcher::excluded(AgentId agent, uint32_t slot) const {
  CHECK(agent.value < agents_.size());
  return exclusions_.has(agent.value, slot);
}
uint32_t Dispatcher::exclusions(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return exclusions_.count(agent.value);
}

// --- Tickets ---

void Dispatcher::enqueue(uint32_t line, uint32_t slot, Standing standing) {
  lines_.enqueue(line, slot, standing);
}
void Dispatcher::enqueue_for(AgentId agent, uint32_t line, uint32_t slot, Standing standing) {
  CHECK(agent.value < agents_.size());
  lines_.enqueue_for(agent.value, line, slot, standing);
}
void Dispatcher::remove(uint32_t slot) { lines_.remove(slot); }
bool Dispatcher::waiting(uint32_t slot) const { return lines_.waiting(slot); }
uint32_t Dispatcher::line_of(uint32_t slot) const { return lines_.line_of(slot); }
uint32_t Dispatcher::waits_for(uint32_t slot) const { return lines_.waits_for(slot); }
Standing Dispatcher::standing(uint32_t slot) const { return lines_.standing(slot); }
void Dispatcher::age(uint32_t slot) { lines_.age(slot); }
bool Dispatcher::aged(uint32_t slot) const { return lines_.aged(slot); }
const ReadyQueue& Dispatcher::line(uint32_t line) const { return lines_.queue(line); }
uint32_t Dispatcher::waiting_for(AgentId agent) const {
  CHECK(agent.value < agents_.size());
  return lines_.waiting_for(agent.value);
}

}  // namespace paceline::sched
