#include "engine/runtime/archivist.h"

#include <boost/lockfree/spsc_queue.hpp>

#include "engine/desk/kpi.h"
#include "engine/runtime/disk.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {
constexpr size_t jobs_max = 1'024;
}

struct Archivist::Job {
  Request* query = nullptr;    // or else
  std::function<void()> then;  // of a sync; or else it is to archive
  sched::DeskNumber desk;
  desk::ArchivedBatch batch;
};

struct Archivist::Rings {
  boost::lockfree::spsc_queue<Job*> jobs{jobs_max};
  boost::lockfree::spsc_queue<Job*> spent{jobs_max};  // with buffers of a size that served
  boost::lockfree::spsc_queue<Request*> answers{jobs_max};
  size_t unanswered = 0;  // the I/O thread's: keeps `answers` from overflowing
};

Archivist::Archivist(std::string folder, Disk* disk, WakeUp& io)
    : folder_(std::move(folder)), disk_(disk), io_(io), rings_(std::make_unique<Rings>()) {}

Archivist::~Archivist() {
  Job* job = nullptr;
  while (rings_->jobs.pop(job) || rings_->spent.pop(job)) delete job;
}

/// The I/O thread's: an old one if there is one.
std::unique_ptr<Archivist::Job> Archivist::new_job() {
  Job* spent = nullptr;
  std::unique_ptr<Job> job =
      rings_->spent.pop(spent) ? std::unique_ptr<Job>(spent) : std::make_unique<Job>();
  job->query = nullptr;
  job->then = nullptr;
  return job;
}

sched::Expected<History*, std::string> Archivist::history(sched::DeskNumber desk) {
  CHECK(desk.value != 0);
  if (histories_.size() < desk.value) histories_.resize(desk.value);
  auto& history = histories_[desk.value - 1U];
  if (history == nullptr) {
    auto opened =
        History::open(folder_ + "/desk-" + std::to_string(desk.value) + ".history", disk_);
    if (!opened) return sched::Unexpected{opened.error()};
    history = std::make_unique<History>(std::move(opened.value()));
  }
  return history.get();
}

sched::Expected<void, std::string> Archivist::begin(sched::DeskNumber desk) {
  auto found = history(desk);
  if (!found) return sched::Unexpected{found.error()};
  return {};
}

sched::Expected<void, std::string> Archivist::archive(sched::DeskNumber desk,
                                                      const desk::ArchivedBatch& batch) {
  auto found = history(desk);
  if (!found) return sched::Unexpected{found.error()};
  return found.value()->append(batch);
}

uint64_t Archivist::count(sched::DeskNumber desk) {
  auto found = history(desk);
  return found ? found.value()->count() : 0;
}

sched::Expected<void, std::string> Archivist::cut(sched::DeskNumber desk, uint64_t kept) {
  auto found = history(desk);
  if (!found) return sched::Unexpected{found.error()};
  return found.value()->cut(kept);
}

bool Archivist::submit_archive(sched::DeskNumber desk, desk::ArchivedBatch& batch) {
  if (rings_->jobs.write_available() == 0) return false;
  auto job = new_job();
  job->desk = desk;
  std::swap(job->batch, batch);
  CHECK(rings_->jobs.push(job.release()));
  bell_.ring();
  return true;
}

bool Archivist::submit_query(Request* request) {
  if (rings_->jobs.write_available() == 0 || rings_->unanswered == jobs_max) return false;
  auto job = new_job();
  job->query = request;
  CHECK(rings_->jobs.push(job.release()));
  ++rings_->unanswered;
  bell_.ring();
  return true;
}

bool Archivist::submit_sync(std::function<void()> then) {
  if (rings_->jobs.write_available() == 0) return false;
  auto job = new_job();
  job->then = std::move(then);
  CHECK(rings_->jobs.push(job.release()));
  bell_.ring();
  return true;
}

