#include "tools/ticket_story.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/instants.h"

namespace paceline::tools {

namespace {

bool ends(RowState state) {
  return state == RowState::resolved || state == RowState::closed || state == RowState::cancelled;
}

class Teller {
 public:
  Teller(const TicketDates& dates, std::optional<RowState> state) : dates_(dates), said_(state) {}

  sched::Expected<TicketStory, std::string> tell(bool has_agent) {
    if (std::string wrong = before_its_beginning(); !wrong.empty())
      return sched::Unexpected{std::move(wrong)};
    step(RowState::fresh, dates_.recorded_at_us);
    const RowState state = said_.value_or(state_by_dates());
    begin_work();
    if (state == RowState::cancelled) {
      if (!end(RowState::cancelled, dates_.closed_at_us, dates_.resolved_at_us))
        return sched::Unexpected{no_end("cancelled")};
    } else {
      if (!resolve(state)) return sched::Unexpected{no_end("resolved")};
      if (!close(state)) return sched::Unexpected{no_end("closed")};
      if (!ends(state)) stand(state, has_agent);
    }
    for (StoryStep& each : story_.steps) each.in_words_of_row = said_ && each.state == *said_;
    return std::move(story_);
  }

 private:
  RowState last() const { return story_.steps.back().state; }

  void step(RowState state, int64_t at_us) {
    if (!story_.steps.empty() && at_us != 0) at_us = std::max(at_us, story_.steps.back().at_us);
    story_.steps.push_back({state, at_us, false});
  }

  std::string before_its_beginning() const {
    struct Date {
      std::string_view name;
      int64_t at_us;
    };
    for (const Date& date :
         {Date{"started_at", dates_.started_at_us}, Date{"resolved_at", dates_.resolved_at_us},
          Date{"closed_at", dates_.closed_at_us}}) {
      if (date.at_us == 0 || date.at_us >= dates_.recorded_at_us) continue;
      return fmt::format("{} {} is before recorded_at {}: mend one of them", date.name,
                         format_instant({date.at_us}), format_instant({dates_.recorded_at_us}));
    }
    return {};
  }

  std::string no_end(std::string_view word) const {
    return fmt::format(
        "its state is {}, and no column says when: name one in the map "
        "(resolved_at, closed_at or updated_at), or mend the row",
        word);
  }

  RowState state_by_dates() const {
    return dates_.closed_at_us != 0     ? RowState::closed
           : dates_.resolved_at_us != 0 ? RowState::resolved
           : dates_.started_at_us != 0  ? RowState::active
                                        : RowState::fresh;
  }

  void begin_work() {
    if (dates_.started_at_us == 0) return;
    const int64_t end_us = dates_.resolved_at_us != 0 ? dates_.resolved_at_us : dates_.closed_at_us;
    if (end_us != 0 && dates_.started_at_us > end_us)
      story_.irregular.push_back("started after its end");
    else
      step(RowState::active, dates_.started_at_us);
  }

  /// At the first of the dates that is stated, else at the last update.
  bool end(RowState state, int64_t at_us, int64_t else_us) {
    if (at_us == 0) at_us = else_us;
    if (at_us == 0 && dates_.updated_at_us != 0) {
      at_us = dates_.updated_at_us;
      story_.irregular.push_back("ended without a date of it");
    }
    if (at_us != 0) step(state, at_us);
    return at_us != 0;
  }

  bool resolve(RowState state) {
    if (dates_.resolved_at_us == 0 && (state != RowState::resolved || dates_.closed_at_us != 0))
      return true;
    return end(RowState::resolved, dates_.resolved_at_us, 0);
  }

  bool close(RowState state) {
    if (dates_.closed_at_us == 0 && state != RowState::closed) return true;
    if (state == RowState::resolved) story_.irregular.push_back("closed_at of a resolved ticket");
    if (dates_.closed_at_us != 0 && dates_.closed_at_us < dates_.resolved_at_us)
      story_.irregular.push_back("closed before it was resolved");
    return end(RowState::closed, dates_.closed_at_us, dates_.resolved_at_us);
  }

  void stand(RowState state, bool has_agent) {
    const bool told = last() == state && (!has_agent || story_.steps.size() > 1);
    if (!told) step(state, dates_.updated_at_us);
  }

  const TicketDates& dates_;
  std::optional<RowState> said_;
  TicketStory story_;
};

}  // namespace

sched::Expected<TicketStory, std::string> tell_story(const TicketDates& dates,
                                                     std::optional<RowState> state,
                                                     bool has_agent) {
  return Teller(dates, state).tell(has_agent);
}

}  // namespace paceline::tools
