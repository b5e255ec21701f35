// Logarithm, exponential, power and the normal law's inverse of our own.
//
// They use +, −, ×, ÷, square roots and shifts of bits, each of which IEEE 754 fixes to the last
// bit: with -ffp-contract=off a draw is the same under g++ and clang and on any processor. The C
// library's functions choose their instructions by processor and change between versions.
//
// Sources: P. T. P. Tang 1990, "Table-driven implementation of the logarithm function in IEEE
// floating-point arithmetic"; M. J. Wichura 1988, algorithm AS 241.
//
// Owner: any thread; pure.  Allocates: never.
#pragma once

namespace paceline::sim {

/// Natural logarithm of a positive normal number, within 1 unit in the last place.
double log_of(double x);

/// ln(1 + x) of x ≥ 0, within 3 units in the last place also where x is tiny.
double log_one_plus(double x);

/// e^x within 2 units in the last place (more where the result is subnormal); 0 below −745.2,
/// infinite above 709.78.
double exp_of(double x);

/// base^exponent of a positive normal base. The relative error is up to |exponent · ln base| units
/// in the last place: plenty for a draw, too little for a formula.
double power_of(double base, double exponent);

/// z with P(Z ≤ z) = share of the standard normal, relative 1e-15 but near share ½. Requires
/// 0 < share < 1.
double normal_inverse(double share);

}  // namespace paceline::sim
