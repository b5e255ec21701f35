// The client under test beside a FakePeer, and what tests send with it.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <utility>

#include "tests/wire/fake_peer.h"
#include "wire/client.h"

namespace paceline::wire {

inline constexpr sched::DeskNumber desk_1{1};

inline ClientOptions options_for(const FakePeer& peer) {
  ClientOptions options;
  options.address = peer.address();
  options.client_name = "test";
  options.session = {0x5e55};
  return options;
}

/// An attempt to connect that failed: what a peer that is away waits for.
class FailedAttempt {
 public:
  void announce_in(ClientOptions& options) {
    options.note = [this](std::string_view) {
      happened_ = true;
      happened_.notify_all();
    };
  }
  void wait() const { happened_.wait(false); }

 private:
  std::atomic<bool> happened_ = false;
};

/// Connected, with desk 1 open.
inline Client connected(ClientOptions options) {
  auto client = Client::connect(std::move(options));
  if (!client) {
    ADD_FAILURE() << client.error().text;
    std::abort();
  }
  const auto desk = client->open_desk("emea");
  EXPECT_TRUE(desk) << desk.error().text;
  return std::move(*client);
}

inline Client connected(const FakePeer& peer) { return connected(options_for(peer)); }

inline CommandWriter opens(int count, const std::string& external_id = "INC") {
  CommandWriter writer;
  for (int i = 0; i < count; ++i) writer.open({.external_id = external_id});
  return writer;
}

}  // namespace paceline::wire
