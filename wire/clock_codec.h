// What answers say of clocks, policies and changes to clocks. Private to wire/answer_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include "engine/desk/query.h"
#include "wire/schema.h"

namespace paceline::wire {

flatbuffers::Offset<schema::ClockView> put(flatbuffers::FlatBufferBuilder& builder,
                                           const desk::ClockView& clock);
flatbuffers::Offset<schema::PolicyView> put(flatbuffers::FlatBufferBuilder& builder,
                                            const desk::PolicyView& policy);
flatbuffers::Offset<schema::ClockChange> put(flatbuffers::FlatBufferBuilder& builder,
                                             const desk::ClockChange& change);

desk::ClockView read(FieldReader& reader, const schema::ClockView& table);
desk::PolicyView read(FieldReader& reader, const schema::PolicyView& table);
desk::ClockChange read(FieldReader& reader, const schema::ClockChange& table);

}  // namespace paceline::wire
