// How bytes become commands, given to the runtime from outside: engine includes nothing of wire.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/desk/command.h"
#include "sched/base/expected.h"

namespace paceline::runtime {

/// A frame's payload (8-byte aligned, outliving the result) verified and used in place. The
/// envelope (session, principal, roles) is the caller's to fill in. Pure.
using FrameDecoder =
    sched::Expected<desk::CommandFrame, std::string> (*)(std::span<const std::byte> payload);

}  // namespace paceline::runtime
