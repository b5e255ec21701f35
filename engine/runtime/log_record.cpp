#include "engine/runtime/log_record.h"

#include <cstring>

#include "sched/base/check.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

namespace {

constexpr size_t padded(size_t size) { return (size + 7) & ~size_t{7}; }

uint64_t payload_size(const LogRecord& record) {
  if (record.kind != RecordKind::batch) return padded(record.system.size());
  uint64_t size = 0;
  for (const LoggedFrame& frame : record.frames)
    size += sizeof(LoggedFrameHeader) + padded(frame.payload.size());
  return size;
}

void put(std::byte*& at, const void* data, size_t size) {
  if (size != 0) std::memcpy(at, data, size);
  at += size;
}
void put_padded(std::byte*& at, std::span<const std::byte> bytes) {
  put(at, bytes.data(), bytes.size());
  const size_t zeros = padded(bytes.size()) - bytes.size();
  std::memset(at, 0, zeros);
  at += zeros;
}

uint64_t hash_of(const RecordHeader& header) {
  return sched::hash_bytes(&header, offsetof(RecordHeader, header_hash));
}

}  // namespace

uint64_t record_size(const LogRecord& record) {
  return sizeof(RecordHeader) + payload_size(record);
}

uint64_t write_record(std::span<std::byte> out, const LogRecord& record, RecordHeader header) {
  const uint64_t payload = payload_size(record);
  CHECK(payload <= 0xffff'ffff);
  CHECK(out.size() == sizeof header + payload);

  std::byte* at = out.data() + sizeof header;
  for (const LoggedFrame& frame : record.frames) {
    const LoggedFrameHeader frame_header{
        .session = frame.session.value,
        .first_number = frame.first_number,
        .principal = frame.principal,
        .roles = frame.roles,
        .payload_size = static_cast<uint32_t>(frame.payload.size()),
        .desk = record.desk.value};
    put(at, &frame_header, sizeof frame_header);
    put_padded(at, frame.payload);
  }
  put_padded(at, record.system);
  CHECK(at == out.data() + out.size());

  header.kind = record.kind;
  header.ts_us = record.ts.us;
  header.payload_size = static_cast<uint32_t>(payload);
  header.frame_count = static_cast<uint32_t>(record.frames.size());
  header.rules_version = record.rules_version;
  header.desk = record.desk.value;
  header.payload_hash = sched::hash_bytes(out.data() + sizeof header, payload);
  header.header_hash = hash_of(header);
  std::memcpy(out.data(), &header, sizeof header);
  return header.header_hash;
}

std::optional<RecordHeader> read_header(std::span<const std::byte> bytes, uint64_t segment) {
  RecordHeader header;
  if (bytes.size() < sizeof header) return {};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != RecordHeader::magic_value || header.segment != segment) return {};
  if (header.header_hash != hash_of(header)) return {};
  return header;
}

std::optional<std::span<const std::byte>> read_payload(std::span<const std::byte> bytes,
                                                       const RecordHeader& header) {
  if (bytes.size() - sizeof header < header.payload_size) return {};
  const auto payload = bytes.subspan(sizeof header, header.payload_size);
  if (sched::hash_bytes(payload.data(), payload.size()) != header.payload_hash) return {};
  return payload;
}

bool read_frames(const RecordHeader& header, std::span<const std::byte> payload,
                 std::vector<LoggedFrame>& frames) {
  frames.clear();
  for (uint32_t i = 0; i < header.frame_count; ++i) {
    LoggedFrameHeader frame;
    if (payload.size() < sizeof frame) return false;
    std::memcpy(&frame, payload.data(), sizeof frame);
    payload = payload.subspan(sizeof frame);
    const size_t size = padded(frame.payload_size);
    if (payload.size() < size || frame.desk != header.desk) return false;
    frames.push_back({.session = {frame.session},
                      .principal = frame.principal,
                      .roles = frame.roles,
                      .first_number = frame.first_number,
                      .payload = payload.first(frame.payload_size)});
    payload = payload.subspan(size);
  }
  return payload.empty();
}

std::optional<LogRecord> read_record(const RecordHeader& header, std::span<const std::byte> payload,
                                     std::vector<LoggedFrame>& frames) {
  LogRecord record{.kind = header.kind,
                   .desk = {header.desk},
                   .ts = {header.ts_us},
                   .rules_version = header.rules_version};
  if (header.kind != RecordKind::batch) {
    record.system = payload;
  } else if (read_frames(header, payload, frames)) {
    record.frames = frames;
  } else {
    return {};
  }
  return record;
}

}  // namespace paceline::runtime
