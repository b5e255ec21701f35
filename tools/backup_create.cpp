// `backup create`: a consistent copy of a data folder, of a running server's or of one at rest.
//
// A running server is asked to hold its log and its snapshots; what was durable then is what the
// backup is sure to hold. Nobody waits for it: the server goes on.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <filesystem>

#include "engine/runtime/data_folder.h"
#include "engine/runtime/disk.h"
#include "engine/runtime/folder_check.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/log_segment.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_folder.h"
#include "engine/runtime/wall_clock.h"
#include "tools/backup_manifest.h"
#include "tools/backup_replay.h"
#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/version.h"

namespace paceline::tools {

namespace {

/// One making of a backup: from a folder that holds still, as far as it matters.
class Copying {
 public:
  Copying(const Terminal& terminal, std::string from, std::string to)
      : progress_(terminal, "copying", "MiB", 0), from_(std::move(from)), to_(std::move(to)) {}

  /// `to_sequence` 0: to the end of the log.
  Got<BackupManifest> run(uint64_t to_sequence) {
    if (auto done = copy_snapshots(to_sequence); !done) return sched::Unexpected{done.error()};
    if (auto done = copy_log(to_sequence); !done) return sched::Unexpected{done.error()};
    if (auto done = copy_histories(); !done) return sched::Unexpected{done.error()};
    manifest_.program_version = program_version;
    manifest_.created_at_us = runtime::WallClock().now().us;
    progress_.finish();
    return std::move(manifest_);
  }

 private:
  Done copy(const std::string& path, const std::string& name, uint64_t size = ~uint64_t{0}) {
    auto copied = copy_file(path, to_, name, size);
    if (!copied) return sched::Unexpected{copied.error()};
    bytes_ += copied->size;
    progress_.update(bytes_ / 1'048'576);
    manifest_.files.push_back(std::move(*copied));
    return {};
  }

  Done copy_snapshots(uint64_t to_sequence) {
    const runtime::SnapshotFolder folder(from_ + "/snapshots", runtime::real_disk());
    const auto listed = folder.list();
    if (!listed) return sched::Unexpected{went_wrong(listed.error())};
    for (const runtime::SnapshotEntry& entry : listed.value()) {
      if (to_sequence != 0 && entry.sequence > to_sequence) continue;
      const auto file = runtime::SnapshotFile::open(entry.path);
      if (!file) continue;  // damaged: of no use to anybody
      const std::string name = std::filesystem::path(entry.path).filename();
      if (auto done = copy(entry.path, "snapshots/" + name); !done) return done;
      begin_ = file->info().position;  // of the oldest, in the end
    }
    return {};
  }

  /// Segments from the one in which the log behind the oldest snapshot begins.
  Done copy_log(uint64_t to_sequence) {
    const runtime::LogReader reader({.folder = from_ + "/log"});
    auto end = reader.read(begin_, to_sequence, {}, {});
    if (end && end->path.empty()) {  // nothing came after the snapshot: the log up to it, then
      const auto oldest = reader.oldest();
      if (!oldest) return sched::Unexpected{not_valid(oldest.error().text)};
      end = reader.read(*oldest, to_sequence, {}, {});
    }
    if (!end) return sched::Unexpected{not_valid(end.error().text)};
    manifest_.sequence = end->position.sequence;
    const auto segments = runtime::list_segments(from_ + "/log");
    if (!segments) return sched::Unexpected{went_wrong(segments.error().text)};
    for (size_t i = segments->size(); i-- > 0;) {
      const runtime::SegmentFile& segment = (*segments)[i];
      if (segment.number > end->segment_number) continue;
      const auto front = runtime::read_front(segment, {});
      if (!front) return sched::Unexpected{not_valid(front.error().text)};
      const std::string name = std::filesystem::path(segment.path).filename();
      const bool last = segment.number == end->segment_number;
      if (auto done = copy(segment.path, "log/" + name, last ? end->offset : ~uint64_t{0}); !done)
        return done;
      if (front->first && front->first->sequence <= begin_.sequence + 1) break;
    }
    return {};
  }

  Done copy_histories() {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(from_ + "/history", ignored)) {
      if (entry.path().extension() != ".history") continue;
      const std::string name = entry.path().filename();
      if (auto done = copy(entry.path(), "history/" + name); !done) return done;
    }
    return {};
  }

  Progress progress_;
  std::string from_, to_;
  runtime::LogPosition begin_;
  uint64_t bytes_ = 0;
  BackupManifest manifest_;
};

class BackupCreate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("DEST", dest_, "Folder of the backup; created, or empty")->required();
    app.add_option("--data", data_, "Data folder of a server that is not running");
    server_.declare(app);
    app.get_option("--connect")->required(false);
    app.add_flag("--no-verify", no_verify_, "Do not replay the copy afterwards");
    app.add_flag("--json", json_, "Print as JSON");
  }

  Done run(const Terminal& terminal) override {
    if (!is_vacant(dest_)) {
      return sched::Unexpected{
          conflict(fmt::format("{} is not empty: give a backup a folder of its own", dest_))};
    }
    if (data_.empty() && server_.address.empty()) {
      return sched::Unexpected{bad_usage(
          "nothing to copy: give a running server's address with --connect, or the folder of "
          "one that is not running with --data")};
    }
    auto made = data_.empty() ? of_running(terminal) : of_stopped(terminal);
    if (!made) return sched::Unexpected{made.error()};
    if (auto written = write_manifest(dest_, *made); !written) return written;
    if (no_verify_) {
      show_backup(terminal, dest_, *made, {}, json_);
      return {};
    }
    return verify_backup(terminal, dest_, json_);
  }

 private:
  Got<BackupManifest> of_running(const Terminal& terminal) {
    auto client = server_.connect();
    if (!client) return sched::Unexpected{client.error()};
    const auto held = client->hold_log();  // until the client goes
    if (!held) return sched::Unexpected{explain(held.error())};
    if (auto may = may_read(held->data); !may) return sched::Unexpected{may.error()};
    if (!std::filesystem::exists(held->data + "/log")) {
      return sched::Unexpected{not_available(fmt::format(
          "the server's data folder, {}, is not on this machine: run this where the server runs",
          held->data))};
    }
    auto made = Copying(terminal, held->data, dest_).run(held->sequence);
    if (made) made->desks = held->desks;
    return made;
  }

  Got<BackupManifest> of_stopped(const Terminal& terminal) {
    if (auto may = may_read(data_); !may) return sched::Unexpected{may.error()};
    if (!std::filesystem::exists(data_ + "/log")) {
      return sched::Unexpected{
          not_found(fmt::format("{} is no data folder: it has no log in it", data_))};
    }
    const auto locked = runtime::DataFolder::lock(data_);
    if (!locked) {
      if (!locked.error().in_use)
        return sched::Unexpected{
            file_failed(locked.error().forbidden ? EACCES : EIO, locked.error().text)};
      return sched::Unexpected{conflict(fmt::format(
          "a server is running in {}: give its address with --connect instead of --data", data_))};
    }
    return Copying(terminal, data_, dest_).run(0);
  }

  std::string dest_, data_;
  ServerOptions server_;
  bool no_verify_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_backup_create() { return std::make_unique<BackupCreate>(); }

}  // namespace paceline::tools
