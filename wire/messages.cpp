#include "wire/messages.h"

#include "wire/schema.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

template <class Table, class Read>
auto read(std::span<const std::byte> payload, std::string_view what, Read read_fields)
    -> Decoded<std::invoke_result_t<Read, FieldReader&, const Table&>> {
  const auto root = verified_root<Table>(payload, what);
  if (!root) return sched::Unexpected{root.error()};
  FieldReader reader(what, payload.size());
  auto value = read_fields(reader, **root);
  return reader.finish(std::move(value));
}

flatbuffers::Offset<schema::Limits> put(Builder& builder, const desk::Limits& limits) {
  return schema::CreateLimits(builder, limits.tickets_max, limits.clocks_per_ticket,
                              limits.intervals_per_ticket, limits.text_mib_max, limits.closed_max,
                              limits.queues_max, limits.agents_max, limits.policies_max,
                              limits.calendars_max, limits.dictionary_max, limits.sessions_max,
                              limits.reply_window, limits.timers_per_batch, limits.config_bytes_max,
                              limits.offers_max, limits.sticky_max);
}

desk::Limits read_limits(const schema::Limits& table) {
  desk::Limits limits;
  limits.tickets_max = table.tickets_max();
  limits.clocks_per_ticket = table.clocks_per_ticket();
  limits.intervals_per_ticket = table.intervals_per_ticket();
  limits.text_mib_max = table.text_mib_max();
  limits.closed_max = table.closed_max();
  limits.queues_max = table.queues_max();
  limits.agents_max = table.agents_max();
  limits.policies_max = table.policies_max();
  limits.calendars_max = table.calendars_max();
  limits.dictionary_max = table.dictionary_max();
  limits.sessions_max = table.sessions_max();
  limits.reply_window = table.reply_window();
  limits.timers_per_batch = table.timers_per_batch();
  limits.config_bytes_max = table.config_bytes_max();
  limits.offers_max = table.offers_max();
  limits.sticky_max = table.sticky_max();
  return limits;
}

}  // namespace

std::string_view name(Lane lane) { return lane == Lane::bulk ? "bulk" : "interactive"; }
std::string_view name(ClockMode mode) { return mode == ClockMode::commands ? "commands" : "wall"; }
std::string_view name(Durability durability) {
  switch (durability) {
    case Durability::none:
      return "none";
    case Durability::sync:
      return "sync";
    case Durability::interval:
      break;
  }
  return "interval";
}

std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::frame_malformed:
      return "frame_malformed";
    case ErrorCode::version_unsupported:
      return "version_unsupported";
    case ErrorCode::hello_expected:
      return "hello_expected";
    case ErrorCode::token_invalid:
      return "token_invalid";
    case ErrorCode::permission_denied:
      return "permission_denied";
    case ErrorCode::desk_unknown:
      return "desk_unknown";
    case ErrorCode::desk_name_invalid:
      return "desk_name_invalid";
    case ErrorCode::desk_limits_invalid:
      return "desk_limits_invalid";
    case ErrorCode::desks_full:
      return "desks_full";
    case ErrorCode::clock_not_commands:
      return "clock_not_commands";
    case ErrorCode::time_backwards:
      return "time_backwards";
    case ErrorCode::query_invalid:
      return "query_invalid";
    case ErrorCode::subscription_invalid:
      return "subscription_invalid";
    case ErrorCode::connections_full:
      return "connections_full";
    case ErrorCode::draining:
      return "draining";
    case ErrorCode::limit_exceeded:
      return "limit_exceeded";
    case ErrorCode::internal:
      return "internal";
    case ErrorCode::snapshot_failed:
      return "snapshot_failed";
    case ErrorCode::reload_failed:
      return "reload_failed";
  }
  return "unknown";
}

void append(Bytes& out, const Hello& message) {
  append_table(out, MessageKind::hello, [&](Builder& builder) {
    const auto client_name = put_text(builder, message.client_name);
    const auto token = put_text(builder, message.token);
    return schema::CreateHello(builder, message.version, client_name, token, message.session.value,
                               static_cast<schema::Lane>(message.lane));
  });
}

Decoded<Hello> decode_hello(std::span<const std::byte> payload) {
  return read<schema::Hello>(payload, "hello", [](FieldReader& reader, const auto& table) {
    Hello message;
    message.version = table.protocol_version();
    message.client_name = reader.text(table.client_name(), "client_name");
    message.token = reader.text(table.token(), "token");
    message.session = {table.session()};
    message.lane = reader.enumerator(table.lane(), Lane::bulk, "lane");
    return message;
  });
}

