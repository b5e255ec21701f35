// Verbs about offers, agents and the way between groups.
#include <charconv>
#include <vector>

#include "engine/desk/lifecycle.h"
#include "engine/desk/verbs.h"
#include "engine/desk/verbs_shared.h"

namespace paceline::desk {

using sched::Unexpected;

namespace {

constexpr uint32_t none = Floor::none;
constexpr size_t reconciled_max = 10'000;
constexpr int8_t points_max = 15;

std::string_view cut_at_comma(std::string_view& text) {
  const size_t comma = text.find(',');
  const std::string_view head = text.substr(0, comma);
  text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  return head;
}

Reply answer(Reject reject, uint64_t ticket = 0) {
  return reject == Reject::none ? Reply{} : refuse(reject, ticket);
}

}  // namespace

Result<uint32_t> Verbs::find_agent(std::string_view agent_name) {
  if (agent_name.empty()) return Unexpected{Reject::field_required};
  const uint32_t agent = floor_.rules().find_agent(agent_name);
  if (agent == none) return Unexpected{Reject::agent_unknown};
  floor_.fire_due_of_agent(agent);
  return agent;
}

/// `reason_size`: of a decline; null for an acceptance.
Reply Verbs::answer_offer(const CommandFrame& frame, uint64_t number, uint32_t text_at,
                          uint16_t agent_size, const uint16_t* reason_size) {
  TextCursor texts(frame.text, text_at);
  const std::string_view agent_name = texts.next(agent_size);
  uint32_t why = none;
  if (reason_size != nullptr) {
    if (*reason_size == 0) return refuse(Reject::field_required);
    const auto position = reason(texts.next(*reason_size));
    if (!position) return refuse(position.error());
    why = *position;
  }
  uint32_t agent = none;
  if (!agent_name.empty()) {
    const auto known = find_agent(agent_name);
    if (!known) return refuse(known.error());
    agent = *known;
  }
  const uint32_t offer = floor_.find_offer(number);
  if (offer == none) return refuse(Reject::offer_gone);
  const uint32_t slot = floor_.offers()[offer].slot;
  if (agent != none && floor_.offers()[offer].agent != agent) {
    return refuse(Reject::offer_of_another, floor_.store().hot(slot).id);
  }
  reason_size == nullptr ? floor_.accept(offer) : floor_.decline(offer, why);
  return done(slot);
}

Reply Verbs::withdraw(const CommandFrame& frame, const Withdraw& withdraw) {
  TextCursor texts(frame.text, withdraw.text_at);
  const auto slot =
      find(withdraw.ticket, texts.next(withdraw.external_id_size), withdraw.expected_version);
  if (!slot) return refuse(slot.error(), withdraw.ticket);
  const Ticket& ticket = floor_.store().hot(*slot);
  if (ticket.offers == 0) return refuse(Reject::ticket_not_offered, ticket.id);
  floor_.withdraw(*slot);
  return done(*slot);
}

Reply Verbs::set_agent_state(const CommandFrame& frame, const SetAgentState& set) {
  TextCursor texts(frame.text, set.text_at);
  const auto agent = find_agent(texts.next(set.agent_size));
  if (!agent) return refuse(agent.error());
  switch (static_cast<AgentStep>(set.step)) {
    case AgentStep::available:
      return answer(floor_.set_available(*agent));
    case AgentStep::away: {
      if (set.code_size == 0) return refuse(Reject::field_required);
      const auto code = reason(texts.next(set.code_size));
      if (!code) return refuse(code.error());
      return answer(floor_.set_away(*agent, *code));
    }
    case AgentStep::extend_wrap_up:
      return answer(floor_.extend_wrap_up(*agent));
    case AgentStep::drain:
      return answer(floor_.drain(*agent, set.requeue != 0));
    case AgentStep::lost:
      return answer(floor_.lose(*agent));
  }
  return refuse(Reject::field_invalid);
}

Reply Verbs::next(const CommandFrame& frame, const Next& next) {
  const auto agent = find_agent(TextCursor(frame.text, next.text_at).next(next.agent_size));
  if (!agent) return refuse(agent.error());
  if (!floor_.roster()[*agent].logged_in()) return refuse(Reject::agent_not_logged_in);
  const uint64_t ticket = floor_.next_for(*agent);
  if (ticket == 0) return refuse(Reject::nothing_waiting);
  return done(floor_.store().find(ticket));
}

Reply Verbs::escalate(const CommandFrame& frame, const Escalate& escalate) {
  TextCursor texts(frame.text, escalate.text_at);
  const auto slot =
      find(escalate.ticket, texts.next(escalate.external_id_size), escalate.expected_version);
  if (!slot) return refuse(slot.error(), escalate.ticket);
  const Ticket& ticket = floor_.store().hot(*slot);
  const QueueDefinition& queue = floor_.rules().queue(ticket.queue).definition;
  const std::string_view to = texts.next(escalate.queue_size);
  if (escalate.reason_size == 0) return refuse(Reject::field_required, ticket.id);
  const auto why = reason(texts.next(escalate.reason_size));
  if (!why) return refuse(why.error(), ticket.id);
  uint32_t target = none;
  if (!to.empty()) {
    target = floor_.rules().find_queue(to);
    if (target == none) return refuse(Reject::queue_unknown, ticket.id);
  } else if (!queue.escalate_to.empty()) {
    target = floor_.rules().find_queue(queue.escalate_to);
  }
  std::string_view items = texts.next(escalate.checklist_size);
  std::vector<bool> done_items(queue.checklist.size(), false);
  while (!items.empty()) {
    const std::string_view item = cut_at_comma(items);
    for (size_t i = 0; i < queue.checklist.size(); ++i) {
      if (queue.checklist[i] == item) done_items[i] = true;
    }
  }
  const auto ticked = std::count(done_items.begin(), done_items.end(), true);
  const bool complete = static_cast<size_t>(ticked) == done_items.size();
  if (!complete && queue.checklist_required) {
    return refuse(Reject::checklist_incomplete, ticket.id);
  }
  const Reject no = floor_.escalate(*slot, target, *why, static_cast<uint8_t>(ticked),
                                    static_cast<uint8_t>(done_items.size()));
  if (no != Reject::none) return refuse(no, ticket.id);
  return done(*slot);
}

Reply Verbs::bounce(const CommandFrame& frame, const Bounce& bounce) {
  TextCursor texts(frame.text, bounce.text_at);
  const auto slot =
      find(bounce.ticket, texts.next(bounce.external_id_size), bounce.expected_version);
  if (!slot) return refuse(slot.error(), bounce.ticket);
  const uint64_t id = floor_.store().hot(*slot).id;
  if (bounce.reason_size == 0) return refuse(Reject::field_required, id);
  const auto why = reason(texts.next(bounce.reason_size));
  if (!why) return refuse(why.error(), id);
  if (const Reject no = floor_.bounce(*slot, *why); no != Reject::none) return refuse(no, id);
  return done(*slot);
}

Reply Verbs::hand_over(const CommandFrame& frame, const HandOver& hand_over) {
  TextCursor texts(frame.text, hand_over.text_at);
  const auto slot =
      find(hand_over.ticket, texts.next(hand_over.external_id_size), hand_over.expected_version);
  if (!slot) return refuse(slot.error(), hand_over.ticket);
  const uint64_t id = floor_.store().hot(*slot).id;
  const auto agent = find_agent(texts.next(hand_over.agent_size));
  if (!agent) return refuse(agent.error(), id);
  if (hand_over.note_size == 0) return refuse(Reject::field_required, id);
  const auto note = reason(texts.next(hand_over.note_size));
  if (!note) return refuse(note.error(), id);
  const Reject no = floor_.hand_over(*slot, *agent, *note);
  if (no != Reject::none) return refuse(no, id);
  return done(*slot);
}

Reply Verbs::reassign(const CommandFrame& frame, const Reassign& reassign) {
  TextCursor texts(frame.text, reassign.text_at);
  const std::string_view where = texts.next(reassign.where_size);
  const std::string_view queue_name = texts.next(reassign.queue_size);
  const std::string_view agent_name = texts.next(reassign.agent_size);
  if (where.empty() || queue_name.empty() == agent_name.empty()) {
    return refuse(Reject::field_required);
  }
  uint32_t queue = none;
  if (!queue_name.empty()) {
    queue = floor_.rules().find_queue(queue_name);
    if (queue == none) return refuse(Reject::queue_unknown);
  }
  uint32_t agent = none;
  if (!agent_name.empty()) {
    agent = floor_.rules().find_agent(agent_name);
    if (agent == none) return refuse(Reject::agent_unknown);
  }
  const auto why = reason(texts.next(reassign.reason_size));
  if (!why) return refuse(why.error());
  auto condition = floor_.parse_condition(where);
  if (!condition) return refuse(Reject::expression_invalid);
  if (!floor_.begin_reassign(std::move(*condition), where, queue, agent, *why)) {
    return refuse(Reject::reassign_under_way);
  }
  return {};
}

Reply Verbs::switch_route(const CommandFrame& frame, const SwitchRoute& set) {
  const std::string_view rule = TextCursor(frame.text, set.text_at).next(set.rule_size);
  if (floor_.rules().find_route(rule) == none) return refuse(Reject::route_unknown);
  floor_.switch_route(rule, set.on != 0);
  return {};
}

Reply Verbs::hold_queue(const CommandFrame& frame, const HoldQueue& hold) {
  const uint32_t queue =
      floor_.rules().find_queue(TextCursor(frame.text, hold.text_at).next(hold.queue_size));
  if (queue == none) return refuse(Reject::queue_unknown);
  floor_.hold_queue(queue, hold.held != 0);
  return {};
}

Reply Verbs::score(const CommandFrame& frame, const Score& score) {
  TextCursor texts(frame.text, score.text_at);
  const auto slot = find(score.ticket, texts.next(score.external_id_size), score.expected_version);
  if (!slot) return refuse(slot.error(), score.ticket);
  const uint64_t id = floor_.store().hot(*slot).id;
  const auto agent = find_agent(texts.next(score.agent_size));
  if (!agent) return refuse(agent.error(), id);
  if (score.points < -points_max || score.points > points_max) {
    return refuse(Reject::field_invalid, id);
  }
  if (!floor_.score(*slot, *agent, score.points)) return refuse(Reject::scores_full, id);
  return done(*slot);
}

Reply Verbs::reconcile(const CommandFrame& frame, const Reconcile& reconcile) {
  TextCursor texts(frame.text, reconcile.text_at);
  const auto agent = find_agent(texts.next(reconcile.agent_size));
  if (!agent) return refuse(agent.error());
  std::string_view list = texts.next(reconcile.tickets_size);
  std::vector<uint64_t> held;
  while (!list.empty()) {
    const std::string_view entry = cut_at_comma(list);
    uint64_t id = 0;
    const auto [end, error] = std::from_chars(entry.data(), entry.data() + entry.size(), id);
    const bool whole = error == std::errc{} && end == entry.data() + entry.size();
    if (!whole || held.size() == reconciled_max) return refuse(Reject::field_invalid);
    held.push_back(id);
  }
  Reply reply;
  reply.ticket = floor_.reconcile(*agent, held);
  return reply;
}

}  // namespace paceline::desk
