// [service.NAME], [config_item.NAME] and [requester.NAME].
#include <fmt/format.h>

#include <algorithm>

#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr std::string_view level_names[] = {"high", "medium", "low"};

/// What can be written behind the point of `service.tier`.
bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void read_attributes(TableReader& object, const Node::Member& member,
                     desk::ReferencedObject& into) {
  if (member.value.kind != Node::Kind::table)
    return object.wrong_type("attributes", member.value,
                             "a table of texts such as { tier = \"gold\" }");
  for (const Node::Member& attribute : member.value.members) {
    if (!is_attribute_name(attribute.key))
      object.error(code::wrong_value, attribute.line,
                   fmt::format("attribute {}: a name has letters, digits and _ only",
                               in_quotes(attribute.key)));
    else if (attribute.value.kind != Node::Kind::text || attribute.value.text.empty())
      object.error(code::wrong_type, attribute.line,
                   fmt::format("attribute {} must be a text: write for example {} = \"gold\"",
                               in_quotes(attribute.key), attribute.key));
    else
      into.attributes.emplace_back(attribute.key, attribute.value.text);
  }
}

}  // namespace

void read_objects(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  for (size_t kind = 0; kind < std::size(desk::object_kind_names); ++kind) {
    const std::string_view word = desk::object_kind_names[kind];
    const Node::Member* member = file.find(word);
    if (member == nullptr) continue;
    sections.has_desk_tables = true;
    if (member->value.kind != Node::Kind::table) {
      file.wrong_type(word, member->value, fmt::format("tables such as [{}.NAME]", word));
      continue;
    }
    for (const Node::Member& entry : member->value.members) {
      TableReader table(entry.value, entry.line, fmt::format("{} {}", word, in_quotes(entry.key)),
                        diagnostics);
      desk::ReferencedObject object{static_cast<desk::ObjectKind>(kind), entry.key, {}};
      if (object.kind != desk::ObjectKind::requester) {
        if (const auto level = table.one_of("criticality", level_names)) {
          const bool of_item = object.kind == desk::ObjectKind::config_item;
          const bool twice =
              std::any_of(sections.criticalities.begin(), sections.criticalities.end(),
                          [&](const desk::Criticality& known) {
                            return known.of_config_item == of_item && known.name == entry.key;
                          });
          if (twice)
            table.error(code::duplicate, table.line(),
                        fmt::format("[criticality.{}] says its criticality too: remove one", word));
          sections.criticalities.push_back(
              {of_item, entry.key, static_cast<sched::Impact>(*level + 1)});
        }
      }
      if (const Node::Member* attributes = table.find("attributes"))
        read_attributes(table, *attributes, object);
      table.finish();
      if (!object.attributes.empty()) sections.objects.push_back(std::move(object));
    }
  }
}

}  // namespace paceline::config
