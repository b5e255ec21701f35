#include "engine/desk/answers.h"

#include <algorithm>
#include <initializer_list>

#include "engine/desk/board.h"
#include "engine/desk/explain.h"

namespace paceline::desk {

namespace {

constexpr uint32_t none = Floor::none;

Answer refused(QueryKind kind, Reject reject) {
  Answer answer;
  answer.kind = kind;
  answer.code = static_cast<uint16_t>(reject);
  return answer;
}

void list_tickets(const Floor& floor, const Query& query, uint32_t queue, uint32_t agent,
                  Answer& answer) {
  const TicketStore& store = floor.store();
  const auto wanted = [&](const Ticket& ticket) {
    return ticket.id > query.after &&
           (query.state == 0 || static_cast<uint8_t>(ticket.state) == query.state) &&
           (queue == none || ticket.queue == queue) && (agent == none || ticket.agent == agent);
  };
  // The limit + 1 smallest ids above `after`: one more tells whether there is more.
  std::vector<std::pair<uint64_t, uint32_t>> smallest;
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || !wanted(ticket)) continue;
    if (smallest.size() > query.limit) {
      if (ticket.id > smallest.front().first) continue;
      std::pop_heap(smallest.begin(), smallest.end());
      smallest.pop_back();
    }
    smallest.emplace_back(ticket.id, slot);
    std::push_heap(smallest.begin(), smallest.end());
  }
  std::sort_heap(smallest.begin(), smallest.end());
  answer.more = smallest.size() > query.limit;
  if (answer.more) smallest.pop_back();
  for (const auto& [id, slot] : smallest) answer.tickets.push_back(floor.view(slot));
}

QueueView queue_view(const Floor& floor, uint32_t position) {
  const Queue& queue = floor.rules().queue(position);
  const QueueDefinition& definition = queue.definition;
  QueueView view;
  view.name = definition.name;
  view.group = definition.group;
  view.need = definition.need;
  view.tier = definition.tier;
  view.mode = static_cast<uint8_t>(definition.mode);
  view.discipline = static_cast<uint8_t>(definition.discipline);
  view.waiting = queue.waiting;
  view.held = queue.held;
  if (view.need.empty() && !definition.steps.empty()) view.need = definition.steps.front().need;
  view.in_hand = queue.in_hand;
  view.pending = queue.pending;
  return view;
}

AgentView agent_view(const Floor& floor, uint32_t position) {
  const Agent& agent = floor.rules().agent(position);
  AgentView view;
  view.name = agent.definition.name;
  for (const std::string& group : agent.definition.groups) {
    view.groups += (view.groups.empty() ? "" : ",") + group;
  }
  for (const auto& [skill, level] : agent.definition.skills) {
    view.skills += (view.skills.empty() ? "" : ",") + skill + ":" + std::to_string(level);
  }
  const sched::AgentId id{position};
  AgentRecord record = floor.roster()[position];
  record.count(floor.now_us());
  view.logged_in = record.logged_in();
  view.state = agent_state_names[static_cast<size_t>(record.state)];
  view.code = floor.rules().reasons().text(record.code);
  view.since_us = record.since_us;
  view.state_ends_at_us = record.lost_at_us != 0 ? record.grace_end_us : record.wrap_up_end_us;
  view.lost = record.lost_at_us != 0;
  view.shift_ends_at_us = record.shift_end_us;
  view.offers = record.offers;
  view.exclusions = floor.dispatcher().exclusions(id);
  view.logged_in_us = record.logged_in_us;
  view.available_us = record.available_us;
  view.busy_us = record.busy_us;
  view.wrap_up_us = record.wrap_up_us;
  view.away_us = record.away_us;
  const auto joined = [](const std::vector<std::string>& texts) {
    std::string text;
    for (const std::string& part : texts) text += (text.empty() ? "" : ",") + part;
    return text;
  };
  view.languages = joined(agent.definition.languages);
  view.clearances = joined(agent.definition.clearances);
  view.channels = joined(agent.definition.channels);
  view.shift = agent.definition.shift;
  view.capacity_milli = floor.dispatcher().capacity_milli(id);
  view.used_milli = floor.dispatcher().used_milli(id);
  view.tickets = record.tickets;
  view.idle_since_us = floor.dispatcher().idle_since(id).us;
  return view;
}

