// A closed ticket on its way from the desk's memory to the history file.
//
// The shard only copies plain records into one buffer per batch; numbers stay numbers. The names
// that they stand for (queues, agents, policies, interned values) are told once each, in front of
// the first ticket that may use them, and whoever keeps the tickets keeps them too. Turning numbers
// into a view or into facts is the reader's work, on the reader's thread.
//
//   buffer = item …          item = size, kind, payload, 0…7 zeros
//   name   = ArchivedName, its texts
//   ticket = ArchivedRecord, StateInterval …, { ArchivedClock, ArchivedSegment … } …, QueueLeft …,
//            ArchivedSurvey …, its texts, comments
//
// A survey may end before its ticket leaves or after. Either way it leaves with the first ticket
// that does once it has ended: that ticket may be another one.
//
// Owner: one thread at a time.  Allocates: buffers until they have found their size.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/facts.h"
#include "engine/desk/query.h"
#include "engine/desk/ticket.h"
#include "sched/sla_clock.h"

namespace paceline::desk {

/// What positions in records point into: the tables of a desk whose entries stay for ever.
enum class NameTable : uint8_t { reason, queue, agent, policy, attribute };
/// The interned attributes have a table each, from `attribute` on.
inline constexpr size_t name_table_count =
    static_cast<size_t>(NameTable::attribute) + interned_count;
constexpr size_t table_of(NameTable table) { return static_cast<size_t>(table); }
constexpr size_t table_of(size_t attribute) { return table_of(NameTable::attribute) + attribute; }

struct ArchivedName {
  uint32_t position = 0;  ///< Dense within its table, from 0.
  uint32_t calendar_version = 0;
  uint8_t table = 0;
  ClockKind clock = ClockKind::response;  ///< Of a policy, like calendar and label.
  uint16_t name_size = 0;
  uint16_t calendar_size = 0;
  uint16_t label_size = 0;
};
static_assert(sizeof(ArchivedName) == 16);

/// One item, texts behind it: name, calendar, label.
struct NamedText {
  ArchivedName entry;
  std::string_view name, calendar, label;
};

struct ArchivedRecord {
  uint64_t id = 0;
  uint64_t follows = 0;
  uint64_t merged_into = 0;
  uint64_t parent = 0;
  int64_t recorded_at_us = 0;
  int64_t occurred_at_us = 0;
  int64_t first_response_at_us = 0;
  int64_t resolved_at_us = 0;
  int64_t closed_at_us = 0;
  int64_t touched_at_us = 0;
  int64_t enqueued_at_us = 0;
  int64_t resume_at_us = 0;
  int64_t promised_at_us = 0;
  uint32_t version = 0;
  uint32_t queue = Ticket::none;
  uint32_t agent = Ticket::none;
  uint32_t reason = Ticket::none;
  uint32_t routed_by = Ticket::none;
  uint32_t tasks_open = 0;
  uint32_t escalations = 0;
  uint32_t bounces = 0;
  std::array<uint32_t, interned_count> interned{};  ///< Position + 1; 0: absent.
  uint16_t moves = 0;
  uint16_t pingpongs = 0;
  uint16_t reopens = 0;
  uint16_t closed_reopens = 0;
  uint16_t external_id_size = 0;
  uint16_t requester_size = 0;
  uint16_t body_size = 0;
  uint16_t intervals = 0;
  uint8_t clocks = 0;
  uint8_t kind = 0;
  uint8_t impact = 0;
  uint8_t urgency = 0;
  uint8_t priority = 0;
  uint8_t vip = 0;
  uint8_t sentiment = 0;
  State state = State::none;
  uint8_t workaround = 0;
  uint8_t major = 0;
  uint8_t reminders_sent = 0;
  uint8_t confidence = 0;
  uint8_t tier = 1;
  uint8_t declines = 0;
  uint8_t checklist_done = 0;
  uint8_t checklist_of = 0;
  uint8_t marks = 0;    ///< TicketMark.
  uint8_t surveys = 0;  ///< That left with it.
  uint16_t queues_left = 0;
};
static_assert(sizeof(ArchivedRecord) == 216);

struct ArchivedClock {
  int64_t target_us = 0;
  int64_t initial_target_us = 0;
  int64_t consumed_us = 0;
  int64_t started_at_us = 0;
  int64_t since_us = 0;
  int64_t ended_at_us = 0;
  int64_t breached_at_us = 0;
  uint32_t policy = 0;
  uint16_t segments = 0;  ///< 0: one, which is the clock itself.
  sched::ClockState state = sched::ClockState::none;
  uint8_t verdict = 0;  ///< ClockFlag, of a completed clock.
  uint8_t cycle = 1;
  uint8_t signals = 0;  ///< Of gaming, a bit each.
  uint8_t reserved[6] = {};
};
static_assert(sizeof(ArchivedClock) == 72);

struct ArchivedSegment {
  int64_t from_us = 0;
  int64_t to_us = 0;
  int64_t consumed_us = 0;
  uint32_t reason = Ticket::none;
  uint16_t policy = 0;
  sched::ClockState state = sched::ClockState::none;
  uint8_t cycle : 7 = 1;
  uint8_t repaired : 1 = 0;
};
static_assert(sizeof(ArchivedSegment) == 32);

struct ArchivedSurvey {
  uint64_t number = 0;
  uint64_t ticket = 0;
  int64_t sent_at_us = 0;
  int64_t expires_at_us = 0;
  int64_t answered_at_us = 0;
  int64_t changed_at_us = 0;
  uint32_t queue = Ticket::none;
  uint32_t agent = Ticket::none;
  uint16_t comment_size = 0;
  uint8_t questions = 0;
  int8_t score = -1;
  int8_t recommend = -1;
  uint8_t low = 0;
  uint8_t reserved[2] = {};
};
static_assert(sizeof(ArchivedSurvey) == 64);
inline constexpr size_t surveys_per_record_max = 64;

/// What a survey is on the desk, in the history and in a view alike; not its names and comment.
template <class From, class To>
void copy_survey(const From& from, To& to) {
  to.ticket = from.ticket;
  to.sent_at_us = from.sent_at_us;
  to.expires_at_us = from.expires_at_us;
  to.answered_at_us = from.answered_at_us;
  to.changed_at_us = from.changed_at_us;
  to.questions = from.questions;
  to.score = from.score;
  to.recommend = from.recommend;
  to.low = from.low != 0;
}

/// One ticket, its parts wherever they lie.
struct ArchivedTicket {
  ArchivedRecord record;
  std::vector<StateInterval> intervals;  ///< Oldest first.
  std::vector<ArchivedClock> clocks;
  std::vector<ArchivedSegment> segments;  ///< Clock by clock, oldest first.
  std::vector<QueueLeft> queues_left;     ///< Oldest first.
  std::vector<ArchivedSurvey> surveys;    ///< In the order of their numbers.
  std::string_view external_id, requester, body;
  std::string_view comments;  ///< Of the surveys, one behind the other.

