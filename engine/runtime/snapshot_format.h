// What a snapshot file looks like.
//
//   file  = header (128 bytes) table { chunk } trailer (48 bytes)
//   table = a row for each desk: what it is called, may hold, and looked like
//   chunk = header (64 bytes) payload
//
// A desk's state is a stream of small things and a number of regions, whole arrays; both are cut
// into pieces of 1 MiB, a chunk each, compressed where that pays. Chunks of regions can be filled
// in by any thread in any order. Every byte is under a checksum; the file's identity and a dense
// index are in each chunk, and the trailer says how many there are, so that none can be missing,
// exchanged or another file's.
//
// Owner: plain values.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/runtime/command_log.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

inline constexpr size_t snapshot_piece = 1'048'576;

struct SnapshotHeader {
  static constexpr uint64_t magic_value = 0x3150'414e'5343'4150;  // "PACSNAP1"
  static constexpr uint32_t format_value = 1;

  uint64_t magic = magic_value;
  uint32_t format = format_value;
  uint32_t rules_version = 0;
  uint64_t id = 0;        ///< Random.
  uint64_t sequence = 0;  ///< The last record of the log it includes …
  uint64_t chain = 0;     ///< … and its header hash.
  uint64_t epoch = 0;
  int64_t last_ts_us = 0;   ///< Of any record so far.
  int64_t taken_at_us = 0;  ///< Wall time, for people.
  ClockMode clock_mode = ClockMode::wall;
  uint8_t closed = 0;  ///< The last record says that the server ended by itself.
  uint16_t reserved = 0;
  uint32_t desk_count = 0;
  uint64_t table_size = 0;
  uint64_t table_hash = 0;
  uint64_t reserved_too[4] = {};
  uint64_t hash = 0;

  uint64_t hash_now() const { return sched::hash_bytes(this, offsetof(SnapshotHeader, hash)); }
};
static_assert(sizeof(SnapshotHeader) == 128);

enum class ChunkKind : uint8_t { stream, region };

struct ChunkHeader {
  static constexpr uint32_t magic_value = 0x4b48'4350;  // "PCHK"

  uint32_t magic = magic_value;
  ChunkKind kind = ChunkKind::stream;
  uint8_t compressed = 0;
  uint16_t desk = 0;  ///< Its number.
  uint32_t region = 0;
  uint32_t raw_size = 0;
  uint32_t stored_size = 0;
  uint32_t reserved = 0;
  uint64_t offset = 0;  ///< Of the piece in its stream or region.
  uint64_t index = 0;   ///< Dense over the file, from 0.
  uint64_t file = 0;    ///< SnapshotHeader::id
  uint64_t payload_hash = 0;
  uint64_t hash = 0;

  uint64_t hash_now() const { return sched::hash_bytes(this, offsetof(ChunkHeader, hash)); }
};
static_assert(sizeof(ChunkHeader) == 64);

struct SnapshotTrailer {
  static constexpr uint64_t magic_value = 0x3144'4e45'5343'4150;  // "PACSEND1"

  uint64_t magic = magic_value;
  uint64_t file = 0;
  uint64_t chunk_count = 0;
  uint64_t file_size = 0;  ///< This trailer included.
  uint64_t raw_size = 0;   ///< Of all chunks, before compression.
  uint64_t hash = 0;

  uint64_t hash_now() const { return sched::hash_bytes(this, offsetof(SnapshotTrailer, hash)); }
};
static_assert(sizeof(SnapshotTrailer) == 48);

}  // namespace paceline::runtime
