#include "tools/commands.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/command_tree.h"
#include "tools/standard_output.h"

namespace paceline::tools {

namespace {

/// The one table: dispatch, help, completion and the manual page are generated from it.
constexpr std::array commands = {
    SubcommandRow{"serve", "Run a server", make_serve},
    SubcommandRow{"demo", "Watch a desk work through a generated day", make_demo},
    SubcommandRow{"init", "Write a configuration file to begin with", make_init},
    SubcommandRow{"version", "Say which version this is", make_version},
    SubcommandRow{"config check", "Say whether a configuration file is right", make_config_check},
    SubcommandRow{"config put", "Give a desk the configuration in a file", make_config_put},
    SubcommandRow{"config explain", "Show every setting in force and where it comes from",
                  make_config_explain},
    SubcommandRow{"config diff", "Show what changes between two files", make_config_diff},
    SubcommandRow{"config schema", "Print what a configuration file may hold, as a JSON Schema",
                  make_config_schema},
    SubcommandRow{"lint", "Find what a configuration can hardly mean", make_lint},
    SubcommandRow{"calendar show", "Show a calendar's open hours, day by day", make_calendar_show},
    SubcommandRow{"calendar next", "Say whether a calendar is open, and until when",
                  make_calendar_next},
    SubcommandRow{"calendar diff", "Show when two versions of a calendar differ",
                  make_calendar_diff},
    SubcommandRow{"calendar add", "Add business time to instants, line by line", make_calendar_add},
    SubcommandRow{"calendar between", "Count business time between instants, line by line",
                  make_calendar_between},
    SubcommandRow{"calendar import-ics", "Turn an iCalendar file into a list to review",
                  make_calendar_import_ics},
    SubcommandRow{"desk create", "Create a desk", make_desk_create},
    SubcommandRow{"desk list", "List the server's desks", make_desk_list},
    SubcommandRow{"ticket create", "Open a ticket", make_ticket_create},
    SubcommandRow{"ticket get", "Show one ticket with its clocks", make_ticket_get},
    SubcommandRow{"ticket list", "List tickets by state, queue or agent", make_ticket_list},
    SubcommandRow{"ticket update", "Change attributes of a ticket", make_ticket_update},
    SubcommandRow{"ticket message", "Note that someone wrote about a ticket", make_ticket_message},
    SubcommandRow{"ticket assign", "Give a ticket to an agent", make_ticket_assign},
    SubcommandRow{"ticket start", "Begin work on a ticket", make_ticket_start},
    SubcommandRow{"ticket requeue", "Put a ticket into a queue", make_ticket_requeue},
    SubcommandRow{"ticket pend", "Let a ticket wait for someone else", make_ticket_pend},
    SubcommandRow{"ticket resume", "End a ticket's waiting", make_ticket_resume},
    SubcommandRow{"ticket resolve", "Resolve a ticket", make_ticket_resolve},
    SubcommandRow{"ticket close", "Close a ticket", make_ticket_close},
    SubcommandRow{"ticket reopen", "Reopen a ticket", make_ticket_reopen},
    SubcommandRow{"ticket cancel", "Cancel a ticket", make_ticket_cancel},
    SubcommandRow{"ticket merge", "Close a ticket as a duplicate of another", make_ticket_merge},
    SubcommandRow{"ticket acknowledge", "Silence what an escalation still repeats",
                  make_ticket_acknowledge},
    SubcommandRow{"ticket import", "Take a ticket over with its past", make_ticket_import},
    SubcommandRow{"ticket escalate", "Hand a ticket to those who can do more",
                  make_ticket_escalate},
    SubcommandRow{"ticket bounce", "Send a ticket back to where it came from", make_ticket_bounce},
    SubcommandRow{"ticket hand-over", "Offer a ticket to a named agent", make_ticket_hand_over},
    SubcommandRow{"ticket score", "Say what an agent is worth for a ticket", make_ticket_score},
    SubcommandRow{"ticket rate", "Take a requester's answer to a survey", make_ticket_rate},
    SubcommandRow{"ticket reassign", "Move all tickets for which a condition holds",
                  make_ticket_reassign},
    SubcommandRow{"offer list", "List the offers that wait for an answer", make_offer_list},
    SubcommandRow{"offer accept", "Take what was offered", make_offer_accept},
    SubcommandRow{"offer decline", "Refuse what was offered", make_offer_decline},
    SubcommandRow{"offer withdraw", "Take a ticket's offers back", make_offer_withdraw},
    SubcommandRow{"hand-off report", "Show what a queue or an agent hands over",
                  make_hand_off_report},
    SubcommandRow{"clock list", "List clocks by policy and state", make_clock_list},
    SubcommandRow{"why clock", "Say how a ticket's clocks came to where they stand",
                  make_why_clock},
    SubcommandRow{"why ticket", "Say why a ticket waits, and for whom", make_why_ticket},
    SubcommandRow{"why agent", "Say why an agent has no work, or this", make_why_agent},
    SubcommandRow{"why queue", "Say what a queue's tickets wait for", make_why_queue},
    SubcommandRow{"trace", "Tell all that happened to a ticket, in order", make_trace},
    SubcommandRow{"policy list", "List the policies and the clocks on them", make_policy_list},
    SubcommandRow{"policy check", "Show what the policies of a file mean", make_policy_check},
    SubcommandRow{"policy migrate", "Put running clocks under the policies in force",
                  make_policy_migrate},
    SubcommandRow{"repair", "Rebuild clocks from their segments", make_repair},
    SubcommandRow{"queue define", "Create or change a queue", make_queue_define},
    SubcommandRow{"queue list", "List the queues and who waits in them", make_queue_list},
    SubcommandRow{"queue peek", "Show a queue, most pressing first", make_queue_peek},
    SubcommandRow{"queue hold", "Stop giving out a queue's tickets", make_queue_hold},
    SubcommandRow{"queue release", "Go on giving out a queue's tickets", make_queue_release},
    SubcommandRow{"route switch", "Turn a routing rule off, or on again", make_route_switch},
    SubcommandRow{"agent define", "Create or change an agent", make_agent_define},
    SubcommandRow{"agent login", "Log an agent in", make_agent_login},
    SubcommandRow{"agent logout", "Log an agent out", make_agent_logout},
    SubcommandRow{"agent list", "List the agents and their load", make_agent_list},
    SubcommandRow{"agent state", "Say what an agent does now", make_agent_state},
    SubcommandRow{"agent drain", "Give an agent no new work", make_agent_drain},
    SubcommandRow{"agent next", "Ask for an agent's next ticket", make_agent_next},
    SubcommandRow{"agent reconcile", "Say what an agent really has in hand", make_agent_reconcile},
    SubcommandRow{"events tail", "Follow what happens on a desk", make_events_tail},
    SubcommandRow{"top", "Watch queues, agents and what is at risk", make_top},
    SubcommandRow{"report kpi", "Key figures of a desk or its parts, over any period",
                  make_report_kpi},
    SubcommandRow{"report sla", "Promises kept and broken, by policy", make_report_sla},
    SubcommandRow{"report queues", "What came to each queue, and how long it stayed",
                  make_report_queues},
    SubcommandRow{"report agents", "What agents did, and how busy they are", make_report_agents},
    SubcommandRow{"report intervals", "What happened in each half hour", make_report_intervals},
    SubcommandRow{"report at-risk", "Open clocks by the time that is left", make_report_at_risk},
    SubcommandRow{"report trend", "Whether more comes in from week to week", make_report_trend},
    SubcommandRow{"report scorecard", "One number that no single strength can buy",
                  make_report_scorecard},
    SubcommandRow{"report gaming", "Signs that figures look better than the work",
                  make_report_gaming},
    SubcommandRow{"export csv", "Facts of tickets, a line each", make_export_csv},
    SubcommandRow{"export jsonl", "The same with their past, a JSON object a line",
                  make_export_jsonl},
    SubcommandRow{"import servicenow", "Replay a ServiceNow incident log", make_import_servicenow},
    SubcommandRow{"import jira", "Replay a CSV export of Jira Service Management",
                  make_import_jira},
    SubcommandRow{"import csv", "Replay tickets or updates from any CSV file", make_import_csv},
    SubcommandRow{"bench cycle", "Measure open, resolve, close through the socket",
                  make_bench_cycle},
    SubcommandRow{"bench load", "Measure latency under load, up to more than the server can do",
                  make_bench_load},
    SubcommandRow{"ctl status", "Say how the server is", make_ctl_status},
    SubcommandRow{"ctl snapshot", "Take a snapshot of the server's state now", make_ctl_snapshot},
    SubcommandRow{"ctl reload", "Read the server's configuration file again", make_ctl_reload},
    SubcommandRow{"ctl drain", "Take nothing new in and end when all is done", make_ctl_drain},
    SubcommandRow{"ctl advance", "Move the clock of a server driven by commands", make_ctl_advance},
    SubcommandRow{"ctl accept-clock", "Confirm a wall clock that jumped", make_ctl_accept_clock},
    SubcommandRow{"sim init", "Write an example scenario to begin from", make_sim_init},
    SubcommandRow{"sim check", "Say whether a scenario file is right", make_sim_check},
    SubcommandRow{"plan erlang", "Say what agents give, or how many a target needs",
                  make_plan_erlang},
    SubcommandRow{"plan requirement", "Turn volumes by interval into agents needed",
                  make_plan_requirement},
    SubcommandRow{"plan validate", "Compare what is computed with reference cases",
                  make_plan_validate},
    SubcommandRow{"sim run", "Simulate a scenario through the production desk", make_sim_run},
    SubcommandRow{"sim compare", "Set scenarios side by side under the same random numbers",
                  make_sim_compare},
    SubcommandRow{"sim record", "Take a day out of a data folder, to be lived through again",
                  make_sim_record},
    SubcommandRow{"sim replay", "Live through a recorded day, under its rules or others",
                  make_sim_replay},
    SubcommandRow{"backup create", "Copy a server's data, while it runs or not",
                  make_backup_create},
    SubcommandRow{"backup verify", "Read a backup and replay it in memory", make_backup_verify},
    SubcommandRow{"backup restore", "Make a data folder of a backup", make_backup_restore},
    SubcommandRow{"doctor", "Say what is wrong with a data folder", make_doctor},
    SubcommandRow{"script", "Run .desk conversations", make_script},
    SubcommandRow{"completion", "Print what a shell needs to complete command lines",
                  make_completion},
    SubcommandRow{"man", "Print the manual page", make_man},
};

constexpr std::array<std::array<const char*, 2>, 21> group_summaries = {{
    {"config", "Configuration files"},
    {"calendar", "Opening hours"},
    {"desk", "Desks of a server"},
    {"ticket", "Work on tickets"},
    {"offer", "What agents are asked to take"},
    {"hand-off", "What is handed over"},
    {"clock", "What time is running on tickets"},
    {"why", "Explain what the engine did"},
    {"policy", "What clocks are given"},
    {"queue", "Where tickets wait"},
    {"route", "Where tickets go"},
    {"agent", "Who works"},
    {"events", "What happens"},
    {"report", "Key figures"},
    {"export", "Data for other programs"},
    {"import", "Data of other systems"},
    {"bench", "Measure"},
    {"ctl", "Operate a server"},
    {"sim", "Simulate a desk"},
    {"plan", "How many agents are needed"},
    {"backup", "Copies of a server's data"},
}};

const char* group_summary(const std::string& group) {
  for (const auto& [name, summary] : group_summaries) {
    if (group == name) return summary;
  }
  return "";
}

/// The sub-commands of one command line, each with the App that parses its options.
struct Program {
  CLI::App app{"paceline: the queue and SLA engine behind large service desks", "paceline"};
  std::vector<std::pair<CLI::App*, std::unique_ptr<Subcommand>>> leaves;
  bool quiet = false;
  bool progress = false;

