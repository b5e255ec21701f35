#include "tools/trace_show.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "tools/event_text.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

using desk::Event;

/// How the server knew who asked.
std::string actor(uint32_t principal) {
  constexpr uint32_t token = 0xffff'fffe, anyone = 0xffff'ffff;
  if (principal == token) return "token";
  if (principal == anyone) return "client";
  return fmt::format("user {}", principal);
}

std::string cause(const Event& event) {
  switch (event.cause) {
    case desk::Cause::command:
      return "command, " + actor(event.principal);
    case desk::Cause::timer:
      return event.kind == desk::EventKind::clock_escalated ? "timer, ladder" : "timer";
    case desk::Cause::match:
      return "match";
    case desk::Cause::configuration:
      return "configuration";
  }
  return "?";
}

std::string what(const TicketTrace& trace, const Event& event) {
  std::string text = event_details(event, trace.names);
  if (event.ticket != trace.ticket) text = fmt::format("ticket {}: {}", event.ticket, text);
  if (const auto changed = changed_fields(event); !changed.empty())
    text += fmt::format("  changed {}", fmt::join(changed, ", "));
  if (event.noted_us > event.at_us)
    text += fmt::format("  (noted {} later)", format_duration(event.noted_us - event.at_us));
  return text;
}

}  // namespace

std::string trace_text(const TicketTrace& trace) {
  Table table({"at", "event", "by", "what"});
  for (const Event& event : trace.events)
    table.row({format_instant({event.at_us}), std::string(desk::name(event.kind)), cause(event),
               what(trace, event)});
  return table.text();
}

nlohmann::ordered_json trace_json(const TicketTrace& trace) {
  nlohmann::ordered_json json = {{"ticket", trace.ticket},
                                 {"external_id", text_json(trace.external_id)},
                                 {"complete", trace.complete()},
                                 {"events_read_from", trace.first_sequence},
                                 {"events", nlohmann::ordered_json::array()}};
  for (const Event& event : trace.events) {
    auto one = event_json(event, trace.names);
    one["late_us"] = std::max<int64_t>(event.noted_us - event.at_us, 0);
    one["actor"] = event.cause == desk::Cause::command
                       ? nlohmann::ordered_json(actor(event.principal))
                       : nlohmann::ordered_json(nullptr);
    if (!one.contains("changed")) one["changed"] = nlohmann::ordered_json::array();
    json["events"].push_back(std::move(one));
  }
  return json;
}

}  // namespace paceline::tools
