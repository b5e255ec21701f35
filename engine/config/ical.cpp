#include "engine/config/ical.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/config/document.h"
#include "engine/config/ical_lines.h"
#include "engine/config/ical_values.h"
#include "engine/config/table_reader.h"

namespace paceline::config {
namespace {

using Failed = std::optional<std::string>;

class IcalReader {
 public:
  explicit IcalReader(std::string_view text) : lines_(text) {}

  sched::Expected<IcalFile, IcalError> read() {
    IcalLine line;
    while (lines_.next(line)) {
      if (Failed failed = take(line)) {
        const uint32_t at = rule_failed_ ? rule_->number : line.number;
        return sched::Unexpected{IcalError{at, *failed}};
      }
    }
    if (!open_.empty())
      return sched::Unexpected{
          IcalError{open_.back().line,
                    fmt::format("BEGIN:{} has no END: the file is cut off; export it again",
                                in_quotes_short(open_.back().name))}};
    if (!seen_calendar_)
      return sched::Unexpected{
          IcalError{0, "it is empty: an iCalendar file begins with BEGIN:VCALENDAR"}};
    return std::move(file_);
  }

 private:
  struct Component {
    std::string name;
    uint32_t line;
  };

  static std::string in_quotes_short(std::string_view text) {
    return std::string(text.substr(0, 40));
  }

  bool in_event() const { return !open_.empty() && open_.back().name == "VEVENT"; }

  Failed take(const IcalLine& line) {
    if (line.name.empty())
      return "it is not `NAME:value`: see that the file is iCalendar (.ics) and whole";
    if (line.name == "BEGIN") return begin(line);
    if (open_.empty()) return "it is not iCalendar: the first line must be BEGIN:VCALENDAR";
    if (line.name == "END") return end(line);
    if (in_event()) return take_event_line(line);
    if (open_.size() == 1 && line.name == "X-WR-TIMEZONE") file_.zone = line.value;
    return std::nullopt;
  }

  Failed begin(const IcalLine& line) {
    const std::string name = in_capitals(line.value);
    if (open_.empty() != (name == "VCALENDAR"))
      return open_.empty() ? "it is not iCalendar: the first line must be BEGIN:VCALENDAR"
                           : "BEGIN:VCALENDAR inside a VCALENDAR: an END is missing before it";
    if (open_.size() >= 8) return "components lie too deep in one another: export the file again";
    if (name == "VEVENT") {
      if (open_.size() != 1)
        return fmt::format("BEGIN:VEVENT inside {} of line {}: an END is missing before it",
                           in_quotes_short(open_.back().name), open_.back().line);
      if (file_.events.size() == ical_events_max)
        return fmt::format("there are more than {} events: split the file", ical_events_max);
      event_ = IcalEvent{};
      event_.line = line.number;
      has_start_ = false;
      end_line_ = 0;
      rule_.reset();
    }
    seen_calendar_ = true;
    open_.push_back({name, line.number});
    return std::nullopt;
  }

  Failed end(const IcalLine& line) {
    if (in_capitals(line.value) != open_.back().name)
      return fmt::format("END:{} where {} of line {} is open: an END is missing or misplaced",
                         in_quotes_short(line.value), in_quotes_short(open_.back().name),
                         open_.back().line);
    if (in_event())
      if (Failed failed = finish_event()) return failed;
    open_.pop_back();
    return std::nullopt;
  }

