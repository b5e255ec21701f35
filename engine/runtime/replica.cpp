#include "engine/runtime/replica.h"

#include <algorithm>
#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstring>
#include <thread>

#include "engine/runtime/bell.h"
#include "engine/runtime/desk_created.h"
#include "engine/runtime/threads.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {

constexpr size_t chunk_size = 1'048'576;
constexpr size_t chunk_batches_max = 512;
constexpr size_t chunks_per_worker = 4;

/// Payload of a system record.
template <class T>
bool read_payload_of(const LogRecord& record, T& out) {
  if (record.system.size() != sizeof out) return false;
  std::memcpy(&out, record.system.data(), sizeof out);
  return true;
}

}  // namespace

/// Batches on their way to a worker. Frames point into `bytes`, which therefore never moves.
struct Replica::Chunk {
  struct BatchOf {
    ReplicaDesk* desk;
    sched::Instant ts;
    size_t frames_from, frames_to;
  };

  explicit Chunk() : bytes(chunk_size / 8) {}
  void clear() {
    used = 0;
    frames.clear();
    batches.clear();
  }
  bool has_room(size_t size) const {
    return batches.size() < chunk_batches_max && used + size <= bytes.size() * 8;
  }
  /// Copies a payload, on an 8-byte boundary.
  std::span<const std::byte> copy(std::span<const std::byte> payload) {
    auto* to = reinterpret_cast<std::byte*>(bytes.data()) + used;
    if (!payload.empty()) std::memcpy(to, payload.data(), payload.size());
    used += (payload.size() + 7) & ~size_t{7};
    return {to, payload.size()};
  }

  std::vector<uint64_t> bytes;
  size_t used = 0;
  std::vector<desk::CommandFrame> frames;
  std::vector<BatchOf> batches;
};

struct Replica::Worker {
  boost::lockfree::spsc_queue<Chunk*> jobs{chunks_per_worker};
  boost::lockfree::spsc_queue<Chunk*> done{chunks_per_worker};
  Bell work, finished;
  std::atomic<bool> stopping{false};

  // The caller's.
  std::unique_ptr<Chunk[]> chunks{new Chunk[chunks_per_worker]};
  std::vector<Chunk*> idle;
  Chunk* filling = nullptr;

  // The worker's; the caller's once all chunks are back.
  std::string failure;
  std::thread thread;

  explicit Worker(const Replica& replica) {
    for (size_t i = 0; i < chunks_per_worker; ++i) idle.push_back(&chunks[i]);
    thread = start_thread("replay", [this, &replica] { run(replica); });
  }
  ~Worker() {
    stopping.store(true, std::memory_order_release);
    work.ring();
    thread.join();
  }

  void run(const Replica& replica) {
    desk::Outcome outcome;
    while (true) {
      const bool stop = stopping.load(std::memory_order_acquire);
      Chunk* chunk = nullptr;
      if (!jobs.pop(chunk)) {
        if (stop) return;
        work.wait();
        continue;
      }
      for (const Chunk::BatchOf& batch : chunk->batches) {
        if (!failure.empty()) break;
        failure =
            replica.apply(*batch.desk, batch.ts,
                          std::span(chunk->frames)
                              .subspan(batch.frames_from, batch.frames_to - batch.frames_from),
                          outcome);
      }
      done.push(chunk);
      finished.ring();
    }
  }

  void hand_over() {
    if (filling == nullptr) return;
    CHECK(jobs.push(std::exchange(filling, nullptr)));
    work.ring();
  }
  void collect() {
    Chunk* chunk = nullptr;
    while (done.pop(chunk)) idle.push_back(chunk);
  }
  /// With room for a payload of this size.
  Chunk& chunk_for(size_t size) {
    if (filling != nullptr && !filling->has_room(size)) hand_over();
    if (filling == nullptr) {
      for (collect(); idle.empty(); collect()) finished.wait();
      filling = idle.back();
      idle.pop_back();
      filling->clear();
      if (!filling->has_room(size)) filling->bytes.resize(size / 8 + 1);
    }
    return *filling;
  }
  void settle() {
    hand_over();
    for (collect(); idle.size() < chunks_per_worker; collect()) finished.wait();
  }
};

Replica::Replica(ReplicaOptions options) : options_(std::move(options)) {
  CHECK(options_.decode_frame != nullptr);
  for (uint32_t i = 0; i < options_.workers; ++i)
    workers_.push_back(std::make_unique<Worker>(*this));
}
Replica::~Replica() { (void)settle(); }

Replica::Worker& Replica::worker_of(sched::DeskNumber desk) {
  return *workers_[(desk.value - 1U) % workers_.size()];
}

std::string Replica::settle() {
  std::string failure;
  for (const auto& worker : workers_) {
    worker->settle();
    if (failure.empty()) failure = worker->failure;
  }
  return failure;
}

ReplicaDesk& Replica::add(std::unique_ptr<desk::Desk> desk) {
  const uint16_t number = desk->number().value;
  handed_to_[number] = desk->now();
  return desks_.try_emplace(number, std::move(desk), options_.events_kept).first->second;
}

