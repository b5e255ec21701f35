// What was promised, and whether it was kept.
#include "engine/report/question.h"

namespace paceline::report {

namespace {

/// Calls `each` for the clocks that count.
template <class Each>
void for_each_clock(const Question& question, Cohort& left, Each&& each) {
  for (const Case* ticket : question.cases) {
    for (const ClockCase& clock : ticket->clocks) {
      if (clock.state == ClockState::cancelled) {
        if (question.period.holds(clock.ended_at_us)) left.leave_out("cancelled_clock");
      } else if (ticket->exclusion == Exclusion::spam || ticket->exclusion == Exclusion::test) {
        if (clock.open() || question.period.holds(clock.ended_at_us))
          left.leave_out(exclusion_names[static_cast<size_t>(ticket->exclusion)]);
      } else {
        each(clock);
      }
    }
  }
}

}  // namespace

Figure compliance(const Question& question, std::string id, std::string name,
                  std::optional<desk::ClockKind> only) {
  uint64_t met = 0;
  uint64_t breached = 0;
  Cohort left;
  for_each_clock(question, left, [&](const ClockCase& clock) {
    if (clock.open() || !question.period.holds(clock.ended_at_us)) return;
    if (only && clock.kind != *only) return;
    ++(clock.missed ? breached : met);
  });
  Figure figure = share_figure(std::move(id), std::move(name),
                               "met / (met + breached), clocks completed in the period, each in "
                               "its newest cycle",
                               met, met + breached);
  figure.excluded = left.excluded;
  figure.parts = {{"met", static_cast<int64_t>(met)}, {"breached", static_cast<int64_t>(breached)}};
  return figure;
}

std::vector<Figure> clock_figures(const Question& question) {
  std::vector<Figure> all;
  all.push_back(compliance(question, "sla_compliance", "SLA compliance", {}));

  int64_t met = 0, breached = 0, open = 0, open_late = 0;
  int64_t open_overrun_us = 0;
  std::vector<int64_t> overruns_us;
  Cohort left;
  for_each_clock(question, left, [&](const ClockCase& clock) {
    if (clock.open()) {
      ++open;
      if (!clock.late()) return;
      ++open_late;
      open_overrun_us += clock.consumed_us - clock.target_us;
    } else if (question.period.holds(clock.ended_at_us)) {
      ++(clock.missed ? breached : met);
      if (clock.missed && clock.late()) overruns_us.push_back(clock.consumed_us - clock.target_us);
    }
  });
  Figure live = share_figure(
      "live_compliance", "Live compliance",
      "(met + running or paused and not late) / (met + breached + running + paused)",
      static_cast<uint64_t>(met + open - open_late), static_cast<uint64_t>(met + breached + open));
  live.excluded = left.excluded;
  live.parts = {{"met", met}, {"breached", breached}, {"open", open}, {"open_late", open_late}};
  all.push_back(std::move(live));

  Figure severity = duration_figure("breach_severity", "Breach severity",
                                    "time used − target of breached clocks completed in the period",
                                    std::move(overruns_us));
  severity.excluded = left.excluded;
  severity.parts = {{"open_late", open_late}, {"open_overrun_us", open_overrun_us}};
  all.push_back(std::move(severity));

  all.push_back(compliance(question, "update_on_time", "Updates on time", desk::ClockKind::update));
  return all;
}

}  // namespace paceline::report
