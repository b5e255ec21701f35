// Who could be given what, reckoned slowly from definitions, views and events alone: one pair of
// ticket and agent at a time, filter by filter, in the order in which `why ticket` tells them.
//
// It knows no lines, crews, kinds of work or bitsets: an agent's room is added up from the tickets
// and offers that name the agent.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/desk/desk.h"
#include "engine/desk/need.h"

namespace paceline::desk::test {

class RoutingModel {
 public:
  explicit RoutingModel(const Desk& desk) : desk_(desk) { know_triage(); }

  /// The configuration now in force. Queues and agents it no longer names stay as they were.
  void configure(const Configuration& configuration) {
    settings_ = configuration.settings;
    know_triage();
    for (const QueueDefinition& queue : configuration.queues) queues_[queue.name] = queue;
    for (const AgentDefinition& agent : configuration.agents) agents_[agent.name] = agent;
  }

  /// Events that tell what no view shows.
  void follow(const Outcome& outcome) {
    if (outcome.events.empty()) return;
    Query query;
    query.kind = QueryKind::names;
    const Names names = desk_.answer(query).names;
    for (const Event& event : outcome.events) {
      const std::string agent = event.agent == Event::none ? "" : names.agents[event.agent];
      const std::string queue = event.queue == Event::none ? "" : names.queues[event.queue];
      Memory& memory = memories_[agent];
      if (event.ticket != 0 && !queue.empty()) touched_us_[queue] = event.noted_us;
      switch (event.kind) {
        case EventKind::queue_held:
          held_.erase(queue);
          if (event.fields != 0) held_.insert(queue);
          break;
        case EventKind::ticket_declined:
        case EventKind::ticket_offer_expired: {
          const int64_t from_us =
              event.kind == EventKind::ticket_declined ? event.noted_us : event.at_us;
          const int64_t until_us = from_us + queues_.at(queue).cool_off_us;
          if (until_us > event.noted_us) memory.cool_offs_us[event.ticket] = until_us;
          break;
        }
        case EventKind::agent_logged_in:
          // Back in time from a lost session is the same log-in.
          if (!std::exchange(memory.lost, false)) {
            memory.logged_in_us = event.noted_us;
            memory.given = 0;
          }
          break;
        case EventKind::agent_session_lost:
          memory.lost = true;
          break;
        case EventKind::agent_logged_out:
          memory.lost = false;
          break;
        case EventKind::agent_state_changed:
          if (static_cast<AgentState>(event.fields) != AgentState::away) break;
          memory.away_routable = false;
          for (const AwayCode& code : settings_.away_codes) {
            if (code.name == names.reasons[event.reason]) memory.away_routable = code.routable;
          }
          break;
        case EventKind::ticket_offered:
        case EventKind::ticket_assigned:
          if (event.cause == Cause::match) ++memory.given;
          break;
        default:
          break;
      }
    }
  }

