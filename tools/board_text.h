// Text on a screen: how many columns it takes, cut and filled to a width, and safe to show.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace paceline::tools {

/// What a piece of a line is, so that the terminal decides how it looks.
enum class Style : uint8_t { plain, strong, dim, good, warning, bad, heading, chosen };

/// `text` without control characters, of which a requester could make a terminal do anything, and
/// without what is not UTF-8: each is a `?`.
std::string printable(std::string_view text);

/// Columns of printable text: wide characters take two, combining ones none.
size_t columns(std::string_view text);

/// The most of printable text that fits into `width` columns, its end marked with `~` if cut.
std::string cut(std::string_view text, size_t width);

/// Cut, then filled with blanks to exactly `width` columns; `right`: on its left.
std::string fit(std::string_view text, size_t width, bool right = false);

/// "45s", "12m30s", "2h5m", "3d4h", "-12m": the two largest units, a second at least.
std::string brief_duration(int64_t us);

/// "0.41 ms", "12 us", "1.5 s": for what lasts no longer than seconds.
std::string brief_lag(int64_t us);

}  // namespace paceline::tools
