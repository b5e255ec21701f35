// `queue define`, `queue list`, `queue peek`, `queue hold`, `queue release`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/json_views.h"
#include "tools/table.h"
#include "tools/ticket_show.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

class QueueDefine final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("NAME", name_, "Name of the queue")->required();
    app.add_option("--group", group_, "Team that owns it; without one, the queue's name");
    app.add_option("--need", need_, "Skills an agent must have: 'network >= 2 && vpn >= 4'");
    app.add_option(
        "--mode", mode_,
        "push: given to agents; pull: agents ask for the next; manual: only assigned by hand");
    app.add_option("--discipline", discipline_,
                   "pressing_time, fifo, strict_priority, edf or priority_minutes");
    app.add_option("--tier", tier_, "Tier of support")->check(CLI::Range(1, 9));
    app.add_option("--weight-milli", weight_milli_, "Capacity one of its tickets takes")
        ->check(CLI::Range(1, 1'000'000));
  }

  Done run(const Terminal& terminal) override {
    const auto mode = value_of(mode_words, mode_);
    if (!mode) {
      return sched::Unexpected{bad_usage(
          fmt::format("--mode `{}` is not known: {}", mode_, fmt::join(mode_words, ", ")))};
    }
    const auto discipline = value_of(discipline_words, discipline_);
    if (!discipline) {
      return sched::Unexpected{bad_usage(fmt::format(
          "--discipline `{}` is not known: {}", discipline_, fmt::join(discipline_words, ", ")))};
    }
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.define_queue({.name = name_,
                         .group = group_.empty() ? name_ : group_,
                         .need = need_,
                         .mode = static_cast<desk::QueueMode>(*mode),
                         .discipline = static_cast<desk::Discipline>(*discipline),
                         .tier = static_cast<uint8_t>(tier_),
                         .weight_milli = weight_milli_});
    const auto reply = desk->tell(writer, "queue " + name_);
    if (!reply) return sched::Unexpected{reply.error()};
    terminal.data(fmt::format("defined {}\n", name_));
    return {};
  }

 private:
  DeskOptions options_;
  std::string name_, group_, need_;
  std::string mode_ = "push";
  std::string discipline_ = "pressing_time";
  unsigned tier_ = 1;
  uint32_t weight_milli_ = 1'000;
};

class QueueList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::queues;
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (json_) {
      for (const desk::QueueView& queue : answer->queues) {
        terminal.data(queue_json(queue).dump() + "\n");
      }
      return {};
    }
    Table table({"queue", "group", ">tier", "mode", "discipline", ">waiting", ">offered",
                 ">unroutable", ">in hand", ">pending", "oldest since", "needs", ""});
    for (const desk::QueueView& queue : answer->queues) {
      table.row(
          {queue.name, queue.group, std::to_string(queue.tier),
           std::string(word(mode_words, queue.mode)),
           std::string(word(discipline_words, queue.discipline)), std::to_string(queue.waiting),
           std::to_string(queue.offered), std::to_string(queue.unroutable),
           std::to_string(queue.in_hand), std::to_string(queue.pending),
           queue.oldest_enqueued_at_us == 0 ? "" : format_instant({queue.oldest_enqueued_at_us}),
           queue.need, queue.held ? "held" : ""});
    }
    terminal.data(table.text());
    return {};
  }

 private:
  DeskOptions options_;
  bool json_ = false;
};

class QueuePeek final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("QUEUE", queue_, "Name of the queue")->required();
    app.add_option("--limit", limit_, "At most so many")->check(CLI::Range(1, 1'000));
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::queue_peek;
    query.text = queue_;
    query.limit = limit_;
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0) {
      return sched::Unexpected{explain(static_cast<desk::Reject>(answer->code), "queue " + queue_)};
    }
    if (json_) {
      for (const desk::TicketView& ticket : answer->tickets) {
        terminal.data(ticket_json(ticket).dump() + "\n");
      }
    } else {
      terminal.data(tickets_table(answer->tickets));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string queue_;
  uint32_t limit_ = 20;
  bool json_ = false;
};

/// Holding and releasing differ in a word.
class QueueHold final : public Subcommand {
 public:
  explicit QueueHold(bool held) : held_(held) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("QUEUE", queue_, "Name of the queue")->required();
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.hold_queue(queue_, held_);
    const auto reply = desk->tell(writer, "queue " + queue_);
    if (!reply) return sched::Unexpected{reply.error()};
    terminal.data(fmt::format("{} {}\n", held_ ? "held" : "released", queue_));
    return {};
  }

 private:
  DeskOptions options_;
  std::string queue_;
  bool held_;
};

}  // namespace

std::unique_ptr<Subcommand> make_queue_hold() { return std::make_unique<QueueHold>(true); }
std::unique_ptr<Subcommand> make_queue_release() { return std::make_unique<QueueHold>(false); }
std::unique_ptr<Subcommand> make_queue_define() { return std::make_unique<QueueDefine>(); }
std::unique_ptr<Subcommand> make_queue_list() { return std::make_unique<QueueList>(); }
std::unique_ptr<Subcommand> make_queue_peek() { return std::make_unique<QueuePeek>(); }

}  // namespace paceline::tools
