// The command log in memory: for tests and simulation. What was appended and not synced is lost by
// crash(), as a power cut would lose it.
//
// Owner: as CommandLog.  Allocates: per record.
#pragma once

#include <memory>
#include <vector>

#include "engine/runtime/command_log.h"

namespace paceline::runtime {

class MemoryLog final : public CommandLog {
 public:
  Logged<void> replay(const Visitor& visit, const Progress& progress) override;
  Logged<void> append(uint64_t expected_sequence, const LogRecord& record) override;
  Logged<void> flush() override { return {}; }
  Logged<void> sync() override;
  Logged<void> trim(uint64_t sequence) override;
  uint64_t next_sequence() const override { return first_sequence_ + records_.size(); }
  uint64_t bytes() const override;

  void crash();  ///< Forgets what was not synced.

 private:
  std::vector<Bytes> records_;
  uint64_t first_sequence_ = 1;
  uint64_t chain_ = 0;
  uint64_t durable_next_ = 1;  // sequence of the first record that is not durable
  uint64_t durable_chain_ = 0;
};

}  // namespace paceline::runtime
