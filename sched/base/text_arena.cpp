#include "sched/base/text_arena.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {
constexpr uint32_t mib = 1'048'576;
constexpr uint32_t chunks_addressable = 65'536;  // of 2^16 granules each
constexpr uint32_t none = UINT32_MAX;

void set_bit(uint64_t& word, uint32_t at, bool value) {
  const uint64_t bit = uint64_t{1} << (at % 64);
  word = value ? word | bit : word & ~bit;
}
}  // namespace

TextArena::TextArena(uint32_t mib_max)
    : bytes_max_(uint64_t{mib_max} * mib),
      chunks_max_(
          static_cast<uint32_t>(std::min<uint64_t>(uint64_t{mib_max} * 2 + 1, chunks_addressable))),
      bytes_(size_t{chunks_max_} * mib, Pages::huge),
      heads_(class_max + 1, 0),
      filled_{},
      groups_{} {}

TextArena::Free TextArena::load(Ref ref) const {
  Free free;
  std::memcpy(&free, data(ref), sizeof free);
  return free;
}
void TextArena::store(Ref ref, const Free& free) { std::memcpy(data(ref), &free, sizeof free); }

bool TextArena::edge_of_free(Ref ref) const { return (edges_[ref / 64] >> (ref % 64) & 1) != 0; }
void TextArena::mark(Ref ref, bool free) { set_bit(edges_[ref / 64], ref, free); }

void TextArena::set_filled(uint32_t size_class, bool filled) {
  const uint32_t word = size_class / 64;
  set_bit(filled_[word], size_class, filled);
  set_bit(groups_[word / 64], word, filled_[word] != 0);
}

void TextArena::link(Ref ref, uint32_t granules) {
  const uint32_t size_class = class_of(granules);
  const Ref next = heads_[size_class];
  if (granules > 1) {
    Free last = load(ref + granules - 1);
    last.granules_at_end = granules;
    store(ref + granules - 1, last);
  }
  store(ref, {next, 0, granules, granules});
  if (next != 0) {
    Free behind = load(next);
    behind.previous = ref;
    store(next, behind);
  }
  heads_[size_class] = ref;
  if (next == 0) set_filled(size_class, true);
  mark(ref, true);
  mark(ref + granules - 1, true);
}

void TextArena::unlink(Ref ref, const Free& free) {
  const uint32_t size_class = class_of(free.granules);
  if (free.next != 0) {
    Free behind = load(free.next);
    behind.previous = free.previous;
    store(free.next, behind);
  }
  if (free.previous != 0) {
    Free before = load(free.previous);
    before.next = free.next;
    store(free.previous, before);
  } else {
    heads_[size_class] = free.next;
    if (free.next == 0) set_filled(size_class, false);
  }
  mark(ref, false);
  mark(ref + free.granules - 1, false);
}

/// The smallest free block of at least `granules`; 0 if none.
TextArena::Ref TextArena::find(uint32_t granules) const {
  const auto first_from = [](const auto& words, uint32_t at) {
    const uint64_t bits = words[at / 64] & (~uint64_t{0} << (at % 64));
    return bits == 0 ? none : at / 64 * 64 + static_cast<uint32_t>(std::countr_zero(bits));
  };
  uint32_t size_class = first_from(filled_, granules);
  for (uint32_t word = granules / 64 + 1; size_class == none;) {
    if (word >= class_words) return 0;
    const uint32_t filled = first_from(groups_, word);
    if (filled == none)
      word = (word / 64 + 1) * 64;
    else
      size_class = first_from(filled_, filled * 64);
  }
  return heads_[size_class];
}

void TextArena::hold_chunk() {
  ++chunks_;
  edges_.resize(edges_.size() + chunk_granules / 64, 0);
  bytes_.coming(size_t{chunks_ + 1} * mib - 1);
}

bool TextArena::add_chunk() {
  if (chunks_ == chunks_max_) return false;
  const auto first = static_cast<Ref>(chunks_ * chunk_granules);
  hold_chunk();
  // Ref 0 is no text, so the very first granule stays unused.
  const uint32_t unused = first == 0 ? 1 : 0;
  link(first + unused, chunk_granules - unused);
  return true;
}

