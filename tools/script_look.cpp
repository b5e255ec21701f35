#include "tools/script_look.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "tools/clock_show.h"
#include "tools/instants.h"
#include "tools/kpi_report.h"
#include "tools/script_figures.h"
#include "tools/script_time.h"
#include "tools/why_show.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

constexpr std::array<std::string_view, 7> looks = {"show", "queue",  "agent", "offers",
                                                   "kpi",  "figure", "why"};

std::string rejected(uint16_t code) {
  return fmt::format("rejected {}", desk::name(static_cast<desk::Reject>(code)));
}

std::string show_clock(const desk::ClockView& clock) {
  std::string text = fmt::format("{} {}", clock_name(clock.kind, clock.label),
                                 clock.verdict.empty() ? clock.state : clock.verdict);
  if (clock.cycle > 1) text += fmt::format(" cycle {}", clock.cycle);
  text +=
      fmt::format(" used {} of {}", format_exact(clock.consumed_us), format_exact(clock.target_us));
  if (clock.due_at_us != 0) text += " due " + script_time({clock.due_at_us});
  if (clock.breached_at_us != 0) text += " breached " + script_time({clock.breached_at_us});
  return text;
}

std::string show(const desk::Answer& answer) {
  if (answer.tickets.empty()) return "rejected ticket_unknown";
  const desk::TicketView& ticket = answer.tickets.front();
  std::string text(desk::name(ticket.state));
  if (!ticket.reason.empty()) text += " (" + ticket.reason + ")";
  text += fmt::format(" {} {}", priority_word(ticket.priority), ticket.queue);
  if (!ticket.agent.empty()) text += " " + ticket.agent;
  if (!ticket.stage.empty()) text += " stage " + ticket.stage;
  if (ticket.step > 1) text += fmt::format(" step {}", ticket.step);
  for (const desk::ClockView& clock : ticket.clocks) text += "; " + show_clock(clock);
  return text;
}

/// `why INC1 resolution`: every segment, what is left and what comes next.
std::string why_clock(const desk::ClockView& clock) {
  std::string text =
      show_clock(clock) + fmt::format(" under {} in {}", clock.policy, clock.calendar);
  for (const desk::SegmentView& segment : clock.segments) {
    text += fmt::format("; {} {} to {}", segment.state, script_time({segment.from_us}),
                        segment.to_us == 0 ? "now" : script_time({segment.to_us}));
    if (!segment.reason.empty()) text += " (" + segment.reason + ")";
    text += " used " + format_exact(segment.consumed_us);
    if (segment.policy != clock.policy) text += " under " + segment.policy;
    if (segment.repaired) text += " repaired";
  }
  if (clock.next_effect_at_us != 0)
    text +=
        fmt::format("; next {} at {}", clock.next_effect, script_time({clock.next_effect_at_us}));
  return text;
}

std::string why(const desk::Answer& answer, std::string_view wanted) {
  std::string text;
  for (const desk::ClockView& clock : answer.clocks) {
    if (!wanted.empty() && desk::name(clock.kind) != wanted && clock.label != wanted) continue;
    text += (text.empty() ? "" : " | ") + why_clock(clock);
  }
  return text.empty() ? "no clock" : text;
}

std::string show_queue(const desk::Answer& answer) {
  std::string text;
  for (const desk::TicketView& ticket : answer.tickets) {
    if (!text.empty()) text += " ";
    text += ticket.external_id;
  }
  return text.empty() ? "empty" : text;
}

/// "logged in" is available, which is what there is to say of most.
std::string agent_state(const desk::AgentView& agent) {
  std::string text = agent.state == "available"    ? "logged in"
                     : agent.state == "logged_out" ? "logged out"
                                                   : agent.state;
  if (!agent.code.empty()) text += " " + agent.code;
  if (agent.state_ends_at_us != 0) text += " until " + script_time({agent.state_ends_at_us});
  if (agent.lost) text += " lost";
  return text;
}

std::string show_offers(const desk::Answer& answer) {
  std::string text;
  for (const desk::OfferView& offer : answer.offers) {
    text += fmt::format("{}{} {}", text.empty() ? "" : "; ", offer.external_id, offer.agent);
    if (offer.expires_at_us != 0) text += " until " + script_time({offer.expires_at_us});
    if (offer.hand_over) text += " hand-over";
  }
  return text.empty() ? "none" : text;
}

