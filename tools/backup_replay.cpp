#include "tools/backup_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/runtime/folder_check.h"
#include "engine/runtime/replica.h"
#include "tools/json_views.h"
#include "tools/table.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

constexpr uint64_t mib = 1'048'576;

sched::Expected<desk::CommandFrame, std::string> decode_frame(std::span<const std::byte> payload) {
  auto frame = wire::decode_commands(payload);
  if (!frame) return sched::Unexpected{frame.error().text};
  return frame.value();
}

Got<std::vector<ReplayedDesk>> replay(const Terminal& terminal, const std::string& backup,
                                      uint64_t to_sequence) {
  runtime::Replica replica({.decode_frame = decode_frame,
                            .decode_configuration = wire::decode_configuration,
                            .events_kept = 1,
                            .workers = std::clamp(std::thread::hardware_concurrency(), 1U, 8U)});
  Progress progress(terminal, "replaying", "MiB", 0);
  const runtime::FolderCheck folder(
      backup, [&progress](uint64_t done, uint64_t) { progress.update(done / mib); });
  if (const auto end = folder.replay(replica, to_sequence); !end)
    return sched::Unexpected{not_valid(end.error())};
  progress.finish();
  std::vector<ReplayedDesk> desks;
  for (auto& [number, known] : replica.desks()) {
    desk::Query query;
    query.kind = desk::QueryKind::status;
    desks.push_back({number, known.desk->name(), known.desk->answer(query).status.tickets,
                     known.desk->last_event(), known.desk->event_hash(), known.desk->digest()});
  }
  return desks;
}

Done compare(const BackupManifest& manifest, const std::vector<ReplayedDesk>& desks) {
  if (manifest.desks.empty()) return {};  // of a server at rest: there was nobody to ask
  for (const runtime::MarkedDesk& marked : manifest.desks) {
    const auto found = std::find_if(desks.begin(), desks.end(), [&](const ReplayedDesk& desk) {
      return desk.number == marked.number.value;
    });
    if (found == desks.end() || found->event_hash != marked.event_hash ||
        found->events != marked.last_event)
      return sched::Unexpected{not_valid(
          fmt::format("replaying the backup gives other events of desk {} than the server had: "
                      "keep it and the data folder, and report this",
                      marked.number.value))};
  }
  if (desks.size() != manifest.desks.size())
    return sched::Unexpected{
        not_valid("replaying the backup gives more desks than the server had")};
  return {};
}

}  // namespace

Got<BackupManifest> examine_backup(const Terminal& terminal, const std::string& backup) {
  auto manifest = read_manifest(backup);
  if (!manifest) return manifest;
  uint64_t total = 0, done = 0;
  for (const BackupFile& file : manifest->files) total += file.size;
  Progress progress(terminal, "reading", "MiB", total / mib);
  for (const BackupFile& file : manifest->files) {
    const auto found = examine_file(backup + "/" + file.name, file.name);
    if (!found) return sched::Unexpected{found.error()};
    if (found->size != file.size || found->hash != file.hash)
      return sched::Unexpected{
          not_valid(fmt::format("{}/{} is damaged: it is not what was copied; take another backup, "
                                "and look at the disk this one lies on",
                                backup, file.name))};
    done += file.size;
    progress.update(done / mib);
  }
  progress.finish();
  return manifest;
}

Done verify_backup(const Terminal& terminal, const std::string& backup, bool json) {
  const auto manifest = examine_backup(terminal, backup);
  if (!manifest) return sched::Unexpected{manifest.error()};
  const auto desks = replay(terminal, backup, manifest->sequence);
  if (!desks) return sched::Unexpected{desks.error()};
  if (auto same = compare(*manifest, *desks); !same) return same;
  show_backup(terminal, backup, *manifest, *desks, json);
  return {};
}

void show_backup(const Terminal& terminal, const std::string& backup,
                 const BackupManifest& manifest, const std::vector<ReplayedDesk>& desks,
                 bool json) {
  uint64_t bytes = 0;
  for (const BackupFile& file : manifest.files) bytes += file.size;
  const bool replayed = !desks.empty() || manifest.sequence == 0;
  if (json) {
    nlohmann::ordered_json out = {{"backup", backup},
                                  {"created_at", instant_json(manifest.created_at_us)},
                                  {"files", manifest.files.size()},
                                  {"bytes", bytes},
                                  {"sequence", manifest.sequence},
                                  {"verified", replayed},
                                  {"desks", nlohmann::ordered_json::array()}};
    for (const ReplayedDesk& desk : desks)
      out["desks"].push_back({{"desk", desk.number},
                              {"name", desk.name},
                              {"tickets", desk.tickets},
                              {"events", desk.events},
                              {"event_hash", fmt::format("{:016x}", desk.event_hash)},
                              {"digest", fmt::format("{:016x}", desk.digest)}});
    terminal.data(out.dump(1) + "\n");
    return;
  }
  Table table({">desk", "name", ">tickets", ">events", "digest"});
  for (const ReplayedDesk& desk : desks)
    table.row({std::to_string(desk.number), desk.name, std::to_string(desk.tickets),
               std::to_string(desk.events), fmt::format("{:016x}", desk.digest)});
  if (!desks.empty()) terminal.data(table.text());
  terminal.message(fmt::format("{}: {} files, {:.1f} MiB, up to record {}; {}", backup,
                               manifest.files.size(), static_cast<double>(bytes) / mib,
                               manifest.sequence,
                               replayed ? "every file read and the log replayed" : "not verified"));
}

}  // namespace paceline::tools
