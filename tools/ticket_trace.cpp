#include "tools/ticket_trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/runtime/disk.h"
#include "engine/runtime/log_reader.h"
#include "engine/runtime/replica.h"
#include "engine/runtime/snapshot_file.h"
#include "engine/runtime/snapshot_folder.h"
#include "engine/runtime/snapshot_load.h"
#include "tools/logged_folder.h"
#include "tools/ticket_reference.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace paceline::tools {

namespace {

using desk::Event;
using desk::EventKind;

constexpr uint64_t mib = 1'048'576;

bool begins_ticket(EventKind kind) {
  return kind == EventKind::ticket_recorded || kind == EventKind::ticket_imported;
}

/// Its own, and those of others that name it.
bool is_about(const Event& event, uint64_t ticket) {
  if (ticket == 0) return false;  // not known yet
  if (event.ticket == ticket) return true;
  return (event.kind == EventKind::ticket_merged || event.kind == EventKind::ticket_linked) &&
         static_cast<uint64_t>(event.value_us) == ticket;
}

desk::Query ask_for(std::string_view reference) {
  const wire::Addressed to = ticket_reference(reference);
  desk::Query query;
  query.kind = desk::QueryKind::ticket;
  query.ticket = to.ticket;
  query.text = std::string(to.external_id);
  return query;
}

sched::Expected<desk::CommandFrame, std::string> decode_frame(std::span<const std::byte> payload) {
  auto frame = wire::decode_commands(payload);
  if (!frame) return sched::Unexpected{frame.error().text};
  return frame.value();
}

/// Replays one folder and keeps what is about one ticket of one desk.
class FolderTrace {
 public:
  explicit FolderTrace(const TraceWanted& wanted)
      : wanted_(wanted),
        replica_({.decode_frame = decode_frame,
                  .decode_configuration = wire::decode_configuration,
                  .events_kept = events_kept}) {
    found_.ticket = ticket_reference(wanted.ticket).ticket;
    by_number_ = found_.ticket != 0;
  }

  Got<TicketTrace> run(const Terminal& terminal) {
    const runtime::LogReader reader({.folder = wanted_.data + "/log"});
    const auto oldest = reader.oldest();
    if (!oldest) return sched::Unexpected{not_valid(oldest.error().text)};
    runtime::LogPosition from = *oldest;
    if (from.sequence != 0) {
      auto loaded = load_oldest_snapshot(from);
      if (!loaded) return sched::Unexpected{loaded.error()};
      from = *loaded;
    }
    take_new_events();
    Progress progress(terminal, "replaying", "MiB", 0);
    const auto end = reader.read(
        from, 0,
        [&](uint64_t sequence, const runtime::LogRecord& record) {
          const std::string objection = replica_.replay(record);
          if (objection.empty()) take_new_events();
          return objection.empty() ? objection : fmt::format("record {}: {}", sequence, objection);
        },
        [&progress](uint64_t done, uint64_t) { progress.update(done / mib); });
    if (!end) return sched::Unexpected{not_valid(end.error().text)};
    progress.finish();
    if (desk_ == nullptr)
      return sched::Unexpected{
          not_found(fmt::format("desk {} is not in {}: see desk list, or paceline backup verify",
                                wanted_.server.desk, wanted_.data))};
    if (found_.events.empty())
      return sched::Unexpected{explain(desk::Reject::ticket_unknown, "ticket " + wanted_.ticket)};
    found_.names = desk_->desk->names();
    // It may have left the desk's memory: then only its events are left.
    const desk::Answer answer = desk_->desk->answer(ask_for(std::to_string(found_.ticket)));
    if (answer.code == 0 && !answer.tickets.empty())
      found_.external_id = answer.tickets.front().external_id;
    else if (!by_number_)
      found_.external_id = std::string(ticket_reference(wanted_.ticket).external_id);
    return std::move(found_);
  }

 private:
  // More than any one batch brings forth, and what servers keep in their snapshots.
  static constexpr uint32_t events_kept = 1U << 20;

