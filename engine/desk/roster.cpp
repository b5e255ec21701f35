#include "engine/desk/roster.h"

namespace paceline::desk {

Activity AgentRecord::activity() const {
  using Kind = Activity::Kind;
  const bool there = lost_at_us == 0;
  if (state == AgentState::logged_out) return {Kind::logged_out, false};
  if (state == AgentState::away) return {Kind::away, there && code_planned};
  if (state == AgentState::wrap_up) return {Kind::wrap_up, there};
  if (busy) return {Kind::busy, there};
  if (state == AgentState::available) return {Kind::available, there};
  return {Kind::other, there && state == AgentState::draining && drained};
}

void AgentRecord::count(int64_t now_us) {
  const int64_t spent_us = now_us - counted_us;
  if (spent_us <= 0) return;  // what is noticed late may be dated before what was counted
  counted_us = now_us;
  const Activity::Kind kind = activity().kind;
  if (kind == Activity::Kind::logged_out) return;
  logged_in_us += spent_us;
  if (kind == Activity::Kind::away) {
    away_us += spent_us;
  } else if (kind == Activity::Kind::wrap_up) {
    wrap_up_us += spent_us;
    session_busy_us += spent_us;
  } else if (kind == Activity::Kind::busy) {
    busy_us += spent_us;
    session_busy_us += spent_us;
  } else if (kind == Activity::Kind::available) {
    available_us += spent_us;
    session_available_us += spent_us;
  }
}

void Roster::count(uint32_t agent, int64_t now_us) {
  AgentRecord& record = records_[agent];
  if (now_us <= record.counted_us) return;
  diaries_[agent].note(record.counted_us, record.activity());
  record.count(now_us);
}

uint32_t AgentRecord::occupancy_milli() const {
  const int64_t total_us = session_busy_us + session_available_us;
  if (total_us == 0) return 0;
  // Microseconds times a thousand: no overflow within 290,000 years.
  return static_cast<uint32_t>(session_busy_us * 1'000 / total_us);
}

int64_t AgentRecord::band_until_us(int64_t low_milli, int64_t high_milli) const {
  const bool rises = state == AgentState::wrap_up ||
                     (busy && state != AgentState::away && state != AgentState::logged_out);
  const bool falls = !rises && state == AgentState::available;
  if (!rises && !falls) return 0;
  const int64_t handled_us = session_busy_us;
  const int64_t total_us = session_busy_us + session_available_us;
  int64_t wait_us = 0;
  // The band is left when occupancy_milli() comes to `low` or above `high`, or falls below them.
  for (const int64_t edge : {low_milli, high_milli + 1}) {
    int64_t after_us = 0;
    if (rises) {
      if (edge > 1'000 || occupancy_milli() >= edge) continue;
      if (edge == 1'000 && session_available_us != 0) continue;
      const int64_t missing = edge * total_us - 1'000 * handled_us;
      after_us = edge == 1'000 ? 1 : (missing + 999 - edge) / (1'000 - edge);
    } else {
      if (edge == 0 || occupancy_milli() < edge) continue;
      after_us = 1'000 * handled_us / edge + 1 - total_us;
    }
    after_us = after_us < 1 ? 1 : after_us;
    if (wait_us == 0 || after_us < wait_us) wait_us = after_us;
  }
  return wait_us == 0 ? 0 : counted_us + wait_us;
}

void AgentRecord::persist(sched::Archive& archive) {
  archive.choice(state, AgentState::draining);
  archive.choice(after_wrap_up, AgentState::draining);
  archive.fields(code, code_routable, code_planned, since_us, logged_in_at_us, shift_end_us,
                 drained, wrap_up_least_us, wrap_up_end_us, wrap_up_length_us, wrap_up_extended,
                 lost_at_us, grace_end_us, expired_in_row, given, next_edge_us, next_band_us,
                 first_offer, offers, first_ticket, tickets, in_hand, held, cool_offs, counted_us,
                 busy, session_busy_us, session_available_us, logged_in_us, available_us, busy_us,
                 wrap_up_us, away_us);
}

void Roster::add_to(sched::Digest& digest, uint32_t agent) const {
  const AgentRecord& record = records_[agent];
  digest.add(uint64_t{static_cast<uint8_t>(record.state)} << 32 | record.code);
  digest.add(uint64_t{record.code_planned} << 41 | uint64_t{record.code_routable} << 40 |
             uint64_t{record.drained} << 32 | uint64_t{record.wrap_up_extended} << 24 |
             uint64_t{static_cast<uint8_t>(record.after_wrap_up)} << 16 |
             uint64_t{record.expired_in_row} << 8 | record.busy);
  for (const int64_t us :
       {record.since_us, record.logged_in_at_us, record.shift_end_us, record.wrap_up_least_us,
        record.wrap_up_end_us, record.wrap_up_length_us, record.lost_at_us, record.grace_end_us,
        record.counted_us, record.session_busy_us, record.session_available_us, record.logged_in_us,
        record.available_us, record.busy_us, record.wrap_up_us, record.away_us}) {
    digest.add(us);
  }
  digest.add(uint64_t{record.given} << 32 | record.offers);
  digest.add(uint64_t{record.in_hand});
  for (const CoolOff& cool_off : record.cool_offs) {
    digest.add(cool_off.ticket);
    digest.add(cool_off.until_us);
  }
  diaries_[agent].add_to(digest);
}

}  // namespace paceline::desk
