#include "tools/survey_words.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/config/routing_words.h"
#include "engine/desk/event.h"

namespace paceline::tools {

std::string survey_token(int64_t value) {
  return fmt::format("{:016x}", static_cast<uint64_t>(value));
}

std::optional<uint64_t> read_survey_token(std::string_view text) {
  uint64_t token = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token, 16);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (!whole || text.size() != 16 || token == 0) return {};
  return token;
}

std::string survey_question(uint8_t questions) {
  if (questions == 0 || questions > desk::all_questions) return {};
  return std::string(config::survey_question_names[questions - 1]);
}

}  // namespace paceline::tools
