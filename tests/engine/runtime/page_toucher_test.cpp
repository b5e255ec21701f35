#include "engine/runtime/page_toucher.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <thread>
#include <vector>

#include "sched/base/check.h"

namespace paceline::runtime {
namespace {

constexpr size_t page = 4'096;

class Mapped {
 public:
  explicit Mapped(size_t pages)
      : bytes_(pages * page),
        data_(static_cast<std::byte*>(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
    CHECK(data_ != MAP_FAILED);
  }
  ~Mapped() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  std::byte* data() { return data_; }
  size_t bytes() const { return bytes_; }
  size_t resident_pages() const {
    std::vector<unsigned char> there(bytes_ / page);
    CHECK(mincore(data_, bytes_, there.data()) == 0);
    size_t pages = 0;
    for (const unsigned char one : there) pages += one & 1U;
    return pages;
  }

 private:
  size_t bytes_;
  std::byte* data_;
};

class PageToucherTest : public ::testing::Test {
 protected:
  /// Until so many are there: nobody says when an order is carried out.
  static void wait_for(const Mapped& memory, size_t pages) {
    while (memory.resident_pages() < pages) std::this_thread::yield();
  }

  PageToucher toucher{2};
  std::thread thread{[this] { toucher.run(); }};

  ~PageToucherTest() override {
    toucher.stop();
    thread.join();
  }
};

TEST_F(PageToucherTest, WhatIsOrderedIsTouchedAndNothingElse) {
  Mapped memory(64);
  toucher.of(0).touch(memory.data() + 8 * page, 16 * page);
  wait_for(memory, 16);
  EXPECT_EQ(memory.resident_pages(), 16U);
}

TEST_F(PageToucherTest, WhatWasWrittenStays) {
  Mapped memory(64);
  memory.data()[3 * page] = std::byte{7};
  toucher.of(0).touch(memory.data(), memory.bytes());
  wait_for(memory, 64);
  EXPECT_EQ(memory.data()[3 * page], std::byte{7});
}

TEST_F(PageToucherTest, ServesEveryShard) {
  Mapped first(16);
  Mapped second(16);
  toucher.of(0).touch(first.data(), first.bytes());
  toucher.of(1).touch(second.data(), second.bytes());
  wait_for(first, 16);
  wait_for(second, 16);
}

TEST_F(PageToucherTest, MemoryThatIsGoneHarmsNobody) {
  std::byte* gone = nullptr;
  size_t bytes = 0;
  {
    Mapped memory(16);
    gone = memory.data();
    bytes = memory.bytes();
  }
  toucher.of(0).touch(gone, bytes);
  Mapped after(16);
  toucher.of(0).touch(after.data(), after.bytes());
  wait_for(after, 16);
}

TEST(PageToucherAlone, ForgetsWhatIsTooMuchAndNeverWaits) {
  PageToucher toucher(1);  // nobody runs it
  Mapped memory(1);
  for (int i = 0; i < 10'000; ++i) toucher.of(0).touch(memory.data(), memory.bytes());
  EXPECT_EQ(memory.resident_pages(), 0U);
}

}  // namespace
}  // namespace paceline::runtime
