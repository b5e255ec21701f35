// A text as if it were a file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "tools/byte_source.h"

namespace paceline::testing {

class TextSource final : public tools::ByteSource {
 public:
  /// At most `step` bytes are read at a time.
  explicit TextSource(std::string text, size_t step = SIZE_MAX)
      : text_(std::move(text)), step_(step) {}
  size_t read(char* out, size_t size) override {
    const size_t n = std::min({size, step_, text_.size() - at_});
    std::copy_n(text_.data() + at_, n, out);
    at_ += n;
    return n;
  }
  std::string error() const override { return {}; }
  uint64_t file_bytes_read() const override { return at_; }
  uint64_t file_bytes() const override { return text_.size(); }

 private:
  std::string text_;
  size_t step_;
  size_t at_ = 0;
};

}  // namespace paceline::testing
