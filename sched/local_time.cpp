#include "sched/local_time.h"

#include <algorithm>

namespace paceline::sched {

int32_t offset_s_at(const Zone& zone, Instant t) {
  const auto next = std::upper_bound(
      zone.transitions.begin(), zone.transitions.end(), t,
      [](Instant at, const ZoneTransition& transition) { return at < transition.at; });
  return next == zone.transitions.begin() ? zone.first_offset_s : std::prev(next)->offset_s;
}

int64_t local_date(const Zone& zone, Instant t) {
  const int64_t local_us = t.us + int64_t{offset_s_at(zone, t)} * second.us;
  return local_us >= 0 ? local_us / day.us : -((day.us - 1 - local_us) / day.us);
}

LocalTimeConverter::Occurrences LocalTimeConverter::occurrences(int64_t local_s) {
  const auto& transitions = zone_.transitions;
  const int64_t local_us = local_s * second.us;
  const int64_t reach_us = int64_t{offset_s_max} * second.us;
  const int64_t since_us = local_us - reach_us;
  if ((hint_ > 0 && transitions[hint_ - 1].at.us >= since_us) ||
      (hint_ < transitions.size() && transitions[hint_].at.us < since_us)) {
    const auto found = std::lower_bound(
        transitions.begin(), transitions.end(), since_us,
        [](const ZoneTransition& transition, int64_t us) { return transition.at.us < us; });
    hint_ = static_cast<size_t>(found - transitions.begin());
  }

  // Spells of constant offset, from the one in force before transition `hint_` on.
  Occurrences found;
  bool gap_found = false;
  for (size_t i = hint_; i <= transitions.size(); ++i) {
    const bool has_begin = i > 0;
    const bool has_end = i < transitions.size();
    const int64_t offset_us =
        (has_begin ? transitions[i - 1].offset_s : zone_.first_offset_s) * second.us;
    const int64_t utc_us = local_us - offset_us;
    const bool begun = !has_begin || utc_us >= transitions[i - 1].at.us;
    if (!begun && !gap_found) {
      // The clock has passed the time by now; if it never showed it, this change left it out.
      found.gap_us = transitions[i - 1].at.us;
      gap_found = true;
    }
    if (begun && (!has_end || utc_us < transitions[i].at.us)) {
      if (found.count == 0) found.first_us = utc_us;
      found.before_last_us = found.last_us;
      found.last_us = utc_us;
      found.last_is_turned_back =
          found.count > 0 && has_begin && utc_us == transitions[i - 1].at.us;
      ++found.count;
    }
    if (has_end && transitions[i].at.us > local_us + reach_us) break;
  }
  return found;
}

Instant LocalTimeConverter::opening(int64_t local_s) {
  const Occurrences found = occurrences(local_s);
  return {found.count == 0 ? found.gap_us : found.first_us};
}

Instant LocalTimeConverter::closing(int64_t local_s) {
  const Occurrences found = occurrences(local_s);
  if (found.count == 0) return {found.gap_us};
  return {found.last_is_turned_back ? found.before_last_us : found.last_us};
}

}  // namespace paceline::sched
