#include "engine/report/book.h"

#include <algorithm>
#include <utility>

#include "engine/report/period.h"

namespace paceline::report {

using desk::State;

namespace {

constexpr uint8_t kind_task = 2;

ClockState clock_state(const std::string& name) {
  if (name == "completed") return ClockState::completed;
  if (name == "cancelled") return ClockState::cancelled;
  return name == "paused" ? ClockState::paused : ClockState::running;
}

Exclusion exclusion_of(const desk::TicketView& view) {
  if (view.kind == kind_task) return Exclusion::task;
  if (view.merged_into != 0) return Exclusion::duplicate;
  if (view.state == State::cancelled) return Exclusion::cancelled;
  if (view.reason == "spam" || view.category == "spam") return Exclusion::spam;
  if (view.reason == "test" || view.category == "test") return Exclusion::test;
  return Exclusion::none;
}

uint64_t pair_of(Word requester, Word category) {
  return static_cast<uint64_t>(requester) << 32 | category;
}

}  // namespace

State Case::state_at(int64_t at_us) const {
  State found = State::none;
  for (const desk::StateInterval& spell : spells) {
    if (spell.from_us > at_us) break;
    found = spell.state;
  }
  return found;
}

const ClockCase* Case::clock(desk::ClockKind wanted) const {
  const ClockCase* found = nullptr;
  for (const ClockCase& each : clocks) {
    if (each.kind != wanted) continue;
    if (found == nullptr || (found->label != Words::nothing && each.label == Words::nothing))
      found = &each;
  }
  return found;
}

void Book::set_desk(std::string desk, int64_t now_us, desk::Names names,
                    std::vector<desk::QueueView> queues, std::vector<desk::AgentView> agents) {
  desk_ = std::move(desk);
  now_us_ = now_us;
  names_ = std::move(names);
  queues_ = std::move(queues);
  agents_ = std::move(agents);
  for (const desk::QueueView& queue : queues_) {
    const std::string& group = queue.group.empty() ? queue.name : queue.group;
    queue_facts_[words_.find(queue.name)] = {words_.find(group), queue.tier};
  }
}

void Book::set_reporting(desk::ReportingView reporting) {
  reporting_ = std::move(reporting);
  calendar_.reset();
  if (reporting_.calendar.empty()) return;
  auto calendar = sched::Calendar::compile(reporting_.spec);
  if (calendar && calendar->has_business_days()) calendar_ = std::move(*calendar);
}

void Book::set_agent_times(std::vector<desk::AgentTimeView> times) {
  agent_times_.clear();
  for (desk::AgentTimeView& time : times) {
    std::string agent = time.name;
    agent_times_.emplace(std::move(agent), std::move(time));
  }
}

const desk::AgentTimeView& Book::time_of(const std::string& agent) const {
  static const desk::AgentTimeView nothing;
  const auto known = agent_times_.find(agent);
  return known == agent_times_.end() ? nothing : known->second;
}

const std::string& Book::working_calendar() const {
  static const std::string none;
  return calendar_ ? reporting_.calendar : none;
}

int64_t Book::working_days_after(int64_t at_us, int64_t days) const {
  if (!calendar_) return report::working_days_after(at_us, days);
  if (days <= 0) return at_us;
  constexpr uint32_t whole_day_s = 86'400;  // the day under way counts until it closes
  return calendar_->end_of_business_day({at_us}, static_cast<uint32_t>(days), whole_day_s).us;
}

const std::string& Book::reason(uint32_t position) const {
  static const std::string unknown;
  return position < names_.reasons.size() ? names_.reasons[position] : unknown;
}

Word Book::group_of(Word queue) const {
  const auto known = queue_facts_.find(queue);
  return known == queue_facts_.end() ? queue : known->second.group;
}

uint8_t Book::tier_of(Word queue) const {
  const auto known = queue_facts_.find(queue);
  return known == queue_facts_.end() ? uint8_t{1} : known->second.tier;
}

void Book::add(const desk::TicketView& view) {
  Case fresh = made(view);
  const auto [known, is_new] = by_id_.emplace(view.id, cases_.size());
  if (!is_new) {
    cases_[known->second] = std::move(fresh);
    return;
  }
  if (fresh.requester != Words::nothing && fresh.exclusion == Exclusion::none)
    arrivals_[pair_of(fresh.requester, fresh.category)].push_back(fresh.recorded_at_us);
  cases_.push_back(std::move(fresh));
}

void Book::sort() {
  std::sort(cases_.begin(), cases_.end(), [](const Case& a, const Case& b) { return a.id < b.id; });
  for (size_t at = 0; at < cases_.size(); ++at) by_id_[cases_[at].id] = at;
  for (auto& [pair, arrivals] : arrivals_) std::sort(arrivals.begin(), arrivals.end());
  attach_surveys();
}

Case Book::made(const desk::TicketView& view) {
  Case ticket;
  ticket.id = view.id;
  ticket.external_id = view.external_id;
  ticket.kind = view.kind;
  ticket.priority = view.priority;
  ticket.tier = view.tier;
  ticket.marks = view.marks;
  ticket.state = view.state;
  ticket.exclusion = exclusion_of(view);
  ticket.archived = view.archived;
  ticket.queue = words_.find(view.queue);
  ticket.group = group_of(ticket.queue);
  ticket.agent = words_.find(view.agent);
  ticket.category = words_.find(view.category);
  ticket.subcategory = words_.find(view.subcategory);
  ticket.service = words_.find(view.service);
  ticket.channel = words_.find(view.channel);
  ticket.requester = words_.find(view.requester);
  ticket.organisation = words_.find(view.organisation);
  ticket.code = words_.find(view.reason);
  ticket.merged_into = view.merged_into;
  ticket.parent = view.parent;
  ticket.hops = view.hops;
  ticket.escalations = view.escalations;
  ticket.bounces = view.bounces;
  ticket.recorded_at_us = view.recorded_at_us;
  ticket.occurred_at_us = view.occurred_at_us;
  ticket.first_response_at_us = view.first_response_at_us;
  ticket.resolved_at_us = view.resolved_at_us;
  ticket.closed_at_us = view.closed_at_us;
  ticket.spells = view.intervals;
  for (const desk::ClockView& clock : view.clocks) ticket.clocks.push_back(made(clock));
  derive(ticket);
  trace(ticket, view);
  return ticket;
}

ClockCase Book::made(const desk::ClockView& view) {
  ClockCase clock;
  clock.kind = view.kind;
  clock.state = clock_state(view.state);
  clock.missed = view.verdict == "breached";
  clock.cycle = view.cycle;
  clock.signals = view.signals;
  clock.label = words_.find(view.label);
  clock.policy = words_.find(view.policy);
  clock.target_us = view.target_us;
  clock.consumed_us = view.consumed_us;
  clock.started_at_us = view.started_at_us;
  if (!clock.open()) clock.ended_at_us = view.started_at_us + view.elapsed_us;
  clock.due_at_us = view.due_at_us;
  clock.breached_at_us = view.breached_at_us;
  return clock;
}

void Book::derive(Case& ticket) {
  if (ticket.state == State::resolved || ticket.state == State::closed) {
    ticket.ended_at_us = ticket.resolved_at_us != 0 ? ticket.resolved_at_us : ticket.closed_at_us;
  } else if (ticket.state == State::cancelled) {
    ticket.ended_at_us = ticket.closed_at_us;
  }
  State before = State::none;
  ticket.queued_at_us = ticket.recorded_at_us;
  bool queued = false;
  for (size_t i = 0; i < ticket.spells.size(); ++i) {
    const desk::StateInterval& spell = ticket.spells[i];
    const bool last = i + 1 == ticket.spells.size();
    const int64_t until_us = last ? std::max(now_us_, spell.from_us) : ticket.spells[i + 1].from_us;
    const bool in_hand = spell.state == State::assigned || spell.state == State::in_progress;
    if (spell.state == State::queued && !std::exchange(queued, true) && ticket.accepted_at_us == 0)
      ticket.queued_at_us = std::max(ticket.recorded_at_us, spell.from_us);
    if (in_hand && ticket.accepted_at_us == 0) ticket.accepted_at_us = spell.from_us;
    if (spell.state == State::in_progress) ticket.active_us += until_us - spell.from_us;
    if (spell.state == State::pending) {
      ticket.pending_us += until_us - spell.from_us;
      // Pending on with another reason is the same pause.
      ticket.pending_spells += before == State::pending ? 0 : 1;
    }
    const bool was_open = before != State::resolved && before != State::closed;
    const bool resolves = spell.state == State::resolved ||
                          (spell.state == State::closed && ticket.resolved_at_us == spell.from_us);
    if (resolves && was_open)
      ticket.resolutions.push_back({spell.from_us, 0, words_.find(reason(spell.reason))});
    const bool reopens = before == State::resolved || before == State::closed;
    if (reopens && spell.state != State::resolved && spell.state != State::closed &&
        spell.state != State::cancelled) {
      ++ticket.reopens;
      if (!ticket.resolutions.empty() && ticket.resolutions.back().reopened_at_us == 0)
        ticket.resolutions.back().reopened_at_us = spell.from_us;
    }
    before = spell.state;
  }
}

void Book::trace(Case& ticket, const desk::TicketView& view) {
  if (view.queues_left.empty() && ticket.hops != 0) return;  // recorded before paths were kept
  int64_t from_us = ticket.recorded_at_us;
  for (const desk::QueueLeft& left : view.queues_left) {
    const std::string_view name =
        left.queue < names_.queues.size() ? std::string_view(names_.queues[left.queue]) : "";
    ticket.visits.push_back({words_.find(name), from_us, left.at_us});
    from_us = left.at_us;
  }
  const int64_t end_us = ticket.open() ? now_us_ : ticket.ended_at_us;
  ticket.visits.push_back({ticket.queue, from_us, std::max(from_us, end_us)});
}

Word Book::first_queue(const Case& ticket) const {
  for (const Visit& visit : ticket.visits) {
    if (!is_triage(visit.queue)) return visit.queue;
  }
  return ticket.visits.empty() ? Words::nothing : ticket.queue;
}

bool Book::changed_group(const Case& ticket) const {
  if (ticket.visits.empty()) return ticket.hops != 0;
  const Word first = group_of(first_queue(ticket));
  return std::any_of(ticket.visits.begin(), ticket.visits.end(), [&](const Visit& visit) {
    return !is_triage(visit.queue) && group_of(visit.queue) != first;
  });
}

bool Book::came_again(const Case& ticket, int64_t after_us, int64_t until_us) const {
  if (ticket.requester == Words::nothing) return false;
  const auto known = arrivals_.find(pair_of(ticket.requester, ticket.category));
  if (known == arrivals_.end()) return false;
  const auto next = std::upper_bound(known->second.begin(), known->second.end(), after_us);
  return next != known->second.end() && *next <= until_us;
}

}  // namespace paceline::report
