// Texts as numbers, so that a million cases stay small and compare fast.
//
// Owner: one thread.  Allocates: each text once.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace paceline::report {

using Word = uint32_t;

class Words {
 public:
  static constexpr Word nothing = 0;  ///< The empty text.

  Words() { find(""); }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  Word find(std::string_view text) {
    const auto known = numbers_.find(text);
    if (known != numbers_.end()) return known->second;
    const auto number = static_cast<Word>(texts_.size());
    numbers_.emplace(texts_.emplace_back(text), number);
    return number;
  }
  const std::string& text(Word word) const { return texts_[word]; }

 private:
  std::deque<std::string> texts_;  // entries stay where they are
  std::unordered_map<std::string_view, Word> numbers_;
};

}  // namespace paceline::report
