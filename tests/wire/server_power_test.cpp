// A server whose machine loses its power, or that is killed, or one after the other: at any
// operation on its folder, while it starts, answers, takes snapshots, trims its log and writes its
// history. What it promised is there when it starts again. tools/docs/FAULTS.md lists which sync
// each of this needs.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/runtime/log_segment.h"
#include "tests/support/power_loss_disk.h"
#include "tests/support/server_fixture.h"

namespace paceline::wire {
namespace {

using paceline::testing::PowerLossDisk;

constexpr uint64_t tickets_per_frame = 4;
constexpr uint64_t commands_per_frame = tickets_per_frame * 3;  // opened, resolved, closed
constexpr uint64_t set_up_commands = 3;
constexpr uint64_t frames_in_flight = 3;

/// What the lives went through.
struct Met {
  uint64_t cut_while_starting = 0, cut_at_work = 0, from_snapshot = 0, trimmed = 0, archived = 0;

  void add(const Met& other) {
    cut_while_starting += other.cut_while_starting;
    cut_at_work += other.cut_at_work;
    from_snapshot += other.from_snapshot;
    trimmed += other.trimmed;
    archived += other.archived;
  }
};

/// One machine with its disk, and the servers that live on it one after the other.
class Machine : public ServerTest {
 public:
  Machine() {
    options.data = folder.path() + "/below/data";
    options.disk = &power;
    options.segment_size = 16 * 1'024;
    options.snapshot_every = {0};
    options.note = [this](std::string_view line) {  // while it starts, from the test's own thread
      if (line.find(" desks from ") != line.npos) ++met.from_snapshot;
      // Whatever a snapshot counts on was durable before it had its name.
      const bool passed_over = line.find("going back to the snapshot before it") != line.npos;
      EXPECT_TRUE(power.power_is_off() || !passed_over) << line;
    };
  }
  ~Machine() override { stop(); }
  void TestBody() override {}

  void lose_again_and_again(uint64_t seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(static_cast<uint32_t>(seed));
    for (int life = 0; life < 10; ++life) {
      SCOPED_TRACE("life " + std::to_string(life));
      live(random);
      if (HasFatalFailure()) return;
      // Examined by a life that is not disturbed, or not before the next one has ended too.
      if (random() % 2 == 0) continue;
      examine();
      if (HasFatalFailure()) return;
      stop();
      if (random() % 2 == 0) power.lose_power(random);
    }
    examine();
  }

  Met met;

 private:
  /// Commands are known by their numbers alone, so what is lost is sent again as it was.
  static void write_frame(CommandWriter& writer, uint64_t frame) {
    for (uint64_t i = 0; i < tickets_per_frame; ++i) {
      const std::string id = name(frame * tickets_per_frame + i);
      open_ticket(writer, id);
      writer.resolve({.external_id = id}, "fixed");
      writer.close({.external_id = id});
    }
  }
  static std::string name(uint64_t ticket) { return "INC" + std::to_string(ticket); }
  static void set_up(CommandWriter& writer) {
    writer.define_queue({.name = "network", .group = "network", .mode = desk::QueueMode::manual});
    writer.define_agent({.name = "ada", .groups = "network"});
    writer.log_in("ada");
  }
  /// As far as anybody answers.
  static std::optional<DeskOpened> open_desk(RawPeer& peer, bool create) {
    desk::Limits limits = RawPeer::small_limits();
    limits.closed_max = 20;  // above it the oldest leaves for the history
    peer.tell(Hello{.client_name = "test", .token = {}, .session = {1}});
    peer.tell(OpenDesk{.tag = 1, .name = "emea", .create = create, .limits = limits});
    if (!peer.next()) return {};
    const auto opened = peer.next();
    if (!opened || opened->kind != MessageKind::desk_opened) return {};
    return decode_desk_opened(opened->payload.bytes()).value();
  }

