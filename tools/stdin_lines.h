// Lines of standard input, as soon as they are there.
//
// A caller may ask, read the answer and ask again: idle() says that the next line has yet to
// arrive, which is when answers must be on their way.
//
// Owner: one thread.  Allocates: one buffer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paceline::tools {

class StdinLines {
 public:
  static constexpr size_t line_size_max = 4'096;

  enum class Status : unsigned char { line, end, too_long, unreadable };

  /// The view holds until the next call. Line feeds and a carriage return before one are taken off.
  Status next(std::string_view& line);

  bool idle() const { return buffer_.find('\n', at_) == std::string::npos; }
  size_t number() const { return number_; }  ///< Of the line last returned, from 1.

 private:
  std::string buffer_;
  size_t at_ = 0;  // of the next line
  size_t number_ = 0;
  bool ended_ = false;
};

}  // namespace paceline::tools
