// "did you mean …?" for messages about names that do not exist.
//
// Owner: anyone.  Allocates: for the answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace paceline::desk {

/// The name most like `wanted`, letter case aside; empty if none is near enough to be meant.
std::string_view nearest(std::string_view wanted, std::span<const std::string_view> names);

/// `: did you mean "priority"?`, else `: use one of P1, P2`, else (over `listed_max` names)
/// nothing.
std::string suggestion(std::string_view wanted, std::span<const std::string_view> names);

inline constexpr size_t listed_max = 20;

}  // namespace paceline::desk
