#include <utility>

#include "wire/server.h"

#include <cerrno>
#include <cstdio>
#include <string>

#include "engine/runtime/data_folder.h"
#include "wire/codec.h"
#include "wire/config_codec.h"
#include "wire/server_core.h"

namespace paceline::wire {

namespace {

constexpr uint32_t shards_max = 64;

sched::Expected<desk::CommandFrame, std::string> decode_frame(std::span<const std::byte> payload) {
  auto frame = decode_commands(payload);
  if (!frame) return sched::Unexpected{frame.error().text};
  return frame.value();
}

sched::Expected<std::string, ServerError> read_token(const std::string& path) {
  const auto fail = [&](const std::string& why, ServerExit exit = ServerExit::failed) {
    return sched::Unexpected{
        ServerError{exit, "token file " + path + ": " + why +
                              ": write a secret of at least 16 characters into it, readable by "
                              "this user alone"}};
  };
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr)
    return fail("cannot be read",
                runtime::is_forbidden(errno) ? ServerExit::forbidden : ServerExit::failed);
  char text[4'096];
  const size_t size = std::fread(text, 1, sizeof text, file);
  std::fclose(file);
  std::string token(text, size);
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (token.size() < 16) return fail("holds only " + std::to_string(token.size()) + " characters");
  return token;
}

runtime::Durability behind_the_wire(Durability durability) {
  switch (durability) {
    case Durability::none:
      return runtime::Durability::none;
    case Durability::interval:
      return runtime::Durability::interval;
    case Durability::sync:
      break;
  }
  return runtime::Durability::sync;
}

}  // namespace

struct Server::Impl {
  explicit Impl(std::unique_ptr<ServerCore> the_core) : core(std::move(the_core)) {}
  std::unique_ptr<ServerCore> core;
};

sched::Expected<std::unique_ptr<Server>, ServerError> Server::start(ServerOptions options) {
  const auto refuse = [](std::string text) {
    return sched::Unexpected{ServerError{ServerExit::failed, std::move(text)}};
  };
  if (options.listen.empty())
    return refuse("no address to listen on: give --listen unix:PATH or tcp:HOST:PORT");
  if (options.shards == 0 || options.shards > shards_max)
    return refuse("a server has 1 … " + std::to_string(shards_max) + " shards, not " +
                  std::to_string(options.shards) + ": give no more than there are processors");
  if (options.in_flight_commands_max == 0 || options.frame_size_max < 1'024 ||
      options.events_kept == 0 || options.hello_wait_us < 1'000 || options.ending_wait_us < 1'000)
    return refuse(
        "in_flight_commands_max and events_kept must be at least 1, frame_size_max 1,024, "
        "hello_wait_us and ending_wait_us 1,000");
  std::string token;
  if (!options.token_file.empty()) {
    auto read = read_token(options.token_file);
    if (!read) return sched::Unexpected{read.error()};
    token = std::move(read.value());
  }
  runtime::PipelineOptions behind;
  behind.data = options.data;
  behind.clock_mode = options.clock_mode == ClockMode::wall ? runtime::ClockMode::wall
                                                            : runtime::ClockMode::commands;
  behind.durability = behind_the_wire(options.durability);
  behind.sync_interval = options.sync_interval;
  behind.segment_size = options.segment_size;
  behind.shards = options.shards;
  behind.pin_threads = options.pin_threads;
  behind.desks_max = options.desks_max;
  behind.snapshots.log_bytes = options.snapshot_log_bytes;
  behind.snapshots.every = options.snapshot_every;
  behind.snapshot_on_exit = options.snapshot_on_exit;
  behind.events_kept = options.events_kept;
  behind.decode_frame = decode_frame;
  behind.decode_configuration = decode_configuration;
  behind.note = options.note;
  behind.disk = options.disk;
  behind.clock = options.clock;
  behind.max_jump = options.max_jump;
  if (options.waits_on_clock_jump) behind.on_clock_jump = runtime::OnClockJump::wait;
  auto pipeline = runtime::Pipeline::start(std::move(behind));
  if (!pipeline) {
    const runtime::StartError& error = pipeline.error();
    return sched::Unexpected{ServerError{error.folder_in_use ? ServerExit::folder_in_use
                                         : error.forbidden   ? ServerExit::forbidden
                                                             : ServerExit::failed,
                                         error.text}};
  }
  auto core = std::make_unique<ServerCore>(std::move(options), std::move(token),
                                           std::move(pipeline.value()));
  if (auto listening = core->listen(); !listening) return sched::Unexpected{listening.error()};
  return std::unique_ptr<Server>(new Server(std::make_unique<Impl>(std::move(core))));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

ServerEnd Server::run() { return impl_->core->run(); }
void Server::request_drain() noexcept { impl_->core->drain(); }
void Server::reloaded(const ReloadRequest& request, ReloadAnswer answer) {
  impl_->core->reloaded(request, std::move(answer));
}
const std::vector<std::string>& Server::addresses() const { return impl_->core->addresses(); }

}  // namespace paceline::wire