/// Whoever has changed its activity often takes more of a page.
void list_agent_times(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  constexpr size_t looked_at_max = 200'000;
  const uint32_t agents = floor.rules().agent_count();
  const int64_t now_us = floor.now_us();
  const int64_t to_us = query.until_us == 0 ? now_us : std::min(query.until_us, now_us);
  const int64_t from_us = std::clamp<int64_t>(query.at_us, 0, to_us);
  auto position = static_cast<uint32_t>(std::min<uint64_t>(query.after, agents));
  size_t looked_at = 0;
  for (; position < agents && limit > 0 && looked_at < looked_at_max; ++position, --limit) {
    const AgentRecord& record = floor.roster()[position];
    const AgentDiary::Sum sum = floor.roster().diary(position).sum(
        from_us, to_us, record.activity(), record.counted_us, floor.calendars());
    looked_at += sum.looked_at;
    AgentTimeView& view = answer.agent_times.emplace_back();
    view.name = floor.rules().agent(position).definition.name;
    view.from_us = sum.from_us;
    view.to_us = sum.to_us;
    view.logged_in_us = sum.time.logged_in_us;
    view.available_us = sum.time.available_us;
    view.busy_us = sum.time.busy_us;
    view.wrap_up_us = sum.time.wrap_up_us;
    view.away_us = sum.time.away_us;
    view.scheduled_us = sum.time.scheduled_us;
    view.adherent_us = sum.time.adherent_us;
  }
  answer.more = position < agents;
  answer.next_after = position;
}

ReportingView reporting_view(const Rulebook& rules) {
  ReportingView view;
  view.targets = rules.settings().targets;
  const uint32_t calendar = rules.desk_calendar();
  if (calendar == none) return view;
  view.calendar = rules.settings().calendar;
  view.calendar_version = calendar;
  view.spec = rules.calendar(calendar).spec;
  return view;
}

void fill_oldest(const Floor& floor, std::vector<QueueView>& queues) {
  const TicketStore& store = floor.store();
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || ticket.state != State::queued) continue;
    queues[ticket.queue].unroutable += ticket.unroutable;
    queues[ticket.queue].offered += ticket.offers != 0 ? 1 : 0;
    int64_t& oldest_us = queues[ticket.queue].oldest_enqueued_at_us;
    if (oldest_us == 0 || ticket.enqueued_at_us < oldest_us) oldest_us = ticket.enqueued_at_us;
  }
}

/// Calls `each` for the tickets in memory whose id is above `after`, in order of id, until what it
/// has returned (true: it told of the ticket; or how much it told) adds up to `limit`.
template <class Each>
void page(const Floor& floor, const Query& query, uint32_t limit, Answer& answer, Each&& each) {
  // A desk that has worked for years has many numbers that are no longer in memory.
  constexpr uint64_t lookups_max = 200'000;
  const sched::TicketId after{query.after};
  uint64_t number = query.after == 0 ? 1 : after.number() + 1;
  for (uint64_t lookups = 0; number <= floor.last_ticket(); ++number, ++lookups) {
    if (limit == 0 || lookups == lookups_max) {
      answer.more = true;
      break;
    }
    const uint64_t id = floor.id_of(number);
    const uint32_t slot = floor.store().find(id);
    if (slot != none) limit -= std::min<uint32_t>(limit, each(slot));
  }
  answer.next_after = floor.id_of(number - 1);
}

template <class Each>
void each_clock(const Floor& floor, uint32_t slot, Each&& each) {
  for (uint32_t clock = floor.store().hot(slot).first_clock; clock != none;
       clock = floor.store().clock(clock).next) {
    each(clock);
  }
}

/// `agent` is the state wanted, `text` the policy.
void list_clocks(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  page(floor, query, limit, answer, [&](uint32_t slot) {
    const size_t before = answer.clocks.size();
    each_clock(floor, slot, [&](uint32_t clock) {
      ClockView view = floor.clock_view(slot, clock, false);
      const bool wanted = (query.text.empty() || view.policy == query.text) &&
                          (query.agent.empty() || view.state == query.agent);
      if (wanted) answer.clocks.push_back(std::move(view));
    });
    return answer.clocks.size() > before;
  });
}

