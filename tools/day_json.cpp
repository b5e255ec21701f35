#include "tools/day_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/desk/desk.h"
#include "engine/runtime/desk_created.h"
#include "sim/recorded/act_frame.h"

namespace paceline::tools {

using Json = nlohmann::ordered_json;
using sim::Anchor;
using sim::RecordedAct;

namespace {

constexpr const char* format_name = "paceline-day";
constexpr int format_version = 1;
constexpr std::array<const char*, sim::anchor_count> anchor_names = {"day", "opened", "waits",
                                                                     "assigned", "offered"};

struct Wrong {
  std::string text;
};

// --- Commands ---

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return out;
}

std::string bytes_of(const std::string& hex) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    throw Wrong{"document is not hexadecimal"};
  };
  if (hex.size() % 2 != 0) throw Wrong{"document is not hexadecimal"};
  std::string out;
  for (size_t i = 0; i < hex.size(); i += 2)
    out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return out;
}

/// What is 0 or empty is left out.
struct FieldWriter {
  Json& out;
  std::string_view text_left;
  bool binary = false;

  template <class Size>
  void text(const char* name, Size& size) {
    const std::string_view text = text_left.substr(0, size);
    text_left.remove_prefix(size);
    if (!text.empty()) out[name] = binary ? hex(text) : std::string(text);
  }
  template <class Number>
  void number(const char* name, Number& value) {
    if (value != 0) out[name] = value;
  }
};

/// The largest value of fields that are choices; a desk counts on them.
int64_t most(std::string_view name, desk::CommandKind kind) {
  if (name == "kind") return 2;
  if (name == "impact" || name == "urgency" || name == "sentiment" || name == "author_kind")
    return 3;
  if (name == "vip" || name == "workaround" || name == "major" || name == "is_public" ||
      name == "automatic" || name == "restate" || name == "newest" || name == "requeue" ||
      name == "on" || name == "held")
    return 1;
  if (name == "confidence") return 100;
  if (name == "step" || name == "discipline") return 4;
  if (name == "mode") return kind == desk::CommandKind::migrate ? 1 : 2;
  if (name == "points") return 15;
  return 4'000'000'000'000'000'000;  // an instant may still be added
}

struct FieldReader {
  const Json& in;
  desk::CommandKind kind;
  std::string texts = {};
  size_t taken = 0;

  template <class Size>
  void text(const char* name, Size& size) {
    const auto found = in.find(name);
    if (found == in.end()) return;
    ++taken;
    if (!found->is_string()) throw Wrong{fmt::format("{} is no text", name)};
    std::string text = found->template get<std::string>();
    if (kind == desk::CommandKind::config_chunk) {
      text = bytes_of(text);
    } else if (text.find('\0') != std::string::npos) {
      throw Wrong{fmt::format("{} has a NUL in it", name)};
    }
    if (text.size() > std::numeric_limits<Size>::max())
      throw Wrong{fmt::format("{} is too long", name)};
    size = static_cast<Size>(text.size());
    texts += text;
  }
  template <class Number>
  void number(const char* name, Number& value) {
    const auto found = in.find(name);
    if (found == in.end()) return;
    ++taken;
    if constexpr (sizeof(Number) == 8 && std::is_unsigned_v<Number>) {
      if (!found->is_number_unsigned()) throw Wrong{fmt::format("{} is no number", name)};
      value = found->template get<Number>();
    } else {
      if (!found->is_number_integer()) throw Wrong{fmt::format("{} is no whole number", name)};
      const auto given = found->template get<int64_t>();
      value = static_cast<Number>(given);
      if (value != given || given > most(name, kind) || given < -most(name, kind) ||
          (std::string_view(name) == "clock" && given >= desk::clock_kind_count &&
           given != desk::Acknowledge::any_clock))
        throw Wrong{fmt::format("{} cannot be {}", name, given)};
    }
  }
};

Json command_json(const sim::RecordedCommand& command) {
  Json out = Json::object();
  sim::with_kind(command.kind, [&](auto kind) {
    auto record = command.as<sim::CommandOf<kind()>>();
    FieldWriter writer{out, command.text, command.kind == desk::CommandKind::config_chunk};
    sim::each_field(record, writer);
  });
  return out;
}

