#include "engine/desk/retries.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::desk {

namespace {
constexpr size_t first_window = 4;
}

const Reply* Retries::Session::reply_to(uint64_t number) const {
  CHECK(number <= last_number_);
  if (last_number_ - number >= window_.size()) return nullptr;
  return &window_[number % window_.size()];
}

void Retries::Session::grow(uint64_t number, size_t size) {
  const size_t size_before = window_.size();
  std::vector<Reply> larger(size);
  for (uint64_t kept = number > size_before ? number - size_before : 1; kept < number; ++kept) {
    larger[kept % size] = window_[kept % size_before];
  }
  window_ = std::move(larger);
}

void Retries::remember(Session& session, uint64_t number, const Reply& reply) {
  CHECK(number == session.last_number_ + 1);
  session.last_number_ = number;
  const size_t size = session.window_.size();
  if (number >= size && size < window_) {
    // By doubling, so that a session of one command costs little.
    const size_t larger = std::min<size_t>(size == 0 ? first_window : size * 2, window_);
    if (size == 0 || replies_kept_ + larger - size <= replies_max) {
      session.grow(number, larger);
      replies_kept_ += larger - size;
    }
  }
  session.window_[number % session.window_.size()] = reply;
}

Retries::Session* Retries::use(SessionId id, int64_t now_us) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    if (sessions_.size() >= sessions_max_ && now_us >= next_clearing_us_) {
      next_clearing_us_ = now_us + sched::minute.us;
      std::erase_if(sessions_, [&](const auto& entry) {
        const Session& session = entry.second;
        if (now_us - session.last_used_us_ <= session_idle_max.us) return false;
        replies_kept_ -= session.window_.size();
        return true;
      });
    }
    if (sessions_.size() >= sessions_max_) return nullptr;
    found = sessions_.emplace(id, Session{}).first;
  }
  found->second.last_used_us_ = now_us;
  return &found->second;
}

const Retries::Session* Retries::find(SessionId id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

void Retries::persist(sched::Archive& archive) {
  archive.part("sessions", 1, sizeof(Reply));
  archive.fields(next_clearing_us_, sessions_);
  archive.require(sessions_.size() <= sessions_max_, "more sessions than the limits allow");
  replies_kept_ = 0;
  for (const auto& [id, session] : sessions_) replies_kept_ += session.window_.size();
}

void Retries::add_to(sched::Digest& digest) const {
  for (const auto& [id, session] : sessions_) {
    digest.add(id.value);
    digest.add(session.last_number_);
    const uint64_t kept = session.last_number_ < session.window_.size() ? session.last_number_
                                                                        : session.window_.size();
    for (uint64_t number = session.last_number_ - kept + 1; number <= session.last_number_;
         ++number) {
      const Reply& reply = session.window_[number % session.window_.size()];
      digest.add(reply.ticket);
      digest.add(reply.next_ticket);
      digest.add(uint64_t{reply.code} << 32 | reply.version);
    }
  }
}

}  // namespace paceline::desk
