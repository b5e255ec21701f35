// Snapshots, as whoever runs a server meets them: they are taken beside the work, the log gets
// short, and a server that starts from one is the one it was.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "engine/runtime/snapshot_folder.h"
#include "engine/runtime/wall_clock.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using sched::hour;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

class SnapshotTest : public ServerTest {
 protected:
  SnapshotTest() {
    options.segment_size = 64 * 1'024;
    options.note = [this](std::string_view line) {
      const std::lock_guard lock(notes_lock);
      notes.emplace_back(line);
    };
  }
  ~SnapshotTest() override { stop(); }

  std::vector<std::string> told() {
    const std::lock_guard lock(notes_lock);
    return std::exchange(notes, {});
  }
  std::unique_ptr<RawPeer> connect(uint64_t session = 1) {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(session);
    return peer;
  }
  /// Opens tickets, resolves half of them and closes a quarter.
  void work(RawPeer& peer, uint64_t tickets = 100) {
    CommandWriter writer;
    const auto name = [&](uint64_t i) { return "INC" + std::to_string(next_ticket + i); };
    for (uint64_t i = 0; i < tickets; ++i) open_ticket(writer, name(i));
    for (uint64_t i = 0; i < tickets / 2; ++i) writer.resolve({.external_id = name(i)}, "fixed");
    for (uint64_t i = 0; i < tickets / 4; ++i) writer.close({.external_id = name(i)});
    next_ticket += tickets;
    const uint64_t count = writer.size();
    peer.send_commands(writer, first_desk, next_number);
    next_number += count;
    for (const desk::Reply& reply : peer.replies()) EXPECT_EQ(reply.code, 0);
  }
  void work_for(RawPeer& peer, int rounds) {
    for (int round = 0; round < rounds; ++round) work(peer);
  }
  static runtime::SnapshotReport take(RawPeer& peer) {
    peer.tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
    return decode_snapshot_taken(peer.expect(MessageKind::snapshot_taken).payload.bytes())
        .value()
        .report;
  }
  std::vector<runtime::SnapshotEntry> snapshots() const {
    return runtime::SnapshotFolder(options.data + "/snapshots", runtime::real_disk())
        .list()
        .value();
  }
  static void flip(const std::string& path, uint64_t at) {
    std::string bytes = read_file(path);
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    std::ofstream(path, std::ios::binary) << bytes;
  }
  struct State {
    uint64_t digest, event_hash, events, tickets;
    bool operator==(const State&) const = default;
  };
  static State state(RawPeer& peer) {
    const desk::Status told = status(peer);
    return {told.digest, told.event_hash, told.events, told.tickets};
  }

  std::mutex notes_lock;
  std::vector<std::string> notes;
  uint64_t next_ticket = 1;
  uint64_t next_number = 4;
};

TEST_F(SnapshotTest, AServerStartsFromTheNewestAndIsTheOneItWas) {
  start();
  State before;
  {
    auto peer = peer_at_desk();
    advance(*peer, hour.us);
    work_for(*peer, 10);
    const runtime::SnapshotReport report = take(*peer);
    EXPECT_TRUE(std::filesystem::exists(report.path)) << report.path;
    EXPECT_EQ(report.bytes, std::filesystem::file_size(report.path));
    work_for(*peer, 3);
    before = state(*peer);
  }
  restart();
  auto peer = connect();
  EXPECT_EQ(state(*peer), before);
  EXPECT_LT(figures(*peer).at("records_replayed"), 20U);  // the tail alone
  // It goes on: retries are known, work is done, events can be resumed from before the snapshot.
  EXPECT_EQ(peer->open_desk("emea", false).last_number, next_number - 1);
  work(*peer);
  peer->tell(Subscribe{.tag = 7, .desk = first_desk, .from_sequence = 1, .credit = 10});
  peer->expect(MessageKind::done);
  const Frame events = peer->expect(MessageKind::events);
  EXPECT_EQ(decode_events(events.payload.bytes()).value().events.front().sequence, 1U);
}

TEST_F(SnapshotTest, TwoAreKeptAndTheLogIsTrimmedToTheOlder) {
  start();
  auto peer = peer_at_desk();
  advance(*peer, hour.us);
  std::vector<uint64_t> sequences;
  for (int i = 0; i < 5; ++i) {
    work_for(*peer, 20);  // several segments
    sequences.push_back(take(*peer).sequence);
  }
  // Old ones go behind the answer; a question later they are gone.
  while (snapshots().size() > 2) figures(*peer);
  ASSERT_EQ(snapshots().size(), 2U);
  EXPECT_EQ(snapshots()[0].sequence, sequences[4]);
  EXPECT_EQ(snapshots()[1].sequence, sequences[3]);
  const State before = state(*peer);
  peer.reset();
  restart();
  peer = connect();
  EXPECT_EQ(state(*peer), before);
  ASSERT_EQ(stop().text, "");
  std::filesystem::remove_all(options.data + "/snapshots");
  const auto started = Server::start(options);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text, HasSubstr("missing"));
}

