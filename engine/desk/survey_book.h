// Surveys: who was asked, what they answered, and whom to leave in peace.
//
// Beside the tickets, since an answer may come when its ticket has long left memory, and a ticket
// of a desk without surveys pays nothing. Surveys lie in the order in which they were sent. One
// that has ended (answered and past changing, or run out) is told to the history with the next
// ticket that leaves, and forgotten once the quiet period of its requester is over as well: what is
// kept is bounded by what was sent in the longer of the two.
//
//   first_                     told_                       first_ + size
//     │ in the history, kept for │ live, or not told of yet    │
//     │ the quiet period         │                             │
//
// Owner: shard thread.  Time: always an argument.  Allocates: a block now and then; comments.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "engine/desk/command.h"
#include "engine/desk/configuration.h"
#include "engine/desk/reject.h"
#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/base/hash_index.h"

namespace paceline::desk {

struct Survey {
  uint64_t ticket = 0;
  uint64_t requester = 0;  ///< A hash: two are taken for one once in some 10^13 pairs.
  int64_t sent_at_us = 0;
  int64_t expires_at_us = 0;
  int64_t answered_at_us = 0;  ///< The first answer; 0: none.
  int64_t changed_at_us = 0;   ///< The answer that counts.
  uint32_t queue = 0xffff'ffff;
  uint32_t agent = 0xffff'ffff;
  uint8_t questions = 0;
  int8_t score = Rate::not_stated;
  int8_t recommend = Rate::not_stated;
  uint8_t low = 0;  ///< An answer was 2 or less.
  uint8_t reserved[4] = {};
};
static_assert(sizeof(Survey) == 64);

class SurveyBook {
 public:
  static constexpr size_t comment_size_max = 1'000;
  static constexpr int8_t low_score_max = 2;

  SurveyBook(uint16_t desk, uint32_t surveys_max) : desk_(desk), surveys_max_(surveys_max) {}

  bool empty() const { return surveys_.empty(); }
  bool full() const { return surveys_.size() >= surveys_max_; }
  size_t size() const { return surveys_.size(); }
  uint64_t last() const { return first_ + surveys_.size() - 1; }  ///< 0: none was ever sent.

  /// Whether the lot falls on this resolution of the ticket: the same for ever.
  static bool drawn(uint64_t ticket, uint64_t cycle, uint32_t sampling_milli);
  /// Whether the requester was asked less than `quiet_us` ago.
  bool quiet(uint64_t requester, int64_t now_us, int64_t quiet_us) const;

  /// Its number. Requires !full().
  uint64_t send(const Survey& survey);
  /// What stands for a survey outside: no two surveys of any desk have the same.
  uint64_t token(uint64_t number) const;
  /// 0: this desk never sent it.
  uint64_t number_of(uint64_t token) const;
  /// Of those remembered; 0: none.
  uint64_t newest_of(uint64_t ticket) const;
  /// None: forgotten, or never sent.
  const Survey* find(uint64_t number) const;
  std::string_view comment(uint64_t number) const;

  /// Why an answer would not be taken now; none: it would.
  Reject refused(uint64_t number, const Rate& rate, int64_t now_us,
                 const SurveySettings& settings) const;
  struct Answered {
    bool replaces = false;
    bool first_low = false;  ///< Low, and no answer to this survey was before.
  };
  /// What is not stated stays as it was answered before. Requires that it is not refused.
  Answered answer(uint64_t number, const Rate& rate, std::string_view comment, int64_t now_us);

  /// The first that the history does not have.
  uint64_t first_untold() const { return told_; }
  /// Whether it ended before `now_us`; then tell() may be called.
  bool ended(uint64_t number, int64_t now_us, const SurveySettings& settings) const;
  /// The history has the first untold one from now on.
  void tell();
  void forget(int64_t now_us, const SurveySettings& settings);

  void persist(sched::Archive& archive);
  /// Loading: queues and agents of surveys exist.
  void check(sched::Archive& archive, uint32_t queue_count, uint32_t agent_count) const;
  void add_to(sched::Digest& digest) const;

 private:
  const Survey& at(uint64_t number) const { return surveys_[number - first_]; }
  // Indexes hold 31 bits of the number: fewer surveys than that are ever kept.
  static constexpr uint64_t slot_mask = 0x7fff'ffff;
  static uint32_t slot_of(uint64_t number) { return static_cast<uint32_t>(number & slot_mask); }
  uint64_t number_at(uint32_t slot) const { return first_ + ((slot - first_) & slot_mask); }
  uint32_t slot_of_ticket(uint64_t ticket) const;
  uint32_t slot_of_requester(uint64_t requester) const;
  void index(uint64_t number);

  uint16_t desk_;
  uint32_t surveys_max_;
  std::deque<Survey> surveys_;
  uint64_t first_ = 1;
  uint64_t told_ = 1;
  std::map<uint64_t, std::string> comments_;  // by number
  // The newest of each.
  sched::HashIndex by_ticket_;
  sched::HashIndex by_requester_;
};

}  // namespace paceline::desk
