// A server of our own in a temporary folder: this very program, run as `serve`.
//
// It is stopped through its own process id and its folder is removed when this goes, unless it is
// to be kept. So the demo and the benchmark measure what a user would run, socket included.
//
// Owner: one thread.  Errors: Failure, with the server's last words.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/failure.h"

namespace paceline::tools {

class ChildServer {
 public:
  /// `options` are further options of `serve`; --data and --listen are added.
  static Got<std::unique_ptr<ChildServer>> start(const std::vector<std::string>& options);
  ~ChildServer();
  ChildServer(const ChildServer&) = delete;
  ChildServer& operator=(const ChildServer&) = delete;

  const std::string& address() const { return address_; }  ///< "unix:…"
  const std::string& folder() const { return folder_; }
  void keep_folder() { keep_folder_ = true; }

  /// SIGTERM, then waits; whether it ended clean.
  bool stop();

  uint64_t resident_bytes() const;  ///< 0 if the system does not say.
  double cpu_seconds() const;       ///< User and system time so far.
  std::string last_words() const;   ///< What it wrote to stderr last.

 private:
  ChildServer() = default;

  pid_t pid_ = -1;
  std::string folder_;
  std::string address_;
  bool keep_folder_ = false;
};

}  // namespace paceline::tools
