// Answers to queries about one desk, from its state as it is.
#pragma once

#include "engine/desk/floor.h"
#include "engine/desk/query.h"

namespace paceline::desk {

/// Everything but KPIs and what belongs to the desk as a whole (name, counters, digest).
Answer answer_query(const Floor& floor, const Query& query);

}  // namespace paceline::desk
