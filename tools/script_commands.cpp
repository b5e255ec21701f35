#include "tools/script_commands.h"

#include <fmt/format.h>

#include "tools/script_routing.h"
#include "tools/script_settings.h"
#include "tools/script_time.h"
#include "tools/ticket_history.h"
#include "tools/words.h"

namespace paceline::tools {

namespace {

/// What `open` and `update` share.
template <class Fields>
uint32_t put_attributes(Fields& fields, Settings& settings, const Words& words) {
  using desk::FieldBit;
  using desk::TextField;
  uint32_t bits = 0;
  const auto text = [&](std::string_view name, std::string_view& to, TextField field) {
    if (!settings.has(name)) return;
    to = settings.text(name);
    bits |= desk::bit(field);
  };
  text("category", fields.category, TextField::category);
  text("subcategory", fields.subcategory, TextField::subcategory);
  text("service", fields.service, TextField::service);
  text("config_item", fields.config_item, TextField::config_item);
  text("channel", fields.channel, TextField::channel);
  text("requester_type", fields.requester_type, TextField::requester_type);
  text("organisation", fields.organisation, TextField::organisation);
  text("contract", fields.contract, TextField::contract);
  text("stage", fields.stage, TextField::stage);
  text("language", fields.language, TextField::language);
  text("confidentiality", fields.confidentiality, TextField::confidentiality);
  text("requester", fields.requester, TextField::requester);
  text("body", fields.body, TextField::body);
  const auto enumerated = [&](std::string_view name, auto& to, const auto& known, FieldBit field) {
    if (!settings.has(name)) return;
    to = settings.word(name, known, to);
    bits |= desk::bit(field);
  };
  enumerated("kind", fields.kind, kind_words, FieldBit::kind);
  enumerated("impact", fields.impact, level_words, FieldBit::impact);
  enumerated("urgency", fields.urgency, level_words, FieldBit::urgency);
  enumerated("sentiment", fields.sentiment, sentiment_words, FieldBit::sentiment);
  const auto flag = [&](std::string_view name, bool& to, FieldBit field) {
    if (!has_flag(words, name) && !has_flag(words, "no" + std::string(name))) return;
    to = has_flag(words, name);
    bits |= desk::bit(field);
  };
  flag("vip", fields.vip, FieldBit::vip);
  flag("workaround", fields.workaround, FieldBit::workaround);
  flag("major", fields.major, FieldBit::major);
  if (settings.has("confidence")) {
    fields.confidence = settings.number<uint8_t>("confidence", 0);
    bits |= desk::bit(FieldBit::confidence);
  }
  if (settings.has("promised_at")) {
    fields.promised_at_us = settings.instant_us("promised_at");
    bits |= desk::bit(FieldBit::promised_at);
  }
  return bits;
}

/// `open TASK1 parent=INC1`: a task of it.
void put_parent(wire::OpenFields& fields, Settings& settings, const ScriptNames& names) {
  if (!settings.has("parent")) return;
  if (!settings.has("kind")) fields.kind = desk::TicketKind::task;
  fields.follows = names.ticket(settings.text("parent"));
}

/// `import INC1 recorded="mon 09:00" history="queued@mon 09:00;assigned@mon 10:00" agent=ann`
std::string put_import(const Words& words, Settings& settings, wire::CommandWriter& writer) {
  wire::ImportFields fields;
  const std::string external_id = plain(words, 0);
  fields.ticket.external_id = external_id;
  fields.ticket.queue = settings.text("queue");
  fields.ticket.occurred_at_us = settings.instant_us("occurred");
  fields.recorded_at_us = settings.instant_us("recorded");
  fields.agent = settings.text("agent");
  put_attributes(fields.ticket, settings, words);
  const auto history = ticket_history(settings.text("history"), [](std::string_view text) {
    const auto at = take_script_time(text);
    return text.empty() ? at : std::nullopt;
  });
  // What the desk should say of a history that is none of ours to read goes to it as it is.
  const std::string sent = history ? *history : std::string(settings.text("history"));
  fields.history = sent;
  writer.import_ticket(fields);
  return settings.problem();
}

}  // namespace

Words split_words(std::string_view text) {
  Words words;
  std::vector<std::string> parts;
  bool quoted = false;
  bool inside = false;
  std::vector<bool> whole;  // quoted from its first letter on: no setting, whatever is in it
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
      if (!inside) parts.emplace_back();
      whole.resize(parts.size(), !inside);
      inside = true;
    } else if ((c == ' ' || c == '\t') && !quoted) {
      inside = false;
    } else {
      if (!inside) parts.emplace_back();
      inside = true;
      parts.back().push_back(c);
    }
  }
  whole.resize(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    std::string& part = parts[i];
    const size_t equals = part.find('=');
    if (words.verb.empty()) {
      words.verb = std::move(part);
    } else if (!whole[i] && equals != std::string::npos && equals > 0) {
      words.settings.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    } else {
      words.plain.push_back(std::move(part));
    }
  }
  return words;
}

