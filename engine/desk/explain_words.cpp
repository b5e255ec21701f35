#include "engine/desk/explain_words.h"

#include <algorithm>
#include <cstdio>

#include "engine/desk/need.h"
#include "sched/local_time.h"

namespace paceline::desk {

using sched::AgentId;
using sched::Hindrance;

std::string_view word(Hindrance hindrance) {
  switch (hindrance) {
    case Hindrance::none:
      return "";
    case Hindrance::not_routable:
      return "state";
    case Hindrance::group:
      return "group";
    case Hindrance::need:
      return "need";
    case Hindrance::required:
      return "language_or_clearance";
    case Hindrance::barred:
      return "barred";
    case Hindrance::blocked:
      return "blocked";
    case Hindrance::channel_max:
      return "channel_max";
    case Hindrance::capacity:
      return "capacity";
    case Hindrance::excluded:
      return "excluded";
    case Hindrance::exclusions:
      return "exclusions";
  }
  return "";
}

std::string utc(int64_t at_us) {
  const int64_t day_us = sched::day.us;
  const int64_t days = at_us >= 0 ? at_us / day_us : (at_us - day_us + 1) / day_us;
  const sched::CivilDate date = sched::civil_from_days(days);
  const int64_t of_day_us = at_us - days * day_us;
  const int64_t seconds = of_day_us / sched::second.us;
  const int64_t micros = of_day_us % sched::second.us;
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d", static_cast<int>(date.year),
                date.month, date.day, static_cast<int>(seconds / 3'600),
                static_cast<int>(seconds / 60 % 60));
  std::string result = text;
  if (seconds % 60 != 0 || micros != 0) {
    std::snprintf(text, sizeof text, ":%02d", static_cast<int>(seconds % 60));
    result += text;
  }
  if (micros != 0) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(micros));
    result += text;
  }
  return result + "Z";
}