sim::RecordedCommand read_command(desk::CommandKind kind, const Json& in) {
  sim::RecordedCommand command;
  command.kind = kind;
  sim::with_kind(kind, [&](auto known) {
    auto record = command.as<sim::CommandOf<known()>>();  // all zero
    FieldReader reader{in, kind};
    sim::each_field(record, reader);
    if (reader.taken != in.size()) throw Wrong{"`with` has fields the command has not"};
    command.text = std::move(reader.texts);
    command.set(record);
  });
  return command;
}

// --- The day ---

Json limits_json(const desk::Limits& limits) {
  return {{"tickets_max", limits.tickets_max},
          {"clocks_per_ticket", limits.clocks_per_ticket},
          {"intervals_per_ticket", limits.intervals_per_ticket},
          {"text_mib_max", limits.text_mib_max},
          {"closed_max", limits.closed_max},
          {"queues_max", limits.queues_max},
          {"agents_max", limits.agents_max},
          {"policies_max", limits.policies_max},
          {"calendars_max", limits.calendars_max},
          {"dictionary_max", limits.dictionary_max},
          {"sessions_max", limits.sessions_max},
          {"reply_window", limits.reply_window},
          {"timers_per_batch", limits.timers_per_batch},
          {"config_bytes_max", limits.config_bytes_max},
          {"offers_max", limits.offers_max},
          {"sticky_max", limits.sticky_max}};
}

template <class T>
T field(const Json& in, const char* name) {
  const auto found = in.find(name);
  if (found == in.end()) throw Wrong{fmt::format("{} is missing", name)};
  if constexpr (std::is_same_v<T, std::string>) {
    if (!found->is_string()) throw Wrong{fmt::format("{} is no text", name)};
    return found->template get<std::string>();
  } else {
    if (!found->is_number_integer()) throw Wrong{fmt::format("{} is no whole number", name)};
    const auto given = found->template get<int64_t>();
    if (static_cast<int64_t>(static_cast<T>(given)) != given ||
        (std::is_unsigned_v<T> && given < 0))
      throw Wrong{fmt::format("{} cannot be {}", name, given)};
    return static_cast<T>(given);
  }
}

const Json& list(const Json& in, const char* name) {
  const auto found = in.find(name);
  if (found == in.end() || !found->is_array()) throw Wrong{fmt::format("{} is no list", name)};
  return *found;
}

desk::Limits read_limits(const Json& in) {
  desk::Limits limits;
  limits.tickets_max = field<uint32_t>(in, "tickets_max");
  limits.clocks_per_ticket = field<uint32_t>(in, "clocks_per_ticket");
  limits.intervals_per_ticket = field<uint32_t>(in, "intervals_per_ticket");
  limits.text_mib_max = field<uint32_t>(in, "text_mib_max");
  limits.closed_max = field<uint32_t>(in, "closed_max");
  limits.queues_max = field<uint32_t>(in, "queues_max");
  limits.agents_max = field<uint32_t>(in, "agents_max");
  limits.policies_max = field<uint32_t>(in, "policies_max");
  limits.calendars_max = field<uint32_t>(in, "calendars_max");
  limits.dictionary_max = field<uint32_t>(in, "dictionary_max");
  limits.sessions_max = field<uint32_t>(in, "sessions_max");
  limits.reply_window = field<uint32_t>(in, "reply_window");
  limits.timers_per_batch = field<uint32_t>(in, "timers_per_batch");
  limits.config_bytes_max = field<uint32_t>(in, "config_bytes_max");
  limits.offers_max = field<uint32_t>(in, "offers_max");
  limits.sticky_max = field<uint32_t>(in, "sticky_max");
  return limits;
}

Json act_json(const RecordedAct& act) {
  Json out = {{"do", sim::command_names[static_cast<size_t>(act.command.kind)]},
              {"batch", act.batch}};
  if (act.ticket != RecordedAct::none) out["ticket"] = act.ticket;
  if (act.other != RecordedAct::none) out["other"] = act.other;
  if (act.anchor != Anchor::day) {
    out["after"] = anchor_names[static_cast<size_t>(act.anchor)];
    out["nth"] = act.nth;
  }
  out["us"] = act.after_us;
  if (Json with = command_json(act.command); !with.empty()) out["with"] = std::move(with);
  return out;
}

