// What commands consist of, one function for every direction: each_field() names a command's fields
// to a visitor that counts, writes down or fills in.
//
// Left out is what a replay puts in anew: the ticket, the survey and the offer, texts' place in the
// frame, the version a sender expected. Of texts the sizes are named, in the order in which the
// texts lie.
//
//   visitor.text("reason", size);  visitor.number("rung", value);
//
// Owner: any thread; pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "engine/desk/command.h"

namespace paceline::sim {

/// By desk::CommandKind.
inline constexpr std::array<std::string_view, desk::command_kind_count> command_names = {
    "open",          "update",       "message",  "assign",          "start",        "requeue",
    "pend",          "resume",       "resolve",  "close",           "reopen",       "cancel",
    "define_queue",  "define_agent", "log_in",   "log_out",         "config_begin", "config_chunk",
    "config_commit", "acknowledge",  "merge",    "import_ticket",   "migrate",      "repair",
    "accept",        "decline",      "withdraw", "set_agent_state", "next",         "escalate",
    "bounce",        "hand_over",    "reassign", "switch_route",    "hold_queue",   "score",
    "reconcile",     "rate"};

/// By desk::CommandKind: where a frame has its commands of the kind.
inline constexpr auto frame_parts = [] {
  using F = desk::CommandFrame;
  return std::tuple{&F::open,         &F::update,        &F::message,       &F::assign,
                    &F::start,        &F::requeue,       &F::pend,          &F::resume,
                    &F::resolve,      &F::close,         &F::reopen,        &F::cancel,
                    &F::define_queue, &F::define_agent,  &F::log_in,        &F::log_out,
                    &F::config_begin, &F::config_chunk,  &F::config_commit, &F::acknowledge,
                    &F::merge,        &F::import_ticket, &F::migrate,       &F::repair,
                    &F::accept,       &F::decline,       &F::withdraw,      &F::set_agent_state,
                    &F::next,         &F::escalate,      &F::bounce,        &F::hand_over,
                    &F::reassign,     &F::switch_route,  &F::hold_queue,    &F::score,
                    &F::reconcile,    &F::rate};
}();
static_assert(std::tuple_size_v<decltype(frame_parts)> == desk::command_kind_count);

template <size_t Kind>
using CommandOf = typename std::remove_cvref_t<decltype(std::declval<desk::CommandFrame>().*
                                                        std::get<Kind>(frame_parts))>::value_type;

/// Calls `each(std::integral_constant<size_t, kind>{})` for the one kind it is.
template <class Each>
void with_kind(desk::CommandKind kind, Each&& each) {
  [&]<size_t... Kind>(std::index_sequence<Kind...>) {
    ((Kind == static_cast<size_t>(kind) ? each(std::integral_constant<size_t, Kind>{})
                                        : static_cast<void>(0)),
     ...);
  }
  (std::make_index_sequence<desk::command_kind_count>());
}

/// By desk::TextField.
inline constexpr std::array<const char*, desk::text_field_count> text_field_names = {
    "external_id", "category",        "subcategory",  "service",  "config_item",
    "channel",     "requester_type",  "organisation", "contract", "stage",
    "language",    "confidentiality", "requester",    "body",     "queue"};

template <class Command, class Visitor>
void each_field(Command& command, Visitor& visitor) {
  using C = std::remove_cv_t<Command>;
  // Texts first, in the order of the command's `…_size` fields.
  if constexpr (requires { command.sizes; }) {
    for (size_t i = 0; i < desk::text_field_count; ++i)
      visitor.text(text_field_names[i], command.sizes[i]);
  }
  if constexpr (requires { command.history_size; }) visitor.text("history", command.history_size);
  if constexpr (requires { command.name_size; }) visitor.text("name", command.name_size);
  if constexpr (requires { command.group_size; }) visitor.text("group", command.group_size);
  if constexpr (requires { command.need_size; }) visitor.text("need", command.need_size);
  if constexpr (requires { command.groups_size; }) visitor.text("groups", command.groups_size);
  if constexpr (requires { command.skills_size; }) visitor.text("skills", command.skills_size);
  if constexpr (requires { command.external_id_size; })
    visitor.text("external_id", command.external_id_size);
  if constexpr (requires { command.into_external_id_size; })
    visitor.text("into_external_id", command.into_external_id_size);
  if constexpr (requires { command.where_size; }) visitor.text("where", command.where_size);
  if constexpr (requires { command.select_size; }) visitor.text("select", command.select_size);
  if constexpr (requires { command.policy_size; }) visitor.text("policy", command.policy_size);
  if constexpr (requires { command.rule_size; }) visitor.text("rule", command.rule_size);
  if constexpr (requires { command.queue_size; }) visitor.text("queue", command.queue_size);
  if constexpr (requires { command.agent_size; }) visitor.text("agent", command.agent_size);
  if constexpr (requires { command.tickets_size; }) visitor.text("tickets", command.tickets_size);
  if constexpr (requires { command.note_size; }) visitor.text("note", command.note_size);
  if constexpr (requires { command.reason_size; }) visitor.text("reason", command.reason_size);
  if constexpr (requires { command.checklist_size; })
    visitor.text("checklist", command.checklist_size);
  if constexpr (requires { command.code_size; }) visitor.text("code", command.code_size);
  if constexpr (requires { command.comment_size; }) visitor.text("comment", command.comment_size);
  if constexpr (std::is_same_v<C, desk::ConfigChunk>) visitor.text("document", command.size);

  const auto number = [&]<class T>(const char* name, T& value) { visitor.number(name, value); };
#define PACELINE_FIELD(field) \
  if constexpr (requires { command.field; }) number(#field, command.field)
  PACELINE_FIELD(occurred_at_us);
  PACELINE_FIELD(promised_at_us);
  PACELINE_FIELD(recorded_at_us);
  PACELINE_FIELD(resume_at_us);
  PACELINE_FIELD(max_pause_us);
  PACELINE_FIELD(fields);
  PACELINE_FIELD(kind);
  PACELINE_FIELD(impact);
  PACELINE_FIELD(urgency);
  PACELINE_FIELD(vip);
  PACELINE_FIELD(sentiment);
  PACELINE_FIELD(workaround);
  PACELINE_FIELD(major);
  PACELINE_FIELD(confidence);
  PACELINE_FIELD(author_kind);
  PACELINE_FIELD(is_public);
  PACELINE_FIELD(automatic);
  PACELINE_FIELD(reminders);
  PACELINE_FIELD(restate);
  PACELINE_FIELD(weight_milli);
  PACELINE_FIELD(capacity_milli);
  PACELINE_FIELD(mode);
  PACELINE_FIELD(discipline);
  PACELINE_FIELD(tier);
  PACELINE_FIELD(bytes);
  PACELINE_FIELD(hash);
  PACELINE_FIELD(clock);
  PACELINE_FIELD(rung);
  PACELINE_FIELD(newest);
  PACELINE_FIELD(step);
  PACELINE_FIELD(requeue);
  PACELINE_FIELD(on);
  PACELINE_FIELD(held);
  PACELINE_FIELD(points);
  PACELINE_FIELD(score);
  PACELINE_FIELD(recommend);
#undef PACELINE_FIELD
}

}  // namespace paceline::sim
