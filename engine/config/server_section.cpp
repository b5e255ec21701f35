// [server]
#include <fmt/format.h>

#include <charconv>

#include "engine/config/sections.h"

namespace paceline::config {
namespace {

constexpr size_t socket_path_size_max = 107;  // what the operating system's address holds

bool is_host_and_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view port = text.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number <= 65'535;
}

void read_address(TableReader& server, const std::string& address) {
  const std::string_view text = address;
  const uint32_t line = server.find("listen")->line;
  if (text.starts_with("unix:")) {
    const std::string_view path = text.substr(5);
    if (path.empty())
      server.error(code::wrong_value, line, "listen: \"unix:\" needs a path after it");
    else if (path.size() > socket_path_size_max)
      server.error(code::wrong_value, line,
                   "listen: a unix socket's path has at most 107 characters: choose a shorter one");
  } else if (text.starts_with("tcp:")) {
    if (!is_host_and_port(text.substr(4)))
      server.error(code::wrong_value, line,
                   fmt::format("listen: {} is not tcp:HOST:PORT, for example tcp:127.0.0.1:7411",
                               in_quotes(text)));
  } else {
    server.error(code::wrong_value, line,
                 fmt::format("listen: {} is neither unix:PATH nor tcp:HOST:PORT", in_quotes(text)));
  }
}

}  // namespace

void read_server(TableReader& file, Diagnostics& diagnostics, Sections& sections) {
  const Node::Member* member = file.find("server");
  if (member == nullptr) return;
  TableReader server(member->value, member->line, "server", diagnostics);
  ServerSettings& settings = sections.server;
  settings.listen = server.texts("listen");
  for (const std::string& address : settings.listen) read_address(server, address);
  settings.admin = server.text("admin").value_or("");
  if (!settings.admin.empty() && !is_host_and_port(settings.admin))
    server.error(code::wrong_value, server.find("admin")->line,
                 fmt::format("admin: {} is not HOST:PORT, for example 127.0.0.1:7412",
                             in_quotes(settings.admin)));
  settings.data = server.text("data").value_or("");
  constexpr std::string_view durabilities[] = {"sync", "interval", "none"};
  if (const auto position = server.one_of("durability", durabilities))
    settings.durability = static_cast<Durability>(*position);
  if (const auto interval = server.duration("sync_interval")) {
    settings.sync_interval = *interval;
    if (*interval < sched::microsecond * 1'000 || *interval > sched::minute)
      server.error(code::wrong_duration, server.find("sync_interval")->line,
                   "sync_interval lies between 1ms and 1m");
  }
  constexpr std::string_view clocks[] = {"wall", "commands"};
  if (const auto position = server.one_of("clock", clocks))
    settings.clock = static_cast<ServerClock>(*position);
  if (const auto jump = server.duration("max_jump")) {
    settings.max_jump = *jump;
    if (*jump < sched::second || *jump > sched::day)
      server.error(code::wrong_duration, server.find("max_jump")->line,
                   "max_jump lies between 1s and 24h");
  }
  constexpr std::string_view policies[] = {"continue", "wait"};
  if (const auto position = server.one_of("on_clock_jump", policies))
    settings.waits_on_clock_jump = *position == 1;
  if (const auto shards = server.integer("shards", 1, 64))
    settings.shards = static_cast<uint32_t>(*shards);
  if (const auto mib = server.integer("snapshot_log_mib", 0, 1'048'576))
    settings.snapshot_log_mib = static_cast<uint32_t>(*mib);
  if (const auto mib = server.integer("log_segment_mib", 1, 1'024))
    settings.log_segment_mib = static_cast<uint32_t>(*mib);
  if (const auto every = server.duration("snapshot_every")) {
    settings.snapshot_every = *every;
    if (!serves_as_snapshot_every(*every))
      server.error(code::wrong_duration, server.find("snapshot_every")->line,
                   "snapshot_every is at least 10ms, or 0s for none by the clock");
  }
  settings.pin_threads = server.boolean("pin").value_or(false);
  server.finish();
}

}  // namespace paceline::config
