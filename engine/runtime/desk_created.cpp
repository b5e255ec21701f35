#include "engine/runtime/desk_created.h"

#include <cstdint>
#include <cstring>

namespace paceline::runtime {

namespace {

constexpr size_t name_size_max = 64;

/// Appended only: a record with fewer figures leaves the rest at their defaults.
constexpr uint32_t desk::Limits::*figures[] = {
    &desk::Limits::tickets_max,          &desk::Limits::clocks_per_ticket,
    &desk::Limits::intervals_per_ticket, &desk::Limits::text_mib_max,
    &desk::Limits::closed_max,           &desk::Limits::queues_max,
    &desk::Limits::agents_max,           &desk::Limits::policies_max,
    &desk::Limits::calendars_max,        &desk::Limits::dictionary_max,
    &desk::Limits::sessions_max,         &desk::Limits::reply_window,
    &desk::Limits::timers_per_batch,     &desk::Limits::config_bytes_max,
    &desk::Limits::offers_max,           &desk::Limits::sticky_max,
};
static_assert(sizeof(desk::Limits) == std::size(figures) * sizeof(uint32_t));

}  // namespace

std::vector<std::byte> encode_desk_created(std::string_view name, const desk::Limits& limits) {
  std::vector<std::byte> bytes;
  const auto put = [&](const void* data, size_t size) {
    const size_t at = bytes.size();
    bytes.resize(at + size);
    std::memcpy(bytes.data() + at, data, size);
  };
  const auto count = static_cast<uint32_t>(std::size(figures));
  put(&count, sizeof count);
  for (const auto figure : figures) put(&(limits.*figure), sizeof(uint32_t));
  const auto size = static_cast<uint32_t>(name.size());
  put(&size, sizeof size);
  put(name.data(), name.size());
  return bytes;
}

bool decode_desk_created(std::span<const std::byte> payload, std::string& name,
                         desk::Limits& limits) {
  const auto get = [&](uint32_t& value) {
    if (payload.size() < sizeof value) return false;
    std::memcpy(&value, payload.data(), sizeof value);
    payload = payload.subspan(sizeof value);
    return true;
  };
  uint32_t count = 0;
  if (!get(count) || count > std::size(figures)) return false;
  for (uint32_t i = 0; i < count; ++i)
    if (!get(limits.*figures[i])) return false;
  uint32_t size = 0;
  if (!get(size) || payload.size() < size) return false;
  name.assign(reinterpret_cast<const char*>(payload.data()), size);
  return true;
}

std::string desk_name_problem(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (name.empty()) return "a desk needs a name: letters, digits, - _ . and at most 64 of them";
  bool fit = name.size() <= name_size_max;
  for (const char c : name) fit = fit && allowed(c);
  if (fit) return {};
  return "a desk cannot be called \"" + std::string(name.substr(0, name_size_max)) +
         "\": letters, digits, - _ . and at most 64 of them";
}

std::string desk_limits_problem(const desk::Limits& limits) {
  struct Range {
    const char* name;
    uint32_t value, min, max;
  };
  const Range ranges[] = {
      {"tickets_max", limits.tickets_max, 1, 100'000'000},
      {"clocks_per_ticket", limits.clocks_per_ticket, 1, 32},
      {"intervals_per_ticket", limits.intervals_per_ticket, 1, 1'000},
      {"text_mib_max", limits.text_mib_max, 1, 65'535},
      {"closed_max", limits.closed_max, 0, 100'000'000},
      {"queues_max", limits.queues_max, 1, 1'000'000},
      {"agents_max", limits.agents_max, 1, 10'000'000},
      {"policies_max", limits.policies_max, 1, 65'535},
      {"calendars_max", limits.calendars_max, 1, 65'535},
      {"dictionary_max", limits.dictionary_max, 1, 100'000'000},
      {"sessions_max", limits.sessions_max, 1, 1'000'000},
      {"reply_window", limits.reply_window, 1, 1'000'000},
      {"timers_per_batch", limits.timers_per_batch, 1, 1'000'000},
      {"config_bytes_max", limits.config_bytes_max, 1, 64 * 1'048'576},
      {"offers_max", limits.offers_max, 1, 10'000'000},
      {"sticky_max", limits.sticky_max, 1, 100'000'000},
  };
  const auto problem = [](const std::string& name, uint64_t value, uint64_t min, uint64_t max) {
    return "a desk's " + name + " must be " + std::to_string(min) + " … " + std::to_string(max) +
           ", not " + std::to_string(value);
  };
  for (const Range& range : ranges)
    if (range.value < range.min || range.value > range.max)
      return problem(range.name, range.value, range.min, range.max);
  constexpr uint64_t slots_max = 0xffff'fffe;
  const uint64_t clocks = uint64_t{limits.tickets_max} * limits.clocks_per_ticket;
  if (clocks > slots_max) return problem("tickets_max × clocks_per_ticket", clocks, 1, slots_max);
  const uint64_t intervals = uint64_t{limits.tickets_max} * limits.intervals_per_ticket;
  if (intervals > slots_max)
    return problem("tickets_max × intervals_per_ticket", intervals, 1, slots_max);
  return {};
}

}  // namespace paceline::runtime
