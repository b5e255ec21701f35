#include "sched/lines.h"

#include <algorithm>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

Lines::Lines(uint32_t tickets_max)
    : positions_(tickets_max),
      aged_positions_(tickets_max),
      place_(tickets_max),
      waits_for_(tickets_max) {}

// --- Definitions ---

void Lines::define(uint32_t line, const LineTerms& terms) {
  CHECK(line <= terms_.size() && line < line_bits);
  if (line == terms_.size()) {
    waiting_.emplace_back(positions_.span());
    agents_.emplace_back();
    terms_.push_back(terms);
    work_.push_back(0);
    order_.push_back(AgentOrder::idle);
    shown_.push_back(nowhere);
    for (HeadBoard& heads : heads_) heads.resize(line + 1);
    aged_heads_.resize(line + 1);
    by_group_[terms.group].push_back(line);
  } else if (const uint32_t before = terms_[line].group; before != terms.group) {
    std::erase(by_group_[before], line);
    by_group_[terms.group].push_back(line);
  }
  terms_[line] = terms;
  work_[line] = static_cast<uint8_t>(terms.work);
  order_[line] = terms.order;
  show(line);
}

void Lines::hold(uint32_t line, bool held) {
  if (held) {
    set_bit(held_, known(line));
  } else {
    clear_bit(held_, known(line));
  }
  show(line);
}

std::span<const uint32_t> Lines::of_group(uint32_t group) const {
  const auto found = by_group_.find(group);
  if (found == by_group_.end()) return {};
  return found->second;
}

/// Puts the heads where the line's mode and state say.
void Lines::show(uint32_t line) {
  for (HeadBoard& heads : heads_) heads.clear(line);
  aged_heads_.clear(line);
  const LineMode mode = terms_[line].mode;
  const bool matched = !has_bit(held_, line) && mode != LineMode::manual;
  shown_[line] = matched ? static_cast<uint8_t>(mode) : nowhere;
  show_head(line);
  show_aged(line);
}
void Lines::show_head(uint32_t line) {
  if (shown_[line] == nowhere) return;
  heads_[shown_[line]].show(line, waiting_[line].queue.heap());
}
void Lines::show_aged(uint32_t line) {
  if (shown_[line] != nowhere) aged_heads_.show(line, waiting_[line].aged);
}

// --- Tickets ---

void Lines::enqueue(uint32_t line, uint32_t slot, Standing standing) {
  CHECK(line < terms_.size() && slot < place_.size());
  CHECK(!waiting(slot));
  waiting_[line].queue.push(slot, standing);
  place_[slot] = line + 1;
  if (positions_[slot] == 0) show_head(line);
}

void Lines::enqueue_for(uint32_t agent, uint32_t line, uint32_t slot, Standing standing) {
  CHECK(line < terms_.size() && slot < place_.size());
  CHECK(!waiting(slot));
  auto& own = personal_[agent];
  auto at = std::find_if(own.begin(), own.end(), [&](const Personal& p) { return p.line == line; });
  if (at == own.end()) {
    own.push_back({line, Waiting(positions_.span())});
    at = own.end() - 1;
    set_bit(with_personal_, agent);
  }
  at->waiting.queue.push(slot, standing);
  place_[slot] = (line + 1) | personal_bit;
  waits_for_[slot] = agent;
}

const Lines::Waiting* Lines::personal(uint32_t agent, uint32_t line) const {
  for (const Personal& personal : personal_[agent]) {
    if (personal.line == line) return &personal.waiting;
  }
  return nullptr;
}
Lines::Waiting& Lines::waiting_with(uint32_t slot) {
  const uint32_t line = line_of(slot);
  const uint32_t agent = waits_for(slot);
  if (agent == none) return waiting_[line];
  return const_cast<Waiting&>(*personal(agent, line));
}