/// `why ticket INC1` says the sentence; `candidates`, `lines`, `terms` or `remedies` behind it say
/// what it rests on.
std::string why_routing(const desk::Why& why, std::string_view part) {
  std::string text;
  const auto add = [&](const std::string& one) { text += (text.empty() ? "" : "; ") + one; };
  if (part == "candidates") {
    for (const desk::CandidateView& each : why.candidates)
      add(fmt::format("{} {}{}", each.agent, each.hindrance.empty() ? "free" : each.hindrance,
                      each.detail.empty() ? "" : " (" + each.detail + ")"));
  } else if (part == "lines") {
    for (const desk::LineView& each : why.lines)
      add(fmt::format("{} step {} {} waiting {}{}", each.queue, each.step,
                      each.need.empty() ? "anybody" : each.need, each.waiting,
                      each.hindrance.empty() ? "" : " (" + each.hindrance + ")"));
  } else if (part == "terms") {
    for (const desk::WhyTerm& each : why.terms)
      add(each.name + " " +
          (each.kind == desk::WhyTerm::Kind::instant_us ? script_time({each.value})
                                                        : why_term_text(each)));
  } else if (part == "remedies") {
    for (const std::string& each : why.remedies) add(each);
  } else {
    return why.sentence;
  }
  return text.empty() ? "none" : text;
}

/// The kind of what `why` asks about, if its first word says so.
std::optional<desk::QueryKind> why_kind(const Words& words) {
  if (words.verb != "why" || words.plain.size() < 2) return std::nullopt;
  if (words.plain[0] == "ticket") return desk::QueryKind::why_ticket;
  if (words.plain[0] == "agent") return desk::QueryKind::why_agent;
  if (words.plain[0] == "queue") return desk::QueryKind::why_queue;
  return std::nullopt;
}

std::string show_agent(const desk::Answer& answer, std::string_view name) {
  for (const desk::AgentView& agent : answer.agents) {
    if (agent.name != name) continue;
    return fmt::format("{}, {} tickets, used {} of {}{}", agent_state(agent), agent.tickets,
                       agent.used_milli, agent.capacity_milli,
                       agent.offers == 0 ? "" : fmt::format(", {} offered", agent.offers));
  }
  return "rejected agent_unknown";
}

/// `kpi backlog.total`: one figure by its path in the report.
std::string show_kpi(LocalDesk& desk, sched::Instant now, const std::string& path) {
  nlohmann::ordered_json figure = kpi_json(desk.kpi(now));
  for (size_t from = 0; from < path.size();) {
    const size_t dot = std::min(path.find('.', from), path.size());
    const std::string key = path.substr(from, dot - from);
    if (!figure.is_object() || !figure.contains(key)) return "none";
    figure = nlohmann::ordered_json(figure[key]);
    from = dot + 1;
  }
  return figure.dump();
}

}  // namespace

bool is_look(std::string_view command) {
  const std::string_view verb = command.substr(0, command.find(' '));
  for (const std::string_view known : looks) {
    if (verb == known) return true;
  }
  return false;
}

std::string look(LocalDesk& desk, sched::Instant now, const Words& words) {
  const std::string subject = words.plain.empty() ? std::string() : words.plain.front();
  if (words.verb == "kpi") return show_kpi(desk, now, subject);
  if (words.verb == "figure") return show_figure(desk, now, subject);
  desk::Query query;
  if (const auto kind = why_kind(words)) {
    query.kind = *kind;
    (*kind == desk::QueryKind::why_agent ? query.agent : query.text) = words.plain[1];
    query.limit = 100;
    const desk::Answer answer = desk.desk().answer(query);
    if (answer.code != 0) return rejected(answer.code);
    return why_routing(answer.why, words.plain.size() > 2 ? words.plain[2] : "");
  }
  query.text = subject;
  query.kind = words.verb == "show"     ? desk::QueryKind::ticket
               : words.verb == "why"    ? desk::QueryKind::why_clock
               : words.verb == "queue"  ? desk::QueryKind::queue_peek
               : words.verb == "offers" ? desk::QueryKind::offers
                                        : desk::QueryKind::agents;
  const desk::Answer answer = desk.desk().answer(query);
  if (answer.code != 0) return rejected(answer.code);
  return words.verb == "show"     ? show(answer)
         : words.verb == "why"    ? why(answer, words.plain.size() > 1 ? words.plain[1] : "")
         : words.verb == "queue"  ? show_queue(answer)
         : words.verb == "offers" ? show_offers(answer)
                                  : show_agent(answer, subject);
}

}  // namespace paceline::tools
