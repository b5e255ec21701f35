// `ticket rate`: the requester's answer to a survey.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/survey_words.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_reference.h"

namespace paceline::tools {

namespace {

class TicketRate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_,
                   std::string(ticket_reference_help) + "; its newest survey is answered");
    app.add_option("--survey", survey_,
                   "The survey's token, as csat.sent says: 16 hexadecimal digits; then TICKET need "
                   "not be stated");
    app.add_option("--score", score_, "How satisfied: 1 (not at all) to 5")
        ->check(CLI::Range(1, 5));
    app.add_option("--recommend", recommend_, "Whether they would recommend the desk: 0 to 10")
        ->check(CLI::Range(0, 10));
    app.add_option("--comment", comment_, "In the requester's words");
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    constexpr size_t comment_size_max = 1'000;
    if (ticket_.empty() && survey_.empty())
      return sched::Unexpected{bad_usage("name the survey that is answered: TICKET or --survey")};
    if (score_ < 0 && recommend_ < 0)
      return sched::Unexpected{bad_usage("say what was answered: --score, --recommend or both")};
    wire::RateFields fields;
    if (!ticket_.empty()) fields.to = ticket_reference(ticket_);
    if (!survey_.empty()) {
      const auto token = read_survey_token(survey_);
      if (!token)
        return sched::Unexpected{bad_usage(fmt::format(
            "--survey `{}` is no token: write the 16 hexadecimal digits that csat.sent says",
            survey_))};
      fields.survey = *token;
    }
    if (comment_.size() > comment_size_max)
      return sched::Unexpected{
          not_valid(fmt::format("--comment is {} bytes long, {} are kept: shorten it",
                                comment_.size(), comment_size_max))};
    if (Done fit = check_text("--comment", comment_); !fit) return fit;
    fields.score = static_cast<int8_t>(score_);
    fields.recommend = static_cast<int8_t>(recommend_);
    fields.comment = comment_;
    return send(terminal, fields);
  }

 private:
  Done send(const Terminal& terminal, const wire::RateFields& fields) {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.rate(fields);
    const std::string about = ticket_.empty() ? "survey " + survey_ : "ticket " + ticket_;
    const auto reply = desk->tell(writer, about);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(
          fmt::format("rated {}\n", ticket_.empty() ? std::to_string(reply->ticket) : ticket_));
    }
    return {};
  }

  DeskOptions options_;
  std::string ticket_, survey_, comment_;
  int score_ = -1;
  int recommend_ = -1;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_rate() { return std::make_unique<TicketRate>(); }

}  // namespace paceline::tools