TEST_F(SnapshotTest, ADamagedNewestFallsBackToTheOneBeforeAndALongerTail) {
  start();
  State before;
  {
    auto peer = peer_at_desk();
    for (int i = 0; i < 3; ++i) {
      work_for(*peer, 5);
      take(*peer);
    }
    while (snapshots().size() > 2) figures(*peer);
    before = state(*peer);
  }
  ASSERT_EQ(stop().text, "");
  const auto entries = snapshots();
  flip(entries[0].path, std::filesystem::file_size(entries[0].path) / 2);
  told();
  start();
  EXPECT_THAT(told(), Contains(AllOf(HasSubstr("is damaged"), HasSubstr(entries[0].path))));
  EXPECT_TRUE(std::filesystem::exists(entries[0].path + ".damaged"));
  auto peer = connect();
  EXPECT_EQ(state(*peer), before);
}

TEST_F(SnapshotTest, WhenAllAreDamagedTheWholeLogServesIfItIsStillThere) {
  start();
  State before;
  {
    auto peer = peer_at_desk();
    work_for(*peer, 5);
    take(*peer);
    before = state(*peer);
  }
  ASSERT_EQ(stop().text, "");
  flip(snapshots()[0].path, 50);
  start();
  EXPECT_EQ(state(*connect()), before);
}

TEST_F(SnapshotTest, WhatLeftMemoryIsInTheHistoryOnceWhicheverWayTheServerCameBack) {
  start();
  const auto in_history = [&] {
    return std::filesystem::file_size(options.data + "/history/desk-1.history");
  };
  uint64_t size = 0;
  State before;
  {
    auto peer = std::make_unique<RawPeer>(socket_path());
    peer->hello(1);
    desk::Limits limits = RawPeer::small_limits();
    limits.closed_max = 40;  // above it the oldest closed ticket leaves
    peer->open_desk("emea", true, limits);
    CommandWriter writer;
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
    peer->send_commands(writer, first_desk, 1);
    peer->replies();
    work_for(*peer, 10);
    take(*peer);
    work_for(*peer, 10);
    before = state(*peer);
  }
  ASSERT_EQ(stop().text, "");
  size = in_history();
  EXPECT_GT(size, 0U);
  for (int again = 0; again < 3; ++again) {
    SCOPED_TRACE(again);
    // As after a kill in which the file's tail never reached the disk.
    if (again == 1)
      std::filesystem::resize_file(options.data + "/history/desk-1.history", size - 9);
    start();
    auto peer = connect();
    EXPECT_EQ(state(*peer), before);
    EXPECT_EQ(ask(*peer, query(desk::QueryKind::ticket, "INC1")).tickets.size(), 1U);
    EXPECT_EQ(ask(*peer, query(desk::QueryKind::ticket, "INC1001")).tickets.size(), 1U);
    peer.reset();
    ASSERT_EQ(stop().text, "");
    EXPECT_EQ(in_history(), size);
  }
  // What the snapshot counts on is gone: the log has it all, and writes it again.
  std::filesystem::remove(options.data + "/history/desk-1.history");
  told();
  start();
  EXPECT_THAT(told(), Contains(HasSubstr("history")));
  EXPECT_EQ(state(*connect()), before);
  ASSERT_EQ(stop().text, "");
  EXPECT_EQ(in_history(), size);
}

TEST_F(SnapshotTest, ASecondOneOfTheSameStateIsTheFirst) {
  start();
  auto peer = peer_at_desk();
  work(*peer);
  const auto first = take(*peer);
  EXPECT_EQ(take(*peer).path, first.path);
  EXPECT_EQ(snapshots().size(), 1U);
}

TEST_F(SnapshotTest, AnEmptyServerHasNothingToTake) {
  start();
  auto peer = connect();
  peer->tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
  const ErrorMessage error = peer->error();
  EXPECT_EQ(error.code, ErrorCode::snapshot_failed);
  EXPECT_EQ(error.tag, 8U);
}

TEST_F(SnapshotTest, IsTakenWhenTheLogHasGrownEnough) {
  options.snapshot_log_bytes = 20'000;
  start();
  auto peer = peer_at_desk();
  for (uint64_t taken = 1; taken <= 2; ++taken) {
    for (uint64_t before = 0, after = 0; after >= before;) {
      before = figures(*peer).at("log_bytes_since_snapshot");
      work(*peer, 8);
      after = figures(*peer).at("log_bytes_since_snapshot");
    }
    while (figures(*peer).at("snapshots_taken") < taken) status(*peer);  // it is under way
  }
  EXPECT_EQ(figures(*peer).at("snapshots_failed"), 0U);
}

