// Definitions written down and filled in again (sched/base/archive.h), field by field.
//
// Owner: whoever holds them.  Allocates: what it fills.
#pragma once

#include "engine/desk/configuration.h"
#include "sched/base/archive.h"

namespace paceline::desk {

void persist(sched::Archive& archive, DeskSettings& settings);
void persist(sched::Archive& archive, PolicyDefinition& policy);
void persist(sched::Archive& archive, PauseRule& rule);
void persist(sched::Archive& archive, PendingRule& rule);
void persist(sched::Archive& archive, QueueDefinition& queue);
void persist(sched::Archive& archive, AgentDefinition& agent);
void persist(sched::Archive& archive, ReferencedObject& object);

}  // namespace paceline::desk
