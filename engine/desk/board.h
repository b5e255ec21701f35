// What a supervisor's board shows of the tickets in memory: per queue who waits longest, what is at
// risk, what has breached; and the tickets that are next.
//
// Counting reads every ticket, so it goes slice by slice: a slice is one query and holds the shard
// up for a millisecond or two, however many tickets there are. Whoever asks adds the slices up; a
// ticket that changes while they are asked for is counted as its slice found it.
//
// Owner: shard thread.  Allocates: the answer.
#pragma once

#include "engine/desk/floor.h"
#include "engine/desk/query.h"

namespace paceline::desk {

/// Places for tickets one slice looks at.
inline constexpr uint32_t board_slice = 32'768;

/// Adds the slice behind `query.after` to `answer.queues`, which has every queue in order, and
/// lists its `limit` foremost tickets: mode 0 by their next breach, mode 1 those in breach, longest
/// first. At risk is what breaches within `query.at_us`. `queue`: only tickets of this one are
/// listed.
void count_slice(const Floor& floor, const Query& query, uint32_t queue, uint32_t limit,
                 Answer& answer);

}  // namespace paceline::desk
