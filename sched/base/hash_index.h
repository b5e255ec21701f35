// HashIndex: hash → slot, for looking up records that lie elsewhere.
//
// Open addressing with 8-byte cells that hold half of the hash: a probe rarely has to look at the
// record itself, and an entry is moved without doing so at all. Doubles in two parts, a little with
// every insertion, so that none pays for a whole rehash: the next table's memory is touched while
// this one fills from five to six eighths, then cells are moved. Order is never observable: there
// is no iteration.
//
// Owner: one thread.  Allocates: when it is five eighths full.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "sched/base/check.h"
#include "sched/base/fixed_array.h"

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
    const uint32_t found = find_in(table_, tag_of(hash), equal);
    if (found != none || old_.size() == 0) return found;
    return find_in(old_, tag_of(hash), equal);
  }

  /// A look-up is coming. (Inlined by force: g++ drops calls of what does nothing but prefetch.)
  [[gnu::always_inline]] void expect(uint64_t hash) const {
    __builtin_prefetch(&table_[home(table_, tag_of(hash))]);
  }
  /// What find() most likely gives, without a look at any record.
  uint32_t guess(uint64_t hash) const {
    return find(hash, [](uint32_t) { return true; });
  }

  /// Requires that no equal record is in the index.
  void insert(uint64_t hash, uint32_t slot) {
    const size_t eighths = (used_ + 1) * 8;
    if (eighths > table_.size() * 5) prepare(used_ + 1 - table_.size() / 8 * 5);
    if (eighths > table_.size() * 6) grow();
    migrate(cells_moved_per_insert);
    put(table_, {tag_of(hash), slot + 1});
    ++used_;
  }

  /// Requires that `slot` was inserted with `hash`.
  void erase(uint64_t hash, uint32_t slot) {
    const Cell cell{tag_of(hash), slot + 1};
    if (!take(table_, cell)) CHECK(take(old_, cell));
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
        put(table_, {tag_of(oldest.hash), oldest.slot + 1});
      }
      auto& next = coming[fetched++ % ahead];
      next = {hash_of(slot), slot};
      __builtin_prefetch(&table_[home(table_, tag_of(next.hash))], 1);
    }
    for (; put_in != fetched; ++put_in) {
      put(table_, {tag_of(coming[put_in % ahead].hash), coming[put_in % ahead].slot + 1});
    }
    CHECK(fetched <= entries);
    used_ = fetched;
  }

  uint32_t size() const { return static_cast<uint32_t>(used_); }
  uint64_t bytes() const { return (table_.size() + old_.size() + next_.size()) * sizeof(Cell); }

 private:
  struct Cell {
    uint32_t tag;
    uint32_t place;  // slot + 1; 0: empty
  };
  using Table = FixedArray<Cell>;
  static constexpr size_t first_size = 1'024;
  static constexpr size_t cells_moved_per_insert = 8;
  static constexpr size_t cells_touched_per_insert = 16;  // twice the table within an eighth of it
  static constexpr size_t huge_from_cells = size_t{1} << 18;  // 2 MiB, a huge page

  static uint32_t tag_of(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }
  // From the tag, so that an entry tells its own home: tables have at most 2^32 cells.
  static size_t home(const Table& table, uint32_t tag) { return tag & (table.size() - 1); }

  template <class Equal>
  static uint32_t find_in(const Table& table, uint32_t tag, Equal&& equal) {
    for (size_t at = home(table, tag);; at = (at + 1) & (table.size() - 1)) {
      const Cell& cell = table[at];
      if (cell.place == 0) return none;
      if (cell.tag == tag && equal(cell.place - 1)) return cell.place - 1;
    }
  }

  static void put(Table& table, Cell cell) {
    size_t at = home(table, cell.tag);
    while (table[at].place != 0) at = (at + 1) & (table.size() - 1);
    table[at] = cell;
  }

  /// Removes by moving later cells of the run back (no tombstones).
  static bool take(Table& table, Cell cell) {
    if (table.size() == 0) return false;
    const size_t mask = table.size() - 1;
    size_t at = home(table, cell.tag);
    while (table[at].place != cell.place) {
      if (table[at].place == 0) return false;
      at = (at + 1) & mask;
    }
    for (size_t next = (at + 1) & mask; table[next].place != 0; next = (next + 1) & mask) {
      const size_t wanted = home(table, table[next].tag);
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
    table_ = made(size);
    old_ = Table();
    next_ = Table();
    next_old_ = used_ = 0;
  }

  static Table made(size_t cells) {
    return Table(cells, cells >= huge_from_cells ? Pages::huge_from_start : Pages::small);
  }
  void prepare(size_t insertions) {
    if (next_.size() == 0) next_ = made(table_.size() * 2);
    next_.reach(std::min(insertions * cells_touched_per_insert, next_.size()) - 1);
  }
  void grow() {
    migrate(~size_t{0});  // normally finished long ago
    old_ = std::exchange(table_, std::exchange(next_, Table()));
    next_old_ = 0;
  }

  /// Empties cells from the front; take() pulls displaced entries back into the cell just emptied,
  /// so that what stays in the old table can still be found by probing.
  void migrate(size_t cells) {
    if (old_.size() == 0) return;
    size_t moved = 0;
    while (next_old_ < old_.size() && moved < cells) {
      const Cell cell = old_[next_old_];
      ++moved;
      if (cell.place == 0) {
        ++next_old_;
        continue;
      }
      CHECK(take(old_, cell));  // may pull another entry into this cell
      put(table_, cell);
    }
    if (next_old_ == old_.size()) old_ = Table();
  }

  Table table_;
  Table old_;   // while the last doubling is being worked off
  Table next_;  // while the next one is near
  size_t next_old_ = 0;
  size_t used_ = 0;
};

}  // namespace paceline::sched
