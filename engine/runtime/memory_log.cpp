#include "engine/runtime/memory_log.h"

#include "sched/base/check.h"

namespace paceline::runtime {

namespace {
constexpr uint64_t segment = 1;
}

Logged<void> MemoryLog::replay(LogPosition from, const Visitor& visit, const Progress&) {
  const auto refuse = [](LogErrorKind kind, std::string text) {
    return sched::Unexpected{LogError{kind, "command log: " + std::move(text)}};
  };
  if (from.sequence + 1 < first_sequence_ || from.sequence > position_.sequence)
    return refuse(LogErrorKind::damaged,
                  "record " + std::to_string(from.sequence + 1) + " is not in it");
  std::vector<LoggedFrame> frames;
  for (size_t i = from.sequence + 1 - first_sequence_; i < records_.size(); ++i) {
    const auto header = read_header(records_[i], segment);
    CHECK(header.has_value());
    if (header->sequence == from.sequence + 1 && header->chain != from.chain)
      return refuse(LogErrorKind::damaged, "it is another log than what is known");
    const auto payload = read_payload(records_[i], *header);
    CHECK(payload.has_value());
    const auto record = read_record(*header, *payload, frames);
    CHECK(record.has_value());
    if (std::string objection = visit(header->sequence, *record); !objection.empty())
      return refuse(LogErrorKind::refused,
                    "record " + std::to_string(header->sequence) + ": " + objection);
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
  header.durable = durable_.sequence;
  header.chain = position_.chain;
  auto& bytes = records_.emplace_back(record_size(record));
  position_ = {expected_sequence, write_record(bytes, record, header)};
  return {};
}

Logged<void> MemoryLog::sync() {
  durable_ = position_;
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
  for (const auto& record : records_) bytes += record.size();
  return bytes;
}

void MemoryLog::crash() {
  records_.resize(durable_.sequence + 1 - first_sequence_);
  position_ = durable_;
}

}  // namespace paceline::runtime
