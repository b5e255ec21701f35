#include "sched/local_time.h"

namespace paceline::sched {

LocalTimeConverter::Occurrences LocalTimeConverter::occurrences(int64_t local_s) {
  const auto& transitions = zone_.transitions;
  const int64_t local_us = local_s * second.us;
  const int64_t reach_us = int64_t{offset_s_max} * second.us;
  while (hint_ > 0 && transitions[hint_ - 1].at.us >= local_us - reach_us) --hint_;
  while (hint_ < transitions.size() && transitions[hint_].at.us < local_us - reach_us) ++hint_;

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