TextArena::Ref TextArena::allocate(uint32_t size) {
  CHECK(size > 0 && size <= block_size_max);
  const uint32_t granules = (size + granule - 1) / granule;
  if (bytes_used_ + uint64_t{granules} * granule > bytes_max_) return 0;
  Ref ref = find(granules);
  if (ref == 0) {
    if (!add_chunk()) return 0;
    ref = find(granules);
  }
  const Free free = load(ref);
  unlink(ref, free);
  if (free.granules > granules) link(ref + granules, free.granules - granules);
  bytes_used_ += uint64_t{granules} * granule;
  return ref;
}

void TextArena::release(Ref ref, uint32_t size) {
  CHECK(ref != 0 && ref / chunk_granules < chunks_);
  CHECK(size > 0 && size <= block_size_max);
  uint32_t granules = (size + granule - 1) / granule;
  DCHECK(!edge_of_free(ref));
  CHECK(bytes_used_ >= uint64_t{granules} * granule);
  bytes_used_ -= uint64_t{granules} * granule;

  const Ref behind = ref + granules;
  if (behind % chunk_granules != 0 && edge_of_free(behind)) {
    const Free free = load(behind);
    unlink(behind, free);
    granules += free.granules;
  }
  if (ref % chunk_granules != 0 && ref != 1 && edge_of_free(ref - 1)) {
    const Ref before = ref - load(ref - 1).granules_at_end;
    unlink(before, load(before));
    granules += ref - before;
    ref = before;
  }
  link(ref, granules);
}

/// The granule after the last one in use.
uint32_t TextArena::end_of_used(uint32_t chunk) const {
  const Ref end = (chunk + 1) * chunk_granules;
  return chunk_granules - (edge_of_free(end - 1) ? load(end - 1).granules_at_end : 0);
}

void TextArena::persist(Archive& archive) {
  uint64_t count = archive.size(chunks_, 1);
  if (!archive.require(count <= chunks_max_, "more texts than the limits let there be")) return;
  for (uint32_t chunk = 0; chunk < count && !archive.failed(); ++chunk) {
    if (archive.loading()) hold_chunk();
    uint32_t granules = archive.saving() ? end_of_used(chunk) : 0;
    archive.value(granules);
    if (!archive.require(granules <= chunk_granules, "a chunk of texts is too long")) return;
    archive.block(&bytes_[size_t{chunk} * mib], size_t{granules} * granule);
  }
  if (archive.loading()) claimed_.assign(size_t{chunks_} * (chunk_granules / 64), 0);
}

bool TextArena::claim(Ref ref, uint32_t size) {
  const uint32_t granules = (size + granule - 1) / granule;
  const uint32_t at = ref % chunk_granules;
  if (ref == 0 || ref / chunk_granules >= chunks_ || size == 0) return false;
  if (granules > chunk_granules - at) return false;
  const Ref end = ref + granules;
  for (Ref each = ref; each < end;) {
    const uint32_t bits = std::min(64 - each % 64, end - each);
    const uint64_t mask = ~uint64_t{0} >> (64 - bits) << (each % 64);
    if ((claimed_[each / 64] & mask) != 0) return false;
    claimed_[each / 64] |= mask;
    each += bits;
  }
  bytes_used_ += uint64_t{granules} * granule;
  return true;
}

/// The first granule of [from, end) that is claimed, or is not; `end` if there is none.
TextArena::Ref TextArena::find_claimed(Ref from, Ref end, bool claimed) const {
  while (from < end) {
    const uint64_t word = (claimed ? claimed_[from / 64] : ~claimed_[from / 64]) >> (from % 64);
    if (word != 0) return std::min(end, from + static_cast<Ref>(std::countr_zero(word)));
    from += 64 - from % 64;
  }
  return end;
}

void TextArena::rebuild() {
  const auto end = static_cast<Ref>(chunks_ * chunk_granules);
  for (Ref from = find_claimed(1, end, false); from < end;) {
    const Ref to = find_claimed(from, (from / chunk_granules + 1) * chunk_granules, true);
    link(from, to - from);
    from = find_claimed(to, end, false);
  }
  std::vector<uint64_t>().swap(claimed_);
}

uint64_t TextArena::bytes_held() const {
  return uint64_t{chunks_} * mib + edges_.capacity() * sizeof(uint64_t) +
         heads_.capacity() * sizeof(Ref);
}

}  // namespace paceline::sched