  Failed take_event_line(const IcalLine& line) {
    if (line.name == "SUMMARY") event_.summary = ical_text(line.value);
    if (line.name == "STATUS") event_.cancelled = in_capitals(line.value) == "CANCELLED";
    if (line.name == "DTSTART") {
      if (std::exchange(has_start_, true)) return "a second DTSTART in one event: keep one";
      return take_time(line, event_.start);
    }
    if (line.name == "DTEND" || line.name == "DURATION") {
      if (std::exchange(end_line_, line.number) != 0)
        return "a second DTEND or DURATION in one event: keep one";
      if (line.name == "DTEND") return take_time(line, event_.end);
      duration_s_ = ical_duration(line.value);
      if (!duration_s_)
        return fmt::format("{} is not a duration such as P1D: correct it", in_quotes(line.value));
    }
    if (line.name == "RRULE") {
      if (std::exchange(rule_, line)) return "a second RRULE in one event: make it two events";
    }
    if (line.name == "RDATE") return take_times(line, event_.also);
    if (line.name == "EXDATE") return take_times(line, event_.except);
    if (line.name == "EXRULE" || line.name == "RECURRENCE-ID")
      return fmt::format("{} is not supported: remove the event and write its dates by hand",
                         line.name);
    return std::nullopt;
  }

  static Failed take_time(const IcalLine& line, IcalTime& time) {
    auto parsed = ical_time(line, line.value);
    if (!parsed) return parsed.error();
    time = *std::move(parsed);
    return std::nullopt;
  }

  static Failed take_times(const IcalLine& line, std::vector<IcalTime>& times) {
    std::string_view left = line.value;
    while (!left.empty()) {
      const size_t comma = std::min(left.find(','), left.size());
      auto parsed = ical_time(line, left.substr(0, comma));
      if (!parsed) return parsed.error();
      if (times.size() == sched::exceptions_max)
        return fmt::format("more than {} dates in one event: split it", sched::exceptions_max);
      times.push_back(*std::move(parsed));
      left.remove_prefix(std::min(comma + 1, left.size()));
    }
    return std::nullopt;
  }

  Failed finish_event() {
    if (!has_start_)
      return fmt::format("the event of line {} has no DTSTART: add one, or remove the event",
                         event_.line);
    const IcalTime& start = event_.start;
    if (end_line_ == 0 || duration_s_) {
      // By the standard an event without an end lasts a day, or no time at all.
      const int64_t length_s = duration_s_ ? *duration_s_ : start.whole_day ? 86'400 : 0;
      const int64_t end_s = start.second + length_s;
      event_.end = start;
      event_.end.date += end_s / 86'400;
      event_.end.second = end_s % 86'400;
      duration_s_.reset();
    } else if (event_.end.whole_day != start.whole_day) {
      return fmt::format(
          "the event of line {} begins with a {} and ends with a {}: make both the "
          "same",
          event_.line, start.whole_day ? "date" : "time", start.whole_day ? "time" : "date");
    }
    IcalTime& end = event_.end;
    if (start.whole_day && end.date == start.date) ++end.date;  // common, if not by the standard
    const bool comparable = start.utc == end.utc && start.zone == end.zone;
    if (end.date < start.date ||
        (comparable && end.date == start.date && end.second < start.second))
      return fmt::format("the event of line {} ends before it begins: correct DTSTART or DTEND",
                         event_.line);
    if (end.date - start.date > ical_days_max)
      return fmt::format("the event of line {} is longer than {} days: split it", event_.line,
                         ical_days_max);
    if (rule_) {
      auto yearly = ical_rule(rule_->value, start);
      if (!yearly) {
        rule_failed_ = true;  // it is read when the event ends, since it needs the whole of it
        return yearly.error();
      }
      event_.yearly = *yearly;
    }
    file_.events.push_back(std::move(event_));
    return std::nullopt;
  }

  IcalLines lines_;
  IcalFile file_;
  std::vector<Component> open_;
  bool seen_calendar_ = false;

  // The event that is open.
  IcalEvent event_;
  bool has_start_ = false;
  uint32_t end_line_ = 0;
  std::optional<int64_t> duration_s_;
  std::optional<IcalLine> rule_;
  bool rule_failed_ = false;
};

}  // namespace

sched::Expected<IcalFile, IcalError> parse_ical(std::string_view text) {
  if (text.size() > text_size_max)
    return sched::Unexpected{
        IcalError{0, fmt::format("it is longer than {} bytes: split it", text_size_max)}};
  return IcalReader(text).read();
}

}  // namespace paceline::config
