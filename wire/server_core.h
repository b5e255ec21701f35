// The server's event loop: what its connections and listeners share.
//
// One wake-up per batch of answers: everything that has become durable is told its client before
// any byte is sent, then each connection sends once. Requests are recycled, answers are written
// into the connection's output where they stay until the socket takes them.
//
// Owner: I/O thread; drain() and reloaded() any thread.
#pragma once

#include <utility>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/runtime/pipeline.h"
#include "engine/runtime/wake_up.h"
#include "wire/listener.h"
#include "wire/server.h"
#include "wire/server_session.h"

namespace paceline::wire {

class ServerCore {
 public:
  static constexpr size_t read_size = 256 * 1'024;
  static constexpr uint64_t retry_after_us = 1'000;
  static constexpr int64_t farewell_us = 2'000'000;  ///< For clients to take their last answers.

  ServerCore(ServerOptions options, std::string token, std::unique_ptr<runtime::Pipeline> pipeline);
  ~ServerCore();

  sched::Expected<void, ServerError> listen();
  ServerEnd run();
  void drain() noexcept;
  void reloaded(const ReloadRequest& request, ReloadAnswer answer);  ///< Any thread.

  // For sessions.
  boost::asio::io_context& context() { return context_; }
  PayloadPool& payloads() { return payloads_; }
  runtime::Pipeline& pipeline() { return *pipeline_; }
  const ServerOptions& options() const { return options_; }
  const std::string& token() const { return token_; }
  std::span<std::byte> scratch() { return scratch_; }
  bool draining() const { return draining_; }
  bool has_room(uint64_t bytes) const {
    return bytes_in_flight_ == 0 || bytes_in_flight_ + bytes <= options_.bytes_in_flight_max;
  }
  ServerStatus status() const;

  ServerRequest* new_request();  ///< Until submit() or recycle().
  /// False, and nothing has happened: the shard's intake is full. Else the shard is to be woken at
  /// the end of the handler, by wake_shard().
  bool submit(ServerRequest* request);
  void recycle(ServerRequest* request);
  void wake_shard();
  void wants_room(ServerSession& session);  ///< Is resumed when something has been answered.
  void left(ServerSession& session);
  void drain_for(const ServerSession& session, uint64_t tag);
  void count_busy() { ++busy_; }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  void note(const std::string& line) const;
  void accepted(int socket, bool is_unix);
  void arm_wake_up();
  void woken();
  void arm_sweep();
  void sweep();
  void begin_drain();
  void end_drain();
  void wait_for_farewells();
  std::vector<std::shared_ptr<ServerSession>> all_sessions() const;
  void close_all();
  struct AnsweredReload;
  void answer_reloads();
  void fail(const std::string& reason);
  void end(ServerExit exit_code, std::string text);

  // One thread runs it, and others only ring: no locks are wanted.
  boost::asio::io_context context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};

  // Fixed at construction.
  ServerOptions options_;
  std::string token_;
  std::unique_ptr<runtime::Pipeline> pipeline_;
  std::vector<std::byte> scratch_;
  boost::asio::posix::stream_descriptor wake_up_;
  boost::asio::steady_timer sweep_timer_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<std::string> addresses_;

  PayloadPool payloads_;
  std::unordered_map<uint64_t, std::shared_ptr<ServerSession>> sessions_;
  std::vector<std::shared_ptr<ServerSession>> answered_;  // those of the wake-up under way
  std::vector<uint64_t> waiting_;                         // sessions that hold something back
  uint64_t next_session_ = 1;
  std::vector<std::unique_ptr<ServerRequest>> requests_;  // all there are
  std::vector<ServerRequest*> spare_;
  size_t in_flight_ = 0;
  uint64_t bytes_in_flight_ = 0;
  bool shard_has_news_ = false;

  // A stack without locks: any thread pushes, the I/O thread takes all of it.
  std::atomic<AnsweredReload*> answered_reloads_{nullptr};

  std::atomic<bool> drain_requested_{false};
  bool draining_ = false;
  bool drained_ = false;
  int64_t farewell_until_us_ = 0;
  std::vector<std::pair<uint64_t, uint64_t>> drain_requests_;  // session, tag
  ServerEnd end_;

  uint64_t accepted_ = 0;
  uint64_t refused_ = 0;
  uint64_t busy_ = 0;
  uint64_t reloads_ = 0;
  uint64_t reloads_failed_ = 0;
};

int64_t monotonic_us();

}  // namespace paceline::wire
