// A desk's configuration as the document that ConfigBegin, ConfigChunk and ConfigCommit carry.
//
// Decoding is a pure function of the bytes: the log stores the document, a replay reads it again
// and must find the same. Whoever sends one is an administrator, and Limits::config_bytes_max
// bounds it, so the verifier's limits are wider here than for commands.
//
// Owner: any thread.  Allocates: freely.  Errors: a sentence naming the element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "engine/desk/configuration.h"
#include "sched/base/expected.h"
#include "wire/frame.h"

namespace paceline::wire {

/// The same configuration always gives the same bytes.
Bytes encode_configuration(const desk::Configuration& configuration);

/// A desk::ConfigurationDecoder. Any alignment.
sched::Expected<desk::Configuration, std::string> decode_configuration(
    std::span<const std::byte> document);

/// XXH3-64, as ConfigCommit::hash wants it.
uint64_t hash_document(std::span<const std::byte> document);

}  // namespace paceline::wire
