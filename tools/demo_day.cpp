#include "tools/demo_day.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sched/calendar.h"
#include "tools/instants.h"

namespace paceline::tools {

namespace {

using sim::Purpose;

constexpr sched::Duration step{15 * sched::second.us};
constexpr double outage_share = 0.05;  // of the day's tickets
constexpr uint32_t requesters = 12'000;

/// London's morning, and both cities from noon on; few at night.
sim::DemandProfile everyday() {
  sim::DemandProfile profile = sim::office_day();
  profile.rate = {{0, 12.0},     {390, 14.0},   {420, 25.0},   {480, 75.0},   {540, 120.0},
                  {630, 130.0},  {720, 105.0},  {780, 115.0},  {870, 130.0},  {930, 125.0},
                  {1'050, 85.0}, {1'140, 55.0}, {1'230, 25.0}, {1'380, 10.0}, {1'440, 10.0}};
  profile.categories = {{"desktop", 34}, {"accounts", 22}, {"network", 14}, {"applications", 14},
                        {"database", 6}, {"e-mail", 4},    {"hardware", 6}};
  profile.requester_count = requesters;
  return profile;
}

/// First a few who cannot read their mail, then everybody, and some who were late to notice.
sim::DemandProfile outage() {
  sim::DemandProfile profile = sim::office_day();
  profile.rate = {{835, 0.0},     {850, 300.0}, {870, 1'100.0}, {900, 1'200.0},
                  {910, 1'000.0}, {925, 300.0}, {950, 0.0}};
  profile.categories = {{"e-mail", 1}};
  std::copy_n(std::begin({0U, 7U, 3U}), 3, profile.impact_weights);
  profile.request_ppm = 0;
  profile.requester_count = requesters;
  return profile;
}

bool changes_hands(desk::EventKind kind) {
  using desk::EventKind;
  return kind == EventKind::ticket_assigned || kind == EventKind::ticket_pended ||
         kind == EventKind::ticket_resumed || kind == EventKind::ticket_requeued ||
         kind == EventKind::ticket_escalated || kind == EventKind::ticket_bounced ||
         kind == EventKind::ticket_resolved || kind == EventKind::ticket_reopened ||
         kind == EventKind::ticket_closed;
}

}  // namespace

sched::Instant demo_midnight() { return *parse_instant("2026-01-12T00:00Z"); }
sched::Instant outage_begins() { return demo_midnight() + sched::Duration{835 * sched::minute.us}; }
sched::Instant outage_ends() { return demo_midnight() + sched::Duration{910 * sched::minute.us}; }

DemoDay::DemoDay(wire::Client& client, const wire::DeskOpened& desk,
                 const desk::Configuration& configuration, uint64_t seed, double tickets)
    : client_(client),
      desk_(desk.desk),
      desk_name_(desk.name),
      seed_(seed),
      everyday_(everyday()),
      outage_(outage()),
      body_(everyday_.body_size_max, 'x') {
  uint32_t replication = 0;
  for (auto [profile, share] :
       {std::pair{&everyday_, 1 - outage_share}, {&outage_, outage_share}}) {
    sim::scale_to(*profile, tickets * share);
    for (const sim::Arrival& arrival :
         sim::arrivals_of_day(*profile, demo_midnight(), seed, replication))
      openings_.push_back({arrival, profile});
    ++replication;
  }
  std::stable_sort(openings_.begin(), openings_.end(), [](const Opening& a, const Opening& b) {
    return a.arrival.at.us < b.arrival.at.us;
  });
  for (const desk::QueueDefinition& queue : configuration.queues) {
    tiers_[queue.name] = queue.tier;
    if (queue.tier == 2) second_tier_.push_back(queue.name);
  }
  plan_shifts(configuration);
}

void DemoDay::plan(int64_t at_us, Act act, uint64_t subject, uint32_t turn) {
  acts_.push({at_us, ++planned_, subject, turn, act});
}

/// By the calendar of each agent's shift, a few minutes late; nobody leaves in the middle of a
/// ticket.
void DemoDay::plan_shifts(const desk::Configuration& configuration) {
  std::map<std::string, sched::Calendar> calendars;
  for (const sched::CalendarSpec& spec : configuration.calendars) {
    if (auto calendar = sched::Calendar::compile(spec)) calendars[spec.name] = std::move(*calendar);
  }
  const sched::Instant midnight = demo_midnight();
  for (const desk::AgentDefinition& definition : configuration.agents) {
    const uint64_t position = agents_.size();
    sim::Stream luck = stream(position, Purpose::shift, 0);
    const int64_t late_us = static_cast<int64_t>(luck.below(12)) * sched::minute.us;
    const sched::Calendar& shift = calendars[definition.shift];  // none: always there
    for (sched::Instant from = midnight; from < midnight + sched::day;) {
      const sched::Instant begins = shift.next_open(from);
      const sched::Instant ends = std::min(shift.next_close(begins), midnight + sched::day * 2);
      if (!(begins < midnight + sched::day)) break;
      plan(begins.us + (begins == midnight ? 0 : late_us), Act::log_in, position);
      plan(ends.us + 10 * sched::minute.us + late_us, Act::log_out, position);
      if (from == midnight) agents_.push_back({definition.name, begins.us, ends.us});
      from = ends;
    }
    if (agents_.size() == position) agents_.push_back({definition.name, sched::never.us, 0});
  }
}

Done DemoDay::play(const std::function<Got<bool>(sched::Instant)>& each_step) {
  if (const auto subscribed = client_.subscribe(desk_, 1); !subscribed) {
    return sched::Unexpected{explain(subscribed.error())};
  }
  desk::Query query;
  query.kind = desk::QueryKind::names;
  auto names = client_.query(desk_, query);
  if (!names) return sched::Unexpected{explain(names.error())};
  queues_ = std::move(names->names.queues);
  const sched::Instant end = demo_midnight() + sched::day;
  for (sched::Instant now = demo_midnight(); now <= end; now = now + step) {
    append_arrivals(now.us);
    append_acts(now.us);
    if (Done moved = advance(now); !moved) return moved;
    if (Done heard = listen(); !heard) return heard;
    const auto goes_on = each_step(now);
    if (!goes_on) return sched::Unexpected{goes_on.error()};
    if (!*goes_on) return {};
  }
  return {};
}

size_t DemoDay::call_for_help(sched::Instant now) {
  writer_.reassign({.where = "queue == messaging && state == queued",
                    .queue = "service-desk",
                    .reason = "mail outage"});
  writer_.switch_route("e-mail", false);
  plan(outage_ends().us + 30 * sched::minute.us, Act::route_back, 0);
  size_t called = 0;
  for (uint64_t position = 0; position < agents_.size(); ++position) {
    if (agents_[position].called || agents_[position].begins_us <= now.us ||
        agents_[position].begins_us > now.us + 3 * sched::hour.us)
      continue;
    plan(now.us + 5 * sched::minute.us, Act::log_in, position);
    ++called;
  }
  return called;
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
  for (; next_opening_ < openings_.size() && openings_[next_opening_].arrival.at.us <= until_us;
       ++next_opening_) {
    const auto& [arrival, profile] = openings_[next_opening_];
    const std::string number = fmt::format("INC{:06}", next_opening_ + 1);
    const std::string requester = fmt::format("requester-{}", arrival.requester);
    wire::OpenFields fields;
    fields.external_id = number;
    fields.category = profile->categories[arrival.category].value;
    fields.channel = profile->channels[arrival.channel].value;
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
  switch (planned.act) {
    case Act::log_in: {
      // Who was called in earlier does not log in again.
      Agent& agent = agents_[planned.subject];
      if (!std::exchange(agent.called, true)) writer_.log_in(agent.name);
      break;
    }
    case Act::log_out: {
      Agent& agent = agents_[planned.subject];
      if (std::exchange(agent.called, false)) writer_.log_out(agent.name);
      break;
    }
    case Act::route_back:
      writer_.switch_route("e-mail", true);
      break;
    case Act::accept:
      if (offers_.erase(planned.subject) != 0) writer_.accept(planned.subject);
      break;
    case Act::rate:
      rate(planned.subject);
      break;
    case Act::decline:
      if (offers_.erase(planned.subject) == 0) break;
      writer_.decline(planned.subject, "on a call");
      ++counts_.declined;
      break;
    default:
      append_of_ticket(planned);
  }
}

void DemoDay::append_of_ticket(const Planned& planned) {
  Ticket& ticket = tickets_[planned.subject];
  if (ticket.turn != planned.turn) return;
  const wire::Addressed to{.ticket = planned.subject};
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
    default:
      writer_.close(to);
      break;
  }
}

uint8_t DemoDay::tier_of(const Ticket& ticket) const {
  if (ticket.queue >= queues_.size()) return 1;
  const auto found = tiers_.find(queues_[ticket.queue]);
  return found == tiers_.end() ? 1 : found->second;
}

/// The end of a spell of work: ask the requester, pass it on, or be done.
void DemoDay::finish(const Planned& planned, Ticket& ticket) {
  sim::Stream luck = stream(planned.subject, Purpose::pending, ticket.turn);
  const wire::Addressed to{.ticket = planned.subject};
  const uint8_t tier = tier_of(ticket);
  if (tier > 1 && ticket.escalations > 0 && !ticket.bounced && luck.chance(100'000)) {
    ticket.bounced = true;
    writer_.bounce(to, "not ours");
  } else if (!ticket.waited && luck.chance(120'000)) {
    ticket.waited = true;
    writer_.pend(to, luck.chance(800'000) ? "awaiting_requester" : "awaiting_vendor");
  } else if (tier < 3 && ticket.escalations < tier && !second_tier_.empty() &&
             luck.chance(tier == 1 ? 60'000 : 30'000)) {
    ++ticket.escalations;
    const uint32_t queue = luck.below(static_cast<uint32_t>(second_tier_.size()));
    writer_.escalate({.to = to,
                      .queue = tier == 1 ? std::string_view(second_tier_[queue]) : "",
                      .reason = "needs more skill",
                      .checklist = tier == 1 ? "symptoms,steps_tried" : ""});
  } else {
    writer_.resolve(to, luck.chance(900'000) ? "fixed" : "no fault found");
    ++counts_.resolved;
  }
}

/// Most are taken within a minute; some are declined, and now and then nobody looks.
void DemoDay::hear_of_offer(const desk::Event& event) {
  const auto offer = static_cast<uint64_t>(event.value_us);
  if (event.kind != desk::EventKind::ticket_offered) {
    offers_.erase(offer);
    counts_.declined += event.kind == desk::EventKind::ticket_offer_expired ? 1 : 0;
    return;
  }
  ++counts_.offered;
  offers_.insert(offer);
  sim::Stream luck = stream(offer, Purpose::message, 0);
  if (luck.chance(15'000)) return;
  plan(event.noted_us + minutes_us(luck, 0.4), luck.chance(40'000) ? Act::decline : Act::accept,
       offer);
}

/// Nine of ten are content.
void DemoDay::rate(uint64_t survey) {
  sim::Stream luck = stream(survey, Purpose::message, 1);
  const uint32_t lot = luck.below(100);
  const int score = lot < 60 ? 5 : lot < 90 ? 4 : lot < 95 ? 3 : lot < 98 ? 2 : 1;
  writer_.rate({.survey = survey, .score = static_cast<int8_t>(score)});
}

/// What people will do next about what just happened.
void DemoDay::hear(const desk::Event& event) {
  using desk::EventKind;
  heard_ = event.sequence;
  ++counts_.events;
  if (event.ticket == 0) return;
  if (event.kind == EventKind::ticket_offered || event.kind == EventKind::ticket_rescinded ||
      event.kind == EventKind::ticket_offer_expired)
    return hear_of_offer(event);
  if (event.kind == EventKind::csat_sent) {
    const auto survey = static_cast<uint64_t>(event.value_us);
    sim::Stream luck = stream(survey, Purpose::message, 0);
    if (luck.chance(300'000)) plan(event.noted_us + minutes_us(luck, 40.0), Act::rate, survey);
  }
  if (!changes_hands(event.kind)) return;
  counts_.escalated += event.kind == EventKind::ticket_escalated ? 1 : 0;
  counts_.bounced += event.kind == EventKind::ticket_bounced ? 1 : 0;
  Ticket& ticket = tickets_[event.ticket];
  if (event.queue != desk::Event::none) ticket.queue = event.queue;
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
