#include "tools/failure.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "engine/runtime/data_folder.h"

namespace paceline::tools {

namespace {

using desk::Reject;

struct Explanation {
  Exit exit;
  std::string_view text;  // what, why and how to mend it, after "ticket INC7: "
};

Explanation explanation(Reject reject) {
  switch (reject) {
    case Reject::none:
      return {Exit::ok, "done"};
    case Reject::already_answered:
      return {Exit::conflict,
              "was answered long ago and the answer is no longer kept: use a new session"};
    case Reject::number_gap:
      return {
          Exit::conflict,
          "its number is not the next of this session: open the desk again and go on from there"};
    case Reject::sessions_full:
      return {
          Exit::unavailable,
          "the desk knows too many client sessions: use fewer, or wait until unused ones expire"};
    case Reject::permission_denied:
      return {Exit::permission,
              "needs an administrator: connect to the unix socket as the server's user, or pass "
              "--token-file"};
    case Reject::field_invalid:
      return {Exit::validation,
              "a field has a value that is not allowed here: see --help for the values"};
    case Reject::field_required:
      return {Exit::validation, "a field that is needed was left empty"};
    case Reject::expression_invalid:
      return {Exit::validation,
              "the condition does not parse: try it with `paceline config check`"};
    case Reject::configuration_invalid:
      return {Exit::validation,
              "the configuration cannot be applied: `paceline config check` says why"};
    case Reject::configuration_incomplete:
      return {Exit::validation, "the configuration arrived incomplete: send it again"};
    case Reject::ticket_unknown:
      return {Exit::not_found, "there is no such ticket on this desk: see `paceline ticket list`"};
    case Reject::queue_unknown:
      return {Exit::not_found, "there is no such queue: see `paceline queue list`"};
    case Reject::agent_unknown:
      return {Exit::not_found, "there is no such agent: see `paceline agent list`"};
    case Reject::external_id_taken:
      return {Exit::conflict,
              "another ticket has this external id: update that one, or choose another id"};
    case Reject::version_conflict:
      return {Exit::conflict, "was changed by someone else in the meantime: get it and try again"};
    case Reject::route_unknown:
      return {Exit::not_found,
              "there is no such routing rule: their names are in the desk's configuration, see "
              "`paceline config explain`"};
    case Reject::offer_gone:
      return {Exit::conflict,
              "was answered, ran out or was withdrawn: see `paceline offer list` for those that "
              "live"};
    case Reject::offer_of_another:
      return {Exit::conflict,
              "was made to another agent: see `paceline offer list --agent` for one's own"};
    case Reject::ticket_not_assigned:
      return {Exit::conflict, "no agent has it: assign it first"};
    case Reject::ticket_not_pending:
      return {Exit::conflict, "is not pending"};
    case Reject::ticket_already_pending:
      return {Exit::conflict, "is pending already: resume it first"};
    case Reject::ticket_in_progress:
      return {Exit::conflict, "is in progress already"};
    case Reject::ticket_already_resolved:
      return {Exit::conflict, "is resolved: reopen it first"};
    case Reject::ticket_not_resolved:
      return {Exit::conflict,
              "is open: only a resolved, closed or cancelled ticket can be reopened"};
    case Reject::ticket_closed:
      return {Exit::conflict, "is closed: reopen it first"};
    case Reject::ticket_cancelled:
      return {Exit::conflict, "is cancelled: reopen it first"};
    case Reject::agent_already_logged_in:
      return {Exit::conflict, "is logged in already"};
    case Reject::agent_not_logged_in:
      return {Exit::conflict, "is not logged in"};
    case Reject::migration_under_way:
      return {Exit::conflict, "a migration is under way: try again when it has ended"};
    case Reject::rung_not_reached:
      return {Exit::conflict, "has nothing to acknowledge: no such rung of its ladder was reached"};
    case Reject::nothing_waiting:
      return {Exit::not_found,
              "nothing waits that this agent may take now: `paceline why agent` says why"};
    case Reject::agent_not_in_wrap_up:
      return {Exit::conflict, "is not in wrap-up: there is none to extend"};
    case Reject::wrap_up_extended_before:
      return {Exit::conflict,
              "its wrap-up was extended already: end it, or be away with a code for the rest"};
    case Reject::code_unknown:
      return {Exit::validation,
              "no such code to be away with is declared: see `paceline config explain` for those "
              "that are"};
    case Reject::ticket_not_offered:
      return {Exit::conflict, "is offered to nobody: there is nothing to withdraw"};
    case Reject::escalation_nowhere:
      return {Exit::conflict,
              "its queue does not say where to escalate to: name a queue with --queue, or set "
              "escalate_to"};
    case Reject::checklist_incomplete:
      return {Exit::validation,
              "what its queue asks for before an escalation is not all done: do it, and list it "
              "with --checklist"};
    case Reject::ticket_not_moved:
      return {Exit::conflict,
              "came from no other queue: there is nowhere to send it back to; requeue it instead"};
    case Reject::bounce_window_over:
      return {Exit::conflict,
              "has been here too long to be sent back: requeue it, or escalate it further"};
    case Reject::tasks_open:
      return {Exit::conflict, "has tasks that have not ended: resolve or cancel them first"};
    case Reject::reassign_under_way:
      return {Exit::conflict, "a reassignment is under way: try again when it has ended"};
    case Reject::scores_full:
      return {Exit::conflict,
              "has a score for 8 agents already: take one back by giving that agent 0 points"};
    case Reject::score_out_of_scale:
      return {Exit::validation,
              "the answer is off its scale: a score is 1 to 5, a recommendation 0 to 10"};
    case Reject::survey_unknown:
      return {Exit::not_found,
              "has no survey, or not this one: csat.sent says its token and ticket, and without "
              "[desk.NAME.survey] none are sent"};
    case Reject::survey_expired:
      return {Exit::conflict,
              "its survey has run out and takes no answer any more (valid_for in "
              "[desk.NAME.survey])"};
    case Reject::survey_answered:
      return {Exit::conflict,
              "its survey was answered, and the time to change the answer is over (change_within "
              "in [desk.NAME.survey])"};
    case Reject::question_not_asked:
      return {Exit::validation,
              "its survey does not ask that: --score is for question csat, --recommend for nps, "
              "both for both"};
    case Reject::tickets_full:
      return {Exit::unavailable, "the desk is full of tickets (limit tickets_max)"};
    case Reject::clocks_full:
      return {Exit::unavailable, "the desk has no clock left (limit clocks_per_ticket)"};
    case Reject::text_full:
      return {Exit::unavailable, "the desk has no room for text left (limit text_mib_max)"};
    case Reject::dictionary_full:
      return {
          Exit::unavailable,
          "an attribute has too many different values (limit dictionary_max): is it free text?"};
    case Reject::queues_full:
      return {Exit::unavailable, "there are too many queues (limit queues_max)"};
    case Reject::agents_full:
      return {Exit::unavailable, "there are too many agents (limit agents_max)"};
    case Reject::offers_full:
      return {Exit::unavailable, "there are too many live offers (limit offers_max)"};
    case Reject::work_kinds_full:
      return {Exit::validation,
              "there would be more than 64 kinds of work: let rules share weight, maximum and "
              "flags"};
    case Reject::intervals_full:
      return {Exit::unavailable,
              "the desk has no room for state intervals left (limit intervals_per_ticket)"};
    case Reject::ticket_intervals_full:
      return {Exit::conflict,
              "has changed its state 65,534 times: resolve, close or cancel it, and open another "
              "that follows it"};
  }
  return {Exit::failure, "was refused for a reason this version does not know: update paceline"};
}

Exit exit_of(wire::ErrorCode code) {
  switch (code) {
    case wire::ErrorCode::token_invalid:
    case wire::ErrorCode::permission_denied:
      return Exit::permission;
    case wire::ErrorCode::desk_unknown:
      return Exit::not_found;
    case wire::ErrorCode::desk_name_invalid:
    case wire::ErrorCode::desk_limits_invalid:
    case wire::ErrorCode::query_invalid:
    case wire::ErrorCode::subscription_invalid:
      return Exit::validation;
    case wire::ErrorCode::clock_not_commands:
    case wire::ErrorCode::time_backwards:
      return Exit::conflict;
    case wire::ErrorCode::desks_full:
    case wire::ErrorCode::connections_full:
    case wire::ErrorCode::draining:
      return Exit::unavailable;
    default:
      return Exit::failure;
  }
}

Exit exit_of(wire::ClientErrorKind kind) {
  switch (kind) {
    case wire::ClientErrorKind::address_invalid:
      return Exit::usage;
    case wire::ClientErrorKind::unreachable:
    case wire::ClientErrorKind::deadline:
      return Exit::unavailable;
    case wire::ClientErrorKind::frame_invalid:
      return Exit::validation;
    case wire::ClientErrorKind::too_old:
      return Exit::not_found;
    case wire::ClientErrorKind::forbidden:
      return Exit::permission;
    default:
      return Exit::failure;
  }
}

}  // namespace

Failure explain(Reject reject, std::string_view about) {
  const Explanation found = explanation(reject);
  return {found.exit, fmt::format("E5{:03}", static_cast<unsigned>(reject)),
          fmt::format("{}: {} ({})", about, found.text, desk::name(reject))};
}

Failure explain(const wire::ClientError& error) {
  if (error.kind == wire::ClientErrorKind::refused) {
    return {exit_of(error.code), fmt::format("E3{:03}", static_cast<unsigned>(error.code)),
            error.text};
  }
  if (error.kind == wire::ClientErrorKind::rejected) {
    Failure failure = explain(error.reject, "configuration");
    const bool says_more = error.reject != Reject::permission_denied;
    if (!error.text.empty() && says_more) failure.text = error.text;
    return failure;
  }
  return {exit_of(error.kind), fmt::format("E4{:03}", static_cast<unsigned>(error.kind) + 1),
          error.text};
}

Failure went_wrong(std::string text) { return {Exit::failure, "E1001", std::move(text)}; }
Failure bad_usage(std::string text) { return {Exit::usage, "E1002", std::move(text)}; }
Failure not_readable(std::string text) { return {Exit::failure, "E1003", std::move(text)}; }
Failure not_valid(std::string text) { return {Exit::validation, "E1004", std::move(text)}; }
Failure incomplete(std::string text) { return {Exit::partial, "E1005", std::move(text)}; }
Failure not_found(std::string text) { return {Exit::not_found, "E1006", std::move(text)}; }
Failure file_failed(int error, std::string text) {
  if (runtime::is_forbidden(error)) return {Exit::permission, "E1009", std::move(text)};
  return not_readable(std::move(text));
}
Failure conflict(std::string text) { return {Exit::conflict, "E1008", std::move(text)}; }
Failure not_available(std::string text) { return {Exit::unavailable, "E1007", std::move(text)}; }

Done may_read(const std::string& folder) {
  const auto missing = runtime::missing_right(folder, runtime::FolderUse::read);
  if (!missing) return {};
  return sched::Unexpected{file_failed(
      missing->error, fmt::format("{} cannot be read by this user: {}: run this as the user of the "
                                  "server, or: chown -R USER {}",
                                  missing->path, std::strerror(missing->error), folder))};
}

}  // namespace paceline::tools
