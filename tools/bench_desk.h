// What the benchmarks' desks have in common, and how their drivers come to them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tools/failure.h"
#include "wire/client.h"

namespace paceline::tools {

/// A business calendar, a response clock with one threshold and a resolution clock with two.
extern const std::string_view bench_clocks_toml;

struct BenchConnection {
  std::unique_ptr<wire::Client> client;
  sched::DeskNumber desk;
};

/// The desk must be there.
Got<BenchConnection> connect_to_desk(const std::string& address, const std::string& desk);

}  // namespace paceline::tools
