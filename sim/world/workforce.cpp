#include "sim/world/workforce.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::sim {

using desk::AgentState;
using sched::Instant;
using sched::never;

namespace {

constexpr uint64_t agent_key = uint64_t{1} << 63;  // beside the keys of contacts
constexpr int64_t per_million = 1'000'000;

}  // namespace

Workforce::Workforce(Stage& stage)
    : stage_(stage), agents_(stage.model.agents().size()), teams_(stage.model.teams().size()) {
  for (uint32_t agent = 0; agent < agents_.size(); ++agent)
    agents_[agent].team = stage.model.agents()[agent].team;
}

void Workforce::begin() {
  for (uint32_t team = 0; team < teams_.size(); ++team) {
    if (!stage_.model.teams()[team].rules->headcounts.empty()) change_headcount(team);
  }
  for (uint32_t agent = 0; agent < agents_.size(); ++agent) {
    if (agents_[agent].team == Model::none || !rules(agents_[agent]).headcounts.empty()) continue;
    plan_shift(agent, stage_.now_us);
    if (agents_[agent].comes_us <= stage_.now_us) act(agent);
  }
}

// --- Coming and leaving ---

/// The next shift that has not ended by `after_us`.
void Workforce::plan_shift(uint32_t agent, int64_t after_us) {
  Agent& record = agents_[agent];
  const uint32_t number = stage_.model.agents()[agent].calendar;
  if (number == Model::none) {
    record.shift_from_us = after_us;
    record.shift_until_us = never.us;
  } else {
    const sched::Calendar& calendar = stage_.model.calendar(number);
    const Instant from = calendar.next_open(Instant{after_us});
    record.shift_from_us = from.us;
    record.shift_until_us = from == never ? never.us : calendar.next_close(from).us;
  }
  record.comes_us = record.shift_from_us;
  plan(agent);
}

void Workforce::begin_shift(uint32_t agent) {
  Agent& record = agents_[agent];
  const Team& team = rules(record);
  const uint32_t shift = record.shifts++;
  pay(agent, true);
  if (team.absence_ppm != 0 &&
      stage_.stream(agent_key | agent, Purpose::absence, shift).chance(team.absence_ppm)) {
    record.comes_us = never.us;
    return;
  }
  int64_t late_us = stage_.draw(team.late, agent_key | agent, Purpose::shift, shift);
  if (late_us == never.us) late_us = 0;  // no such law: in time
  record.comes_us = record.shift_from_us + late_us;
  if (record.comes_us >= record.shift_until_us) record.comes_us = never.us;
}

void Workforce::plan_break(uint32_t agent) {
  Agent& record = agents_[agent];
  const std::vector<Break>& breaks = rules(record).breaks;
  record.break_us = never.us;
  for (; record.next_break < breaks.size(); ++record.next_break) {
    const Break& rest = breaks[record.next_break];
    Stream stream = stage_.stream(agent_key | agent, Purpose::rest,
                                  (record.shifts << 4 | record.next_break) & 0xffff);
    const auto later_us =
        static_cast<int64_t>(stream.uniform() * static_cast<double>(rest.spread_us));
    if (rest.share_ppm < per_million && !stream.chance(rest.share_ppm)) continue;
    record.break_us = record.shift_from_us + rest.after_us + later_us;
    return;
  }
}

void Workforce::come(uint32_t agent) {
  Agent& record = agents_[agent];
  record.presence = Presence::present;
  record.comes_us = never.us;
  ++teams_[record.team].present;
  stage_.desk.log_in(name(agent));
  pay(agent, true);
  if (record.first_in_hand != Contact::none) pace(agent);
  record.next_break = 0;
  plan_break(agent);
}

void Workforce::leave(uint32_t agent) {
  Agent& record = agents_[agent];
  if (record.presence == Presence::present) --teams_[record.team].present;
  record.presence = Presence::off;
  record.resting = false;
  record.break_us = record.rested_us = record.wraps_until_us = never.us;
  stage_.desk.log_out(name(agent));
  pay(agent, false);
  pace(agent);  // what is left in hand rests
}

