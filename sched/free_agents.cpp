#include "sched/free_agents.h"

#include <limits>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {
constexpr int64_t nobody = std::numeric_limits<int64_t>::max();
}

void FreeAgents::add_agent() {
  kinds_of_.push_back(0);
  if (kinds_of_.size() % 64 != 1) return;
  any_.push_back(0);
  for_each_bit(orders_in_use_, 0,
               [&](uint32_t order) { keys_[order].resize(any_.size() * 64, 0); });
  for (OfKind& of_kind : of_kind_) resize_kind(of_kind);
}

void FreeAgents::set_kind_count(uint32_t kinds) {
  CHECK(kinds >= of_kind_.size() && kinds <= 64);
  of_kind_.resize(kinds);
  for (OfKind& of_kind : of_kind_) resize_kind(of_kind);
}

void FreeAgents::resize_kind(OfKind& of_kind) {
  of_kind.agents.resize(any_.size(), 0);
  for_each_bit(orders_in_use_, 0,
               [&](uint32_t order) { of_kind.least[order].resize(any_.size(), nobody); });
}

bool FreeAgents::use(AgentOrder order) {
  if (in_use(order)) return false;
  orders_in_use_ |= uint32_t{1} << index(order);
  keys_[index(order)].assign(any_.size() * 64, 0);
  for (OfKind& of_kind : of_kind_) {
    resize_kind(of_kind);
    for (size_t word = 0; word < any_.size(); ++word) {
      of_kind.least[index(order)][word] = of_kind.agents[word] != 0 ? 0 : nobody;
    }
  }
  return true;
}

void FreeAgents::set(uint32_t agent, uint64_t kinds) {
  const uint64_t before = kinds_of_[agent];
  if (kinds == before) return;
  kinds_of_[agent] = kinds;
  const uint32_t word = agent / 64;
  if ((before == 0) != (kinds == 0)) {
    any_[word] ^= bit_of(agent);
    any_count_ += kinds != 0 ? 1U : ~0U;
  }
  const uint64_t left = before & ~kinds;
  const uint64_t joined = kinds & ~before;
  for_each_bit(left, 0, [&](uint32_t kind) { of_kind_[kind].agents[word] &= ~bit_of(agent); });
  for_each_bit(joined, 0, [&](uint32_t kind) { of_kind_[kind].agents[word] |= bit_of(agent); });
  for_each_bit(orders_in_use_, 0, [&](uint32_t order) {
    const int64_t key = keys_[order][agent];
    forget_key(order, word, left, key);
    for_each_bit(joined, 0, [&](uint32_t kind) {
      int64_t& least = of_kind_[kind].least[order][word];
      if (key < least) least = key;
    });
  });
}

void FreeAgents::set_key(AgentOrder order, uint32_t agent, int64_t key) {
  int64_t& own = keys_[index(order)][agent];
  const int64_t before = own;
  if (key == before) return;
  own = key;
  const uint32_t word = agent / 64;
  if (key > before) return forget_key(index(order), word, kinds_of_[agent], before);
  for_each_bit(kinds_of_[agent], 0, [&](uint32_t kind) {
    int64_t& least = of_kind_[kind].least[index(order)][word];
    if (key < least) least = key;
  });
}

/// An agent of the word no longer has this key among those free for these kinds.
void FreeAgents::forget_key(size_t order, uint32_t word, uint64_t kinds, int64_t key) {
  // Those free for one kind of work are mostly those free for the next.
  uint64_t looked_at = 0;
  int64_t least = nobody;
  for_each_bit(kinds, 0, [&](uint32_t kind) {
    OfKind& of_kind = of_kind_[kind];
    if (of_kind.least[order][word] != key) return;
    if (of_kind.agents[word] != looked_at) {
      looked_at = of_kind.agents[word];
      least = nobody;
      for_each_bit(looked_at, word, [&](uint32_t agent) {
        if (keys_[order][agent] < least) least = keys_[order][agent];
      });
    }
    of_kind.least[order][word] = least;
  });
}

FreeAgents::Best FreeAgents::best(const RankedAgents& agents, uint32_t kind, AgentOrder order,
                                  std::span<const uint32_t> but_for) const {
  const uint64_t* const free = of_kind_[kind].agents.data();
  const int64_t* const least = of_kind_[kind].least[index(order)].data();
  const int64_t* const keys = keys_[index(order)].data();
  Best best;
  const size_t blocks = agents.block_count();
  for (size_t block = 0; block < blocks; ++block) {
    const uint32_t word = agents.word(block);
    uint64_t some = agents.agents(block) & free[word];
    for (; !but_for.empty() && but_for.front() / 64 <= word; but_for = but_for.subspan(1)) {
      if (but_for.front() / 64 == word) some &= ~bit_of(but_for.front());
    }
    if (some == 0) continue;
    const RankedAgents::Best first = agents.best(block, some);
    if (best.agent != none &&
        (first.rank > best.rank || (first.rank == best.rank && least[word] >= best.key))) {
      continue;
    }
    for_each_bit(first.agents, word, [&](uint32_t agent) {
      best.improve({agent, first.rank, keys[agent]});
    });
  }
  return best;
}

}  // namespace paceline::sched
