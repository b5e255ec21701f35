// What reports make of lists of numbers.
//
// Sources: nearest rank, R. J. Hyndman and Y. Fan 1996; the score interval, E. B. Wilson 1927; the
// slope, H. Theil 1950 and P. K. Sen 1968; the trend test, H. B. Mann 1945 and M. G. Kendall 1975,
// with its correction for ties and for continuity; the fairness index, R. Jain 1984.
//
// Owner: any thread; pure.  Allocates: copies to sort.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paceline::report {

/// Exact integers; percentiles by nearest rank x[ceil(p·n)].
struct Spread {
  uint64_t n = 0;
  int64_t total_us = 0;
  int64_t mean_us = 0;  ///< Rounded half up.
  int64_t median_us = 0, p90_us = 0, max_us = 0;
};
Spread spread_of(std::vector<int64_t> durations_us);

struct Interval {
  double low = 0.0, high = 1.0;
};
/// Of a share, 95 %. Nothing known: [0, 1].
Interval wilson(uint64_t successes, uint64_t n);

/// Median of the slopes between all pairs; 0 for fewer than two.
double theil_sen(std::span<const double> values);

struct MannKendall {
  int64_t s = 0;
  double z = 0.0;
  double p = 1.0;  ///< Two-sided, normal approximation.
};
MannKendall mann_kendall(std::span<const double> values);

/// (Σx)² / (n·Σx²): 1 is equal, 1/n all with one. 1 for none or nothing to share.
double jain(std::span<const double> shares);

}  // namespace paceline::report