void append(Bytes& out, const Welcome& message) {
  append_table(out, MessageKind::welcome, [&](Builder& builder) {
    const auto server_name = put_text(builder, message.server_name);
    const auto server_version = put_text(builder, message.server_version);
    return schema::CreateWelcome(builder, message.version, server_name, server_version,
                                 message.frame_size_max, message.in_flight_commands_max,
                                 message.in_flight_bytes_max, message.principal, message.roles,
                                 static_cast<schema::ClockMode>(message.clock_mode),
                                 static_cast<schema::Durability>(message.durability));
  });
}

Decoded<Welcome> decode_welcome(std::span<const std::byte> payload) {
  return read<schema::Welcome>(payload, "welcome", [](FieldReader& reader, const auto& table) {
    Welcome message;
    message.version = table.protocol_version();
    message.server_name = reader.text(table.server_name(), "server_name");
    message.server_version = reader.text(table.server_version(), "server_version");
    message.frame_size_max = table.frame_size_max();
    message.in_flight_commands_max = table.in_flight_commands_max();
    message.in_flight_bytes_max = table.in_flight_bytes_max();
    message.principal = table.principal();
    message.roles = table.roles();
    message.clock_mode = reader.enumerator(table.clock_mode(), ClockMode::commands, "clock_mode");
    message.durability = reader.enumerator(table.durability(), Durability::interval, "durability");
    return message;
  });
}

void append(Bytes& out, const Advance& message) {
  append_table(out, MessageKind::advance, [&](Builder& builder) {
    return schema::CreateAdvance(builder, message.tag, message.desk.value, message.at_us);
  });
}

Decoded<Advance> decode_advance(std::span<const std::byte> payload) {
  return read<schema::Advance>(payload, "advance", [](FieldReader&, const auto& table) {
    return Advance{table.tag(), {table.desk()}, table.at_us()};
  });
}

void append(Bytes& out, const Advanced& message) {
  append_table(out, MessageKind::advanced, [&](Builder& builder) {
    return schema::CreateAdvanced(builder, message.tag, message.desk.value, message.now_us);
  });
}

Decoded<Advanced> decode_advanced(std::span<const std::byte> payload) {
  return read<schema::Advanced>(payload, "advanced", [](FieldReader&, const auto& table) {
    return Advanced{table.tag(), {table.desk()}, table.now_us()};
  });
}

void append(Bytes& out, const OpenDesk& message) {
  append_table(out, MessageKind::open_desk, [&](Builder& builder) {
    const auto desk_name = put_text(builder, message.name);
    const auto limits =
        message.limits ? put(builder, *message.limits) : flatbuffers::Offset<schema::Limits>(0);
    return schema::CreateOpenDesk(builder, message.tag, desk_name, message.create, limits);
  });
}

Decoded<OpenDesk> decode_open_desk(std::span<const std::byte> payload) {
  return read<schema::OpenDesk>(payload, "open_desk", [](FieldReader& reader, const auto& table) {
    OpenDesk message;
    message.tag = table.tag();
    message.name = reader.text(table.name(), "name");
    message.create = table.create();
    if (table.limits() != nullptr) message.limits = read_limits(*table.limits());
    return message;
  });
}

void append(Bytes& out, const DeskOpened& message) {
  append_table(out, MessageKind::desk_opened, [&](Builder& builder) {
    const auto desk_name = put_text(builder, message.name);
    return schema::CreateDeskOpened(builder, message.tag, message.desk.value, desk_name,
                                    message.created, message.last_number, message.reply_window,
                                    message.first_event, message.last_event, message.now_us);
  });
}

Decoded<DeskOpened> decode_desk_opened(std::span<const std::byte> payload) {
  return read<schema::DeskOpened>(payload, "desk_opened",
                                  [](FieldReader& reader, const auto& table) {
                                    DeskOpened message;
                                    message.tag = table.tag();
                                    message.desk = {table.desk()};
                                    message.name = reader.text(table.name(), "name");
                                    message.created = table.created();
                                    message.last_number = table.last_number();
                                    message.reply_window = table.reply_window();
                                    message.first_event = table.first_event();
                                    message.last_event = table.last_event();
                                    message.now_us = table.now_us();
                                    return message;
                                  });
}

