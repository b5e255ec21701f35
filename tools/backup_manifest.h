// What a backup says of itself: backup.json, beside the files of a data folder.
//
//   DEST/backup.json   this, written last: without it there is no backup
//   DEST/log/ history/ snapshots/   as in a data folder
//
// Owner: plain values.  Errors: Failure.  Allocates: freely.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/runtime/snapshot_report.h"
#include "tools/failure.h"

namespace paceline::tools {

struct BackupFile {
  std::string name;  ///< From the backup's folder: "log/000….log"
  uint64_t size = 0;
  uint64_t hash = 0;  ///< XXH3 of its content.
};

struct BackupManifest {
  static constexpr uint32_t format_value = 1;

  uint32_t format = format_value;
  std::string program_version;
  int64_t created_at_us = 0;
  uint64_t sequence = 0;                   ///< The last record it is sure to hold.
  std::vector<runtime::MarkedDesk> desks;  ///< At that record; empty: not known when it was made.
  std::vector<BackupFile> files;
};

std::string manifest_path(const std::string& backup);
Done write_manifest(const std::string& backup, const BackupManifest& manifest);
Got<BackupManifest> read_manifest(const std::string& backup);

/// Copies a file's first `size` bytes (all: ~0), durable when this returns, its name excepted.
Got<BackupFile> copy_file(const std::string& from, const std::string& to, const std::string& name,
                          uint64_t size = ~uint64_t{0});
/// Reads a file and tells its size and hash.
Got<BackupFile> examine_file(const std::string& path, const std::string& name);
/// Makes names durable.
Done sync_folders(const std::string& folder);

/// A folder that is not there or has nothing in it.
bool is_vacant(const std::string& folder);

}  // namespace paceline::tools
