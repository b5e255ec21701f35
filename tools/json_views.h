// What a desk answers, as JSON. Names are a contract: scripts read them.
//
// Instants are RFC 3339 or null, durations end in _us, what has no value is null or left out.
//
// Owner: any thread; pure.  Allocates: the value.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "wire/messages.h"

namespace paceline::tools {

nlohmann::ordered_json ticket_json(const desk::TicketView& ticket);
nlohmann::ordered_json queue_json(const desk::QueueView& queue);
nlohmann::ordered_json agent_json(const desk::AgentView& agent);
nlohmann::ordered_json event_json(const desk::Event& event, const desk::Names& names);
nlohmann::ordered_json status_json(const desk::Status& status);
nlohmann::ordered_json status_json(const wire::ServerStatus& status);

}  // namespace paceline::tools
