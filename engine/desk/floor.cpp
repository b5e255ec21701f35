#include "engine/desk/floor.h"

#include <algorithm>

#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;
using sched::Instant;

namespace {

constexpr uint32_t unmatchable = 0xffff'fffe;
constexpr TextField interned_fields[] = {
    TextField::category,     TextField::subcategory,    TextField::service,
    TextField::config_item,  TextField::channel,        TextField::requester_type,
    TextField::organisation, TextField::contract,       TextField::stage,
    TextField::language,     TextField::confidentiality};
constexpr Field predicate_fields[] = {
    Field::category, Field::subcategory,    Field::service,        Field::config_item,
    Field::channel,  Field::requester_type, Field::organisation,   Field::contract,
    Field::stage,    Field::language,       Field::confidentiality};

constexpr bool in_two_runs() {
  constexpr size_t first_run = interned_index(TextField::stage) + 1;
  for (size_t i = 0; i < interned_count; ++i) {
    const Field start = i < first_run ? Field::category : Field::language;
    const size_t into = i < first_run ? i : i - first_run;
    if (static_cast<size_t>(predicate_fields[i]) != static_cast<size_t>(start) + into) return false;
  }
  return true;
}
static_assert(in_two_runs(), "field_values() copies attributes in runs");

/// Which predicate fields an update of these attributes may change.
uint32_t predicate_bits(uint32_t fields) {
  uint32_t bits = 0;
  for (size_t i = 0; i < interned_count; ++i) {
    if ((fields & bit(interned_fields[i])) != 0) bits |= bit(predicate_fields[i]);
  }
  constexpr std::pair<FieldBit, Field> others[] = {
      {FieldBit::kind, Field::kind},           {FieldBit::impact, Field::impact},
      {FieldBit::urgency, Field::urgency},     {FieldBit::vip, Field::vip},
      {FieldBit::sentiment, Field::sentiment}, {FieldBit::workaround, Field::workaround},
      {FieldBit::major, Field::major}};
  for (const auto& [attribute, field] : others) {
    if ((fields & bit(attribute)) != 0) bits |= bit(field);
  }
  if ((fields & bit(TextField::requester)) != 0) bits |= bit(Field::requester);
  // A policy that had no promised instant to count to may have one now.
  return (fields & bit(FieldBit::promised_at)) != 0 ? Clockwork::all_fields : bits;
}

}  // namespace

Floor::Floor(sched::DeskNumber number, const Limits& limits)
    : number_(number),
      limits_(limits),
      store_(limits),
      rules_(limits),
      clockwork_(store_, rules_, chronicle_),
      dispatcher_(limits.tickets_max),
      lines_(rules_, dispatcher_),
      offers_(limits.offers_max),
      sticky_(limits.sticky_max),
      surveys_(number.value, limits.tickets_max),
      wheel_(limits.tickets_max + limits.agents_max + limits.queues_max) {
  lines_.set_texts([this](TextField field, uint32_t position) {
    return store_.dictionary(field).text(position);
  });
  dispatcher_.set_aged_share(rules_.settings().aged_share_milli);
  dispatcher_.set_best_suited_first(rules_.settings().best_suited_first);
  define_work();
}

void Floor::begin_batch(Instant ts, Outcome& outcome) {
  CHECK(ts >= now_);
  now_ = ts;
  outcome_ = &outcome;
  outcome.archived.begin(archived_ + 1);
  chronicle_.begin_batch(ts.us, outcome);
  matching_changed_ = false;
  if (jump_.by_us == 0) return;
  const CauseScope scope(chronicle_, Cause::timer);
  Event event;
  event.kind = EventKind::engine_clock_jump;
  event.value_us = jump_.by_us;
  event.flags = jump_.waited ? 1 : 0;
  jump_ = {};
  chronicle_.write(event);
}