/// Of those who wait for anybody, over all lines of the queue.
std::vector<uint32_t> most_pressing(const Floor& floor, uint32_t queue, uint32_t limit) {
  std::vector<uint32_t> slots;
  for (const uint32_t line : floor.lines().lines_of(queue)) {
    const std::vector<uint32_t> first = floor.dispatcher().line(line).peek(limit);
    slots.insert(slots.end(), first.begin(), first.end());
  }
  std::sort(slots.begin(), slots.end(), [&](uint32_t a, uint32_t b) {
    return ahead(floor.dispatcher().standing(a), floor.dispatcher().standing(b));
  });
  if (slots.size() > limit) slots.resize(limit);
  return slots;
}

void list_offers(const Floor& floor, uint32_t queue, uint32_t agent, Answer& answer) {
  const TicketStore& store = floor.store();
  floor.offers().for_each([&](const Offer& offer) {
    const Ticket& ticket = store.hot(offer.slot);
    if ((queue != none && ticket.queue != queue) || (agent != none && offer.agent != agent)) return;
    OfferView view;
    view.offer = offer.number;
    view.ticket = ticket.id;
    view.external_id = store.external_id(offer.slot);
    view.queue = floor.rules().queue(ticket.queue).definition.name;
    view.agent = floor.rules().agent(offer.agent).definition.name;
    view.offered_at_us = offer.offered_at_us;
    view.expires_at_us = offer.expires_at_us;
    view.hand_over = offer.hand_over;
    answer.offers.push_back(std::move(view));
  });
  std::sort(answer.offers.begin(), answer.offers.end(),
            [](const OfferView& a, const OfferView& b) { return a.offer < b.offer; });
}

/// Open tickets of a queue or an agent, most pressing first.
void list_hand_off(const Floor& floor, uint32_t queue, uint32_t agent, uint32_t limit,
                   Answer& answer) {
  const TicketStore& store = floor.store();
  std::vector<uint32_t> slots;
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    const Ticket& ticket = store.hot(slot);
    if (ticket.id == 0 || !ticket.open()) continue;
    if ((queue != none && ticket.queue != queue) || (agent != none && ticket.agent != agent)) {
      continue;
    }
    slots.push_back(slot);
  }
  std::sort(slots.begin(), slots.end(),
            [&](uint32_t a, uint32_t b) { return ahead(floor.standing(a), floor.standing(b)); });
  answer.more = slots.size() > limit;
  for (size_t i = 0; i < slots.size() && i < limit; ++i) {
    answer.tickets.push_back(floor.view(slots[i]));
  }
}

bool preview_reassign(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  const auto where = floor.read_condition(query.text);
  if (!where) return false;
  page(floor, query, limit, answer, [&](uint32_t slot) {
    if (!floor.store().hot(slot).open() || !where->holds(floor.field_values(slot))) return false;
    answer.tickets.push_back(floor.view(slot));
    return true;
  });
  return true;
}

/// A ticket with a long past takes more of a page.
void list_cases(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  page(floor, query, limit, answer, [&](uint32_t slot) -> uint32_t {
    const int64_t closed_at_us = floor.store().detail(slot).closed_at_us;
    if (closed_at_us != 0 && closed_at_us < query.at_us) return 0;
    const TicketView& view = answer.tickets.emplace_back(floor.case_view(slot));
    return case_weight(view);
  });
}

/// Those that the history file does not have yet.
void list_surveys(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  constexpr uint64_t looked_at_max = 200'000;
  const SurveyBook& surveys = floor.surveys();
  if (query.after >= surveys.last()) return;
  uint64_t number = std::max(query.after + 1, surveys.first_untold());
  for (uint64_t seen = 0; number <= surveys.last(); ++number, ++seen) {
    if (limit == 0 || seen == looked_at_max) {
      answer.more = true;
      break;
    }
    if (surveys.find(number)->sent_at_us < query.at_us) continue;
    answer.surveys.push_back(floor.survey_view(number));
    --limit;
  }
  answer.next_after = number - 1;
}