void Workforce::end_shift(uint32_t agent) {
  Agent& record = agents_[agent];
  const int64_t end_us = record.shift_until_us;
  record.shift_until_us = never.us;
  if (record.presence == Presence::off) {  // absent, or later than its end
    pay(agent, false);
    plan_shift(agent, end_us);
    return;
  }
  const bool done = record.in_hand == 0 && record.state != AgentState::wrap_up;
  if (done || rules(record).leaves_work) {
    leave(agent);
    plan_shift(agent, end_us);
    return;
  }
  --teams_[record.team].present;
  record.presence = Presence::leaving;
  record.break_us = never.us;
  if (on_break(record)) {  // something came back meanwhile: done before going
    record.resting = false;
    record.rested_us = never.us;
    pace(agent);
    recount(agent);
  }
  if (record.state == AgentState::available)
    stage_.desk.set_state(name(agent), desk::AgentStep::drain);
}

void Workforce::settle() {
  for (size_t i = 0; i < done_.size(); ++i) {
    const uint32_t agent = done_[i];
    const Agent& record = agents_[agent];
    if (record.presence != Presence::leaving || record.in_hand != 0) continue;
    if (record.state == AgentState::wrap_up) continue;
    leave(agent);
    if (rules(record).headcounts.empty()) plan_shift(agent, stage_.now_us);
  }
  done_.clear();
}

void Workforce::change_headcount(uint32_t number) {
  const Model::TeamModel& team = stage_.model.teams()[number];
  const std::vector<Headcount>& counts = team.rules->headcounts;
  TeamState& state = teams_[number];
  const int64_t cycle_us = team.rules->cycle_us;
  const auto at = [&](uint64_t edge) {
    if (edge >= counts.size() && cycle_us == 0) return never.us;
    const uint64_t round = edge / counts.size();
    return stage_.start_us + static_cast<int64_t>(round) * cycle_us +
           counts[edge % counts.size()].from_us;
  };
  const bool before_first = at(0) > stage_.now_us;
  // Until the first edge of the first cycle what the cycle ended with is in force, if it comes
  // round.
  uint32_t wanted = 0;
  if (before_first) {
    wanted = cycle_us == 0 ? 0 : counts.back().agents;
  } else {
    while (at(state.edge + 1) <= stage_.now_us) ++state.edge;
    wanted = counts[state.edge % counts.size()].agents;
  }
  const int64_t next_us = before_first ? at(0) : at(state.edge + 1);
  const auto slot =
      agenda_slot(Actor::clockwork, static_cast<uint32_t>(stage_.model.demands().size()) + number);
  if (next_us != never.us) stage_.agenda.plan(slot, next_us);

  for (const uint32_t agent : team.agents) {
    if (state.present - state.surplus >= wanted) break;
    if (state.surplus > 0) {
      --state.surplus;  // whoever was one too many is not any more
      continue;
    }
    if (agents_[agent].presence == Presence::off) come(agent);
  }
  for (auto agent = team.agents.rbegin(); agent != team.agents.rend(); ++agent) {
    if (state.present - state.surplus <= wanted) break;
    const Agent& record = agents_[*agent];
    const bool idle = record.in_hand == 0 && record.state != AgentState::wrap_up;
    if (record.presence == Presence::present && idle) leave(*agent);
  }
  if (state.present - state.surplus > wanted) state.surplus = state.present - wanted;
}

void Workforce::before_done(uint32_t agent) {
  Agent& record = agents_[agent];
  TeamState& team = teams_[record.team];
  if (record.presence != Presence::present || team.surplus == 0 || record.in_hand != 0) return;
  --team.surplus;
  --team.present;
  record.presence = Presence::leaving;
  stage_.desk.set_state(name(agent), desk::AgentStep::drain);
  done_.push_back(agent);
}

// --- What falls due ---

