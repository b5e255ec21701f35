// Random streams addressed by name, and our own distributions.
//
// A stream is a pure function of (seed, replication, ticket, purpose, occurrence): Philox4x32-10
// run as a counter. So the draws of one ticket do not depend on what other tickets drew, common
// random numbers survive a change of policy, and a result is the same on one core or a thousand.
// The logarithm is our own and uses only +, −, ×, ÷ and shifts of bits: the C library's chooses
// instructions by processor, std:: distributions differ between libraries.
//
// Owner: whoever holds it; a stream is 40 bytes and cheap to make.  Allocates: never.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace paceline::sim {

/// What a draw is for. Append only: a new purpose must not disturb the draws of the others.
enum class Purpose : uint16_t {
  arrival,
  attributes,
  requester,
  handling,
  pending,
  message,
  reopen,
  shift,
};

struct StreamKey {
  uint64_t seed = 0;
  uint32_t replication = 0;
  uint64_t ticket = 0;
  Purpose purpose = Purpose::arrival;
  uint16_t occurrence = 0;  ///< The n-th time this ticket needs this purpose.
};

/// One block of Philox4x32-10 (Salmon et al. 2011): four words from a counter and a key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// Natural logarithm of a positive normal number, within 2 units in the last place.
double log_of(double x);

class Stream {
 public:
  explicit Stream(const StreamKey& key);

  uint32_t bits32();
  uint64_t bits64();

  /// In (0, 1), never an end, 53 bits.
  double uniform();
  /// In [0, bound), without bias. Requires bound > 0.
  uint32_t below(uint32_t bound);
  /// True `ppm` times in a million.
  bool chance(uint32_t ppm);
  /// Position of a weight, drawn in proportion. Requires a positive sum below 2^32.
  uint32_t pick(std::span<const uint32_t> weights);
  double exponential(double mean);
  /// Sum of `shape` exponentials with the given mean in all: shape 1 is exponential, larger is
  /// steadier. Requires shape > 0.
  double erlang(uint32_t shape, double mean);

 private:
  std::array<uint32_t, 2> key_;
  std::array<uint32_t, 4> counter_;
  std::array<uint32_t, 4> block_{};
  uint32_t used_ = 4;
};

}  // namespace paceline::sim
