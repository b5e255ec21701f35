// What a report is asked: over which cases, which period, and with what the desk cannot know.
//
// Owner: one thread.  Allocates: lists.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/report/book.h"
#include "engine/report/figure.h"
#include "engine/report/period.h"

namespace paceline::report {

/// How many tickets were expected in [from_us, to_us).
struct ForecastInterval {
  int64_t from_us = 0, to_us = 0;
  double volume = 0.0;
};

struct Inputs {
  int64_t answer_within_us = 20 * sched::second.us;  ///< X of service level and abandonment.
  int64_t first_contact_us = sched::hour.us;         ///< Of contacts that are not live.
  int64_t repeat_days = 5;                           ///< Working days.
  std::vector<std::string> live_channels{"voice", "phone", "chat"};
  std::vector<std::string> alert_channels{"alert", "monitoring", "event"};
  std::optional<double> users;
  std::optional<double> fte;         ///< Else the agents defined.
  std::optional<double> paid_hours;  ///< In the period, of all agents together.
  std::optional<double> cost_per_hour;
  std::optional<double> tool_cost;      ///< In the period.
  std::optional<uint64_t> self_served;  ///< Contacts in the period that no ticket was needed for.
  std::vector<ForecastInterval> forecast;  ///< Ascending, none begins before the one before ends.
};

/// A survey with its ticket.
struct SurveyOf {
  const Case* ticket = nullptr;
  const SurveyCase* survey = nullptr;
};

/// Part of a desk: all of it, or what one queue, agent, category … has.
struct Question {
  const Book* book = nullptr;
  Period period;
  Inputs inputs;
  std::vector<const Case*> cases;
  /// Of a queue, group or tier: what came there first, wherever it is now. None: `cases`.
  std::optional<std::vector<const Case*>> came_first;
  std::vector<SurveyOf> surveys;  ///< Of tickets that may be another part's.
  bool whole_desk = true;
  /// Whose time occupancy is of: all of them where it is the whole desk, of a queue, group or tier
  /// those of its groups.
  std::vector<const desk::AgentView*> agents;

  /// The same about what came first here: what becomes of a ticket is decided where it comes first.
  Question of_first() const;
  bool is_live(const Case& ticket) const;
  bool is_alert(const Case& ticket) const;
  /// Those ended in the period (the newest resolution, or the end without one), no excluded ones.
  Cohort ended() const;
  /// Of these the resolved ones.
  Cohort resolved() const;
  /// Recorded in the period; `keep` is counted although it is an exclusion.
  Cohort recorded(Exclusion keep = Exclusion::none) const;
};

/// The whole desk.
Question ask(const Book& book, Period period, Inputs inputs);

// -------------------------------------------------------------------------------- first contact

enum class FirstContact : uint8_t {
  yes,
  escalated,
  reassigned,   ///< To another group.
  followed_up,  ///< The requester wrote again before it was resolved.
  not_at_once,  ///< Live: put back or paused; else later than first_contact_us.
  reopened,
  came_again,  ///< The same requester and category, within repeat_days.
};
inline constexpr const char* first_contact_names[] = {"first_contact", "escalated",   "reassigned",
                                                      "followed_up",   "not_at_once", "reopened",
                                                      "came_again"};
/// Requires that it is resolved.
FirstContact first_contact(const Question& question, const Case& ticket);
/// Business time from receipt to resolution: of the resolution clock, else elapsed.
int64_t time_to_resolve_us(const Case& ticket);

// ------------------------------------------------------------------------------------- figures

/// Every row of the list, in its order.
std::vector<Figure> figures(const Question& question);

// Its parts.
std::vector<Figure> quality_figures(const Question& question);
std::vector<Figure> time_figures(const Question& question);
std::vector<Figure> clock_figures(const Question& question);
std::vector<Figure> load_figures(const Question& question);
std::vector<Figure> people_figures(const Question& question);
std::vector<Figure> survey_figures(const Question& question);
std::vector<Figure> article_figures(const Question& question);
Figure forecast_error(const Question& question);

/// Clocks of any kind unless one is named.
Figure compliance(const Question& question, std::string id, std::string name,
                  std::optional<desk::ClockKind> only);

const Figure* find(const std::vector<Figure>& figures, const std::string& id);

}  // namespace paceline::report
