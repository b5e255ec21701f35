// What answers say of offers, and why a ticket, an agent or a queue is where it is. Private to
// wire/answer_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include "engine/desk/query.h"
#include "wire/schema.h"

namespace paceline::wire {

flatbuffers::Offset<schema::OfferView> put(flatbuffers::FlatBufferBuilder& builder,
                                           const desk::OfferView& offer);
flatbuffers::Offset<schema::Why> put(flatbuffers::FlatBufferBuilder& builder, const desk::Why& why);

desk::OfferView read(FieldReader& reader, const schema::OfferView& table);
desk::Why read(FieldReader& reader, const schema::Why& table);

}  // namespace paceline::wire
