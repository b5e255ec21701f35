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

void Lines::close(uint32_t line, bool closed) {
  if (closed) {
    set_bit(closed_, known(line));
  } else {
    clear_bit(closed_, known(line));
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
  const bool matched = !has_bit(held_, line) && !has_bit(closed_, line) && mode != LineMode::manual;
  shown_[line] = matched ? static_cast<uint8_t>(mode) : nowhere;
  show_head(line);
  show_aged(line);
}
void Lines::show_head(uint32_t line) {
  if (shown_[line] == nowhere) return;
  heads_[shown_[line]].show(line, waiting_[line].queue);
}
void Lines::show_aged(uint32_t line) {
  if (shown_[line] != nowhere) aged_heads_.show(line, waiting_[line].aged);
}

// --- Tickets ---

void Lines::enqueue(uint32_t line, uint32_t slot, Standing standing) {
  CHECK(line < terms_.size() && slot < place_.size());
  CHECK(!waiting(slot));
  place_[slot] = line + 1;
  if (waiting_[line].queue.push(slot, standing)) show_head(line);
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
  const bool was_head = left.queue.erase(slot);
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

// --- Writing down ---

/// Calls f(waiting, line, agent or none).
template <class F>
void Lines::for_each_waiting(F&& f) {
  for (uint32_t line = 0; line < waiting_.size(); ++line) f(waiting_[line], line, none);
  for (uint32_t agent = 0; agent < personal_.size(); ++agent) {
    for (Personal& personal : personal_[agent]) f(personal.waiting, personal.line, agent);
  }
}

void Lines::persist(Archive& archive, uint32_t kind_count) {
  archive.part("lines", 3, sizeof(StandingHeap::Entry));
  std::vector<LineTerms> terms = terms_;
  archive.fields(terms, held_);
  if (archive.loading()) {
    for (uint32_t line = 0; line < terms.size() && !archive.failed(); ++line) {
      if (archive.require(terms[line].work < kind_count, "a line is of no kind of work")) {
        define(line, terms[line]);
      }
    }
  }
  for (auto& own : personal_) {
    const uint64_t count = archive.size(own.size(), sizeof(uint32_t));
    for (uint64_t at = 0; at < count && !archive.failed(); ++at) {
      if (archive.loading()) own.push_back({0, Waiting(positions_.span())});
      archive.value(own[at].line);
      archive.require(own[at].line < terms_.size(), "somebody waits in no line");
    }
  }
  for_each_waiting(
      [&](Waiting& waiting, uint32_t, uint32_t) { waiting.persist(archive, place_.size()); });
  aged_strict_.clear();
  if (archive.saving()) {
    for_each_waiting([&](Waiting& waiting, uint32_t, uint32_t) {
      waiting.queue.for_each([&](uint32_t slot, uint32_t) {
        if (aged(slot) && strict(slot)) aged_strict_.push_back(slot);
      });
    });
  }
  archive.bulk_list(aged_strict_);
}

bool Lines::place(Waiting& waiting, uint32_t line, uint32_t agent) {
  bool sound = true;
  waiting.queue.rebuild([&](uint32_t slot, uint32_t index) {
    if (slot >= place_.size() || place_[slot] != 0) {
      sound = false;
      return;
    }
    positions_[slot] = index;
    place_[slot] = (line + 1) | (agent == none ? 0 : personal_bit);
    if (agent != none) waits_for_[slot] = agent;
  });
  waiting.aged.for_each([&](uint32_t slot, uint32_t index) {
    if (slot >= place_.size() || !this->waiting(slot) || aged(slot) || line_of(slot) != line ||
        waits_for(slot) != agent) {
      sound = false;
      return;
    }
    aged_positions_[slot] = index;
    place_[slot] |= aged_bit;
  });
  return sound;
}

void Lines::rebuild(Archive& archive) {
  bool sound = true;
  for_each_waiting([&](Waiting& waiting, uint32_t line, uint32_t agent) {
    sound = sound && place(waiting, line, agent);
    if (agent != none) set_bit(with_personal_, agent);
  });
  for (const uint32_t slot : aged_strict_) {
    sound = sound && slot < place_.size() && waiting(slot) && !aged(slot) && strict(slot);
    if (sound) place_[slot] |= aged_bit;
  }
  aged_strict_.clear();
  if (!archive.require(sound, "a ticket waits in two places, or in none where it has aged")) return;
  for (uint32_t line = 0; line < terms_.size(); ++line) show(line);
}

// --- Searching ---

Lines::Choice Lines::best(const Asking& asking) const {
  Choice best;
  for (size_t mode = 0; mode < modes(asking); ++mode) {
    heads_[mode].search(asking.lines, best, [&](uint32_t line, const Standing& head) {
      if (!open(line, asking)) return;
      if (asking.excluded.empty()) {
        best = {line, none, head};  // which ticket is asked once, below
      } else {
        improve(best, line, waiting_[line].queue, asking.excluded);
      }
    });
  }
  if (best.found() && best.slot == none) {
    best.slot = slot_of(best);
    // It will most likely be taken out of its line.
    __builtin_prefetch(&positions_[best.slot]);
    __builtin_prefetch(&place_[best.slot]);
    waiting_[best.line].queue.prefetch_for_erase();
  }
  for (const Personal& personal : personal_of(asking.agent)) {
    if (!has_bit(asking.lines, personal.line) || !open(personal.line, asking)) continue;
    improve(best, personal.line, personal.waiting.queue, asking.excluded);
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
  improve(best, line, waiting_[line].queue, excluded);
  return best.found();
}
bool Lines::has_personal(uint32_t agent, uint32_t line, std::span<const uint32_t> excluded) const {
  Choice best;
  const Waiting* const own = personal(agent, line);
  if (own != nullptr) improve(best, line, own->queue, excluded);
  return best.found();
}

}  // namespace paceline::sched