  Program() {
    app.require_subcommand(1);
    std::map<std::string, CLI::App*> groups;
    for (const SubcommandRow& row : commands) {
      std::string name(row.path);
      CLI::App* parent = &app;
      if (const size_t blank = name.find(' '); blank != std::string::npos) {
        const std::string group = name.substr(0, blank);
        name.erase(0, blank + 1);
        CLI::App*& found = groups[group];
        if (found == nullptr) {
          found = app.add_subcommand(group, group_summary(group));
          found->require_subcommand(1);
        }
        parent = found;
      }
      CLI::App* leaf = parent->add_subcommand(name, std::string(row.summary));
      leaf->add_flag("-q,--quiet", quiet, "No messages, errors only");
      leaf->add_flag("--progress", progress, "Show progress even without a terminal");
      leaves.emplace_back(leaf, row.make());
      leaves.back().second->declare(*leaf);
    }
  }
};

/// A range that has no end but that of all numbers is told by its beginning.
std::string without_endless_range(std::string text) {
  constexpr std::string_view range = " not in range ";
  constexpr size_t digits_min = 30;
  const size_t at = text.find(range);
  if (at == std::string::npos) return text;
  const size_t end = text.find(" to ", at);
  if (end == std::string::npos) return text;
  const size_t digits = text.find_first_not_of("0123456789", end + 4);
  if (digits == std::string::npos || digits - (end + 4) < digits_min) return text;
  return text.substr(0, at) + " is too small";
}

/// "`tikcet` is no sub-command" says more than that one is required.
std::string what_is_missing(int argc, const char* const* argv, const std::string& otherwise) {
  std::string path;
  for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
    path += (path.empty() ? "" : " ") + std::string(argv[i]);
    const bool known = std::any_of(commands.begin(), commands.end(), [&](const auto& row) {
      return row.path == path || row.path.starts_with(path + " ");
    });
    if (!known) return "`" + path + "` is no sub-command: see paceline --help";
    const bool leaf = std::any_of(commands.begin(), commands.end(),
                                  [&](const auto& row) { return row.path == path; });
    if (leaf) break;
  }
  return otherwise + ": see --help";
}

}  // namespace

