// Reference cases about the course of time: rates that change, days that differ, calendars.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>

#include "engine/config/zone_resolver.h"
#include "sched/calendar.h"
#include "sched/local_time.h"
#include "sim/analytic/day_factor.h"
#include "sim/analytic/iterative_staffing.h"
#include "sim/analytic/offered_load.h"
#include "sim/analytic/special_functions.h"
#include "sim/analytic/transient_desk.h"
#include "tools/instants.h"
#include "tools/plan_case_input.h"
#include "tools/plan_formula.h"

namespace paceline::tools {

namespace {

double number(const Json& params, const char* key) { return params.at(key).get<double>(); }

CaseResult stable_staffing(const Json& one) {
  const Json& params = one.at("params");
  // Only if giving up is as fast as handling is the number in the system free of staffing.
  const double mean = number(params, "mean_service");
  if (number(params, "mean_patience") != mean)
    return sched::Unexpected{Unanswered{"patience differs from handling: simulated: later"}};
  const auto rate = Formula::parse(params.at("rate").get<std::string>());
  if (!rate) return refused({sim::Impossible::out_of_range, rate.error()});
  const auto service = sim::Distribution::exponential(mean);
  if (!service) return refused(service.error());
  const double alpha = number(params, "alpha");
  if (!(alpha > 0 && alpha < 1))
    return refused({sim::Impossible::out_of_range, "alpha must be above 0 and below 1"});
  const auto times = numbers(one.at("expected").at("t"));
  const double span = times.size() > 1 ? times.back() - times.front() : mean;
  Json figures{{"t", times}};
  for (const double t : times) {
    const auto load =
        sim::offered_load_of([&](double at) { return rate->at(at); }, span, *service, t);
    if (!load) return refused(load.error());
    const double staffing = sim::poisson_staffing(*load, alpha);
    figures["offered_load"].push_back(*load);
    figures["staffing"].push_back(static_cast<int64_t>(staffing));
    figures["delay_probability"].push_back(
        staffing == 0 ? 1.0 : sim::special::gamma_below(staffing, *load));
  }
  return computed(std::move(figures));
}

CaseResult carried_over(const Json& one) {
  const Json& params = one.at("params");
  const auto service = law_of(params.at("service"));
  if (!service) return refused(service.error());
  const double interval = number(params, "interval_h");
  const auto arrivals = numbers(params.at("arrivals_per_interval"));
  const auto ends = sim::offered_load_at_ends(arrivals, interval, *service);
  if (!ends) return refused(ends.error());
  std::vector<double> stationary;
  for (const double count : arrivals) stationary.push_back(count / interval * service->mean());
  return computed({{"mean_in_service_at_interval_end", *ends},
                   {"mean_in_service_at_end_of_interval_PSA", stationary}});
}

CaseResult morning_ramp(const Json& one) {
  const Json& params = one.at("params");
  sim::TransientDesk desk;
  desk.interval = number(params, "interval_h");
  desk.arrival_rates = numbers(params.at("rates_per_hour"));
  desk.staffing = numbers(params.at("staffing"));
  desk.service_rate = number(params, "service_rate_per_h");
  desk.abandonment_rate = number_or(params, "abandonment_rate_per_h", 0);
  const auto found = sim::transient_desk(desk);
  if (!found) return refused(found.error());
  return computed({{"mean_in_system", found->mean_in_system},
                   {"mean_queue", found->mean_queue},
                   {"p_all_busy", found->p_all_busy},
                   {"expected_arrivals", found->expected_arrivals},
                   {"frac_arrivals_delayed", found->share_delayed},
                   {"mean_queue_time_per_arrival_horizon", found->queue_time_per_arrival},
                   {"expected_abandons", found->expected_abandons},
                   {"abandon_fraction", found->expected_abandons / found->expected_arrivals},
                   {"busy_agent_time", found->busy_agent_time}});
}

CaseResult busy_days(const Json& one) {
  const Json& params = one.at("params");
  const auto patience = sim::Distribution::exponential(1 / number(params, "abandonment_rate"));
  if (!patience) return refused(patience.error());
  const sim::AbandonmentQueue queue{number(params, "mean_rate"), number(params, "service_rate"),
                                    number(params, "servers")};
  const auto found = sim::abandonment_over_days(queue, *patience, 0, number(params, "gamma_shape"));
  if (!found) return refused(found.error());
  const auto plain = sim::abandonment_queue(queue, *patience, 0);
  if (!plain) return refused(plain.error());
  return computed({{"p_abandon", found->p_abandon},
                   {"mean_wait_all", found->mean_wait},
                   {"mean_occupancy", found->occupancy},
                   {"p_abandon_ignoring_overdispersion", plain->p_abandon}});
}

/// "09:00" as seconds; "24:00" is the end of the day.
uint32_t second_of(const std::string& text) {
  const auto at = [&](size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9'
               ? static_cast<uint32_t>(text[i] - '0')
               : 0U;
  };
  return (at(0) * 10 + at(1)) * 3'600 + (at(3) * 10 + at(4)) * 60;
}

sched::LocalDate date_of(const std::string& text) {
  int year = 0, month = 0, day = 0;
  std::sscanf(text.c_str(), "%4d-%2d-%2d", &year, &month, &day);
  return {static_cast<int16_t>(year), static_cast<uint8_t>(month), static_cast<uint8_t>(day)};
}

/// "2026-12-28T15:30:00+01:00", on a clock so many seconds ahead of UTC.
std::string with_offset(sched::Instant at, int32_t offset_s) {
  std::string text = format_instant(at + sched::second * offset_s);
  text.pop_back();  // the Z
  const int32_t size = std::abs(offset_s);
  return text +
         fmt::format("{}{:02}:{:02}", offset_s < 0 ? '-' : '+', size / 3'600, size / 60 % 60);
}

CaseResult due_time(const Json& one) {
  const Json& params = one.at("params");
  const auto zone = config::resolve_zone(params.at("tz").get<std::string>());
  if (!zone) return refused({sim::Impossible::out_of_range, zone.error()});
  sched::CalendarSpec spec;
  spec.name = "case";
  spec.zone = *zone;
  for (const auto& [weekday, hours] : params.at("weekly").items())
    spec.week.push_back({static_cast<uint8_t>(std::atoi(weekday.c_str())),
                         second_of(hours.at(0).get<std::string>()),
                         second_of(hours.at(1).get<std::string>())});
  for (const Json& holiday : params.at("holidays"))
    spec.closed.push_back(date_of(holiday.get<std::string>()));
  const auto calendar = sched::Calendar::compile(spec);
  if (!calendar) return refused({sim::Impossible::out_of_range, "the calendar cannot be compiled"});
  const auto start = parse_instant(params.at("start").get<std::string>());
  if (!start) return refused({sim::Impossible::out_of_range, "`start` is no instant"});
  const auto minutes = number(params, "target_business_minutes");
  const auto due = calendar->add(
      *start, sched::BusinessDuration{static_cast<int64_t>(std::llround(minutes * 60e6))});
  if (due == sched::never)
    return refused({sim::Impossible::out_of_reach, "never due: the calendar does not open enough"});
  return computed({{"due_utc", with_offset(due, 0)},
                   {"due_local", with_offset(due, sched::offset_s_at(spec.zone, due))}});
}

}  // namespace

void add_time_cases(CaseFamilies& families) {
  families.add("Time-varying staffing (ISA/MOL)", stable_staffing, 1e-9);
  families.add("Offered load with carry-over", carried_over, 1e-8);
  families.add("Exact transient morning ramp", morning_ramp, 1e-6);
  families.add("Doubly stochastic arrivals", busy_days, 1e-6);
  families.add("Business calendar SLA due time", due_time);
}

}  // namespace paceline::tools
