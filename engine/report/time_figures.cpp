// How long it took.
#include <cstdio>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

/// A ticket does not know its wrap-up, its agents do.
void add_wrap_up(const Question& question, Figure& handling) {
  if (question.agents.empty()) {
    handling.note = "without wrap-up, which is known of the desk, groups, queues, tiers and agents";
    return;
  }
  int64_t wrap_up_us = 0;
  for (const desk::AgentView* agent : question.agents)
    wrap_up_us += question.book->time_of(agent->name).wrap_up_us;
  handling.parts = {{"wrap_up_us", wrap_up_us}};
  if (handling.denominator == 0) return;
  const int64_t mean_us = (handling.numerator + wrap_up_us) / handling.denominator;
  handling.parts.emplace_back("mean_with_wrap_up_us", mean_us);
  char text[64];
  std::snprintf(text, sizeof text, "with the agents' wrap-up the mean is %lld s",
                static_cast<long long>(mean_us / sched::second.us));
  handling.note = text;
}

}  // namespace

std::vector<Figure> time_figures(const Question& question) {
  std::vector<Figure> all;
  const Cohort resolved = question.resolved();

  std::vector<int64_t> wall_us, business_us, active_us;
  Cohort no_clock = {.in = {}, .excluded = resolved.excluded};
  int64_t elapsed_us = 0;
  int64_t worked_us = 0;
  for (const Case* ticket : resolved.in) {
    wall_us.push_back(ticket->resolved_at_us - ticket->recorded_at_us);
    active_us.push_back(ticket->active_us);
    elapsed_us += wall_us.back();
    worked_us += ticket->active_us;
    const ClockCase* clock = ticket->clock(desk::ClockKind::resolution);
    if (clock != nullptr && clock->state == ClockState::completed)
      business_us.push_back(clock->consumed_us);
    else
      no_clock.leave_out("no_resolution_clock");
  }
  Figure business = duration_figure(
      "mttr_business", "Time to resolve, business time",
      "time used of the resolution clock: open hours of its calendar without pauses",
      std::move(business_us));
  business.excluded = no_clock.excluded;
  all.push_back(std::move(business));
  Figure wall = duration_figure("mttr_wall", "Time to resolve, elapsed",
                                "newest resolution − recorded", std::move(wall_us));
  wall.excluded = resolved.excluded;
  all.push_back(std::move(wall));
  Figure active =
      duration_figure("mttr_active", "Time to resolve, worked on", "time in progress", active_us);
  active.excluded = resolved.excluded;
  all.push_back(std::move(active));

  std::vector<int64_t> taken_us, answered_us;
  const Cohort recorded = question.of_first().recorded();
  Cohort untaken = {.in = {}, .excluded = recorded.excluded};
  Cohort unanswered = untaken;
  for (const Case* ticket : recorded.in) {
    if (ticket->accepted_at_us != 0)
      taken_us.push_back(ticket->accepted_at_us - ticket->queued_at_us);
    else
      untaken.leave_out("not_taken");
    if (ticket->first_response_at_us != 0)
      answered_us.push_back(ticket->first_response_at_us - ticket->recorded_at_us);
    else
      unanswered.leave_out("not_answered");
  }
  Figure taken = duration_figure("mtta", "Time to take", "first in an agent's hands − first queued",
                                 std::move(taken_us));
  taken.version = 2;  // 2: from its queue on, and where it came first
  taken.excluded = untaken.excluded;
  all.push_back(std::move(taken));
  Figure answered =
      duration_figure("first_response", "First response",
                      "first public message by a human − recorded", std::move(answered_us));
  answered.version = 2;  // 2: where it came first
  answered.excluded = unanswered.excluded;
  all.push_back(std::move(answered));

  Figure flow = share_figure("flow_efficiency", "Flow efficiency",
                             "Σ time in progress / Σ elapsed until resolved, in µs",
                             static_cast<uint64_t>(worked_us), static_cast<uint64_t>(elapsed_us));
  flow.excluded = resolved.excluded;
  flow.counted = false;
  all.push_back(std::move(flow));

  Figure handling =
      duration_figure("aht", "Average handling time",
                      "Σ time in progress / N(resolved); parts: (Σ time in progress + wrap-up of "
                      "the agents in the period) / N(resolved)",
                      std::move(active_us));
  handling.excluded = resolved.excluded;
  add_wrap_up(question, handling);
  all.push_back(std::move(handling));
  return all;
}

}  // namespace paceline::report
