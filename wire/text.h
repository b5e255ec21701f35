// Is this text fit to be kept: UTF-8 without NUL, in the shortest form, no surrogates?
//
// Names and texts are compared, logged and shown byte for byte; what is invalid is refused at the
// door, so that nobody behind it has to ask again.
//
// Owner: any thread.  Allocates: never.
#pragma once

#include <string_view>

namespace paceline::wire {

/// Every byte is 1 … 127. Some 20 bytes a nanosecond.
bool is_plain_ascii(std::string_view text);

/// Begins with is_plain_ascii's fast path.
bool is_valid_text(std::string_view text);

}  // namespace paceline::wire
