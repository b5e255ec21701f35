#include "tools/script_routing.h"

#include "tools/script_settings.h"

namespace paceline::tools {

namespace {

/// `… as ada`
std::string as_agent(const Words& words) {
  for (size_t i = 0; i + 1 < words.plain.size(); ++i)
    if (words.plain[i] == "as") return words.plain[i + 1];
  return {};
}

/// "INC1,INC2" → "281474976710657,281474976710658"
std::string numbers_of(std::string_view tickets, const ScriptNames& names) {
  std::string numbers;
  for (size_t from = 0; from < tickets.size();) {
    const size_t end = std::min(tickets.find(',', from), tickets.size());
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ",",
                           names.ticket(tickets.substr(from, end - from)));
    from = end + 1;
  }
  return numbers;
}

bool put_offer(const Words& words, const ScriptNames& names, wire::CommandWriter& writer) {
  const std::string ticket = plain(words, 0);
  const std::string agent = as_agent(words);
  if (words.verb == "accept") {
    writer.accept(names.offer(ticket, agent), agent);
  } else if (words.verb == "decline") {
    const std::string reason = plain(words, 1) == "as" ? std::string() : plain(words, 1);
    writer.decline(names.offer(ticket, agent), reason, agent);
  } else if (words.verb == "withdraw") {
    writer.withdraw({.external_id = ticket});
  } else {
    return false;
  }
  return true;
}

bool put_agent_state(const Words& words, wire::CommandWriter& writer) {
  const std::string agent = plain(words, 0);
  const auto put = [&](desk::AgentStep step, std::string_view code = {}, bool requeue = false) {
    writer.set_agent_state({.agent = agent, .step = step, .code = code, .requeue = requeue});
    return true;
  };
  if (words.verb == "available") return put(desk::AgentStep::available);
  if (words.verb == "away") return put(desk::AgentStep::away, plain(words, 1));
  if (words.verb == "extend") return put(desk::AgentStep::extend_wrap_up);
  if (words.verb == "drain") return put(desk::AgentStep::drain, {}, has_flag(words, "requeue"));
  if (words.verb == "lost") return put(desk::AgentStep::lost);
  if (words.verb != "next") return false;
  writer.next(agent);
  return true;
}

bool put_tier(const Words& words, Settings& settings, const ScriptNames& names,
              wire::CommandWriter& writer) {
  const std::string first = plain(words, 0);
  const std::string second = plain(words, 1);
  const std::string third = plain(words, 2);
  const wire::Addressed to{.external_id = first,
                           .expected_version = settings.number<uint32_t>("version", 0)};
  if (words.verb == "escalate") {
    writer.escalate({.to = to,
                     .queue = settings.text("queue"),
                     .reason = settings.text("reason"),
                     .checklist = settings.text("done")});
  } else if (words.verb == "bounce") {
    writer.bounce(to, second);
  } else if (words.verb == "handover") {
    writer.hand_over(to, second, third);
  } else if (words.verb == "score") {
    int points = 0;
    const auto [end, error] = std::from_chars(third.data(), third.data() + third.size(), points);
    if (error != std::errc{} || end != third.data() + third.size() || points < -15 || points > 15)
      settings.fail(fmt::format("score {} {} `{}`: points are -15 to 15", first, second, third));
    writer.score(to, second, static_cast<int8_t>(points));
  } else if (words.verb == "reconcile") {
    writer.reconcile(first, numbers_of(second, names));
  } else {
    return false;
  }
  return true;
}

bool put_bulk(const Words& words, Settings& settings, wire::CommandWriter& writer) {
  const std::string first = plain(words, 0);
  const std::string second = plain(words, 1);
  if (words.verb == "reassign") {
    writer.reassign({.where = first,
                     .queue = settings.text("queue"),
                     .agent = settings.text("agent"),
                     .reason = settings.text("reason")});
  } else if (words.verb == "route") {
    if (second != "on" && second != "off")
      settings.fail(fmt::format("route {} {}: write on or off", first, second));
    writer.switch_route(first, second == "on");
  } else if (words.verb == "hold" || words.verb == "release") {
    writer.hold_queue(first, words.verb == "hold");
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool put_routing_command(const Words& words, Settings& settings, const ScriptNames& names,
                         wire::CommandWriter& writer) {
  return put_offer(words, names, writer) || put_agent_state(words, writer) ||
         put_tier(words, settings, names, writer) || put_bulk(words, settings, writer);
}

}  // namespace paceline::tools
