// How surveys are written for people and other programs: a token is 16 hexadecimal digits, since
// many readers of JSON hold no integer of 64 bits.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paceline::tools {

/// Of an event's value.
std::string survey_token(int64_t value);
/// None: it is none.
std::optional<uint64_t> read_survey_token(std::string_view text);
/// Of bits of desk::SurveyQuestion: "csat", "nps", "both".
std::string survey_question(uint8_t questions);

}  // namespace paceline::tools