void list_policies(const Floor& floor, Answer& answer) {
  for (uint32_t policy = 0; policy < floor.rules().policy_count(); ++policy) {
    answer.policies.push_back(floor.policy_view(policy));
  }
  for (uint32_t slot = 0; slot < floor.store().high_water(); ++slot) {
    if (floor.store().hot(slot).id == 0) continue;
    each_clock(floor, slot, [&](uint32_t clock) {
      const sched::SlaClock& record = floor.store().clock(clock);
      PolicyView& view = answer.policies[record.policy];
      if (record.state == sched::ClockState::running) ++view.running;
      if (record.state == sched::ClockState::paused) ++view.paused;
      if (record.state == sched::ClockState::completed) ++view.completed;
      if (record.state == sched::ClockState::cancelled) ++view.cancelled;
    });
  }
}

/// False where the condition does not parse.
bool preview_migration(const Floor& floor, const Query& query, uint32_t limit, Answer& answer) {
  const auto select = floor.read_condition(query.text);
  if (!select) return false;
  const auto mode = static_cast<MigrateMode>(query.mode) == MigrateMode::carry
                        ? Clockwork::Retarget::carry
                        : Clockwork::Retarget::retroactive;
  page(floor, query, limit, answer, [&](uint32_t slot) {
    const FieldValues values = floor.field_values(slot);
    if (!select->holds(values)) return false;
    const size_t before = answer.changes.size();
    each_clock(floor, slot, [&](uint32_t clock) {
      if (auto change = floor.migration_preview(slot, clock, values, query.agent, mode)) {
        answer.changes.push_back(std::move(*change));
      }
    });
    return answer.changes.size() > before;
  });
  return true;
}

void preview_repair(const Floor& floor, const Query& query, uint32_t only, uint32_t limit,
                    Answer& answer) {
  const auto preview = [&](uint32_t slot) {
    const size_t before = answer.changes.size();
    each_clock(floor, slot, [&](uint32_t clock) {
      if (auto change = floor.repair_preview(slot, clock, query.mode != 0)) {
        answer.changes.push_back(std::move(*change));
      }
    });
    return answer.changes.size() > before;
  };
  if (only != none) {
    preview(only);
  } else {
    page(floor, query, limit, answer, preview);
  }
}

Status status(const Floor& floor) {
  Status status;
  status.now_us = floor.now_us();
  status.tickets = floor.store().count();
  for (uint32_t queue = 0; queue < floor.rules().queue_count(); ++queue) {
    status.waiting += floor.rules().queue(queue).waiting;
  }
  status.archived = floor.archived_count();
  status.events = floor.chronicle().sequence();
  status.timers = floor.wheel().armed_count();
  status.timer_lag_us_max = floor.chronicle().metrics().timer_lag_us_max();
  status.event_hash = floor.chronicle().hash();
  status.configuration_version = floor.rules().version();
  status.invariant_violations = floor.violations();
  status.text_bytes = floor.store().text_bytes();
  const Metrics& metrics = floor.chronicle().metrics();
  status.opened = metrics.count(EventKind::ticket_recorded);
  status.resolved = metrics.count(EventKind::ticket_resolved);
  status.reopened = metrics.count(EventKind::ticket_reopened);
  status.breaches = metrics.count(EventKind::clock_breached);
  return status;
}

}  // namespace

