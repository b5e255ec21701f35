// Calendars as tables, and what a desk wants its figures to be. Private to wire/*_codec.cpp.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: kept by the FieldReader.
#pragma once

#include <vector>

#include "engine/desk/figure_target.h"
#include "sched/calendar_spec.h"
#include "wire/schema.h"

namespace paceline::wire {

flatbuffers::Offset<schema::CalendarSpec> put(flatbuffers::FlatBufferBuilder& builder,
                                              const sched::CalendarSpec& spec);
/// Whether it ever opens is for Calendar::compile() to say.
sched::CalendarSpec read(FieldReader& reader, const schema::CalendarSpec& table);

using Targets = flatbuffers::Vector<flatbuffers::Offset<schema::FigureTarget>>;
flatbuffers::Offset<Targets> put_targets(flatbuffers::FlatBufferBuilder& builder,
                                         const std::vector<desk::FigureTarget>& targets);
std::vector<desk::FigureTarget> read_targets(FieldReader& reader, const Targets* list);

}  // namespace paceline::wire
