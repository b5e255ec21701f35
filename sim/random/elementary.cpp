#include "sim/random/elementary.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sched/base/check.h"

namespace paceline::sim {

namespace {

__extension__ using Wide = __int128;  // fixed point, 2^-96 is 1: constants without rounding

/// ln(above / below) by 2 artanh((above − below) / (above + below)).
constexpr Wide fixed_log(int above, int below) {
  const Wide p = above - below;
  const Wide q = above + below;
  Wide term = p * (Wide{1} << 97) / q;
  Wide sum = 0;
  for (int k = 1; term != 0; k += 2) {
    sum += term / k;
    term = term * (p * p) / (q * q);
  }
  return sum;
}

/// A constant as two doubles. `high` is a multiple of 2^-42, so that its product with any binary
/// exponent, and sums of such, are exact.
struct Split {
  double high = 0.0;
  double low = 0.0;
};
constexpr Split split(Wide fixed) {
  constexpr int kept = 54;
  const Wide high = fixed >> kept;
  const Wide low = fixed - high * (Wide{1} << kept);
  return {static_cast<double>(static_cast<int64_t>(high)) * 0x1p-42,
          static_cast<double>(static_cast<int64_t>(low)) * 0x1p-96};
}

constexpr Split ln2 = split(fixed_log(2, 1));

/// The logarithm at c = i / 128, and 1 / c.
struct Anchor {
  double centre = 0.0;
  double inverse = 0.0;
  Split log;
};
constexpr int first_anchor = 88;  // 11/16
constexpr int last_anchor = 176;  // 11/8
constexpr auto anchors = [] {
  std::array<Anchor, last_anchor - first_anchor + 1> made{};
  for (int i = first_anchor; i <= last_anchor; ++i)
    made[static_cast<size_t>(i - first_anchor)] = {i / 128.0, 128.0 / i, split(fixed_log(i, 128))};
  return made;
}();

/// 2^exponent of a normal result.
double two_to(int64_t exponent) {
  return std::bit_cast<double>(static_cast<uint64_t>(exponent + 1023) << 52);
}

/// Coefficients from the constant up, by Horner's rule.
template <size_t size>
double polynomial(const double (&coefficients)[size], double x) {
  double sum = coefficients[size - 1];
  for (size_t i = size - 1; i-- > 0;) sum = sum * x + coefficients[i];
  return sum;
}

/// The same of an even number of coefficients, in two chains that a processor works on at once.
template <size_t size>
double polynomial_by_halves(const double (&coefficients)[size], double x) {
  static_assert(size % 2 == 0);
  const double square = x * x;
  double even = coefficients[size - 2];
  double odd = coefficients[size - 1];
  for (size_t i = size - 2; i > 0; i -= 2) {
    even = even * square + coefficients[i - 2];
    odd = odd * square + coefficients[i - 1];
  }
  return even + x * odd;
}

}  // namespace

double log_of(double x) {
  CHECK(x > 0.0);
  // x = z · 2^e with z in [11/16, 11/8), so that e is 0 around 1; then ln z = ln c + ln(1 + r) with
  // the nearest anchor c, whose table entry around 1 is exactly 0: small results keep their digits.
  constexpr uint64_t bottom = std::bit_cast<uint64_t>(0.6875);
  const auto bits = std::bit_cast<uint64_t>(x);
  const uint64_t above = bits - bottom;
  const auto e = static_cast<double>(static_cast<int64_t>(above) >> 52);
  const double z = std::bit_cast<double>(bits - (above & (uint64_t{0xfff} << 52)));
  const Anchor& c = anchors[static_cast<size_t>(static_cast<int>(z * 128.0 + 0.5) - first_anchor)];
  const double r = (z - c.centre) * c.inverse;  // |r| < 0.0058
  const double r2 = r * r;
  // Taylor's, in pairs that a processor works on at once.
  const double series =
      (-0.5 + r * (1.0 / 3)) + r2 * ((-0.25 + r * 0.2) + r2 * (-1.0 / 6 + r * (1.0 / 7)));
  const double high = e * ln2.high + c.log.high;  // exact
  const double sum = high + r;
  const double lost = (high - sum) + r;  // high is 0 or the larger one
  return sum + (lost + (e * ln2.low + c.log.low) + r2 * series);
}

double log_one_plus(double x) {
  const double sum = 1.0 + x;
  // What the sum rounds away is put back to first order (W. Kahan).
  return sum == 1.0 ? x : log_of(sum) * (x / (sum - 1.0));
}

double exp_of(double x) {
  constexpr double most = 709.782712893384;
  constexpr double least = -745.1332191019412;
  if (x > most) return std::numeric_limits<double>::infinity();
  if (!(x >= least)) return 0.0;
  // x = k ln 2 + r with |r| ≤ ½ ln 2, then Taylor's series of e^r to the fourteenth term.
  constexpr double per_ln2 = 1.4426950408889634;
  constexpr double integers = 0x1.8p52;  // around it doubles are whole: adding it rounds
  const double whole = (x * per_ln2 + integers) - integers;
  const auto k = static_cast<int64_t>(whole);
  const double r = (x - whole * ln2.high) - whole * ln2.low;
  constexpr double coefficients[] = {1.0 / 2,          1.0 / 6,           1.0 / 24,
                                     1.0 / 120,        1.0 / 720,         1.0 / 5'040,
                                     1.0 / 40'320,     1.0 / 362'880,     1.0 / 3'628'800,
                                     1.0 / 39'916'800, 1.0 / 479'001'600, 1.0 / 6'227'020'800};
  const double result = 1.0 + (r + r * r * polynomial_by_halves(coefficients, r));
  // In two steps, so that neither power of two leaves the normal numbers.
  const int64_t half = k / 2;
  return result * two_to(half) * two_to(k - half);
}

double power_of(double base, double exponent) { return exp_of(exponent * log_of(base)); }

double normal_inverse(double share) {
  CHECK(share > 0.0 && share < 1.0);
  constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                          1.9715909503065514427e+3, 1.3731693765509461125e+4,
                          4.5921953931549871457e+4, 6.7265770927008700853e+4,
                          3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr double b[] = {1.0,
                          4.2313330701600911252e+1,
                          6.8718700749205790830e+2,
                          5.3941960214247511077e+3,
                          2.1213794301586595867e+4,
                          3.9307895800092710610e+4,
                          2.8729085735721942674e+4,
                          5.2264952788528545610e+3};
  constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                          5.76949722146069140550e0,  3.64784832476320460504e0,
                          1.27045825245236838258e0,  2.41780725177450611770e-1,
                          2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[] = {1.0,
                          2.05319162663775882187e0,
                          1.67638483018380384940e0,
                          6.89767334985100004550e-1,
                          1.48103976427480074590e-1,
                          1.51986665636164571966e-2,
                          5.47593808499534494600e-4,
                          1.05075007164441684324e-9};
  constexpr double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                          1.78482653991729133580e0,  2.96560571828504891230e-1,
                          2.65321895265761230930e-2, 1.24266094738807843860e-3,
                          2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double f[] = {1.0,
                          5.99832206555887937690e-1,
                          1.36929880922735805310e-1,
                          1.48753612908506148525e-2,
                          7.86869131145613259100e-4,
                          1.84631831751005468180e-5,
                          1.42151175831644588870e-7,
                          2.04426310338993978564e-15};
  const double off = share - 0.5;
  if (off >= -0.425 && off <= 0.425) {
    const double r = 0.180625 - off * off;
    return off * polynomial(a, r) / polynomial(b, r);
  }
  // The processor's square root is rounded as IEEE 754 says, unlike the C library's functions.
  const double r = std::sqrt(-log_of(off < 0.0 ? share : 1.0 - share));
  const double z = r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                            : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
  return off < 0.0 ? -z : z;
}

}  // namespace paceline::sim
