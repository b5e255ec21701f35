#include "tools/policy_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "engine/config/target.h"
#include "engine/config/units.h"
#include "tools/clock_show.h"
#include "tools/policy_words.h"
#include "tools/table.h"
#include "tools/words.h"

namespace paceline::tools {

using nlohmann::ordered_json;

std::string target_text(const desk::Target& target) {
  std::string text = config::print(target);
  if (target.kind == desk::TargetKind::end_of_business_day)
    text += fmt::format(", a start from {:02}:{:02} on counts as the next day's",
                        target.cut_off_s / 3'600, target.cut_off_s / 60 % 60);
  return text;
}

std::string rung_place(const desk::Rung& rung) {
  return rung.share_bp != 0 ? percent(rung.share_bp)
                            : config::print(sched::BusinessDuration{rung.before_us}) + " before";
}

namespace {

std::string repetition_text(const desk::Rung& rung) {
  if (rung.repeat_us == 0) return "";
  std::string text = "every " + config::print(sched::BusinessDuration{rung.repeat_us});
  if (rung.repeat_max != 0) text += fmt::format(", {} times", rung.repeat_max);
  return text;
}

}  // namespace

std::string rung_text(const desk::Rung& rung) {
  if (!rung.acts()) return "only raises an event";
  std::string text(word(rung_action_words, static_cast<uint8_t>(rung.action)));
  if (rung.retarget) text += " and targets";
  if (!rung.queue.empty()) text += " " + rung.queue;
  if (!rung.notify.empty()) text += fmt::format(" {}", fmt::join(rung.notify, ", "));
  if (!rung.calendar.empty()) text += " in " + rung.calendar;
  if (rung.repeat_us != 0) text += ", " + repetition_text(rung);
  return text;
}

namespace {

std::string ladder_table(const std::vector<desk::Rung>& rungs) {
  Table table({">rung", "at", "action", "notifies", "in", "repeats"});
  size_t number = 0;
  for (const desk::Rung& rung : rungs) {
    std::string action;
    if (rung.acts()) action = word(rung_action_words, static_cast<uint8_t>(rung.action));
    if (rung.retarget) action += " and targets";
    if (!rung.queue.empty()) action += " " + rung.queue;
    table.row({std::to_string(++number), rung_place(rung), action,
               fmt::format("{}", fmt::join(rung.notify, ", ")), rung.calendar,
               repetition_text(rung)});
  }
  return table.text();
}

}  // namespace

std::string policy_text(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings,
                        const std::string& where) {
  std::string text = fmt::format("policy {}{}\n", policy.name, where);
  Table table({"", ""});
  table.row({"clock", clock_name(policy.clock, policy.label)});
  table.row({"target", target_text(policy.target)});
  table.row({"calendar", policy.calendar});
  table.row({"when", policy.when.empty() ? "always" : policy.when});
  for (const PolicyCondition& condition : conditions_of(policy))
    table.row({std::string(condition.key),
               condition.stated ? condition.text : condition.text + "  (default)"});
  table.row({"pauses on", pauses_text(policy, settings)});
  if (policy.clock == desk::ClockKind::response) table.row({"counts", counts_text(policy)});
  for (const auto& [key, value] : rules_of(policy)) table.row({key, value});
  text += table.text();
  if (!policy.rungs.empty()) text += ladder_table(policy.rungs);
  return text;
}

namespace {

ordered_json rung_json(const desk::Rung& rung) {
  return {{"share_bp", rung.share_bp == 0 ? ordered_json(nullptr) : ordered_json(rung.share_bp)},
          {"before_us", rung.share_bp == 0 ? ordered_json(rung.before_us) : ordered_json(nullptr)},
          {"action", word(rung_action_words, static_cast<uint8_t>(rung.action))},
          {"notify", rung.notify},
          {"queue", rung.queue},
          {"calendar", rung.calendar},
          {"repeat_us", rung.repeat_us},
          {"repeat_max", rung.repeat_max},
          {"retarget", rung.retarget}};
}

}  // namespace

ordered_json policy_json(const desk::PolicyDefinition& policy, const desk::DeskSettings& settings) {
  ordered_json json{{"name", policy.name},
                    {"clock", word(clock_words, static_cast<uint8_t>(policy.clock))},
                    {"label", policy.label},
                    {"target", config::print(policy.target)},
                    {"cut_off_s", policy.target.cut_off_s},
                    {"calendar", policy.calendar},
                    {"when", policy.when},
                    {"conditions", ordered_json::object()},
                    {"pauses_on", pauses_text(policy, settings)},
                    {"bot_counts", policy.bot_counts},
                    {"automatic_counts", policy.automatic_counts},
                    {"rungs", ordered_json::array()}};
  for (const PolicyCondition& condition : conditions_of(policy))
    json["conditions"][std::string(condition.key)] = {{"text", condition.text},
                                                      {"stated", condition.stated}};
  for (const auto& [key, value] : rules_of(policy)) json[key] = value;
  for (const desk::Rung& rung : policy.rungs) json["rungs"].push_back(rung_json(rung));
  return json;
}

}  // namespace paceline::tools
