#include "engine/runtime/folder_check.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "engine/runtime/disk.h"
#include "engine/runtime/history.h"
#include "engine/runtime/log_segment.h"
#include "engine/runtime/snapshot_load.h"

namespace paceline::runtime {

namespace {

constexpr uint64_t mib = 1'048'576;

std::string in_mib(uint64_t bytes) { return std::to_string(bytes / mib) + " MiB"; }

const char* const from_backup = "restore the data folder from a backup: paceline backup restore";

}  // namespace

void FolderCheck::find(Severity severity, const char* area, std::string text, std::string mend) {
  findings_.push_back({severity, area, std::move(text), std::move(mend)});
}

std::vector<Finding> FolderCheck::run() {
  findings_.clear();
  check_folder();
  if (!readable_) return findings_;
  check_lock();
  check_snapshots();
  check_log();
  check_history();
  check_disk();
  return findings_;
}

void FolderCheck::check_folder() {
  struct stat status {};
  if (stat(folder_.c_str(), &status) != 0)
    return find(Severity::problem, "folder", folder_ + ": " + std::strerror(errno),
                "give the folder a server was started with (--data)");
  std::error_code hidden;  // nothing can be known of what lies in a folder that may not be entered
  if (!S_ISDIR(status.st_mode) || (!std::filesystem::exists(folder_ + "/log", hidden) && !hidden))
    return find(Severity::problem, "folder", folder_ + " is no data folder: it has no log in it",
                "give the folder a server was started with (--data)");
  for (const char* part : {"", "/log", "/history", "/snapshots"}) {
    const std::string path = folder_ + part;
    if (!std::filesystem::exists(path, hidden)) continue;
    if (access(path.c_str(), R_OK | X_OK) != 0)
      return find(Severity::problem, "folder", path + " cannot be read by this user",
                  "run this as the user of the server, or: chown -R USER " + folder_);
    if (access(path.c_str(), W_OK) != 0)
      find(Severity::problem, "folder", path + " cannot be written to by this user",
           "a server of this user could not start: chown -R USER " + folder_);
  }
  readable_ = true;
  find(Severity::good, "folder", folder_);
}

int FolderCheck::lock_holder(const std::string& folder) {
  struct stat status {};
  if (stat((folder + "/lock").c_str(), &status) != 0) return 0;
  std::ifstream locks("/proc/locks");
  // "1: FLOCK  ADVISORY  WRITE 4711 fe:01:123456 0 EOF"
  for (std::string line; std::getline(locks, line);) {
    std::istringstream words(line);
    std::string number, kind, advisory, mode, file;
    int pid = 0;
    words >> number >> kind >> advisory >> mode >> pid >> file;
    unsigned major_device = 0, minor_device = 0;
    unsigned long long inode = 0;
    if (kind == "FLOCK" &&
        std::sscanf(file.c_str(), "%x:%x:%llu", &major_device, &minor_device, &inode) == 3 &&
        inode == status.st_ino && makedev(major_device, minor_device) == status.st_dev)
      return pid;
  }
  return 0;
}

void FolderCheck::check_lock() {
  holder_ = lock_holder(folder_);
  if (holder_ == 0) return find(Severity::good, "lock", "no server is running here");
  find(Severity::note, "lock",
       "a server is running here (process " + std::to_string(holder_) +
           "): what it is writing just now may look unfinished");
}

void FolderCheck::check_snapshots() {
  const SnapshotFolder folder(folder_ + "/snapshots", real_disk());
  const auto listed = folder.list();
  if (!listed)
    return find(Severity::problem, "snapshots", listed.error(), "look at the disk and the folder");
  for (const SnapshotEntry& entry : listed.value()) {
    const auto file = SnapshotFile::open(entry.path);
    const auto verified = file
                              ? file->verify(progress_)
                              : sched::Expected<void, std::string>{sched::Unexpected{file.error()}};
    if (!verified) {
      find(Severity::problem, "snapshots", verified.error(),
           "a server passes it over and starts from the one before it, or from the beginning of "
           "the log: move it away once a newer one is there");
      continue;
    }
    const SnapshotInfo& info = file->info();
    ++snapshots_;
    snapshot_bytes_ = std::max(snapshot_bytes_, file->size());
    find(Severity::good, "snapshots",
         entry.path + ": " + in_mib(file->size()) + ", " + std::to_string(info.desks.size()) +
             " desks up to record " + std::to_string(info.position.sequence) + ", rules version " +
             std::to_string(info.rules_version));
    if (info.rules_version != desk::rules_version)
      find(Severity::note, "snapshots",
           entry.path + " has rules version " + std::to_string(info.rules_version) +
               ", this program " + std::to_string(desk::rules_version),
           "an upgrade: the log behind the snapshot must be empty, or the program that wrote it "
           "must end it with --snapshot-on-exit");
    if (!newest_) newest_ = info;
  }
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/snapshots", ignored)) {
    const std::string extension = entry.path().extension();
    if (extension == ".damaged")
      find(Severity::note, "snapshots",
           entry.path().string() + " was set aside by a recovery that could not use it",
           "look at the disk; then remove the file");
    if (extension == ".tmp" && holder_ == 0)
      find(Severity::note, "snapshots", entry.path().string() + " was not finished",
           "nothing: the next start removes it");
  }
}

