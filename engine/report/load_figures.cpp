// How much there is to do, and how it comes in.
#include <algorithm>
#include <array>
#include <unordered_map>

#include "engine/report/question.h"
#include "engine/report/trend.h"

namespace paceline::report {

using desk::State;

namespace {

constexpr const char* age_names[] = {"age_0_1d", "age_1_3d", "age_3_7d", "age_7_30d",
                                     "age_over_30d"};
constexpr int64_t age_days[] = {1, 3, 7, 30};

bool is_backlog(State state) {
  return state != State::none && state != State::recorded && state != State::resolved &&
         state != State::closed && state != State::cancelled;
}

void add_backlog(const Question& question, std::vector<Figure>& all) {
  const int64_t at_us = question.period.to_us;
  std::array<int64_t, std::size(age_names)> ages{};
  int64_t active = 0, pending = 0;
  Cohort left;
  for (const Case* ticket : question.cases) {
    if (ticket->recorded_at_us > at_us) continue;
    const State state = ticket->state_at(at_us);
    if (!is_backlog(state)) continue;
    if (ticket->exclusion == Exclusion::task) {
      left.leave_out("task");
      continue;
    }
    ++(state == State::pending ? pending : active);
    size_t bucket = 0;
    while (bucket < std::size(age_days) &&
           at_us - ticket->recorded_at_us >= age_days[bucket] * sched::day.us)
      ++bucket;
    ++ages[bucket];
  }
  Figure backlog =
      count_figure("backlog", "Backlog", "tickets open at the end of the period", active + pending);
  backlog.parts = {{"active", active}, {"pending", pending}};
  for (size_t i = 0; i < ages.size(); ++i) backlog.parts.emplace_back(age_names[i], ages[i]);
  backlog.excluded = left.excluded;
  all.push_back(std::move(backlog));

  constexpr int64_t days = 28;
  const Period month{at_us - days * sched::day.us, at_us};
  int64_t resolved = 0;
  for (const Case* ticket : question.cases) {
    if (ticket->exclusion == Exclusion::none && ticket->resolved() &&
        month.holds(ticket->resolved_at_us))
      ++resolved;
  }
  std::optional<double> value;
  if (resolved != 0) value = static_cast<double>(active) * days / static_cast<double>(resolved);
  Figure backlog_days = number_figure(
      "backlog_days", "Backlog in days",
      "open and not pending / mean number resolved a day over the 28 days before", value);
  backlog_days.numerator = active;
  backlog_days.denominator = resolved;
  backlog_days.factor = days;
  all.push_back(std::move(backlog_days));
}

void add_live(const Question& question, std::vector<Figure>& all) {
  const auto add = [&](Figure figure) {
    figure.version = 2;  // 2: where it came first
    all.push_back(std::move(figure));
  };
  const int64_t within_us = question.inputs.answer_within_us;
  const std::string x = std::to_string(within_us / sched::second.us) + " s";
  uint64_t answered_in_time = 0, answered = 0, abandoned_early = 0, abandoned_late = 0, waiting = 0;
  std::vector<int64_t> waits_us;
  Cohort left;
  const Cohort recorded = question.of_first().recorded(Exclusion::cancelled);
  left.excluded = recorded.excluded;
  for (const Case* ticket : recorded.in) {
    if (!question.is_live(*ticket)) {
      left.leave_out("not_live");
    } else if (ticket->accepted_at_us != 0) {
      const int64_t wait_us = ticket->accepted_at_us - ticket->recorded_at_us;
      ++answered;
      answered_in_time += wait_us <= within_us ? 1 : 0;
      waits_us.push_back(wait_us);
    } else if (!ticket->open()) {
      const bool early = ticket->ended_at_us - ticket->recorded_at_us <= within_us;
      ++(early ? abandoned_early : abandoned_late);
    } else if (question.book->now_us() - ticket->recorded_at_us > within_us) {
      ++waiting;
    } else {
      left.leave_out("just_arrived");
    }
  }
  const uint64_t offered = answered + abandoned_early + abandoned_late + waiting;
  const std::string level_name = "Service level (" + x + ")";
  const std::string level_formula =
      "(answered ≤ X) / (offered − abandoned ≤ X), X = " + x + "; live channels only";
  const std::string needs = "contacts of a live channel (--live-channels) in the period";
  const std::string wait_formula = "mean wait of those answered; live channels only";
  const std::string abandon_formula = "abandoned after X / (offered − abandoned ≤ X), X = " + x;
  const auto level_name_of = [&](bool of_answered) {
    return level_name + (of_answered ? ", of answered" : ", of offered");
  };
  const auto level_id_of = [](bool of_answered) {
    return of_answered ? "service_level_answered" : "service_level_offered";
  };
  const auto level_formula_of = [](bool of_answered) {
    return of_answered ? "(answered ≤ X) / answered" : "(answered ≤ X) / offered";
  };
  if (offered == 0) {
    add(not_measured("service_level", level_name, level_formula, needs));
    for (const bool of_answered : {true, false})
      add(not_measured(level_id_of(of_answered), level_name_of(of_answered),
                       level_formula_of(of_answered), needs));
    add(not_measured("asa", "Average speed of answer", wait_formula, needs));
    add(not_measured("abandon_rate", "Abandon rate", abandon_formula, needs));
    return;
  }
  Figure level = share_figure("service_level", level_name, level_formula, answered_in_time,
                              offered - abandoned_early);
  level.excluded = left.excluded;
  level.parts = {{"answered", static_cast<int64_t>(answered)},
                 {"abandoned_within", static_cast<int64_t>(abandoned_early)},
                 {"abandoned_after", static_cast<int64_t>(abandoned_late)},
                 {"waiting", static_cast<int64_t>(waiting)}};
  add(std::move(level));
  for (const bool of_answered : {true, false}) {
    Figure other = share_figure(level_id_of(of_answered), level_name_of(of_answered),
                                level_formula_of(of_answered), answered_in_time,
                                of_answered ? answered : offered);
    other.excluded = left.excluded;
    add(std::move(other));
  }
  Figure wait =
      duration_figure("asa", "Average speed of answer", wait_formula, std::move(waits_us));
  wait.excluded = left.excluded;
  add(std::move(wait));
  Figure abandoned = share_figure("abandon_rate", "Abandon rate", abandon_formula, abandoned_late,
                                  offered - abandoned_early);
  abandoned.excluded = left.excluded;
  add(std::move(abandoned));
}

/// By alert, before any requester told of it: no duplicate that is older came from elsewhere.
Figure proactive_share(const Question& question) {
  std::unordered_map<uint64_t, int64_t> first_report_us;  // by the ticket merged into
  for (const Case* ticket : question.cases) {
    if (ticket->merged_into == 0 || question.is_alert(*ticket)) continue;
    const auto [known, is_new] =
        first_report_us.emplace(ticket->merged_into, ticket->recorded_at_us);
    if (!is_new) known->second = std::min(known->second, ticket->recorded_at_us);
  }
  Cohort recorded = question.recorded();
  uint64_t incidents = 0;
  uint64_t proactive = 0;
  for (const Case* ticket : recorded.in) {
    if (ticket->kind != 0) {
      recorded.leave_out("no_incident");
      continue;
    }
    ++incidents;
    if (!question.is_alert(*ticket)) continue;
    const auto told = first_report_us.find(ticket->id);
    if (told == first_report_us.end() || told->second >= ticket->recorded_at_us) ++proactive;
  }
  Figure figure = share_figure("proactive_share", "Proactive share",
                               "incidents opened by an alert (--alert-channels) before a requester "
                               "told of them / incidents recorded",
                               proactive, incidents);
  figure.excluded = recorded.excluded;
  return figure;
}

}  // namespace

std::vector<Figure> load_figures(const Question& question) {
  std::vector<Figure> all;
  add_backlog(question, all);
  add_live(question, all);
  const Cohort recorded = question.recorded();
  const std::string deflection_formula = "self-served / (self-served + recorded)";
  if (question.inputs.self_served && question.whole_desk) {
    Figure deflection =
        share_figure("deflection", "Deflection", deflection_formula, *question.inputs.self_served,
                     *question.inputs.self_served + recorded.in.size());
    deflection.excluded = recorded.excluded;
    all.push_back(std::move(deflection));
  } else {
    all.push_back(not_measured(
        "deflection", "Deflection", deflection_formula,
        question.whole_desk ? "--self-served, contacts that needed no ticket" : "the whole desk"));
  }
  all.push_back(proactive_share(question));
  all.push_back(trend_figure(volume_trend(question)));
  return all;
}

}  // namespace paceline::report