uint32_t Floor::number(Field field, std::string_view value) {
  for (size_t i = 0; i < interned_count; ++i) {
    if (predicate_fields[i] != field) continue;
    const uint32_t position = store_.dictionary(interned_fields[i]).intern(value);
    return position == Dictionary::none ? unmatchable : position;
  }
  if (field == Field::reason) {
    const uint32_t position = rules_.reasons().intern(value);
    return position == Dictionary::none ? unmatchable : position;
  }
  if (field == Field::group) return rules_.group_number(value);
  if (field == Field::agent) {
    const uint32_t position = rules_.find_agent(value);
    return position == none ? unmatchable : position;
  }
  if (field == Field::requester) {
    const uint32_t position = rules_.requesters().intern(value);
    return position == Dictionary::none ? unmatchable : position;
  }
  return unmatchable;
}

uint32_t Floor::find_number(Field field, std::string_view value) const {
  for (size_t i = 0; i < interned_count; ++i) {
    if (predicate_fields[i] == field) return store_.dictionary(interned_fields[i]).find(value);
  }
  if (field == Field::agent) return rules_.find_agent(value);
  return field == Field::requester ? rules_.requesters().find(value) : FieldValues::absent;
}

FieldValues Floor::field_values(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  const TicketDetail& detail = store_.detail(slot);
  FieldValues values;
  const auto set = [&](Field field, uint32_t value) {
    values.value[static_cast<size_t>(field)] = value;
  };
  set(Field::kind, static_cast<uint32_t>(ticket.kind));
  set(Field::priority, static_cast<uint32_t>(ticket.policy_priority()));
  set(Field::impact, static_cast<uint32_t>(ticket.impact));
  set(Field::urgency, static_cast<uint32_t>(ticket.urgency));
  set(Field::vip, ticket.vip);
  set(Field::sentiment, static_cast<uint32_t>(ticket.sentiment));
  set(Field::queue, ticket.queue);
  set(Field::state, static_cast<uint32_t>(ticket.state));
  set(Field::reason, ticket.state == State::pending ? ticket.reason : FieldValues::absent);
  if (ticket.queue != none) set(Field::group, rules_.queue(ticket.queue).group);
  const bool at_work = ticket.state == State::pending && ticket.before_pending != State::queued;
  set(Field::assigned, ticket.agent != none || ticket.in_hand() || at_work);
  set(Field::in_triage, ticket.queue == rules_.triage());
  set(Field::workaround, ticket.workaround);
  set(Field::major, ticket.major);
  set(Field::reopened, ticket.reopened);
  set(Field::responded, detail.first_response_at_us != 0);
  set(Field::ball, ticket.ball_at_requester);
  set(Field::agent, ticket.agent);
  const Dictionary& requesters = rules_.requesters();
  set(Field::requester,
      requesters.size() == 0 ? FieldValues::absent : requesters.find(store_.requester(slot)));
  // In the order of predicate_fields, in two runs. 0 wraps to absent.
  const Attributes& attributes = store_.attributes(slot);
  constexpr size_t first_run = interned_index(TextField::stage) + 1;
  uint32_t* const first = &values.value[static_cast<size_t>(Field::category)];
  for (size_t i = 0; i < first_run; ++i) first[i] = attributes[i] - 1;
  uint32_t* const second = &values.value[static_cast<size_t>(Field::language)];
  for (size_t i = first_run; i < interned_count; ++i) second[i - first_run] = attributes[i] - 1;
  return values;
}

void Floor::derive_priority(uint32_t slot, const FieldValues& values) {
  Ticket& ticket = store_.hot(slot);
  sched::Impact impact = ticket.impact;
  if (impact == sched::Impact::none) impact = rules_.derived_impact(values);
  ticket.own_priority = rules_.settings().matrix.at(impact, ticket.urgency);
  ticket.priority = sched::raised(ticket.own_priority, ticket.raised);
}

