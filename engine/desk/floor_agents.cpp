// Agents on the floor: log-in, states, wrap-up, shifts, lost sessions, and what follows for their
// offers, their work and those who wait for them.
#include <algorithm>

#include "engine/desk/floor.h"
#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "sched/base/check.h"

namespace paceline::desk {

using sched::AgentId;
using sched::Instant;

namespace {

constexpr int64_t talk_grace_us = 30 * sched::second.us;
constexpr int64_t ticket_grace_us = 15 * sched::minute.us;

}  // namespace

void Floor::expect_agent(uint32_t agent) const {
  if (agent >= roster_.size()) return;
  const char* const record = reinterpret_cast<const char*>(&roster_[agent]);
  for (size_t at = 0; at < sizeof(AgentRecord); at += 64) __builtin_prefetch(record + at, 1);
  roster_.diary(agent).expect();
  dispatcher_.expect(AgentId{agent});
}

void Floor::write_agent(const Event& event) { chronicle_.write(event); }

// --- What the agent is given, and not ---

uint64_t Floor::barred_work(uint32_t agent) const {
  const AgentRecord& record = roster_[agent];
  const DeskSettings& settings = rules_.settings();
  const bool ramping = settings.ramp_items != 0 && record.given >= settings.ramp_items &&
                       now_.us < record.logged_in_at_us + settings.ramp_us;
  if (ramping) return ~uint64_t{0};
  const std::vector<std::string>& channels = rules_.agent(agent).definition.channels;
  const bool has_shift = rules_.shift(agent) != nullptr;
  const int64_t remaining_us = record.shift_end_us == 0 ? 0 : record.shift_end_us - now_.us;
  uint64_t barred = 0;
  for (uint32_t index = 0; index < lines_.work_count(); ++index) {
    const Work& work = lines_.work(index);
    bool no = has_shift && work.min_fit_us != 0 && remaining_us < work.min_fit_us;
    if (!channels.empty()) {
      const std::string_view channel =
          work.kind.channel == 0
              ? std::string_view{}
              : store_.dictionary(TextField::channel).text(work.kind.channel - 1);
      no = no || std::find(channels.begin(), channels.end(), channel) == channels.end();
    }
    if (no) barred |= uint64_t{1} << index;
  }
  return barred;
}

/// State, shift or ramp have changed: what the dispatcher may give follows, and the next timer.
void Floor::refresh_agent(uint32_t agent, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  dispatcher_.set_routable(AgentId{agent}, record.routable());
  dispatcher_.set_barred(AgentId{agent}, barred_work(agent));
  record.next_edge_us = record.logged_in() ? next_shift_edge(agent, at_us) : 0;
  matching_changed_ = true;
  if (record.routable()) freed_.push_back(agent);
  refresh_band(agent, at_us);
  rearm_agent(agent);
}

/// Where the agent's occupancy is, and until when: it falls while nothing is in hand.
void Floor::refresh_band(uint32_t agent, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  record.next_band_us = 0;
  if (!uses_occupancy_ || !record.logged_in()) return;
  count_time(agent, at_us);
  const DeskSettings& settings = rules_.settings();
  const uint32_t milli = record.occupancy_milli();
  dispatcher_.set_band(AgentId{agent}, milli < settings.occupancy_low_milli     ? 0
                                       : milli <= settings.occupancy_high_milli ? 1
                                                                                : 2);
  record.next_band_us =
      record.band_until_us(settings.occupancy_low_milli, settings.occupancy_high_milli);
}

void Floor::note_given(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  ++record.given;
  const DeskSettings& settings = rules_.settings();
  if (settings.ramp_items != 0 && record.given == settings.ramp_items)
    refresh_agent(agent, now_.us);
}

void Floor::cool_off(uint32_t agent, uint32_t slot, int64_t until_us) {
  if (until_us <= now_.us) return;
  dispatcher_.exclude(AgentId{agent}, slot);
  roster_[agent].cool_offs.push_back({store_.hot(slot).id, until_us});
  matching_changed_ = true;
  rearm_agent(agent);
}

void Floor::release_holds(uint32_t agent) {
  const std::vector<uint32_t> held = roster_[agent].held;
  for (const uint32_t slot : held) release_hold(slot);
}

// --- States ---

/// Before anything that time is booked by changes.
void Floor::count_time(uint32_t agent, int64_t at_us) {
  roster_.count(agent, at_us);
  if (AgentDiary& diary = roster_.diary(agent); diary.full()) diary.fold(calendars());
}

AgentDiary::Calendars Floor::calendars() const {
  return [this](uint32_t position) -> const sched::Calendar& {
    return rules_.calendar(position).calendar;
  };
}

/// Another calendar, or another version of it, is what its shifts are asked of from now on.
void Floor::follow_shift(uint32_t agent) {
  AgentDiary& diary = roster_.diary(agent);
  diary.begin(now_.us);
  diary.follow_shift(now_.us, rules_.shift_calendar(agent));
  if (diary.full()) diary.fold(calendars());
}

void Floor::set_state(uint32_t agent, AgentState state, uint32_t code, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  if (record.state == state && record.code == code) {
    refresh_agent(agent, at_us);
    return;
  }
  count_time(agent, at_us);
  Event event;
  event.kind = EventKind::agent_state_changed;
  event.agent = agent;
  event.at_us = at_us;
  event.fields = static_cast<uint32_t>(state);
  event.threshold_bp = static_cast<uint32_t>(record.state);
  event.value_us = record.since_us;
  event.reason = code;
  record.state = state;
  record.code = code;
  record.code_routable = record.code_planned = false;
  record.since_us = at_us;
  if (state == AgentState::away) {
    for (const AwayCode& known : rules_.settings().away_codes) {
      if (known.name != rules_.reasons().text(code)) continue;
      record.code_routable = known.routable;
      record.code_planned = known.planned;
    }
  }
  write_agent(event);
  refresh_agent(agent, at_us);
}

void Floor::log_in(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  count_time(agent, now_.us);
  if (record.lost_at_us != 0) {  // back before anything was given up
    record.lost_at_us = record.grace_end_us = 0;
  } else {
    record.state = AgentState::available;
    record.code = none;
    record.since_us = record.logged_in_at_us = record.counted_us = now_.us;
    record.session_busy_us = record.session_available_us = 0;
    record.given = 0;
    record.drained = false;
    dispatcher_.set_idle_since(AgentId{agent}, now_);
  }
  record.expired_in_row = 0;
  find_shift(agent, now_.us);
  Event event;
  event.kind = EventKind::agent_logged_in;
  event.agent = agent;
  write_agent(event);
  refresh_agent(agent, now_.us);
}

void Floor::log_out(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  count_time(agent, now_.us);
  record.state = AgentState::logged_out;
  record.code = none;
  record.since_us = now_.us;
  record.wrap_up_end_us = record.wrap_up_least_us = 0;
  record.lost_at_us = record.grace_end_us = 0;
  Event event;
  event.kind = EventKind::agent_logged_out;
  event.agent = agent;
  write_agent(event);
  refresh_agent(agent, now_.us);
  end_offers_of_agent(agent, reason_agent_away);
  release_holds(agent);
}

Reject Floor::set_available(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  if (!record.logged_in()) return Reject::agent_not_logged_in;
  count_time(agent, now_.us);
  record.lost_at_us = record.grace_end_us = 0;
  record.expired_in_row = 0;
  if (record.state == AgentState::wrap_up) {
    // Not before its least.
    record.after_wrap_up = AgentState::available;
    record.wrap_up_end_us = std::max(record.wrap_up_least_us, now_.us);
    if (record.wrap_up_end_us > now_.us) {
      rearm_agent(agent);
      return Reject::none;
    }
    end_wrap_up(agent, now_.us);
    return Reject::none;
  }
  if (record.state != AgentState::available) {
    dispatcher_.set_idle_since(AgentId{agent}, now_);
  }
  set_state(agent, AgentState::available, none, now_.us);
  return Reject::none;
}

Reject Floor::set_away(uint32_t agent, uint32_t code) {
  AgentRecord& record = roster_[agent];
  if (!record.logged_in()) return Reject::agent_not_logged_in;
  const std::vector<AwayCode>& codes = rules_.settings().away_codes;
  const bool known = std::any_of(codes.begin(), codes.end(), [&](const AwayCode& away) {
    return away.name == rules_.reasons().text(code);
  });
  if (!codes.empty() && !known) return Reject::code_unknown;
  record.wrap_up_end_us = record.wrap_up_least_us = 0;
  set_state(agent, AgentState::away, code, now_.us);
  if (record.routable()) return Reject::none;
  end_offers_of_agent(agent, reason_agent_away);
  release_holds(agent);
  return Reject::none;
}

Reject Floor::drain(uint32_t agent, bool requeue) {
  AgentRecord& record = roster_[agent];
  if (!record.logged_in()) return Reject::agent_not_logged_in;
  record.wrap_up_end_us = record.wrap_up_least_us = 0;
  set_state(agent, AgentState::draining, none, now_.us);
  end_offers_of_agent(agent, reason_drained);
  release_holds(agent);
  for (uint32_t slot = requeue ? record.first_ticket : none; slot != none;) {
    const uint32_t next = store_.detail(slot).next_in_list;
    if (store_.hot(slot).in_hand()) {
      move(slot, EventKind::ticket_requeued, store_.hot(slot).queue, reason_drained);
    }
    slot = next;
  }
  return Reject::none;
}

// --- Wrap-up ---

void Floor::begin_wrap_up(uint32_t agent, const QueueDefinition& queue) {
  AgentRecord& record = roster_[agent];
  if (queue.wrap_up_max_us == 0 || record.lost_at_us != 0) return;
  const bool wraps = record.state == AgentState::wrap_up;
  if (!wraps && record.state != AgentState::available && record.state != AgentState::draining) {
    return;
  }
  if (!wraps) record.after_wrap_up = record.state;
  record.wrap_up_extended = false;
  record.wrap_up_length_us = queue.wrap_up_max_us;
  record.wrap_up_least_us = std::max(record.wrap_up_least_us, now_.us + queue.wrap_up_min_us);
  record.wrap_up_end_us = std::max(record.wrap_up_end_us, now_.us + queue.wrap_up_max_us);
  set_state(agent, AgentState::wrap_up, none, now_.us);
}

void Floor::end_wrap_up(uint32_t agent, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  record.wrap_up_end_us = record.wrap_up_least_us = 0;
  dispatcher_.set_idle_since(AgentId{agent}, Instant{at_us});
  set_state(agent, record.after_wrap_up, none, at_us);
}

Reject Floor::extend_wrap_up(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  if (record.state != AgentState::wrap_up) return Reject::agent_not_in_wrap_up;
  if (record.wrap_up_extended) return Reject::wrap_up_extended_before;
  record.wrap_up_extended = true;
  record.wrap_up_end_us += record.wrap_up_length_us;
  rearm_agent(agent);
  return Reject::none;
}

// --- Shifts ---

void Floor::find_shift(uint32_t agent, int64_t at_us) {
  const sched::Calendar* shift = rules_.shift(agent);
  AgentRecord& record = roster_[agent];
  record.shift_end_us = 0;
  if (shift == nullptr || !shift->open_at(Instant{at_us})) return;
  const Instant end = shift->next_close(Instant{at_us});
  record.shift_end_us = end == sched::never ? 0 : end.us;
}

/// The next instant after which the agent may be given something else than at `after_us`.
int64_t Floor::next_shift_edge(uint32_t agent, int64_t after_us) const {
  const AgentRecord& record = roster_[agent];
  const DeskSettings& settings = rules_.settings();
  int64_t next_us = sched::never.us;
  const auto consider = [&](int64_t at_us) {
    if (at_us > after_us) next_us = std::min(next_us, at_us);
  };
  if (settings.ramp_items != 0 && record.given >= settings.ramp_items) {
    consider(record.logged_in_at_us + settings.ramp_us);
  }
  if (const sched::Calendar* shift = rules_.shift(agent); shift != nullptr) {
    if (record.shift_end_us == 0) {
      consider(shift->next_open(Instant{after_us + 1}).us);
    } else {
      consider(record.shift_end_us);
      if (!record.drained) consider(record.shift_end_us - settings.drain_lead_us);
      for (uint32_t index = 0; index < lines_.work_count(); ++index) {
        // The first instant at which less than min_fit is left.
        const int64_t min_fit_us = lines_.work(index).min_fit_us;
        if (min_fit_us != 0) consider(record.shift_end_us - min_fit_us + 1);
      }
    }
  }
  return next_us == sched::never.us ? 0 : next_us;
}

void Floor::pass_shift_edge(uint32_t agent, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  count_time(agent, at_us);
  const bool ends =
      record.shift_end_us != 0 && at_us >= record.shift_end_us - rules_.settings().drain_lead_us;
  if (ends && !record.drained) {
    record.drained = true;
    record.after_wrap_up = AgentState::draining;
    if (record.routable() || record.state == AgentState::available ||
        record.state == AgentState::no_response) {
      set_state(agent, AgentState::draining, none, at_us);
      end_offers_of_agent(agent, reason_drained);
      release_holds(agent);
    }
  }
  if (record.shift_end_us != 0 && at_us >= record.shift_end_us) record.shift_end_us = 0;
  if (record.shift_end_us == 0) {
    find_shift(agent, at_us);
    if (record.shift_end_us != 0 && record.drained) {
      record.drained = false;
      record.after_wrap_up = AgentState::available;
      if (record.state == AgentState::draining) {
        dispatcher_.set_idle_since(AgentId{agent}, Instant{at_us});
        set_state(agent, AgentState::available, none, at_us);
      }
    }
  }
  refresh_agent(agent, at_us);
}

// --- Lost sessions ---

Reject Floor::lose(uint32_t agent) {
  AgentRecord& record = roster_[agent];
  if (!record.logged_in()) return Reject::agent_not_logged_in;
  if (record.lost_at_us != 0) return Reject::none;
  count_time(agent, now_.us);
  record.lost_at_us = now_.us;
  if (record.state == AgentState::wrap_up) {
    record.wrap_up_end_us = record.wrap_up_least_us = 0;
    set_state(agent, record.after_wrap_up, none, now_.us);
  }
  record.grace_end_us = next_grace_end(agent);
  Event event;
  event.kind = EventKind::agent_session_lost;
  event.agent = agent;
  event.value_us = record.grace_end_us;
  write_agent(event);
  refresh_agent(agent, now_.us);
  end_offers_of_agent(agent, reason_session_lost);
  release_holds(agent);
  if (record.grace_end_us == 0) log_out(agent);  // nothing to keep for it
  return Reject::none;
}

int64_t Floor::grace_us(uint32_t slot) const {
  const QueueDefinition& queue = rules_.queue(store_.hot(slot).queue).definition;
  if (queue.grace_us != 0) return queue.grace_us;
  return is_live_talk(slot) ? talk_grace_us : ticket_grace_us;
}

/// When the first of the tickets in the lost agent's hand is given up; 0: there is none.
int64_t Floor::next_grace_end(uint32_t agent) const {
  const AgentRecord& record = roster_[agent];
  int64_t next_us = 0;
  for (uint32_t slot = record.first_ticket; slot != none; slot = store_.detail(slot).next_in_list) {
    if (!store_.hot(slot).in_hand()) continue;
    if (rules_.queue(store_.hot(slot).queue).definition.keep_lost) continue;
    const int64_t end_us = record.lost_at_us + grace_us(slot);
    if (next_us == 0 || end_us < next_us) next_us = end_us;
  }
  return next_us;
}

void Floor::give_up_lost(uint32_t agent, int64_t at_us) {
  AgentRecord& record = roster_[agent];
  for (uint32_t slot = record.first_ticket; slot != none;) {
    const uint32_t next = store_.detail(slot).next_in_list;
    const Ticket& ticket = store_.hot(slot);
    const bool kept = rules_.queue(ticket.queue).definition.keep_lost;
    if (ticket.in_hand() && !kept && record.lost_at_us + grace_us(slot) <= at_us) {
      move(slot, EventKind::ticket_requeued, ticket.queue, reason_agent_lost);
    }
    slot = next;
  }
  record.grace_end_us = next_grace_end(agent);
  if (record.grace_end_us == 0) log_out(agent);
}

uint64_t Floor::reconcile(uint32_t agent, std::span<const uint64_t> held) {
  const auto is_held = [&](uint64_t id) {
    return std::find(held.begin(), held.end(), id) != held.end();
  };
  Event event;
  event.kind = EventKind::agent_reconciled;
  event.agent = agent;
  for (uint32_t slot = roster_[agent].first_ticket; slot != none;) {
    const uint32_t next = store_.detail(slot).next_in_list;
    const Ticket& ticket = store_.hot(slot);
    if (ticket.in_hand() && !is_held(ticket.id)) {
      move(slot, EventKind::ticket_requeued, ticket.queue, reason_reconciled);
      ++event.value_us;
    }
    slot = next;
  }
  uint64_t elsewhere = 0;
  for (const uint64_t id : held) {
    const uint32_t slot = store_.find(id);
    if (slot != none && store_.hot(slot).agent == agent) continue;
    if (slot != none && store_.hot(slot).state == State::queued) {
      // The front system knows who works on it; nobody else does.
      change(slot, decide_assign(store_.hot(slot), agent).value());
      continue;
    }
    if (elsewhere == 0) elsewhere = id;
    ++event.fields;
  }
  write_agent(event);
  return elsewhere;
}

// --- The agent's tickets ---

void Floor::follow_agent(uint32_t slot, State state_before, uint32_t agent_before) {
  const Ticket& ticket = store_.hot(slot);
  TicketDetail& detail = store_.detail(slot);
  const auto in_hand = [](State state) {
    return state == State::assigned || state == State::in_progress;
  };
  const bool had =
      agent_before != none && (in_hand(state_before) || state_before == State::pending);
  const bool has = ticket.agent != none && (ticket.in_hand() || ticket.state == State::pending);
  if (had && !(has && ticket.agent == agent_before)) {
    uint32_t& first = roster_[agent_before].first_ticket;
    (detail.previous_in_list == none ? first
                                     : store_.detail(detail.previous_in_list).next_in_list) =
        detail.next_in_list;
    if (detail.next_in_list != none) {
      store_.detail(detail.next_in_list).previous_in_list = detail.previous_in_list;
    }
    detail.previous_in_list = detail.next_in_list = none;
  }
  if (has && !(had && ticket.agent == agent_before)) {
    uint32_t& first = roster_[ticket.agent].first_ticket;
    detail.previous_in_list = none;
    detail.next_in_list = first;
    if (first != none) store_.detail(first).previous_in_list = slot;
    first = slot;
  }
  const bool worked = agent_before != none && in_hand(state_before);
  const bool works = ticket.agent != none && ticket.in_hand();
  if (worked == works && agent_before == ticket.agent) return;
  const auto count = [&](uint32_t agent, uint32_t step) {
    AgentRecord& record = roster_[agent];
    count_time(agent, now_.us);
    record.in_hand += step;
    record.busy = record.in_hand != 0;
    if (!uses_occupancy_) return;
    refresh_band(agent, now_.us);
    rearm_agent(agent);
  };
  if (worked) count(agent_before, 0U - 1U);
  if (works) count(ticket.agent, 1U);
  const bool done = ticket.state == State::resolved || ticket.state == State::closed;
  if (worked && done) begin_wrap_up(agent_before, rules_.queue(ticket.queue).definition);
}

// --- Timers ---

int64_t Floor::agent_due(uint32_t agent) const {
  const AgentRecord& record = roster_[agent];
  int64_t due_us = sched::never.us;
  const auto consider = [&](int64_t at_us) {
    if (at_us != 0) due_us = std::min(due_us, at_us);
  };
  consider(record.wrap_up_end_us);
  consider(record.grace_end_us);
  consider(record.next_edge_us);
  consider(record.next_band_us);
  for (const CoolOff& cool_off : record.cool_offs) consider(cool_off.until_us);
  return due_us;
}

void Floor::rearm_agent(uint32_t agent) {
  const int64_t due_us = agent_due(agent);
  const uint32_t node = agent_node(agent);
  if (due_us == sched::never.us) {
    wheel_.cancel(node);
  } else if (!wheel_.armed(node) || wheel_.due(node).us != due_us) {
    wheel_.schedule(node, Instant{due_us});
  }
}

/// One effect of the agent, due at `due_us`: lease before wrap-up before shift before occupancy,
/// cool-offs last.
void Floor::fire_agent(uint32_t agent, int64_t due_us) {
  AgentRecord& record = roster_[agent];
  if (record.grace_end_us != 0 && record.grace_end_us <= due_us) {
    give_up_lost(agent, record.grace_end_us);
  } else if (record.wrap_up_end_us != 0 && record.wrap_up_end_us <= due_us) {
    end_wrap_up(agent, record.wrap_up_end_us);
  } else if (record.next_edge_us != 0 && record.next_edge_us <= due_us) {
    pass_shift_edge(agent, record.next_edge_us);
  } else if (record.next_band_us != 0 && record.next_band_us <= due_us) {
    refresh_band(agent, record.next_band_us);
  } else {
    for (size_t i = 0; i < record.cool_offs.size();) {
      const CoolOff cool_off = record.cool_offs[i];
      if (cool_off.until_us > due_us) {
        ++i;
        continue;
      }
      record.cool_offs.erase(record.cool_offs.begin() + static_cast<std::ptrdiff_t>(i));
      const uint32_t slot = store_.find(cool_off.ticket);
      if (slot == none || rules_.find_agent(store_.requester(slot)) == agent) continue;
      dispatcher_.include(AgentId{agent}, slot);
      if (dispatcher_.waiting(slot)) ready_.push_back(slot);
    }
    matching_changed_ = true;
    freed_.push_back(agent);
  }
  rearm_agent(agent);
}

void Floor::fire_due_of_agent(uint32_t agent) {
  const uint32_t node = agent_node(agent);
  while (wheel_.armed(node) && wheel_.due(node) < now_) {
    const CauseScope scope(chronicle_, Cause::timer);
    const int64_t due_us = wheel_.due(node).us;
    wheel_.cancel(node);
    fire_agent(agent, due_us);
    settle();
  }
}

}  // namespace paceline::desk
