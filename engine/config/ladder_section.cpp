// thresholds and escalate of a [[policy]]: the rungs of its ladder.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/config/sections.h"
#include "engine/config/units.h"
#include "engine/desk/limits.h"

namespace paceline::config {
namespace {

constexpr uint32_t share_bp_max = 100'000;
constexpr std::string_view action_names[] = {"notify", "raise_priority", "reassign", "add_watcher",
                                             "open_bridge"};

std::string percent(uint32_t share_bp) {
  std::string text = fmt::format("{}.{:02}", share_bp / 100, share_bp % 100);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " %";
}

class Ladder {
 public:
  Ladder(TableReader& policy, Diagnostics& diagnostics)
      : policy_(policy), diagnostics_(diagnostics) {}

  std::vector<desk::Rung> read(Lines& lines) {
    read_thresholds();
    for (const Node* node : policy_.tables("escalate")) read_step(*node);
    if (by_share_.size() + by_time_left_.size() > desk::rungs_max)
      policy_.error(code::wrong_value, policy_.line(),
                    fmt::format("it has {} thresholds and steps, at most {} are kept: remove some",
                                by_share_.size() + by_time_left_.size(), desk::rungs_max));
    std::vector<desk::Rung> rungs;
    const auto add = [&](Placed& placed) {
      lines.emplace(fmt::format("rung {}", rungs.size()), placed.line);
      rungs.push_back(std::move(placed.rung));
    };
    for (auto& [share_bp, placed] : by_share_) add(placed);
    // The most time left comes first: in the order in which they are reached.
    for (auto each = by_time_left_.rbegin(); each != by_time_left_.rend(); ++each)
      add(each->second);
    return rungs;
  }

 private:
  struct Placed {
    desk::Rung rung;
    uint32_t line = 0;
    bool is_step = false;
  };

  std::optional<uint32_t> share_of(const Node& value, std::string_view key) {
    const auto share_bp = scaled(value, 100, share_bp_max);
    if (!share_bp)
      policy_.error(
          code::wrong_value, value.line,
          fmt::format("{}: a threshold is a percentage of the target, 0.01 to 1000", key));
    return share_bp;
  }

  void read_thresholds() {
    const Node::Member* member = policy_.find("thresholds");
    if (member == nullptr) return;
    if (member->value.kind != Node::Kind::array)
      policy_.wrong_type("thresholds", member->value, "a list of percentages such as [50, 100]");
    uint32_t previous_bp = 0;
    for (const Node& element : member->value.elements) {
      const auto share_bp = share_of(element, "thresholds");
      if (!share_bp) continue;
      if (*share_bp <= previous_bp)
        policy_.error(code::wrong_value, element.line,
                      fmt::format("thresholds are out of order: {} follows {}: list each once, "
                                  "the lowest first",
                                  percent(*share_bp), percent(previous_bp)));
      previous_bp = *share_bp;
      Placed& placed = by_share_[*share_bp];
      placed.rung.share_bp = *share_bp;
      placed.line = element.line;
    }
  }

  void read_step(const Node& node) {
    TableReader step(node, node.line, policy_.subject() + ": escalate", diagnostics_);
    desk::Rung rung;
    const Node::Member* at = step.find("at");
    const Node::Member* before = step.find("before");
    if (at != nullptr && before != nullptr)
      step.error(code::wrong_value, before->line, "at and before both say when: keep one of them");
    else if (at == nullptr && before == nullptr)
      step.error(code::missing, step.line(),
                 "at is missing: add for example at = 75, or before = \"1h\"");
    if (at != nullptr)
      rung.share_bp = share_of(at->value, "escalate: at").value_or(0);
    else if (const auto left = step.business_duration("before")) {
      rung.before_us = left->us;
      if (left->us == 0)
        step.error(code::wrong_duration, before->line,
                   "before must be more than nothing: for the deadline itself write at = 100");
    }
    read_action(step, rung);
    read_repetition(step, rung);
    step.finish();
    place(step, std::move(rung), node.line);
  }

  void read_action(TableReader& step, desk::Rung& rung) {
    rung.notify = step.texts("notify");
    if (const auto action = step.one_of("action", action_names))
      rung.action = static_cast<desk::RungAction>(*action);
    if (rung.action == desk::RungAction::notify && step.find("notify") == nullptr &&
        step.find("action") == nullptr)
      step.error(code::missing, step.line(),
                 "notify is missing: add for example notify = [\"lead\"]");
    else if (rung.action == desk::RungAction::notify && rung.notify.empty())
      step.error(code::wrong_value, step.line(),
                 "it notifies nobody: add for example notify = [\"lead\"]");
    if (const Node::Member* queue = step.find("queue")) {
      rung.queue = step.required_text("queue", "coordination");
      if (rung.action != desk::RungAction::reassign)
        step.error(code::wrong_value, queue->line,
                   "queue is for action = \"reassign\" only: remove one or add the other");
    } else if (rung.action == desk::RungAction::reassign) {
      step.required_text("queue", "coordination");
    }
    if (const Node::Member* retarget = step.find("retarget")) {
      rung.retarget = step.boolean("retarget").value_or(false);
      if (rung.retarget && rung.action != desk::RungAction::raise_priority) {
        step.error(code::wrong_value, retarget->line,
                   "retarget is for action = \"raise_priority\" only: remove one or add the other");
      }
    }
    if (step.find("calendar") != nullptr) rung.calendar = step.required_text("calendar", "uk");
  }

  void read_repetition(TableReader& step, desk::Rung& rung) {
    // With a calendar a repetition is business time, in which a day has no agreed length.
    std::optional<int64_t> repeat_us;
    if (rung.calendar.empty()) {
      if (const auto repeat = step.duration("repeat")) repeat_us = repeat->us;
    } else if (const auto repeat = step.business_duration("repeat")) {
      repeat_us = repeat->us;
    }
    if (repeat_us) {
      rung.repeat_us = *repeat_us;
      if (*repeat_us < sched::minute.us)
        step.error(code::wrong_duration, step.find("repeat")->line, "repeat must be at least 1m");
    }
    if (const auto max = step.integer("max", 1, 1'000))
      rung.repeat_max = static_cast<uint16_t>(*max);
    if (step.find("max") != nullptr && step.find("repeat") == nullptr)
      step.error(code::missing, step.line(), "max limits repeat: add for example repeat = \"2h\"");
  }

  /// Joins a plain threshold of the same share.
  void place(TableReader& step, desk::Rung rung, uint32_t line) {
    if (rung.share_bp == 0 && rung.before_us == 0) return;  // reported
    const bool by_share = rung.share_bp != 0;
    Placed& placed = by_share ? by_share_[rung.share_bp] : by_time_left_[rung.before_us];
    if (placed.is_step) {
      step.error(code::duplicate, line,
                 fmt::format("there is a step {} already, at line {}: put both into one",
                             by_share ? "at " + percent(rung.share_bp)
                                      : "before " + print(sched::BusinessDuration{rung.before_us}),
                             placed.line));
      return;
    }
    placed = {std::move(rung), line, true};
  }

  TableReader& policy_;
  Diagnostics& diagnostics_;
  std::map<uint32_t, Placed> by_share_;
  std::map<int64_t, Placed> by_time_left_;
};

}  // namespace

std::vector<desk::Rung> read_rungs(TableReader& policy, Diagnostics& diagnostics, Lines& lines) {
  return Ladder(policy, diagnostics).read(lines);
}

}  // namespace paceline::config
