#include "tools/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/config/load.h"
#include "tools/script_commands.h"
#include "tools/script_events.h"
#include "tools/script_look.h"
#include "tools/script_time.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

class Runner {
 public:
  Runner(std::string_view name, LocalDesk::AfterBatch after_batch) : name_(name) {
    desk_.set_after_batch(std::move(after_batch));
  }

  ScriptResult run(std::string_view text) {
    for (size_t at = 0; at < text.size() && result_.error.empty();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      ++line_;
      take(text.substr(at, end - at));
      at = end + 1;
    }
    if (result_.error.empty() && in_configuration_)
      fail("a `---` is missing: the configuration does not end");
    if (result_.error.empty() && configured_ && !configuration_.empty())
      fail(fmt::format("the configuration of line {} is given to nobody: add a step `configure`",
                       configuration_line_));
    if (result_.error.empty() && result_.steps == 0)
      fail("there is no step: nothing would be tested");
    result_.digest = desk_.desk().digest();
    result_.event_hash = desk_.desk().event_hash();
    return std::move(result_);
  }

 private:
  void fail(std::string what) { result_.error = fmt::format("{}:{}: {}", name_, line_, what); }

  void keep(std::string_view line) {
    result_.updated += line;
    result_.updated += '\n';
  }

  void take(std::string_view line) {
    const std::string_view words = trimmed(line);
    if (words == "---") {
      in_configuration_ = !in_configuration_;
      if (in_configuration_) configuration_line_ = line_;
      keep(line);
    } else if (in_configuration_) {
      configuration_ += line;
      configuration_ += '\n';
      keep(line);
    } else if (words.empty() || words.front() == '#') {
      keep(line);
    } else if (words == "timers late" || words == "timers prompt") {
      timers_late_ = words == "timers late";
      keep(line);
    } else {
      step(line);
    }
  }

  void step(std::string_view line) {
    const size_t arrow = line.find("->");
    std::string_view left = trimmed(line.substr(0, arrow));
    const std::string_view wanted =
        arrow == std::string_view::npos ? std::string_view{} : trimmed(line.substr(arrow + 2));
    std::string_view rest = left;
    const auto at = take_script_time(rest);
    if (!at)
      return fail(
          fmt::format("`{}` does not begin with a time: mon 09:00, or 2026-03-27 16:00", left));
    if (*at < now_) return fail("time runs backwards");
    desk::Outcome silent;
    if (!configured_ && !configure(*at, silent)) return;
    now_ = *at;
    std::string got = perform(rest);
    if (!result_.error.empty()) return;
    for (const std::string& violation : desk_.desk().check_invariants()) {
      got += "; VIOLATED " + violation;
    }
    ++result_.steps;
    if (got != wanted) result_.mismatches.push_back({line_, std::string(wanted), got});
    const size_t aligned = std::max(left.size(), size_t{48});
    keep(fmt::format("{:<{}} -> {}", left, aligned, got));
  }

  /// Gives the desk the configuration read last.
  bool configure(sched::Instant at, desk::Outcome& outcome) {
    configured_ = true;
    if (configuration_.empty()) return true;
    // Blank lines in front, so that an error's line is the script's.
    const std::string text = std::string(configuration_line_, '\n') + configuration_;
    const auto loaded = config::load_text(text, name_, at);
    if (!loaded) {
      result_.error = config::shown(loaded.error().front());
      return false;
    }
    if (loaded->desks.empty()) {
      fail("the configuration describes no desk");
      return false;
    }
    const desk::Configuration& configuration = loaded->desks.front().second;
    configuration_.clear();
    for (const desk::PolicyDefinition& policy : configuration.policies)
      ladders_[policy.name] = policy.rungs;
    const std::string refused = desk_.configure(at, configuration, outcome);
    if (!refused.empty()) fail("the desk refuses the configuration: " + refused);
    return refused.empty();
  }

