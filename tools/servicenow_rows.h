// A ServiceNow incident log as rows: what the ticket was like after each update.
//
// Only what was known at the time of a row is read. `resolved_at`, `closed_at`, `resolved_by` and
// `closed_code` are filled in on every row afterwards: their columns are not even looked up.
// Columns are found by name, null is `?` or nothing.
//
// Owner: one thread.  Allocates: the log.
// Errors: a row that cannot be used is set aside with the reason; a file that cannot, is a
// sentence.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sched/base/expected.h"
#include "sched/calendar.h"
#include "tools/byte_source.h"
#include "tools/ticket_log.h"
#include "tools/written_time.h"

namespace paceline::tools {

struct ServiceNowOptions {
  sched::Zone zone;
  DateOrder dates = DateOrder::automatic;  ///< Automatic: the day, unless the year leads.
};

/// What a state's text means. Whatever is not known is something the ticket waits for.
RowState servicenow_state(std::string_view text);

/// "29/2/2016 01:16", "2016-02-29 01:16:00"; the wall time as microseconds, or nothing.
std::optional<int64_t> parse_wall_time(std::string_view text, DateOrder order);

/// `set_aside` is told every row that cannot be used, `progress` now and then.
sched::Expected<TicketLog, std::string> read_servicenow(
    ByteSource& source, const ServiceNowOptions& options,
    const std::function<void(const RejectedRow&)>& set_aside,
    const std::function<void()>& progress = {});

}  // namespace paceline::tools
