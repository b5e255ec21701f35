#include "tools/report_options.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/config/units.h"
#include "engine/desk/figure_target.h"
#include "engine/desk/suggestion.h"
#include "tools/forecast_file.h"
#include "tools/instants.h"
#include "tools/paging.h"
#include "tools/ticket_attributes.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;

Done read_span(std::string_view option, const std::string& text, int64_t& to_us) {
  if (text.empty()) return {};
  const auto duration = config::parse_duration(text);
  if (!duration || duration->us <= 0)
    return sched::Unexpected{
        bad_usage(fmt::format("{} `{}` is no duration: write 20s, 30m or 1h", option, text))};
  to_us = duration->us;
  return {};
}

template <class T>
void take(std::optional<T>& to, T given) {
  if (given >= 0) to = given;
}

}  // namespace

Done known_figure(std::string_view option, const std::string& id) {
  if (desk::is_figure(id)) return {};
  const std::string meant(desk::nearest(id, desk::figure_ids));
  return sched::Unexpected{
      bad_usage(fmt::format("{} `{}` is not known: {}{}", option, id,
                            meant.empty() ? "" : fmt::format("did you mean {}? there are ", meant),
                            fmt::join(desk::figure_ids, ", ")))};
}

Got<std::unique_ptr<report::Book>> read_book(OpenedDesk& desk, int64_t from_us, int64_t to_us) {
  desk::Answer parts[5];
  constexpr desk::QueryKind kinds[] = {desk::QueryKind::status, desk::QueryKind::names,
                                       desk::QueryKind::queues, desk::QueryKind::agents,
                                       desk::QueryKind::reporting};
  for (size_t i = 0; i < std::size(kinds); ++i) {
    desk::Query query;
    query.kind = kinds[i];
    auto answer = desk.ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    parts[i] = std::move(*answer);
  }
  auto book = std::make_unique<report::Book>();
  book->set_desk(parts[0].status.desk, parts[0].status.now_us, std::move(parts[1].names),
                 std::move(parts[2].queues), std::move(parts[3].agents));
  book->set_reporting(std::move(parts[4].reporting));
  desk::Query of_agents;
  of_agents.kind = desk::QueryKind::agent_time;
  of_agents.limit = 1'000;
  of_agents.at_us = from_us;
  of_agents.until_us = to_us == 0 ? book->now_us() : std::min(to_us, book->now_us());
  std::vector<desk::AgentTimeView> times;
  const auto read_times = for_each_page(desk, of_agents, "report", [&](const desk::Answer& answer) {
    times.insert(times.end(), answer.agent_times.begin(), answer.agent_times.end());
    return true;
  });
  if (!read_times) return sched::Unexpected{read_times.error()};
  book->set_agent_times(std::move(times));
  // Surveys before the history, where they go when they have ended: none is missed on its way.
  for (const uint8_t where : {uint8_t{2}, uint8_t{0}, uint8_t{1}}) {  // surveys, memory, history
    desk::Query query;
    query.kind = desk::QueryKind::cases;
    query.mode = where;
    query.limit = 1'000;
    const auto read = for_each_page(desk, query, "report", [&](const desk::Answer& answer) {
      for (const desk::TicketView& ticket : answer.tickets) book->add(ticket);
      for (const desk::SurveyView& survey : answer.surveys) book->add(survey);
      return true;
    });
    if (!read) return sched::Unexpected{read.error()};
  }
  book->sort();
  return book;
}

void ReportOptions::declare(CLI::App& app) {
  options_.declare(app);
  app.add_option("--kind", kind_, "Only incident, service_request or task");
  app.add_option(
      "--only", only_texts_,
      "Only these: queue=network, priority=P1, category=vpn … of what --by of report kpi "
      "knows; several of one are alternatives");
  app.add_flag("--agents-allowed", agents_allowed_,
               "You may see what is about single people: needed with agents");
  app.add_flag("--json", json_, "Print as JSON");
}

void ReportOptions::declare_period(CLI::App& app) {
  app.add_option("--from", from_, "Beginning of the period: 2026-03-02, 2026-03-02T08:00Z");
  app.add_option("--to", to_, "Its end, without that instant itself; left out, now");
}

