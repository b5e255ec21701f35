#include "engine/runtime/snapshot_keeper.h"

#include <algorithm>

#include "engine/runtime/threads.h"

namespace paceline::runtime {

SnapshotKeeper::SnapshotKeeper(SnapshotterOptions options, SnapshotFolder folder,
                               Archivist& archivist, WakeUp& io, Hooks hooks)
    : archivist_(archivist),
      hooks_(std::move(hooks)),
      clock_(*options.clock),
      snapshotter_(std::move(options), std::move(folder), io) {}

SnapshotKeeper::~SnapshotKeeper() { end(); }

void SnapshotKeeper::start(SnapshotScheduleOptions schedule, uint64_t tail_bytes) {
  schedule_.emplace(schedule, tail_bytes, clock_.monotonic_us());
  thread_ = start_thread("snapshot", [this] { snapshotter_.run(); });
}

void SnapshotKeeper::end() {
  snapshotter_.stop();
  if (thread_.joinable()) thread_.join();
}

// ---------------------------------------------------------------------------------- requests

void SnapshotKeeper::submit(Request* request) {
  if (given_up_) return refuse(request, "the server ends");
  if (request->kind == RequestKind::hold_log) {
    holds_asked_.push_back(request);
  } else if (schedule_->bytes() == 0 && state_ == State::idle && last_) {
    answer(request);  // nothing has happened since the last
  } else {
    asked_.push_back(request);
  }
}

void SnapshotKeeper::release(uint64_t connection) {
  std::erase(holders_, connection);
  std::erase_if(holds_asked_, [&](Request* request) {
    if (request->connection != connection) return false;
    refuse(request, "it was let go before it was held");
    return true;
  });
}

Request* SnapshotKeeper::finished() {
  if (finished_.empty()) return nullptr;
  Request* request = finished_.back();
  finished_.pop_back();
  return request;
}

void SnapshotKeeper::answer(Request* request) {
  *request->snapshot = *last_;
  finished_.push_back(request);
}

void SnapshotKeeper::refuse(Request* request, const std::string& why) {
  request->refusal = Refusal::snapshot_failed;
  request->refusal_text = why;
  finished_.push_back(request);
}

void SnapshotKeeper::give_up() {
  given_up_ = true;
  snapshotter_.stop();
  for (auto* waiting : {&asked_, &under_way_, &holds_asked_}) {
    for (Request* request : *waiting) refuse(request, "the server ends");
    waiting->clear();
  }
}

void SnapshotKeeper::grant_holds() {
  for (Request* request : holds_asked_) {
    holders_.push_back(request->connection);
    const auto mark = hooks_.mark();
    request->hold->sequence = mark->sequence;
    request->hold->desks = mark->desks;
    finished_.push_back(request);
  }
  holds_asked_.clear();
}

// ------------------------------------------------------------------------------------- states

void SnapshotKeeper::poll() {
  if (given_up_) return;
  if (const auto done = snapshotter_.done()) take_note(*done);
  if (state_ != State::tidying) grant_holds();
  const bool waited_for = !asked_.empty() || schedule_->overtaken(clock_.monotonic_us());
  if (state_ == State::taking && !hurried_ && waited_for) {
    hurried_ = true;
    snapshotter_.hurry();
  }
  if (state_ != State::idle) return;
  if (tidy_wanted_ && holders_.empty()) return begin_tidying();
  if (!asked_.empty() || schedule_->due(clock_.monotonic_us())) begin();
}

void SnapshotKeeper::begin() {
  auto mark = hooks_.mark();
  if (mark->sequence == 0) {
    for (Request* request : asked_)
      refuse(request, "nothing has happened yet: create a desk first");
    asked_.clear();
    return;
  }
  mark->urgent = hurried_ = !asked_.empty();
  auto shared = std::make_shared<std::unique_ptr<SnapshotMark>>(std::move(mark));
  if (!archivist_.submit_sync([this, shared] { snapshotter_.take(std::move(*shared)); })) return;
  state_ = State::taking;
  under_way_.swap(asked_);
  schedule_->begun(clock_.monotonic_us());
}

void SnapshotKeeper::begin_tidying() {
  tidy_wanted_ = false;
  state_ = State::tidying;
  snapshotter_.tidy();
}

void SnapshotKeeper::take_note(const Snapshotter::Done& done) {
  state_ = State::idle;
  if (!done.tidied) return took(done);
  if (done.trim_to != 0) hooks_.trim(done.trim_to);
  if (!done.failure.empty() && hooks_.note) hooks_.note(done.failure);
}

void SnapshotKeeper::took(const Snapshotter::Done& done) {
  const bool well = done.failure.empty();
  schedule_->ended(well, clock_.monotonic_us());
  if (well) {
    ++taken_;
    last_ = done.report;
    tidy_wanted_ = true;
  } else {
    ++failed_;
    if (done.diverged) ++diverged_;
    if (hooks_.note && !done.stopped) hooks_.note(done.failure);
  }
  for (Request* request : under_way_) {
    if (well)
      answer(request);
    else
      refuse(request, done.failure);
  }
  under_way_.clear();
}

void SnapshotKeeper::add_figures(std::vector<std::pair<std::string, uint64_t>>& figures) const {
  figures.emplace_back("log_bytes_since_snapshot", schedule_->bytes());
  figures.emplace_back("snapshots_taken", taken_);
  figures.emplace_back("snapshots_failed", failed_);
  // Replaying the log gave other events than the running desks had.
  figures.emplace_back("invariant_violations", diverged_);
  figures.emplace_back("snapshot_stage", static_cast<uint64_t>(snapshotter_.stage()));
  figures.emplace_back("snapshot_done", snapshotter_.progress_done());
  figures.emplace_back("snapshot_total", snapshotter_.progress_total());
  if (!last_) return;
  figures.emplace_back("snapshot_sequence", last_->sequence);
  figures.emplace_back("snapshot_bytes", last_->bytes);
  figures.emplace_back("snapshot_us", static_cast<uint64_t>(last_->took_us()));
}

}  // namespace paceline::runtime
