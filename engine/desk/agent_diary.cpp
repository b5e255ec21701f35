#include "engine/desk/agent_diary.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::desk {

using sched::Instant;

namespace {

constexpr uint8_t adherent_bit = 8;
constexpr int64_t day_us = sched::day.us;

int64_t midnight_before(int64_t at_us) { return at_us - at_us % day_us; }

}  // namespace

void AgentTime::add(Activity activity, int64_t us) {
  if (activity.kind == Activity::Kind::logged_out) return;
  logged_in_us += us;
  switch (activity.kind) {
    case Activity::Kind::available:
      available_us += us;
      break;
    case Activity::Kind::busy:
      busy_us += us;
      break;
    case Activity::Kind::wrap_up:
      wrap_up_us += us;
      break;
    case Activity::Kind::away:
      away_us += us;
      break;
    case Activity::Kind::logged_out:
    case Activity::Kind::other:
      break;
  }
}

AgentTime& AgentTime::operator+=(const AgentTime& more) {
  logged_in_us += more.logged_in_us;
  available_us += more.available_us;
  busy_us += more.busy_us;
  wrap_up_us += more.wrap_up_us;
  away_us += more.away_us;
  scheduled_us += more.scheduled_us;
  adherent_us += more.adherent_us;
  return *this;
}

AgentDiary::Move AgentDiary::move(int64_t from_us, Activity activity) {
  return static_cast<uint64_t>(from_us) << 8 | static_cast<uint8_t>(activity.kind) |
         (activity.adherent ? adherent_bit : 0);
}

Activity AgentDiary::activity_of(Move move) {
  return {static_cast<Activity::Kind>(move & (adherent_bit - 1)), (move & adherent_bit) != 0};
}

void AgentDiary::begin(int64_t at_us) {
  if (begins_us_ != 0) return;
  begins_us_ = exact_from_us_ = at_us;
}

void AgentDiary::follow_shift(int64_t at_us, uint32_t calendar) {
  if ((shifts_.empty() ? no_shift : shifts_.back().calendar) == calendar) return;
  if (!shifts_.empty() && shifts_.back().since_us == at_us) {
    shifts_.back().calendar = calendar;
  } else {
    shifts_.push_back({at_us, calendar, 0});
  }
}

void AgentDiary::note(int64_t from_us, Activity activity) {
  from_us = std::max(from_us, begins_us_);
  if (last_ != no_move && from_of(last_) == from_us) {
    moves_.pop_back();
    find_last();
  }
  if (last_ != no_move && activity_of(last_) == activity) return;
  last_ = move(from_us, activity);
  moves_.push_back(last_);
}

int64_t AgentDiary::scheduled_us(int64_t from_us, int64_t to_us, const Calendars& calendars) const {
  int64_t sum_us = 0;
  for (size_t i = shifts_.size(); i-- > 0;) {
    const int64_t begin_us = std::max(from_us, shifts_[i].since_us);
    if (begin_us < to_us && shifts_[i].calendar != no_shift) {
      sum_us += calendars(shifts_[i].calendar).between(Instant{begin_us}, Instant{to_us}).us;
    }
    to_us = std::min(to_us, shifts_[i].since_us);
    if (to_us <= from_us) break;
  }
  return sum_us;
}

void AgentDiary::add(AgentTime& time, Activity activity, int64_t from_us, int64_t to_us,
                     const Calendars& calendars) const {
  time.add(activity, to_us - from_us);
  if (shifts_.empty()) return;
  const int64_t within_us = scheduled_us(from_us, to_us, calendars);
  time.scheduled_us += within_us;
  if (activity.adherent) time.adherent_us += within_us;
}

void AgentDiary::fold_span(Activity activity, int64_t from_us, int64_t to_us,
                           const Calendars& calendars) {
  if (activity.kind == Activity::Kind::logged_out && shifts_.empty()) return;
  while (from_us < to_us) {
    const int64_t day = from_us / day_us;
    const int64_t until_us = std::min(to_us, (day + 1) * day_us);
    AgentTime spent;
    add(spent, activity, from_us, until_us, calendars);
    if (!(spent == AgentTime{})) {
      if (days_.empty() || days_.back().day != day) days_.push_back({day, {}});
      days_.back().time += spent;
    }
    from_us = until_us;
  }
}

