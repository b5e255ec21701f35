// The record of a desk's creation, and what a desk may be called and hold.
//
// Owner: any thread; plain functions.  Allocates: what they return.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/limits.h"

namespace paceline::runtime {

/// Payload of RecordKind::desk_created.
std::vector<std::byte> encode_desk_created(std::string_view name, const desk::Limits& limits);
bool decode_desk_created(std::span<const std::byte> payload, std::string& name,
                         desk::Limits& limits);

/// What is wrong with a desk's name or limits; empty if nothing is.
std::string desk_name_problem(std::string_view name);
std::string desk_limits_problem(const desk::Limits& limits);

}  // namespace paceline::runtime
