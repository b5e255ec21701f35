// What the history file keeps of a ticket, byte for byte.
//
//   record = header (24 bytes), payload
//   name   = payload of a record numbered 0: table, position, texts
//   ticket = id, external id, facts, state intervals, clocks with their segments, texts,
//            since 0.5: marks, queues left, signals of the clocks
//
// Numbers are variable-length (7 bits a byte); instants count from the ticket's recording, which
// makes them short. What is added goes to the end: a record that ends before it has none of it, and
// a reader of before does not look there. Anything else means another magic number and reading
// both.
//
// Owner: any thread.  Allocates: pack for `out`, unpack for what it fills.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/desk/archived.h"

namespace paceline::runtime {

struct HistoryHeader {
  static constexpr uint32_t magic_value = 0x3448'4c50;  // "PLH4"

  uint32_t magic = magic_value;
  uint32_t payload_size = 0;
  uint64_t number = 0;  ///< Tickets: from 1, dense. Names: 0.
  uint32_t payload_check = 0;
  uint32_t header_check = 0;

  uint32_t check_now() const;
};
static_assert(sizeof(HistoryHeader) == 24);

inline constexpr uint32_t history_payload_max = 64 * 1'048'576;

/// Append a record, header included.
void pack(const desk::NamedText& name, std::vector<std::byte>& out);
void pack(const desk::ArchivedTicket& ticket, uint64_t number, std::vector<std::byte>& out);

/// The header at the front of `bytes`, if a whole and undamaged one lies there.
std::optional<HistoryHeader> read_history_header(std::span<const std::byte> bytes);
/// Whether the payload is what was written.
bool intact(const HistoryHeader& header, std::span<const std::byte> payload);

// Of an intact payload. False: it was not made by pack().

bool unpack(std::span<const std::byte> payload, desk::NamedText& name);
struct HistoryKey {
  uint64_t ticket = 0;
  std::string_view external_id;
};
bool unpack(std::span<const std::byte> payload, HistoryKey& key);
/// Views point into the payload.
enum class HistoryDepth : uint8_t { facts_and_intervals, everything };
bool unpack(std::span<const std::byte> payload, HistoryDepth depth, desk::ArchivedTicket& ticket);

}  // namespace paceline::runtime
