// Calendars made of others, and what only shows in a whole calendar.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "engine/config/calendar_draft.h"
#include "engine/config/calendar_words.h"
#include "engine/config/table_reader.h"
#include "engine/config/units.h"
#include "engine/desk/suggestion.h"
#include "sched/calendar.h"
#include "sched/local_time.h"

namespace paceline::config {
namespace {

using sched::Calendar;
using sched::CalendarError;
using sched::Instant;

constexpr sched::Duration soon = sched::day * 400;

// A desk keeps its calendars compiled, 16 bytes an interval: about 1 GiB of them.
constexpr size_t work_max = 64'000'000;

class Completion {
 public:
  Completion(std::vector<CalendarDraft>& drafts, Instant now, OpenAhead open_ahead,
             Diagnostics& diagnostics)
      : drafts_(drafts),
        states_(drafts.size(), State::untouched),
        now_(now),
        open_ahead_(open_ahead),
        diagnostics_(diagnostics) {
    for (size_t i = 0; i < drafts.size(); ++i) index_of_.emplace(drafts[i].spec.name, i);
  }

  void run() {
    for (size_t i = 0; i < drafts_.size(); ++i) assemble(i);
    if (work_ > work_max) return;  // compiling the rest would take as long as it takes memory
    for (CalendarDraft& draft : drafts_)
      if (draft.ok) check(draft);
  }

 private:
  enum class State : uint8_t { untouched, in_progress, done };

  void refuse(CalendarDraft& draft, std::string_view error_code, uint32_t line,
              std::string_view message) {
    draft.ok = false;
    diagnostics_.error(error_code, line,
                       fmt::format("calendar {}{}", in_quotes(draft.spec.name), message));
  }

  void assemble(size_t index) {
    if (states_[index] == State::done) return;
    states_[index] = State::in_progress;
    path_.push_back(index);
    CalendarDraft& draft = drafts_[index];
    for (const CalendarDraft::Operand& operand : draft.operands) take(draft, operand);
    if (draft.ok && !draft.operands.empty()) {
      if (!draft.has_zone) take_zone(draft.spec);
      if (sched::problem_in(draft.spec) == CalendarError::operands_invalid)
        refuse(
            draft, code::wrong_value, draft.line,
            fmt::format(": it is made of more than {} calendars, in more than {} levels, or of too "
                        "many intervals: make it of fewer",
                        sched::algebra_operands_max, sched::algebra_depth_max));
    }
    if (draft.ok) {
      work_ += sched::work_to_compile(draft.spec) + draft.spec.zone.transitions.size();
      if (work_ > work_max)
        refuse(draft, code::wrong_value, draft.line,
               fmt::format(": the calendars up to here have more than {} openings until 2100, too "
                           "many for one file: use fewer calendars or intervals",
                           work_max));
    }
    // What cannot be used is not copied into others either.
    if (!draft.ok) draft.spec.operands.clear();
    path_.pop_back();
    states_[index] = State::done;
  }

  void take(CalendarDraft& draft, const CalendarDraft::Operand& operand) {
    if (operand.name == "24x7") {
      draft.spec.operands.push_back(sched::round_the_clock());
      return;
    }
    const auto found = index_of_.find(operand.name);
    if (found == index_of_.end()) {
      std::vector<std::string_view> names = {"24x7"};
      for (const auto& [known, index] : index_of_) names.push_back(known);
      return refuse(draft, code::unknown_name, operand.line,
                    fmt::format(": no calendar {}{}", in_quotes(operand.name),
                                desk::suggestion(operand.name, names)));
    }
    if (states_[found->second] == State::in_progress)
      return refuse(
          draft, code::calendar_cycle, operand.line,
          fmt::format(" is made of itself ({}): take one of them out", cycle_from(found->second)));
    assemble(found->second);
    const CalendarDraft& other = drafts_[found->second];
    if (!other.ok) {
      draft.ok = false;  // reported there
      return;
    }
    draft.spec.operands.push_back(other.spec);
  }

  /// That of the first operand that has one.
  static void take_zone(sched::CalendarSpec& spec) {
    for (const sched::CalendarSpec& operand : spec.operands) {
      if (operand.always_open) continue;
      spec.zone = operand.zone;
      return;
    }
  }

  std::string cycle_from(size_t index) const {
    std::string shown;
    for (auto at = std::find(path_.begin(), path_.end(), index); at != path_.end(); ++at)
      shown += in_quotes(drafts_[*at].spec.name) + " → ";
    return shown + in_quotes(drafts_[index].spec.name);
  }

  void check(CalendarDraft& draft) {
    const auto calendar = Calendar::compile(draft.spec);
    if (!calendar) {
      switch (calendar.error()) {
        case CalendarError::no_open_time:
          return refuse(draft, code::empty_calendar, draft.line,
                        draft.operands.empty()
                            ? ": it has no open time at all: add hours to week, or use \"24x7\""
                            : ": what it is made of leaves no open time at all: take a calendar "
                              "out, or use union");
        case CalendarError::too_many_intervals:
          return refuse(draft, code::wrong_hours, draft.line,
                        ": it has more than 336 intervals a week: join some");
        default:
          return refuse(draft, code::wrong_hours, draft.line,
                        ": its hours cannot be converted to UTC: check zone and week");
      }
    }
    if (open_ahead_ == OpenAhead::required) check_ahead(draft, *calendar);
  }

  void check_ahead(CalendarDraft& draft, const Calendar& calendar) {
    const Instant next = calendar.next_open(now_);
    if (next <= now_ + soon) return;
    if (next == sched::never) {
      const auto all = calendar.between(Calendar::first_instant, Calendar::horizon);
      const Instant end = calendar.add(Calendar::first_instant, all);
      return refuse(draft, code::never_opens, draft.line,
                    fmt::format(" has no open time after {}: {}",
                                date_of(draft.spec, end - sched::microsecond),
                                draft.spec.valid_to ? "add a validity range or remove valid_to"
                                                    : "add hours to week or dates to open"));
    }
    if (draft.spec.valid_from)
      return refuse(draft, code::never_opens, draft.line,
                    fmt::format(" has no open time before {}, more than 400 days from now: set an "
                                "earlier valid_from",
                                date_of(draft.spec, next)));
    refuse(draft, code::never_opens, draft.line,
           fmt::format(" has no open time in the 400 days after {}: remove dates from closed or "
                       "add hours to week",
                       print(now_).substr(0, 10)));
  }

  static std::string date_of(const sched::CalendarSpec& spec, Instant t) {
    const auto date = sched::civil_from_days(sched::local_date(spec.zone, t));
    return print(sched::LocalDate{static_cast<int16_t>(date.year), static_cast<uint8_t>(date.month),
                                  static_cast<uint8_t>(date.day)});
  }

  std::vector<CalendarDraft>& drafts_;
  std::vector<State> states_;
  std::map<std::string, size_t, std::less<>> index_of_;
  std::vector<size_t> path_;  // being assembled, outermost first
  size_t work_ = 0;
  Instant now_;
  OpenAhead open_ahead_;
  Diagnostics& diagnostics_;
};

}  // namespace

void complete(std::vector<CalendarDraft>& drafts, Instant now, OpenAhead open_ahead,
              Diagnostics& diagnostics) {
  Completion(drafts, now, open_ahead, diagnostics).run();
}

}  // namespace paceline::config
