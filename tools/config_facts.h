// What a configuration says, thing by thing, as keys and texts: defaults included, in the words of
// the file. To be shown, and to be compared.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/config/load.h"
#include "engine/desk/configuration.h"

namespace paceline::tools {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// "3d", "5bd", "never"
std::string period_text(const desk::Period& period);

/// As in [server].
std::string durability_name(config::Durability durability);
Facts facts_of(const config::ServerSettings& server);
/// Without its pauses and periods of pending tickets, kinds of work, away codes and targets.
Facts facts_of(const desk::DeskSettings& settings);
Facts facts_of(const sched::PriorityMatrix& matrix);
Facts facts_of(const desk::PendingRule& rule);
Facts facts_of(const desk::RouteRule& route);
Facts facts_of(const desk::QueueDefinition& queue);
Facts facts_of(const desk::AgentDefinition& agent);
/// By what they are about, in the order in which they are asked.
Facts work_facts(const desk::DeskSettings& settings);
Facts away_facts(const desk::DeskSettings& settings);
Facts survey_facts(const desk::DeskSettings& settings);  ///< None: no surveys.
Facts target_facts(const desk::DeskSettings& settings);
Facts facts_of(const sched::CalendarSpec& calendar);
/// Its pauses are those of `settings` unless it has its own.
Facts facts_of(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings);

}  // namespace paceline::tools