void append(Bytes& out, const Subscribe& message) {
  append_table(out, MessageKind::subscribe, [&](Builder& builder) {
    return schema::CreateSubscribe(builder, message.tag, message.desk.value, message.from_sequence,
                                   message.credit, message.kinds);
  });
}

Decoded<Subscribe> decode_subscribe(std::span<const std::byte> payload) {
  return read<schema::Subscribe>(payload, "subscribe", [](FieldReader&, const auto& table) {
    return Subscribe{
        table.tag(), {table.desk()}, table.from_sequence(), table.credit(), table.kinds()};
  });
}

void append(Bytes& out, const Credit& message) {
  append_table(out, MessageKind::credit, [&](Builder& builder) {
    return schema::CreateCredit(builder, message.desk.value, message.events);
  });
}

Decoded<Credit> decode_credit(std::span<const std::byte> payload) {
  return read<schema::Credit>(payload, "credit", [](FieldReader&, const auto& table) {
    return Credit{{table.desk()}, table.events()};
  });
}

void append(Bytes& out, const Unsubscribe& message) {
  append_table(out, MessageKind::unsubscribe, [&](Builder& builder) {
    return schema::CreateUnsubscribe(builder, message.tag, message.desk.value);
  });
}

Decoded<Unsubscribe> decode_unsubscribe(std::span<const std::byte> payload) {
  return read<schema::Unsubscribe>(payload, "unsubscribe", [](FieldReader&, const auto& table) {
    return Unsubscribe{table.tag(), {table.desk()}};
  });
}

void append(Bytes& out, const TooOld& message) {
  append_table(out, MessageKind::too_old, [&](Builder& builder) {
    return schema::CreateTooOld(builder, message.tag, message.desk.value, message.first_sequence);
  });
}

Decoded<TooOld> decode_too_old(std::span<const std::byte> payload) {
  return read<schema::TooOld>(payload, "too_old", [](FieldReader&, const auto& table) {
    return TooOld{table.tag(), {table.desk()}, table.first_sequence()};
  });
}

void append(Bytes& out, const Control& message) {
  append_table(out, MessageKind::control, [&](Builder& builder) {
    return schema::CreateControl(builder, message.tag,
                                 static_cast<schema::ControlVerb>(message.verb));
  });
}

Decoded<Control> decode_control(std::span<const std::byte> payload) {
  return read<schema::Control>(payload, "control", [](FieldReader& reader, const auto& table) {
    return Control{table.tag(), reader.enumerator(table.verb(), ControlVerb::check_reload, "verb")};
  });
}

void append(Bytes& out, const Done& message) {
  append_table(out, MessageKind::done,
               [&](Builder& builder) { return schema::CreateDone(builder, message.tag); });
}

Decoded<Done> decode_done(std::span<const std::byte> payload) {
  return read<schema::Done>(payload, "done",
                            [](FieldReader&, const auto& table) { return Done{table.tag()}; });
}

void append(Bytes& out, const ErrorMessage& message) {
  append_table(out, MessageKind::error, [&](Builder& builder) {
    const auto text = put_text(builder, message.text);
    return schema::CreateError(builder, message.tag, static_cast<uint16_t>(message.code), text,
                               message.fatal);
  });
}

// A code of a later release is kept as its number: the text still says what happened.
Decoded<ErrorMessage> decode_error(std::span<const std::byte> payload) {
  return read<schema::Error>(payload, "error", [](FieldReader& reader, const auto& table) {
    ErrorMessage message;
    message.tag = table.tag();
    message.code = static_cast<ErrorCode>(table.code());
    message.text = reader.text(table.text(), "text");
    message.fatal = table.fatal();
    return message;
  });
}

void append(Bytes& out, const ServerStatus& message) {
  append_table(out, MessageKind::server_status, [&](Builder& builder) {
    const auto version = put_text(builder, message.server_version);
    const auto desks = put_tables<schema::DeskSummary>(
        builder, message.desks, [](Builder& b, const DeskSummary& desk) {
          const auto desk_name = put_text(b, desk.name);
          return schema::CreateDeskSummary(b, desk.desk.value, desk_name, desk.now_us,
                                           desk.last_event);
        });
    const auto figures =
        put_tables<schema::Figure>(builder, message.figures, [](Builder& b, const auto& figure) {
          const auto figure_name = put_text(b, figure.first);
          return schema::CreateFigure(b, figure_name, figure.second);
        });
    return schema::CreateServerStatus(builder, message.tag, version, message.draining,
                                      static_cast<schema::ClockMode>(message.clock_mode),
                                      static_cast<schema::Durability>(message.durability), desks,
                                      figures);
  });
}

