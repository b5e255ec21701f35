// A log goes into a desk through the socket: what every `import` of a file shares.
//
// The session's id is made from the file's content and the options, and the commands are numbered
// along the plan: a second run finds how far the desk has got and goes on behind it.
//
// Owner: one thread.  Errors: Failure; an interrupt is E1005, exit code 8.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "sched/calendar.h"
#include "tools/connection.h"
#include "tools/rejects_file.h"
#include "tools/replay_plan.h"
#include "tools/replayer.h"
#include "tools/subcommand.h"
#include "tools/terminal.h"
#include "tools/ticket_log.h"

namespace paceline::tools {

/// The options such commands have in common.
struct ImportOptions {
  DeskOptions target;
  std::string file, zone, dates, rejects_path;
  bool json = false;
  std::chrono::steady_clock::time_point begun;  ///< When complete() was called: for the rate.

  void declare(CLI::App& app, const std::string& file_help);
  /// Fills in the side file's name where none is given, and resolves --tz.
  Got<sched::Zone> complete();
};

class LogImport {
 public:
  /// Those that give the desk its configuration, before the plan's.
  static constexpr uint64_t configuration_commands = 3;

  /// `settings` is what, beside the file, makes it another import. `unit` names what the log's rows
  /// are to a user. All outlive the import.
  LogImport(const ImportOptions& options, const Terminal& terminal, const TicketLog& log,
            std::string_view settings, std::string_view unit);

  /// Rows that the desk refuses go to `rejects`, which is closed.
  Done run(RejectsFile& rejects);

 private:
  desk::SessionId session() const;
  Done replay(ReplayPlan& plan, Replayer& replayer, int64_t desk_now_us, bool& whole) const;
  void show(const ReplayPlan& plan, const Replayer& replayer, const RejectsFile& rejects,
            bool whole) const;

  const ImportOptions& options_;
  const Terminal& terminal_;
  const TicketLog& log_;
  std::string_view settings_;
  std::string_view unit_;
};

}  // namespace paceline::tools