void Workforce::plan(uint32_t agent) {
  const Agent& record = agents_[agent];
  const int64_t next_us = std::min({record.comes_us, record.shift_until_us, record.break_us,
                                    record.rested_us, record.wraps_until_us});
  const uint32_t slot = agenda_slot(Actor::agent, agent);
  if (next_us == never.us) return stage_.agenda.drop(slot);
  stage_.agenda.plan(slot, next_us);
}

void Workforce::act(uint32_t agent) {
  Agent& record = agents_[agent];
  const int64_t now_us = stage_.now_us;
  if (record.wraps_until_us <= now_us) {
    record.wraps_until_us = never.us;
    stage_.desk.set_state(name(agent), desk::AgentStep::available);
  }
  if (record.comes_us <= now_us && record.presence == Presence::off) {
    if (!record.paid) begin_shift(agent);
    if (record.comes_us <= now_us) come(agent);
  }
  if (record.shift_until_us <= now_us) {
    end_shift(agent);
  } else if (record.break_us <= now_us) {
    record.break_us = never.us;
    record.resting = true;
    stage_.desk.set_state(name(agent), desk::AgentStep::away,
                          rules(record).breaks[record.next_break].code);
    if (record.in_hand == 0)
      record.rested_us = now_us + rules(record).breaks[record.next_break].length_us;
  } else if (record.rested_us <= now_us) {
    record.rested_us = never.us;
    record.resting = false;
    ++record.next_break;
    stage_.desk.set_state(name(agent), desk::AgentStep::available);
    pace(agent);  // what came back meanwhile
    plan_break(agent);
  }
  plan(agent);
}

void Workforce::state_changed(uint32_t agent, AgentState state) {
  Agent& record = agents_[agent];
  record.state = state;
  if (state == AgentState::wrap_up) {
    begin_wrap_up(agent);
  } else if (record.wraps_until_us != never.us) {
    record.wraps_until_us = never.us;
    plan(agent);
  }
  if (record.presence == Presence::leaving) done_.push_back(agent);
  if (record.team != Model::none) recount(agent);
}

/// For as long as the rule of what was last in hand says; the desk ends it at the queue's longest.
void Workforce::begin_wrap_up(uint32_t agent) {
  Agent& record = agents_[agent];
  if (record.last_contact == Contact::none) return;
  const Contact& contact = stage_.contacts[record.last_contact];
  if (contact.work == nullptr || contact.work->wrap_up.none()) return;
  const int64_t length_us =
      stage_.draw(contact.work->wrap_up, contact, Purpose::wrap_up, contact.spells);
  record.wraps_until_us = Stage::after(stage_.now_us, length_us);
  plan(agent);
}

// --- Work in hand ---

/// The speed of what is in hand does not depend on how much it is.
bool Workforce::even_pace(const Agent& agent) const {
  return agent.blocking == 0 && rules(agent).concurrency_milli.size() == 1;
}

uint32_t Workforce::rate_of(const Agent& agent, const Contact& contact) const {
  if (agent.presence == Presence::off || on_break(agent)) return 0;
  if (agent.blocking > 0 && !contact.blocks) return 0;
  const Model::TeamModel& team = stage_.model.teams()[agent.team];
  const std::vector<uint32_t>& by_count = team.rules->concurrency_milli;
  const size_t worked_on = agent.blocking > 0 ? agent.blocking : agent.in_hand;
  const size_t at = std::min<size_t>(worked_on, by_count.size()) - 1;
  return team.speed_milli[contact.traits.queue] * by_count[at];
}

void Workforce::take(uint32_t agent, uint32_t slot) {
  Agent& record = agents_[agent];
  Contact& contact = stage_.contacts[slot];
  CHECK(record.team != Model::none);
  contact.agent = agent;
  contact.next_in_hand = record.first_in_hand;
  contact.paced_us = stage_.now_us;
  contact.spell_us = 0;
  contact.rate_ppm = 0;
  contact.blocks = stage_.model.blocks(contact.traits);
  record.first_in_hand = slot;
  ++record.in_hand;
  if (contact.blocks) ++record.blocking;
  // A break waits until nothing is in hand; one that has begun is not broken off.
  if (record.state != AgentState::away) record.rested_us = never.us;
  if (record.in_hand > 1 && !even_pace(record)) {
    pace(agent);
  } else {
    contact.rate_ppm = rate_of(record, contact);
    plan_work(slot);
  }
  if (record.resting) plan(agent);
  recount(agent);
}

