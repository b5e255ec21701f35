// Who does the work, how busy they are, what it costs; and what the desk cannot know.
#include <algorithm>
#include <tuple>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

struct Time {
  int64_t handling_us = 0, available_us = 0, logged_in_us = 0, away_us = 0;
  int64_t scheduled_us = 0, adherent_us = 0;
  uint64_t no_shift = 0;  // agents without a shift in the period
  uint64_t by_day = 0;    // agents whose time is kept by whole days at an edge of it
  uint64_t not_kept = 0;  // agents whose time is not kept so far back

  std::string note() const {
    std::string text;
    if (by_day != 0)
      text = "time of " + std::to_string(by_day) +
             " agents is kept by the day so far back: theirs is of whole days in UTC";
    if (not_kept != 0)
      text += (text.empty() ? "" : "; ") + std::string("time of ") + std::to_string(not_kept) +
              " agents is not kept back to the beginning of the period";
    return text;
  }
};

Time time_of(const Question& question) {
  Time time;
  const int64_t to_us = std::min(question.period.to_us, question.book->now_us());
  for (const desk::AgentView* agent : question.agents) {
    const desk::AgentTimeView& spent = question.book->time_of(agent->name);
    time.handling_us += spent.busy_us + spent.wrap_up_us;
    time.available_us += spent.available_us;
    time.logged_in_us += spent.logged_in_us;
    time.away_us += spent.away_us;
    time.scheduled_us += spent.scheduled_us;
    time.adherent_us += spent.adherent_us;
    time.no_shift += spent.scheduled_us == 0 ? 1 : 0;
    time.by_day += spent.from_us < question.period.from_us || spent.to_us > to_us ? 1 : 0;
    time.not_kept += spent.from_us > question.period.from_us ? 1 : 0;
  }
  return time;
}

void add_use_of_time(const Question& question, std::vector<Figure>& all) {
  const std::string occupancy_formula =
      "handling / (handling + available); handling: with work in hand, and wrap-up";
  const std::string utilisation_formula =
      "handling / paid; paid: --paid-hours, else time logged in";
  const std::string fairness_formula = "Jain's (Σx)² / (n·Σx²), x = handling / time logged in";
  if (question.agents.empty()) {
    for (const auto& [id, name, formula] : {std::tuple{"occupancy", "Occupancy", occupancy_formula},
                                            {"utilisation", "Utilisation", utilisation_formula},
                                            {"fairness", "Fairness", fairness_formula}})
      all.push_back(not_measured(id, name, formula, "the whole desk, or --by agent"));
    return;
  }
  const Time time = time_of(question);
  Figure occupancy = share_figure("occupancy", "Occupancy", occupancy_formula,
                                  static_cast<uint64_t>(time.handling_us),
                                  static_cast<uint64_t>(time.handling_us + time.available_us));
  occupancy.version = 2;  // 2: of the period
  occupancy.note = time.note();
  occupancy.counted = false;
  all.push_back(std::move(occupancy));
  const int64_t paid_us =
      question.inputs.paid_hours && question.whole_desk
          ? static_cast<int64_t>(*question.inputs.paid_hours * static_cast<double>(sched::hour.us))
          : time.logged_in_us;
  Figure utilisation =
      share_figure("utilisation", "Utilisation", utilisation_formula,
                   static_cast<uint64_t>(time.handling_us), static_cast<uint64_t>(paid_us));
  utilisation.version = 2;  // 2: of the period
  utilisation.note = time.note();
  utilisation.counted = false;
  all.push_back(std::move(utilisation));

  std::vector<double> shares;
  for (const desk::AgentView* agent : question.agents) {
    const desk::AgentTimeView& spent = question.book->time_of(agent->name);
    if (spent.logged_in_us > 0)
      shares.push_back(static_cast<double>(spent.busy_us + spent.wrap_up_us) /
                       static_cast<double>(spent.logged_in_us));
  }
  Figure fairness = number_figure("fairness", "Fairness", fairness_formula,
                                  shares.empty() ? std::optional<double>() : jain(shares));
  fairness.counted = false;
  fairness.denominator = static_cast<int64_t>(shares.size());
  fairness.version = 2;  // 2: of the period
  fairness.note = time.note();
  all.push_back(std::move(fairness));
}

