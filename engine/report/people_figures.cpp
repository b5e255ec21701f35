// Who does the work, how busy they are, what it costs; and what the desk cannot know.
#include <algorithm>
#include <tuple>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

constexpr const char* since_defined =
    "from the agents' counters since they were defined, not by period";

struct Time {
  int64_t handling_us = 0, available_us = 0, logged_in_us = 0, away_us = 0;
};

Time time_of(const Question& question) {
  Time time;
  for (const desk::AgentView* agent : question.agents) {
    time.handling_us += agent->busy_us + agent->wrap_up_us;
    time.available_us += agent->available_us;
    time.logged_in_us += agent->logged_in_us;
    time.away_us += agent->away_us;
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
  occupancy.note = since_defined;
  occupancy.counted = false;
  all.push_back(std::move(occupancy));
  const int64_t paid_us =
      question.inputs.paid_hours && question.whole_desk
          ? static_cast<int64_t>(*question.inputs.paid_hours * static_cast<double>(sched::hour.us))
          : time.logged_in_us;
  Figure utilisation =
      share_figure("utilisation", "Utilisation", utilisation_formula,
                   static_cast<uint64_t>(time.handling_us), static_cast<uint64_t>(paid_us));
  utilisation.note = since_defined;
  utilisation.counted = false;
  all.push_back(std::move(utilisation));

  std::vector<double> shares;
  for (const desk::AgentView* agent : question.agents) {
    if (agent->logged_in_us > 0)
      shares.push_back(static_cast<double>(agent->busy_us + agent->wrap_up_us) /
                       static_cast<double>(agent->logged_in_us));
  }
  Figure fairness = number_figure("fairness", "Fairness", fairness_formula,
                                  shares.empty() ? std::optional<double>() : jain(shares));
  fairness.denominator = static_cast<int64_t>(shares.size());
  fairness.note = since_defined;
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
  figure.note = since_defined;
  figure.counted = false;
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
  all.push_back(not_measured("adherence", "Adherence", "adherent minutes / scheduled minutes",
                             "schedules of agents, which the desk does not keep"));
  all.push_back(not_measured("forecast_error", "Forecast error",
                             "WAPE = Σ|F − A| / ΣA, bias = Σ(F − A) / ΣA",
                             "a forecast to compare with, which the desk does not keep"));
  all.push_back(not_measured("kb_use", "Knowledge base use",
                             "resolutions that cite an article / resolutions",
                             "articles cited on resolving, which the desk does not keep"));
  return all;
}

}  // namespace paceline::report
