// The side file of an import: each row that was not used, with its line and the reason.
//
// Made when the first such row comes: an import without any leaves no file behind.
//
// Owner: one thread.  Errors: remembered until close().
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include "tools/failure.h"
#include "tools/ticket_log.h"

namespace paceline::tools {

class RejectsFile {
 public:
  explicit RejectsFile(std::string path) : path_(std::move(path)) {}

  void add(const RejectedRow& row);
  uint64_t count() const { return count_; }
  Done close();

 private:
  std::string path_;
  std::ofstream file_;
  uint64_t count_ = 0;
  int error_ = 0;  // an errno: why it could not be opened
};

}  // namespace paceline::tools
