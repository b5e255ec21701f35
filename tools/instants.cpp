#include "tools/instants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace paceline::tools {

namespace {

constexpr int64_t day_us = sched::day.us;

/// Reads digits from the front of `text`: at least `least`, at most `most` of them.
std::optional<int64_t> take_number(std::string_view& text, size_t least, size_t most) {
  size_t size = 0;
  int64_t value = 0;
  while (size < text.size() && size < most && text[size] >= '0' && text[size] <= '9') {
    value = value * 10 + (text[size] - '0');
    ++size;
  }
  if (size < least) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

/// ":SS[.ffffff]", all of it optional.
std::optional<int64_t> take_seconds_us(std::string_view& text) {
  if (!take(text, ':')) return 0;
  const auto seconds = take_number(text, 2, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  int64_t us = *seconds * sched::second.us;
  if (take(text, '.')) {
    const size_t before = text.size();
    const auto fraction = take_number(text, 1, 6);
    if (!fraction) return std::nullopt;
    int64_t scaled = *fraction;
    for (size_t digits = before - text.size(); digits < 6; ++digits) scaled *= 10;
    us += scaled;
  }
  return us;
}

/// "Z", "+02:00" or nothing: what to subtract.
std::optional<int64_t> take_offset_us(std::string_view& text) {
  if (text.empty() || take(text, 'Z') || take(text, 'z')) return 0;
  const bool east = text.front() == '+';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hour = take_number(text, 2, 2);
  take(text, ':');
  const auto minute = take_number(text, 2, 2);
  if (!hour || !minute || *hour > 18 || *minute > 59) return std::nullopt;
  const int64_t us = (*hour * 60 + *minute) * sched::minute.us;
  return east ? us : -us;
}

struct Date {
  int64_t year;
  unsigned month, day;
};

Date date_of(int64_t days) {  // H. Hinnant's civil_from_days
  days += 719'468;
  const int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * shifted + 2) / 5 + 1};
}

}  // namespace

std::optional<int64_t> days_from_date(int64_t year, unsigned month, unsigned day) {
  if (year < 1 || year > 9'999 || month < 1 || month > 12 || day < 1 || day > 31) {
    return std::nullopt;
  }
  const int64_t shifted_year = month <= 2 ? year - 1 : year;
  const int64_t era = shifted_year / 400;
  const auto year_of_era = static_cast<unsigned>(shifted_year - era * 400);
  const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  const int64_t days = era * 146'097 + static_cast<int64_t>(day_of_era) - 719'468;
  const Date back = date_of(days);
  if (back.month != month || back.day != day) return std::nullopt;  // 31 April
  return days;
}

sched::Instant to_instant(WallTime wall, const sched::Zone& zone) {
  int64_t offset_us = int64_t{zone.first_offset_s} * sched::second.us;
  // The first instant that shows `wall`: with each offset in turn, the candidate must fall before
  // the transition that ends it; one that falls before its own spell is in a gap.
  int64_t spell_from_us = std::numeric_limits<int64_t>::min();
  for (const sched::ZoneTransition& transition : zone.transitions) {
    const int64_t candidate = std::max(wall.us - offset_us, spell_from_us);
    if (candidate < transition.at.us) return {candidate};
    offset_us = int64_t{transition.offset_s} * sched::second.us;
    spell_from_us = transition.at.us;
  }
  return {std::max(wall.us - offset_us, spell_from_us)};
}

std::optional<sched::Instant> parse_instant(std::string_view text) {
  const auto year = take_number(text, 4, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 1, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 1, 2);
  if (!day) return std::nullopt;
  const auto days =
      days_from_date(*year, static_cast<unsigned>(*month), static_cast<unsigned>(*day));
  if (!days) return std::nullopt;
  int64_t us = *days * day_us;
  if (take(text, 'T') || take(text, 't') || take(text, ' ')) {
    const auto hour = take_number(text, 1, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2, 2);
    if (!minute || *minute > 59) return std::nullopt;
    const auto seconds = take_seconds_us(text);
    if (!seconds) return std::nullopt;
    us += (*hour * 60 + *minute) * sched::minute.us + *seconds;
  }
  const auto offset = take_offset_us(text);
  if (!offset || !text.empty()) return std::nullopt;
  return sched::Instant{us - *offset};
}

std::string format_instant(sched::Instant at) {
  if (at == sched::never) return "never";
  int64_t days = at.us / day_us;
  int64_t rest = at.us % day_us;
  if (rest < 0) rest += day_us, --days;
  const Date date = date_of(days);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month,
                                 date.day, rest / sched::hour.us, rest / sched::minute.us % 60,
                                 rest / sched::second.us % 60);
  if (const int64_t fraction = rest % sched::second.us; fraction != 0) {
    text += fmt::format(".{:06}", fraction);
  }
  return text + "Z";
}

std::string format_exact(int64_t us) {
  if (us == 0) return "0s";
  std::string text = us < 0 ? "-" : "";
  us = us < 0 ? -us : us;
  const auto unit = [&](int64_t size, char letter) {
    if (us < size) return;
    if (!text.empty() && text != "-") text += ' ';
    text += fmt::format("{}{}", us / size, letter);
    us %= size;
  };
  unit(sched::day.us, 'd');
  unit(sched::hour.us, 'h');
  unit(sched::minute.us, 'm');
  if (us % sched::second.us == 0) {
    unit(sched::second.us, 's');
  } else {
    if (!text.empty() && text != "-") text += ' ';
    text += fmt::format("{}.{:06}", us / sched::second.us, us % sched::second.us);
    while (text.back() == '0') text.pop_back();
    text += 's';
  }
  return text;
}

std::string format_duration(int64_t us) {
  const int64_t size = us < 0 ? -us : us;
  const int64_t unit = size >= sched::day.us      ? sched::hour.us
                       : size >= sched::hour.us   ? sched::minute.us
                       : size >= sched::minute.us ? sched::second.us
                                                  : sched::second.us / 1'000;
  return format_exact(us / unit * unit);
}

double hours(int64_t us, int decimals) {
  int64_t scale = 1;
  for (int i = 0; i < decimals; ++i) scale *= 10;
  // Integers up to the last step: 0.005 h must not round by how a fraction is represented.
  const int64_t size = us < 0 ? -us : us;
  const int64_t whole = size / sched::hour.us;
  const int64_t part = (size % sched::hour.us * scale * 2 + sched::hour.us) / (2 * sched::hour.us);
  const double value = static_cast<double>(whole * scale + part) / static_cast<double>(scale);
  return us < 0 ? -value : value;
}

}  // namespace paceline::tools
