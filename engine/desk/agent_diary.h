// What an agent spent its time on, kept so that it can be added up over any period.
//
//   ├─ sums by UTC day ─┼─ every change, to the microsecond ─┤
//   kept_from        exact_from                             now
//
// The newest changes of activity are kept one by one, 8 bytes each. Above moves_max the oldest are
// folded into sums by UTC day, and the oldest days give way in the end: memory is bounded, a period
// that begins and ends within the changes, or at midnight UTC, is exact, and the sum says which
// period it really is of. Shifts are kept as which version of which calendar was the agent's from
// when on: what was scheduled is asked of that version, so a new rota changes no past figure.
//
// Owner: shard thread.  Time: always an argument.  Allocates: as it grows, within its bounds.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sched/base/archive.h"
#include "sched/base/digest.h"
#include "sched/calendar.h"

namespace paceline::desk {

/// What time is booked under, and whether a shift asks for it.
struct Activity {
  enum class Kind : uint8_t { logged_out, available, busy, wrap_up, away, other };
  Kind kind = Kind::logged_out;
  bool adherent = false;
  bool operator==(const Activity&) const = default;
};

struct AgentTime {
  int64_t logged_in_us = 0, available_us = 0, busy_us = 0, wrap_up_us = 0, away_us = 0;
  int64_t scheduled_us = 0;  ///< Within its shifts, …
  int64_t adherent_us = 0;   ///< … and doing what they ask for.
  void add(Activity activity, int64_t us);
  AgentTime& operator+=(const AgentTime& more);
  bool operator==(const AgentTime&) const = default;
};

class AgentDiary {
 public:
  static constexpr uint32_t no_shift = 0xffff'ffff;
  static constexpr size_t moves_max = 4'096;  ///< 32 KiB in use, …
  static constexpr size_t days_max = 1'100;   ///< … 70 KiB; reserved, up to twice that.
  static constexpr size_t shifts_max = 64;

  /// The calendar at a position of the rulebook.
  using Calendars = std::function<const sched::Calendar&(uint32_t)>;

  /// When the agent was defined; nothing where it was before.
  void begin(int64_t at_us);
  /// From then on its shifts are the open hours of that calendar. Not before what it said last.
  void follow_shift(int64_t at_us, uint32_t calendar);
  /// What it does from then on. Not before what was noted last.
  void note(int64_t from_us, Activity activity);
  /// Something is about to be noted. (See HashIndex::expect.)
  [[gnu::always_inline]] void expect() const {
    const char* const self = reinterpret_cast<const char*>(this);
    for (size_t at = 0; at < sizeof(AgentDiary); at += 64) __builtin_prefetch(self + at, 1);
  }
  bool full() const { return moves_.size() > moves_max || shifts_.size() > shifts_max; }
  /// Makes room. Requires full().
  void fold(const Calendars& calendars);

  struct Sum {
    AgentTime time;
    int64_t from_us = 0, to_us = 0;  ///< What it is of: whole days where only they are kept.
    size_t looked_at = 0;            ///< Changes and days, for bounding what a page costs.
  };
  /// Over [from, to). What it does at present is not noted yet: `now` since `since_us`.
  Sum sum(int64_t from_us, int64_t to_us, Activity now, int64_t since_us,
          const Calendars& calendars) const;

  int64_t begins_us() const { return begins_us_; }
  void add_to(sched::Digest& digest) const;
  void persist(sched::Archive& archive);
  /// Loading: whether its shifts are among so many calendars.
  bool shifts_below(uint32_t calendar_count) const;

 private:
  /// An instant in the upper 56 bits, what begins then in the lower 8.
  using Move = uint64_t;
  static Move move(int64_t from_us, Activity activity);
  static int64_t from_of(Move move) { return static_cast<int64_t>(move >> 8); }
  static Activity activity_of(Move move);

  struct Shift {
    int64_t since_us = 0;
    uint32_t calendar = no_shift;
    uint32_t reserved = 0;
  };
  struct Day {
    int64_t day = 0;  ///< Since 1970-01-01.
    AgentTime time;
  };

  int64_t scheduled_us(int64_t from_us, int64_t to_us, const Calendars& calendars) const;
  void add(AgentTime& time, Activity activity, int64_t from_us, int64_t to_us,
           const Calendars& calendars) const;
  void fold_span(Activity activity, int64_t from_us, int64_t to_us, const Calendars& calendars);

  void find_last() { last_ = moves_.empty() ? no_move : moves_.back(); }

  static constexpr Move no_move = ~Move{0};
  Move last_ = no_move;  // of moves_, whose own memory is cold
  int64_t begins_us_ = 0;
  int64_t exact_from_us_ = 0;
  int64_t kept_from_us_ = 0;  // 0: nothing has given way
  std::vector<Move> moves_;   // ascending
  std::vector<Shift> shifts_;
  std::vector<Day> days_;  // ascending
};

}  // namespace paceline::desk
