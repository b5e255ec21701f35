// Proves a backup: its files are what was written, and replaying it gives the desks it was taken
// of.
//
// Owner: one thread, with workers.  Errors: Failure.  Allocates: the desks.
#pragma once

#include <string>
#include <vector>

#include "tools/backup_manifest.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

/// A desk as the replay gave it.
struct ReplayedDesk {
  uint16_t number = 0;
  std::string name;
  uint64_t tickets = 0;
  uint64_t events = 0;
  uint64_t event_hash = 0;
  uint64_t digest = 0;
};

/// Reads every file and compares it with the manifest.
Got<BackupManifest> examine_backup(const Terminal& terminal, const std::string& backup);
/// That, and replays it; shows what came out.
Done verify_backup(const Terminal& terminal, const std::string& backup, bool json);
void show_backup(const Terminal& terminal, const std::string& backup,
                 const BackupManifest& manifest, const std::vector<ReplayedDesk>& desks, bool json);

}  // namespace paceline::tools
