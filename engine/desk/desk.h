// One desk: its tickets, queues, agents and timers. apply(batch) → events.
//
// A deterministic state machine: the batches alone reproduce every state and every event, byte for
// byte. It routes commands to the verbs of lifecycle.h and the matching of sched/dispatch.h; it
// decides nothing itself.
//
// Owner: one shard thread.  Time: in the batch.  Allocates: when sized, and the caller's buffers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/desk/archived.h"
#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/event.h"
#include "engine/desk/facts.h"
#include "engine/desk/limits.h"
#include "engine/desk/query.h"
#include "engine/desk/reject.h"
#include "sched/base/archive.h"

namespace paceline::desk {

/// Raised whenever the same commands would give other events. A server refuses to replay batches of
/// another version.
inline constexpr uint32_t rules_version = 3;

/// What a batch brought about. The caller clears and reuses it.
struct Outcome {
  std::vector<Reply> replies;  ///< One per command, frame by frame, in order.
  std::vector<Event> events;
  ArchivedBatch archived;
  /// False: nobody keeps a history, what leaves the desk is not told in `archived`.
  bool keeps_history = true;
  /// timers_per_batch was reached, or rules still change tickets: another batch is wanted.
  bool more_timers_due = false;

  void clear() {
    replies.clear();
    events.clear();
    archived.begin(0);
    more_timers_due = false;
  }
};

class Desk {
 public:
  Desk(sched::DeskNumber number, std::string name, const Limits& limits,
       ConfigurationDecoder decode_configuration);
  ~Desk();
  Desk(Desk&&) noexcept;
  Desk& operator=(Desk&&) noexcept;

  /// Requires batch.ts ≥ the last batch's.
  void apply(const Batch& batch, Outcome& outcome);

  /// The server was down between these instants. What fell due then and is older than the desk's
  /// `stale_after` is told in one event per clock. Before the first batch after it; part of the
  /// log.
  void recovered(sched::Instant down_from, sched::Instant down_to);

  /// The server's wall clock jumped: told with the next batch; part of the log. `waited`: time goes
  /// on without it.
  void clock_jumped(int64_t by_us, bool waited);

  /// When apply() is next wanted although no command comes; `never` if nothing is armed.
  sched::Instant next_due() const;

  sched::Instant now() const;  ///< The last batch's ts.
  sched::DeskNumber number() const;
  const std::string& name() const;
  const Limits& limits() const;

  /// Highest command number of this session that was answered; 0 if none.
  uint64_t last_number(SessionId session) const;

  /// Over everything that matters, in a canonical order; independent of slots and batch boundaries.
  uint64_t digest() const;
  /// Hash chain over every event so far.
  uint64_t event_hash() const;
  uint64_t last_event() const;  ///< Sequence of the newest event, 0 if none.

  /// Everything except `kpi`, which the runtime completes with the history file (collect_facts),
  /// and `cases` of that file.
  Answer answer(const Query& query) const;

  /// Calls `each` for every ticket in memory, in order of id.
  void collect_facts(
      const std::function<void(const TicketFacts&, std::span<const StateInterval>)>& each) const;
  /// The parts of Kpi that are counters of the desk: policies.
  std::vector<PolicyVerdicts> policy_verdicts() const;
  Names names() const;

  /// Examines every invariant over the whole desk, however long it takes; returns the violations
  /// found, one line each. Cheap checks run after every batch by themselves.
  std::vector<std::string> check_invariants() const;
  /// The whole state, written down or filled in, between two batches. Saving changes nothing.
  /// Loading is for a desk just constructed with the same number, name, limits and decoder; after
  /// it, unless the archive failed, the desk goes on as the saved one would: same digest, events,
  /// answers and replies, byte for byte. What failed is to be thrown away.
  ///
  /// Rules are written as they were compiled, with their definitions; calendars are compiled again
  /// from their specifications, and indexes, lines' agents and gaps between texts are worked out
  /// again. Whatever is read, neither loading nor digest() crashes, hangs or takes memory beyond
  /// what was read and the limits: what leads to a record, chain or place is examined. A number
  /// that is merely another one is not noticed here: checksums before, or the digest after.
  void persist(sched::Archive& archive);

  /// Test builds: a violated invariant ends the process instead of being counted.
  static void set_invariants_fatal(bool fatal);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace paceline::desk
