// Of a queue: how its tickets are handed to agents, and what becomes of them when an agent is lost.
#include "engine/config/sections.h"

namespace paceline::config {

void read_queue_offers(TableReader& table, Diagnostics& diagnostics, desk::QueueDefinition& queue) {
  queue.auto_accept = table.boolean("auto_accept").value_or(true);
  if (const auto timeout_us = table.positive_us("offer_timeout"))
    queue.offer_timeout_us = *timeout_us;
  if (const auto fan_out = table.integer("fan_out", 1, 8))
    queue.fan_out = static_cast<uint8_t>(*fan_out);
  if (const auto declines = table.integer("declines_max", 1, 100))
    queue.declines_max = static_cast<uint8_t>(*declines);
  if (const auto cool_off = table.duration("cool_off")) queue.cool_off_us = cool_off->us;

  if (const auto grace_us = table.positive_us("grace")) queue.grace_us = *grace_us;
  constexpr std::string_view lost[] = {"requeue", "keep"};
  if (const auto position = table.one_of("lost", lost)) queue.keep_lost = *position == 1;

  const Node::Member* member = table.find("wrap_up");
  if (member == nullptr) return;
  TableReader wrap_up(member->value, member->line, table.subject() + ": wrap_up", diagnostics);
  if (const auto min = wrap_up.duration("min")) queue.wrap_up_min_us = min->us;
  if (wrap_up.find("max") == nullptr)
    wrap_up.error(code::missing, member->line,
                  "max is missing: add for example max = \"2m\", after which it ends by itself");
  else if (const auto max_us = wrap_up.positive_us("max"))
    queue.wrap_up_max_us = *max_us;
  if (queue.wrap_up_max_us != 0 && queue.wrap_up_min_us > queue.wrap_up_max_us)
    wrap_up.error(code::wrong_duration, wrap_up.find("min")->line,
                  "min is longer than max: an agent could never end it");
  wrap_up.finish();
}

}  // namespace paceline::config
