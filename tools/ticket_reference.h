// How people name a ticket: its number, or the external id it came with.
//
// All digits are a number of ours; `ext:12345` makes them an external id.
//
// Owner: any thread; pure.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "wire/command_writer.h"

namespace paceline::tools {

inline constexpr std::string_view ticket_reference_help =
    "The ticket: its number, or its external id (ext:12345 if that is all digits)";

/// The result points into `text`.
inline wire::Addressed ticket_reference(std::string_view text) {
  constexpr std::string_view external = "ext:";
  if (text.starts_with(external)) return {.ticket = 0, .external_id = text.substr(external.size())};
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number != 0) {
    return {.ticket = number};
  }
  return {.ticket = 0, .external_id = text};
}

}  // namespace paceline::tools