ProgramDescription describe_program() {
  const Program program;
  ProgramDescription described;
  described.summary = program.app.get_description();
  for (const CLI::App* noun : program.app.get_subcommands({})) {
    described.nouns.emplace_back(noun->get_name(), noun->get_description());
  }
  for (size_t i = 0; i < commands.size(); ++i) {
    described.commands.push_back(describe_command(commands[i].path, *program.leaves[i].first));
  }
  return described;
}

int run_paceline(int argc, const char* const* argv, Terminal terminal) {
  Program program;
  try {
    program.app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    // The innermost sub-command named on the line is the one help is wanted for.
    const CLI::App* wanted = &program.app;
    std::string path;
    while (!wanted->get_subcommands().empty()) {
      path += (path.empty() ? "" : " ") + wanted->get_name();
      wanted = wanted->get_subcommands().front();
    }
    terminal.data(wanted->help(path));
    return 0;
  } catch (const CLI::RequiredError& error) {
    terminal.error(bad_usage(what_is_missing(argc, argv, error.what())));
    return static_cast<int>(Exit::usage);
  } catch (const CLI::ParseError& error) {
    terminal.error(bad_usage(without_endless_range(error.what()) + ": see --help"));
    return static_cast<int>(Exit::usage);
  }
  terminal.set_quiet(program.quiet);
  if (program.progress) terminal.set_progress(true);
  for (const auto& [leaf, subcommand] : program.leaves) {
    if (!leaf->parsed()) continue;
    const Done done = subcommand->run(terminal);
    if (done && output_lost() && !reader_left()) {
      terminal.error(
          not_readable("standard output cannot be written, what was printed is not complete: is "
                       "the disk full?"));
      return static_cast<int>(Exit::failure);
    }
    if (done) return 0;
    if (!done.error().text.empty()) terminal.error(done.error());
    return static_cast<int>(done.error().exit);
  }
  return static_cast<int>(Exit::usage);
}

}  // namespace paceline::tools
