#include "tools/demo_day.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/instants.h"

namespace paceline::tools {

namespace {

using sim::Purpose;

constexpr sched::Duration step{15 * sched::second.us};

sim::DemandProfile demo_profile() {
  sim::DemandProfile profile = sim::office_day();
  profile.categories = {
      {"desktop", 34}, {"accounts", 26}, {"network", 18}, {"applications", 14}, {"database", 8}};
  return profile;
}

}  // namespace

sched::Instant demo_midnight() { return *parse_instant("2026-01-12T00:00Z"); }

DemoDay::DemoDay(wire::Client& client, const wire::DeskOpened& desk,
                 const desk::Configuration& configuration, uint64_t seed, double tickets)
    : client_(client),
      desk_(desk.desk),
      desk_name_(desk.name),
      seed_(seed),
      profile_(demo_profile()),
      body_(profile_.body_size_max, 'x') {
  sim::scale_to(profile_, tickets);
  arrivals_ = sim::arrivals_of_day(profile_, demo_midnight(), seed, 0);
  for (const desk::AgentDefinition& agent : configuration.agents) agents_.push_back(agent.name);
  for (const desk::QueueDefinition& queue : configuration.queues) {
    if (queue.tier > 1) second_tier_.push_back(queue.name);
  }
  plan_shifts();
}

void DemoDay::plan(int64_t at_us, Act act, uint64_t ticket, uint32_t turn) {
  acts_.push({at_us, ++planned_, ticket, turn, act});
}

/// Four shifts, so that somebody is there from six in the morning to midnight.
void DemoDay::plan_shifts() {
  constexpr int begin_minutes[] = {6 * 60, 8 * 60, 9 * 60, 10 * 60};
  for (size_t i = 0; i < agents_.size(); ++i) {
    sim::Stream luck = stream(i, Purpose::shift, 0);
    const int64_t late_us = static_cast<int64_t>(luck.below(15)) * sched::minute.us;
    const int64_t begin_us = demo_midnight().us +
                             begin_minutes[i % std::size(begin_minutes)] * sched::minute.us +
                             late_us;
    const int64_t length_us = (i % 4 == 0 ? 8 : 10) * sched::hour.us;
    plan(begin_us, Act::log_in, i);
    plan(begin_us + length_us, Act::log_out, i);
  }
}

Done DemoDay::play(const std::function<bool(const DemoCounts&, sched::Instant)>& each_step) {
  if (const auto subscribed = client_.subscribe(desk_, 1); !subscribed) {
    return sched::Unexpected{explain(subscribed.error())};
  }
  const sched::Instant end = demo_midnight() + sched::day;
  for (sched::Instant now = demo_midnight(); now <= end; now = now + step) {
    append_arrivals(now.us);
    append_acts(now.us);
    if (Done moved = advance(now); !moved) return moved;
    if (Done heard = listen(); !heard) return heard;
    if (!each_step(counts_, now)) return {};
  }
  return {};
}

/// Lets the desk's time pass and says what there is to say. When all is quiet, once a minute will
/// do for the desk's own timers.
Done DemoDay::advance(sched::Instant now) {
  if (writer_.empty()) {
    if (now.us % sched::minute.us != 0) return {};
    const auto moved = client_.advance(desk_, now);
    return moved ? Done{} : Done(sched::Unexpected{explain(moved.error())});
  }
  if (const auto moved = client_.submit_advance(desk_, now); !moved) {
    return sched::Unexpected{explain(moved.error())};
  }
  return send();
}

void DemoDay::append_arrivals(int64_t until_us) {
  for (; next_arrival_ < arrivals_.size() && arrivals_[next_arrival_].at.us <= until_us;
       ++next_arrival_) {
    const sim::Arrival& arrival = arrivals_[next_arrival_];
    const std::string number = fmt::format("INC{:06}", next_arrival_ + 1);
    const std::string requester = fmt::format("requester-{}", arrival.requester);
    wire::OpenFields fields;
    fields.external_id = number;
    fields.category = profile_.categories[arrival.category].value;
    fields.channel = profile_.channels[arrival.channel].value;
    fields.requester = requester;
    fields.body = std::string_view(body_).substr(0, arrival.body_size);
    fields.kind = static_cast<desk::TicketKind>(arrival.kind);
    fields.impact = static_cast<sched::Impact>(arrival.impact);
    fields.urgency = static_cast<sched::Urgency>(arrival.urgency);
    fields.vip = arrival.vip;
    writer_.open(fields);
    ++counts_.opened;
  }
}

void DemoDay::append_acts(int64_t until_us) {
  while (!acts_.empty() && acts_.top().at_us <= until_us) {
    const Planned planned = acts_.top();
    acts_.pop();
    append(planned);
  }
}

void DemoDay::append(const Planned& planned) {
  if (planned.act == Act::log_in) return static_cast<void>(writer_.log_in(agents_[planned.ticket]));
  if (planned.act == Act::log_out)
    return static_cast<void>(writer_.log_out(agents_[planned.ticket]));
  Ticket& ticket = tickets_[planned.ticket];
  if (ticket.turn != planned.turn) return;
  const wire::Addressed to{.ticket = planned.ticket};
  switch (planned.act) {
    case Act::start:
      writer_.start(to);
      break;
    case Act::answer:
      writer_.message({.to = to, .author_kind = desk::AuthorKind::agent});
      break;
    case Act::finish:
      finish(planned, ticket);
      break;
    case Act::resume:
      writer_.resume(to);
      break;
    case Act::reopen:
      writer_.reopen(to, "it came back");
      break;
    case Act::close:
      writer_.close(to);
      break;
    case Act::log_in:
    case Act::log_out:
      break;
  }
}

/// The end of a spell of work: ask the requester, pass it on, or be done.
void DemoDay::finish(const Planned& planned, Ticket& ticket) {
  sim::Stream luck = stream(planned.ticket, Purpose::pending, ticket.turn);
  const wire::Addressed to{.ticket = planned.ticket};
  if (!ticket.waited && luck.chance(120'000)) {
    ticket.waited = true;
    writer_.pend(to, luck.chance(800'000) ? "awaiting_requester" : "awaiting_vendor");
  } else if (!ticket.moved && !second_tier_.empty() && luck.chance(50'000)) {
    ticket.moved = true;
    const uint32_t queue = luck.below(static_cast<uint32_t>(second_tier_.size()));
    writer_.requeue(to, second_tier_[queue], "needs more skill");
  } else {
    writer_.resolve(to, luck.chance(900'000) ? "fixed" : "no fault found");
    ++counts_.resolved;
  }
}

/// What people will do next about what just happened.
void DemoDay::hear(const desk::Event& event) {
  using desk::EventKind;
  heard_ = event.sequence;
  ++counts_.events;
  if (event.ticket == 0) return;
  const bool changes_hands =
      event.kind == EventKind::ticket_assigned || event.kind == EventKind::ticket_pended ||
      event.kind == EventKind::ticket_resumed || event.kind == EventKind::ticket_requeued ||
      event.kind == EventKind::ticket_resolved || event.kind == EventKind::ticket_reopened ||
      event.kind == EventKind::ticket_closed;
  if (!changes_hands) return;
  Ticket& ticket = tickets_[event.ticket];
  const uint32_t turn = ++ticket.turn;
  sim::Stream luck = stream(event.ticket, Purpose::handling, turn);
  const int64_t now_us = event.noted_us;
  switch (event.kind) {
    case EventKind::ticket_assigned: {
      const int64_t start_us = now_us + minutes_us(luck, 0.5);
      plan(start_us, Act::start, event.ticket, turn);
      plan(start_us, Act::answer, event.ticket, turn);
      plan(start_us + minutes_us(luck, 2.5), Act::finish, event.ticket, turn);
      break;
    }
    case EventKind::ticket_pended:
      plan(now_us + minutes_us(luck, 45.0), Act::resume, event.ticket, turn);
      break;
    case EventKind::ticket_resumed:
      plan(now_us + minutes_us(luck, 2.0), Act::finish, event.ticket, turn);
      break;
    case EventKind::ticket_resolved:
      if (ticket.reopens == 0 && luck.chance(30'000)) {
        ++ticket.reopens;
        plan(now_us + minutes_us(luck, 40.0), Act::reopen, event.ticket, turn);
      } else if (luck.chance(600'000)) {
        plan(now_us + minutes_us(luck, 60.0), Act::close, event.ticket, turn);
      }
      break;
    default:
      break;
  }
}

Done DemoDay::send() {
  counts_.commands += writer_.size();
  const auto replies = client_.call(desk_, writer_);
  if (!replies) return sched::Unexpected{explain(replies.error())};
  for (const desk::Reply& reply : *replies) counts_.refused += reply.code == 0 ? 0 : 1;
  return {};
}

/// Hears everything the desk has said so far.
Done DemoDay::listen() {
  const auto known = client_.open_desk(desk_name_);
  if (!known) return sched::Unexpected{explain(known.error())};
  while (heard_ < known->last_event) {
    const auto events = client_.next_events(desk_);
    if (!events) return sched::Unexpected{explain(events.error())};
    if (events->empty()) return sched::Unexpected{not_available("the server sends no more events")};
    for (const desk::Event& event : *events) hear(event);
  }
  return {};
}

sim::Stream DemoDay::stream(uint64_t ticket, Purpose purpose, uint32_t occurrence) const {
  return sim::Stream({seed_, 0, ticket, purpose, static_cast<uint16_t>(occurrence)});
}

int64_t DemoDay::minutes_us(sim::Stream& stream, double mean) const {
  return static_cast<int64_t>(stream.erlang(2, mean) * 60e6);
}

}  // namespace paceline::tools