void ReportOptions::declare_by(CLI::App& app, const std::string& allowed) {
  app.add_option("--by", by_, "Apart for each " + allowed);
}

void ReportOptions::declare_inputs(CLI::App& app) {
  app.add_option("--answer-within", answer_within_, "X of the service level; 20s");
  app.add_option("--first-contact-within", first_contact_within_,
                 "Business time in which a contact that is not live is the first; 1h");
  app.add_option("--repeat-days", repeat_days_,
                 "Working days in which a reopening or the same requester counts; 5")
      ->check(CLI::Range(0, 60));
  app.add_option("--live-channels", live_channels_, "voice,phone,chat")->delimiter(',');
  app.add_option("--alert-channels", alert_channels_, "alert,monitoring,event")->delimiter(',');
  app.add_option("--users", users_, "Users the desk supports")->check(CLI::NonNegativeNumber);
  app.add_option("--fte", fte_, "Analysts, full-time; left out, the agents defined")
      ->check(CLI::PositiveNumber);
  app.add_option("--paid-hours", paid_hours_, "Hours paid in the period, of all agents")
      ->check(CLI::PositiveNumber);
  app.add_option("--cost-per-hour", cost_per_hour_, "Of an agent")->check(CLI::NonNegativeNumber);
  app.add_option("--tool-cost", tool_cost_, "Of tools, in the period")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--self-served", self_served_, "Contacts in the period that needed no ticket")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--forecast", forecast_,
                 "What was expected to come: CSV with start,volume, as for plan requirement");
}

void ReportOptions::declare_targets(CLI::App& app) {
  app.add_option(
      "--targets", target_set_,
      "preset: common aims of service desks, behind the desk's own; desk: its own only; none");
  app.add_option("--target", target_texts_,
                 "In place of the desk's and the preset's: 'fcr_net=72%..80%', 'backlog_days=..5'");
}

Done ReportOptions::read() {
  if (!from_.empty()) {
    if (auto done = read_instant("--from", from_, from_us_); !done) return done;
  }
  if (!to_.empty()) {
    if (auto done = read_instant("--to", to_, to_us_); !done) return done;
    if (to_us_ <= from_us_)
      return sched::Unexpected{bad_usage(fmt::format(
          "--to `{}` is not after --from `{}`: a period needs some length", to_, from_))};
  }
  if (by_) {
    const auto found = report::dimension(*by_);
    if (!found)
      return sched::Unexpected{bad_usage(fmt::format("--by `{}` is not known: {}", *by_,
                                                     fmt::join(report::dimension_names, ", ")))};
    dimension_ = *found;
    dimension_chosen_ = true;
    if (dimension_ == report::Dimension::agent) {
      if (auto done = allow_agents(); !done) return done;
    }
  }
  if (!kind_.empty() && std::find(std::begin(report::kind_names), std::end(report::kind_names),
                                  kind_) == std::end(report::kind_names))
    return sched::Unexpected{bad_usage(
        fmt::format("--kind `{}` is not known: {}", kind_, fmt::join(report::kind_names, ", ")))};
  if (auto done = read_filters(); !done) return done;
  return read_inputs();
}

