#include "sim/recorded/day_replay.h"

#include <algorithm>

#include "engine/desk/reject.h"

namespace paceline::sim {

using desk::CommandKind;
using desk::EventKind;

namespace {

constexpr desk::SessionId session{1};
constexpr uint32_t every_role =
    static_cast<uint32_t>(desk::Role::work) | static_cast<uint32_t>(desk::Role::administrator);

/// Comes from outside, whoever has the ticket.
bool comes_from_outside(const RecordedCommand& command) {
  switch (command.kind) {
    case CommandKind::update:
    case CommandKind::score:
    case CommandKind::rate:
      return true;
    case CommandKind::message:
      return command.as<desk::Message>().author_kind !=
             static_cast<uint8_t>(desk::AuthorKind::agent);
    default:
      return false;
  }
}

std::string external_id(const RecordedAct& opening) {
  const size_t size = opening.command.kind == CommandKind::open
                          ? opening.command.as<desk::Open>().sizes[0]
                          : opening.command.as<desk::ImportTicket>().sizes[0];
  return opening.command.text.substr(0, size);
}

}  // namespace

Anchor anchor_of(const desk::Event& event) {
  if (event.ticket == 0) return Anchor::day;
  if (is_assignment(event)) return Anchor::assigned;
  switch (event.kind) {
    case EventKind::ticket_offered:
      return Anchor::offered;
    case EventKind::ticket_queued:
    case EventKind::ticket_escalated:
    case EventKind::ticket_bounced:
    case EventKind::ticket_reopened:
    case EventKind::ticket_requeued:
    case EventKind::queue_overflow:
    case EventKind::ticket_handed_off:
    case EventKind::ticket_resumed:
      return event.state == desk::State::queued ? Anchor::waits : Anchor::day;
    default:
      return Anchor::day;
  }
}

DayReplay::DayReplay(const RecordedDay& day, desk::ConfigurationDecoder decode)
    : day_(day),
      desk_(sched::DeskNumber{day.desk_number}, day.desk, day.limits, decode),
      tickets_(day.tickets),
      tally_(day.counts_from_us),
      now_us_(day.start_us) {
  outcome_.keeps_history = false;
  index();
}

void DayReplay::index() {
  for (uint32_t i = 0; i < day_.acts.size(); ++i) {
    const RecordedAct& act = day_.acts[i];
    const bool opens =
        act.command.kind == CommandKind::open || act.command.kind == CommandKind::import_ticket;
    if (opens) tickets_[act.ticket].opened_by = i;
    if (act.command.kind == CommandKind::rate && act.other != none)
      follow_ups_[act.ticket].push_back(act.other);
    if (act.anchor == Anchor::day) {
      agenda_.plan(i, day_.start_us + act.after_us);
    } else {
      places_.push_back({act.ticket, act.anchor, act.nth, i});
    }
  }
  std::sort(places_.begin(), places_.end());
  for (size_t ticket = 0; ticket < day_.begun.size(); ++ticket)
    tickets_[ticket].recorded = day_.begun[ticket];
  for (uint32_t i = 0; i < day_.batches.size(); ++i) {
    if (day_.batches[i].timers) ticks_.push_back(i);
  }
  usual_handling_us_ = usual(CommandKind::resolve, Anchor::assigned);
  usual_answer_us_ = std::max<int64_t>(0, usual(CommandKind::accept, Anchor::offered));
}

/// The median of the record; −1: there is none.
int64_t DayReplay::usual(CommandKind kind, Anchor anchor) const {
  std::vector<int64_t> all_us;
  for (const RecordedAct& act : day_.acts) {
    if (act.command.kind == kind && act.anchor == anchor) all_us.push_back(act.after_us);
  }
  if (all_us.empty()) return -1;
  const auto middle = all_us.begin() + static_cast<std::ptrdiff_t>((all_us.size() - 1) / 2);
  std::nth_element(all_us.begin(), middle, all_us.end());
  return *middle;
}

void DayReplay::run() {
  while (true) {
    const Tick tick = next_tick();
    const int64_t next_us =
        due_.empty() ? std::min(agenda_.next_us(), tick.at_us) : std::min(now_us_, tick.at_us);
    if (std::max(next_us, now_us_) > day_.end_us) break;
    if (next_us > now_us_) {
      now_us_ = next_us;
      last_batch_ = none;
    }
    while (agenda_.next_us() <= now_us_) {
      const uint32_t slot = agenda_.take();
      due_.insert(slot);
    }
    const uint32_t batch = due_.empty() ? none : batch_of(*due_.begin());
    const bool timers_first = tick.at_us <= now_us_ && tick.batch < batch;
    play(due_.empty() || timers_first ? tick.batch : batch);
  }
  name_agents();
}

/// When the desk is next to let timers fire: when the live server did so next, unless that is
/// further off than it ever was.
DayReplay::Tick DayReplay::next_tick() const {
  const int64_t due_us = desk_.next_due().us;
  if (due_us == sched::never.us) return {due_us, none};
  const int64_t from_us = std::max(due_us, now_us_);
  auto found = std::lower_bound(
      ticks_.begin(), ticks_.end(), from_us,
      [&](uint32_t batch, int64_t at_us) { return day_.batches[batch].at_us < at_us; });
  while (found != ticks_.end() && last_batch_ != none && day_.batches[*found].at_us == now_us_ &&
         *found <= last_batch_)
    ++found;
  if (found == ticks_.end() || day_.batches[*found].at_us - due_us > day_.lag_us)
    return {from_us, none};
  return {day_.batches[*found].at_us, *found};
}

void DayReplay::play(uint32_t batch) {
  notify(batch);
  frame_.clear();
  told_.clear();
  while (!due_.empty() && batch_of(*due_.begin()) == batch) {
    const uint32_t slot = *due_.begin();
    due_.erase(due_.begin());
    if (tell(slot)) {
      told_.push_back(slot);
    } else {
      ++counts_.left_out;
    }
  }
  if (batch != none) last_batch_ = batch;
  apply();
}

void DayReplay::notify(uint32_t batch) {
  if (batch == none) return;
  for (; notices_told_ < day_.notices.size(); ++notices_told_) {
    const RecordedNotice& notice = day_.notices[notices_told_];
    if (notice.batch > batch) return;
    if (notice.kind == RecordedNotice::Kind::recovered) {
      desk_.recovered({notice.from_us}, {notice.to_us});
    } else {
      desk_.clock_jumped(notice.from_us, notice.to_us != 0);
    }
  }
}

/// False: what it is about is not there.
bool DayReplay::tell(uint32_t slot) {
  if (slot >= day_.acts.size()) {
    const MadeUp& made_up = made_up_[slot - day_.acts.size()];
    ++counts_.made_up;
    const std::string code = "solved";
    if (made_up.offer != 0) {
      frame_.add(recorded(CommandKind::accept, desk::Accept{.offer = made_up.offer}, {}));
    } else {
      desk::Resolve resolve;
      resolve.ticket = tickets_[made_up.ticket].id;
      resolve.code_size = static_cast<uint16_t>(code.size());
      frame_.add(recorded(CommandKind::resolve, resolve, code));
    }
    return true;
  }
  const RecordedAct& act = day_.acts[slot];
  RecordedCommand command = act.command;
  if (act.ticket != none && !address(act, command)) return false;
  frame_.add(command);
  return true;
}

/// Puts this run's tickets and offers into the command.
bool DayReplay::address(const RecordedAct& act, RecordedCommand& command) const {
  const Ticket& ticket = tickets_[act.ticket];
  const uint64_t other = act.other == none ? 0 : tickets_[act.other].id;
  bool known = true;
  with_kind(command.kind, [&](auto kind) {
    using Command = CommandOf<kind()>;
    auto record = command.as<Command>();
    if constexpr (requires { record.offer; }) {
      known = act.nth < ticket.offers.size();
      if (known) record.offer = ticket.offers[act.nth];
    } else if constexpr (requires { record.ticket; }) {
      record.ticket = ticket.id;
      if (ticket.id == 0) {  // opened in this very batch
        const std::string id =
            ticket.opened_by == none ? "" : external_id(day_.acts[ticket.opened_by]);
        known = !id.empty();
        if constexpr (requires { record.sizes; }) {
          record.sizes[0] = static_cast<uint16_t>(id.size());
        } else {
          record.external_id_size = static_cast<uint16_t>(id.size());
        }
        command.text.insert(0, id);
      }
    }
    if constexpr (requires { record.into; }) {
      record.into = other;
      known = known && other != 0;
    }
    if constexpr (requires { record.follows; }) {
      if (act.other != none) record.follows = other;
    }
    if constexpr (std::is_same_v<Command, desk::Pend>) {
      if (record.resume_at_us != 0) record.resume_at_us += now_us_;
    }
    command.set(record);
  });
  return known;
}

void DayReplay::apply() {
  outcome_.clear();
  if (frame_.empty()) {
    desk_.apply({sched::Instant{now_us_}, {}}, outcome_);
  } else {
    desk::CommandFrame frame = frame_.frame();
    frame.desk = desk_.number();
    frame.session = session;
    frame.roles = every_role;
    frame.first_number = next_number_;
    next_number_ += frame_.size();
    desk_.apply({sched::Instant{now_us_}, {&frame, 1}}, outcome_);
  }
  counts_.commands += told_.size();
  for (size_t i = 0; i < told_.size(); ++i) hear_reply(told_[i], outcome_.replies[i]);
  told_.clear();
  for (const desk::Event& event : outcome_.events) hear(event);
}

void DayReplay::hear_reply(uint32_t slot, const desk::Reply& reply) {
  const bool made_up = slot >= day_.acts.size();
  if (reply.code != 0) {
    const std::string_view what =
        made_up ? "made up" : command_names[static_cast<size_t>(day_.acts[slot].command.kind)];
    ++counts_.refused[std::string(what) + ": " +
                      std::string(desk::name(static_cast<desk::Reject>(reply.code)))];
    return;
  }
  if (made_up) return;
  const RecordedAct& act = day_.acts[slot];
  if (act.ticket == none || tickets_[act.ticket].opened_by != slot) return;
  tickets_[act.ticket].id = reply.ticket;
  by_id_[reply.ticket] = act.ticket;
  plan(act.ticket, Anchor::opened, 0);
}

/// The task after a low answer is the one that followed the ticket's rating in the record, if one
/// did.
void DayReplay::hear_follow_up(const desk::Event& event) {
  if (event.kind == EventKind::csat_low) low_ = event.ticket;
  if (event.kind != EventKind::ticket_recorded || by_id_.contains(event.ticket)) return;
  const auto rated = by_id_.find(low_);
  if (rated == by_id_.end()) return;
  std::deque<uint32_t>& tasks = follow_ups_[rated->second];
  if (tasks.empty()) return;
  const uint32_t task = tasks.front();
  tasks.pop_front();
  tickets_[task].id = event.ticket;
  by_id_[event.ticket] = task;
  plan(task, Anchor::opened, 0);
}

void DayReplay::hear(const desk::Event& event) {
  tally_.hear(event);
  hear_follow_up(event);
  const auto found = by_id_.find(event.ticket);
  const uint32_t ticket = found == by_id_.end() ? none : found->second;
  if (is_assignment(event) && event.noted_us >= day_.counts_from_us) {
    digest_.hear(event);
    assignments_.push_back({ticket, event.noted_us, {}});
    agents_.push_back(event.agent);
  }
  const Anchor anchor = anchor_of(event);
  if (ticket == none || anchor == Anchor::day) return;
  if (anchor == Anchor::offered)
    tickets_[ticket].offers.push_back(static_cast<uint64_t>(event.value_us));
  begin(ticket, anchor);
}

void DayReplay::begin(uint32_t number, Anchor anchor) {
  Ticket& ticket = tickets_[number];
  const uint32_t nth = ticket.begun[static_cast<size_t>(anchor)]++;
  const bool beyond = nth >= ticket.recorded[static_cast<size_t>(anchor)];
  if (anchor == Anchor::offered) {
    if (beyond) make_up(number, ticket.offers.back(), usual_answer_us_);
    return plan(number, anchor, nth);
  }
  leave_out_rest(ticket, number);
  ticket.anchor = anchor;
  ticket.nth = nth;
  plan(number, anchor, nth);
  if (anchor == Anchor::assigned && beyond && usual_handling_us_ >= 0)
    make_up(number, 0, usual_handling_us_);
}

void DayReplay::plan(uint32_t ticket, Anchor anchor, uint32_t nth) {
  for (auto place = std::lower_bound(places_.begin(), places_.end(), Place{ticket, anchor, nth, 0});
       place != places_.end() && place->ticket == ticket && place->anchor == anchor &&
       place->nth == nth;
       ++place)
    agenda_.plan(place->act, now_us_ + day_.acts[place->act].after_us);
}

/// Of what would still be done as things were with the ticket.
void DayReplay::leave_out_rest(Ticket& ticket, uint32_t number) {
  const Anchor was = ticket.anchor == Anchor::day ? Anchor::opened : ticket.anchor;
  const auto drop = [&](uint32_t slot) {
    const bool planned = agenda_.planned(slot) || due_.contains(slot);
    agenda_.drop(slot);
    due_.erase(slot);
    return planned;
  };
  for (auto place =
           std::lower_bound(places_.begin(), places_.end(), Place{number, was, ticket.nth, 0});
       place != places_.end() && place->ticket == number && place->anchor == was &&
       place->nth == ticket.nth;
       ++place) {
    if (comes_from_outside(day_.acts[place->act].command)) continue;
    counts_.left_out += drop(place->act) ? 1 : 0;
  }
  if (ticket.made_up != none) drop(ticket.made_up);
  ticket.made_up = none;
}

void DayReplay::make_up(uint32_t ticket, uint64_t offer, int64_t after_us) {
  const auto slot = static_cast<uint32_t>(day_.acts.size() + made_up_.size());
  made_up_.push_back({ticket, offer});
  if (offer == 0) tickets_[ticket].made_up = slot;
  agenda_.plan(slot, now_us_ + after_us);
}

void DayReplay::name_agents() {
  const desk::Names names = desk_.names();
  for (size_t i = 0; i < assignments_.size(); ++i) {
    if (agents_[i] < names.agents.size()) assignments_[i].agent = names.agents[agents_[i]];
  }
}

}  // namespace paceline::sim
