#include "tools/written_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sched/base/time.h"
#include "tools/instants.h"

namespace paceline::tools {

namespace {

constexpr std::string_view pattern_letters = "YymdbBHIMSfpz%";
constexpr std::array<std::string_view, 12> english_months = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> english_weekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
/// No-break spaces stand before AM in newer exports.
constexpr std::array<std::string_view, 4> blanks = {" ", "\t", "\xC2\xA0", "\xE2\x80\xAF"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

/// Letter case of ASCII aside.
bool begins_with(std::string_view text, std::string_view begin) {
  return text.size() >= begin.size() &&
         std::equal(begin.begin(), begin.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

/// Is `word` the name, or its beginning of at least three letters?
bool abbreviates(std::string_view word, std::string_view name) {
  return word.size() >= 3 && begins_with(name, word);
}

struct Number {
  int64_t value = 0;
  size_t digits = 0;
};

/// What has been read of a time so far.
struct Parts {
  int64_t year = 0;
  int64_t month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t fraction_us = 0;
  std::optional<bool> afternoon = {};
  std::optional<int64_t> offset_us = {};
};

class TimeReader {
 public:
  TimeReader(std::string_view text, const TimeStyle& style) : text_(text), style_(style) {}

  std::optional<WrittenTime> any() {
    skip_blanks();
    skip_weekday();
    if (!take_date()) return std::nullopt;
    if (!at_end() && !(take_date_end() && take_time_of_day())) return std::nullopt;
    return finish();
  }

  std::optional<WrittenTime> by_pattern() {
    skip_blanks();
    const std::string_view pattern = style_.pattern;
    for (size_t i = 0; i < pattern.size(); ++i) {
      if (pattern[i] == '%' && i + 1 < pattern.size()) {
        if (!take_letter(pattern[++i])) return std::nullopt;
      } else if (pattern[i] == ' ') {
        skip_blanks();
      } else if (!take(pattern[i])) {
        return std::nullopt;
      }
    }
    return finish();
  }

  std::optional<WrittenTime> epoch(int64_t us_per_unit) {
    skip_blanks();
    const auto number = take_number(1, 13);
    if (!number) return std::nullopt;
    skip_blanks();
    if (!at_end() || number->value > INT64_MAX / us_per_unit) return std::nullopt;
    return WrittenTime{number->value * us_per_unit, true};
  }

 private:
  bool at_end() const { return text_.empty(); }
  bool next_is_digit() const { return !at_end() && is_digit(text_.front()); }

  bool take(char c) {
    if (at_end() || lower(text_.front()) != lower(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool skip_blank() {
    for (const std::string_view blank : blanks) {
      if (!text_.starts_with(blank)) continue;
      text_.remove_prefix(blank.size());
      return true;
    }
    return false;
  }
  void skip_blanks() {
    while (skip_blank()) {
    }
  }

  std::optional<Number> take_number(size_t least, size_t most) {
    Number number;
    while (number.digits < text_.size() && number.digits < most && is_digit(text_[number.digits]))
      number.value = number.value * 10 + (text_[number.digits++] - '0');
    if (number.digits < least) return std::nullopt;
    text_.remove_prefix(number.digits);
    return number;
  }
  bool take_into(int64_t& to, size_t least, size_t most) {
    const auto number = take_number(least, most);
    if (number) to = number->value;
    return number.has_value();
  }

  std::string_view next_word() const {
    size_t size = 0;
    while (size < text_.size() && is_letter(text_[size])) ++size;
    return text_.substr(0, size);
  }

  void skip_weekday() {
    const std::string_view word = next_word();
    for (const std::string_view name : english_weekdays) {
      if (!abbreviates(word, name)) continue;
      text_.remove_prefix(word.size());
      take('.');
      take(',');
      skip_blanks();
      return;
    }
  }

  /// 1 … 12; 0: no month begins here.
  int64_t take_month_name() {
    if (!style_.months.empty()) {
      for (size_t i = 0; i < style_.months.size(); ++i) {
        if (style_.months[i].empty() || !begins_with(text_, style_.months[i])) continue;
        const std::string_view after = text_.substr(style_.months[i].size());
        if (!after.empty() && is_letter(after.front()) && !is_blank(after)) continue;
        text_ = after;
        take('.');
        return static_cast<int64_t>(i) + 1;
      }
      return 0;
    }
    const std::string_view word = next_word();
    for (size_t i = 0; i < english_months.size(); ++i) {
      if (!abbreviates(word, english_months[i]) &&
          !(i == 8 && begins_with("sept", word) && word.size() == 4))
        continue;
      text_.remove_prefix(word.size());
      take('.');
      return static_cast<int64_t>(i) + 1;
    }
    return 0;
  }
  static bool is_blank(std::string_view text) {
    return std::any_of(blanks.begin(), blanks.end(),
                       [&](std::string_view blank) { return text.starts_with(blank); });
  }

  /// What stands between the parts of a date; a date may be written without.
  void skip_date_separator() {
    skip_blanks();
    if (!take('/') && !take('.') && !take('-')) take(',');
    skip_blanks();
  }

  bool take_date() {
    std::array<Number, 3> parts;
    size_t name_at = 3;
    for (size_t i = 0; i < 3; ++i) {
      if (i > 0) skip_date_separator();
      if (const int64_t month = next_is_digit() ? 0 : take_month_name(); month != 0) {
        if (name_at != 3) return false;
        name_at = i;
        parts[i] = {month, 2};
        continue;
      }
      const auto number = take_number(1, 4);
      if (!number || next_is_digit()) return false;
      parts[i] = *number;
    }
    size_t year = 2, month = 1, day = 0;
    if (parts[0].digits == 4 && name_at != 0) {
      year = 0, day = 2;
    } else if (name_at == 0 || (name_at == 3 && style_.order == DateOrder::month_first)) {
      month = 0, day = 1;
    }
    if (name_at != 3 && name_at != month) return false;
    if (parts[month].digits > 2 || parts[day].digits > 2) return false;
    parts_.month = parts[month].value;
    parts_.day = parts[day].value;
    return set_year(parts[year]);
  }

  bool set_year(const Number& year) {
    if (year.digits != 2 && year.digits != 4) return false;
    parts_.year = year.value + (year.digits == 4 ? 0 : year.value < 90 ? 2'000 : 1'900);
    return true;
  }

  /// The T, the blanks or the comma before the time of day.
  bool take_date_end() {
    if (text_.size() > 1 && lower(text_.front()) == 't' && is_digit(text_[1])) return take('t');
    const size_t before = text_.size();
    take(',');
    skip_blanks();
    if (begins_with(text_, "at ")) text_.remove_prefix(3);
    return text_.size() < before;
  }

  bool take_time_of_day() {
    if (at_end()) return true;
    if (!take_into(parts_.hour, 1, 2) || !take(':') || !take_into(parts_.minute, 2, 2))
      return false;
    if (take(':')) {
      if (!take_into(parts_.second, 2, 2)) return false;
      if ((take('.') || take(',')) && !take_fraction()) return false;
    }
    skip_blanks();
    if (is_half_day()) take_half_day();
    skip_blanks();
    return at_end() || take_offset();
  }

  bool take_fraction() {
    const auto fraction = take_number(1, 9);
    if (!fraction) return false;
    int64_t ns = fraction->value;
    for (size_t digits = fraction->digits; digits < 9; ++digits) ns *= 10;
    parts_.fraction_us = ns / 1'000;
    return true;
  }

  bool is_half_day() const {
    return begins_with(text_, "am") || begins_with(text_, "pm") || begins_with(text_, "a.m") ||
           begins_with(text_, "p.m");
  }
  bool take_half_day() {
    if (!is_half_day()) return false;
    parts_.afternoon = lower(text_.front()) == 'p';
    text_.remove_prefix(1);
    take('.');
    take('m');
    take('.');
    return true;
  }

  bool take_offset() {
    if (begins_with(text_, "utc") || begins_with(text_, "gmt")) {
      text_.remove_prefix(3);
      parts_.offset_us = 0;
      if (at_end()) return true;
    } else if (take('z')) {
      parts_.offset_us = 0;
      return true;
    }
    const bool east = take('+');
    if (!east && !take('-')) return false;
    int64_t hours = 0, minutes = 0;
    if (!take_into(hours, 2, 2)) return false;
    take(':');
    if (next_is_digit() && !take_into(minutes, 2, 2)) return false;
    if (hours > 18 || minutes > 59) return false;
    const int64_t us = (hours * 60 + minutes) * sched::minute.us;
    parts_.offset_us = east ? us : -us;
    return true;
  }

  bool take_letter(char letter) {
    switch (letter) {
      case 'Y':
        return take_into(parts_.year, 4, 4);
      case 'y': {
        const auto year = take_number(2, 2);
        return year && set_year(*year);
      }
      case 'm':
        return take_into(parts_.month, 1, 2);
      case 'd':
        return take_into(parts_.day, 1, 2);
      case 'b':
      case 'B':
        parts_.month = take_month_name();
        return parts_.month != 0;
      case 'H':
      case 'I':
        return take_into(parts_.hour, 1, 2);
      case 'M':
        return take_into(parts_.minute, 2, 2);
      case 'S':
        return take_into(parts_.second, 2, 2);
      case 'f':
        return take_fraction();
      case 'p':
        return take_half_day();
      case 'z':
        return take_offset();
      default:
        return take('%');
    }
  }

  std::optional<WrittenTime> finish() {
    skip_blanks();
    if (!at_end() || parts_.hour > 23 || parts_.minute > 59 || parts_.second > 59)
      return std::nullopt;
    if (parts_.afternoon) {
      if (parts_.hour < 1 || parts_.hour > 12) return std::nullopt;
      parts_.hour = parts_.hour % 12 + (*parts_.afternoon ? 12 : 0);
    }
    const auto days = days_from_date(parts_.year, static_cast<unsigned>(parts_.month),
                                     static_cast<unsigned>(parts_.day));
    if (!days) return std::nullopt;
    const int64_t of_day_us = (parts_.hour * 60 + parts_.minute) * sched::minute.us +
                              parts_.second * sched::second.us + parts_.fraction_us;
    return WrittenTime{*days * sched::day.us + of_day_us - parts_.offset_us.value_or(0),
                       parts_.offset_us.has_value()};
  }

  std::string_view text_;
  const TimeStyle& style_;
  Parts parts_;
};

}  // namespace

std::optional<WrittenTime> parse_written_time(std::string_view text, const TimeStyle& style) {
  TimeReader reader(text, style);
  switch (style.form) {
    case TimeStyle::Form::any:
      return reader.any();
    case TimeStyle::Form::pattern:
      return reader.by_pattern();
    case TimeStyle::Form::epoch_seconds:
      return reader.epoch(sched::second.us);
    case TimeStyle::Form::epoch_milliseconds:
      return reader.epoch(1'000);
  }
  return std::nullopt;
}

std::string pattern_problem(std::string_view pattern) {
  std::string letters;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    if (++i == pattern.size()) return "ends with a %";
    if (pattern_letters.find(pattern[i]) == std::string_view::npos) {
      return fmt::format("has an unknown %{}: use %Y %y %m %d %b %H %I %M %S %f %p %z",
                         is_letter(pattern[i]) || is_digit(pattern[i]) ? pattern[i] : '?');
    }
    letters += pattern[i];
  }
  const auto has = [&](std::string_view any) {
    return letters.find_first_of(any) != std::string::npos;
  };
  if (!has("Yy") || !has("mbB") || !has("d"))
    return "needs a year (%Y), a month (%m) and a day (%d)";
  if (has("I") != has("p")) return "needs %I and %p together: hours of half a day";
  return {};
}

}  // namespace paceline::tools
