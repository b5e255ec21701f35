#include "tools/bench_snapshots.h"

#include <chrono>

#include "tools/connection.h"
#include "wire/client.h"

namespace paceline::tools {

namespace {
constexpr auto longest_wait = std::chrono::hours(1);
}  // namespace

BenchSnapshots::~BenchSnapshots() {
  if (taking_.joinable()) (void)finish();
}

void BenchSnapshots::start(const std::string& address) {
  taking_ = std::thread([this, address] { done_ = take_all(address); });
}

Done BenchSnapshots::finish() {
  enough_.store(true);
  taking_.join();
  return done_;
}

Done BenchSnapshots::take_all(const std::string& address) {
  wire::ClientOptions options;
  options.address = address;
  auto client = wire::Client::connect(options);
  if (!client) return sched::Unexpected{explain(client.error())};
  do {
    const auto taken = client->take_snapshot(longest_wait);
    if (!taken) return sched::Unexpected{explain(taken.error())};
    seconds_.push_back(static_cast<double>(taken->report.took_us()) / 1e6);
  } while (!enough_.load());
  return {};
}

}  // namespace paceline::tools
