// Every sub-command's maker. commands.cpp puts them into the table.
#pragma once

#include "tools/subcommand.h"

namespace paceline::tools {

std::unique_ptr<Subcommand> make_serve();
std::unique_ptr<Subcommand> make_demo();
std::unique_ptr<Subcommand> make_version();
std::unique_ptr<Subcommand> make_config_check();
std::unique_ptr<Subcommand> make_config_put();
std::unique_ptr<Subcommand> make_config_explain();
std::unique_ptr<Subcommand> make_config_diff();
std::unique_ptr<Subcommand> make_lint();
std::unique_ptr<Subcommand> make_calendar_add();
std::unique_ptr<Subcommand> make_calendar_between();
std::unique_ptr<Subcommand> make_calendar_show();
std::unique_ptr<Subcommand> make_calendar_next();
std::unique_ptr<Subcommand> make_calendar_diff();
std::unique_ptr<Subcommand> make_calendar_import_ics();
std::unique_ptr<Subcommand> make_desk_create();
std::unique_ptr<Subcommand> make_desk_list();
std::unique_ptr<Subcommand> make_ticket_create();
std::unique_ptr<Subcommand> make_ticket_get();
std::unique_ptr<Subcommand> make_ticket_list();
std::unique_ptr<Subcommand> make_ticket_update();
std::unique_ptr<Subcommand> make_ticket_message();
std::unique_ptr<Subcommand> make_ticket_assign();
std::unique_ptr<Subcommand> make_ticket_start();
std::unique_ptr<Subcommand> make_ticket_requeue();
std::unique_ptr<Subcommand> make_ticket_pend();
std::unique_ptr<Subcommand> make_ticket_resume();
std::unique_ptr<Subcommand> make_ticket_resolve();
std::unique_ptr<Subcommand> make_ticket_close();
std::unique_ptr<Subcommand> make_ticket_reopen();
std::unique_ptr<Subcommand> make_ticket_cancel();
std::unique_ptr<Subcommand> make_ticket_merge();
std::unique_ptr<Subcommand> make_ticket_acknowledge();
std::unique_ptr<Subcommand> make_ticket_import();
std::unique_ptr<Subcommand> make_clock_list();
std::unique_ptr<Subcommand> make_why_clock();
std::unique_ptr<Subcommand> make_policy_list();
std::unique_ptr<Subcommand> make_policy_check();
std::unique_ptr<Subcommand> make_policy_migrate();
std::unique_ptr<Subcommand> make_repair();
std::unique_ptr<Subcommand> make_queue_define();
std::unique_ptr<Subcommand> make_queue_list();
std::unique_ptr<Subcommand> make_queue_peek();
std::unique_ptr<Subcommand> make_agent_define();
std::unique_ptr<Subcommand> make_agent_login();
std::unique_ptr<Subcommand> make_agent_logout();
std::unique_ptr<Subcommand> make_agent_list();
std::unique_ptr<Subcommand> make_events_tail();
std::unique_ptr<Subcommand> make_report_kpi();
std::unique_ptr<Subcommand> make_import_servicenow();
std::unique_ptr<Subcommand> make_bench_cycle();
std::unique_ptr<Subcommand> make_ctl_status();
std::unique_ptr<Subcommand> make_ctl_drain();
std::unique_ptr<Subcommand> make_ctl_advance();
std::unique_ptr<Subcommand> make_ctl_accept_clock();
std::unique_ptr<Subcommand> make_script();

}  // namespace paceline::tools