void Floor::admit(uint32_t slot, uint32_t queue) {
  Ticket& ticket = store_.hot(slot);
  const TicketSide& side = store_.known_side(slot);
  ticket.state = State::recorded;
  ticket.version = 1;
  FieldValues values = field_values(slot);  // kept up to date below
  const auto set = [&](Field field, uint32_t value) {
    values.value[static_cast<size_t>(field)] = value;
  };
  derive_priority(slot, values);
  set(Field::priority, static_cast<uint32_t>(ticket.policy_priority()));
  Event event;
  event.kind = EventKind::ticket_recorded;
  event.ticket = ticket.id;
  event.state = State::recorded;
  event.priority = static_cast<uint8_t>(ticket.priority);
  event.value_us = side.occurred_at_us;
  event.version = ticket.version;
  write(slot, event);

  Rulebook::Routed routed{queue, Rulebook::none};
  if (queue == none) routed = rules_.route(values, ticket.confidence);
  store_.detail(slot).routed_by = routed.rule;
  ticket.state = State::queued;
  ticket.queue = routed.queue;
  ticket.enqueued_at_us = now_.us;
  ticket.order = ++last_order_;
  store_.begin_interval(slot, now_.us, State::queued, none);
  set(Field::state, static_cast<uint32_t>(State::queued));
  set(Field::queue, ticket.queue);
  set(Field::group, rules_.queue(ticket.queue).group);
  set(Field::in_triage, ticket.queue == rules_.triage());
  event.kind = EventKind::ticket_queued;
  event.value_us = 0;
  event.previous_state = State::recorded;
  event.state = State::queued;
  event.queue = routed.queue;
  event.reason = routed.rule;
  write(slot, event);
  if (side.follows != 0) {
    event.kind = EventKind::ticket_linked;
    event.previous_state = State::queued;
    event.reason = none;
    event.value_us = static_cast<int64_t>(side.follows);
    write(slot, event);
  }
  ++rules_.queue(ticket.queue).waiting;
  clockwork_.react(slot, values, {}, now_.us);
  arrive(slot);
  carry_out_consequences(slot);
  rearm(slot);
}

/// By a resolve; none by anything else.
static uint32_t cited_article(const Event& event) {
  return event.kind == EventKind::ticket_resolved ? event.fields - 1 : Event::none;
}

/// Closing at the instant of resolving leaves one interval of the two, with the article.
static uint32_t reason_of_interval(const TicketStore& store, uint32_t slot, const Event& event) {
  const Ticket& ticket = store.hot(slot);
  if (ticket.state == State::pending) return ticket.reason;
  return ticket.state == State::closed ? store.cited(slot) : cited_article(event);
}

void Floor::change(uint32_t slot, const Event& given) {
  Event event = given;
  Ticket& ticket = store_.hot(slot);
  const State state_before = ticket.state;
  const uint32_t queue_before = ticket.queue;
  const uint32_t agent_before = ticket.agent;
  const bool begins = begins_interval(ticket, event);
  const sched::Load load_before = load_of(slot);
  if (event.at_us == 0) event.at_us = now_.us;

  const bool needs_side =
      event.kind == EventKind::ticket_pended || event.kind == EventKind::ticket_merged;
  evolve(ticket, needs_side ? &store_.side(slot) : store_.find_side(slot), event);
  event.version = ticket.version;
  if (begins) {
    store_.begin_interval(slot, event.at_us, ticket.state, reason_of_interval(store_, slot, event));
  } else if (cited_article(event) != none) {
    store_.cite(slot, cited_article(event));
  }
  if (ticket.queue != queue_before) store_.leave_queue(slot, event.at_us, queue_before);
  write(slot, event);
  follow_counts(ticket, state_before, queue_before, agent_before);
  follow_pending(slot, event);
  follow_clocks(slot, event, queue_before);
  follow_load(slot, agent_before, load_before);
  follow_agent(slot, state_before, agent_before);
  follow_offers(slot, event, state_before, queue_before, agent_before);
  follow_line(slot, event, state_before, queue_before);
  follow_resolver(slot, event, agent_before);
  follow_closing(slot, event);
  follow_tasks(slot, state_before);
  follow_survey(slot, event, state_before);
  carry_out_consequences(slot);
  rearm(slot);
}

