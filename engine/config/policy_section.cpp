// [[policy]].
#include <fmt/format.h>

#include "engine/config/sections.h"
#include "engine/config/target.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

template <class Enum, size_t size>
void read_choice(TableReader& table, std::string_view key, const std::string_view (&names)[size],
                 Enum& value) {
  if (const auto position = table.one_of(key, names)) value = static_cast<Enum>(*position);
}

class PolicyReader {
 public:
  PolicyReader(TableReader& table, Diagnostics& diagnostics)
      : table_(table), diagnostics_(diagnostics) {}

  Entry<desk::PolicyDefinition> read() {
    entry_.line = table_.line();
    policy_.name = table_.required_text("name", "P1 resolution");
    if (!policy_.name.empty()) table_.set_subject("policy " + in_quotes(policy_.name));
    policy_.when = table_.text("when").value_or("");
    if (table_.find("clock") == nullptr) table_.required_text("clock", "resolution");
    read_choice(table_, "clock", clock_names, policy_.clock);
    if (table_.find("label") != nullptr) policy_.label = table_.required_text("label", "vendor");
    read_target();
    // Which calendar a policy without one has depends on the desk.
    policy_.calendar = table_.text("calendar").value_or("");
    read_conditions();
    read_pause();
    read_counts();
    policy_.rungs = read_rungs(table_, diagnostics_, entry_.lines);
    check_time_left();
    read_rules();
    for (const std::string_view key : {"when", "calendar", "target", "start", "stop", "cancel",
                                       "reset", "pause_when", "resume_when"})
      if (const Node::Member* member = table_.find(key)) entry_.lines.emplace(key, member->line);
    return std::move(entry_);
  }

 private:
  void read_target() {
    const Node::Member* member = table_.find("target");
    if (member == nullptr) {
      table_.required_text("target", "4h");
    } else if (member->value.kind == Node::Kind::text) {
      const auto target = parse_target(member->value.text);
      if (target)
        policy_.target = *target;
      else
        table_.error(code::wrong_duration, member->value.line, "target: " + target.error());
    } else {
      table_.business_duration("target");  // says that a unit, or quotes, are missing
    }
    const bool in_days = policy_.target.kind == desk::TargetKind::end_of_business_day;
    if (const auto text = table_.text("cut_off")) {
      const auto cut_off_s = parse_time_of_day(*text);
      if (cut_off_s)
        policy_.target.cut_off_s = *cut_off_s;
      else
        table_.error(code::wrong_value, table_.find("cut_off")->line,
                     "cut_off: " + cut_off_s.error());
      if (!in_days) no_effect("cut_off", "a target in business days, such as 2bd");
    }
    if (const auto moves = table_.boolean("pause_moves_fixed")) {
      policy_.pause_moves_fixed = *moves;
      if (in_days || policy_.target.kind == desk::TargetKind::duration)
        no_effect("pause_moves_fixed", "a target that is an instant or promised_at");
    }
  }

  void no_effect(std::string_view key, std::string_view meant_for) {
    diagnostics_.warn(
        code::no_effect, table_.find(key)->line,
        fmt::format("{}: {} is for {}: it has no effect here", table_.subject(), key, meant_for));
  }

  void read_conditions() {
    const std::pair<std::string_view, std::string*> conditions[] = {
        {"start", &policy_.start},           {"stop", &policy_.stop},
        {"cancel", &policy_.cancel},         {"reset", &policy_.reset},
        {"pause_when", &policy_.pause_when}, {"resume_when", &policy_.resume_when}};
    for (const auto& [key, condition] : conditions) {
      const Node::Member* member = table_.find(key);
      if (member == nullptr) continue;
      *condition = table_.text(key).value_or("");
      if (condition->empty() && member->value.kind == Node::Kind::text)
        table_.error(code::wrong_value, member->line,
                     fmt::format("{} is empty: write a condition, or remove it to have the one "
                                 "of the clock's kind",
                                 key));
    }
    const bool states_both = table_.find("start") != nullptr && table_.find("stop") != nullptr;
    if (!states_both && policy_.clock == desk::ClockKind::stage)
      table_.error(code::missing, table_.line(),
                   "a stage clock begins and ends where its policy says: add for example start = "
                   "\"stage == approval\" and stop = \"stage != approval\"");
    if (!states_both && policy_.clock == desk::ClockKind::review)
      table_.error(code::missing, table_.line(),
                   "a review clock begins and ends where its policy says: add for example start = "
                   "\"major && state == resolved\" and stop = \"stage == reviewed\"");
    if (const auto cancels = table_.boolean("cancel_when_start_false"))
      policy_.cancel_when_start_false = *cancels ? 1 : 0;
  }

  void read_pause() {
    policy_.pause_stated = table_.find("pause") != nullptr;
    policy_.pause = table_.texts("pause");
  }

  void read_counts() {
    constexpr std::string_view counts[] = {"bot", "automatic"};
    for (const size_t position : table_.some_of("counts", counts))
      (position == 0 ? policy_.bot_counts : policy_.automatic_counts) = true;
  }

  void check_time_left() {
    if (policy_.target.kind != desk::TargetKind::duration || policy_.target.us == 0) return;
    for (const desk::Rung& rung : policy_.rungs) {
      if (rung.before_us <= policy_.target.us) continue;
      table_.error(
          code::wrong_duration, table_.find("escalate")->line,
          fmt::format("escalate: before = \"{}\" is more than the target of {}: it would "
                      "be due before the start",
                      print(sched::BusinessDuration{rung.before_us}), print(policy_.target)));
    }
  }

  void read_rules() {
    constexpr std::string_view priority_changes[] = {"carry", "retroactive", "restart", "keep"};
    read_choice(table_, "on_priority_change", priority_changes, policy_.on_priority_change);
    constexpr std::string_view calendar_changes[] = {"immediate", "next_arm", "never"};
    read_choice(table_, "on_calendar_change", calendar_changes, policy_.on_calendar_change);
    constexpr std::string_view reopens[] = {"resume", "restart", "continue"};
    read_choice(table_, "on_reopen", reopens, policy_.on_reopen);
    constexpr std::string_view verdicts[] = {"final_target", "worst", "initial"};
    read_choice(table_, "verdict", verdicts, policy_.verdict);
    constexpr std::string_view origins[] = {"recorded", "occurred"};
    read_choice(table_, "origin", origins, policy_.origin);
    constexpr std::string_view merge_origins[] = {"own", "earliest"};
    read_choice(table_, "merge_origin", merge_origins, policy_.merge_origin);
  }

  TableReader& table_;
  Diagnostics& diagnostics_;
  Entry<desk::PolicyDefinition> entry_;
  desk::PolicyDefinition& policy_ = entry_.value;
};

}  // namespace

void read_policies(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (const Node* node : file.tables("policy")) {
    sections.has_desk_tables = true;
    TableReader table(*node, node->line, fmt::format("policy {}", sections.policies.size() + 1),
                      diagnostics);
    Entry<desk::PolicyDefinition> entry = PolicyReader(table, diagnostics).read();
    entry.desk = table.text("desk").value_or("");
    table.finish();
    sections.policies.push_back(std::move(entry));
  }
}

}  // namespace paceline::config
