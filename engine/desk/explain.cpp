#include "engine/desk/explain.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/desk/explain_words.h"
#include "engine/desk/need.h"

namespace paceline::desk {

using sched::AgentId;
using sched::Hindrance;

namespace {

constexpr uint32_t none = Floor::none;
constexpr uint32_t place_max = 1'000;  // in line, counted exactly

std::string_view name(QueueMode mode) {
  constexpr std::string_view names[] = {"push", "manual", "pull"};
  return names[static_cast<size_t>(mode)];
}
std::string_view name(Discipline discipline) {
  constexpr std::string_view names[] = {"pressing_time", "fifo", "strict_priority", "edf",
                                        "priority_minutes"};
  return names[static_cast<size_t>(discipline)];
}

/// How press_at comes about.
void press_terms(const Floor& floor, uint32_t slot, Why& why) {
  const Ticket& ticket = floor.store().hot(slot);
  const Queue& queue = floor.rules().queue(ticket.queue);
  const QueueDefinition& definition = queue.definition;
  const HeadStart& head_start = definition.head_start;
  const auto priority = static_cast<size_t>(ticket.priority);
  why.terms.push_back(text_term("discipline", std::string(name(definition.discipline))));
  why.terms.push_back(instant_term("enqueued_at", ticket.enqueued_at_us));
  const bool by_due = definition.discipline == Discipline::pressing_time ||
                      definition.discipline == Discipline::edf;
  const int64_t due_us = floor.clockwork().due_at_us(slot);
  if (by_due && due_us != sched::never.us) {
    why.terms.push_back(instant_term("due_at", due_us));
  } else if (by_due) {
    why.terms.push_back(duration_term("default_horizon", definition.default_horizon_us));
  }
  const auto head = [&](std::string_view of, int64_t us) {
    if (us != 0) why.terms.push_back(duration_term(of, us));
  };
  if (definition.discipline == Discipline::pressing_time ||
      definition.discipline == Discipline::priority_minutes) {
    head("head_start_priority", head_start.priority_us[priority]);
  }
  if (definition.discipline == Discipline::pressing_time) {
    if (ticket.vip) head("head_start_vip", head_start.vip_us);
    if (ticket.reopened) head("head_start_reopened", head_start.reopened_us);
    if (ticket.sentiment == Sentiment::negative)
      head("head_start_negative", head_start.negative_us);
  }
  if (queue.strict[priority] || ticket.major) {
    why.terms.push_back(text_term("strict_class", ticket.major ? "major incident" : "priority"));
  }
  int64_t press_us = floor.standing(slot).press_us;
  if (press_us < sched::Dispatcher::strict_below_us) press_us += int64_t{1} << 60;
  if (by_due || definition.discipline == Discipline::priority_minutes) {
    why.terms.push_back(instant_term("press_at", press_us));
  }
}

void step_terms(const Floor& floor, uint32_t slot, Why& why) {
  const Ticket& ticket = floor.store().hot(slot);
  const QueueDefinition& definition = floor.rules().queue(ticket.queue).definition;
  const std::string& need =
      definition.step_need(std::min<size_t>(ticket.step, definition.step_count() - 1));
  why.terms.push_back(text_term("need", need.empty() ? "any member of the group" : need));
  if (definition.steps.size() < 2) return;
  why.terms.push_back(text_term(
      "step", std::to_string(ticket.step + 1) + " of " + std::to_string(definition.steps.size())));
  if (ticket.step + 1U >= definition.steps.size()) return;
  const RoutingStep& step = definition.steps[ticket.step];
  const int64_t due_us = floor.clockwork().due_at_us(slot);
  int64_t next_us = sched::never.us;
  if (step.wait_us != 0) next_us = ticket.enqueued_at_us + step.wait_us;
  if (step.slack_us != 0 && due_us != sched::never.us) {
    next_us = std::min(next_us, due_us - step.slack_us);
  }
  if (next_us == sched::never.us) return;
  why.terms.push_back(instant_term("next_step_at", next_us));
  why.remedies.push_back("at " + utc(next_us) + " step " + std::to_string(ticket.step + 2) +
                         " begins: " + definition.steps[ticket.step + 1U].need);
}

/// Nearest to having it first: those who could, best first, then by how late the filter failed.
void candidates(const Floor& floor, uint32_t slot, uint32_t limit, Why& why,
                std::map<std::string, uint32_t>& by_hindrance) {
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  struct Found {
    Hindrance hindrance;
    int64_t rank;
    int64_t turn;  // in the queue's order
    uint32_t agent;
  };
  std::vector<Found> found;
  const uint32_t line = dispatcher.line_of(slot);
  for (uint32_t agent = 0; agent < floor.rules().agent_count(); ++agent) {
    const Hindrance hindrance = dispatcher.hindrance(AgentId{agent}, slot);
    if (hindrance == Hindrance::group) continue;
    if (!dispatcher.may_serve(AgentId{agent}, line) && hindrance == Hindrance::not_routable) {
      // Not there, and could not do it either: the state is not what keeps it from having it.
      const auto& groups = floor.rules().agent(agent).definition.groups;
      const std::string& group =
          floor.rules().queue(floor.store().hot(slot).queue).definition.group;
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) continue;
    }
    int64_t rank = sched::Dispatcher::rank_max;
    if (dispatcher.may_serve(AgentId{agent}, line)) {
      rank = dispatcher.rank(AgentId{agent}, line).total;
      rank =
          std::clamp<int64_t>(rank - score_of(floor, agent, slot), 0, sched::Dispatcher::rank_max);
    }
    found.push_back({hindrance, rank, dispatcher.turn(AgentId{agent}, line), agent});
    ++by_hindrance[std::string(word(hindrance))];
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    const bool a_free = a.hindrance == Hindrance::none;
    const bool b_free = b.hindrance == Hindrance::none;
    if (a_free != b_free) return a_free;
    if (a.hindrance != b.hindrance) return a.hindrance > b.hindrance;
    if (a.rank != b.rank) return a.rank < b.rank;
    if (a.turn != b.turn) return a.turn < b.turn;
    return a.agent < b.agent;
  });
  for (size_t i = 0; i < found.size() && i < limit; ++i) {
    why.candidates.push_back(candidate(floor, found[i].agent, slot));
  }
  why.candidates_left_out = static_cast<uint32_t>(found.size() - why.candidates.size());
}

