#include "engine/runtime/snapshot_folder.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "engine/runtime/disk.h"

namespace paceline::runtime {

namespace {

std::string failed(const std::string& what, const std::string& path, int error) {
  return "snapshot: cannot " + what + " " + path + ": " + std::strerror(-error);
}

/// 0: not the name of a snapshot.
uint64_t sequence_in(const std::string& name) {
  unsigned long long sequence = 0;
  int end = 0;
  if (name.size() != 29 || std::sscanf(name.c_str(), "%20llu.snapshot%n", &sequence, &end) != 1 ||
      end != 29)
    return 0;
  return sequence;
}

}  // namespace

sched::Expected<std::vector<SnapshotEntry>, std::string> SnapshotFolder::list() const {
  std::vector<SnapshotEntry> entries;
  std::error_code error;
  for (std::filesystem::directory_iterator at(path_, error), end; !error && at != end;
       at.increment(error))
    if (const uint64_t sequence = sequence_in(at->path().filename().string()); sequence != 0)
      entries.push_back({at->path().string(), sequence});
  if (error && error != std::errc::no_such_file_or_directory)
    return sched::Unexpected{failed("list", path_, -error.value())};
  std::sort(entries.begin(), entries.end(),
            [](const SnapshotEntry& a, const SnapshotEntry& b) { return a.sequence > b.sequence; });
  return entries;
}

std::string SnapshotFolder::path_of(uint64_t sequence) const {
  char name[40];
  std::snprintf(name, sizeof name, "/%020llu.snapshot", static_cast<unsigned long long>(sequence));
  return path_ + name;
}

sched::Expected<void, std::string> SnapshotFolder::publish(uint64_t sequence) {
  const std::string path = path_of(sequence);
  if (const int error = disk_.rename(unfinished_path_of(sequence), path))
    return sched::Unexpected{failed("rename", unfinished_path_of(sequence), error)};
  if (const int error = disk_.sync_folder(path_))
    return sched::Unexpected{failed("sync", path_, error)};
  return {};
}

void SnapshotFolder::drop(uint64_t sequence) { (void)disk_.unlink(unfinished_path_of(sequence)); }

void SnapshotFolder::drop_unfinished() {
  std::error_code ignored;
  std::vector<std::string> unfinished;
  for (const auto& entry : std::filesystem::directory_iterator(path_, ignored))
    if (entry.path().extension() == ".tmp") unfinished.push_back(entry.path().string());
  for (const std::string& path : unfinished) (void)disk_.unlink(path);
}

std::string SnapshotFolder::set_aside(const SnapshotEntry& entry) {
  const std::string aside = entry.path + ".damaged";
  return disk_.rename(entry.path, aside) == 0 ? aside : entry.path;
}

sched::Expected<uint64_t, std::string> SnapshotFolder::tidy(size_t kept) {
  auto listed = list();
  if (!listed) return sched::Unexpected{listed.error()};
  for (size_t i = kept; i < listed->size(); ++i)
    if (const int error = disk_.unlink((*listed)[i].path))
      return sched::Unexpected{failed("remove", (*listed)[i].path, error)};
  if (listed->size() > kept) {
    if (const int error = disk_.sync_folder(path_))
      return sched::Unexpected{failed("sync", path_, error)};
  }
  return listed->size() < kept ? 0 : (*listed)[kept - 1].sequence;
}

}  // namespace paceline::runtime
