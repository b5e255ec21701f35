// One command of a conversation: its words, and the desk's command they stand for.
//
//   open INC1 impact=high urgency=low vip queue=network body="printer on fire"
//
// Owner: any thread; pure.  Errors: a sentence.
#pragma once

#include <functional>
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

/// What a conversation calls by name and the desk by number. 0 for what it has not heard of, which
/// the desk then refuses.
struct ScriptNames {
  std::function<uint64_t(std::string_view name)> ticket;
  /// The offer of that ticket to that agent, or to anyone: the live one, else the newest there was.
  std::function<uint64_t(std::string_view ticket, std::string_view agent)> offer;
};

/// Appends the command; what is wrong with it, or nothing.
std::string put_script_command(const Words& words, const ScriptNames& names,
                               wire::CommandWriter& writer);

}  // namespace paceline::tools
