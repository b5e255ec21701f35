// Verbs about clocks and duplicates: merge, acknowledge, take-over, migration, repair.
#include <charconv>
#include <vector>

#include "engine/desk/lifecycle.h"
#include "engine/desk/policy_defaults.h"
#include "engine/desk/verbs.h"
#include "engine/desk/verbs_shared.h"

namespace paceline::desk {

using sched::Unexpected;

namespace {

constexpr uint32_t none = Floor::none;
constexpr size_t past_steps_max = 4'096;

/// Splits off the text up to `separator`; all of it where there is none.
std::string_view cut_at(std::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
  return head;
}

State state_named(std::string_view word) {
  for (const State state : {State::queued, State::assigned, State::in_progress, State::pending,
                            State::resolved, State::closed, State::cancelled}) {
    if (name(state) == word) return state;
  }
  return State::none;
}

struct NamedStep {
  Floor::PastStep step;
  std::string_view reason;
};

/// `STATE[:REASON]@INSTANT_US;…`, oldest first.
Result<std::vector<NamedStep>> parse_past(std::string_view text, int64_t recorded_at_us,
                                          int64_t now_us) {
  std::vector<NamedStep> past;
  int64_t previous_us = recorded_at_us;
  while (!text.empty()) {
    if (past.size() == past_steps_max) return Unexpected{Reject::field_invalid};
    std::string_view entry = cut_at(text, ';');
    std::string_view head = cut_at(entry, '@');
    const std::string_view word = cut_at(head, ':');
    NamedStep named{{}, head};
    const auto [end, error] =
        std::from_chars(entry.data(), entry.data() + entry.size(), named.step.at_us);
    if (entry.empty() || error != std::errc{} || end != entry.data() + entry.size()) {
      return Unexpected{Reject::expression_invalid};
    }
    if (named.step.at_us < previous_us || named.step.at_us > now_us) {
      return Unexpected{Reject::field_invalid};
    }
    previous_us = named.step.at_us;
    named.step.state = state_named(word);
    const bool answered = word == "responded";
    const bool needs_reason = named.step.state == State::pending;
    if ((named.step.state == State::none && !answered) || needs_reason == head.empty()) {
      return Unexpected{Reject::expression_invalid};
    }
    past.push_back(named);
  }
  if (past.empty() || past.front().step.state == State::none ||
      past.front().step.at_us != recorded_at_us) {
    return Unexpected{Reject::field_invalid};
  }
  return past;
}

}  // namespace

Reply Verbs::merge(const CommandFrame& frame, const Merge& merge) {
  TextCursor texts(frame.text, merge.text_at);
  const std::string_view external_id = texts.next(merge.external_id_size);
  const std::string_view into_external_id = texts.next(merge.into_external_id_size);
  const auto slot = find(merge.ticket, external_id, merge.expected_version);
  if (!slot) return refuse(slot.error(), merge.ticket);
  const uint64_t id = floor_.store().hot(*slot).id;
  const auto into = find(merge.into, into_external_id, 0);
  if (!into) return refuse(into.error(), id);
  const auto event = decide_merge(floor_.store().hot(*slot), floor_.store().hot(*into),
                                  floor_.rules().reasons().find(reason_duplicate));
  if (!event) return refuse(event.error(), id);
  floor_.merge(*slot, *into, *event);
  return done(*slot);
}

Reply Verbs::acknowledge(const CommandFrame& frame, const Acknowledge& acknowledge) {
  TextCursor texts(frame.text, acknowledge.text_at);
  const auto slot = find(acknowledge.ticket, texts.next(acknowledge.external_id_size),
                         acknowledge.expected_version);
  if (!slot) return refuse(slot.error(), acknowledge.ticket);
  const bool known_kind =
      acknowledge.clock == Acknowledge::any_clock || acknowledge.clock < clock_kind_count;
  if (!known_kind || acknowledge.rung > rungs_max) {
    return refuse(Reject::field_invalid, floor_.store().hot(*slot).id);
  }
  if (!floor_.acknowledge(*slot, acknowledge.clock, acknowledge.rung)) {
    return refuse(Reject::rung_not_reached, floor_.store().hot(*slot).id);
  }
  return done(*slot);
}

Reply Verbs::import_ticket(const CommandFrame& frame, const ImportTicket& import) {
  TicketStore& store = floor_.store();
  const Texts texts = read_texts(frame, import.text_at, import.sizes);
  uint32_t after_fields = import.text_at;
  for (const uint16_t size : import.sizes) after_fields += size;
  TextCursor cursor(frame.text, after_fields);
  const std::string_view history = cursor.next(import.history_size);
  const std::string_view agent_name = cursor.next(import.agent_size);
  const std::string_view external_id = text_of(texts, TextField::external_id);
  if (import.recorded_at_us == 0) return refuse(Reject::field_required);
  if (!is_instant(import.recorded_at_us) || !is_instant(import.occurred_at_us) ||
      !is_instant(import.promised_at_us)) {
    return refuse(Reject::field_invalid);
  }
  const auto past = parse_past(history, import.recorded_at_us, floor_.now_us());
  if (!past) return refuse(past.error());
  uint32_t queue = none;
  if (const std::string_view queue_name = text_of(texts, TextField::queue); !queue_name.empty()) {
    queue = floor_.rules().find_queue(queue_name);
    if (queue == none) return refuse(Reject::queue_unknown);
  }
  uint32_t agent = none;
  if (!agent_name.empty()) {
    agent = floor_.rules().find_agent(agent_name);
    if (agent == none) return refuse(Reject::agent_unknown);
  }
  bool held = false;
  for (const NamedStep& named : *past) {
    if (named.step.state != State::none) {
      held = named.step.state == State::assigned || named.step.state == State::in_progress;
    }
  }
  if (held && agent == none) return refuse(Reject::field_required);
  if (const uint32_t known = store.find_external(external_id); known != none) {
    return refuse(Reject::external_id_taken, store.hot(known).id);
  }
  std::vector<Floor::PastStep> steps;
  for (const NamedStep& named : *past) {
    steps.push_back(named.step);
    if (named.reason.empty()) continue;
    const auto position = reason(named.reason);
    if (!position) return refuse(position.error());
    if (named.step.state == State::pending) steps.back().reason = *position;
  }
  const auto slot = create(import, texts);
  if (!slot) return refuse(slot.error());
  floor_.take_over(*slot, queue, agent, steps);
  return done(*slot);
}

Reply Verbs::migrate(const CommandFrame& frame, const Migrate& migrate) {
  TextCursor texts(frame.text, migrate.text_at);
  const std::string_view select = texts.next(migrate.select_size);
  const std::string_view policy = texts.next(migrate.policy_size);
  if (migrate.mode > static_cast<uint8_t>(MigrateMode::retroactive)) {
    return refuse(Reject::field_invalid);
  }
  auto condition = floor_.parse_condition(select);
  if (!condition) return refuse(Reject::expression_invalid);
  const auto mode = static_cast<MigrateMode>(migrate.mode) == MigrateMode::carry
                        ? Clockwork::Retarget::carry
                        : Clockwork::Retarget::retroactive;
  if (!floor_.begin_migration(std::move(*condition), select, policy, mode)) {
    return refuse(Reject::migration_under_way);
  }
  return {};
}

Reply Verbs::repair(const CommandFrame& frame, const Repair& repair) {
  TextCursor texts(frame.text, repair.text_at);
  const auto slot =
      find(repair.ticket, texts.next(repair.external_id_size), repair.expected_version);
  if (!slot) return refuse(slot.error(), repair.ticket);
  floor_.repair(*slot, repair.newest != 0);
  return done(*slot);
}

}  // namespace paceline::desk
