// Writes texts into a log and reads them back.
#pragma once

#include <string>
#include <vector>

#include "engine/runtime/command_log.h"

namespace paceline::testing {

/// A record of one frame with this text.
inline runtime::Logged<void> append_text(runtime::CommandLog& log, const std::string& text) {
  const runtime::LoggedFrame frame{.session = {7},
                                   .principal = 1,
                                   .roles = 2,
                                   .first_number = log.next_sequence(),
                                   .payload = std::as_bytes(std::span(text))};
  return log.append(log.next_sequence(), {.desk = {1},
                                          .ts = {static_cast<int64_t>(log.next_sequence())},
                                          .rules_version = 1,
                                          .frames = std::span(&frame, 1)});
}

struct ReplayedTexts {
  std::vector<std::string> texts;
  std::string error;
  runtime::LogErrorKind kind = runtime::LogErrorKind::io;
  std::string path;  ///< Of the error.
  uint64_t offset = 0;
};

inline ReplayedTexts replay_texts(runtime::CommandLog& log, runtime::LogPosition from = {}) {
  ReplayedTexts replayed;
  const auto done = log.replay(
      from,
      [&](uint64_t, const runtime::LogRecord& record) {
        for (const runtime::LoggedFrame& frame : record.frames)
          replayed.texts.emplace_back(reinterpret_cast<const char*>(frame.payload.data()),
                                      frame.payload.size());
        return std::string();
      },
      nullptr);
  if (done) return replayed;
  replayed.error = done.error().text;
  replayed.kind = done.error().kind;
  replayed.path = done.error().path;
  replayed.offset = done.error().offset;
  return replayed;
}

}  // namespace paceline::testing
