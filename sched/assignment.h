// The cheapest way to give rows (tickets) to columns (agents), each at most one.
//
// First as many pairs as possible, then the least sum of costs, then the lexicographically first by
// row and column, so that equal inputs give equal outputs everywhere.
//
// Source: the Hungarian method in the form of shortest augmenting paths (Jonker and Volgenant
// 1987). Owner: the caller.  Time: O(rows² · columns).  Allocates: for the call.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paceline::sched {

inline constexpr int64_t no_pair = INT64_MAX;
inline constexpr uint32_t unassigned = 0xffff'ffff;

/// `costs` row by row; no_pair where the two cannot meet, else 0 … 2^40. The result has a column,
/// or `unassigned`, for every row.
std::vector<uint32_t> cheapest_assignment(std::span<const int64_t> costs, uint32_t rows,
                                          uint32_t columns);
/// Each row in order takes its cheapest free column: what immediate matching does.
std::vector<uint32_t> greedy_assignment(std::span<const int64_t> costs, uint32_t rows,
                                        uint32_t columns);

}  // namespace paceline::sched
