// Everything that happened to one ticket, from wherever its events are still to be had.
//
// A running server keeps the newest events of a desk. A data folder's log gives all of them again:
// it is replayed through the desk's own rules, from its beginning or, if that was trimmed, from the
// oldest snapshot the log still follows, which holds the events that were kept then.
//
// Owner: one thread.  Errors: Failure.  Allocates: the events; of a folder the desks as well.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "tools/connection.h"
#include "tools/failure.h"
#include "tools/terminal.h"

namespace paceline::tools {

struct TraceWanted {
  std::string ticket;  ///< As people name it: ticket_reference.h.
  std::string data;    ///< A data folder or backup; empty: the server of `server`.
  DeskOptions server;  ///< The desk's name is there either way.
};

struct TicketTrace {
  uint64_t ticket = 0;
  std::string external_id;          ///< Empty: none, or not known where only events are left.
  std::vector<desk::Event> events;  ///< Of the ticket, and those that merge or link another.
  desk::Names names;                ///< For their positions.
  uint64_t first_sequence = 0;      ///< The oldest event of the desk that could be read.
  bool complete() const;            ///< Its first event is there.
};

Got<TicketTrace> trace_of_server(const TraceWanted& wanted);
Got<TicketTrace> trace_of_folder(const Terminal& terminal, const TraceWanted& wanted);

}  // namespace paceline::tools
