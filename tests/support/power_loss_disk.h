// A disk whose power may be cut: what was not synced is then lost, kept, or torn, as the dice say.
//
// Everything is done to real files as well, so readers see what a running machine would show.
// Beside it the model remembers, per file, what is on the disk for certain and what has been done
// since; per folder, which names are. A cut keeps, for every sector of 512 bytes, what any number
// of the writes since made of it; sizes likewise; of names (created, renamed, removed) any first
// few, or any few at all: no order is promised by anybody. A folder whose own name was not synced
// may be gone with all that is in it. lose_power() then writes the files as they are found when the
// power is back; lose_process() as after the end of the process alone, which forgets nothing, but
// what was not durable before is no more durable after it.
//
// Owner: any threads, one at a time inside. Folders must be empty when the disk first sees them.
#pragma once

#include <errno.h>
#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "engine/runtime/disk.h"

namespace paceline::testing {

class PowerLossDisk : public runtime::Disk {
 public:
  static constexpr uint64_t sector = 512;

  /// After so many further operations the power is gone: that one is under way, all later ones
  /// fail.
  void cut_after(uint64_t operations) {
    const std::lock_guard lock(mutex_);
    left_ = operations;
  }
  bool power_is_off() const { return left_ == 0; }

  int open(const std::string& path, int flags) override {
    const std::lock_guard lock(mutex_);
    if (cut()) return -EIO;
    const int file = Disk::open(path, flags);
    if (file < 0) return file;
    if ((flags & O_TRUNC) != 0 && names_.contains(path))
      inodes_[names_[path]].since.push_back({0, {}, true});
    const auto known = names_.find(path);
    if (known == names_.end()) {
      inodes_.push_back({});
      names_[path] = inodes_.size() - 1;
      pending_names_.push_back({"", path, inodes_.size() - 1});
    }
    files_[file] = names_[path];
    return file;
  }
  void close(int file) override {
    const std::lock_guard lock(mutex_);
    files_.erase(file);
    Disk::close(file);
  }
  int64_t write_at(int file, std::span<const std::byte> bytes, uint64_t offset) override {
    const std::lock_guard lock(mutex_);
    if (off()) return -EIO;
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    inodes_[files_.at(file)].since.push_back({offset, std::string(text, bytes.size()), false});
    if (cut()) return -EIO;
    return Disk::write_at(file, bytes, offset);
  }
  int truncate(int file, uint64_t size) override {
    const std::lock_guard lock(mutex_);
    if (off()) return -EIO;
    inodes_[files_.at(file)].since.push_back({size, {}, true});
    if (cut()) return -EIO;
    return Disk::truncate(file, size);
  }
  int sync(int file) override {
    const std::lock_guard lock(mutex_);
    if (cut()) return -EIO;
    Inode& inode = inodes_[files_.at(file)];
    for (const Change& change : inode.since) apply(change, inode.durable);
    inode.since.clear();
    return 0;
  }
  int rename(const std::string& from, const std::string& to) override {
    const std::lock_guard lock(mutex_);
    if (off()) return -EIO;
    const size_t inode = names_.at(from);
    pending_names_.push_back({from, to, inode});
    if (cut()) return -EIO;
    apply(pending_names_.back(), names_);
    return Disk::rename(from, to);
  }
  int unlink(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    if (off()) return -EIO;
    pending_names_.push_back({path, "", 0});
    if (cut()) return -EIO;
    apply(pending_names_.back(), names_);
    return Disk::unlink(path);
  }
  int sync_folder(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    if (cut()) return -EIO;
    std::vector<NameChange> others;
    for (const NameChange& change : pending_names_) {
      if (in(path, change.from) || in(path, change.to))
        apply(change, durable_names_);
      else
        others.push_back(change);
    }
    pending_names_ = std::move(others);
    std::erase_if(pending_folders_, [&](const std::string& made) { return in(path, made); });
    return 0;
  }

  int make_folder(const std::string& path) override {
    const std::lock_guard lock(mutex_);
    if (cut()) return -EIO;
    const int made = Disk::make_folder(path);
    if (made == 0) pending_folders_.insert(path);
    return made;
  }

