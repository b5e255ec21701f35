// Words and small sums that the three explanations share. Private to them.
#pragma once

#include <string>
#include <string_view>

#include "engine/desk/floor.h"
#include "engine/desk/query.h"
#include "sched/dispatch.h"

namespace paceline::desk {

std::string_view word(sched::Hindrance hindrance);
/// "2026-01-05 09:30Z", with seconds and microseconds where there are any.
std::string utc(int64_t at_us);
/// "2h 5m", "20s"
std::string span_text(int64_t us);
/// "1 agent", "3 agents"
std::string counted(uint64_t n, std::string_view noun);
/// How a ticket is named to people: its external id, else its number.
std::string ticket_name(const Floor& floor, uint32_t slot);

inline WhyTerm text_term(std::string_view name, std::string text) {
  WhyTerm term;
  term.name = name;
  term.text = std::move(text);
  return term;
}
inline WhyTerm number_term(std::string_view name, WhyTerm::Kind kind, int64_t value) {
  WhyTerm term;
  term.name = name;
  term.kind = kind;
  term.value = value;
  return term;
}
inline WhyTerm instant_term(std::string_view name, int64_t at_us) {
  return number_term(name, WhyTerm::Kind::instant_us, at_us);
}
inline WhyTerm duration_term(std::string_view name, int64_t us) {
  return number_term(name, WhyTerm::Kind::duration_us, us);
}
inline WhyTerm count_term(std::string_view name, int64_t count) {
  return number_term(name, WhyTerm::Kind::count, count);
}

/// The agent as a ticket in this line sees it. `slot` none: the line's tickets in general.
CandidateView candidate(const Floor& floor, uint32_t agent, uint32_t slot);
/// Points of an external score.
int8_t score_of(const Floor& floor, uint32_t agent, uint32_t slot);
/// What the agent's state is called to people: "away (lunch)", "session lost".
std::string state_text(const Floor& floor, uint32_t agent);
/// The comparisons of the line's need that keep the agent from meeting it, with what is held; what
/// is under a negation is asked the other way round.
std::string unmet(const Floor& floor, uint32_t agent, uint32_t line);
LineView line_view(const Floor& floor, uint32_t line);

}  // namespace paceline::desk
