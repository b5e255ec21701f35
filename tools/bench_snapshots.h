// Snapshots of a benchmark's server, one after the other, while something else is measured.
//
// Owner: start() and finish() one thread; between them a thread of its own with a connection of its
// own.  Errors: Failure, of the first snapshot that failed.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tools/failure.h"

namespace paceline::tools {

class BenchSnapshots {
 public:
  BenchSnapshots() = default;
  BenchSnapshots(const BenchSnapshots&) = delete;
  BenchSnapshots& operator=(const BenchSnapshots&) = delete;
  ~BenchSnapshots();

  void start(const std::string& address);
  /// The one under way is still waited for; none is begun after it.
  Done finish();

  const std::vector<double>& seconds() const { return seconds_; }  ///< Of each; after finish().

 private:
  Done take_all(const std::string& address);

  std::thread taking_;
  std::atomic<bool> enough_{false};
  Done done_;
  std::vector<double> seconds_;
};

}  // namespace paceline::tools
