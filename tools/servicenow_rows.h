// A ServiceNow incident log as rows: what the ticket was like after each update.
//
// Only what was known at the time of a row is read. `resolved_at`, `closed_at`, `resolved_by` and
// `closed_code` are filled in on every row afterwards: their columns are not even looked up.
// Columns are found by name, null is `?` or nothing.
//
// Owner: one thread.  Allocates: some 80 bytes a row, and each distinct text once.
// Errors: a row that cannot be used is set aside with the reason; a file that cannot, is a
// sentence.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sched/base/expected.h"
#include "sched/calendar.h"
#include "tools/csv_reader.h"
#include "tools/text_pool.h"

namespace paceline::tools {

/// Which comes first in 3/4/2016. `automatic`: the day, unless the year leads.
enum class DateOrder : uint8_t { automatic, day_first, month_first };

struct ServiceNowRow {
  int64_t updated_at_us = 0;
  int64_t opened_at_us = 0;  ///< 0: not stated.
  uint64_t line = 0;         ///< In the file, for messages.
  TextPool::Id number = 0;
  TextPool::Id state = 0;
  TextPool::Id group = 0;  ///< 0: null.
  TextPool::Id agent = 0;
  TextPool::Id category = 0, subcategory = 0, service = 0, config_item = 0, channel = 0,
               requester = 0;
  uint8_t impact = 0;    ///< sched::Impact
  uint8_t urgency = 0;   ///< sched::Urgency
  uint8_t priority = 0;  ///< As the row says; to compare, never to use.
};

struct RejectedRow {
  uint64_t line = 0;
  std::string reason;
  std::string text;  ///< As it stood in the file.
};

struct ServiceNowLog {
  TextPool texts;
  std::vector<ServiceNowRow> rows;  ///< In the order of the file.
  uint64_t row_count = 0;           ///< Records after the header, the rejected ones included.
  uint64_t content_hash = 0;
};

struct ServiceNowOptions {
  sched::Zone zone;
  DateOrder dates = DateOrder::automatic;
};

/// "29/2/2016 01:16", "2016-02-29 01:16:00"; the wall time as microseconds, or nothing.
std::optional<int64_t> parse_wall_time(std::string_view text, DateOrder order);

/// `set_aside` is told every row that cannot be used, `progress` now and then.
sched::Expected<ServiceNowLog, std::string> read_servicenow(
    ByteSource& source, const ServiceNowOptions& options,
    const std::function<void(const RejectedRow&)>& set_aside,
    const std::function<void()>& progress = {});

}  // namespace paceline::tools
