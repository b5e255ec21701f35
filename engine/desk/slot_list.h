// Which slots of a slab are free.
#pragma once

#include <cstdint>
#include <vector>

#include "sched/base/archive.h"

namespace paceline::desk {

/// Slots handed out from the lowest never used, then again as they are freed. The free list lies
/// outside the records: freeing does not touch them.
class SlotList {
 public:
  explicit SlotList(uint32_t size) : size_(size) {}
  static constexpr uint32_t none = 0xffff'ffff;

  uint32_t take() {
    if (!free_.empty()) {
      const uint32_t slot = free_.back();
      free_.pop_back();
      return slot;
    }
    return next_ < size_ ? next_++ : none;
  }
  void give_back(uint32_t slot) { free_.push_back(slot); }
  uint32_t used() const { return next_ - static_cast<uint32_t>(free_.size()); }
  uint32_t left() const { return size_ - used(); }
  uint32_t high_water() const { return next_; }  ///< No slot at or above was ever taken.

  void persist(sched::Archive& archive) {
    archive.value(next_);
    archive.bulk_list(free_);
    archive.require(next_ <= size_, "more records than the limits let there be");
    archive.require(free_.size() <= next_, "more records are free than there are");
  }

 private:
  friend class SlotClaims;

  uint32_t size_;
  uint32_t next_ = 0;
  std::vector<uint32_t> free_;
};

/// Examines a slab that was filled in: every slot is free or led to, once. Then no chain through it
/// goes round or into another.
class SlotClaims {
 public:
  explicit SlotClaims(const SlotList& slots) : bits_(slots.next_ / 64 + 1), count_(slots.next_) {
    for (const uint32_t slot : slots.free_) claim(slot);
    free_ = bits_;
  }
  bool free(uint32_t slot) const { return (free_[slot / 64] >> (slot % 64) & 1) != 0; }
  /// `SlotList::none` is nothing.
  void claim(uint32_t slot) {
    if (slot == SlotList::none) return;
    if (slot >= count_) {
      sound_ = false;
      return;
    }
    const uint64_t bit = uint64_t{1} << (slot % 64);
    sound_ = sound_ && (bits_[slot / 64] & bit) == 0;
    bits_[slot / 64] |= bit;
    ++claimed_;
  }
  /// All are claimed, none twice.
  bool complete() const { return sound_ && claimed_ == count_; }

 private:
  std::vector<uint64_t> bits_;
  std::vector<uint64_t> free_;
  uint32_t count_;
  uint64_t claimed_ = 0;
  bool sound_ = true;
};

}  // namespace paceline::desk