std::string waiting_sentence(const std::string& subject,
                             const std::map<std::string, uint32_t>& by_hindrance) {
  if (by_hindrance.empty()) return subject + " waits: the group has no agents";
  std::string text;
  for (const auto& [hindrance, count] : by_hindrance) {
    text += text.empty() ? "" : ", ";
    if (hindrance.empty()) {
      text += counted(count, "agent") + " free";
    } else if (hindrance == "state") {
      text += std::to_string(count) + " not available";
    } else if (hindrance == "capacity" || hindrance == "channel_max" || hindrance == "blocked") {
      text += std::to_string(count) + " full (" + hindrance + ")";
    } else {
      text += std::to_string(count) + " by " + hindrance;
    }
  }
  return subject + " waits; of the group's agents: " + text;
}

void remedies_of(const Why& seen, Why& why) {
  for (const CandidateView& view : seen.candidates) {
    if (why.remedies.size() >= 6) return;
    if (view.hindrance == "capacity" || view.hindrance == "channel_max" ||
        view.hindrance == "blocked") {
      why.remedies.push_back(view.agent + " finishing something: " + view.detail);
    } else if (view.hindrance == "excluded") {
      why.remedies.push_back(view.agent + " " + view.detail);
    } else if (view.hindrance == "barred") {
      why.remedies.push_back(view.agent + " " + view.detail);
    } else if (view.hindrance == "state") {
      why.remedies.push_back(view.agent + " becoming available (now " + view.detail + ")");
    } else if (view.hindrance == "need") {
      why.remedies.push_back(view.agent + " learning: " + view.detail);
    }
  }
}

