#include "engine/config/zone_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <vector>

#include "engine/config/posix_rule.h"
#include "engine/desk/suggestion.h"
#include "sched/local_time.h"

namespace paceline::config {
namespace {

using sched::Expected;
using sched::Instant;
using sched::Unexpected;
using sched::Zone;
using sched::ZoneTransition;

constexpr size_t zone_file_size_max = 1 << 20;
constexpr size_t header_size = 44;
constexpr int64_t last_year = 2'100;

/// Empty optional if there is no such file, or it is not a file of at most `size_max`.
std::optional<std::string> content_of(const std::filesystem::path& path, size_t size_max) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream in(path, std::ios::binary);
  std::string content(size_max + 1, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  content.resize(static_cast<size_t>(in.gcount()));
  if (content.size() > size_max) return std::nullopt;
  return content;
}

/// Names of zones and links, as the compact source of tzdata lists them.
std::vector<std::string> known_names(std::string_view tzdata) {
  std::vector<std::string> names = {"UTC"};
  const auto source = content_of(std::filesystem::path(tzdata) / "tzdata.zi", 4 << 20);
  std::istringstream lines(source.value_or(""));
  for (std::string line; std::getline(lines, line);) {
    if (line.size() < 2 || line[1] != ' ' || (line[0] != 'Z' && line[0] != 'L')) continue;
    size_t from = 2;
    if (line[0] == 'L') from = std::min(line.find(' ', 2), line.size() - 1) + 1;
    names.push_back(line.substr(from, line.find(' ', from) - from));
  }
  return names;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// `: did you mean "Europe/London"?` for Europe/Londn, london and "Europe london".
std::string zone_suggestion(std::string_view name, std::string_view tzdata) {
  const std::vector<std::string> names = known_names(tzdata);
  const std::string city = lower(name.substr(name.rfind('/') + 1));
  for (const std::string& known : names) {
    if (lower(std::string_view(known).substr(known.rfind('/') + 1)) == city)
      return fmt::format(": did you mean \"{}\"?", known);
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string near = desk::suggestion(name, views);
  return near.empty() || names.size() == 1
             ? ": use an IANA name such as Europe/London, and see that tzdata is installed"
             : near;
}

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '/';
  });
}

int64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  const auto unused = static_cast<int>(64 - 8 * bytes.size());
  return static_cast<int64_t>(value << unused) >> unused;  // sign-extended
}

/// One of the two data blocks of a TZif file.
struct Block {
  size_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
  size_t size(size_t time_size) const {
    return timecnt * (time_size + 1) + typecnt * 6 + charcnt + leapcnt * (time_size + 4) +
           isstdcnt + isutcnt;
  }
};