void Replica::recovered(const Recovered& recovery) {
  for (auto& [number, known] : desks_)
    known.desk->recovered({recovery.down_from_us}, {recovery.down_to_us});
}

std::string Replica::replay(const LogRecord& record) {
  std::string objection =
      record.kind == RecordKind::batch ? replay_batch(record) : replay_system(record);
  if (!objection.empty()) return objection;
  ++records_;
  closed_ = record.kind == RecordKind::closed;
  last_ts_ = std::max(last_ts_, record.ts);
  return {};
}

std::string Replica::replay_system(const LogRecord& record) {
  const auto unreadable = [](const char* what) {
    return std::string("the note of ") + what + " cannot be read: use the server that wrote it";
  };
  if (std::string failure = settle(); !failure.empty()) return failure;
  switch (record.kind) {
    case RecordKind::desk_created:
      return create(record);
    case RecordKind::recovered: {
      Recovered recovery;
      if (!read_payload_of(record, recovery)) return unreadable("a recovery");
      recovered(recovery);
      return {};
    }
    case RecordKind::clock_jump: {
      ClockJump jump;
      if (!read_payload_of(record, jump)) return unreadable("a clock jump");
      const auto found = desks_.find(record.desk.value);
      if (found == desks_.end()) return "a clock jump of a desk that was never created";
      found->second.desk->clock_jumped(jump.by_us, jump.waited != 0);
      return {};
    }
    default:
      return {};
  }
}

std::string Replica::create(const LogRecord& record) {
  std::string name;
  desk::Limits limits;
  if (!decode_desk_created(record.system, name, limits))
    return "the description of a new desk cannot be read: use the server that wrote it";
  const std::string number = std::to_string(record.desk.value);
  if (record.desk.value == 0 || desks_.contains(record.desk.value))
    return "desk " + number + " is created a second time";
  for (const auto& [other, known] : desks_)
    if (known.desk->name() == name)
      return "desk " + number + " has the name of desk " + std::to_string(other);
  if (options_.begin_archive) {
    if (std::string failure = options_.begin_archive(record.desk); !failure.empty()) return failure;
  }
  add(std::make_unique<desk::Desk>(record.desk, std::move(name), limits,
                                   options_.decode_configuration));
  return {};
}

std::string Replica::replay_batch(const LogRecord& record) {
  if (record.rules_version != desk::rules_version)
    return "it was made under rules version " + std::to_string(record.rules_version) +
           ", this server has version " + std::to_string(desk::rules_version) +
           ": let the server that wrote the log end it with a snapshot "
           "(paceline serve --snapshot-on-exit), then upgrade";
  const auto found = desks_.find(record.desk.value);
  if (found == desks_.end())
    return "desk " + std::to_string(record.desk.value) + " was never created";
  sched::Instant& handed_to = handed_to_[record.desk.value];
  if (record.ts < handed_to) return "time runs backwards";
  handed_to = record.ts;
  if (!workers_.empty()) return hand_over(found->second, record);
  frames_.clear();
  for (const LoggedFrame& logged : record.frames) {
    if (std::string objection = decode(record, logged.payload, logged, frames_); !objection.empty())
      return objection;
  }
  return apply(found->second, record.ts, frames_, outcome_);
}

std::string Replica::hand_over(ReplicaDesk& desk, const LogRecord& record) {
  size_t size = 0;
  for (const LoggedFrame& logged : record.frames) size += (logged.payload.size() + 7) & ~size_t{7};
  Chunk& chunk = worker_of(record.desk).chunk_for(size);
  const size_t before = chunk.frames.size();
  for (const LoggedFrame& logged : record.frames) {
    if (std::string objection = decode(record, chunk.copy(logged.payload), logged, chunk.frames);
        !objection.empty()) {
      chunk.frames.resize(before);
      return objection;
    }
  }
  chunk.batches.push_back({&desk, record.ts, before, chunk.frames.size()});
  return {};
}

std::string Replica::decode(const LogRecord& record, std::span<const std::byte> payload,
                            const LoggedFrame& logged,
                            std::vector<desk::CommandFrame>& frames) const {
  auto frame = options_.decode_frame(payload);
  if (!frame) return "a frame cannot be read: " + frame.error();
  if (frame.value().desk != record.desk) return "a frame is for another desk";
  if (frame.value().first_number != logged.first_number)
    return "a frame's envelope and content disagree";
  frame.value().session = logged.session;
  frame.value().principal = logged.principal;
  frame.value().roles = logged.roles;
  frames.push_back(frame.value());
  return {};
}

std::string Replica::apply(ReplicaDesk& known, sched::Instant ts,
                           std::span<const desk::CommandFrame> frames,
                           desk::Outcome& outcome) const {
  outcome.clear();
  known.desk->apply({ts, frames}, outcome);
  known.events.append(outcome.events);
  if (outcome.archived.empty()) return {};
  known.archived = outcome.archived.last();
  if (!options_.archive) return {};
  return options_.archive(known.desk->number(), outcome.archived);
}

}  // namespace paceline::runtime
