// Why a ticket waits, why an agent has nothing or this, why a queue stands: read from the state as
// it is, not from a log, by asking the dispatcher the questions it asks itself.
//
// Cost: of a ticket O(agents), of an agent O(lines it may serve), of a queue O(its lines × agents),
// each bounded by `limit` in what is told, not in what is looked at.
#pragma once

#include "engine/desk/floor.h"
#include "engine/desk/query.h"

namespace paceline::desk {

Why why_ticket(const Floor& floor, uint32_t slot, uint32_t limit);
Why why_agent(const Floor& floor, uint32_t agent, uint32_t limit);
Why why_queue(const Floor& floor, uint32_t queue, uint32_t limit);

/// What none of the group's agents has of what the ticket's line asks: "vpn >= 4".
std::string missing_for(const Floor& floor, uint32_t line);

}  // namespace paceline::desk