RecordedAct read_act(const Json& in, const sim::RecordedDay& day) {
  const auto name = field<std::string>(in, "do");
  const auto kind = std::find(sim::command_names.begin(), sim::command_names.end(), name);
  if (kind == sim::command_names.end()) throw Wrong{fmt::format("`{}` is no command", name)};
  RecordedAct act;
  const auto with = in.find("with");
  act.command = read_command(static_cast<desk::CommandKind>(kind - sim::command_names.begin()),
                             with == in.end() ? Json(Json::object()) : *with);
  act.batch = field<uint32_t>(in, "batch");
  act.after_us = field<int64_t>(in, "us");
  if (act.batch >= day.batches.size()) throw Wrong{"batch is none of the day's"};
  if (!day.acts.empty() && act.batch < day.acts.back().batch)
    throw Wrong{"batch is before that of the act before"};
  if (act.after_us < 0 || act.after_us > day.end_us - day.start_us)
    throw Wrong{"us is not within the day"};
  if (in.contains("ticket")) act.ticket = field<uint32_t>(in, "ticket");
  if (in.contains("other")) act.other = field<uint32_t>(in, "other");
  for (const uint32_t ticket : {act.ticket, act.other})
    if (ticket != RecordedAct::none && ticket >= day.tickets)
      throw Wrong{"ticket is none of the day's"};
  if (in.contains("after")) {
    const auto after = field<std::string>(in, "after");
    const auto anchor = std::find(anchor_names.begin(), anchor_names.end(), after);
    if (anchor == anchor_names.end() || act.ticket == RecordedAct::none)
      throw Wrong{"after is nothing that can be followed"};
    act.anchor = static_cast<Anchor>(anchor - anchor_names.begin());
    act.nth = field<uint32_t>(in, "nth");
  }
  const bool answers = *kind == "accept" || *kind == "decline";
  const bool opens = *kind == "open" || *kind == "import_ticket";
  if ((answers && act.anchor != Anchor::offered) || (opens && act.ticket == RecordedAct::none))
    throw Wrong{"it does not say about what"};
  return act;
}

template <class Each>
void each_of(const Json& list, const char* what, Each&& each) {
  for (size_t i = 0; i < list.size(); ++i) {
    try {
      each(list[i]);
    } catch (const Wrong& wrong) {
      throw Wrong{fmt::format("{} {}: {}", what, i, wrong.text)};
    }
  }
}

int64_t number_at(const Json& row, size_t i) {
  if (!row.is_array() || i >= row.size() || !row[i].is_number_integer())
    throw Wrong{"whole numbers are expected"};
  return row[i].get<int64_t>();
}

sim::RecordedDay read(const Json& in) {
  if (!in.is_object() || in.value("format", "") != format_name)
    throw Wrong{"it is no recorded day"};
  if (field<int>(in, "version") != format_version)
    throw Wrong{"its version is another program's: replay it with the program that recorded it"};
  if (field<uint32_t>(in, "rules_version") != desk::rules_version)
    throw Wrong{fmt::format("it was recorded under rules version {}, this program has {}",
                            field<uint32_t>(in, "rules_version"), desk::rules_version)};
  sim::RecordedDay day;
  day.desk = field<std::string>(in, "desk");
  day.desk_number = field<uint16_t>(in, "desk_number");
  if (day.desk_number == 0) throw Wrong{"desk_number cannot be 0"};
  if (!in.contains("limits")) throw Wrong{"limits is missing"};
  day.limits = read_limits(in["limits"]);
  if (const std::string problem = runtime::desk_limits_problem(day.limits); !problem.empty())
    throw Wrong{problem};
  day.start_us = field<int64_t>(in, "start_us");
  day.end_us = field<int64_t>(in, "end_us");
  if (day.start_us < 0 || day.end_us < day.start_us) throw Wrong{"it ends before it starts"};
  day.counts_from_us = field<int64_t>(in, "counts_from_us");
  day.lag_us = field<int64_t>(in, "lag_us");
  each_of(list(in, "batches"), "batch", [&](const Json& row) {
    day.batches.push_back({number_at(row, 0), number_at(row, 1) != 0});
    const size_t count = day.batches.size();
    if (count > 1 && day.batches[count - 1].at_us < day.batches[count - 2].at_us)
      throw Wrong{"time runs backwards"};
  });
  each_of(list(in, "notices"), "notice", [&](const Json& row) {
    const auto kind = field<std::string>(row, "kind");
    if (kind != "recovered" && kind != "clock_jump") throw Wrong{"its kind is not known"};
    day.notices.push_back({kind == "recovered" ? sim::RecordedNotice::Kind::recovered
                                               : sim::RecordedNotice::Kind::clock_jump,
                           field<uint32_t>(row, "batch"), field<int64_t>(row, "from_us"),
                           field<int64_t>(row, "to_us")});
  });
  each_of(list(in, "tickets"), "ticket", [&](const Json& row) {
    std::array<uint32_t, sim::anchor_count> begun{};
    for (size_t i = 1; i < begun.size(); ++i)
      begun[i] = static_cast<uint32_t>(number_at(row, i - 1));
    day.begun.push_back(begun);
  });
  day.tickets = static_cast<uint32_t>(day.begun.size());
  each_of(list(in, "acts"), "act",
          [&](const Json& row) { day.acts.push_back(read_act(row, day)); });
  each_of(list(in, "assignments"), "assignment", [&](const Json& row) {
    if (!row.is_array() || row.size() != 3 || !row[2].is_string())
      throw Wrong{"[ticket, instant, agent] is expected"};
    day.assignments.push_back(
        {static_cast<uint32_t>(number_at(row, 0)), number_at(row, 1), row[2].get<std::string>()});
  });
  day.repeated = field<uint64_t>(in, "repeated");
  if (!in.contains("refused") || !in["refused"].is_object()) throw Wrong{"refused is missing"};
  for (const auto& entry : in["refused"].items())
    day.refused[entry.key()] = field<uint64_t>(in["refused"], entry.key().c_str());
  const auto digest = field<std::string>(in, "digest");
  day.digest = std::strtoull(digest.c_str(), nullptr, 16);
  return day;
}

