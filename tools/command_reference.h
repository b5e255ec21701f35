// Every command with what it takes as a page to read, tools/docs/COMMANDS.md, made from the command
// table.
//
// Owner: one thread; pure.  Allocates: the text.
#pragma once

#include <string>

#include "tools/command_tree.h"

namespace paceline::tools {

/// "sync|none" where an option takes one of few words, else "TEXT"; of a flag empty.
std::string value_of(const OptionDescription& option);
/// Whether every sub-command has it, so that it is told once.
bool is_common(const OptionDescription& option);

/// As Markdown.
std::string command_reference(const ProgramDescription& program);

}  // namespace paceline::tools
