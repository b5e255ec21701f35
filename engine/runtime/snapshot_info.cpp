#include "engine/runtime/snapshot_info.h"

#include <cstring>

#include "engine/runtime/desk_created.h"

namespace paceline::runtime {

namespace {
struct Row {
  uint32_t created_size = 0;  ///< Of the record of its creation, which follows.
  uint16_t number = 0;
  uint16_t reserved = 0;
  int64_t now_us = 0;
  uint64_t event_hash = 0;
  uint64_t last_event = 0;
  uint64_t archived = 0;
  uint64_t digest = 0;
};
static_assert(sizeof(Row) == 48);
}  // namespace

std::vector<std::byte> encode_desk_table(const std::vector<SnapshotDesk>& desks) {
  std::vector<std::byte> table;
  for (const SnapshotDesk& desk : desks) {
    const auto created = encode_desk_created(desk.name, desk.limits);
    const Row row{.created_size = static_cast<uint32_t>(created.size()),
                  .number = desk.number.value,
                  .now_us = desk.now_us,
                  .event_hash = desk.event_hash,
                  .last_event = desk.last_event,
                  .archived = desk.archived,
                  .digest = desk.digest};
    const auto bytes = std::as_bytes(std::span(&row, 1));
    table.insert(table.end(), bytes.begin(), bytes.end());
    table.insert(table.end(), created.begin(), created.end());
  }
  return table;
}

bool decode_desk_table(std::span<const std::byte> bytes, uint32_t count,
                       std::vector<SnapshotDesk>& desks) {
  for (uint32_t i = 0; i < count; ++i) {
    Row row;
    if (bytes.size() < sizeof row) return false;
    std::memcpy(&row, bytes.data(), sizeof row);
    bytes = bytes.subspan(sizeof row);
    if (bytes.size() < row.created_size) return false;
    SnapshotDesk& desk = desks.emplace_back();
    if (!decode_desk_created(bytes.first(row.created_size), desk.name, desk.limits)) return false;
    bytes = bytes.subspan(row.created_size);
    desk.number = {row.number};
    desk.now_us = row.now_us;
    desk.event_hash = row.event_hash;
    desk.last_event = row.last_event;
    desk.archived = row.archived;
    desk.digest = row.digest;
  }
  return bytes.empty();
}

}  // namespace paceline::runtime
