#include "engine/desk/roster.h"

namespace paceline::desk {

void AgentRecord::count(int64_t now_us) {
  const int64_t spent_us = now_us - counted_us;
  counted_us = now_us;
  if (state == AgentState::logged_out || spent_us <= 0) return;
  logged_in_us += spent_us;
  if (state == AgentState::away) {
    away_us += spent_us;
  } else if (state == AgentState::wrap_up) {
    wrap_up_us += spent_us;
    session_busy_us += spent_us;
  } else if (busy) {
    busy_us += spent_us;
    session_busy_us += spent_us;
  } else if (state == AgentState::available) {
    available_us += spent_us;
    session_available_us += spent_us;
  }
}

uint32_t AgentRecord::occupancy_milli() const {
  const int64_t total_us = session_busy_us + session_available_us;
  if (total_us == 0) return 0;
  // Microseconds times a thousand: no overflow within 290,000 years.
  return static_cast<uint32_t>(session_busy_us * 1'000 / total_us);
}

void Roster::add_to(sched::Digest& digest, uint32_t agent) const {
  const AgentRecord& record = records_[agent];
  digest.add(uint64_t{static_cast<uint8_t>(record.state)} << 32 | record.code);
  digest.add(uint64_t{record.code_routable} << 40 | uint64_t{record.drained} << 32 |
             uint64_t{record.wrap_up_extended} << 24 |
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
}

}  // namespace paceline::desk