std::optional<Block> block_at(std::string_view bytes, size_t at) {
  if (bytes.size() < at + header_size || bytes.substr(at, 4) != "TZif") return std::nullopt;
  const auto count = [&](size_t index) {
    return static_cast<size_t>(big_endian(bytes.substr(at + 20 + index * 4, 4)) & 0xffff'ffff);
  };
  return Block{count(0), count(1), count(2), count(3), count(4), count(5)};
}

/// Appends unless it would change nothing; of two at one instant the later one counts.
void append(Zone& zone, ZoneTransition transition) {
  auto& transitions = zone.transitions;
  if (!transitions.empty() && transitions.back().at == transition.at) transitions.pop_back();
  const int32_t in_force = transitions.empty() ? zone.first_offset_s : transitions.back().offset_s;
  if (transition.offset_s != in_force) transitions.push_back(transition);
}

Expected<Zone, std::string> read_block(std::string_view bytes, size_t time_size, const Block& block,
                                       std::string_view footer) {
  const Unexpected<std::string> damaged{std::string("the zone file is damaged")};
  if (block.leapcnt > 0)
    return Unexpected{std::string("the zone file counts leap seconds, which instants here do not")};
  if (block.typecnt == 0 || block.typecnt > 256) return damaged;
  const std::string_view times = bytes.substr(0, block.timecnt * time_size);
  const std::string_view indexes = bytes.substr(times.size(), block.timecnt);
  const std::string_view types = bytes.substr(times.size() + indexes.size(), block.typecnt * 6);
  const auto offset_of = [&](size_t type) {
    return static_cast<int32_t>(big_endian(types.substr(type * 6, 4)));
  };

  Zone zone;
  zone.first_offset_s = offset_of(0);  // by RFC 8536 what holds before the first transition
  int64_t previous_s = std::numeric_limits<int64_t>::min();
  constexpr int64_t year_100_000_s = 3'100'000'000'000;
  for (size_t i = 0; i < block.timecnt; ++i) {
    const int64_t at_s = big_endian(times.substr(i * time_size, time_size));
    const size_t type = static_cast<unsigned char>(indexes[i]);
    if (type >= block.typecnt || at_s <= previous_s || at_s > year_100_000_s) return damaged;
    previous_s = at_s;
    if (at_s <= 0)
      zone.first_offset_s = offset_of(type);
    else
      append(zone, {Instant{at_s * sched::second.us}, offset_of(type)});
  }

  if (!footer.empty()) {
    const auto rule = parse_posix_rule(footer);
    if (!rule) return damaged;
    const Instant last{std::max<int64_t>(previous_s, 0) * sched::second.us};
    for (int64_t year = 1'970; year < last_year; ++year) {
      for (const ZoneTransition& transition : rule->transitions(year))
        if (transition.at > last) append(zone, transition);
    }
  }
  return zone;
}

}  // namespace

Expected<Zone, std::string> read_tzif(std::string_view bytes) {
  const Unexpected<std::string> damaged{std::string("the zone file is damaged")};
  const auto first = block_at(bytes, 0);
  if (!first) return Unexpected{std::string("it is not a zone file")};
  const size_t first_end = header_size + first->size(4);
  if (bytes.size() < first_end) return damaged;
  if (bytes[4] < '2') return read_block(bytes.substr(header_size, first->size(4)), 4, *first, {});

  const auto second = block_at(bytes, first_end);
  if (!second) return damaged;
  const size_t begin = first_end + header_size;
  const size_t end = begin + second->size(8);
  if (bytes.size() < end + 2 || bytes[end] != '\n') return damaged;
  const size_t footer_end = bytes.find('\n', end + 1);
  if (footer_end == std::string_view::npos) return damaged;
  return read_block(bytes.substr(begin, end - begin), 8, *second,
                    bytes.substr(end + 1, footer_end - end - 1));
}

Expected<Zone, std::string> resolve_zone(std::string_view name, std::string_view tzdata) {
  if (name == "UTC") {
    Zone zone;
    zone.tzdata_version = tzdata_version(tzdata);
    return zone;
  }
  std::optional<std::string> bytes;
  if (is_zone_name(name))
    bytes = content_of(std::filesystem::path(tzdata) / name, zone_file_size_max);
  if (!bytes)
    return Unexpected{fmt::format("unknown zone \"{}\"{}", name.substr(0, 64),
                                  zone_suggestion(name.substr(0, 64), tzdata))};
  auto zone = read_tzif(*bytes);
  if (!zone)
    return Unexpected{
        fmt::format("zone \"{}\" cannot be read from {}: {}: reinstall tzdata or use "
                    "another name",
                    name, tzdata, zone.error())};
  zone->name = std::string(name);
  zone->tzdata_version = tzdata_version(tzdata);
  return zone;
}

std::string tzdata_version(std::string_view tzdata) {
  const std::filesystem::path folder(tzdata);
  std::ifstream source(folder / "tzdata.zi");
  constexpr std::string_view mark = "# version ";
  std::string line;
  if (std::getline(source, line) && line.starts_with(mark)) return line.substr(mark.size(), 16);
  std::ifstream version(folder / "+VERSION");
  if (std::getline(version, line) && !line.empty()) return line.substr(0, 16);
  return "unknown";
}

}  // namespace paceline::config