  /// Until the disk fails under it or enough is done. Notes what was answered.
  void work(std::mt19937& random) {
    RawPeer peer(socket_path());
    const auto desk = open_desk(peer, true);
    if (!desk) return;
    CommandWriter writer;
    uint64_t sent = desk->last_number;
    uint64_t done = sent;
    const auto frames_wanted = 5 + random() % 60;
    bool waits = random() % 4 == 0;  // for a snapshot, before anything more is done
    if (waits) peer.tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
    for (uint64_t frames = 0; frames < frames_wanted || waits;) {
      while (!waits && sent < done + frames_in_flight * commands_per_frame) {
        if (sent < set_up_commands)
          set_up(writer);
        else
          write_frame(writer, (sent - set_up_commands) / commands_per_frame);
        const uint64_t count = writer.size();
        peer.send_commands(writer, first_desk, sent + 1);
        sent += count;
        if (random() % 8 != 0) continue;
        peer.tell(Control{.tag = 8, .verb = ControlVerb::snapshot});
        waits = random() % 2 == 0;
      }
      const auto frame = peer.next();
      if (!frame) return;
      if (frame->kind != MessageKind::replies) {  // of a snapshot
        waits = false;
        continue;
      }
      ++frames;
      for (const desk::Reply& reply : decode_replies(frame->payload.bytes()).value().replies)
        EXPECT_EQ(reply.code, 0);
      done += decode_replies(frame->payload.bytes()).value().replies.size();
      answered = std::max(answered, done);
    }
  }

  /// A life that ends with its process or with the machine's power.
  void live(std::mt19937& random) {
    options.durability = random() % 3 == 0 ? Durability::none : Durability::sync;
    if (random() % 4 != 0) power.cut_after(1 + random() % 150);
    auto started = Server::start(options);
    if (started) {
      server = std::move(started.value());
      thread = std::thread([this] { end = server->run(); });
      durable = answered;  // a server that has started has synced what it found
      work(random);
      stop();
      // Whoever ends in peace leaves nothing unsynced.
      const bool in_peace = end.exit_code == ServerExit::clean && !power.power_is_off();
      if (in_peace || options.durability == Durability::sync) durable = answered;
      met.cut_at_work += power.power_is_off() ? 1 : 0;
    } else {
      ++met.cut_while_starting;
      ASSERT_TRUE(power.power_is_off()) << started.error().text;
    }
    if (random() % 3 == 0) {
      power.lose_process();
      return;
    }
    power.lose_power(random);
    answered = durable;
  }

  /// Everything that was promised, and nothing else.
  void examine() {
    options.durability = Durability::sync;
    auto started = Server::start(options);
    ASSERT_TRUE(started) << started.error().text;
    server = std::move(started.value());
    thread = std::thread([this] { end = server->run(); });
    RawPeer peer(socket_path());
    const auto desk = open_desk(peer, false);
    if (!desk) {
      ASSERT_EQ(answered, 0U) << "the desk is gone";
      return;
    }
    ASSERT_GE(desk->last_number, answered) << "what was answered is lost";
    durable = answered = desk->last_number;
    const uint64_t frames =
        answered < set_up_commands ? 0 : (answered - set_up_commands) / commands_per_frame;
    const desk::Status now = status(peer);
    ASSERT_EQ(now.tickets + now.archived, frames * tickets_per_frame);
    for (const auto& [invariant, violations] : now.invariant_violations)
      ASSERT_EQ(violations, 0U) << invariant;
    met.archived = now.archived;
    const auto segments = runtime::list_segments(options.data + "/log");
    ASSERT_TRUE(segments);
    met.trimmed += !segments->empty() && segments->front().number > 1 ? 1 : 0;
    for (uint64_t i = 0; i < frames * tickets_per_frame; ++i) {
      const desk::Answer ticket = ask(peer, query(desk::QueryKind::ticket, name(i)));
      ASSERT_EQ(ticket.tickets.size(), 1U) << name(i) << " is gone";
      ASSERT_EQ(ticket.tickets.front().state, desk::State::closed);
    }
  }

  PowerLossDisk power;
  uint64_t answered = 0;  ///< The newest command that must be there …
  uint64_t durable = 0;   ///< … and after a power cut.
};

TEST(PowerLoss, TakesNothingThatWasPromised) {
  Met all;
  for (uint64_t seed = 1; seed <= 25; ++seed) {
    Machine machine;
    machine.lose_again_and_again(seed);
    if (::testing::Test::HasFatalFailure()) return;
    all.add(machine.met);
  }
  // Of each some: else it would have shown nothing.
  EXPECT_GT(all.cut_while_starting, 5U);
  EXPECT_GT(all.cut_at_work, 25U);
  EXPECT_GT(all.from_snapshot, 15U);
  EXPECT_GT(all.trimmed, 10U);
  EXPECT_GT(all.archived, 500U);
}

}  // namespace
}  // namespace paceline::wire