std::string span_text(int64_t us) {
  if (us < 0) return "-" + span_text(-us);
  if (us < sched::second.us) return std::to_string(us / 1'000) + "ms";
  constexpr std::pair<int64_t, std::string_view> units[] = {{sched::day.us, "d"},
                                                            {sched::hour.us, "h"},
                                                            {sched::minute.us, "m"},
                                                            {sched::second.us, "s"}};
  std::string text;
  for (const auto& [unit_us, unit] : units) {
    if (us < unit_us) continue;
    text += (text.empty() ? "" : " ") + std::to_string(us / unit_us) + std::string(unit);
    us %= unit_us;
  }
  return text;
}

std::string counted(uint64_t n, std::string_view noun) {
  return std::to_string(n) + " " + std::string(noun) + (n == 1 ? "" : "s");
}

std::string ticket_name(const Floor& floor, uint32_t slot) {
  const std::string_view external_id = floor.store().external_id(slot);
  return external_id.empty() ? std::to_string(floor.store().hot(slot).id)
                             : std::string(external_id);
}

std::string state_text(const Floor& floor, uint32_t agent) {
  const AgentRecord& record = floor.roster()[agent];
  if (record.lost_at_us != 0) return "session lost";
  std::string text(agent_state_names[static_cast<size_t>(record.state)]);
  std::replace(text.begin(), text.end(), '_', ' ');
  if (record.state == AgentState::away) {
    text += " (" + std::string(floor.rules().reasons().text(record.code)) + ")";
  }
  if (record.state == AgentState::wrap_up) text += " until " + utc(record.wrap_up_end_us);
  return text;
}

namespace {

uint8_t level_of(const Floor& floor, uint32_t agent, uint32_t skill) {
  const std::string_view name = floor.rules().skill_name(skill);
  for (const auto& [held, level] : floor.rules().agent(agent).definition.skills) {
    if (held == name) return level;
  }
  return 0;
}

std::string_view sign(sched::Comparison comparison) {
  constexpr std::string_view signs[] = {">=", ">", "<=", "<", "==", "!="};
  return signs[static_cast<size_t>(comparison)];
}

std::string barred_text(const Floor& floor, uint32_t agent, const Work& work) {
  const AgentRecord& record = floor.roster()[agent];
  const DeskSettings& settings = floor.rules().settings();
  if (settings.ramp_items != 0 && record.given >= settings.ramp_items &&
      floor.now_us() < record.logged_in_at_us + settings.ramp_us) {
    return "has had its " + std::to_string(settings.ramp_items) + " of the first " +
           span_text(settings.ramp_us) + " after log-in";
  }
  const int64_t left_us = record.shift_end_us == 0 ? 0 : record.shift_end_us - floor.now_us();
  if (work.min_fit_us != 0 && floor.rules().shift(agent) != nullptr && left_us < work.min_fit_us) {
    return record.shift_end_us == 0 ? "is off shift"
                                    : "has " + span_text(left_us) + " of its shift left, " +
                                          span_text(work.min_fit_us) + " asked";
  }
  return "does not work on this channel";
}

std::string capacity_text(const Floor& floor, uint32_t agent, const Work& work) {
  const AgentId id{agent};
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  const uint64_t held =
      work.kind.interruptible ? dispatcher.used_milli(id) : dispatcher.primary_milli(id);
  return "holds " + std::to_string(held) + " of " + std::to_string(dispatcher.capacity_milli(id)) +
         ", the ticket takes " + std::to_string(work.kind.weight_milli);
}

sched::Comparison opposite(sched::Comparison comparison) {
  constexpr sched::Comparison opposites[] = {
      sched::Comparison::below,    sched::Comparison::at_most, sched::Comparison::above,
      sched::Comparison::at_least, sched::Comparison::unequal, sched::Comparison::equal};
  return opposites[static_cast<size_t>(comparison)];
}

/// A need's parts, each known by its last step: where it begins, and whether the agent meets it.
struct NeedPart {
  size_t begin = 0;
  bool holds = false;
};

/// Of the part that ends with step `end`: the comparisons that keep it from being `wanted`.
void add_unmet(const Floor& floor, uint32_t agent, std::span<const sched::NeedStep> steps,
               std::span<const NeedPart> parts, size_t end, bool wanted, std::string& text) {
  using Code = sched::NeedStep::Code;
  const sched::NeedStep& step = steps[end];
  if (parts[end].holds == wanted) return;
  if (step.code == Code::compare) {
    const std::string skill(floor.rules().skill_name(step.skill));
    const sched::Comparison asked = wanted ? step.comparison : opposite(step.comparison);
    text += (text.empty() ? "" : "; ") + skill + " " +
            std::to_string(level_of(floor, agent, step.skill)) + ", asked " + skill + " " +
            std::string(sign(asked)) + " " + std::to_string(step.level);
  } else if (step.code == Code::negate) {
    add_unmet(floor, agent, steps, parts, end - 1, !wanted, text);
  } else {
    add_unmet(floor, agent, steps, parts, parts[end - 1].begin - 1, wanted, text);
    add_unmet(floor, agent, steps, parts, end - 1, wanted, text);
  }
}

}  // namespace

std::string unmet(const Floor& floor, uint32_t agent, uint32_t line) {
  using Code = sched::NeedStep::Code;
  const std::span<const sched::NeedStep> steps = floor.dispatcher().terms(line).need.steps();
  if (steps.empty()) return {};
  std::vector<NeedPart> parts(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    NeedPart& part = parts[i];
    if (steps[i].code == Code::compare) {
      part = {i, sched::compares(level_of(floor, agent, steps[i].skill), steps[i].comparison,
                                 steps[i].level)};
    } else if (steps[i].code == Code::negate) {
      part = {parts[i - 1].begin, !parts[i - 1].holds};
    } else {
      const NeedPart& right = parts[i - 1];
      const NeedPart& left = parts[right.begin - 1];
      part = {left.begin,
              steps[i].code == Code::both ? left.holds && right.holds : left.holds || right.holds};
    }
  }
  std::string text;
  add_unmet(floor, agent, steps, parts, steps.size() - 1, true, text);
  return text;
}

int8_t score_of(const Floor& floor, uint32_t agent, uint32_t slot) {
  for (const sched::ExternalScore& score : floor.store().scores(slot))
    if (score.agent == agent) return score.points;
  return 0;
}

CandidateView candidate(const Floor& floor, uint32_t agent, uint32_t slot) {
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  const AgentId id{agent};
  const uint32_t line = dispatcher.line_of(slot);
  const Work& work = floor.lines().work(dispatcher.terms(line).work);
  CandidateView view;
  view.agent = floor.rules().agent(agent).definition.name;
  view.state = state_text(floor, agent);
  view.idle_since_us = dispatcher.idle_since(id).us;
  view.used_milli = dispatcher.used_milli(id);
  view.capacity_milli = dispatcher.capacity_milli(id);
  const Hindrance hindrance = dispatcher.hindrance(id, slot);
  view.hindrance = word(hindrance);
  if (dispatcher.may_serve(id, line)) {
    const sched::Dispatcher::Rank rank = dispatcher.rank(id, line);
    view.rank = rank.total;
    view.surplus = rank.surplus;
    view.preferred = rank.preferred;
    view.preferred_of = rank.preferred_of;
    view.score = score_of(floor, agent, slot);
  }
  switch (hindrance) {
    case Hindrance::not_routable:
      view.detail = view.state;
      break;
    case Hindrance::need:
      view.detail = unmet(floor, agent, line);
      break;
    case Hindrance::required:
      view.detail = "lacks the ticket's language or clearance";
      break;
    case Hindrance::barred:
      view.detail = barred_text(floor, agent, work);
      break;
    case Hindrance::blocked:
      view.detail = "one of the two leaves no room for the other";
      break;
    case Hindrance::channel_max:
      view.detail = "has " + std::to_string(dispatcher.in_hand(id, work.kind.channel)) +
                    " of this channel, at most " + std::to_string(work.kind.channel_max);
      break;
    case Hindrance::capacity:
      view.detail = capacity_text(floor, agent, work);
      break;
    case Hindrance::excluded: {
      view.detail = "is the requester";
      for (const CoolOff& cool_off : floor.roster()[agent].cool_offs) {
        if (cool_off.ticket == floor.store().hot(slot).id) {
          view.detail = "declined it or let it pass, until " + utc(cool_off.until_us);
        }
      }
      break;
    }
    case Hindrance::exclusions:
      view.detail = "must not have " + std::to_string(dispatcher.exclusions(id)) +
                    " tickets, at most " + std::to_string(sched::Dispatcher::exclusions_max);
      break;
    default:
      break;
  }
  return view;
}

LineView line_view(const Floor& floor, uint32_t line) {
  const sched::Dispatcher& dispatcher = floor.dispatcher();
  const LineBook::Key& key = floor.lines().key(line);
  const Queue& queue = floor.rules().queue(key.queue);
  const Work& work = floor.lines().work(dispatcher.terms(line).work);
  LineView view;
  view.queue = queue.definition.name;
  view.step = static_cast<uint8_t>(key.step + 1);
  const size_t step = std::min<size_t>(key.step, queue.definition.step_count() - 1);
  view.need = queue.definition.step_need(step);
  view.work = std::to_string(work.kind.weight_milli);
  if (work.kind.channel != 0) {
    view.work += " of ";
    view.work += floor.store().dictionary(TextField::channel).text(work.kind.channel - 1);
  }
  if (work.kind.channel_max != 0) view.work += ", at most " + std::to_string(work.kind.channel_max);
  if (work.kind.blocking) view.work += ", blocking";
  if (work.kind.interruptible) view.work += ", interruptible";
  if (key.language != 0) {
    view.language = floor.store().dictionary(TextField::language).text(key.language - 1);
  }
  if (key.confidentiality != 0) {
    view.confidentiality =
        floor.store().dictionary(TextField::confidentiality).text(key.confidentiality - 1);
  }
  view.waiting = dispatcher.line(line).size();
  if (view.waiting != 0) {
    const uint32_t head = dispatcher.line(line).top();
    view.head = floor.store().hot(head).id;
    view.head_external_id = floor.store().external_id(head);
  }
  return view;
}

}  // namespace paceline::desk
