#include "wire/config_codec.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <utility>

#include "wire/calendar_codec.h"
#include "wire/policy_codec.h"
#include "wire/routing_codec.h"
#include "wire/schema.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

constexpr flatbuffers::uoffset_t configuration_tables_max = 200'000;

// Overloads for policies, the rules about pending, queues and agents; more of the same follow.
using wire::put;
using wire::read;

/// `policies[3]`
std::string element(std::string_view list, size_t index) {
  return "configuration: " + std::string(list) + "[" + std::to_string(index) + "]";
}

// Settings.

Offset<schema::SurveySettings> put(Builder& builder, const desk::SurveySettings& survey) {
  const auto follow_up = put_text(builder, survey.follow_up);
  return schema::CreateSurveySettings(builder, survey.questions, survey.sampling_milli,
                                      survey.quiet_us, survey.valid_us, survey.change_within_us,
                                      follow_up);
}

desk::SurveySettings read(FieldReader& reader, const schema::SurveySettings& table) {
  desk::SurveySettings survey;
  survey.questions = reader.number(table.questions(), 0, desk::all_questions, "survey.questions");
  survey.sampling_milli = reader.number(table.sampling_milli(), 0, 1'000, "survey.sampling_milli");
  survey.quiet_us = reader.number(table.quiet_us(), 0, duration_us_max, "survey.quiet_us");
  survey.valid_us =
      reader.number(table.valid_us(), 1, desk::survey_valid_us_max, "survey.valid_us");
  survey.change_within_us =
      reader.number(table.change_within_us(), 0, duration_us_max, "survey.change_within_us");
  survey.follow_up = reader.text(table.follow_up(), "survey.follow_up");
  return survey;
}

Offset<schema::DeskSettings> put(Builder& builder, const desk::DeskSettings& settings) {
  std::vector<schema::Priority> matrix;
  for (const auto& row : settings.matrix.cell)
    for (const auto cell : row) matrix.push_back(static_cast<schema::Priority>(cell));
  std::vector<schema::Priority> strict;
  for (const auto priority : settings.strict)
    strict.push_back(static_cast<schema::Priority>(priority));
  const auto matrix_at = builder.CreateVector(matrix);
  const auto strict_at = builder.CreateVector(strict);
  const auto calendar = put_text(builder, settings.calendar);
  const auto auto_close = put(builder, settings.auto_close);
  const auto reopen_window = put(builder, settings.reopen_window);
  const auto triage_queue = put_text(builder, settings.triage_queue);
  const auto put_rule = [](Builder& b, const auto& rule) { return put(b, rule); };
  const auto pauses = put_tables<schema::PauseRule>(builder, settings.pauses, put_rule);
  const auto pending = put_tables<schema::PendingRule>(builder, settings.pending, put_rule);
  const auto coordinator_queue = put_text(builder, settings.coordinator_queue);
  const auto work = put_tables<schema::WorkRule>(builder, settings.work, put_rule);
  const auto away_codes = put_tables<schema::AwayCode>(builder, settings.away_codes, put_rule);
  const auto targets = put_targets(builder, settings.targets);

  // Of a desk without surveys the document is what it was before there were any.
  Offset<schema::SurveySettings> survey;
  if (!(settings.survey == desk::SurveySettings{})) survey = put(builder, settings.survey);

  schema::DeskSettingsBuilder table(builder);
  table.add_matrix(matrix_at);
  table.add_calendar(calendar);
  table.add_auto_close(auto_close);
  table.add_reopen_window(reopen_window);
  table.add_stale_after_us(settings.stale_after_us);
  table.add_max_backdate_us(settings.max_backdate_us);
  table.add_triage_queue(triage_queue);
  table.add_strict(strict_at);
  table.add_pauses(pauses);
  table.add_pending(pending);
  table.add_coordinator_queue(coordinator_queue);
  table.add_aged_share_milli(settings.aged_share_milli);
  table.add_max_wait_us(settings.max_wait_us);
  table.add_language(static_cast<schema::LanguageRule>(settings.language));
  table.add_work(work);
  table.add_away_codes(away_codes);
  table.add_pending_share_milli(settings.pending_share_milli);
  table.add_no_response_after(settings.no_response_after);
  table.add_drain_lead_us(settings.drain_lead_us);
  table.add_ramp_items(settings.ramp_items);
  table.add_ramp_us(settings.ramp_us);
  table.add_occupancy_low_milli(settings.occupancy_low_milli);
  table.add_occupancy_high_milli(settings.occupancy_high_milli);
  table.add_best_suited_first(settings.best_suited_first);
  table.add_survey(survey);
  table.add_targets(targets);
  return table.Finish();
}

sched::Priority read_priority(FieldReader& reader, unsigned value, std::string_view field) {
  return static_cast<sched::Priority>(reader.number(value, 1, sched::priority_count - 1, field));
}

/// What the settings say of agents and of whom work is given to.
void read_dispatching(FieldReader& reader, const schema::DeskSettings& table,
                      desk::DeskSettings& settings) {
  const auto share = [&](uint32_t value, std::string_view field) {
    return reader.number(value, 0, 1'000, field);
  };
  const auto duration = [&](int64_t value, std::string_view field) {
    return reader.number(value, 0, duration_us_max, field);
  };
  settings.coordinator_queue = reader.text(table.coordinator_queue(), "coordinator_queue");
  settings.aged_share_milli = share(table.aged_share_milli(), "aged_share_milli");
  settings.max_wait_us = duration(table.max_wait_us(), "max_wait_us");
  settings.language = reader.enumerator(table.language(), desk::LanguageRule::ignored, "language");
  reader.tables(table.work(), "work",
                [&](const schema::WorkRule& rule) { settings.work.push_back(read(reader, rule)); });
  reader.tables(table.away_codes(), "away_codes", [&](const schema::AwayCode& code) {
    settings.away_codes.push_back(read(reader, code));
  });
  settings.pending_share_milli = share(table.pending_share_milli(), "pending_share_milli");
  settings.no_response_after = table.no_response_after();
  settings.drain_lead_us = duration(table.drain_lead_us(), "drain_lead_us");
  settings.ramp_items = table.ramp_items();
  settings.ramp_us = duration(table.ramp_us(), "ramp_us");
  settings.occupancy_low_milli = share(table.occupancy_low_milli(), "occupancy_low_milli");
  settings.occupancy_high_milli = share(table.occupancy_high_milli(), "occupancy_high_milli");
  settings.best_suited_first = table.best_suited_first();
  if (table.survey() != nullptr) settings.survey = read(reader, *table.survey());
  settings.targets = read_targets(reader, table.targets());
}

desk::DeskSettings read_settings(FieldReader& reader, const schema::DeskSettings* table) {
  desk::DeskSettings settings;
  reader.enter("configuration: settings");
  if (table == nullptr) {
    reader.fail(WireErrorKind::value_out_of_range, "table", "is missing");
    return settings;
  }
  const auto* matrix = table->matrix();
  if (matrix == nullptr || matrix->size() != 9) {
    reader.fail(WireErrorKind::counts_disagree, "matrix", "must have nine cells");
    return settings;
  }
  for (unsigned i = 0; i < 9; ++i)
    settings.matrix.cell[i / 3][i % 3] =
        read_priority(reader, static_cast<unsigned>(matrix->Get(i)), "matrix");
  settings.calendar = reader.text(table->calendar(), "calendar");
  settings.auto_close = read_period(reader, table->auto_close(), "auto_close");
  settings.reopen_window = read_period(reader, table->reopen_window(), "reopen_window");
  settings.stale_after_us =
      reader.number(table->stale_after_us(), 0, duration_us_max, "stale_after_us");
  settings.max_backdate_us =
      reader.number(table->max_backdate_us(), 0, duration_us_max, "max_backdate_us");
  settings.triage_queue = reader.text(table->triage_queue(), "triage_queue");
  settings.strict.clear();
  if (const auto* strict = table->strict()) {
    if (strict->size() >= sched::priority_count) {
      reader.fail(WireErrorKind::counts_disagree, "strict", "lists more priorities than there are");
      return settings;
    }
    for (unsigned i = 0; i < strict->size(); ++i)
      settings.strict.push_back(
          read_priority(reader, static_cast<unsigned>(strict->Get(i)), "strict"));
  }
  settings.pauses.clear();
  reader.tables(table->pauses(), "pauses", [&](const schema::PauseRule& rule) {
    settings.pauses.push_back(read(reader, rule));
  });
  reader.tables(table->pending(), "pending", [&](const schema::PendingRule& rule) {
    settings.pending.push_back(read(reader, rule));
  });
  read_dispatching(reader, *table, settings);
  return settings;
}

// Criticalities.

Offset<schema::Criticality> put(Builder& builder, const desk::Criticality& criticality) {
  const auto criticality_name = put_text(builder, criticality.name);
  return schema::CreateCriticality(builder, criticality.of_config_item, criticality_name,
                                   static_cast<schema::Impact>(criticality.impact));
}

desk::Criticality read(FieldReader& reader, const schema::Criticality& table) {
  return {table.of_config_item(), reader.text(table.name(), "name"),
          static_cast<sched::Impact>(
              reader.number(static_cast<unsigned>(table.impact()), 1, 3, "impact"))};
}

// Objects.

Offset<schema::ReferencedObject> put(Builder& builder, const desk::ReferencedObject& object) {
  const auto object_name = put_text(builder, object.name);
  const auto attributes = put_tables<schema::ObjectAttribute>(
      builder, object.attributes, [](Builder& b, const auto& attribute) {
        const auto attribute_name = put_text(b, attribute.first);
        const auto value = put_text(b, attribute.second);
        return schema::CreateObjectAttribute(b, attribute_name, value);
      });
  return schema::CreateReferencedObject(builder, static_cast<schema::ObjectKind>(object.kind),
                                        object_name, attributes);
}

desk::ReferencedObject read(FieldReader& reader, const schema::ReferencedObject& table) {
  desk::ReferencedObject object;
  object.kind = reader.enumerator(table.kind(), desk::ObjectKind::requester, "kind");
  object.name = reader.text(table.name(), "name");
  reader.tables(table.attributes(), "attributes", [&](const schema::ObjectAttribute& attribute) {
    object.attributes.emplace_back(reader.text(attribute.name(), "attributes.name"),
                                   reader.text(attribute.value(), "attributes.value"));
  });
  return object;
}

template <class List, class Elements>
void read_list(FieldReader& reader, const List* list, std::string_view field, Elements& elements) {
  reader.enter("configuration");
  size_t index = 0;
  reader.tables(list, field, [&](const auto& table) {
    reader.enter(element(field, index++));
    elements.push_back(read(reader, table));
  });
}

}  // namespace

Bytes encode_configuration(const desk::Configuration& configuration) {
  Builder builder(16'384);
  const auto put_element = [](Builder& b, const auto& each) { return put(b, each); };
  const auto settings = put(builder, configuration.settings);
  const auto calendars =
      put_tables<schema::CalendarSpec>(builder, configuration.calendars, put_element);
  const auto routes = put_tables<schema::RouteRule>(builder, configuration.routes, put_element);
  const auto policies =
      put_tables<schema::PolicyDefinition>(builder, configuration.policies, put_element);
  const auto queues =
      put_tables<schema::QueueDefinition>(builder, configuration.queues, put_element);
  const auto agents =
      put_tables<schema::AgentDefinition>(builder, configuration.agents, put_element);
  const auto criticalities =
      put_tables<schema::Criticality>(builder, configuration.criticalities, put_element);
  const auto objects =
      put_tables<schema::ReferencedObject>(builder, configuration.objects, put_element);
  builder.Finish(schema::CreateConfiguration(builder, settings, calendars, routes, policies, queues,
                                             agents, criticalities, objects));
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

sched::Expected<desk::Configuration, std::string> decode_configuration(
    std::span<const std::byte> document) {
  const Payload aligned(document);
  const auto root = verified_root<schema::Configuration>(aligned.bytes(), "configuration",
                                                         configuration_tables_max);
  if (!root) return sched::Unexpected{root.error().text};
  const auto& table = **root;
  FieldReader reader("configuration", document.size());
  desk::Configuration configuration;
  configuration.settings = read_settings(reader, table.settings());
  read_list(reader, table.calendars(), "calendars", configuration.calendars);
  read_list(reader, table.routes(), "routes", configuration.routes);
  read_list(reader, table.policies(), "policies", configuration.policies);
  read_list(reader, table.queues(), "queues", configuration.queues);
  read_list(reader, table.agents(), "agents", configuration.agents);
  read_list(reader, table.criticalities(), "criticalities", configuration.criticalities);
  read_list(reader, table.objects(), "objects", configuration.objects);
  if (reader.error() != nullptr) return sched::Unexpected{reader.error()->text};
  return configuration;
}

uint64_t hash_document(std::span<const std::byte> document) {
  return XXH3_64bits(document.data(), document.size());
}

}  // namespace paceline::wire
