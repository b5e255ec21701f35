// Routes, queues, agents and the work they do, as tables of a configuration. Private to
// wire/config_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include "engine/desk/configuration.h"
#include "wire/schema.h"

namespace paceline::wire {

flatbuffers::Offset<schema::RouteRule> put(flatbuffers::FlatBufferBuilder& builder,
                                           const desk::RouteRule& route);
flatbuffers::Offset<schema::QueueDefinition> put(flatbuffers::FlatBufferBuilder& builder,
                                                 const desk::QueueDefinition& queue);
flatbuffers::Offset<schema::AgentDefinition> put(flatbuffers::FlatBufferBuilder& builder,
                                                 const desk::AgentDefinition& agent);
flatbuffers::Offset<schema::WorkRule> put(flatbuffers::FlatBufferBuilder& builder,
                                          const desk::WorkRule& rule);
flatbuffers::Offset<schema::AwayCode> put(flatbuffers::FlatBufferBuilder& builder,
                                          const desk::AwayCode& code);

desk::RouteRule read(FieldReader& reader, const schema::RouteRule& table);
desk::QueueDefinition read(FieldReader& reader, const schema::QueueDefinition& table);
desk::AgentDefinition read(FieldReader& reader, const schema::AgentDefinition& table);
desk::WorkRule read(FieldReader& reader, const schema::WorkRule& table);
desk::AwayCode read(FieldReader& reader, const schema::AwayCode& table);

}  // namespace paceline::wire