std::string put_script_command(const Words& words, const ScriptNames& names,
                               wire::CommandWriter& writer) {
  Settings settings(words);
  const std::string first = plain(words, 0);
  const std::string second = plain(words, 1);
  const wire::Addressed to{.ticket = 0,
                           .external_id = first,
                           .expected_version = settings.number<uint32_t>("version", 0)};
  const std::string_view verb = words.verb;
  if (verb == "open") {
    wire::OpenFields fields;
    fields.external_id = first;
    fields.queue = settings.text("queue");
    fields.occurred_at_us = settings.instant_us("occurred");
    put_attributes(fields, settings, words);
    put_parent(fields, settings, names);
    writer.open(fields);
  } else if (verb == "update") {
    wire::UpdateFields fields;
    fields.to = to;
    fields.fields = put_attributes(fields, settings, words);
    writer.update(fields);
  } else if (verb == "message") {
    writer.message({.to = to,
                    .author_kind = settings.word("author", author_words, desk::AuthorKind::agent),
                    .is_public = !has_flag(words, "internal"),
                    .automatic = has_flag(words, "automatic") || has_flag(words, "auto")});
  } else if (verb == "assign") {
    writer.assign(to, second);
  } else if (verb == "start") {
    writer.start(to);
  } else if (verb == "requeue") {
    writer.requeue(to, second, settings.text("reason"));
  } else if (verb == "pend") {
    writer.pend({.to = to,
                 .reason = second,
                 .resume_at_us = settings.instant_us("until"),
                 .max_pause_us = settings.duration_us("max"),
                 .reminders = settings.number<uint8_t>("reminders", 0)});
  } else if (verb == "resume") {
    writer.resume(to);
  } else if (verb == "resolve") {
    writer.resolve(to, settings.text("code"), has_flag(words, "restate"), settings.text("article"));
  } else if (verb == "close") {
    writer.close(to, settings.text("code"));
  } else if (verb == "reopen") {
    writer.reopen(to, settings.text("reason"));
  } else if (verb == "cancel") {
    writer.cancel(to, settings.text("reason"));
  } else if (verb == "merge") {
    writer.merge(to, {.external_id = second});
  } else if (verb == "ack") {
    writer.acknowledge(to, settings.word("clock", clock_words, desk::Acknowledge::any_clock),
                       settings.number<uint8_t>("rung", 0));
  } else if (verb == "rate") {
    writer.rate({.to = to,
                 .score = settings.number<int8_t>("score", -1),
                 .recommend = settings.number<int8_t>("recommend", -1),
                 .comment = settings.text("comment")});
  } else if (verb == "import") {
    return put_import(words, settings, writer);
  } else if (verb == "migrate") {
    const auto mode = value_of(migrate_words, first);
    if (!mode) return fmt::format("migrate {}: write migrate carry or migrate retroactive", first);
    writer.migrate(static_cast<desk::MigrateMode>(*mode), settings.text("select"),
                   settings.text("policy"));
  } else if (verb == "repair") {
    writer.repair(to, has_flag(words, "newest"));
  } else if (verb == "define_queue") {
    writer.define_queue(
        {.name = first,
         .group = settings.has("group") ? settings.text("group") : std::string_view(first),
         .need = settings.text("need"),
         .mode = settings.word("mode", mode_words, desk::QueueMode::push),
         .discipline =
             settings.word("discipline", discipline_words, desk::Discipline::pressing_time),
         .tier = settings.number<uint8_t>("tier", 1),
         .weight_milli = settings.number<uint32_t>("weight", 1'000)});
  } else if (verb == "define_agent") {
    writer.define_agent({.name = first,
                         .groups = settings.text("groups"),
                         .skills = settings.text("skills"),
                         .capacity_milli = settings.number<uint32_t>("capacity", 1'000)});
  } else if (verb == "login") {
    writer.log_in(first);
  } else if (verb == "logout") {
    writer.log_out(first);
  } else if (!put_routing_command(words, settings, names, writer)) {
    return fmt::format(
        "`{}` is no verb: open, update, message, assign, start, requeue, pend, "
        "resume, resolve, close, reopen, cancel, merge, ack, import, migrate, repair, "
        "define_queue, define_agent, login, logout, {}, configure, recover, tick, show, queue, "
        "agent, offers, kpi, figure or why",
        verb, routing_verbs);
  }
  return settings.problem();
}

}  // namespace paceline::tools
