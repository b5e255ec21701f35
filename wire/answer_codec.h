// Queries and their answers, as tables: what people look at, so clarity before speed.
//
// Owner: any thread; plain values.  Allocates: freely.  Errors: WireError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/desk/query.h"
#include "sched/base/expected.h"
#include "sched/base/ids.h"
#include "wire/frame.h"

namespace paceline::wire {

/// Names the tag and desk a query came with; its answer repeats both.
struct QueryMessage {
  uint64_t tag = 0;
  sched::DeskNumber desk;
  desk::Query query;
};
struct AnswerMessage {
  uint64_t tag = 0;
  sched::DeskNumber desk;
  desk::Answer answer;
};

void append(Bytes& out, const QueryMessage& message);
void append(Bytes& out, const AnswerMessage& message);

sched::Expected<QueryMessage, WireError> decode_query(std::span<const std::byte> payload);
sched::Expected<AnswerMessage, WireError> decode_answer(std::span<const std::byte> payload);

}  // namespace paceline::wire