void waiting(const Floor& floor, uint32_t slot, uint32_t limit, Why& why) {
  const Ticket& ticket = floor.store().hot(slot);
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  const Queue& queue = floor.rules().queue(ticket.queue);
  const std::string subject = ticket_name(floor, slot);
  const uint32_t line = dispatcher.line_of(slot);
  step_terms(floor, slot, why);
  press_terms(floor, slot, why);
  why.lines.push_back(line_view(floor, line));
  const std::vector<uint32_t> ahead = dispatcher.line(line).peek(place_max);
  const auto place = std::find(ahead.begin(), ahead.end(), slot);
  if (place != ahead.end())
    why.terms.push_back(count_term("place_in_line", place - ahead.begin() + 1));
  std::map<std::string, uint32_t> by_hindrance;
  candidates(floor, slot, limit, why, by_hindrance);

  if (queue.held) {
    why.sentence = subject + " waits: its queue is held";
    why.remedies.insert(why.remedies.begin(), "releasing the queue");
  } else if (queue.definition.mode == QueueMode::manual) {
    why.sentence = subject + " waits to be assigned: nobody is given work from a manual queue";
  } else if (ticket.unroutable) {
    why.sentence =
        subject + " is unroutable: nobody, logged in or not, has " + missing_for(floor, line);
    why.remedies.insert(why.remedies.begin(), "an agent of group " + queue.definition.group +
                                                  " with " + missing_for(floor, line));
  } else if (const uint32_t held_for = dispatcher.waits_for(slot); held_for != none) {
    const TicketSide* side = floor.store().find_side(slot);
    const std::string agent = floor.rules().agent(held_for).definition.name;
    why.sentence = subject + " waits for " + agent + ", who resolved this requester's last ticket";
    if (side != nullptr) {
      why.terms.push_back(instant_term("held_until", side->hold_until_us));
      why.remedies.push_back("at " + utc(side->hold_until_us) + " it waits for anybody");
    }
  } else if (queue.window_open) {
    why.sentence = subject + " is collected with others, to be matched together";
  } else if (dispatcher.spare(line) == 0) {
    const uint32_t kept = queue.definition.keep_free;
    why.sentence = subject + " waits: its queue keeps " + counted(kept, "agent") +
                   " free for others, and no more are free for it";
    why.remedies.push_back("a smaller keep_free of queue " + queue.definition.name);
  } else if (queue.definition.mode == QueueMode::pull) {
    why.sentence = subject + " waits for an agent to ask for it: its queue is one of mode pull";
  } else if (place != ahead.begin() && place != ahead.end() && by_hindrance.contains("")) {
    why.sentence = subject + " waits behind " +
                   counted(static_cast<uint64_t>(place - ahead.begin()), "ticket");
  } else {
    why.sentence = waiting_sentence(subject, by_hindrance);
  }
  remedies_of(Why(why), why);
}

constexpr std::string_view kept_free = "kept free for others";

/// Whether a later step might do.
std::string_view head_unroutable(const Floor& floor, uint32_t line) {
  const uint32_t head = floor.dispatcher().line(line).top();
  return floor.store().hot(head).unroutable ? "unroutable" : "nobody at this step";
}

/// Of tickets recorded after the instant press_at + bound, none overtakes (strict classes aside).
void starvation_terms(const Floor& floor, uint32_t position, Why& why) {
  const Rulebook& rules = floor.rules();
  // Queues of every group compete that has an agent in common with this one's.
  const std::string& group = rules.queue(position).definition.group;
  std::set<std::string_view> groups{group};
  for (uint32_t agent = 0; agent < rules.agent_count(); ++agent) {
    const std::vector<std::string>& own = rules.agent(agent).definition.groups;
    if (std::find(own.begin(), own.end(), group) != own.end())
      groups.insert(own.begin(), own.end());
  }
  int64_t head_start_us = 0;
  int64_t target_us = sched::never.us;
  for (uint32_t queue = 0; queue < rules.queue_count(); ++queue) {
    const QueueDefinition& definition = rules.queue(queue).definition;
    if (!groups.contains(definition.group) || definition.mode == QueueMode::manual) continue;
    // Other orders and shares have no such bound.
    if (definition.discipline != Discipline::pressing_time || definition.share != 0) return;
    const HeadStart& head_start = definition.head_start;
    int64_t most_us = 0;
    for (const int64_t us : head_start.priority_us) most_us = std::max(most_us, us);
    for (const int64_t us : {head_start.vip_us, head_start.reopened_us, head_start.negative_us}) {
      most_us += std::max<int64_t>(us, 0);
    }
    head_start_us = std::max(head_start_us, most_us);
    target_us = std::min(target_us, definition.default_horizon_us);
  }
  for (uint32_t policy = 0; policy < rules.policy_count(); ++policy) {
    const PolicyDefinition& definition = rules.policy(policy).definition;
    const bool counts =
        definition.clock == ClockKind::response || definition.clock == ClockKind::resolution;
    if (!rules.in_force(policy) || !counts) continue;
    const bool fixed = definition.target.kind != TargetKind::duration;
    target_us = std::min(target_us, fixed ? 0 : definition.target.us);
  }
  if (target_us == sched::never.us) return;
  why.terms.push_back(duration_term("head_start_max", head_start_us));
  why.terms.push_back(duration_term("shortest_target", target_us));
  why.terms.push_back(duration_term("starvation_bound", head_start_us - target_us));
}

