#include "tools/day_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "engine/desk/reject.h"
#include "engine/desk/survey_book.h"
#include "engine/runtime/desk_created.h"
#include "engine/runtime/log_reader.h"
#include "sim/recorded/act_frame.h"
#include "sim/recorded/day_replay.h"
#include "tools/instants.h"
#include "tools/logged_folder.h"
#include "wire/codec.h"
#include "wire/config_codec.h"

namespace paceline::tools {

using desk::CommandKind;
using sim::Anchor;
using sim::RecordedAct;

namespace {

constexpr uint64_t mib = 1'048'576;

std::string_view command_name(CommandKind kind) {
  return sim::command_names[static_cast<size_t>(kind)];
}

template <class T>
bool read_payload(const runtime::LogRecord& record, T& out) {
  if (record.system.size() != sizeof out) return false;
  std::memcpy(&out, record.system.data(), sizeof out);
  return true;
}

/// How a command says what it is about, and what of it the replay puts in anew.
struct Addressed {
  uint64_t ticket = 0, offer = 0, into = 0, follows = 0;
  std::string external_id, into_external_id;
  bool by_ticket = false, by_offer = false, merges = false;
};

Addressed take_address(sim::RecordedCommand& command, int64_t now_us) {
  Addressed to;
  const auto cut = [&](size_t size) {
    std::string text = command.text.substr(0, size);
    command.text.erase(0, size);
    return text;
  };
  sim::with_kind(command.kind, [&](auto kind) {
    using Command = sim::CommandOf<kind()>;
    auto record = command.as<Command>();
    if constexpr (requires { record.offer; }) {
      to.by_offer = true;
      to.offer = std::exchange(record.offer, 0);
      cut(std::exchange(record.agent_size, uint16_t{0}));
    } else if constexpr (requires { record.ticket; }) {
      to.by_ticket = true;
      to.ticket = std::exchange(record.ticket, 0);
      record.expected_version = 0;
      if constexpr (requires { record.survey; }) record.survey = 0;  // the newest of the ticket
      if constexpr (requires { record.sizes; }) {
        to.external_id = cut(std::exchange(record.sizes[0], uint16_t{0}));
      } else {
        to.external_id = cut(std::exchange(record.external_id_size, uint16_t{0}));
      }
    }
    if constexpr (requires { record.into; }) {
      to.merges = true;
      to.into = std::exchange(record.into, 0);
      to.into_external_id = cut(std::exchange(record.into_external_id_size, uint16_t{0}));
    }
    if constexpr (requires { record.follows; }) to.follows = record.follows;
    if constexpr (std::is_same_v<Command, desk::Pend>) {
      if (record.resume_at_us != 0) record.resume_at_us -= now_us;
    }
    command.set(record);
  });
  return to;
}

}  // namespace

DayRecorder::DayRecorder(const DayToRecord& wanted) : wanted_(wanted) {
  day_.counts_from_us = wanted.from_us;
  outcome_.keeps_history = false;
}

std::string DayRecorder::hear(const runtime::LogRecord& record) {
  if (record.ts.us >= wanted_.to_us) return {};
  if (record.kind == runtime::RecordKind::desk_created) return create(record);
  if (desk_ == nullptr) return {};
  return record.kind == runtime::RecordKind::batch ? hear_batch(record) : hear_system(record);
}

std::string DayRecorder::create(const runtime::LogRecord& record) {
  std::string name;
  desk::Limits limits;
  if (!runtime::decode_desk_created(record.system, name, limits))
    return "the description of a new desk cannot be read: use the program that wrote it";
  if (name != wanted_.desk) return {};
  number_ = record.desk;
  day_.desk = name;
  day_.desk_number = record.desk.value;
  day_.limits = limits;
  desk_ = std::make_unique<desk::Desk>(record.desk, name, limits, wire::decode_configuration);
  return {};
}

std::string DayRecorder::hear_system(const runtime::LogRecord& record) {
  using Kind = sim::RecordedNotice::Kind;
  if (record.kind == runtime::RecordKind::recovered) {
    runtime::Recovered recovery;
    if (!read_payload(record, recovery)) return "the note of a recovery cannot be read";
    desk_->recovered({recovery.down_from_us}, {recovery.down_to_us});
    day_.notices.push_back({Kind::recovered, batch(), recovery.down_from_us, recovery.down_to_us});
  } else if (record.kind == runtime::RecordKind::clock_jump && record.desk == number_) {
    runtime::ClockJump jump;
    if (!read_payload(record, jump)) return "the note of a clock jump cannot be read";
    desk_->clock_jumped(jump.by_us, jump.waited != 0);
    day_.notices.push_back({Kind::clock_jump, batch(), jump.by_us, jump.waited});
  }
  return {};
}

std::string DayRecorder::hear_batch(const runtime::LogRecord& record) {
  if (record.desk != number_) return {};
  if (record.rules_version != desk::rules_version)
    return fmt::format(
        "made under rules version {}, this program has {}: record the day with the "
        "program that wrote the log",
        record.rules_version, desk::rules_version);
  std::vector<desk::CommandFrame> frames;
  for (const runtime::LoggedFrame& logged : record.frames) {
    auto frame = wire::decode_commands(logged.payload);
    if (!frame) return "a frame cannot be read: " + frame.error().text;
    frame->session = logged.session;
    frame->principal = logged.principal;
    frame->roles = logged.roles;
    frames.push_back(*frame);
  }
  now_us_ = record.ts.us;
  if (!std::exchange(begun_, true)) day_.start_us = now_us_;
  const sched::Instant due = desk_->next_due();
  const bool timers = due.us <= now_us_;
  for (const desk::CommandFrame& frame : frames)
    last_numbers_.try_emplace(frame.session.value, desk_->last_number(frame.session));
  outcome_.clear();
  desk_->apply({record.ts, frames}, outcome_);
  const size_t acts = day_.acts.size();
  size_t reply = 0;
  for (const desk::CommandFrame& frame : frames) {
    if (std::string objection = hear_frame(frame, reply); !objection.empty()) return objection;
  }
  last_numbers_.clear();
  for (const desk::Event& event : outcome_.events) hear_event(event);
  if (!timers && acts == day_.acts.size()) return {};
  if (timers) day_.lag_us = std::max(day_.lag_us, now_us_ - due.us);
  day_.batches.push_back({now_us_, timers});
  day_.end_us = now_us_;
  return {};
}

std::string DayRecorder::hear_frame(const desk::CommandFrame& frame, size_t& reply) {
  std::array<size_t, desk::command_kind_count> next{};
  for (size_t i = 0; i < frame.order.size(); ++i) {
    const CommandKind kind = frame.order[i];
    const desk::Reply& answer = outcome_.replies[reply++];
    const size_t place = next[static_cast<size_t>(kind)]++;
    uint64_t& last = last_numbers_[frame.session.value];
    if (frame.first_number + i <= last) {
      ++day_.repeated;
      continue;
    }
    if (answer.code != 0) {
      const auto reject = static_cast<desk::Reject>(answer.code);
      ++day_.refused[fmt::format("{}: {}", command_name(kind), desk::name(reject))];
      if (reject != desk::Reject::number_gap && reject != desk::Reject::sessions_full)
        last = frame.first_number + i;
      continue;
    }
    last = frame.first_number + i;
    RecordedAct act;
    act.batch = batch();
    sim::with_kind(kind, [&](auto known) {
      act.command =
          sim::recorded(kind, (frame.*std::get<known()>(sim::frame_parts))[place], frame.text);
    });
    if (std::string objection = hear_command(std::move(act), answer); !objection.empty())
      return objection;
  }
  return {};
}

std::string DayRecorder::hear_command(RecordedAct act, const desk::Reply& reply) {
  act.anchor = Anchor::day;
  act.after_us = now_us_ - day_.start_us;
  const CommandKind kind = act.command.kind;
  if (kind == CommandKind::reconcile)
    return fmt::format("{}: reconcile is not recorded: it names tickets by their numbers in a text",
                       format_instant({now_us_}));
  if (kind == CommandKind::open || kind == CommandKind::import_ticket) {
    act.ticket = day_.tickets++;
    tickets_[reply.ticket] = {act.ticket, act.batch, Anchor::opened, 0, now_us_};
    day_.begun.push_back({});
    day_.begun.back()[static_cast<size_t>(Anchor::opened)] = 1;
    const size_t size = kind == CommandKind::open ? act.command.as<desk::Open>().sizes[0]
                                                  : act.command.as<desk::ImportTicket>().sizes[0];
    if (size > 0) external_ids_[act.command.text.substr(0, size)] = reply.ticket;
  }
  if (std::string objection = follow(act, reply); !objection.empty()) return objection;
  day_.acts.push_back(std::move(act));
  return {};
}

/// What the act is about, and what it followed: as things stood before the batch, since nobody who
/// sent it knew more.
std::string DayRecorder::follow(RecordedAct& act, const desk::Reply& reply) {
  const Addressed to = take_address(act.command, now_us_);
  const auto unknown = [&](const char* what) {
    return fmt::format("{}: {} is about {} that this log does not have from its beginning",
                       format_instant({now_us_}), command_name(act.command.kind), what);
  };
  const auto number_of = [&](uint64_t ticket, const std::string& external_id) {
    if (ticket == 0) {
      const auto known = external_ids_.find(external_id);
      if (known != external_ids_.end()) ticket = known->second;
    }
    const auto found = tickets_.find(ticket);
    return found == tickets_.end() ? nullptr : &found->second;
  };
  if (to.by_offer) {
    const auto offer = offers_.find(to.offer);
    if (offer == offers_.end()) return unknown("an offer");
    act.ticket = offer->second.ticket;
    act.anchor = Anchor::offered;
    act.nth = offer->second.nth;
    act.after_us = now_us_ - offer->second.since_us;
  } else if (to.by_ticket) {
    const Ticket* ticket = number_of(to.ticket != 0 ? to.ticket : reply.ticket, to.external_id);
    if (ticket == nullptr) return unknown("a ticket");
    if (ticket->batch == act.batch && to.external_id.empty())
      return fmt::format(
          "{}: {} names a ticket by its number in the batch that opens it: only an "
          "external id can be recorded there",
          format_instant({now_us_}), command_name(act.command.kind));
    follow_ticket(act, *ticket);
  }
  const uint64_t other = to.merges ? to.into : to.follows;
  if (to.merges || to.follows != 0) {
    const Ticket* ticket = number_of(other, to.into_external_id);
    if (ticket == nullptr) return unknown("a ticket");
    act.other = ticket->number;
  }
  return {};
}

void DayRecorder::follow_ticket(RecordedAct& act, const Ticket& ticket) const {
  act.ticket = ticket.number;
  if (ticket.batch == act.batch) return;  // opened in the same batch: at that instant
  act.anchor = ticket.anchor;
  act.nth = ticket.nth;
  act.after_us = now_us_ - ticket.since_us;
}

/// A ticket that nobody opened is the task that follows a low answer, told of just before.
void DayRecorder::hear_follow_up(const desk::Event& event) {
  if (event.kind == desk::EventKind::csat_low) low_ = event.ticket;
  if (event.kind != desk::EventKind::ticket_recorded || tickets_.contains(event.ticket)) return;
  const auto rated = tickets_.find(low_);
  if (rated == tickets_.end()) return;
  const uint32_t number = day_.tickets++;
  tickets_[event.ticket] = {number, batch(), Anchor::opened, 0, now_us_};
  day_.begun.push_back({});
  day_.begun.back()[static_cast<size_t>(Anchor::opened)] = 1;
  RecordedAct* rating = nullptr;  // the oldest of the batch that is low and was not followed yet
  for (auto act = day_.acts.rbegin(); act != day_.acts.rend() && act->batch == batch(); ++act) {
    if (act->command.kind != CommandKind::rate || act->ticket != rated->second.number) continue;
    const int8_t score = act->command.as<desk::Rate>().score;
    if (score > 0 && score <= desk::SurveyBook::low_score_max && act->other == none) rating = &*act;
  }
  if (rating != nullptr) rating->other = number;
}

void DayRecorder::hear_event(const desk::Event& event) {
  hear_follow_up(event);
  const auto found = tickets_.find(event.ticket);
  if (sim::is_assignment(event) && event.noted_us >= wanted_.from_us) {
    digest_.hear(event);
    day_.assignments.push_back(
        {found == tickets_.end() ? none : found->second.number, event.noted_us, {}});
    agents_.push_back(event.agent);
  }
  const Anchor anchor = sim::anchor_of(event);
  if (anchor == Anchor::day || found == tickets_.end()) return;
  Ticket& ticket = found->second;
  const uint32_t nth = day_.begun[ticket.number][static_cast<size_t>(anchor)]++;
  if (anchor == Anchor::offered) {
    offers_[static_cast<uint64_t>(event.value_us)] = {ticket.number, nth, now_us_};
    return;
  }
  ticket.anchor = anchor;
  ticket.nth = nth;
  ticket.since_us = now_us_;
}

sim::RecordedDay DayRecorder::finish() {
  const desk::Names names = desk_->names();
  for (size_t i = 0; i < day_.assignments.size(); ++i) {
    if (agents_[i] < names.agents.size()) day_.assignments[i].agent = names.agents[agents_[i]];
  }
  day_.digest = digest_.value();
  day_.counts_from_us = std::max(day_.counts_from_us, day_.start_us);
  return std::move(day_);
}

Got<sim::RecordedDay> record_day(const Terminal& terminal, const DayToRecord& wanted) {
  if (auto has = has_log(wanted.data); !has) return sched::Unexpected{has.error()};
  const runtime::LogReader reader({.folder = wanted.data + "/log"});
  const auto oldest = reader.oldest();
  if (!oldest) return sched::Unexpected{not_valid(oldest.error().text)};
  if (oldest->sequence != 0)
    return sched::Unexpected{not_valid(
        fmt::format("log_trimmed: {}: records 1 to {} of the log are gone, since snapshots stand "
                    "for them, and a "
                    "day is recorded from the desk's beginning: record from a backup taken before "
                    "that; a server "
                    "started with --snapshot-every 0s --snapshot-log-mib 0 keeps its log whole",
                    wanted.data, oldest->sequence))};
  DayRecorder recorder(wanted);
  Progress progress(terminal, "reading", "MiB", 0);
  const auto end = reader.read(
      *oldest, 0,
      [&](uint64_t sequence, const runtime::LogRecord& record) {
        const std::string objection = recorder.hear(record);
        return objection.empty()
                   ? objection
                   : fmt::format("not_recordable: record {}: {}", sequence, objection);
      },
      [&progress](uint64_t done, uint64_t) { progress.update(done / mib); });
  if (!end) return sched::Unexpected{not_valid(end.error().text)};
  progress.finish();
  if (!recorder.found())
    return sched::Unexpected{
        not_found(fmt::format("desk {} is not in {}: see paceline backup verify, or desk list",
                              wanted.desk, wanted.data))};
  return recorder.finish();
}

}  // namespace paceline::tools
