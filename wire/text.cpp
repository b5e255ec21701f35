#include "wire/text.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace paceline::wire {
namespace {

constexpr uint64_t ones = 0x0101'0101'0101'0101;
constexpr uint64_t high_bits = ones << 7;

uint64_t word_at(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// A high bit is set in the result iff a byte is 0 or above 127: subtracting 1 borrows from a 0.
uint64_t unusual(uint64_t word) { return ((word - ones) | word) & high_bits; }

/// Bytes of plain ASCII at the front; may stop up to 31 bytes early.
size_t plain_prefix(const char* data, size_t size) {
  size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    const uint64_t seen = unusual(word_at(data + at)) | unusual(word_at(data + at + 8)) |
                          unusual(word_at(data + at + 16)) | unusual(word_at(data + at + 24));
    if (seen != 0) return at;
  }
  for (; at + 8 <= size; at += 8)
    if (unusual(word_at(data + at)) != 0) return at;
  return at;
}

bool is_continuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

/// Length of the valid sequence that begins with a byte above 127; 0 if there is none.
size_t sequence_size(const unsigned char* data, size_t left) {
  const unsigned char first = data[0];
  if (first >= 0xc2 && first <= 0xdf) return left >= 2 && is_continuation(data[1]) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (left < 3 || !is_continuation(data[1]) || !is_continuation(data[2])) return 0;
    if (first == 0xe0 && data[1] < 0xa0) return 0;  // shorter form exists
    if (first == 0xed && data[1] > 0x9f) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (left < 4 || !is_continuation(data[1]) || !is_continuation(data[2]) ||
        !is_continuation(data[3]))
      return 0;
    if (first == 0xf0 && data[1] < 0x90) return 0;  // shorter form exists
    if (first == 0xf4 && data[1] > 0x8f) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

bool is_plain_ascii(std::string_view text) {
  size_t at = plain_prefix(text.data(), text.size());
  for (; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0 || byte > 127) return false;
  }
  return true;
}

bool is_valid_text(std::string_view text) {
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t at = plain_prefix(text.data(), text.size());
  while (at < text.size()) {
    if (data[at] == 0) return false;
    if (data[at] <= 127) {
      const bool plain_word = at + 8 <= text.size() && unusual(word_at(text.data() + at)) == 0;
      at += plain_word ? 8 : 1;
      continue;
    }
    const size_t size = sequence_size(data + at, text.size() - at);
    if (size == 0) return false;
    at += size;
  }
  return true;
}

}  // namespace paceline::wire
