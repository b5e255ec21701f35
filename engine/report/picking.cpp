#include "engine/report/picking.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

#include "engine/desk/command.h"

namespace paceline::report {

using desk::State;

namespace {

constexpr size_t priorities = 6;  // 0: none, the least pressing

struct Wait {
  int64_t from_us = 0, to_us = 0;
  uint64_t ticket = 0;
  uint8_t priority = 0;
  bool taken = false;  // at its end
};

bool more_pressing(uint8_t a, uint8_t b) { return a != 0 && (b == 0 || a < b); }

/// Where each ticket waited, by queue.
std::unordered_map<Word, std::vector<Wait>> waits_of(const Book& book) {
  std::unordered_map<Word, std::vector<Wait>> waits;
  std::set<std::string> names;
  for (const desk::QueueView& queue : book.queues()) {
    if (queue.mode != static_cast<uint8_t>(desk::QueueMode::push)) names.insert(queue.name);
  }
  for (const Case& ticket : book.cases()) {
    if (ticket.exclusion != Exclusion::none) continue;
    for (size_t i = 0; i < ticket.spells.size(); ++i) {
      if (ticket.spells[i].state != State::queued) continue;
      const bool last = i + 1 == ticket.spells.size();
      const State next = last ? State::queued : ticket.spells[i + 1].state;
      const int64_t from_us = ticket.spells[i].from_us;
      const int64_t to_us = last ? book.now_us() + 1 : ticket.spells[i + 1].from_us;
      for (size_t v = 0; v < ticket.visits.size(); ++v) {
        const Visit& visit = ticket.visits[v];
        const bool here_still = v + 1 == ticket.visits.size() || visit.to_us > to_us;
        Wait wait;
        wait.from_us = std::max(from_us, visit.from_us);
        wait.to_us = here_still ? to_us : std::min(to_us, visit.to_us);
        if (wait.from_us >= wait.to_us || names.count(book.text(visit.queue)) == 0) continue;
        wait.ticket = ticket.id;
        wait.priority = ticket.priority;
        wait.taken = wait.to_us == to_us && (next == State::assigned || next == State::in_progress);
        waits[visit.queue].push_back(wait);
      }
    }
  }
  return waits;
}

}  // namespace

std::unordered_map<uint64_t, Taking> takings(const Book& book) {
  std::unordered_map<uint64_t, Taking> found;
  for (auto& [queue, waits] : waits_of(book)) {
    // At one instant what goes has gone before what is taken looks around, and what comes is new.
    std::vector<std::tuple<int64_t, int, const Wait*>> moments;
    for (const Wait& wait : waits) {
      moments.emplace_back(wait.to_us, 0, &wait);
      if (wait.taken) moments.emplace_back(wait.to_us, 1, &wait);
      moments.emplace_back(wait.from_us, 2, &wait);
    }
    std::sort(moments.begin(), moments.end(), [](const auto& a, const auto& b) {
      return std::tuple(std::get<0>(a), std::get<1>(a), std::get<2>(a)->ticket) <
             std::tuple(std::get<0>(b), std::get<1>(b), std::get<2>(b)->ticket);
    });
    std::array<std::multiset<int64_t>, priorities> since_us;
    for (const auto& [at_us, what, wait] : moments) {
      std::multiset<int64_t>& alike = since_us[std::min<size_t>(wait->priority, priorities - 1)];
      if (what == 0) {
        alike.erase(alike.find(wait->from_us));
      } else if (what == 2) {
        alike.insert(wait->from_us);
      } else {
        Taking& taking = found[wait->ticket];
        if (taking.at_us > at_us) continue;
        taking = {at_us, false};
        for (size_t other = 0; other < priorities; ++other) {
          if (more_pressing(static_cast<uint8_t>(other), wait->priority) &&
              !since_us[other].empty() && *since_us[other].begin() < wait->from_us)
            taking.passed_over = true;
        }
      }
    }
  }
  return found;
}

}  // namespace paceline::report
