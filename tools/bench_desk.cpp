#include "tools/bench_desk.h"

#include <utility>

namespace paceline::tools {

const std::string_view bench_clocks_toml = R"([calendar.business]
zone = "Europe/London"
week = { mon-fri = ["08:00-18:00"] }

[[policy]]
name = "response"
clock = "response"
target = "4h"
calendar = "business"
thresholds = [75]

[[policy]]
name = "resolution"
clock = "resolution"
target = "40h"
calendar = "business"
pause = ["awaiting_requester"]
thresholds = [50, 75]

)";

Got<BenchConnection> connect_to_desk(const std::string& address, const std::string& desk) {
  wire::ClientOptions options;
  options.address = address;
  options.client_name = "paceline bench";
  auto client = wire::Client::connect(options);
  if (!client) return sched::Unexpected{explain(client.error())};
  BenchConnection connection;
  connection.client = std::make_unique<wire::Client>(std::move(*client));
  const auto opened = connection.client->open_desk(desk);
  if (!opened) return sched::Unexpected{explain(opened.error())};
  connection.desk = opened->desk;
  return connection;
}

}  // namespace paceline::tools