void AgentDiary::fold(const Calendars& calendars) {
  CHECK(full());
  // A quarter at a time: what it costs is spread over as many changes as it makes room for.
  const int64_t cut_us =
      moves_.size() > moves_max ? from_of(moves_[moves_max / 4]) : shifts_[shifts_max / 4].since_us;
  size_t done = 0;
  while (done < moves_.size() && from_of(moves_[done]) < cut_us) {
    const bool last = done + 1 == moves_.size();
    const int64_t next_us = last ? cut_us : std::min(cut_us, from_of(moves_[done + 1]));
    const Activity activity = activity_of(moves_[done]);
    fold_span(activity, from_of(moves_[done]), next_us, calendars);
    if (last || from_of(moves_[done + 1]) > cut_us) {  // goes on behind the cut
      moves_[done] = move(cut_us, activity);
      break;
    }
    ++done;
  }
  moves_.erase(moves_.begin(), moves_.begin() + static_cast<ptrdiff_t>(done));
  find_last();
  exact_from_us_ = std::max(exact_from_us_, cut_us);
  while (shifts_.size() > 1 && shifts_[1].since_us <= cut_us) shifts_.erase(shifts_.begin());
  if (days_.size() > days_max) {
    days_.erase(days_.begin(), days_.end() - static_cast<ptrdiff_t>(days_max));
    kept_from_us_ = days_.front().day * day_us;
  }
}

AgentDiary::Sum AgentDiary::sum(int64_t from_us, int64_t to_us, Activity now, int64_t since_us,
                                const Calendars& calendars) const {
  Sum sum{.time = {}, .from_us = from_us, .to_us = to_us, .looked_at = 1};
  if (begins_us_ == 0 || to_us <= begins_us_) return sum;
  // Before exact_from there are whole days only. What begins with the agent is whole as well.
  if (from_us > begins_us_ && from_us < exact_from_us_) sum.from_us = midnight_before(from_us);
  if (to_us < exact_from_us_ && to_us % day_us != 0) {
    sum.to_us = std::min(midnight_before(to_us) + day_us, exact_from_us_);
  }
  if (kept_from_us_ != 0 && sum.from_us < kept_from_us_) sum.from_us = kept_from_us_;
  from_us = std::max(sum.from_us, begins_us_);
  to_us = sum.to_us;
  for (const Day& day : days_) {
    ++sum.looked_at;
    const int64_t begin_us = std::max(day.day * day_us, begins_us_);
    if (begin_us < from_us) continue;
    if (begin_us >= to_us) break;
    sum.time += day.time;
  }
  from_us = std::max(from_us, exact_from_us_);
  since_us = std::max(since_us, begins_us_);
  const auto spend = [&](Activity activity, int64_t begin_us, int64_t end_us) {
    begin_us = std::max(begin_us, from_us);
    end_us = std::min(end_us, to_us);
    if (begin_us < end_us) add(sum.time, activity, begin_us, end_us, calendars);
  };
  auto at = std::upper_bound(moves_.begin(), moves_.end(), from_us,
                             [](int64_t us, Move move) { return us < from_of(move); });
  if (at != moves_.begin()) --at;
  for (; at != moves_.end() && from_of(*at) < to_us; ++at) {
    ++sum.looked_at;
    const bool last = at + 1 == moves_.end();
    spend(activity_of(*at), from_of(*at), last ? since_us : from_of(*(at + 1)));
  }
  spend(now, since_us, to_us);
  return sum;
}

void AgentDiary::add_to(sched::Digest& digest) const {
  digest.add(begins_us_);
  digest.add(exact_from_us_);
  digest.add(kept_from_us_);
  for (const Move move : moves_) digest.add(move);
  for (const Shift& shift : shifts_) {
    digest.add(shift.since_us);
    digest.add(shift.calendar);
  }
  for (const Day& day : days_) {
    digest.add(day.day);
    for (const int64_t us :
         {day.time.logged_in_us, day.time.available_us, day.time.busy_us, day.time.wrap_up_us,
          day.time.away_us, day.time.scheduled_us, day.time.adherent_us}) {
      digest.add(us);
    }
  }
}

void AgentDiary::persist(sched::Archive& archive) {
  archive.fields(begins_us_, exact_from_us_, kept_from_us_, moves_, shifts_, days_);
  find_last();
}

bool AgentDiary::shifts_below(uint32_t calendar_count) const {
  return std::all_of(shifts_.begin(), shifts_.end(), [&](const Shift& shift) {
    return shift.calendar == no_shift || shift.calendar < calendar_count;
  });
}

}  // namespace paceline::desk
