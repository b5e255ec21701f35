#include "engine/report/gaming.h"

#include <algorithm>
#include <functional>
#include <map>

#include "engine/report/picking.h"

namespace paceline::report {

namespace {

constexpr uint8_t signal_downgrade = 1, signal_pause = 2, signal_policy = 4;
constexpr int64_t hasty_us = 30 * sched::second.us;
constexpr uint32_t flips_min = 3;
constexpr size_t split_min = 3;

struct Found {
  uint64_t of = 0;
  std::vector<const Case*> tickets;
};

Found among_resolved(const Question& question, const std::function<bool(const Case&)>& holds) {
  Found found;
  for (const Case* ticket : question.resolved().in) {
    ++found.of;
    if (holds(*ticket)) found.tickets.push_back(ticket);
  }
  return found;
}

Found quick_reopen(const Question& question) {
  Found found;
  for (const Case* ticket : question.cases) {
    if (ticket->exclusion != Exclusion::none) continue;
    bool counts = false;
    bool again = false;
    for (const Resolution& resolution : ticket->resolutions) {
      if (!question.period.holds(resolution.at_us)) continue;
      counts = true;
      again = again || (resolution.reopened_at_us != 0 &&
                        resolution.reopened_at_us - resolution.at_us <= sched::day.us);
    }
    found.of += counts ? 1 : 0;
    if (again) found.tickets.push_back(ticket);
  }
  return found;
}

Found with_signal(const Question& question, uint8_t signal) {
  Found found;
  for (const Case* ticket : question.ended().in) {
    ++found.of;
    const bool raised =
        std::any_of(ticket->clocks.begin(), ticket->clocks.end(),
                    [&](const ClockCase& clock) { return (clock.signals & signal) != 0; });
    if (raised) found.tickets.push_back(ticket);
  }
  return found;
}

/// Three or more of one requester and category within an hour.
Found split_tickets(const Question& question) {
  std::map<std::pair<Word, Word>, std::vector<const Case*>> by_requester;
  Found found;
  for (const Case* ticket : question.recorded().in) {
    ++found.of;
    if (ticket->requester != Words::nothing)
      by_requester[{ticket->requester, ticket->category}].push_back(ticket);
  }
  for (auto& [key, tickets] : by_requester) {
    std::sort(tickets.begin(), tickets.end(), [](const Case* a, const Case* b) {
      return std::pair(a->recorded_at_us, a->id) < std::pair(b->recorded_at_us, b->id);
    });
    for (size_t first = 0; first < tickets.size();) {
      size_t end = first;
      while (end < tickets.size() &&
             tickets[end]->recorded_at_us - tickets[first]->recorded_at_us <= sched::hour.us)
        ++end;
      if (end - first >= split_min)
        found.tickets.insert(found.tickets.end(), tickets.begin() + static_cast<ptrdiff_t>(first),
                             tickets.begin() + static_cast<ptrdiff_t>(end));
      first = end - first >= split_min ? end : first + 1;
    }
  }
  return found;
}

Found closing_burst(const Question& question) {
  // A period without a beginning begins with its first resolution.
  const Cohort resolved = question.resolved();
  int64_t from_us = question.period.to_us;
  for (const Case* ticket : resolved.in) from_us = std::min(from_us, ticket->resolved_at_us);
  from_us = std::max(from_us, question.period.from_us);
  const int64_t last_us = question.period.to_us - (question.period.to_us - from_us) / 10;
  return among_resolved(question,
                        [&](const Case& ticket) { return ticket.resolved_at_us >= last_us; });
}

/// The later half of what was resolved took longer, and nearly all at first contact: work may be
/// kept that should go on, or tickets cut into pieces.
Found easy_first_contact(const Question& question) {
  Cohort resolved = question.resolved();
  std::sort(resolved.in.begin(), resolved.in.end(), [](const Case* a, const Case* b) {
    return std::pair(a->resolved_at_us, a->id) < std::pair(b->resolved_at_us, b->id);
  });
  int64_t half_us[2] = {};
  Found found;
  found.of = resolved.in.size();
  if (found.of < 20) return found;
  const size_t half = resolved.in.size() / 2;
  for (size_t i = 0; i < 2 * half; ++i) half_us[i / half] += resolved.in[i]->active_us;
  std::vector<const Case*> first;
  for (const Case* ticket : resolved.in) {
    if (first_contact(question, *ticket) == FirstContact::yes) first.push_back(ticket);
  }
  if (half_us[1] > half_us[0] && first.size() * 100 > found.of * 85) found.tickets = first;
  return found;
}

/// Ended so that nobody could be asked: without being resolved, or with no requester left on it.
Found survey_suppression(const Question& question) {
  Found found;
  if (!question.book->has_surveys()) return found;
  for (const Case* ticket : question.ended().in) {
    ++found.of;
    if (!ticket->resolved() || ticket->requester == Words::nothing) found.tickets.push_back(ticket);
  }
  return found;
}

using Takings = std::unordered_map<uint64_t, Taking>;

Found easy_picking(const Question& question, const Takings& takings) {
  Found found;
  for (const Case* ticket : question.cases) {
    const auto taken = takings.find(ticket->id);
    if (taken == takings.end() || !question.period.holds(taken->second.at_us)) continue;
    ++found.of;
    if (taken->second.passed_over) found.tickets.push_back(ticket);
  }
  return found;
}

Found find(const Question& question, const std::string& id, const Takings& takings) {
  if (id == "quick_reopen") return quick_reopen(question);
  if (id == "silent_resolve")
    return among_resolved(question, [](const Case& ticket) {
      return ticket.first_response_at_us == 0 ||
             ticket.first_response_at_us > ticket.resolved_at_us;
    });
  if (id == "hasty_resolve")
    return among_resolved(question, [](const Case& ticket) { return ticket.active_us < hasty_us; });
  if (id == "late_pause") return with_signal(question, signal_pause);
  if (id == "late_downgrade") return with_signal(question, signal_downgrade);
  if (id == "late_policy_swap") return with_signal(question, signal_policy);
  if (id == "pending_flip_flop") {
    Found found;
    for (const Case* ticket : question.ended().in) {
      ++found.of;
      if (ticket->pending_spells >= flips_min) found.tickets.push_back(ticket);
    }
    return found;
  }
  if (id == "closing_burst") return closing_burst(question);
  if (id == "split_tickets") return split_tickets(question);
  if (id == "survey_suppression") return survey_suppression(question);
  if (id == "easy_picking") return easy_picking(question, takings);
  if (id == "self_made")
    return among_resolved(question, [](const Case& ticket) {
      return ticket.requester != Words::nothing && ticket.requester == ticket.agent;
    });
  return easy_first_contact(question);
}

double median(std::vector<double> rates) {
  std::sort(rates.begin(), rates.end());
  const size_t middle = rates.size() / 2;
  return rates.size() % 2 == 1 ? rates[middle] : (rates[middle - 1] + rates[middle]) / 2.0;
}

}  // namespace

const std::vector<Signal>& signals() {
  static const std::vector<Signal> list{
      {"quick_reopen", "reopened within 24 h, of those resolved in the period", ""},
      {"silent_resolve", "resolved without a public message by a human, of those resolved", ""},
      {"hasty_resolve", "resolved after less than 30 s in progress, of those resolved", ""},
      {"late_pause", "paused after 90 % of a target was used, of those ended", ""},
      {"late_downgrade", "priority lowered after 80 % of a target, of those ended", ""},
      {"late_policy_swap",
       "moved to another policy by a change of attributes after 80 % of a target, of those ended",
       ""},
      {"pending_flip_flop", "paused three times or more, of those ended", ""},
      {"closing_burst", "resolved in the last tenth of the period, of those resolved", ""},
      {"split_tickets",
       "three or more of one requester and category within an hour, of those recorded", ""},
      {"easy_first_contact",
       "first contact above 85 % while handling time rises from the first half to the second", ""},
      {"empty_response", "responses without content", "the texts of messages, which are not kept"},
      {"easy_picking",
       "taken while one of higher priority waited longer in the same queue, of those taken last "
       "out "
       "of a pull or manual queue",
       ""},
      {"self_made", "resolved by its own requester, of those resolved", ""},
      {"survey_suppression",
       "closed without being resolved, or with no requester to ask, where surveys are sent; of "
       "those ended",
       ""},
  };
  return list;
}

std::vector<SignalRow> gaming_rows(const Question& question, Dimension by) {
  std::vector<Part> parts = split(question, by);
  const Takings taken = takings(*question.book);
  std::vector<SignalRow> rows;
  for (const Signal& signal : signals()) {
    if (!signal.needs.empty()) continue;
    std::vector<SignalRow> of_signal;
    std::vector<double> rates;
    for (const Part& part : parts) {
      if (part.name.empty()) continue;  // nobody's
      const Found found = find(part.question, signal.id, taken);
      if (found.of == 0) continue;
      SignalRow row;
      row.signal = &signal;
      row.who = part.name;
      row.count = found.tickets.size();
      row.of = found.of;
      row.rate = static_cast<double>(row.count) / static_cast<double>(row.of);
      rates.push_back(*row.rate);
      for (const Case* ticket : found.tickets) {
        if (row.examples.size() == examples_max) break;
        row.examples.push_back(ticket->external_id.empty() ? std::to_string(ticket->id)
                                                           : ticket->external_id);
      }
      of_signal.push_back(std::move(row));
    }
    const auto baseline_of = [&](size_t self) -> std::optional<double> {
      if (signal.id == "closing_burst") return 0.1;
      std::vector<double> peers = rates;
      peers.erase(peers.begin() + static_cast<ptrdiff_t>(self));
      if (peers.empty()) return {};
      return median(std::move(peers));
    };
    for (size_t i = 0; i < of_signal.size(); ++i) {
      SignalRow& row = of_signal[i];
      row.baseline = baseline_of(i);
      row.stands_out = row.count >= 3 && (!row.baseline || *row.rate > 2.0 * *row.baseline);
    }
    std::erase_if(of_signal, [](const SignalRow& row) { return row.count == 0; });
    std::stable_sort(of_signal.begin(), of_signal.end(),
                     [](const SignalRow& a, const SignalRow& b) {
                       if (a.stands_out != b.stands_out) return a.stands_out;
                       return *a.rate > *b.rate;
                     });
    for (SignalRow& row : of_signal) rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace paceline::report
