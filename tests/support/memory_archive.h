// An archive in memory, both ways: what a snapshot file is to a server.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "sched/base/archive.h"

namespace paceline::sched::test {

/// Small things first, then what came by bulk().
struct Image {
  std::vector<std::byte> small;
  std::vector<std::byte> bulk;
  bool operator==(const Image&) const = default;
};

class MemoryWriter final : public Archive {
 public:
  explicit MemoryWriter(Image& image) : Archive(false), image_(image) {}
  void bytes(void* data, size_t size) override { append(image_.small, data, size); }
  void bulk(void* data, size_t size) override { append(image_.bulk, data, size); }
  void settle() override {}

 private:
  static void append(std::vector<std::byte>& to, const void* data, size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    to.insert(to.end(), from, from + size);
  }
  uint64_t left() const override { return 0; }

  Image& image_;
};

/// Bulk memory arrives with settle() only, and is rubbish before.
class MemoryReader final : public Archive {
 public:
  explicit MemoryReader(const Image& image)
      : Archive(true), small_(image.small), bulk_(image.bulk) {}

  void bytes(void* data, size_t size) override {
    if (failed() || size > small_.size()) {
      fail("the archive ends too early");
      if (size != 0) std::memset(data, 0, size);
      return;
    }
    if (size != 0) std::memcpy(data, small_.data(), size);
    small_ = small_.subspan(size);
  }
  void bulk(void* data, size_t size) override {
    if (size > bulk_.size()) return fail("the archive ends too early");
    std::memset(data, 0xa5, size);
    wanted_.push_back({data, bulk_.first(size)});
    bulk_ = bulk_.subspan(size);
  }
  void settle() override {
    for (const Wanted& wanted : wanted_) {
      std::memcpy(wanted.to, wanted.from.data(), wanted.from.size());
    }
    wanted_.clear();
    require(small_.empty() && bulk_.empty(), "there is more than was asked for");
  }

 private:
  struct Wanted {
    void* to;
    std::span<const std::byte> from;
  };
  uint64_t left() const override { return small_.size() + bulk_.size(); }

  std::span<const std::byte> small_;
  std::span<const std::byte> bulk_;
  std::vector<Wanted> wanted_;
};

template <class Object>
Image saved(Object& object) {
  Image image;
  MemoryWriter writer(image);
  object.persist(writer);
  return image;
}
/// Why it could not be; empty: it was.
template <class Object>
std::string load(Object& object, const Image& image) {
  MemoryReader reader(image);
  object.persist(reader);
  return reader.failure();
}

}  // namespace paceline::sched::test
