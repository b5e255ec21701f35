#include <utility>

#include "wire/server_core.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>

#include "engine/runtime/wall_clock.h"

namespace paceline::wire {

namespace {
constexpr int64_t sweep_interval_us = 1'000'000;
constexpr auto farewell_interval = std::chrono::milliseconds(5);
}  // namespace

int64_t monotonic_us() {
  static const runtime::WallClock clock;
  return clock.monotonic_us();
}

ServerCore::ServerCore(ServerOptions options, std::string token,
                       std::unique_ptr<runtime::Pipeline> pipeline)
    : options_(std::move(options)),
      token_(std::move(token)),
      pipeline_(std::move(pipeline)),
      scratch_(read_size),
      wake_up_(context_, dup(pipeline_->wake_up().file())),
      sweep_timer_(context_) {}

ServerCore::~ServerCore() {
  // The pipeline's threads may hold requests of ours: they end first.
  (void)pipeline_->finish();
  listeners_.clear();
  close_all();
  answer_reloads();  // to nobody any more
}

void ServerCore::close_all() {
  for (const auto& session : all_sessions()) session->close();  // which takes it out of the table
}

std::vector<std::shared_ptr<ServerSession>> ServerCore::all_sessions() const {
  std::vector<std::shared_ptr<ServerSession>> all;
  for (const auto& [id, session] : sessions_) all.push_back(session);
  return all;
}

void ServerCore::note(const std::string& line) const {
  if (options_.note) options_.note(line);
}

sched::Expected<void, ServerError> ServerCore::listen() {
  for (const std::string& address : options_.listen) {
    auto listener = Listener::open(context_, address,
                                   [this](int socket, bool is_unix) { accepted(socket, is_unix); });
    if (!listener) return sched::Unexpected{listener.error()};
    listeners_.push_back(std::move(listener.value()));
    addresses_.push_back(listeners_.back()->address());
  }
  return {};
}

ServerEnd ServerCore::run() {
  for (const auto& listener : listeners_) listener->begin();
  arm_wake_up();
  arm_sweep();
  pipeline_->wake_up().ring();  // a drain or failure from before
  context_.run();
  return end_;
}

void ServerCore::drain() noexcept {
  drain_requested_.store(true, std::memory_order_release);
  pipeline_->wake_up().ring();
}

// ------------------------------------------------------------------------------------ reloads

struct ServerCore::AnsweredReload {
  ReloadRequest request;
  ReloadAnswer answer;
  AnsweredReload* before = nullptr;
};

void ServerCore::reloaded(const ReloadRequest& request, ReloadAnswer answer) {
  auto* answered = new AnsweredReload{request, std::move(answer), nullptr};
  answered->before = answered_reloads_.load(std::memory_order_relaxed);
  while (!answered_reloads_.compare_exchange_weak(
      answered->before, answered, std::memory_order_release, std::memory_order_relaxed)) {
  }
  pipeline_->wake_up().ring();
}

void ServerCore::answer_reloads() {
  AnsweredReload* newest = answered_reloads_.exchange(nullptr, std::memory_order_acquire);
  while (newest != nullptr) {
    const std::unique_ptr<AnsweredReload> answered(newest);
    newest = answered->before;
    if (!answered->request.dry_run)
      ++(answered->answer.refusal.empty() ? reloads_ : reloads_failed_);
    const auto found = sessions_.find(answered->request.connection);
    if (found == sessions_.end()) continue;
    const std::shared_ptr<ServerSession> session = found->second;  // it may close, and leave
    session->reloaded(answered->request.tag, std::move(answered->answer));
  }
}

void ServerCore::end(ServerExit exit_code, std::string text) {
  end_ = {exit_code, std::move(text)};
  listeners_.clear();
  close_all();
  context_.stop();
}

// ------------------------------------------------------------------------------- connections

void ServerCore::accepted(int socket, bool is_unix) {
  ++accepted_;
  const uint64_t id = next_session_++;
  auto session = std::make_shared<ServerSession>(*this, id, socket, is_unix);
  if (sessions_.size() >= options_.connections_max) {
    ++refused_;
    session->fail(ErrorCode::connections_full,
                  "this server has all the " + std::to_string(options_.connections_max) +
                      " connections it may have: try again later, or share a connection");
    session->close();
    return;
  }
  sessions_.emplace(id, session);
  session->begin();
}

void ServerCore::left(ServerSession& session) {
  const auto found = sessions_.find(session.id());
  if (found == sessions_.end()) return;
  // Whoever calls is the session itself: it ends when its handler has returned.
  boost::asio::post(context_, [last = std::move(found->second)] {});
  sessions_.erase(found);
}

void ServerCore::arm_sweep() {
  sweep_timer_.expires_after(std::chrono::microseconds(
      std::min({sweep_interval_us, options_.hello_wait_us, options_.ending_wait_us})));
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) sweep();
  });
}

