// Of a queue: whom its tickets need and when they need less, whom it prefers, its share of agents,
// and when a ticket goes on to another queue.
#include <fmt/format.h>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr size_t steps_max = 16;
constexpr size_t overflows_max = 16;
constexpr int points_max = 15;
constexpr int64_t share_max = 1'000;
constexpr int64_t keep_free_max = 10'000;

using QueueEntry = Entry<desk::QueueDefinition>;

class RoutingReader {
 public:
  RoutingReader(TableReader& table, Diagnostics& diagnostics, QueueEntry& entry)
      : table_(table), diagnostics_(diagnostics), entry_(entry), queue_(entry.value) {}

  void read() {
    note_line("need");
    queue_.need = table_.text("need").value_or("");
    read_steps();
    read_preferred();
    queue_.best_fit = table_.boolean("best_fit").value_or(true);
    if (const auto choice = table_.one_of("choice", choice_names))
      queue_.choice = static_cast<desk::ChoiceOrder>(*choice);
    if (const auto share = table_.integer("share", 0, share_max))
      queue_.share = static_cast<uint32_t>(*share);
    read_overflow();
    read_sticky();
    if (const auto window = table_.duration("window")) {
      queue_.window_us = window->us;
      if (window->us > sched::minute.us)
        table_.error(code::wrong_duration, table_.find("window")->line,
                     "window is for arrivals that are nearly together: use at most 1m, \"50ms\" "
                     "is plenty");
    }
    if (const auto min_fit = table_.duration("min_fit")) queue_.min_fit_us = min_fit->us;
    if (const auto keep_free = table_.integer("keep_free", 0, keep_free_max))
      queue_.keep_free = static_cast<uint32_t>(*keep_free);
  }

 private:
  void note_line(std::string_view key) {
    if (const Node::Member* member = table_.find(key)) entry_.lines.emplace(key, member->line);
  }

  void read_steps() {
    const Node::Member* member = table_.find("step");
    if (member == nullptr) return;
    if (member->value.kind != Node::Kind::array) {
      table_.error(code::wrong_type, member->line,
                   "step must be a list of tables: write [[queue.step]] above each");
      return;
    }
    const std::vector<Node>& steps = member->value.elements;
    if (table_.find("need") != nullptr)
      table_.error(code::wrong_steps, table_.find("need")->line,
                   "need stands beside steps, which have their own: move it into the last "
                   "[[queue.step]], or remove the steps");
    if (steps.size() > steps_max)
      table_.error(code::wrong_steps, member->line,
                   fmt::format("a queue has at most {} steps: join some", steps_max));
    for (const Node& step : steps) {
      if (queue_.steps.size() == steps_max) break;
      read_step(step, queue_.steps.size() + 1, steps.size());
    }
  }

  void read_step(const Node& node, size_t number, size_t of) {
    TableReader step(node, node.line, fmt::format("{}: step {}", table_.subject(), number),
                     diagnostics_);
    desk::RoutingStep read;
    const Node::Member* need = step.find("need");
    entry_.lines.emplace(fmt::format("step {}", number), need == nullptr ? node.line : need->line);
    if (need == nullptr)
      step.error(code::missing, node.line,
                 "need is missing: add for example need = \"network >= 2\", or need = \"\" for "
                 "every member of the group");
    else
      read.need = step.text("need").value_or("");
    const Node::Member* until = step.find("until");
    if (until != nullptr && number == of) {
      step.error(code::wrong_steps, until->line,
                 "the last step is permanent: remove until, or add a step after it");
    } else if (until == nullptr && number != of) {
      step.error(code::wrong_steps, node.line,
                 "only the last step is permanent: add for example until = \"wait >= 5m\"");
    } else if (const auto text = step.text("until")) {
      const auto end = parse_step_end(*text);
      if (end) {
        read.wait_us = end->wait_us;
        read.slack_us = end->slack_us;
      } else {
        step.error(code::wrong_steps, until->line, "until: " + end.error());
      }
    }
    step.finish();
    queue_.steps.push_back(std::move(read));
  }

  void read_preferred() {
    int sum = 0;
    for (const Node* node : table_.inline_tables("preferred", "{ need = \"vpn >= 6\" }")) {
      TableReader term(*node, node->line, table_.subject() + ": preferred", diagnostics_);
      desk::PreferredTerm read;
      read.need = term.required_text("need", "vpn >= 6");
      if (const auto points = term.integer("points", 1, points_max))
        read.points = static_cast<uint8_t>(*points);
      term.finish();
      sum += read.points;
      queue_.preferred.push_back(std::move(read));
      entry_.lines.emplace(fmt::format("preferred {}", queue_.preferred.size()), node->line);
    }
    if (sum > points_max)
      table_.error(code::wrong_value, table_.find("preferred")->line,
                   fmt::format("preferred has {} points together: a queue gives at most {}", sum,
                               points_max));
  }

  void read_overflow() {
    const auto nodes =
        table_.inline_tables("overflow", "{ when = \"wait >= 30m\", queue = \"network-l2\" }");
    if (nodes.size() > overflows_max)
      table_.error(code::wrong_value, table_.find("overflow")->line,
                   fmt::format("overflow has at most {} entries", overflows_max));
    for (const Node* node : nodes) {
      TableReader table(*node, node->line, table_.subject() + ": overflow", diagnostics_);
      desk::Overflow overflow;
      const std::string when = table.required_text("when", "wait >= 30m");
      if (!when.empty()) {
        const auto parsed = parse_overflow(when);
        if (parsed)
          overflow = *parsed;
        else
          table.error(code::wrong_value, table.find("when")->line, "when: " + parsed.error());
      }
      overflow.queue = table.required_text("queue", "network-l2");
      if (const Node::Member* every = table.find("every")) {
        const auto every_us = table.positive_us("every");
        if (every_us && !overflow.no_agent)
          table.error(code::wrong_value, every->line,
                      "every says how often no_agent is looked at: remove it");
        else if (every_us)
          overflow.wait_us = *every_us;
      }
      table.finish();
      queue_.overflows.push_back(std::move(overflow));
      entry_.lines.emplace(fmt::format("overflow {}", queue_.overflows.size()), node->line);
      if (queue_.overflows.size() == overflows_max) break;
    }
  }

  void read_sticky() {
    const Node::Member* member = table_.find("sticky");
    if (member == nullptr) return;
    note_line("sticky");
    TableReader table(member->value, member->line, table_.subject() + ": sticky", diagnostics_);
    desk::Sticky& sticky = queue_.sticky;
    if (table.find("by") == nullptr)
      table.error(code::missing, member->line,
                  "by is missing: add by = \"requester\", or by = \"requester_and_config_item\"");
    if (const auto by = table.one_of("by", sticky_names))
      sticky.by = static_cast<desk::StickyBy>(*by);
    if (const auto ttl_us = table.positive_us("ttl")) sticky.ttl_us = *ttl_us;
    if (const auto wait = table.duration("wait")) sticky.wait_us = wait->us;
    if (const auto slack = table.duration("min_slack")) sticky.min_slack_us = slack->us;
    table.finish();
  }

  TableReader& table_;
  Diagnostics& diagnostics_;
  QueueEntry& entry_;
  desk::QueueDefinition& queue_;
};

}  // namespace

void read_queue_routing(TableReader& table, Diagnostics& diagnostics, QueueEntry& entry) {
  RoutingReader(table, diagnostics, entry).read();
}

}  // namespace paceline::config