/// Both clocks stand where the test puts them.
class SetClock final : public runtime::WallClock {
 public:
  void pass(sched::Duration duration) { now_us += duration.us; }
  sched::Instant now() const override { return {now_us.load()}; }
  int64_t monotonic_us() const override { return now_us.load(); }
  std::atomic<int64_t> now_us{1'800'000'000'000'000};
};

TEST_F(SnapshotTest, IsTakenInTimeIfAnythingHappened) {
  SetClock clock;
  const EndsFirst server_ends{*this};
  options.clock = &clock;
  options.snapshot_every = sched::minute * 10;
  start();
  auto peer = peer_at_desk();
  work(*peer);
  EXPECT_EQ(figures(*peer).at("snapshots_taken"), 0U);
  clock.pass(sched::minute * 10);
  while (figures(*peer).at("snapshots_taken") < 1) status(*peer);
  clock.pass(sched::hour);
  for (int i = 0; i < 20; ++i) status(*peer);  // questions are nothing that happens
  EXPECT_EQ(figures(*peer).at("snapshots_taken"), 1U);
}

TEST_F(SnapshotTest, OneThatFailsIsToldAndTheServerGoesOn) {
  options.disk = &disk;
  start();
  auto peer = peer_at_desk();
  work_for(*peer, 3);
  std::filesystem::remove_all(options.data + "/snapshots");  // no such folder: cannot be created
  peer->tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
  EXPECT_EQ(peer->error().code, ErrorCode::snapshot_failed);
  EXPECT_EQ(figures(*peer).at("snapshots_failed"), 1U);
  work(*peer);
  std::filesystem::create_directories(options.data + "/snapshots");
  take(*peer);
}

TEST_F(SnapshotTest, NothingGoesWhileSomebodyHoldsTheLog) {
  start();
  auto peer = peer_at_desk();
  work_for(*peer, 5);
  auto copier = connect(2);
  copier->tell(Control{.tag = 3, .verb = ControlVerb::hold_log});
  const LogHeld held =
      decode_log_held(copier->expect(MessageKind::log_held).payload.bytes()).value();
  EXPECT_EQ(held.data, options.data);
  EXPECT_GT(held.sequence, 0U);
  ASSERT_EQ(held.desks.size(), 1U);
  EXPECT_EQ(held.desks[0].event_hash, state(*peer).event_hash);
  for (int i = 0; i < 4; ++i) {
    work_for(*peer, 20);
    take(*peer);
  }
  for (int i = 0; i < 10; ++i) figures(*peer);
  EXPECT_EQ(snapshots().size(), 4U);
  copier.reset();  // hanging up lets go
  while (snapshots().size() > 2) figures(*peer);
}

TEST_F(SnapshotTest, OneTakenOnExitLeavesNothingToReplay) {
  options.snapshot_on_exit = true;
  options.shards = 2;
  start();
  State before;
  {
    auto peer = peer_at_desk();
    peer->open_desk("apac", true);
    work_for(*peer, 5);
    before = state(*peer);
  }
  restart();
  auto peer = connect();
  EXPECT_EQ(figures(*peer).at("records_replayed"), 0U);
  EXPECT_EQ(figures(*peer).at("recovered_after_clean_end"), 1U);
  EXPECT_EQ(state(*peer), before);
  EXPECT_EQ(peer->open_desk("apac", false).desk.value, 2);
}

/// Notes with which scheduling each snapshot file is begun; the first waits there until released.
class SchedulingDisk final : public FaultyDisk {
 public:
  int open(const std::string& path, int flags) override {
    if (path.ends_with(".snapshot.tmp") && (flags & O_CREAT) != 0) {
      const bool first = policies.empty();
      policies.push_back(sched_getscheduler(0));
      if (first) {
        first_is_there = true;
        first_is_held.wait(true);
      }
    }
    return FaultyDisk::open(path, flags);
  }
  void release() {
    first_is_held = false;
    first_is_held.notify_all();
  }
  std::vector<int> policies;  // of one thread after the other
  std::atomic<bool> first_is_there{false};
  std::atomic<bool> first_is_held{true};
};

TEST_F(SnapshotTest, WhoeverAsksDoesNotWaitForOneThatTakesOnlyWhatNobodyWants) {
  SchedulingDisk noted;
  options.disk = &noted;
  options.snapshot_log_bytes = 20'000;
  start();
  auto peer = peer_at_desk();
  for (uint64_t before = 0, after = 0; after >= before;) {  // until one is begun for its size
    before = figures(*peer).at("log_bytes_since_snapshot");
    work(*peer, 8);
    after = figures(*peer).at("log_bytes_since_snapshot");
  }
  while (!noted.first_is_there) status(*peer);
  peer->tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
  {
    auto other = connect(2);  // behind the request, and all the way round
    for (int i = 0; i < 3; ++i) status(*other);
  }
  noted.release();
  peer->expect(MessageKind::snapshot_taken);
  // The one under way was begun again, then came the one that was asked for.
  EXPECT_EQ(noted.policies, (std::vector<int>{SCHED_IDLE, SCHED_OTHER, SCHED_OTHER}));
  stop();
}

TEST_F(SnapshotTest, ADrainDoesNotWaitForOne) {
  start();
  auto peer = peer_at_desk();
  work_for(*peer, 20);
  peer->tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
  EXPECT_EQ(stop().text, "");
  for (const auto& entry : std::filesystem::directory_iterator(options.data + "/snapshots"))
    EXPECT_EQ(entry.path().extension(), ".snapshot");
}

}  // namespace
}  // namespace paceline::wire
