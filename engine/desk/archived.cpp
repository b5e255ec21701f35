#include "engine/desk/archived.h"

#include <algorithm>
#include <cstring>

#include "sched/base/check.h"

namespace paceline::desk {

using sched::ClockState;

namespace {

struct ItemHeader {
  uint32_t size = 0;  // of the item, header and padding included
  uint32_t kind = 0;
};

template <class T>
std::byte* put(std::byte* to, std::span<const T> elements) {
  if (!elements.empty()) std::memcpy(to, elements.data(), elements.size_bytes());
  return to + elements.size_bytes();
}

std::byte* put(std::byte* to, std::string_view text) {
  return put(to, std::span(text.data(), text.size()));
}

template <class T>
const std::byte* get(const std::byte* from, size_t count, std::vector<T>& elements) {
  elements.resize(count);
  if (count != 0) std::memcpy(elements.data(), from, count * sizeof(T));
  return from + count * sizeof(T);
}

const std::byte* get(const std::byte* from, size_t size, std::string_view& text) {
  text = {reinterpret_cast<const char*>(from), size};
  return from + size;
}

std::string verdict(uint8_t flags, ClockFlag missed) {
  return (flags & missed) != 0 ? "breached" : "met";
}

}  // namespace

TicketFacts ArchivedTicket::facts() const {
  TicketFacts facts;
  facts.ticket = record.id;
  facts.recorded_at_us = record.recorded_at_us;
  facts.origin_at_us = record.occurred_at_us != 0 ? record.occurred_at_us : record.recorded_at_us;
  facts.first_response_at_us = record.first_response_at_us;
  facts.resolved_at_us = record.resolved_at_us;
  facts.closed_at_us = record.closed_at_us;
  facts.touched_at_us = record.touched_at_us;
  facts.queue = record.queue;
  facts.agent = record.agent;
  facts.moves = record.moves;
  facts.pingpongs = record.pingpongs;
  facts.reopens = record.reopens;
  facts.closed_reopens = record.closed_reopens;
  facts.kind = record.kind;
  facts.priority = record.priority;
  facts.state = record.state;
  return facts;
}

// -------------------------------------------------------------------------------------- batch

std::byte* ArchivedBatch::add_item(Reader::Item kind, size_t size) {
  const size_t at = bytes_.size();
  const size_t whole = (sizeof(ItemHeader) + size + 7) & ~size_t{7};
  bytes_.resize(at + whole);
  const ItemHeader header{static_cast<uint32_t>(whole), static_cast<uint32_t>(kind)};
  std::memcpy(bytes_.data() + at, &header, sizeof header);
  return bytes_.data() + at + sizeof header;
}

void ArchivedBatch::add_name(const NamedText& given) {
  ArchivedName entry = given.entry;
  entry.name_size = static_cast<uint16_t>(given.name.size());
  entry.calendar_size = static_cast<uint16_t>(given.calendar.size());
  entry.label_size = static_cast<uint16_t>(given.label.size());
  std::byte* to = add_item(Reader::Item::name, sizeof entry + given.name.size() +
                                                   given.calendar.size() + given.label.size());
  to = put(to, std::span<const ArchivedName>(&entry, 1));
  for (const std::string_view text : {given.name, given.calendar, given.label}) to = put(to, text);
}

void ArchivedBatch::add_ticket(const ArchivedTicket& ticket) {
  ArchivedRecord record = ticket.record;
  record.external_id_size = static_cast<uint16_t>(ticket.external_id.size());
  record.requester_size = static_cast<uint16_t>(ticket.requester.size());
  record.body_size = static_cast<uint16_t>(ticket.body.size());
  record.intervals = static_cast<uint16_t>(ticket.intervals.size());
  record.clocks = static_cast<uint8_t>(ticket.clocks.size());
  record.queues_left = static_cast<uint16_t>(ticket.queues_left.size());
  record.surveys = static_cast<uint8_t>(ticket.surveys.size());
  const size_t size = sizeof record + ticket.intervals.size() * sizeof(StateInterval) +
                      ticket.clocks.size() * sizeof(ArchivedClock) +
                      ticket.segments.size() * sizeof(ArchivedSegment) +
                      ticket.queues_left.size() * sizeof(QueueLeft) +
                      ticket.surveys.size() * sizeof(ArchivedSurvey) + ticket.external_id.size() +
                      ticket.requester.size() + ticket.body.size() + ticket.comments.size();
  std::byte* to = add_item(Reader::Item::ticket, size);
  to = put(to, std::span<const ArchivedRecord>(&record, 1));
  to = put(to, std::span(ticket.intervals));
  to = put(to, std::span(ticket.clocks));
  to = put(to, std::span(ticket.segments));
  to = put(to, std::span(ticket.queues_left));
  to = put(to, std::span(ticket.surveys));
  for (const std::string_view text :
       {ticket.external_id, ticket.requester, ticket.body, ticket.comments}) {
    to = put(to, text);
  }
  ++count_;
}

ArchivedBatch::Reader::Item ArchivedBatch::Reader::next() {
  if (bytes_.empty()) return Item::none;
  ItemHeader header;
  std::memcpy(&header, bytes_.data(), sizeof header);
  const std::byte* from = bytes_.data() + sizeof header;
  bytes_ = bytes_.subspan(header.size);
  if (static_cast<Item>(header.kind) == Item::name) {
    std::memcpy(&name_.entry, from, sizeof name_.entry);
    from = get(from + sizeof name_.entry, name_.entry.name_size, name_.name);
    from = get(from, name_.entry.calendar_size, name_.calendar);
    get(from, name_.entry.label_size, name_.label);
    return Item::name;
  }
  ArchivedRecord& record = ticket_.record;
  std::memcpy(&record, from, sizeof record);
  from = get(from + sizeof record, record.intervals, ticket_.intervals);
  from = get(from, record.clocks, ticket_.clocks);
  size_t segments = 0;
  for (const ArchivedClock& clock : ticket_.clocks) segments += clock.segments;
  from = get(from, segments, ticket_.segments);
  from = get(from, record.queues_left, ticket_.queues_left);
  from = get(from, record.surveys, ticket_.surveys);
  size_t comments = 0;
  for (const ArchivedSurvey& survey : ticket_.surveys) comments += survey.comment_size;
  from = get(from, record.external_id_size, ticket_.external_id);
  from = get(from, record.requester_size, ticket_.requester);
  from = get(from, record.body_size, ticket_.body);
  get(from, comments, ticket_.comments);
  return Item::ticket;
}

// -------------------------------------------------------------------------------------- names

bool ArchivedNames::add(const NamedText& given) {
  if (given.entry.table >= name_table_count) return false;
  auto& table = tables_[given.entry.table];
  if (given.entry.position < table.size()) return true;
  if (given.entry.position > table.size()) return false;
  table.emplace_back(given.name);
  if (given.entry.table == table_of(NameTable::policy)) {
    policies_.push_back({std::string(given.calendar), std::string(given.label),
                         given.entry.calendar_version, given.entry.clock});
  }
  return true;
}

std::string_view ArchivedNames::text(size_t table, uint32_t position) const {
  return position < tables_[table].size() ? std::string_view(tables_[table][position])
                                          : std::string_view();
}

const ArchivedNames::PolicyName& ArchivedNames::policy(uint32_t position) const {
  static const PolicyName unknown;
  return position < policies_.size() ? policies_[position] : unknown;
}

SegmentView ArchivedNames::view(const ArchivedSegment& segment) const {
  SegmentView view;
  view.from_us = segment.from_us;
  view.to_us = segment.to_us;
  view.state = sched::name(segment.state);
  view.reason = text(table_of(NameTable::reason), segment.reason);
  view.policy = text(table_of(NameTable::policy), segment.policy);
  view.version = segment.policy;
  view.calendar = policy(segment.policy).calendar;
  view.calendar_version = policy(segment.policy).calendar_version;
  view.consumed_us = segment.consumed_us;
  view.cycle = segment.cycle;
  view.repaired = segment.repaired != 0;
  return view;
}

ClockView ArchivedNames::view(const ArchivedClock& clock,
                              std::span<const ArchivedSegment> segments) const {
  ClockView view;
  const PolicyName& under = policy(clock.policy);
  view.kind = under.clock;
  view.label = under.label;
  view.policy = text(table_of(NameTable::policy), clock.policy);
  view.version = clock.policy;
  view.calendar = under.calendar;
  view.calendar_version = under.calendar_version;
  view.state = sched::name(clock.state);
  view.target_us = clock.target_us;
  view.initial_target_us = clock.initial_target_us;
  view.consumed_us = view.folded_us = clock.consumed_us;
  view.remaining_us = clock.target_us - clock.consumed_us;
  view.started_at_us = clock.started_at_us;
  view.elapsed_us = std::max<int64_t>(0, clock.ended_at_us - clock.started_at_us);
  view.since_us = clock.since_us;
  view.breached_at_us = clock.breached_at_us;
  view.cycle = clock.cycle;
  view.signals = clock.signals;
  if (clock.state == ClockState::completed) {
    view.verdict = verdict(clock.verdict, clock_missed);
    view.verdict_final = verdict(clock.verdict, clock_missed_final);
    view.verdict_worst = verdict(clock.verdict, clock_missed_worst);
    view.verdict_initial = verdict(clock.verdict, clock_missed_initial);
  }
  for (const ArchivedSegment& segment : segments) {
    if (segment.state != ClockState::none) view.segments.push_back(this->view(segment));
  }
  if (segments.empty()) {
    ArchivedSegment only;
    only.from_us = clock.since_us;
    only.to_us = clock.ended_at_us;
    only.consumed_us = clock.consumed_us;
    only.policy = static_cast<uint16_t>(clock.policy);
    only.state = ClockState::running;
    only.cycle = clock.cycle & 0x7f;
    view.segments.push_back(this->view(only));
  }
  return view;
}

TicketView ArchivedNames::view(const ArchivedTicket& ticket) const {
  const ArchivedRecord& record = ticket.record;
  TicketView view;
  view.archived = true;
  view.id = record.id;
  view.version = record.version;
  view.kind = record.kind;
  view.impact = record.impact;
  view.urgency = record.urgency;
  view.priority = record.priority;
  view.vip = record.vip;
  view.sentiment = record.sentiment;
  view.state = record.state;
  view.reason = text(table_of(NameTable::reason), record.reason);
  view.queue = text(table_of(NameTable::queue), record.queue);
  view.agent = text(table_of(NameTable::agent), record.agent);
  view.routed_by = text(table_of(NameTable::reason), record.routed_by);
  view.external_id = ticket.external_id;
  view.requester = ticket.requester;
  view.body = ticket.body;
  for (const auto& [field, value] : {std::pair{TextField::category, &view.category},
                                     {TextField::subcategory, &view.subcategory},
                                     {TextField::service, &view.service},
                                     {TextField::config_item, &view.config_item},
                                     {TextField::channel, &view.channel},
                                     {TextField::requester_type, &view.requester_type},
                                     {TextField::organisation, &view.organisation},
                                     {TextField::contract, &view.contract},
                                     {TextField::stage, &view.stage},
                                     {TextField::language, &view.language},
                                     {TextField::confidentiality, &view.confidentiality}}) {
    const uint32_t position = record.interned[interned_index(field)];
    if (position != 0) *value = text(table_of(interned_index(field)), position - 1);
  }
  view.recorded_at_us = record.recorded_at_us;
  view.occurred_at_us = record.occurred_at_us;
  view.first_response_at_us = record.first_response_at_us;
  view.resolved_at_us = record.resolved_at_us;
  view.closed_at_us = record.closed_at_us;
  view.touched_at_us = record.touched_at_us;
  view.enqueued_at_us = record.enqueued_at_us;
  view.resume_at_us = record.resume_at_us;
  view.promised_at_us = record.promised_at_us;
  view.follows = record.follows;
  view.merged_into = record.merged_into;
  view.parent = record.parent;
  view.workaround = record.workaround;
  view.major = record.major;
  view.reminders_sent = record.reminders_sent;
  view.confidence = record.confidence;
  view.tasks_open = record.tasks_open;
  view.hops = record.moves;
  view.escalations = record.escalations;
  view.bounces = record.bounces;
  view.declines = record.declines;
  view.tier = record.tier;
  view.checklist_done = record.checklist_done;
  view.checklist_of = record.checklist_of;
  view.marks = record.marks;
  std::span<const ArchivedSegment> segments(ticket.segments);
  for (const ArchivedClock& clock : ticket.clocks) {
    ClockView& clock_view =
        view.clocks.emplace_back(this->view(clock, segments.first(clock.segments)));
    segments = segments.subspan(clock.segments);
    clock_view.ticket = record.id;
    clock_view.external_id = ticket.external_id;
  }
  return view;
}

TicketView ArchivedNames::case_view(const ArchivedTicket& ticket) const {
  TicketView view = this->view(ticket);
  view.body.clear();
  for (ClockView& clock : view.clocks) clock.segments.clear();
  view.intervals = ticket.intervals;
  view.queues_left = ticket.queues_left;
  return view;
}

void ArchivedNames::add_surveys(const ArchivedTicket& ticket, int64_t since_us,
                                std::vector<SurveyView>& views) const {
  std::string_view comments = ticket.comments;
  for (const ArchivedSurvey& survey : ticket.surveys) {
    const std::string_view comment = comments.substr(0, survey.comment_size);
    comments.remove_prefix(comment.size());
    if (survey.sent_at_us < since_us) continue;
    SurveyView& view = views.emplace_back();
    copy_survey(survey, view);
    view.number = survey.number;
    view.queue = text(table_of(NameTable::queue), survey.queue);
    view.agent = text(table_of(NameTable::agent), survey.agent);
    view.comment = comment;
  }
}

}  // namespace paceline::desk
