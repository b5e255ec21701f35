#include "engine/report/tables.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "sched/base/check.h"

namespace paceline::report {

using desk::State;

std::vector<PolicyRow> policy_rows(const Question& question) {
  struct Gathered {
    PolicyRow row;
    std::vector<int64_t> used_us, overruns_us;
  };
  std::map<std::string, Gathered> by_policy;
  Gathered all;
  all.row.policy = "all";
  const auto count = [&](Gathered& to, const ClockCase& clock) {
    PolicyRow& row = to.row;
    if (clock.open()) {
      ++(clock.state == ClockState::paused ? row.paused : row.running);
      row.open_late += clock.late() ? 1 : 0;
    } else if (!question.period.holds(clock.ended_at_us)) {
      return;
    } else if (clock.state == ClockState::cancelled) {
      ++row.cancelled;
    } else {
      ++(clock.missed ? row.breached : row.met);
      to.used_us.push_back(clock.consumed_us);
      if (clock.missed && clock.late())
        to.overruns_us.push_back(clock.consumed_us - clock.target_us);
    }
  };
  for (const Case* ticket : question.cases) {
    if (ticket->exclusion == Exclusion::spam || ticket->exclusion == Exclusion::test) continue;
    for (const ClockCase& clock : ticket->clocks) {
      Gathered& policy = by_policy[question.book->text(clock.policy)];
      policy.row.policy = question.book->text(clock.policy);
      policy.row.kind = clock.kind;
      count(policy, clock);
      count(all, clock);
    }
  }
  std::vector<PolicyRow> rows;
  const auto finish = [&](Gathered& gathered) {
    gathered.row.used = spread_of(std::move(gathered.used_us));
    gathered.row.overrun = spread_of(std::move(gathered.overruns_us));
    rows.push_back(std::move(gathered.row));
  };
  for (auto& [name, gathered] : by_policy) finish(gathered);
  finish(all);
  return rows;
}

namespace {

/// When it was first taken during that visit; 0: it was not.
int64_t taken_at_us(const Case& ticket, const Visit& visit, bool last) {
  for (const desk::StateInterval& spell : ticket.spells) {
    if (spell.from_us < visit.from_us) continue;
    if (!last && spell.from_us >= visit.to_us) break;
    if (spell.state == State::assigned || spell.state == State::in_progress) return spell.from_us;
  }
  return 0;
}

/// What it does where it is, as counted one by one.
void count_now(const Book& book, const Case& ticket, QueueRow& row) {
  if (!ticket.open() || ticket.spells.empty()) return;
  if (ticket.state == State::queued) {
    ++row.waiting;
    row.oldest_us = std::max(row.oldest_us, book.now_us() - ticket.spells.back().from_us);
  } else if (ticket.state == State::pending) {
    ++row.pending;
  } else if (ticket.state == State::assigned || ticket.state == State::in_progress) {
    ++row.in_hand;
  }
}

}  // namespace

std::vector<QueueRow> queue_rows(const Question& question) {
  const Book& book = *question.book;
  struct Gathered {
    QueueRow row;
    std::vector<int64_t> stays_us, takes_us;
  };
  std::vector<Gathered> gathered;
  std::unordered_map<std::string, size_t> by_name;
  for (const desk::QueueView& queue : book.queues()) {
    by_name[queue.name] = gathered.size();
    QueueRow& row = gathered.emplace_back().row;
    row.queue = queue.name;
    row.group = queue.group.empty() ? queue.name : queue.group;
    row.tier = queue.tier;
    if (!question.whole_desk) continue;  // counted below
    row.waiting = queue.waiting;
    row.in_hand = queue.in_hand;
    row.pending = queue.pending;
    if (queue.oldest_enqueued_at_us != 0)
      row.oldest_us = book.now_us() - queue.oldest_enqueued_at_us;
  }
  const auto find = [&](Word queue) -> Gathered* {
    const auto known = by_name.find(book.text(queue));
    return known == by_name.end() ? nullptr : &gathered[known->second];
  };
  for (const Case* ticket : question.cases) {
    if (!question.whole_desk) {
      if (Gathered* const here = find(ticket->queue)) count_now(book, *ticket, here->row);
    }
    if (ticket->exclusion != Exclusion::none) continue;
    for (size_t i = 0; i < ticket->visits.size(); ++i) {
      const Visit& visit = ticket->visits[i];
      Gathered* const queue = find(visit.queue);
      if (queue == nullptr) continue;
      const bool last = i + 1 == ticket->visits.size();
      if (question.period.holds(visit.from_us)) {
        ++queue->row.came;
        if (const int64_t taken_us = taken_at_us(*ticket, visit, last); taken_us != 0)
          queue->takes_us.push_back(taken_us - visit.from_us);
      }
      if (last && ticket->open()) continue;
      if (!question.period.holds(visit.to_us)) continue;
      if (!last) ++queue->row.left;
      queue->stays_us.push_back(visit.to_us - visit.from_us);
    }
    Gathered* const now = find(ticket->queue);
    if (now == nullptr) continue;
    if (ticket->resolved() && question.period.holds(ticket->resolved_at_us)) ++now->row.resolved;
  }
  std::vector<QueueRow> rows;
  for (Gathered& each : gathered) {
    each.row.stay = spread_of(std::move(each.stays_us));
    each.row.take = spread_of(std::move(each.takes_us));
    rows.push_back(std::move(each.row));
  }
  return rows;
}

std::vector<AgentRow> agent_rows(const Question& question) {
  const Book& book = *question.book;
  std::vector<AgentRow> rows;
  std::unordered_map<std::string, size_t> by_name;
  for (const desk::AgentView& agent : book.agents()) {
    by_name[agent.name] = rows.size();
    AgentRow& row = rows.emplace_back();
    row.agent = agent.name;
    row.groups = agent.groups;
    row.state = agent.state;
    const desk::AgentTimeView& spent = book.time_of(agent.name);
    row.logged_in_us = spent.logged_in_us;
    row.available_us = spent.available_us;
    row.handling_us = spent.busy_us + spent.wrap_up_us;
    row.wrap_up_us = spent.wrap_up_us;
    row.away_us = spent.away_us;
    row.scheduled_us = spent.scheduled_us;
    row.adherent_us = spent.adherent_us;
  }
  std::vector<std::vector<int64_t>> handling_us(rows.size());
  for (const Case* ticket : question.cases) {
    if (ticket->exclusion != Exclusion::none) continue;
    const auto known = by_name.find(book.text(ticket->agent));
    if (known == by_name.end()) continue;
    AgentRow& row = rows[known->second];
    row.open += ticket->open() ? 1 : 0;
    if (!ticket->resolved() || !question.period.holds(ticket->resolved_at_us)) continue;
    ++row.resolved;
    row.reopened += ticket->reopens != 0 ? 1 : 0;
    handling_us[known->second].push_back(ticket->active_us);
  }
  for (size_t i = 0; i < rows.size(); ++i) rows[i].handling = spread_of(std::move(handling_us[i]));
  if (question.whole_desk) return rows;
  // Of a part: its agents, and who else did some of its work.
  std::set<std::string> of_part;
  for (const desk::AgentView* agent : question.agents) of_part.insert(agent->name);
  std::erase_if(rows, [&](const AgentRow& row) {
    return row.resolved == 0 && row.open == 0 && of_part.count(row.agent) == 0;
  });
  return rows;
}

std::vector<IntervalRow> interval_rows(const Question& question, int64_t step_us) {
  const Period& period = question.period;
  CHECK(step_us > 0);
  const auto count = static_cast<size_t>((period.to_us - period.from_us + step_us - 1) / step_us);
  CHECK(count <= interval_rows_max);
  std::vector<IntervalRow> rows(count);
  std::vector<std::vector<int64_t>> waits_us(count);
  std::vector<int64_t> change(count + 1);  // of the backlog
  int64_t before = 0;                      // open when the period begins
  for (size_t i = 0; i < count; ++i)
    rows[i].from_us = period.from_us + static_cast<int64_t>(i) * step_us;
  const auto at = [&](int64_t at_us) -> IntervalRow* {
    if (!period.holds(at_us)) return nullptr;
    return &rows[static_cast<size_t>((at_us - period.from_us) / step_us)];
  };
  const auto counts = [&](uint64_t IntervalRow::*field, int64_t at_us) {
    if (IntervalRow* const row = at(at_us)) ++(row->*field);
  };
  const auto moves = [&](int64_t by, int64_t at_us) {
    if (at_us < period.from_us)
      before += by;
    else if (at_us < period.to_us)
      change[static_cast<size_t>((at_us - period.from_us) / step_us)] += by;
  };
  for (const Case* ticket : question.cases) {
    if (ticket->exclusion == Exclusion::spam || ticket->exclusion == Exclusion::test ||
        ticket->exclusion == Exclusion::task)
      continue;
    counts(&IntervalRow::recorded, ticket->recorded_at_us);
    bool was_open = false;
    for (const desk::StateInterval& spell : ticket->spells) {
      const bool open = desk::State::none != spell.state && spell.state != State::resolved &&
                        spell.state != State::closed && spell.state != State::cancelled;
      if (open != was_open) moves(open ? 1 : -1, spell.from_us);
      was_open = open;
    }
    for (const Resolution& resolution : ticket->resolutions) {
      counts(&IntervalRow::resolved, resolution.at_us);
      if (resolution.reopened_at_us != 0) counts(&IntervalRow::reopened, resolution.reopened_at_us);
    }
    if (ticket->accepted_at_us != 0) {
      counts(&IntervalRow::taken, ticket->accepted_at_us);
      if (period.holds(ticket->accepted_at_us))
        waits_us[static_cast<size_t>((ticket->accepted_at_us - period.from_us) / step_us)]
            .push_back(ticket->accepted_at_us - ticket->recorded_at_us);
    } else if (ticket->state == State::cancelled) {
      counts(&IntervalRow::abandoned, ticket->ended_at_us);
    }
    for (const ClockCase& clock : ticket->clocks) {
      if (clock.state == ClockState::completed)
        counts(clock.missed ? &IntervalRow::breached : &IntervalRow::met, clock.ended_at_us);
    }
  }
  int64_t backlog = before;
  for (size_t i = 0; i < count; ++i) {
    backlog += change[i];
    rows[i].backlog = static_cast<uint64_t>(std::max<int64_t>(0, backlog));
    rows[i].wait = spread_of(std::move(waits_us[i]));
  }
  return rows;
}

std::vector<RiskRow> risk_rows(const Question& question) {
  std::vector<RiskRow> rows;
  for (const Case* ticket : question.cases) {
    for (const ClockCase& clock : ticket->clocks) {
      if (!clock.open()) continue;
      RiskRow& row = rows.emplace_back();
      row.ticket = ticket;
      row.clock = &clock;
      row.left_us = clock.due_at_us != 0 ? clock.due_at_us - question.book->now_us()
                                         : clock.target_us - clock.consumed_us;
      if (clock.target_us > 0)
        row.used_bp = static_cast<uint32_t>(std::max<int64_t>(0, clock.consumed_us) /
                                            std::max<int64_t>(1, clock.target_us / 10'000));
    }
  }
  std::sort(rows.begin(), rows.end(), [](const RiskRow& a, const RiskRow& b) {
    const bool paused_a = a.clock->state == ClockState::paused;
    const bool paused_b = b.clock->state == ClockState::paused;
    if (paused_a != paused_b) return paused_b;
    if (a.left_us != b.left_us) return a.left_us < b.left_us;
    return a.ticket->id < b.ticket->id;
  });
  return rows;
}

}  // namespace paceline::report
