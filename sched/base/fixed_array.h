// FixedArray<T>: room for `size` elements from the start, paid for only as it is touched.
//
// Zero-filled by the operating system on first touch, never moved, never grown: references stay
// valid, and a desk with a generous limit costs memory only for what it holds.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <span>
#include <type_traits>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

template <class T>
class FixedArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>,
                "elements begin as zero bytes and end without a destructor");

 public:
  FixedArray() = default;
  explicit FixedArray(size_t size)
      : data_(static_cast<T*>(std::calloc(size == 0 ? 1 : size, sizeof(T)))), size_(size) {
    CHECK(data_ != nullptr);
  }
  FixedArray(FixedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  FixedArray& operator=(FixedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~FixedArray() { std::free(data_); }

  T& operator[](size_t index) {
    DCHECK(index < size_);
    return data_[index];
  }
  const T& operator[](size_t index) const {
    DCHECK(index < size_);
    return data_[index];
  }
  size_t size() const { return size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace paceline::sched
