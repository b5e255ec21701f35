#include "engine/config/posix_rule.h"

#include <utility>

#include "sched/local_time.h"

namespace paceline::config {
namespace {

using Change = PosixRule::Change;

/// Takes what the grammar of a POSIX TZ text asks for next; false where it is not there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool take(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }

  bool take_abbreviation() {
    const size_t from = at_;
    if (take('<')) {
      while (!at_end() && !next_is('>')) ++at_;
      return take('>');
    }
    while (!at_end() &&
           ((text_[at_] >= 'a' && text_[at_] <= 'z') || (text_[at_] >= 'A' && text_[at_] <= 'Z')))
      ++at_;
    return at_ > from;
  }

  bool take_number(int& number, int max) {
    const size_t from = at_;
    number = 0;
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      number = number * 10 + (text_[at_] - '0');
      if (number > max) return false;
    }
    return at_ > from;
  }

  /// [+-]hh[:mm[:ss]]
  bool take_time(int32_t& seconds) {
    const bool negative = next_is('-');
    if (!take('-')) take('+');
    int hours = 0, minutes = 0, rest = 0;
    if (!take_number(hours, 167)) return false;
    if (take(':') && !take_number(minutes, 59)) return false;
    if (take(':') && !take_number(rest, 59)) return false;
    seconds = hours * 3'600 + minutes * 60 + rest;
    if (negative) seconds = -seconds;
    return true;
  }

  bool take_change(Change& change) {
    if (!take(',')) return false;
    if (take('M')) {
      change.form = Change::Form::month_week_day;
      if (!take_number(change.month, 12) || !take('.') || !take_number(change.week, 5) ||
          !take('.') || !take_number(change.weekday, 6) || change.month < 1 || change.week < 1)
        return false;
    } else if (take('J')) {
      change.form = Change::Form::day_without_leap;
      if (!take_number(change.day, 365) || change.day < 1) return false;
    } else {
      change.form = Change::Form::day_from_zero;
      if (!take_number(change.day, 365)) return false;
    }
    return !take('/') || take_time(change.time_s);
  }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

/// Days since 1970-01-01 of the change in that year.
int64_t day_of(const Change& change, int64_t year) {
  const int64_t new_year = sched::days_from_civil(year, 1, 1);
  switch (change.form) {
    case Change::Form::day_from_zero:
      return new_year + change.day;
    case Change::Form::day_without_leap:
      return new_year + change.day - 1 + (sched::leap_year(year) && change.day >= 60 ? 1 : 0);
    case Change::Form::month_week_day:
      break;
  }
  const auto month = static_cast<unsigned>(change.month);
  const int64_t first = sched::days_from_civil(year, month, 1);
  const unsigned wanted = static_cast<unsigned>(change.weekday + 6) % 7;  // 0 is Monday here
  int64_t date = first + (wanted + 7 - sched::weekday_of(first)) % 7 + 7 * (change.week - 1);
  while (date >= first + sched::days_in_month(year, month)) date -= 7;
  return date;
}

sched::Instant instant_of(const Change& change, int64_t year, int32_t offset_s) {
  const int64_t local_s = day_of(change, year) * 86'400 + change.time_s;
  return {(local_s - offset_s) * sched::second.us};
}

}  // namespace

std::vector<sched::ZoneTransition> PosixRule::transitions(int64_t year) const {
  if (!has_daylight) return {};
  sched::ZoneTransition begin{instant_of(begins, year, standard_s), daylight_s};
  sched::ZoneTransition end{instant_of(ends, year, daylight_s), standard_s};
  if (end.at < begin.at) std::swap(begin, end);
  return {begin, end};
}

std::optional<PosixRule> parse_posix_rule(std::string_view text) {
  Scanner scanner(text);
  PosixRule rule;
  int32_t west_s = 0;  // POSIX counts offsets westwards
  if (!scanner.take_abbreviation() || !scanner.take_time(west_s)) return std::nullopt;
  rule.standard_s = -west_s;
  if (scanner.at_end()) return rule;

  rule.has_daylight = true;
  if (!scanner.take_abbreviation()) return std::nullopt;
  rule.daylight_s = rule.standard_s + 3'600;
  if (!scanner.next_is(',')) {
    if (!scanner.take_time(west_s)) return std::nullopt;
    rule.daylight_s = -west_s;
  }
  if (!scanner.take_change(rule.begins) || !scanner.take_change(rule.ends) || !scanner.at_end())
    return std::nullopt;
  return rule;
}

}  // namespace paceline::config
