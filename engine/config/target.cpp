#include "engine/config/target.h"

#include <fmt/format.h>

#include "engine/config/units.h"
#include "sched/calendar.h"

namespace paceline::config {
namespace {

using desk::Target;
using desk::TargetKind;
using sched::Unexpected;

constexpr int64_t target_us_max = 366 * sched::day.us;
constexpr std::string_view end_of_day = "end_of_business_day(";

sched::Expected<Target, std::string> working_days(std::string_view text) {
  const auto days = parse_business_days(text);
  if (!days) return Unexpected{days.error()};
  Target target;
  target.kind = TargetKind::end_of_business_day;
  target.business_days = *days;
  return target;
}

bool looks_like_an_instant(std::string_view text) {
  return text.size() > 4 && text[4] == '-' &&
         text.substr(0, 4).find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

sched::Expected<Target, std::string> parse_target(std::string_view text) {
  Target target;
  if (text == "promised_at") {
    target.kind = TargetKind::promised;
    return target;
  }
  if (is_business_days(text)) return working_days(text);
  if (text.starts_with(end_of_day) && text.ends_with(")")) {
    text.remove_prefix(end_of_day.size());
    text.remove_suffix(1);
    const auto counted = working_days(std::string(text) + "bd");
    if (!counted)
      return Unexpected{
          fmt::format("{}{}) names no business day: write end_of_business_day(1) to "
                      "end_of_business_day(366)",
                      end_of_day, text.substr(0, 40))};
    return counted;
  }
  if (looks_like_an_instant(text)) {
    const auto instant = parse_instant(text);
    if (!instant) return Unexpected{instant.error()};
    if (*instant < sched::Calendar::first_instant || *instant >= sched::Calendar::horizon)
      return Unexpected{
          fmt::format("\"{}\" is outside the years that calendars know: 1990 to 2099", text)};
    target.kind = TargetKind::instant;
    target.us = instant->us;
    return target;
  }
  const auto duration = parse_business_duration(text);
  if (!duration) return Unexpected{duration.error()};
  if (duration->us < 1 || duration->us > target_us_max)
    return Unexpected{std::string("it must be more than nothing and at most a year")};
  target.us = duration->us;
  return target;
}

std::string print(const Target& target) {
  switch (target.kind) {
    case TargetKind::duration:
      return print(sched::BusinessDuration{target.us});
    case TargetKind::end_of_business_day:
      return fmt::format("{}bd", target.business_days);
    case TargetKind::instant:
      return print(sched::Instant{target.us});
    case TargetKind::promised:
      return "promised_at";
  }
  return {};
}

}  // namespace paceline::config
