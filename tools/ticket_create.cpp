// `ticket create` and `ticket update`: the same attributes, all of them optional.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/instants.h"
#include "tools/ticket_reference.h"
#include "tools/words.h"
#include "wire/text.h"

namespace paceline::tools {

namespace {

using desk::FieldBit;
using desk::TextField;

/// An attribute that is text, and where it goes in either command.
struct TextAttribute {
  const char* option;
  const char* help;
  TextField field;
  std::string_view wire::OpenFields::*open;
  std::string_view wire::UpdateFields::*update;
};
constexpr std::array text_attributes = {
    TextAttribute{"--category", "Category", TextField::category, &wire::OpenFields::category,
                  &wire::UpdateFields::category},
    TextAttribute{"--subcategory", "Subcategory", TextField::subcategory,
                  &wire::OpenFields::subcategory, &wire::UpdateFields::subcategory},
    TextAttribute{"--service", "Service", TextField::service, &wire::OpenFields::service,
                  &wire::UpdateFields::service},
    TextAttribute{"--config-item", "Configuration item", TextField::config_item,
                  &wire::OpenFields::config_item, &wire::UpdateFields::config_item},
    TextAttribute{"--channel", "How it came: portal, email, phone …", TextField::channel,
                  &wire::OpenFields::channel, &wire::UpdateFields::channel},
    TextAttribute{"--requester", "Who asks", TextField::requester, &wire::OpenFields::requester,
                  &wire::UpdateFields::requester},
    TextAttribute{"--requester-type", "Kind of requester", TextField::requester_type,
                  &wire::OpenFields::requester_type, &wire::UpdateFields::requester_type},
    TextAttribute{"--organisation", "Organisation", TextField::organisation,
                  &wire::OpenFields::organisation, &wire::UpdateFields::organisation},
    TextAttribute{"--contract", "Contract", TextField::contract, &wire::OpenFields::contract,
                  &wire::UpdateFields::contract},
};

/// The attributes as typed. What was not given is not set.
class Attributes {
 public:
  void declare(CLI::App& app) {
    for (size_t i = 0; i < text_attributes.size(); ++i) {
      given_[i] = app.add_option(text_attributes[i].option, texts_[i], text_attributes[i].help);
    }
    body_given_ = app.add_option("--body", body_, "What it is about; - reads standard input");
    kind_given_ = app.add_option("--kind", kind_, "incident or service_request");
    impact_given_ = app.add_option("--impact", impact_, "high, medium or low");
    urgency_given_ = app.add_option("--urgency", urgency_, "high, medium or low");
    sentiment_given_ = app.add_option("--sentiment", sentiment_, "negative, neutral or positive");
    vip_given_ = app.add_flag("--vip,!--no-vip", vip_, "The requester is a VIP");
  }

  /// Fills what both commands have; `fields` gets the bits of what was given.
  template <class Fields>
  Done fill(Fields& fields, uint32_t& bits) {
    for (size_t i = 0; i < text_attributes.size(); ++i) {
      if (given_[i]->count() == 0) continue;
      if (Done fit = check(text_attributes[i].option, texts_[i]); !fit) return fit;
      if constexpr (std::is_same_v<Fields, wire::OpenFields>) {
        fields.*text_attributes[i].open = texts_[i];
      } else {
        fields.*text_attributes[i].update = texts_[i];
      }
      bits |= desk::bit(text_attributes[i].field);
    }
    if (body_given_->count() > 0) {
      if (body_ == "-") read_standard_input();
      if (Done fit = check("--body", body_); !fit) return fit;
      fields.body = body_;
      bits |= desk::bit(TextField::body);
    }
    if (vip_given_->count() > 0) {
      fields.vip = vip_;
      bits |= desk::bit(FieldBit::vip);
    }
    const auto word_option = [&](CLI::Option* given, const std::string& text, const auto& words,
                                 FieldBit bit, auto& value) -> Done {
      if (given->count() == 0) return {};
      const auto found = value_of(words, text);
      if (!found) {
        return sched::Unexpected{bad_usage(fmt::format(
            "{} `{}` is not known: {}", given->get_name(), text, given->get_description()))};
      }
      value = static_cast<std::remove_reference_t<decltype(value)>>(*found);
      bits |= desk::bit(bit);
      return {};
    };
    if (Done ok = word_option(kind_given_, kind_, kind_words, FieldBit::kind, fields.kind); !ok) {
      return ok;
    }
    if (Done ok = word_option(impact_given_, impact_, level_words, FieldBit::impact, fields.impact);
        !ok) {
      return ok;
    }
    if (Done ok =
            word_option(urgency_given_, urgency_, level_words, FieldBit::urgency, fields.urgency);
        !ok) {
      return ok;
    }
    return word_option(sentiment_given_, sentiment_, sentiment_words, FieldBit::sentiment,
                       fields.sentiment);
  }

