#include "tools/event_text.h"

#include <fmt/format.h>

#include "tools/instants.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

using desk::Event;
using desk::EventKind;

bool covers(const std::vector<std::string>& names, uint32_t position) {
  return position == Event::none || position < names.size();
}

std::string clock_value(const Event& event) {
  switch (event.kind) {
    case EventKind::clock_started:
    case EventKind::clock_resumed:
    case EventKind::clock_retargeted:
      return event.value_us == 0 ? ", paused" : ", due " + format_instant({event.value_us});
    case EventKind::clock_paused:
      return ", used " + format_duration(event.value_us);
    case EventKind::clock_completed:
      return fmt::format(", {}, used {}",
                         (event.flags & desk::clock_missed) != 0 ? "breached" : "met",
                         format_duration(event.value_us));
    case EventKind::clock_threshold:
      return fmt::format(", {} %", static_cast<double>(event.threshold_bp) / 100.0);
    default:
      return {};
  }
}

}  // namespace

bool names_cover(const desk::Names& names, const Event& event) {
  return covers(names.queues, event.queue) && covers(names.agents, event.agent) &&
         covers(names.policies, event.policy) && covers(names.reasons, event.reason);
}

std::string event_text(const Event& event, const desk::Names& names) {
  std::string text = fmt::format("{:>8}  {}  {:<18}", event.sequence, format_instant({event.at_us}),
                                 desk::name(event.kind));
  if (event.ticket != 0) text += fmt::format("  {}", event.ticket);
  if (event.policy != Event::none) {
    text += "  " + name_at(names.policies, event.policy) + clock_value(event);
    return text;
  }
  if (event.ticket != 0) text += fmt::format("  {}", priority_word(event.priority));
  if (event.state != event.previous_state) text += fmt::format("  {}", desk::name(event.state));
  if (event.queue != Event::none) text += "  " + name_at(names.queues, event.queue);
  if (event.agent != Event::none) text += "  " + name_at(names.agents, event.agent);
  if (event.reason != Event::none) text += "  (" + name_at(names.reasons, event.reason) + ")";
  return text;
}

}  // namespace paceline::tools
