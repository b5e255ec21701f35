// The way of a command, from the socket to the log and back, once buffers have found their size:
// no allocation, no mutex, on any thread it passes.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/prctl.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string_view>

#include "tests/support/server_fixture.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool can_count = false;  // the sanitizer stands where this would
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool can_count = false;
#else
constexpr bool can_count = true;
#define PACELINE_COUNTS
#endif
#else
constexpr bool can_count = true;
#define PACELINE_COUNTS
#endif

namespace {
std::atomic<bool> counting{false};
std::atomic<uint64_t> allocations{0};
std::atomic<uint64_t> mutexes{0};
thread_local bool is_client = false;

/// Not the client's thread, nor one that works behind a command's back: the archivist's index of
/// what has left grows with it.
bool is_on_the_path() {
  if (is_client) return false;
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  const std::string_view of_thread(name);
  return of_thread != "archivist" && of_thread != "log-segments" && of_thread != "snapshotter";
}

[[maybe_unused]] void count(std::atomic<uint64_t>& what) {
  if (counting.load(std::memory_order_relaxed) && is_on_the_path()) ++what;
}
}  // namespace

#ifdef PACELINE_COUNTS
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"  // both are here
void* operator new(size_t size) {
  count(allocations);
  if (void* made = std::malloc(size)) return made;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  using Lock = int (*)(pthread_mutex_t*);
  static const auto lock = reinterpret_cast<Lock>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  count(mutexes);
  return lock(mutex);
}
#endif

namespace paceline::wire {
namespace {

class CommandPath : public ServerTest {
 protected:
  CommandPath() { is_client = true; }

  /// At a desk that soon has as many closed tickets as it keeps.
  std::unique_ptr<RawPeer> peer_at_small_desk() {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(1);
    desk::Limits limits = RawPeer::small_limits();
    limits.closed_max = 100;
    CHECK(peer->open_desk("emea", true, limits).created);
    CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
    peer->send_commands(writer, first_desk, 1);
    for (const desk::Reply& reply : peer->replies()) CHECK(reply.code == 0);
    return peer;
  }
  /// Two hundred tickets opened, taken, resolved and closed, each with a text of its own.
  void work(RawPeer& peer, int frames = 1) {
    for (int frame = 0; frame < frames; ++frame) send(peer);
    for (int frame = 0; frame < frames; ++frame) {
      for (const desk::Reply& reply : peer.replies()) ASSERT_EQ(reply.code, 0);
    }
  }
  void send(RawPeer& peer) {
    CommandWriter writer;
    for (uint64_t i = 0; i < 200; ++i) {
      const std::string id = "INC" + std::to_string(1'000'000 + ++opened_);
      writer.open({.external_id = id,
                   .category = "printer",
                   .requester = "somebody",
                   .body = std::string(200, 'b'),
                   .queue = "network"});
      writer.assign({.external_id = id}, "ada");
      writer.resolve({.external_id = id}, "fixed");
      writer.close({.external_id = id});
    }
    const uint64_t commands = writer.size();
    peer.send_commands(writer, first_desk, next_number_);
    next_number_ += commands;
  }

  uint64_t opened_ = 0;
  uint64_t next_number_ = 4;
};

TEST_F(CommandPath, AllocatesNothingAndLocksNothing) {
  if (!can_count) GTEST_SKIP() << "not under a sanitizer";
  for (const Durability durability : {Durability::none, Durability::sync}) {
    options.durability = durability;
    options.data = folder.path() + "/data-" + std::to_string(static_cast<int>(durability));
    opened_ = 0;
    next_number_ = 4;
    start();
    const auto peer = peer_at_small_desk();
    for (int warm_up = 0; warm_up < 20; ++warm_up) work(*peer, 8);
    // A batch that is on its way longer than those before meets buffers that are new still: what
    // counts is that it comes to an end.
    int free_rounds = 0;
    for (int round = 0; round < 1'000 && free_rounds < 50; ++round) {
      allocations = mutexes = 0;
      counting = true;
      work(*peer);
      counting = false;
      EXPECT_EQ(mutexes.load(), 0U);
      free_rounds = allocations.load() == 0 ? free_rounds + 1 : 0;
    }
    EXPECT_EQ(free_rounds, 50) << "one after the other, of 800 commands each";
    ASSERT_EQ(stop().text, "");
  }
}

}  // namespace
}  // namespace paceline::wire