/// Whether the need asks for the contrary of this comparison.
bool negated(std::span<const sched::NeedStep> steps, size_t comparison) {
  using Code = sched::NeedStep::Code;
  std::vector<size_t> begins(steps.size());
  bool odd = false;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].code == Code::compare) {
      begins[i] = i;
    } else if (steps[i].code == Code::negate) {
      begins[i] = begins[i - 1];
      if (begins[i] <= comparison && comparison < i) odd = !odd;
    } else {
      begins[i] = begins[begins[i - 1] - 1];
    }
  }
  return odd;
}

}  // namespace

std::string missing_for(const Floor& floor, uint32_t line) {
  const LineBook::Key& key = floor.lines().key(line);
  const Rulebook& rules = floor.rules();
  const QueueDefinition& queue = rules.queue(key.queue).definition;
  std::vector<uint32_t> members;
  for (uint32_t agent = 0; agent < rules.agent_count(); ++agent) {
    const auto& groups = rules.agent(agent).definition.groups;
    if (std::find(groups.begin(), groups.end(), queue.group) != groups.end()) {
      members.push_back(agent);
    }
  }
  if (members.empty()) return "group " + queue.group;
  const auto has = [&](const std::vector<std::string> AgentDefinition::*texts,
                       std::string_view wanted) {
    return std::any_of(members.begin(), members.end(), [&](uint32_t agent) {
      const auto& held = rules.agent(agent).definition.*texts;
      return std::find(held.begin(), held.end(), wanted) != held.end();
    });
  };
  // The last step is the widest: what it lacks is what is missing.
  const NamedNeed need = parse_need(queue.step_need(queue.step_count() - 1)).value();
  std::string missing;
  const std::span<const sched::NeedStep> steps = need.need.steps();
  for (size_t i = 0; i < steps.size(); ++i) {
    const sched::NeedStep& step = steps[i];
    if (step.code != sched::NeedStep::Code::compare || negated(steps, i)) continue;
    const std::string& skill = need.names[step.skill];
    const bool wants_more = step.comparison == sched::Comparison::at_least ||
                            step.comparison == sched::Comparison::above;
    const int least = step.level + (step.comparison == sched::Comparison::above ? 1 : 0);
    const bool somebody = std::any_of(members.begin(), members.end(), [&](uint32_t agent) {
      const auto& skills = rules.agent(agent).definition.skills;
      return std::any_of(skills.begin(), skills.end(), [&](const auto& held) {
        return held.first == skill && held.second >= least;
      });
    });
    if (!wants_more || somebody || least == 0) continue;
    missing += (missing.empty() ? "" : ", ") + skill + " >= " + std::to_string(least);
  }
  const TicketStore& store = floor.store();
  if (key.language != 0 && rules.settings().language == LanguageRule::required) {
    const std::string language(store.dictionary(TextField::language).text(key.language - 1));
    if (!has(&AgentDefinition::languages, language)) {
      missing += (missing.empty() ? "" : ", ") + std::string("language ") + language;
    }
  }
  if (key.confidentiality != 0) {
    const std::string clearance(
        store.dictionary(TextField::confidentiality).text(key.confidentiality - 1));
    if (!has(&AgentDefinition::clearances, clearance)) {
      missing += (missing.empty() ? "" : ", ") + std::string("clearance ") + clearance;
    }
  }
  return missing.empty() ? to_text(need) : missing;
}

