// One command of a conversation: its words, and the desk's command they stand for.
//
//   open INC1 impact=high urgency=low vip queue=network body="printer on fire"
//
// Owner: any thread; pure.  Errors: a sentence.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/command_writer.h"

namespace paceline::tools {

struct Words {
  std::string verb;
  std::vector<std::string> plain;                             ///< Those without `=`.
  std::vector<std::pair<std::string, std::string>> settings;  ///< `name=value`
};

/// Splits at blanks; double quotes keep them.
Words split_words(std::string_view text);

/// Appends the command; what is wrong with it, or nothing.
std::string put_script_command(const Words& words, wire::CommandWriter& writer);

}  // namespace paceline::tools
