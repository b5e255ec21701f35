// Tickets as people read them.
//
// Owner: any thread; pure.  Allocates: the text.
#pragma once

#include <span>
#include <string>

#include "engine/desk/query.h"

namespace paceline::tools {

/// One line each, under headings.
std::string tickets_table(std::span<const desk::TicketView> tickets);
/// Everything known of one, with clocks, and its surveys if any.
std::string ticket_text(const desk::TicketView& ticket, std::span<const desk::SurveyView> surveys);

}  // namespace paceline::tools