Why why_ticket(const Floor& floor, uint32_t slot, uint32_t limit) {
  const Ticket& ticket = floor.store().hot(slot);
  const Rulebook& rules = floor.rules();
  const std::string subject = ticket_name(floor, slot);
  Why why;
  why.subject = subject;
  const Queue& queue = rules.queue(ticket.queue);
  const TicketDetail& detail = floor.store().detail(slot);
  why.terms.push_back(text_term("state", std::string(name(ticket.state))));
  const TicketSide& side = floor.store().known_side(slot);
  why.terms.push_back(text_term("queue", queue.definition.name));
  why.terms.push_back(text_term("mode", std::string(name(queue.definition.mode))));
  if (detail.routed_by != none) {
    why.terms.push_back(
        text_term("routed_by", std::string(rules.reasons().text(detail.routed_by))));
  }
  const auto agent_name = [&](uint32_t agent) { return rules.agent(agent).definition.name; };
  if (ticket.offers != 0) {
    std::string to;
    for (uint32_t at = side.first_offer; at != none; at = floor.offers()[at].next_of_ticket) {
      const Offer& offer = floor.offers()[at];
      to +=
          (to.empty() ? "" : ", ") + agent_name(offer.agent) + " until " + utc(offer.expires_at_us);
      why.terms.push_back(instant_term("offer_expires_at", offer.expires_at_us));
    }
    why.sentence = subject + " is offered to " + to;
    if (ticket.state == State::queued) {
      step_terms(floor, slot, why);
      press_terms(floor, slot, why);
    }
    return why;
  }
  switch (ticket.state) {
    case State::queued:
      waiting(floor, slot, limit, why);
      break;
    case State::assigned:
    case State::in_progress:
      why.terms.push_back(instant_term("since", floor.store().newest_interval_us(slot)));
      why.sentence = ticket.agent == none ? subject + " is worked on by its group"
                                          : subject + " is with " + agent_name(ticket.agent);
      break;
    case State::pending:
      why.sentence = subject + " is pending: " + std::string(rules.reasons().text(ticket.reason));
      if (side.resume_at_us != 0) {
        why.terms.push_back(instant_term("resume_at", side.resume_at_us));
      }
      break;
    default:
      why.sentence = subject + " has ended: " + std::string(name(ticket.state));
      break;
  }
  if (side.tasks_open != 0) {
    why.terms.push_back(count_term("tasks_open", side.tasks_open));
    why.remedies.push_back("it can be resolved once its tasks have ended");
  }
  return why;
}

Why why_agent(const Floor& floor, uint32_t agent, uint32_t limit) {
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  const AgentId id{agent};
  AgentRecord record = floor.roster()[agent];
  record.count(floor.now_us());
  const AgentDefinition& definition = floor.rules().agent(agent).definition;
  Why why;
  why.subject = definition.name;
  why.terms.push_back(text_term("state", state_text(floor, agent)));
  why.terms.push_back(instant_term("since", record.since_us));
  if (record.shift_end_us != 0) {
    why.terms.push_back(instant_term("shift_ends_at", record.shift_end_us));
  }
  why.terms.push_back(count_term("capacity_milli", dispatcher.capacity_milli(id)));
  why.terms.push_back(count_term("used_milli", static_cast<int64_t>(dispatcher.used_milli(id))));
  why.terms.push_back(count_term("in_hand", record.in_hand));
  why.terms.push_back(count_term("offers", record.offers));
  why.terms.push_back(count_term("exclusions", dispatcher.exclusions(id)));
  why.terms.push_back(instant_term("idle_since", dispatcher.idle_since(id).us));
  why.terms.push_back(count_term("occupancy_milli", record.occupancy_milli()));
  why.terms.push_back(count_term("aged_credit_milli", dispatcher.credit(id)));
  for (uint32_t slot = record.first_ticket; slot != none;
       slot = floor.store().detail(slot).next_in_list) {
    if (why.terms.size() > 40) break;
    const Ticket& ticket = floor.store().hot(slot);
    why.terms.push_back(text_term("has", ticket_name(floor, slot) + ", " +
                                             std::string(name(ticket.state)) + " since " +
                                             utc(floor.store().newest_interval_us(slot))));
  }
  uint64_t waiting = 0;
  for (uint32_t line = 0; line < floor.lines().line_count(); ++line) {
    if (!dispatcher.may_serve(id, line) || dispatcher.line(line).empty()) continue;
    waiting += dispatcher.line(line).size();
    if (why.lines.size() == limit) {
      ++why.lines_left_out;
      continue;
    }
    LineView view = line_view(floor, line);
    const uint32_t head = dispatcher.line(line).top();
    view.hindrance = word(dispatcher.hindrance(id, head));
    const Queue& queue = floor.rules().queue(floor.lines().key(line).queue);
    if (view.hindrance.empty() && queue.held) view.hindrance = "queue held";
    if (view.hindrance.empty() && dispatcher.spare(line) == 0) view.hindrance = kept_free;
    if (view.hindrance.empty() && queue.definition.mode != QueueMode::push) {
      view.hindrance = name(queue.definition.mode);
    }
    why.lines.push_back(std::move(view));
  }
  const uint32_t next = dispatcher.ticket_for(id, true);
  const std::string& who = definition.name;
  if (!record.routable()) {
    why.sentence = who + " is given nothing: " + state_text(floor, agent);
  } else if (next != none) {
    const uint32_t push = dispatcher.ticket_for(id, false);
    why.sentence = who + (push == none ? " would get " + ticket_name(floor, next) + " on asking"
                                       : " gets " + ticket_name(floor, push) + " next");
  } else if (waiting == 0) {
    why.sentence = who + " is free for nothing: no ticket waits in a line " + who + " may serve";
  } else if (dispatcher.exclusions(id) > sched::Dispatcher::exclusions_max) {
    why.sentence = who + " is given nothing: must not have " +
                   counted(dispatcher.exclusions(id), "ticket") + ", at most " +
                   std::to_string(sched::Dispatcher::exclusions_max);
  } else if (dispatcher.fit(id) == 0) {
    why.sentence = who + " has no room: " + counted(record.in_hand, "ticket") + " in hand, " +
                   counted(record.offers, "offer");
  } else {
    why.sentence =
        who + " gets none of the " + counted(waiting, "ticket") + " waiting: see the lines";
  }
  return why;
}

