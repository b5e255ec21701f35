// HashIndex: hash → slot, for looking up records that lie elsewhere.
//
// Open addressing with 8-byte cells that hold half of the hash, so that a probe rarely has to look
// at the record itself. Grows by moving a few cells with every insertion: no insertion ever pays
// for a whole rehash. Order is never observable: there is no iteration.
//
// Owner: one thread.  Allocates: when it doubles.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sched/base/check.h"

namespace paceline::sched {

/// Spreads consecutive numbers over all bits (the finaliser of SplitMix64).
constexpr uint64_t mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class HashIndex {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  HashIndex() : table_(first_size) {}

  /// `equal(slot)` says whether the record at slot is the one sought. `none` if there is none.
  template <class Equal>
  uint32_t find(uint64_t hash, Equal&& equal) const {
    const uint32_t found = find_in(table_, hash, equal);
    if (found != none || old_.empty()) return found;
    return find_in(old_, hash, equal);
  }

  /// A look-up is coming. (Inlined by force: g++ drops calls of what does nothing but prefetch.)
  [[gnu::always_inline]] void expect(uint64_t hash) const {
    __builtin_prefetch(&table_[home(table_, hash)]);
  }
  /// What find() most likely gives, without a look at any record.
  uint32_t guess(uint64_t hash) const {
    return find(hash, [](uint32_t) { return true; });
  }

  /// Requires that no equal record is in the index. `hash_of(slot)` gives the hash an entry was
  /// inserted with, for when it moves.
  template <class HashOf>
  void insert(uint64_t hash, uint32_t slot, HashOf&& hash_of) {
    if ((used_ + 1) * 4 > table_.size() * 3) grow(hash_of);
    migrate(cells_moved_per_insert, hash_of);
    put(table_, hash, slot);
    ++used_;
  }

  /// Requires that `slot` was inserted with `hash`.
  template <class HashOf>
  void erase(uint64_t hash, uint32_t slot, HashOf&& hash_of) {
    if (!take(table_, hash, slot, hash_of)) CHECK(take(old_, hash, slot, hash_of));
    --used_;
  }

  /// Begins anew with those of the slots 0 … count − 1 that are `there(slot)`, `entries` of them at
  /// most. Cells are fetched ahead, since every one is a cache miss.
  template <class There, class HashOf>
  void rebuild(uint32_t count, uint32_t entries, There&& there, HashOf&& hash_of) {
    constexpr uint32_t ahead = 16;
    struct {
      uint64_t hash;
      uint32_t slot;
    } coming[ahead];
    reset(entries);
    uint32_t fetched = 0;
    uint32_t put_in = 0;
    for (uint32_t slot = 0; slot < count; ++slot) {
      if (!there(slot)) continue;
      if (fetched - put_in == ahead) {
        const auto& oldest = coming[put_in++ % ahead];
        put(table_, oldest.hash, oldest.slot);
      }
      auto& next = coming[fetched++ % ahead];
      next = {hash_of(slot), slot};
      __builtin_prefetch(&table_[home(table_, next.hash)], 1);
    }
    for (; put_in != fetched; ++put_in) {
      put(table_, coming[put_in % ahead].hash, coming[put_in % ahead].slot);
    }
    CHECK(fetched <= entries);
    used_ = fetched;
  }

  uint32_t size() const { return static_cast<uint32_t>(used_); }
  uint64_t bytes() const { return (table_.capacity() + old_.capacity()) * sizeof(Cell); }

 private:
  struct Cell {
    uint32_t tag = 0;
    uint32_t slot = none;
  };
  using Table = std::vector<Cell>;
  static constexpr size_t first_size = 1'024;
  static constexpr size_t cells_moved_per_insert = 8;

  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  static size_t home(const Table& table, uint64_t hash) { return hash & (table.size() - 1); }

  template <class Equal>
  static uint32_t find_in(const Table& table, uint64_t hash, Equal&& equal) {
    const uint32_t tag = tag_of(hash);
    for (size_t at = home(table, hash);; at = (at + 1) & (table.size() - 1)) {
      const Cell& cell = table[at];
      if (cell.slot == none) return none;
      if (cell.tag == tag && equal(cell.slot)) return cell.slot;
    }
  }

  static void put(Table& table, uint64_t hash, uint32_t slot) {
    size_t at = home(table, hash);
    while (table[at].slot != none) at = (at + 1) & (table.size() - 1);
    table[at] = {tag_of(hash), slot};
  }

  /// Removes by moving later cells of the run back (no tombstones).
  template <class HashOf>
  static bool take(Table& table, uint64_t hash, uint32_t slot, HashOf&& hash_of) {
    if (table.empty()) return false;
    const size_t mask = table.size() - 1;
    size_t at = home(table, hash);
    while (table[at].slot != slot) {
      if (table[at].slot == none) return false;
      at = (at + 1) & mask;
    }
    for (size_t next = (at + 1) & mask; table[next].slot != none; next = (next + 1) & mask) {
      const size_t wanted = home(table, hash_of(table[next].slot));
      if (((next - wanted) & mask) >= ((next - at) & mask)) {
        table[at] = table[next];
        at = next;
      }
    }
    table[at] = Cell{};
    return true;
  }

  /// Begins anew with room for `count` entries.
  void reset(uint32_t count) {
    size_t size = first_size;
    while ((size_t{count} + 1) * 4 > size * 3) size *= 2;
    table_.assign(size, Cell{});
    Table().swap(old_);
    next_old_ = used_ = 0;
  }

  template <class HashOf>
  void grow(HashOf&& hash_of) {
    migrate(~size_t{0}, hash_of);  // normally finished long ago
    old_ = std::exchange(table_, Table(table_.size() * 2));
    next_old_ = 0;
  }

  /// Empties cells from the front; take() pulls displaced entries back into the cell just emptied,
  /// so that what stays in the old table can still be found by probing.
  template <class HashOf>
  void migrate(size_t cells, HashOf&& hash_of) {
    if (old_.empty()) return;
    size_t moved = 0;
    while (next_old_ < old_.size() && moved < cells) {
      const Cell cell = old_[next_old_];
      ++moved;
      if (cell.slot == none) {
        ++next_old_;
        continue;
      }
      const uint64_t hash = hash_of(cell.slot);
      CHECK(take(old_, hash, cell.slot, hash_of));  // may pull another entry into this cell
      put(table_, hash, cell.slot);
    }
    if (next_old_ == old_.size()) Table().swap(old_);
  }

  Table table_;
  Table old_;  // while the last doubling is being worked off
  size_t next_old_ = 0;
  size_t used_ = 0;
};

}  // namespace paceline::sched
