// Equal texts kept once, numbered in the order of first sight. 0 is the empty text.
//
// Owner: one thread.  Allocates: for new texts.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace paceline::tools {

class TextPool {
 public:
  using Id = uint32_t;

  TextPool() { id(""); }
  TextPool(TextPool&&) = default;
  TextPool& operator=(TextPool&&) = default;

  Id id(std::string_view text) {
    if (const auto found = ids_.find(text); found != ids_.end()) return found->second;
    texts_.emplace_back(text);  // a deque: the views into it stay good
    return ids_.emplace(texts_.back(), static_cast<Id>(texts_.size() - 1)).first->second;
  }
  const std::string& text(Id id) const { return texts_[id]; }
  size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, Id> ids_;
};

}  // namespace paceline::tools