bool Archivist::concerns(const Request& request) {
  if (request.kind != RequestKind::query || request.refusal != Refusal::none) return false;
  const QueryWork& work = *request.query;
  return work.kpi != nullptr ||
         (work.query.kind == desk::QueryKind::cases && work.query.mode == 1) ||
         ((work.query.kind == desk::QueryKind::ticket ||
           work.query.kind == desk::QueryKind::why_clock) &&
          work.answer.code == static_cast<uint16_t>(desk::Reject::ticket_unknown));
}

Request* Archivist::finished() {
  Request* request = nullptr;
  if (!rings_->answers.pop(request)) return nullptr;
  --rings_->unanswered;
  return request;
}

void Archivist::run() {
  while (!failed()) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    Job* next = nullptr;
    if (!rings_->jobs.pop(next)) {
      if (stopping) break;
      bell_.wait();
      continue;
    }
    std::unique_ptr<Job> job(next);
    auto done = run(*job);
    if (!done) {
      reason_ = done.error();
      failed_.store(true, std::memory_order_release);
    } else if (job->query != nullptr) {
      CHECK(rings_->answers.push(job->query));
    }
    if (rings_->spent.push(job.get())) (void)job.release();
    io_.ring();
  }
  if (!failed()) (void)sync();  // the log has it all as well
}

sched::Expected<void, std::string> Archivist::run(Job& job) {
  if (job.query != nullptr) return complete(*job.query);
  if (!job.then) return archive(job.desk, job.batch);
  auto synced = sync();
  if (synced) job.then();
  return synced;
}

sched::Expected<void, std::string> Archivist::sync() {
  for (const auto& history : histories_) {
    if (history == nullptr) continue;
    if (auto synced = history->sync(); !synced) return synced;
  }
  return {};
}

void Archivist::stop() {
  stopping_.store(true, std::memory_order_release);
  bell_.ring();
}

sched::Expected<void, std::string> Archivist::complete(Request& request) {
  auto opened = history(request.desk);
  if (!opened) return sched::Unexpected{opened.error()};
  History& history = *opened.value();
  QueryWork& work = *request.query;
  if (work.kpi != nullptr) return complete_kpi(request, history);
  if (work.query.kind == desk::QueryKind::cases) return complete_cases(request, history);
  auto found = work.query.ticket != 0 ? history.find(work.query.ticket)
                                      : history.find_external(work.query.text);
  if (!found) return sched::Unexpected{found.error()};
  if (found.value().has_value()) {
    work.answer.code = 0;
    if (work.query.kind == desk::QueryKind::why_clock)
      work.answer.clocks = std::move(found.value()->clocks);
    else
      work.answer.tickets.push_back(std::move(*found.value()));
  }
  return {};
}

sched::Expected<void, std::string> Archivist::complete_cases(Request& request, History& history) {
  QueryWork& work = *request.query;
  const auto read = history.cases(
      work.query.after, work.query.limit, work.query.at_us,
      [&](desk::TicketView view) { work.answer.tickets.push_back(std::move(view)); },
      work.answer.surveys);
  if (!read) return sched::Unexpected{read.error()};
  work.answer.next_after = read.value();
  work.answer.more = read.value() < history.count();
  return {};
}

sched::Expected<void, std::string> Archivist::complete_kpi(Request& request, History& history) {
  QueryWork& work = *request.query;
  const std::unique_ptr<KpiFacts> kpi = std::move(work.kpi);
  desk::KpiBuilder builder(kpi->at, kpi->names);
  auto read = history.for_each(
      [&](const desk::TicketFacts& facts, std::span<const desk::StateInterval> intervals) {
        builder.add(facts, intervals);
      });
  if (!read) return read;
  size_t at = 0;
  for (size_t i = 0; i < kpi->facts.size(); ++i) {
    const size_t count = kpi->interval_counts[i];
    builder.add(kpi->facts[i], std::span(kpi->intervals).subspan(at, count));
    at += count;
  }
  work.answer.kpi = std::move(builder).finish(std::move(kpi->policies));
  return {};
}

}  // namespace paceline::runtime
