// `offer list`, `offer accept`, `offer decline`, `offer withdraw`.
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
#include "tools/ticket_verb.h"

namespace paceline::tools {

namespace {

class OfferList final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--queue", queue_, "Only tickets of this queue");
    app.add_option("--agent", agent_, "Only those made to this agent");
    app.add_option("--limit", limit_, "At most so many")->check(CLI::Range(1, 1'000));
    app.add_flag("--json", json_, "Print one JSON object per line");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    desk::Query query;
    query.kind = desk::QueryKind::offers;
    query.text = queue_;
    query.agent = agent_;
    query.limit = limit_;
    const auto answer = desk->ask(query);
    if (!answer) return sched::Unexpected{answer.error()};
    if (answer->code != 0) {
      const auto reject = static_cast<desk::Reject>(answer->code);
      return sched::Unexpected{explain(
          reject, reject == desk::Reject::agent_unknown ? "agent " + agent_ : "queue " + queue_)};
    }
    if (json_) {
      for (const desk::OfferView& offer : answer->offers)
        terminal.data(offer_json(offer).dump() + "\n");
    } else {
      Table table({">offer", "ticket", "external id", "queue", "agent", "offered", "until", ""});
      for (const desk::OfferView& offer : answer->offers)
        table.row({std::to_string(offer.offer), std::to_string(offer.ticket), offer.external_id,
                   offer.queue, offer.agent, format_instant({offer.offered_at_us}),
                   offer.expires_at_us == 0 ? "" : format_instant({offer.expires_at_us}),
                   offer.hand_over ? "hand-over" : ""});
      terminal.data(table.text());
    }
    if (answer->more) terminal.message("there are more: narrow them down, or raise --limit");
    return {};
  }

 private:
  DeskOptions options_;
  std::string queue_, agent_;
  uint32_t limit_ = 100;
  bool json_ = false;
};

/// Accepting and declining differ in a reason.
class OfferAnswer final : public Subcommand {
 public:
  explicit OfferAnswer(bool accept) : accept_(accept) {}

  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("OFFER", offer_, "The offer's number, as ticket.offered and `offer list` say")
        ->required()
        ->check(CLI::PositiveNumber);
    app.add_option("--agent", agent_, "Refuse if it was made to another agent");
    if (!accept_) app.add_option("--reason", reason_, "Why")->required();
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    if (accept_) {
      writer.accept(offer_, agent_);
    } else {
      writer.decline(offer_, reason_, agent_);
    }
    const auto reply = desk->tell(writer, fmt::format("offer {}", offer_));
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(nlohmann::ordered_json{{"ticket", reply->ticket},
                                           {"version", reply->version},
                                           {"next_ticket", reply->next_ticket}}
                        .dump() +
                    "\n");
    } else {
      terminal.data(fmt::format("{} offer {}: ticket {}\n", accept_ ? "accepted" : "declined",
                                offer_, reply->ticket));
    }
    return {};
  }

 private:
  DeskOptions options_;
  uint64_t offer_ = 0;
  std::string agent_, reason_;
  bool accept_;
  bool json_ = false;
};

class OfferWithdraw final : public TicketVerb {
 public:
  OfferWithdraw() : TicketVerb("withdrawn: offers of") {}

 private:
  Done append(wire::CommandWriter& writer, const wire::Addressed& to) override {
    writer.withdraw(to);
    return {};
  }
};

}  // namespace

std::unique_ptr<Subcommand> make_offer_list() { return std::make_unique<OfferList>(); }
std::unique_ptr<Subcommand> make_offer_accept() { return std::make_unique<OfferAnswer>(true); }
std::unique_ptr<Subcommand> make_offer_decline() { return std::make_unique<OfferAnswer>(false); }
std::unique_ptr<Subcommand> make_offer_withdraw() { return std::make_unique<OfferWithdraw>(); }

}  // namespace paceline::tools