void ServerCore::sweep() {
  const int64_t now_us = monotonic_us();
  for (const auto& session : all_sessions())
    if (session->closing()) {
      // Told why, and not reading it: it does not keep its place for that.
      if (now_us - session->closing_since_us() > options_.ending_wait_us) session->close();
    } else if (!session->greeted() && now_us - session->accepted_at_us() > options_.hello_wait_us) {
      session->fail(ErrorCode::hello_expected, "no hello came within " +
                                                   std::to_string(options_.hello_wait_us / 1'000) +
                                                   " ms of connecting");
    }
  pipeline_->tick();
  if (!draining_) arm_sweep();
}

// ---------------------------------------------------------------------------------- requests

ServerRequest* ServerCore::new_request() {
  if (spare_.empty()) return requests_.emplace_back(std::make_unique<ServerRequest>()).get();
  ServerRequest* request = spare_.back();
  spare_.pop_back();
  return request;
}

bool ServerCore::submit(ServerRequest* request) {
  if (!pipeline_->submit(request)) return false;
  ++in_flight_;
  bytes_in_flight_ += request->bytes.size();
  shard_has_news_ = true;
  return true;
}

void ServerCore::recycle(ServerRequest* request) {
  payloads_.give_back(std::exchange(request->bytes, Payload()));
  request->payload = {};
  request->open_desk.reset();
  request->query.reset();
  request->snapshot.reset();
  request->hold.reset();
  request->refusal = runtime::Refusal::none;
  request->refusal_text.clear();
  spare_.push_back(request);
}

void ServerCore::wake_shard() {
  if (!shard_has_news_) return;
  shard_has_news_ = false;
  pipeline_->wake_shards();
}

void ServerCore::wants_room(ServerSession& session) {
  if (waiting_.empty() || waiting_.back() != session.id()) waiting_.push_back(session.id());
}

void ServerCore::arm_wake_up() {
  wake_up_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](const boost::system::error_code& error) {
                        if (error) return;
                        woken();
                        if (!context_.stopped()) arm_wake_up();
                      });
}

void ServerCore::woken() {
  pipeline_->wake_up().acknowledge();
  answer_reloads();
  answered_.clear();
  while (true) {
    const runtime::Pipeline::Answered answered = pipeline_->next();
    if (answered.request == nullptr) break;
    auto* request = static_cast<ServerRequest*>(answered.request);
    const auto found = sessions_.find(request->connection);
    if (found != sessions_.end()) {
      // Held while it is spoken to: it may close, and leave the table.
      if (answered_.empty() || answered_.back() != found->second)
        answered_.push_back(found->second);
      answered_.back()->answered(*request, answered.replies);
    }
    --in_flight_;
    bytes_in_flight_ -= request->bytes.size();
    recycle(request);
  }
  if (auto reason = pipeline_->failure()) return fail(*reason);
  for (const auto& session : answered_) session->resume();
  answered_.clear();
  const std::vector<uint64_t> waiting = std::exchange(waiting_, {});
  for (const uint64_t id : waiting) {
    const auto found = sessions_.find(id);
    if (found != sessions_.end()) std::shared_ptr<ServerSession>(found->second)->resume();
  }
  for (const auto& [id, session] : sessions_)
    if (session->subscribed()) answered_.push_back(session);
  for (const auto& session : answered_) session->pump_events();
  answered_.clear();
  wake_shard();

  if (drain_requested_.load(std::memory_order_acquire) && !draining_) begin_drain();
  if (draining_ && !drained_ && in_flight_ == 0) end_drain();
}

// --------------------------------------------------------------------------------------- end

void ServerCore::fail(const std::string& reason) {
  // What was not durable is not answered: the connections are cut as they are.
  (void)pipeline_->finish();
  end(ServerExit::log_failed, reason);
}

void ServerCore::drain_for(const ServerSession& session, uint64_t tag) {
  drain_requests_.emplace_back(session.id(), tag);
  drain();
}

void ServerCore::begin_drain() {
  draining_ = true;
  note("draining: nothing new is taken in");
  pipeline_->begin_to_end();
  listeners_.clear();
}

void ServerCore::end_drain() {
  drained_ = true;
  if (auto reason = pipeline_->finish()) return end(ServerExit::log_failed, *reason);
  for (const auto& [id, tag] : drain_requests_) {
    const auto found = sessions_.find(id);
    if (found != sessions_.end()) std::shared_ptr<ServerSession>(found->second)->drained(tag);
  }
  farewell_until_us_ = monotonic_us() + farewell_us;
  wait_for_farewells();
}

void ServerCore::wait_for_farewells() {
  bool unsent = false;
  for (const auto& session : all_sessions()) {
    session->send_pending();
    unsent = unsent || (!session->closed() && session->unsent() > 0);
  }
  if (!unsent || monotonic_us() >= farewell_until_us_) return end(ServerExit::clean, {});
  sweep_timer_.expires_after(farewell_interval);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) wait_for_farewells();
  });
}

ServerStatus ServerCore::status() const {
  ServerStatus status;
  status.server_version = options_.server_version;
  status.draining = draining_;
  status.clock_mode = options_.clock_mode;
  status.durability = options_.durability;
  uint16_t number = 0;
  for (const runtime::DeskRecord& desk : pipeline_->desks()) {
    ++number;
    if (desk.exists())
      status.desks.push_back({{number}, desk.name, desk.now_us, desk.events.last()});
  }
  status.figures = pipeline_->figures();
  status.figures.emplace_back("connections", sessions_.size());
  status.figures.emplace_back("connections_accepted", accepted_);
  status.figures.emplace_back("connections_refused", refused_);
  status.figures.emplace_back("requests_in_flight", in_flight_);
  status.figures.emplace_back("busy_answers", busy_);
  status.figures.emplace_back("reloads", reloads_);
  status.figures.emplace_back("reloads_failed", reloads_failed_);
  return status;
}

}  // namespace paceline::wire
