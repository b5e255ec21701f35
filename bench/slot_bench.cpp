// Records that come and go: one of n is freed, one is taken and its first and last bytes written.
//
// Ours is a slab with its free list outside the records; beside it glibc, mimalloc and boost::pool.
// The freed one is any of those in use, as tickets end in no order. mimalloc is loaded rather than
// linked: linked, it takes malloc over, and both were the same.
#include <dlfcn.h>

#include <array>
#include <boost/pool/pool.hpp>
#include <cstdlib>
#include <string>

#include "bench/sched_bench.h"
#include "engine/desk/slot_list.h"
#include "sched/base/fixed_array.h"

namespace paceline::bench {
namespace {

struct Record {
  uint64_t first;
  std::array<uint64_t, 22> middle;
  uint64_t last;
};
static_assert(sizeof(Record) == 192);

class Slab {
 public:
  using Handle = uint32_t;
  explicit Slab(uint32_t n) : slots_(n + 1), records_(n + 1, sched::Pages::huge) {}
  Handle take() { return slots_.take(); }
  void free(Handle slot) { slots_.give_back(slot); }
  Record& at(Handle slot) { return records_[slot]; }

 private:
  desk::SlotList slots_;
  sched::FixedArray<Record> records_;
};

namespace peers {

class Glibc {
 public:
  using Handle = Record*;
  explicit Glibc(uint32_t) {}
  Handle take() { return static_cast<Record*>(std::malloc(sizeof(Record))); }
  void free(Handle record) { std::free(record); }
  Record& at(Handle record) { return *record; }
};

class Mimalloc {
 public:
  using Handle = Record*;
  static bool there() { return functions().allocate != nullptr; }
  explicit Mimalloc(uint32_t) : functions_(functions()) {}
  Handle take() { return static_cast<Record*>(functions_.allocate(sizeof(Record))); }
  void free(Handle record) { functions_.release(record); }
  Record& at(Handle record) { return *record; }

 private:
  struct Functions {
    void* (*allocate)(size_t) = nullptr;
    void (*release)(void*) = nullptr;
  };
  static Functions functions() {
    static void* const library = dlopen("libmimalloc.so.2", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return {};
    return {reinterpret_cast<void* (*)(size_t)>(dlsym(library, "mi_malloc")),
            reinterpret_cast<void (*)(void*)>(dlsym(library, "mi_free"))};
  }
  Functions functions_;
};

class BoostPool {
 public:
  using Handle = Record*;
  explicit BoostPool(uint32_t) : pool_(sizeof(Record)) {}
  Handle take() { return static_cast<Record*>(pool_.malloc()); }
  void free(Handle record) { pool_.free(record); }
  Record& at(Handle record) { return *record; }

 private:
  boost::pool<> pool_;
};

}  // namespace peers

template <class Records>
class Churn {
 public:
  explicit Churn(uint32_t n) : records_(n), in_use_(n) {
    for (auto& handle : in_use_) handle = fresh();
    // Out of the order of allocation before anything is timed.
    for (uint32_t i = 0; i < n; ++i) step();
  }
  ~Churn() {
    for (const auto handle : in_use_) records_.free(handle);
  }
  void step() {
    // xorshift: the generator must not be what is measured.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    auto& handle = in_use_[random_ % in_use_.size()];
    folded_ = folded_ * 31 + records_.at(handle).last;
    records_.free(handle);
    handle = fresh();
  }
  uint64_t folded() const { return folded_; }

 private:
  auto fresh() {
    const auto handle = records_.take();
    records_.at(handle).first = made_;
    records_.at(handle).last = made_++;
    return handle;
  }
  Records records_;
  std::vector<typename Records::Handle> in_use_;
  uint64_t random_ = 88'172'645'463'325'252;
  uint64_t made_ = 0;
  uint64_t folded_ = 0;
};

template <class Records>
uint64_t answers() {
  Churn<Records> churn(5'000);
  for (int step = 0; step < 50'000; ++step) churn.step();
  return churn.folded();
}

template <class Records>
void churn(benchmark::State& state) {
  must_agree(answers<Records>() == answers<Slab>(), "records");
  Churn<Records> churn(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) churn.step();
  benchmark::DoNotOptimize(churn.folded());
}

template <class Records>
void add(const char* name) {
  for (int64_t n = 10'000; n <= (full() ? 10'000'000 : 10'000); n *= 10) {
    benchmark::RegisterBenchmark(name, churn<Records>)->ArgName("n")->Arg(n);
  }
}
const bool added = [] {
  add<Slab>("churn<SlotList>");
  add<peers::Glibc>("churn<peers::Glibc>");
  if (peers::Mimalloc::there()) add<peers::Mimalloc>("churn<peers::Mimalloc>");
  add<peers::BoostPool>("churn<peers::BoostPool>");
  return true;
}();

}  // namespace
}  // namespace paceline::bench
