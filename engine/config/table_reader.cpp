#include "engine/config/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "engine/config/units.h"

namespace paceline::config {

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text.substr(0, 80))
    out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out + (text.size() > 80 ? "…\"" : "\"");
}

std::optional<uint32_t> scaled(const Node& value, int64_t scale, uint32_t max) {
  double product = 0;
  if (value.kind == Node::Kind::integer)
    product = static_cast<double>(value.integer) * static_cast<double>(scale);
  else if (value.kind == Node::Kind::real)
    product = value.real * static_cast<double>(scale);
  if (!(product >= 0.5) || product > static_cast<double>(max) + 0.5) return std::nullopt;
  const double whole = std::round(product);
  if (std::abs(product - whole) > 1e-6 || whole > max) return std::nullopt;
  return static_cast<uint32_t>(whole);
}

TableReader::TableReader(const Node& node, uint32_t line, std::string subject,
                         Diagnostics& diagnostics)
    : line_(line), subject_(std::move(subject)), diagnostics_(diagnostics) {
  if (node.kind == Node::Kind::table)
    table_ = &node;
  else
    error(code::wrong_type, line_, fmt::format("must be a table, not {}", name(node.kind)));
}

std::string TableReader::about(std::string_view message) const {
  return subject_.empty() ? std::string(message) : fmt::format("{}: {}", subject_, message);
}

void TableReader::error(std::string_view code, uint32_t line, std::string_view message) {
  diagnostics_.error(code, line, about(message));
}

void TableReader::wrong_type(std::string_view key, const Node& value, std::string_view expected) {
  error(code::wrong_type, value.line,
        fmt::format("{} must be {}, not {}", key, expected, name(value.kind)));
}

const Node::Member* TableReader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  if (table_ == nullptr) return nullptr;
  const auto found = std::find_if(table_->members.begin(), table_->members.end(),
                                  [&](const Node::Member& member) { return member.key == key; });
  return found == table_->members.end() ? nullptr : &*found;
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (member->value.kind != Node::Kind::text) {
    wrong_type(key, member->value, "a text in quotes");
    return std::nullopt;
  }
  return member->value.text;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  std::vector<std::string> texts;
  const Node::Member* member = find(key);
  if (member == nullptr) return texts;
  if (member->value.kind != Node::Kind::array) {
    wrong_type(key, member->value, "a list of texts");
    return texts;
  }
  std::set<std::string_view> seen;
  for (const Node& element : member->value.elements) {
    if (element.kind != Node::Kind::text)
      wrong_type(key, element, "a list of texts");
    else if (element.text.empty())
      error(code::wrong_value, element.line, fmt::format("{} has an empty entry: remove it", key));
    else if (!seen.insert(element.text).second)
      error(code::duplicate, element.line,
            fmt::format("{} lists {} twice: remove one", key, in_quotes(element.text)));
    else
      texts.push_back(element.text);
  }
  return texts;
}

std::vector<std::string> TableReader::names(std::string_view key) {
  std::vector<std::string> names = texts(key);
  for (const std::string& name : names) {
    if (name.find(',') != std::string::npos)
      error(
          code::wrong_value, find(key)->line,
          fmt::format("{} has {} with a comma: list them as separate texts", key, in_quotes(name)));
  }
  return names;
}

std::optional<sched::Duration> TableReader::duration(std::string_view key) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (member->value.kind == Node::Kind::integer || member->value.kind == Node::Kind::real) {
    error(code::wrong_duration, member->value.line,
          fmt::format("{} needs a unit: write for example {} = \"15m\"", key, key));
    return std::nullopt;
  }
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto parsed = parse_duration(*written);
  if (!parsed) {
    error(code::wrong_duration, member->value.line, fmt::format("{}: {}", key, parsed.error()));
    return std::nullopt;
  }
  return *parsed;
}

std::optional<int64_t> TableReader::positive_us(std::string_view key) {
  const auto written = duration(key);
  if (!written) return std::nullopt;
  if (written->us > 0) return written->us;
  error(code::wrong_duration, find(key)->line, fmt::format("{} must be more than nothing", key));
  return std::nullopt;
}

std::optional<sched::BusinessDuration> TableReader::business_duration(std::string_view key) {
  const Node::Member* member = find(key);
  if (member != nullptr && member->value.kind == Node::Kind::text) {
    const auto parsed = parse_business_duration(member->value.text);
    if (parsed) return *parsed;
    error(code::wrong_duration, member->value.line, fmt::format("{}: {}", key, parsed.error()));
    return std::nullopt;
  }
  const auto elapsed = duration(key);  // absent, or reports the wrong type
  if (!elapsed) return std::nullopt;
  return sched::BusinessDuration{elapsed->us};
}

std::optional<desk::Period> TableReader::period(std::string_view key) {
  const Node::Member* member = find(key);
  if (member == nullptr || member->value.kind != Node::Kind::text ||
      !is_business_days(member->value.text)) {
    const auto elapsed = duration(key);
    if (!elapsed) return std::nullopt;
    return desk::Period{elapsed->us, 0};
  }
  const auto days = parse_business_days(member->value.text);
  if (days) return desk::Period{0, *days};
  error(code::wrong_duration, member->value.line, fmt::format("{}: {}", key, days.error()));
  return std::nullopt;
}

