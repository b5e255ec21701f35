// Of a queue: where its tickets go for more skill, and at the end of its region's day.
#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr size_t checklist_max = 64;

}  // namespace

void read_queue_tiers(TableReader& table, Diagnostics& diagnostics,
                      Entry<desk::QueueDefinition>& entry) {
  desk::QueueDefinition& queue = entry.value;
  if (const Node::Member* member = table.find("escalate_to")) {
    queue.escalate_to = table.required_text("escalate_to", "network-l2");
    entry.lines.emplace("escalate_to", member->line);
  }
  queue.checklist = table.names("checklist");
  if (queue.checklist.size() > checklist_max)
    table.error(code::wrong_value, table.find("checklist")->line,
                "checklist has at most 64 items: what matters most first");
  const auto required = table.boolean("checklist_required");
  queue.checklist_required = required.value_or(true);
  if (required && queue.checklist.empty() && table.find("checklist") == nullptr)
    table.error(code::missing, table.find("checklist_required")->line,
                "there is no checklist: add for example checklist = [\"symptoms\", "
                "\"steps_tried\"]");
  if (const auto no_touch_us = table.positive_us("no_touch")) queue.no_touch_us = *no_touch_us;
  if (const auto unroutable = table.boolean("escalate_unroutable"))
    queue.escalate_unroutable = *unroutable;
  for (const std::string_view key : {"no_touch", "escalate_unroutable"}) {
    const Node::Member* member = table.find(key);
    const bool off =
        member != nullptr && member->value.kind == Node::Kind::boolean && !member->value.boolean;
    if (member != nullptr && !off && queue.escalate_to.empty())
      table.error(code::missing, member->line,
                  std::string(key) +
                      " escalates, and nothing says where to: add for example escalate_to = "
                      "\"network-l2\"");
  }
  if (const auto window = table.duration("bounce_window")) queue.bounce_window_us = window->us;

  const Node::Member* member = table.find("follow_the_sun");
  if (member == nullptr) return;
  entry.lines.emplace("follow_the_sun", member->line);
  TableReader sun(member->value, member->line, table.subject() + ": follow_the_sun", diagnostics);
  queue.sun.calendar = sun.required_text("calendar", "emea");
  queue.sun.queue = sun.required_text("queue", "network-apac");
  if (const auto mode = sun.one_of("mode", sun_mode_names))
    queue.sun.mode = static_cast<desk::SunMode>(*mode);
  sun.finish();
}

}  // namespace paceline::config