  static Done check(std::string_view option, const std::string& text) {
    if (text.size() > wire::text_size_max) {
      return sched::Unexpected{
          not_valid(fmt::format("{} is {} bytes long, {} are allowed: shorten it", option,
                                text.size(), wire::text_size_max))};
    }
    if (!wire::is_valid_text(text)) {
      return sched::Unexpected{not_valid(fmt::format("{} is not UTF-8: convert it first", option))};
    }
    return {};
  }

 private:
  void read_standard_input() {
    body_.clear();
    char buffer[4'096];
    size_t got = 0;
    while (body_.size() <= wire::text_size_max &&
           (got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0) {
      body_.append(buffer, got);
    }
  }

  std::array<std::string, text_attributes.size()> texts_;
  std::array<CLI::Option*, text_attributes.size()> given_{};
  std::string body_, kind_, impact_, urgency_, sentiment_;
  bool vip_ = false;
  CLI::Option* body_given_ = nullptr;
  CLI::Option* kind_given_ = nullptr;
  CLI::Option* impact_given_ = nullptr;
  CLI::Option* urgency_given_ = nullptr;
  CLI::Option* sentiment_given_ = nullptr;
  CLI::Option* vip_given_ = nullptr;
};

class TicketCreate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("EXTERNAL_ID", external_id_, "Its id in the system it comes from");
    app.add_option("--queue", queue_, "This queue instead of the routing rules");
    app.add_option("--occurred-at", occurred_at_, "When it happened, if not now (RFC 3339)");
    attributes_.declare(app);
    app.add_flag("--json", json_, "Print the reply as JSON");
  }

  Done run(const Terminal& terminal) override {
    wire::OpenFields fields;
    fields.external_id = external_id_;
    fields.queue = queue_;
    if (!occurred_at_.empty()) {
      const auto at = parse_instant(occurred_at_);
      if (!at) {
        return sched::Unexpected{bad_usage(fmt::format(
            "--occurred-at `{}` is no instant: write 2026-03-08T09:00Z", occurred_at_))};
      }
      fields.occurred_at_us = at->us;
    }
    uint32_t bits = 0;
    if (Done filled = attributes_.fill(fields, bits); !filled) return filled;
    if (Done fit = Attributes::check("EXTERNAL_ID", external_id_); !fit) return fit;
    if (Done fit = Attributes::check("--queue", queue_); !fit) return fit;

    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.open(fields);
    const auto reply = desk->tell(
        writer, external_id_.empty() ? std::string("new ticket") : "ticket " + external_id_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("opened {}\n", reply->ticket));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string external_id_, queue_, occurred_at_;
  Attributes attributes_;
  bool json_ = false;
};

class TicketUpdate final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("TICKET", ticket_, std::string(ticket_reference_help))->required();
    attributes_.declare(app);
    app.add_option("--expected-version", expected_version_,
                   "Refuse if the ticket has another version");
    app.add_flag("--json", json_, "Print the reply as JSON");
    app.footer("An attribute given as '' is cleared. Without any, the ticket is only touched.");
  }

  Done run(const Terminal& terminal) override {
    wire::UpdateFields fields;
    fields.to = ticket_reference(ticket_);
    fields.to.expected_version = expected_version_;
    if (Done filled = attributes_.fill(fields, fields.fields); !filled) return filled;
    auto desk = OpenedDesk::open(options_);
    if (!desk) return sched::Unexpected{desk.error()};
    wire::CommandWriter writer;
    writer.update(fields);
    const auto reply = desk->tell(writer, "ticket " + ticket_);
    if (!reply) return sched::Unexpected{reply.error()};
    if (json_) {
      terminal.data(
          nlohmann::ordered_json{{"ticket", reply->ticket}, {"version", reply->version}}.dump() +
          "\n");
    } else {
      terminal.data(fmt::format("updated {}\n", ticket_));
    }
    return {};
  }

 private:
  DeskOptions options_;
  std::string ticket_;
  Attributes attributes_;
  uint32_t expected_version_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_ticket_create() { return std::make_unique<TicketCreate>(); }
std::unique_ptr<Subcommand> make_ticket_update() { return std::make_unique<TicketUpdate>(); }

}  // namespace paceline::tools
