#include "tools/ticket_attributes.h"

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <cstdio>
#include <type_traits>

#include "tools/instants.h"
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
    TextAttribute{"--stage", "Where its workflow stands: approval, fulfil …", TextField::stage,
                  &wire::OpenFields::stage, &wire::UpdateFields::stage},
    TextAttribute{"--language", "The requester's language, named as those of agents: de",
                  TextField::language, &wire::OpenFields::language, &wire::UpdateFields::language},
    TextAttribute{"--confidentiality", "Only agents with this clearance get it: hr",
                  TextField::confidentiality, &wire::OpenFields::confidentiality,
                  &wire::UpdateFields::confidentiality},
};

}  // namespace

Done check_text(std::string_view option, const std::string& text) {
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

Done read_instant(std::string_view option, const std::string& text, int64_t& at_us) {
  if (text.empty()) return {};
  const auto at = parse_instant(text);
  if (!at) {
    return sched::Unexpected{
        bad_usage(fmt::format("{} `{}` is no instant: write 2026-03-08T09:00Z", option, text))};
  }
  at_us = at->us;
  return {};
}

void TicketAttributes::declare(CLI::App& app) {
  static_assert(text_attributes.size() == text_count);
  for (size_t i = 0; i < text_count; ++i) {
    given_[i] = app.add_option(text_attributes[i].option, texts_[i], text_attributes[i].help);
  }
  body_given_ = app.add_option("--body", body_, "What it is about; - reads standard input");
  kind_given_ = app.add_option("--kind", kind_, "incident, service_request or task");
  impact_given_ = app.add_option("--impact", impact_, "high, medium or low");
  urgency_given_ = app.add_option("--urgency", urgency_, "high, medium or low");
  sentiment_given_ = app.add_option("--sentiment", sentiment_, "negative, neutral or positive");
  promised_at_given_ = app.add_option("--promised-at", promised_at_,
                                      "What the requester was promised (RFC 3339); '' clears");
  vip_given_ = app.add_flag("--vip,!--no-vip", vip_, "The requester is a VIP");
  workaround_given_ = app.add_flag("--workaround,!--no-workaround", workaround_,
                                   "The requester accepted a workaround");
  major_given_ = app.add_flag("--major,!--no-major", major_, "It is a major incident");
}

void TicketAttributes::declare_confidence(CLI::App& app) {
  confidence_given_ = app.add_option("--confidence", confidence_,
                                     "How sure automation was of the attributes it filled in, in "
                                     "percent; 0: a human filled them in")
                          ->check(CLI::Range(0, 100));
}

Done TicketAttributes::fill(wire::OpenFields& fields, uint32_t& bits) {
  return fill_any(fields, bits);
}
Done TicketAttributes::fill(wire::UpdateFields& fields, uint32_t& bits) {
  return fill_any(fields, bits);
}

template <class Fields>
Done TicketAttributes::fill_any(Fields& fields, uint32_t& bits) {
  for (size_t i = 0; i < text_count; ++i) {
    if (given_[i]->count() == 0) continue;
    if (const Done fit = check_text(text_attributes[i].option, texts_[i]); !fit) return fit;
    if constexpr (std::is_same_v<Fields, wire::OpenFields>) {
      fields.*text_attributes[i].open = texts_[i];
    } else {
      fields.*text_attributes[i].update = texts_[i];
    }
    bits |= desk::bit(text_attributes[i].field);
  }
  if (body_given_->count() > 0) {
    if (body_ == "-") read_standard_input();
    if (const Done fit = check_text("--body", body_); !fit) return fit;
    fields.body = body_;
    bits |= desk::bit(TextField::body);
  }
  if (promised_at_given_->count() > 0) {
    if (const Done ok = read_instant("--promised-at", promised_at_, fields.promised_at_us); !ok)
      return ok;
    bits |= desk::bit(FieldBit::promised_at);
  }
  if (confidence_given_ != nullptr && confidence_given_->count() > 0) {
    fields.confidence = static_cast<uint8_t>(confidence_);
    bits |= desk::bit(FieldBit::confidence);
  }
  const auto flag = [&](const CLI::Option* given, bool value, FieldBit bit, bool& to) {
    if (given->count() == 0) return;
    to = value;
    bits |= desk::bit(bit);
  };
  flag(vip_given_, vip_, FieldBit::vip, fields.vip);
  flag(workaround_given_, workaround_, FieldBit::workaround, fields.workaround);
  flag(major_given_, major_, FieldBit::major, fields.major);
  return fill_words(fields, bits);
}

template <class Fields>
Done TicketAttributes::fill_words(Fields& fields, uint32_t& bits) const {
  Done done;
  const auto take = [&](const CLI::Option* given, const std::string& text, const auto& words,
                        FieldBit bit, auto& value) {
    if (!done || given->count() == 0) return;
    const auto found = value_of(words, text);
    if (!found) {
      done = sched::Unexpected{bad_usage(fmt::format("{} `{}` is not known: {}", given->get_name(),
                                                     text, given->get_description()))};
      return;
    }
    value = static_cast<std::remove_reference_t<decltype(value)>>(*found);
    bits |= desk::bit(bit);
  };
  take(kind_given_, kind_, kind_words, FieldBit::kind, fields.kind);
  take(impact_given_, impact_, level_words, FieldBit::impact, fields.impact);
  take(urgency_given_, urgency_, level_words, FieldBit::urgency, fields.urgency);
  take(sentiment_given_, sentiment_, sentiment_words, FieldBit::sentiment, fields.sentiment);
  return done;
}

void TicketAttributes::read_standard_input() {
  body_.clear();
  char buffer[4'096];
  size_t got = 0;
  while (body_.size() <= wire::text_size_max &&
         (got = std::fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    body_.append(buffer, got);
  }
}

}  // namespace paceline::tools
