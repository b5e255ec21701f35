"""Codes of replies and of errors, as the tables of tools/docs/PROTOCOL.md list and explain them. A newer
server may send others: they come as plain numbers."""

import enum


class Code(enum.IntEnum):
    """Of a reply, and of the answer to a query."""

    none = 0
    already_answered = 1
    number_gap = 2
    sessions_full = 3
    permission_denied = 4
    field_invalid = 10
    field_required = 11
    expression_invalid = 12
    configuration_invalid = 13
    configuration_incomplete = 14
    score_out_of_scale = 15
    ticket_unknown = 20
    queue_unknown = 21
    agent_unknown = 22
    external_id_taken = 23
    version_conflict = 24
    route_unknown = 25
    offer_gone = 26
    offer_of_another = 27
    survey_unknown = 28
    ticket_not_assigned = 31
    ticket_not_pending = 32
    ticket_already_pending = 33
    ticket_in_progress = 34
    ticket_already_resolved = 35
    ticket_not_resolved = 36
    ticket_closed = 37
    ticket_cancelled = 38
    agent_already_logged_in = 39
    agent_not_logged_in = 40
    migration_under_way = 41
    rung_not_reached = 42
    nothing_waiting = 43
    agent_not_in_wrap_up = 44
    wrap_up_extended_before = 45
    code_unknown = 46
    ticket_not_offered = 47
    escalation_nowhere = 48
    checklist_incomplete = 49
    tickets_full = 50
    clocks_full = 51
    text_full = 52
    dictionary_full = 53
    queues_full = 54
    agents_full = 55
    offers_full = 56
    work_kinds_full = 57
    intervals_full = 58
    ticket_intervals_full = 59
    ticket_not_moved = 60
    bounce_window_over = 61
    tasks_open = 62
    reassign_under_way = 63
    scores_full = 64
    survey_expired = 65
    survey_answered = 66
    question_not_asked = 67


class ErrorCode(enum.IntEnum):
    """Of an error."""

    frame_malformed = 1
    version_unsupported = 2
    hello_expected = 3
    token_invalid = 4
    permission_denied = 5
    desk_unknown = 6
    desk_name_invalid = 7
    desk_limits_invalid = 8
    desks_full = 9
    clock_not_commands = 10
    time_backwards = 11
    query_invalid = 12
    subscription_invalid = 13
    connections_full = 14
    draining = 15
    limit_exceeded = 16
    internal = 17
    snapshot_failed = 18
    reload_failed = 19


def named(kind, number):
    """The code, or the number itself where this client does not know it."""
    try:
        return kind(number)
    except ValueError:
        return number
