// Where the tickets of a queue may go from there: the queues exist, and no ticket goes round in a
// circle.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/desk_checks.h"

namespace paceline::config {
namespace {

using QueueEntry = Entry<desk::QueueDefinition>;

class Flow {
 public:
  /// `verb`: "overflows", "escalates".
  Flow(std::string_view verb, DeskChecks& checks) : verb_(verb), checks_(checks) {}

  /// Reports a queue that does not exist, or is the same.
  void add(const QueueEntry& from, const std::string& to, const std::string& key) {
    if (to.empty()) return;
    const std::string subject = fmt::format("queue {}", in_quotes(from.value.name));
    const uint32_t line = from.line_of(key);
    if (!checks_.queue(to, line, fmt::format("{}: {}", subject, key))) return;
    if (to == from.value.name)
      checks_.error(code::queue_cycle, line,
                    fmt::format("{} {} to itself: name another queue", subject, verb_));
    else
      edges_[from.value.name].push_back({to, line});
  }

  void check() {
    for (const auto& [name, edges] : edges_) visit(name);
  }

 private:
  struct Edge {
    std::string to;
    uint32_t line;
  };
  enum class Seen : uint8_t { no, on_path, done };
  struct Frame {
    const std::string* name;
    size_t next = 0;  // edge
  };

  /// Depth first, without recursion: chains may be thousands of queues long.
  void visit(const std::string& start) {
    if (seen_[start] != Seen::no) return;
    std::vector<Frame> path = {{&start}};
    seen_[start] = Seen::on_path;
    while (!path.empty()) {
      Frame& frame = path.back();
      const auto edges = edges_.find(*frame.name);
      if (edges == edges_.end() || frame.next == edges->second.size()) {
        seen_[*frame.name] = Seen::done;
        path.pop_back();
        continue;
      }
      const Edge& edge = edges->second[frame.next++];
      Seen& seen = seen_[edge.to];
      if (seen == Seen::on_path) {
        report(path, edge);
      } else if (seen == Seen::no) {
        seen = Seen::on_path;
        path.push_back({&edge.to});
      }
    }
  }

  void report(const std::vector<Frame>& path, const Edge& edge) {
    std::string circle;
    auto at = std::find_if(path.begin(), path.end(),
                           [&](const Frame& frame) { return *frame.name == edge.to; });
    for (size_t shown = 0; at != path.end(); ++at) {
      if (++shown > shown_max) {
        circle += "… → ";
        at = path.end() - 1;
      }
      circle += in_quotes(*at->name) + " → ";
    }
    checks_.error(code::queue_cycle, edge.line,
                  fmt::format("queue {} {} in a circle: {}{}: let one of them go elsewhere, or "
                              "nowhere",
                              in_quotes(*path.back().name), verb_, circle, in_quotes(edge.to)));
  }

  static constexpr size_t shown_max = 8;

  std::string verb_;
  DeskChecks& checks_;
  std::map<std::string, std::vector<Edge>> edges_;
  std::map<std::string, Seen> seen_;
};

/// Regions go round by nature, from the last to the first; but some of them must have another day.
class Sun {
 public:
  explicit Sun(DeskChecks& checks) : checks_(checks) {}

  void add(const QueueEntry& entry) {
    const desk::FollowTheSun& sun = entry.value.sun;
    if (sun.queue.empty() || sun.calendar.empty()) return;
    const std::string subject =
        fmt::format("queue {}: follow_the_sun", in_quotes(entry.value.name));
    const uint32_t line = entry.line_of("follow_the_sun");
    const bool known = checks_.calendar(sun.calendar, line, subject);
    if (known && !checks_.has_business_days(sun.calendar))
      checks_.warn(code::no_effect, line,
                   fmt::format("{}: calendar {} never closes: it has no effect here", subject,
                               in_quotes(sun.calendar)));
    if (!checks_.queue(sun.queue, line, subject)) return;
    if (sun.queue == entry.value.name)
      checks_.error(code::queue_cycle, line,
                    fmt::format("{}: the next region is this one: name another queue", subject));
    else
      regions_.emplace(entry.value.name, &entry);
  }

  /// A ring whose regions all close at once would hand a ticket round for ever.
  void check() {
    for (const auto& [name, entry] : regions_) {
      const std::string& calendar = entry->value.sun.calendar;
      std::string ring = in_quotes(name);
      auto at = regions_.find(entry->value.sun.queue);
      for (size_t hops = 0; at != regions_.end() && hops < regions_.size(); ++hops) {
        if (at->second->value.sun.calendar != calendar) break;
        ring += " → " + in_quotes(at->first);
        if (at->first < name) break;  // reported from there
        if (at->first == name) {
          checks_.error(code::queue_cycle, entry->line_of("follow_the_sun"),
                        fmt::format("queue {}: follow_the_sun goes round in a circle of one "
                                    "calendar, {}: {}: give each region its own",
                                    in_quotes(name), in_quotes(calendar), ring));
          break;
        }
        at = regions_.find(at->second->value.sun.queue);
      }
    }
  }

 private:
  DeskChecks& checks_;
  std::map<std::string, const QueueEntry*> regions_;
};

}  // namespace

void check_flows(const Sections& sections, DeskChecks& checks,
                 const desk::Configuration& configuration) {
  Flow overflow("overflows", checks), escalation("escalates", checks);
  Sun sun(checks);
  for (const QueueEntry& entry : sections.queues) {
    if (!checks.belongs(entry)) continue;
    for (size_t i = 0; i < entry.value.overflows.size(); ++i)
      overflow.add(entry, entry.value.overflows[i].queue, fmt::format("overflow {}", i + 1));
    escalation.add(entry, entry.value.escalate_to, "escalate_to");
    sun.add(entry);
  }
  overflow.check();
  escalation.check();
  sun.check();
  const std::string& coordinators = configuration.settings.coordinator_queue;
  const auto line = checks.desk().lines.find("coordinator_queue");
  if (!coordinators.empty() && line != checks.desk().lines.end())
    checks.queue(coordinators, line->second, checks.subject() + ": coordinator_queue");
}

}  // namespace paceline::config
