// Which slots of a slab are free.
#pragma once

#include <cstdint>
#include <vector>

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

 private:
  uint32_t size_;
  uint32_t next_ = 0;
  std::vector<uint32_t> free_;
};

}  // namespace paceline::desk