Done ReportOptions::read_inputs() {
  if (auto done = read_span("--answer-within", answer_within_, inputs_.answer_within_us); !done)
    return done;
  if (auto done =
          read_span("--first-contact-within", first_contact_within_, inputs_.first_contact_us);
      !done)
    return done;
  inputs_.repeat_days = repeat_days_;
  if (!live_channels_.empty()) inputs_.live_channels = live_channels_;
  if (!alert_channels_.empty()) inputs_.alert_channels = alert_channels_;
  take(inputs_.users, users_);
  take(inputs_.fte, fte_);
  take(inputs_.paid_hours, paid_hours_);
  take(inputs_.cost_per_hour, cost_per_hour_);
  take(inputs_.tool_cost, tool_cost_);
  if (self_served_ >= 0) inputs_.self_served = static_cast<uint64_t>(self_served_);
  if (!forecast_.empty()) {
    auto forecast = read_forecast(forecast_);
    if (!forecast) return sched::Unexpected{forecast.error()};
    inputs_.forecast = *std::move(forecast);
  }
  if (target_set_ == "preset") {
    targets_ = report::preset_targets();
  } else if (target_set_ != "none" && target_set_ != "desk") {
    return sched::Unexpected{
        bad_usage(fmt::format("--targets `{}` is not known: preset, desk or none", target_set_))};
  }
  for (const std::string& text : target_texts_) {
    auto target = report::read_target(text);
    if (!target)
      return sched::Unexpected{bad_usage(fmt::format(
          "--target `{}` is no target: write figure=low..high, one of them may be left out, like "
          "fcr_net=72%..80% or backlog_days=..5; durations are in hours",
          text))};
    if (auto done = known_figure("--target", target->figure); !done) return done;
    given_targets_.push_back(std::move(*target));
  }
  return {};
}

Done ReportOptions::allow_agents() const {
  if (agents_allowed_) return {};
  return sched::Unexpected{
      Failure{Exit::permission, "E1009",
              "figures of single people are not shown: say --agents-allowed if you may see them, "
              "or take --by group"}};
}

Got<report::Question> ReportOptions::ask() {
  auto desk = OpenedDesk::open(options_);
  if (!desk) return sched::Unexpected{desk.error()};
  return ask(*desk);
}

Got<report::Question> ReportOptions::ask_of_all_places() {
  auto desk = OpenedDesk::open(options_);
  if (!desk) return sched::Unexpected{desk.error()};
  return ask(*desk, true);
}

Got<report::Question> ReportOptions::ask(OpenedDesk& desk) { return ask(desk, false); }

Got<report::Question> ReportOptions::ask(OpenedDesk& desk, bool all_places) {
  auto book = read_book(desk, from_us_, to_us_);
  if (!book) return sched::Unexpected{book.error()};
  book_ = std::move(*book);
  if (target_set_ != "none") {
    for (const desk::FigureTarget& target : book_->reporting().targets)
      report::set_target(targets_, report::configured_target(target));
  }
  for (const report::Target& target : given_targets_) report::set_target(targets_, target);
  const int64_t to_us = to_us_ != 0 ? to_us_ : book_->now_us() + 1;
  if (to_us <= from_us_)
    return sched::Unexpected{bad_usage(
        fmt::format("--from `{}` is after the desk's newest instant, {}: there is nothing yet",
                    from_, format_instant({book_->now_us()})))};
  report::Question question = report::ask(*book_, {from_us_, to_us}, inputs_);
  if (auto done = check_filters(); !done) return sched::Unexpected{done.error()};
  for (const auto& [dimension, names] : only_) {
    if (!all_places || !report::is_place(dimension))
      question = report::only(question, dimension, names);
  }
  return question;
}

ordered_json ReportOptions::head(const report::Question& question) const {
  ordered_json json;
  json["desk"] = book_->desk();
  json["as_of"] = format_instant({book_->now_us()});
  json["from"] = from_us_ == 0 ? ordered_json() : ordered_json(format_instant({from_us_}));
  json["to"] = format_instant({question.period.to_us - (to_us_ == 0 ? 1 : 0)});
  json["working_days"] = working_days_text();
  if (filtered()) json["only"] = filters_json();
  return json;
}

std::string ReportOptions::working_days_text() const {
  const std::string& calendar = book_->working_calendar();
  return calendar.empty() ? "Monday to Friday in UTC"
                          : fmt::format("the business days of calendar {}", calendar);
}

std::string ReportOptions::head_text(const report::Question& question) const {
  const std::string from = from_us_ == 0 ? "the beginning" : format_instant({from_us_});
  return fmt::format(
      "{}: {}{}, from {} to {}\n\n", book_->desk(),
      counted(question.cases.size(), "ticket", "tickets"), filters_text(), from,
      to_us_ == 0 ? "now, " + format_instant({book_->now_us()}) : format_instant({to_us_}));
}

}  // namespace paceline::tools
