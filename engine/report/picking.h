// Work that was taken out of turn, where agents choose it themselves.
//
// Owner: any thread; pure.  Allocates: what is waiting.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "engine/report/book.h"

namespace paceline::report {

/// How a ticket was taken last out of a queue that pushes nothing.
struct Taking {
  int64_t at_us = 0;
  bool passed_over = false;  ///< One of higher priority waited there, and longer.
};
/// By ticket. Priorities are as they are now; who may take what is not asked.
std::unordered_map<uint64_t, Taking> takings(const Book& book);

}  // namespace paceline::report
