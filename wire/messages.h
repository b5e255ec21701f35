// The messages of a session besides commands and queries: who is there, which desk, what time it
// is, what to be told of.
//
// Every request carries a `tag` of the client's choice, not 0, which its answer repeats. For each
// struct there is append(out, message), which writes a whole frame behind what `out` holds, and
// decode_…(payload), which reads one back or says what is wrong with it.
//
//   client                    server
//   hello                 →   welcome | error (fatal)
//   open_desk             →   desk_opened | error
//   commands (codec.h)    →   replies | busy | error (fatal: malformed)
//   advance               →   advanced | busy | error
//   query (answer_codec.h)→   answer | error
//   subscribe             →   done, then events as credit allows | too_old | error
//   credit                →   (events)
//   unsubscribe           →   done
//   control               →   server_status | done | snapshot_taken | log_held | reloaded |
//                             error
//
// Owner: any thread; plain values.  Allocates: texts and `out`.  Errors: WireError.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/limits.h"
#include "engine/runtime/snapshot_report.h"
#include "sched/base/expected.h"
#include "sched/base/ids.h"
#include "wire/frame.h"

namespace paceline::wire {

enum class Lane : uint8_t { interactive, bulk };
enum class ClockMode : uint8_t { wall, commands };
enum class Durability : uint8_t { none, sync, interval };
enum class ControlVerb : uint8_t {
  status,
  drain,
  snapshot,
  hold_log,
  release_log,
  reload,
  check_reload,
};

std::string_view name(Lane lane);
std::string_view name(ClockMode mode);
std::string_view name(Durability durability);

/// What the server answers a request it will not do with. Numbers are contract.
enum class ErrorCode : uint16_t {
  frame_malformed = 1,      ///< Fatal: the text says what is wrong with it.
  version_unsupported = 2,  ///< Fatal.
  hello_expected = 3,       ///< Fatal: the first frame must be hello, and only the first.
  token_invalid = 4,        ///< Fatal.
  permission_denied = 5,
  desk_unknown = 6,
  desk_name_invalid = 7,
  desk_limits_invalid = 8,
  desks_full = 9,
  clock_not_commands = 10,  ///< advance, on a server that follows the wall clock.
  time_backwards = 11,      ///< advance to an instant already past.
  query_invalid = 12,
  subscription_invalid = 13,
  connections_full = 14,  ///< Fatal.
  draining = 15,          ///< Nothing new is taken in.
  limit_exceeded = 16,    ///< Fatal: more in flight than `welcome` allows.
  internal = 17,
  snapshot_failed = 18,
  reload_failed = 19,  ///< The configuration in force stays; the text says what is wrong.
};
std::string_view name(ErrorCode code);

/// First frame of a connection.
struct Hello {
  uint16_t version = protocol_version;
  std::string client_name = {};
  std::string token = {};  ///< Empty: identified by the socket, if at all.
  desk::SessionId session = {};
  Lane lane = Lane::interactive;
};

struct Welcome {
  uint16_t version = protocol_version;
  std::string server_name;
  std::string server_version;
  uint32_t frame_size_max = frame_size_max_default;  ///< Header included.
  uint32_t in_flight_commands_max = 8'192;           ///< Unanswered on this connection.
  uint64_t in_flight_bytes_max = 16 * 1'048'576;
  uint32_t principal = 0;
  uint32_t roles = 0;  ///< Bits of desk::Role.
  ClockMode clock_mode = ClockMode::wall;
  Durability durability = Durability::sync;
};

/// Moves the desk's clock. Keeps its place among the commands of the connection: what was sent
/// before is stamped before.
struct Advance {
  uint64_t tag = 0;
  sched::DeskNumber desk;  ///< 0: every desk of the server.
  int64_t at_us = 0;
};
struct Advanced {
  uint64_t tag = 0;
  sched::DeskNumber desk;
  int64_t now_us = 0;
};

/// Creating needs Role::administrator. A desk that exists is opened, whatever `create` says, and
/// keeps its limits.
struct OpenDesk {
  uint64_t tag = 0;
  std::string name;
  bool create = false;
  std::optional<desk::Limits> limits;  ///< None: the server's defaults.
};
struct DeskOpened {
  uint64_t tag = 0;
  sched::DeskNumber desk;
  std::string name;
  bool created = false;
  uint64_t last_number = 0;  ///< Highest command number of this session the desk has answered.
  uint32_t reply_window = 0;
  uint64_t first_event = 0;  ///< Oldest in the ring; 0: none yet.
  uint64_t last_event = 0;
  int64_t now_us = 0;
};

/// One subscription per desk and connection; a second one replaces it.
struct Subscribe {
  uint64_t tag = 0;
  sched::DeskNumber desk;
  uint64_t from_sequence = 0;  ///< First event wanted; 0: those after now.
  uint32_t credit = 0;         ///< Events the server may send; credit adds to it.
  uint64_t kinds = 0;          ///< Bit per desk::EventKind; 0: all. Events left out cost no credit.
};
struct Credit {
  sched::DeskNumber desk;
  uint32_t events = 0;
};
struct Unsubscribe {
  uint64_t tag = 0;
  sched::DeskNumber desk;
};
/// The subscription is not made, or has ended because its reader was too slow.
struct TooOld {
  uint64_t tag = 0;  ///< 0 when it ended later.
  sched::DeskNumber desk;
  uint64_t first_sequence = 0;  ///< Oldest event there still is.
};

/// All but status need Role::administrator.
struct Control {
  uint64_t tag = 0;
  ControlVerb verb = ControlVerb::status;
};
struct Done {
  uint64_t tag = 0;
};
struct ErrorMessage {
  uint64_t tag = 0;  ///< 0: about no request, or about commands.
  ErrorCode code = ErrorCode::internal;
  std::string text;  ///< What, why, how to mend it.
  bool fatal = false;
};

struct DeskSummary {
  sched::DeskNumber desk;
  std::string name;
  int64_t now_us = 0;
  uint64_t last_event = 0;
  bool operator==(const DeskSummary&) const = default;
};
struct ServerStatus {
  uint64_t tag = 0;
  std::string server_version;
  bool draining = false;
  ClockMode clock_mode = ClockMode::wall;
  Durability durability = Durability::sync;
  std::vector<DeskSummary> desks;
  std::vector<std::pair<std::string, uint64_t>> figures;  ///< "connections", "log_bytes", …
};

struct SnapshotTaken {
  uint64_t tag = 0;
  runtime::SnapshotReport report;
};
/// The log and the snapshots stay as they are until the connection ends or release_log.
struct LogHeld {
  uint64_t tag = 0;
  std::string data;       ///< The server's folder.
  uint64_t sequence = 0;  ///< Durable; what comes later may be copied or not.
  std::vector<runtime::MarkedDesk> desks;
};

/// What reading the configuration file again has changed, or would change.
struct Reloaded {
  uint64_t tag = 0;
  std::vector<std::string> changes;   ///< For people, a line each. None: nothing changes.
  std::vector<std::string> warnings;  ///< About the file, and what waits for the next start.
};

void append(Bytes& out, const Hello& message);
void append(Bytes& out, const Welcome& message);
void append(Bytes& out, const Advance& message);
void append(Bytes& out, const Advanced& message);
void append(Bytes& out, const OpenDesk& message);
void append(Bytes& out, const DeskOpened& message);
void append(Bytes& out, const Subscribe& message);
void append(Bytes& out, const Credit& message);
void append(Bytes& out, const Unsubscribe& message);
void append(Bytes& out, const TooOld& message);
void append(Bytes& out, const Control& message);
void append(Bytes& out, const Done& message);
void append(Bytes& out, const ErrorMessage& message);
void append(Bytes& out, const ServerStatus& message);
void append(Bytes& out, const SnapshotTaken& message);
void append(Bytes& out, const LogHeld& message);
void append(Bytes& out, const Reloaded& message);

template <class T>
using Decoded = sched::Expected<T, WireError>;

Decoded<Hello> decode_hello(std::span<const std::byte> payload);
Decoded<Welcome> decode_welcome(std::span<const std::byte> payload);
Decoded<Advance> decode_advance(std::span<const std::byte> payload);
Decoded<Advanced> decode_advanced(std::span<const std::byte> payload);
Decoded<OpenDesk> decode_open_desk(std::span<const std::byte> payload);
Decoded<DeskOpened> decode_desk_opened(std::span<const std::byte> payload);
Decoded<Subscribe> decode_subscribe(std::span<const std::byte> payload);
Decoded<Credit> decode_credit(std::span<const std::byte> payload);
Decoded<Unsubscribe> decode_unsubscribe(std::span<const std::byte> payload);
Decoded<TooOld> decode_too_old(std::span<const std::byte> payload);
Decoded<Control> decode_control(std::span<const std::byte> payload);
Decoded<Done> decode_done(std::span<const std::byte> payload);
Decoded<ErrorMessage> decode_error(std::span<const std::byte> payload);
Decoded<ServerStatus> decode_server_status(std::span<const std::byte> payload);
Decoded<SnapshotTaken> decode_snapshot_taken(std::span<const std::byte> payload);
Decoded<LogHeld> decode_log_held(std::span<const std::byte> payload);
Decoded<Reloaded> decode_reloaded(std::span<const std::byte> payload);

}  // namespace paceline::wire
