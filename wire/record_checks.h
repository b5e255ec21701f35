// What must hold of a record of a command, field by field. Private to wire/codec.cpp.
//
// An overload per kind of command: `values` for enumerators and flags, `texts` for what refers to
// the frame's text. The codec checks with them and, once something is wrong, explains with them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "engine/desk/command.h"
#include "engine/desk/event.h"

namespace paceline::wire {

template <size_t size>
unsigned any(const std::array<uint8_t, size>& reserved) {
  static_assert(size <= 8);
  uint64_t word = 0;
  std::memcpy(&word, reserved.data(), size);
  return word != 0 ? 1 : 0;
}

// What each record holds beside numbers that may be anything: `value(name, value, max)` for every
// bounded field, `text(size)` for every text in the order in which they lie.

inline constexpr auto kind_max = static_cast<unsigned>(desk::TicketKind::task);
inline constexpr unsigned confidence_max = 100;
inline constexpr int points_max = 15;

template <class Value>
void values_of_attributes(const auto& r, Value value) {
  value("kind", r.kind, kind_max);
  value("impact", r.impact, 3U);
  value("urgency", r.urgency, 3U);
  value("vip", r.vip, 1U);
  value("sentiment", r.sentiment, 3U);
  value("workaround", r.workaround, 1U);
  value("major", r.major, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::Open& r, Value value) {
  values_of_attributes(r, value);
  value("confidence", r.confidence, confidence_max);
}
inline constexpr uint32_t update_fields_known =
    ((1U << desk::text_field_count) - 1) |
    (bit(desk::FieldBit::confidence) * 2 - bit(desk::FieldBit::kind));
static_assert(desk::text_field_count <= static_cast<size_t>(desk::FieldBit::kind));
template <class Value>
void values(const desk::Update& r, Value value) {
  values_of_attributes(r, value);
  value("confidence", r.confidence, confidence_max);
  value("fields (unknown bits)", r.fields & ~update_fields_known, 0U);
}
template <class Value>
void values(const desk::Message& r, Value value) {
  value("author_kind", r.author_kind, 3U);
  value("is_public", r.is_public, 1U);
  value("automatic", r.automatic, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::Resolve& r, Value value) {
  value("restate", r.restate, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::DefineQueue& r, Value value) {
  value("mode", r.mode, static_cast<unsigned>(desk::QueueMode::pull));
  value("discipline", r.discipline, static_cast<unsigned>(desk::Discipline::priority_minutes));
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::Acknowledge& r, Value value) {
  if (r.clock != desk::Acknowledge::any_clock)
    value("clock", r.clock, unsigned{desk::clock_kind_count - 1});
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::ImportTicket& r, Value value) {
  values_of_attributes(r, value);
}
template <class Value>
void values(const desk::Migrate& r, Value value) {
  value("mode", r.mode, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::Repair& r, Value value) {
  value("newest", r.newest, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::SetAgentState& r, Value value) {
  value("step", r.step, static_cast<unsigned>(desk::AgentStep::lost));
  value("requeue", r.requeue, 1U);
  value("reserved", any(r.reserved), 0U);
}
template <class Value>
void values(const desk::SwitchRoute& r, Value value) {
  value("on", r.on, 1U);
  value("reserved", r.reserved, 0U);
}
template <class Value>
void values(const desk::HoldQueue& r, Value value) {
  value("held", r.held, 1U);
  value("reserved", r.reserved, 0U);
}
template <class Value>
void values(const desk::Score& r, Value value) {
  value("points (either way)", static_cast<unsigned>(std::abs(int{r.points})), points_max);
  value("reserved", any(r.reserved), 0U);
}
// Scores off their scale are for the desk to refuse by name.
template <class Value>
void values(const desk::Rate& r, Value value) {
  value("reserved", any(r.reserved), 0U);
}
// Texts and numbers that may be anything.
template <class Value>
void values(const desk::Decline&, Value) {}
template <class Value>
void values(const desk::Escalate&, Value) {}
template <class Value>
void values(const desk::Reassign&, Value) {}
template <class Value>
void values(const desk::Reconcile&, Value) {}
template <class Value>
void values(const desk::ConfigChunk&, Value) {}
template <class Value>
void values(const desk::ConfigCommit&, Value) {}
template <class Record, class Value>
void values(const Record& r, Value value) {
  value("reserved", any(r.reserved), 0U);
}

template <class Text>
void texts_of_attributes(const auto& r, Text text) {
  for (const uint16_t size : r.sizes) text(size);
}
template <class Text>
void texts(const desk::Open& r, Text text) {
  texts_of_attributes(r, text);
}
template <class Text>
void texts(const desk::Update& r, Text text) {
  texts_of_attributes(r, text);
}
template <class Text>
void texts(const desk::Message& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::Assign& r, Text text) {
  text(r.external_id_size);
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Start& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::Requeue& r, Text text) {
  text(r.external_id_size);
  text(r.queue_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::Pend& r, Text text) {
  text(r.external_id_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::Resume& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::Resolve& r, Text text) {
  text(r.external_id_size);
  text(r.code_size);
}
template <class Text>
void texts(const desk::Close& r, Text text) {
  text(r.external_id_size);
  text(r.code_size);
}
template <class Text>
void texts(const desk::Reopen& r, Text text) {
  text(r.external_id_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::Cancel& r, Text text) {
  text(r.external_id_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::Acknowledge& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::Merge& r, Text text) {
  text(r.external_id_size);
  text(r.into_external_id_size);
}
template <class Text>
void texts(const desk::ImportTicket& r, Text text) {
  texts_of_attributes(r, text);
  text(r.history_size);
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Migrate& r, Text text) {
  text(r.select_size);
  text(r.policy_size);
}
template <class Text>
void texts(const desk::Repair& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::DefineQueue& r, Text text) {
  text(r.name_size);
  text(r.group_size);
  text(r.need_size);
}
template <class Text>
void texts(const desk::DefineAgent& r, Text text) {
  text(r.name_size);
  text(r.groups_size);
  text(r.skills_size);
}
template <class Text>
void texts(const desk::LogIn& r, Text text) {
  text(r.agent_size);
}
template <class Text>
void texts(const desk::LogOut& r, Text text) {
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Accept& r, Text text) {
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Decline& r, Text text) {
  text(r.agent_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::Withdraw& r, Text text) {
  text(r.external_id_size);
}
template <class Text>
void texts(const desk::SetAgentState& r, Text text) {
  text(r.agent_size);
  text(r.code_size);
}
template <class Text>
void texts(const desk::Next& r, Text text) {
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Escalate& r, Text text) {
  text(r.external_id_size);
  text(r.queue_size);
  text(r.reason_size);
  text(r.checklist_size);
}
template <class Text>
void texts(const desk::Bounce& r, Text text) {
  text(r.external_id_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::HandOver& r, Text text) {
  text(r.external_id_size);
  text(r.agent_size);
  text(r.note_size);
}
template <class Text>
void texts(const desk::Reassign& r, Text text) {
  text(r.where_size);
  text(r.queue_size);
  text(r.agent_size);
  text(r.reason_size);
}
template <class Text>
void texts(const desk::SwitchRoute& r, Text text) {
  text(r.rule_size);
}
template <class Text>
void texts(const desk::HoldQueue& r, Text text) {
  text(r.queue_size);
}
template <class Text>
void texts(const desk::Score& r, Text text) {
  text(r.external_id_size);
  text(r.agent_size);
}
template <class Text>
void texts(const desk::Reconcile& r, Text text) {
  text(r.agent_size);
  text(r.tickets_size);
}
template <class Text>
void texts(const desk::Rate& r, Text text) {
  text(r.external_id_size);
  text(r.comment_size);
}

}  // namespace paceline::wire
