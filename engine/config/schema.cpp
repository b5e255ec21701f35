// Long because it is a list; read it beside tools/docs/CONFIGURATION.md.
#include "engine/config/schema.h"

#include <array>

#include "engine/config/routing_words.h"
#include "engine/config/sections.h"

namespace paceline::config {

namespace {

using K = ValueKind;
using Key = SchemaKey;

constexpr std::string_view durabilities[] = {"sync", "interval", "none"};
constexpr std::string_view server_clocks[] = {"wall", "commands"};
constexpr std::string_view clock_jumps[] = {"continue", "wait"};
constexpr std::string_view levels[] = {"high", "medium", "low"};
constexpr std::string_view losts[] = {"requeue", "keep"};
constexpr std::string_view counted[] = {"bot", "automatic"};
constexpr std::string_view priority_changes[] = {"carry", "retroactive", "restart", "keep"};
constexpr std::string_view calendar_changes[] = {"immediate", "next_arm", "never"};
constexpr std::string_view reopens[] = {"resume", "restart", "continue"};
constexpr std::string_view verdicts[] = {"final_target", "worst", "initial"};
constexpr std::string_view origins[] = {"recorded", "occurred"};
constexpr std::string_view merge_origins[] = {"own", "earliest"};
constexpr std::string_view actions[] = {"notify", "raise_priority", "reassign", "add_watcher",
                                        "open_bridge"};

constexpr Key integer(std::string_view key, int64_t min, int64_t max, std::string_view summary) {
  return {.key = key, .kind = K::integer, .summary = summary, .min = min, .max = max};
}
constexpr Key units(std::string_view key, std::string_view summary) {
  return {.key = key, .kind = K::number, .summary = summary, .min = 0, .max = 1'000};
}
constexpr Key choice(std::string_view key, std::span<const std::string_view> choices,
                     std::string_view summary) {
  return {.key = key, .kind = K::choice, .summary = summary, .choices = choices};
}
constexpr Key nested(std::string_view key, K kind, std::string_view of, std::string_view summary) {
  return {.key = key, .kind = kind, .summary = summary, .of = of};
}
constexpr Key required(Key key) {
  key.required = true;
  return key;
}

constexpr Key of_desk{"desk", K::text, "the one desk it belongs to; absent: every desk"};

constexpr Key file_keys[] = {
    nested("server", K::table, "server", "the process"),
    nested("desk", K::named_tables, "desk", "desks of the server"),
    nested("calendar", K::named_tables, "calendar", "opening hours"),
    nested("pending", K::named_tables, "pending", "by reason, and default"),
    nested("priority", K::table, "priority", "how priorities come about"),
    nested("criticality", K::table, "criticality", "impact of tickets that state none"),
    nested("service", K::named_tables, "object", "services that tickets name"),
    nested("config_item", K::named_tables, "object", "configuration items that tickets name"),
    nested("requester", K::named_tables, "requester", "requesters that tickets name"),
    nested("route", K::tables, "route", "the first that matches"),
    nested("policy", K::tables, "policy", "per clock the first that matches"),
    nested("queue", K::tables, "queue", "where tickets wait"),
    nested("agent", K::tables, "agent", "who works"),
    nested("work", K::tables, "work", "what a ticket takes; the first that matches"),
    nested("away", K::tables, "away", "codes of being away"),
    nested("targets", K::table, "targets", "what figures of reports should be"),
};

constexpr Key server_keys[] = {
    {"listen", K::texts, "unix:PATH or tcp:HOST:PORT"},
    {"admin", K::text, "HOST:PORT; without effect yet"},
    {"data", K::text, "folder of the log"},
    choice("durability", durabilities, "when an answer leaves"),
    {"sync_interval", K::duration, "of durability interval"},
    choice("clock", server_clocks, "whose time it is"),
    {"max_jump", K::duration, "by how much clocks may differ"},
    choice("on_clock_jump", clock_jumps, "what happens then"),
    integer("shards", 1, 64, "threads that desks are spread over"),
    integer("snapshot_log_mib", 0, 1'048'576, "growth of the log between snapshots"),
    {"snapshot_every", K::duration, "time between snapshots"},
    integer("log_segment_mib", 1, 1'024, "size of a segment of the log"),
    {"pin", K::boolean, "each thread to a processor of its own"},
};

constexpr Key desk_keys[] = {
    {"calendar", K::text, "whose business days bd means"},
    {"auto_close", K::period, "after resolving"},
    {"reopen_window", K::period, "after closing"},
    {"stale_after", K::duration, "older thresholds of a down-time are told together"},
    {"max_backdate", K::duration, "oldest occurred_at that counts"},
    {"triage_queue", K::text, "where goes what no route matches"},
    {.key = "strict", .kind = K::choices, .summary = "served first", .choices = priority_names},
    {"coordinator_queue", K::text, "where goes what nobody wants"},
    {"aged_share", K::share, "of assignments, behind strict classes"},
    {"max_wait", K::duration, "until aged_share applies"},
    choice("language", language_rule_names, "whether agents must have the ticket's"),
    choice("takes", takes_names, "what an agent set free takes"),
    {"pending_share", K::share, "of its weight a pending ticket takes"},
    integer("no_response_after", 1, 100, "offers run out in a row"),
    {"drain_lead", K::duration, "nothing new so long before the end of a shift"},
    nested("ramp", K::table, "ramp", "not everything at once after log-in"),
    nested("occupancy", K::table, "occupancy", "the band of choice occupancy"),
    nested("survey", K::table, "survey", "whether requesters are asked"),
    nested("targets", K::table, "targets", "of this desk, before those of the file"),
};
constexpr Key ramp_keys[] = {required(integer("items", 1, 1'000, "tickets")),
                             required({"for", K::duration, "in this time"})};
constexpr Key occupancy_keys[] = {{"low", K::share, "from"}, {"high", K::share, "to"}};

constexpr Key survey_keys[] = {
    choice("question", survey_question_names, "what is asked"),
    {"sampling", K::share, "of the resolutions"},
    {"quiet_period", K::duration, "one requester is asked no sooner again"},
    {"valid_for", K::duration, "then it runs out"},
    {"change_within", K::duration, "of the first answer"},
    {"follow_up", K::text, "queue of the task after a score of 1 or 2"},
};
constexpr auto target_keys = [] {
  std::array<Key, std::size(desk::figure_ids)> keys{};
  for (size_t i = 0; i < keys.size(); ++i)
    keys[i] = {desk::figure_ids[i], K::band, "from..to; durations in hours"};
  return keys;
}();

constexpr Key calendar_keys[] = {
    {"zone", K::text, "IANA name"},
    nested("week", K::table, "hours", "by day, mon, or days, mon-fri"),
    {"closed", K::dates, "dates on which nothing opens"},
    nested("open", K::table, "hours", "by date"),
    nested("yearly", K::table, "hours", "by day of the year: 12-25, last mon may, easter+1"),
    {"valid_from", K::date, "first date that opens"},
    {"valid_to", K::date, "first date that does not open any more"},
    {"union", K::texts, "open where any of these is"},
    {"intersect", K::texts, "open where all of these are"},
    {"minus", K::texts, "open where the first is and no other"},
};
constexpr Key hours_keys[] = {{"*", K::hours, "HH:MM-HH:MM each; an empty list closes"}};

constexpr Key pending_keys[] = {
    {.key = "pauses", .kind = K::choices_or_all, .summary = "clocks", .choices = clock_names},
    {"when", K::text, "predicate: only these tickets"},
    {"max_pause", K::period_or_none, "then it resumes by itself"},
    {"remind_every", K::period, "reminders of the requester"},
    integer("reminders", 1, 100, "unanswered, then resolved"),
};

constexpr Key priority_keys[] = {nested("matrix", K::table, "matrix", "impact × urgency")};
constexpr std::string_view of_row = "urgency high, medium, low";
constexpr Key matrix_keys[] = {
    required({.key = "high", .kind = K::choices, .summary = of_row, .choices = priority_names}),
    required({.key = "medium", .kind = K::choices, .summary = of_row, .choices = priority_names}),
    required({.key = "low", .kind = K::choices, .summary = of_row, .choices = priority_names}),
};
constexpr Key criticality_keys[] = {
    nested("service", K::table, "levels", "by name"),
    nested("config_item", K::table, "levels", "by name"),
};
constexpr Key levels_keys[] = {choice("*", levels, "impact")};
constexpr Key object_keys[] = {
    choice("criticality", levels, "impact of its tickets that state none"),
    nested("attributes", K::table, "attributes", "that conditions read"),
};
constexpr Key requester_keys[] = {
    nested("attributes", K::table, "attributes", "that conditions read")};
constexpr Key attributes_keys[] = {{"*", K::text, "a value"}};

constexpr Key route_keys[] = {
    {"name", K::text, "for events"},
    {"when", K::text, "predicate; absent: always"},
    required({"queue", K::text, "where to"}),
    integer("min_confidence", 0, 100, "percent"),
    {"enabled", K::boolean, "false: passed over"},
    of_desk,
};

constexpr Key policy_keys[] = {
    required({"name", K::text, "for people"}),
    {"when", K::text, "predicate; absent: always"},
    required(choice("clock", clock_names, "the kind of clock")),
    {"label", K::text, "tells clocks of one kind apart"},
    required({"target", K::target, "how long, or until when"}),
    {"cut_off", K::text, "HH:MM, of a target in business days"},
    {"pause_moves_fixed", K::boolean, "of a target that is an instant"},
    {"calendar", K::text, "whose hours count"},
    {"start", K::text, "predicate"},
    {"stop", K::text, "predicate"},
    {"cancel", K::text, "predicate"},
    {"reset", K::text, "predicate"},
    {"pause_when", K::text, "predicate"},
    {"resume_when", K::text, "predicate"},
    {"cancel_when_start_false", K::boolean, "it ends without verdict then"},
    {"pause", K::texts, "pending reasons that pause it"},
    {.key = "counts", .kind = K::choices, .summary = "answers too", .choices = counted},
    {"thresholds", K::percents, "ascending"},
    nested("escalate", K::tables, "rung", "its ladder"),
    choice("on_priority_change", priority_changes, "when another policy matches"),
    choice("on_calendar_change", calendar_changes, "when its calendar has a new version"),
    choice("on_reopen", reopens, "what the new cycle begins with"),
    choice("verdict", verdicts, "against which target"),
    choice("origin", origins, "from when it counts"),
    choice("merge_origin", merge_origins, "of a ticket that takes a duplicate in"),
    of_desk,
};
constexpr Key rung_keys[] = {
    {.key = "at", .kind = K::number, .summary = "percent of the target", .min = 0, .max = 1'000},
    {"before", K::business, "or the time left"},
    {"notify", K::texts, "recipients"},
    choice("action", actions, "what is done"),
    {"retarget", K::boolean, "of raise_priority: targets follow"},
    {"queue", K::text, "of reassign"},
    {"calendar", K::text, "the action waits until it is open"},
    {"repeat", K::duration, "until acknowledged"},
    integer("max", 1, 1'000, "repetitions"),
};

constexpr Key queue_keys[] = {
    required({"name", K::text, "for people"}),
    choice("mode", mode_names, "how agents come to its tickets"),
    choice("discipline", discipline_names, "what stands first"),
    {"group", K::text, "whose agents may take its tickets"},
    integer("tier", 1, 9, "shown and reported"),
    units("weight", "capacity a ticket takes"),
    {"default_horizon", K::duration, "due instant of tickets without a clock"},
    nested("head_start", K::table, "head_start", "before the due instant"),
    {"need", K::text, "skills asked of an agent"},
    nested("step", K::tables, "step", "needs, one after the other"),
    nested("preferred", K::tables, "preferred", "liked, never asked for"),
    {"best_fit", K::boolean, "the least over-qualified first"},
    choice("choice", choice_names, "who of equally fit agents"),
    integer("share", 0, 1'000, "weight among the queues of an agent"),
    nested("overflow", K::tables, "overflow", "on to another queue"),
    nested("sticky", K::table, "sticky", "who knows the requester comes first"),
    {"window", K::duration, "arrivals matched together"},
    {"min_fit", K::duration, "a shift must last so much longer"},
    integer("keep_free", 0, 10'000, "agents kept free for other queues"),
    {"auto_accept", K::boolean, "offer and acceptance are one step"},
    {"offer_timeout", K::duration, "then an offer runs out"},
    integer("fan_out", 1, 8, "agents offered one ticket at once"),
    integer("declines_max", 1, 100, "then to the coordinator queue"),
    {"cool_off", K::duration, "not offered again"},
    {"grace", K::duration, "work of a broken session is kept"},
    choice("lost", losts, "what happens to it then"),
    nested("wrap_up", K::table, "wrap_up", "after a ticket is resolved"),
    {"escalate_to", K::text, "a queue"},
    {"checklist", K::texts, "before an agent escalates"},
    {"checklist_required", K::boolean, "else it is only counted"},
    {"no_touch", K::duration, "escalates what nobody worked on"},
    {"escalate_unroutable", K::boolean, "and what nobody can serve"},
    {"bounce_window", K::duration, "after entering"},
    nested("follow_the_sun", K::table, "sun", "at the end of the region's day"),
    of_desk,
};
constexpr Key head_start_keys[] = {
    {"P1", K::duration, "of this priority"},        {"P2", K::duration, "of this priority"},
    {"P3", K::duration, "of this priority"},        {"P4", K::duration, "of this priority"},
    {"P5", K::duration, "of this priority"},        {"vip", K::duration, "of VIPs"},
    {"reopened", K::duration, "of those reopened"}, {"negative", K::duration, "of bad sentiment"},
};
constexpr Key step_keys[] = {
    required({"need", K::text, "skills"}),
    {"until", K::text, "wait >= 5m || slack <= 30m"},
};
constexpr Key preferred_keys[] = {
    required({"need", K::text, "skills"}),
    integer("points", 1, 15, "off the rank"),
};
constexpr Key overflow_keys[] = {
    required({"when", K::text, "wait >= 30m, size > 100, no_agent"}),
    required({"queue", K::text, "where to"}),
    {"every", K::duration, "how often no_agent is looked at"},
};
constexpr Key sticky_keys[] = {
    required(choice("by", sticky_names, "what must be the same")),
    {"ttl", K::duration, "how long a resolver is remembered"},
    {"wait", K::duration, "for one who is busy"},
    {"min_slack", K::duration, "but no longer"},
};
constexpr Key wrap_up_keys[] = {
    {"min", K::duration, "before it can be ended"},
    required({"max", K::duration, "then it ends"}),
};
constexpr Key sun_keys[] = {
    required({"calendar", K::text, "of the region"}),
    required({"queue", K::text, "of the next one"}),
    choice("mode", sun_mode_names, "what goes on"),
};

constexpr Key agent_keys[] = {
    required({"name", K::text, "for people"}),
    required({"groups", K::texts, "of queues"}),
    nested("skills", K::table, "skills", "levels by skill"),
    units("capacity", "of tickets' weights"),
    {"languages", K::texts, "as tickets name them"},
    {"clearances", K::texts, "for tickets with that confidentiality"},
    {"channels", K::texts, "of these only"},
    {"shift", K::text, "a calendar"},
    of_desk,
};
constexpr Key skills_keys[] = {integer("*", 1, 100, "level")};

constexpr Key work_keys[] = {
    {"channel", K::text, "absent: any"},
    choice("kind", kind_names, "absent: any"),
    choice("priority", priority_names, "absent: any"),
    required(units("weight", "capacity one such ticket takes")),
    integer("max", 1, 10'000, "in hand with one agent"),
    {"blocking", K::boolean, "no other work beside it"},
    {"interruptible", K::boolean, "does not stand in the way"},
    of_desk,
};
constexpr Key away_keys[] = {
    required({"code", K::text, "lunch"}),
    {"planned", K::boolean, "for reports"},
    {"routable", K::boolean, "still given work"},
    of_desk,
};

constexpr SchemaTable tables[] = {
    {"file", "a configuration file of Paceline", file_keys},
    {"server", "what the command line does not say", server_keys},
    {"desk", "a desk of its own name", desk_keys},
    {"ramp", "", ramp_keys},
    {"occupancy", "", occupancy_keys},
    {"survey", "asks requesters after a resolution", survey_keys},
    {"calendar", "a zone and a week, or others put together", calendar_keys},
    {"hours", "", hours_keys},
    {"pending", "what a pending reason does", pending_keys},
    {"priority", "", priority_keys},
    {"matrix", "rows are impacts", matrix_keys},
    {"criticality", "", criticality_keys},
    {"levels", "", levels_keys},
    {"object", "what is known of it", object_keys},
    {"requester", "what is known of them", requester_keys},
    {"attributes", "", attributes_keys},
    {"route", "which queue a ticket goes to", route_keys},
    {"policy", "gives tickets a clock", policy_keys},
    {"rung", "a step of a ladder", rung_keys},
    {"queue", "where tickets wait", queue_keys},
    {"head_start", "", head_start_keys},
    {"step", "", step_keys},
    {"preferred", "", preferred_keys},
    {"overflow", "", overflow_keys},
    {"sticky", "", sticky_keys},
    {"wrap_up", "", wrap_up_keys},
    {"sun", "", sun_keys},
    {"agent", "who works", agent_keys},
    {"skills", "", skills_keys},
    {"work", "a kind of work", work_keys},
    {"away", "a code of being away", away_keys},
    {"targets", "by figure, what it should be", target_keys},
};

}  // namespace

std::span<const SchemaTable> schema_tables() { return tables; }

}  // namespace paceline::config
