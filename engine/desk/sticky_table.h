// Who resolved a requester's tickets last, so that the next one may go to the same agent.
//
// Of fixed size: each key has one place, shared with keys that fall on it; the newest holds it. A
// key is a hash of 64 bits, so two requesters are mixed up once in some 10^13 pairs.
//
// Owner: shard thread.  Allocates: nothing; touched as it fills.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/base/fixed_array.h"

namespace paceline::desk {

class StickyTable {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  explicit StickyTable(uint32_t places) : entries_(std::bit_floor(places < 1 ? 1U : places)) {}

  void remember(uint64_t key, uint32_t agent, int64_t at_us) {
    entries_[key & (entries_.size() - 1)] = {key, at_us, agent + 1, 0};
    used_ = true;
  }
  /// The agent remembered for the key since `since_us` or later; `none` else.
  uint32_t find(uint64_t key, int64_t since_us) const {
    const Entry& entry = entries_[key & (entries_.size() - 1)];
    return entry.agent != 0 && entry.key == key && entry.at_us >= since_us ? entry.agent - 1 : none;
  }
  void persist(sched::Archive& archive) {
    archive.part("last resolvers", 1, sizeof(Entry));
    std::vector<Entry> filled;
    if (used_) {
      for (const Entry& entry : entries_.span()) {
        if (entry.agent != 0) filled.push_back(entry);
      }
    }
    archive.value(used_);
    archive.list(filled);
    if (!archive.loading()) return;
    for (const Entry& entry : filled) entries_[entry.key & (entries_.size() - 1)] = entry;
  }

  void add_to(sched::Digest& digest) const {
    if (!used_) return;
    for (size_t place = 0; place < entries_.size(); ++place) {
      const Entry& entry = entries_[place];
      if (entry.agent == 0) continue;
      digest.add(entry.key);
      digest.add(entry.at_us);
      digest.add(uint64_t{entry.agent});
    }
  }

 private:
  struct Entry {
    uint64_t key;
    int64_t at_us;
    uint32_t agent;  // plus one; 0: empty
    uint32_t reserved;
  };
  sched::FixedArray<Entry> entries_;
  bool used_ = false;
};

}  // namespace paceline::desk