Figure shrinkage(const Question& question) {
  const std::string formula = "1 − (time logged in − away) / paid";
  if (!question.whole_desk || !question.inputs.paid_hours)
    return not_measured("shrinkage", "Shrinkage", formula,
                        question.whole_desk ? "--paid-hours" : "the whole desk and --paid-hours");
  const Time time = time_of(question);
  const auto paid_us =
      static_cast<int64_t>(*question.inputs.paid_hours * static_cast<double>(sched::hour.us));
  const int64_t productive_us = std::min(paid_us, time.logged_in_us - time.away_us);
  Figure figure =
      share_figure("shrinkage", "Shrinkage", formula,
                   static_cast<uint64_t>(paid_us - productive_us), static_cast<uint64_t>(paid_us));
  figure.version = 2;  // 2: of the period
  figure.note = time.note();
  figure.counted = false;
  return figure;
}

Figure adherence(const Question& question) {
  const std::string formula =
      "time within shifts spent as they ask (work, wrap-up, a planned absence) / time within "
      "shifts";
  if (question.agents.empty())
    return not_measured("adherence", "Adherence", formula, "the whole desk, or --by agent");
  const Time time = time_of(question);
  if (time.scheduled_us == 0)
    return not_measured("adherence", "Adherence", formula,
                        "agents with a shift in the period (shift = \"CALENDAR\")");
  Figure figure =
      share_figure("adherence", "Adherence", formula, static_cast<uint64_t>(time.adherent_us),
                   static_cast<uint64_t>(time.scheduled_us));
  figure.counted = false;
  figure.note = time.note();
  if (time.no_shift != 0) figure.excluded = {{"no_shift", time.no_shift}};
  return figure;
}

Figure cost_per_ticket(const Question& question) {
  const std::string formula = "(paid hours × cost per hour + cost of tools) / N(resolved)";
  const Inputs& inputs = question.inputs;
  if (!question.whole_desk || !inputs.paid_hours || !inputs.cost_per_hour)
    return not_measured("cost_per_ticket", "Cost per ticket", formula,
                        question.whole_desk ? "--paid-hours and --cost-per-hour"
                                            : "the whole desk, --paid-hours and --cost-per-hour");
  const Cohort resolved = question.resolved();
  const double cost = *inputs.paid_hours * *inputs.cost_per_hour + inputs.tool_cost.value_or(0.0);
  std::optional<double> value;
  if (!resolved.in.empty()) value = cost / static_cast<double>(resolved.in.size());
  Figure figure = number_figure("cost_per_ticket", "Cost per ticket", formula, value);
  figure.counted = false;
  figure.denominator = static_cast<int64_t>(resolved.in.size());
  figure.excluded = resolved.excluded;
  figure.note = "cost " + std::to_string(static_cast<int64_t>(cost + 0.5));
  return figure;
}

Figure users_per_analyst(const Question& question) {
  const std::string formula = "users / analysts; analysts: --fte, else the agents defined";
  if (!question.whole_desk || !question.inputs.users)
    return not_measured("users_per_analyst", "Users per analyst", formula,
                        question.whole_desk ? "--users" : "the whole desk and --users");
  const double analysts =
      question.inputs.fte.value_or(static_cast<double>(question.book->agents().size()));
  std::optional<double> value;
  if (analysts > 0) value = *question.inputs.users / analysts;
  Figure figure = number_figure("users_per_analyst", "Users per analyst", formula, value);
  figure.numerator = static_cast<int64_t>(*question.inputs.users);
  figure.denominator = static_cast<int64_t>(analysts);
  return figure;
}

}  // namespace

std::vector<Figure> people_figures(const Question& question) {
  std::vector<Figure> all;
  add_use_of_time(question, all);
  all.push_back(shrinkage(question));
  all.push_back(cost_per_ticket(question));
  all.push_back(users_per_analyst(question));
  all.push_back(adherence(question));
  all.push_back(forecast_error(question));
  return all;
}

}  // namespace paceline::report
