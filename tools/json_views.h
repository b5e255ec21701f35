// What a desk answers, as JSON. Names are a contract: scripts read them.
//
// Instants are RFC 3339 or null, durations end in _us, what has no value is null or left out.
//
// Owner: any thread; pure.  Allocates: the value.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "engine/desk/event.h"
#include "engine/desk/query.h"
#include "wire/messages.h"

namespace paceline::tools {

/// Null for 0, and for an empty text.
nlohmann::ordered_json instant_json(int64_t us);
nlohmann::ordered_json text_json(const std::string& text);

nlohmann::ordered_json clock_json(const desk::ClockView& clock);
nlohmann::ordered_json policy_json(const desk::PolicyView& policy);
nlohmann::ordered_json change_json(const desk::ClockChange& change);
nlohmann::ordered_json ticket_json(const desk::TicketView& ticket);
/// Null: no survey.
nlohmann::ordered_json survey_json(std::span<const desk::SurveyView> surveys);
nlohmann::ordered_json queue_json(const desk::QueueView& queue);
nlohmann::ordered_json agent_json(const desk::AgentView& agent);
nlohmann::ordered_json offer_json(const desk::OfferView& offer);
nlohmann::ordered_json why_json(const desk::Why& why);
nlohmann::ordered_json event_json(const desk::Event& event, const desk::Names& names);
nlohmann::ordered_json status_json(const desk::Status& status);
nlohmann::ordered_json status_json(const wire::ServerStatus& status);

}  // namespace paceline::tools
