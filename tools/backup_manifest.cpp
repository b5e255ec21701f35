#include "tools/backup_manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

namespace paceline::tools {

namespace {

constexpr size_t piece = 1'048'576;

Failure failed(const std::string& what, const std::string& path) {
  const int error = errno;
  return file_failed(
      error, fmt::format("cannot {} {}: {}: name a folder that is yours and has room", what, path,
                         std::strerror(error)));
}

struct File {
  explicit File(int opened) : number(opened) {}
  ~File() {
    if (number >= 0) ::close(number);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number;
};

/// Calls `take` with the file's first `size` bytes, a piece at a time; false ends it.
template <class Take>
Done read_pieces(const std::string& path, uint64_t size, Take take) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number < 0) return sched::Unexpected{failed("open", path)};
  std::vector<std::byte> buffer(piece);
  while (size > 0) {
    const ssize_t got = ::read(file.number, buffer.data(), std::min<uint64_t>(piece, size));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sched::Unexpected{failed("read", path)};
    if (got == 0) break;
    size -= static_cast<uint64_t>(got);
    if (auto taken = take(std::span(buffer).first(static_cast<size_t>(got))); !taken) return taken;
  }
  return {};
}

class Hash {
 public:
  Hash() : state_(XXH3_createState(), XXH3_freeState) { XXH3_64bits_reset(state_.get()); }
  void add(std::span<const std::byte> bytes) {
    XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
  }
  uint64_t value() const { return XXH3_64bits_digest(state_.get()); }

 private:
  std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> state_;
};

Done write_all(int file, const std::string& path, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = ::write(file, bytes.data(), bytes.size());
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return sched::Unexpected{failed("write to", path)};
    bytes = bytes.subspan(static_cast<size_t>(taken));
  }
  return {};
}

std::string hex(uint64_t value) { return fmt::format("{:016x}", value); }
uint64_t from_hex(const std::string& text) { return std::stoull(text, nullptr, 16); }

}  // namespace

std::string manifest_path(const std::string& backup) { return backup + "/backup.json"; }

Done write_manifest(const std::string& backup, const BackupManifest& manifest) {
  nlohmann::ordered_json json = {{"format", manifest.format},
                                 {"program_version", manifest.program_version},
                                 {"created_at_us", manifest.created_at_us},
                                 {"sequence", manifest.sequence}};
  json["desks"] = nlohmann::ordered_json::array();
  for (const runtime::MarkedDesk& desk : manifest.desks)
    json["desks"].push_back({{"desk", desk.number.value},
                             {"event_hash", hex(desk.event_hash)},
                             {"events", desk.last_event},
                             {"archived", desk.archived}});
  json["files"] = nlohmann::ordered_json::array();
  for (const BackupFile& file : manifest.files)
    json["files"].push_back({{"name", file.name}, {"size", file.size}, {"xxh3", hex(file.hash)}});
  const std::string text = json.dump(1) + "\n";
  const std::string path = manifest_path(backup), unfinished = path + ".tmp";
  {
    const File file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.number < 0) return sched::Unexpected{failed("create", unfinished)};
    if (auto written = write_all(file.number, unfinished, std::as_bytes(std::span(text))); !written)
      return written;
    if (::fsync(file.number) != 0) return sched::Unexpected{failed("sync", unfinished)};
  }
  if (::rename(unfinished.c_str(), path.c_str()) != 0)
    return sched::Unexpected{failed("rename", unfinished)};
  return sync_folders(backup);
}

Got<BackupManifest> read_manifest(const std::string& backup) {
  if (auto may = may_read(backup); !may) return sched::Unexpected{may.error()};
  const std::string path = manifest_path(backup);
  std::ifstream file(path);
  if (!file)
    return sched::Unexpected{not_found(
        fmt::format("{} is no backup: it has no backup.json, which is written last", backup))};
  const auto unreadable = [&](const std::string& why) {
    return sched::Unexpected{
        not_valid(fmt::format("{} is damaged ({}): take another backup", path, why))};
  };
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded()) return unreadable("not JSON");
  try {
    BackupManifest manifest;
    manifest.format = json.at("format");
    if (manifest.format != BackupManifest::format_value)
      return sched::Unexpected{
          not_valid(fmt::format("{} has format {}, this program reads format {}: use the program "
                                "that wrote it",
                                path, manifest.format, BackupManifest::format_value))};
    manifest.program_version = json.at("program_version");
    manifest.created_at_us = json.at("created_at_us");
    manifest.sequence = json.at("sequence");
    for (const auto& desk : json.at("desks"))
      manifest.desks.push_back({{desk.at("desk").get<uint16_t>()},
                                from_hex(desk.at("event_hash")),
                                desk.at("events"),
                                desk.at("archived")});
    for (const auto& each : json.at("files")) {
      BackupFile known{each.at("name"), each.at("size"), from_hex(each.at("xxh3"))};
      // It is joined to folders: nothing of it may lead out of them.
      if (known.name.empty() || known.name.front() == '/' ||
          known.name.find("..") != std::string::npos)
        return unreadable("a file's name leads out of it");
      manifest.files.push_back(std::move(known));
    }
    return manifest;
  } catch (const std::exception& error) {
    return unreadable(error.what());
  }
}

Got<BackupFile> copy_file(const std::string& from, const std::string& to, const std::string& name,
                          uint64_t size) {
  const std::string path = to + "/" + name;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const File out(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (out.number < 0) return sched::Unexpected{failed("create", path)};
  BackupFile copied{name, 0, 0};
  Hash hash;
  const auto done = read_pieces(from, size, [&](std::span<const std::byte> bytes) -> Done {
    hash.add(bytes);
    copied.size += bytes.size();
    return write_all(out.number, path, bytes);
  });
  if (!done) return sched::Unexpected{done.error()};
  if (::fsync(out.number) != 0) return sched::Unexpected{failed("sync", path)};
  copied.hash = hash.value();
  return copied;
}

Got<BackupFile> examine_file(const std::string& path, const std::string& name) {
  BackupFile file{name, 0, 0};
  Hash hash;
  const auto done = read_pieces(path, ~uint64_t{0}, [&](std::span<const std::byte> bytes) -> Done {
    hash.add(bytes);
    file.size += bytes.size();
    return {};
  });
  if (!done) return sched::Unexpected{done.error()};
  file.hash = hash.value();
  return file;
}

Done sync_folders(const std::string& folder) {
  for (const char* part : {"/log", "/history", "/snapshots", "", "/.."}) {
    const std::string path = folder + part;
    const File opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number < 0 && errno == ENOENT) continue;
    if (opened.number < 0 || ::fsync(opened.number) != 0)
      return sched::Unexpected{failed("sync", path)};
  }
  return {};
}

bool is_vacant(const std::string& folder) {
  std::error_code error;
  return !std::filesystem::exists(folder, error) || std::filesystem::is_empty(folder, error);
}

}  // namespace paceline::tools
