// `export csv`, `export jsonl`: the facts of tickets that reports are computed from.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/report_options.h"

namespace paceline::tools {

namespace {

using nlohmann::ordered_json;
using report::Case;
using report::ClockCase;
using report::Question;

struct Column {
  const char* name;
  bool person = false;  ///< Only with --agents-allowed.
  std::function<ordered_json(const Question&, const Case&)> value;
};

ordered_json clock_part(const Case& ticket, desk::ClockKind kind, const std::string& part) {
  const ClockCase* clock = ticket.clock(kind);
  if (clock == nullptr) return nullptr;
  if (part == "used_us") return clock->consumed_us;
  if (part == "target_us") return clock->target_us;
  if (clock->state == report::ClockState::completed) return clock->missed ? "breached" : "met";
  if (clock->state == report::ClockState::cancelled) return "cancelled";
  return clock->state == report::ClockState::paused ? "paused" : "running";
}

/// Of its newest survey. What one requester answered is about a single person.
ordered_json survey_part(const Case& ticket, const std::string& part) {
  if (ticket.surveys.empty()) return nullptr;
  const report::SurveyCase& survey = ticket.surveys.back();
  if (part == "sent_at") return instant_json(survey.sent_at_us);
  if (part == "answered_at") return instant_json(survey.answered_at_us);
  if (part == "comment") return text_json(survey.comment);
  const int8_t given = part == "score" ? survey.score : survey.recommend;
  return given < 0 ? ordered_json() : ordered_json(given);
}

/// The columns of the CSV and the first keys of a line of the JSON, in this order: a contract.
const std::vector<Column>& columns() {
  using desk::ClockKind;
  const auto word = [](report::Word Case::*field) {
    return [field](const Question& question, const Case& ticket) {
      return text_json(question.book->text(ticket.*field));
    };
  };
  const auto instant = [](int64_t Case::*field) {
    return [field](const Question&, const Case& ticket) { return instant_json(ticket.*field); };
  };
  const auto number = [](auto Case::*field) {
    return [field](const Question&, const Case& ticket) { return ordered_json(ticket.*field); };
  };
  const auto id = [](uint64_t Case::*field) {
    return [field](const Question&, const Case& ticket) {
      return ticket.*field == 0 ? ordered_json() : ordered_json(ticket.*field);
    };
  };
  const auto clock = [](ClockKind kind, const char* part) {
    return [kind, part](const Question&, const Case& ticket) {
      return clock_part(ticket, kind, part);
    };
  };
  static const std::vector<Column> list{
      {"ticket", false, number(&Case::id)},
      {"external_id", false,
       [](const Question&, const Case& ticket) { return text_json(ticket.external_id); }},
      {"kind", false,
       [](const Question& question, const Case& ticket) {
         return ordered_json(report::name_in(*question.book, ticket, report::Dimension::kind));
       }},
      {"state", false,
       [](const Question&, const Case& ticket) { return ordered_json(desk::name(ticket.state)); }},
      {"priority", false, number(&Case::priority)},
      {"exclusion", false,
       [](const Question&, const Case& ticket) {
         return text_json(report::exclusion_names[static_cast<size_t>(ticket.exclusion)]);
       }},
      {"queue", false, word(&Case::queue)},
      {"group", false, word(&Case::group)},
      {"tier", false, number(&Case::tier)},
      {"agent", true, word(&Case::agent)},
      {"category", false, word(&Case::category)},
      {"subcategory", false, word(&Case::subcategory)},
      {"service", false, word(&Case::service)},
      {"channel", false, word(&Case::channel)},
      {"requester", true, word(&Case::requester)},
      {"organisation", false, word(&Case::organisation)},
      {"code", false, word(&Case::code)},
      {"recorded_at", false, instant(&Case::recorded_at_us)},
      {"occurred_at", false, instant(&Case::occurred_at_us)},
      {"taken_at", false, instant(&Case::accepted_at_us)},
      {"first_response_at", false, instant(&Case::first_response_at_us)},
      {"resolved_at", false, instant(&Case::resolved_at_us)},
      {"closed_at", false, instant(&Case::closed_at_us)},
      {"merged_into", false, id(&Case::merged_into)},
      {"parent", false, id(&Case::parent)},
      {"first_queue", false,
       [](const Question& question, const Case& ticket) {
         return text_json(question.book->text(question.book->first_queue(ticket)));
       }},
      {"hops", false, number(&Case::hops)},
      {"escalations", false, number(&Case::escalations)},
      {"bounces", false, number(&Case::bounces)},
      {"reopens", false, number(&Case::reopens)},
      {"followed_up", false,
       [](const Question&, const Case& ticket) {
         return ordered_json((ticket.marks & desk::mark_followed_up) != 0 ? 1 : 0);
       }},
      {"escalated_up", false,
       [](const Question&, const Case& ticket) {
         return ordered_json((ticket.marks & desk::mark_escalated_up) != 0 ? 1 : 0);
       }},
      {"first_contact", false,
       [](const Question& question, const Case& ticket) {
         if (!ticket.resolved() || ticket.exclusion != report::Exclusion::none)
           return ordered_json();
         return ordered_json(report::first_contact_names[static_cast<size_t>(
             report::first_contact(question, ticket))]);
       }},
      {"active_us", false, number(&Case::active_us)},
      {"pending_us", false, number(&Case::pending_us)},
      {"pauses", false, number(&Case::pending_spells)},
      {"response", false, clock(ClockKind::response, "state")},
      {"response_used_us", false, clock(ClockKind::response, "used_us")},
      {"response_target_us", false, clock(ClockKind::response, "target_us")},
      {"resolution", false, clock(ClockKind::resolution, "state")},
      {"resolution_used_us", false, clock(ClockKind::resolution, "used_us")},
      {"resolution_target_us", false, clock(ClockKind::resolution, "target_us")},
      {"survey_sent_at", false,
       [](const Question&, const Case& ticket) { return survey_part(ticket, "sent_at"); }},
      {"survey_answered_at", false,
       [](const Question&, const Case& ticket) { return survey_part(ticket, "answered_at"); }},
      {"survey_score", true,
       [](const Question&, const Case& ticket) { return survey_part(ticket, "score"); }},
      {"survey_recommend", true,
       [](const Question&, const Case& ticket) { return survey_part(ticket, "recommend"); }},
      {"survey_comment", true,
       [](const Question&, const Case& ticket) { return survey_part(ticket, "comment"); }},
  };
  return list;
}

/// Quoted where it must be.
std::string csv_field(const ordered_json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  const auto text = value.get<std::string>();
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

ordered_json past_json(const report::Book& book, const Case& ticket, bool people) {
  ordered_json past;
  past["visits"] = ordered_json::array();
  for (const report::Visit& visit : ticket.visits)
    past["visits"].push_back({{"queue", book.text(visit.queue)},
                              {"from", format_instant({visit.from_us})},
                              {"to", format_instant({visit.to_us})}});
  past["states"] = ordered_json::array();
  for (const desk::StateInterval& spell : ticket.spells)
    past["states"].push_back(
        {{"state", desk::name(spell.state)},
         {"reason",
          spell.state == desk::State::pending ? text_json(book.reason(spell.reason)) : nullptr},
         {"from", format_instant({spell.from_us})}});
  past["clocks"] = ordered_json::array();
  for (const ClockCase& clock : ticket.clocks)
    past["clocks"].push_back({{"kind", desk::name(clock.kind)},
                              {"label", text_json(book.text(clock.label))},
                              {"policy", book.text(clock.policy)},
                              {"cycle", clock.cycle},
                              {"target_us", clock.target_us},
                              {"used_us", clock.consumed_us},
                              {"started_at", instant_json(clock.started_at_us)},
                              {"ended_at", instant_json(clock.ended_at_us)},
                              {"breached_at", instant_json(clock.breached_at_us)}});
  if (!ticket.surveys.empty()) past["surveys"] = ordered_json::array();
  for (const report::SurveyCase& survey : ticket.surveys) {
    ordered_json each{{"sent_at", instant_json(survey.sent_at_us)},
                      {"answered_at", instant_json(survey.answered_at_us)},
                      {"queue", book.text(survey.queue)}};
    if (people) {
      each["agent"] = text_json(book.text(survey.agent));
      each["score"] = survey.score < 0 ? ordered_json() : ordered_json(survey.score);
      each["recommend"] = survey.recommend < 0 ? ordered_json() : ordered_json(survey.recommend);
      each["comment"] = text_json(survey.comment);
    }
    past["surveys"].push_back(std::move(each));
  }
  return past;
}

class Export final : public Subcommand {
 public:
  explicit Export(bool csv) : csv_(csv) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    options_.declare_period(app);
    app.add_option("--out", out_, "File to write; left out, to the output");
  }

  Done run(const Terminal& terminal) override {
    if (auto done = options_.read(); !done) return done;
    const auto question = options_.ask();
    if (!question) return sched::Unexpected{question.error()};
    if (out_.empty()) {
      write(*question, [&](const std::string& line) { terminal.data(line); });
      return {};
    }
    std::FILE* const file = std::fopen(out_.c_str(), "wb");
    if (file == nullptr)
      return sched::Unexpected{
          file_failed(errno, "cannot write " + out_ + ": see its folder's rights")};
    bool written = true;
    write(*question, [&](const std::string& line) {
      written = written && std::fwrite(line.data(), 1, line.size(), file) == line.size();
    });
    if (std::fclose(file) != 0 || !written)
      return sched::Unexpected{
          incomplete("could not write all of " + out_ + ": is the disk full?")};
    return {};
  }

 private:
  template <class Line>
  void write(const Question& question, Line&& line) const {
    if (csv_) {
      std::string heading;
      for (const Column& column : columns())
        heading += (heading.empty() ? "" : ",") + std::string(column.name);
      line(heading + "\n");
    }
    for (const Case* ticket : question.cases) {
      // Lived in the period.
      if (ticket->recorded_at_us >= question.period.to_us) continue;
      if (!ticket->open() && ticket->ended_at_us < question.period.from_us) continue;
      line(csv_ ? csv_line(question, *ticket) : json_line(question, *ticket));
    }
  }

  std::string csv_line(const Question& question, const Case& ticket) const {
    std::string text;
    for (size_t i = 0; i < columns().size(); ++i) {
      const Column& column = columns()[i];
      if (i > 0) text += ',';
      if (!column.person || options_.agents_allowed())
        text += csv_field(column.value(question, ticket));
    }
    return text + "\n";
  }

  std::string json_line(const Question& question, const Case& ticket) const {
    ordered_json json;
    for (const Column& column : columns()) {
      if (!column.person || options_.agents_allowed())
        json[column.name] = column.value(question, ticket);
    }
    json.update(past_json(*question.book, ticket, options_.agents_allowed()));
    return json.dump() + "\n";
  }

  bool csv_;
  ReportOptions options_;
  std::string out_;
};

}  // namespace

std::unique_ptr<Subcommand> make_export_csv() { return std::make_unique<Export>(true); }
std::unique_ptr<Subcommand> make_export_jsonl() { return std::make_unique<Export>(false); }

}  // namespace paceline::tools