Answer answer_query(const Floor& floor, const Query& query) {
  Answer answer;
  answer.kind = query.kind;
  const Rulebook& rules = floor.rules();
  const auto asks_one_of = [&](std::initializer_list<QueryKind> kinds) {
    return std::find(kinds.begin(), kinds.end(), query.kind) != kinds.end();
  };
  uint32_t queue = none;
  if (asks_one_of({QueryKind::tickets, QueryKind::queue_peek, QueryKind::offers,
                   QueryKind::why_queue, QueryKind::hand_off, QueryKind::board}) &&
      !query.text.empty()) {
    queue = rules.find_queue(query.text);
    if (queue == none) return refused(query.kind, Reject::queue_unknown);
  }
  uint32_t agent = none;
  if (asks_one_of(
          {QueryKind::tickets, QueryKind::offers, QueryKind::why_agent, QueryKind::hand_off}) &&
      !query.agent.empty()) {
    agent = rules.find_agent(query.agent);
    if (agent == none) return refused(query.kind, Reject::agent_unknown);
  }
  const uint32_t limit = std::clamp<uint32_t>(query.limit, 1, 1'000);
  switch (query.kind) {
    case QueryKind::ticket: {
      const uint32_t slot = query.ticket != 0 ? floor.store().find(query.ticket)
                                              : floor.store().find_external(query.text);
      uint64_t ticket = query.ticket;
      if (slot == none) {
        answer = refused(query.kind, Reject::ticket_unknown);
      } else {
        ticket = answer.tickets.emplace_back(floor.view(slot)).id;
      }
      // Also of one that has left for the history file: a survey stays longer.
      if (const uint64_t survey = floor.surveys().newest_of(ticket); survey != 0)
        answer.surveys.push_back(floor.survey_view(survey));
      break;
    }
    case QueryKind::tickets: {
      Query bounded = query;
      bounded.limit = limit;
      list_tickets(floor, bounded, queue, agent, answer);
      break;
    }
    case QueryKind::queues:
      for (uint32_t i = 0; i < rules.queue_count(); ++i) {
        answer.queues.push_back(queue_view(floor, i));
      }
      fill_oldest(floor, answer.queues);
      break;
    case QueryKind::queue_peek: {
      if (queue == none) return refused(query.kind, Reject::field_required);
      const std::vector<uint32_t> waiting = most_pressing(floor, queue, limit + 1);
      for (size_t i = 0; i < waiting.size() && i < limit; ++i) {
        answer.tickets.push_back(floor.view(waiting[i]));
      }
      answer.more = waiting.size() > limit;
      break;
    }
    case QueryKind::agents:
      for (uint32_t i = 0; i < rules.agent_count(); ++i) {
        answer.agents.push_back(agent_view(floor, i));
      }
      break;
    case QueryKind::clocks:
      list_clocks(floor, query, limit, answer);
      break;
    case QueryKind::policies:
      list_policies(floor, answer);
      break;
    case QueryKind::migrate:
      if (!preview_migration(floor, query, limit, answer)) {
        return refused(query.kind, Reject::expression_invalid);
      }
      break;
    case QueryKind::why_clock:
    case QueryKind::repair: {
      const bool named = query.ticket != 0 || !query.text.empty();
      const uint32_t slot = query.ticket != 0 ? floor.store().find(query.ticket)
                                              : floor.store().find_external(query.text);
      if (slot == none && (named || query.kind == QueryKind::why_clock)) {
        return refused(query.kind, Reject::ticket_unknown);
      }
      if (query.kind == QueryKind::repair) {
        preview_repair(floor, query, named ? slot : none, limit, answer);
        break;
      }
      each_clock(floor, slot, [&](uint32_t clock) {
        answer.clocks.push_back(floor.clock_view(slot, clock, true));
      });
      break;
    }
    case QueryKind::offers:
      list_offers(floor, queue, agent, answer);
      break;
    case QueryKind::why_ticket: {
      const uint32_t slot = query.ticket != 0 ? floor.store().find(query.ticket)
                                              : floor.store().find_external(query.text);
      if (slot == none) return refused(query.kind, Reject::ticket_unknown);
      answer.why = why_ticket(floor, slot, limit);
      break;
    }
    case QueryKind::why_agent:
      if (agent == none) return refused(query.kind, Reject::field_required);
      answer.why = why_agent(floor, agent, limit);
      break;
    case QueryKind::why_queue:
      if (queue == none) return refused(query.kind, Reject::field_required);
      answer.why = why_queue(floor, queue, limit);
      break;
    case QueryKind::hand_off:
      if (queue == none && agent == none) return refused(query.kind, Reject::field_required);
      list_hand_off(floor, queue, agent, limit, answer);
      break;
    case QueryKind::reassign:
      if (!preview_reassign(floor, query, limit, answer)) {
        return refused(query.kind, Reject::expression_invalid);
      }
      break;
    case QueryKind::board:
      for (uint32_t i = 0; i < rules.queue_count(); ++i) {
        answer.queues.push_back(queue_view(floor, i));
      }
      count_slice(floor, query, queue, limit, answer);
      break;
    case QueryKind::cases:
      if (query.mode == 0) list_cases(floor, query, limit, answer);
      if (query.mode == 2) list_surveys(floor, query, limit, answer);
      break;
    case QueryKind::agent_time:
      list_agent_times(floor, query, limit, answer);
      break;
    case QueryKind::reporting:
      answer.reporting = reporting_view(rules);
      break;
    case QueryKind::names:
    case QueryKind::kpi:
      break;
    case QueryKind::status:
      answer.status = status(floor);
      break;
  }
  return answer;
}

}  // namespace paceline::desk