bool Workforce::put_down(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  if (contact.agent == Contact::none) return false;
  const uint32_t agent = contact.agent;
  Agent& record = agents_[agent];
  uint32_t* link = &record.first_in_hand;
  while (*link != slot) {
    CHECK(*link != Contact::none);
    link = &stage_.contacts[*link].next_in_hand;
  }
  *link = contact.next_in_hand;
  const bool even = even_pace(record);
  --record.in_hand;
  if (contact.blocks) --record.blocking;
  if (contact.rate_ppm > 0) contact.spell_us += stage_.now_us - contact.paced_us;
  contact.agent = contact.next_in_hand = Contact::none;
  record.last_contact = slot;
  if (record.presence == Presence::leaving && record.in_hand == 0) done_.push_back(agent);
  stage_.agenda.drop(agenda_slot(Actor::contact, slot));
  if (record.in_hand > 0 && !even) pace(agent);
  if (record.in_hand == 0 && record.resting && !on_break(record)) {
    record.rested_us = stage_.now_us + rules(record).breaks[record.next_break].length_us;
    plan(agent);
  }
  recount(agent);
  return true;
}

void Workforce::pace(uint32_t agent) {
  const Agent& record = agents_[agent];
  for (uint32_t slot = record.first_in_hand; slot != Contact::none;
       slot = stage_.contacts[slot].next_in_hand) {
    Contact& contact = stage_.contacts[slot];
    const int64_t elapsed_us = stage_.now_us - contact.paced_us;
    const int64_t done = elapsed_us / per_million * contact.rate_ppm +
                         elapsed_us % per_million * contact.rate_ppm / per_million;
    if (contact.left_us != never.us) contact.left_us = std::max<int64_t>(0, contact.left_us - done);
    if (contact.rate_ppm > 0) contact.spell_us += elapsed_us;
    contact.paced_us = stage_.now_us;
    contact.rate_ppm = rate_of(record, contact);
    plan_work(slot);
  }
}

void Workforce::plan_work(uint32_t slot) {
  const Contact& contact = stage_.contacts[slot];
  const uint32_t entry = agenda_slot(Actor::contact, slot);
  if (contact.rate_ppm == 0 || contact.left_us == never.us) return stage_.agenda.drop(entry);
  int64_t takes_us = contact.left_us;
  if (contact.rate_ppm != per_million) {
    const int64_t rate = contact.rate_ppm;
    takes_us = contact.left_us / rate * per_million +
               (contact.left_us % rate * per_million + rate - 1) / rate;
  }
  stage_.agenda.plan(entry, std::min(contact.paced_us + takes_us, contact.answers_us));
}

// --- Levels ---

void Workforce::pay(uint32_t agent, bool paid) {
  Agent& record = agents_[agent];
  if (record.paid == paid) return;
  record.paid = paid;
  stage_.ledger.team_levels[record.team].paid.add(paid ? 1 : -1, stage_.now_us);
}

void Workforce::recount(uint32_t agent) {
  Agent& record = agents_[agent];
  TeamLevels& levels = stage_.ledger.team_levels[record.team];
  const auto follow = [&](bool& flag, bool is, Level& level) {
    if (flag == is) return;
    flag = is;
    level.add(is ? 1 : -1, stage_.now_us);
  };
  const bool here = record.state != AgentState::logged_out;
  follow(record.staffed, here, levels.staffed);
  const bool works = record.in_hand > 0 && !on_break(record);
  follow(record.available, here && (record.state != AgentState::away || works), levels.available);
  follow(record.busy, here && (works || record.state == AgentState::wrap_up), levels.busy);
}

}  // namespace paceline::sim