  TicketFacts facts() const;
};

/// What left in one batch.
class ArchivedBatch {
 public:
  bool operator==(const ArchivedBatch&) const = default;
  bool empty() const { return count_ == 0; }
  uint64_t first() const { return first_; }  ///< Number of the first ticket; dense per desk.
  uint32_t count() const { return count_; }  ///< Tickets.
  uint64_t last() const { return first_ + count_ - 1; }

  void begin(uint64_t first) {
    bytes_.clear();
    first_ = first;
    count_ = 0;
  }
  void add_name(const NamedText& name);
  void add_ticket(const ArchivedTicket& ticket);

  /// Goes through the items in order. A ticket's views point into the batch.
  class Reader {
   public:
    Reader() = default;
    explicit Reader(const ArchivedBatch& batch) : bytes_(batch.bytes_) {}
    /// From the front of another batch, with the buffers of the last.
    void read(const ArchivedBatch& batch) { bytes_ = batch.bytes_; }
    enum class Item : uint8_t { none, name, ticket };
    Item next();
    const NamedText& name() const { return name_; }           ///< After Item::name.
    const ArchivedTicket& ticket() const { return ticket_; }  ///< After Item::ticket.

   private:
    std::span<const std::byte> bytes_;
    NamedText name_;
    ArchivedTicket ticket_;
  };

 private:
  std::byte* add_item(Reader::Item kind, size_t size);

  std::vector<std::byte> bytes_;
  uint64_t first_ = 0;
  uint32_t count_ = 0;
};

/// The names told so far, and what tickets look like with them.
class ArchivedNames {
 public:
  /// False: out of turn. One that is known already is no news.
  bool add(const NamedText& name);
  uint32_t count(size_t table) const { return static_cast<uint32_t>(tables_[table].size()); }
  std::string_view text(size_t table, uint32_t position) const;
  /// As it was when it left, `archived` set. Positions nobody told of are empty.
  TicketView view(const ArchivedTicket& ticket) const;
  /// The same as reports read it.
  TicketView case_view(const ArchivedTicket& ticket) const;
  /// Of the surveys that left with it, those sent at `since_us` or later.
  void add_surveys(const ArchivedTicket& ticket, int64_t since_us,
                   std::vector<SurveyView>& views) const;

 private:
  struct PolicyName {
    std::string calendar, label;
    uint32_t calendar_version = 0;
    ClockKind clock = ClockKind::response;
  };
  ClockView view(const ArchivedClock& clock, std::span<const ArchivedSegment> segments) const;
  SegmentView view(const ArchivedSegment& segment) const;
  const PolicyName& policy(uint32_t position) const;

  std::array<std::deque<std::string>, name_table_count> tables_;
  std::deque<PolicyName> policies_;
};

}  // namespace paceline::desk