void FolderCheck::check_log() {
  const LogReader reader({.folder = folder_ + "/log"});
  const auto segments = list_segments(folder_ + "/log");
  const auto oldest = reader.oldest();
  if (!segments || !oldest)
    return find(Severity::problem, "log", (!segments ? segments.error() : oldest.error()).text,
                from_backup);
  uint64_t bytes = 0;
  for (const SegmentFile& segment : segments.value()) bytes += segment.size;
  std::set<uint32_t> other_rules;
  const uint64_t known = newest_ ? newest_->position.sequence : 0;
  const auto visit = [&](uint64_t sequence, const LogRecord& record) {
    if (sequence > known && record.kind == RecordKind::batch &&
        record.rules_version != desk::rules_version)
      other_rules.insert(record.rules_version);
    return std::string();
  };
  const auto end = reader.read(oldest.value(), 0, visit, progress_);
  if (!end) return find(Severity::problem, "log", end.error().text, from_backup);
  find(Severity::good, "log",
       std::to_string(segments->size()) + " segments, " + in_mib(bytes) + ", records " +
           std::to_string(oldest->sequence + 1) + " to " + std::to_string(end->position.sequence) +
           ", clock " + std::string(name(end->clock_mode)));
  if (end->torn && holder_ == 0)
    find(Severity::note, "log",
         "a torn write lies behind the last record, " + end->path + " at offset " +
             std::to_string(end->offset) + ": nobody was told it was durable",
         "nothing: the next start cuts it");
  for (const uint32_t version : other_rules)
    find(Severity::problem, "log",
         "batches behind the newest snapshot were made under rules version " +
             std::to_string(version) + ", this program has " + std::to_string(desk::rules_version),
         "start the program that wrote them with --snapshot-on-exit and end it, then upgrade");
  if (newest_) return check_tail(*newest_, oldest.value());
  if (oldest->sequence != 0)
    find(Severity::problem, "log",
         "records 1 to " + std::to_string(oldest->sequence) +
             " are gone, and there is no good snapshot that includes them",
         from_backup);
}

void FolderCheck::check_tail(const SnapshotInfo& snapshot, LogPosition oldest) {
  const LogReader reader({.folder = folder_ + "/log", .clock_mode = snapshot.clock_mode});
  if (const auto tail = reader.read(snapshot.position, 0, {}, {}); !tail)
    return find(Severity::problem, "log", tail.error().text, from_backup);
  if (snapshots_ < 2 && oldest.sequence != 0)
    find(Severity::note, "snapshots",
         "there is one good snapshot, and the log does not go back beyond it: if that one is lost, "
         "so is everything",
         "take another one now: paceline ctl snapshot; and a backup: paceline backup create");
}

void FolderCheck::check_history() {
  uint64_t tickets = 0, files = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/history", ignored)) {
    if (entry.path().extension() != ".history") continue;
    const auto extent = History::inspect(entry.path().string());
    if (!extent) {
      find(Severity::problem, "history", extent.error(), from_backup);
      continue;
    }
    ++files;
    tickets += extent->count;
    if (extent->end != extent->size && holder_ == 0)
      find(Severity::note, "history",
           entry.path().string() + " holds " + std::to_string(extent->count) +
               " whole tickets; what lies behind offset " + std::to_string(extent->end) +
               " is torn or damaged",
           "nothing, unless a snapshot counts on more: the next start writes it again");
  }
  if (newest_) {
    for (const SnapshotDesk& desk : newest_->desks) {
      const std::string path =
          folder_ + "/history/desk-" + std::to_string(desk.number.value) + ".history";
      const auto extent = History::inspect(path);
      if (extent && extent->count < desk.archived)
        find(Severity::problem, "history",
             path + " holds " + std::to_string(extent->count) +
                 " whole tickets, but the newest "
                 "snapshot counts on " +
                 std::to_string(desk.archived) + " of desk \"" + desk.name + "\"",
             from_backup);
    }
  }
  find(Severity::good, "history",
       std::to_string(tickets) + " closed tickets in " + std::to_string(files) + " files");
}

void FolderCheck::check_disk() {
  struct statvfs disk {};
  if (statvfs(folder_.c_str(), &disk) != 0) return;
  const uint64_t free = static_cast<uint64_t>(disk.f_bavail) * disk.f_frsize;
  const uint64_t wanted = 2 * snapshot_bytes_ + 512 * mib;
  const std::string text = in_mib(free) + " free";
  if (free >= wanted) return find(Severity::good, "disk", text);
  // The next snapshot does not fit, or nearly nothing does.
  const bool short_of_it = free < snapshot_bytes_ + 16 * mib;
  find(short_of_it ? Severity::problem : Severity::note, "disk",
       text + "; the next snapshot and the log until then may need " + in_mib(wanted),
       "make room on the disk of " + folder_);
}

sched::Expected<LogEnd, std::string> FolderCheck::replay(Replica& replica,
                                                         uint64_t to_sequence) const {
  const SnapshotFolder folder(folder_ + "/snapshots", real_disk());
  const auto listed = folder.list();
  if (!listed) return sched::Unexpected{listed.error()};
  LogPosition from;
  for (const SnapshotEntry& entry : listed.value()) {
    if (to_sequence != 0 && entry.sequence > to_sequence) continue;
    const auto file = SnapshotFile::open(entry.path);
    if (!file || !load_snapshot(*file, replica, Loading::parallel, Checking::digest)) continue;
    from = file->info().position;
    break;
  }
  const LogReader reader({.folder = folder_ + "/log"});
  auto end = reader.read(
      from, to_sequence, [&](uint64_t, const LogRecord& record) { return replica.replay(record); },
      progress_);
  if (!end) return sched::Unexpected{end.error().text};
  if (std::string failure = replica.settle(); !failure.empty()) return sched::Unexpected{failure};
  return std::move(end.value());
}

}  // namespace paceline::runtime
