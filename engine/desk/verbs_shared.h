// What the files of Verbs share. Private to them.
#pragma once

#include <array>
#include <string_view>

#include "engine/desk/command.h"
#include "engine/desk/reject.h"
#include "engine/desk/verbs.h"
#include "sched/calendar.h"

namespace paceline::desk {

using Texts = std::array<std::string_view, text_field_count>;

inline Reply refuse(Reject reject, uint64_t ticket = 0) {
  Reply reply;
  reply.code = static_cast<uint16_t>(reject);
  reply.ticket = ticket;
  return reply;
}

inline Texts read_texts(const CommandFrame& frame, uint32_t at,
                        const std::array<uint16_t, text_field_count>& sizes) {
  TextCursor cursor(frame.text, at);
  Texts texts;
  for (size_t i = 0; i < text_field_count; ++i) texts[i] = cursor.next(sizes[i]);
  return texts;
}

inline std::string_view text_of(const Texts& texts, TextField field) {
  return texts[static_cast<size_t>(field)];
}

/// 0 is not stated.
inline bool is_instant(int64_t instant_us) {
  return instant_us >= 0 && instant_us <= sched::Calendar::horizon.us;
}

}  // namespace paceline::desk
