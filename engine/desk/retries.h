// Per client session: the highest command number answered, and the newest replies.
//
// A number seen before returns the first answer, never a second effect; that is what makes a
// command safe to send again after a broken connection. The replies are part of the state: a replay
// of the log knows them too.
//
// Owner: shard thread.  Time: always an argument.  Allocates: as a session's window fills.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "engine/desk/command.h"
#include "engine/desk/limits.h"
#include "sched/base/archive.h"
#include "sched/base/digest.h"

namespace paceline::desk {

class Retries {
 public:
  class Session {
   public:
    uint64_t last_number() const { return last_number_; }
    /// The reply given to `number` (≤ last_number()); null where it left the window.
    const Reply* reply_to(uint64_t number) const;

    void persist(sched::Archive& archive) {
      archive.values(last_number_, last_used_us_);
      archive.bulk_list(window_);
    }

   private:
    friend class Retries;
    void grow(uint64_t number, size_t size);

    uint64_t last_number_ = 0;
    int64_t last_used_us_ = 0;
    std::vector<Reply> window_;  // a ring by number once it has its full size
  };

  explicit Retries(const Limits& limits)
      : sessions_max_(limits.sessions_max), window_(limits.reply_window) {}

  /// The session, new where it was unknown; null if too many are in use. Forgets those unused for
  /// session_idle_max when it needs the room.
  Session* use(SessionId id, int64_t now_us);
  const Session* find(SessionId id) const;
  /// Requires number == session.last_number() + 1.
  void remember(Session& session, uint64_t number, const Reply& reply);

  void add_to(sched::Digest& digest) const;
  void persist(sched::Archive& archive);

 private:
  uint32_t sessions_max_;
  uint32_t window_;
  int64_t next_clearing_us_ = 0;  // looking through all of them costs too much for every frame
  uint64_t replies_kept_ = 0;     // room in all windows together
  std::map<SessionId, Session> sessions_;
};

}  // namespace paceline::desk
