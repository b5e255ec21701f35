// Policies, and the rules of a desk about pending tickets, as tables. Private to wire/*_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"
#include "wire/schema.h"

namespace paceline::wire {

// Beyond these no sum of an instant and a few durations could leave int64.
inline constexpr int64_t year_us = 366 * sched::day.us;
inline constexpr int64_t duration_us_max = 100 * year_us;
inline constexpr uint16_t business_days_max = 366;

using Texts = flatbuffers::Vector<flatbuffers::Offset<schema::Text>>;
flatbuffers::Offset<Texts> put_text_tables(flatbuffers::FlatBufferBuilder& builder,
                                           const std::vector<std::string>& texts);
std::vector<std::string> read_text_tables(FieldReader& reader, const Texts* list,
                                          std::string_view field);

flatbuffers::Offset<schema::Target> put(flatbuffers::FlatBufferBuilder& builder,
                                        const desk::Target& target);
flatbuffers::Offset<schema::PolicyDefinition> put(flatbuffers::FlatBufferBuilder& builder,
                                                  const desk::PolicyDefinition& policy);
flatbuffers::Offset<schema::Period> put(flatbuffers::FlatBufferBuilder& builder,
                                        const desk::Period& period);
flatbuffers::Offset<schema::PauseRule> put(flatbuffers::FlatBufferBuilder& builder,
                                           const desk::PauseRule& rule);
flatbuffers::Offset<schema::PendingRule> put(flatbuffers::FlatBufferBuilder& builder,
                                             const desk::PendingRule& rule);

desk::Target read(FieldReader& reader, const schema::Target& table);
desk::PolicyDefinition read(FieldReader& reader, const schema::PolicyDefinition& table);
desk::PauseRule read(FieldReader& reader, const schema::PauseRule& table);
desk::PendingRule read(FieldReader& reader, const schema::PendingRule& table);
/// None where there is no table.
desk::Period read_period(FieldReader& reader, const schema::Period* table, std::string_view field);

}  // namespace paceline::wire
