// Interned values of one attribute: text ↔ position, in order of first appearance.
//
// Owner: shard thread.  Allocates: when a value appears for the first time.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/base/hash_index.h"

namespace paceline::desk {

class Dictionary {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit Dictionary(uint32_t entries_max) : entries_max_(entries_max) {}

  uint32_t find(std::string_view text) const {
    return index_.find(sched::hash_text(text), [&](uint32_t at) { return values_[at] == text; });
  }

  /// `none` if the dictionary is full.
  uint32_t intern(std::string_view text) {
    const uint32_t found = find(text);
    if (found != none || values_.size() >= entries_max_) return found;
    const auto position = static_cast<uint32_t>(values_.size());
    values_.emplace_back(text);
    index_.insert(sched::hash_text(text), position,
                  [&](uint32_t at) { return sched::hash_text(values_[at]); });
    return position;
  }

  std::string_view text(uint32_t position) const {
    return position == none ? std::string_view{} : std::string_view{values_[position]};
  }
  uint32_t size() const { return static_cast<uint32_t>(values_.size()); }
  bool full() const { return values_.size() >= entries_max_; }

  void persist(sched::Archive& archive) {
    archive.fields(values_);
    archive.require(values_.size() <= entries_max_, "more distinct values than the limits allow");
    if (!archive.loading()) return;
    const auto count = static_cast<uint32_t>(values_.size());
    index_.rebuild(
        count, count, [](uint32_t) { return true; },
        [&](uint32_t at) { return sched::hash_text(values_[at]); });
  }

  void add_to(sched::Digest& digest) const {
    digest.add(uint64_t{values_.size()});
    for (const std::string& value : values_) digest.add_text(value);
  }

 private:
  uint32_t entries_max_;
  std::deque<std::string> values_;
  sched::HashIndex index_;
};

}  // namespace paceline::desk
