// Bytes on a block boundary, as writing past the page cache asks for; grows, never shrinks.
//
// Owner: one thread.  Allocates: when it grows.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace paceline::runtime {

class BlockBuffer {
 public:
  static constexpr size_t alignment = 4'096;

  /// New bytes hold anything.
  void resize(size_t size) {
    if (size > room_) grow(size);
    size_ = size;
  }
  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  std::byte* data() { return bytes_.get(); }
  std::span<std::byte> bytes() { return {bytes_.get(), size_}; }

 private:
  struct Free {
    void operator()(std::byte* bytes) const {
      ::operator delete[](bytes, std::align_val_t{alignment});
    }
  };
  void grow(size_t size) {
    const size_t room = std::max((size + alignment - 1) / alignment * alignment, room_ * 2);
    std::unique_ptr<std::byte[], Free> bytes(
        static_cast<std::byte*>(::operator new[](room, std::align_val_t{alignment})));
    if (size_ != 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    room_ = room;
  }

  std::unique_ptr<std::byte[], Free> bytes_;
  size_t room_ = 0;
  size_t size_ = 0;
};

}  // namespace paceline::runtime
