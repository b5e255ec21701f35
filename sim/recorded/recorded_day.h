// A day as a live desk's log tells it, taken apart so that it can be lived through again: what
// people did, and how long after what the desk did they did it.
//
// An act about a ticket follows that ticket: so long after it came, began to wait, was given to
// somebody or was offered, whenever that is. Everything else (agents' comings and goings,
// administrators) has an instant of its own. So under the same rules everything happens when it
// did, and under others people behave as they did towards what the desk then does.
//
// Owner: whoever holds it.  Time: microseconds; instants since the epoch.  Allocates: lists, texts.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/limits.h"

namespace paceline::sim {

/// A command of any kind without its sender: the record as in engine/desk/command.h and its texts,
/// one behind the other. Tickets, offers and expected versions in it are 0.
struct RecordedCommand {
  desk::CommandKind kind = desk::CommandKind::open;
  alignas(8) std::array<std::byte, 72> fields{};
  std::string text;

  template <class Command>
  Command as() const {
    static_assert(sizeof(Command) <= sizeof fields);
    Command command;
    std::memcpy(&command, fields.data(), sizeof command);
    return command;
  }
  template <class Command>
  void set(const Command& command) {
    static_assert(sizeof(Command) <= sizeof fields);
    std::memcpy(fields.data(), &command, sizeof command);
  }
};

/// What an act follows.
enum class Anchor : uint8_t {
  day,       ///< The start.
  opened,    ///< The ticket is there.
  waits,     ///< It begins to wait, for the n-th time.
  assigned,  ///< It is an agent's, for the n-th time.
  offered,   ///< It is offered, for the n-th time.
};
inline constexpr int anchor_count = 5;

struct RecordedAct {
  static constexpr uint32_t none = 0xffff'ffff;

  RecordedCommand command;
  uint32_t batch = 0;      ///< Of RecordedDay::batches; ascending.
  uint32_t ticket = none;  ///< Which of the day's; also of what opens it.
  uint32_t other = none;   ///< Merged into, gone on from; of a rating the task that followed it.
  Anchor anchor = Anchor::day;
  uint32_t nth = 0;  ///< From 0.
  int64_t after_us = 0;
};

/// An instant at which the desk was told something, or let timers fire that had become due.
struct RecordedBatch {
  int64_t at_us = 0;
  bool timers = false;  ///< Something was due at it or before.
};

/// What the server told its desks beside commands.
struct RecordedNotice {
  enum class Kind : uint8_t { recovered, clock_jump };
  Kind kind = Kind::recovered;
  uint32_t batch = 0;   ///< Before this one.
  int64_t from_us = 0;  ///< Of clock_jump: by how much.
  int64_t to_us = 0;    ///< Of clock_jump: 1 if time waited.
};

struct RecordedAssignment {
  uint32_t ticket = 0;
  int64_t at_us = 0;
  std::string agent;
  bool operator==(const RecordedAssignment&) const = default;
};

struct RecordedDay {
  std::string desk;
  uint16_t desk_number = 0;
  desk::Limits limits;
  int64_t start_us = 0;        ///< The first batch.
  int64_t end_us = 0;          ///< The last one, or where the record was told to end.
  int64_t counts_from_us = 0;  ///< What comes before is lived through, and not counted.
  /// The longest that anything due waited for a batch: the live server's timer lag.
  int64_t lag_us = 0;
  uint32_t tickets = 0;
  std::vector<RecordedBatch> batches;
  std::vector<RecordedNotice> notices;
  std::vector<RecordedAct> acts;  ///< In order.
  /// By ticket: how often it was opened (0 or 1), waited, was assigned and offered, by Anchor.
  std::vector<std::array<uint32_t, anchor_count>> begun;

  std::vector<RecordedAssignment> assignments;
  uint64_t digest = 0;  ///< AssignmentDigest of the live desk.
  /// Commands the live desk said no to, by "kind: reason", and those sent twice: nothing came of
  /// them, and they are not among the acts.
  std::map<std::string, uint64_t> refused;
  uint64_t repeated = 0;
};

}  // namespace paceline::sim