void Lines::remove(uint32_t slot) {
  const uint32_t line = line_of(slot);
  const uint32_t agent = waits_for(slot);
  Waiting& left = waiting_with(slot);
  if (aged(slot) && !strict(slot)) {
    left.aged.erase(slot, aged_positions_.span());
    if (agent == none) show_aged(line);
  }
  const bool was_head = positions_[slot] == 0;
  left.queue.erase(slot);
  place_[slot] = 0;
  if (agent == none) {
    if (was_head) show_head(line);
  } else if (left.queue.empty()) {
    std::erase_if(personal_[agent], [&](const Personal& p) { return p.line == line; });
    if (personal_[agent].empty()) clear_bit(with_personal_, agent);
  }
}

void Lines::age(uint32_t slot) {
  CHECK(waiting(slot));
  if (aged(slot)) return;
  if (!strict(slot)) {
    waiting_with(slot).aged.push(slot, standing(slot), aged_positions_.span());
    if (waits_for(slot) == none) show_aged(line_of(slot));
  }
  place_[slot] |= aged_bit;
}

Standing Lines::standing(uint32_t slot) const {
  const uint32_t line = line_of(slot);
  const uint32_t agent = waits_for(slot);
  const Waiting& with = agent == none ? waiting_[line] : *personal(agent, line);
  return with.queue.standing(slot);
}

uint32_t Lines::waiting_for(uint32_t agent) const {
  uint32_t count = 0;
  for (const Personal& personal : personal_[agent]) count += personal.waiting.queue.size();
  return count;
}

// --- Searching ---

/// By the first in the heap that may be had.
void Lines::improve(Choice& best, uint32_t line, const StandingHeap& heap,
                    std::span<const uint32_t> excluded, uint32_t other_than) {
  heap.walk([&](const StandingHeap::Entry& entry) {
    if (!best.beaten_by(entry.standing())) return false;
    if (entry.slot == other_than ||
        std::binary_search(excluded.begin(), excluded.end(), entry.slot)) {
      return true;
    }
    best = {line, entry.slot, entry.standing()};
    return false;
  });
}

Lines::Choice Lines::best(const Asking& asking) const {
  Choice best;
  for (size_t mode = 0; mode < modes(asking); ++mode) {
    heads_[mode].search(asking.lines, best, [&](uint32_t line, const Standing& head) {
      if (!open(line, asking)) return;
      if (asking.excluded.empty()) {
        best = {line, none, head};  // which ticket is asked once, below
      } else {
        improve(best, line, waiting_[line].queue.heap(), asking.excluded);
      }
    });
  }
  if (best.found() && best.slot == none) {
    best.slot = slot_of(best);
    // It will most likely be taken out of its line.
    __builtin_prefetch(&positions_[best.slot]);
    __builtin_prefetch(&place_[best.slot]);
    waiting_[best.line].queue.heap().prefetch_for_erase();
  }
  for (const Personal& personal : personal_of(asking.agent)) {
    if (!has_bit(asking.lines, personal.line) || !open(personal.line, asking)) continue;
    improve(best, personal.line, personal.waiting.queue.heap(), asking.excluded);
  }
  return best;
}

Lines::Choice Lines::best_aged(const Asking& asking, uint32_t other_than) const {
  Choice best;
  aged_heads_.search(asking.lines, best, [&](uint32_t line, const Standing&) {
    if (open(line, asking)) improve(best, line, waiting_[line].aged, asking.excluded, other_than);
  });
  for (const Personal& personal : personal_of(asking.agent)) {
    if (!has_bit(asking.lines, personal.line) || !open(personal.line, asking)) continue;
    improve(best, personal.line, personal.waiting.aged, asking.excluded, other_than);
  }
  return best;
}

bool Lines::has_common(uint32_t line, std::span<const uint32_t> excluded) const {
  Choice best;
  improve(best, line, waiting_[line].queue.heap(), excluded);
  return best.found();
}
bool Lines::has_personal(uint32_t agent, uint32_t line, std::span<const uint32_t> excluded) const {
  Choice best;
  const Waiting* const own = personal(agent, line);
  if (own != nullptr) improve(best, line, own->queue.heap(), excluded);
  return best.found();
}

}  // namespace paceline::sched
