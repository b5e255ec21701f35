// FixedArray<T>: room for `size` elements from the start, paid for only as it is touched.
//
// Mapped, so zero-filled by the operating system on first touch (an allocator's calloc may fill all
// of it at once); never moved, never grown: references stay valid, and a desk with a generous limit
// costs memory only for what it holds.
#pragma once

#include <sys/mman.h>

#include <cstddef>
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
  explicit FixedArray(size_t size) : size_(size) {
    if (size == 0) return;
    void* const mapped = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(mapped != MAP_FAILED);
    data_ = static_cast<T*>(mapped);
  }
  FixedArray(FixedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  FixedArray& operator=(FixedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~FixedArray() {
    if (data_ != nullptr) ::munmap(data_, bytes());
  }

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
  size_t bytes() const { return size_ * sizeof(T); }

  T* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace paceline::sched