  /// Only the process is gone: all it did is there, the operation under way too.
  void lose_process() {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, inode] : names_) std::filesystem::remove(path);
    names_ = durable_names_;
    for (const NameChange& change : pending_names_) apply(change, names_);
    for (const auto& [path, inode] : names_) {
      std::string content = inodes_[inode].durable;
      for (const Change& change : inodes_[inode].since) apply(change, content);
      std::ofstream(path, std::ios::binary) << content;
    }
    files_.clear();
    left_ = unlimited;
  }

  /// The power is cut (if it was not) and comes back. Nobody may have a file open any more.
  void lose_power(std::mt19937& random) {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, inode] : names_) std::filesystem::remove(path);
    const bool in_order = random() % 2 == 0;
    const size_t first_few = random() % (pending_names_.size() + 1);
    for (size_t i = 0; i < pending_names_.size(); ++i) {
      if (in_order ? i < first_few : random() % 2 == 0) apply(pending_names_[i], durable_names_);
    }
    for (const std::string& folder : pending_folders_) {
      if (random() % 2 == 0) continue;
      std::filesystem::remove_all(folder);
      std::erase_if(durable_names_,
                    [&](const auto& name) { return name.first.starts_with(folder + "/"); });
    }
    pending_folders_.clear();
    std::vector<Inode> found;
    names_.clear();
    for (const auto& [path, inode] : durable_names_) {
      found.push_back({after_the_cut(inodes_[inode], random), {}});
      names_[path] = found.size() - 1;
      std::ofstream(path, std::ios::binary) << found.back().durable;
    }
    inodes_ = std::move(found);
    durable_names_ = names_;
    pending_names_.clear();
    files_.clear();
    left_ = unlimited;
  }

 private:
  static constexpr uint64_t unlimited = ~uint64_t{0};

  struct Change {
    uint64_t offset = 0;  // of a cut: the size
    std::string bytes;
    bool cut = false;
  };
  struct Inode {
    std::string durable;
    std::vector<Change> since;
  };
  struct NameChange {
    std::string from;  // empty: created
    std::string to;    // empty: removed
    size_t inode = 0;
  };
  using Names = std::map<std::string, size_t>;

  bool off() const { return left_ == 0; }
  /// Counts an operation; whether the power is gone with it.
  bool cut() {
    if (left_ == unlimited) return false;
    if (left_ > 0) --left_;
    return left_ == 0;
  }
  static bool in(const std::string& folder, const std::string& path) {
    return !path.empty() && std::filesystem::path(path).parent_path() == folder;
  }
  static void apply(const NameChange& change, Names& names) {
    if (!change.from.empty()) names.erase(change.from);
    if (!change.to.empty()) names[change.to] = change.inode;
  }
  static void apply(const Change& change, std::string& content) {
    if (change.cut) {
      content.resize(change.offset);
      return;
    }
    if (content.size() < change.offset + change.bytes.size())
      content.resize(change.offset + change.bytes.size());
    content.replace(change.offset, change.bytes.size(), change.bytes);
  }
  static bool touches(const Change& change, uint64_t begin) {
    if (change.cut) return change.offset < begin + sector;
    return change.offset < begin + sector && begin < change.offset + change.bytes.size();
  }

  static std::string after_the_cut(const Inode& inode, std::mt19937& random) {
    if (inode.since.empty()) return inode.durable;
    // Sometimes all of it, sometimes nothing, else sector by sector.
    const uint32_t luck = random() % 4;
    std::string whole = inode.durable;
    size_t reach = whole.size();
    const size_t sizes_kept = luck == 0   ? 0
                              : luck == 1 ? inode.since.size()
                                          : random() % (inode.since.size() + 1);
    size_t size = whole.size();
    for (size_t i = 0; i < inode.since.size(); ++i) {
      apply(inode.since[i], whole);
      reach = std::max(reach, whole.size());
      if (i < sizes_kept) size = whole.size();
    }
    std::string content = inode.durable;
    content.resize(reach);
    for (uint64_t begin = 0; begin < reach; begin += sector) {
      size_t kept = 0;
      for (const Change& change : inode.since) kept += touches(change, begin) ? 1 : 0;
      if (luck == 0) kept = 0;
      if (luck > 1) kept = random() % (kept + 1);
      for (size_t i = 0; kept > 0; ++i) {
        const Change& change = inode.since[i];
        if (!touches(change, begin)) continue;
        --kept;
        const uint64_t end = std::min<uint64_t>(begin + sector, reach);
        if (change.cut) {
          const uint64_t from = std::max(begin, change.offset);
          std::fill(content.begin() + static_cast<ptrdiff_t>(from),
                    content.begin() + static_cast<ptrdiff_t>(end), '\0');
          continue;
        }
        const uint64_t from = std::max(begin, change.offset);
        const uint64_t to = std::min<uint64_t>(end, change.offset + change.bytes.size());
        content.replace(from, to - from, change.bytes, from - change.offset, to - from);
      }
    }
    content.resize(size);
    return content;
  }

  mutable std::mutex mutex_;
  std::vector<Inode> inodes_;
  Names names_;          // as the running machine sees them
  Names durable_names_;  // as the disk has them for certain
  std::vector<NameChange> pending_names_;
  std::set<std::string> pending_folders_;  // made, their own names not yet durable
  std::map<int, size_t> files_;
  std::atomic<uint64_t> left_ = unlimited;
};

}  // namespace paceline::testing
