#include "engine/desk/objects.h"

namespace paceline::desk {

Field field_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::config_item:
      return Field::config_item;
    case ObjectKind::requester:
      return Field::requester;
    case ObjectKind::service:
      break;
  }
  return Field::service;
}

ObjectCatalogue::ObjectCatalogue(const std::vector<ReferencedObject>& objects, Unknown unknown)
    : unknown_(unknown) {
  for (const ReferencedObject& object : objects) {
    for (const auto& [attribute, value] : object.attributes) {
      known_[field_of(object.kind)][attribute][value].push_back(object.name);
    }
  }
}

const ObjectCatalogue::ByValue* ObjectCatalogue::find(Field of, std::string_view attribute) const {
  const auto kind = known_.find(of);
  if (kind == known_.end()) return nullptr;
  const auto found = kind->second.find(attribute);
  return found == kind->second.end() ? nullptr : &found->second;
}

bool ObjectCatalogue::has_attribute(Field of, std::string_view attribute) const {
  return find(of, attribute) != nullptr;
}

std::vector<std::string_view> ObjectCatalogue::attributes(Field of) const {
  std::vector<std::string_view> names;
  const auto kind = known_.find(of);
  if (kind == known_.end()) return names;
  for (const auto& [attribute, values] : kind->second) names.emplace_back(attribute);
  return names;
}

std::vector<std::string_view> ObjectCatalogue::with(Field of, std::string_view attribute,
                                                    std::string_view value) const {
  const ByValue* values = find(of, attribute);
  if (values == nullptr) return {};
  const auto found = values->find(value);
  if (found == values->end()) return {};
  return {found->second.begin(), found->second.end()};
}

std::vector<std::string_view> ObjectCatalogue::with(Field of, std::string_view attribute) const {
  std::vector<std::string_view> names;
  const ByValue* values = find(of, attribute);
  if (values == nullptr) return names;
  for (const auto& [value, objects] : *values) {
    names.insert(names.end(), objects.begin(), objects.end());
  }
  return names;
}

std::set<std::pair<Field, std::string>> changed_objects(
    const std::vector<ReferencedObject>& before, const std::vector<ReferencedObject>& after) {
  using Attributes = std::map<std::string_view, std::string_view>;
  const auto by_name = [](const std::vector<ReferencedObject>& objects) {
    std::map<std::pair<Field, std::string>, Attributes> all;
    for (const ReferencedObject& object : objects) {
      Attributes& attributes = all[{field_of(object.kind), object.name}];
      attributes.insert(object.attributes.begin(), object.attributes.end());
    }
    return all;
  };
  const auto old_ones = by_name(before);
  const auto new_ones = by_name(after);
  std::set<std::pair<Field, std::string>> changed;
  const auto differ = [&](const auto& these, const auto& those) {
    for (const auto& [key, attributes] : these) {
      const auto other = those.find(key);
      const bool same = other == those.end() ? attributes.empty() : other->second == attributes;
      if (!same) changed.insert(key);
    }
  };
  differ(old_ones, new_ones);
  differ(new_ones, old_ones);
  return changed;
}

}  // namespace paceline::desk
