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
  Logged<void> replay(LogPosition from, const Visitor& visit, const Progress& progress) override;
  Logged<void> append(uint64_t expected_sequence, const LogRecord& record) override;
  Logged<void> flush() override { return {}; }
  Logged<void> sync() override;
  Logged<void> trim(uint64_t sequence) override;
  LogPosition position() const override { return position_; }
  uint64_t durable_sequence() const override { return durable_.sequence; }
  uint64_t bytes() const override;

  void crash();  ///< Forgets what was not synced.

 private:
  std::vector<std::vector<std::byte>> records_;
  uint64_t first_sequence_ = 1;
  LogPosition position_;
  LogPosition durable_;
};

}  // namespace paceline::runtime
