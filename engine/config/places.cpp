#include "engine/config/places.h"

#include <fmt/format.h>

#include <cmath>

#include "engine/config/document.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

const Node* member(const Node& table, std::string_view key) {
  for (const Node::Member& each : table.members)
    if (each.key == key) return &each.value;
  return nullptr;
}

std::string text_of(const Node& table, std::string_view key) {
  const Node* found = member(table, key);
  return found == nullptr ? std::string() : found->text;
}

/// "escalate at 7500"
std::string step_name(const Node& step) {
  if (const Node* at = member(step, "at"); at != nullptr) {
    const double share = at->kind == Node::Kind::real ? at->real : static_cast<double>(at->integer);
    return fmt::format("escalate at {}", std::llround(share * 100));
  }
  const auto before = parse_business_duration(text_of(step, "before"));
  return before ? fmt::format("escalate before {}", before->us) : "escalate";
}

/// What tells an entry of a list from the others: its name, or what it is about.
std::string name_in_list(std::string_view kind, const Node& table, size_t number) {
  if (kind == "away") return text_of(table, "code");
  if (kind == "work") {
    std::string about;
    for (const std::string_view key : {"channel", "kind", "priority"}) {
      const std::string text = text_of(table, key);
      if (!text.empty()) about += (about.empty() ? "" : " ") + text;
    }
    return about.empty() ? "all" : about;
  }
  std::string name = text_of(table, "name");
  return name.empty() && kind == "route" ? fmt::format("route {}", number) : name;
}

}  // namespace

Places::Places(std::string_view text) {
  const auto document = parse_document(text);
  if (!document) return;
  const auto add_of = [this](std::string kind, std::string name, std::string desk,
                             const Node& table, uint32_t line) {
    Entry& entry = entries_[{std::move(kind), std::move(name), std::move(desk)}];
    entry.line = line;
    for (const Node::Member& each : table.members) {
      entry.keys.emplace(each.key, each.line);
      size_t number = 0;
      for (const Node& element : each.value.elements) {
        if (each.key == "escalate")
          entry.keys.emplace(step_name(element), element.line);
        else if (element.kind == Node::Kind::table)
          entry.keys.emplace(fmt::format("{} {}", each.key, ++number), element.line);
      }
    }
  };
  const auto add = [&](std::string kind, std::string name, const Node& table, uint32_t line) {
    add_of(std::move(kind), std::move(name), text_of(table, "desk"), table, line);
  };
  for (const Node::Member& top : document->members) {
    if (top.value.kind == Node::Kind::array) {
      size_t number = 0;
      for (const Node& each : top.value.elements)
        add(top.key, name_in_list(top.key, each, ++number), each, each.line);
    } else if (top.key == "server") {
      add(top.key, {}, top.value, top.line);
    } else if (top.key == "priority" || top.key == "criticality") {
      for (const Node::Member& each : top.value.members)
        add(top.key + "." + each.key, {}, each.value, each.line);
    } else if (top.key == "desk" || top.key == "calendar" || top.key == "pending" ||
               top.key == "service" || top.key == "config_item" || top.key == "requester") {
      for (const Node::Member& each : top.value.members) {
        add(top.key, each.key, each.value, each.line);
        if (const Node* survey = member(each.value, "survey"); top.key == "desk" && survey)
          add("survey", each.key, *survey, survey->line);
        const Node* targets = top.key == "desk" ? member(each.value, "targets") : nullptr;
        if (targets != nullptr) add_of("targets", {}, each.key, *targets, targets->line);
      }
    } else {  // a list written as its only entry
      add(top.key, name_in_list(top.key, top.value, 1), top.value, top.line);
    }
  }
}

const Places::Entry* Places::find(std::string_view kind, std::string_view name,
                                  std::string_view desk) const {
  for (const std::string_view owner : {desk, std::string_view()}) {
    const auto found = entries_.find({std::string(kind), std::string(name), std::string(owner)});
    if (found != entries_.end()) return &found->second;
  }
  return nullptr;
}

uint32_t Places::line(std::string_view kind, std::string_view name, std::string_view desk) const {
  const Entry* entry = find(kind, name, desk);
  return entry == nullptr ? 0 : entry->line;
}

uint32_t Places::key_line(std::string_view kind, std::string_view name, std::string_view key,
                          std::string_view desk) const {
  const Entry* entry = find(kind, name, desk);
  if (entry == nullptr) return 0;
  const auto found = entry->keys.find(key);
  return found == entry->keys.end() ? 0 : found->second;
}

uint32_t Places::nearest_line(std::string_view kind, std::string_view name, std::string_view key,
                              std::string_view desk) const {
  const uint32_t stated = key_line(kind, name, key, desk);
  return stated != 0 ? stated : line(kind, name, desk);
}

}  // namespace paceline::config
