#include "engine/runtime/history_record.h"

#include <concepts>
#include <cstring>

#include "engine/desk/limits.h"
#include "sched/base/digest.h"

namespace paceline::runtime {

using desk::ArchivedClock;
using desk::ArchivedRecord;
using desk::ArchivedSegment;
using desk::ArchivedTicket;
using desk::StateInterval;

// Besides intervals, a ticket is a few texts of 64 KiB and some thousand segments at most.
static_assert(desk::ticket_intervals_max * 3 * 10 <= history_payload_max / 2);

namespace {

constexpr size_t number_bytes_max = 10;

constexpr uint64_t zigzag(int64_t value) {
  return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t unzigzag(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

/// Writes into room known to suffice.
class Packer {
 public:
  explicit Packer(std::byte* to) : to_(to) {}
  std::byte* end() const { return to_; }

  void number(uint64_t value) {
    while (value >= 0x80) {
      *to_++ = static_cast<std::byte>(value | 0x80);
      value >>= 7;
    }
    *to_++ = static_cast<std::byte>(value);
  }
  template <std::unsigned_integral T>
  void field(const T& value) {
    number(value);
  }
  /// `none` is short.
  void position(const uint32_t& value) { number(static_cast<uint32_t>(value + 1)); }
  void span(const int64_t& us) { number(zigzag(us)); }
  /// 0 is "not yet", and short.
  void instant(const int64_t& us, int64_t origin_us) {
    if (us == 0) return number(0);
    const uint64_t apart = zigzag(us - origin_us);
    number(apart + 1);
  }
  void text(std::string_view text) {
    if (!text.empty()) std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }

 private:
  std::byte* to_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> in) : in_(in) {}
  bool failed() const { return failed_; }
  bool at_end() const { return in_.empty(); }

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (in_.empty()) break;
      const auto byte = static_cast<uint64_t>(in_.front());
      in_ = in_.subspan(1);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    failed_ = true;
    return 0;
  }
  template <std::unsigned_integral T>
  void field(T& value) {
    value = static_cast<T>(number());
  }
  void position(uint32_t& value) { value = static_cast<uint32_t>(number()) - 1; }
  void span(int64_t& us) { us = unzigzag(number()); }
  void instant(int64_t& us, int64_t origin_us) {
    const uint64_t apart = number();
    us = apart == 0 ? 0 : origin_us + unzigzag(apart - 1);
  }
  std::string_view text(size_t size) {
    if (size > in_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view text(reinterpret_cast<const char*>(in_.data()), size);
    in_ = in_.subspan(size);
    return text;
  }
  /// A count of things of at least one byte each.
  size_t count() {
    const uint64_t count = number();
    if (count > in_.size()) failed_ = true;
    return failed_ ? 0 : count;
  }

 private:
  std::span<const std::byte> in_;
  bool failed_ = false;
};

// One list of the fields for both directions; the id, the external id and the recording come
// before.
template <class Record, class Codec>
void each_field(Record& record, Codec& codec) {
  const int64_t origin_us = record.recorded_at_us;
  for (auto* instant : {&record.occurred_at_us, &record.first_response_at_us,
                        &record.resolved_at_us, &record.closed_at_us, &record.touched_at_us,
                        &record.enqueued_at_us, &record.resume_at_us, &record.promised_at_us})
    codec.instant(*instant, origin_us);
  for (auto* id : {&record.follows, &record.merged_into, &record.parent}) codec.field(*id);
  for (auto* position : {&record.queue, &record.agent, &record.reason, &record.routed_by})
    codec.position(*position);
  for (auto* number : {&record.version, &record.tasks_open, &record.escalations, &record.bounces})
    codec.field(*number);
  for (auto& value : record.interned) codec.field(value);
  for (auto* number : {&record.moves, &record.pingpongs, &record.reopens, &record.closed_reopens})
    codec.field(*number);
  for (auto* byte : {&record.kind, &record.impact, &record.urgency, &record.priority, &record.vip,
                     &record.sentiment, &record.workaround, &record.major, &record.reminders_sent,
                     &record.confidence, &record.tier, &record.declines, &record.checklist_done,
                     &record.checklist_of})
    codec.field(*byte);
}

template <class Clock, class Codec>
void each_field(Clock& clock, Codec& codec, int64_t origin_us) {
  for (auto* span : {&clock.target_us, &clock.initial_target_us, &clock.consumed_us})
    codec.span(*span);
  for (auto* instant :
       {&clock.started_at_us, &clock.since_us, &clock.ended_at_us, &clock.breached_at_us})
    codec.instant(*instant, origin_us);
  codec.field(clock.policy);
  codec.field(clock.segments);
  codec.field(clock.verdict);
  codec.field(clock.cycle);
}

template <class Survey, class Codec>
void each_survey_field(Survey& survey, Codec& codec, int64_t origin_us) {
  for (auto* id : {&survey.number, &survey.ticket}) codec.field(*id);
  for (auto* instant :
       {&survey.sent_at_us, &survey.expires_at_us, &survey.answered_at_us, &survey.changed_at_us})
    codec.instant(*instant, origin_us);
  for (auto* position : {&survey.queue, &survey.agent}) codec.position(*position);
  codec.field(survey.comment_size);
  for (auto* byte : {&survey.questions, &survey.low}) codec.field(*byte);
}

void pack_body(const ArchivedTicket& ticket, Packer& packer) {
  const ArchivedRecord& record = ticket.record;
  const int64_t origin_us = record.recorded_at_us;
  packer.number(record.id);
  packer.number(ticket.external_id.size());
  packer.text(ticket.external_id);
  packer.span(origin_us);
  packer.number(static_cast<uint8_t>(record.state));
  each_field(record, packer);
  packer.number(ticket.intervals.size());
  for (const StateInterval& interval : ticket.intervals) {
    packer.span(interval.from_us - origin_us);
    packer.position(interval.reason);
    packer.number(static_cast<uint8_t>(interval.state));
  }
  packer.number(ticket.clocks.size());
  for (const ArchivedClock& clock : ticket.clocks) {
    each_field(clock, packer, origin_us);
    packer.number(static_cast<uint8_t>(clock.state));
  }
  for (const ArchivedSegment& segment : ticket.segments) {
    packer.instant(segment.from_us, origin_us);
    packer.instant(segment.to_us, origin_us);
    packer.span(segment.consumed_us);
    packer.position(segment.reason);
    packer.number(segment.policy);
    packer.number(static_cast<uint8_t>(segment.state));
    packer.number(static_cast<uint8_t>(segment.cycle << 1 | segment.repaired));
  }
  packer.number(ticket.requester.size());
  packer.number(ticket.body.size());
  packer.text(ticket.requester);
  packer.text(ticket.body);
  packer.number(record.marks);
  packer.number(ticket.queues_left.size());
  for (const desk::QueueLeft& left : ticket.queues_left) {
    packer.instant(left.at_us, origin_us);
    packer.position(left.queue);
  }
  for (const ArchivedClock& clock : ticket.clocks) packer.number(clock.signals);
  packer.number(ticket.surveys.size());
  for (const desk::ArchivedSurvey& survey : ticket.surveys) {
    each_survey_field(survey, packer, origin_us);
    packer.number(static_cast<uint8_t>(survey.score + 1));
    packer.number(static_cast<uint8_t>(survey.recommend + 1));
  }
  packer.text(ticket.comments);
}

/// What records of before 0.6 do not have.
void unpack_surveys(Unpacker& unpacker, ArchivedTicket& ticket) {
  ticket.surveys.resize(unpacker.count());
  size_t comments = 0;
  for (desk::ArchivedSurvey& survey : ticket.surveys) {
    each_survey_field(survey, unpacker, ticket.record.recorded_at_us);
    survey.score = static_cast<int8_t>(unpacker.number() - 1);
    survey.recommend = static_cast<int8_t>(unpacker.number() - 1);
    comments += survey.comment_size;
  }
  ticket.comments = unpacker.text(comments);
}

/// What records of before 0.5 do not have.
void unpack_added(Unpacker& unpacker, ArchivedTicket& ticket) {
  unpacker.field(ticket.record.marks);
  ticket.queues_left.resize(unpacker.count());
  for (desk::QueueLeft& left : ticket.queues_left) {
    unpacker.instant(left.at_us, ticket.record.recorded_at_us);
    unpacker.position(left.queue);
  }
  for (ArchivedClock& clock : ticket.clocks) unpacker.field(clock.signals);
  if (!unpacker.failed() && !unpacker.at_end()) unpack_surveys(unpacker, ticket);
}

size_t size_at_most(const ArchivedTicket& ticket) {
  constexpr size_t numbers = 80;  // of a record
  return ticket.external_id.size() + ticket.requester.size() + ticket.body.size() +
         ticket.comments.size() +
         number_bytes_max * (numbers + ticket.intervals.size() * 3 + ticket.clocks.size() * 13 +
                             ticket.segments.size() * 7 + ticket.queues_left.size() * 2 +
                             ticket.surveys.size() * 13);
}

/// `write` fills a payload of at most `size` bytes and says where it ends.
template <class Write>
void add_record(uint64_t number, size_t size, std::vector<std::byte>& out, Write&& write) {
  const size_t start = out.size();
  out.resize(start + sizeof(HistoryHeader) + size);
  std::byte* const payload = out.data() + start + sizeof(HistoryHeader);
  HistoryHeader header;
  header.payload_size = static_cast<uint32_t>(write(payload) - payload);
  header.number = number;
  header.payload_check = static_cast<uint32_t>(sched::hash_bytes(payload, header.payload_size));
  header.header_check = header.check_now();
  std::memcpy(out.data() + start, &header, sizeof header);
  out.resize(start + sizeof header + header.payload_size);
}

}  // namespace

uint32_t HistoryHeader::check_now() const {
  return static_cast<uint32_t>(sched::hash_bytes(this, offsetof(HistoryHeader, header_check)));
}

void pack(const desk::NamedText& name, std::vector<std::byte>& out) {
  const size_t size =
      name.name.size() + name.calendar.size() + name.label.size() + 7 * number_bytes_max;
  add_record(0, size, out, [&](std::byte* to) {
    Packer packer(to);
    packer.number(name.entry.table);
    packer.number(name.entry.position);
    packer.number(name.entry.calendar_version);
    packer.number(static_cast<uint8_t>(name.entry.clock));
    for (const std::string_view text : {name.name, name.calendar, name.label}) {
      packer.number(text.size());
      packer.text(text);
    }
    return packer.end();
  });
}

void pack(const ArchivedTicket& ticket, uint64_t number, std::vector<std::byte>& out) {
  add_record(number, size_at_most(ticket), out, [&](std::byte* to) {
    Packer packer(to);
    pack_body(ticket, packer);
    return packer.end();
  });
}

std::optional<HistoryHeader> read_history_header(std::span<const std::byte> bytes) {
  HistoryHeader header;
  if (bytes.size() < sizeof header) return {};
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != HistoryHeader::magic_value || header.header_check != header.check_now() ||
      header.payload_size > history_payload_max)
    return {};
  return header;
}

bool intact(const HistoryHeader& header, std::span<const std::byte> payload) {
  return payload.size() == header.payload_size &&
         static_cast<uint32_t>(sched::hash_bytes(payload.data(), payload.size())) ==
             header.payload_check;
}

bool unpack(std::span<const std::byte> payload, desk::NamedText& name) {
  Unpacker unpacker(payload);
  unpacker.field(name.entry.table);
  unpacker.field(name.entry.position);
  unpacker.field(name.entry.calendar_version);
  name.entry.clock = static_cast<desk::ClockKind>(unpacker.number());
  for (std::string_view* text : {&name.name, &name.calendar, &name.label})
    *text = unpacker.text(unpacker.number());
  return !unpacker.failed();
}

bool unpack(std::span<const std::byte> payload, HistoryKey& key) {
  Unpacker unpacker(payload);
  key.ticket = unpacker.number();
  key.external_id = unpacker.text(unpacker.number());
  return !unpacker.failed();
}

bool unpack(std::span<const std::byte> payload, HistoryDepth depth, ArchivedTicket& ticket) {
  Unpacker unpacker(payload);
  ArchivedRecord& record = ticket.record;
  record.id = unpacker.number();
  ticket.external_id = unpacker.text(unpacker.number());
  unpacker.span(record.recorded_at_us);
  record.state = static_cast<desk::State>(unpacker.number());
  each_field(record, unpacker);
  const int64_t origin_us = record.recorded_at_us;
  ticket.intervals.resize(unpacker.count());
  for (StateInterval& interval : ticket.intervals) {
    unpacker.span(interval.from_us);
    interval.from_us += origin_us;
    unpacker.position(interval.reason);
    interval.state = static_cast<desk::State>(unpacker.number());
  }
  if (depth == HistoryDepth::facts_and_intervals) return !unpacker.failed();
  ticket.clocks.resize(unpacker.count());
  size_t segments = 0;
  for (ArchivedClock& clock : ticket.clocks) {
    each_field(clock, unpacker, origin_us);
    clock.state = static_cast<sched::ClockState>(unpacker.number());
    clock.signals = 0;
    segments += clock.segments;
  }
  if (unpacker.failed() || segments > payload.size()) return false;
  ticket.segments.resize(segments);
  for (ArchivedSegment& segment : ticket.segments) {
    unpacker.instant(segment.from_us, origin_us);
    unpacker.instant(segment.to_us, origin_us);
    unpacker.span(segment.consumed_us);
    unpacker.position(segment.reason);
    unpacker.field(segment.policy);
    segment.state = static_cast<sched::ClockState>(unpacker.number());
    const uint64_t cycle = unpacker.number();
    segment.cycle = cycle >> 1 & 0x7f;
    segment.repaired = cycle & 1;
  }
  const uint64_t requester_size = unpacker.number();
  const uint64_t body_size = unpacker.number();
  ticket.requester = unpacker.text(requester_size);
  ticket.body = unpacker.text(body_size);
  record.marks = 0;
  ticket.queues_left.clear();
  ticket.surveys.clear();
  ticket.comments = {};
  if (!unpacker.failed() && !unpacker.at_end()) unpack_added(unpacker, ticket);
  return !unpacker.failed();
}

}  // namespace paceline::runtime