Decoded<ServerStatus> decode_server_status(std::span<const std::byte> payload) {
  constexpr flatbuffers::uoffset_t status_tables_max = 100'000;  // a server may have 65,535 desks
  const auto root =
      verified_root<schema::ServerStatus>(payload, "server_status", status_tables_max);
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("server_status", payload.size());
  ServerStatus message;
  message.tag = table.tag();
  message.server_version = reader.text(table.server_version(), "server_version");
  message.draining = table.draining();
  message.clock_mode = reader.enumerator(table.clock_mode(), ClockMode::commands, "clock_mode");
  message.durability = reader.enumerator(table.durability(), Durability::interval, "durability");
  reader.tables(table.desks(), "desks", [&](const schema::DeskSummary& desk) {
    message.desks.push_back(
        {{desk.desk()}, reader.text(desk.name(), "desks.name"), desk.now_us(), desk.last_event()});
  });
  reader.tables(table.figures(), "figures", [&](const schema::Figure& figure) {
    message.figures.emplace_back(reader.text(figure.name(), "figures.name"), figure.value());
  });
  return reader.finish(std::move(message));
}

void append(Bytes& out, const SnapshotTaken& message) {
  append_table(out, MessageKind::snapshot_taken, [&](Builder& builder) {
    const runtime::SnapshotReport& report = message.report;
    const auto path = put_text(builder, report.path);
    return schema::CreateSnapshotTaken(builder, message.tag, path, report.sequence, report.bytes,
                                       report.raw_bytes, report.replay_us, report.write_us,
                                       report.verify_us);
  });
}

Decoded<SnapshotTaken> decode_snapshot_taken(std::span<const std::byte> payload) {
  return read<schema::SnapshotTaken>(
      payload, "snapshot_taken", [](FieldReader& reader, const auto& table) {
        return SnapshotTaken{
            table.tag(),
            {reader.text(table.path(), "path"), table.sequence(), table.bytes(), table.raw_bytes(),
             table.replay_us(), table.write_us(), table.verify_us()}};
      });
}

void append(Bytes& out, const LogHeld& message) {
  append_table(out, MessageKind::log_held, [&](Builder& builder) {
    const auto data = put_text(builder, message.data);
    const auto desks = put_tables<schema::HeldDesk>(
        builder, message.desks, [](Builder& b, const runtime::MarkedDesk& desk) {
          return schema::CreateHeldDesk(b, desk.number.value, desk.event_hash, desk.last_event,
                                        desk.archived);
        });
    return schema::CreateLogHeld(builder, message.tag, data, message.sequence, desks);
  });
}

Decoded<LogHeld> decode_log_held(std::span<const std::byte> payload) {
  constexpr flatbuffers::uoffset_t held_tables_max = 100'000;  // a server may have 65,535 desks
  const auto root = verified_root<schema::LogHeld>(payload, "log_held", held_tables_max);
  if (!root) return sched::Unexpected{root.error()};
  const auto& table = **root;
  FieldReader reader("log_held", payload.size());
  LogHeld message{table.tag(), reader.text(table.data(), "data"), table.sequence(), {}};
  reader.tables(table.desks(), "desks", [&](const schema::HeldDesk& desk) {
    message.desks.push_back({{desk.desk()}, desk.event_hash(), desk.last_event(), desk.archived()});
  });
  return reader.finish(std::move(message));
}

void append(Bytes& out, const Reloaded& message) {
  append_table(out, MessageKind::reloaded, [&](Builder& builder) {
    const auto changes = put_texts(builder, message.changes);
    const auto warnings = put_texts(builder, message.warnings);
    return schema::CreateReloaded(builder, message.tag, changes, warnings);
  });
}

Decoded<Reloaded> decode_reloaded(std::span<const std::byte> payload) {
  return read<schema::Reloaded>(payload, "reloaded", [](FieldReader& reader, const auto& table) {
    return Reloaded{table.tag(), reader.texts(table.changes(), "changes"),
                    reader.texts(table.warnings(), "warnings")};
  });
}

}  // namespace paceline::wire
