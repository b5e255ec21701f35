#include "engine/runtime/memory_log.h"

#include "sched/base/check.h"

namespace paceline::runtime {

namespace {
constexpr uint64_t segment = 1;
}

Logged<void> MemoryLog::replay(const Visitor& visit, const Progress&) {
  std::vector<LoggedFrame> frames;
  for (const Bytes& bytes : records_) {
    const auto header = read_header(bytes, segment);
    CHECK(header.has_value());
    const auto payload = read_payload(bytes, *header);
    CHECK(payload.has_value());
    LogRecord record{.kind = header->kind,
                     .desk = {header->desk},
                     .ts = {header->ts_us},
                     .rules_version = header->rules_version};
    if (header->kind == RecordKind::batch) {
      CHECK(read_frames(*header, *payload, frames));
      record.frames = frames;
    } else {
      record.system = *payload;
    }
    if (std::string objection = visit(header->sequence, record); !objection.empty())
      return sched::Unexpected{
          LogError{LogErrorKind::refused,
                   "command log: record " + std::to_string(header->sequence) + ": " + objection}};
  }
  return {};
}

Logged<void> MemoryLog::append(uint64_t expected_sequence, const LogRecord& record) {
  if (expected_sequence != next_sequence())
    return sched::Unexpected{LogError{LogErrorKind::sequence_taken,
                                      "command log: record " + std::to_string(expected_sequence) +
                                          " was to come next, but that is record " +
                                          std::to_string(next_sequence())}};
  RecordHeader header;
  header.segment = segment;
  header.sequence = expected_sequence;
  header.acknowledged = durable_next_ - 1;
  header.chain = chain_;
  chain_ = append_record(records_.emplace_back(), record, header);
  return {};
}

Logged<void> MemoryLog::sync() {
  durable_next_ = next_sequence();
  durable_chain_ = chain_;
  return {};
}

Logged<void> MemoryLog::trim(uint64_t sequence) {
  while (!records_.empty() && first_sequence_ < sequence) {
    records_.erase(records_.begin());
    ++first_sequence_;
  }
  return {};
}

uint64_t MemoryLog::bytes() const {
  uint64_t bytes = 0;
  for (const Bytes& record : records_) bytes += record.size();
  return bytes;
}

void MemoryLog::crash() {
  records_.resize(durable_next_ - first_sequence_);
  chain_ = durable_chain_;
}

}  // namespace paceline::runtime
