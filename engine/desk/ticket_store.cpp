#include "engine/desk/ticket_store.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "sched/base/check.h"

namespace paceline::desk {

namespace {

uint32_t intervals_max(const Limits& limits) {
  return static_cast<uint32_t>(
      std::min<uint64_t>(uint64_t{limits.tickets_max} * limits.intervals_per_ticket, 0xffff'fffe));
}

}  // namespace

TicketStore::TicketStore(const Limits& limits)
    : tickets_(limits.tickets_max, sched::Pages::huge),
      details_(limits.tickets_max, sched::Pages::huge),
      slots_(limits.tickets_max),
      sides_(limits.tickets_max, sched::Pages::huge),
      side_slots_(limits.tickets_max),
      side_of_(limits.tickets_max),
      attribute_sets_(limits.tickets_max),
      // Every one in a block of its own, at worst.
      intervals_(intervals_max(limits), sched::Pages::huge),
      interval_slots_(intervals_max(limits)),
      intervals_max_(intervals_max(limits)),
      clocks_(limits),
      texts_(limits.text_mib_max) {
  for (size_t field = 0; field < interned_count; ++field) {
    dictionaries_.emplace_back(limits.dictionary_max);
  }
}

uint32_t TicketStore::find(uint64_t id) const {
  return by_id_.find(sched::mix(id), [&](uint32_t slot) { return tickets_[slot].id == id; });
}

uint32_t TicketStore::find_external(std::string_view wanted) const {
  if (wanted.empty()) return none;
  return by_external_id_.find(sched::hash_text(wanted),
                              [&](uint32_t slot) { return external_id(slot) == wanted; });
}

Result<sched::TextArena::Ref> TicketStore::write_texts(std::string_view external_id,
                                                       std::string_view requester,
                                                       std::string_view body) {
  const TextSizes sizes{static_cast<uint16_t>(external_id.size()),
                        static_cast<uint16_t>(requester.size()),
                        static_cast<uint16_t>(body.size())};
  if (sizes.in_all() == sizeof sizes) return sched::TextArena::Ref{0};
  const sched::TextArena::Ref text = texts_.allocate(sizes.in_all());
  if (text == 0) return sched::Unexpected{Reject::text_full};
  char* at = texts_.data(text);
  std::memcpy(at, &sizes, sizeof sizes);
  at += sizeof sizes;
  for (const std::string_view part : {external_id, requester, body}) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return text;
}

Result<uint32_t> TicketStore::create(uint64_t id, std::string_view external_id,
                                     std::string_view requester, std::string_view body) {
  const auto text = write_texts(external_id, requester, body);
  if (!text) return sched::Unexpected{text.error()};
  const uint32_t slot = slots_.take();
  CHECK(slot != none);
  tickets_.reach(slot);
  details_.reach(slot);
  Ticket& ticket = *new (&tickets_[slot]) Ticket{};
  new (&details_[slot]) TicketDetail{.has_requester = !requester.empty()};
  ticket.id = id;
  ticket.text = *text;
  by_id_.insert(sched::mix(id), slot);
  if (!external_id.empty()) by_external_id_.insert(sched::hash_text(external_id), slot);
  return slot;
}

void TicketStore::expect_parts(uint32_t slot) const {
  const Ticket& ticket = tickets_[slot];
  by_id_.expect(sched::mix(ticket.id));
  clocks_.expect(ticket.first_clock);
  if (ticket.newest_interval != none) __builtin_prefetch(&intervals_[ticket.newest_interval]);
  if (ticket.text == 0) return;
  const char* const text = texts_.data(ticket.text);  // of a common length
  for (uint32_t at = 0; at < 256; at += 64) __builtin_prefetch(text + at);
}

void TicketStore::expect_leaving(uint32_t slot) const {
  const std::string_view external = external_id(slot);
  if (!external.empty()) by_external_id_.expect(sched::hash_text(external));
}

void TicketStore::remove(uint32_t slot) {
  Ticket& ticket = tickets_[slot];
  by_id_.erase(sched::mix(ticket.id), slot);
  if (const std::string_view external = external_id(slot); !external.empty()) {
    by_external_id_.erase(sched::hash_text(external), slot);
  }
  if (ticket.text != 0) texts_.release(ticket.text, text_sizes(slot).in_all());
  for (uint32_t at = ticket.newest_interval; at != none;) {
    const uint32_t older = intervals_[at].older;
    interval_slots_.give_back(at);
    at = older;
  }
  intervals_used_ -= ticket.intervals;
  clocks_.remove_chain(ticket.first_clock);
  attribute_sets_.release(details_[slot].attributes);
  if (ticket.has_side) {
    if (sides_[side_of_[slot]].has_tasks) tasks_.erase(slot);
    if (sides_[side_of_[slot]].has_scores) scores_.erase(slot);
    side_slots_.give_back(side_of_[slot]);
  }
  ticket.has_side = 0;
  ticket.id = 0;
  ticket.state = State::none;
  slots_.give_back(slot);
}

TicketSide& TicketStore::make_side(uint32_t slot) {
  const uint32_t index = side_slots_.take();
  CHECK(index != none);  // there are as many as tickets
  sides_.reach(index);
  side_of_[slot] = index;
  tickets_[slot].has_side = 1;
  TicketSide& side = *new (&sides_[index]) TicketSide{};
  side.slot = slot;
  return side;
}

std::span<const uint64_t> TicketStore::tasks(uint32_t slot) const {
  if (!known_side(slot).has_tasks) return {};
  return tasks_.at(slot);
}

void TicketStore::add_task(uint32_t slot, uint64_t task) {
  side(slot).has_tasks = 1;
  tasks_[slot].push_back(task);
}

std::span<const sched::ExternalScore> TicketStore::scores(uint32_t slot) const {
  if (!known_side(slot).has_scores) return {};
  return scores_.at(slot);
}

void TicketStore::set_scores(uint32_t slot, std::vector<sched::ExternalScore> scores) {
  side(slot).has_scores = 1;
  scores_[slot] = std::move(scores);
}

void TicketStore::set_attributes(uint32_t slot, const Attributes& attributes) {
  // The new set first: one that both have stays.
  const uint32_t before = details_[slot].attributes;
  details_[slot].attributes = attribute_sets_.use(attributes);
  attribute_sets_.release(before);
}

TicketStore::TextSizes TicketStore::text_sizes(uint32_t slot) const {
  TextSizes sizes;
  if (const auto text = tickets_[slot].text; text != 0) {
    std::memcpy(&sizes, texts_.data(text), sizeof sizes);
  }
  return sizes;
}

std::string_view TicketStore::external_id(uint32_t slot) const {
  const TextSizes sizes = text_sizes(slot);
  if (sizes.external_id == 0) return {};
  return {texts_.data(tickets_[slot].text) + sizeof sizes, sizes.external_id};
}

std::string_view TicketStore::requester(uint32_t slot) const {
  const TextSizes sizes = text_sizes(slot);
  if (sizes.requester == 0) return {};
  return {texts_.data(tickets_[slot].text) + sizeof sizes + sizes.external_id, sizes.requester};
}

std::string_view TicketStore::body(uint32_t slot) const {
  const TextSizes sizes = text_sizes(slot);
  if (sizes.body == 0) return {};
  return {texts_.data(tickets_[slot].text) + sizeof sizes + sizes.external_id + sizes.requester,
          sizes.body};
}

Result<void> TicketStore::set_texts(uint32_t slot, std::string_view requester,
                                    std::string_view body) {
  const auto text = write_texts(external_id(slot), requester, body);
  if (!text) return sched::Unexpected{text.error()};
  Ticket& ticket = tickets_[slot];
  if (ticket.text != 0) texts_.release(ticket.text, text_sizes(slot).in_all());
  ticket.text = *text;
  details_[slot].has_requester = !requester.empty();
  return {};
}

std::string_view TicketStore::interned(uint32_t slot, TextField field) const {
  const uint32_t position = attributes(slot)[interned_index(field)];
  return position == 0 ? std::string_view{} : dictionary(field).text(position - 1);
}

// ---------------------------------------------------------------------------------- intervals

namespace {

uint32_t packed(State state, uint32_t reason) {
  // A reason of `none` wraps to 0.
  return static_cast<uint32_t>(state) << 24 | ((reason + 1) & 0x00ff'ffff);
}
State state_of(uint32_t packed) { return static_cast<State>(packed >> 24); }
/// 0 wraps to none.
uint32_t reason_of(uint32_t packed) { return (packed & 0x00ff'ffff) - 1; }

}  // namespace

TicketStore::Newest TicketStore::newest_interval(uint32_t slot) const {
  const uint32_t count = in_blocks(slot);
  if (count == 0) {
    if (!details_[slot].queued_at_first) return {};
    return {.any = true, .from_us = details_[slot].recorded_at_us};
  }
  uint32_t block = tickets_[slot].newest_interval;
  for (uint32_t left = count; left > 0; --left) {
    const uint32_t at = (left - 1) % IntervalBlock::size;
    if (state_of(intervals_[block].state_and_reason[at]) != State::none) {
      return {true, intervals_[block].from_us[at], block, at};
    }
    if (at == 0) block = intervals_[block].older;
  }
  if (!details_[slot].queued_at_first) return {};
  return {.any = true, .from_us = details_[slot].recorded_at_us};
}

void TicketStore::append_interval(uint32_t slot, int64_t at_us, uint32_t state_and_reason) {
  Ticket& ticket = tickets_[slot];
  const uint32_t at = in_blocks(slot) % IntervalBlock::size;
  if (at == 0) {
    const uint32_t fresh = interval_slots_.take();
    CHECK(fresh != none);  // there are as many blocks as intervals
    intervals_.reach(fresh);
    intervals_[fresh].older = ticket.newest_interval;
    ticket.newest_interval = fresh;
  }
  IntervalBlock& block = intervals_[ticket.newest_interval];
  block.from_us[at] = at_us;
  block.state_and_reason[at] = state_and_reason;
  ++ticket.intervals;
  ++intervals_used_;
}

/// The interval known without a block gets one, to say something else.
void TicketStore::rewrite_first(uint32_t slot, uint32_t state_and_reason) {
  details_[slot].queued_at_first = 0;
  --tickets_[slot].intervals;
  --intervals_used_;
  append_interval(slot, details_[slot].recorded_at_us, state_and_reason);
}

void TicketStore::begin_interval(uint32_t slot, int64_t at_us, State state, uint32_t reason) {
  Ticket& ticket = tickets_[slot];
  const uint32_t wanted = packed(state, reason);
  const uint32_t queued = packed(State::queued, none);
  const Newest newest = newest_interval(slot);
  const bool again = newest.any && newest.from_us == at_us;
  if (!again && ticket.intervals < ticket_intervals_max && intervals_left() > 0) {
    if (!newest.any && wanted == queued && at_us == details_[slot].recorded_at_us) {
      details_[slot].queued_at_first = 1;
      ++ticket.intervals;
      ++intervals_used_;
    } else {
      append_interval(slot, at_us, wanted);
    }
    return;
  }
  if (!again) {
    ++intervals_merged_;
    if (!newest.any || is_open(state)) return;
  }
  if (newest.block == none) {
    if (wanted != queued) rewrite_first(slot, wanted);
    return;
  }
  IntervalBlock& block = intervals_[newest.block];
  if (ticket.intervals > 1) block.from_us[newest.at] = at_us;
  block.state_and_reason[newest.at] = wanted;
}

void TicketStore::cite(uint32_t slot, uint32_t article) {
  const Newest newest = newest_interval(slot);
  if (newest.block == none) return;
  uint32_t& state_and_reason = intervals_[newest.block].state_and_reason[newest.at];
  if (state_of(state_and_reason) == State::resolved)
    state_and_reason = packed(State::resolved, article);
}

uint32_t TicketStore::cited(uint32_t slot) const {
  const Newest newest = newest_interval(slot);
  if (newest.block == none) return none;
  const uint32_t state_and_reason = intervals_[newest.block].state_and_reason[newest.at];
  return state_of(state_and_reason) == State::resolved ? reason_of(state_and_reason) : none;
}

/// Calls `each` for what lies in blocks, newest first.
template <class Each>
void TicketStore::for_each_in_blocks(uint32_t slot, Each&& each) const {
  uint32_t left = in_blocks(slot);
  for (uint32_t block = tickets_[slot].newest_interval; left > 0; block = intervals_[block].older) {
    for (uint32_t at = (left - 1) % IntervalBlock::size + 1; at > 0; --at, --left) {
      each(intervals_[block].from_us[at - 1], intervals_[block].state_and_reason[at - 1]);
    }
  }
}

void TicketStore::intervals(uint32_t slot, std::vector<StateInterval>& intervals) const {
  intervals.clear();
  for_each_in_blocks(slot, [&](int64_t at_us, uint32_t state_and_reason) {
    if (state_of(state_and_reason) == State::none) return;
    StateInterval& interval = intervals.emplace_back();
    interval.from_us = at_us;
    interval.state = state_of(state_and_reason);
    interval.reason = reason_of(state_and_reason);
  });
  if (details_[slot].queued_at_first) {
    StateInterval& first = intervals.emplace_back();
    first.from_us = details_[slot].recorded_at_us;
    first.state = State::queued;
  }
  std::reverse(intervals.begin(), intervals.end());
}

void TicketStore::leave_queue(uint32_t slot, int64_t at_us, uint32_t queue) {
  if (tickets_[slot].intervals == ticket_intervals_max || intervals_left() == 0) return;
  append_interval(slot, at_us, packed(State::none, queue));
}

void TicketStore::queues_left(uint32_t slot, std::vector<QueueLeft>& left) const {
  left.clear();
  for_each_in_blocks(slot, [&](int64_t at_us, uint32_t state_and_reason) {
    if (state_of(state_and_reason) == State::none) {
      left.push_back({at_us, reason_of(state_and_reason)});
    }
  });
  std::reverse(left.begin(), left.end());
}

}  // namespace paceline::desk
