// A list whose elements stay where they are as it grows, found in two loads.
//
// A deque keeps them in place too, but works out where: half a dozen instructions more with every
// look, on tables that every command looks at many times.
//
// Owner: as its holder.  Allocates: when it grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

namespace paceline::sched {

template <class T>
class StableList {
 public:
  StableList() = default;
  // What was copied would still point at the other's elements.
  StableList(const StableList&) = delete;
  StableList& operator=(const StableList&) = delete;
  StableList(StableList&&) noexcept = default;
  StableList& operator=(StableList&&) noexcept = default;

  T& operator[](size_t index) { return *places_[index]; }
  const T& operator[](size_t index) const { return *places_[index]; }
  T& back() { return *places_.back(); }
  size_t size() const { return places_.size(); }
  bool empty() const { return places_.empty(); }

  template <class... Args>
  T& emplace_back(Args&&... args) {
    T& added = elements_.emplace_back(std::forward<Args>(args)...);
    places_.push_back(&added);
    return added;
  }
  void push_back(T element) { emplace_back(std::move(element)); }
  void clear() { resize(0); }
  void resize(size_t size) {
    while (elements_.size() < size) emplace_back();
    elements_.resize(size);
    places_.resize(size);
  }

  auto begin() { return elements_.begin(); }
  auto end() { return elements_.end(); }
  auto begin() const { return elements_.begin(); }
  auto end() const { return elements_.end(); }

 private:
  std::deque<T> elements_;
  std::vector<T*> places_;
};

}  // namespace paceline::sched