  std::string perform(std::string_view commands) {
    desk::Outcome outcome;
    if (commands.starts_with("recover ")) return recover(commands.substr(8), outcome);
    if (!timers_late_) desk_.let_time_pass(now_, outcome);
    if (commands == "configure") {
      if (configuration_.empty()) fail("there is no configuration above it that is not in force");
      if (!result_.error.empty() || !configure(now_, outcome)) return {};
      return said(outcome);
    }
    if (is_look(commands)) {
      const std::string before = events(outcome);
      const std::string seen = look(desk_, now_, split_words(commands));
      return before.empty() ? seen : before + "; " + seen;
    }
    std::vector<std::string> opened;  // by position in the frame; empty for other verbs
    for (size_t from = 0; from <= commands.size();) {
      const size_t end = std::min(commands.find(" & ", from), commands.size());
      const Words words = split_words(trimmed(commands.substr(from, end - from)));
      from = end + 3;
      if (words.verb == "tick") continue;
      if (const std::string problem = put_script_command(words, by_name_, writer_);
          !problem.empty()) {
        fail(problem);
        return {};
      }
      const bool opens = (words.verb == "open" || words.verb == "import") && !words.plain.empty();
      opened.push_back(opens ? words.plain.front() : std::string());
    }
    if (const auto done = desk_.apply(now_, writer_, outcome); !done) {
      fail(done.error());
      return {};
    }
    std::string refused;
    for (size_t i = 0; i < outcome.replies.size(); ++i) {
      const desk::Reply& reply = outcome.replies[i];
      if (reply.code != 0) {
        refused += fmt::format("; rejected {}", desk::name(static_cast<desk::Reject>(reply.code)));
      } else if (!opened[i].empty()) {
        tickets_[reply.ticket] = opened[i];
      }
    }
    return said(outcome, refused);
  }

  std::string recover(std::string_view from, desk::Outcome& outcome) {
    const auto down_from = take_script_time(from);
    if (!down_from || !from.empty() || *down_from > now_) {
      fail("recover says since when the desk was down: recover mon 09:00");
      return {};
    }
    desk_.recover(*down_from, now_, outcome);
    return said(outcome);
  }

  std::string said(const desk::Outcome& outcome, const std::string& refused = {}) {
    std::string text = events(outcome) + refused;
    if (text.starts_with("; ")) text.erase(0, 2);
    return text.empty() ? "nothing" : text;
  }

  uint64_t ticket(std::string_view name) const {
    for (const auto& [id, known] : tickets_)
      if (known == name) return id;
    return 0;
  }

  /// An offer is spoken of by its ticket. One that is gone, or another agent's, is still the one
  /// that is meant where there is none better.
  uint64_t offer(std::string_view ticket_name, std::string_view agent) const {
    if (const uint64_t own = offer_to(ticket_name, agent); own != 0 || agent.empty()) return own;
    return offer_to(ticket_name, {});
  }
  uint64_t offer_to(std::string_view ticket_name, std::string_view agent) const {
    desk::Query query;
    query.kind = desk::QueryKind::offers;
    query.agent = std::string(agent);
    query.limit = 1'000;
    for (const desk::OfferView& each : desk_.desk().answer(query).offers)
      if (each.external_id == ticket_name) return each.offer;
    const uint64_t id = ticket(ticket_name);
    for (auto past = offers_.rbegin(); past != offers_.rend(); ++past)
      if (past->ticket == id && (agent.empty() || past->agent == agent)) return past->offer;
    return 0;
  }

  std::string events(const desk::Outcome& outcome) {
    const desk::Names names = desk_.desk().names();
    for (const desk::Event& event : outcome.events)
      if (event.kind == desk::EventKind::ticket_offered)
        offers_.push_back({static_cast<uint64_t>(event.value_us), event.ticket,
                           name_at(names.agents, event.agent)});
    return script_events(outcome.events, now_, names, tickets_, ladders_);
  }

  struct PastOffer {
    uint64_t offer = 0, ticket = 0;
    std::string agent;
  };

  std::string name_;
  ScriptResult result_;
  LocalDesk desk_{1'000};
  wire::CommandWriter writer_;
  TicketNames tickets_;
  std::vector<PastOffer> offers_;  // in their order
  ScriptNames by_name_{
      [this](std::string_view name) { return ticket(name); },
      [this](std::string_view name, std::string_view agent) { return offer(name, agent); }};
  Ladders ladders_;
  std::string configuration_;
  size_t configuration_line_ = 0;
  size_t line_ = 0;
  sched::Instant now_{};
  bool in_configuration_ = false;
  bool configured_ = false;
  bool timers_late_ = false;
};

}  // namespace

ScriptResult run_script(std::string_view text, std::string_view name,
                        LocalDesk::AfterBatch after_batch) {
  return Runner(name, std::move(after_batch)).run(text);
}

}  // namespace paceline::tools