/// A list with an element a line.
template <class List, class ToJson>
void put_list(std::string& out, const char* name, const List& list, ToJson&& to_json) {
  out += fmt::format(",\n\"{}\":[", name);
  const char* before = "\n";
  for (const auto& element : list) {
    out += before + to_json(element).dump();
    before = ",\n";
  }
  out += "]";
}

}  // namespace

std::string day_json(const sim::RecordedDay& day) {
  const Json head = {{"format", format_name},
                     {"version", format_version},
                     {"rules_version", desk::rules_version},
                     {"desk", day.desk},
                     {"desk_number", day.desk_number},
                     {"limits", limits_json(day.limits)},
                     {"start_us", day.start_us},
                     {"end_us", day.end_us},
                     {"counts_from_us", day.counts_from_us},
                     {"lag_us", day.lag_us},
                     {"digest", fmt::format("{:016x}", day.digest)},
                     {"refused", day.refused},
                     {"repeated", day.repeated}};
  std::string out = head.dump();
  out.pop_back();
  put_list(out, "batches", day.batches, [](const sim::RecordedBatch& batch) {
    return Json::array({batch.at_us, batch.timers ? 1 : 0});
  });
  put_list(out, "notices", day.notices, [](const sim::RecordedNotice& notice) {
    const bool recovered = notice.kind == sim::RecordedNotice::Kind::recovered;
    return Json{{"kind", recovered ? "recovered" : "clock_jump"},
                {"batch", notice.batch},
                {"from_us", notice.from_us},
                {"to_us", notice.to_us}};
  });
  put_list(out, "tickets", day.begun, [](const std::array<uint32_t, sim::anchor_count>& begun) {
    Json row = Json::array();
    for (size_t i = 1; i < begun.size(); ++i) row.push_back(begun[i]);
    return row;
  });
  put_list(out, "acts", day.acts, act_json);
  put_list(out, "assignments", day.assignments, [](const sim::RecordedAssignment& assignment) {
    return Json::array({assignment.ticket, assignment.at_us, assignment.agent});
  });
  return out + "}\n";
}

Got<sim::RecordedDay> read_day(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf()))
    return sched::Unexpected{file_failed(
        errno, path + ": cannot be read: give a file that `paceline sim record` wrote")};
  try {
    return read(Json::parse(text.str()));
  } catch (const nlohmann::json::exception& error) {
    return sched::Unexpected{not_valid(
        fmt::format("{}: it is not whole or no JSON: record it again ({})", path, error.what()))};
  } catch (const Wrong& wrong) {
    return sched::Unexpected{not_valid(fmt::format("{}: {}", path, wrong.text))};
  }
}

}  // namespace paceline::tools
