// Digest: a running 64-bit hash over values in the order they are added.
//
// XXH3 over little-endian bytes, the same on every compiler and processor. For state digests and
// event hashes, not against forgers.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace paceline::sched {

uint64_t hash_bytes(const void* data, size_t size, uint64_t seed = 0);
inline uint64_t hash_text(std::string_view text, uint64_t seed = 0) {
  return hash_bytes(text.data(), text.size(), seed);
}

class Digest {
 public:
  /// A value without padding bytes.
  template <class T>
  void add(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>, "padding would be hashed");
    state_ = hash_bytes(&value, sizeof value, state_);
  }
  void add_text(std::string_view text) {
    add(static_cast<uint64_t>(text.size()));
    state_ = hash_text(text, state_);
  }
  uint64_t value() const { return state_; }

 private:
  uint64_t state_ = 0x7061'6365'6c69'6e65ULL;  // "paceline"
};

}  // namespace paceline::sched
