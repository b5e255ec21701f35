// What answers say of a ticket. Private to wire/answer_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include "engine/desk/query.h"
#include "wire/schema.h"

namespace paceline::wire {

flatbuffers::Offset<schema::TicketView> put(flatbuffers::FlatBufferBuilder& builder,
                                            const desk::TicketView& ticket);

desk::TicketView read(FieldReader& reader, const schema::TicketView& table);

}  // namespace paceline::wire