std::optional<bool> TableReader::boolean(std::string_view key) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (member->value.kind == Node::Kind::boolean) return member->value.boolean;
  wrong_type(key, member->value, "true or false");
  return std::nullopt;
}

std::optional<int64_t> TableReader::integer(std::string_view key, int64_t min, int64_t max) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  const Node& value = member->value;
  if (value.kind != Node::Kind::integer) {
    wrong_type(key, value, "a whole number");
  } else if (value.integer < min || value.integer > max) {
    error(code::wrong_value, value.line,
          fmt::format("{} is {}: use {} to {}", key, value.integer, min, max));
  } else {
    return value.integer;
  }
  return std::nullopt;
}

std::optional<uint32_t> TableReader::thousandths(std::string_view key, uint32_t max) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  const Node& value = member->value;
  if (value.kind != Node::Kind::integer && value.kind != Node::Kind::real) {
    wrong_type(key, value, "a number");
    return std::nullopt;
  }
  const auto units = scaled(value, 1'000, max);
  if (!units)
    error(code::wrong_value, value.line,
          fmt::format("{} must be 0.001 to {}, with at most three decimals", key, max / 1'000));
  return units;
}

std::optional<uint32_t> TableReader::share(std::string_view key) {
  const Node::Member* member = find(key);
  if (member == nullptr) return std::nullopt;
  const Node& value = member->value;
  double share = -1;
  if (value.kind == Node::Kind::integer) {
    share = static_cast<double>(value.integer);
  } else if (value.kind == Node::Kind::real) {
    share = value.real;
  } else if (value.kind == Node::Kind::text) {
    const std::string_view text = value.text;
    double percent = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), percent, std::chars_format::fixed);
    if (error == std::errc() &&
        std::string_view(end, static_cast<size_t>(text.data() + text.size() - end)) == "%")
      share = percent / 100;
  } else {
    wrong_type(key, value, "a share such as \"10%\" or 0.1");
    return std::nullopt;
  }
  const double thousandths = std::round(share * 1'000);
  if (thousandths >= 0 && thousandths <= 1'000 && std::abs(share * 1'000 - thousandths) < 1e-6)
    return static_cast<uint32_t>(thousandths);
  error(code::wrong_value, value.line,
        fmt::format("{} must be a share, \"0%\" to \"100%\" or 0 to 1, with at most one decimal "
                    "of a percent: write for example {} = \"10%\"",
                    key, key));
  return std::nullopt;
}

std::optional<size_t> TableReader::one_of(std::string_view key,
                                          std::span<const std::string_view> names) {
  const auto written = text(key);
  if (!written) return std::nullopt;
  const auto found = std::find(names.begin(), names.end(), *written);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  error(code::wrong_value, find(key)->value.line,
        fmt::format("{} has no value {}{}", key, in_quotes(*written),
                    desk::suggestion(*written, names)));
  return std::nullopt;
}

std::vector<size_t> TableReader::some_of(std::string_view key,
                                         std::span<const std::string_view> names) {
  std::vector<size_t> positions;
  for (const std::string& written : texts(key)) {
    const auto found = std::find(names.begin(), names.end(), written);
    if (found != names.end())
      positions.push_back(static_cast<size_t>(found - names.begin()));
    else
      error(code::wrong_value, find(key)->value.line,
            fmt::format("{} has no value {}{}", key, in_quotes(written),
                        desk::suggestion(written, names)));
  }
  return positions;
}

std::string TableReader::required_text(std::string_view key, std::string_view example) {
  if (find(key) == nullptr) {
    error(code::missing, line_,
          fmt::format("{} is missing: add for example {} = \"{}\"", key, key, example));
    return {};
  }
  std::string written = text(key).value_or("");
  if (written.empty() && find(key)->value.kind == Node::Kind::text)
    error(code::wrong_value, find(key)->value.line, fmt::format("{} is empty", key));
  return written;
}

std::vector<const Node*> TableReader::tables(std::string_view key) {
  std::vector<const Node*> found;
  const Node::Member* member = find(key);
  if (member == nullptr) return found;
  if (member->value.kind != Node::Kind::array) {
    error(code::wrong_type, member->line,
          fmt::format("{} must be a list of tables: write [[{}]] above each", key, key));
    return found;
  }
  for (const Node& element : member->value.elements) found.push_back(&element);
  return found;
}

std::vector<const Node*> TableReader::inline_tables(std::string_view key,
                                                    std::string_view example) {
  std::vector<const Node*> found;
  const Node::Member* member = find(key);
  if (member == nullptr) return found;
  if (member->value.kind != Node::Kind::array) {
    error(code::wrong_type, member->line,
          fmt::format("{} must be a list of tables: write for example {} = [ {} ]", key, key,
                      example));
    return found;
  }
  for (const Node& element : member->value.elements) found.push_back(&element);
  return found;
}

void TableReader::finish() {
  if (table_ == nullptr) return;
  for (const Node::Member& member : table_->members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    if (diagnostics_.full()) return;  // suggestions cost more than the rest of a hostile file
    std::string mended = desk::suggestion(member.key, known_);
    if (mended.empty() && !known_.empty())
      mended = fmt::format(": use one of {}", fmt::join(known_, ", "));
    error(code::unknown_key, member.line,
          fmt::format("unknown key {}{}", in_quotes(member.key), mended));
  }
}

}  // namespace paceline::config
