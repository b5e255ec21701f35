// What tickets refer to: services, configuration items, requesters, and what is known of them.
//
// A condition may read an attribute of the object a ticket names: `service.tier == 'gold'`. It is
// compiled to the set of objects whose attribute it is, so it costs what a list of names costs, and
// a change of the objects is a change of the conditions. An object or attribute that is not listed
// is like an empty one.
//
// Owner: whoever holds it.  Allocates: when made.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/predicate.h"

namespace paceline::desk {

class ObjectCatalogue {
 public:
  /// Of conditions that were checked with objects there were before.
  enum class Unknown : uint8_t { is_an_error, is_empty };

  ObjectCatalogue() = default;
  explicit ObjectCatalogue(const std::vector<ReferencedObject>& objects,
                           Unknown unknown = Unknown::is_an_error);

  bool forgives() const { return unknown_ == Unknown::is_empty; }
  bool has_attribute(Field of, std::string_view attribute) const;
  std::vector<std::string_view> attributes(Field of) const;
  /// Names of the objects that have the attribute with this value.
  std::vector<std::string_view> with(Field of, std::string_view attribute,
                                     std::string_view value) const;
  /// Names of those that have it at all.
  std::vector<std::string_view> with(Field of, std::string_view attribute) const;

 private:
  using Names = std::vector<std::string>;
  using ByValue = std::map<std::string, Names, std::less<>>;

  const ByValue* find(Field of, std::string_view attribute) const;

  std::map<Field, std::map<std::string, ByValue, std::less<>>> known_;
  Unknown unknown_ = Unknown::is_an_error;
};

/// The field by which a ticket names an object of this kind.
Field field_of(ObjectKind kind);
/// Those that are not the same in both, by field and name.
std::set<std::pair<Field, std::string>> changed_objects(const std::vector<ReferencedObject>& before,
                                                        const std::vector<ReferencedObject>& after);

}  // namespace paceline::desk