void Floor::attributes_changed(uint32_t slot, uint32_t fields, uint32_t changed) {
  Ticket& ticket = store_.hot(slot);
  const sched::Priority before = ticket.priority;
  const sched::Priority own_before = ticket.own_priority;
  const sched::Priority read_before = ticket.policy_priority();
  derive_priority(slot, field_values(slot));
  if (ticket.priority != before) fields |= bit(FieldBit::priority);
  changed |= predicate_bits(fields);
  // Policies read its own priority: that changes where a raised one stays at the highest, and does
  // not where a rung raises it without saying that they should.
  if (ticket.policy_priority() != read_before) changed |= bit(Field::priority);
  ++ticket.version;
  Event event;
  event.kind = EventKind::ticket_updated;
  event.ticket = ticket.id;
  event.queue = ticket.queue;
  event.agent = ticket.agent;
  event.state = ticket.state;
  event.previous_state = ticket.state;
  event.priority = static_cast<uint8_t>(ticket.priority);
  event.fields = fields;
  event.version = ticket.version;
  write(slot, event);
  if (fields == 0) return rearm(slot);  // it was touched all the same
  if ((fields & bit(FieldBit::promised_at)) != 0) clockwork_.promise_changed(slot, now_.us);
  Clockwork::Change change{.fields = changed};
  change.updated = chronicle_.cause() == Cause::command;
  change.downgraded = change.updated && sched::more_pressing(own_before, ticket.own_priority);
  change.same_priority = ticket.own_priority == own_before;
  clockwork_.react(slot, field_values(slot), change, now_.us);
  carry_out_consequences(slot);
  rebook(slot);
  stand_anew(slot);
  rearm(slot);
}

void Floor::write(uint32_t slot, const Event& event) {
  chronicle_.write(event, store_, slot, rules_.triage());
}

void Floor::follow_clocks(uint32_t slot, const Event& event, uint32_t queue_before) {
  if (rules_.track_count() == 0) return;  // there never was a policy, so there is no clock
  Clockwork::Change change;
  change.reopened = event.kind == EventKind::ticket_reopened;
  change.message = message_value(event);
  const uint32_t queue = store_.hot(slot).queue;
  change.moved =
      queue != queue_before && rules_.queue(queue).group != rules_.queue(queue_before).group;
  if (!change.reopened) {
    change.fields =
        bit(Field::state) | bit(Field::reason) | bit(Field::assigned) | bit(Field::agent);
    if (change.message != 0) {
      change.fields |= bit(Field::message) | bit(Field::responded) | bit(Field::ball);
    }
    if (queue != queue_before) {
      change.fields |=
          bit(Field::queue) | bit(Field::group) | bit(Field::in_triage) | bit(Field::moved);
    }
  }
  if (event.kind == EventKind::ticket_merged) {
    clockwork_.cancel_all(slot, event.at_us, clock_duplicate);
  }
  clockwork_.react(slot, field_values(slot), change, event.at_us);
}

void Floor::follow_pending(uint32_t slot, const Event& event) {
  TicketSide* const side = store_.find_side(slot);
  if (side == nullptr) return;  // it has never been pending
  if (event.kind == EventKind::ticket_pended) {
    const PendingRule& rule = rules_.pending_rule(event.reason);
    const Instant until = rules_.period_end(Instant{event.at_us}, rule.max_pause);
    side->pause_until_us = until == sched::never ? 0 : until.us;
    side->reminders_sent = 0;
    side->reminders_max = rule.reminders;
  } else if (event.state != State::pending) {
    side->pause_until_us = 0;
    side->reminders_sent = side->reminders_max = 0;
  } else if ((event.flags & message_by_requester) != 0 &&
             event.kind == EventKind::ticket_messaged) {
    side->reminders_max = 0;  // answered
  }
}

void Floor::limit_pause(uint32_t slot, int64_t max_pause_us, uint8_t reminders) {
  if (max_pause_us != 0) store_.side(slot).pause_until_us = now_.us + max_pause_us;
  if (reminders != 0) store_.side(slot).reminders_max = reminders;
  rearm(slot);
}

