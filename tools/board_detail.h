// What a page of the board needs besides the reading: the tickets of a queue or an agent, a ticket,
// the answer to a why.
//
// Owner: any thread; pure but for asking.  Allocates: the texts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/board_state.h"
#include "tools/board_view.h"
#include "wire/client.h"

namespace paceline::tools {

struct BoardDetail {
  std::vector<BoardTicket> tickets;  ///< Most pressing first.
  std::vector<std::string> lines;    ///< Of a text, printable.
};

/// The question of a page; nothing where the reading is all it needs.
std::optional<desk::Query> question_of(const BoardPage& page);

/// The page's part of the answer; what there is no more is said in its lines.
BoardDetail detail_of(const BoardPage& page, const desk::Answer& answer, int64_t now_us);

/// What every key does.
std::vector<std::string> board_help();

}  // namespace paceline::tools
