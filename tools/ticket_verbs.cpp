// The verbs of the lifecycle that say one thing to one ticket.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "engine/config/units.h"
#include "engine/desk/limits.h"
#include "tools/commands.h"
#include "tools/ticket_attributes.h"
#include "tools/ticket_reference.h"
#include "tools/ticket_verb.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

class Assign final : public TicketVerb {
 public:
  Assign() : TicketVerb("assigned") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("AGENT", agent_, "Name of the agent")->required();
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.assign(to, agent_);
    return {};
  }
  std::string agent_;
};

class Start final : public TicketVerb {
 public:
  Start() : TicketVerb("started") {}

 private:
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.start(to);
    return {};
  }
};

class Requeue final : public TicketVerb {
 public:
  Requeue() : TicketVerb("requeued") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("QUEUE", queue_, "Name of the queue; without one, the ticket's own");
    app.add_option("--reason", reason_, "Why");
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.requeue(to, queue_, reason_);
    return {};
  }
  std::string queue_, reason_;
};

class Pend final : public TicketVerb {
 public:
  Pend() : TicketVerb("pended") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("REASON", reason_, "What it waits for, e.g. awaiting_requester")->required();
    app.add_option("--resume-at", resume_at_, "Resume by itself then (RFC 3339, UTC without zone)");
    app.add_option("--max-pause", max_pause_,
                   "Resume by itself after this time, e.g. 10d; else as the reason's rule says");
    app.add_option("--reminders", reminders_,
                   "Remind so often before it resolves by itself; else as the reason's rule says")
        ->check(CLI::Range(1, 255));
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    wire::PendFields fields;
    fields.to = to;
    fields.reason = reason_;
    fields.reminders = static_cast<uint8_t>(reminders_);
    if (Done ok = read_instant("--resume-at", resume_at_, fields.resume_at_us); !ok) return ok;
    if (!max_pause_.empty()) {
      const auto time = config::parse_duration(max_pause_);
      if (!time) return sched::Unexpected{bad_usage("--max-pause " + time.error())};
      fields.max_pause_us = time->us;
    }
    writer.pend(fields);
    return {};
  }
  std::string reason_, resume_at_, max_pause_;
  unsigned reminders_ = 0;
};

class Resume final : public TicketVerb {
 public:
  Resume() : TicketVerb("resumed") {}

 private:
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.resume(to);
    return {};
  }
};

class Resolve final : public TicketVerb {
 public:
  Resolve() : TicketVerb("resolved") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--code", code_, "How it was resolved");
    app.add_option("--article", article_, "Of the knowledge base, that it cites: KB0012");
    app.add_flag("--restate", restate_, "Of a resolved ticket: resolved anew, as of now");
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.resolve(to, code_, restate_, article_);
    return {};
  }
  std::string code_, article_;
  bool restate_ = false;
};

class Close final : public TicketVerb {
 public:
  Close() : TicketVerb("closed") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--code", code_, "How it was closed");
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.close(to, code_);
    return {};
  }
  std::string code_;
};

class Cancel final : public TicketVerb {
 public:
  Cancel() : TicketVerb("cancelled") {}

 private:
  void declare_more(CLI::App& app) override { app.add_option("--reason", reason_, "Why"); }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.cancel(to, reason_);
    return {};
  }
  std::string reason_;
};

class Merge final : public TicketVerb {
 public:
  Merge() : TicketVerb("merged") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("INTO", into_, "The open ticket it is a duplicate of, named as the first one")
        ->required();
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.merge(to, ticket_reference(into_));
    return {};
  }
  std::string into_;
};

class Acknowledge final : public TicketVerb {
 public:
  Acknowledge() : TicketVerb("acknowledged") {}

 private:
  void declare_more(CLI::App& app) override {
    app.add_option("--clock", clock_, "Which clock's ladder: resolution, response …; else any");
    app.add_option("--rung", rung_, "Up to this rung, the lowest is 1; else the highest reached")
        ->check(CLI::Range(1U, desk::rungs_max));
  }
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    uint8_t clock = desk::Acknowledge::any_clock;
    if (!clock_.empty()) {
      const auto known = value_of(clock_words, clock_);
      if (!known) {
        return sched::Unexpected{bad_usage(
            fmt::format("--clock `{}` is not known: {}", clock_, fmt::join(clock_words, ", ")))};
      }
      clock = *known;
    }
    writer.acknowledge(to, clock, static_cast<uint8_t>(rung_));
    return {};
  }
  std::string clock_;
  unsigned rung_ = 0;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_assign() { return std::make_unique<Assign>(); }
std::unique_ptr<Subcommand> make_ticket_start() { return std::make_unique<Start>(); }
std::unique_ptr<Subcommand> make_ticket_requeue() { return std::make_unique<Requeue>(); }
std::unique_ptr<Subcommand> make_ticket_pend() { return std::make_unique<Pend>(); }
std::unique_ptr<Subcommand> make_ticket_resume() { return std::make_unique<Resume>(); }
std::unique_ptr<Subcommand> make_ticket_resolve() { return std::make_unique<Resolve>(); }
std::unique_ptr<Subcommand> make_ticket_close() { return std::make_unique<Close>(); }
std::unique_ptr<Subcommand> make_ticket_cancel() { return std::make_unique<Cancel>(); }
std::unique_ptr<Subcommand> make_ticket_merge() { return std::make_unique<Merge>(); }
std::unique_ptr<Subcommand> make_ticket_acknowledge() { return std::make_unique<Acknowledge>(); }

}  // namespace paceline::tools
