#include "sched/ranked_agents.h"

#include <bit>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

/// Adds the planes the rank needs.
void RankedAgents::widen(uint32_t rank) {
  CHECK(rank <= rank_max);
  const auto planes = static_cast<uint32_t>(std::bit_width(rank));
  if (planes <= planes_) return;
  std::vector<uint64_t> wider(block_count() * planes, 0);
  for (size_t block = 0; block < block_count(); ++block) {
    for (uint32_t plane = 0; plane < planes_; ++plane) {
      wider[block * planes + plane] = ranks_[block * planes_ + plane];
    }
  }
  ranks_ = std::move(wider);
  planes_ = planes;
}

void RankedAgents::assign(std::span<const Ranked> ascending) {
  uint32_t rank_greatest = 0;
  size_t blocks = 0;
  for (size_t i = 0; i < ascending.size(); ++i) {
    rank_greatest = std::max(rank_greatest, ascending[i].rank);
    if (i == 0 || ascending[i].agent / 64 != ascending[i - 1].agent / 64) ++blocks;
  }
  *this = {};
  widen(rank_greatest);
  words_.reserve(blocks);
  agents_.reserve(blocks);
  ranks_.reserve(blocks * planes_);
  for (const Ranked& ranked : ascending) set(ranked.agent, ranked.rank);
}

void RankedAgents::set(uint32_t agent, uint32_t rank) {
  widen(rank);
  const uint32_t word = agent / 64;
  // Agents are mostly added in order of their numbers.
  const size_t block = !empty() && words_.back() < word ? block_count() : find(word);
  if (!is(block, word)) {
    const auto at = static_cast<ptrdiff_t>(block);
    words_.insert(words_.begin() + at, word);
    agents_.insert(agents_.begin() + at, 0);
    ranks_.insert(ranks_.begin() + at * planes_, planes_, 0);
  }
  agents_[block] |= bit_of(agent);
  for (uint32_t plane = 0; plane < planes_; ++plane) {
    uint64_t& bits = ranks_[block * planes_ + plane];
    bits = (rank >> plane & 1) != 0 ? bits | bit_of(agent) : bits & ~bit_of(agent);
  }
}

void RankedAgents::clear(uint32_t agent) {
  const size_t block = find(agent / 64);
  if (!is(block, agent / 64)) return;
  agents_[block] &= ~bit_of(agent);
  if (agents_[block] != 0) return;
  const auto at = static_cast<ptrdiff_t>(block);
  words_.erase(words_.begin() + at);
  agents_.erase(agents_.begin() + at);
  ranks_.erase(ranks_.begin() + at * planes_, ranks_.begin() + (at + 1) * planes_);
}

bool RankedAgents::has(uint32_t agent) const {
  const size_t block = find(agent / 64);
  return is(block, agent / 64) && (agents_[block] & bit_of(agent)) != 0;
}

uint32_t RankedAgents::rank(uint32_t agent) const {
  CHECK(has(agent));
  return best(find(agent / 64), bit_of(agent)).rank;
}

bool RankedAgents::any_of(const Bits& agents) const {
  for (size_t block = 0; block < block_count(); ++block) {
    if (words_[block] < agents.size() && (agents_[block] & agents[words_[block]]) != 0) return true;
  }
  return false;
}

}  // namespace paceline::sched
