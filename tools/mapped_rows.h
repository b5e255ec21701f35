// The rows of a file, by its map, as a log: the second of two readings.
//
// A file with a row for each update gives a row of the log for each of its own. One with a row for
// each ticket tells the ticket's dates: those become a row of the log each, in their order
// (TicketStory). What such a file cannot tell, the way in between, is not made up.
//
// Owner: one thread.  Allocates: the log.  Errors: a row that cannot be used is set aside with the
// reason; a file that cannot, is a sentence.
#pragma once

#include <functional>
#include <string>

#include "sched/base/expected.h"
#include "sched/calendar.h"
#include "tools/byte_source.h"
#include "tools/file_survey.h"
#include "tools/import_map.h"
#include "tools/ticket_log.h"

namespace paceline::tools {

/// `survey` is that of the same file; `zone` is where times without an offset are read.
/// `set_aside` is told every row that cannot be used, `progress` now and then.
sched::Expected<TicketLog, std::string> read_mapped(
    ByteSource& source, const ImportMap& map, const FileSurvey& survey, const sched::Zone& zone,
    const std::function<void(const RejectedRow&)>& set_aside,
    const std::function<void()>& progress = {});

}  // namespace paceline::tools
