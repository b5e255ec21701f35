#include "engine/desk/retries.h"

#include "sched/base/check.h"

namespace paceline::desk {

const Reply* Retries::Session::reply_to(uint64_t number) const {
  CHECK(number <= last_number_);
  if (last_number_ - number >= window_.size()) return nullptr;
  return &window_[number % window_.size()];
}

void Retries::Session::remember(uint64_t number, const Reply& reply, uint32_t window) {
  CHECK(number == last_number_ + 1);
  last_number_ = number;
  if (window_.size() < window) {
    // Grows by doubling until it has its full size; what it holds moves to its new place.
    if (number >= window_.size()) {
      const size_t size_before = window_.size();
      const size_t size = size_before == 0 ? 64 : size_before * 2;
      std::vector<Reply> larger(size < window ? size : window);
      for (uint64_t kept = number > size_before ? number - size_before : 1; kept < number; ++kept) {
        larger[kept % larger.size()] = window_[kept % size_before];
      }
      window_ = std::move(larger);
    }
  }
  window_[number % window_.size()] = reply;
}

Retries::Session* Retries::use(SessionId id, int64_t now_us) {
  auto found = sessions_.find(id);
  if (found == sessions_.end()) {
    if (sessions_.size() >= sessions_max_) {
      std::erase_if(sessions_, [&](const auto& entry) {
        return now_us - entry.second.last_used_us_ > session_idle_max.us;
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
