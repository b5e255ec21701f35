#include "engine/config/routing_words.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/config/units.h"

namespace paceline::config {
namespace {

using sched::Expected;
using sched::Unexpected;

Unexpected<std::string> wrong(std::string message) { return {std::move(message)}; }

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text.substr(0, 80)); }

/// `wait >= 5m` in its three parts.
struct Term {
  std::string_view what, sign, value;
};
Term split(std::string_view text) {
  text = trimmed(text);
  const size_t sign = text.find_first_of("<>=!");
  if (sign == std::string_view::npos) return {text, {}, {}};
  const size_t value = std::min(text.find_first_not_of("<>=!", sign), text.size());
  return {trimmed(text.substr(0, sign)), text.substr(sign, value - sign),
          trimmed(text.substr(value))};
}

/// The duration of `term`, which must be compared with `sign`.
Expected<int64_t, std::string> duration_of(const Term& term, std::string_view sign) {
  if (term.sign != sign || term.value.empty())
    return wrong(fmt::format("{} is compared with {}: write for example \"{} {} {}\"", term.what,
                             sign, term.what, sign, term.value.empty() ? "5m" : term.value));
  const auto duration = parse_duration(term.value);
  if (!duration) return wrong(fmt::format("{}: {}", term.what, duration.error()));
  if (duration->us == 0)
    return wrong(
        fmt::format("{} {} {}: it must be more than nothing", term.what, sign, term.value));
  return duration->us;
}

std::string joined(std::string text, std::string_view more, std::string_view between) {
  if (!text.empty()) text += between;
  return text.append(more);
}

}  // namespace

Expected<StepEnd, std::string> parse_step_end(std::string_view text) {
  StepEnd end;
  if (text.find("&&") != std::string_view::npos)
    return wrong("a step ends when one of its conditions holds: join them with ||, not &&");
  for (size_t from = 0; from <= text.size();) {
    const size_t bar = std::min(text.find("||", from), text.size());
    const Term term = split(text.substr(from, bar - from));
    from = bar + 2;
    const bool is_wait = term.what == "wait";
    if (!is_wait && term.what != "slack")
      return wrong(term.what == "size" || term.what == "no_agent"
                       ? fmt::format("{} is for overflow: a step ends by wait or slack", term.what)
                       : fmt::format("{} is neither wait nor slack: write for example \"wait >= 5m "
                                     "|| slack <= 30m\"",
                                     quoted(term.what)));
    const auto us = duration_of(term, is_wait ? ">=" : "<=");
    if (!us) return wrong(us.error());
    int64_t& to = is_wait ? end.wait_us : end.slack_us;
    if (to != 0) return wrong(fmt::format("{} is stated twice: keep one", term.what));
    to = *us;
  }
  return end;
}

Expected<desk::Overflow, std::string> parse_overflow(std::string_view text) {
  desk::Overflow overflow;
  if (text.find("||") != std::string_view::npos || text.find("&&") != std::string_view::npos)
    return wrong("an overflow has one condition: write an entry of the list for each");
  const Term term = split(text);
  if (term.what == "no_agent") {
    if (!term.sign.empty()) return wrong("no_agent stands alone: write \"no_agent\"");
    overflow.no_agent = true;
  } else if (term.what == "wait") {
    const auto us = duration_of(term, ">=");
    if (!us) return wrong(us.error());
    overflow.wait_us = *us;
  } else if (term.what == "size") {
    if (term.sign != ">" || term.value.empty())
      return wrong("size is compared with >: write for example \"size > 100\"");
    const char* const end = term.value.data() + term.value.size();
    const auto [at, error] = std::from_chars(term.value.data(), end, overflow.size);
    if (error != std::errc() || at != end || overflow.size == 0 || overflow.size > 10'000'000)
      return wrong(fmt::format("size > {}: use a whole number 1 to 10,000,000", term.value));
  } else if (term.what == "slack") {
    return wrong("slack is for steps: a ticket goes on by wait, size or no_agent");
  } else {
    return wrong(
        fmt::format("{} is no condition: write \"wait >= 30m\", \"size > 100\" or "
                    "\"no_agent\"",
                    quoted(term.what)));
  }
  return overflow;
}

std::string end_text(const desk::RoutingStep& step) {
  std::string text;
  if (step.wait_us != 0) text = "wait >= " + print(sched::Duration{step.wait_us});
  if (step.slack_us != 0)
    text = joined(std::move(text), "slack <= " + print(sched::Duration{step.slack_us}), " || ");
  return text;
}

std::string when_text(const desk::Overflow& overflow) {
  if (overflow.no_agent) return "no_agent";
  if (overflow.size != 0) return fmt::format("size > {}", overflow.size);
  return "wait >= " + print(sched::Duration{overflow.wait_us});
}

std::string selector_text(const desk::WorkRule& rule) {
  std::string text = rule.channel;
  if (rule.kind >= 0) text = joined(std::move(text), name_of(kind_names, rule.kind), " ");
  if (rule.priority >= 0) text = joined(std::move(text), fmt::format("P{}", rule.priority), " ");
  return text.empty() ? "all" : text;
}

std::string terms_text(const desk::WorkRule& rule) {
  std::string text = "weight " + milli_text(rule.weight_milli);
  if (rule.channel_max != 0) text += fmt::format(", at most {}", rule.channel_max);
  if (rule.blocking) text += ", blocking";
  if (rule.interruptible) text += ", interruptible";
  return text;
}

std::string milli_text(uint32_t thousandths) {
  std::string text = fmt::format("{}.{:03}", thousandths / 1'000, thousandths % 1'000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent_text(uint32_t thousandths) {
  return thousandths % 10 == 0 ? fmt::format("{}%", thousandths / 10)
                               : fmt::format("{}.{}%", thousandths / 10, thousandths % 10);
}

}  // namespace paceline::config
