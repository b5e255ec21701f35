// Desks from a snapshot.
//
// Owner: one thread, with oneTBB's if Loading::parallel.  Errors: sentences.  Allocates: the desks.
#pragma once

#include <string>

#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_info.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

enum class Checking : uint8_t {
  events,  ///< Every checksum on the way, and each desk's event hash: costs nothing more.
  digest,  ///< Each desk's digest over its whole state as well.
};

/// Fills an empty replica in. After an error it holds nothing.
sched::Expected<void, std::string> load_snapshot(const SnapshotFile& file, Replica& replica,
                                                 Loading loading, Checking checking);

/// One desk's part of a snapshot, in both directions.
void persist_desk(sched::Archive& archive, desk::Desk& desk, EventRing& events);

/// What a snapshot says of a desk, its digest excepted, which takes a while.
SnapshotDesk describe(const desk::Desk& desk, uint64_t archived);

}  // namespace paceline::runtime