  Got<runtime::LogPosition> load_oldest_snapshot(const runtime::LogPosition& oldest) {
    const runtime::SnapshotFolder folder(wanted_.data + "/snapshots", runtime::real_disk());
    auto listed = folder.list();
    if (!listed) return sched::Unexpected{went_wrong(listed.error())};
    std::sort(listed->begin(), listed->end(),
              [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
    for (const runtime::SnapshotEntry& entry : *listed) {
      if (entry.sequence < oldest.sequence) continue;
      const auto file = runtime::SnapshotFile::open(entry.path);
      if (file && runtime::load_snapshot(*file, replica_, runtime::Loading::parallel,
                                         runtime::Checking::events))
        return file->info().position;
    }
    return sched::Unexpected{not_valid(fmt::format(
        "{}: records 1 to {} of the log are gone, and there is no good snapshot that includes "
        "them: restore the folder from a backup, see paceline doctor --data {}",
        wanted_.data, oldest.sequence, wanted_.data))};
  }

  void take_new_events() {
    if (desk_ == nullptr) {
      for (auto& [number, known] : replica_.desks())
        if (known.desk->name() == wanted_.server.desk) desk_ = &known;
      if (desk_ == nullptr) return;
      next_ = std::max<uint64_t>(desk_->events.first(), 1);
      found_.first_sequence = next_;
      if (!by_number_) identify();  // as a snapshot has it
    }
    while (next_ <= desk_->events.last()) {
      events_.clear();
      next_ = desk_->events.read(next_, 0, 65'536, events_);
      if (!by_number_ && std::any_of(events_.begin(), events_.end(),
                                     [](const Event& event) { return begins_ticket(event.kind); }))
        identify();
      for (const Event& event : events_)
        if (is_about(event, found_.ticket)) found_.events.push_back(event);
    }
  }

  /// An external id may be given anew once its ticket has left the desk: the newest one is meant.
  void identify() {
    const desk::Answer answer = desk_->desk->answer(ask_for(wanted_.ticket));
    if (answer.code != 0 || answer.tickets.empty()) return;
    if (answer.tickets.front().id == found_.ticket) return;
    found_.ticket = answer.tickets.front().id;
    found_.events.clear();
  }

  const TraceWanted& wanted_;
  runtime::Replica replica_;
  runtime::ReplicaDesk* desk_ = nullptr;
  TicketTrace found_;
  bool by_number_ = false;
  uint64_t next_ = 1;
  std::vector<Event> events_;
};

}  // namespace

bool TicketTrace::complete() const {
  return std::any_of(events.begin(), events.end(), [this](const Event& event) {
    return event.ticket == ticket && begins_ticket(event.kind);
  });
}

Got<TicketTrace> trace_of_folder(const Terminal& terminal, const TraceWanted& wanted) {
  if (auto has = has_log(wanted.data); !has) return sched::Unexpected{has.error()};
  return FolderTrace(wanted).run(terminal);
}

Got<TicketTrace> trace_of_server(const TraceWanted& wanted) {
  auto desk = OpenedDesk::open(wanted.server);
  if (!desk) return sched::Unexpected{desk.error()};
  const auto answer = desk->ask(ask_for(wanted.ticket));
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->code != 0 || answer->tickets.empty())
    return sched::Unexpected{explain(
        answer->code == 0 ? desk::Reject::ticket_unknown : static_cast<desk::Reject>(answer->code),
        "ticket " + wanted.ticket)};
  TicketTrace found;
  found.ticket = answer->tickets.front().id;
  found.external_id = answer->tickets.front().external_id;
  const sched::DeskNumber number = desk->desk.desk;
  found.first_sequence = std::max<uint64_t>(desk->desk.first_event, 1);
  auto subscribed = desk->client.subscribe(number, found.first_sequence);
  // A busy desk may have dropped some since it was opened.
  for (int tries = 0;
       !subscribed && tries < 10 && subscribed.error().kind == wire::ClientErrorKind::too_old;
       ++tries) {
    found.first_sequence = subscribed.error().first_sequence;
    subscribed = desk->client.subscribe(number, found.first_sequence);
  }
  if (!subscribed) return sched::Unexpected{explain(subscribed.error())};
  uint64_t seen = found.first_sequence - 1;
  while (seen < desk->desk.last_event) {
    const auto events = desk->client.next_events(number, std::chrono::seconds(10));
    if (!events) return sched::Unexpected{explain(events.error())};
    for (const Event& event : *events) {
      seen = event.sequence;
      if (is_about(event, found.ticket)) found.events.push_back(event);
    }
  }
  desk::Query names;
  names.kind = desk::QueryKind::names;
  auto named = desk->ask(names);
  if (!named) return sched::Unexpected{named.error()};
  found.names = std::move(named->names);
  return found;
}

}  // namespace paceline::tools
