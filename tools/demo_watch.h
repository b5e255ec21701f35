// The demo's supervisor: looks at the board every five minutes of the desk's day, sees trouble
// come, and remembers the worst moment.
//
// Owner: one thread.  Time: the desk's.  Errors: Failure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/board_view.h"
#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::tools {

class DemoWatch {
 public:
  DemoWatch(wire::Client& client, sched::DeskNumber desk) : client_(client), desk_(desk) {}

  /// Looks, if it is time to. Requires that the desk's time is `now`.
  Done look(sched::Instant now);

  /// What was seen last: so many tickets of the mail queue breach within half an hour that somebody
  /// has to act, and nobody has yet.
  bool sees_trouble() const;
  /// A line of what happened, into the course of the day.
  void note(const std::string& line);

  /// The board, hour by hour, and closer where there was trouble.
  const std::string& course() const { return course_; }

  struct Worst {
    BoardView view;
    std::string
        ticket;       ///< Of the list, the first that waits, else the first; empty: there was none.
    std::string why;  ///< Why it waited, or who had it, then.
  };
  /// When most tickets were at risk. Nothing before the first look.
  const std::optional<Worst>& worst() const { return worst_; }

 private:
  Done keep(BoardView view);

  wire::Client& client_;
  sched::DeskNumber desk_;
  std::string course_;
  std::optional<Worst> worst_;
  BoardView seen_;
  bool acted_ = false;
};

}  // namespace paceline::tools
