#include "engine/desk/clock_store.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "sched/base/check.h"

namespace paceline::desk {

using sched::SlaClock;

namespace {

constexpr uint32_t segments_per_clock = 2;  // on average, that have ended

uint32_t slots(uint64_t wanted) {
  return static_cast<uint32_t>(std::min<uint64_t>(wanted, 0xffff'fffe));
}

uint32_t clocks_max(const Limits& limits) {
  return slots(uint64_t{limits.tickets_max} * limits.clocks_per_ticket);
}

uint32_t segments_max(const Limits& limits) {
  return slots(uint64_t{clocks_max(limits)} * segments_per_clock);
}

/// What was filled in from outside may be neither.
bool is_yes_or_no(const bool& flag) {
  uint8_t byte = 0;
  std::memcpy(&byte, &flag, sizeof byte);
  return byte <= 1;
}

}  // namespace

ClockStore::ClockStore(const Limits& limits)
    : clocks_(clocks_max(limits), sched::Pages::huge),
      clock_slots_(clocks_max(limits)),
      pasts_(clocks_max(limits)),
      past_slots_(clocks_max(limits)),
      segments_(segments_max(limits)),
      segment_slots_(segments_max(limits)),
      steps_(limits.tickets_max),
      step_slots_(limits.tickets_max) {}

uint32_t ClockStore::add(uint32_t& first) {
  const uint32_t index = clock_slots_.take();
  if (index == none) return none;
  clocks_.reach(index);
  new (&clocks_[index]) SlaClock{};
  uint32_t* link = &first;
  while (*link != none) link = &clocks_[*link].next;
  *link = index;
  return index;
}

void ClockStore::remove_chain(uint32_t first) {
  while (first != none) {
    const SlaClock& record = clocks_[first];
    if (record.past != none) {
      remove_steps(first);
      for (uint32_t at = pasts_[record.past].newest_segment; at != none;) {
        const uint32_t older = segments_[at].older;
        segment_slots_.give_back(at);
        at = older;
      }
      past_slots_.give_back(record.past);
    }
    const uint32_t next = record.next;
    clock_slots_.give_back(first);
    first = next;
  }
}

const ClockPast* ClockStore::past(uint32_t clock) const {
  const uint32_t index = clocks_[clock].past;
  return index == none ? nullptr : &pasts_[index];
}

ClockPast* ClockStore::past(uint32_t clock) {
  const uint32_t index = clocks_[clock].past;
  return index == none ? nullptr : &pasts_[index];
}

ClockPast& ClockStore::make_past(uint32_t clock) {
  SlaClock& record = clocks_[clock];
  if (record.past == none) {
    record.past = past_slots_.take();
    CHECK(record.past != none);  // there are as many as clocks
    pasts_.reach(record.past);
    ClockPast& made = *new (&pasts_[record.past]) ClockPast{};
    made.started_at_us = record.since_us;
    made.initial_target_us = record.target_us;
    made.tightest_target_us = record.target_us;
  }
  return pasts_[record.past];
}

int64_t ClockStore::breached_at_us(uint32_t clock) const {
  const ClockPast* known = past(clock);
  return known == nullptr ? 0 : known->breached_at_us;
}

int64_t ClockStore::started_at_us(uint32_t clock) const {
  const ClockPast* known = past(clock);
  return known == nullptr ? clocks_[clock].since_us : known->started_at_us;
}

int64_t ClockStore::initial_target_us(uint32_t clock) const {
  const ClockPast* known = past(clock);
  return known == nullptr ? clocks_[clock].target_us : known->initial_target_us;
}

int64_t ClockStore::tightest_target_us(uint32_t clock) const {
  const ClockPast* known = past(clock);
  return known == nullptr ? clocks_[clock].target_us : known->tightest_target_us;
}

uint32_t ClockStore::reason(uint32_t clock) const {
  const ClockPast* known = past(clock);
  return known == nullptr ? none : known->reason;
}

void ClockStore::end_segment(uint32_t clock, int64_t consumed_us) {
  ClockPast& past = make_past(clock);
  const SlaClock& record = clocks_[clock];
  ClockSegment segment;
  segment.from_us = record.since_us;
  segment.consumed_us = consumed_us;
  segment.reason = past.reason;
  segment.policy = record.policy;
  segment.state = record.state;
  segment.set_begins = past.set_begins ? 1 : 0;
  segment.cycle = record.cycle;
  past.set_begins = false;
  append_segment(clock, segment);
}

void ClockStore::append_segment(uint32_t clock, const ClockSegment& wanted) {
  ClockPast& past = make_past(clock);
  const uint32_t index = segment_slots_.take();
  if (index == none) {
    ++segments_merged_;
    return;
  }
  segments_.reach(index);
  ClockSegment& segment = *new (&segments_[index]) ClockSegment{wanted};
  segment.older = past.newest_segment;
  past.newest_segment = index;
}

void ClockStore::segments(uint32_t clock, std::vector<ClockSegment>& segments) const {
  segments.clear();
  const ClockPast* known = past(clock);
  for (uint32_t at = known == nullptr ? none : known->newest_segment; at != none;
       at = segments_[at].older) {
    segments.push_back(segments_[at]);
  }
  std::reverse(segments.begin(), segments.end());
}

void ClockStore::segments_in_force(uint32_t clock, std::vector<ClockSegment>& segments) const {
  this->segments(clock, segments);
  const uint8_t cycle = clocks_[clock].cycle;
  const ClockPast* known = past(clock);
  if (known != nullptr && known->set_begins) segments.clear();
  size_t first = segments.size();
  while (first > 0 && segments[first - 1].cycle == cycle) {
    --first;
    if (segments[first].set_begins) break;
  }
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(first));
}

bool ClockStore::add_step(uint32_t clock, const RungStep& wanted) {
  const uint32_t index = step_slots_.take();
  if (index == none) {
    ++steps_dropped_;
    return false;
  }
  ClockPast& past = make_past(clock);
  RungStep& step = *new (&steps_[index]) RungStep{wanted};
  step.next = past.first_step;
  past.first_step = index;
  clocks_[clock].has_steps = 1;
  return true;
}

uint32_t ClockStore::first_step(uint32_t clock) const {
  if (clocks_[clock].has_steps == 0) return none;
  const ClockPast* known = past(clock);
  return known == nullptr ? none : known->first_step;
}

void ClockStore::remove_step(uint32_t clock, uint32_t step) {
  uint32_t& first = make_past(clock).first_step;
  uint32_t* link = &first;
  while (*link != step) {
    CHECK(*link != none);
    link = &steps_[*link].next;
  }
  *link = steps_[step].next;
  step_slots_.give_back(step);
  if (first == none) clocks_[clock].has_steps = 0;
}

void ClockStore::remove_steps(uint32_t clock) {
  while (first_step(clock) != none) remove_step(clock, first_step(clock));
}

void ClockStore::add_to(sched::Digest& digest, uint32_t clock) const {
  const SlaClock& record = clocks_[clock];
  for (const int64_t value :
       {record.target_us, record.consumed_us, record.since_us, record.edge_us}) {
    digest.add(value);
  }
  digest.add(uint64_t{record.fired} << 32 | uint64_t{record.policy} << 16 |
             uint64_t{static_cast<uint8_t>(record.state)} << 12 | uint64_t{record.breached} << 11 |
             uint64_t{record.over_at_start} << 10 | record.cycle);
  const ClockPast* known = past(clock);
  digest.add(uint64_t{known != nullptr});
  if (known == nullptr) return;
  for (const int64_t value :
       {known->breached_at_us, known->started_at_us, known->initial_target_us,
        known->tightest_target_us, known->deadline_kept_us, known->carried_us, known->folded_us}) {
    digest.add(value);
  }
  digest.add(uint64_t{known->reason} << 32 | uint64_t{known->set_begins} << 8 |
             uint64_t{known->breach_stands} << 16 | uint64_t{known->signals} << 24 |
             static_cast<uint8_t>(known->state_at_end));
  for (uint32_t at = known->newest_segment; at != none; at = segments_[at].older) {
    const ClockSegment& segment = segments_[at];
    digest.add(segment.from_us);
    digest.add(segment.consumed_us);
    digest.add(uint64_t{segment.reason} << 32 | uint64_t{segment.policy} << 16 |
               uint64_t{static_cast<uint8_t>(segment.state)} << 12 |
               uint64_t{segment.set_begins} << 8 | segment.cycle);
  }
  for (uint32_t at = known->first_step; at != none; at = steps_[at].next) {
    digest.add(steps_[at].due_us);
    digest.add(uint64_t{steps_[at].done} << 8 | steps_[at].rung);
  }
}

void ClockStore::persist(sched::Archive& archive) {
  archive.part("clocks", 1, sizeof(SlaClock), sizeof(ClockPast), sizeof(ClockSegment),
               sizeof(RungStep));
  archive.fields(clock_slots_, past_slots_, segment_slots_, step_slots_, segments_merged_,
                 steps_dropped_);
  clocks_.persist(archive, clock_slots_.high_water());
  pasts_.persist(archive, past_slots_.high_water());
  segments_.persist(archive, segment_slots_.high_water());
  steps_.persist(archive, step_slots_.high_water());
}

void ClockStore::examine(sched::Archive& archive, SlotClaims& clocks, uint32_t policy_count) const {
  bool known = true;
  SlotClaims pasts(past_slots_);
  for (uint32_t at = 0; at < clock_slots_.high_water(); ++at) {
    if (clocks.free(at)) continue;
    clocks.claim(clocks_[at].next);
    pasts.claim(clocks_[at].past);
    known = known && clocks_[at].policy < policy_count;
  }
  SlotClaims segments(segment_slots_);
  SlotClaims steps(step_slots_);
  for (uint32_t at = 0; at < past_slots_.high_water(); ++at) {
    if (pasts.free(at)) continue;
    segments.claim(pasts_[at].newest_segment);
    steps.claim(pasts_[at].first_step);
    known = known && is_yes_or_no(pasts_[at].set_begins) && is_yes_or_no(pasts_[at].breach_stands);
  }
  for (uint32_t at = 0; at < segment_slots_.high_water(); ++at) {
    if (!segments.free(at)) segments.claim(segments_[at].older);
  }
  for (uint32_t at = 0; at < step_slots_.high_water(); ++at) {
    if (!steps.free(at)) steps.claim(steps_[at].next);
  }
  archive.require(clocks.complete() && pasts.complete() && segments.complete() && steps.complete(),
                  "clocks do not lead to what is theirs");
  archive.require(known, "a clock has a policy or a past that there is not");
}

}  // namespace paceline::desk