Why why_queue(const Floor& floor, uint32_t position, uint32_t limit) {
  const Rulebook& rules = floor.rules();
  const Queue& queue = rules.queue(position);
  const QueueDefinition& definition = queue.definition;
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  Why why;
  why.subject = definition.name;
  why.terms.push_back(text_term("mode", std::string(name(definition.mode))));
  why.terms.push_back(text_term("discipline", std::string(name(definition.discipline))));
  why.terms.push_back(count_term("waiting", queue.waiting));
  why.terms.push_back(count_term("in_hand", queue.in_hand));
  why.terms.push_back(count_term("pending", queue.pending));
  uint32_t able_in_all = 0, free_in_all = 0;
  for (const uint32_t line : floor.lines().lines_of(position)) {
    if (dispatcher.line(line).empty()) continue;
    if (why.lines.size() == limit) {
      ++why.lines_left_out;
      continue;
    }
    LineView view = line_view(floor, line);
    const uint64_t work_bit = uint64_t{1} << dispatcher.terms(line).work;
    for (uint32_t agent = 0; agent < rules.agent_count(); ++agent) {
      const AgentId id{agent};
      if (!dispatcher.may_serve(id, line)) continue;
      ++view.able;
      if (!dispatcher.routable(id)) continue;
      ++view.routable;
      if ((dispatcher.fit(id) & work_bit) != 0) ++view.free;
    }
    able_in_all += view.able;
    free_in_all += view.free;
    view.hindrance = queue.held                             ? "queue held"
                     : definition.mode == QueueMode::manual ? "manual"
                     : view.able == 0                       ? head_unroutable(floor, line)
                     : view.routable == 0                   ? "nobody available"
                     : view.free == 0                       ? "everybody full"
                     : dispatcher.spare(line) == 0          ? kept_free
                     : definition.mode == QueueMode::pull   ? "waits to be asked for"
                     : queue.window_open                    ? "collected in a window"
                                                            : "excluded pairs";
    why.lines.push_back(std::move(view));
  }
  starvation_terms(floor, position, why);
  if (queue.held) {
    why.sentence = definition.name + " is held";
    why.remedies.push_back("releasing the queue");
  } else if (queue.waiting == 0) {
    why.sentence = definition.name + " is empty";
  } else if (why.lines.empty()) {
    why.sentence = definition.name + " has " + counted(queue.waiting, "ticket") +
                   " under offer or held for somebody";
  } else {
    why.sentence = definition.name + " has " + counted(queue.waiting, "ticket") +
                   " waiting: " + why.lines.front().hindrance;
    if (able_in_all == 0) why.remedies.push_back("agents who can do it");
    if (able_in_all != 0 && free_in_all == 0) why.remedies.push_back("room with those who can");
  }
  return why;
}

}  // namespace paceline::desk
