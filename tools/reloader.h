// The configuration file of a server at work: what it says when the server starts, and again
// whenever somebody asks for it to be read.
//
// All or nothing: a file with an error changes nothing; if one of several desks refuses what the
// file says, those before it are given back what they had. Desks are spoken to as any client would,
// so that a configuration is a command in the log like any other. What [server] says waits for the
// next start.
//
// Owner: a thread of its own, from construction to end(). ask() on any thread, on_signal() in
// signal handlers too.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/config/load.h"
#include "engine/runtime/bell.h"
#include "tools/connection.h"
#include "tools/terminal.h"
#include "wire/server.h"

namespace paceline::tools {

class Reloader {
 public:
  /// `first` is what `file` said when the server started; its desks that are not there yet are
  /// created, and if that fails the server is drained. `to_self` is the server's own address.
  Reloader(wire::Server& server, std::string file, config::Loaded first, ServerOptions to_self,
           const Terminal& terminal);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  void ask(const wire::ReloadRequest& request);
  void on_signal() noexcept;

  /// Once the server has ended; whether the first desks could be created.
  Done end();

 private:
  void run();
  void answer(const wire::ReloadRequest& request);
  wire::ReloadAnswer reload(bool dry_run);
  Done create_desks();
  Got<std::vector<std::string>> give(const config::Loaded& next);

  // Fixed at construction.
  wire::Server& server_;
  const std::string file_;
  const ServerOptions to_self_;
  const Terminal& terminal_;

  // The thread's own.
  config::Loaded in_force_;  // as last read without an error
  Done begun_;

  std::mutex mutex_;
  std::vector<wire::ReloadRequest> requests_;  // under mutex_
  std::atomic<bool> signalled_{false};
  std::atomic<bool> ending_{false};
  runtime::Bell bell_;
  std::thread thread_;
};

}  // namespace paceline::tools