  /// The desk as it now shows itself. What is asked below is asked of this.
  void look() {
    Query query;
    query.kind = QueryKind::status;
    now_us_ = desk_.answer(query).status.now_us;
    query.kind = QueryKind::agents;
    views_.clear();
    for (AgentView& agent : desk_.answer(query).agents) {
      std::string name = agent.name;
      views_.emplace(std::move(name), std::move(agent));
    }
    query.kind = QueryKind::tickets;
    query.limit = 1'000;
    tickets_.clear();
    do {
      const Answer answer = desk_.answer(query);
      query.after = answer.more ? answer.tickets.back().id : 0;
      for (const TicketView& ticket : answer.tickets) tickets_.emplace(ticket.id, ticket);
    } while (query.after != 0);
    loads_.clear();
    handed_over_.clear();
    for (const auto& [id, ticket] : tickets_) {
      if (ticket.agent.empty()) continue;
      if (ticket.state == State::assigned || ticket.state == State::in_progress) {
        book(ticket.agent, ticket, 1'000);
      } else if (ticket.state == State::pending) {
        book(ticket.agent, ticket, settings_.pending_share_milli);
      }
    }
    under_offer_.clear();
    query = {};
    query.kind = QueryKind::offers;
    query.limit = 1'000;
    for (const OfferView& offer : desk_.answer(query).offers) {
      under_offer_.insert(offer.ticket);
      // A hand-over's offer keeps the room it took when it was made, whatever becomes of the
      // ticket.
      if (offer.hand_over) handed_over_.insert(offer.agent);
      book(offer.agent, tickets_.at(offer.ticket), 1'000);
    }
  }

  const std::map<uint64_t, TicketView>& tickets() const { return tickets_; }
  const std::map<std::string, AgentView>& agents() const { return views_; }
  bool waits(const TicketView& ticket) const {
    return ticket.state == State::queued && under_offer_.count(ticket.id) == 0;
  }
  /// Of whose room the views say everything.
  bool knows_room_of(const std::string& agent) const { return handed_over_.count(agent) == 0; }

  /// The first filter the pair fails, by the name `why ticket` gives it; empty: none.
  std::string hindrance(const std::string& name, const TicketView& ticket) const {
    const AgentView& view = views_.at(name);
    const AgentDefinition& agent = agents_.at(name);
    const QueueDefinition& queue = queues_.at(ticket.queue);
    if (!routable(name, view)) return "state";
    if (!has(agent.groups, queue.group)) return "group";
    if (!meets(agent, queue.step_need(ticket.step - 1U))) return "need";
    if (!understands(agent, ticket)) return "language_or_clearance";
    if (barred(name, agent, view, queue, ticket)) return "barred";
    const std::string no_room = lacks_room(name, agent, ticket);
    if (!no_room.empty()) return no_room;
    const auto memory = memories_.find(name);
    if (memory != memories_.end()) {
      const auto cool_off = memory->second.cool_offs_us.find(ticket.id);
      const bool cools =
          cool_off != memory->second.cool_offs_us.end() && cool_off->second > now_us_;
      if (cools) return "excluded";
    }
    if (ticket.requester == name) return "excluded";
    if (view.exclusions > 32) return "exclusions";
    return "";
  }

  /// Whether its queue keeps for others whoever is free for it. Where the views do not say, it may.
  bool kept_back(const TicketView& ticket) const {
    const uint32_t keep_free = queues_.at(ticket.queue).keep_free;
    if (keep_free == 0) return false;
    uint32_t free = 0;
    for (const auto& [name, view] : views_) {
      if (!knows_room_of(name)) return true;
      const std::string why_not = hindrance(name, ticket);
      free += why_not.empty() || (why_not == "excluded" && view.exclusions <= 32);
    }
    return free <= keep_free;
  }

  /// Whether anybody, logged in or not, may serve the ticket now or at a later step.
  bool anyone_at_all(const TicketView& ticket) const {
    const QueueDefinition& queue = queues_.at(ticket.queue);
    for (const auto& [name, agent] : agents_) {
      if (!has(agent.groups, queue.group) || !understands(agent, ticket)) continue;
      for (size_t step = ticket.step - 1U; step < queue.step_count(); ++step) {
        if (meets(agent, queue.step_need(step))) return true;
      }
    }
    return false;
  }
  /// Neither held nor assigned by hand only.
  bool gives_away(const std::string& name) const {
    return queues_.at(name).mode != QueueMode::manual && held_.count(name) == 0;
  }

  /// Whether the queue gives tickets away by itself at this moment.
  bool pushes(const std::string& name) const {
    const QueueDefinition& queue = queues_.at(name);
    if (queue.mode != QueueMode::push || held_.count(name) != 0) return false;
    if (queue.window_us == 0) return true;
    // Its window may be open: it was, if at all, by something that happened in it since.
    const auto touched = touched_us_.find(name);
    return touched == touched_us_.end() || now_us_ - touched->second >= queue.window_us;
  }

 private:
  /// There is one whether or not it is configured.
  void know_triage() {
    QueueDefinition triage;
    triage.name = triage.group = settings_.triage_queue;
    triage.mode = QueueMode::manual;
    queues_.try_emplace(triage.name, triage);
  }

  /// Of an agent, from events.
  struct Memory {
    std::map<uint64_t, int64_t> cool_offs_us;
    int64_t logged_in_us = 0;
    uint32_t given = 0;
    bool lost = false;
    bool away_routable = false;
  };
  struct Piece {
    uint64_t weight_milli;
    std::string channel;
    bool in_hand;
    WorkRule rule;
  };

  static bool has(const std::vector<std::string>& texts, const std::string& wanted) {
    return std::find(texts.begin(), texts.end(), wanted) != texts.end();
  }

  bool routable(const std::string& name, const AgentView& view) const {
    if (view.lost) return false;
    if (view.state == "available") return true;
    const auto memory = memories_.find(name);
    return view.state == "away" && memory != memories_.end() && memory->second.away_routable;
  }

  bool meets(const AgentDefinition& agent, const std::string& text) const {
    auto known = needs_.find(text);
    if (known == needs_.end()) known = needs_.emplace(text, parse_need(text).value()).first;
    const NamedNeed& need = known->second;
    std::vector<sched::SkillLevel> held;
    for (uint32_t i = 0; i < need.names.size(); ++i) {
      for (const auto& [skill, level] : agent.skills) {
        if (skill == need.names[i]) held.push_back({i, level});
      }
    }
    return need.need.holds(held);
  }

  bool understands(const AgentDefinition& agent, const TicketView& ticket) const {
    const bool asked = settings_.language == LanguageRule::required && !ticket.language.empty();
    if (asked && !has(agent.languages, ticket.language)) return false;
    return ticket.confidentiality.empty() || has(agent.clearances, ticket.confidentiality);
  }

  bool strict(const TicketView& ticket) const {
    return ticket.major != 0 ||
           std::any_of(settings_.strict.begin(), settings_.strict.end(), [&](sched::Priority p) {
             return static_cast<uint8_t>(p) == ticket.priority;
           });
  }

  bool barred(const std::string& name, const AgentDefinition& agent, const AgentView& view,
              const QueueDefinition& queue, const TicketView& ticket) const {
    const auto memory = memories_.find(name);
    if (settings_.ramp_items != 0 && memory != memories_.end() &&
        memory->second.given >= settings_.ramp_items &&
        now_us_ < memory->second.logged_in_us + settings_.ramp_us) {
      return true;
    }
    if (!agent.shift.empty() && queue.min_fit_us != 0 && !strict(ticket)) {
      const int64_t left_us = view.shift_ends_at_us == 0 ? 0 : view.shift_ends_at_us - now_us_;
      if (left_us < queue.min_fit_us) return true;
    }
    return !agent.channels.empty() && !has(agent.channels, ticket.channel);
  }

  /// What the ticket takes of its agent.
  WorkRule work_of(const TicketView& ticket) const {
    for (const WorkRule& rule : settings_.work) {
      if (!rule.channel.empty() && rule.channel != ticket.channel) continue;
      if (rule.kind >= 0 && rule.kind != static_cast<int8_t>(ticket.kind)) continue;
      if (rule.priority >= 0 && rule.priority != static_cast<int8_t>(ticket.priority)) continue;
      return rule;
    }
    WorkRule rule;
    rule.weight_milli = queues_.at(ticket.queue).weight_milli;
    return rule;
  }

  void book(const std::string& agent, const TicketView& ticket, uint32_t share_milli) {
    const WorkRule rule = work_of(ticket);
    const uint64_t weight = uint64_t{rule.weight_milli} * share_milli / 1'000;
    if (weight == 0) return;
    loads_[agent].push_back({weight, ticket.channel, ticket.state != State::pending, rule});
  }

  std::string lacks_room(const std::string& name, const AgentDefinition& agent,
                         const TicketView& ticket) const {
    const WorkRule rule = work_of(ticket);
    uint64_t used_milli = 0;
    uint64_t primary_milli = 0;
    uint32_t primary = 0;
    uint32_t of_channel = 0;
    bool blocked = false;
    const auto held = loads_.find(name);
    const auto& pieces = held == loads_.end() ? std::vector<Piece>{} : held->second;
    for (const Piece& piece : pieces) {
      used_milli += piece.weight_milli;
      if (!piece.rule.interruptible) primary_milli += piece.weight_milli;
      if (!piece.in_hand) continue;
      if (!piece.rule.interruptible) ++primary;
      blocked = blocked || piece.rule.blocking;
      if (!rule.channel.empty() && piece.rule.channel == rule.channel) ++of_channel;
    }
    if (blocked || (rule.blocking && primary != 0)) return "blocked";
    if (rule.channel_max != 0 && of_channel >= rule.channel_max) return "channel_max";
    const uint64_t beside = rule.interruptible ? used_milli : primary_milli;
    const bool over =
        primary_milli > agent.capacity_milli || used_milli - primary_milli > agent.capacity_milli;
    if (over || beside + rule.weight_milli > agent.capacity_milli) return "capacity";
    return "";
  }

  const Desk& desk_;
  DeskSettings settings_;
  std::map<std::string, QueueDefinition> queues_;
  std::map<std::string, AgentDefinition> agents_;
  std::map<std::string, Memory> memories_;
  std::map<std::string, int64_t> touched_us_;  // by queue: the newest event of a ticket of it
  std::set<std::string> held_;
  mutable std::map<std::string, NamedNeed> needs_;  // by their text

  int64_t now_us_ = 0;
  std::map<uint64_t, TicketView> tickets_;
  std::map<std::string, AgentView> views_;
  std::map<std::string, std::vector<Piece>> loads_;
  std::set<uint64_t> under_offer_;
  std::set<std::string> handed_over_;
};

}  // namespace paceline::desk::test
