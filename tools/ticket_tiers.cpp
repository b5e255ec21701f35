// `ticket escalate`, `ticket bounce`, `ticket hand-over`, `ticket score`: who works on it instead,
// and who had better.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "tools/commands.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_verb.h"

namespace paceline::tools {

namespace {

class Escalate final : public TicketVerb {
 public:
  Escalate() : TicketVerb("escalated") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--reason", reason_, "Why")->required();
    app.add_option("--queue", queue_, "To this queue; else where the ticket's queue escalates to");
    app.add_option("--checklist", checklist_,
                   "What has been done, of what the queue asks for: symptoms,steps_tried");
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.escalate({.to = to, .queue = queue_, .reason = reason_, .checklist = checklist_});
    return {};
  }
  std::string reason_, queue_, checklist_;
};

class Bounce final : public TicketVerb {
 public:
  Bounce() : TicketVerb("bounced") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--reason", reason_, "Why it goes back to where it came from")->required();
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.bounce(to, reason_);
    return {};
  }
  std::string reason_;
};

class HandOver final : public TicketVerb {
 public:
  HandOver() : TicketVerb("offered") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--to", agent_, "The agent who is to accept it; until then it stays where it is")
        ->required();
    app.add_option("--note", note_, "What the agent needs to know")->required();
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    constexpr size_t note_size_max = 255;
    if (note_.size() > note_size_max)
      return sched::Unexpected{not_valid(fmt::format(
          "--note is {} bytes long, {} are kept: shorten it", note_.size(), note_size_max))};
    if (Done fit = check_text("--note", note_); !fit) return fit;
    writer.hand_over(to, agent_, note_);
    return {};
  }
  std::string agent_, note_;
};

class Score final : public TicketVerb {
 public:
  Score() : TicketVerb("scored") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--agent", agent_, "For this agent")->required();
    app.add_option("--points", points_, "-15 to 15: 15 makes the agent the likeliest; 0 forgets it")
        ->required()
        ->check(CLI::Range(-15, 15));
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.score(to, agent_, static_cast<int8_t>(points_));
    return {};
  }
  std::string agent_;
  int points_ = 0;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_escalate() { return std::make_unique<Escalate>(); }
std::unique_ptr<Subcommand> make_ticket_bounce() { return std::make_unique<Bounce>(); }
std::unique_ptr<Subcommand> make_ticket_hand_over() { return std::make_unique<HandOver>(); }
std::unique_ptr<Subcommand> make_ticket_score() { return std::make_unique<Score>(); }

}  // namespace paceline::tools
