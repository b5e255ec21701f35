#include "sched/ranked_agents.h"

#include <bit>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

size_t RankedAgents::find(uint32_t word) const {
  size_t low = 0;
  size_t high = block_count();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (cells_[middle * stride()] < word) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low * stride();
}

/// Adds the planes the rank needs.
void RankedAgents::widen(uint32_t rank) {
  CHECK(rank <= rank_max);
  const auto planes = static_cast<uint32_t>(std::bit_width(rank));
  if (planes <= planes_) return;
  std::vector<uint64_t> wider;
  wider.reserve(block_count() * (size_t{2} + planes));
  for (size_t at = 0; at < cells_.size(); at += stride()) {
    const auto block = cells_.begin() + static_cast<ptrdiff_t>(at);
    wider.insert(wider.end(), block, block + static_cast<ptrdiff_t>(stride()));
    wider.resize(wider.size() + planes - planes_, 0);
  }
  cells_ = std::move(wider);
  planes_ = planes;
}

void RankedAgents::put(size_t at, uint32_t agent, uint32_t rank) {
  cells_[at + 1] |= bit_of(agent);
  for (uint32_t plane = 0; plane < planes_; ++plane) {
    uint64_t& bits = cells_[at + 2 + plane];
    bits = (rank >> plane & 1) != 0 ? bits | bit_of(agent) : bits & ~bit_of(agent);
  }
}

void RankedAgents::assign(std::span<const Ranked> ascending) {
  cells_.clear();
  planes_ = 0;
  uint32_t rank_greatest = 0;
  size_t blocks = 0;
  uint32_t word = 0xffff'ffff;
  for (const Ranked& ranked : ascending) {
    if (ranked.rank > rank_greatest) rank_greatest = ranked.rank;
    if (ranked.agent / 64 == word) continue;
    word = ranked.agent / 64;
    ++blocks;
  }
  widen(rank_greatest);
  cells_.reserve(blocks * stride());
  for (const Ranked& ranked : ascending) set(ranked.agent, ranked.rank);
  cells_.shrink_to_fit();
}

void RankedAgents::set(uint32_t agent, uint32_t rank) {
  widen(rank);
  const uint32_t word = agent / 64;
  // Agents are mostly added in order of their numbers.
  const size_t last = cells_.empty() ? 0 : cells_.size() - stride();
  const size_t at = cells_.empty() || cells_[last] < word ? cells_.size()
                    : cells_[last] == word                ? last
                                                          : find(word);
  if (!holds(at, word)) {
    cells_.insert(cells_.begin() + static_cast<ptrdiff_t>(at), stride(), 0);
    cells_[at] = word;
  }
  put(at, agent, rank);
}

void RankedAgents::clear(uint32_t agent) {
  const size_t at = find(agent / 64);
  if (!holds(at, agent / 64)) return;
  put(at, agent, 0);
  cells_[at + 1] &= ~bit_of(agent);
  if (cells_[at + 1] != 0) return;
  const auto block = cells_.begin() + static_cast<ptrdiff_t>(at);
  cells_.erase(block, block + static_cast<ptrdiff_t>(stride()));
}

bool RankedAgents::has(uint32_t agent) const {
  const size_t at = find(agent / 64);
  return holds(at, agent / 64) && (cells_[at + 1] & bit_of(agent)) != 0;
}

uint32_t RankedAgents::rank(uint32_t agent) const {
  const size_t at = find(agent / 64);
  CHECK(holds(at, agent / 64) && (cells_[at + 1] & bit_of(agent)) != 0);
  return Block(cells_.data() + at, planes_).best(bit_of(agent)).rank;
}

bool RankedAgents::any_of(const Bits& agents) const {
  for (size_t at = 0; at < cells_.size(); at += stride()) {
    if (cells_[at] < agents.size() && (cells_[at + 1] & agents[cells_[at]]) != 0) return true;
  }
  return false;
}

}  // namespace paceline::sched