void Floor::merge(uint32_t slot, uint32_t into, const Event& merged) {
  const int64_t recorded_us = store_.detail(slot).recorded_at_us;
  const int64_t occurred_us = store_.known_side(slot).occurred_at_us;
  const int64_t origin_us = occurred_us != 0 ? std::min(occurred_us, recorded_us) : recorded_us;
  change(slot, merged);
  Ticket& parent = store_.hot(into);
  ++parent.version;
  Event linked;
  linked.kind = EventKind::ticket_linked;
  linked.ticket = parent.id;
  linked.queue = parent.queue;
  linked.agent = parent.agent;
  linked.state = linked.previous_state = parent.state;
  linked.priority = static_cast<uint8_t>(parent.priority);
  linked.version = parent.version;
  linked.value_us = static_cast<int64_t>(store_.hot(slot).id);
  linked.flags = 1;
  write(into, linked);
  clockwork_.take_origin(into, origin_us, field_values(into), now_.us);
  stand_anew(into);
  rearm(into);
}

/// What rungs of the ticket's ladders asked for, in the order in which they did. It is done as of
/// now, so whatever else of the ticket fell due before comes first: a clock that a rung's move
/// stops has breached at its own instant by then, or has not.
void Floor::carry_out_consequences(uint32_t slot) {
  std::vector<Clockwork::Consequence>& wanted = clockwork_.consequences();
  if (wanted.empty() || carrying_out_) return;  // what is under way carries out those too
  carrying_out_ = true;
  const CauseScope scope(chronicle_, Cause::timer);
  const uint64_t id = store_.hot(slot).id;
  rearm(slot);
  while (store_.hot(slot).id == id && wheel_.armed(slot) && wheel_.due(slot) < now_) {
    const int64_t due_us = wheel_.due(slot).us;
    wheel_.cancel(slot);
    fire(slot, due_us);
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    const Ticket& ticket = store_.hot(slot);
    if (ticket.id != id || !ticket.open()) break;
    const Rung& rung = rules_.policy(wanted[i].policy).definition.rungs[wanted[i].rung];
    if (rung.action == RungAction::raise_priority) {
      raise_priority(slot, rung.retarget);
    } else if (const uint32_t queue = rules_.find_queue(rung.queue); queue != ticket.queue) {
      change(slot, decide_requeue(ticket, queue, rules_.reasons().find(reason_escalation)).value());
    }
  }
  wanted.clear();
  carrying_out_ = false;
}

/// One step up. Only for the order of work, the targets staying those of the ticket's own priority,
/// unless they are to follow.
void Floor::raise_priority(uint32_t slot, bool retarget) {
  Ticket& ticket = store_.hot(slot);
  if (ticket.priority == sched::Priority::p1) return;
  ++ticket.raised;
  if (retarget) ++ticket.raised_for_policies;
  attributes_changed(slot, 0, retarget ? bit(Field::priority) : 0);
}

sched::Load Floor::load_of(uint32_t slot) const {
  const Ticket& ticket = store_.hot(slot);
  if (ticket.agent == none) return {};
  const uint8_t booked = store_.detail(slot).booked_work;
  const uint32_t weight = lines_.work(booked).kind.weight_milli;
  if (ticket.in_hand()) return {booked, weight, true};
  if (ticket.state != State::pending) return {};
  // In 64 bits: weights go up to a thousand units.
  const uint64_t share = uint64_t{weight} * rules_.settings().pending_share_milli / 1'000;
  return {booked, static_cast<uint32_t>(share), false};
}

/// The ticket's attributes may make it another kind of work in its agent's hand.
void Floor::rebook(uint32_t slot) {
  const sched::Load before = load_of(slot);
  store_.detail(slot).booked_work =
      static_cast<uint8_t>(lines_.work_of(store_.hot(slot), store_.attributes(slot)));
  const sched::Load after = load_of(slot);
  if (before == after) return;
  const uint32_t agent = store_.hot(slot).agent;
  dispatcher_.change_load(AgentId{agent}, before, after);
  freed_.push_back(agent);
  matching_changed_ = true;
}

