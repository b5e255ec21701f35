// `config schema`: what a configuration file may hold, as a JSON Schema for editors.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <nlohmann/json.hpp>

#include "engine/config/schema.h"
#include "tools/commands.h"
#include "tools/version.h"

namespace paceline::tools {

namespace {

using Json = nlohmann::ordered_json;
using config::SchemaKey;
using config::SchemaTable;
using config::ValueKind;

constexpr std::string_view duration_pattern =
    "^(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?(\\d+us)?$";
constexpr std::string_view business_pattern = "^(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?(\\d+us)?$";
constexpr std::string_view days_pattern = "^\\d+bd$";
constexpr std::string_view band_pattern = "^(-?\\d+(\\.\\d+)?%?)?\\.\\.(-?\\d+(\\.\\d+)?%?)?$";
constexpr std::string_view date_pattern = "^\\d{4}-\\d{2}-\\d{2}$";
constexpr std::string_view hours_pattern = "^\\d{2}:\\d{2}-\\d{2}:\\d{2}$";

Json text_like(std::string_view pattern) {
  return {{"type", "string"}, {"minLength", 1}, {"pattern", pattern}};
}
Json list_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }
Json one_of(const SchemaKey& key) { return {{"enum", key.choices}}; }
Json table_of(const SchemaKey& key) { return {{"$ref", fmt::format("#/$defs/{}", key.of)}}; }

Json value_of(const SchemaKey& key) {
  switch (key.kind) {
    case ValueKind::text:
    case ValueKind::target:
      return {{"type", "string"}};
    case ValueKind::texts:
      return list_of({{"type", "string"}, {"minLength", 1}});
    case ValueKind::duration:
      return text_like(duration_pattern);
    case ValueKind::business:
      return text_like(business_pattern);
    case ValueKind::period:
      return {{"anyOf", {text_like(duration_pattern), text_like(days_pattern)}}};
    case ValueKind::period_or_none:
      return {
          {"anyOf", {text_like(duration_pattern), text_like(days_pattern), {{"const", "none"}}}}};
    case ValueKind::share:
      return {
          {"anyOf",
           {text_like("^\\d+(\\.\\d)?%$"), {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}}}};
    case ValueKind::band:
      return text_like(band_pattern);
    case ValueKind::boolean:
      return {{"type", "boolean"}};
    case ValueKind::integer:
      return {{"type", "integer"}, {"minimum", key.min}, {"maximum", key.max}};
    case ValueKind::number:
      return {{"type", "number"}, {"exclusiveMinimum", key.min}, {"maximum", key.max}};
    case ValueKind::percents:
      return list_of({{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1'000}});
    case ValueKind::date:
      return text_like(date_pattern);
    case ValueKind::dates:
      return list_of(text_like(date_pattern));
    case ValueKind::choice:
      return one_of(key);
    case ValueKind::choices:
      return list_of(one_of(key));
    case ValueKind::choices_or_all:
      return {{"anyOf", {list_of(one_of(key)), {{"const", "all"}}}}};
    case ValueKind::hours:
      return list_of(text_like(hours_pattern));
    case ValueKind::table:
      return table_of(key);
    case ValueKind::tables:
      return list_of(table_of(key));
    case ValueKind::named_tables:
      return {{"type", "object"}, {"additionalProperties", table_of(key)}};
  }
  return {};
}

Json object_of(const SchemaTable& table) {
  Json object{{"type", "object"}};
  if (!table.summary.empty()) object["description"] = table.summary;
  Json properties = Json::object(), required = Json::array();
  Json others = false;
  for (const SchemaKey& key : table.keys) {
    Json value = value_of(key);
    value["description"] = key.summary;
    if (key.key == "*") {
      others = std::move(value);
      continue;
    }
    properties[std::string(key.key)] = std::move(value);
    if (key.required) required.push_back(key.key);
  }
  object["properties"] = std::move(properties);
  if (!required.empty()) object["required"] = std::move(required);
  object["additionalProperties"] = std::move(others);
  return object;
}

class ConfigSchema final : public Subcommand {
 public:
  void declare(CLI::App&) override {}

  Done run(const Terminal& terminal) override {
    const auto tables = config::schema_tables();
    Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", fmt::format("Configuration of Paceline {}", program_version)}};
    schema.update(object_of(tables.front()));
    for (const SchemaTable& table : tables.subspan(1))
      schema["$defs"][std::string(table.name)] = object_of(table);
    terminal.data(schema.dump(1) + "\n");
    return {};
  }
};

}  // namespace

std::unique_ptr<Subcommand> make_config_schema() { return std::make_unique<ConfigSchema>(); }

}  // namespace paceline::tools
