// FixedArray<T>: room for `size` elements from the start, paid for only as it is touched.
//
// Mapped, so zero-filled by the operating system on first touch (an allocator's calloc may fill all
// of it at once); never moved, never grown: references stay valid, and a desk with a generous limit
// costs memory only for what it holds.
//
// Records met in random order may ask for huge pages, so that of millions not every access misses
// the TLB. Only what lies beyond the first 32 MiB has them: a small desk stays small, and the last
// huge page, half used, is a small share. What is mostly written once stays with small pages: to
// clear a huge one takes a long breath. The next one is therefore touched ahead (page_ahead.h).
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "sched/base/archive.h"
#include "sched/base/check.h"
#include "sched/base/page_ahead.h"

namespace paceline::sched {

enum class Pages : uint8_t { small, huge, huge_from_start };

template <class T>
class FixedArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>,
                "elements begin as zero bytes and end without a destructor");

 public:
  FixedArray() = default;
  explicit FixedArray(size_t size, Pages pages = Pages::small) : size_(size) {
    if (size == 0) return;
    void* const mapped = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(mapped != MAP_FAILED);
    data_ = static_cast<T*>(mapped);
    huge_from_ = ordered_bytes_ = bytes();
    if (pages != Pages::small) use_huge_pages(pages == Pages::huge ? small_pages_bytes : 0);
  }
  FixedArray(FixedArray&& other) noexcept { swap(other); }
  FixedArray& operator=(FixedArray&& other) noexcept {
    swap(other);
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
  /// Element `index` is about to be written, after all those before it. Not needed, but a page
  /// asked for with its neighbours costs a third of a page fault.
  void reach(size_t index) {
    if ((index + 1) * sizeof(T) > reached_bytes_) populate((index + 1) * sizeof(T));
  }
  /// Element `index` is going to be written before long: its huge page, and those before it, may be
  /// touched meanwhile.
  void coming(size_t index) {
    if (index * sizeof(T) >= ordered_bytes_ && index < size_) order(index * sizeof(T));
  }

  /// Elements [from, to) as bulk memory.
  void persist(Archive& archive, size_t from, size_t to) {
    if (!archive.require(from <= to && to <= size_, "an array is longer than the limits let it be"))
      return;
    archive.block(data_ + from, (to - from) * sizeof(T));
    if (!archive.loading() || from != 0) return;
    const size_t blocks = (to * sizeof(T) + populate_bytes - 1) / populate_bytes;
    reached_bytes_ = std::min(blocks * populate_bytes, bytes());
    ordered_bytes_ = std::max(ordered_bytes_, end_of_huge_page(reached_bytes_));
  }
  /// The first `used` ones.
  void persist(Archive& archive, size_t used) { persist(archive, 0, used); }

  size_t size() const { return size_; }
  std::span<T> span() { return {data_, size_}; }
  std::span<const T> span() const { return {data_, size_}; }

 private:
  static constexpr size_t small_pages_bytes = size_t{32} << 20;
  static constexpr size_t huge_page_bytes = size_t{2} << 20;
  static constexpr size_t populate_bytes = size_t{64} << 10;

  size_t bytes() const { return size_ * sizeof(T); }
  void swap(FixedArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(reached_bytes_, other.reached_bytes_);
    std::swap(huge_from_, other.huge_from_);
    std::swap(ordered_bytes_, other.ordered_bytes_);
  }
  /// Of the one in which `at_bytes` lies, or the array's end.
  size_t end_of_huge_page(size_t at_bytes) const {
    if (at_bytes < huge_from_) return huge_from_;
    const size_t pages = (at_bytes - huge_from_) / huge_page_bytes + 1;
    return std::min(huge_from_ + pages * huge_page_bytes, bytes());
  }
  [[gnu::noinline]] void populate(size_t until_bytes) {
    while (reached_bytes_ < until_bytes) {
      const bool huge = reached_bytes_ >= huge_from_;
      const size_t step = huge ? huge_page_bytes / 2 : populate_bytes;
      const size_t end = std::min(reached_bytes_ + step, huge ? bytes() : huge_from_);
      ::madvise(reinterpret_cast<char*>(data_) + reached_bytes_, end - reached_bytes_,
                MADV_POPULATE_WRITE);
      reached_bytes_ = end;
    }
    // Once in its second half the next one is ordered: whole pages of a desk lie idle otherwise.
    coming((reached_bytes_ + huge_page_bytes / 2 - 1) / sizeof(T));
  }
  [[gnu::noinline]] void order(size_t at_bytes) {
    const size_t end = end_of_huge_page(at_bytes);
    if (PageAhead* const ahead = PageAhead::of_this_thread())
      ahead->touch(reinterpret_cast<std::byte*>(data_) + ordered_bytes_, end - ordered_bytes_);
    ordered_bytes_ = end;
  }
  /// A wish: where it is not granted, nothing but speed is lost.
  void use_huge_pages(size_t beyond) {
    const size_t into_page = reinterpret_cast<uintptr_t>(data_) % huge_page_bytes;
    const size_t from = beyond + huge_page_bytes - into_page;
    if (from >= bytes()) return;
    ::madvise(reinterpret_cast<char*>(data_) + from, bytes() - from, MADV_HUGEPAGE);
    huge_from_ = ordered_bytes_ = from;
  }

  T* data_ = nullptr;
  size_t size_ = 0;
  size_t reached_bytes_ = 0;
  size_t huge_from_ = 0;      // beyond it there are huge pages; the array's end: none
  size_t ordered_bytes_ = 0;  // up to here pages were touched, or are going to be
};

}  // namespace paceline::sched