void Floor::follow_load(uint32_t slot, uint32_t agent_before, const sched::Load& before) {
  const Ticket& ticket = store_.hot(slot);
  store_.detail(slot).booked_work =
      static_cast<uint8_t>(lines_.work_of(ticket, store_.attributes(slot)));
  const sched::Load after = load_of(slot);
  const bool same_agent = agent_before == ticket.agent;
  if (same_agent && before == after) return;
  matching_changed_ = true;
  // Being given or giving up work begins a new wait for the next; pending work goes on.
  const bool goes_on = same_agent && before.weight_milli > 0 && after.weight_milli > 0;
  const auto book = [&](uint32_t agent, const sched::Load& from, const sched::Load& to) {
    if (!goes_on) dispatcher_.set_idle_since(AgentId{agent}, now_);
    dispatcher_.change_load(AgentId{agent}, from, to);
  };
  if (same_agent) {
    book(ticket.agent, before, after);
  } else {
    if (before.weight_milli > 0) book(agent_before, before, {});
    if (after.weight_milli > 0) book(ticket.agent, {}, after);
  }
  if (before.weight_milli > 0 && (!same_agent || after.weight_milli < before.weight_milli)) {
    freed_.push_back(agent_before);
  }
  if (after.weight_milli > 0 && (!same_agent || after.weight_milli > before.weight_milli)) {
    note_over_capacity(ticket.agent);
  }
}

void Floor::note_over_capacity(uint32_t agent) {
  if (!dispatcher_.over_capacity(AgentId{agent})) return;
  if (chronicle_.cause() == Cause::match) violated("capacity");
  Event event;
  event.kind = EventKind::agent_over_capacity;
  event.agent = agent;
  event.value_us = static_cast<int64_t>(dispatcher_.used_milli(AgentId{agent}));
  chronicle_.write(event);
}

void Floor::follow_line(uint32_t slot, const Event& event, State state_before,
                        uint32_t queue_before) {
  Ticket& ticket = store_.hot(slot);
  const bool moved = ticket.queue != queue_before;
  const bool stays = state_before == State::queued && ticket.state == State::queued && !moved;
  if (stays && !puts_in_queue(event)) return stand_anew(slot);
  const bool bounced = event.kind == EventKind::ticket_bounced;
  if (state_before == State::queued) leave_line(slot);
  if (moved) {
    // A bounce gives it its place back. The way through triage counts no more here than in moves.
    const int64_t entered_us = ticket.enqueued_at_us;
    const uint32_t order = ticket.order;
    const TicketSide* known = bounced ? store_.find_side(slot) : nullptr;
    const bool kept = known != nullptr && known->enqueued_before_us != 0;
    ticket.enqueued_at_us = kept ? known->enqueued_before_us : now_.us;
    if (ticket.state == State::queued) ticket.order = kept ? known->order_before : ++last_order_;
    if (queue_before != rules_.triage()) {
      TicketSide& side = store_.side(slot);
      side.enqueued_before_us = entered_us;
      side.order_before = order;
    }
    ticket.step = ticket.declines = 0;
    ticket.aged = ticket.unroutable = 0;
  }
  if (ticket.state != State::queued) {
    ticket.unroutable = 0;
    return;
  }
  const bool came_back = state_before == State::pending && !moved;
  came_back ? enqueue(slot) : arrive(slot);
}

void Floor::follow_counts(const Ticket& ticket, State before, uint32_t queue_before,
                          uint32_t agent_before) {
  const auto count = [&](State state, uint32_t queue, uint32_t agent, uint32_t step) {
    const bool in_hand = state == State::assigned || state == State::in_progress;
    if (state == State::queued) rules_.queue(queue).waiting += step;
    if (in_hand) rules_.queue(queue).in_hand += step;
    if (state == State::pending) rules_.queue(queue).pending += step;
    if ((in_hand || state == State::pending) && agent != none) roster_[agent].tickets += step;
  };
  count(before, queue_before, agent_before, 0U - 1U);
  count(ticket.state, ticket.queue, ticket.agent, 1U);
}

}  // namespace paceline::desk
