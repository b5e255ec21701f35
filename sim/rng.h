// Random streams addressed by name, and our own distributions.
//
// A stream is a pure function of (seed, replication, ticket, purpose, occurrence): Philox4x32-10
// run as a counter. So the draws of one ticket do not depend on what other tickets drew, common
// random numbers survive a change of policy, and a result is the same on one core or a thousand.
// The distributions are our own (random/law.h has those a scenario may name): std:: ones differ
// between libraries.
//
// Everything is inline: a simulator makes a stream for one or two draws, and a compiler that sees
// both keeps it in registers.
//
// Owner: whoever holds it; a stream is 40 bytes and cheap to make.  Allocates: never.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "sched/base/check.h"
#include "sched/base/hash_index.h"
#include "sim/random/elementary.h"

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
  patience,
  outcome,
  accept,
  wrap_up,
  retry,
  balking,
  busyness,
  absence,
  rest,
};

struct StreamKey {
  uint64_t seed = 0;
  uint32_t replication = 0;
  uint64_t ticket = 0;
  Purpose purpose = Purpose::arrival;
  uint16_t occurrence = 0;  ///< The n-th time this ticket needs this purpose.
};

/// One block of Philox4x32-10 (Salmon et al. 2011): four words from a counter and a key.
inline std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter,
                                      std::array<uint32_t, 2> key) {
  constexpr int rounds = 10;
  for (int round = 0; round < rounds; ++round) {
    const uint64_t a = uint64_t{0xd2511f53U} * counter[0];
    const uint64_t b = uint64_t{0xcd9e8d57U} * counter[2];
    counter = {static_cast<uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(b),
               static_cast<uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(a)};
    key[0] += 0x9e3779b9U;
    key[1] += 0xbb67ae85U;
  }
  return counter;
}

class Stream {
 public:
  explicit Stream(const StreamKey& key) {
    const uint64_t mixed = sched::mix(key.seed);
    key_ = {static_cast<uint32_t>(mixed), static_cast<uint32_t>(mixed >> 32) ^ key.replication};
    counter_ = {0, (uint32_t{static_cast<uint16_t>(key.purpose)} << 16) | key.occurrence,
                static_cast<uint32_t>(key.ticket), static_cast<uint32_t>(key.ticket >> 32)};
  }

  uint32_t bits32() {
    if (used_ == block_.size()) {
      block_ = philox(counter_, key_);
      ++counter_[0];
      used_ = 0;
    }
    return block_[used_++];
  }
  uint64_t bits64() {
    const uint64_t first = bits32();
    return (first << 32) | bits32();
  }

  /// In (0, 1), never an end: the middles of 2^52 equal cells, so that 1 − u is as exact as u.
  double uniform() { return unit_of(bits64()); }
  static constexpr double unit_of(uint64_t bits) {
    return (static_cast<double>(bits >> 12) + 0.5) * 0x1p-52;
  }
  /// In [0, bound), without bias. Requires bound > 0.
  uint32_t below(uint32_t bound);
  /// True `ppm` times in a million.
  bool chance(uint32_t ppm);
  /// Position of a weight, drawn in proportion. Requires a positive sum below 2^32.
  uint32_t pick(std::span<const uint32_t> weights);
  double exponential(double mean) { return -mean * log_of(uniform()); }
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
