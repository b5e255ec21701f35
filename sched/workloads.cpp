#include "sched/workloads.h"

#include <algorithm>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {

/// The rows of a table get one more column.
template <class T>
void add_column(std::vector<T>& table, size_t rows, size_t columns) {
  std::vector<T> wider(rows * (columns + 1));
  for (size_t row = 0; row < rows; ++row) {
    std::copy_n(table.begin() + static_cast<ptrdiff_t>(row * columns), columns,
                wider.begin() + static_cast<ptrdiff_t>(row * (columns + 1)));
  }
  table = std::move(wider);
}

template <class T, class U>
void add_or_take(T& total, U part, bool take) {
  if (take) {
    CHECK(total >= part);
    total -= part;
  } else {
    total += part;
  }
}

}  // namespace

void Workloads::define_work(uint32_t work, const WorkKind& kind) {
  CHECK(work <= kinds_.size() && work < kinds_max);
  if (work == kinds_.size()) {
    add_column(booked_, totals_.size(), kinds_.size());
    kinds_.push_back({kind, index_of_channel(kind.channel)});
    return;
  }
  // What is booked counts by what the kind now is.
  count_all(true);
  kinds_[work] = {kind, index_of_channel(kind.channel)};
  count_all(false);
}

uint32_t Workloads::index_of_channel(uint32_t channel) {
  const auto found = std::find(channels_.begin(), channels_.end(), channel);
  if (found != channels_.end()) return static_cast<uint32_t>(found - channels_.begin());
  add_column(of_channel_, totals_.size(), channels_.size());
  channels_.push_back(channel);
  return static_cast<uint32_t>(channels_.size() - 1);
}

void Workloads::add_agent() {
  totals_.emplace_back();
  booked_.resize(totals_.size() * kinds_.size());
  of_channel_.resize(totals_.size() * channels_.size());
}

void Workloads::count(uint32_t agent, uint32_t work, uint64_t weight_milli, uint32_t in_hand,
                      bool take) {
  const Kind& kind = kinds_[work];
  Totals& totals = totals_[agent];
  add_or_take(totals.used_milli, weight_milli, take);
  if (!kind.kind.interruptible) {
    add_or_take(totals.primary_milli, weight_milli, take);
    add_or_take(totals.primary_in_hand, in_hand, take);
  }
  if (kind.kind.blocking) add_or_take(totals.blocking_in_hand, in_hand, take);
  add_or_take(of_channel_[size_t{agent} * channels_.size() + kind.channel], in_hand, take);
}

void Workloads::count_all(bool take) {
  for (uint32_t agent = 0; agent < agent_count(); ++agent) {
    for (uint32_t work = 0; work < kind_count(); ++work) {
      const Booked& booked = booked_[size_t{agent} * kinds_.size() + work];
      count(agent, work, booked.weight_milli, booked.in_hand, take);
    }
  }
}

void Workloads::book(uint32_t agent, const Load& load, bool take) {
  if (load.weight_milli == 0) return;
  CHECK(load.work < kinds_.size());
  Booked& booked = booked_[size_t{agent} * kinds_.size() + load.work];
  add_or_take(booked.weight_milli, load.weight_milli, take);
  add_or_take(booked.in_hand, uint32_t{load.in_hand}, take);
  count(agent, load.work, load.weight_milli, uint32_t{load.in_hand}, take);
}

void Workloads::change(uint32_t agent, const Load& before, const Load& after) {
  book(agent, before, true);
  book(agent, after, false);
}

void Workloads::persist(Archive& archive) {
  archive.part("workloads", 1, sizeof(Totals), sizeof(Booked));
  archive.each(kinds_, [&](Kind& kind) { kind.persist(archive); });
  archive.fields(channels_, totals_, booked_, of_channel_);
  bool sound = kinds_.size() <= kinds_max && booked_.size() == totals_.size() * kinds_.size() &&
               of_channel_.size() == totals_.size() * channels_.size();
  for (const Kind& kind : kinds_) sound = sound && kind.channel < channels_.size();
  archive.require(sound, "workloads are not those of the kinds of work there are");
}

uint32_t Workloads::in_hand(uint32_t agent, uint32_t channel) const {
  const auto found = std::find(channels_.begin(), channels_.end(), channel);
  if (found == channels_.end()) return 0;
  return of_channel_[size_t{agent} * channels_.size() +
                     static_cast<size_t>(found - channels_.begin())];
}

bool Workloads::over_capacity(uint32_t agent) const {
  const Totals& totals = totals_[agent];
  return totals.primary_milli > totals.capacity_milli ||
         totals.used_milli - totals.primary_milli > totals.capacity_milli;
}

bool Workloads::lacks_room(const Totals& totals, const WorkKind& kind) const {
  const uint64_t beside = kind.interruptible ? totals.used_milli : totals.primary_milli;
  return beside + kind.weight_milli > totals.capacity_milli;
}

Hindrance Workloads::hindrance(uint32_t agent, uint32_t work) const {
  const Kind& kind = kinds_[work];
  const Totals& totals = totals_[agent];
  if (is_blocked(totals, kind.kind)) return Hindrance::blocked;
  if (is_full(agent, kind)) return Hindrance::channel_max;
  if (over_capacity(agent) || lacks_room(totals, kind.kind)) return Hindrance::capacity;
  return Hindrance::none;
}

uint64_t Workloads::room(uint32_t agent) const {
  const Totals& totals = totals_[agent];
  if (totals.blocking_in_hand != 0 || over_capacity(agent)) return 0;
  uint64_t room = 0;
  for (uint32_t work = 0; work < kind_count(); ++work) {
    const Kind& kind = kinds_[work];
    const bool fits =
        !is_blocked(totals, kind.kind) && !lacks_room(totals, kind.kind) && !is_full(agent, kind);
    room |= uint64_t{fits} << work;
  }
  return room;
}

}  // namespace paceline::sched
