// `policy list` and `policy migrate`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/changes.h"
#include "tools/clock_show.h"
#include "tools/commands.h"
#include "tools/confirm.h"
#include "tools/json_views.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

class PolicyList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_flag("--in-force", in_force_, "Only versions that new clocks come under");
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::policies;
    auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (in_force_)
      std::erase_if(answer->policies, [](const desk::PolicyView& each) { return !each.in_force; });
    if (json_) {
      for (const desk::PolicyView& policy : answer->policies)
        terminal.data(policy_json(policy).dump() + "\n");
    } else {
      terminal.data(policies_table(answer->policies));
    }
    return {};
  }

 private:
  DeskOptions options_;
  bool in_force_ = false;
  bool json_ = false;
};

class PolicyMigrate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--mode", mode_,
                   "carry: keep what was used; retroactive: reckon anew since the start")
        ->required();
    app.add_option("--select", select_, "Only tickets for which this holds: 'priority == P1'");
    app.add_option("--policy", policy_, "Only clocks under the policy of this name");
    app.add_flag("--dry-run", dry_run_, "Show what would change, change nothing");
    app.add_flag("--yes", yes_, "Do not ask");
    app.add_flag("--json", json_, "Print one JSON object per changed clock");
  }

  Done run(const Terminal& terminal) override {
    const auto mode = value_of(migrate_words, mode_);
    if (!mode) {
      return sched::Unexpected{
          bad_usage(fmt::format("--mode `{}` is not known: carry or retroactive", mode_))};
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    const std::string about = policy_.empty() ? "the migration" : "policy " + policy_;
    desk::Query query;
    query.kind = desk::QueryKind::migrate;
    query.text = select_;
    query.agent = policy_;
    query.mode = *mode;
    const auto changes = gather_changes(*desk, query, about, terminal);
    if (!changes) return sched::Unexpected{changes.error()};
    if (dry_run_) {
      show_changes(*changes, json_, terminal);
      terminal.message(count_text(*changes) + " would change");
      return {};
    }
    if (changes->empty()) {
      terminal.message("no clock is under a former version of its policy: nothing to do");
      return {};
    }
    if (!yes_) {
      if (Done ok = confirm(terminal, "change " + count_text(*changes)); !ok) return ok;
    }
    wire::CommandWriter writer;
    writer.migrate(static_cast<desk::MigrateMode>(*mode), select_, policy_);
    const auto reply = desk->tell(writer, about);
    if (!reply) return sched::Unexpected{reply.error()};
    show_changes(*changes, json_, terminal);
    terminal.message(
        fmt::format("migrating {}: some tickets at a time, policy.migrated says when all is done",
                    count_text(*changes)));
    return {};
  }

 private:
  DeskOptions options_;
  std::string mode_, select_, policy_;
  bool dry_run_ = false, yes_ = false, json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_policy_list() { return std::make_unique<PolicyList>(); }
std::unique_ptr<Subcommand> make_policy_migrate() { return std::make_unique<PolicyMigrate>(); }

}  // namespace paceline::tools
